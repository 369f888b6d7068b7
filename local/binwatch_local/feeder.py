"""Uploads photos and records at a steady rate, as a fleet of robots would."""

import random
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from binwatch_local.photos import Capture, Photos

ROBOTS = 16  # uploads at the same time
WAITING_AT_MOST = (
    4 * ROBOTS
)  # uploads begun late: beyond these the feed falls behind rather than fill the memory


class Bucket(Protocol):
    """Where photos and records go."""

    def put(self, key: str, body: bytes) -> str | None:
        """Store an object; its version, if the bucket keeps versions."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo that has arrived in the bucket.

    Args:
        key: the object key of the photo.
        version_id: its version in the bucket.
        at: when the upload of the photo was complete, in seconds since 1970.
    """

    key: str
    version_id: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to feed, in photos a second, and the clock that measures it."""

    per_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait_for(self, number: int, began: float) -> None:
        """Return when photo `number` is due; at once when it is late or the rate is unbounded (0)."""
        if self.per_s:
            self.sleep(max(0.0, began + number / self.per_s - self.clock()))


def feed(
    photos: Photos, bucket: Bucket, pace: Pace, seed: int, on_sent: Callable[[Sent], None]
) -> list[Sent]:
    """Upload every photo and its record, in either order, and tell of each.

    Standing records go first. The first upload that fails ends the feed with its error.
    """
    for key, name in photos.standing:
        bucket.put(key, photos.files.read(name))
    rng = random.Random(f"feed {seed}")  # noqa: S311 (an order of uploads, no secret)
    sent: list[Sent] = []
    pending: set[Future[Sent]] = set()
    with ThreadPoolExecutor(ROBOTS, thread_name_prefix="robot") as robots:
        try:
            began = pace.clock()
            for number, capture in enumerate(photos.captures):
                pace.wait_for(number, began)
                record_first = rng.random() < 0.5
                pending.add(robots.submit(_upload, photos, capture, bucket, record_first=record_first))
                pending = _collect(pending, sent, on_sent, leave=WAITING_AT_MOST)
            _collect(pending, sent, on_sent, leave=0)
        finally:
            robots.shutdown(wait=True, cancel_futures=True)
    return sent


def _upload(photos: Photos, capture: Capture, bucket: Bucket, *, record_first: bool) -> Sent:
    body = photos.read(capture)
    if record_first and capture.record is not None:
        bucket.put(capture.record_key, capture.record)
    version_id = bucket.put(capture.photo_key, body)
    at = time.time()
    if not record_first and capture.record is not None:
        bucket.put(capture.record_key, capture.record)
    return Sent(capture.photo_key, version_id, at)


def _collect(
    pending: set[Future[Sent]], sent: list[Sent], on_sent: Callable[[Sent], None], *, leave: int
) -> set[Future[Sent]]:
    """Take in what has arrived; wait while more than `leave` are under way."""
    while True:
        done, under_way = wait(
            pending, timeout=0 if len(pending) <= leave else 1, return_when=FIRST_COMPLETED
        )
        for upload in done:
            sent.append(upload.result())
            on_sent(sent[-1])
        if len(under_way) <= leave:
            return set(under_way)
        pending = set(under_way)
