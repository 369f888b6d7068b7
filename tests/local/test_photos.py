"""Which object key every file of a source gets, and which record goes with which photo."""

import gzip
import json

import pytest

from tests.local.builders import a_jpeg, a_record, a_source

PACKED = gzip.compress(json.dumps({"id": "7", "EXPECTED_QUANTITY": 3, "BIN_FCSKU_DATA": {}}).encode())


def keys(photos):
    return [capture.photo_key for capture in photos.captures]


def quantities(photos):
    return {
        capture.photo_key: json.loads(capture.record)["EXPECTED_QUANTITY"] if capture.record else None
        for capture in photos.captures
    }


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("00523.jpg", "bin-images/00523.jpg"),
        ("523.jpg", "bin-images/523.jpg"),
        ("deep/down/523.jpg", "bin-images/523.jpg"),
        ("bin-images/523.jpg", "bin-images/523.jpg"),
        ("pack/bin-images/523.jpg", "bin-images/523.jpg"),
        ("A 1+2 100%.jpg", "bin-images/A 1+2 100%.jpg"),
        ("Fächer 🧺.jpg", "bin-images/Fächer 🧺.jpg"),
        ("dots.in.the.name.jpg", "bin-images/dots.in.the.name.jpg"),
        ("LOUD.JPG", "bin-images/LOUD.JPG"),
        ("523.jpeg", "bin-images/523.jpg"),
        ("523.png", "sites/default/bins/523/20000101T000000.000Z.png"),
        ("523.webp", "sites/default/bins/523/20000101T000000.000Z.webp"),
        (
            "fleet/sites/TX 1/bins/B+7/20261120T221005.123Z_left.jpeg",
            "sites/TX 1/bins/B+7/20261120T221005.123Z_left.jpeg",
        ),
    ],
)
def test_a_photo_keeps_its_name_in_its_key(name, key):
    assert keys(a_source({name: a_jpeg()})) == [key]


@pytest.mark.parametrize(
    ("photo", "record"),
    [
        ("7.jpg", "7.json"),
        ("a/7.jpg", "a/7.json"),
        ("7.jpg", "metadata/7.json"),
        ("bin-images/7.jpg", "metadata/7.json"),
        ("pack/bin-images/7.jpg", "pack/metadata/7.json"),
        ("Fach ä+%.jpg", "Fach ä+%.json"),
        ("7.JPG", "7.JSON"),
        ("sites/s/bins/b/20261120T221005.123Z.jpg", "sites/s/bins/b/20261120T221005.123Z.json"),
    ],
)
def test_a_record_is_found_beside_its_photo(photo, record):
    (capture,) = a_source({photo: a_jpeg(), record: a_record(3)}).captures

    assert json.loads(capture.record)["EXPECTED_QUANTITY"] == 3


def test_a_record_goes_out_beside_its_photo_in_the_fleet_layout():
    stem = "sites/s/bins/b/20261120T221005.123Z_left"

    (capture,) = a_source({f"{stem}.png": a_jpeg()}).captures

    assert capture.record_key == f"{stem}.json"


def test_a_record_of_another_folder_is_not_taken_for_the_photo_s():
    assert quantities(a_source({"a/7.jpg": a_jpeg(), "b/7.json": a_record(3)})) == {"bin-images/7.jpg": None}


def test_ids_are_texts_and_not_numbers():
    photos = a_source({"523.jpg": a_jpeg(), "00523.jpg": a_jpeg(), "00523.json": a_record(3)})

    assert quantities(photos) == {"bin-images/523.jpg": None, "bin-images/00523.jpg": 3}


def test_records_are_found_in_the_packed_file_by_id():
    photos = a_source({"7.jpg": a_jpeg(), "metadata.jsonl.gz": PACKED})

    assert quantities(photos) == {"bin-images/7.jpg": 3}
    assert "id" not in json.loads(photos.captures[0].record)


def test_a_record_beside_the_photo_wins_over_the_packed_file():
    photos = a_source({"7.jpg": a_jpeg(), "7.json": a_record(9), "metadata.jsonl.gz": PACKED})

    assert quantities(photos) == {"bin-images/7.jpg": 9}


def test_a_malformed_record_is_sent_as_it_is():
    (capture,) = a_source({"7.jpg": a_jpeg(), "7.json": b"{not json"}).captures

    assert capture.record == b"{not json"


def test_two_photos_of_one_name_both_go_out():
    photos = a_source({"a/7.jpg": a_jpeg(), "b/7.jpg": a_jpeg(), "b/7.json": a_record(3)})

    assert quantities(photos) == {"bin-images/7.jpg": None, "bin-images/7~2.jpg": 3}


def test_standing_records_of_the_fleet_layout_go_out():
    photos = a_source({"x/sites/s/bins/b/expected.json": a_record(3)})

    assert photos.standing == (("sites/s/bins/b/expected.json", "x/sites/s/bins/b/expected.json"),)


def test_what_computers_leave_behind_is_no_photo():
    photos = a_source({"__MACOSX/._7.jpg": b"", ".hidden/7.jpg": b"", ".DS_Store": b"", "7.jpg": a_jpeg()})

    assert keys(photos) == ["bin-images/7.jpg"]


def test_what_is_left_out_is_said():
    photos = a_source({"7.jpg": a_jpeg(), "readme.txt": b"", "\udcff.jpg": a_jpeg()})

    assert photos.notes == (
        "1 photos have names that are no UTF-8 text: left out",
        "1 files are neither photos nor records: left out",
        "1 photos have no record of their own",
    )


def test_no_more_photos_than_the_limit():
    assert keys(a_source({"1.jpg": b"", "2.jpg": b"", "3.jpg": b""}).first(2)) == [
        "bin-images/1.jpg",
        "bin-images/2.jpg",
    ]
