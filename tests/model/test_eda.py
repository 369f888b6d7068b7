"""The data page: one file, true figures, and no split that was not asked for."""

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: requirements/model.txt")

from bincount.data.dataset import DataMissing, Photos, load, load_several
from bincount.data.eda import look
from bincount.data.figures import differences, spearman
from bincount.data.looks import repeated_looks
from bincount.data.sources import silently
from bincount.data.suspects import doubts
from binwatch.prediction import Model
from tests.model.data_builders import a_folder, a_pack, a_record, prepared

ROWS = [("1", 3, "train", 0), ("2", 2, "train", 0), ("9", 5, "val", 1), ("77", 4, "test", 2)]


class Certain:
    """A counter that is sure of the same count on every photo."""

    model = Model("certain", "1", ())

    def __init__(self, count):
        self.count = count

    def predict(self, photos):
        return np.tile(0.9 * np.eye(4)[self.count] + 0.025, (len(photos), 1)).astype(np.float32)


@pytest.fixture
def data(tmp_path):
    pack = a_pack(tmp_path / "pack", ROWS, {"1": a_record(A=2, B=1), "2": a_record(count=2, A=1)})
    prepared(tmp_path / "data", pack)
    return tmp_path / "data"


def test_the_page_shows_the_splits_asked_for_and_no_other(data):
    page, facts = look(data, ("train", "val"), 0, None, silently)

    assert 3 == facts["photos"]
    assert ["photo 1", "photo 2", "photo 9"] == [
        each for each in ("photo 1", "photo 2", "photo 9") if each in page
    ]
    assert "photo 77" not in page


def test_the_page_needs_nothing_from_elsewhere(data):
    page, _ = look(data, ("train",), 0, None, silently)

    loaded = [each for each in ("<script", "<link", 'src="http', "url(http", "@import") if each in page]
    assert [] == loaded


def test_records_that_do_not_add_up_are_shown(data):
    page, facts = look(data, ("train",), 0, None, silently)

    assert 1 == facts["sum_differs"]
    assert "items add up to 1" in page


def test_the_labels_that_a_counter_finds_least_likely_come_first(data):
    photos = load_several(data, ("train", "val"))

    found = doubts(Certain(2), photos, silently)

    assert pytest.approx([0.025, 0.925, 0.025]) == found.likelihood.tolist()  # 5 is "3 or more"
    assert [0, 2, 1] == found.order().tolist()
    page, facts = look(data, ("train", "val"), 0, lambda _: found, silently)
    assert ["1", "9", "2"] == facts["most_doubtful"]
    assert "p(record) 2.5e-02" in page


def test_drawn_bins_have_a_page_though_nothing_is_known_of_their_items(tmp_path):
    prepared(
        tmp_path / "data", a_folder(tmp_path / "photos", {f"s-{n}": a_record(count=n % 4) for n in range(30)})
    )

    page, facts = look(tmp_path / "data", ("train", "val"), 0, None, silently)

    assert 0 == facts["bins_seen_again"]
    assert "No bin here was photographed twice" in page


def test_a_folder_without_data_is_refused(tmp_path):
    with pytest.raises(DataMissing):
        look(tmp_path, ("train",), 0, None, silently)


def test_looks_at_one_bin_are_near_photos_of_one_group(data):
    photos = load(data, "train")
    unknown = np.full(7, np.nan)
    ids, groups = ("1", "2", "3", "500", "501", "x", "y"), np.array(["a", "b", "a", "a", "a", "c", "c"])
    several = Photos(
        ids, np.zeros((7, 1)), np.array([5, 9, 4, 8, 1, 3, 3]), groups, unknown, unknown, unknown
    )

    assert [[0, 1]] == [each.tolist() for each in repeated_looks(photos)]
    assert [-1] == differences(photos).tolist()
    assert [[0, 2], [3, 4]] == [each.tolist() for each in repeated_looks(several)]


@pytest.mark.parametrize(
    ("x", "y", "rho"),
    [
        ([1, 2, 3, 4], [10, 20, 25, 90], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 1, 2, 2], [1, 2, 1, 2], 0.0),
        ([1, 2, 2, 3], [1, 2, 3, 4], 0.9486833),
        ([1, 2, 3, np.nan], [3, 2, 1, 9], -1.0),
        ([1, 2], [1, 2], np.nan),
        ([1, 1, 1], [1, 2, 3], np.nan),
    ],
)
def test_the_correlation_is_of_ranks(x, y, rho):
    assert pytest.approx(rho, nan_ok=True) == spearman(np.array(x, float), np.array(y, float))
