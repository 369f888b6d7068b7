"""Uploads end in the ledger exactly once, whatever fails around them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.bins import Bin
from binwatch.decision import Cost, Exact, Verdict
from binwatch.evidence import Moved
from binwatch.examiner import Examiner
from binwatch.keys import BinId
from binwatch.monitor import ATTEMPTS
from binwatch.policy_book import Rules
from binwatch.unexplained import Unexplained, steps_of
from tests.builders import a_photo, a_record, an_upload
from tests.core.monitor_world import FLEET, World
from tests.fakes import FakeCounter


@pytest.fixture
def world():
    return World()


def test_a_photo_and_its_record_give_a_verdict_and_a_mismatch_gives_an_alert(world):
    photo = world.put("bin-images/1.jpg", a_photo(2))
    record = world.put("metadata/1.json", a_record(3))

    world.monitor.watch([photo, record])

    assert {"bin-images/1.jpg": Verdict.MISMATCH} == world.verdicts()
    assert ["1"] == [alert.bin for alert in world.ledger.published]


def test_all_photos_of_a_batch_are_counted_in_one_request(world):
    uploads = [world.put(f"bin-images/{each}.jpg", a_photo(2)) for each in range(10)]

    world.monitor.watch(uploads)

    assert [10] == world.counter.requests


def test_a_photo_that_comes_again_is_neither_read_nor_counted_nor_alerted_again(world):
    photo = world.put("bin-images/1.jpg", a_photo(2), **{"expected-quantity": "3"})
    world.monitor.watch([photo])

    again = world.monitor.watch([photo, photo])

    assert ["bin-images/1.jpg"] == world.objects.reads
    assert [1] == world.counter.requests
    assert 1 == len(world.ledger.published)
    assert (False, Verdict.MISMATCH) == (again[photo.id].new, again[photo.id].look.verdict)


def test_the_version_that_was_announced_is_the_one_that_is_read(world):
    world.objects.put("bin-images/1.jpg", a_photo(1), version_id="v1")
    world.objects.put("bin-images/1.jpg", a_photo(2), version_id="v2")

    world.monitor.watch([an_upload("bin-images/1.jpg", version_id="v1")])

    assert 1 == world.looks()["bin-images/1.jpg"].count


def test_a_bin_that_another_writer_changed_is_read_again_and_nothing_is_counted_twice(world):
    photo = world.put(f"{FLEET}.jpg", a_photo(2))
    record = world.put(f"{FLEET}.json", a_record(2))
    rivals = [record]

    def a_rival_writes_first():
        if rivals:
            world.monitor.watch([rivals.pop()])

    world.ledger.before_save = a_rival_writes_first
    world.monitor.watch([photo])

    assert {f"{FLEET}.jpg": Verdict.MATCH} == world.verdicts()
    assert [1] == world.counter.requests


def test_a_bin_that_others_never_cease_to_change_goes_back_to_the_queue(world):
    bin_id = BinId("default", "1")
    photo = world.put("bin-images/1.jpg", a_photo(2))

    def a_rival_writes_first():
        bin_ = world.ledger.bins.get(bin_id, Bin(bin_id))
        world.ledger.bins[bin_id] = replace(bin_, revision=bin_.revision + 1)

    world.ledger.before_save = a_rival_writes_first

    assert world.monitor.watch([photo])[photo.id].to_retry
    assert ATTEMPTS == world.ledger.bins[bin_id].revision


def test_a_clock_that_runs_ahead_makes_a_photo_no_newer_than_its_upload(world):
    name = "sites/berlin-1/bins/A-07/29991231T235959.999Z.jpg"
    ahead = world.put(name, a_photo(3))

    world.monitor.watch([ahead])

    assert ahead.created_at == world.looks()[name].captured_at
    assert world.looks()[name].order.startswith(ahead.created_at)


@pytest.mark.parametrize("stem", ["19700101T000000.000Z", "00010101T000000.000Z", "20261113T221005.122Z"])
def test_a_clock_that_runs_far_behind_makes_a_photo_as_old_as_its_upload_and_is_noted(world, stem):
    name = f"sites/berlin-1/bins/A-07/{stem}.jpg"
    behind = world.put(name, a_photo(3))

    world.monitor.watch([behind])

    look = world.looks()[name]
    assert behind.created_at == look.captured_at
    assert look.order.startswith(behind.created_at)
    assert look.reason.startswith("clock_behind: ")


def test_a_photo_that_was_uploaded_within_a_week_was_taken_when_its_robot_says(world):
    name = "sites/berlin-1/bins/A-07/20261113T221005.123Z.jpg"

    world.monitor.watch([world.put(name, a_photo(3))])

    look = world.looks()[name]
    assert ("2026-11-13T22:10:05.123Z", None) == (look.captured_at, look.reason)


def test_a_sidecar_finds_its_photo_though_it_is_neither_newest_nor_waiting(world):
    bin_ = "sites/berlin-1/bins/A-07"
    world.monitor.watch([world.put(f"{bin_}/expected.json", a_record(3))])
    for second in (1, 2):
        world.monitor.watch([world.put(f"{bin_}/20261120T22100{second}.000Z.jpg", a_photo(3))])

    world.monitor.watch([world.put(f"{bin_}/20261120T221001.000Z.json", a_record(5))])

    assert Verdict.MISMATCH is world.verdicts()[f"{bin_}/20261120T221001.000Z.jpg"]


def test_each_bin_is_judged_by_its_own_rules_as_they_are_now(world):
    rules = {"exact": Rules(Exact()), "lax": Rules(Cost())}
    weak = FakeCounter(sure=0.3)
    world.monitor = replace(
        world.monitor, examiner=Examiner(world.objects, weak), rules_for=lambda bin_id: rules[bin_id.site]
    )
    photos = [f"sites/{site}/bins/A/20261120T221005.123Z.jpg" for site in rules]
    for name in photos:
        world.monitor.watch([world.put(name, a_photo(2), **{"expected-quantity": "3"})])
    rules["lax"] = rules["exact"]
    later = "sites/lax/bins/B/20261120T221005.123Z.jpg"
    world.monitor.watch([world.put(later, a_photo(2), **{"expected-quantity": "3"})])

    assert [Verdict.MISMATCH, Verdict.MATCH, Verdict.MISMATCH] == [
        world.verdicts()[name] for name in (*photos, later)
    ]


def test_a_record_that_is_exported_again_with_its_last_movement_tells_of_one_movement(world):
    record = "sites/berlin-1/bins/A-07/expected.json"
    moved = b'{"EXPECTED_QUANTITY": 2, "MOVEMENT": -1, "MOVED_AT": "2026-11-20T22:10:03.000Z"}'
    world.monitor.watch([world.put(record, a_record(3), "01")])

    for order in ("02", "03"):
        world.monitor.watch([world.put(record, moved, order)])

    items = world.ledger.bins[BinId("berlin-1", "A-07")].evidence.items
    assert [-1] == [item.by for item in items if isinstance(item, Moved)]
    assert [-1] == [step.by for step in steps_of(items) if isinstance(step, Moved | Unexplained)]


def test_a_record_may_say_what_was_moved_and_the_next_photo_agrees(world):
    world.monitor = replace(world.monitor, rules_for=lambda bin_id: Rules(Cost()))
    bin_ = "sites/berlin-1/bins/A-07"
    before, after = (f"{bin_}/20261120T2210{second}.000Z.jpg" for second in ("00", "04"))
    world.monitor.watch([world.put(f"{bin_}/expected.json", a_record(3), "01")])
    world.monitor.watch([world.put(before, a_photo(3))])
    moved = b'{"EXPECTED_QUANTITY": 2, "MOVEMENT": -1, "MOVED_AT": "2026-11-20T22:10:03.000Z"}'
    world.monitor.watch([world.put(f"{bin_}/expected.json", moved, "02")])

    world.monitor.watch([world.put(after, a_photo(2))])

    assert {before: Verdict.MATCH, after: Verdict.MATCH} == world.verdicts()
    assert world.looks()[after].mismatch_probability < 0.001


@given(st.permutations(range(9)), st.lists(st.integers(0, 8), max_size=4), st.integers(1, 9))
def test_any_order_any_batches_and_any_repeats_give_the_same_verdicts(order, repeats, size):
    world = World()
    bin_b = "sites/berlin-1/bins/B"
    uploads = [
        world.put(f"{FLEET}.jpg", a_photo(2)),
        world.put(f"{FLEET}.json", a_record(3)),
        world.put("bin-images/1.jpg", a_photo(1)),
        world.put("metadata/1.json", a_record(1)),
        world.put(f"{bin_b}/20261120T221005.123Z_top.png", b"\x89PNG\r\n\x1a\n\x04"),
        world.put(f"{bin_b}/20261120T221005.123Z_side.jpg", a_photo(6)),
        world.put(f"{bin_b}/20261120T221004.000Z.jpg", a_photo(6)),
        world.put(f"{bin_b}/20261120T221004.000Z.json", a_record(5)),
        world.put(f"{bin_b}/expected.json", a_record(6)),
    ]
    arrivals = [uploads[each] for each in (*order, *repeats)]

    for start in range(0, len(arrivals), size):
        world.monitor.watch(arrivals[start : start + size])

    assert world.verdicts() == {
        f"{FLEET}.jpg": Verdict.MISMATCH,
        "bin-images/1.jpg": Verdict.MATCH,
        f"{bin_b}/20261120T221005.123Z_top.png": Verdict.MISMATCH,
        f"{bin_b}/20261120T221005.123Z_side.jpg": Verdict.MATCH,
        f"{bin_b}/20261120T221004.000Z.jpg": Verdict.MISMATCH,
    }
    assert ["A-07"] == [alert.bin for alert in world.ledger.published if alert.bin != "B"]
