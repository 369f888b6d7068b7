"""Each transition of an alert: what it needs, what it sends, what it leaves behind."""

from dataclasses import replace

import pytest

from binwatch.alerts import Severity, State
from binwatch.commands import Acknowledge, Assessed, Woken
from binwatch.decision import Verdict
from binwatch.episodes import Case, Mute, Patience
from binwatch.errors import MalformedCommand
from binwatch.transitions import step
from tests.alert_lives import an_assessment, minute
from tests.core.transition_steps import ID, OPEN, at, run, seen


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
