"""Which object keys name a bin, and which do not."""

import pytest

from binwatch.errors import KeyOutsideLayouts
from binwatch.keys import BinId, PhotoKey, SidecarKey, StandingKey, camera_of, can_be_named, parse_key

DOCK = BinId("berlin-1", "A-07")
TIME = "2026-11-20T22:10:05.123Z"

NAMED = {
    "bin-images/00523.jpg": PhotoKey(BinId("default", "00523"), "00523"),
    "bin-images/523.jpg": PhotoKey(BinId("default", "523"), "523"),
    "bin-images/a b+c%20ü😀.jpg": PhotoKey(BinId("default", "a b+c%20ü😀"), "a b+c%20ü😀"),
    "bin-images/1.JPG": PhotoKey(BinId("default", "1"), "1"),
    "metadata/00523.json": SidecarKey(BinId("default", "00523"), "00523"),
    "sites/berlin-1/bins/A-07/20261120T221005.123Z.jpg": PhotoKey(DOCK, "20261120T221005.123Z", TIME),
    "sites/berlin-1/bins/A-07/20261120T221005.123Z_left.webp": PhotoKey(
        DOCK, "20261120T221005.123Z_left", TIME
    ),
    "sites/berlin-1/bins/A-07/20261120T221005.123Z_left.json": SidecarKey(DOCK, "20261120T221005.123Z_left"),
    "sites/berlin-1/bins/A-07/20261120T221005.123Z.json": SidecarKey(DOCK, "20261120T221005.123Z"),
    "sites/berlin-1/bins/A-07/expected.json": StandingKey(DOCK),
    "sites/Köln Süd/bins/50%+/expected.json": StandingKey(BinId("Köln Süd", "50%+")),
}

OUTSIDE = [
    "",
    "photo.jpg",
    "bin-images/",
    "bin-images/.jpg",
    "bin-images/1.gif",
    "bin-images/nested/1.jpg",
    "Bin-Images/1.jpg",
    "metadata/1.jpg",
    "sites//bins/A/20261120T221005.123Z.jpg",
    "sites/s/bins/A/20261120T221005Z.jpg",
    "sites/s/bins/A/20261120T221005.123Z",
    "sites/s/bins/A/20261120T221005.123Z.gif",
    "sites/s/bins/A/20261399T221005.123Z.jpg",
    "sites/s/bins/A/deep/20261120T221005.123Z.jpg",
    "sites/s/bins/A/Expected.json",
    "bin-images/" + "x" * 300 + ".jpg",
    "bin-images/1.jpg\n",
    "sites/s/bins/A is fine.\n\nURGENT/20261120T221005.123Z.jpg",
    "bin-images/a\u2028b.jpg",
]


@pytest.mark.parametrize("key", NAMED)
def test_a_key_in_either_layout_names_its_bin(key):
    assert NAMED[key] == parse_key(key)


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_outside_both_layouts_is_refused(key):
    with pytest.raises(KeyOutsideLayouts):
        parse_key(key)


@pytest.mark.parametrize(
    ("stem", "camera"),
    [
        ("20261120T221005.123Z_cam-7", "cam-7"),
        ("20261120T221005.123Z_top_left", "top_left"),
        ("20261120T221005.123Z", None),
        ("00075", None),
        ("a_b", None),
    ],
)
def test_a_fleet_photo_may_name_its_camera(stem, camera):
    assert camera == camera_of(stem)


@pytest.mark.parametrize("bin_", [BinId("berlin-1", "A-07"), BinId("Köln Süd", "50%+ 😀")])
def test_a_bins_name_is_read_as_it_was_written(bin_):
    assert bin_ == BinId.parse(str(bin_))


@pytest.mark.parametrize("name", ["berlin-1", "Köln Süd", "50%+", "x" * 256, "", "x/y", "a\nb", "ü" * 129])
def test_a_name_can_be_where_a_key_can_hold_it(name):
    try:
        held = parse_key(f"sites/{name}/bins/{name}/expected.json").bin == BinId(name, name)
    except KeyOutsideLayouts:
        held = False

    assert held == can_be_named(name)


def test_half_a_character_names_nothing():
    assert not can_be_named("\ud800")
