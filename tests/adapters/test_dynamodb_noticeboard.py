"""The noticeboard keeps watches, incidents, silences and timers in the table, and lets no writer overtake."""

import pytest

from binwatch.adapters.dynamodb_noticeboard import DynamoNoticeboard, DynamoTimers
from binwatch.decision import Verdict
from binwatch.errors import Conflict, Unavailable
from binwatch.incidents import Group, Grouping, GroupKind, Sign, add_sign, close, wake
from binwatch.keys import BinId
from binwatch.muting import Muting
from binwatch.outbox import message_of
from binwatch.silences import Silence
from binwatch.timers import Kind, Timer
from tests.alert_lives import minute

GROUP = Group("berlin-1", GroupKind.AISLE, "A")
RULES = Grouping(bins=3)


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
    assert [Timer(watch.wake_at, Kind.INCIDENT, str(GROUP))] == timers.due(minute(10_000))
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


def test_a_watch_that_cannot_be_read_is_begun_anew(board, table):
    an_incident(board)
    table.update_item(
        Key={"pk": "watch/berlin-1", "sk": "aisle/A"},
        UpdateExpression="SET watch = :kept",
        ExpressionAttributeValues={":kept": "damaged"},
    )

    found = board.watch(GROUP)

    assert ((), None) == (found.watch.signs, found.watch.incident)
    board.turn(found, found.watch, [])


def test_what_cannot_be_read_mutes_nothing(board, table):
    for pk, kind in [("silence/berlin-1", "silence"), ("incident/berlin-1", "incident")]:
        row = {"pk": pk, "sk": "x", "kind": kind, kind: "damaged", "ends_at": "9", "expires_at": 1}
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


def test_a_table_that_cannot_be_reached_is_transient(board, timers, table):
    before = board.watch(GROUP)
    table.delete()

    for attempt in (
        lambda: board.muting("berlin-1", minute(0)),
        lambda: board.watch(GROUP),
        lambda: board.turn(before, before.watch, []),
        lambda: timers.due(minute(0)),
        lambda: timers.set([Timer(minute(0), Kind.ALERT, "s/b")]),
        lambda: timers.forget(Timer(minute(0), Kind.ALERT, "s/b")),
    ):
        with pytest.raises(Unavailable):
            attempt()
