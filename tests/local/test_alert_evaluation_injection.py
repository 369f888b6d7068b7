"""Records made wrong, and the looks at their bins."""

from collections import Counter

import numpy as np
import pytest

from binwatch.beliefs import Memory
from binwatch.discrepancies import MEASURED, Law
from binwatch.evidence import Moved, Recorded
from binwatch_local.alert_evaluation.bins import NoMovements, law_of
from binwatch_local.alert_evaluation.injection import inject, without_a_photo
from binwatch_local.alert_evaluation.looking import Believer, Looks, draw, evidence_of
from tests.local.counted_bins import bins_of, labels_of, many_bins, rather_sure_of

FULL = bins_of([[30 + place % 5] for place in range(2000)])  # so full that every change is possible


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("rate", [0.005, 0.02, 0.5])
def test_so_many_records_are_wrong_as_the_rate_says(rate):
    shares = [inject(FULL, rate, MEASURED, rng(seed)).wrong.mean() for seed in range(20)]

    assert rate == pytest.approx(np.mean(shares), abs=0.0005)


def test_wrong_records_are_off_by_the_law():
    records = inject(FULL, 0.999, MEASURED, rng())
    off = Counter((records.expected - FULL.counts)[records.wrong].tolist())

    for items, chance in MEASURED.chances.items():
        assert chance == pytest.approx(off[items] / off.total(), abs=0.03)
    assert set(off) <= set(MEASURED.chances)


def test_no_record_expects_less_than_nothing():
    bins = bins_of([[0], [1], [2, 1]] * 50)
    records = inject(bins, 0.9, MEASURED, rng())

    assert records.expected.min() >= 0
    assert (records.expected[records.wrong] != bins.counts[records.wrong]).all()


def test_right_records_stay_as_they_were():
    bins = many_bins()
    records = inject(bins, 0.3, MEASURED, rng())

    assert (records.expected == bins.counts)[~records.wrong].all()


def test_all_looks_at_a_bin_see_the_same_discrepancy():
    bins = many_bins()
    records = inject(bins, 0.5, MEASURED, rng())
    off = records.expected - bins.counts

    assert all(len({int(off[place]) for place in chain}) == 1 for chain in bins.chains)


def test_a_bin_that_the_law_cannot_touch_stays_right():
    records = inject(bins_of([[0], [5]] * 20), 0.9, Law.of({-3: 1}), rng())

    assert not records.wrong[::2].any()
    assert records.wrong[1::2].any()


def test_the_law_of_the_data_is_what_changed_between_looks():
    law = law_of(labels_of([[5, 4], [7, 6], [2, 4], [3, 3], [9]]))

    assert {-1: pytest.approx(2 / 3), 2: pytest.approx(1 / 3)} == law.chances


def test_without_any_movement_there_is_no_law():
    with pytest.raises(NoMovements):
        law_of(labels_of([[5], [4]]))


def test_photos_of_one_bin_share_a_fold():
    bins = many_bins()

    assert all(len({int(bins.folds[place]) for place in chain}) == 1 for chain in bins.chains)
    assert {0, 1, 2, 3, 4} == set(bins.folds.tolist())


def test_real_looks_come_first_the_nearest_first():
    bins = bins_of([[5, 4, 3, 5]])

    assert [(1, 2), (0, 2), (1, 3), (2, 1)] == [each.real for each in draw(bins, 3, 0.3, rng())]


def test_looks_that_were_not_taken_are_of_other_bins_with_the_same_count():
    bins = many_bins()
    found = [(each.newest, place) for each in draw(bins, 5, 0.0, rng()) for place in each.drawn]

    assert all(bins.counts[one] == bins.counts[other] for one, other in found)
    assert all(bins.labels.groups[one] != bins.labels.groups[other] for one, other in found)


def test_so_many_of_them_repeat_the_newest_as_rho_says():
    drawn = [(each.newest == place) for each in draw(many_bins(900), 5, 0.3, rng()) for place in each.drawn]

    assert pytest.approx(0.3, abs=0.03) == np.mean(drawn)


def test_a_count_that_no_other_bin_has_repeats_the_newest():
    found = draw(bins_of([[5], [4]]), 3, 0.0, rng())

    assert [(0, 0), (1, 1)] == [each.drawn for each in found]


def test_between_real_looks_the_record_moves():
    evidence = evidence_of(Looks(2, (1, 0)), bins_of([[5, 4, 6]]))

    assert [-1, 2] == [item.by for item in evidence.items if isinstance(item, Moved)]


def test_a_later_look_is_taken_as_an_earlier_one_with_its_movement_reversed():
    evidence = evidence_of(Looks(0, (1,)), bins_of([[5, 4]]))

    assert [1] == [item.by for item in evidence.items if isinstance(item, Moved)]


def test_a_record_that_states_no_movements_only_changes_between_the_looks():
    items = evidence_of(Looks(2, (1, 0), stated=False), bins_of([[5, 4, 4]])).items

    assert [5, 4] == [item.quantity for item in items if isinstance(item, Recorded)]
    assert ["record 0", "look 1", "record 2", "look 3", "look 4"] == [item.id for item in items]


def test_looks_that_agree_make_surer():
    bins = bins_of([[5, 4]], rather_sure_of)
    believer = Believer(bins, Memory())

    once, twice = (believer(looks, 5).likelihood for looks in (Looks(0), Looks(0, (1,))))

    assert once[5] == twice[5] == 1
    assert twice[4] < once[4]


def test_a_quantity_that_is_rarely_right_is_suspect_without_a_photo():
    usual, unusual = without_a_photo(np.repeat([3, 4, 5], 100), np.array([4, 6]), Law.of({-1: 1, 1: 1}))

    assert pytest.approx(1) == usual
    assert unusual > 10
