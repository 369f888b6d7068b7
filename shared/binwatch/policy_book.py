"""The policy book: which rules hold at which bin, as one JSON text that can change without a deployment.

    {"policy": "cost", "discrepancy_rate": 0.02, "cost_missed": 4,
     "sites": {"berlin-1": {"discrepancy_rate": 0.01, "law": {"-1": 2, "1": 1},
                            "zones": {"A-": {"policy": "capacity", "visits": 30}}}}}

A site says what differs from the book, a zone (the first letters of its bins' names; the longest that fits
holds) what differs from its site. The names of the values are those of `policy_values.VALUES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from binwatch.audit_sample import DEFAULT_SHARE
from binwatch.beliefs import Memory
from binwatch.decision import BOUNDS, Cost, Exact, Policy, Wald
from binwatch.discrepancies import ImpossiblePolicy, Law, Prior
from binwatch.episodes import Patience
from binwatch.groupings import BY_DEFAULT, NAMES, Grouping
from binwatch.keys import BinId, can_be_named
from binwatch.policy_text import read
from binwatch.policy_values import BadPolicies, check, object_at
from binwatch.triage import Capacity, FalseAlarms

DAY, WEEK = 1_440, 10_080  # minutes
RANGES: Mapping[str, tuple[float, float]] = {
    "hold_minutes": (0, DAY),  # a bin that flaps waits up to 16 times as long
    "rejoin_minutes": (0, WEEK),
    "changed_minutes": (0, DAY),
    "reminder_minutes": (1, DAY),
    "longest_reminder_minutes": (1, WEEK),
    "answer_hours": (0, 720),
    "relook_minutes": (0, WEEK),
    "relooks_at_most": (1, 100),
    "audit_share": (0, 1),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds at a bin.

    Args:
        policy: the rule that decides.
        memory: how evidence adds up.
        hold_minutes: how long a mismatch must last before anybody hears of it.
        rejoin_minutes: a mismatch so soon after its alert ended by itself continues that alert.
        changed_minutes: changes of an alert are told at most so often.
        reminder_minutes: until the first reminder of an unacknowledged alert of high severity; each later
            one takes twice as long as the one before…
        longest_reminder_minutes: …up to this.
        answer_hours: for how long a mismatch that repeats what a person has answered is no news.
        item_cost: what an item amiss costs here, beside one of usual worth.
        relook_minutes: how long robots are not asked again for a look at a bin.
        relooks_at_most: after so many looks that left a bin in doubt, robots are no longer asked.
        audit_share: of the bins seen in a day, how many people count whatever the counter says.
        grouping: how the bin's site names aisles, and what is an incident there.

    Raises:
        ImpossiblePolicy: a number that cannot be.
    """

    policy: Policy = field(default_factory=Cost)
    memory: Memory = field(default_factory=Memory)
    hold_minutes: float = 5.0
    rejoin_minutes: float = 60.0
    changed_minutes: float = 30.0
    reminder_minutes: float = 15.0
    longest_reminder_minutes: float = 240.0
    answer_hours: float = 24.0
    item_cost: float = 1.0
    relook_minutes: float = 60.0
    relooks_at_most: int = 3
    audit_share: float = DEFAULT_SHARE
    grouping: Grouping = BY_DEFAULT

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ImpossiblePolicy(
                    f"{name} must lie within {least:g} to {most:g}, not {getattr(self, name)}"
                )
        if self.longest_reminder_minutes < self.reminder_minutes:
            raise ImpossiblePolicy(
                f"longest_reminder_minutes must be no less than reminder_minutes, {self.reminder_minutes:g}, "
                f"not {self.longest_reminder_minutes:g}"
            )
        if not 0 < self.item_cost < inf:
            raise ImpossiblePolicy(f"item_cost must be positive, not {self.item_cost}")
        # Without a hold window nothing waits for an incident: that is what it is for.
        if 0 < self.hold_minutes < self.grouping.incident_window_minutes:
            hold, window = f"{self.hold_minutes:g}", f"{self.grouping.incident_window_minutes:g}"
            raise ImpossiblePolicy(
                f"hold_minutes, {hold}, must not be shorter than incident_window_minutes, {window}: the "
                "first bins' alerts would be sent before their aisle's incident is seen; raise hold_minutes "
                f"to {window} or, for the whole site, lower incident_window_minutes to {hold}"
            )

    @property
    def patience(self) -> Patience:
        """How patient the alerts of the bin are."""
        return Patience(
            hold_s=60 * self.hold_minutes,
            rejoin_s=60 * self.rejoin_minutes,
            changed_every_s=60 * self.changed_minutes,
            reminder_s=60 * self.reminder_minutes,
            longest_reminder_s=60 * self.longest_reminder_minutes,
            answer_s=3600 * self.answer_hours,
        )


@dataclass(frozen=True, slots=True)
class Site:
    """The rules of a site, and of its zones that have their own: (first letters of the bins, rules)."""

    rules: Rules
    zones: tuple[tuple[str, Rules], ...] = ()  # the longest first


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """The rules of all bins."""

    rules: Rules = field(default_factory=Rules)
    sites: Mapping[str, Site] = field(default_factory=dict)

    def rules_for(self, bin_id: BinId) -> Rules:
        """The rules of a bin: its zone's, else its site's, else the book's."""
        site = self.sites.get(bin_id.site)
        if site is None:
            return self.rules
        return next((rules for zone, rules in site.zones if bin_id.bin.startswith(zone)), site.rules)

    @classmethod
    def parse(cls, text: str) -> "PolicyBook":
        """Read the whole book, or nothing of it.

        Raises:
            BadPolicies: it is no JSON object, says a name twice, or something in it cannot be.
        """
        book = read(text)
        default = _without(object_at(book, "$"), "sites")
        sites = object_at(book.get("sites", {}), "$.sites")
        return cls(
            rules_of(default, "$"),
            {name: _site(default, object_at(site, f"$.sites.{name}"), name) for name, site in sites.items()},
        )


def read_or_keep(text: str, last_good: PolicyBook) -> tuple[PolicyBook, BadPolicies | None]:
    """The book as the text says; if it cannot be, the last good one and why, for the log."""
    try:
        return PolicyBook.parse(text), None
    except BadPolicies as error:
        return last_good, error


def rules_of(values: Mapping[str, Any], path: str, grouping: Grouping | None = None) -> Rules:
    """The rules that these values make, with the defaults for all that is not among them.

    Args:
        values: by the names of `policy_values.VALUES`.
        path: where they stand, for the error.
        grouping: of a zone's site; None: as the values say.

    Raises:
        BadPolicies: an unknown name, or a value that cannot be.
    """
    for name, value in values.items():
        check(name, value, f"{path}.{name}")
    try:
        law = _law(values)
        memory = Memory(
            **_renamed(
                values, "correlation", "correlation_touched", "slip", "unstated", half_life="half_life_hours"
            )
        )
        prior = Prior(law=law, **_renamed(values, "most", rate="discrepancy_rate"))
        others = _renamed(values, "item_cost", *RANGES)
        return Rules(_policy(values, prior), memory, grouping=grouping or _grouping(values), **others)
    except ImpossiblePolicy as error:
        raise BadPolicies(f"{path}: {error}") from error


def _policy(values: Mapping[str, Any], prior: Prior) -> Policy:
    wald = Wald(**_renamed(values, "alpha", "beta")) if {"alpha", "beta"} & {*values} else BOUNDS
    match values.get("policy", "cost"):
        case "exact":
            return Exact(prior)
        case "far":
            return FalseAlarms(tuple(values.get("thresholds", ())), prior, wald)
        case "capacity":
            return Capacity(prior=prior, wald=wald, **_renamed(values, "visits"))
        case _:
            costs = _renamed(values, "cost_false_alarm", "cost_missed", "cost_look")
            return Cost(prior=prior, wald=wald, **costs)


def _grouping(values: Mapping[str, Any]) -> Grouping:
    """A window that is not stated fits a shorter hold window: see `Rules`."""
    own = _renamed(values, *NAMES)
    usual = BY_DEFAULT.incident_window_minutes
    hold = values.get("hold_minutes", usual)
    if "incident_window_minutes" not in own and 0 < hold < usual:
        own["incident_window_minutes"] = hold
    return Grouping(**own)


def _law(values: Mapping[str, Any]) -> Law:
    if "law" not in values:
        return Law(**_renamed(values, "anything"))
    weights = sorted((int(items), weight) for items, weight in values["law"].items())
    return Law(tuple(weights), **_renamed(values, "anything"))


def _renamed(values: Mapping[str, Any], *same: str, **names: str) -> dict[str, Any]:
    wanted = {each: each for each in same} | names
    return {ours: values[theirs] for ours, theirs in wanted.items() if theirs in values}


def _site(default: Mapping[str, Any], site: Mapping[str, Any], name: str) -> Site:
    path = f"$.sites.{name}"
    if not can_be_named(name):
        raise BadPolicies(f"{path}: no site can be called so; the keys of its photos could not name it")
    own = {**default, **_without(site, "zones")}
    rules = rules_of(own, path)
    zones = {
        zone: rules_of({**own, **_of_a_zone(zone, value, path)}, f"{path}.zones.{zone}", rules.grouping)
        for zone, value in object_at(site.get("zones", {}), f"{path}.zones").items()
    }
    longest_first = sorted(zones.items(), key=lambda each: (-len(each[0]), each[0]))
    return Site(rules, tuple(longest_first))


def _of_a_zone(zone: str, value: Any, site: str) -> Mapping[str, Any]:  # noqa: ANN401 - whatever the book holds
    """What a zone says; a watch is kept over all of an aisle, whatever zones it runs through."""
    path = f"{site}.zones.{zone}"
    values = object_at(value, path)
    if zone and not can_be_named(zone):
        raise BadPolicies(f"{path}: no bin's name can begin so; the keys of its photos could not name it")
    if not_its_own := [name for name in values if name in NAMES]:
        raise BadPolicies(
            f"{path}.{not_its_own[0]}: aisles and incidents are of a whole site, not of a zone; "
            f"say it at {site}"
        )
    return values


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
