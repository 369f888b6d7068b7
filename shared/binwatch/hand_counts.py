"""What people counted by hand, among a bin's evidence: what a look adds to it, what the record must say."""

from binwatch.evidence import CycleCount, Evidence, Moved, Seen
from binwatch.keys import seconds
from binwatch.looks import Look
from binwatch.records import Source
from binwatch.unexplained import Unexplained, steps_of


def newest_count(evidence: Evidence) -> CycleCount | None:
    """The newest count by a person; None: nobody has counted the bin."""
    return next((each for each in reversed(evidence.items) if isinstance(each, CycleCount)), None)


def photos_since(evidence: Evidence) -> int:
    """How many photos the belief of a bin rests on: a count by a person ends what those before it said."""
    count = newest_count(evidence)
    return sum(isinstance(each, Seen) and (count is None or each.at > count.at) for each in evidence.items)


def adds_nothing(look: Look, evidence: Evidence, answer_hours: float, now: str) -> bool:
    """Whether a look says nothing that a person who counted its bin has not said.

    It does not if it was taken before that, or tells what they found: then the record is still to be
    corrected, for which it has some time, as with alerts (transitions.py).

    Args:
        look: the bin's newest.
        evidence: about the bin.
        answer_hours: how long a record may take to be corrected.
        now: when.
    """
    seen = seconds(look.captured_at)
    corrected_by = seconds(now) - 3600 * answer_hours
    return any(
        seen <= each.at or (each.quantity == look.most_likely and corrected_by <= each.at)
        for each in evidence.items
        if isinstance(each, CycleCount)
    )


def correction(look: Look, evidence: Evidence) -> int | None:
    """What a wrong record must say by the newest count of a person; None: somebody has to count (again).

    That is what they found, with what a standing record has booked since. Somebody has to count where the
    record has changed since and does not say why, and where a newer photo tells otherwise.
    """
    count = newest_count(evidence)
    if count is None:
        return None
    now = _carried_on(count, evidence) if look.expected_source is Source.STANDING else count.quantity
    holds = seconds(look.captured_at) <= count.at or now == look.most_likely
    return now if holds and now != look.expected else None


def _carried_on(count: CycleCount, evidence: Evidence) -> int | None:
    """A count carried on over the movements since; None where the record changed for no stated reason."""
    items = count.quantity
    for step in steps_of(evidence.items):
        match step:
            case Unexplained(at=then) if then > count.at:
                return None
            case Moved(at=then, by=by) if then > count.at:
                items += by
    return max(items, 0)
