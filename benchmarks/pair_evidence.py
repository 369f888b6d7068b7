"""What comparing two photos adds to an alert: `python benchmarks/pair_evidence.py DATA [--json]`.

On the validation photos of a set that `bincount prepare` made: two looks at one bin with a booked movement
between them, and the shipped counter with its comparison. Every pair is judged beside a right record, and
beside each wrong one that the law of discrepancies knows, weighed by it: an old discrepancy (the movement was
done as booked, the record was wrong before), or a new one (it was not done as booked). No lots are drawn.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bincount.artifact import SHIPPED
from bincount.comparison import Comparison
from bincount.data.dataset import load
from bincount.data.looks import next_looks
from bincount.evaluation.changes import MOST_CHANGED
from bincount.predictor import load_predictor
from binwatch.beliefs import Belief, Memory, believe, likelihood_of, scaled
from binwatch.decision import assess
from binwatch.discrepancies import RAREST, Prior
from binwatch.evidence import Changed, Evidence, Likelihood, Moved, Seen
from binwatch.prediction import Counted
from binwatch_local.alert_evaluation.scores import Steps

PRIOR = Prior()
TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # exponents of what the comparison says; 0: it is not asked
NEW_SHARES = (0.0, 0.2, 0.5, 1.0)  # of wrong records, how many became so by the movement between the looks
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two looks at one bin: the true counts, what each says, what their comparison says."""

    counts: tuple[int, int]
    seen: tuple[Likelihood, Likelihood]
    changed: Likelihood
    usual: tuple[float, ...]

    def mismatch(self, expected: int, booked: int, trust: float) -> float:
        """R, when the record expects so many items after a movement that was booked."""
        before, after = self.seen
        evidence = Evidence((Seen(0.0, "before", before), Moved(HOUR / 2, "movement", booked)))
        evidence = evidence.add(Seen(HOUR, "after", after))
        if trust:
            evidence = evidence.add(Changed(HOUR, "comparison", "before", "after", self.changed))
        likelihood = believe(evidence, Memory(pair_trust=trust), expected)
        return assess(Belief(likelihood, self.usual), expected, PRIOR).mismatch


@dataclass(frozen=True, slots=True)
class Case:
    """One record beside a pair: its score, what it stands for, and for how many others of its kind."""

    score: float
    kind: str  # "right", "old" or "new"
    weight: float


def pairs_of(data: Path) -> list[Pair]:
    """The validation pairs whose change the comparison can tell.

    Raises:
        DataMissing: there is no prepared set.
    """
    photos = load(data, "val")
    following = next_looks(photos)
    first = np.flatnonzero(following >= 0)
    first = first[np.abs(photos.counts[following[first]] - photos.counts[first]) <= MOST_CHANGED]
    predictor, comparison = load_predictor(SHIPPED, "cpu"), Comparison()
    pairs = []
    for place in track(first.tolist(), "comparing", console=Console(stderr=True)):
        both = photos.pixels[[place, int(following[place])]]
        rows = [Counted(tuple(row.tolist())) for row in _normalised(predictor.predict(both))]
        before, after = (likelihood_of(row, predictor.model) for row in rows)
        found = comparison.changes(both[:1], both[1:])[0]
        changed = scaled((found / np.maximum(comparison.law, RAREST)).tolist())
        counts = int(photos.counts[place]), int(photos.counts[following[place]])
        pairs.append(Pair(counts, (before, after), changed, predictor.model.label_prior or ()))
    return pairs


def _normalised(rows: np.ndarray) -> np.ndarray:
    exact = rows.astype(np.float64)
    return np.asarray(exact / exact.sum(axis=1, keepdims=True))


def cases_of(pair: Pair, trust: float) -> Iterator[Case]:
    """The right record, and every wrong one, as an old and as a new discrepancy."""
    before, after = pair.counts
    moved = after - before
    yield Case(pair.mismatch(after, moved, trust), "right", 1.0)
    wrong = {by: chance for by, chance in PRIOR.law.chances.items() if after + by >= 0}
    for by, chance in wrong.items():
        share = chance / sum(wrong.values())
        yield Case(pair.mismatch(after + by, moved, trust), "old", share)
        yield Case(pair.mismatch(after + by, moved + by, trust), "new", share)


def figures_of(cases: Sequence[Case], new_share: float) -> dict[str, float]:
    """How well the score orders bins of which `PRIOR.rate` have a wrong record."""
    rate = PRIOR.rate
    kinds = {"right": 1 - rate, "old": rate * (1 - new_share), "new": rate * new_share}
    weight = np.array([each.weight * kinds[each.kind] for each in cases])
    wrong = np.array([each.kind != "right" for each in cases])
    steps = Steps.of(np.array([each.score for each in cases]), wrong, 1_000_000 * weight / weight.sum())
    return {"pr_auc": steps.average_precision(), "top_1_percent": steps.precision_at(0.01)}


def measured(pairs: Sequence[Pair]) -> list[dict[str, float]]:
    """One row a trust and share of new discrepancies."""
    rows = []
    for trust in track(TRUSTS, "judging", console=Console(stderr=True)):
        cases = [case for pair in pairs for case in cases_of(pair, trust)]
        rows += [{"trust": trust, "new": share, **figures_of(cases, share)} for share in NEW_SHARES]
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="set that `bincount prepare` made")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    pairs = pairs_of(options.data)
    rows = measured(pairs)
    if options.json:
        print(json.dumps({"pairs": len(pairs), "rows": rows}))
        return
    table = Table("trust", *(f"{share:.0%} new: PR-AUC, top 1 %" for share in NEW_SHARES))
    for trust in TRUSTS:
        mine = [each for each in rows if each["trust"] == trust]
        table.add_row(f"{trust:g}", *(f"{each['pr_auc']:.3f}  {each['top_1_percent']:.3f}" for each in mine))
    Console().print(table, f"{len(pairs)} pairs")


if __name__ == "__main__":
    main()
