"""Objects of a bucket to files of a folder: many at a time, checked, tried again, never half."""

import hashlib
import os
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TRIES = 4  # for a body that breaks off or arrives damaged; botocore has its own for requests
FIRST_PAUSE = 0.5  # seconds; doubled each time
GIVES_UP_AFTER = 50  # objects that did not come: then it is not the object
_CHUNK = 1 << 18  # bytes
_PLAIN_MD5 = re.compile(
    r'"?([0-9a-f]{32})"?'
)  # with a - it was uploaded in parts, and is no MD5 of the whole
# A bucket that may not be listed answers 403 for what is absent.
_ABSENT = {"404", "403", "NoSuchKey", "AccessDenied"}

type Fate = Literal["fetched", "kept", "missing", "failed"]


class Damaged(Exception):
    """The bytes that came are not those that the bucket holds."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object to fetch."""

    key: str
    size: int | None = None  # bytes, where a listing told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    key: str
    fate: Fate
    why: str = ""


class Download:
    """Fetches objects into a folder that mirrors the bucket.

    Args:
        client: an S3 client; it is used from several threads.
        bucket: its name.
        folder: where ``bin-images/523.jpg`` becomes a file of that path.
        first_pause: seconds before the second try.
    """

    def __init__(
        self, client: "S3Client", bucket: str, folder: Path, first_pause: float = FIRST_PAUSE
    ) -> None:
        self._client, self._bucket, self._folder = client, bucket, folder
        self._first_pause = first_pause
        self._stopped = threading.Event()

    def all(self, objects: Iterable[Object], workers: int) -> Iterator[Outcome]:
        """Fetch every object, several at a time; outcomes in order. Ends early when too many fail."""
        pool = ThreadPoolExecutor(workers)
        waiting: deque[Future[Outcome]] = deque()
        failed = 0
        try:
            for each in objects:
                waiting.append(pool.submit(self.one, each))
                if len(waiting) >= 4 * workers:
                    outcome = waiting.popleft().result()
                    failed += outcome.fate == "failed"
                    yield outcome
                if failed >= GIVES_UP_AFTER:
                    return
            while waiting:
                yield waiting.popleft().result()
        finally:
            self._stopped.set()
            pool.shutdown(cancel_futures=True)

    def one(self, wanted: Object) -> Outcome:
        """Fetch one object, unless it is here already."""
        path = self._folder / wanted.key
        if not path.resolve().is_relative_to(self._folder.resolve()):
            return Outcome(wanted.key, "missing", "its key leads out of the folder")
        if _is_here(path, wanted.size):
            return Outcome(wanted.key, "kept")
        why = ""
        for attempt in range(TRIES):
            if attempt and self._stopped.wait(self._first_pause * 2 ** (attempt - 1)):
                break
            try:
                self._fetch(wanted.key, path)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                return Outcome(wanted.key, "missing" if code in _ABSENT else "failed", str(error))
            except (BotoCoreError, Damaged) as error:
                why = str(error)
            else:
                return Outcome(wanted.key, "fetched")
        return Outcome(wanted.key, "failed", why)

    def _fetch(self, key: str, path: Path) -> None:
        """Write the body beside its place, check it, then give it its name."""
        answer = self._client.get_object(Bucket=self._bucket, Key=key)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        digest, size = hashlib.md5(usedforsecurity=False), 0
        try:
            with unfinished.open("wb") as file:
                for chunk in answer["Body"].iter_chunks(_CHUNK):
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
            if size != answer["ContentLength"]:
                raise Damaged(f"{size} of {answer['ContentLength']} bytes came")
            plain = _PLAIN_MD5.fullmatch(answer["ETag"])
            if plain and "SSEKMSKeyId" not in answer and plain[1] != digest.hexdigest():
                raise Damaged(f"MD5 {digest.hexdigest()}, not {plain[1]}")
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def _is_here(path: Path, size: int | None) -> bool:
    """Whether the file came whole; an empty one may be what a power cut left."""
    try:
        here = path.stat().st_size
    except OSError:
        return False
    return here > 0 if size is None else here == size
