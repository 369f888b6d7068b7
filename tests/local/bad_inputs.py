"""What goes wrong with photos and records, mixed into a good stream, and where each must end."""

from tests.local.builders import a_jpeg, a_record
from tests.model.builders import a_bomb, a_photo, a_real_looking_photo

ODD_NAMES = ("A bin 7", "A+B", "100%", "50%25", "Fächer", "🧺", "a&b=c;d")

# By name in the source: the bytes, and the reason with which the photo is called UNREADABLE.
UNREADABLE = {
    "bad-empty.jpg": (b"", "empty"),
    "bad-text.jpg": (b"I am no photo.", "not_a_photo"),
    "bad-truncated.jpg": (a_real_looking_photo()[:4000], "truncated"),
    "bad-png.jpg": (a_photo(format="PNG"), "format_mismatch"),
    "bad-large.jpg": (a_jpeg() + bytes(6_500_000), "too_large"),
    "bad-bomb.png": (a_bomb(), "too_many_pixels"),
}

# By name in the source: the bytes, and the code with which the record goes into quarantine. Its photo waits.
QUARANTINED = {
    "rec-broken": (b"{not json", "record_not_json"),
    "rec-list": (b"[1, 2]", "no_expected_quantity"),
    "rec-negative": (b'{"EXPECTED_QUANTITY": -1}', "quantity_impossible"),
    "rec-absurd": (b'{"EXPECTED_QUANTITY": 12345678901234567890}', "quantity_impossible"),
    "rec-text": (b'{"EXPECTED_QUANTITY": "three"}', "quantity_not_whole"),
}


def write(folder):
    """Put all of it into a folder: unreadable photos, bad records, a photo without one, odd names."""
    for name, (body, _) in UNREADABLE.items():
        (folder / name).write_bytes(body)
        (folder / name).with_suffix(".json").write_bytes(a_record(2))
    for name, (record, _) in QUARANTINED.items():
        (folder / f"{name}.jpg").write_bytes(a_photo())
        (folder / f"{name}.json").write_bytes(record)
    (folder / "no-record.jpg").write_bytes(a_photo())
    for name in ODD_NAMES:
        (folder / f"{name}.jpg").write_bytes(a_photo())
        (folder / f"{name}.json").write_bytes(a_record(1))
