"""The file in which a search is kept: one line a change, on the disk before the search goes on.

SQLite would do, at a quarter of a second a trial and three to start, for nothing that is used here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

from bincount.folder_lock import locked

JOURNAL = "study.jsonl"
_FIRST = b'{"op_code":'


class OtherSearch(Exception):
    """The folder holds a search for something else, or someone else's."""


@contextmanager
def journal(folder: Path) -> Iterator[JournalStorage]:
    """The storage of a folder's search, for one process at a time.

    Raises:
        OtherSearch: its file is not a search's, or another process is searching there.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    refusal = OtherSearch(f"another process searches in {folder}: wait for it, or give another folder")
    with locked(folder, refusal):
        path = folder / JOURNAL
        _drop_half_line(path)
        try:
            storage = JournalStorage(JournalFileBackend(str(path), _Held(str(path))))
        except (KeyError, TypeError, ValueError) as error:
            raise OtherSearch(f"{path} is not a search's file ({error}): give another folder") from error
        yield storage


class _Held(JournalFileOpenLock):
    """The folder is locked already."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        return


def _drop_half_line(path: Path) -> None:
    """A full disk or a power cut may leave half a line; what comes after it would be unreadable.

    Raises:
        OtherSearch: the file does not begin as a search's does.
    """
    text = path.read_bytes() if path.exists() else b""
    if text[: len(_FIRST)] != _FIRST[: len(text)]:
        raise OtherSearch(f"{path} is not a search's file: give another folder")
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        os.truncate(path, len(whole))
