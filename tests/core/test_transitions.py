"""Each transition of an alert: what it needs, what it sends, what it leaves behind."""

from dataclasses import replace

import pytest

from binwatch.alerts import Severity, State
from binwatch.commands import Acknowledge, Assessed, FalseAlarm, Reason, Reopen, Resolve, Woken
from binwatch.decision import Verdict
from binwatch.episodes import HISTORY, Case, Circumstances, Mute, Patience
from binwatch.errors import IllegalTransition, MalformedCommand, RevisionConflict
from binwatch.transitions import step
from tests.alert_lives import an_assessment, minute

AT_ONCE = Patience(hold_s=0)


def at(number, who="binwatch", mute=None, rules=AT_ONCE):
    return Circumstances(minute(number), who, "", mute, rules)


def run(*commands, case=None):
    """The last step of these (command, circumstances)."""
    done = None
    for command, circumstances in commands:
        done = step(done.case if done else case or Case(), command, circumstances)
    return done


def seen(number, **fields):
    return Assessed(an_assessment(number, **fields)), at(number)


OPEN = run(seen(0)).case
ID = OPEN.episode.id


def test_a_mismatch_opens_after_its_hold_window():
    held = step(Case(), seen(0)[0], at(0, rules=Patience(hold_s=120)))
    early = step(held.case, Woken(), at(1, rules=Patience(hold_s=120)))
    opened = step(early.case, Woken(), at(2, rules=Patience(hold_s=120)))

    assert (State.HELD, 1, minute(2), None) == (
        held.case.episode.state,
        held.case.episode.revision,
        held.case.episode.wake_at,
        held.message,
    )
    assert (held.case, None) == (early.case, early.entry)
    assert (State.OPEN, 2, "opened") == (
        opened.case.episode.state,
        opened.case.episode.revision,
        opened.message.event,
    )


def test_a_hold_window_that_is_over_opens_at_the_next_look_if_its_timer_was_lost():
    rules = Patience(hold_s=120)
    held = step(Case(), seen(0)[0], at(0, rules=rules))

    assert "opened" == step(held.case, seen(5)[0], at(5, rules=rules)).message.event
    assert "opened" == step(held.case, seen(5, counted=1)[0], at(5, rules=rules)).message.event


def test_doubt_ends_what_is_held_and_not_what_is_open():
    held = step(Case(), seen(0)[0], at(0, rules=Patience()))
    doubt = seen(1, verdict=Verdict.UNSURE)[0]

    assert State.LAPSED is step(held.case, doubt, at(1)).case.episode.state
    assert State.OPEN is step(OPEN, doubt, at(1)).case.episode.state


@pytest.mark.parametrize("verdict", [Verdict.WAITING, Verdict.UNREADABLE])
def test_a_look_that_says_nothing_of_the_record_changes_nothing(verdict):
    assert OPEN == step(OPEN, seen(1, verdict=verdict)[0], at(1)).case
    assert Case() == step(Case(), seen(1, verdict=verdict)[0], at(1)).case


def test_a_match_alone_is_no_alert():
    done = run(seen(0, counted=5))

    assert (None, None, None) == (done.case.episode, done.entry, done.message)


def test_an_assessment_that_a_newer_one_has_overtaken_changes_nothing():
    matched = run(seen(5, counted=5)).case

    assert matched == step(matched, seen(4)[0], at(6)).case


def test_the_same_looks_judged_again_by_a_new_record_are_heard():
    done = run(seen(0), (Assessed(an_assessment(0, expected=3, revision=2)), at(1)))

    assert State.RESOLVED is done.case.episode.state


def test_another_look_of_the_same_gist_is_no_transition():
    done = step(OPEN, seen(1)[0], at(1))

    assert ("look-1", OPEN.episode.revision, None) == (
        done.case.episode.assessment.look_id,
        done.case.episode.revision,
        done.entry,
    )


@pytest.mark.parametrize(
    ("change", "event"),
    [
        ({"counted": 2}, "changed"),
        ({"counted": 7}, "changed"),
        ({"severity": Severity.HIGH}, "changed"),
        ({"severity": Severity.LOW}, None),
        ({"expected": 6, "counted": 4}, None),  # an item came, booked and seen: as much amiss as before
    ],
    ids=str,
)
def test_only_what_changes_what_a_person_would_do_is_told(change, event):
    done = step(OPEN, seen(45, **change)[0], at(45))

    assert event == (done.message.event if done.message else None)


def test_a_change_says_what_was():
    done = step(OPEN, seen(45, counted=1)[0], at(45))

    assert "was shortage of 2 items: expected 5, most likely 3, severity medium" == done.message.why


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


@pytest.mark.parametrize(
    "rules",
    [{"hold_s": -1}, {"reminder_s": 0}, {"longest_reminder_s": 60}, {"rejoin_s": float("nan")}],
    ids=str,
)
def test_rules_that_cannot_be_meant_are_refused(rules):
    with pytest.raises(MalformedCommand) as refused:
        Patience(**rules)

    assert next(iter(rules)) in refused.value.detail


def an_incident(until=600):
    return Mute("incident 1", minute(until), by_incident=True)


def test_what_an_incident_mutes_looks_again_when_the_mute_says_so():
    muted = step(Case(), seen(0)[0], at(0, mute=an_incident(10)))
    again = step(muted.case, Woken(), at(10, mute=an_incident(20)))
    freed = step(again.case, Woken(), at(20))

    assert (State.OPEN, None, minute(10)) == (
        muted.case.episode.state,
        muted.message,
        muted.case.episode.wake_at,
    )
    assert (minute(20), None) == (again.case.episode.wake_at, again.entry)
    assert ("opened", 2) == (freed.message.event, freed.message.revision)


def test_a_change_of_an_alert_that_an_incident_speaks_for_closes_it_and_is_in_the_trail():
    done = step(OPEN, seen(45, counted=1)[0], at(45, mute=an_incident()))

    assert ("resolved", "changed", State.OPEN) == (done.message.event, done.entry.what, done.message.state)
    assert done.message.why.startswith("incident 1 speaks for it")
    assert "expected 5, most likely 1" in done.entry.why


def test_a_longer_silence_moves_the_timer_and_is_no_transition():
    muted = step(Case(), seen(0)[0], at(0, mute=Mute("silence 1", minute(60)))).case

    done = step(muted, Woken(), at(60, mute=Mute("silence 2", minute(90))))

    assert (minute(90), None) == (done.case.episode.wake_at, done.entry)


def test_what_somebody_took_while_it_was_muted_is_not_announced_any_more():
    muted = step(Case(), seen(0)[0], at(0, mute=an_incident())).case
    taken = step(muted, Acknowledge(muted.episode.id, 1), at(1, "Anna", an_incident())).case

    assert step(taken, Woken(), at(9)).message is None


def test_an_alert_has_the_same_name_however_often_its_first_look_is_tried():
    assert run(seen(0)).case.episode.id == run(seen(0)).case.episode.id
    assert run(seen(0)).case.episode.id != run(seen(1)).case.episode.id


def test_the_trail_tells_who_did_what_when_and_why():
    done = step(OPEN, Acknowledge(ID, 1), replace(at(7, "Anna"), why="on my way"))

    entry = done.entry
    assert (ID, 2, minute(7), "Anna", "acknowledged") == (
        entry.alert_id,
        entry.revision,
        entry.at,
        entry.who,
        entry.what,
    )
    assert "on my way" in entry.why
    assert (State.OPEN, State.ACKNOWLEDGED, None) == (entry.before, entry.after, entry.sent)
