"""However many bins an incident hits, what is kept and told of it stays small; older rows named them all."""

import json
from dataclasses import replace

import pytest

from binwatch.adapters.stored_values import from_text, to_text
from binwatch.decision import Verdict
from binwatch.episodes import Mute
from binwatch.incident_messages import IncidentMessage
from binwatch.incidents import MOST_NAMED, RECHECK_S, Incident, Watch, add_sign, close
from binwatch.keys import MAX_SEGMENT_BYTES, BinId
from binwatch.signs import Group, GroupKind, Sign
from binwatch.tallies import estimated, tallied
from tests.alert_lives import minute
from tests.core.test_incidents import AISLE, FAULTY, RULES, a_sign, mute, watched

MANY = range(12_000)
LONG_RULES = replace(RULES, incident_longest_hours=24)


def of_many_bins():
    """A camera that goes blind in a hall of many bins, whose names are as long as names can be."""
    dark = Watch(Group("berlin-1", GroupKind.CAMERA, "cam-7"))
    for number in MANY:
        bin_ = BinId("berlin-1", f"{number:06}".rjust(MAX_SEGMENT_BYTES, "x"))
        sign = Sign(bin_, Verdict.UNREADABLE, "look", minute(number / 100), "cam-7")
        dark = add_sign(dark, sign, LONG_RULES, sign.seen_at).watch
    return dark


def test_however_many_bins_an_incident_hits_its_row_and_its_messages_stay_small():
    watch = of_many_bins()
    over = close(watch, LONG_RULES, minute(200), "Anna", "lens wiped").announced

    assert (30, MOST_NAMED) == (len(watch.signs), len(watch.incident.bins))
    assert len(to_text(watch, 1)) < 30_000
    assert len(IncidentMessage.about(over).to_json()) < 20_000
    assert len(MANY) == pytest.approx(over.hit, rel=0.03)


def test_a_bin_that_is_amiss_again_and_again_is_one_of_those_hit():
    numbers = [*range(60), *range(60)]
    signs = [a_sign(number, at=at / 60, look=at) for at, number in enumerate(numbers)]

    assert 60 == pytest.approx(watched(*signs)[0].watch.incident.hit, abs=2)


def test_bins_are_counted_by_name_as_long_as_all_are_named():
    assert 4 == FAULTY.incident.hit


def test_what_an_incident_of_an_older_version_mutes_are_the_bins_that_it_names():
    older = Incident("id", AISLE, 1, ("A-000", "A-001"), 0, minute(0))
    watch = Watch(AISLE, incident=older)

    expected = Mute("incident id of aisle A", minute(1 + RECHECK_S / 60), by_incident=True)
    assert expected == mute(a_sign(1), watch)
    assert mute(a_sign(2), watch) is None


def test_an_incident_of_an_older_version_goes_on_as_one_of_this_does():
    names = tuple(f"A-{number:03}" for number in range(MOST_NAMED + 10))
    bad = tuple(a_sign(number) for number in range(4))
    older = Watch(AISLE, bad, Incident("id", AISLE, 1, names, 0, minute(0)), 1, wake_at=minute(60))

    turn, _ = watched(a_sign(99, at=1), watch=older)

    assert (names, True) == (turn.watch.incident.bins, len(names) < turn.watch.incident.hit < 65)
    assert mute(a_sign(99, at=1), turn.watch).until == FAULTY.incident.planned_end


def test_rows_of_an_older_version_are_read():
    group = {"site": "berlin-1", "kind": "aisle", "name": "A"}
    bin_ = {"site": "berlin-1", "bin": "A-000"}
    sign = {"bin": bin_, "verdict": "MISMATCH", "look_id": "look-1", "seen_at": minute(0), "camera": None}
    over = {"ended_at": None, "ended_by": None, "why": None}
    incident = {"id": "id", "group": group, "revision": 1, "bins": ["A-000"], "unreadable": 0, **over}
    stored = {"schema": 1, "group": group, "signs": [sign], "incident": incident | {"began_at": minute(0)}}

    watch = from_text(Watch, json.dumps(stored | {"incidents": 1, "since": "", "wake_at": minute(60)}), 1)

    assert (
        Watch(AISLE, (a_sign(0),), Incident("id", AISLE, 1, ("A-000",), 0, minute(0)), 1, "", minute(60))
        == watch
    )


@pytest.mark.parametrize("number", [0, 1, 50, 1_000, 10_000])
def test_a_tally_knows_how_many_names_it_has_heard_in_any_order_and_repeated(number):
    names = [f"A-{each}" for each in range(number)]
    once = tallied("", names)

    assert number == pytest.approx(estimated(once), rel=0.03)
    assert once == tallied(tallied("", reversed(names)), names)


def test_a_full_tally_tells_the_least_that_it_may_be():
    assert 34_000 < estimated(tallied("", map(str, range(100_000)))) < 100_000
