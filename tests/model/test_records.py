"""What ABID's records say, and what is not believed."""

import json
import math

import pytest

from bincount.data.records import RecordError, parse_record, record_of
from tests.model.data_builders import a_record


def test_a_record_tells_counts_items_volume_and_weight():
    record = record_of(a_record(A1=2, A2=1))

    assert (3, 3, 2.0, 24.0, 1.5) == (record.count, record.summed, record.items, record.volume, record.weight)
    assert ("A1", "A2") == record.asins
    assert not record.contradicts_itself


def test_a_record_whose_items_do_not_add_up_says_so():
    assert record_of(a_record(count=5, A1=2)).contradicts_itself


def test_one_unknown_measure_makes_the_sum_unknown():
    content = a_record(A1=2, A2=1)
    content["BIN_FCSKU_DATA"]["A1"]["weight"] = {"unit": "kilograms", "value": 1}
    del content["BIN_FCSKU_DATA"]["A2"]["height"]

    record = record_of(content)

    assert math.isnan(record.weight)
    assert math.isnan(record.volume)


def test_an_empty_bin_has_no_items_and_a_bare_count_tells_of_none():
    empty, bare = record_of(a_record(count=0)), record_of(a_record(count=3))

    assert (0, 0.0) == (empty.count, empty.items)
    assert 3 == bare.count
    assert math.isnan(bare.items)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"EXPECTED_QUANTITY": -1}', "[" * 100_000])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(RecordError):
        parse_record(text)


@pytest.mark.parametrize("count", [True, "3", 2.5, [], float("nan"), float("inf")])
def test_what_is_no_count_is_refused(count):
    with pytest.raises(RecordError):
        parse_record(json.dumps({"EXPECTED_QUANTITY": count}))


@pytest.mark.parametrize("items", [[1], 3, {"A": 3}, {"A": {"quantity": "x"}}])
def test_items_of_another_shape_are_refused(items):
    content = {"BIN_FCSKU_DATA": items, "EXPECTED_QUANTITY": 1}

    with pytest.raises(RecordError):
        record_of(content)
