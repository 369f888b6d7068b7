"""The noticeboard keeps watches, incidents, silences and timers in the table, and lets no writer overtake."""

from dataclasses import replace

import pytest

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.adapters.dynamodb_noticeboard import DynamoNoticeboard, DynamoTimers
from binwatch.decision import Verdict
from binwatch.desk import Desk
from binwatch.errors import Conflict, RequestRefused, Unavailable
from binwatch.groupings import Grouping
from binwatch.incidents import add_sign, close, wake
from binwatch.keys import BinId
from binwatch.moments import later
from binwatch.muting import Muting
from binwatch.outbox import message_of
from binwatch.policy_book import Rules
from binwatch.signs import Group, GroupKind, Sign
from binwatch.silences import Silence
from binwatch.sweep import Sweep
from binwatch.timers import Kind, Timer
from binwatch.watchkeeper import Watchkeeper
from tests.alert_lives import minute

GROUP = Group("berlin-1", GroupKind.AISLE, "A")
RULES = Grouping(incident_bins=3)


@pytest.fixture
def board(table):
    return DynamoNoticeboard("binwatch")


@pytest.fixture
def timers(table):
    return DynamoTimers("binwatch")


def kinds(table):
    return sorted(row["kind"] for row in table.scan()["Items"])


def an_incident(board):
    """A watch whose third sign was an incident, as written."""
    kept = board.watch(GROUP)
    watch, announced = kept.watch, []
    for number in range(3):
        sign = Sign(BinId("berlin-1", f"A-{number}"), Verdict.UNREADABLE, "look", minute(0))
        turn = add_sign(watch, sign, RULES, minute(0))
        watch, announced = turn.watch, [*announced, *([turn.announced] if turn.announced else [])]
    board.turn(kept, watch, announced)
    return watch


def test_nothing_is_watched_and_nothing_muted_at_first(board):
    assert (None, None) == (board.watch(GROUP).version, board.watch(GROUP).watch.incident)
    assert Muting() == board.muting("berlin-1", minute(0))


def test_an_incident_is_written_with_its_timer_and_its_message(board, timers, table):
    watch = an_incident(board)

    assert watch == board.watch(GROUP).watch
    assert ["incident", "outbox", "timer", "watch"] == kinds(table)
    assert [Timer(watch.wake_at, Kind.INCIDENT, str(GROUP))] == timers.due(minute(10_000), 100)
    (row,) = [row for row in table.scan()["Items"] if row["kind"] == "outbox"]
    assert ("opened", ("A-0", "A-1", "A-2")) == (
        message_of(row["alert"]).event,
        message_of(row["alert"]).bins,
    )


def test_an_incident_mutes_its_bins_until_they_are_released(board, table):
    watch = an_incident(board)
    ended = close(watch, RULES, minute(30), "Anna", "lamp mended").watch

    board.turn(board.watch(GROUP), ended, [])
    assert [ended.incident] == [each.incident for each in board.muting("berlin-1", minute(31)).incidents]

    board.turn(board.watch(GROUP), wake(ended, RULES, ended.wake_at).watch, [])
    assert Muting() == board.muting("berlin-1", minute(60))
    assert ["outbox", "watch"] == kinds(table)


def test_of_two_writers_of_a_watch_the_second_leaves_no_trace(board, table):
    before = board.watch(GROUP)
    watch = an_incident(board)
    rows = kinds(table)

    with pytest.raises(Conflict):
        board.turn(before, watch, [watch.incident])

    assert rows == kinds(table)


def rules_for(bin_id):
    return Rules(grouping=RULES)


def sweep(board, timers, moment):
    desk = Desk(DynamoLedger("binwatch"), board, timers, rules_for, lambda: moment)
    return Sweep(desk, Watchkeeper(board, timers, desk.rules_for, desk.now)).run(lambda: True)


def damage(table, pk="watch/berlin-1"):
    table.update_item(
        Key={"pk": pk, "sk": "aisle/A"},
        UpdateExpression="SET watch = :text, incident = :text",
        ExpressionAttributeValues={":text": '{"schema": 9}'},
    )


def test_a_watch_that_cannot_be_read_is_made_anew_of_its_incident_and_told_of(board, table):
    incident = an_incident(board).incident
    damage(table)
    told = []

    found = DynamoNoticeboard("binwatch", told.append).watch(GROUP)

    assert incident == found.watch.incident
    assert ["row_of_other_schema: watch/berlin-1 aisle/A: a stored Watch has schema 9, not 1"] == [
        str(each) for each in told
    ]


def test_a_watch_that_is_gone_is_made_anew_of_its_incident(board, table):
    incident = an_incident(board).incident
    table.delete_item(Key={"pk": "watch/berlin-1", "sk": "aisle/A"})

    assert incident == board.watch(GROUP).watch.incident


def test_a_watch_that_cannot_be_read_and_has_no_incident_is_begun_anew(board, table):
    an_incident(board)
    damage(table)
    damage(table, "incident/berlin-1")

    found = board.watch(GROUP)

    assert ((), None) == (found.watch.signs, found.watch.incident)
    board.turn(found, found.watch, [])


def test_the_bins_of_an_incident_whose_watch_cannot_be_read_are_released_by_its_timer(board, timers, table):
    wakes_at = an_incident(board).wake_at
    damage(table)
    released_at = later(wakes_at, RULES.grace_s)

    for moment in (wakes_at, released_at):
        sweep(board, timers, moment)

    assert Muting() == board.muting("berlin-1", released_at)
    assert [] == timers.due(later(released_at, 86_400), 100)


def test_an_incident_whose_watch_cannot_be_read_is_ended_by_a_person(board, timers, table):
    an_incident(board)
    damage(table)

    watch = Watchkeeper(board, timers, rules_for, lambda: minute(9)).end(GROUP, "Anna", "lamp mended")

    assert ("Anna", [Timer(minute(19), Kind.INCIDENT, str(GROUP))]) == (
        watch.incident.ended_by,
        timers.due(minute(19), 100),
    )


def test_an_incident_ends_though_its_site_names_aisles_otherwise_by_then(board, timers):
    bins = an_incident(board).incident.bins
    regrouped = replace(RULES, aisle_separator=".")
    keeper = Watchkeeper(board, timers, lambda _: Rules(grouping=regrouped), lambda: minute(9))

    keeper.heed(Sign(BinId("berlin-1", name), Verdict.MATCH, "again", minute(8)) for name in bins)

    assert not board.watch(GROUP).watch.incident.running


@pytest.mark.parametrize("kept", ["damaged", 7])
def test_what_cannot_be_read_mutes_nothing(board, table, kept):
    for pk, kind in [("silence/berlin-1", "silence"), ("incident/berlin-1", "incident")]:
        row = {"pk": pk, "sk": "x", "kind": kind, kind: kept, "ends_at": "9", "expires_at": 1}
        table.put_item(Item=row)

    assert Muting() == board.muting("berlin-1", minute(0))


def test_a_silence_mutes_until_its_end(board):
    silence = Silence("s1", "berlin-1", "Anna", "shelves are moved", minute(0), minute(60))

    board.silence(silence)

    assert (silence,) == board.muting("berlin-1", minute(59)).silences
    assert () == board.muting("berlin-1", minute(60)).silences
    assert () == board.muting("potsdam", minute(0)).silences


def test_timers_are_set_found_by_their_moment_and_forgotten(timers):
    end, later = minute(60), minute(61)
    muted = [Timer(end, Kind.ALERT, f"berlin-1/A-{each}") for each in range(3)]
    timers.set([*muted, Timer(end, Kind.ALERT, "berlin-10/A"), Timer(later, Kind.ALERT, "berlin-1/B")])

    assert muted == timers.at(end, "berlin-1")

    timers.forget(muted[0])
    timers.forget(muted[0])
    assert muted[1:] == timers.at(end, "berlin-1")


@pytest.mark.parametrize(
    ("kind", "subject"),
    [("robot", "berlin-1/A-0"), ("incident", "berlin-1"), ("incident", "berlin-1/row/A"), ("alert", 7)],
)
def test_timers_that_cannot_be_read_are_told_of_and_hide_no_others(table, timers, kind, subject):
    timer = Timer(minute(1), Kind.ALERT, "berlin-1/A-0")
    for number in range(3):
        row = {"pk": f"timer/{timer.shard}", "sk": f"{minute(0)}#{number}", "kind": "timer"}
        table.put_item(Item={**row, "due_at": minute(0), "timer_kind": kind, "subject": subject})
    timers.set([timer])
    told = []

    assert [timer] == DynamoTimers("binwatch", told.append).due(minute(2), most=1)
    assert ["row_damaged"] * 3 == [each.code for each in told]


def test_no_more_timers_of_a_partition_are_read_than_asked_for(timers):
    timers.set([Timer(minute(at), Kind.ALERT, "berlin-1/A-0") for at in range(5)])

    assert [minute(0), minute(1), minute(2)] == [each.due_at for each in timers.due(minute(9), most=3)]


def test_rows_that_are_too_large_are_permanent(board, table):
    huge = "x" * 410_000
    before = board.watch(GROUP)

    for attempt in (
        lambda: board.turn(before, replace(before.watch, since=huge), []),
        lambda: board.silence(Silence("s1", "berlin-1", "Anna", huge, minute(0), minute(60))),
    ):
        with pytest.raises(RequestRefused, match="Validation"):
            attempt()


def test_a_table_that_cannot_be_reached_is_transient(board, timers, table):
    before = board.watch(GROUP)
    table.delete()

    for attempt in (
        lambda: board.muting("berlin-1", minute(0)),
        lambda: board.watch(GROUP),
        lambda: board.turn(before, before.watch, []),
        lambda: timers.due(minute(0), 100),
        lambda: timers.set([Timer(minute(0), Kind.ALERT, "s/b")]),
        lambda: timers.forget(Timer(minute(0), Kind.ALERT, "s/b")),
    ):
        with pytest.raises(Unavailable):
            attempt()
