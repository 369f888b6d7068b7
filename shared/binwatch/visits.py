"""Visits: the bins of a site that people should count first, whatever policy decides on alerts there.

`triage.urgency` orders them, as it does where the rule `capacity` is evaluated. Ahead of all others go bins
that robots are no longer asked for: no photo will settle their records. Where the rule is `capacity` they do
not, because there a look never ends a suspicion and every visit counts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nsmallest

from binwatch.alerts import State
from binwatch.bins import Bin
from binwatch.decision import Direction
from binwatch.episodes import ENDED, Episode
from binwatch.hand_counts import adds_nothing
from binwatch.keys import BinId
from binwatch.looks import Look
from binwatch.policy_book import Rules
from binwatch.triage import Capacity, urgency

VISITS = Capacity().visits  # where the rules name no number


@dataclass(frozen=True, slots=True)
class Visit:
    """A bin to be counted.

    Args:
        bin: which.
        look: its newest judged look, with r as it was decided then.
        since: when its present doubt or its present mismatch began; None: there is neither.
        looks: how many have left it in doubt.
        for_a_person: whether robots are no longer asked for it.
        alert_id: the open alert that nobody has acknowledged.
    """

    bin: BinId
    look: Look
    since: str | None = None
    looks: int = 0
    for_a_person: bool = False
    alert_id: str | None = None

    @property
    def mismatch_probability(self) -> float:
        """r: how sure it is that the record is wrong."""
        return self.look.mismatch_probability or 0.0

    @property
    def direction(self) -> Direction | None:
        """What the record, if wrong, most likely hides; None where the rule names no other quantity."""
        if self.look.most_likely is None or self.look.expected is None:
            return None
        return Direction.SHORTAGE if self.look.most_likely < self.look.expected else Direction.OVERAGE


def worklist(bins: Iterable[Bin], rules_for: Callable[[BinId], Rules], visits: int, now: str) -> list[Visit]:
    """The bins to count, the most urgent first; none that somebody has in hand.

    Args:
        bins: with their newest looks and their cases.
        rules_for: the rules of each.
        visits: how many at most.
        now: when.
    """
    candidates = (visit for bin_ in bins if (visit := _visit(bin_, rules_for(bin_.id), now)))
    return nsmallest(visits, candidates, key=_place)


def visits_of(rules: Rules) -> int:
    """How many bins people can count in a shift, as the rules say."""
    return rules.policy.visits if isinstance(rules.policy, Capacity) else VISITS


def _place(visit: Visit) -> tuple[bool, float, float, str]:
    r, amiss = visit.mismatch_probability, visit.look.amiss or 0.0
    return not visit.for_a_person, *urgency(r, amiss, visit.bin.bin)


def _visit(bin_: Bin, rules: Rules, now: str) -> Visit | None:
    look = bin_.looks.get(bin_.newest or "")
    if look is None or _is_in_hand(bin_, look, rules, now):
        return None
    episode = bin_.case.episode
    running = episode if episode and episode.state not in ENDED else None
    return Visit(
        bin_.id,
        look,
        since=bin_.doubt.since or (_began_at(running) if running else None),
        looks=bin_.doubt.looks,
        for_a_person=bin_.doubt.is_beyond(rules.relooks_at_most) and not isinstance(rules.policy, Capacity),
        alert_id=running.id if running and running.is_open else None,
    )


def _is_in_hand(bin_: Bin, look: Look, rules: Rules, now: str) -> bool:
    """Whether somebody looks after the bin, or has, and its newest look says nothing new."""
    episode = bin_.case.episode
    if episode and episode.state is State.ACKNOWLEDGED:
        return True
    if _was_called_right(episode, look):
        return True
    return adds_nothing(look, bin_.evidence, rules.answer_hours, now)


def _began_at(running: Episode) -> str | None:
    """When an alert opened; of one that is held, when it was first held."""
    return running.opened_at or next((each.at for each in running.history), None)


def _was_called_right(episode: Episode | None, look: Look) -> bool:
    """Whether a person has called the alert false since the look, beside the record as it is."""
    return (
        episode is not None
        and episode.state is State.FALSE_ALARM
        and look.captured_at <= str(episode.ended_at)
        and look.expected == episode.assessment.expected
    )
