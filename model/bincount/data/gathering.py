"""From what a person names, folders, zips, buckets and lists, to the photos that are wanted."""

from dataclasses import dataclass
from pathlib import Path

from bincount.data.files import S3, Folder
from bincount.data.id_lists import read_ids, read_labels
from bincount.data.selection import Wanted
from bincount.data.sources import Source, Track, open_source


@dataclass(frozen=True, slots=True)
class Gathering:
    """What was named."""

    sources: tuple[str, ...]
    ids: Path | None
    labels: Path | None
    limit: int | None
    cache: Path
    downloads: int  # objects fetched at a time


def gather(asked: Gathering, track: Track) -> Wanted:
    """Open every source; what lies in a bucket is fetched first.

    Raises:
        SourceUnusable: a source cannot be read, or a bucket does not answer.
        ListError: a list cannot be read.
    """
    ids = read_ids(asked.ids) if asked.ids else None
    labels = read_labels(asked.labels) if asked.labels else {}
    sources, told = [], None
    for name in asked.sources:
        if not name.startswith(S3):
            sources.append(open_source(Path(name)))
            continue
        from bincount.data.bucket import Bucket, mirror  # here: only a bucket needs boto3

        fetched = mirror(Bucket.parse(name), asked.cache, ids, asked.limit, asked.downloads, track)
        sources.append(Source((Folder(fetched.folder),), {}, {}, only=fetched.ids))
        told = fetched.told()
    return Wanted(sources, ", ".join(asked.sources), ids, labels, asked.limit, told)
