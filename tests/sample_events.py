"""The sample events in events/, and what each of them announces."""

import json
from pathlib import Path
from urllib.parse import unquote_plus

FOLDER = Path(__file__).parents[1] / "events"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def text(name):
    return (FOLDER / f"{name}.json").read_text()


def records(name):
    """The records that Lambda would hand to a function."""
    return json.loads(text(name)).get("Records", [])


def s3_records(name):
    """The records of S3, whether a queue carries them or not."""
    for record in records(name):
        if record["eventSource"] == "aws:s3":
            yield record
        elif record["eventSource"] == "aws:sqs" and record["body"].startswith('{"Records"'):
            yield from json.loads(record["body"])["Records"]


def keys(name):
    """The objects that an event announces."""
    return [unquote_plus(record["s3"]["object"]["key"]) for record in s3_records(name)]
