"""Whole nights at the desk with an aisle or a camera that fails: one incident, and no alert of its bins."""

from binwatch.decision import Verdict
from binwatch.groupings import Grouping
from binwatch.keys import BinId
from tests.alert_lives import Desk


def aisle(letter, bins):
    return [BinId("berlin-1", f"{letter}-{number:02}") for number in range(bins)]


def test_an_aisle_that_goes_wrong_at_once_is_one_incident_and_no_alert():
    desk = Desk(grouping=Grouping(incident_bins=5))
    bins = aisle("A", 12)

    for number, bin_ in enumerate(bins):  # within a minute, half of them unreadable
        verdict = Verdict.UNREADABLE if number % 2 else Verdict.MISMATCH
        desk.see(1, bin=bin_, verdict=verdict, counted=0)
    desk.until(120)

    (incident,) = desk.incidents()
    assert ("A", 1) == (incident.group.name, incident.revision)
    assert [incident] == desk.sent


def test_when_the_fault_is_mended_only_the_bins_that_are_still_wrong_are_sent():
    desk = Desk(grouping=Grouping(incident_bins=5))
    bins = aisle("A", 12)
    truly_wrong = bins[3]

    for bin_ in bins:
        desk.see(1, bin=bin_, counted=0)
    for bin_ in bins:
        desk.see(60, bin=bin_, counted=3 if bin_ == truly_wrong else 5)
    desk.until(120)

    began, ended = desk.incidents()
    assert (began.id, 2) == (ended.id, ended.revision)
    assert {truly_wrong.bin: ["opened"]} == {
        bin_.bin: desk.messages(bin_) for bin_ in bins if desk.messages(bin_)
    }


def test_an_incident_that_nobody_mends_ends_after_a_shift_and_its_bins_are_sent():
    desk = Desk(grouping=Grouping(incident_bins=5, incident_longest_hours=1))
    bins = aisle("A", 6)

    for bin_ in bins:
        desk.see(1, bin=bin_, counted=0)
    desk.until(70)
    before = [bin_ for bin_ in bins if desk.messages(bin_)]
    desk.until(71)

    assert [] == before
    assert bins == [bin_ for bin_ in bins if desk.messages(bin_) == ["opened"]]


def test_a_camera_that_fails_across_aisles_is_one_incident_too():
    desk = Desk(grouping=Grouping(incident_bins=4))
    bins = [*aisle("A", 3), *aisle("B", 3), *aisle("C", 3)]

    for bin_ in bins:
        desk.see(1, bin=bin_, verdict=Verdict.UNREADABLE, camera="cam-7")
    for bin_ in bins:
        desk.see(2, bin=bin_, counted=0, camera="cam-7")
    desk.until(60)

    (incident,) = desk.incidents()
    assert ("camera", "cam-7") == (incident.group.kind, incident.group.name)
    assert [incident] == desk.sent


def test_a_few_wrong_bins_among_many_right_ones_are_alerts_and_no_incident():
    desk = Desk(grouping=Grouping(incident_bins=5))

    for number, bin_ in enumerate(aisle("A", 60)):
        desk.see(1, bin=bin_, counted=3 if number % 10 == 0 else 5)
    desk.until(60)

    assert [] == desk.incidents()
    assert 6 == len(desk.sent)
