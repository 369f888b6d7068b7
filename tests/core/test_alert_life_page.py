"""The page's table of transitions is what the code does, row by row."""

from dataclasses import replace
from pathlib import Path

import pytest

from binwatch.alerts import Severity
from binwatch.commands import Acknowledge, Assessed, FalseAlarm, Reason, Reopen, Resolve, Woken
from binwatch.decision import Verdict
from binwatch.episodes import Case, Circumstances, Mute, Patience
from binwatch.transitions import step
from tests.alert_lives import an_assessment, minute

PAGE = (Path(__file__).parents[2] / "docs/alert_life.md").read_text()
TABLE = PAGE.split("## Every transition")[1].split("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line[:2] == "| "
][1:]
LONG_REMINDERS = Patience(reminder_s=7200)  # so that a change is due before


def seen(at, **fields):
    return Assessed(an_assessment(at, severity=Severity.HIGH, **fields))


def answer(command, **fields):
    return lambda case: command(case.episode.id, case.episode.revision, **fields)


def run(case, at, command, who="binwatch", mute=None, rules=None):
    command = command(case) if callable(command) else command
    return step(case, command, Circumstances(minute(at), who, "", mute, rules or Patience()))


INCIDENT = Mute("incident 1", minute(600), by_incident=True)
HELD = run(Case(), 0, seen(0)).case
OPEN = run(HELD, 5, Woken()).case
TAKEN = run(OPEN, 6, answer(Acknowledge), "Anna").case
STATES = {
    "none": Case(),
    "held": HELD,
    "lapsed": run(HELD, 1, seen(1, counted=5)).case,
    "open": OPEN,
    "open, muted": run(HELD, 5, Woken(), mute=INCIDENT).case,
    "acknowledged": TAKEN,
    "resolved by itself": run(OPEN, 6, seen(6, counted=5)).case,
    "resolved by a person": run(OPEN, 6, answer(Resolve, counted=3), "Anna").case,
    "false_alarm": run(OPEN, 6, answer(FalseAlarm, reason=Reason.HIDDEN), "Anna").case,
}
COMMANDS = {  # minute, command, and what else is so
    "mismatch": (0, seen(0), {}),
    "mismatch, without hold window": (0, seen(0), {"rules": Patience(hold_s=0)}),
    "mismatch of the same gist": (4, seen(4), {}),
    "mismatch of another gist": (50, seen(50, counted=1), {"rules": LONG_REMINDERS}),
    "mismatch of another gist, soon after a message": (7, seen(7, counted=1), {"rules": LONG_REMINDERS}),
    "mismatch of another gist, in an incident": (50, seen(50, counted=1), {"mute": INCIDENT}),
    "mismatch after the hold window": (9, seen(9), {}),
    "mismatch within an hour": (60, seen(60), {}),
    "mismatch within an hour, without hold window": (60, seen(60), {"rules": Patience(hold_s=0)}),
    "mismatch later, a new alert": (90, seen(90), {}),
    "mismatch that repeats the answer": (90, seen(90), {}),
    "mismatch of a newer look, a new alert": (90, seen(90, counted=1), {}),
    "match": (10, seen(10, counted=5), {}),
    "doubt": (10, seen(10, verdict=Verdict.UNSURE), {}),
    "woken after the hold window": (5, Woken(), {}),
    "woken after the pause": (40, Woken(), {"rules": LONG_REMINDERS}),
    "woken for a reminder": (20, Woken(), {}),
    "woken when its mute ends": (20, Woken(), {}),
    "woken when an incident begins": (10, Woken(), {"mute": INCIDENT}),
    "acknowledge": (10, answer(Acknowledge), {"who": "Anna"}),
    "acknowledge, by another": (10, answer(Acknowledge), {"who": "Ben"}),
    "resolve": (10, answer(Resolve, counted=3), {"who": "Anna"}),
    "false alarm": (10, answer(FalseAlarm, reason=Reason.HIDDEN), {"who": "Anna"}),
    "reopen": (10, answer(Reopen), {"who": "Anna"}),
}


def prepared(command, state):
    """The state in which a row begins, with what its command presupposes."""
    case = STATES[state]
    if command == "mismatch of another gist" and state == "held":
        return replace(case, episode=replace(case.episode, held_until=minute(60)))
    if command == "woken after the pause" and state == "open":
        return run(case, 7, seen(7, counted=1), rules=LONG_REMINDERS).case
    return case


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} / {row[1]}")
def test_the_page_says_what_happens(row):
    command, state, to, message, timer, audit = row
    at, given, fields = COMMANDS[command]

    done = run(prepared(command, state), at, given, **fields)

    episode = done.case.episode
    assert to == episode.state
    assert message == (done.message.event if done.message else "–")
    assert (timer == "–") == (episode.wake_at is None)
    assert audit == (done.entry.what if done.entry else "–")
    assert timer.startswith("reminder") == (
        episode.wake_at is not None and episode.wake_at == episode.remind_at
    )
    assert (timer == "hold window") == (episode.wake_at is not None and episode.wake_at == episode.held_until)
    if "new alert" in command:
        assert STATES[state].episode.id != episode.id


def test_the_page_lists_every_state():
    assert {row[1].split(",")[0].split(" ")[0] for row in ROWS} == {
        *("none", "held", "lapsed", "open", "acknowledged", "resolved", "false_alarm")
    }
