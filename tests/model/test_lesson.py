"""How a counter's answers to a batch are marked."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.lesson import Lesson, Records, Truth  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

CPU = torch.device("cpu")
BLENDING = replace(TINY, mixup=0.4)


class Looking(torch.nn.Module):
    """A counter that remembers what it was shown, and says the same of everything."""

    side = None

    def row(self, low):
        self.shown = low
        return torch.zeros(len(low), 1)

    def count(self, row):
        return torch.zeros(len(row), TINY.classes)


def marked(config, low, counts, *, training=True):
    lesson = Lesson(Looking(), config).train(training)
    unknown = torch.full((len(counts),), float("nan"))
    none = torch.zeros(0, dtype=torch.long)
    lesson(low, Truth(torch.tensor(counts), unknown, unknown, none, none))
    return lesson.counter.shown


def test_half_of_a_batch_stays_and_the_rest_are_blends_of_two_photos():
    torch.manual_seed(0)
    low = torch.arange(6.0).view(6, 1, 1, 1)

    shown = marked(BLENDING, low, [0, 1, 2, 3, 4, 5]).flatten()

    assert [0, 1, 2] == shown[:3].tolist()
    assert 4 == shown[4]  # the middle one of three is blended with itself
    assert all(3 < each < 5 for each in shown[[3, 5]])


@pytest.mark.parametrize(("config", "training"), [(TINY, True), (BLENDING, False)])
def test_nothing_is_blended_unless_asked_for_and_in_training(config, training):
    low = torch.rand(6, 1, 1, 1)

    assert low.equal(marked(config, low, [0] * 6, training=training))


def test_a_blend_is_marked_by_the_counts_of_both_photos():
    torch.manual_seed(0)
    sure = replace(BLENDING, softness=0.0)
    lesson = Lesson(Looking(), sure)
    low = torch.tensor([0.0, 0.0, 0.0, 1.0]).view(4, 1, 1, 1)
    wanted = torch.eye(TINY.classes)[[5, 5, 0, 1]]

    maps, rows = lesson._blended(low, wanted, 2)

    share_of_the_other = maps[2:].flatten()
    assert torch.allclose(rows[2:, 1], share_of_the_other)
    assert torch.allclose(torch.ones(4), rows.sum(dim=1))


def test_pairs_are_compared_only_among_photos_that_are_no_blends():
    photos = some_photos(8)
    truth = Records(photos, CPU).of(np.arange(8))
    lesson = Lesson(a_counter(BLENDING), BLENDING)
    torch.manual_seed(0)
    row = torch.rand(8, lesson.counter.pool.width)

    first, all_of_them = (lesson._side_loss(lesson.counter.side, row[:n], truth) for n in (4, 8))
    without = replace(truth, counts=torch.cat([truth.counts[:4], truth.counts[4:] + 3]))

    assert first.equal(lesson._side_loss(lesson.counter.side, row[:4], without))
    assert first < all_of_them
