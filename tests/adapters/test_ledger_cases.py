"""The ledger keeps the case of a bin's alert beside the bin, in the same transaction."""

from dataclasses import replace

import pytest

from binwatch.alerts import State
from binwatch.bins import add_look, add_standing
from binwatch.commands import Acknowledge, FalseAlarm, Reason, Resolve
from binwatch.decision import Exact
from binwatch.errors import Conflict, RowUnreadable, UnknownAlert
from binwatch.evidence import CycleCount
from binwatch.handling import Occasion, obey, report
from binwatch.keys import PhotoAt
from binwatch.policy_book import Rules
from binwatch.records import Record
from binwatch.requests import RelookRequest
from tests.adapters.ledger_rows import ON, a_mismatch, keys, load
from tests.core.test_bins import BIN, EXACT, NOW, a_look


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
