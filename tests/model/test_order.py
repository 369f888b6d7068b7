"""In which order training sees photos."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.data.looks import next_looks  # noqa: E402
from bincount.training.order import Order, Share, pairs_in  # noqa: E402
from tests.model.counter_builders import some_photos  # noqa: E402


def test_a_pass_sees_every_photo_once_but_for_an_incomplete_batch():
    order = Order(some_photos(21), batch_size=4, seed=1)

    seen = np.concatenate(list(order.batches(1)))

    assert 20 == len(seen) == len(set(seen.tolist()))


def test_passes_differ_and_each_is_the_same_whatever_went_before():
    photos = some_photos(24)
    first, second = (np.concatenate(list(Order(photos, 4, seed=1).batches(epoch))) for epoch in (1, 2))

    again = np.concatenate(list(Order(photos, 4, seed=1).batches(2)))

    assert not np.array_equal(first, second)
    assert np.array_equal(second, again)


def test_photos_of_one_bin_stand_side_by_side_as_they_were_taken():
    photos = some_photos(6, groups=["a", "b", "a", "c", "a", "c"])

    (batch,) = Order(photos, batch_size=6, seed=3).batches(1)
    before, after = pairs_in(batch, next_looks(photos))

    assert {("a", "a"), ("c", "c")} == {
        (photos.groups[batch[i]], photos.groups[batch[j]]) for i, j in zip(before, after, strict=True)
    }
    assert all(batch[i] < batch[j] for i, j in zip(before, after, strict=True))


def test_processes_share_a_batch_evenly_and_miss_nothing():
    batch = np.arange(8)

    parts = [Share(rank, 4).of(batch).tolist() for rank in range(4)]

    assert [[0, 1], [2, 3], [4, 5], [6, 7]] == parts
