"""Photos of many bins in: one incident of their aisle or camera, and what its bins are told of after it."""

from dataclasses import replace

import pytest

from binwatch.alerts import State
from binwatch.decision import Exact
from binwatch.groupings import Grouping
from binwatch.policy_book import Rules
from binwatch.signs import Group, GroupKind
from tests.alert_floor import Floor

AISLE = [f"A-{number:02}" for number in range(1, 7)]


def an_aisle(**more):
    floor = Floor(**more)
    floor.watch(*(floor.record(3, bin_) for bin_ in AISLE))
    return floor


def a_faulty_aisle():
    floor = an_aisle()
    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(at, 2, bin_)
    return floor


def test_an_aisle_whose_bins_all_go_wrong_is_one_incident_and_no_alert():
    floor = an_aisle()
    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(at, 2, bin_)

    floor.until(60)

    assert [("A", "opened")] == floor.incidents()
    assert [] == floor.told()
    assert State.OPEN is floor.episode("A-01").state


def test_alerts_that_wait_less_than_the_incident_window_would_be_sent_before_their_incident():
    """Why the policy book refuses it; the looks of this aisle are spread over its five minutes."""
    floor = an_aisle()
    floor.rules = Rules(Exact(), hold_minutes=2, grouping=Grouping(incident_window_minutes=2))
    floor.watchkeeper = replace(floor.watchkeeper, rules_for=lambda bin_id: Rules())
    floor.monitor = replace(floor.monitor, watchkeeper=floor.watchkeeper)

    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(at, 2, bin_)

    assert [("A", "opened")] == floor.incidents()
    assert [("A-01", "opened"), ("A-02", "opened"), ("A-03", "opened")] == floor.told()


def test_an_aisle_is_named_as_its_site_names_it():
    floor = Floor(grouping=Grouping(aisle_separator=".", aisle_parts=2))
    bins = [f"hall.A.{number}" for number in range(1, 6)]
    floor.watch(*(floor.record(3, bin_) for bin_ in bins))

    for at, bin_ in enumerate(bins):
        floor.see(at, 2, bin_)

    assert [("hall.A", "opened")] == floor.incidents()


OTHERWISE = [
    Grouping(aisle_separator="."),
    Grouping(aisle_parts=0),
    Grouping(aisle_separator="0"),
    Grouping(incident_bins=6),
]


@pytest.mark.parametrize("grouping", OTHERWISE, ids=str)
def test_an_incident_ends_when_its_bins_are_right_though_they_are_grouped_otherwise_by_then(grouping):
    floor = a_faulty_aisle()
    floor.rules = replace(floor.rules, grouping=grouping)

    for at, bin_ in enumerate(AISLE[:4]):
        floor.see(20 + at, 3, bin_)
    floor.until(40)

    assert [("A", "opened"), ("A", "resolved")] == floor.incidents()
    assert [("A-05", "opened")] == floor.told()


@pytest.mark.parametrize("grouping", OTHERWISE, ids=str)
def test_an_incident_of_bins_that_stay_wrong_is_one_though_they_are_grouped_otherwise_by_then(grouping):
    floor = a_faulty_aisle()
    floor.rules = replace(floor.rules, grouping=grouping)

    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(20 + at, 1, bin_)
    floor.until(470)
    assert [("A", "opened")] == floor.incidents()
    floor.until(500)

    assert [("A", "opened"), ("A", "resolved")] == floor.incidents()
    assert [(bin_, "opened") for bin_ in AISLE[:5]] == sorted(floor.told())


@pytest.mark.parametrize("grouping", OTHERWISE, ids=str)
def test_a_person_ends_an_incident_though_its_bins_are_grouped_otherwise_by_then(grouping):
    floor = a_faulty_aisle()
    floor.rules = replace(floor.rules, grouping=grouping)

    floor.watchkeeper.end(Group("berlin-1", GroupKind.AISLE, "A"), "Anna", "lamp mended")
    floor.until(20)

    assert [("A", "opened"), ("A", "resolved")] == floor.incidents()
    assert [(bin_, "opened") for bin_ in AISLE[:5]] == sorted(floor.told())


def test_once_an_incident_of_another_grouping_is_over_its_bins_are_watched_as_they_are_grouped_now():
    floor = a_faulty_aisle()
    floor.rules = replace(floor.rules, grouping=Grouping(aisle_separator="0"))
    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(20 + at, 3, bin_)
    floor.until(40)

    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(40 + at, 2, bin_)

    assert [("A", "opened"), ("A", "resolved"), ("A-", "opened")] == floor.incidents()


def test_how_long_an_incident_lasted_is_told_whatever_the_longest_is_by_then():
    floor = a_faulty_aisle()
    floor.rules = replace(floor.rules, grouping=Grouping(incident_longest_hours=100))

    floor.until(500)

    assert "it lasted 8 hours" == floor.noticeboard.announced[-1].why


def test_after_an_incident_only_the_bins_that_are_still_wrong_are_told():
    floor = an_aisle()
    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(at, 2, bin_)
    for at, bin_ in enumerate(AISLE[:4]):
        floor.see(20 + at, 3, bin_)
    assert [("A", "opened"), ("A", "resolved")] == floor.incidents()
    floor.until(32)
    assert [] == floor.told()

    floor.until(40)

    assert [("A-05", "opened")] == floor.told()


def test_an_aisle_of_wrong_records_is_over_once_they_are_corrected():
    floor = an_aisle()
    for at, bin_ in enumerate(AISLE[:5]):
        floor.see(at, 2, bin_)
    floor.until(10)

    corrected = [floor.record(2, bin_, order=2) for bin_ in AISLE[:5]]
    floor.watch(*corrected)
    floor.watch(*corrected)
    floor.until(30)

    assert [("A", "opened"), ("A", "resolved")] == floor.incidents()
    assert [] == floor.told()


def test_records_that_are_all_corrected_wrongly_are_an_incident_of_their_aisle():
    floor = an_aisle(hold_minutes=0)
    floor.watch(*(floor.photo(0, 3, bin_) for bin_ in AISLE))

    floor.watch(*(floor.record(4, bin_, order=2) for bin_ in AISLE))

    assert ([("A", "opened")], []) == (floor.incidents(), floor.told())


def test_a_camera_that_sees_nothing_is_one_incident_and_its_aisle_none():
    floor = an_aisle()

    for at, bin_ in enumerate(AISLE):
        floor.see(at, 255, bin_, camera="cam-7")

    assert [("cam-7", "opened")] == floor.incidents()


def test_a_batch_of_a_whole_aisle_is_one_incident_before_any_alert_is_told():
    floor = an_aisle(hold_minutes=0)

    floor.watch(*(floor.photo(0, 2, bin_) for bin_ in AISLE))

    assert ([("A", "opened")], []) == (floor.incidents(), floor.told())


def test_photos_that_wait_for_their_record_say_nothing_of_their_aisle():
    floor = Floor()
    floor.watch(*(floor.photo(0, 2, bin_) for bin_ in AISLE))
    assert [] == floor.incidents()

    floor.watch(*(floor.record(3, bin_) for bin_ in AISLE))

    assert [("A", "opened")] == floor.incidents()


def test_photos_in_the_abid_layout_stand_in_no_aisle():
    floor = Floor(hold_minutes=0)
    for number in range(6):
        key = f"bin-images/synthetic-{number}.jpg"
        upload = floor.photo(0, 2)
        floor.objects.put(key, b"\xff\xd8\xff\x02", **{"expected-quantity": "3"})
        floor.watch(replace(upload, key=key))

    assert [] == floor.incidents()
    assert 6 == len(floor.told())


def test_bins_that_are_as_far_apart_as_the_hold_window_are_no_incident_but_alerts_of_their_own():
    floor = an_aisle(hold_minutes=5, grouping=Grouping(incident_window_minutes=5, incident_bins=2))
    floor.see(0, 2, AISLE[0])
    floor.see(5, 2, AISLE[1])
    floor.until(12)

    assert [(AISLE[0], "opened"), (AISLE[1], "opened")] == floor.told()
    assert [] == floor.incidents()
