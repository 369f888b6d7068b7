"""Assessments: what all that is known of a bin says, at one moment, against its record.

This is all that the life of an alert knows of photos, beliefs and policies.
"""

from dataclasses import dataclass

from binwatch.alerts import Severity
from binwatch.decision import Direction, Verdict
from binwatch.keys import BinId, PhotoAt
from binwatch.records import Source


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a person is shown for an assessment: the newest photo, its P(count), and who decided how.

    `link` leads to the bin's page, where there is one.
    """

    photo: PhotoAt
    probabilities: tuple[float, ...]
    expected_source: Source
    captured_at: str
    model: str
    policy: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict on a bin and what it rests on.

    Args:
        bin: whose.
        verdict: MATCH, MISMATCH or UNSURE; any other says nothing of the record and changes no alert.
        direction: of a MISMATCH.
        severity: by the loss to be expected.
        expected: items, as the record says.
        counted: items, most likely.
        mismatch_probability: r, that the record is wrong.
        look_id: the newest look behind it.
        seen_at: when that look was captured.
        order: that look's place among the bin's looks.
        revision: the bin's, when this was decided; of two assessments of the same looks the greater holds.
        decided_at: when.
        exhibit: what a person is shown.
    """

    bin: BinId
    verdict: Verdict
    direction: Direction | None
    severity: Severity
    expected: int
    counted: int
    mismatch_probability: float
    look_id: str
    seen_at: str
    order: str
    revision: int
    decided_at: str
    exhibit: Exhibit

    @property
    def place(self) -> tuple[str, int]:
        """What sorts the assessments of a bin, whatever order they arrive in."""
        return self.order, self.revision

    @property
    def difference(self) -> int:
        """Items, counted less expected."""
        return self.counted - self.expected

    @property
    def gist(self) -> tuple[Direction | None, Severity, int]:
        """What somebody who acts on it would want to know of when it changes."""
        return self.direction, self.severity, self.difference

    def __str__(self) -> str:
        many = abs(self.difference)
        size = {0: "", 1: " of 1 item"}.get(many, f" of {many} items")
        figures = f"expected {self.expected}, counted {self.counted}, severity {self.severity}"
        return f"{self.direction}{size}: {figures}"
