"""Small data sets on disk."""

import gzip
import io
import json
import zipfile

import numpy as np
from PIL import Image

from bincount.data.prepare import Plan, prepare
from bincount.data.selection import Wanted
from bincount.data.sources import open_source


def a_distinct_photo(number, size=(40, 30)):
    """A photo that differs from that of every other number."""
    pixels = np.random.default_rng(number).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize(size).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def a_record(count=None, **quantities):
    """A record that expects ``count``, else the sum of the quantities, which are named by ASIN."""
    measures = {side: {"unit": "IN", "value": 2.0} for side in ("length", "width", "height")}
    listed = {
        asin: {"asin": asin, "quantity": quantity, "weight": {"unit": "pounds", "value": 0.5}, **measures}
        for asin, quantity in quantities.items()
    }
    return {
        "BIN_FCSKU_DATA": listed,
        "EXPECTED_QUANTITY": sum(quantities.values()) if count is None else count,
    }


def a_folder(folder, records, photo=a_distinct_photo):
    """Photos with their records beside them; a record of None: a photo without one."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, (identifier, record) in enumerate(records.items()):
        (folder / f"{identifier}.jpg").write_bytes(photo(place))
        if record is not None:
            (folder / f"{identifier}.json").write_text(json.dumps(record))
    return folder


def an_abid_tree(folder, records):
    """Photos and records in ABID's own two folders."""
    for inside in ("bin-images", "metadata"):
        (folder / inside).mkdir(parents=True)
    for place, (identifier, record) in enumerate(records.items()):
        (folder / "bin-images" / f"{identifier}.jpg").write_bytes(a_distinct_photo(place))
        (folder / "metadata" / f"{identifier}.json").write_text(json.dumps(record))
    return folder


def a_zip(path, contents):
    """A zip of names and bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def a_pack(folder, rows, records):
    """A data pack: rows of labels.csv, and records by id."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["id,count,split,group,form,has_json", *(",".join(map(str, row)) + ",f,1" for row in rows)]
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    photos = {f"{row[0]}.jpg": a_distinct_photo(place) for place, row in enumerate(rows)}
    half = len(photos) // 2
    a_zip(folder / "images-224-0.zip", dict(list(photos.items())[:half]))
    a_zip(folder / "images-224-1.zip", dict(list(photos.items())[half:]))
    a_zip(folder / "native.zip", dict(list(photos.items())[:1]))
    with gzip.open(folder / "metadata.jsonl.gz", "wt") as file:
        file.writelines(json.dumps({"id": each, **record}) + "\n" for each, record in records.items())
    return folder


def wanted(*folders, **options):
    """The photos of folders and zips."""
    return Wanted([open_source(each) for each in folders], "here", **options)


def prepared(out, *folders, plan=None, **options):
    """A prepared data set; returns its report."""
    return prepare(wanted(*folders, **options), out, plan or Plan(workers=2))
