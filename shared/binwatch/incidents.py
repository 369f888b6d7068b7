"""Incidents: when nearly all bins of an aisle or a camera go wrong within minutes, the fault is not theirs.

Looks leave signs at the camera and at the bin's aisle. Enough bad ones, close together and with few good
ones between, are one incident: one message, and the alerts of its bins stay unsent. It ends when most of its
bins are seen right again, when a person says so, or when it has lasted so long that somebody has to hear of
the bins. Then robots have a while to see the rest; bins that are still wrong after it are sent.

A hall may have any number of bins, and all of this stands in one row: a watch keeps the newest signs, and an
incident the names of its first bins. Which looks it explains, and so mutes, their group and time tell.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from binwatch.decision import Verdict
from binwatch.episodes import SYSTEM, Mute
from binwatch.groupings import Grouping
from binwatch.keys import BinId
from binwatch.moments import later, seconds_between
from binwatch.signs import Group, Sign, explained
from binwatch.tallies import estimated, tallied

MOST_NAMED = 50  # bins: of 256 bytes each 13 kB, of the 400 kB of a row and the 256 kB of a message
RECHECK_S = 600  # what an incident that is over still mutes looks again so soon
SLACK_S = 3_600  # for sweeps that are late: until long after its bins' release muted alerts sleep


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault of one group.

    Args:
        id: stable over its revisions.
        group: whose.
        revision: 1 when it opened, 2 when it ended.
        bins: the names of those that were amiss while it lasted, sorted; of very many, the first.
        unreadable: how many of them could not be read when it opened.
        began_at: when it was recognised.
        ended_at: when it was over…
        ended_by: …who said so…
        why: …and why.
        since: it explains what its group's looks say that were captured after this; "" in rows of older
            versions, which named all bins.
        separator: parts the names of its aisle's bins.
        planned_end: later than its bins are released; until then the alerts sleep that it mutes.
        tally: of the bins' names (binwatch.tallies).
    """

    id: str
    group: Group
    revision: int
    bins: tuple[str, ...]
    unreadable: int
    began_at: str
    ended_at: str | None = None
    ended_by: str | None = None
    why: str | None = None
    since: str = ""
    separator: str = ""
    planned_end: str = ""
    tally: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def hit(self) -> int:
        """How many bins were amiss while it lasted; where not all are named, about."""
        return max(len(self.bins), estimated(self.tally)) if len(self.bins) >= MOST_NAMED else len(self.bins)

    def explains(self, sign: Sign) -> bool:
        """Whether what a look says is this fault's doing."""
        if not self.since:
            return sign.bin.site == self.group.site and sign.bin.bin in self.bins
        return explained(sign, self.group, self.since, self.separator)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a group: the newest signs, one a bin, its incident, and how many there were.

    While an incident runs only the signs of its bins are kept. It stays after its end until the bins are
    released, at `wake_at`.

    Signs captured at `since` or before belong to an incident that is over.
    """

    group: Group
    signs: tuple[Sign, ...] = ()  # oldest first
    incident: Incident | None = None
    incidents: int = 0
    since: str = ""
    wake_at: str | None = None

    @property
    def hit(self) -> set[BinId]:
        """The bins that its signs say its running incident hit."""
        return {each.bin for each in self.signs if each.hit}


@dataclass(frozen=True, slots=True)
class Turn:
    """A watch after a sign; `announced` is to be sent, the cases that `released` muted are to be woken."""

    watch: Watch
    announced: Incident | None = None
    released: Incident | None = None


def add_sign(
    watch: Watch, sign: Sign, rules: Grouping, now: str, elsewhere: Collection[Incident] = ()
) -> Turn:
    """The watch after a look; a repeated sign, or one older than the bin's newest, changes nothing.

    A look that is judged otherwise replaces its sign. A doubt says nothing: the bin counts as it did before,
    save that a look that has come to be in doubt takes back what it had said, unless an incident runs.
    What a running incident `elsewhere` explains makes no second one here.
    """
    older = next((each for each in watch.signs if each.bin == sign.bin), None)
    if sign.seen_at <= watch.since:
        return Turn(watch)
    if sign.verdict is Verdict.UNSURE:
        return Turn(_without(watch, sign))
    if older and (older.seen_at, older.look_id) > (sign.seen_at, sign.look_id):
        return Turn(watch)
    if watch.incident and watch.incident.running:
        return _heard(watch, watch.incident, sign, older, rules, now)
    if older == sign:
        return Turn(watch)
    watch = replace(watch, signs=_kept((*(each for each in watch.signs if each != older), sign), rules))
    return _recognised(watch, rules, now, elsewhere) if watch.incident is None else Turn(watch)


def wake(watch: Watch, rules: Grouping, now: str) -> Turn:
    """The watch when its timer goes off: an incident has lasted too long, or its bins are to be released."""
    incident = watch.incident
    if incident is None or str(watch.wake_at) > now:
        return Turn(watch)
    if incident.running:
        # Not the longest of the rules: it may have become another since.
        hours = round(seconds_between(incident.began_at, now) / 3600, 1)
        return close(watch, rules, now, SYSTEM, f"it lasted {hours:g} hours")
    return Turn(replace(watch, incident=None, wake_at=None), released=incident)


def close(watch: Watch, rules: Grouping, now: str, who: str, why: str) -> Turn:
    """The watch after its incident is ended; one that is over changes nothing."""
    incident = watch.incident
    if incident is None or not incident.running:
        return Turn(watch)
    ended = replace(incident, revision=incident.revision + 1, ended_at=now, ended_by=who, why=why)
    wake_at = later(now, rules.grace_s)
    # Its signs go with it: else those that are still bad would make the next one at once.
    return Turn(replace(watch, incident=ended, signs=(), since=now, wake_at=wake_at), ended)


def rebuilt(incident: Incident) -> Watch:
    """A watch of which only the incident is known: its bins are bad until anything else is heard of them.

    Whatever timer of the group goes off next is its own, so that its bins are not muted for ever.
    """
    since = incident.ended_at or ""
    bad = (BinId(incident.group.site, name) for name in incident.bins if incident.running)
    signs = tuple(Sign(each, Verdict.MISMATCH, look_id="", seen_at="", hit=True) for each in bad)
    return Watch(incident.group, signs, incident, 1, since, wake_at=since or incident.began_at)


def inhibiting(watches: Iterable[Watch], sign: Sign, now: str) -> Mute | None:
    """What mutes an alert about what a look says: the incident that explains it, until its release."""
    for watch in watches:
        incident = watch.incident
        if incident and incident.explains(sign):
            by = f"incident {incident.id} of {incident.group.kind} {incident.group.name}"
            return Mute(by, _asleep_until(incident, now), by_incident=True)
    return None


def _asleep_until(incident: Incident, now: str) -> str:
    """While it runs until its planned end, where its release finds them; after it has ended not so long.

    Else who reads of an incident just before it lets go, and writes just after, would sleep on.
    """
    if incident.running and incident.planned_end > now:
        return incident.planned_end
    return later(now, RECHECK_S)


def _kept(signs: Iterable[Sign], rules: Grouping) -> tuple[Sign, ...]:
    """The newest signs, and of these all within the window of the last one."""
    in_order = _in_order(signs)
    since = later(in_order[-1].seen_at, -rules.window_s)
    return tuple(each for each in in_order if each.seen_at > since)[-rules.most_signs :]


def _in_order(signs: Iterable[Sign]) -> list[Sign]:
    return sorted(signs, key=lambda each: (each.seen_at, each.look_id, str(each.bin)))


def _without(watch: Watch, doubt: Sign) -> Watch:
    """The watch without what the same look had said; while an incident runs, all is kept until its end."""
    if watch.incident is not None:
        return watch
    said = (doubt.bin, doubt.look_id)
    return replace(watch, signs=tuple(each for each in watch.signs if (each.bin, each.look_id) != said))


def _recognised(watch: Watch, rules: Grouping, now: str, elsewhere: Collection[Incident]) -> Turn:
    unexplained = [each for each in watch.signs if not any(other.explains(each) for other in elsewhere)]
    bad = [each for each in unexplained if each.bad]
    if len(bad) < rules.incident_bins or len(bad) < rules.incident_share * len(unexplained):
        return Turn(watch)
    number = watch.incidents + 1
    name = f"{watch.group}\n{number}\n{bad[0].look_id}"
    names = [each.bin.bin for each in bad]
    incident = Incident(
        id=hashlib.sha256(name.encode()).hexdigest()[:20],
        group=watch.group,
        revision=1,
        bins=tuple(sorted(names[:MOST_NAMED])),
        unreadable=sum(each.verdict is Verdict.UNREADABLE for each in bad),
        began_at=now,
        since=later(watch.signs[-1].seen_at, -rules.window_s),
        separator=rules.aisle_separator,
        planned_end=_planned_end(now, rules),
        tally=tallied("", names),
    )
    hit = tuple(replace(each, hit=True) for each in bad)
    wake_at = later(now, rules.longest_s)
    return Turn(replace(watch, signs=hit, incident=incident, incidents=number, wake_at=wake_at), incident)


def _planned_end(began_at: str, rules: Grouping) -> str:
    return later(began_at, rules.longest_s + rules.grace_s + SLACK_S)


def _heard(
    watch: Watch, incident: Incident, sign: Sign, older: Sign | None, rules: Grouping, now: str
) -> Turn:
    """The watch whose incident runs, after a look; one at a bin that was not amiss since says nothing."""
    if not incident.since:
        watch, incident = _upgraded(watch, incident, rules)
    was_hit = bool(older and older.hit) or sign.bin.bin in incident.bins
    sign = replace(sign, hit=True)
    if sign == older or sign.seen_at <= incident.since or not (sign.bad or was_hit):
        return Turn(watch)
    if sign.bad:
        names = {*incident.bins, sign.bin.bin} if len(incident.bins) < MOST_NAMED else incident.bins
        tally = tallied(incident.tally, [sign.bin.bin])
        incident = replace(incident, bins=tuple(sorted(names)), tally=tally)
    signs = _in_order((*(each for each in watch.signs if each != older), sign))
    watch = replace(watch, signs=tuple(signs[-rules.most_signs :]), incident=incident)
    return _recovered(watch, rules, now)


def _upgraded(watch: Watch, incident: Incident, rules: Grouping) -> tuple[Watch, Incident]:
    """What an older version kept, which named all bins, as what this one keeps."""
    hit = tuple(replace(each, hit=True) for each in watch.signs if each.bin.bin in incident.bins)
    return replace(watch, signs=hit), replace(
        incident,
        since=later(incident.began_at, -rules.window_s),
        separator=rules.aisle_separator,
        planned_end=_planned_end(incident.began_at, rules),
        tally=tallied("", incident.bins),
    )


def _recovered(watch: Watch, rules: Grouping, now: str) -> Turn:
    right = sum(each.verdict is Verdict.MATCH for each in watch.signs)
    if right < rules.incident_right_share * len(watch.signs):
        return Turn(watch)
    return close(watch, rules, now, SYSTEM, f"{right} of {len(watch.signs)} bins are seen right again")
