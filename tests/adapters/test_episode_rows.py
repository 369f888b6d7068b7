"""The life of alerts is kept in the table: cases, trails, silences, watches, timers."""

from dataclasses import replace

import pytest
from pynamodb.exceptions import PutError
from pynamodb.transactions import TransactWrite

from binwatch.adapters.episode_rows import (
    CaseRow,
    TrailRow,
    WatchRow,
    case_of,
    case_row,
    due_timers,
    entry_of,
    life_rows,
    silence_row,
    silences_of,
    timer_row,
    watch_key,
    watch_of,
    watch_row,
    watch_timers,
)
from binwatch.adapters.row_mapping import pk
from binwatch.adapters.rows import Row
from binwatch.alerts import Severity
from binwatch.bins import Bin
from binwatch.commands import Acknowledge, Assessed, Resolve, Woken
from binwatch.decision import Verdict
from binwatch.episodes import Case, Circumstances, Patience
from binwatch.errors import RowUnreadable
from binwatch.groupings import Grouping
from binwatch.incidents import Watch, add_sign
from binwatch.keys import BinId
from binwatch.signs import Group, GroupKind, Sign
from binwatch.silences import Silence
from binwatch.timers import Kind, Timer
from binwatch.transitions import step
from tests.alert_lives import BIN, an_assessment, minute

RULES = Patience(hold_s=300)


@pytest.fixture(autouse=True)
def rows(table):
    Row.Meta.table_name = "binwatch"
    return table


def obey(case, at, command, who="binwatch"):
    """A step, written in one transaction."""
    done = step(case, command, Circumstances(minute(at), who, "", None, RULES))
    entries = (done.entry,) if done.entry else ()
    writes = life_rows(Bin(BIN, case=case), Bin(BIN, case=done.case, entries=entries))
    with TransactWrite(connection=Row._get_connection().connection) as transaction:
        for row in writes.put:
            transaction.save(row)
        for row in writes.delete:
            transaction.delete(row)
    return done


def a_life():
    """Held, opened, taken, resolved."""
    yield (held := obey(Case(), 0, Assessed(an_assessment(0, severity=Severity.HIGH)))).entry
    yield (opened := obey(held.case, 5, Woken())).entry
    yield (taken := obey(opened.case, 6, Acknowledge(opened.case.episode.id, 2), "Anna")).entry
    yield obey(taken.case, 9, Resolve(opened.case.episode.id, 3, counted=3, note="behind"), "Anna").entry


def test_a_case_is_read_as_it_was_written_at_every_step():
    case = Case()
    for at, command in [
        (0, Assessed(an_assessment(0))),
        (5, Woken()),
        (9, Assessed(an_assessment(9, counted=5))),
    ]:
        case = obey(case, at, command).case

        assert case == case_of(CaseRow.get(pk(BIN), "case"))


def test_the_trail_keeps_every_transition_in_order():
    entries = list(a_life())

    kept = [entry_of(row) for row in TrailRow.query(pk(BIN), TrailRow.sk.startswith("trail/"))]

    assert entries == kept
    assert ["held", "opened", "acknowledged", "resolved"] == [each.what for each in kept]


def test_an_alert_has_one_timer_while_anything_is_due_and_none_at_its_end():
    timers = []
    for _ in a_life():
        timers.append([each.due_at for each in due_timers(minute(1000))])

    assert [[minute(5)], [minute(20)], [], []] == timers


def test_a_step_that_changes_nothing_writes_nothing(rows):
    obey(Case(), 0, Assessed(an_assessment(0)))
    before = rows.scan()["Items"]
    case = case_of(CaseRow.get(pk(BIN), "case"))

    done = step(case, Assessed(an_assessment(0)), Circumstances(minute(1), patience=RULES))

    assert (case, None) == (done.case, done.entry)
    assert before == rows.scan()["Items"]


def test_due_timers_come_oldest_first_and_the_later_ones_not():
    timers = [Timer(minute(at), Kind.ALERT, f"berlin-1/A-{at:02}") for at in (7, 1, 9, 4, 8)]
    for timer in timers:
        timer_row(timer).save()

    assert [minute(1), minute(4), minute(7)] == [each.due_at for each in due_timers(minute(7))]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"schema": 9}', '{"schema": 1, "episodes": "many"}', '{"schema": 1, "x": 1}']
)
def test_a_case_that_cannot_be_read_is_permanent(text):
    CaseRow(pk(BIN), "case", case=text).save()

    with pytest.raises(RowUnreadable, match="Case"):
        case_of(CaseRow.get(pk(BIN), "case"))


def test_a_damaged_part_of_a_case_is_named():
    text = case_row(BIN, obey(Case(), 0, Assessed(an_assessment(0))).case).case.replace('"held"', '"lost"')
    CaseRow(pk(BIN), "case", case=text).save()

    with pytest.raises(RowUnreadable, match="lost"):
        case_of(CaseRow.get(pk(BIN), "case"))


def test_the_silences_of_a_site_are_those_that_have_not_ended():
    silences = [
        Silence(name, site, "Anna", "shelves are moved", minute(0), minute(end), sent_from=Severity.HIGH)
        for name, site, end in [("s1", "berlin-1", 60), ("s2", "berlin-1", 5), ("s3", "potsdam", 60)]
    ]
    for silence in silences:
        silence_row(silence, 1_795_176_000).save()

    assert [silences[0]] == list(silences_of("berlin-1", minute(10)))


def a_watch():
    watch = Watch(Group("berlin-1", GroupKind.AISLE, "A"))
    for number in range(3):
        sign = Sign(BinId("berlin-1", f"A-{number}"), Verdict.UNREADABLE, "look", minute(0), "cam-7")
        watch = add_sign(watch, sign, Grouping(incident_bins=3), minute(0)).watch
    return watch


def test_a_watch_is_read_as_it_was_written():
    watch = a_watch()

    watch_row(watch, None).save()

    assert watch == watch_of(WatchRow.get(*watch_key(watch.group)))


def test_of_two_writers_of_a_watch_the_second_fails():
    watch = a_watch()
    watch_row(watch, None).save()
    version = int(WatchRow.get(*watch_key(watch.group)).version)

    watch_row(replace(watch, incidents=2), version).save()

    with pytest.raises(PutError):
        watch_row(replace(watch, incidents=3), version).save()
    assert 2 == watch_of(WatchRow.get(*watch_key(watch.group))).incidents


def test_an_incident_has_a_timer_of_its_own():
    watch = a_watch()

    writes = watch_timers(replace(watch, wake_at=None), watch)

    assert [(watch.wake_at, "incident", "berlin-1/aisle/A")] == [
        (row.due_at, row.timer_kind, row.subject) for row in writes.put
    ]
    assert () == writes.delete
