"""The values of a policy book: what they are called, and of what kind each must be."""

from collections.abc import Mapping
from typing import Any

from binwatch.discrepancies import WIDEST

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
    "incident_window_minutes",
    "incident_share",
    "incident_right_share",
    "incident_longest_hours",
    "incident_grace_minutes",
)
_WHOLE = ("most", "visits", "relooks_at_most", "aisle_parts", "incident_bins")
LARGEST = 1e9  # of any number of a book; what is made of such numbers is far from overflowing
VALUES = ("policy", "law", "thresholds", "aisle_separator", *_NUMBERS, *_WHOLE)


class BadPolicies(ValueError):
    """A policy book that cannot be; the message says where in it."""


def object_at(value: Any, path: str) -> Mapping[str, Any]:  # noqa: ANN401 - whatever the book holds
    """What is a JSON object; anything else is refused with its path."""
    if not isinstance(value, dict):
        raise BadPolicies(f"{path}: a JSON object is needed, not {value!r}")
    return value


def check(name: str, value: Any, path: str) -> None:  # noqa: ANN401 - whatever the book holds
    """Refuse a value of the wrong kind; whether its number can be is for the policies to say."""
    if name == "policy":
        if value not in POLICIES:
            raise BadPolicies(f"{path}: {value!r} is none of {', '.join(POLICIES)}")
    elif name == "law":
        for items, weight in object_at(value, path).items():
            if not (_names_items(items) and _is_number(weight)):
                raise BadPolicies(
                    f"{path}.{items}: a law gives whole numbers of items a weight of at most {LARGEST:g}"
                )
    elif name == "thresholds":
        if not isinstance(value, list) or not all(_is_number(each) for each in value):
            raise BadPolicies(f"{path}: a list of numbers is needed, not {value!r}")
    elif name == "aisle_separator":
        if not isinstance(value, str):
            raise BadPolicies(f"{path}: a text is needed, not {value!r}")
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
