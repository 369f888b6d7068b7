"""What people's answers teach: how rare wrong records are, how wrong they are, and labels for training.

Alerted bins are counted more often than others, and were chosen for looking wrong: taken as they come, their
answers would say that half of all records are wrong. So the rate is put together from two strata: of alerted
bins, what was found; of the others, what the audit sample says of them all.
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from binwatch.alerts import State
from binwatch.asking import Draw
from binwatch.commands import Reason
from binwatch.episodes import SYSTEM, Episode
from binwatch.errors import MalformedCommand
from binwatch.keys import BinId

LEAST_ANSWERS = 50  # below, a temperature is noise
TEMPERATURES = (0.25, 4.0)  # what a counter that is still worth using can need
RAREST = 1e-6  # a count that the counter thought impossible must not cost infinitely much
SHOWN = (Reason.MISCOUNTED,)  # the photo shows all items of the bin, as it was when it was counted


@dataclass(frozen=True, slots=True)
class Answered:
    """A bin that a person counted, and what the counter had said.

    Args:
        bin: which.
        photo_id: the photo's name without folder and ending, as `bincount prepare` calls it.
        expected: items, as the record said.
        counted: items, by hand.
        probabilities: P(count) of the newest photo.
        at: when.
        drawn: whether the audit sample chose the bin, and no alert.
        shows: whether the photo shows what was counted, and may be a label.
        alerted: of a drawn bin, whether an alert about it was open, too.
    """

    bin: BinId
    photo_id: str
    expected: int
    counted: int
    probabilities: tuple[float, ...]
    at: str
    drawn: bool = False
    shows: bool = True
    alerted: bool = False

    @property
    def wrong(self) -> bool:
        """Whether the record was."""
        return self.counted != self.expected


@dataclass(frozen=True, slots=True)
class Beta:
    """What is believed of a share: a Beta distribution."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (0 < self.alpha < math.inf and 0 < self.beta < math.inf):
            raise MalformedCommand(
                "beta_impossible", f"Beta({self.alpha}, {self.beta}) needs positive numbers"
            )

    @classmethod
    def about(cls, mean: float, strength: float) -> "Beta":
        """As if so many bins had been counted and that share of them had been wrong."""
        return cls(mean * strength, (1 - mean) * strength)

    @property
    def mean(self) -> float:
        """The share to expect."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:
        """Of the share."""
        total = self.alpha + self.beta
        return self.alpha * self.beta / (total * total * (total + 1))

    def after(self, answered: int, wrong: int) -> "Beta":
        """After so many further bins, so many of them wrong."""
        return Beta(self.alpha + wrong, self.beta + answered - wrong)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Bins of one kind: how many there were, how many of these a person counted, and found wrong."""

    bins: int
    answered: int
    wrong: int

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= self.answered <= self.bins:
            raise MalformedCommand(
                "stratum_impossible",
                f"{self.wrong} wrong of {self.answered} answered of {self.bins} bins: each may only be fewer",
            )


def answer_of(episode: Episode) -> Answered | None:
    """What a person's end of an episode says; None where no person ended it."""
    answer, seen = episode.answer, episode.assessment
    if answer is None or episode.ended_by in (None, SYSTEM):
        return None
    right = episode.state is State.FALSE_ALARM
    if not right and answer.counted is None:
        return None
    return Answered(
        bin=seen.bin,
        photo_id=PurePosixPath(seen.exhibit.photo.key).stem,
        expected=seen.expected,
        counted=seen.expected if answer.counted is None else answer.counted,
        probabilities=seen.exhibit.probabilities,
        at=str(episode.ended_at),
        shows=not right or answer.reason in SHOWN,
    )


def audited(bin_: BinId, draw: Draw) -> Answered | None:
    """What a person's count of a drawn bin says; None where nobody has counted it yet."""
    if draw.counted is None or draw.answered_at is None:
        return None
    return Answered(
        bin=bin_,
        photo_id=PurePosixPath(draw.photo.key).stem,
        expected=draw.expected,
        counted=draw.counted,
        probabilities=draw.probabilities,
        at=draw.answered_at,
        drawn=True,
        alerted=draw.alerted,
    )


def discrepancy_rate(prior: Beta, alerted: Stratum, others: Stratum) -> Beta:
    """Pi of a site: the share of wrong records among all its bins, and how sure that is.

    Were all N bins counted and W of them wrong, the posterior would be Beta(S p + W, S (1 - p) + N - W): p is
    the book's pi and S how many bins it is worth. Not all are counted, so the posterior is taken over what W
    can be (Rubin, Multiple Imputation for Nonresponse in Surveys, ch. 3):

    - w of the a answered alerts were wrong. Those bins were chosen for looking wrong: they say how many wrong
      records there are at least, and nothing of bins that nobody counted.
    - Of the other N - a bins the book expects what the alerts leave of its wrong records, a share of
      p' = (p N - w) / (N - a), cut to 0 to 1. n of them were drawn by chance and k found wrong, so of the
      rest a share q ~ Beta(S p' + k, S (1 - p') + n - k) is. A bin whose alert nobody answered is among them.

    So E[W] = w + k + (N - a - n) E[q], and pi has the mean (S p + E[W]) / (S + N). It exceeds p only where
    the estimate from the two strata, w / N + (1 - a / N) k / n (Cochran, Sampling Techniques, ch. 5), does;
    without a sample, where w / N does. The variance follows by the law of total variance, the rest being
    beta-binomial. Without alerts all this is Beta(S p + k, S (1 - p) + n - k), exactly.

    Args:
        prior: what the book says of all bins.
        alerted: bins with an alert; those that nobody answered are taken for others.
        others: the other bins, of which the audit sample was drawn.
    """
    strength, bins = prior.alpha + prior.beta, alerted.bins + others.bins
    if not bins:
        return prior
    beyond = bins - alerted.answered
    left = (prior.mean * bins - alerted.wrong) / beyond if beyond else 0.0
    trust = strength + others.answered
    share = (strength * min(max(left, 0.0), 1.0) + others.wrong) / trust
    uncounted = beyond - others.answered
    wrong = alerted.wrong + others.wrong + uncounted * share
    mean = (prior.alpha + wrong) / (strength + bins)
    spread = uncounted * share * (1 - share) * (trust + uncounted) / (trust + 1) / (strength + bins) ** 2
    variance = (mean * (1 - mean) - spread) / (strength + bins + 1) + spread
    return Beta.about(mean, mean * (1 - mean) / variance - 1)


def law(prior: Mapping[int, float], strength: float, answers: Iterable[Answered]) -> dict[int, float]:
    """D, how much wrong records are off by (counted less expected), after the answers.

    The mean of a Dirichlet posterior whose prior is worth `strength` wrong records. Alerts find large
    differences more easily than small ones, so what they teach leans that way; a strong prior holds against
    it.

    Returns:
        the probability of each difference, none of them 0 items.
    """
    seen = Counter(each.counted - each.expected for each in answers if each.wrong)
    total = sum(prior.values())
    if not (total > 0 and strength > 0) or 0 in prior or min(prior.values()) < 0:
        raise MalformedCommand("law_impossible", "a law gives differences other than 0 positive weights")
    whole = strength + seen.total()
    differences = sorted({*prior, *seen})
    return {each: (strength * prior.get(each, 0) / total + seen[each]) / whole for each in differences}


def temperature(answers: Sequence[Answered]) -> float | None:
    """The T for which the counter's P(count) ^ (1/T) would have fitted the audit sample best.

    Above 1: the counter is too sure. None: too few answers to say. Alerts do not count here: they were chosen
    because the counter disagreed with the record, which mostly means that it was wrong.
    """
    drawn = [each for each in answers if each.drawn and each.shows]
    if len(drawn) < LEAST_ANSWERS:
        return None
    low, high = (math.log(each) for each in TEMPERATURES)
    while high - low > 1e-4:  # the loss is convex in 1/T, so it has one valley
        third = (high - low) / 3
        if _loss(drawn, math.exp(low + third)) < _loss(drawn, math.exp(high - third)):
            high -= third
        else:
            low += third
    return math.exp((low + high) / 2)


def label_csv(answers: Iterable[Answered]) -> str:
    """Labels for `bincount prepare --labels`: id, count, and group, which keeps a bin's photos together."""
    newest: dict[str, Answered] = {}
    for each in sorted(answers, key=lambda answer: (answer.at, answer.photo_id)):
        if each.shows:
            newest[each.photo_id] = each
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("id", "count", "group"))
    lines.writerows((name, each.counted, str(each.bin)) for name, each in sorted(newest.items()))
    return text.getvalue()


def _loss(answers: Sequence[Answered], heat: float) -> float:
    """Minus the log-likelihood of the counts by hand."""
    total = 0.0
    for each in answers:
        logs = [math.log(max(p, RAREST)) / heat for p in each.probabilities]
        highest = max(logs)
        total += highest + math.log(sum(math.exp(one - highest) for one in logs))
        total -= logs[min(each.counted, len(logs) - 1)]
    return total
