"""Kept evidence: the newest of a bin, in any order of arrival, read as it was written or refused."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binwatch.beliefs import Memory, believe
from binwatch.errors import BeliefUnreadable
from binwatch.evidence import (
    MOST,
    MOST_BOOKED,
    MOST_OLDER,
    MOST_RECORDED,
    CycleCount,
    Evidence,
    Moved,
    Recorded,
)
from tests.core.evidence_builders import (
    HOUR,
    a_change,
    a_look,
    a_record,
    any_items,
    evidence,
    likely,
    many_items,
    overtaken,
    said_by,
)


@given(st.permutations(range(MOST + 4)))
def test_a_bin_keeps_the_newest_evidence_and_what_is_older_stays_away(order):
    kept = evidence(*(a_look(3, at) for at in order))

    assert [f"look {at}" for at in range(4, MOST + 4)] == [item.id for item in kept.items]
    assert kept is not kept.add(a_look(3, 0))
    assert kept == kept.add(a_look(3, 0))


def test_a_persons_count_outlives_the_looks_that_come_after_it():
    looks = [a_look(4, at, 0.2) for at in range(1, MOST + 5)]

    kept = evidence(CycleCount(0, "c", 5), *looks)

    assert "c" in kept
    assert 5 == likely(believe(kept, Memory(correlation=1, half_life=1e9)))


@given(st.permutations(range(MOST_BOOKED + 4)))
def test_where_a_movement_is_forgotten_so_is_all_before_it(order):
    moves = {at: Moved(at * HOUR, f"m {at}", 1) for at in order}

    kept = evidence(a_look(3, -1), CycleCount(-2 * HOUR, "c", 3), *(moves[at] for at in order))

    assert [f"m {at}" for at in range(4, MOST_BOOKED + 4)] == [item.id for item in kept.items]


def test_where_a_change_of_the_record_is_forgotten_so_is_all_before_it_but_what_it_changed():
    number = MOST_RECORDED + MOST_OLDER + 4

    kept = evidence(CycleCount(-2 * HOUR, "c", 3), a_look(3, -1), *(a_record(at, at) for at in range(number)))

    assert [f"record {at}" for at in range(3, number)] == [item.id for item in kept.items]


def test_statements_that_repeat_what_was_stated_drive_nothing_out():
    kept = evidence(CycleCount(-HOUR, "c", 3), *(a_record(3, at) for at in range(2 * MOST_RECORDED)))

    assert ["c", "record 0"] == [item.id for item in kept.items[:2]]
    assert MOST_RECORDED + 2 == len(kept.items)


def test_a_look_that_comes_after_its_time_was_forgotten_is_forgotten_too():
    moves = [Moved(at * HOUR, f"m {at}", 1) for at in range(MOST_BOOKED + 1)]

    kept = evidence(*moves)

    assert kept == kept.add(a_look(3, 0))
    assert kept == Evidence.from_json(kept.to_json()).add(a_look(3, 0))


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 3))
def test_any_order_of_far_more_than_is_kept_gives_one_belief(seed, steps, quantities):
    rng = random.Random(seed)
    items = many_items(rng, 250, records=MOST_RECORDED, quantities=quantities)

    beliefs = {said_by(evidence(*rng.sample(items, len(items))), steps) for _ in range(2)}

    assert 1 == len(beliefs)


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_statements_may_be_overtaken_by_as_many_as_are_kept_however_many_there_are(seed, quantities):
    rng = random.Random(seed)
    items = many_items(rng, 300, records=180, quantities=quantities)

    beliefs = {said_by(evidence(*overtaken(rng, items, MOST_RECORDED - 1)), 4) for _ in range(2)}

    assert 1 == len(beliefs)


def test_a_statement_that_more_have_overtaken_changes_nothing():
    kept = evidence(a_look(3, 0), *(a_record(3, at) for at in range(1, 2 * MOST_RECORDED)))

    assert kept == kept.add(Recorded(1.5 * HOUR, "late", 7))
    assert kept != kept.add(Recorded((MOST_RECORDED + 1.5) * HOUR, "in time", 7))


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_evidence_that_was_stored_in_between_is_the_same(seed):
    rng = random.Random(seed)
    kept = stored = evidence()
    for item in rng.sample(items := many_items(rng, 200, records=80), len(items)):
        kept, stored = kept.add(item), Evidence.from_json(stored.to_json()).add(item)

    assert kept == stored


@given(any_items)
def test_evidence_is_read_as_it_was_written(items):
    kept = evidence(*items, a_change(-1, 1, 2))

    assert kept == Evidence.from_json(kept.to_json())


def test_evidence_of_the_older_schema_is_read_and_written_in_the_newer_one():
    older = '{"schema": 1, "items": [["moved", 3600.0, "m", -1]]}'

    assert evidence(Moved(HOUR, "m", -1)) == Evidence.from_json(older)
    assert '{"schema":2,"items":[["moved",3600.0,"m",-1]]}' == Evidence.from_json(older).to_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"schema": 0, "items": []}',
        '{"schema": 3, "items": []}',
        '{"schema": 2, "items": [["recorded", 1, "a", 3]]}',
        '{"schema": 1}',
        '{"schema": 1, "items": [["seen", 1]]}',
        '{"schema": 1, "items": [["smelt", 1, "a", 3]]}',
        '{"schema": 1, "items": [["seen", 1, "a", null, [1, NaN]]]}',
        '{"schema": 1, "items": [["seen", 1, "a", null, [1, 0]]]}',
        '{"schema": 1, "items": [["seen", NaN, "a", null, [1, 0.5]]]}',
        '{"schema": 1, "items": [["seen", 1, "a", null, [1]]]}',
        '{"schema": 1, "items": [["changed", 1, "a", "b", "c", [1, 0.5]]]}',
    ],
)
def test_evidence_of_another_schema_or_damaged_is_refused(text):
    with pytest.raises(BeliefUnreadable) as refused:
        Evidence.from_json(text)

    assert "belief_unreadable" == refused.value.code
