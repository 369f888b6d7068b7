"""A bin and what is known of it: looks, records, evidence, its alerts, folded from events in any order.

A bin is read, changed in memory by the functions below, each of which returns a new one, and written back in
one transaction that fails if another writer was quicker. Nothing here knows of time, network or storage.
What a fold means for the bin's alerts is in handling.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from binwatch.alerts import Alert
from binwatch.asking import NO_DOUBT, Doubt, Draw
from binwatch.beliefs import Belief, believe, likelihood_of, usual_of
from binwatch.decision import Verdict
from binwatch.episodes import NO_CASE, Case, Entry
from binwatch.evidence import NO_EVIDENCE, CycleCount, Evidence, Item, Recorded, Seen
from binwatch.keys import BinId, seconds
from binwatch.looks import Expected, Look
from binwatch.policy_book import Rules
from binwatch.records import Record, Source
from binwatch.requests import AuditRequest, RelookRequest
from binwatch.unexplained import counted_after

JUDGED = (Verdict.MATCH, Verdict.MISMATCH, Verdict.UNSURE)
MAX_WAITING = 25  # looks that one late record can still judge; a transaction holds 100 rows


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a bin's audit trail."""

    at: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin as read, or as changed since. `looks` and `sidecars` hold those at hand, not all that exist."""

    id: BinId
    revision: int = 0
    newest: str | None = None  # the newest judged look…
    newest_order: str = ""  # …and its place among the bin's looks
    waiting: tuple[str, ...] = ()  # looks without an expected quantity, oldest first
    case: Case = NO_CASE
    case_fault: str | None = None  # why the case that was kept could not be read
    doubt: Doubt = NO_DOUBT
    draw: Draw | None = None  # the newest time that the audit sample held it
    evidence: Evidence = NO_EVIDENCE
    evidence_fault: str | None = None  # why the evidence that was kept could not be read
    looks: Mapping[str, Look] = field(default_factory=dict)
    sidecars: Mapping[str, Record] = field(default_factory=dict)
    standing: Record | None = None
    entries: tuple[Entry, ...] = ()  # what happened to its alerts since the bin was read…
    messages: tuple[Alert | RelookRequest | AuditRequest, ...] = ()  # …and what is to be said of it
    audit: tuple[Change, ...] = ()


def add_look(bin_: Bin, look: Look, rules: Rules, now: str) -> Bin:
    """The bin after a look that has a count or a reason; one that is known already changes nothing.

    A look that comes late is evidence about the newest, too, which is then judged again.
    """
    if look.id in bin_.looks:
        return bin_
    stored = replace(look, stored_at=now, decided_at=now)
    if look.verdict is not Verdict.UNREADABLE:
        bin_ = _learn(bin_, _seen(bin_, look), now)
    bin_ = _settle(bin_, _judged(bin_, stored, rules, now))
    return _judge_again(bin_, set(), rules, now, f"look {look.id} came later")


def add_sidecar(bin_: Bin, stem: str, record: Record, rules: Rules, now: str) -> Bin:
    """The bin after the record of one photo; an older record than the known one changes nothing."""
    if not _supersedes(record, bin_.sidecars.get(stem)):
        return bin_
    changed = replace(bin_, sidecars={**bin_.sidecars, stem: record})
    of_the_photo = [look for look in bin_.looks.values() if look.stem == stem]
    for look in of_the_photo:
        if look.id in changed.evidence:
            changed = _learn(changed, _seen(changed, look), now)
    why = f"the record of photo {stem} expects {record.quantity}"
    return _judge_again(changed, {look.id for look in of_the_photo}, rules, now, why)


def add_standing(bin_: Bin, record: Record, rules: Rules, now: str) -> Bin:
    """The bin after its standing record; an older one than the known only tells of its past."""
    changed = bin_
    for item in (_stated_before(bin_, record), record.moved, record.stated):
        if item and changed.evidence.add(item) != changed.evidence:
            changed = _learn(changed, item, now)
    if _supersedes(record, bin_.standing):
        changed = replace(changed, standing=record)
    if changed is bin_:
        return bin_
    return _judge_again(changed, set(), rules, now, f"the bin's standing record expects {record.quantity}")


def add_cycle_count(bin_: Bin, count: CycleCount, rules: Rules, now: str) -> Bin:
    """The bin after a person counted it: what was seen before no longer counts."""
    if bin_.evidence.add(count) == bin_.evidence:
        return bin_
    return _judge_again(_learn(bin_, count, now), set(), rules, now, f"a person counted {count.quantity}")


def take_back(bin_: Bin, alert_id: str, rules: Rules, now: str) -> Bin:
    """The bin without what a person's answer to an alert had said of its count."""
    evidence = bin_.evidence.without(f"{alert_id}/")
    if evidence == bin_.evidence:
        return bin_
    changed = replace(bin_, evidence=evidence)
    return _judge_again(changed, set(), rules, now, f"the answer to alert {alert_id} was taken back")


def _stated_before(bin_: Bin, record: Record) -> Recorded | None:
    """What the known record stated, where the evidence does not tell: it is from before that was kept."""
    told = any(isinstance(each, Recorded) for each in bin_.evidence.items)
    if told or not bin_.standing or not record.stated or not _supersedes(record, bin_.standing):
        return None
    return Recorded(record.stated.at - 0.001, f"before {record.stated.id}", bin_.standing.quantity)


def _supersedes(record: Record, known: Record | None) -> bool:
    return known is None or record.order > known.order


def _expected(bin_: Bin, look: Look) -> Expected | None:
    """The first source that has one: the photo's own metadata, its sidecar, the bin's standing record."""
    if look.expected_source is Source.PHOTO and look.expected is not None:
        return Expected(look.expected, Source.PHOTO)
    if sidecar := bin_.sidecars.get(look.stem):
        return Expected(sidecar.quantity, Source.SIDECAR)
    if bin_.standing:
        return Expected(bin_.standing.quantity, Source.STANDING)
    return None


def _judge_again(bin_: Bin, also: set[str], rules: Rules, now: str, why: str) -> Bin:
    """Judge by the records as they are, oldest first: the waiting looks, the newest one, and those named."""
    names = {*bin_.waiting, bin_.newest, *also}
    looks = [look for look in bin_.looks.values() if look.id in names]
    for look in sorted(looks, key=lambda each: each.order):
        judged = _judged(bin_, look, rules, now)
        if judged == replace(look, decided_at=now):
            continue
        bin_ = _settle(bin_, judged)
        change = "stays" if judged.verdict is look.verdict else f"{look.verdict} became"
        bin_ = note(bin_, now, f"look {look.id}: {change} {judged.verdict}", why)
    return bin_


def _learn(bin_: Bin, item: Item, now: str) -> Bin:
    """The bin with one more piece of evidence."""
    if bin_.evidence_fault:
        bin_ = note(bin_, now, "evidence begun anew", bin_.evidence_fault)
    return replace(bin_, evidence=bin_.evidence.add(item), evidence_fault=None)


def _seen(bin_: Bin, look: Look) -> Seen:
    """A look as evidence."""
    expected = _expected(bin_, look)
    own = expected.quantity if expected and expected.source is not Source.STANDING else None
    return Seen(seconds(look.captured_at), look.id, likelihood_of(look.counted, look.counter), own)


def _judged(bin_: Bin, look: Look, rules: Rules, now: str) -> Look:
    """A look with its verdict, by what is known of the bin, or was known when it was taken."""
    expected = _expected(bin_, look)
    if expected is None or look.verdict is Verdict.UNREADABLE or look.id not in bin_.evidence:
        return look.judged(expected, rules.policy, None, now)
    standing = expected.source is Source.STANDING
    evidence = bin_.evidence
    if not (standing and look.order >= bin_.newest_order):
        taken = seconds(look.captured_at)
        counted = counted_after(evidence, taken) if look.order >= bin_.newest_order else None
        evidence = evidence.until(taken, moved_since=standing)
        if counted:  # by a person, of the stock that the newest photo shows
            evidence = evidence.add(counted)
    likelihood = believe(evidence, rules.memory, expected.quantity)
    belief = Belief(likelihood, usual_of(look.counter, len(look.probabilities)))
    return look.judged(expected, rules.policy, belief, now)


def _settle(bin_: Bin, look: Look) -> Bin:
    """Put a judged look into its bin."""
    waiting = tuple(each for each in bin_.waiting if each != look.id)
    if look.verdict is Verdict.WAITING:
        waiting = (*waiting, look.id)[-MAX_WAITING:]
    bin_ = replace(bin_, waiting=waiting, looks={**bin_.looks, look.id: look})
    if look.verdict in JUDGED and look.order >= bin_.newest_order:
        return replace(bin_, newest=look.id, newest_order=look.order)
    return bin_


def note(bin_: Bin, now: str, what: str, why: str) -> Bin:
    """The bin with one more line in its audit trail."""
    return replace(bin_, audit=(*bin_.audit, Change(now, what, why)))
