"""Looks: what one photo said of one bin, and what was made of it."""

from dataclasses import dataclass, replace

from binwatch.beliefs import Belief
from binwatch.decision import Direction, Policy, Verdict
from binwatch.events import ObjectCreated
from binwatch.keys import BinId, PhotoAt
from binwatch.prediction import Counted, Model
from binwatch.records import Source


def look_id(stem: str, upload: ObjectCreated) -> str:
    """A look's name within its bin: `<stem>/<upload id>`, so that the looks of one key stand together."""
    return f"{stem}/{upload.id}"


@dataclass(frozen=True, slots=True)
class Expected:
    """The quantity that the record expects, and which record."""

    quantity: int
    source: Source


@dataclass(frozen=True, slots=True)
class Look:
    """One photo and its verdict. Times are ISO 8601 in UTC.

    It was captured by the robot, uploaded to S3, stored with its count here; its verdict was decided then, or
    later when its record came or changed.

    It is judged by all that was known of its bin; `probabilities` are what it said alone, `count` is told
    from them. `most_likely` is the quantity if the record is wrong, `amiss` the items expected to be amiss.

    `order` sorts the looks of a bin by capture; `label_prior` is kept so that the look can be judged again
    when its record changes. A look without a bin is a photo whose key names none.
    """

    id: str
    bucket: str
    key: str
    version_id: str | None
    bin: BinId | None
    stem: str
    order: str
    captured_at: str
    uploaded_at: str
    stored_at: str
    decided_at: str
    verdict: Verdict = Verdict.WAITING
    direction: Direction | None = None
    reason: str | None = None
    count: int | None = None
    probabilities: tuple[float, ...] = ()
    label_prior: tuple[float, ...] = ()
    model: str | None = None
    expected: int | None = None
    expected_source: Source | None = None
    mismatch_probability: float | None = None
    most_likely: int | None = None
    amiss: float | None = None
    policy: str | None = None
    alert_id: str | None = None

    @property
    def photo(self) -> PhotoAt:
        """Where its photo lies."""
        return PhotoAt(self.bucket, self.key, self.version_id)

    @property
    def counted(self) -> Counted:
        """What the counter said."""
        return Counted(self.probabilities)

    @property
    def counter(self) -> Model:
        """Who counted."""
        name, _, version = (self.model or "").rpartition(":")
        return Model(name, version, self.label_prior)

    def judged(
        self, expected: Expected | None, policy: Policy, belief: Belief | None, decided_at: str
    ) -> "Look":
        """This look with the verdict that the policy gives it; an unreadable one stays as it is.

        Args:
            expected: what the record says; without it the look waits.
            policy: the rule.
            belief: what was known of the bin; None: what this photo says alone.
            decided_at: now.
        """
        if self.verdict is Verdict.UNREADABLE:
            return self
        if expected is None:
            return replace(self, verdict=Verdict.WAITING, decided_at=decided_at)
        known = belief or Belief.of(self.counted, self.counter)
        judgement = policy.judge(self.counted, known, expected.quantity)
        return replace(
            self,
            verdict=judgement.verdict,
            direction=judgement.direction,
            mismatch_probability=judgement.mismatch_probability,
            most_likely=judgement.most_likely,
            amiss=judgement.amiss,
            expected=expected.quantity,
            expected_source=expected.source,
            policy=policy.name,
            decided_at=decided_at,
        )
