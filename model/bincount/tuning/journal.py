"""The file in which a search is kept: one line a change, on the disk before the search goes on.

SQLite would do, at a quarter of a second a trial and three to start, for nothing that is used here.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

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
    held = os.open(folder, os.O_RDONLY)  # the lock goes with the process, however that ends
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another process searches in {folder}: wait for it, or give another folder"
            raise OtherSearch(message) from error
        path = folder / JOURNAL
        _drop_half_line(path)
        try:
            storage = JournalStorage(JournalFileBackend(str(path), _Held(str(path))))
        except (KeyError, TypeError, ValueError) as error:
            raise OtherSearch(f"{path} is not a search's file ({error}): give another folder") from error
        yield storage
    finally:
        os.close(held)


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
