"""Without a hold window a mismatch is told at once; what is open in the end is the same as with one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binwatch.alerts import State
from binwatch.commands import Acknowledge, Reopen, Resolve
from binwatch.signs import Group, GroupKind
from tests.alert_floor import Floor

AISLE = [f"A-{number:02}" for number in range(1, 13)]
AISLE_A = Group("berlin-1", GroupKind.AISLE, "A")


def a_floor(bins=("A-07",), hold_minutes=0):
    floor = Floor(hold_minutes=hold_minutes)
    floor.watch(*(floor.record(3, bin_) for bin_ in bins))
    return floor


def an_aisle_that_goes_wrong(bins=8, hold_minutes=0):
    """Bins go wrong within three minutes, one after the other."""
    floor = a_floor(AISLE, hold_minutes)
    for number, bin_ in enumerate(AISLE[:bins]):
        floor.see(number // 3, 2, bin_)
    return floor


def open_in(floor):
    """What a list of open alerts shows that is kept by the messages."""
    is_open = {}
    for bin_, event in floor.told():
        is_open[bin_] = event != "resolved"
    return sorted(bin_ for bin_, each in is_open.items() if each)


def test_a_first_mismatch_is_told_at_once():
    floor = a_floor()

    floor.see(0, 2)

    assert [("A-07", "opened")] == floor.told()


def test_a_bin_that_flaps_for_an_hour_is_told_of_twice():
    floor = a_floor()

    for look in range(30):
        floor.see(2 * look, 3 if look % 2 else 2)
    floor.until(120)

    assert [("A-07", "opened"), ("A-07", "resolved")] * 2 == floor.told()


@pytest.mark.parametrize("again", [5, 63])
def test_a_mismatch_that_comes_back_within_an_hour_waits_two_minutes(again):
    floor = a_floor()
    floor.see(0, 2)
    floor.see(3, 3)

    floor.see(again, 2)
    floor.until(again + 1)
    before = floor.told()
    floor.until(again + 2)

    assert [("A-07", "opened"), ("A-07", "resolved")] == before
    assert [*before, ("A-07", "opened")] == floor.told()


def test_a_mismatch_that_comes_back_later_is_told_at_once():
    floor = a_floor()
    floor.see(0, 2)
    floor.see(3, 3)

    floor.see(64, 2)

    assert [("A-07", "opened"), ("A-07", "resolved"), ("A-07", "opened")] == floor.told()


@pytest.mark.parametrize("hold_minutes", [0, 5])
def test_an_aisle_that_goes_wrong_look_by_look_is_one_incident_and_no_open_alert(hold_minutes):
    floor = an_aisle_that_goes_wrong(hold_minutes=hold_minutes)

    floor.until(60)

    assert [("A", "opened")] == floor.incidents()
    assert [] == open_in(floor)
    assert State.OPEN is floor.episode("A-01").state


def test_who_was_told_of_an_alert_is_told_that_an_incident_speaks_for_it():
    floor = an_aisle_that_goes_wrong()

    floor.until(60)

    (end,) = [each for each in floor.ledger.published if (each.bin, each.event) == ("A-01", "resolved")]
    incident = floor.noticeboard.watch(AISLE_A).watch.incident.id
    assert (State.OPEN, None) == (end.state, end.who)
    assert f"incident {incident} of aisle A speaks for it" in end.why
    assert ["opened", "sent resolved"] == [
        entry.what for entry in floor.ledger.trail if entry.alert_id == end.id
    ]


def test_after_the_incident_the_bins_that_are_still_wrong_are_told_anew():
    floor = an_aisle_that_goes_wrong()
    for bin_ in AISLE[1:8]:
        floor.see(20, 3, bin_)

    floor.until(29)
    during = open_in(floor)
    floor.until(40)

    assert [("A", "opened"), ("A", "resolved")] == floor.incidents()
    assert ([], ["A-01"]) == (during, open_in(floor))
    assert 1 == floor.bin("A-01").case.episodes


def test_an_alert_that_somebody_has_taken_stays_theirs():
    floor = a_floor(AISLE)
    floor.see(0, 2, "A-01")
    floor.desk.answer(Acknowledge(floor.episode("A-01").id, 1), "Anna")

    for bin_ in AISLE[1:8]:
        floor.see(1, 2, bin_)
    floor.until(60)

    assert [("A", "opened")] == floor.incidents()
    assert ["A-01"] == open_in(floor)
    assert State.ACKNOWLEDGED is floor.episode("A-01").state


def test_who_takes_an_alert_that_was_closed_for_an_incident_is_refused_nothing():
    floor = an_aisle_that_goes_wrong()
    floor.until(10)

    floor.desk.answer(Acknowledge(floor.episode("A-01").id, 1), "Anna")
    floor.watchkeeper.end(AISLE_A, "Ben", "lamp mended")
    floor.until(30)

    assert State.ACKNOWLEDGED is floor.episode("A-01").state
    assert "A-01" not in open_in(floor)


def test_a_person_counts_a_bin_that_an_incident_speaks_for_and_takes_it_back():
    floor = an_aisle_that_goes_wrong()
    floor.until(10)
    alert = floor.episode("A-01").id

    floor.desk.answer(Resolve(alert, floor.episode("A-01").revision, counted=2), "Anna")
    floor.desk.answer(Reopen(alert, floor.episode("A-01").revision), "Anna")
    during = open_in(floor)
    floor.watchkeeper.end(AISLE_A, "Ben", "lamp mended")
    floor.until(30)

    assert ([], AISLE[:8]) == (during, open_in(floor))


def test_an_urgent_alert_is_not_repeated_while_an_incident_speaks_for_it():
    floor = Floor(hold_minutes=0)
    floor.watch(*(floor.record(6, bin_) for bin_ in AISLE))
    for number, bin_ in enumerate(AISLE[:8]):
        floor.see(number // 3, 1, bin_)

    floor.until(300)

    assert "reminder" not in [event for _, event in floor.told()]
    assert [] == open_in(floor)


def test_an_urgent_alert_that_is_told_anew_is_repeated_as_a_new_one_is():
    floor = Floor(hold_minutes=0)
    floor.watch(*(floor.record(6, bin_) for bin_ in AISLE))
    floor.see(0, 1, "A-09")
    floor.until(46)
    for bin_ in AISLE[:9]:
        floor.see(50, 1, bin_)
    floor.watchkeeper.end(AISLE_A, "Anna", "lamp mended")

    floor.until(60 + 15)

    told = [(each.event, each.reminder) for each in floor.ledger.published if each.bin == "A-09"]
    before = [("opened", 0), ("reminder", 1), ("reminder", 2), ("resolved", 2)]
    assert [*before, ("opened", 0), ("reminder", 1)] == told


def test_an_alert_about_what_was_seen_before_the_fault_stays_open_though_the_bin_cannot_be_read_now():
    floor = a_floor(AISLE)
    floor.see(0, 2, "A-09")
    for bin_ in AISLE[:5]:
        floor.see(30, 2, bin_)

    floor.see(31, 255, "A-09")
    floor.until(33)

    assert ["A-09"] == open_in(floor)


def test_a_crash_after_the_watch_was_written_leaves_no_alert_open():
    floor = a_floor(AISLE)
    for number, bin_ in enumerate(AISLE[:4]):
        floor.see(number // 3, 2, bin_)

    def the_function_dies():
        raise KeyboardInterrupt

    floor.ledger.before_save = the_function_dies
    with pytest.raises(KeyboardInterrupt):
        floor.see(2, 2, AISLE[4])
    floor.ledger.before_save = lambda: None
    floor.until(10)

    assert [("A", "opened")] == floor.incidents()
    assert [] == open_in(floor)


def test_a_sweep_that_runs_while_an_incident_opens_leaves_no_alert_open():
    floor = a_floor(AISLE)
    for number, bin_ in enumerate(AISLE[:4]):
        floor.see(number // 3, 2, bin_)

    floor.noticeboard.before_turn = lambda: floor.sweep.run(lambda: True)
    floor.see(2, 2, AISLE[4])
    floor.until(10)

    assert [] == open_in(floor)


def test_a_mismatch_that_is_saved_while_its_incident_lets_go_is_told_all_the_same():
    floor = an_aisle_that_goes_wrong(bins=6)
    floor.see(20, 3, "A-06")
    floor.until(8 * 60 + 10)
    floor.now += 1  # when the bins are released; nobody has swept yet
    photo = floor.photo(floor.now - 1, 2, "A-06")
    rivals = [lambda: floor.sweep.run(lambda: True)]

    def the_sweep_is_quicker():
        if rivals:
            rivals.pop()()

    floor.ledger.before_save = the_sweep_is_quicker
    floor.watch(photo)
    muted = open_in(floor)
    floor.until(floor.now + 15)

    assert "A-06" not in muted
    assert "A-06" in open_in(floor)


LOOKS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(AISLE[:7]), st.sampled_from([2, 3]), st.integers(0, 30)),
    min_size=1,
    max_size=25,
    unique_by=lambda look: look[:2],
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(looks=LOOKS, hold_minutes=st.sampled_from([0, 5]))
def test_in_whatever_order_looks_arrive_the_bins_whose_newest_is_wrong_are_open_in_the_end(
    looks, hold_minutes
):
    """Each look: the minute it was taken, its bin, what it counts, and how late it arrives."""
    floor = a_floor(AISLE, hold_minutes)
    for at, bin_, count, late in sorted(looks, key=lambda look: look[0] + look[3]):
        floor.until(max(floor.now, at + late))
        floor.watch(floor.photo(at, count, bin_))
    floor.until(floor.now + 2)
    assert not (set(in_incidents(floor)) & set(open_in(floor)))

    for hours in range(20):  # an incident lasts 8 at most
        floor.now += 60 * (hours > 0)
        for _ in range(20):
            floor.until(floor.now + 1)

    newest = {bin_: count for _, bin_, count, _ in sorted(looks)}
    assert sorted(bin_ for bin_, count in newest.items() if count == 2) == open_in(floor)


def in_incidents(floor):
    watches = (watch for watch, _ in floor.noticeboard.watches.values())
    return [name for watch in watches if watch.incident for name in watch.incident.bins]
