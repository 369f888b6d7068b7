"""Signs of many bins become one incident, and only when the fault is not the bins'."""

import json
import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import jsonschema
import pytest

from binwatch.decision import Verdict
from binwatch.discrepancies import ImpossiblePolicy
from binwatch.groupings import MAX_SIGNS, Grouping
from binwatch.incident_messages import IncidentMessage
from binwatch.incidents import Watch, add_sign, close, inhibiting, rebuilt, wake
from binwatch.keys import BinId
from binwatch.signs import Group, GroupKind, Sign, groups_of
from tests.alert_lives import minute

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/incident.schema.json").read_text())
AISLE = Group("berlin-1", GroupKind.AISLE, "A")
RULES = Grouping(incident_bins=3, incident_longest_hours=1, incident_grace_minutes=10)


def a_sign(number, at=0, verdict=Verdict.MISMATCH, camera=None, look=1):
    return Sign(BinId("berlin-1", f"A-{number:03}"), verdict, f"look-{look}", minute(at), camera)


def watched(*signs, watch=None, rules=RULES, **more):
    """The last turn after these signs, and all that was announced."""
    turn, announced = None, []
    for sign in signs:
        turn = add_sign(turn.watch if turn else watch or Watch(AISLE), sign, rules, sign.seen_at, **more)
        announced += [turn.announced] if turn.announced else []
    return turn, announced


FAULTY = watched(*(a_sign(number) for number in range(4)))[0].watch


def test_enough_bad_bins_within_the_window_are_one_incident():
    _, announced = watched(*(a_sign(number) for number in range(6)))

    assert [(1, ("A-000", "A-001", "A-002"))] == [(each.revision, each.bins) for each in announced]


def test_bins_that_turn_bad_later_join_it_quietly():
    assert ("A-000", "A-001", "A-002", "A-003") == FAULTY.incident.bins


@pytest.mark.parametrize(
    "signs",
    [
        [a_sign(0), a_sign(1)],  # too few
        [a_sign(0, look=1), a_sign(0, look=2), a_sign(0, look=3)],  # one bin, thrice
        [a_sign(0), a_sign(1, at=3), a_sign(2, at=6)],  # too slowly
        [a_sign(0), a_sign(1), a_sign(2, verdict=Verdict.MATCH), a_sign(3)],  # too many right ones between
    ],
    ids=["few", "one bin", "slow", "mixed"],
)
def test_anything_less_is_none(signs):
    assert [] == watched(*signs)[1]


def test_signs_in_any_order_and_repeated_make_the_same_incident():
    signs = [a_sign(0, verdict=Verdict.UNREADABLE), a_sign(1, at=1), a_sign(2, at=2)]

    ends = {watched(*order, *order)[0].watch.incident.bins for order in permutations(signs)}

    assert {("A-000", "A-001", "A-002")} == ends


def test_a_late_sign_of_a_bin_does_not_undo_a_newer_one():
    newer = watched(a_sign(0, at=2, verdict=Verdict.MATCH))[0].watch

    assert newer == watched(a_sign(0, at=1), watch=newer)[0].watch


def test_a_look_that_is_judged_otherwise_replaces_its_sign_and_the_same_again_changes_nothing():
    bad = watched(a_sign(0))[0].watch
    right = watched(a_sign(0, verdict=Verdict.MATCH), watch=bad)[0].watch

    assert [Verdict.MATCH] == [each.verdict for each in right.signs]
    assert right == watched(a_sign(0, verdict=Verdict.MATCH), watch=right)[0].watch


def test_a_doubt_does_not_end_an_incident():
    doubts = [a_sign(number, at=30, verdict=Verdict.UNSURE) for number in range(4)]

    turn, announced = watched(*doubts, watch=FAULTY)

    assert (True, []) == (turn.watch.incident.running, announced)


def test_a_look_that_comes_to_be_in_doubt_takes_back_what_it_had_said():
    bad = [a_sign(number) for number in range(2)]
    doubt = a_sign(0, verdict=Verdict.UNSURE)

    assert [] == watched(*bad, doubt, a_sign(2))[1]
    assert 1 == len(watched(*bad, doubt, a_sign(2), a_sign(0, look=2))[1])


def test_another_look_in_doubt_takes_nothing_back():
    doubt = a_sign(0, verdict=Verdict.UNSURE, look=2)

    assert 1 == len(watched(a_sign(0), a_sign(1), doubt, a_sign(2))[1])


def test_bins_in_doubt_between_bad_ones_hide_no_incident():
    doubts = [a_sign(number, verdict=Verdict.UNSURE) for number in range(10, 15)]

    assert 1 == len(watched(*doubts, *(a_sign(number) for number in range(3)))[1])


def mute(sign, watch=FAULTY, at=1):
    return inhibiting([watch], sign, minute(at))


def test_it_inhibits_its_bins_and_no_others():
    assert mute(a_sign(2)) is not None
    assert mute(a_sign(99)) is not None  # which was amiss as the others were
    assert mute(replace(a_sign(2), bin=BinId("berlin-1", "B-002"))) is None
    assert mute(replace(a_sign(2), bin=BinId("potsdam", "A-002"))) is None


def test_it_mutes_no_alert_about_what_was_seen_before_it():
    assert mute(a_sign(2, at=-4)) is not None
    assert mute(a_sign(2, at=-6)) is None


def test_an_incident_of_a_camera_mutes_what_that_camera_saw():
    signs = [a_sign(number, camera="cam-7") for number in range(3)]
    dark = watched(*signs, watch=Watch(Group("berlin-1", GroupKind.CAMERA, "cam-7")))[0].watch

    assert [True, False, False] == [
        mute(a_sign(99, camera=camera), dark) is not None for camera in ("cam-7", "cam-8", None)
    ]


def test_what_it_mutes_sleeps_until_after_its_release_and_past_that_ten_minutes_at_a_time():
    planned = FAULTY.incident.planned_end

    assert minute(60 + 10 + 60) == planned
    assert planned == mute(a_sign(2), at=70).until
    assert minute(131 + 10) == mute(a_sign(2), at=131).until


def test_it_ends_when_most_bins_are_right_again_and_releases_them_after_a_while():
    mended = [a_sign(number, at=30, verdict=Verdict.MATCH) for number in range(4)]

    turn, announced = watched(*mended, watch=FAULTY)
    early = wake(turn.watch, RULES, minute(39))
    released = wake(turn.watch, RULES, minute(40))

    assert [(2, minute(30), "4 of 4 bins are seen right again")] == [
        (each.revision, each.ended_at, each.why) for each in announced
    ]
    assert mute(a_sign(2, at=30), turn.watch) is not None
    assert early.released is None
    assert turn.watch.incident == released.released
    assert (None, None) == (released.watch.incident, released.watch.wake_at)


def test_an_incident_of_more_bins_than_are_remembered_ends_by_those_that_are():
    many = range(MAX_SIGNS + 100)
    faulty = watched(*(a_sign(number) for number in many))[0].watch

    mended = [a_sign(number, at=30, verdict=Verdict.MATCH) for number in many]
    announced = watched(*mended, watch=faulty)[1]

    assert [2] == [each.revision for each in announced]


def test_bins_that_were_never_amiss_do_not_end_it_however_many_are_seen():
    right = [a_sign(number, at=1, verdict=Verdict.MATCH) for number in range(100, 100 + MAX_SIGNS)]

    assert FAULTY == watched(*right, watch=FAULTY)[0].watch


def test_a_few_right_bins_do_not_end_it():
    turn, announced = watched(a_sign(0, at=30, verdict=Verdict.MATCH), watch=FAULTY)

    assert (True, []) == (turn.watch.incident.running, announced)


def test_it_ends_at_last_even_if_nothing_is_mended():
    before = wake(FAULTY, RULES, minute(59))
    after = wake(FAULTY, RULES, minute(60))

    assert before.announced is None
    assert "it lasted 1 hours" == after.announced.why


def test_a_person_ends_it_once():
    once = close(FAULTY, RULES, minute(9), "Anna", "lens wiped")
    twice = close(once.watch, RULES, minute(10), "Ben", "me too")

    assert ("Anna", "lens wiped") == (once.announced.ended_by, once.announced.why)
    assert (once.watch, None) == (twice.watch, twice.announced)


def test_signs_from_before_its_end_do_not_start_the_next_one():
    ended = wake(close(FAULTY, RULES, minute(9), "Anna", "lens wiped").watch, RULES, minute(30)).watch

    assert [] == watched(*(a_sign(number, at=8, look=2) for number in range(4)), watch=ended)[1]
    (second,) = watched(*(a_sign(number, at=31, look=3) for number in range(3)), watch=ended)[1]
    assert FAULTY.incident.id != second.id


def test_bins_of_another_incident_make_no_second_one():
    signs = [a_sign(number) for number in range(5)]

    assert [] == watched(*signs, elsewhere=[FAULTY.incident])[1]


def test_a_watch_that_is_made_of_its_incident_ends_by_its_bins_and_not_by_the_first():
    mended = [a_sign(number, at=-1, verdict=Verdict.MATCH) for number in range(4)]  # their records were wrong

    few, none = watched(*mended[:3], a_sign(99, at=30), watch=rebuilt(FAULTY.incident))
    all_, announced = watched(*mended, watch=rebuilt(FAULTY.incident))

    assert (True, []) == (few.watch.incident.running, none)
    assert (False, ["4 of 4 bins are seen right again"]) == (
        all_.watch.incident.running,
        [each.why for each in announced],
    )


def test_a_watch_that_is_made_of_an_incident_that_is_over_hears_nothing_older():
    over = rebuilt(close(FAULTY, RULES, minute(9), "Anna", "lens wiped").watch.incident)

    assert over == watched(a_sign(0, at=8, look=2), watch=over)[0].watch


@pytest.mark.parametrize(
    ("name", "camera", "parts", "groups"),
    [
        ("A-07-3", None, 1, ["A"]),
        ("A-07-3", "cam-1", 2, ["cam-1", "A-07"]),
        ("A-07", None, 2, []),  # the whole name is no prefix of others
        ("00075", None, 1, []),
        ("A-07", None, 0, []),
    ],
)
def test_a_bin_is_in_its_cameras_and_its_aisles_group(name, camera, parts, groups):
    sign = Sign(BinId("berlin-1", name), Verdict.MATCH, "look", minute(0), camera)

    assert groups == [each.name for each in groups_of(sign, Grouping(aisle_parts=parts))]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aisle_separator", ""),
        ("aisle_separator", "/"),
        ("aisle_separator", "\n"),
        ("aisle_separator", "-" * 17),
        ("aisle_parts", -1),
        ("incident_window_minutes", 0),
        ("incident_window_minutes", 1441),
        ("incident_bins", 1),
        ("incident_bins", MAX_SIGNS + 1),
        ("incident_share", 0),
        ("incident_right_share", 1.1),
        ("incident_longest_hours", 0),
        ("incident_grace_minutes", -1),
    ],
)
def test_a_grouping_that_cannot_be_meant_is_refused_with_its_name_and_its_value(name, value):
    with pytest.raises(ImpossiblePolicy, match=rf"^{name} must .*{re.escape(repr(value))}"):
        Grouping(**{name: value})


def test_a_message_keeps_the_published_schema_and_says_what_to_do():
    began = IncidentMessage.about(FAULTY.incident)
    ended = IncidentMessage.about(close(FAULTY, RULES, minute(9), "Anna", "lens wiped").announced)

    for message in (began, ended):
        jsonschema.validate(json.loads(message.to_json()), SCHEMA)
        assert set(SCHEMA["properties"]) == set(json.loads(message.to_json()))
        assert len(message.subject) <= 100
    assert "Aisle A at berlin-1: 4 bins went wrong within minutes" in began.email_text
    assert "check the camera" in began.email_text
    assert "lens wiped" in ended.email_text
