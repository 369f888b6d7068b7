"""Incidents: when nearly all bins of an aisle or a camera go wrong within minutes, the fault is not theirs.

Looks leave signs at the camera and at the bin's aisle. Enough bad ones, close together and with few good
ones between, are one incident: one message, and the alerts of its bins stay unsent. It ends when most of its
bins are seen right again, when a person says so, or when it has lasted so long that somebody has to hear of
the bins. Then robots have a while to see the rest; bins that are still wrong after it are sent.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from binwatch.decision import Verdict
from binwatch.episodes import SYSTEM, Mute
from binwatch.groupings import MAX_SIGNS, Grouping
from binwatch.keys import ABID_SITE, BinId
from binwatch.moments import later, seconds_between

BAD = (Verdict.UNREADABLE, Verdict.MISMATCH)


class GroupKind(StrEnum):
    """What bins can have in common."""

    AISLE = "aisle"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """An aisle or a camera of one site."""

    site: str
    kind: GroupKind
    name: str

    def __str__(self) -> str:
        return f"{self.site}/{self.kind}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Group":
        """What `str` gave."""
        site, kind, name = text.split("/", 2)
        return cls(site, GroupKind(kind), name)


@dataclass(frozen=True, slots=True)
class Sign:
    """What one look at a bin says of the groups that the bin is in."""

    bin: BinId
    verdict: Verdict
    look_id: str
    seen_at: str
    camera: str | None = None

    @property
    def bad(self) -> bool:
        """Whether it speaks for a fault."""
        return self.verdict in BAD


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault of one group.

    Args:
        id: stable over its revisions.
        group: whose.
        revision: 1 when it opened, 2 when it ended.
        bins: the names of those that were amiss while it lasted, sorted.
        unreadable: how many of them could not be read when it opened.
        began_at: when it was recognised.
        ended_at: when it was over…
        ended_by: …who said so…
        why: …and why.
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

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a group: each bin's newest sign, its incident, and how many there were.

    The incident stays after its end until the bins are released, at `wake_at`.

    Signs captured at `since` or before belong to an incident that is over.
    """

    group: Group
    signs: tuple[Sign, ...] = ()  # oldest first
    incident: Incident | None = None
    incidents: int = 0
    since: str = ""
    wake_at: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A watch after a sign; `announced` is to be sent, the cases of the `released` bins are to be woken."""

    watch: Watch
    announced: Incident | None = None
    released: tuple[BinId, ...] = ()


def groups_of(sign: Sign, rules: Grouping) -> list[Group]:
    """The groups that a look's bin is in: the camera, if known, and its aisle, if its name tells one.

    In this order: of two groups that could explain the same signs, the first to hear of them does. Bins of
    the ABID layout are named after photos, which stand in no aisle.
    """
    groups = [Group(sign.bin.site, GroupKind.CAMERA, sign.camera)] if sign.camera else []
    parts = sign.bin.bin.split(rules.aisle_separator)
    if 0 < rules.aisle_parts < len(parts) and sign.bin.site != ABID_SITE:
        name = rules.aisle_separator.join(parts[: rules.aisle_parts])
        groups.append(Group(sign.bin.site, GroupKind.AISLE, name))
    return groups


def add_sign(watch: Watch, sign: Sign, rules: Grouping, now: str, elsewhere: Collection[BinId] = ()) -> Turn:
    """The watch after a look; a repeated sign, or one older than the bin's newest, changes nothing.

    A look that is judged otherwise replaces its sign. A doubt says nothing: the bin counts as it did before,
    save that a look that has come to be in doubt takes back what it had said, unless an incident runs.
    Bins that are `elsewhere`, in the running incident of another group, make no second one here.
    """
    known = {each.bin: each for each in watch.signs}
    older = known.get(sign.bin)
    if sign.seen_at <= watch.since:
        return Turn(watch)
    if sign.verdict is Verdict.UNSURE:
        return Turn(_without(watch, sign))
    if older and (older == sign or (older.seen_at, older.look_id) > (sign.seen_at, sign.look_id)):
        return Turn(watch)
    known[sign.bin] = sign
    watch = replace(watch, signs=_kept(watch, known.values(), rules))
    if watch.incident is None:
        return _recognised(watch, rules, now, elsewhere)
    if not watch.incident.running:
        return Turn(watch)
    if sign.bad and sign.bin.bin not in watch.incident.bins:
        bins = tuple(sorted({*watch.incident.bins, sign.bin.bin}))
        watch = replace(watch, incident=replace(watch.incident, bins=bins))
    return _recovered(watch, rules, now)


def wake(watch: Watch, rules: Grouping, now: str) -> Turn:
    """The watch when its timer goes off: an incident has lasted too long, or its bins are to be released."""
    incident = watch.incident
    if incident is None or str(watch.wake_at) > now:
        return Turn(watch)
    if incident.running:
        # Not the longest of the rules: it may have become another since.
        hours = round(seconds_between(incident.began_at, now) / 3600, 1)
        return close(watch, rules, now, SYSTEM, f"it lasted {hours:g} hours")
    released = tuple(BinId(watch.group.site, name) for name in incident.bins)
    return Turn(replace(watch, incident=None, wake_at=None), None, released)


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
    signs = tuple(Sign(each, Verdict.MISMATCH, look_id="", seen_at="") for each in bad)
    return Watch(incident.group, signs, incident, 1, since, wake_at=since or incident.began_at)


def inhibiting(watches: Iterable[Watch], bin_: BinId) -> Mute | None:
    """What mutes a bin's alerts: the incident of one of its groups, until its bins are released."""
    for watch in watches:
        if watch.incident and bin_.site == watch.group.site and bin_.bin in watch.incident.bins:
            return Mute(f"incident {watch.incident.id} of {watch.group.kind} {watch.group.name}")
    return None


def _kept(watch: Watch, signs: Iterable[Sign], rules: Grouping) -> tuple[Sign, ...]:
    """The signs within the window of the newest one, and all of a running incident's bins."""
    members = set(watch.incident.bins) if watch.incident else set()
    in_order = sorted(signs, key=lambda each: (each.seen_at, each.look_id, str(each.bin)))
    since = later(in_order[-1].seen_at, -rules.window_s)
    kept = [each for each in in_order if each.seen_at > since or each.bin.bin in members]
    return tuple(kept[-MAX_SIGNS:])


def _without(watch: Watch, doubt: Sign) -> Watch:
    """The watch without what the same look had said; while an incident runs, all is kept until its end."""
    if watch.incident is not None:
        return watch
    said = (doubt.bin, doubt.look_id)
    return replace(watch, signs=tuple(each for each in watch.signs if (each.bin, each.look_id) != said))


def _recognised(watch: Watch, rules: Grouping, now: str, elsewhere: Collection[BinId]) -> Turn:
    unexplained = [each for each in watch.signs if each.bin not in elsewhere]
    bad = [each for each in unexplained if each.bad]
    if len(bad) < rules.incident_bins or len(bad) < rules.incident_share * len(unexplained):
        return Turn(watch)
    number = watch.incidents + 1
    name = f"{watch.group}\n{number}\n{bad[0].look_id}"
    incident = Incident(
        id=hashlib.sha256(name.encode()).hexdigest()[:20],
        group=watch.group,
        revision=1,
        bins=tuple(sorted(each.bin.bin for each in bad)),
        unreadable=sum(each.verdict is Verdict.UNREADABLE for each in bad),
        began_at=now,
    )
    wake_at = later(now, rules.longest_s)
    return Turn(replace(watch, incident=incident, incidents=number, wake_at=wake_at), incident)


def _recovered(watch: Watch, rules: Grouping, now: str) -> Turn:
    bins = watch.incident.bins if watch.incident else ()
    members = [each for each in watch.signs if each.bin.bin in bins]  # of very many, the newest
    right = sum(each.verdict is Verdict.MATCH for each in members)
    if right < rules.incident_right_share * len(members):
        return Turn(watch)
    return close(watch, rules, now, SYSTEM, f"{right} of {len(members)} bins are seen right again")
