"""Photos from a public S3 bucket, without an account; what was fetched once is kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from binwatch.photos import FORMATS
from binwatch_local.errors import SourceUnusable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WORKERS = 16
# A bucket that may not be listed answers 403 for what is absent.
ABSENT = {"404", "403", "NoSuchKey", "AccessDenied"}


@dataclass(frozen=True, slots=True)
class Selection:
    """Some files of a folder."""

    root: Path
    chosen: tuple[str, ...]

    def names(self) -> Iterator[str]:
        """Every chosen file's path from the root."""
        return iter(self.chosen)

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        return (self.root / name).read_bytes()


def fetch(url: str, limit: int, cache: Path, say: Callable[[str], None]) -> tuple[Path, tuple[str, ...]]:
    """Bring the first photos under a prefix, and their records, to the cache.

    Returns:
        The folder that mirrors the bucket, and the names of what was asked for in it.

    Raises:
        SourceUnusable: the bucket does not answer, or holds no photo there.
    """
    address = urlsplit(url)
    bucket, prefix = address.netloc, address.path.lstrip("/")
    folder = cache / bucket
    say(f"Asking the public bucket {bucket} for {limit} photos …")
    try:
        client = _client()
        keys = list(islice(_photo_keys(client, bucket, prefix), limit))
        with ThreadPoolExecutor(WORKERS) as pool:
            fetched = list(pool.map(lambda key: _fetch_pair(client, bucket, key, folder), keys))
    except (BotoCoreError, ClientError) as error:
        raise SourceUnusable(
            f"The bucket {bucket} does not answer ({error}).", "Give a folder or a zip."
        ) from error
    if not keys:
        raise SourceUnusable(f"{url} holds no photo.", "Check the prefix.")
    return folder, tuple(name for names in fetched for name in names)


def _client() -> "S3Client":
    """A client of the real S3, whatever endpoint this process uses otherwise."""
    return boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url="https://s3.us-east-1.amazonaws.com",
        config=Config(
            signature_version=UNSIGNED,
            connect_timeout=3,
            read_timeout=10,
            retries={"total_max_attempts": 2},
            max_pool_connections=WORKERS,
        ),
    )


def _photo_keys(client: "S3Client", bucket: str, prefix: str) -> Iterator[str]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        keys = (entry["Key"] for entry in page.get("Contents", ()))
        yield from (key for key in keys if PurePosixPath(key).suffix.lower() in FORMATS)


def _fetch_pair(client: "S3Client", bucket: str, key: str, folder: Path) -> list[str]:
    """Fetch a photo and, from beside it or from ABID's other folder, its record."""
    beside = PurePosixPath(key).with_suffix(".json")
    records = [str(beside)]
    if beside.parent.name == "bin-images":
        records = [str(beside.parent.parent / "metadata" / beside.name)]
    return [name for name in (key, *records) if _fetch(client, bucket, name, folder)]


def _fetch(client: "S3Client", bucket: str, key: str, folder: Path) -> bool:
    """Whether the object is in the cache now."""
    path = folder / key
    if not path.resolve().is_relative_to(folder.resolve()):
        return False  # a key with `..` in it would leave the cache
    if path.is_file():
        return True
    try:
        body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return False
        raise
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(body)
    unfinished.replace(path)
    return True
