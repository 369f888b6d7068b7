"""What photos, movements and people say of a bin's count: without its record, which may change.

A belief is a likelihood over counts: how well each count explains the evidence, the best one being worth 1.
It is folded from the evidence in the order of time, whatever order it arrived in:

- looks multiply. Those between which nothing was moved err alike (the same item hides another), so each of n
  enters with the exponent 1 / (1 + (n - 1) rho): together they are worth n / (1 + (n - 1) rho) looks;
- a known movement shifts the counts; it may not have been done as booked, with a small probability;
- what a pair of photos shows to have changed weighs the possible movements between its two looks;
- a cycle count by a person ends all that was before;
- evidence fades: its exponent halves with every half-life between it and the newest.

This is the forward pass of a hidden Markov model whose state is the count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from binwatch.discrepancies import MEASURED, RAREST, ImpossiblePolicy, Law
from binwatch.errors import NotADistribution
from binwatch.evidence import Changed, CycleCount, Evidence, Item, Likelihood, Moved, Seen
from binwatch.prediction import SUM_TOLERANCE, Counted, Model
from binwatch.records import MAX_QUANTITY

DIGITS = 6  # of a likelihood as it is kept
FAINTEST = 1e-6  # what no photo can deny altogether; else two that contradict each other would leave nothing
CORRELATION = 0.3
NOTHING: Likelihood = (1.0,)  # of 0 or more: every count explains no evidence equally well
STILL = {0: 1.0}  # nothing was moved


@dataclass(frozen=True, slots=True)
class Memory:
    """How evidence adds up.

    Args:
        correlation: rho, of the errors of two looks between which nothing was moved; 0 to 1.
        half_life: hours after which evidence counts half.
        slip: the probability that a movement was not done as booked.
        law: by how much it then is off.
        miscount: the probability that a person's count is wrong.
        pair_trust: the exponent of what a pair of photos shows; it saw the same photos as the two looks.

    Raises:
        ImpossiblePolicy: a number that cannot be.
    """

    correlation: float = CORRELATION
    half_life: float = 168.0
    slip: float = 0.02
    law: Law = MEASURED
    miscount: float = 0.005
    pair_trust: float = 0.5

    def __post_init__(self) -> None:
        for name in ("correlation", "slip", "miscount", "pair_trust"):
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
    usual = usual_of(model, len(counted.probabilities))
    _check(counted.probabilities, "the probabilities of a count")
    _check(usual, f"the label prior of {model}")
    if len(usual) != len(counted.probabilities):
        raise NotADistribution(
            "not_a_distribution",
            f"{len(counted.probabilities)} probabilities of {model}, whose label prior has {len(usual)}",
        )
    return scaled(p / max(q, RAREST) for p, q in zip(counted.probabilities, usual, strict=True))


def scaled(weights: Iterable[float]) -> Likelihood:
    """Weights as a likelihood as it is kept: the greatest is 1, none is 0."""
    weights = tuple(weights)
    best = max(weights)
    return tuple(max(round(each / best, DIGITS), FAINTEST) for each in weights)


def believe(evidence: Evidence, memory: Memory) -> Likelihood:
    """The likelihood of each count after the newest piece of evidence; the last entry is of "or more"."""
    items = _since_the_last_break(evidence.items)
    if not items:
        return NOTHING
    newest = items[-1].at
    age = {item.id: 0.5 ** ((newest - item.at) / 3600 / memory.half_life) for item in items}
    exponents = _exponents(items, age, memory.correlation)
    pairs = {(item.before, item.after): item for item in items if isinstance(item, Changed)}
    belief, last = NOTHING, ""
    kernel: Mapping[int, float] = STILL
    for item in items:
        match item:
            case CycleCount(quantity=quantity):
                belief, kernel, last = _counted_by_hand(quantity, memory.miscount, age[item.id]), STILL, ""
            case Moved(by=by):
                kernel = _then(kernel, _booked(by, memory))
            case Seen(likelihood=likelihood):
                pair = pairs.get((last, item.id))
                carried = _carried(belief, kernel, pair, memory)
                belief = _times(carried, likelihood, exponents[item.id])
                kernel, last = STILL, item.id
    return _carried(belief, kernel, None, memory)


def _check(distribution: Sequence[float], name: str) -> None:
    if len(distribution) < 2:
        raise NotADistribution("not_a_distribution", f"{name}: {len(distribution)} entries, two are needed")
    if any(not isfinite(each) or each < 0 for each in distribution):
        raise NotADistribution("not_a_distribution", f"{name}: a negative or non-finite value")
    if abs(fsum(distribution) - 1) > SUM_TOLERANCE:
        raise NotADistribution("not_a_distribution", f"{name}: the sum is {fsum(distribution)}, not 1")


def _since_the_last_break(items: Sequence[Item]) -> Sequence[Item]:
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


def _exponents(items: Sequence[Item], age: Mapping[str, float], rho: float) -> dict[str, float]:
    """How much each look counts: by its age, and by how many others of its run there are."""
    runs: dict[int, list[str]] = defaultdict(list)
    run = 0
    for item in items:
        if isinstance(item, Seen):
            runs[run].append(item.id)
        elif isinstance(item, Moved | CycleCount):
            run += 1
    exponents: dict[str, float] = {}
    for looks in runs.values():
        total = fsum(age[each] for each in looks)
        exponents |= {each: age[each] / (1 + rho * (total - age[each])) for each in looks}
    return exponents


def _booked(by: int, memory: Memory) -> dict[int, float]:
    """P(change of the count) for a movement that was booked as `by`."""
    slips = {by + items: memory.slip * each for items, each in memory.law.chances.items()}
    return {by: 1 - memory.slip, **slips}


def _then(first: Mapping[int, float], second: Mapping[int, float]) -> dict[int, float]:
    """P(change) of two movements, one after the other."""
    both: dict[int, float] = defaultdict(float)
    for one, p in first.items():
        for other, q in second.items():
            both[one + other] += p * q
    return both


def _carried(
    belief: Likelihood, kernel: Mapping[int, float], pair: Changed | None, memory: Memory
) -> Likelihood:
    """The belief after movements: each count now is explained as well as the counts that it may have been.

    Divided by the weight of the movements that were possible, it says nothing where the evidence did not.
    """
    if belief is NOTHING or (kernel == STILL and not pair):
        return belief
    if kernel == STILL:  # the photos may show what nobody booked
        kernel = _booked(0, memory)
    weight = {by: each * (pair.of(by) ** memory.pair_trust if pair else 1) for by, each in kernel.items()}
    last = len(belief) - 1
    after = []
    for count in range(min(last + max(0, *kernel), MAX_QUANTITY) + 1):
        possible = [by for by in kernel if by <= count]
        explained = fsum(weight[by] * belief[min(count - by, last)] for by in possible)
        after.append(explained / fsum(kernel[by] for by in possible) if possible else FAINTEST)
    return tuple(each / max(after) for each in after)


def _times(belief: Likelihood, likelihood: Likelihood, exponent: float) -> Likelihood:
    """A belief and one more look; of two lengths, the last class of the shorter stands for what it lacks."""
    counts = range(max(len(belief), len(likelihood)))
    one, two = len(belief) - 1, len(likelihood) - 1
    product = [belief[min(each, one)] * likelihood[min(each, two)] ** exponent for each in counts]
    return tuple(each / max(product) for each in product)


def _counted_by_hand(quantity: int, miscount: float, age: float) -> Likelihood:
    """A person's count is nearly always right; if not, any other explains it alike."""
    wrong = max(miscount, FAINTEST) ** age
    return tuple(1.0 if each == quantity else wrong for each in range(quantity + 2))
