"""A silence mutes what it names, until it ends, and it always ends."""

import pytest

from binwatch.alerts import Severity
from binwatch.decision import Direction
from binwatch.errors import MalformedCommand
from binwatch.keys import BinId
from binwatch.silences import Silence, muting
from tests.alert_lives import an_assessment, minute

SEEN = an_assessment(0)  # berlin-1/A-07, a shortage of medium severity


def a_silence(name="s1", begin=0, end=60, **fields):
    values = {"site": "berlin-1", "who": "Anna", "why": "shelves are moved"}
    return Silence(name, begins_at=minute(begin), ends_at=minute(end), **values | fields)


@pytest.mark.parametrize(
    ("fields", "mutes"),
    [
        ({}, True),
        ({"site": "potsdam"}, False),
        ({"bin_prefix": "A-"}, True),
        ({"bin_prefix": "B-"}, False),
        ({"direction": Direction.SHORTAGE}, True),
        ({"direction": Direction.OVERAGE}, False),
        ({"sent_from": Severity.HIGH}, True),
        ({"sent_from": Severity.MEDIUM}, False),
    ],
    ids=str,
)
def test_a_silence_mutes_what_all_its_matchers_name(fields, mutes):
    assert mutes is a_silence(**fields).mutes(SEEN, minute(1))


@pytest.mark.parametrize(("at", "mutes"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_silence_lasts_from_its_beginning_to_before_its_end(at, mutes):
    assert mutes is a_silence().mutes(SEEN, minute(at))


def test_of_several_silences_the_longest_is_waited_for():
    silences = [a_silence("s1", end=60), a_silence("s2", end=90), a_silence("s3", end=99, site="potsdam")]

    mute = muting(silences, SEEN, minute(1))

    assert ("silence s2", minute(90)) == (mute.by, mute.until)
    assert muting(silences, SEEN, minute(95)) is None


@pytest.mark.parametrize(("at", "ends"), [(20, 20), (70, 60)])
def test_a_silence_ends_early_once(at, ends):
    ended = a_silence().ended(minute(at), "Ben")

    assert minute(ends) == ended.ends_at
    assert ended == ended.ended(minute(99), "Anna")


def test_a_silence_that_is_ended_before_it_began_never_mutes():
    ended = a_silence(begin=30).ended(minute(10), "Ben")

    assert not any(ended.mutes(SEEN, minute(at)) for at in range(0, 70, 5))


@pytest.mark.parametrize(
    "wrong",
    [{"end": -1}, {"end": 15 * 24 * 60}, {"who": " "}, {"why": ""}, {"site": ""}, {"name": ""}],
    ids=str,
)
def test_a_silence_without_end_author_or_reason_is_refused(wrong):
    with pytest.raises(MalformedCommand):
        a_silence(**wrong)


def test_another_bin_of_the_site_is_muted_by_prefix_only():
    other = an_assessment(0, bin=BinId("berlin-1", "B-01"))

    assert not a_silence(bin_prefix="A-").mutes(other, minute(1))
