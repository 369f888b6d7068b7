"""Records made wrong on purpose: how many, how far, which."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.discrepancies import DISCREPANCIES
from binwatch_local.planting import how_many, plant, wrong_quantity
from tests.local.builders import a_jpeg, a_record, a_source, bins


@given(st.integers(0, 10_000), st.integers())
def test_a_wrong_quantity_is_never_the_right_one_and_never_negative(right, seed):
    wrong = wrong_quantity(right, random.Random(seed))

    assert wrong >= 0
    assert wrong - right in DISCREPANCIES


def test_quantities_go_wrong_by_the_law():
    rng = random.Random(0)
    drawn = [wrong_quantity(100, rng) - 100 for _ in range(25_000)]

    for delta, weight in DISCREPANCIES.items():
        assert drawn.count(delta) / 25_000 == pytest.approx(weight / sum(DISCREPANCIES.values()), abs=0.01)


@pytest.mark.parametrize(
    ("sound", "share", "planted"),
    [(0, 0.5, 0), (9, 0.05, 0), (10, 0.05, 1), (10, 0.0001, 1), (350, 0.05, 18), (350, 0, 0), (3, 1, 3)],
)
def test_the_share_decides_how_many(sound, share, planted):
    assert how_many(sound, share) == planted


def test_what_was_planted_is_what_is_sent():
    captures, planted = plant(bins([3] * 40).captures, 0.1, seed=1)

    sent = {each.photo_key: json.loads(each.record)["EXPECTED_QUANTITY"] for each in captures}
    assert len(planted) == 4
    assert {each.photo_key: each.written for each in planted} == {key: n for key, n in sent.items() if n != 3}
    assert all(each.right == 3 for each in planted)


def test_the_same_seed_plants_the_same():
    source = bins([3] * 40).captures

    assert plant(source, 0.2, seed=5) == plant(source, 0.2, seed=5)
    assert plant(source, 0.2, seed=5)[1] != plant(source, 0.2, seed=6)[1]


def test_the_order_of_the_photos_does_not_matter():
    source = bins(range(40)).captures

    assert set(plant(source, 0.2, seed=5)[1]) == set(plant(reversed(source), 0.2, seed=5)[1])


def test_the_rest_of_a_record_stays():
    record = b'{"BIN_FCSKU_DATA": {"B0": {"name": "F\xc3\xa4cher", "quantity": 2}}, "EXPECTED_QUANTITY": 2}'
    source = a_source({"1.jpg": a_jpeg(), "1.json": record})

    (capture,), _ = plant(source.captures, 1, seed=0)

    assert json.loads(capture.record)["BIN_FCSKU_DATA"] == {"B0": {"name": "Fächer", "quantity": 2}}


@pytest.mark.parametrize(
    "record", [b"{not json", b"[]", b'{"EXPECTED_QUANTITY": -3}', b'{"EXPECTED_QUANTITY": "3"}']
)
def test_a_record_that_is_no_sound_one_stays_as_it_is(record):
    source = a_source(
        {"1.jpg": a_jpeg(), "1.json": record, "2.jpg": a_jpeg(), "3.jpg": a_jpeg(), "3.json": a_record(1)}
    )

    captures, planted = plant(source.captures, 1, seed=0)

    assert captures[:2] == source.captures[:2]
    assert [each.photo_key for each in planted] == ["bin-images/3.jpg"]
