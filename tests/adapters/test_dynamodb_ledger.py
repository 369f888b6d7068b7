"""The ledger keeps bins in one table, one transaction each, and lets no writer overtake another."""

from dataclasses import replace

import pytest

from binwatch.alerts import Alert
from binwatch.bins import add_look, add_sidecar, add_standing
from binwatch.decision import Verdict
from binwatch.errors import Conflict, Unavailable
from binwatch.evidence import Moved
from binwatch.keys import BinId
from binwatch.ports import Quarantined, Wanted
from binwatch.records import Record
from tests.adapters.ledger_rows import ALL, a_mismatch, keys, load
from tests.core.test_bins import BIN, EXACT, NOW, a_look


def test_an_unknown_bin_is_empty(ledger):
    empty = load(ledger)

    assert (BIN, 0, {}, {}, None) == (empty.id, empty.revision, empty.looks, empty.sidecars, empty.standing)


def test_what_is_saved_is_loaded(ledger):
    before = load(ledger)
    after = add_sidecar(add_look(before, a_look(3), EXACT, NOW), "t1", Record(3, "1"), EXACT, NOW)

    ledger.save(before, add_standing(after, Record(5, "1"), EXACT, NOW))

    kept = load(ledger)
    assert after.looks == kept.looks
    assert (after.sidecars, Record(5, "1")) == (kept.sidecars, kept.standing)
    assert (1, "t1/1", "001") == (kept.revision, kept.newest, kept.newest_order)


def test_what_is_known_of_a_bin_is_kept_in_its_state(ledger):
    before = load(ledger)
    moved = Record(2, "1", Moved(1.5, "upload", -1))
    after = add_standing(add_look(before, a_look(3), EXACT, NOW), moved, EXACT, NOW)

    ledger.save(before, after)

    assert after.evidence == load(ledger).evidence
    assert 2 == len(after.evidence.items)


def test_a_state_from_before_there_was_evidence_has_none(ledger):
    before = load(ledger)
    ledger.save(before, add_standing(before, Record(3, "1"), EXACT, NOW))

    assert ((), None) == (load(ledger).evidence.items, load(ledger).evidence_fault)


@pytest.mark.parametrize("kept", ['{"schema": 0}', "damaged"])
def test_evidence_that_cannot_be_read_stops_nothing(ledger, table, kept):
    before = load(ledger)
    ledger.save(before, add_look(before, a_look(3, at=1), EXACT, NOW))
    table.update_item(
        Key={"pk": "bin/berlin-1/A-07", "sk": "state"},
        UpdateExpression="SET evidence = :kept",
        ExpressionAttributeValues={":kept": kept},
    )

    found = load(ledger)
    ledger.save(found, add_look(found, a_look(3, at=2), EXACT, NOW))

    assert found.evidence_fault.startswith("belief_unreadable: ")
    assert ["t2/2"] == [item.id for item in load(ledger).evidence.items]
    assert load(ledger).evidence_fault is None


def test_the_newest_look_is_at_hand_for_one_that_comes_late(ledger):
    before = load(ledger)
    judged = add_look(add_standing(before, Record(3, "1"), EXACT, NOW), a_look(3, at=2), EXACT, NOW)
    ledger.save(before, judged)

    found = load(ledger, Wanted(BIN, looks=("t1/1",), stems=("t1",)))

    assert {"t2/2"} == set(found.looks)


def test_a_mismatch_puts_look_case_trail_and_outbox_into_one_transaction(ledger, table):
    before = load(ledger)
    judged = a_mismatch(before)

    ledger.save(before, judged)

    (alert,) = judged.messages
    assert [
        f"alert/{alert.id} bin",
        "bin/berlin-1/A-07 case",
        "bin/berlin-1/A-07 look/t1/1",
        "bin/berlin-1/A-07 standing",
        "bin/berlin-1/A-07 state",
        f"bin/berlin-1/A-07 trail/{alert.id}/000001",
        f"outbox/{alert.id} 000001",
    ] == keys(table)
    row = table.get_item(Key={"pk": f"outbox/{alert.id}", "sk": "000001"})["Item"]
    assert alert == Alert.from_json(row["alert"])


def test_a_writer_that_read_before_another_wrote_loses_and_writes_nothing(ledger, table):
    before = load(ledger)
    ledger.save(before, add_look(before, a_look(3, at=1), EXACT, NOW))

    with pytest.raises(Conflict):
        ledger.save(before, add_look(before, a_look(3, at=2), EXACT, NOW))

    assert ["bin/berlin-1/A-07 look/t1/1", "bin/berlin-1/A-07 state"] == keys(table)


def test_the_same_look_is_never_written_twice(ledger):
    before = load(ledger)
    after = add_look(before, a_look(3), EXACT, NOW)
    ledger.save(before, after)

    stale = replace(load(ledger), looks={})
    with pytest.raises(Conflict):
        ledger.save(stale, add_look(stale, a_look(2), EXACT, NOW))


def test_a_late_record_finds_the_looks_that_waited_though_nobody_named_them(ledger):
    before = load(ledger)
    ledger.save(before, add_look(before, a_look(2), EXACT, NOW))

    waiting = load(ledger, Wanted(BIN, to_judge_again=True))
    ledger.save(waiting, add_standing(waiting, Record(3, "1"), EXACT, NOW))

    assert [Verdict.MISMATCH] == [look.verdict for look in ledger.looks()]


def test_names_of_any_script_are_kept(ledger):
    odd = BinId("Köln Süd", "50%+ 😀")
    look = replace(a_look(3), bin=odd, key="sites/Köln Süd/bins/50%+ 😀/x.jpg")
    before = load(ledger, Wanted(odd))

    ledger.save(before, add_look(before, look, EXACT, NOW))

    assert [odd] == [each.bin for each in ledger.looks()]


def test_the_quarantine_keeps_the_first_of_two_same_items(ledger):
    item = Quarantined("id", NOW, "message", "not_json", "the message is no JSON text", excerpt="x")

    ledger.quarantine(item)
    ledger.quarantine(replace(item, excerpt="y"))

    assert [item] == list(ledger.quarantined())


def test_a_photo_in_quarantine_is_an_unreadable_look(ledger):
    ledger.quarantine(Quarantined("id", NOW, "photo", "key_outside_layouts", "no bin", "uploads", "x.jpg"))
    ledger.quarantine(Quarantined("id2", NOW, "record", "record_not_json", "no JSON", "uploads", "x.json"))

    (look,) = ledger.looks()
    assert ("x.jpg", Verdict.UNREADABLE, None) == (look.key, look.verdict, look.bin)
    assert "key_outside_layouts: no bin" == look.reason


def test_more_rows_than_one_request_reads_are_all_loaded(ledger):
    wanted = [Wanted(BinId("s", str(each)), looks=("a/1", "b/2"), stems=("a", "b")) for each in range(40)]

    assert 40 == len(ledger.load(wanted))


def test_a_table_that_cannot_be_reached_is_transient(ledger, table):
    before = load(ledger)
    table.delete()

    with pytest.raises(Unavailable):
        ledger.load([ALL])
    with pytest.raises(Unavailable):
        ledger.save(before, add_look(before, a_look(3), EXACT, NOW))
    with pytest.raises(Unavailable):
        ledger.quarantine(Quarantined("id", NOW, "message", "not_json", "no JSON"))
    with pytest.raises(Unavailable):
        list(ledger.looks())
