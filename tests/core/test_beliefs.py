"""Beliefs: the same evidence gives the same belief, and no more than it is worth."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.beliefs import Belief, Memory, believe, likelihood_of, scaled
from binwatch.decision import Cost, Verdict, assess
from binwatch.discrepancies import ImpossiblePolicy, Law, Prior
from binwatch.errors import BeliefUnreadable
from binwatch.evidence import (
    MOST,
    MOST_BOOKED,
    MOST_RECORDED,
    NO_EVIDENCE,
    Changed,
    CycleCount,
    Evidence,
    Moved,
    Recorded,
    Seen,
)
from binwatch.prediction import Counted, Model
from binwatch.restated import counted_after

CLASSES = 7
USUAL = (1 / CLASSES,) * CLASSES
HOUR = 3600.0
LASTING = Memory(correlation_touched=0, half_life=1e9)  # so that age does not matter
ALL_ALIKE = (1.0,) * CLASSES


def likelihood(count, against=0.1):
    return tuple(1.0 if each == count else against for each in range(CLASSES))


def a_look(count, at, against=0.1, **more):
    return Seen(at * HOUR, f"look {at}", likelihood(count, against), **more)


def a_change(by, before, after):
    values = tuple(1.0 if each == by else 0.01 for each in range(-6, 7))
    return Changed(after * HOUR, f"pair {after}", f"look {before}", f"look {after}", values)


def a_record(quantity, at, moved=0):
    return Recorded(at * HOUR, f"record {at}", quantity, moved)


def evidence(*items):
    found = NO_EVIDENCE
    for item in items:
        found = found.add(item)
    return found


def belief(*items, memory=LASTING, expected=None):
    return believe(evidence(*items), memory, expected)


def mismatch(expected, *items, memory=LASTING):
    known = Belief(belief(*items, memory=memory, expected=expected), USUAL)
    return assess(known, expected, Prior()).mismatch


def likely(values):
    return values.index(max(values))


likelihoods = st.lists(st.floats(0.001, 1), min_size=CLASSES, max_size=CLASSES).map(scaled)
times = st.integers(0, 200)
any_items = st.lists(
    st.one_of(
        st.builds(lambda at, values: Seen(at * HOUR, f"look {at}", values), times, likelihoods),
        st.builds(lambda at, by: Moved(at * HOUR, f"moved {at}", by), times, st.integers(-4, 4)),
        st.builds(lambda at, n: CycleCount(at * HOUR, f"count {at}", n), times, st.integers(0, 8)),
        st.builds(lambda at, n: Recorded(at * HOUR, f"record {at}", n), times, st.integers(0, 8)),
    ),
    max_size=24,
    unique_by=lambda item: item.id,
)
memories = st.builds(Memory, st.floats(0, 1), st.floats(0, 1), st.floats(1, 1000))


@given(any_items, st.randoms(use_true_random=False), memories)
def test_the_order_of_arrival_does_not_matter(items, rng, memory):
    shuffled = rng.sample(items, len(items))

    assert evidence(*items) == evidence(*shuffled)
    assert belief(*items, memory=memory) == belief(*shuffled, memory=memory)


@given(any_items, st.randoms(use_true_random=False))
def test_a_repeated_delivery_changes_nothing(items, rng):
    assert evidence(*items) == evidence(*items, *rng.sample(items, len(items)))


@given(any_items, memories)
def test_a_belief_is_a_likelihood_whose_best_count_is_worth_one(items, memory):
    found = belief(*items, memory=memory)

    assert 1 == max(found)
    assert all(0 < each <= 1 for each in found)


@given(any_items, st.integers(0, 20), memories)
def test_the_posterior_sums_to_one_whatever_the_evidence(items, expected, memory):
    found = assess(Belief(belief(*items, memory=memory), USUAL), expected, Prior())

    assert sum(found.counts) == pytest.approx(1)


@given(
    st.lists(times, min_size=1, max_size=12, unique=True), st.integers(-4, 4), st.integers(0, 20), memories
)
def test_any_number_of_looks_of_a_useless_counter_says_nothing(ats, by, expected, memory):
    looks = [Seen(at * HOUR, f"look {at}", ALL_ALIKE) for at in ats]
    items = [*looks, Moved(100 * HOUR, "moved", by)]

    found = belief(*items, memory=memory, expected=expected)

    assert {1.0} == {round(each, 9) for each in found}
    judged = Cost().judge(Counted(USUAL), Belief(found, USUAL), expected)
    assert Verdict.MATCH is judged.verdict


@given(st.lists(likelihoods, min_size=1, max_size=6))
def test_without_correlation_looks_multiply(looks):
    memory = Memory(correlation=0, half_life=1e9)
    found = belief(*(Seen(at, str(at), each) for at, each in enumerate(looks)), memory=memory)
    product = [prod(each) for each in zip(*looks, strict=True)]

    assert found == pytest.approx([each / max(product) for each in product], rel=1e-4)


@given(likelihoods, st.integers(1, 6))
def test_with_full_correlation_the_same_look_again_says_nothing_new(look, times):
    memory = Memory(correlation=1, half_life=1e9)

    again = belief(*(Seen(at, str(at), look) for at in range(times)), memory=memory)

    assert again == pytest.approx(look, rel=1e-4)


def test_n_looks_of_a_run_are_worth_n_over_one_plus_n_minus_one_rho():
    memory = Memory(correlation=0.5, half_life=1e9)

    three = belief(*(a_look(2, at) for at in range(3)), memory=memory)

    assert three[0] == pytest.approx(0.1 ** (3 / (1 + 2 * 0.5)), rel=1e-4)


def test_looks_between_which_stock_was_moved_do_not_err_alike():
    memory = Memory(correlation=1, correlation_touched=0, half_life=1e9, slip=0)

    touched = belief(a_look(3, 1), Moved(2 * HOUR, "m", -1), a_look(2, 3), memory=memory)

    assert touched[0] == pytest.approx(0.1**2)


def test_looks_before_and_after_a_movement_err_alike_in_a_measure_of_their_own():
    memory = Memory(correlation=1, correlation_touched=0.5, half_life=1e9, slip=0)

    touched = belief(a_look(3, 1), Moved(2 * HOUR, "m", -1), a_look(2, 3), memory=memory)

    assert touched[0] == pytest.approx(0.1 ** (2 / 1.5))


@given(likelihoods, likelihoods, st.floats(0, 0.3), st.integers(0, CLASSES - 1))
def test_a_look_that_says_more_for_the_record_never_raises_the_mismatch(first, second, rho, expected):
    memory = Memory(rho, rho, half_life=1e9)
    more = tuple(1.0 if count == expected else each for count, each in enumerate(second))
    looks = Seen(0, "1", first), Seen(1, "2", second), Seen(1, "2", more)

    before = mismatch(expected, looks[0], looks[1], memory=memory)
    assert mismatch(expected, looks[0], looks[2], memory=memory) <= before + 1e-9


@given(st.lists(likelihoods, max_size=4), likelihoods, st.integers(0, CLASSES - 1), st.floats(0, 0.3))
def test_one_more_look_for_the_record_never_raises_the_mismatch(others, values, expected, rho):
    memory = Memory(rho, rho, half_life=1e9)
    for_the_record = tuple(1.0 if count == expected else each for count, each in enumerate(values))
    looks = [Seen(at, str(at), each) for at, each in enumerate(others)]

    before = mismatch(expected, *looks, memory=memory)
    assert mismatch(expected, *looks, Seen(9, "9", for_the_record), memory=memory) <= before + 1e-4


@given(st.integers(1, 5), st.floats(0, 1), st.integers(0, CLASSES - 1), st.floats(0.01, 1))
def test_one_more_look_that_agrees_as_much_as_the_others_never_raises_the_mismatch(n, rho, expected, against):
    memory = Memory(rho, rho, half_life=1e9)
    looks = [a_look(expected, at, against) for at in range(n + 1)]

    before = mismatch(expected, *looks[:n], memory=memory)
    assert mismatch(expected, *looks, memory=memory) <= before + 1e-9


@given(st.lists(likelihoods, min_size=1, max_size=4), st.integers(1, 8), st.integers(0, CLASSES - 1))
def test_looks_that_say_nothing_take_nothing_from_those_that_do(looks, times, expected):
    memory = Memory(half_life=1e9)
    looks = [Seen(at, str(at), each) for at, each in enumerate(looks)]
    flat = [Seen(10 + at, f"flat {at}", ALL_ALIKE) for at in range(times)]

    assert mismatch(expected, *looks, memory=memory) == pytest.approx(
        mismatch(expected, *looks, *flat, memory=memory)
    )


@pytest.mark.parametrize("counted", [0, 1, 4, 6, 11])
@pytest.mark.parametrize("expected", [0, 2, 5, 9, 15])
def test_a_person_who_counts_otherwise_than_the_record_is_believed(expected, counted):
    known = Belief(belief(a_look(2, 1, 0.001), CycleCount(3 * HOUR, "c", counted), expected=expected), USUAL)

    judged = Cost().judge(Counted(USUAL), known, expected)

    assert (Verdict.MATCH if counted == expected else Verdict.MISMATCH) is judged.verdict
    assert counted == judged.most_likely or counted == expected


def test_three_looks_that_agree_against_the_record_say_more_than_one():
    looks = [a_look(2, at) for at in range(3)]

    assert mismatch(3, *looks, memory=Memory()) > mismatch(3, looks[0], memory=Memory())


def test_a_known_movement_carries_what_was_seen_along():
    moved = belief(a_look(3, 1), Moved(2 * HOUR, "m", -1))

    assert 2 == likely(moved)
    assert mismatch(2, a_look(3, 1), Moved(2 * HOUR, "m", -1)) < 0.01
    assert mismatch(3, a_look(3, 1), Moved(2 * HOUR, "m", -1)) > 0.02


def test_a_movement_that_comes_late_is_put_where_it_belongs():
    after = belief(a_look(3, 1), a_look(2, 3), Moved(2 * HOUR, "m", -1))

    assert after == belief(a_look(3, 1), Moved(2 * HOUR, "m", -1), a_look(2, 3))
    assert 2 == likely(after)


def test_a_movement_that_was_not_done_as_booked_is_found_by_the_next_look():
    items = [a_look(3, 1, 0.01), Moved(2 * HOUR, "m", -1), a_look(3, 3, 0.01), a_look(3, 4, 0.01)]

    assert 3 == likely(belief(*items, expected=2))
    assert mismatch(2, *items) > 0.5


def test_a_record_that_was_wrong_before_a_movement_is_wrong_after_it():
    looks = [a_look(2, at, 0.01) for at in range(3)]

    assert mismatch(3, *looks) == pytest.approx(mismatch(2, *looks, Moved(9 * HOUR, "m", -1)), abs=0.05)
    assert mismatch(3, *looks) > 0.9


def test_a_pick_that_the_record_does_not_state_as_one_makes_nothing_amiss():
    items = [a_record(3, 0), a_look(3, 1, 0.01), a_record(2, 2)]

    assert mismatch(2, *items) < 0.02
    assert mismatch(2, *items, a_look(2, 3, 0.01)) < 0.001
    assert mismatch(2, *items, a_look(3, 3, 0.01)) > 0.3  # nothing was taken out


def test_a_record_that_is_corrected_to_what_was_seen_is_right_and_one_that_is_not_is_wrong():
    items = [a_record(3, 0), a_look(2, 1, 0.01), a_look(2, 2, 0.01)]

    assert mismatch(3, *items) > 0.5
    assert mismatch(2, *items, a_record(2, 3)) < 0.02
    assert mismatch(5, *items, a_record(5, 3)) > 0.5


def test_a_persons_count_speaks_for_the_record_that_is_corrected_after_it():
    items = [a_record(5, 0), CycleCount(HOUR, "c", 3)]

    assert mismatch(5, *items) > 0.5
    assert mismatch(3, *items, a_record(3, 2)) < 0.02


def test_what_a_movement_explains_of_a_record_is_weighed_once():
    picked = [Moved(2 * HOUR, "m", -1), a_record(2, 2, moved=-1)]

    assert belief(a_look(3, 1), picked[0]) == belief(a_record(3, 0), a_look(3, 1), *picked)


def test_a_record_that_is_stated_again_and_again_changes_nothing():
    ageing = Memory()
    nights = [a_record(3, 24 * night) for night in range(MOST_RECORDED + 2)]

    assert belief(a_look(3, 1), memory=ageing) == belief(a_look(3, 1), *nights, memory=ageing)


def test_a_pick_stays_weighed_however_often_its_record_is_stated_again():
    picked = [a_record(5, 0), a_look(5, 1, 0.05), a_record(4, 2)]
    again = [a_record(4, hour) for hour in range(3, MOST_RECORDED + 9)]

    assert mismatch(4, *picked) == pytest.approx(mismatch(4, *picked, *again))
    assert mismatch(4, *picked) < 0.02


def test_a_record_that_is_wrong_for_a_moment_ends_no_suspicion():
    looks = [a_record(5, 0), *(a_look(3, at, 0.01) for at in (1, 2, 3))]

    assert mismatch(5, *looks) > 0.5
    assert mismatch(0, *looks, a_record(0, 4)) > 0.5
    assert mismatch(5, *looks, a_record(0, 4), a_record(5, 5)) > 0.5


@given(st.integers(1, 8), st.integers(1, 8), st.floats(0.05, 0.5))
def test_looks_before_an_unexplained_change_take_nothing_from_those_after_it(before, after, against):
    changed = [a_record(5, 0), a_record(4, 20)]
    earlier = [a_look(5, 1 + at, against) for at in range(before)]
    later = [a_look(5, 21 + at, against) for at in range(after)]

    alone, together = (belief(*changed, *looks, expected=4) for looks in (later, [*earlier, *later]))
    assert together[5] / together[4] >= alone[5] / alone[4] * (1 - 1e-9)


def test_a_movement_that_is_stated_after_the_quantity_it_made_is_weighed_once():
    seen = [a_record(5, 0), a_look(4, 1, 0.05), a_look(4, 2, 0.05), a_look(4, 3, 0.05)]
    picked = Moved(4 * HOUR, "m", -1)
    late = [a_record(4, 5), picked, a_record(4, 6, moved=-1)]

    assert belief(*seen, picked, a_record(4, 6, moved=-1)) == belief(*seen, *late)
    assert mismatch(4, *seen, *late) > 0.5


def test_with_the_share_of_unstated_movements_at_none_every_change_is_a_correction():
    certain = Memory(correlation_touched=0, half_life=1e9, unstated=0)

    changed = belief(a_record(3, 0), a_look(3, 1), a_record(2, 2), memory=certain)

    assert belief(a_look(3, 1), memory=certain) == pytest.approx(changed)


def test_many_items_put_in_lift_the_belief_beyond_what_the_counter_can_tell():
    found = belief(a_look(3, 1), Moved(2 * HOUR, "m", 20))

    assert 23 == likely(found)


def test_nothing_is_believed_before_the_first_look():
    assert (1.0,) == belief() == belief(Moved(1, "m", 3))


def test_the_change_that_a_pair_of_photos_shows_is_checked_against_the_movement():
    items = [a_look(3, 1), Moved(2 * HOUR, "m", -1), Seen(3 * HOUR, "look 3", ALL_ALIKE)]

    as_booked = mismatch(2, *items, a_change(-1, 1, 3))
    nothing_done = mismatch(2, *items, a_change(0, 1, 3))

    assert as_booked < mismatch(2, *items) < nothing_done


def test_a_pair_of_photos_may_show_what_nobody_booked():
    items = [a_look(3, 1), Seen(2 * HOUR, "look 2", ALL_ALIKE)]

    assert mismatch(3, *items) < mismatch(3, *items, a_change(-1, 1, 2))


def test_a_persons_count_ends_what_was_seen_before():
    counted = belief(a_look(3, 1, 0.001), a_look(3, 2, 0.001), CycleCount(3 * HOUR, "c", 5))

    assert counted == belief(CycleCount(3 * HOUR, "c", 5))
    assert 5 == likely(counted)
    assert 5 == likely(belief(CycleCount(3 * HOUR, "c", 5), a_look(3, 1, 0.001)))


def test_looks_after_a_persons_count_are_weighed_with_it():
    one, many = ([a_look(3, at, 0.01) for at in range(4, 4 + n)] for n in (1, 6))

    assert 5 == likely(belief(CycleCount(3 * HOUR, "c", 5), *one))
    assert 3 == likely(belief(CycleCount(3 * HOUR, "c", 5), *many))


def test_evidence_counts_half_after_its_half_life():
    memory = Memory(correlation=0, half_life=10)

    faded = belief(a_look(3, 0), Seen(10 * HOUR, "now", ALL_ALIKE), memory=memory)

    assert faded[0] == pytest.approx(0.1**0.5)


def test_an_old_look_lends_no_doubt_to_a_new_one():
    memory = Memory(correlation=1, half_life=1)

    assert belief(a_look(3, 0), a_look(2, 500), memory=memory) == pytest.approx(likelihood(2))


def test_looks_whose_own_records_differ_without_a_movement_are_of_different_stock():
    before, after = a_look(3, 1, recorded=3), a_look(5, 2, recorded=5)

    assert belief(after) == belief(before, after)


def test_a_movement_explains_why_the_own_records_of_two_looks_differ():
    items = a_look(3, 1, recorded=3), Moved(1.5 * HOUR, "m", 2), a_look(5, 2, recorded=5)

    assert belief(*items)[0] < belief(items[2])[0]


def test_a_counter_with_more_classes_replaces_another():
    finer = Seen(2 * HOUR, "finer", tuple(1.0 if each == 9 else 0.1 for each in range(12)))

    found = belief(a_look(6, 1), finer, memory=Memory(correlation=0, half_life=1e9))

    assert 9 == likely(found)


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


def test_a_count_is_carried_back_over_the_movements_since_the_photo():
    known = evidence(a_look(3, 1), Moved(2 * HOUR, "m", -2), CycleCount(3 * HOUR, "c", 3), a_look(3, 4))

    assert CycleCount(HOUR, "c", 5) == counted_after(known, HOUR)
    assert None is counted_after(known, 3 * HOUR)


def test_a_count_is_not_carried_back_over_a_change_that_the_record_does_not_explain():
    known = evidence(a_record(5, 0), a_look(5, 1), a_record(4, 2), CycleCount(3 * HOUR, "c", 4))

    assert None is counted_after(known, HOUR)


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


@pytest.mark.parametrize(
    "impossible",
    [{"correlation": -0.1}, {"correlation": 1.1}, {"half_life": 0}, {"half_life": float("nan")}, {"slip": 2}],
)
def test_a_memory_that_cannot_be_is_refused(impossible):
    with pytest.raises(ImpossiblePolicy, match="must"):
        Memory(**impossible)


def test_no_photo_rules_a_count_out_altogether():
    certain = Counted((0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0))
    contradiction = [Seen(at, str(at), likelihood_of(certain, Model("m", "1"))) for at in range(2)]

    assert min(belief(*contradiction)) > 0
    assert Law().anything > 0
