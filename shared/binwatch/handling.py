"""What becomes of a bin's alerts when it was judged anew, when a timer goes off, or when a person answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from binwatch.alerts import Severity, severity_of
from binwatch.asking import at_count, check_count, doubted, drawn, request_id
from binwatch.assessments import Assessment, Exhibit
from binwatch.bins import Bin, add_cycle_count, note, take_back
from binwatch.commands import Answering, Assessed, Command, FalseAlarm, Reopen, Resolve, Woken
from binwatch.decision import NAIVE, Verdict
from binwatch.episodes import ENDED, SYSTEM, Circumstances
from binwatch.errors import IllegalTransition, UnknownAlert
from binwatch.evidence import CycleCount
from binwatch.hand_counts import adds_nothing, correction, newest_count, photos_since
from binwatch.keys import iso, seconds
from binwatch.looks import Look
from binwatch.muting import NOTHING, Muting
from binwatch.policy_book import Rules
from binwatch.requests import AuditRequest, RelookRequest
from binwatch.transitions import step


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something happens to a bin's alerts, by whose hand, by which rules, and what mutes them then."""

    now: str
    rules: Rules
    muting: Muting = NOTHING
    who: str = SYSTEM
    why: str = ""


def report(before: Bin, after: Bin, on: Occasion) -> Bin:
    """The bin whose case has heard how its newest look stands now.

    It hears of it once, however much was folded in: a mismatch and the match that follows it in one batch
    are a match.

    Args:
        before: as it was read.
        after: with all that was folded in.
        on: the occasion.
    """
    newest = after.looks.get(after.newest or "")
    if newest and newest != before.looks.get(newest.id):
        after = _step(after, Assessed(_assessment(after, newest, on.rules.item_cost)), on)
        is_new = newest.id != before.newest
        after = _doubt(after, newest, on, is_new=is_new)
        if is_new:  # not of one that is judged again: somebody may have counted since
            after = _draw(after, newest, on)
    return _with_alert_id(before.looks, after)


def obey(bin_: Bin, command: Woken | Answering, on: Occasion) -> Bin:
    """The bin after a timer or a person's answer; what the answer says of the count is evidence, too.

    Raises:
        IllegalTransition, RevisionConflict, MalformedCommand: as `transitions.step` refuses the answer.
    """
    after = _step(bin_, command, on)
    episode = after.case.episode
    if episode is None or len(after.entries) == len(bin_.entries):
        return after
    match command:
        case Resolve(counted=counted):
            pass
        case FalseAlarm():
            counted = episode.assessment.expected  # who calls it false says that the record is right
        case Reopen():
            return report(after, take_back(after, command.alert_id, on.rules, on.now), on)
        case _:
            return after
    return _counted(after, f"{command.alert_id}/{command.revision}", counted, on)


def count_drawn(bin_: Bin, counted: int, on: Occasion, note: str = "") -> Bin:
    """The bin after a person counted it because the audit sample drew it; the count is evidence, too.

    Raises:
        UnknownAlert: the sample did not draw it, or somebody else has counted it since.
        MalformedCommand: nobody counted, or what no bin holds.
    """
    if bin_.draw is None:
        raise UnknownAlert("not_drawn", f"the audit sample has not drawn bin {bin_.id}")
    draw = bin_.draw.answered(counted, on.who, note, on.now)
    if draw == bin_.draw:
        return bin_
    newest = bin_.looks.get(bin_.newest or "")
    after = replace(bin_, draw=at_count(draw, newest, bin_.case.episode))
    return _counted(after, request_id("audit", bin_.id, draw.day), counted, on)


def count_visited(bin_: Bin, counted: int, on: Occasion) -> Bin:
    """The bin after a person counted it of their own accord: evidence, and no answer to an alert or an audit.

    A bin that is suspected is counted sooner than others; among the audit sample's answers it would mislead.

    Raises:
        UnknownAlert: nothing was ever seen of the bin.
        IllegalTransition: an alert about it waits for the answer.
        MalformedCommand: nobody counted, or what no bin holds.
    """
    check_count(counted, on.who)
    episode = bin_.case.episode
    if bin_.newest is None:
        raise UnknownAlert("unknown_bin", f"no look at bin {bin_.id} was compared with a record")
    if episode and episode.is_open:
        raise IllegalTransition("alert_open", f"alert {episode.id} about bin {bin_.id} waits for the answer")
    after = note(bin_, on.now, "counted by hand", f"{on.who} counted {counted}")
    return _counted(after, request_id("count", bin_.id, on.now), counted, on)


def _counted(bin_: Bin, id_: str, quantity: int, on: Occasion) -> Bin:
    """The bin that is believed to hold what a person has counted."""
    count = CycleCount(seconds(on.now), id_, quantity)
    return report(bin_, add_cycle_count(bin_, count, on.rules, on.now), on)


def _doubt(bin_: Bin, newest: Look, on: Occasion, *, is_new: bool) -> Bin:
    """The bin with its place on the re-look list, and robots asked if it is time to."""
    is_counted = adds_nothing(newest, bin_.evidence, on.rules.answer_hours, on.now)
    doubt = doubted(bin_.doubt, newest, on.rules, on.now, is_new=is_new, is_counted=is_counted)
    if doubt.asked_at == bin_.doubt.asked_at:
        return replace(bin_, doubt=doubt)
    request = RelookRequest.about(bin_.id, doubt, newest)
    return replace(bin_, doubt=doubt, messages=(*bin_.messages, request))


def _draw(bin_: Bin, newest: Look, on: Occasion) -> Bin:
    """The bin, and a person asked to count it if the audit sample draws it now."""
    draw = drawn(bin_.draw, newest, on.rules.audit_share, on.now)
    if draw is None or draw == bin_.draw:
        return bin_
    return replace(bin_, draw=draw, messages=(*bin_.messages, AuditRequest.about(bin_.id, draw)))


def _step(bin_: Bin, command: Command, on: Occasion) -> Bin:
    episode = bin_.case.episode
    about = command.assessment if isinstance(command, Assessed) else episode and episode.assessment
    mute = on.muting.of(about, on.now) if about else None
    done = step(bin_.case, command, Circumstances(on.now, on.who, on.why, mute, on.rules.patience))
    if done.case == bin_.case:
        return bin_
    if bin_.case_fault:
        bin_ = replace(note(bin_, on.now, "case begun anew", bin_.case_fault), case_fault=None)
    entries = (*bin_.entries, done.entry) if done.entry else bin_.entries
    messages = (*bin_.messages, done.message) if done.message else bin_.messages
    return replace(bin_, case=done.case, entries=entries, messages=messages)


def _with_alert_id(known: Mapping[str, Look], after: Bin) -> Bin:
    """The bin whose new mismatches name the running alert that they belong to."""
    episode = after.case.episode
    if episode is None or episode.state in ENDED:
        return after
    looks = {
        name: replace(look, alert_id=episode.id)
        if look.verdict is Verdict.MISMATCH and look != known.get(name)
        else look
        for name, look in after.looks.items()
    }
    return replace(after, looks=looks) if looks != after.looks else after


def _assessment(bin_: Bin, look: Look, item_cost: float) -> Assessment:
    """The newest look's verdict as its case hears it: newer than all that the case has heard of that look."""
    if look.bin is None or look.expected is None or look.expected_source is None:
        raise ValueError(f"look {look.id} was not compared")
    order, heard = bin_.case.heard
    count = newest_count(bin_.evidence)
    agrees = look.verdict is Verdict.MATCH or look.most_likely is None
    return Assessment(
        bin=look.bin,
        verdict=look.verdict,
        direction=look.direction,
        severity=Severity.LOW if look.amiss is None else severity_of(look.amiss * item_cost),
        expected=look.expected,
        counted=look.expected if agrees else int(look.most_likely or 0),
        mismatch_probability=look.mismatch_probability or 0.0,
        look_id=look.id,
        seen_at=look.captured_at,
        order=look.order,
        revision=heard + 1 if order == look.order else bin_.revision + 1,
        decided_at=look.decided_at,
        exhibit=Exhibit(
            photo=look.photo,
            probabilities=look.probabilities,
            expected_source=look.expected_source,
            captured_at=look.captured_at,
            model=str(look.model),
            policy=str(look.policy),
            photo_count=look.count,
            photos=photos_since(bin_.evidence) if look.policy != NAIVE else 1,
            hand_count=count.quantity if count else None,
            hand_counted_at=iso(datetime.fromtimestamp(count.at, UTC)) if count else None,
            correct_to=correction(look, bin_.evidence),
        ),
    )
