"""Inventory records: the quantity that a bin is expected to hold, and where it was said."""

import json
from dataclasses import dataclass
from enum import StrEnum

from binwatch.errors import MalformedRecord

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
    """An expected quantity; of two at one key the one with the greater `order` holds."""

    quantity: int
    order: str


def parse_record(body: bytes) -> int:
    """The `EXPECTED_QUANTITY` of a record in ABID's JSON schema.

    Raises:
        MalformedRecord: no JSON object, no such field, or no quantity that a bin can hold.
    """
    try:
        record = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedRecord("record_not_json", "the record is no JSON text") from error
    if not isinstance(record, dict) or "EXPECTED_QUANTITY" not in record:
        raise MalformedRecord("no_expected_quantity", "the record has no EXPECTED_QUANTITY")
    quantity = record["EXPECTED_QUANTITY"]
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise MalformedRecord("quantity_not_whole", "EXPECTED_QUANTITY is no whole number")
    return _plausible(quantity)


def parse_header(text: str) -> int:
    """The quantity in a photo's `x-amz-meta-expected-quantity`.

    Raises:
        MalformedRecord: the text is no quantity that a bin can hold.
    """
    digits = text.strip()
    if not (digits.removeprefix("-").isascii() and digits.removeprefix("-").isdecimal() and len(digits) < 20):
        raise MalformedRecord("quantity_not_whole", "x-amz-meta-expected-quantity is no whole number")
    return _plausible(int(digits))


def _plausible(quantity: int) -> int:
    if not 0 <= quantity <= MAX_QUANTITY:
        raise MalformedRecord(
            "quantity_impossible", f"no bin holds an expected quantity below 0 or over {MAX_QUANTITY}"
        )
    return quantity
