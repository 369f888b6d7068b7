"""The evaluation as a whole: every rule on the same wrong records, for every rate and number of looks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from binwatch.beliefs import CORRELATION, Memory
from binwatch.discrepancies import MEASURED, Law
from binwatch.policy_book import PolicyBook
from binwatch_local.alert_evaluation.against_naive import against_naive
from binwatch_local.alert_evaluation.bins import Bins
from binwatch_local.alert_evaluation.injection import inject
from binwatch_local.alert_evaluation.looking import Believer, Looks, draw
from binwatch_local.alert_evaluation.rules import NAIVE, POSTERIOR, Answers, Contest, Round, own_judges
from binwatch_local.alert_evaluation.scores import (
    Costs,
    Flags,
    Outcome,
    Scores,
    Steps,
    ranking_figures,
    spread,
)

COSTS = Costs()
RATES = (0.005, 0.01, 0.02, 0.05)
LOOKS = (1, 2, 3, 5)
SEEDS = 100  # of one rule five said a precision of .12, a hundred .18
USUAL_RATE = 0.02
DOUBTED = 20  # records that are listed
DRAWN_SETS = 5  # of looks that were not taken: the seeds take turns, because beliefs take most of the time

type Row = dict[str, Any]
type Figures = dict[str, Any]
type Track = Callable[[Iterable[Any], str, int], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How the evaluation is done.

    Args:
        rates: pi, the shares of wrong records.
        looks: numbers of looks.
        seeds: how often records are made wrong anew.
        law: by how much they are.
        rho: the probability that a look which was not taken repeats the newest.
        costs: what errors cost.
        stated: whether records state movements as such.
    """

    rates: tuple[float, ...] = RATES
    looks: tuple[int, ...] = LOOKS
    seeds: int = SEEDS
    law: Law = MEASURED
    rho: float = CORRELATION
    costs: Costs = COSTS
    stated: bool = True


def evaluate(
    bins: Bins,
    protocol: Protocol,
    book: PolicyBook | None = None,
    track: Track = lambda things, what, total: things,
) -> Figures:
    """Every figure.

    Args:
        bins: the photos.
        protocol: how it is done.
        book: further rules.
        track: passes things on and shows how far they are.
    """
    drawn = {number: _sets(bins, number, protocol) for number in protocol.looks}
    believer, own = Believer(bins, Memory()), own_judges(bins, book)
    rows: list[Row] = []
    rankings: list[Row] = []
    work = [(rate, looks) for rate in protocol.rates for looks in protocol.looks]
    contests = {rate: Contest.of(bins, rate, protocol.law, believer, own) for rate in protocol.rates}
    for rate, looks in track(work, "judging", len(work)):
        told, ordered = _cell(contests[rate], drawn[looks], protocol)
        where = {"rate": rate, "looks": looks}
        rows += [{"rule": name, **where, **each} for name, each in told.items()]
        rankings += [{"score": name, **where, **each} for name, each in ordered.items()]
    return {
        "looks": [_told_of(number, drawn[number][0]) for number in protocol.looks],
        "correlation": None if bins.correlation is None else asdict(bins.correlation),
        "doubted": _doubted(contests[shown_rate(protocol.rates)]),
        "rules": _beside_naive(rows),
        "rankings": rankings,
        "against_naive": against_naive(rows),
        "protocol": _said_of(protocol),
    }


def shown_rate(rates: Sequence[float]) -> float:
    """The rate that is told first: 2 %, else the nearest."""
    return min(rates, key=lambda rate: abs(rate - USUAL_RATE))


def _sets(bins: Bins, looks: int, protocol: Protocol) -> list[list[Looks]]:
    number = 1 if looks == 1 else min(protocol.seeds, DRAWN_SETS)
    return [
        draw(bins, looks, protocol.rho, np.random.default_rng([looks, each]), stated=protocol.stated)
        for each in range(number)
    ]


def _cell(
    contest: Contest, drawn: Sequence[list[Looks]], protocol: Protocol
) -> tuple[dict[str, Row], dict[str, Row]]:
    """The figures of every rule and of every score for one rate and one number of looks."""
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    scored: dict[str, list[tuple[Scores, Flags]]] = defaultdict(list)
    misled: dict[str, Flags] = {}
    nobody = np.zeros(len(contest.bins), bool)
    rounds = [Round(contest, looks) for looks in drawn]
    for seed in range(protocol.seeds):
        rng = np.random.default_rng([seed, round(contest.rate * 1e9)])
        records = inject(contest.bins, contest.rate, protocol.law, rng)
        flagged, scores = rounds[seed % len(rounds)].play(records)
        for name, each in flagged.items():
            outcomes[name].append(Outcome.of(each.alerted, each.unsure, records.wrong))
            misled[name] = misled.get(name, nobody) | (each.alerted & ~records.wrong)
        for name, score in scores.items():
            scored[name].append((score, records.wrong))
    told = {
        name: _row_of(many, protocol.costs) | {"photos_falsely_alerted": int(misled[name].sum())}
        for name, many in outcomes.items()
    }
    ordered = {name: _ranking_of(many, with_curve=name == POSTERIOR) for name, many in scored.items()}
    return told, ordered


def _row_of(outcomes: Sequence[Outcome], costs: Costs) -> Row:
    """The figures over all seeds together, and how much each varies from seed to seed."""
    whole = sum(outcomes[1:], outcomes[0])
    each = [outcome.figures(costs) for outcome in outcomes]
    figures = {
        name: {"value": value, "spread": spread([one[name] for one in each])}
        for name, value in whole.figures(costs).items()
    }
    return {**figures, "seen": asdict(whole)}


def _ranking_of(scored: Sequence[tuple[Scores, Flags]], *, with_curve: bool) -> Row:
    each = [figures for figures in (ranking_figures(*one) for one in scored) if figures]
    names = each[0] if each else ()
    values = {name: [one[name] for one in each] for name in names}
    row: Row = {
        name: {"value": float(np.mean(many)), "spread": spread(many)} for name, many in values.items()
    }
    if with_curve and each:
        steps = Steps.of(*(np.concatenate(both) for both in zip(*scored, strict=True)))
        row["curve"] = [(round(a, 4), round(b, 4)) for a, b in steps.curve()]
    return row


def _beside_naive(rows: Sequence[Row]) -> list[Row]:
    """The rows, each with what it costs as a share of what the naive rule costs."""
    naive = {
        (row["rate"], row["looks"]): row["cost_per_1000"]["value"] for row in rows if row["rule"] == NAIVE
    }

    def share(row: Row) -> float | None:
        whole = naive[row["rate"], row["looks"]]
        return row["cost_per_1000"]["value"] / whole if whole else None

    return [{**row, "cost_vs_naive": share(row)} for row in rows]


def _doubted(contest: Contest) -> list[Row]:
    """The records as they came that one look makes look most wrong: labels are records, and some err."""
    bins = contest.bins
    judged = Answers(contest.cost, [Looks(place) for place in range(len(bins))], bins.counts).right
    order = sorted(range(len(bins)), key=lambda place: -judged[place].mismatch_probability)
    return [
        {
            "id": bins.labels.ids[place],
            "recorded": int(bins.counts[place]),
            "most_likely": int(bins.predicted[place]),
            "mismatch_probability": round(judged[place].mismatch_probability, 4),
        }
        for place in order[:DOUBTED]
    ]


def _told_of(number: int, looks: Sequence[Looks]) -> Row:
    """How many of the looks were taken, and how many drawn."""
    return {
        "looks": number,
        "taken": sum(1 + len(each.real) for each in looks),
        "drawn": sum(len(each.drawn) for each in looks),
        "bins_with_taken_only": sum(not each.drawn for each in looks),
        "bins": len(looks),
    }


def _said_of(protocol: Protocol) -> Row:
    return {
        "rates": list(protocol.rates),
        "looks": list(protocol.looks),
        "seeds": protocol.seeds,
        "law": {str(items): round(chance, 5) for items, chance in sorted(protocol.law.chances.items())},
        "rho": protocol.rho,
        "costs": asdict(protocol.costs),
        "movements_stated": protocol.stated,
    }
