"""Count any number of photos in bounded memory: some are read ahead while others are counted."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from bincount.data.files import FileUnreadable
from bincount.photos import PhotoError, Pixels
from bincount.predictor import Predictor, refused
from bincount.scoring.bucket import AT_ONCE, Bucket
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
    readers = AT_ONCE if any(isinstance(photo.files, Bucket) for photo in photos) else _READERS
    return _ahead(_read, photos, readers, window=2 * batch)


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


def _ahead[T, R](step: Callable[[T], R], items: Iterable[T], threads: int, window: int) -> Iterator[R]:
    """``map``, with up to ``window`` results under way or waiting."""
    with ThreadPoolExecutor(threads, thread_name_prefix="read") as pool:
        under_way: deque[Future[R]] = deque()
        try:
            for item in items:
                under_way.append(pool.submit(step, item))
                if len(under_way) >= window:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:  # whoever stops listening does not wait for what is still to be read
            pool.shutdown(wait=False, cancel_futures=True)
