"""A bin is judged by all that is known of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binwatch.alerts import State
from binwatch.bins import Bin, add_cycle_count, add_look
from binwatch.commands import FalseAlarm, Reason, Reopen, Resolve
from binwatch.decision import Cost, Verdict
from binwatch.evidence import CycleCount, Moved, Recorded
from binwatch.handling import Occasion, obey
from binwatch.keys import seconds
from binwatch.policy_book import Rules
from binwatch.records import Record, Source
from tests.core.test_bins import BIN, NOW, a_look, an_unreadable_look, events, fold

RULES = Rules(Cost(), hold_minutes=0)


def at(minute):
    moment = datetime.fromisoformat(NOW) + timedelta(minutes=minute)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def a_weak_look(count, minute, sure=0.8, **fields):
    rest = (1 - sure) / 6
    probabilities = tuple(sure if each == count else rest for each in range(7))
    return replace(a_look(count, minute, captured_at=at(minute)), probabilities=probabilities, **fields)


def a_movement(quantity, by, minute):
    return Record(quantity, f"{minute:03}", Moved(seconds(at(minute)), f"upload {minute}", by))


def a_statement(quantity, minute):
    stated = Recorded(seconds(at(minute)), f"record {minute}", quantity)
    return Record(quantity, f"{minute:03}", stated=stated)


def known(*steps, start=None):
    return fold(*steps, start=start, rules=RULES)


def newest(bin_):
    return bin_.looks[bin_.newest]


def test_weak_looks_that_agree_open_an_alert_together():
    one = known(Record(3, "1"), a_weak_look(2, 1))
    three = known(Record(3, "1"), *(a_weak_look(2, minute) for minute in (1, 2, 3)))

    assert (Verdict.UNSURE, ["relook"]) == (newest(one).verdict, events(one))
    assert (Verdict.MISMATCH, ["relook", "opened"]) == (newest(three).verdict, events(three))


@settings(max_examples=40)
@given(st.permutations(range(7)))
def test_in_whatever_order_they_come_the_newest_look_is_judged_by_all(order):
    steps = [
        Record(3, "000"),
        a_weak_look(3, 1),
        a_weak_look(3, 2, 0.7),
        a_movement(2, -1, 3),
        a_weak_look(3, 4, 0.9),
        a_weak_look(3, 5),
        an_unreadable_look(6),
    ]
    in_order = known(*steps)

    end = known(*(steps[each] for each in order))

    assert in_order.evidence == end.evidence
    assert in_order.standing == end.standing
    assert replace(newest(in_order), alert_id=None) == replace(newest(end), alert_id=None)


def test_a_late_look_is_heard_on_the_newest():
    soon = known(Record(3, "1"), a_weak_look(2, 2), a_weak_look(2, 3))
    late = known(a_weak_look(2, 1), start=soon)

    assert newest(late).mismatch_probability > newest(soon).mismatch_probability
    assert "t3/3" == late.newest


def test_an_old_look_that_comes_late_is_judged_by_what_was_known_when_it_was_taken():
    late = known(Record(3, "1"), a_weak_look(2, 2), a_weak_look(2, 1)).looks["t1/1"]
    alone = known(Record(3, "1"), a_weak_look(2, 1)).looks["t1/1"]

    assert alone.mismatch_probability == late.mismatch_probability


def test_a_movement_carries_the_belief_along_and_nothing_is_amiss():
    end = known(Record(3, "000"), a_weak_look(3, 1), a_movement(2, -1, 2))

    assert (Verdict.MATCH, 2) == (newest(end).verdict, newest(end).expected)
    assert newest(end).mismatch_probability < 0.01


def test_an_alert_ends_when_the_record_is_corrected_to_what_was_seen():
    looks = [a_weak_look(2, minute) for minute in (1, 2, 3)]
    corrected = known(a_statement(3, 0), *looks, a_statement(2, 5))

    assert Verdict.MATCH is newest(corrected).verdict
    assert ["relook", "opened", "resolved"] == events(corrected)


def test_a_pick_that_the_record_does_not_state_as_one_opens_no_alert_in_any_order_of_arrival():
    looks = [a_weak_look(3, minute, 0.95) for minute in (1, 2, 3)]
    steps = [a_statement(3, 0), *looks, a_statement(2, 5)]

    ends = [known(*order) for order in permutations(steps)]

    assert {(Verdict.MATCH, 2)} == {(newest(end).verdict, newest(end).expected) for end in ends}
    assert 1 == len({end.evidence for end in ends})
    assert [] == events(known(*steps))


def test_a_change_of_a_record_whose_statement_was_not_kept_is_weighed_too():
    older = known(Record(3, "000"), *(a_weak_look(3, minute, 0.95) for minute in (1, 2, 3)))

    picked = known(a_statement(2, 5), start=older)

    assert (Verdict.MATCH, 2) == (newest(picked).verdict, newest(picked).expected)
    assert newest(picked).mismatch_probability < 0.05


def test_a_movement_told_by_an_older_record_still_counts_but_its_quantity_does_not():
    first, second = a_movement(4, 1, 2), a_movement(3, -1, 3)

    ends = [known(a_weak_look(3, 1), *order) for order in permutations([first, second])]

    assert ends[0].evidence == ends[1].evidence
    assert [3, 3] == [end.standing.quantity for end in ends]
    assert newest(ends[0]) == newest(ends[1])


def test_a_movement_that_is_known_changes_nothing():
    once = known(a_weak_look(3, 1), a_movement(4, 1, 2), a_movement(3, -1, 3))

    assert once is known(a_movement(4, 1, 2), a_movement(3, -1, 3), start=once)


def test_the_record_of_a_photo_is_compared_with_the_stock_of_its_time():
    end = known(a_weak_look(3, 1), ("t1", Record(3, "1")), a_movement(2, -1, 2))

    assert (Verdict.MATCH, Source.SIDECAR) == (newest(end).verdict, newest(end).expected_source)


def test_photos_whose_own_records_differ_say_nothing_of_each_other():
    steps = [a_weak_look(3, 1), a_weak_look(5, 2), ("t1", Record(3, "1")), ("t2", Record(5, "1"))]

    ends = [known(*order) for order in permutations(steps)]

    assert {Verdict.MATCH} == {end.looks["t2/2"].verdict for end in ends}
    assert 1 == len({end.looks["t2/2"].mismatch_probability for end in ends})


def test_a_person_who_counts_settles_what_looks_had_said():
    wrong = known(Record(3, "1"), *(a_weak_look(2, minute) for minute in (1, 2, 3)))

    settled = add_cycle_count(wrong, CycleCount(seconds(at(4)), "count", 3), RULES, NOW)

    assert Verdict.MATCH is newest(settled).verdict
    assert settled is add_cycle_count(settled, CycleCount(seconds(at(4)), "count", 3), RULES, NOW)


def test_a_person_who_counts_otherwise_than_the_record_is_believed_whatever_photos_said():
    agreed = known(Record(3, "1"), *(a_weak_look(3, minute) for minute in (1, 2, 3)))

    counted = add_cycle_count(agreed, CycleCount(seconds(at(4)), "count", 2), RULES, NOW)

    assert (Verdict.MISMATCH, 2) == (newest(counted).verdict, newest(counted).most_likely)


def test_a_person_who_counts_settles_a_photo_that_has_a_record_of_its_own():
    wrong = known(a_weak_look(3, 1, 0.99), ("t1", Record(5, "1")))
    count = CycleCount(seconds(at(2)), "count", 4)

    counted = add_cycle_count(wrong, count, RULES, NOW)
    corrected = known(("t1", Record(4, "2")), start=counted)

    assert [Verdict.MISMATCH] * 2 == [newest(each).verdict for each in (wrong, counted)]
    assert (Verdict.MATCH, 4) == (newest(corrected).verdict, newest(corrected).expected)


def answered(bin_, answer, minute, **fields):
    episode = bin_.case.episode
    command = answer(episode.id, episode.revision, **fields)
    return obey(bin_, command, Occasion(at(minute), RULES, who="Anna"))


@pytest.fixture
def alerted():
    return known(Record(3, "1"), *(a_weak_look(2, minute) for minute in (1, 2, 3)))


def test_after_a_false_alarm_the_next_photo_alone_raises_no_other(alerted):
    told = answered(alerted, FalseAlarm, 4, reason=Reason.HIDDEN)

    later = known(a_weak_look(2, 5), start=told)

    assert State.FALSE_ALARM is later.case.episode.state
    assert Verdict.MISMATCH is not newest(later).verdict


def test_who_reopens_an_alert_takes_back_the_count_too(alerted):
    resolved = answered(alerted, Resolve, 4, counted=3)
    assert Verdict.MATCH is newest(resolved).verdict

    reopened = answered(resolved, Reopen, 5)
    later = known(a_weak_look(2, 6), start=reopened)

    assert alerted.evidence == reopened.evidence
    assert (Verdict.MISMATCH, State.OPEN) == (newest(later).verdict, later.case.episode.state)


def test_an_unreadable_photo_is_no_evidence():
    assert () == known(an_unreadable_look(1)).evidence.items


def test_a_look_from_before_there_was_evidence_is_judged_alone():
    before = replace(known(a_weak_look(2, 1)), evidence=Bin(BIN).evidence)

    judged = known(Record(3, "1"), start=before)

    assert known(Record(3, "1"), a_weak_look(2, 1)).looks == judged.looks


def test_evidence_that_could_not_be_read_is_begun_anew_and_that_is_noted():
    bin_ = replace(
        known(Record(3, "1")), evidence_fault="belief_unreadable: its schema is 9, not 1", audit=()
    )

    after = add_look(bin_, a_weak_look(3, 1), RULES, NOW)

    assert ["t1/1"] == [item.id for item in after.evidence.items]
    assert "belief_unreadable" in after.audit[0].why
    assert after.evidence_fault is None


@pytest.mark.parametrize(("item_cost", "severity"), [(0.1, "low"), (1, "medium"), (10, "high")])
def test_the_severity_is_the_expected_loss(item_cost, severity):
    rules = Rules(Cost(), item_cost=item_cost, hold_minutes=0)

    end = fold(Record(3, "1"), a_look(2, 1), rules=rules)

    assert [severity] == [alert.severity for alert in end.messages]
