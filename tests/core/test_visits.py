"""Which bins people should count first: by r, without those that somebody has in hand."""

from dataclasses import replace

import pytest

from binwatch.alerts import State
from binwatch.asking import Doubt
from binwatch.bins import Bin
from binwatch.decision import Cost, Direction, Verdict
from binwatch.episodes import SYSTEM, Answer, Case, Entry, Episode
from binwatch.evidence import CycleCount, Evidence
from binwatch.keys import BinId, seconds
from binwatch.policy_book import Rules
from binwatch.triage import Capacity
from binwatch.visits import Visit, visits_of, worklist
from tests.alert_lives import an_assessment, minute
from tests.core.test_bins import a_look

SEEN, NOW = minute(10), minute(60)
COST, CAPACITY = Rules(Cost()), Rules(Capacity(7))


def a_bin(name, r, *, look=None, **fields):
    """A bin whose newest look expects five, and three if the record is wrong."""
    id_ = BinId("berlin-1", name)
    newest = a_look(
        3,
        bin=id_,
        captured_at=SEEN,
        verdict=Verdict.UNSURE,
        expected=5,
        most_likely=3,
        mismatch_probability=r,
        amiss=1.0,
    )
    newest = replace(newest, **(look or {}))
    return Bin(id_, newest=newest.id, looks={newest.id: newest}, **fields)


def listed(*bins, rules=COST, visits=9):
    return [each.bin.bin for each in worklist(bins, lambda bin_: rules, visits, NOW)]


def test_the_most_likely_wrong_records_are_visited_first_and_no_more_than_can_be():
    bins = [a_bin("A", 0.1), a_bin("B", 0.7), a_bin("C", 0.3)]

    assert ["B", "C"] == listed(*bins, visits=2)


def test_of_equals_more_items_amiss_go_first_then_names():
    bins = [a_bin("C", 0.3), a_bin("B", 0.3), a_bin("A", 0.3, look={"amiss": 0.5})]

    assert ["B", "C", "A"] == listed(*bins)


def test_a_bin_that_was_never_compared_is_not_listed():
    assert [] == listed(Bin(BinId("berlin-1", "A")))


def test_a_bin_that_robots_are_no_longer_asked_for_goes_before_all_others():
    bins = [a_bin("A", 0.9), a_bin("B", 0.1, doubt=Doubt(minute(1), minute(1), 3))]

    assert ["B", "A"] == listed(*bins)
    assert ["A", "B"] == listed(*bins, rules=replace(COST, relooks_at_most=4))


def test_where_every_suspicion_lasts_only_its_probability_counts():
    bins = [a_bin("A", 0.9), a_bin("B", 0.4, doubt=Doubt(minute(1), minute(1), 3))]

    assert ["A", "B"] == listed(*bins, rules=CAPACITY)


def counted(at, quantity):
    return Evidence((CycleCount(seconds(at), "count", quantity),))


@pytest.mark.parametrize(
    ("at", "quantity", "stays"),
    [
        (minute(11), 3, []),
        (minute(11), 4, []),
        (minute(9), 3, []),  # the photo only tells what was found
        (minute(9), 4, ["A"]),
        (minute(60 - 24 * 60 - 1), 3, ["A"]),  # the record had a day to be corrected
    ],
)
def test_what_a_person_counted_is_visited_again_only_for_news(at, quantity, stays):
    assert stays == listed(a_bin("A", 0.9, evidence=counted(at, quantity)))


def an_alert(state, **fields):
    return Case(Episode("a1", state, 1, an_assessment(10), opened_at=minute(10), **fields), 1)


def test_a_bin_that_somebody_looks_after_is_not_listed():
    assert [] == listed(a_bin("A", 0.9, case=an_alert(State.ACKNOWLEDGED, acknowledged_by="Anna")))


def test_a_record_that_a_person_called_right_is_not_visited_before_it_changes_or_is_seen_again():
    case = an_alert(State.FALSE_ALARM, ended_at=minute(20), ended_by="Anna", answer=Answer(None, "hidden"))

    assert [] == listed(a_bin("A", 0.9, case=case))
    assert ["A"] == listed(a_bin("A", 0.9, case=case, look={"expected": 6}))
    assert ["A"] == listed(a_bin("A", 0.9, case=case, look={"captured_at": minute(21)}))


def an_entry(at):
    return Entry("a1", 1, at, SYSTEM, "held", "", None, State.HELD, None, matters=True)


def the_visit(*bins, rules=COST):
    (visit,) = worklist(bins, lambda bin_: rules, 9, NOW)
    return visit


def test_a_bin_says_since_when_it_is_suspected():
    alert = the_visit(a_bin("A", 0.9, case=an_alert(State.OPEN)))
    doubt = the_visit(a_bin("A", 0.1, doubt=Doubt(minute(1), minute(1), 2)))
    neither = the_visit(a_bin("A", 0.1))

    assert (minute(10), "a1", 0) == (alert.since, alert.alert_id, alert.looks)
    assert (minute(1), None, 2, False) == (doubt.since, doubt.alert_id, doubt.looks, doubt.for_a_person)
    assert (None, None) == (neither.since, neither.alert_id)


def test_an_alert_that_nobody_has_heard_of_yet_says_since_when_it_is_held():
    episode = Episode("a1", State.HELD, 1, an_assessment(10), history=(an_entry(minute(10)),))
    held = the_visit(a_bin("A", 0.9, case=Case(episode, 1)))

    assert (minute(10), None) == (held.since, held.alert_id)


def test_an_alert_that_is_over_tells_nothing_of_today():
    over = an_alert(State.RESOLVED, ended_at=minute(5), ended_by="binwatch")

    visit = the_visit(a_bin("A", 0.9, case=over))

    assert (None, None) == (visit.since, visit.alert_id)


@pytest.mark.parametrize(
    ("most_likely", "direction"), [(3, Direction.SHORTAGE), (6, Direction.OVERAGE), (None, None)]
)
def test_the_direction_is_that_of_the_most_likely_error(most_likely, direction):
    look = a_look(3, expected=5, most_likely=most_likely)

    assert direction == Visit(BinId("berlin-1", "A"), look).direction


def test_a_shift_holds_the_visits_of_its_policy_else_the_default():
    assert (7, 50) == (visits_of(CAPACITY), visits_of(COST))
