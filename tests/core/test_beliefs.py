"""Beliefs: the same evidence gives the same belief, and no more than it is worth."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.beliefs import Belief, Memory, likelihood_of
from binwatch.decision import Cost, Verdict, assess
from binwatch.discrepancies import ImpossiblePolicy, Law, Prior
from binwatch.evidence import CycleCount, Moved, Seen
from binwatch.prediction import Counted, Model
from tests.core.evidence_builders import (
    ALL_ALIKE,
    CLASSES,
    HOUR,
    USUAL,
    a_change,
    a_look,
    any_items,
    belief,
    evidence,
    likelihood,
    likelihoods,
    likely,
    memories,
    mismatch,
    times,
)


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


@given(likelihoods, likelihoods, st.floats(0, 0.35), st.integers(0, CLASSES - 1))
def test_a_look_that_says_more_for_the_record_never_raises_the_mismatch(first, second, rho, expected):
    memory = Memory(rho, rho, half_life=1e9)
    more = tuple(1.0 if count == expected else each for count, each in enumerate(second))
    looks = Seen(0, "1", first), Seen(1, "2", second), Seen(1, "2", more)

    before = mismatch(expected, looks[0], looks[1], memory=memory)
    assert mismatch(expected, looks[0], looks[2], memory=memory) <= before + 1e-9


@given(st.lists(likelihoods, max_size=4), likelihoods, st.integers(0, CLASSES - 1), st.floats(0, 0.35))
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
    items = [a_look(3, 1, 0.005), Moved(2 * HOUR, "m", -1), a_look(3, 3, 0.005), a_look(3, 4, 0.005)]

    assert 3 == likely(belief(*items, expected=2))
    assert mismatch(2, *items) > 0.5


def test_a_record_that_was_wrong_before_a_movement_is_wrong_after_it():
    looks = [a_look(2, at, 0.01) for at in range(3)]

    assert mismatch(3, *looks) == pytest.approx(mismatch(2, *looks, Moved(9 * HOUR, "m", -1)), abs=0.05)
    assert mismatch(3, *looks) > 0.9


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
