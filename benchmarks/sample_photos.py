"""JPEGs of the size that robots upload, to measure with: real ones where they are, drawn ones elsewhere."""

import os
from itertools import cycle, islice
from pathlib import Path

from bincount.data.files import FileUnreadable, SourceUnusable
from bincount.data.synthetic import bins
from bincount.scoring.sources import find

SOURCE_ERRORS = (FileUnreadable, SourceUnusable)
_DRAWN = 64


def default_source() -> str | None:
    """The data pack's photos of native size, if they are here."""
    path = Path(os.environ.get("BINWATCH_DATA", "../shared/data"), "abid", "native.zip")
    return str(path) if path.is_file() else None


def jpegs(number: int, source: str | None) -> list[bytes]:
    """So many JPEGs; a source with fewer is gone through again.

    Args:
        number: wanted.
        source: a folder, a zip or an S3 prefix; None: drawn bins.

    Raises:
        SourceUnusable: the source is not there, or holds no photo.
        FileUnreadable: a photo cannot be read.
    """
    if source is None:
        return list(islice(cycle([each.jpeg for each in bins(min(number, _DRAWN))]), number))
    return [photo.data() for photo in islice(cycle(find([source])), number)]
