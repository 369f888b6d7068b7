"""Groupings: how a site names its aisles, and when a group's trouble is an incident.

The fields bear the names that the policy book gives them, so that a refusal names what an operator wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from binwatch.discrepancies import ImpossiblePolicy

MAX_SIGNS = 200  # the newest of a group, 240 bytes each: its row must stay far below what DynamoDB takes
DAY, WEEK = 1_440, 168  # minutes, hours
LONGEST_SEPARATOR = 16  # characters
RANGES: Mapping[str, tuple[float, float]] = {
    "aisle_parts": (0, 16),
    "incident_window_minutes": (0, DAY),
    "incident_bins": (2, MAX_SIGNS),
    "incident_share": (0, 1),
    "incident_right_share": (0, 1),
    "incident_longest_hours": (0, WEEK),
    "incident_grace_minutes": (0, DAY),
}
ABOVE = ("incident_window_minutes", "incident_share", "incident_right_share", "incident_longest_hours")


def _parts_names(separator: str) -> bool:
    """Whether bins' names can hold it: they are one segment of an object's key."""
    return 0 < len(separator) <= LONGEST_SEPARATOR and "/" not in separator and separator.isprintable()


@dataclass(frozen=True, slots=True)
class Grouping:
    """When bins are grouped, and when a group's trouble is an incident; one for a whole site.

    Args:
        aisle_separator: parts a bin's name…
        aisle_parts: …and so many parts of it name the aisle: with 1, `A-07-3` is in aisle `A`; 0: no aisles.
        incident_window_minutes: signs so close together belong together. Not longer than the hold window of
            alerts: else the first bins' alerts are sent before the incident is seen.
        incident_bins: so many bad bins at least…
        incident_share: …and so many of all bins seen make an incident.
        incident_right_share: it is over when so many of its bins are seen right again…
        incident_longest_hours: …or after so long.
        incident_grace_minutes: for how long after its end the alerts of its bins stay unsent.

    Raises:
        ImpossiblePolicy: a separator that parts no name, or a number that cannot be.
    """

    aisle_separator: str = "-"
    aisle_parts: int = 1
    incident_window_minutes: float = 5.0
    incident_bins: int = 5
    incident_share: float = 0.8
    incident_right_share: float = 0.8
    incident_longest_hours: float = 8.0
    incident_grace_minutes: float = 10.0

    def __post_init__(self) -> None:
        if not _parts_names(self.aisle_separator):
            raise ImpossiblePolicy(
                f"aisle_separator must be 1 to {LONGEST_SEPARATOR} printable characters that bins' names can "
                f"hold (no '/'), not {self.aisle_separator!r}; a site without aisles sets aisle_parts to 0"
            )
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if name in ABOVE and not least < value <= most:
                raise ImpossiblePolicy(f"{name} must be above {least:g} and at most {most:g}, not {value}")
            if not least <= value <= most:
                raise ImpossiblePolicy(f"{name} must lie within {least:g} to {most:g}, not {value}")

    @property
    def window_s(self) -> float:
        """The window, in seconds."""
        return 60 * self.incident_window_minutes

    @property
    def most_signs(self) -> int:
        """How many signs a watch keeps, the newest: of ten times the bins that make an incident.

        So many that a short run of bad ones does not outweigh what was seen before, and no more: by default
        12 kB, which every batch of the group writes.
        """
        return min(10 * self.incident_bins, MAX_SIGNS)

    @property
    def longest_s(self) -> float:
        """The longest that an incident lasts, in seconds."""
        return 3600 * self.incident_longest_hours

    @property
    def grace_s(self) -> float:
        """How long bins stay muted after their incident's end, in seconds."""
        return 60 * self.incident_grace_minutes


NAMES = tuple(each.name for each in fields(Grouping))
BY_DEFAULT = Grouping()
