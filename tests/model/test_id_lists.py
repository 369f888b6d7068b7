"""Lists that people bring."""

import json

import pytest

from bincount.data.id_lists import Label, ListError, read_ids, read_labels

LISTS = [
    (
        "Udacity's",
        json.dumps({"1": ["data/metadata/100313.json", "data/metadata/09915.json"], "2": ["x/523.json"]}),
    ),
    ("a JSON list", '["100313.jpg", "09915", "523"]'),
    ("a line each", "100313\n09915\n\n523\n"),
    ("a line each, from Windows", "\ufeff100313\r\n09915\r\n523\r\n"),
    ("CSV with a column id", "count,id\n3,100313\n4,09915\n5,523\n"),
    ("CSV without a header", "100313,3\n09915,4\n523,5\n"),
    ("with repeats", "100313\n09915\n100313\n523\n"),
]


@pytest.mark.parametrize("text", [row[1] for row in LISTS], ids=[row[0] for row in LISTS])
def test_ids_are_read_in_order_and_stay_strings(tmp_path, text):
    (tmp_path / "ids").write_bytes(text.encode())

    assert ["100313", "09915", "523"] == read_ids(tmp_path / "ids")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"{", b'{"1": 3}', b"[1]", b"\xff\xfe\x00"])
def test_what_is_no_list_is_named(tmp_path, data):
    (tmp_path / "ids").write_bytes(data)

    with pytest.raises(ListError, match=str(tmp_path / "ids")):
        read_ids(tmp_path / "ids")


@pytest.mark.parametrize(
    ("read", "takes"),
    [(read_ids, "one id a line, a CSV"), (read_labels, "a CSV with the columns id and count")],
)
def test_a_photo_is_no_list_and_what_is_one_is_told(tmp_path, read, takes):
    (tmp_path / "523.jpg").write_bytes(b"\xff\xd8\xff\xe0")

    with pytest.raises(ListError, match=f"523.jpg is no text in UTF-8: it takes {takes}"):
        read(tmp_path / "523.jpg")


def test_labels_may_bring_split_and_group(tmp_path):
    (tmp_path / "labels.csv").write_text("id,count,split,group\n523,3,val,7\n00523,,,\n")

    labels = read_labels(tmp_path / "labels.csv")

    assert {"523": Label(3, "val", "7"), "00523": Label()} == labels


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id,number\n1,2\n", "needs the columns id and count"),
        ("id,count\n1,two\n", "line 2: 'two' is no count"),
        ("id,count\n1,2\n2,-1\n", "line 3: '-1' is no count"),
        ("id,count,split\n1,2,dev\n", "line 2: split 'dev'"),
    ],
)
def test_a_bad_label_is_named_with_its_line(tmp_path, text, why):
    (tmp_path / "labels.csv").write_text(text)

    with pytest.raises(ListError, match=why):
        read_labels(tmp_path / "labels.csv")
