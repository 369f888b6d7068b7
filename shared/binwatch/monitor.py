"""The main job: uploads in, looks and alerts stored, one transaction a bin."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from binwatch.alerts import Event
from binwatch.bins import Bin, add_look, add_sidecar, add_standing
from binwatch.errors import BinwatchError, KeyOutsideLayouts, Permanent, RequestRefused, Transient
from binwatch.events import ObjectCreated
from binwatch.examiner import Arrival, Examiner, Finding
from binwatch.handling import Occasion, report
from binwatch.keys import BinId, PhotoKey, SidecarKey, StandingKey, parse_key
from binwatch.looks import Look, look_id
from binwatch.muting import Muting
from binwatch.photos import FORMATS
from binwatch.policy_book import Rules
from binwatch.ports import Ledger, Quarantined, Wanted
from binwatch.races import run_again
from binwatch.records import Record
from binwatch.signs import Sign
from binwatch.watchkeeper import Missed, Watchkeeper, signs_of

type Found = Sequence[tuple[Arrival, Finding]]

ATTEMPTS = 4  # a bin that other writers change more often than that goes back to the queue


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one upload: a stored look or record, or the error behind its quarantine or its retry.

    `new` is false for an upload that was handled before; `alerts` are the ids of the alerts that are sent as
    opened because of it. `missed` is why the watch over its aisle or camera does not know of it.
    """

    upload: ObjectCreated
    look: Look | None = None
    new: bool = False
    alerts: tuple[str, ...] = ()
    error: BinwatchError | None = None
    missed: RequestRefused | None = None

    @property
    def to_retry(self) -> bool:
        """Whether the queue must deliver the upload again."""
        return isinstance(self.error, Transient)


@dataclass(frozen=True, slots=True)
class Fold:
    """A bin, and what becomes of it by all that was found of it."""

    found: Found
    before: Bin
    after: Bin


@dataclass(frozen=True, slots=True)
class Heard:
    """What mutes a bin's alerts once its groups have heard of its looks; why one never will, if so."""

    muting: Muting
    missed: RequestRefused | None


@dataclass(frozen=True, slots=True)
class Monitor:
    """Watches bins: what is uploaded ends in the ledger exactly once, whatever order it arrives in.

    `rules_for` is asked anew for every bin that changes, so that a policy book may change in between.
    """

    examiner: Examiner
    ledger: Ledger
    watchkeeper: Watchkeeper
    rules_for: Callable[[BinId], Rules]
    now: Callable[[], str]

    def watch(self, uploads: Iterable[ObjectCreated]) -> dict[str, Outcome]:
        """Store what the uploads say; one outcome for each, by the upload's id.

        Raises:
            Transient: the ledger is out of reach, so that nothing can be said of any upload.
        """
        outcomes: list[Outcome] = []
        arrivals: list[Arrival] = []
        for upload in {each.id: each for each in uploads}.values():
            try:
                arrivals.append(Arrival(upload, parse_key(upload.key)))
            except KeyOutsideLayouts as error:
                outcomes.append(self._quarantine(upload, error))
        bins = self.ledger.load(_wanted(arrivals))
        news: list[Arrival] = []
        for arrival in arrivals:
            if look := _look(bins[arrival.key.bin], arrival):
                outcomes.append(Outcome(arrival.upload, look=look))
            else:
                news.append(arrival)
        found = list(zip(news, self.examiner.examine(news, self.now()), strict=True))
        for arrival, finding in found:
            if isinstance(finding, Permanent):
                outcomes.append(self._quarantine(arrival.upload, finding))
            elif isinstance(finding, BinwatchError):
                outcomes.append(Outcome(arrival.upload, error=finding))
        folds = [self._fold(bins[bin_id], each) for bin_id, each in _by_bin(found).items()]
        signs = [sign for fold in folds for sign in signs_of(fold.before, fold.after)]
        heard = self._heed(signs, [fold.before.id for fold in folds])
        for fold in folds:
            outcomes += self._record(fold, heard[fold.before.id])
        return _by_upload(outcomes)

    def _heed(self, signs: Iterable[Sign], bins: Sequence[BinId]) -> dict[BinId, Heard | Transient]:
        """Let aisles and cameras hear of the looks before any alert does; what mutes alerts then.

        A bin of which a watch could yet hear is not stored: its looks would be no news when they come again.
        What a watch will never take keeps no look from being stored.
        """
        missed = self.watchkeeper.heed(signs)
        mutings = {site: self._muting(site) for site in {each.site for each in bins}}
        return {each: _heard(mutings[each.site], missed.get(each)) for each in bins}

    def _muting(self, site: str) -> Muting | Transient:
        try:
            return self.watchkeeper.noticeboard.muting(site, self.now())
        except Transient as error:
            return error

    def _record(self, fold: Fold, heard: Heard | Transient) -> list[Outcome]:
        """Save what was found of one bin; the outcomes of all of it."""
        if isinstance(heard, Transient):
            return _to_retry(fold.found, heard)
        try:
            after, missed = self._save(fold, heard)
        except Transient as error:
            return _to_retry(fold.found, error)
        except RequestRefused as error:
            return [self._quarantine(arrival.upload, error) for arrival, _ in fold.found]
        opened = tuple(each.id for each in after.messages if each.event == Event.OPENED)
        outcomes = [Outcome(arrival.upload, _look(after, arrival), new=True) for arrival, _ in fold.found]
        return [replace(outcomes[0], alerts=opened, missed=missed), *outcomes[1:]]

    def _save(self, fold: Fold, heard: Heard) -> tuple[Bin, RequestRefused | None]:
        """Save the bin with what was found; read and fold again whenever another writer was quicker."""
        first = [(fold, heard)]

        def attempt() -> tuple[Bin, RequestRefused | None]:
            now, told = first.pop() if first else self._anew(fold)
            if now.after is now.before:
                return now.after, told.missed
            bin_id = now.before.id
            after = report(now.before, now.after, Occasion(self.now(), self.rules_for(bin_id), told.muting))
            self.ledger.save(now.before, after)
            return after, told.missed

        return run_again(attempt, ATTEMPTS, f"bin {fold.before.id}")

    def _anew(self, fold: Fold) -> tuple[Fold, Heard]:
        """What was found, folded into the bin as it is by now, and the signs of that left."""
        bin_id = fold.before.id
        bins = self.ledger.load(_wanted([arrival for arrival, _ in fold.found]))
        again = self._fold(bins[bin_id], fold.found)
        signs = signs_of(fold.before, again.after)  # of all that the first fold had told, too
        heard = self._heed(signs, [bin_id])[bin_id]
        if isinstance(heard, Transient):
            raise heard
        return again, heard

    def _fold(self, before: Bin, found: Found) -> Fold:
        after = before
        for arrival, finding in found:
            after = self._add(after, arrival, finding)
        return Fold(found, before, after)

    def _add(self, bin_: Bin, arrival: Arrival, finding: Finding) -> Bin:
        rules, now = self.rules_for(bin_.id), self.now()
        match arrival.key, finding:
            case PhotoKey(), Look():
                return add_look(bin_, finding, rules, now)
            case SidecarKey(stem=stem), Record():
                return add_sidecar(bin_, stem, finding, rules, now)
            case StandingKey(), Record():
                return add_standing(bin_, finding, rules, now)
        raise TypeError(f"{arrival.key} cannot be {finding}")

    def _quarantine(self, upload: ObjectCreated, error: Permanent) -> Outcome:
        item = Quarantined(
            id=upload.id,
            at=upload.created_at,
            kind=_kind(upload.key),
            code=error.code,
            detail=error.detail,
            bucket=upload.bucket,
            key=upload.key,
            version_id=upload.version_id,
        )
        try:
            self.ledger.quarantine(item)
        except Transient as transient:
            return Outcome(upload, error=transient)
        return Outcome(upload, error=error)


def _heard(muting: Muting | Transient, missed: Missed | None) -> Heard | Transient:
    if isinstance(muting, Transient):
        return muting
    return missed if isinstance(missed, Transient) else Heard(muting, missed)


def _kind(key: str) -> str:
    """What an object seems to be by its name."""
    if key.lower().endswith(tuple(FORMATS)):
        return "photo"
    return "record" if key.lower().endswith(".json") else "object"


def _look(bin_: Bin, arrival: Arrival) -> Look | None:
    """The stored look of a photo that has arrived before."""
    if not isinstance(arrival.key, PhotoKey):
        return None
    return bin_.looks.get(look_id(arrival.key.stem, arrival.upload))


def _by_upload(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    return {outcome.upload.id: outcome for outcome in outcomes}


def _to_retry(found: Found, error: Transient) -> list[Outcome]:
    """Nothing of this was stored; what is in quarantine already has its outcome."""
    return [
        Outcome(arrival.upload, error=error)
        for arrival, finding in found
        if not isinstance(finding, BinwatchError)
    ]


def _by_bin(found: Found) -> dict[BinId, Found]:
    """What can be folded, bin by bin."""
    groups: dict[BinId, list[tuple[Arrival, Finding]]] = defaultdict(list)
    for arrival, finding in found:
        if not isinstance(finding, BinwatchError):
            groups[arrival.key.bin].append((arrival, finding))
    return dict(groups)


def _wanted(arrivals: Iterable[Arrival]) -> list[Wanted]:
    """What of each bin these arrivals can read or change."""
    groups: dict[BinId, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        groups[arrival.key.bin].append(arrival)
    return [
        Wanted(
            bin=bin_id,
            looks=tuple(
                look_id(each.key.stem, each.upload) for each in group if isinstance(each.key, PhotoKey)
            ),
            stems=tuple({each.key.stem for each in group if not isinstance(each.key, StandingKey)}),
            to_judge_again=any(not isinstance(each.key, PhotoKey) for each in group),
            recorded=tuple({each.key.stem for each in group if isinstance(each.key, SidecarKey)}),
        )
        for bin_id, group in groups.items()
    ]
