"""Side information of the record's items cannot tell what was injected."""

import numpy as np
import pytest

from bincount.data.manifest import Row, manifest_text
from binwatch_local.alert_evaluation.items import (
    ALONE,
    BLIND,
    LISTING,
    NoItems,
    UsualBySize,
    cases_of,
    compared,
)
from binwatch_local.alert_evaluation.logistic import cross_fitted
from tests.local.counted_bins import LAST, bins_of, many_bins, rather_sure_of


def a_manifest(folder, bins, volume_of):
    """Records that list items of which one has a volume of `volume_of(count)`; training has as many again."""
    path = folder / "manifest.csv"
    known = zip(bins.labels.ids, bins.counts.tolist(), bins.labels.groups.tolist(), strict=True)
    rows = [
        Row(split + id_, count, group, split, 0, 0, 1, count * volume_of(count), 1.0 * count)
        for id_, count, group in known
        for split in ("train", "val")
    ]
    val = [
        Row(
            row.id[3:],
            *(
                getattr(row, name)
                for name in ("count", "group", "split", "shard", "row", "items", "volume", "weight")
            ),
        )
        for row in rows
        if row.split == "val"
    ]
    path.write_text(manifest_text([row for row in rows if row.split == "train"] + val))
    return path


def test_every_photo_and_every_record_is_as_often_right_as_wrong():
    cases = cases_of(many_bins(60))

    for each in (cases.photo, cases.record):
        right, wrong = (sorted(each[cases.wrong == wanted].tolist()) for wanted in (False, True))
        assert right == wrong


def test_two_looks_between_which_nothing_changed_are_no_case():
    with pytest.raises(NoItems):
        cases_of(bins_of([[3, 3], [5]]))


def test_the_record_alone_tells_nothing_even_where_volume_gives_the_count_away(tmp_path):
    bins = many_bins(300, rather_sure_of)

    found = compared(bins, a_manifest(tmp_path, bins, lambda count: 1.0 + count))
    alone = next(row for row in found["rows"] if row["score"] == ALONE)

    assert alone["figures"][0] == pytest.approx(0.02, abs=0.002)


def test_with_a_sure_counter_the_items_win_nothing(tmp_path):
    bins = many_bins(150, rather_sure_of)

    found = compared(bins, a_manifest(tmp_path, bins, lambda count: 7.0))
    figures = {row["score"]: row["figures"] for row in found["rows"]}

    assert figures[BLIND][0] == pytest.approx(1)
    assert figures[LISTING][0] == pytest.approx(1)
    assert not found["wins"]


def test_bins_of_large_items_are_known_to_hold_few():
    rows = [Row(str(n), 1 + n % 2 * 5, "g", "train", 0, n, 1, (100, 6)[n % 2], 1) for n in range(400)]

    usual = UsualBySize.fit(rows, LAST)

    assert usual(100)[1] > 0.7 > usual.whole[1]
    assert usual(1)[6] > 0.7 > usual.whole[6]
    assert usual(np.nan) == usual.whole


def test_a_regression_finds_what_tells_and_is_judged_on_other_bins():
    rng = np.random.default_rng(0)
    wrong, folds = rng.random(500) < 0.5, rng.integers(0, 5, 500)
    features = np.column_stack([wrong + rng.normal(0, 0.3, 500), rng.normal(0, 1, 500)])
    features[::50, 1] = np.nan

    odds = cross_fitted(features, wrong, folds)

    assert ((odds > 0) == wrong).mean() > 0.9
