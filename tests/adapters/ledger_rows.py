"""A bin of the ledger, what is in its table, and a mismatch that it may keep."""

from binwatch.bins import add_look, add_standing
from binwatch.handling import Occasion, report
from binwatch.ports import Wanted
from binwatch.records import Record
from tests.core.test_bins import BIN, EXACT, NOW, a_look

ON = Occasion(NOW, EXACT)
ALL = Wanted(BIN, looks=("t1/1", "t2/2"), stems=("t1", "t2"), to_judge_again=True)


def load(ledger, wanted=ALL):
    return ledger.load([wanted])[wanted.bin]


def keys(table, prefix=""):
    return sorted(f"{row['pk']} {row['sk']}" for row in table.scan()["Items"] if row["pk"].startswith(prefix))


def a_mismatch(before, on=ON):
    judged = add_look(add_standing(before, Record(3, "1"), EXACT, NOW), a_look(2, at=1), EXACT, NOW)
    return report(before, judged, on)
