"""Photos, listings and counters whose evaluation can be worked out by hand."""

import csv

import numpy as np

from bincount.artifact import Artifact
from bincount.evaluation.evaluate import Counting, Settings
from tests.model.builders import FakePredictor, a_photo


class ByBrightness(FakePredictor):
    """Counts 0 to 3 by how bright a photo is."""

    def predict(self, photos):
        return (0.6 * np.eye(4)[(photos.mean(axis=(1, 2, 3)) // 64).astype(int)] + 0.1).astype(np.float32)


CARD = Artifact("fake", "1", 3, 1.0, (0.25,) * 4)
BRIGHT = Counting("bright", ByBrightness(), CARD)
QUICK = Settings(resamples=100, seed=1)
FAKE = Counting("fake", FakePredictor(), CARD)


def a_listing(folder, rows, columns=("id", "path", "count", "group", "split")):
    """A CSV of photos whose pixels say what FakePredictor counts; a count of "?" writes no photo."""
    folder.mkdir(exist_ok=True)
    listed = []
    for number, (seen, count, group, split) in enumerate(rows):
        name = f"{number:05d}.jpg"
        (folder / name).write_bytes(b"no photo" if seen == "?" else a_photo(seen))
        cells = {"id": f"{number:05d}", "path": name, "count": count, "group": group, "split": split}
        listed.append([cells[column] for column in columns])
    path = folder / "photos.csv"
    with path.open("w", newline="") as lines:
        csv.writer(lines).writerows([columns, *listed])
    return path


def some_rows(n=24):
    """Counted right, but for every fourth, which is one too many."""
    return [((k % 3) + (k % 4 == 0), k % 3, f"g{k // 2}", "val" if k < n // 2 else "train") for k in range(n)]


def predictions(path, rows):
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "count", "expected_value", *(f"p{k}" for k in range(len(rows[0]) - 1))])
        writer.writerows([name, int(np.argmax(row)), 0.0, *row] for name, *row in rows)
    return path
