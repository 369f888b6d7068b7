"""What staff are owed: the message that makes what was said of an alert agree with what is, and when."""

from dataclasses import replace

from binwatch.alerts import Event, Severity, State
from binwatch.assessments import Assessment
from binwatch.episodes import ENDED, Circumstances, Episode, Patience
from binwatch.moments import later


def owed(episode: Episode, at: Circumstances) -> Event | None:
    """What is to be said now of an episode; None: nothing.

    Whoever was told of a beginning is told of the end, muted or not: else a list of open alerts that is kept
    by their messages would keep this one for ever. While an incident speaks for a bin that nobody has taken,
    nothing is open there for whoever reads messages, whether its alert came first or not.
    """
    if episode.state in ENDED or _is_spoken_for(episode, at):
        return Event.RESOLVED if episode.told else None
    if at.mute or not episode.is_open:
        return None
    if episode.told is None:  # one that was muted until somebody took it needs no announcement any more
        return Event.OPENED if episode.state is State.OPEN else None
    if _matters(episode.told, episode.assessment) and _change_due_at(episode, at.patience) <= at.now:
        return Event.CHANGED
    if episode.remind_at and episode.remind_at <= at.now and _wants_reminders(episode):
        return Event.REMINDER
    return None


def said(episode: Episode, event: Event | None, at: Circumstances) -> Episode:
    """The episode after a message; any message puts off the next reminder."""
    if event is Event.RESOLVED:
        episode = replace(episode, told=None, told_at=None, reminders=0)
    elif event is not None:
        reminders = episode.reminders + (event is Event.REMINDER)
        episode = replace(episode, told=episode.assessment, told_at=at.now, reminders=reminders)
    if not _wants_reminders(episode):
        return replace(episode, remind_at=None)
    if event is None and episode.remind_at is not None:
        return episode
    return replace(episode, remind_at=later(at.now, reminder_wait(episode.reminders, at.patience)))


def spoken_for(episode: Episode, event: Event | None, at: Circumstances) -> str | None:
    """Why an alert that has not ended is closed for whoever reads messages; None: it is not."""
    if event is not Event.RESOLVED or at.mute is None or not _is_spoken_for(episode, at):
        return None
    return f"{at.mute.by} speaks for it; told anew if it is still so after that"


def reminder_wait(sent: int, patience: Patience) -> float:
    """Seconds from a message to the next reminder, after so many reminders: each twice the one before."""
    return min(patience.reminder_s * 2.0 ** min(sent, 32), patience.longest_reminder_s)


def wake_at(episode: Episode, at: Circumstances) -> str | None:
    """When the episode must be looked at again if nothing happens before; None: never.

    What is muted sleeps until the mute says; an earlier end wakes it.
    """
    if episode.state is State.HELD:
        return episode.held_until
    if not episode.is_open:
        return None
    due = []
    if episode.told is None:
        due += [at.now] if episode.state is State.OPEN else []
    elif _matters(episode.told, episode.assessment):
        due.append(_change_due_at(episode, at.patience))
    if episode.remind_at:
        due.append(episode.remind_at)
    if not due:
        return None
    if at.mute is None:
        return min(due)
    return max(min(due), at.mute.until)


def _is_spoken_for(episode: Episode, at: Circumstances) -> bool:
    """An alert that a person looks after is not closed over their head."""
    return episode.state is State.OPEN and at.mute is not None and at.mute.by_incident


def _matters(told: Assessment, now: Assessment) -> bool:
    return (
        now.direction is not told.direction
        or now.severity.rank > told.severity.rank
        or now.difference != told.difference
    )


def _change_due_at(episode: Episode, patience: Patience) -> str:
    return later(str(episode.told_at), patience.changed_every_s)


def _wants_reminders(episode: Episode) -> bool:
    urgent = episode.assessment.severity is Severity.HIGH
    return episode.state is State.OPEN and urgent and episode.told is not None
