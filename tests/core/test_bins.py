"""A bin folds looks and records, in any order, into verdicts and one alert an episode."""

from dataclasses import replace
from itertools import permutations

import pytest

from binwatch.alerts import State
from binwatch.bins import MAX_WAITING, Bin, add_look, add_sidecar, add_standing
from binwatch.decision import Exact, Verdict
from binwatch.handling import Occasion, report
from binwatch.keys import BinId
from binwatch.looks import Look
from binwatch.policy_book import Rules
from binwatch.records import Record, Source

BIN = BinId("berlin-1", "A-07")
NOW = "2026-11-20T22:10:06.000Z"
EXACT = Rules(Exact(), hold_minutes=0)


def a_look(count, at=1, stem=None, **fields):
    stem = stem or f"t{at}"
    probabilities = tuple(float(each == count) for each in range(7))
    look = Look(
        id=f"{stem}/{at}",
        bucket="uploads",
        key=f"{stem}.jpg",
        version_id=None,
        bin=BIN,
        stem=stem,
        order=f"{at:03}",
        captured_at=NOW,
        uploaded_at=NOW,
        stored_at=NOW,
        decided_at=NOW,
        count=count,
        probabilities=probabilities,
        model="fake:1",
    )
    return replace(look, **fields)


def an_unreadable_look(at):
    return a_look(None, at, probabilities=(), verdict=Verdict.UNREADABLE, reason="truncated: ends early")


def fold(*steps, start=None, rules=EXACT):
    bin_ = start or Bin(BIN)
    for step in steps:
        before = bin_
        match step:
            case Look():
                bin_ = add_look(bin_, step, rules, NOW)
            case str() as stem, Record() as record:
                bin_ = add_sidecar(bin_, stem, record, rules, NOW)
            case Record():
                bin_ = add_standing(bin_, step, rules, NOW)
        bin_ = report(before, bin_, Occasion(NOW, rules)) if bin_ is not before else bin_
    return bin_


def verdicts(bin_):
    return {look.stem: look.verdict for look in bin_.looks.values()}


def events(bin_):
    return [message.event for message in bin_.messages]


def test_a_look_without_a_record_waits():
    assert {"t1": Verdict.WAITING} == verdicts(fold(a_look(3)))


def test_photo_sidecar_and_standing_record_give_one_verdict_in_any_order():
    steps = [a_look(3), ("t1", Record(3, "1")), Record(5, "1")]

    ends = [fold(*order) for order in permutations(steps)]

    assert [{"t1": Verdict.MATCH}] * 6 == [verdicts(end) for end in ends]
    assert [3] * 6 == [end.looks["t1/1"].expected for end in ends]


def test_every_look_that_waited_is_judged_by_a_late_standing_record():
    end = fold(a_look(3, at=1), a_look(2, at=2), Record(3, "1"))

    assert {"t1": Verdict.MATCH, "t2": Verdict.MISMATCH} == verdicts(end)
    assert () == end.waiting


def test_the_photos_own_quantity_comes_before_any_record():
    look = a_look(3, expected=3, expected_source=Source.PHOTO)

    end = fold(("t1", Record(5, "1")), look, Record(7, "1"))

    assert (3, Source.PHOTO) == (end.looks["t1/1"].expected, end.looks["t1/1"].expected_source)


@pytest.mark.parametrize("known", ["2", "20"])
def test_an_older_record_never_replaces_a_newer_one(known):
    end = fold(Record(3, known), Record(5, "1"), ("t1", Record(3, known)), ("t1", Record(5, "1")))

    assert (3, 3) == (end.standing.quantity, end.sidecars["t1"].quantity)


def test_a_look_that_is_known_changes_nothing():
    once = fold(Record(3, "1"), a_look(2))

    assert fold(a_look(2), start=once) is once


def test_a_record_that_is_known_changes_nothing():
    once = fold(a_look(2), Record(3, "1"), ("t1", Record(3, "1")))

    assert fold(Record(3, "1"), ("t1", Record(3, "1")), start=once) is once


def test_a_mismatch_opens_one_alert_that_names_the_photo():
    end = fold(Record(3, "1"), a_look(2))

    (alert,) = end.messages
    assert ("t1.jpg", 3, 2, "shortage") == (alert.photo.key, alert.expected, alert.counted, alert.direction)
    assert alert.id == end.looks["t1/1"].alert_id == end.case.episode.id


def test_further_mismatches_belong_to_the_open_alert():
    end = fold(Record(3, "1"), a_look(2, at=1), a_look(1, at=2))

    assert ["opened"] == events(end)
    assert {end.case.episode.id} == {look.alert_id for look in end.looks.values()}


def test_a_newer_match_ends_the_alert_and_a_mismatch_soon_after_continues_it_if_it_lasts():
    end = fold(Record(3, "1"), a_look(2, at=1), a_look(3, at=2), a_look(2, at=3))

    assert ["opened", "resolved"] == events(end)
    assert {end.case.episode.id} == {message.id for message in end.messages}
    assert State.HELD is end.case.episode.state


def test_a_mismatch_and_the_match_after_it_in_one_batch_are_a_match():
    before = fold(Record(3, "1"))

    after = add_look(add_look(before, a_look(2, at=1), EXACT, NOW), a_look(3, at=2), EXACT, NOW)

    assert [] == events(report(before, after, Occasion(NOW, EXACT)))


def test_a_mismatch_is_held_until_it_has_lasted():
    end = fold(Record(3, "1"), a_look(2), rules=Rules(Exact()))

    assert (State.HELD, []) == (end.case.episode.state, events(end))
    assert "2026-11-20T22:15:06.000Z" == end.case.episode.wake_at


def test_a_corrected_record_ends_the_episode():
    end = fold(Record(3, "1"), a_look(2), Record(2, "2"))

    assert ["opened", "resolved"] == events(end)
    assert {"t1": Verdict.MATCH} == verdicts(end)


def test_a_record_that_moves_away_opens_an_alert():
    end = fold(Record(3, "1"), a_look(3), Record(4, "2"))

    assert ["opened"] == events(end)
    assert {"t1": Verdict.MISMATCH} == verdicts(end)


def test_a_photos_own_record_judges_it_however_late_and_whatever_came_between():
    steps = [Record(3, "1"), a_look(3, at=1), a_look(3, at=2), ("t1", Record(5, "1"))]

    ends = [fold(*order) for order in permutations(steps)]

    assert [{"t1": Verdict.MISMATCH, "t2": Verdict.MATCH}] * len(ends) == [verdicts(end) for end in ends]


def test_a_changed_record_judges_only_the_newest_look_again():
    end = fold(Record(3, "1"), a_look(3, at=1), a_look(3, at=2), Record(4, "2"))

    assert {"t1": Verdict.MATCH, "t2": Verdict.MISMATCH} == verdicts(end)


def test_a_look_keeps_when_it_was_stored_and_tells_when_it_was_last_judged():
    waiting = add_look(Bin(BIN), a_look(3), EXACT, "then")

    judged = add_standing(waiting, Record(3, "1"), EXACT, "later").looks["t1/1"]

    assert ("then", "later") == (judged.stored_at, judged.decided_at)


def test_every_change_of_a_verdict_and_of_an_alert_is_audited():
    end = fold(Record(3, "1"), a_look(2), Record(2, "2"))

    (judged_again,) = (change.what for change in end.audit)
    assert ["opened", "resolved"] == [entry.what for entry in end.entries]
    assert "MISMATCH became MATCH" in judged_again


def test_an_older_look_that_comes_late_never_opens_an_alert_over_a_newer_match():
    end = fold(Record(3, "1"), a_look(3, at=2), a_look(2, at=1))

    assert (Verdict.MISMATCH, None) == (end.looks["t1/1"].verdict, end.looks["t1/1"].alert_id)
    assert [] == events(end)


def test_an_older_match_that_comes_late_never_ends_a_newer_episode():
    end = fold(Record(3, "1"), a_look(2, at=2), a_look(3, at=1))

    assert end.case.episode.is_open


def test_an_unreadable_photo_is_kept_and_changes_no_verdict():
    end = fold(Record(3, "1"), a_look(2, at=1), an_unreadable_look(at=2))

    assert {"t1": Verdict.MISMATCH, "t2": Verdict.UNREADABLE} == verdicts(end)
    assert end.case.episode.is_open


def test_an_unreadable_photo_stays_so_whatever_its_record_says():
    end = fold(an_unreadable_look(at=1), ("t1", Record(3, "1")), Record(3, "1"))

    assert {"t1": Verdict.UNREADABLE} == verdicts(end)


def test_looks_that_wait_are_bounded_by_what_one_transaction_holds():
    end = fold(*(a_look(3, at=each) for each in range(MAX_WAITING + 5)))

    assert MAX_WAITING == len(end.waiting)
    assert f"t{MAX_WAITING + 4}/{MAX_WAITING + 4}" == end.waiting[-1]
