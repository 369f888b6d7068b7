"""What photos, movements and people say of a bin's count: without its record, which may change.

A belief is a likelihood over counts: how well each count explains the evidence, the best one being worth 1.
It is folded from the evidence in the order of time, whatever order it arrived in:

- looks multiply, as far as they do not repeat each other's mistakes (correlated.py): n of them between which
  nothing was moved are worth n / (1 + (n - 1) rho). Before and after a movement they err less alike, with a
  rho of their own;
- a known movement shifts the counts. A record that is wrong after it may have become so by it (a movement
  that was not done as booked), so what was seen of a right record before says less against a wrong one now;
- a record that changes and states no movement was moved, or was corrected: with the share `unstated` the
  counts shift, else they stay;
- what a pair of photos shows to have changed is checked against what was booked between its two looks;
- a cycle count by a person ends all that was before; a person who is wrong is off as records are;
- evidence fades: its exponent halves with every half-life between it and the newest.

This is the forward pass of a hidden Markov model whose state is the count; the record is right until it errs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from binwatch.correlated import told_apart
from binwatch.discrepancies import MEASURED, RAREST, ImpossiblePolicy
from binwatch.errors import NotADistribution
from binwatch.evidence import MOST_CHANGED, Changed, CycleCount, Evidence, Likelihood, Moved, Seen
from binwatch.prediction import NOT_A_DISTRIBUTION, Counted, Model, fault_of
from binwatch.records import MAX_QUANTITY
from binwatch.unexplained import Step, Unexplained, steps_of

DIGITS = 6  # of a likelihood as it is kept
FAINTEST = 1e-6  # what no photo can deny altogether; else two that contradict each other would leave nothing
CORRELATION = 0.35  # docs/alerting.md tells how they were found
CORRELATION_TOUCHED = 0.25
NOTHING: Likelihood = (1.0,)  # of 0 or more: every count explains no evidence equally well


@dataclass(frozen=True, slots=True)
class Memory:
    """How evidence adds up.

    Args:
        correlation: rho, of the errors of two looks between which nothing was moved; 0 to 1.
        correlation_touched: the same of two looks between which something was.
        half_life: hours after which evidence counts half.
        slip: of the records that are wrong after a movement, the share that became so by it. Assumed.
        unstated: of the changes of a record that state no movement, the share that are one. Assumed.
        miscount: the probability that a person's count is wrong.
        pair_trust: the exponent of what a pair of photos shows; it saw the same photos as the two looks.

    Raises:
        ImpossiblePolicy: a number that cannot be.
    """

    correlation: float = CORRELATION
    correlation_touched: float = CORRELATION_TOUCHED
    half_life: float = 168.0
    slip: float = 0.2
    unstated: float = 0.5
    miscount: float = 0.005
    pair_trust: float = 0.5

    def __post_init__(self) -> None:
        for name in ("correlation", "correlation_touched", "slip", "unstated", "miscount", "pair_trust"):
            if not 0 <= getattr(self, name) <= 1:
                raise ImpossiblePolicy(f"{name} must be 0 to 1, not {getattr(self, name)}")
        if not (isfinite(self.half_life) and self.half_life > 0):
            raise ImpossiblePolicy(f"the half-life must be a positive number of hours, not {self.half_life}")


@dataclass(frozen=True, slots=True)
class Belief:
    """What is known of a bin's count without its record.

    Args:
        likelihood: of 0, 1, ..., and, last, that many or more; the greatest is 1.
        usual: how often bins hold 0, 1, ..., K-1 and, last, "K or more"; the counter's label prior.
    """

    likelihood: Likelihood
    usual: tuple[float, ...]

    @classmethod
    def of(cls, counted: Counted, model: Model) -> "Belief":
        """What one photo says.

        Raises:
            NotADistribution: its probabilities, or the model's label prior, are none.
        """
        return cls(likelihood_of(counted, model), usual_of(model, len(counted.probabilities)))


def usual_of(model: Model, classes: int) -> tuple[float, ...]:
    """How often each count was the label in training; all alike where the model does not say."""
    return model.label_prior or (1 / classes,) * classes


def likelihood_of(counted: Counted, model: Model) -> Likelihood:
    """L(c) = P(c | photo) / P_train(c), scaled so that the greatest is 1.

    Raises:
        NotADistribution: the probabilities, or the model's label prior, are none, or differ in length.
    """
    _check(counted.probabilities, "the distribution of a count")
    usual = usual_of(model, len(counted.probabilities))
    _check(usual, f"the label prior of {model}")
    if len(usual) != len(counted.probabilities):
        raise NotADistribution(
            NOT_A_DISTRIBUTION,
            f"{len(counted.probabilities)} probabilities of {model}, whose label prior has {len(usual)}",
        )
    return scaled(p / max(q, RAREST) for p, q in zip(counted.probabilities, usual, strict=True))


def scaled(weights: Iterable[float]) -> Likelihood:
    """Weights as a likelihood as it is kept: the greatest is 1, none is 0."""
    weights = tuple(weights)
    best = max(weights)
    return tuple(max(round(each / best, DIGITS), FAINTEST) for each in weights)


def believe(evidence: Evidence, memory: Memory, expected: int | None = None) -> Likelihood:
    """The likelihood of each count after the newest piece of evidence; the last entry is of "or more".

    Args:
        evidence: of one bin.
        memory: how it adds up.
        expected: what the record says now, in items; without it no movement is taken to have slipped.
    """
    items = _since_the_last_break(steps_of(evidence.items))
    if not items:
        return NOTHING
    age = {item.id: 0.5 ** ((items[-1].at - item.at) / 3600 / memory.half_life) for item in items}
    rhos = memory.correlation, memory.correlation_touched
    told = told_apart(items, age, rhos, memory.unstated, expected)
    pairs = {(item.before, item.after): item for item in items if isinstance(item, Changed)}
    to_come = sum(item.by for item in items if isinstance(item, Moved | Unexplained))
    belief, gap, last = NOTHING, _Gap(), ""
    for item in items:
        record = None if expected is None else max(expected - to_come, 0)  # what it said then
        match item:
            case CycleCount(quantity=quantity):
                belief, gap, last = _counted_by_hand(quantity, memory.miscount, age[item.id]), _Gap(), ""
            case Moved(by=by):
                to_come -= by
                gap = _Gap(gap.by + by, moved=True)
            case Unexplained(by=by):
                to_come -= by
                belief = _across_unexplained(_across(belief, gap, None, record, memory), by, record, memory)
                gap, last = _Gap(), ""
            case Seen():
                pair = pairs.get((last, item.id))
                belief = _times(_across(belief, gap, pair, record, memory), told[item.id])
                gap, last = _Gap(), item.id
    return _across(belief, gap, None, expected, memory)


@dataclass(frozen=True, slots=True)
class _Gap:
    """What was booked between two looks."""

    by: int = 0
    moved: bool = False


def _check(distribution: Sequence[float], name: str) -> None:
    if fault := fault_of(distribution):
        raise NotADistribution(NOT_A_DISTRIBUTION, f"{name} {fault}")


def _since_the_last_break(items: Sequence[Step]) -> Sequence[Step]:
    """The evidence that is of the stock as it is.

    A cycle count ends what was before it. So does a change that nobody explained: two looks whose own records
    expect different quantities, and no movement between them that makes the difference.
    """
    start, recorded, moved = 0, None, 0
    for place, item in enumerate(items):
        match item:
            case CycleCount():
                start, recorded, moved = place, None, 0
            case Moved(by=by):
                moved += by
            case Seen(recorded=int() as quantity):
                if recorded is not None and quantity != recorded + moved:
                    start = place
                recorded, moved = quantity, 0
    return items[start:]


def _across(
    belief: Likelihood, gap: _Gap, pair: Changed | None, expected: int | None, memory: Memory
) -> Likelihood:
    """The belief after a gap.

    Either all changed as booked, and a record that is wrong now was wrong before; or, with the probability
    `slip`, it was right before, and what changed made it wrong. Where the evidence said nothing, it says
    nothing afterwards.

    Args:
        belief: before the gap.
        gap: what was booked.
        pair: what two photos show to have changed in it.
        expected: what the record says after it, in items.
        memory: slip and pair_trust.
    """
    if belief is NOTHING or not (gap.moved or pair):
        return belief
    after = _carried(belief, gap, pair, expected, memory)
    return tuple(each / max(after) for each in after)


def _carried(
    belief: Likelihood, gap: _Gap, pair: Changed | None, expected: int | None, memory: Memory
) -> list[float]:
    """The belief after a gap, not scaled: small everywhere if hardly anything can have been moved so."""
    last = len(belief) - 1
    slip = 0.0 if expected is None else memory.slip
    right = max((expected or 0) - gap.by, 0)
    after = []
    for count in range(min(last + max(gap.by, 0) + (MOST_CHANGED if pair else 0), MAX_QUANTITY) + 1):
        booked = _shown(pair, gap.by, memory) * belief[min(max(count - gap.by, 0), last)]
        slipped = _shown(pair, count - right, memory) * belief[min(right, last)]
        if count < gap.by and expected is not None:  # not all that was put in is there
            after.append(slipped)
        else:
            after.append(booked if count == expected else (1 - slip) * booked + slip * slipped)
    return after


def _across_unexplained(belief: Likelihood, by: int, record: int | None, memory: Memory) -> Likelihood:
    """The belief after the record changed by so many items without a word.

    Args:
        belief: before that.
        by: how the record changed.
        record: what it said before, in items.
        memory: slip and unstated.
    """
    if belief is NOTHING:
        return belief
    expected = None if record is None else max(record + by, 0)
    moved = _carried(belief, _Gap(by, moved=True), None, expected, memory)
    mixed = [
        memory.unstated * each + (1 - memory.unstated) * belief[min(count, len(belief) - 1)]
        for count, each in enumerate(moved)
    ]
    return tuple(each / max(mixed) for each in mixed)


def _shown(pair: Changed | None, by: int, memory: Memory) -> float:
    return 1.0 if pair is None else float(pair.of(by) ** memory.pair_trust)


def _times(belief: Likelihood, likelihood: Likelihood) -> Likelihood:
    """A belief and one more look; of two lengths, the last class of the shorter stands for what it lacks."""
    counts = range(max(len(belief), len(likelihood)))
    one, two = len(belief) - 1, len(likelihood) - 1
    product = [belief[min(each, one)] * likelihood[min(each, two)] for each in counts]
    return tuple(each / max(product) for each in product)


def _counted_by_hand(quantity: int, miscount: float, age: float) -> Likelihood:
    """A person's count is nearly always right; who is wrong is off by as much as records are.

    So a record that differs from it is doubted alike whatever the difference: by pi against `miscount`.
    """
    off = {quantity - by: miscount * chance for by, chance in MEASURED.chances.items()}
    counts = range(quantity + max(map(abs, MEASURED.chances)) + 2)
    return tuple(1.0 if each == quantity else max(off.get(each, 0.0), FAINTEST) ** age for each in counts)
