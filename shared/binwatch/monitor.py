"""The main job: uploads in, looks and alerts stored, one transaction a bin."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from binwatch.bins import Bin, add_look, add_sidecar, add_standing
from binwatch.decision import Policy
from binwatch.errors import BinwatchError, Conflict, KeyOutsideLayouts, Permanent, Transient
from binwatch.events import ObjectCreated
from binwatch.examiner import Arrival, Examiner, Finding
from binwatch.keys import BinId, PhotoKey, SidecarKey, StandingKey, parse_key
from binwatch.looks import Look, look_id
from binwatch.ports import Ledger, Quarantined, Wanted
from binwatch.records import Record

ATTEMPTS = 4  # a bin that other writers change more often than that goes back to the queue
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one upload: a stored look or record, or the error behind its quarantine or its retry.

    `new` is false for an upload that was handled before; `alerts` are the ids of the alerts that it opened.
    """

    upload: ObjectCreated
    look: Look | None = None
    new: bool = False
    alerts: tuple[str, ...] = ()
    error: BinwatchError | None = None

    @property
    def to_retry(self) -> bool:
        """Whether the queue must deliver the upload again."""
        return isinstance(self.error, Transient)


@dataclass(frozen=True, slots=True)
class Monitor:
    """Watches bins: what is uploaded ends in the ledger exactly once, whatever order it arrives in."""

    examiner: Examiner
    ledger: Ledger
    policy: Policy
    now: Callable[[], str]

    def watch(self, uploads: Iterable[ObjectCreated]) -> dict[str, Outcome]:
        """Store what the uploads say; one outcome for each, by the upload's id."""
        outcomes: dict[str, Outcome] = {}
        arrivals: list[Arrival] = []
        for upload in {each.id: each for each in uploads}.values():
            try:
                arrivals.append(Arrival(upload, parse_key(upload.key)))
            except KeyOutsideLayouts as error:
                outcomes[upload.id] = self._quarantine(upload, error)
        bins = self.ledger.load(_wanted(arrivals))
        known = {each.upload.id: look for each in arrivals if (look := _known(bins, each))}
        news = [each for each in arrivals if each.upload.id not in known]
        findings = dict(
            zip([each.upload.id for each in news], self.examiner.examine(news, self.now()), strict=True)
        )
        for each in arrivals:
            if each.upload.id in known:
                outcomes[each.upload.id] = Outcome(each.upload, look=known[each.upload.id])
        for bin_id, group in _by_bin(news).items():
            outcomes |= self._record(bins[bin_id], group, findings)
        return outcomes

    def _record(
        self, bin_: Bin, arrivals: Sequence[Arrival], findings: Mapping[str, Finding]
    ) -> dict[str, Outcome]:
        """Fold the findings of one bin into it and save them together."""
        errors = {
            each.upload.id: error
            for each in arrivals
            if isinstance(error := findings[each.upload.id], BinwatchError)
        }
        usable = [each for each in arrivals if each.upload.id not in errors]
        outcomes = {
            each.upload.id: self._give_up(each.upload, errors[each.upload.id])
            for each in arrivals
            if each.upload.id in errors
        }
        try:
            after = self._save(bin_, usable, findings)
        except Transient as error:
            return outcomes | {each.upload.id: Outcome(each.upload, error=error) for each in usable}
        opened = tuple(alert.id for alert in after.opened)
        for each in usable:
            look = _known({after.id: after}, each)
            outcomes[each.upload.id] = Outcome(each.upload, look=look, new=True, alerts=opened)
            opened = ()
        return outcomes

    def _save(self, before: Bin, arrivals: Sequence[Arrival], findings: Mapping[str, Finding]) -> Bin:
        """Save the bin with its findings; read it again whenever another writer was quicker."""
        for _ in range(ATTEMPTS):
            after = before
            for each in arrivals:
                after = self._fold(after, each, findings[each.upload.id])
            if after is before:
                return after
            try:
                self.ledger.save(before, after)
            except Conflict:
                before = self.ledger.load(_wanted(arrivals))[before.id]
            else:
                return after
        raise Conflict(f"bin {before.id} changed {ATTEMPTS} times while we wrote")

    def _fold(self, bin_: Bin, arrival: Arrival, finding: Finding) -> Bin:
        now = self.now()
        match arrival.key, finding:
            case PhotoKey(), Look():
                return add_look(bin_, finding, self.policy, now)
            case SidecarKey(stem=stem), Record():
                return add_sidecar(bin_, stem, finding, self.policy, now)
            case StandingKey(), Record():
                return add_standing(bin_, finding, self.policy, now)
        raise TypeError(f"{arrival.key} cannot be {finding}")

    def _give_up(self, upload: ObjectCreated, error: BinwatchError) -> Outcome:
        if isinstance(error, Permanent):
            return self._quarantine(upload, error)
        return Outcome(upload, error=error)

    def _quarantine(self, upload: ObjectCreated, error: Permanent) -> Outcome:
        kind = "photo" if upload.key.lower().endswith(PHOTO_ENDINGS) else "record"
        self.ledger.quarantine(
            Quarantined(
                id=upload.id,
                at=upload.created_at,
                kind=kind,
                code=error.code,
                detail=error.detail,
                bucket=upload.bucket,
                key=upload.key,
                version_id=upload.version_id,
            )
        )
        return Outcome(upload, error=error)


def _known(bins: Mapping[BinId, Bin], arrival: Arrival) -> Look | None:
    if not isinstance(arrival.key, PhotoKey):
        return None
    return bins[arrival.key.bin].looks.get(look_id(arrival.key.stem, arrival.upload))


def _by_bin(arrivals: Iterable[Arrival]) -> dict[BinId, list[Arrival]]:
    groups: dict[BinId, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        groups[arrival.key.bin].append(arrival)
    return groups


def _wanted(arrivals: Iterable[Arrival]) -> list[Wanted]:
    """What of each bin these arrivals can read or change."""
    return [
        Wanted(
            bin=bin_id,
            looks=tuple(
                look_id(each.key.stem, each.upload) for each in group if isinstance(each.key, PhotoKey)
            ),
            stems=tuple({each.key.stem for each in group if not isinstance(each.key, StandingKey)}),
            to_judge_again=any(not isinstance(each.key, PhotoKey) for each in group),
        )
        for bin_id, group in _by_bin(arrivals).items()
    ]
