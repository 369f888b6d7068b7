"""Count any number of photos in bounded memory: some are read ahead while others are counted."""

from collections.abc import Iterator, Sequence
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from bincount.data.ahead import ahead
from bincount.data.files import FileUnreadable
from bincount.photos import PhotoError, Pixels
from bincount.predictor import Predictor, refused
from bincount.scoring.bucket import AT_ONCE, Objects
from bincount.scoring.sources import Listed
from binwatch.prediction import Refused

BATCH = 32
_READERS = 2  # decoding a photo takes a fraction of the time that counting it takes

type Row = NDArray[np.float64]


def scored(
    predictor: Predictor, photos: Sequence[Listed], batch: int = BATCH
) -> Iterator[tuple[Listed, Row | Refused]]:
    """Each photo with its distribution, or with why it has none; in the order given.

    Raises:
        SourceUnusable: a bucket has stopped answering.
    """
    for some in batched(read_ahead(photos, batch), batch):
        good = [pixels for _, pixels in some if not isinstance(pixels, Refused)]
        rows = iter(distributions(predictor, np.stack(good)) if good else ())
        for photo, pixels in some:
            yield photo, pixels if isinstance(pixels, Refused) else next(rows)


def read_ahead(photos: Sequence[Listed], batch: int) -> Iterator[tuple[Listed, Pixels | Refused]]:
    """Each photo decoded, or why it cannot be; at most two batches are in memory."""
    readers = AT_ONCE if any(isinstance(photo.files, Objects) for photo in photos) else _READERS
    return ahead(_read, photos, readers, window=2 * batch)


def distributions(predictor: Predictor, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What the predictor says, in double precision, each row summing to exactly 1 as far as that goes."""
    rows = predictor.predict(pixels).astype(np.float64)
    return rows / rows.sum(axis=1, keepdims=True)


def _read(photo: Listed) -> tuple[Listed, Pixels | Refused]:
    try:
        return photo, photo.pixels()
    except PhotoError as error:
        return photo, refused(error)
    except FileUnreadable as error:
        return photo, Refused("unreadable", str(error))
