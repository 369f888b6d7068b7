"""Records made wrong on purpose, as a pick or a stow gone wrong would leave them."""

import json
import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from binwatch.discrepancies import DISCREPANCIES
from binwatch.errors import MalformedRecord
from binwatch.records import parse_record
from binwatch_local.photos import Capture

AT_LEAST_ONE_FROM = 10  # among so many photos, a share above zero plants at least one


@dataclass(frozen=True, slots=True)
class Planted:
    """One record made wrong."""

    photo_key: str
    right: int
    written: int

    def to_json(self) -> dict[str, Any]:
        """The planting for a state file."""
        return asdict(self)


def plant(
    captures: Iterable[Capture], share: float, seed: int
) -> tuple[tuple[Capture, ...], tuple[Planted, ...]]:
    """Make a share of the records wrong; the same seed makes the same records wrong in the same way.

    Args:
        captures: the photos with their records; those without a sound record stay as they are.
        share: the part of the sound records to alter, 0 to 1.
        seed: chooses which, and by how much.

    Returns:
        All captures, some altered, and what was altered.
    """
    everything = tuple(captures)
    sound = {
        capture.photo_key: quantity for capture in everything if (quantity := _quantity(capture)) is not None
    }
    rng = random.Random(f"plant {seed}")  # noqa: S311 (a choice of records, no secret)
    chosen = rng.sample(sorted(sound), how_many(len(sound), share))
    plantings = {key: Planted(key, sound[key], wrong_quantity(sound[key], rng)) for key in sorted(chosen)}
    altered = tuple(
        _altered(capture, plantings[capture.photo_key]) if capture.photo_key in plantings else capture
        for capture in everything
    )
    return altered, tuple(plantings.values())


def how_many(sound: int, share: float) -> int:
    """How many of the sound records to alter."""
    least = 1 if share > 0 and sound >= AT_LEAST_ONE_FROM else 0
    return min(sound, max(least, round(share * sound)))


def wrong_quantity(right: int, rng: random.Random) -> int:
    """A quantity by the law of `DISCREPANCIES`, never below 0 and never the right one."""
    possible = [delta for delta in DISCREPANCIES if right + delta >= 0]
    return right + rng.choices(possible, weights=[DISCREPANCIES[delta] for delta in possible])[0]


def _quantity(capture: Capture) -> int | None:
    """The expected quantity of a sound record."""
    if capture.record is None:
        return None
    try:
        return parse_record(capture.record).quantity
    except MalformedRecord:
        return None


def _altered(capture: Capture, planted: Planted) -> Capture:
    if capture.record is None:
        return capture
    record = json.loads(capture.record)
    record["EXPECTED_QUANTITY"] = planted.written
    return replace(capture, record=json.dumps(record, ensure_ascii=False).encode())
