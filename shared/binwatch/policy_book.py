"""The policy book: which rules hold at which bin, as one JSON text that can change without a deployment.

    {"policy": "cost", "discrepancy_rate": 0.02, "cost_missed": 4,
     "sites": {"berlin-1": {"discrepancy_rate": 0.01, "law": {"-1": 2, "1": 1},
                            "zones": {"A-": {"policy": "capacity", "visits": 30}}}}}

A site says what differs from the book, a zone (the first letters of its bins' names; the longest that fits
holds) what differs from its site. The names of the values are those of `VALUES`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from binwatch.audit_sample import DEFAULT_SHARE
from binwatch.beliefs import Memory
from binwatch.decision import BOUNDS, Cost, Exact, Policy, Wald
from binwatch.discrepancies import WIDEST, ImpossiblePolicy, Law, Prior
from binwatch.episodes import Patience
from binwatch.keys import BinId
from binwatch.triage import Capacity, FalseAlarms

POLICIES = ("cost", "posterior", "exact", "far", "capacity")  # posterior: what cost was called before
_NUMBERS = (
    "discrepancy_rate",  # pi
    "anything",  # a, of the law
    "cost_false_alarm",
    "cost_missed",
    "cost_look",
    "alpha",  # Wald's bounds
    "beta",
    "correlation",  # rho
    "correlation_touched",
    "half_life_hours",
    "slip",
    "unstated",
    "hold_minutes",
    "rejoin_minutes",
    "changed_minutes",
    "reminder_minutes",
    "longest_reminder_minutes",
    "answer_hours",
    "item_cost",
    "relook_minutes",
    "audit_share",
)
_WHOLE = ("most", "visits", "relooks_at_most")
LARGEST = 1e9  # of any number of a book; what is made of such numbers is far from overflowing
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
VALUES = ("policy", "law", "thresholds", *_NUMBERS, *_WHOLE)


class BadPolicies(ValueError):
    """A policy book that cannot be; the message says where in it."""


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
            BadPolicies: it is no JSON object, or something in it cannot be.
        """
        try:
            book = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadPolicies("$: the policy book is no JSON text") from error
        default = _without(_object(book, "$"), "sites")
        sites = _object(book.get("sites", {}), "$.sites")
        return cls(
            rules_of(default, "$"),
            {name: _site(default, _object(site, f"$.sites.{name}"), name) for name, site in sites.items()},
        )


def read_or_keep(text: str, last_good: PolicyBook) -> tuple[PolicyBook, BadPolicies | None]:
    """The book as the text says; if it cannot be, the last good one and why, for the log."""
    try:
        return PolicyBook.parse(text), None
    except BadPolicies as error:
        return last_good, error


def rules_of(values: Mapping[str, Any], path: str) -> Rules:
    """The rules that these values make, with the defaults for all that is not among them.

    Args:
        values: by the names of `VALUES`.
        path: where they stand, for the error.

    Raises:
        BadPolicies: an unknown name, or a value that cannot be.
    """
    for name, value in values.items():
        _check(name, value, f"{path}.{name}")
    try:
        law = _law(values)
        memory = Memory(
            **_renamed(
                values, "correlation", "correlation_touched", "slip", "unstated", half_life="half_life_hours"
            )
        )
        prior = Prior(law=law, **_renamed(values, "most", rate="discrepancy_rate"))
        others = _renamed(values, "item_cost", *RANGES)
        return Rules(_policy(values, prior), memory, **others)
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
    own = {**default, **_without(site, "zones")}
    zones = _object(site.get("zones", {}), f"{path}.zones")
    rules = {
        zone: rules_of({**own, **_object(value, f"{path}.zones.{zone}")}, f"{path}.zones.{zone}")
        for zone, value in zones.items()
    }
    longest_first = sorted(rules.items(), key=lambda each: (-len(each[0]), each[0]))
    return Site(rules_of(own, path), tuple(longest_first))


def _object(value: Any, path: str) -> Mapping[str, Any]:  # noqa: ANN401 - whatever the book holds
    if not isinstance(value, dict):
        raise BadPolicies(f"{path}: a JSON object is needed, not {value!r}")
    return value


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def _check(name: str, value: Any, path: str) -> None:  # noqa: ANN401 - whatever the book holds
    """Refuse a value of the wrong kind; whether its number can be is for the policies to say."""
    if name == "policy":
        if value not in POLICIES:
            raise BadPolicies(f"{path}: {value!r} is none of {', '.join(POLICIES)}")
    elif name == "law":
        for items, weight in _object(value, path).items():
            if not (_names_items(items) and _is_number(weight)):
                raise BadPolicies(
                    f"{path}.{items}: a law gives whole numbers of items a weight of at most {LARGEST:g}"
                )
    elif name == "thresholds":
        if not isinstance(value, list) or not all(_is_number(each) for each in value):
            raise BadPolicies(f"{path}: a list of numbers is needed, not {value!r}")
    elif name in _WHOLE:
        if not (_is_number(value) and isinstance(value, int)):
            raise BadPolicies(f"{path}: a whole number of at most {LARGEST:g} is needed, not {value!r}")
    elif name in _NUMBERS:
        if not _is_number(value):
            raise BadPolicies(f"{path}: a number of at most {LARGEST:g} is needed, not {value!r}")
    else:
        raise BadPolicies(f"{path}: there is no such value; there are {', '.join(VALUES)}")


def _is_number(value: Any) -> bool:  # noqa: ANN401 - whatever the book holds
    """Whether it is a number that can be reckoned with; Python's whole numbers may exceed every float."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _names_items(name: str) -> bool:
    digits = name.removeprefix("-")
    return digits.isdecimal() and len(digits) <= len(str(WIDEST))
