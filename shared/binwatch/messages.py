"""Messages about alerts: what programs get over SNS and webhooks, and what a person reads at 3 a.m."""

from binwatch.alerts import Alert, Event, State
from binwatch.assessments import Assessment
from binwatch.decision import NAIVE, Direction
from binwatch.episodes import SYSTEM, Circumstances, Episode
from binwatch.records import Source

MAX_SUBJECT = 100  # characters that SNS takes


def alert_of(episode: Episode, event: Event, why: str, at: Circumstances) -> Alert:
    """The message about an episode as it is now."""
    seen: Assessment = episode.assessment
    exhibit = seen.exhibit
    return Alert(
        id=episode.id,
        revision=episode.revision,
        event=event,
        site=seen.bin.site,
        bin=seen.bin.bin,
        verdict=seen.verdict,
        direction=seen.direction or Direction.SHORTAGE,
        severity=seen.severity,
        expected=seen.expected,
        counted=seen.counted,
        mismatch_probability=round(seen.mismatch_probability, 4),
        probabilities=exhibit.probabilities,
        photo=exhibit.photo,
        expected_source=exhibit.expected_source,
        captured_at=exhibit.captured_at,
        decided_at=seen.decided_at,
        model=exhibit.model,
        policy=exhibit.policy,
        state=episode.state,
        opened_at=episode.opened_at,
        changed_at=at.now,
        who=None if at.who == SYSTEM else at.who,
        why=why,
        counted_by_hand=episode.hand_count,
        reminder=episode.reminders + (event is Event.REMINDER),
        photo_count=exhibit.photo_count,
        photos=exhibit.photos,
        counted_by_hand_at=episode.hand_counted_at,
        correct_to=episode.correct_to,
    )


def subject(alert: Alert) -> str:
    """The e-mail's subject: printable ASCII, at most 100 characters, as SNS demands."""
    where = f"{alert.direction} in bin {alert.bin} at {alert.site}"
    label = "Reopened: " if _is_reopened(alert) else _LABELS[Event(alert.event)]
    text = f"{label}[{alert.severity}] {where}: expected {alert.expected}"
    return plain(text)


def plain(text: str) -> str:
    """A text as SNS takes it for a subject."""
    ascii_ = "".join(each if " " <= each <= "~" else "?" for each in text)
    return ascii_ if len(ascii_) <= MAX_SUBJECT else ascii_[: MAX_SUBJECT - 3] + "..."


def email_text(alert: Alert) -> str:
    """The alert as a person reads it: what, where, how sure, what to do."""
    version = f" (version {alert.photo.version_id})" if alert.photo.version_id else ""
    lines = [
        _first_line(alert),
        "",
        f"  Expected         {alert.expected} (from the {_SOURCES[alert.expected_source]})",
        f"  Most likely      {_or_more(alert, alert.counted)}, if the record is wrong{_from(alert)}",
    ]
    if alert.photo_count is not None:
        lines.append(f"  This photo       {_or_more(alert, alert.photo_count)}, by itself")
    if alert.counted_by_hand is not None:
        lines.append(f"  Counted by hand  {_by_hand(alert)}")
    if alert.event != Event.RESOLVED:
        lines.append(f"  Certainty        {_certainty(alert)}")
    lines += [
        f"  Severity         {alert.severity}",
        f"  Captured         {alert.captured_at}",
        f"  Photo            s3://{alert.photo.bucket}/{alert.photo.key}{version}",
    ]
    if alert.link:
        lines.append(f"  Link             {alert.link}")
    lines += ["", f"What to do: {_what_to_do(alert)}", ""]
    counted_by = f"counted by {alert.model}, policy {alert.policy}"
    lines.append(f"Alert {alert.id}, revision {alert.revision}; {counted_by}.")
    return "\n".join(lines)


def _first_line(alert: Alert) -> str:
    likely = "probable" if alert.mismatch_probability >= 0.5 else "possible"
    what = f"Bin {alert.bin} at {alert.site}: {likely} {alert.direction}"
    match Event(alert.event):
        case Event.OPENED:
            return f"{what}. {_sentence(alert.why)}" if _is_reopened(alert) else f"{what}."
        case Event.CHANGED:
            return f"{what}, changed: {alert.why}."
        case Event.REMINDER:
            return (
                f"{what}, open since {alert.opened_at}; nobody has taken it yet (reminder {alert.reminder})."
            )
        case Event.RESOLVED if alert.state is State.OPEN:
            what = f"Bin {alert.bin} at {alert.site}: {alert.direction}, no alert of its own for now"
            return f"{what}. {_sentence(alert.why)}"
        case Event.RESOLVED:
            ended = "false alarm" if alert.state is State.FALSE_ALARM else "resolved"
            return f"Bin {alert.bin} at {alert.site}: {alert.direction} {ended}. {_sentence(alert.why)}"


def _is_reopened(alert: Alert) -> bool:
    """Whether a person took its end back: what opens for the first time says so by its times."""
    by_a_person = alert.event == Event.OPENED and alert.who is not None
    return by_a_person and alert.opened_at != alert.changed_at


def _or_more(alert: Alert, count: int) -> str:
    """A count as people write it: the last one that the counter knows means that many or more."""
    return f"{count} or more" if count == len(alert.probabilities) - 1 else str(count)


def _from(alert: Alert) -> str:
    """What the most likely count rests on, where that is known; what ended an alert came after it."""
    if alert.photos is None or alert.event == Event.RESOLVED:
        return ""
    photos = {0: "", 1: "this photo"}.get(alert.photos, f"{alert.photos} photos")
    by_hand = alert.counted_by_hand_at is not None and alert.policy != NAIVE
    found = [each for each in ("the count by hand" if by_hand else "", photos) if each]
    return f" (from {' and '.join(found)})" if found else ""


def _by_hand(alert: Alert) -> str:
    at = alert.counted_by_hand_at
    if at is None:
        return str(alert.counted_by_hand)
    side = "after" if at >= alert.captured_at else "before"
    return f"{alert.counted_by_hand}, on {at}, {side} this photo"


def _certainty(alert: Alert) -> str:
    if alert.policy == NAIVE:
        return "the most likely count differs; how rarely records are wrong was not weighed"
    return f"{min(alert.mismatch_probability, 0.99):.0%} that the record is wrong"


def _what_to_do(alert: Alert) -> str:
    right = alert.correct_to
    if alert.event == Event.RESOLVED:
        if alert.state is State.OPEN:
            return "nothing at this bin until the incident is over; look to that."
        if right is None:
            return "nothing; this closes the alert."
        return f"nothing at the bin; the record must say {right}, if it does not yet."
    if right is None:
        again = " again" if alert.counted_by_hand is not None else ""
        return f"count the bin by hand{again} and correct the record, or the bin, if they differ."
    since = "" if right == alert.counted_by_hand else " (with what was booked since)"
    return f"correct the record to {right}{since}; a person has counted the bin, nobody need count it again."


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


_LABELS = {
    Event.OPENED: "",
    Event.CHANGED: "Changed: ",
    Event.RESOLVED: "Over: ",
    Event.REMINDER: "Still open: ",
}
_SOURCES = {
    Source.PHOTO: "photo's own metadata",
    Source.SIDECAR: "photo's record",
    Source.STANDING: "bin's standing record",
}
