"""What cannot be read, counted or reached: stored with its reason, quarantined or retried."""

from dataclasses import replace

import pytest

from binwatch.decision import Verdict
from binwatch.examiner import Examiner
from tests.builders import a_photo, a_record, an_upload
from tests.core.monitor_world import World, by_exact
from tests.fakes import FakeCounter


@pytest.fixture
def world():
    return World()


BAD_PHOTOS = {
    "empty": b"",
    "not_a_photo": b"Dear all,",
    "format_mismatch": b"\x89PNG\r\n\x1a\n",
    "corrupt": b"\xff\xd8\xff\xff",
    "too_large": b"\xff\xd8\xff" + bytes(6_291_456),
}


@pytest.mark.parametrize("code", BAD_PHOTOS)
def test_a_photo_that_cannot_be_counted_is_stored_with_its_reason_and_its_neighbour_is_counted(world, code):
    bad = world.put("bin-images/1.jpg", BAD_PHOTOS[code])
    good = world.put("bin-images/2.jpg", a_photo(2))

    outcomes = world.monitor.watch([bad, good])

    assert {"bin-images/1.jpg": Verdict.UNREADABLE, "bin-images/2.jpg": Verdict.WAITING} == world.verdicts()
    assert world.looks()["bin-images/1.jpg"].reason.startswith(f"{code}: ")
    assert not any(outcome.to_retry for outcome in outcomes.values())


def test_a_photo_that_is_too_large_is_not_even_read(world):
    world.monitor.watch([world.put("bin-images/1.jpg", BAD_PHOTOS["too_large"])])

    assert [] == world.objects.reads


def test_a_photo_that_was_deleted_before_it_was_read_is_stored_with_its_reason(world):
    world.monitor.watch([an_upload("bin-images/1.jpg")])

    assert world.looks()["bin-images/1.jpg"].reason.startswith("object_gone: ")


@pytest.mark.parametrize(
    ("key", "kind"), [("holiday.jpg", "photo"), ("notes.json", "record"), ("notes.txt", "object")]
)
def test_a_key_outside_both_layouts_is_quarantined(world, key, kind):
    world.monitor.watch([world.put(key, a_photo(2))])

    (item,) = world.ledger.quarantined()
    assert (key, kind, "key_outside_layouts") == (item.key, item.kind, item.code)


@pytest.mark.parametrize("body", [b"{", a_record(-1), a_record(10_001), b"{}"])
def test_a_malformed_record_is_quarantined_and_its_photo_waits(world, body):
    world.monitor.watch([world.put("bin-images/1.jpg", a_photo(2)), world.put("metadata/1.json", body)])

    (item,) = world.ledger.quarantined()
    assert "metadata/1.json" == item.key
    assert {"bin-images/1.jpg": Verdict.WAITING} == world.verdicts()


def test_a_malformed_record_never_replaces_a_good_one(world):
    world.monitor.watch([world.put("metadata/1.json", a_record(2), "01")])
    world.monitor.watch([world.put("metadata/1.json", a_record(-1), "02")])

    world.monitor.watch([world.put("bin-images/1.jpg", a_photo(2))])

    assert {"bin-images/1.jpg": Verdict.MATCH} == world.verdicts()


def test_a_malformed_quantity_in_the_photos_metadata_is_named_and_the_record_decides(world):
    photo = world.put("bin-images/1.jpg", a_photo(2), **{"expected-quantity": "many"})

    world.monitor.watch([photo, world.put("metadata/1.json", a_record(2))])

    look = world.looks()["bin-images/1.jpg"]
    assert (Verdict.MATCH, "sidecar") == (look.verdict, look.expected_source)
    assert look.reason.startswith("quantity_not_whole: ")


def test_while_the_endpoint_is_down_photos_are_retried_and_records_stored(world):
    world.counter.down = True
    photo, record = world.put("bin-images/1.jpg", a_photo(2)), world.put("metadata/1.json", a_record(3))

    first = world.monitor.watch([photo, record])
    world.counter.down = False
    second = world.monitor.watch([photo])

    assert (True, False) == (first[photo.id].to_retry, first[record.id].to_retry)
    assert not second[photo.id].to_retry
    assert {"bin-images/1.jpg": Verdict.MISMATCH} == world.verdicts()


def test_while_s3_is_down_everything_is_retried(world):
    world.objects.down = True
    photo, record = world.put("bin-images/1.jpg", a_photo(2)), world.put("metadata/1.json", a_record(3))

    outcomes = world.monitor.watch([photo, record])

    assert all(outcome.to_retry for outcome in outcomes.values())
    assert {} == world.verdicts()


def test_a_photo_with_two_faults_names_both(world):
    name = "sites/berlin-1/bins/A-07/19700101T000000.000Z.jpg"

    world.monitor.watch([world.put(name, a_photo(3), **{"expected-quantity": "three"})])

    assert "clock_behind: " in world.looks()[name].reason
    assert "quantity_not_whole: " in world.looks()[name].reason


def test_a_count_that_is_no_distribution_is_stored_with_its_reason(world):
    world.monitor = replace(
        world.monitor, examiner=Examiner(world.objects, FakeCounter(sure=float("nan"))), rules_for=by_exact
    )
    world.monitor.watch([world.put("bin-images/1.jpg", a_photo(2))])

    look = world.looks()["bin-images/1.jpg"]
    assert (Verdict.UNREADABLE, "not_a_distribution") == (look.verdict, look.reason.partition(":")[0])
