"""ABID's records: what the inventory says is in a bin, and how many of it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bincount.data.manifest import UNKNOWN


class RecordError(ValueError):
    """The record cannot be read, or says what no record says."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the record of one photo says; NaN and None: it does not."""

    count: int | None = None  # EXPECTED_QUANTITY
    summed: int | None = None  # of the items' quantities; None: no items are listed
    items: float = UNKNOWN  # distinct ones
    volume: float = UNKNOWN  # cubic inches of all units
    weight: float = UNKNOWN  # pounds of all units
    asins: tuple[str, ...] = ()

    @property
    def contradicts_itself(self) -> bool:
        """Whether the items listed do not add up to the count."""
        return self.count is not None and self.summed is not None and self.summed != self.count


def parse_record(data: bytes | str) -> Record:
    """Read one record.

    Raises:
        RecordError: it is no JSON of ABID's kind.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"no JSON: {error}") from error
    if not isinstance(content, dict):
        raise RecordError("no JSON object")
    return record_of(content)


def record_of(content: Mapping[str, Any]) -> Record:
    """Read one record that is parsed already.

    Raises:
        RecordError: it is not of ABID's kind.
    """
    count = _count(content.get("EXPECTED_QUANTITY"), "EXPECTED_QUANTITY")
    listed = content.get("BIN_FCSKU_DATA") or {}
    if not isinstance(listed, dict) or not all(isinstance(each, dict) for each in listed.values()):
        raise RecordError("BIN_FCSKU_DATA is no object of objects")
    if not listed:  # an empty bin lists nothing, and so does a record that only knows the count
        return Record(count, None, 0.0, 0.0, 0.0) if count == 0 else Record(count)
    quantities = [_count(item.get("quantity"), "a quantity") or 0 for item in listed.values()]
    units = list(zip(listed.values(), quantities, strict=True))
    return Record(
        count,
        sum(quantities),
        float(sum(1 for each in quantities if each)),
        sum((_volume(item) * quantity for item, quantity in units), 0.0),
        sum((_measure(item.get("weight"), "pounds") * quantity for item, quantity in units), 0.0),
        tuple(str(asin) for asin, quantity in zip(listed, quantities, strict=True) if quantity),
    )


def _count(value: object, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1 or value < 0:
        raise RecordError(f"{name} is {value!r}, no count")
    return int(value)


def _volume(item: Mapping[str, Any]) -> float:
    return math.prod(_measure(item.get(side), "IN") for side in ("length", "width", "height"))


def _measure(value: object, unit: str) -> float:
    """A measure in the unit that ABID uses; unknown when it is missing, in another unit or not positive."""
    if not isinstance(value, dict) or value.get("unit") != unit:
        return UNKNOWN
    match value.get("value"):
        case int() | float() as number if math.isfinite(number) and number > 0:
            return float(number)
    return UNKNOWN
