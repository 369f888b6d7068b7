"""Photos and records from a public S3 bucket, without an account; what came once is kept.

ABID's own is ``s3://aft-vbi-pds``, with ``bin-images/<id>.jpg`` and ``metadata/<id>.json``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bincount.data.download import Download, Object
from bincount.data.files import SourceUnusable
from bincount.data.sources import Track, is_photo

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAMED_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or what lies under a prefix of it."""

    name: str
    prefix: str  # empty, or with a slash at its end

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read ``s3://bucket/prefix``.

        Raises:
            SourceUnusable: it names no bucket.
        """
        address = urlsplit(url)
        prefix = address.path.strip("/")
        if not address.netloc:
            raise SourceUnusable(f"{url} names no bucket: write s3://aft-vbi-pds")
        return cls(address.netloc, f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True)
class Mirror:
    """What of a bucket is here now."""

    folder: Path
    ids: frozenset[str]  # of the photos asked for, whether they were there or not
    fates: Mapping[str, int]
    absent: Sequence[str]  # keys that the bucket does not hold

    def told(self) -> dict[str, Any]:
        """What fetching did, for a report."""
        counts = {fate: self.fates.get(fate, 0) for fate in ("fetched", "kept", "missing")}
        return {"folder": str(self.folder), **counts, "absent": list(self.absent[:_NAMED_AT_MOST])}


def mirror(
    bucket: Bucket, cache: Path, ids: Sequence[str] | None, limit: int | None, workers: int, track: Track
) -> Mirror:
    """Bring photos and their records to the cache; those that are there already stay.

    Args:
        bucket: where they are.
        cache: where they go.
        ids: which; without them, what the bucket lists.
        limit: at most so many photos.
        workers: how many objects are fetched at a time.
        track: shows how far it is.

    Raises:
        SourceUnusable: the bucket does not answer, some objects did not come, or there is no room for them.
    """
    client = _client(workers)
    folder = cache / bucket.name
    fates: Counter[str] = Counter()
    absent, failed = [], []
    refusal = ""
    try:
        photos = _photos(client, bucket, ids, limit, track)
        objects = [each for photo in photos for each in (photo, Object(record_key(photo.key)))]
        outcomes = Download(client, bucket.name, folder).all(objects, workers)
        for outcome in track(outcomes, "Fetching photos and records", len(objects)):
            fates[outcome.fate] += 1
            if outcome.fate == "missing":
                absent.append(outcome.key)
                refusal = refusal or outcome.why
            elif outcome.fate == "failed":
                failed.append(outcome)
    except (BotoCoreError, ClientError) as error:
        raise SourceUnusable(f"the bucket {bucket.name} does not answer ({error})") from error
    except OSError as error:
        raise SourceUnusable(f"{folder} cannot be written ({error}): make room, or pass --cache") from error
    if failed:
        first = f"{failed[0].key}: {failed[0].why}"
        message = f"{len(failed)} of {len(objects)} objects of {bucket.name} did not come ({first})"
        raise SourceUnusable(f"{message}: run the command again, what came is kept")
    if absent and fates["missing"] == len(objects):
        raise SourceUnusable(f"{bucket.name} holds none of the {len(objects)} objects asked for ({refusal})")
    return Mirror(folder, frozenset(PurePosixPath(photo.key).stem for photo in photos), fates, absent)


def record_key(photo: str) -> str:
    """The key of a photo's record: in ABID's other folder, or beside it."""
    path = PurePosixPath(photo).with_suffix(".json")
    if path.parent.name == "bin-images":
        return (path.parent.parent / "metadata" / path.name).as_posix()
    return path.as_posix()


def _photos(
    client: "S3Client", bucket: Bucket, ids: Sequence[str] | None, limit: int | None, track: Track
) -> list[Object]:
    """The photos to fetch: as listed by a person, who knows ABID's keys, or by the bucket."""
    if ids is not None:
        return [Object(f"{bucket.prefix}bin-images/{each}.jpg") for each in ids[:limit]]
    return list(track(islice(_listed(client, bucket), limit), "Listing photos", limit))


def _listed(client: "S3Client", bucket: Bucket) -> Iterator[Object]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name, Prefix=bucket.prefix)
    for page in pages:
        for entry in page.get("Contents", ()):
            if is_photo(entry["Key"]):
                yield Object(entry["Key"], entry["Size"])


def _client(workers: int) -> "S3Client":
    """A client without an account; ``AWS_ENDPOINT_URL_S3`` points it elsewhere."""
    config = Config(
        signature_version=UNSIGNED,
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "adaptive", "total_max_attempts": 4},  # slows down where the bucket says so
        max_pool_connections=workers,
    )
    return boto3.client("s3", region_name="us-east-1", config=config)
