"""Inventory records: the quantity that a bin is expected to hold, and where it was said."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from binwatch.errors import MalformedRecord
from binwatch.evidence import Moved, Recorded
from binwatch.keys import seconds

QUANTITY_HEADER = "expected-quantity"  # x-amz-meta-expected-quantity, as boto3 names it
MAX_QUANTITY = 10_000  # no bin holds more; a larger number is a fault in the record
MAX_RECORD_BYTES = 1_048_576


class Source(StrEnum):
    """Who said the expected quantity, in the order in which they are asked."""

    PHOTO = "photo"
    SIDECAR = "sidecar"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Record:
    """An expected quantity; of two at one key the one with the greater `order` holds.

    `moved` is the known stock movement that the quantity already includes. `stated` is what a standing record
    adds to the evidence: whether it changed by a movement, or was corrected, is for the belief to weigh.
    """

    quantity: int
    order: str
    moved: Moved | None = None
    stated: Recorded | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a record's text says: the expected quantity, by how much stock was moved to make it so, and when.

    `moved_at` is in Unix seconds; None where the record does not say.
    """

    quantity: int
    movement: int = 0
    moved_at: float | None = None


def parse_record(body: bytes) -> Statement:
    """The `EXPECTED_QUANTITY` of a record in ABID's JSON schema, and our `MOVEMENT` and `MOVED_AT`, if any.

    Raises:
        MalformedRecord: no JSON object, no expected quantity, or a number that cannot be.
    """
    try:
        record = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedRecord("record_not_json", "the record is no JSON text") from error
    if not isinstance(record, dict) or "EXPECTED_QUANTITY" not in record:
        raise MalformedRecord("no_expected_quantity", "the record has no EXPECTED_QUANTITY")
    quantity = _plausible(_whole(record["EXPECTED_QUANTITY"], "EXPECTED_QUANTITY", "quantity_not_whole"))
    movement = _whole(record.get("MOVEMENT", 0), "MOVEMENT", "movement_not_whole")
    if abs(movement) > MAX_QUANTITY:
        raise MalformedRecord("movement_impossible", f"nobody moves over {MAX_QUANTITY} items at once")
    return Statement(quantity, movement, _moment(record["MOVED_AT"]) if "MOVED_AT" in record else None)


def parse_header(text: str) -> int:
    """The quantity in a photo's `x-amz-meta-expected-quantity`.

    Raises:
        MalformedRecord: the text is no quantity that a bin can hold.
    """
    digits = text.strip()
    if not (digits.removeprefix("-").isascii() and digits.removeprefix("-").isdecimal() and len(digits) < 20):
        raise MalformedRecord("quantity_not_whole", "x-amz-meta-expected-quantity is no whole number")
    return _plausible(int(digits))


def _whole(value: Any, name: str, code: str) -> int:  # noqa: ANN401 - whatever the record holds
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedRecord(code, f"{name} is no whole number")
    return value


def _moment(value: Any) -> float:  # noqa: ANN401 - whatever the record holds
    try:
        return seconds(str(value))
    except (ValueError, OverflowError) as error:
        raise MalformedRecord("moved_at_no_time", f"MOVED_AT is {value!r}, no ISO 8601 time") from error


def _plausible(quantity: int) -> int:
    if not 0 <= quantity <= MAX_QUANTITY:
        raise MalformedRecord(
            "quantity_impossible", f"no bin holds an expected quantity below 0 or over {MAX_QUANTITY}"
        )
    return quantity
