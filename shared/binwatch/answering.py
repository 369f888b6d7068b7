"""Whether a person's command may be obeyed: its alert, its state, and what its author has not seen."""

from binwatch.alerts import State
from binwatch.commands import LONGEST_NAME, LONGEST_NOTE, Acknowledge, Answering, FalseAlarm, Reopen, Resolve
from binwatch.episodes import SYSTEM, Case, Circumstances, Episode
from binwatch.errors import IllegalTransition, MalformedCommand, RevisionConflict

_RUNNING = (State.HELD, State.OPEN, State.ACKNOWLEDGED)
WORDS: dict[type[Answering], str] = {
    Acknowledge: "acknowledge",
    Resolve: "resolve",
    FalseAlarm: "false alarm",
    Reopen: "reopen",
}
LEGAL: dict[type[Answering], tuple[State, ...]] = {
    Acknowledge: (State.OPEN, State.ACKNOWLEDGED),  # somebody else may take it over
    Resolve: _RUNNING,
    FalseAlarm: _RUNNING,
    Reopen: (State.RESOLVED, State.FALSE_ALARM),
}


def check(case: Case, command: Answering, at: Circumstances) -> Episode:
    """The episode that the command is about.

    Raises:
        MalformedCommand: it has no author.
        IllegalTransition: the alert is not the bin's newest, or not in a state that allows the command.
        RevisionConflict: somebody else changed the alert since the command's author saw it.
    """
    verb = WORDS[type(command)]
    if not at.who.strip() or at.who == SYSTEM:
        raise MalformedCommand("who_missing", f"{verb} needs the name of the person who does it")
    if len(at.who) > LONGEST_NAME or len(at.why) > LONGEST_NOTE:
        raise MalformedCommand(
            "reason_too_long", f"{verb}: a name fits {LONGEST_NAME} characters, a reason {LONGEST_NOTE}"
        )
    episode = case.episode
    if episode is None or episode.id != command.alert_id:
        newest = f"the bin's newest is {episode.id}" if episode else "the bin has none"
        raise IllegalTransition("not_the_newest_alert", f"{verb} {command.alert_id}: {newest}")
    if repeats(episode, command, at):
        return episode
    if unseen := _since(episode, command.revision, at.who):
        raise RevisionConflict(
            f"{verb} {episode.id}: you saw revision {command.revision}, it is at {episode.revision}. "
            f"Since then: {'; '.join(unseen)}. Look again and repeat with revision {episode.revision}.",
            unseen,
        )
    if command.revision > episode.revision:
        raise IllegalTransition(
            "revision_unknown",
            f"{verb} {episode.id}: its revision is {episode.revision}, not {command.revision}",
        )
    if episode.state not in LEGAL[type(command)]:
        allowed = ", ".join(LEGAL[type(command)])
        raise IllegalTransition(
            "illegal_transition", f"{verb} {episode.id}: it is {episode.state}; it would have to be {allowed}"
        )
    return episode


def repeats(episode: Episode, command: Answering, at: Circumstances) -> bool:
    """Whether the command has been obeyed already: buttons are pressed twice, queues deliver twice."""
    answer = episode.answer
    match command:
        case Acknowledge():
            return episode.state is State.ACKNOWLEDGED and episode.acknowledged_by == at.who
        case Resolve(counted=counted):
            same = answer is not None and answer.counted == counted
            return episode.state is State.RESOLVED and episode.ended_by == at.who and same
        case FalseAlarm(reason=reason):
            same = answer is not None and answer.reason == reason
            return episode.state is State.FALSE_ALARM and episode.ended_by == at.who and same
        case Reopen(revision=revision):
            mine = (each for each in episode.history if each.revision > revision and each.who == at.who)
            return episode.state is State.OPEN and any(each.what == "reopened" for each in mine)


def _since(episode: Episode, revision: int, who: str) -> tuple[str, ...]:
    """What others did that matters, after a revision, as lines for the person who has not seen it."""
    told = tuple(
        f"{each.at} {each.who}: {each.what} ({each.why})"
        for each in episode.history
        if each.revision > revision and each.matters and each.who != who
    )
    forgotten = bool(episode.history) and episode.history[0].revision > revision + 1
    return ("more than is listed here", *told) if forgotten else told
