"""Assessments: what all that is known of a bin says, at one moment, against its record.

This is all that the life of an alert knows of photos, beliefs and policies.
"""

from dataclasses import dataclass
from typing import ClassVar

from binwatch.alerts import Severity
from binwatch.decision import Direction, Verdict
from binwatch.keys import BinId, PhotoAt
from binwatch.records import Source


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a person is shown for an assessment: the newest photo, what it rests on, and who decided how.

    What follows `policy` came later, and is None in what was stored before.

    Args:
        photo: the newest one.
        probabilities: P(count) of that photo alone.
        expected_source: which record expects.
        captured_at: when the photo was taken.
        model: the counter of the photo.
        policy: the rule that decided.
        photo_count: items, as that photo alone was counted.
        photos: on how many photos `Assessment.counted` rests: those since the newest count by a person.
        hand_count: items, by the newest count of a person among the evidence…
        hand_counted_at: …and when that was.
        correct_to: what the record must say, where such a count settles it.
    """

    retired: ClassVar = ("link",)  # stored once, and never set

    photo: PhotoAt
    probabilities: tuple[float, ...]
    expected_source: Source
    captured_at: str
    model: str
    policy: str
    photo_count: int | None = None
    photos: int | None = None
    hand_count: int | None = None
    hand_counted_at: str | None = None
    correct_to: int | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict on a bin and what it rests on.

    Args:
        bin: whose.
        verdict: MATCH, MISMATCH or UNSURE; any other says nothing of the record and changes no alert.
        direction: of a MISMATCH.
        severity: by the loss to be expected.
        expected: items, as the record says.
        counted: items, most likely if the record is wrong (of a MATCH: as expected), by all that is known.
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
        figures = f"expected {self.expected}, most likely {self.counted}, severity {self.severity}"
        return f"{self.direction}{size}: {figures}"
