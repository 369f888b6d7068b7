"""Transitions: the one function that changes a bin's case, and what follows from each change.

`step` is pure: the same case, command and circumstances give the same step. A repeated command changes
nothing, an assessment that a newer one has overtaken neither. Every transition raises the revision by one,
leaves one entry for the audit trail and sends at most one message.

What is sent follows from two things that an episode remembers: what is (`assessment`) and what was said
(`told`). Whatever delays a message - a hold window, a silence, an incident, the pause between changes - only
delays the moment at which the two are compared; nothing has to be queued, and nothing can be forgotten.
"""

import hashlib
from dataclasses import replace

from binwatch.alerts import Event, State
from binwatch.answering import check, repeats
from binwatch.assessments import Assessment
from binwatch.commands import Acknowledge, Answering, Assessed, Command, FalseAlarm, Reopen, Resolve, Woken
from binwatch.decision import Verdict
from binwatch.episodes import (
    ENDED,
    HISTORY,
    LEAST_HOLD_S,
    MOST_DOUBLINGS,
    SYSTEM,
    Answer,
    Case,
    Circumstances,
    Entry,
    Episode,
    Step,
)
from binwatch.messages import alert_of
from binwatch.moments import later, seconds_between
from binwatch.owing import owed, said, spoken_for, wake_at


def step(case: Case, command: Command, at: Circumstances) -> Step:
    """Obey a command.

    Raises:
        IllegalTransition: a person's command does not fit the alert's state, or names another alert.
        RevisionConflict: others have changed the alert since that person saw it.
        MalformedCommand: nobody gave a person's command.
    """
    match command:
        case Assessed(assessment):
            return _assess(case, assessment, at)
        case Woken():
            return _wake(case, at)
        case _:
            return _obey(case, command, at)


def _assess(case: Case, seen: Assessment, at: Circumstances) -> Step:
    judged = seen.verdict in (Verdict.MATCH, Verdict.MISMATCH, Verdict.UNSURE)
    if not judged or seen.place <= case.heard:
        return Step(case)
    case = replace(case, heard=seen.place)
    episode = case.episode
    if seen.verdict is Verdict.MISMATCH:
        return _mismatch(case, seen, at)
    if episode and episode.state is State.HELD:
        return _end(case, episode, State.LAPSED, f"look {seen.look_id}: {seen.verdict}", at)
    if episode and episode.is_open and seen.verdict is Verdict.MATCH:
        why = f"the record expects {seen.expected} and look {seen.look_id} agrees"
        return _end(case, episode, State.RESOLVED, why, at)
    return Step(case)


def _mismatch(case: Case, seen: Assessment, at: Circumstances) -> Step:
    episode = case.episode
    if episode is None:
        return _begin(case, seen, at)
    if episode.state not in ENDED:
        return _update(case, episode, seen, at)
    if episode.ended_by != SYSTEM:
        return Step(case) if _is_answered(episode, seen, at) else _begin(case, seen, at)
    if seconds_between(str(episode.ended_at), at.now) > at.patience.rejoin_s:
        return _begin(case, seen, at)
    rejoined = replace(episode, assessment=seen, ended_at=None, ended_by=None, acknowledged_by=None)
    return _hold(case, rejoined, at)


def _is_answered(episode: Episode, seen: Assessment, at: Circumstances) -> bool:
    """Whether the mismatch tells the person who ended the episode nothing new.

    It does not while the record is the same and either the newest look is no newer than the answer, or the
    count is what the person found: then the record is still to be corrected, for which it has some time.
    """
    if seen.expected != episode.assessment.expected:
        return False
    ended_at = str(episode.ended_at)
    same = episode.answer is not None and episode.answer.counted == seen.counted
    return seen.seen_at <= ended_at or (same and seconds_between(ended_at, at.now) <= at.patience.answer_s)


def _begin(case: Case, seen: Assessment, at: Circumstances) -> Step:
    number = case.episodes + 1
    # A case that could not be read counts anew; the revision tells its episodes from those before.
    name = f"{seen.bin}\n{number}\n{seen.look_id}\n{seen.revision}"
    episode = Episode(hashlib.sha256(name.encode()).hexdigest()[:20], State.HELD, 0, seen)
    return _hold(replace(case, episodes=number, episode=None), episode, at)


def _hold(case: Case, episode: Episode, at: Circumstances) -> Step:
    """Wait whether it lasts; the more often it came and went, the longer, even with no hold window."""
    why = f"look {episode.assessment.look_id}: {episode.assessment}"
    least = LEAST_HOLD_S if episode.openings else 0
    wait = max(at.patience.hold_s, least) * 2 ** min(episode.openings, MOST_DOUBLINGS)
    if not wait:
        return _advance(case, _opened(episode, at), "opened", why, at)
    held = replace(episode, state=State.HELD, held_until=later(at.now, wait))
    return _advance(case, held, "held", why, at)


def _opened(episode: Episode, at: Circumstances) -> Episode:
    return replace(
        episode,
        state=State.OPEN,
        held_until=None,
        opened_at=episode.opened_at or at.now,
        openings=episode.openings + 1,
        reminders=0,
    )


def _update(case: Case, episode: Episode, seen: Assessment, at: Circumstances) -> Step:
    """A further mismatch of a running episode: a transition if its gist is another."""
    changed = replace(episode, assessment=seen)
    if seen.gist == episode.assessment.gist:
        return _wake(replace(case, episode=changed), at)
    why = f"look {seen.look_id}: {seen}; was {episode.assessment}"
    if _hold_is_over(episode, at):
        return _advance(case, _opened(changed, at), "opened", why, at)
    return _advance(case, changed, "changed", why, at)


def _wake(case: Case, at: Circumstances) -> Step:
    episode = case.episode
    if episode is None or episode.state in ENDED:
        return Step(case)
    if _hold_is_over(episode, at):
        why = f"still {episode.assessment}"
        return _advance(case, _opened(episode, at), "opened", why, at)
    if event := owed(episode, at):
        why = spoken_for(episode, event, at) or "due"
        return _advance(case, episode, f"sent {event}", why, at, matters=False)
    return Step(replace(case, episode=replace(episode, wake_at=wake_at(episode, at))))


def _hold_is_over(episode: Episode, at: Circumstances) -> bool:
    return episode.state is State.HELD and str(episode.held_until) <= at.now


def _obey(case: Case, command: Answering, at: Circumstances) -> Step:
    episode = check(case, command, at)
    if repeats(episode, command, at):
        return Step(case)
    match command:
        case Acknowledge():
            taken = replace(episode, state=State.ACKNOWLEDGED, acknowledged_by=at.who)
            return _advance(case, taken, "acknowledged", f"{at.who} looks after it", at)
        case Resolve(counted=counted, note=note):
            answered = replace(episode, answer=Answer(counted, None, note))
            why = _in_words(f"{at.who} counted {counted} by hand", note)
            return _end(case, answered, State.RESOLVED, why, at)
        case FalseAlarm(reason=reason, note=note):
            answered = replace(episode, answer=Answer(None, reason, note))
            why = _in_words(f"{at.who}: the record is right ({reason})", note)
            return _end(case, answered, State.FALSE_ALARM, why, at)
        case Reopen():
            again = replace(episode, ended_at=None, ended_by=None, answer=None, acknowledged_by=None)
            return _advance(case, _opened(again, at), "reopened", f"reopened by {at.who}", at)


def _in_words(what: str, words: str) -> str:
    """What happened, and in one line what the person said of it."""
    said_of_it = " ".join(words.split())
    return f"{what}: {said_of_it}" if said_of_it else what


def _end(case: Case, episode: Episode, state: State, why: str, at: Circumstances) -> Step:
    ended = replace(episode, state=state, held_until=None, ended_at=at.now, ended_by=at.who)
    return _advance(case, ended, state.value, why, at)


def _advance(
    case: Case, changed: Episode, what: str, why: str, at: Circumstances, *, matters: bool = True
) -> Step:
    """Raise the revision, say what is owed, note it for the audit trail."""
    event = owed(changed, at)
    revised = replace(changed, revision=changed.revision + 1)
    before = case.episode.state if case.episode else None
    reason = _in_words(why, at.why)
    entry = Entry(
        changed.id, revised.revision, at.now, at.who, what, reason, before, changed.state, event, matters
    )
    message = None
    if event:
        shown = f"was {changed.told}" if event is Event.CHANGED else reason
        message = alert_of(revised, event, spoken_for(changed, event, at) or shown, at)
    after = replace(said(revised, event, at), history=(*changed.history, entry)[-HISTORY:])
    after = replace(after, wake_at=wake_at(after, at))
    return Step(replace(case, episode=after), entry, message)
