"""Kept evidence: the newest of a bin, in any order of arrival, read as it was written or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.beliefs import Memory, believe
from binwatch.errors import BeliefUnreadable
from binwatch.evidence import MOST, MOST_BOOKED, MOST_RECORDED, CycleCount, Evidence, Moved
from tests.core.evidence_builders import HOUR, a_change, a_look, a_record, any_items, evidence, likely


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


@given(st.permutations(range(MOST_RECORDED + 4)))
def test_where_a_change_of_the_record_is_forgotten_so_is_all_before_it(order):
    kept = evidence(CycleCount(-2 * HOUR, "c", 3), a_look(3, -1), *(a_record(at, at) for at in order))

    stated = [f"record {at}" for at in range(4, MOST_RECORDED + 4)]
    assert stated == [item.id for item in kept.items]


def test_statements_that_repeat_what_was_stated_drive_nothing_out():
    kept = evidence(CycleCount(-HOUR, "c", 3), *(a_record(3, at) for at in range(MOST_RECORDED + 9)))

    assert ["c", "record 0"] == [item.id for item in kept.items[:2]]
    assert MOST_RECORDED + 1 == len(kept.items)


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
