"""Where photos come from: a folder, a zip, an S3 prefix, or bins that we draw ourselves."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bincount.data import synthetic
from binwatch_local import public_bucket
from binwatch_local.errors import SourceUnusable
from binwatch_local.files import Files, Folder, Memory, Zip
from binwatch_local.home import CACHE, CHECKOUT
from binwatch_local.photos import RECORDS_FILE, Photos, arrange, parse_records

DATA_VARIABLE = "BINWATCH_DATA"
ABID = "s3://aft-vbi-pds/bin-images/"
BINS_FROM_ELSEWHERE = 100  # photos taken where the source is endless: a public bucket, or a drawing hand


@dataclass(frozen=True, slots=True)
class Source:
    """Photos, and the sentence that says where they are from."""

    photos: Photos
    description: str


def find(source: str | None, limit: int | None, seed: int, say: Callable[[str], None]) -> Source:
    """The photos asked for, else the best that can be had: the data folder, ABID's public bucket, drawn bins.

    Raises:
        SourceUnusable: the photos asked for cannot be read.
    """
    if source is None:
        return default(limit, seed, say)
    if source.startswith("s3://"):
        return from_bucket(source, limit, say)
    path = Path(source).expanduser()
    return Source(from_path(path).first(limit), str(path))


def default(
    limit: int | None, seed: int, say: Callable[[str], None], environ: Mapping[str, str] = os.environ
) -> Source:
    """The best photos that can be had without being told where any are."""
    data = Path(environ.get(DATA_VARIABLE) or CHECKOUT.parent / "shared" / "data").expanduser()
    native = data / "abid" / "native.zip"
    if native.is_file():
        return Source(from_path(native).first(limit), f"real bin photos in {native}")
    try:
        return from_bucket(ABID, limit, say)
    except SourceUnusable as error:
        say(error.what)
    return drawn(limit, seed)


def from_path(path: Path) -> Photos:
    """The photos in a folder or a zip.

    Raises:
        SourceUnusable: there is nothing at the path, or no photo in it.
    """
    if not path.exists():
        raise SourceUnusable(
            f"There is no folder or zip {path}.", "Check the path; s3://bucket/prefix works too."
        )
    files: Files = Folder(path) if path.is_dir() else Zip.open(path)
    beside = path.parent / RECORDS_FILE
    photos = arrange(files, parse_records(beside.read_bytes()) if beside.is_file() else None)
    if not photos.captures:
        raise SourceUnusable(f"{path} holds no photo (.jpg, .jpeg, .png, .webp).", "Check the path.")
    return photos


def from_bucket(
    url: str, limit: int | None, say: Callable[[str], None], cache: Path = CACHE / "photos"
) -> Source:
    """The first photos under a public S3 prefix, kept in the checkout's cache.

    Raises:
        SourceUnusable: the bucket does not answer, or holds no photo there.
    """
    folder, names = public_bucket.fetch(url, limit or BINS_FROM_ELSEWHERE, cache, say)
    photos = arrange(public_bucket.Selection(folder, names))
    return Source(photos, f"{len(photos.captures)} photos from {url}, cached in {folder}")


def drawn(limit: int | None, seed: int) -> Source:
    """Bins that we draw, with records that are right."""
    contents: dict[str, bytes] = {}
    for drawing in synthetic.bins(limit or BINS_FROM_ELSEWHERE, seed):
        contents[f"{drawing.id}.jpg"] = drawing.jpeg
        contents[f"{drawing.id}.json"] = b'{"BIN_FCSKU_DATA": {}, "EXPECTED_QUANTITY": %d}' % drawing.count
    photos = arrange(Memory(contents))
    return Source(photos, f"{len(photos.captures)} synthetic bins (no real photo is at hand)")
