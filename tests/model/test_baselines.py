"""Counters without eyes: the label frequencies, and what neighbours' labels give away."""

import numpy as np
import pytest

from bincount.evaluation.baselines import Neighbours, label_shares
from bincount.evaluation.evaluate import redrawn
from bincount.evaluation.material import Labels, Material


def labels(*rows):
    return Labels.of((name, count, group) for name, count, group in rows)


def picks(pairs, seed=0):
    """Pairs of photos of one bin before and after one item was taken."""
    counts = np.random.default_rng(seed).integers(1, 6, pairs)
    return [
        row
        for number, count in enumerate(counts.tolist())
        for row in (
            (f"{3 * number:05d}", count, f"g{number}"),
            (f"{3 * number + 1:05d}", count - 1, f"g{number}"),
        )
    ]


def test_the_constant_is_the_label_frequencies_and_excludes_nothing():
    shares = label_shares(labels(("a", 0, "g"), ("b", 1, "g"), ("c", 1, "g"), ("d", 9, "g")), classes=4)

    assert [2 / 8, 3 / 8, 1 / 8, 2 / 8] == shares.tolist()


def test_the_label_before_tells_what_one_pick_leaves():
    rows = picks(400)
    train, unseen = labels(*rows[:-1]), labels(rows[-1])

    said = Neighbours.fit(train, classes=6).predict(unseen)

    assert rows[-1][1] == said[0].argmax()
    assert said[0].max() > 0.8


def test_without_a_neighbour_in_training_the_label_frequencies_remain():
    train = labels(*picks(50))
    neighbours = Neighbours.fit(train, classes=6)

    said = neighbours.predict(labels(("09000", 2, "x"), ("no number", 2, "x")))

    assert pytest.approx(label_shares(train, 6).tolist()) == said[0].tolist() == said[1].tolist()
    assert 0.0 == neighbours.reach(labels(("09000", 2, "x")))


def test_ids_are_strings_and_neighbours_are_padded_alike():
    neighbours = Neighbours.fit(labels(("00523", 1, "g")), classes=3)

    assert 1.0 == neighbours.reach(labels(("00522", 0, "g"), ("00524", 0, "g")))
    assert 0.0 == neighbours.reach(labels(("522", 0, "g"), ("524", 0, "g"), ("00523", 0, "g")))


def test_a_neighbour_never_sees_the_photo_it_is_asked_about():
    alone = labels(("00001", 5, "g"))

    said = Neighbours.fit(alone, classes=6).predict(alone)

    assert pytest.approx(label_shares(alone, 6).tolist()) == said[0].tolist()


def test_every_row_is_a_distribution():
    train = labels(*picks(100))

    said = Neighbours.fit(train, classes=3).predict(train)

    assert [1.0] * 200 == pytest.approx(said.sum(axis=1).tolist())


def test_a_split_drawn_anew_keeps_the_photos_and_the_sizes():
    rows = picks(30)
    material = Material("here", "val", labels(*rows[40:]), labels(*rows[:40]), lambda: iter(()), 0)

    drawn, again = (redrawn(material, seed=1) for _ in range(2))

    assert drawn.labels.ids == again.labels.ids
    assert (20, 40) == (len(drawn.labels), len(drawn.train))
    assert sorted(name for name, _, _ in rows) == sorted(drawn.labels.ids + drawn.train.ids)
    assert set(drawn.labels.groups) & set(drawn.train.groups)  # pairs are torn apart: that is the leak
