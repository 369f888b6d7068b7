"""Moments as binwatch stores them, ISO 8601 text in UTC with milliseconds: they sort as text."""

from datetime import datetime, timedelta

from binwatch.keys import iso


def later(moment: str, seconds: float) -> str:
    """The moment so many seconds after another (before it, if negative)."""
    return iso(datetime.fromisoformat(moment) + timedelta(seconds=seconds))


def seconds_between(earlier: str, moment: str) -> float:
    """How many seconds after the earlier the other moment is."""
    return (datetime.fromisoformat(moment) - datetime.fromisoformat(earlier)).total_seconds()
