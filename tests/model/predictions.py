"""Photos in a folder, `bincount predict` on it, and what it wrote."""

import csv

from click.testing import CliRunner

from bincount.commands.predict import predict


def folder_of(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def rows_of(path):
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def run(*arguments):
    return CliRunner().invoke(predict, [str(each) for each in arguments])
