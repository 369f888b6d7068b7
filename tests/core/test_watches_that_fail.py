"""A watch that cannot be written holds up its own bins' looks at most, and loses no sign silently."""

from dataclasses import replace

import pytest

from binwatch.errors import Conflict, RequestRefused, Unavailable
from binwatch.incidents import MOST_NAMED
from binwatch.signs import Group, GroupKind
from binwatch.timers import Kind, Timer
from tests.alert_floor import Floor
from tests.alert_lives import minute

AISLE = Group("berlin-1", GroupKind.AISLE, "A")


def a_floor(error, of="A"):
    """Bins of two aisles; the watch over one cannot be written."""
    floor = Floor(hold_minutes=0)
    floor.watch(floor.record(3, "A-07"), floor.record(3, "B-01"))
    write = floor.noticeboard.turn

    def turn(before, after, announced):
        if after.group.name == of:
            raise error
        write(before, after, announced)

    floor.noticeboard.turn = turn
    return floor


@pytest.mark.parametrize("error", [Unavailable("throttled"), Conflict("others write")])
def test_a_watch_that_cannot_be_written_yet_holds_up_its_own_bins_only(error):
    floor = a_floor(error)

    here, there = floor.monitor.watch([floor.photo(0, 2, "A-07"), floor.photo(0, 2, "B-01")]).values()

    assert (type(error), None) == (type(here.error), there.error)
    assert [("B-01", "opened")] == floor.told()
    assert "B" in {group.name for group in floor.noticeboard.watches}


def test_the_sign_of_a_watch_that_could_not_be_written_is_heard_when_the_photo_comes_again():
    floor = a_floor(Unavailable("throttled"), of="cam-7")
    photo = floor.photo(0, 2, "A-07", camera="cam-7")
    floor.monitor.watch([photo])
    assert [1] == [len(watch.signs) for watch, _ in floor.noticeboard.watches.values()]  # the aisle's

    del floor.noticeboard.turn
    floor.watch(photo)

    assert [1, 1] == [len(watch.signs) for watch, _ in floor.noticeboard.watches.values()]


def test_what_a_watch_will_never_take_holds_up_nobody_and_is_told():
    refused = RequestRefused("writing the watch: DynamoDB answered ValidationException")
    floor = a_floor(refused)

    here, there = floor.monitor.watch([floor.photo(0, 2, "A-07"), floor.photo(0, 2, "B-01")]).values()

    assert [(None, refused), (None, None)] == [(each.error, each.missed) for each in (here, there)]
    assert ["A-07", "B-01"] == [bin_ for bin_, _ in floor.told()]


def test_a_site_whose_mutes_cannot_be_read_holds_up_its_own_bins_only():
    floor = Floor(hold_minutes=0)
    there = floor.record(3, "B-01")
    read = floor.noticeboard.muting

    def muting(site, now):
        if site == "berlin-1":
            raise Unavailable("throttled")
        return read(site, now)

    floor.noticeboard.muting = muting
    key = "sites/potsdam/bins/B-01/expected.json"
    floor.objects.put(key, floor.objects.objects[there.key, None].body)
    elsewhere = replace(there, key=key)

    outcomes = floor.monitor.watch([floor.record(3, "A-07"), elsewhere])

    assert [True, False] == [each.to_retry for each in outcomes.values()]


def test_a_bin_that_the_table_will_never_take_is_quarantined_and_its_neighbour_stored():
    floor = Floor()
    save = floor.ledger.save

    def save_others(before, after):
        if before.id.bin == "A-07":
            raise RequestRefused("writing bin A-07: DynamoDB answered ValidationException")
        save(before, after)

    floor.ledger.save = save_others
    outcomes = floor.monitor.watch([floor.record(3, "A-07"), floor.record(3, "B-01")])

    assert [(False, "request_refused"), (False, None)] == [
        (each.to_retry, each.error and each.error.code) for each in outcomes.values()
    ]
    assert ["request_refused"] == [each.code for each in floor.ledger.quarantine_items.values()]
    assert ["B-01"] == [each.bin for each in floor.ledger.bins]


def test_all_bins_of_a_large_incident_are_muted_and_those_still_wrong_told_after_it():
    bins = [f"A-{number:03}" for number in range(MOST_NAMED + 20)]
    floor = Floor(hold_minutes=0)
    floor.watch(*(floor.record(3, bin_) for bin_ in bins))
    floor.watch(*(floor.photo(0, 2, bin_) for bin_ in bins))
    floor.until(8)
    assert ([("A", "opened")], []) == (floor.incidents(), floor.told())

    floor.watchkeeper.end(AISLE, "Anna", "lamp mended")
    floor.until(17)
    assert [] == floor.told()
    floor.until(20)

    assert [(bin_, "opened") for bin_ in bins] == sorted(floor.told())
    floor.until(700)
    assert set() == floor.timers.kept  # none is woken again for nothing


def test_who_is_muted_while_an_incident_lets_go_of_its_bins_is_woken_too():
    floor = Floor(hold_minutes=0)
    bins = [f"A-{number:03}" for number in range(5)]
    floor.watch(*(floor.record(3, bin_) for bin_ in bins))
    floor.watch(*(floor.photo(0, 2, bin_) for bin_ in bins))
    incident = floor.watchkeeper.end(AISLE, "Anna", "lamp mended").incident
    floor.now = 11

    def meanwhile():
        floor.timers.set([Timer(incident.planned_end, Kind.ALERT, "berlin-1/A-099")])

    floor.noticeboard.before_turn = meanwhile
    floor.watchkeeper.wake(AISLE)

    assert Timer(minute(11), Kind.ALERT, "berlin-1/A-099") in floor.timers.kept
