"""What people's answers make of the policy book: pi and the law D of each site, before and after.

An answer teaches once: a lesson takes answers that are newer than the last lesson's. What the book says
counts as much as a set number of bins that were counted before: rates drift, and old lessons fade.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

from binwatch.discrepancies import WIDEST
from binwatch.feedback import Answered, Beta, Stratum, discrepancy_rate, law, temperature
from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook

RATE_STRENGTH = 100.0  # bins that the book's pi is worth
LAW_STRENGTH = 50.0  # wrong records that the book's law is worth
RATE_BOUNDS = (1e-4, 0.5)  # no answers make wrong records impossible, or more common than right ones
DIGITS = 4  # of what is written into a book
LEAST = 10.0**-DIGITS  # a difference that was possible stays possible


@dataclass(frozen=True, slots=True)
class Population:
    """How many bins a site has, and at how many of them an alert was opened."""

    bins: int
    alerted: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What people found.

    Args:
        answers: each of a bin that somebody counted or looked into.
        populations: of the sites of which they are known.
        unreadable: stored answers that are damaged, or of another version.
    """

    answers: tuple[Answered, ...]
    populations: Mapping[str, Population] = field(default_factory=dict)
    unreadable: int = 0


class Answers(Protocol):
    """Keeps what people answered."""

    def since(self, start: str) -> Findings:
        """What was answered after a moment (ISO 8601 in UTC; empty: ever)."""


@dataclass(frozen=True, slots=True)
class SiteLesson:
    """What the answers of one site teach.

    Args:
        site: which.
        alerted: of its alerted bins.
        others: of its other bins, known from the audit sample.
        is_whole: whether it is known how many bins there are; else the strata are of the audit sample alone.
        rate_before: what the book says of pi, as a distribution.
        rate_after: what is to be believed now.
        law_before: D as the book says; items more than expected -> probability.
        law_after: D as it is to be believed now.
    """

    site: str
    alerted: Stratum
    others: Stratum
    is_whole: bool
    rate_before: Beta
    rate_after: Beta
    law_before: Mapping[int, float]
    law_after: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the answers teach.

    Args:
        sites: those with answers, by name.
        temperature: by which the counter's calibration should be changed; None: too few audited bins.
        newest: when the newest answer was given; the next lesson begins there.
    """

    sites: tuple[SiteLesson, ...]
    temperature: float | None
    newest: str | None


def learn(book: PolicyBook, found: Findings) -> Lesson:
    """What answers teach beyond a book."""
    groups: dict[str, list[Answered]] = defaultdict(list)
    for each in found.answers:
        groups[each.bin.site].append(each)
    return Lesson(
        tuple(
            _of_site(book, site, answers, found.populations.get(site))
            for site, answers in sorted(groups.items())
        ),
        temperature(found.answers),
        max((each.at for each in found.answers), default=None),
    )


def taught(values: Mapping[str, Any], lesson: Lesson) -> dict[str, Any]:
    """A book's JSON with the lesson in it; zones that have values of their own keep them."""
    after = deepcopy(dict(values))
    for each in lesson.sites:
        site = after.setdefault("sites", {}).setdefault(each.site, {})
        site["discrepancy_rate"] = _written(each.rate_before.mean, each.rate_after.mean)
        if each.law_after != each.law_before:
            weights = {items: max(round(p, DIGITS), LEAST) for items, p in each.law_after.items()}
            site["law"] = {str(items): weight for items, weight in sorted(weights.items())}
    return after


def _written(before: float, after: float) -> float:
    """A rate as a book says it; neither bounds nor rounding raise one that was not to rise."""
    low, high = RATE_BOUNDS
    rounded = round(min(max(after, low), high), DIGITS)
    return rounded if round(after - before, DIGITS) > 0 else min(rounded, before)


def _of_site(
    book: PolicyBook, site: str, answers: Sequence[Answered], population: Population | None
) -> SiteLesson:
    prior = book.rules_for(BinId(site, "")).policy.prior
    alerted, others = _strata(answers, population)
    before = Beta.about(prior.rate, RATE_STRENGTH)
    amiss = [each for each in answers if each.wrong and abs(each.counted - each.expected) <= WIDEST]
    usual = prior.law.chances
    return SiteLesson(
        site,
        alerted,
        others,
        population is not None,
        before,
        discrepancy_rate(before, alerted, others),
        usual,
        law(usual, LAW_STRENGTH, amiss) if amiss else usual,
    )


def _strata(answers: Sequence[Answered], population: Population | None) -> tuple[Stratum, Stratum]:
    """The alerted bins and the others; a bin that was answered twice counts with its newest answer.

    Where nobody says how many bins there are, the audit sample stands for all of them, alerted or not: it was
    drawn from all.
    """
    alerted = _newest(each for each in answers if each.alerted or not each.drawn)
    drawn = _newest(each for each in answers if each.drawn)
    if population is None:
        return Stratum(0, 0, 0), _stratum(len(drawn), drawn.values())
    only_drawn = [each for name, each in drawn.items() if name not in alerted]
    return (
        _stratum(population.alerted, alerted.values()),
        _stratum(population.bins - population.alerted, only_drawn),
    )


def _newest(answers: Iterable[Answered]) -> dict[BinId, Answered]:
    return {each.bin: each for each in sorted(answers, key=lambda answer: answer.at)}


def _stratum(bins: int, answers: Iterable[Answered]) -> Stratum:
    wrong = [each.wrong for each in answers]
    return Stratum(max(bins, len(wrong)), len(wrong), sum(wrong))
