"""Photos of one bin stay together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bincount.data.groups import in_order, same_bin

TABLE = [
    # ids with their ASINs, window, the groups
    ("neighbours that share an item", [("1", "AB"), ("2", "BC")], 2, [0, 0]),
    ("neighbours that share none", [("1", "A"), ("2", "B")], 2, [0, 1]),
    ("two apart", [("1", "A"), ("3", "A")], 2, [0, 0]),
    ("three apart: the item is merely sold often", [("1", "A"), ("4", "A")], 2, [0, 1]),
    ("three apart, with a wider window", [("1", "A"), ("4", "A")], 3, [0, 0]),
    ("a chain whose ends share nothing", [("1", "A"), ("2", "AB"), ("3", "B")], 1, [0, 0, 0]),
    ("two bins taken in turn", [("1", "A"), ("2", "B"), ("3", "A"), ("4", "B")], 2, [0, 1, 0, 1]),
    ("joined late", [("1", "A"), ("2", "B"), ("3", "AB")], 2, [0, 0, 0]),
    ("one number, padded and not", [("00523", "A"), ("523", "A")], 2, [0, 0]),
    ("no items known", [("1", ""), ("2", "")], 2, [0, 1]),
    ("ids that are no numbers", [("a1", "A"), ("a2", "A")], 2, [0, 1]),
]


@pytest.mark.parametrize(
    ("photos", "window", "groups"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_near_ids_that_share_an_item_are_one_bin(photos, window, groups):
    assert groups == same_bin(photos, window)


def test_blocks_keep_neighbours_together_whose_items_nobody_knows():
    assert [0, 0, 2, 2] == same_bin([("1", ""), ("49", ""), ("50", ""), ("99", "")], blocks=50)


def test_a_bin_across_the_edge_of_a_block_joins_both():
    assert [0, 0, 0] == same_bin([("1", ""), ("49", "A"), ("50", "A")], blocks=50)


def test_ids_are_ordered_as_numbers():
    assert ["9", "010", "10", "a", "²"] == in_order(["a", "10", "9", "²", "010"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sets(st.sampled_from("ABCD"), max_size=2)), max_size=25))
def test_groups_are_the_components_that_a_plain_search_finds(drawn):
    photos = sorted(((str(place), asins) for place, asins in drawn), key=lambda each: int(each[0]))

    groups = same_bin(photos, 2)

    assert components(photos, 2) == {
        frozenset(i for i, g in enumerate(groups) if g == each) for each in groups
    }


def components(photos, window):
    """Every photo's neighbours, and theirs, until there are no more."""

    def linked(i, j):
        return abs(int(photos[i][0]) - int(photos[j][0])) <= window and photos[i][1] & photos[j][1]

    found = set()
    for i in range(len(photos)):
        reached, frontier = {i}, [i]
        while frontier:
            here = frontier.pop()
            new = {j for j in range(len(photos)) if j not in reached and linked(here, j)}
            reached |= new
            frontier.extend(new)
        found.add(frozenset(reached))
    return found
