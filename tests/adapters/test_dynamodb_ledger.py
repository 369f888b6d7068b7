"""The ledger keeps bins in one table, one transaction each, and lets no writer overtake another."""

from dataclasses import replace

import pytest

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.alerts import Alert, State
from binwatch.bins import add_look, add_sidecar, add_standing
from binwatch.commands import Acknowledge, FalseAlarm, Reason, Resolve
from binwatch.decision import Exact, Verdict
from binwatch.errors import Conflict, RowUnreadable, Unavailable, UnknownAlert
from binwatch.evidence import CycleCount, Moved
from binwatch.handling import Occasion, obey, report
from binwatch.keys import BinId, PhotoAt
from binwatch.policy_book import Rules
from binwatch.ports import Quarantined, Wanted
from binwatch.records import Record
from binwatch.requests import RelookRequest
from tests.core.test_bins import BIN, EXACT, NOW, a_look

ON = Occasion(NOW, EXACT)
ALL = Wanted(BIN, looks=("t1/1", "t2/2"), stems=("t1", "t2"), to_judge_again=True)


@pytest.fixture
def ledger(table):
    return DynamoLedger("binwatch")


def load(ledger, wanted=ALL):
    return ledger.load([wanted])[wanted.bin]


def keys(table, prefix=""):
    return sorted(f"{row['pk']} {row['sk']}" for row in table.scan()["Items"] if row["pk"].startswith(prefix))


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


def a_mismatch(before, on=ON):
    judged = add_look(add_standing(before, Record(3, "1"), EXACT, NOW), a_look(2, at=1), EXACT, NOW)
    return report(before, judged, on)


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


def test_a_case_is_loaded_as_it_was_saved_and_its_alert_is_found_by_its_id(ledger):
    before = load(ledger)
    ledger.save(before, a_mismatch(before))

    kept = load(ledger).case

    assert a_mismatch(before).case == kept
    assert BIN == ledger.bin_of(kept.episode.id)
    assert ledger.bin_of("unknown") is None


def a_relook(ledger):
    """The id of a request that was sent, as the outbox keeps it."""
    before = load(ledger)
    in_doubt = RelookRequest(
        id="relook-1",
        site="berlin-1",
        bin="A-07",
        asked_at=NOW,
        photo=PhotoAt("uploads", "a.jpg", None),
        since=NOW,
        expected=3,
        most_likely=2,
        mismatch_probability=0.2,
    )
    ledger.save(before, replace(before, messages=(in_doubt,)))
    return in_doubt.id


def test_the_id_of_what_is_no_alert_is_refused_with_what_it_is(ledger):
    with pytest.raises(UnknownAlert, match="relook-1 is no alert but of kind relook"):
        ledger.bin_of(a_relook(ledger))


def test_a_message_that_cannot_be_read_is_named(ledger, table):
    row = {"pk": "outbox/old", "sk": "000001", "kind": "outbox", "alert": "{}", "expires_at": 1}
    table.put_item(Item=row)

    with pytest.raises(RowUnreadable, match="outbox/old"):
        ledger.bin_of("old")


def test_a_mismatch_that_is_held_has_a_timer_in_its_transaction_and_no_message(ledger, table):
    before = load(ledger)

    ledger.save(before, a_mismatch(before, Occasion(NOW, Rules(Exact()))))

    assert ["timer/"] == [key[:6] for key in keys(table, "timer/")]
    assert [] == keys(table, "outbox/")


def test_of_two_writers_of_a_case_the_second_leaves_no_trace(ledger, table):
    before = load(ledger)
    ledger.save(before, a_mismatch(before))
    opened = load(ledger)
    alert = opened.case.episode
    anna = obey(opened, Resolve(alert.id, 1, 2), replace(ON, who="Anna"))
    ben = obey(opened, FalseAlarm(alert.id, 1, Reason.HIDDEN), replace(ON, who="Ben"))
    ledger.save(opened, anna)
    rows = keys(table)

    with pytest.raises(Conflict):
        ledger.save(opened, ben)

    assert rows == keys(table)
    assert "Anna" == load(ledger).case.episode.ended_by


def test_a_count_by_hand_is_evidence_in_the_same_transaction(ledger):
    before = load(ledger)
    ledger.save(before, a_mismatch(before))
    opened = load(ledger)

    ledger.save(opened, obey(opened, Resolve(opened.case.episode.id, 1, 3), replace(ON, who="Anna")))

    (count,) = [each for each in load(ledger).evidence.items if isinstance(each, CycleCount)]
    assert 3 == count.quantity
    assert State.RESOLVED is load(ledger).case.episode.state


def as_an_older_version_kept_it(ledger, table):
    """A bin with an open alert in its state row, and no case."""
    before = load(ledger)
    judged = a_mismatch(before)
    ledger.save(before, judged)
    (alert,) = judged.messages
    bin_ = "bin/berlin-1/A-07"
    for key in keys(table):
        if " case" in key or " trail/" in key or key.startswith("alert/"):
            pk, sk = key.split(" ")
            table.delete_item(Key={"pk": pk, "sk": sk})
    table.update_item(
        Key={"pk": bin_, "sk": "state"},
        UpdateExpression="SET episode = :one, open_alert = :id",
        ExpressionAttributeValues={":one": 1, ":id": alert.id},
    )
    row = {"pk": bin_, "sk": f"alert/{alert.id}", "kind": "alert", "state": "open"}
    table.put_item(Item=row | {"alert": alert.to_json()})
    return alert


def test_an_alert_that_an_older_version_opened_is_ended_by_a_match(ledger, table):
    alert = as_an_older_version_kept_it(ledger, table)
    before = load(ledger)

    agreed = report(before, add_look(before, a_look(3, at=2), EXACT, NOW), ON)
    ledger.save(before, agreed)

    assert [(alert.id, "resolved")] == [(each.id, each.event) for each in agreed.messages]
    assert agreed.case == load(ledger).case


def test_an_alert_that_an_older_version_opened_can_be_answered(ledger, table):
    alert = as_an_older_version_kept_it(ledger, table)
    before = load(ledger)

    assert BIN == ledger.bin_of(alert.id)
    assert (
        State.ACKNOWLEDGED is obey(before, Acknowledge(alert.id, 1), replace(ON, who="A")).case.episode.state
    )


def damage_case(table, kept='{"schema": 9}'):
    table.update_item(
        Key={"pk": "bin/berlin-1/A-07", "sk": "case"},
        UpdateExpression="SET #case = :kept",
        ExpressionAttributeNames={"#case": "case"},
        ExpressionAttributeValues={":kept": kept},
    )


@pytest.mark.parametrize("kept", ['{"schema": 9}', "damaged"])
def test_a_case_that_cannot_be_read_stops_nothing_and_is_begun_anew(ledger, table, kept):
    before = load(ledger)
    ledger.save(before, a_mismatch(before))
    damage_case(table, kept)

    found = load(ledger)
    after = report(found, add_look(found, a_look(2, at=2), EXACT, NOW), ON)
    ledger.save(found, after)

    assert ["opened"] == [each.event for each in after.messages]
    assert "case begun anew" == after.audit[0].what
    assert load(ledger).case_fault is None


def test_a_case_that_is_begun_anew_by_the_same_look_overwrites_no_message_and_no_trail(ledger, table):
    before = load(ledger)
    ledger.save(before, a_mismatch(before))
    damage_case(table)

    found = load(ledger)
    ledger.save(found, report(found, add_standing(found, Record(4, "2"), EXACT, NOW), ON))

    assert 2 == len(keys(table, "outbox/"))
    assert 2 == len([key for key in keys(table) if " trail/" in key])


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
