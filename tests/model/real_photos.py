"""Photos of the data folder, for tests that need real ones."""

import csv
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bincount.photos import read_photo

ABID = Path(os.environ.get("BINWATCH_DATA", "../shared/data")) / "abid"
needs_real_photos = pytest.mark.skipif(not ABID.is_dir(), reason="needs the real photos: BINWATCH_DATA")


def photos_to_validate_on(n):
    """The first n photos of `val`, decoded, and their counts."""
    with (ABID / "labels.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "val"][:n]
    photos = {}
    for path in sorted(ABID.glob("images-224-*.zip")):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            photos |= {
                row["id"]: archive.read(f"{row['id']}.jpg") for row in rows if f"{row['id']}.jpg" in names
            }
    pixels = np.stack([read_photo(photos[row["id"]]) for row in rows])
    return pixels, np.array([int(row["count"]) for row in rows])
