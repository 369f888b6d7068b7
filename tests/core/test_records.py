"""Which expected quantities are believed."""

import pytest

from binwatch.errors import MalformedRecord
from binwatch.records import Statement, parse_header, parse_record


@pytest.mark.parametrize("quantity", [0, 1, 12, 10_000])
def test_a_quantity_that_a_bin_can_hold_is_taken(quantity):
    assert Statement(quantity) == parse_record(b'{"EXPECTED_QUANTITY": %d, "BIN_FCSKU_DATA": {}}' % quantity)
    assert quantity == parse_header(f" {quantity} ")


@pytest.mark.parametrize(
    ("body", "code"),
    {
        b"": "record_not_json",
        b"{": "record_not_json",
        b"\xff\xfe\x00": "record_not_json",
        b"[" * 100_000: "record_not_json",
        b'{"EXPECTED_QUANTITY": 1' + b"0" * 5000 + b"}": "record_not_json",
        b"[3]": "no_expected_quantity",
        b"{}": "no_expected_quantity",
        b'{"expected_quantity": 3}': "no_expected_quantity",
        b'{"EXPECTED_QUANTITY": null}': "quantity_not_whole",
        b'{"EXPECTED_QUANTITY": true}': "quantity_not_whole",
        b'{"EXPECTED_QUANTITY": "3"}': "quantity_not_whole",
        b'{"EXPECTED_QUANTITY": 3.5}': "quantity_not_whole",
        b'{"EXPECTED_QUANTITY": NaN}': "quantity_not_whole",
        b'{"EXPECTED_QUANTITY": -1}': "quantity_impossible",
        b'{"EXPECTED_QUANTITY": 10001}': "quantity_impossible",
        b'{"EXPECTED_QUANTITY": 3, "MOVEMENT": "-1"}': "movement_not_whole",
        b'{"EXPECTED_QUANTITY": 3, "MOVEMENT": null}': "movement_not_whole",
        b'{"EXPECTED_QUANTITY": 3, "MOVEMENT": -0.5}': "movement_not_whole",
        b'{"EXPECTED_QUANTITY": 3, "MOVEMENT": 10001}': "movement_impossible",
        b'{"EXPECTED_QUANTITY": 3, "MOVED_AT": "yesterday"}': "moved_at_no_time",
        b'{"EXPECTED_QUANTITY": 3, "MOVED_AT": 7}': "moved_at_no_time",
    }.items(),
    ids=lambda value: repr(value)[:40],
)
def test_any_other_record_is_refused_with_its_reason(body, code):
    with pytest.raises(MalformedRecord) as refused:
        parse_record(body)

    assert code == refused.value.code


def test_a_record_may_say_what_was_just_moved():
    assert Statement(3, movement=-1) == parse_record(b'{"EXPECTED_QUANTITY": 3, "MOVEMENT": -1}')
    when = b'{"EXPECTED_QUANTITY": 3, "MOVEMENT": -1, "MOVED_AT": "1970-01-01T00:01:00.500Z"}'
    assert Statement(3, movement=-1, moved_at=60.5) == parse_record(when)


@pytest.mark.parametrize("header", ["", "three", "3.0", "٣", "--3", "-1", "10001", "9" * 5000])
def test_any_other_header_is_refused(header):
    with pytest.raises(MalformedRecord):
        parse_header(header)
