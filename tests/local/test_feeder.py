"""Photos and records go out at a steady rate, each whole, in either order."""

import threading

import pytest

from binwatch_local.feeder import Pace, feed
from tests.local.builders import a_jpeg, a_record, a_source, bins


class FakeBucket:
    """Remembers what was put, in order."""

    def __init__(self, refuses=None):
        self.puts = []
        self._refuses = refuses
        self._lock = threading.Lock()

    def put(self, key, body):
        if key == self._refuses:
            raise ConnectionError(key)
        with self._lock:
            self.puts.append((key, body))
            return f"version {len(self.puts)}"


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now = 0.0
        self.naps = []

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds

    def pace(self, per_s):
        return Pace(per_s, clock=lambda: self.now, sleep=self.sleep)


def fed(photos, bucket, seed=0):
    return feed(photos, bucket, FakeClock().pace(100), seed, lambda sent: None)


def test_every_photo_and_its_record_arrive_whole():
    bucket = FakeBucket()

    fed(a_source({"1.jpg": a_jpeg(), "1.json": a_record(3), "2.jpg": b"text"}), bucket)

    assert sorted(bucket.puts) == [
        ("bin-images/1.jpg", a_jpeg()),
        ("bin-images/2.jpg", b"text"),
        ("metadata/1.json", a_record(3)),
    ]


def test_each_upload_is_told_with_its_version():
    told = []

    sent = feed(bins([1, 2, 3]), FakeBucket(), FakeClock().pace(0), 0, told.append)

    assert sorted(told, key=lambda each: each.key) == sorted(sent, key=lambda each: each.key)
    assert {each.key for each in sent} == {"bin-images/000.jpg", "bin-images/001.jpg", "bin-images/002.jpg"}
    assert all(each.version_id.startswith("version") for each in sent)


def test_photos_are_due_at_equal_distances():
    clock = FakeClock()

    feed(bins([1] * 5), FakeBucket(), clock.pace(4), 0, lambda sent: None)

    assert clock.naps == pytest.approx([0, 0.25, 0.25, 0.25, 0.25])


def test_records_come_before_and_after_their_photos_and_the_seed_says_when():
    def record_first(seed):
        buckets = []
        for photo in bins([1] * 30).captures:
            bucket = FakeBucket()
            buckets.append(bucket)
            fed(
                a_source({photo.photo_name: a_jpeg(), photo.photo_name.replace("jpg", "json"): a_record(1)}),
                bucket,
                seed,
            )
        return [bucket.puts[0][0].startswith("metadata") for bucket in buckets]

    assert record_first(1) == record_first(1)
    assert {first for seed in range(20) for first in record_first(seed)} == {True, False}


def test_standing_records_go_first():
    bucket = FakeBucket()
    stem = "sites/s/bins/b"

    fed(
        a_source({f"{stem}/20261120T221005.123Z.jpg": a_jpeg(), f"{stem}/expected.json": a_record(3)}), bucket
    )

    assert bucket.puts[0] == (f"{stem}/expected.json", a_record(3))


def test_an_upload_that_fails_ends_the_feed():
    with pytest.raises(ConnectionError):
        fed(bins([1] * 50), FakeBucket(refuses="bin-images/010.jpg"))
