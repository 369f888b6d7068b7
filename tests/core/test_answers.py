"""What people answer to an alert: what it needs, what it sends, who is told of a conflict."""

import pytest

from binwatch.alerts import Severity, State
from binwatch.commands import Acknowledge, FalseAlarm, Reason, Reopen, Resolve, Woken
from binwatch.episodes import HISTORY, Case, Patience
from binwatch.errors import IllegalTransition, MalformedCommand, RevisionConflict
from binwatch.transitions import step
from tests.core.transition_steps import ID, OPEN, at, run, seen


def test_who_acknowledges_is_told_no_more_than_changes_and_the_end():
    taken = run((Acknowledge(ID, 1), at(1, "Anna")), case=OPEN)

    assert (State.ACKNOWLEDGED, "Anna", None) == (
        taken.case.episode.state,
        taken.case.episode.acknowledged_by,
        taken.message,
    )


def test_an_acknowledged_alert_can_be_taken_over():
    done = run((Acknowledge(ID, 1), at(1, "Anna")), (Acknowledge(ID, 2), at(2, "Ben")), case=OPEN)

    assert "Ben" == done.case.episode.acknowledged_by


def test_resolving_says_who_counted_what():
    done = run((Resolve(ID, 1, counted=3, note="two behind the shelf"), at(9, "Anna")), case=OPEN)

    assert ("resolved", 3, "Anna", "Anna counted 3 by hand: two behind the shelf") == (
        done.message.event,
        done.message.counted_by_hand,
        done.message.who,
        done.message.why,
    )
    assert (3, "two behind the shelf") == (done.case.episode.answer.counted, done.case.episode.answer.note)


NOTES = {
    "resolve": Resolve(ID, 1, counted=3, note="two behind the shelf"),
    "false alarm": FalseAlarm(ID, 1, Reason.HIDDEN, note="two behind\nthe shelf"),
}


@pytest.mark.parametrize("command", NOTES.values(), ids=NOTES)
def test_the_trail_keeps_what_a_person_noted_though_the_alert_is_reopened(command):
    answered = run((command, at(9, "Anna")), case=OPEN)

    reopened = run((Reopen(ID, 2), at(10, "Ben")), case=answered.case)

    assert answered.entry.why.endswith(": two behind the shelf")
    assert answered.entry in reopened.case.episode.history


def test_a_false_alarm_keeps_its_reason():
    done = run((FalseAlarm(ID, 1, Reason.HIDDEN), at(9, "Anna")), case=OPEN)

    assert ("resolved", State.FALSE_ALARM, "hidden") == (
        done.message.event,
        done.message.state,
        done.case.episode.answer.reason,
    )


COMMANDS = {
    "acknowledge": Acknowledge(ID, 1),
    "resolve": Resolve(ID, 1, counted=3),
    "false alarm": FalseAlarm(ID, 1, Reason.HIDDEN),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_given_twice_is_obeyed_once(command):
    once = run((command, at(1, "Anna")), case=OPEN)
    twice = run((command, at(2, "Anna")), case=once.case)

    assert (once.case, None, None) == (twice.case, twice.entry, twice.message)


def test_a_reopening_given_twice_is_obeyed_once():
    resolved = run((COMMANDS["resolve"], at(1, "Anna")), case=OPEN).case

    once = run((Reopen(ID, 2), at(2, "Anna")), case=resolved)
    twice = run((Reopen(ID, 2), at(3, "Anna")), case=once.case)

    assert ("opened", once.case, None) == (once.message.event, twice.case, twice.entry)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_who_has_not_seen_what_another_did_is_told_so_first(command):
    taken = run((Acknowledge(ID, 1), at(1, "Ben")), case=OPEN).case

    with pytest.raises(RevisionConflict, match="Ben: acknowledged") as conflict:
        run((command, at(2, "Anna")), case=taken)

    assert 1 == len(conflict.value.since)


def test_who_has_seen_nothing_for_long_is_told_that_much_has_happened():
    case, revision = OPEN, 1
    for at_minute in range(30):
        command = Acknowledge(ID, revision)
        case = run((command, at(at_minute, f"person {at_minute}")), case=case).case
        revision += 1

    with pytest.raises(RevisionConflict) as conflict:
        run((Acknowledge(ID, 2), at(40, "Anna")), case=case)

    assert "more than is listed here" == conflict.value.since[0]
    assert HISTORY + 1 == len(conflict.value.since)


def test_what_one_did_oneself_and_what_was_only_sent_is_no_conflict():
    high = run(seen(0, counted=0, severity=Severity.HIGH)).case
    reminded = run((Woken(), at(15)), case=high).case
    taken = run((Acknowledge(high.episode.id, 1), at(16, "Anna")), case=reminded).case

    done = run((Resolve(high.episode.id, 1, counted=0), at(30, "Anna")), case=taken)

    assert State.RESOLVED is done.case.episode.state


ILLEGAL = {
    "acknowledge": lambda id_, revision: Acknowledge(id_, revision),
    "resolve": lambda id_, revision: Resolve(id_, revision, counted=3),
    "false alarm": lambda id_, revision: FalseAlarm(id_, revision, Reason.OTHER),
}


@pytest.mark.parametrize("command", ILLEGAL.values(), ids=ILLEGAL)
def test_what_has_ended_takes_no_answer_until_it_is_reopened(command):
    ended = run(seen(1, counted=5), case=OPEN).case

    with pytest.raises(IllegalTransition) as refused:
        run((command(ID, ended.episode.revision), at(2, "Anna")), case=ended)

    assert "illegal_transition" == refused.value.code


def test_what_is_open_cannot_be_reopened():
    with pytest.raises(IllegalTransition):
        run((Reopen(ID, 1), at(2, "Anna")), case=OPEN)


def test_what_nobody_was_told_cannot_be_acknowledged_but_counted():
    held = step(Case(), seen(0)[0], at(0, rules=Patience())).case

    with pytest.raises(IllegalTransition):
        step(held, Acknowledge(held.episode.id, 1), at(1, "Anna"))
    done = step(held, Resolve(held.episode.id, 1, counted=3), at(1, "Anna"))

    assert (State.RESOLVED, None) == (done.case.episode.state, done.message)


@pytest.mark.parametrize(
    ("command", "who", "error", "code"),
    [
        (Acknowledge("another", 1), "Anna", IllegalTransition, "not_the_newest_alert"),
        (Acknowledge(ID, 9), "Anna", IllegalTransition, "revision_unknown"),
        (Acknowledge(ID, 1), " ", MalformedCommand, "who_missing"),
        (Acknowledge(ID, 1), "binwatch", MalformedCommand, "who_missing"),
        (Acknowledge(ID, 1), "A" * 201, MalformedCommand, "reason_too_long"),
    ],
    ids=str,
)
def test_a_command_that_cannot_be_meant_is_refused(command, who, error, code):
    with pytest.raises(error) as refused:
        step(OPEN, command, at(1, who))

    assert code == refused.value.code


def test_a_count_that_no_bin_holds_and_an_endless_note_are_refused():
    for fields in ({"counted": -1}, {"counted": 10_001}, {"counted": 1, "note": "x" * 1_001}):
        with pytest.raises(MalformedCommand):
            Resolve(ID, 1, **fields)
