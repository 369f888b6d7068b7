"""Photos in, the one right set of messages out: flapping, disorder, lost races."""

from itertools import permutations

import pytest

from binwatch.errors import Conflict, Unavailable
from binwatch.groupings import Grouping
from tests.alert_floor import Floor

AISLE = [f"A-{number:02}" for number in range(1, 7)]


@pytest.fixture
def floor():
    floor = Floor()
    floor.watch(floor.record(3))
    return floor


def an_aisle(**more):
    floor = Floor(**more)
    floor.watch(*(floor.record(3, bin_) for bin_ in AISLE))
    return floor


def test_a_mismatch_that_lasts_is_told_once_after_its_hold_window(floor):
    floor.see(0, 2)
    floor.until(4)
    assert [] == floor.told()

    floor.until(30)

    assert [("A-07", "opened")] == floor.told()
    assert floor.episode().id == next(iter(floor.bin().looks.values())).alert_id


def test_a_bin_that_flaps_is_told_of_once_it_has_stopped(floor):
    for at, count in [(0, 2), (2, 3), (4, 2), (6, 3), (8, 2), (10, 3), (12, 2), (15, 2)]:
        floor.see(at, count)
    floor.until(16)
    assert [] == floor.told()

    floor.until(20)
    floor.see(40, 3)

    assert [("A-07", "opened"), ("A-07", "resolved")] == floor.told()
    assert 1 == len({entry.alert_id for entry in floor.ledger.trail})


def test_a_corrected_record_ends_the_alert(floor):
    floor.see(0, 2)
    floor.until(6)

    floor.watch(floor.record(2, order=2))

    assert [("A-07", "opened"), ("A-07", "resolved")] == floor.told()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_they_arrive_the_end_is_one_alert_about_the_newest_photo(order):
    floor = Floor()
    uploads = [floor.record(3), floor.photo(-3, 2), floor.photo(-2, 3), floor.photo(-1, 1)]

    for each in order:
        floor.watch(uploads[each])
    floor.until(10)

    assert [("A-07", "opened")] == floor.told()
    (alert,) = floor.ledger.published
    assert (uploads[3].key, 3, 1) == (alert.photo.key, alert.expected, alert.counted)


def test_an_announcement_that_comes_again_says_nothing_again():
    floor = an_aisle(hold_minutes=0)
    photos = [floor.photo(0, 2, bin_) for bin_ in AISLE[:2]]
    floor.watch(*photos)

    floor.watch(*photos)
    floor.watch(floor.record(3, AISLE[0]))

    assert [(bin_, "opened") for bin_ in AISLE[:2]] == floor.told()


def test_a_crash_between_the_watch_and_the_bin_is_made_up_for_by_the_next_delivery():
    floor = an_aisle()
    photos = [floor.photo(0, 2, bin_) for bin_ in AISLE]

    def the_table_fails():
        raise Unavailable("the table throttles")

    floor.ledger.before_save = the_table_fails
    assert all(each.to_retry for each in floor.monitor.watch(photos).values())
    floor.ledger.before_save = lambda: None
    floor.watch(*photos)

    assert [("A", "opened")] == floor.incidents()
    assert 6 == len(list(floor.ledger.looks()))


def test_a_writer_of_the_watch_that_was_overtaken_adds_its_sign_to_what_it_finds():
    floor = an_aisle(grouping=Grouping(incident_bins=2))
    rivals = [floor.photo(0, 2, AISLE[1])]

    def a_rival_turns_first():
        if rivals:
            floor.watch(rivals.pop())

    floor.noticeboard.before_turn = a_rival_turns_first
    floor.watch(floor.photo(0, 2, AISLE[0]))

    assert [("A", "opened")] == floor.incidents()


def test_a_look_that_is_judged_otherwise_after_a_lost_race_leaves_that_sign():
    floor = an_aisle(grouping=Grouping(incident_bins=2))
    floor.see(0, 2, AISLE[1])
    rivals = [floor.record(2, AISLE[0], order=2)]

    def the_record_is_corrected_first():
        if rivals:
            floor.watch(rivals.pop())

    floor.ledger.before_save = the_record_is_corrected_first
    floor.see(1, 3, AISLE[0])

    assert [("A", "opened")] == floor.incidents()


def test_a_bin_that_is_contended_twice_over_goes_back_to_the_queue_alone():
    floor = an_aisle()
    contended, fine = floor.photo(0, 2, AISLE[0]), floor.photo(0, 3, "B-01")
    floor.watch(floor.record(3, "B-01"))

    def always_overtaken():
        raise Conflict("another was quicker")

    def the_record_is_corrected_first():
        floor.ledger.before_save = lambda: None
        floor.watch(floor.record(2, AISLE[0], order=2))
        floor.noticeboard.before_turn = always_overtaken

    floor.ledger.before_save = the_record_is_corrected_first
    outcomes = floor.monitor.watch([contended, fine])

    assert outcomes[contended.id].to_retry
    assert not outcomes[fine.id].to_retry


def test_a_watch_that_others_never_cease_to_change_sends_the_uploads_back_to_the_queue():
    floor = an_aisle()

    def always_overtaken():
        raise Conflict("another was quicker")

    floor.noticeboard.before_turn = always_overtaken
    photo = floor.photo(0, 2, AISLE[0])

    assert floor.monitor.watch([photo])[photo.id].to_retry
    assert [] == list(floor.ledger.looks())
