"""Who learns, who checks, who examines."""

from collections import Counter, defaultdict

import pytest

from bincount.data.assignment import assigned, rule
from bincount.data.id_lists import Label
from bincount.data.records import Record
from bincount.data.sources import Photo
from bincount.data.splits import DEFAULT_SHARES, Shares


def a_photo(identifier, asins=(), split=None, group=None):
    return Photo(
        identifier, None, f"{identifier}.jpg", Record(1, asins=tuple(asins)), Label(None, split, group)
    )


def rows_of(photos, by="group", shares=DEFAULT_SHARES, seed=0):
    return assigned(photos, by, shares, seed, 2, None)


def pairs(n):
    """Bins photographed twice, far from one another."""
    return [a_photo(str(10 * bin_ + look), [f"B{bin_}"]) for bin_ in range(n) for look in (0, 1)]


def test_a_group_never_straddles_splits():
    splits = defaultdict(set)
    for row in rows_of(pairs(300)):
        splits[row.group].add(row.split)

    assert 300 == len(splits)
    assert {1} == {len(each) for each in splits.values()}


def test_a_random_split_tears_bins_apart():
    splits = defaultdict(set)
    for row in rows_of(pairs(300), "random"):
        splits[row.group].add(row.split)

    assert 60 < sum(len(each) > 1 for each in splits.values())


@pytest.mark.parametrize("by", ["group", "random"])
def test_the_shares_are_about_those_asked_for(by):
    rows = rows_of(pairs(2000), by, Shares.parse("70/20/10"))

    shares = {split: photos / len(rows) for split, photos in Counter(row.split for row in rows).items()}
    assert pytest.approx({"train": 0.7, "val": 0.2, "test": 0.1}, abs=0.03) == shares


def test_a_photo_keeps_its_split_when_the_data_set_grows():
    before = {row.id: row.split for row in rows_of(pairs(200))}
    after = {row.id: row.split for row in rows_of(pairs(400))}

    assert before == {identifier: after[identifier] for identifier in before}


def test_another_seed_is_another_split():
    assert [row.split for row in rows_of(pairs(50))] != [row.split for row in rows_of(pairs(50), seed=1)]


def test_given_splits_and_groups_are_kept():
    photos = [a_photo("1", "A", "val", "7"), a_photo("2", "A", "test", "8")]

    rows = rows_of(photos, rule(photos, None))

    assert [("7", "val"), ("8", "test")] == [(row.group, row.split) for row in rows]


def test_a_photo_of_a_bin_whose_split_is_given_follows_it():
    photos = [a_photo("1", "A"), a_photo("2", "A", "test", "8"), a_photo("3", "A")]

    rows = rows_of(photos, rule(photos, None))

    assert [("8", "test")] * 3 == [(row.group, row.split) for row in rows]


def test_the_rule_that_is_asked_for_goes_before_the_given_one():
    photos = [a_photo("1", "A", "val", "7")]

    assert ("given", "random", "group") == (
        rule(photos, None),
        rule(photos, "random"),
        rule([a_photo("1")], None),
    )
    assert ["7"] == [row.group for row in rows_of(photos, "random")]
    assert ["bin-1"] == [row.group for row in rows_of(photos, "group")]


@pytest.mark.parametrize("text", ["70/20/10", "0.7/0.2/0.1"])
def test_shares_are_percent_or_parts_of_one(text):
    shares = Shares.parse(text)

    assert pytest.approx((0.7, 0.2, 0.1)) == (shares.train, shares.val, shares.test)


@pytest.mark.parametrize(
    ("text", "whole"), [("90/20/10", "120"), ("80/10/1", "91"), ("8/1/1", "10"), ("0/0/0", "0")]
)
def test_shares_of_another_whole_are_refused_with_their_sum(text, whole):
    with pytest.raises(ValueError, match=f"{text}.* adds up to {whole}, not to 100"):
        Shares.parse(text)


@pytest.mark.parametrize("text", ["80/20", "a/b/c", "80/30/-10", "25/25/25/25", "nan/1/1", "inf/1/1", ""])
def test_shares_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match="no split"):
        Shares.parse(text)
