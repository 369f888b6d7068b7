"""Making a folder whole or not at all: it is built beside its place and renamed at the end."""

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bincount.folder_lock import locked


class NotBuilt(Exception):
    """The folder cannot be made here; the message says what to do."""


@contextmanager
def built_beside(out: Path, mark: str, schema: str, *, replace: bool) -> Iterator[Path]:
    """A folder to write into, which becomes ``out`` when all went well, and vanishes when it did not.

    Args:
        out: where it will be.
        mark: the JSON file by which a folder of this kind is known, so that no other is ever replaced.
        schema: what the mark's ``schema`` is.
        replace: whether one that is there may be replaced.

    Raises:
        NotBuilt: there is something else at ``out``, someone is building it, or there is no room.
    """
    check_free(out, mark, schema, replace=replace)
    unfinished = out.parent / f".{out.name}.unfinished"
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotBuilt(f"{unfinished} cannot be made: {error.strerror}; choose another --out") from error
    refusal = NotBuilt(f"another command is writing {out}: wait for it, or choose another --out")
    with locked(unfinished, refusal):
        _empty(unfinished)  # what a killed one left
        try:
            yield unfinished
            _put_in_place(unfinished, out)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                message = f"no room left on the disk of {out}: make some, or choose another --out"
                raise NotBuilt(message) from error
            raise NotBuilt(f"{out} cannot be written: {error}") from error
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def check_free(out: Path, mark: str, schema: str, *, replace: bool) -> None:
    """See whether a folder may be made at ``out``, before any work is spent on it.

    Raises:
        NotBuilt: there is something that may not be replaced.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not _is_marked(out / mark, schema):
        raise NotBuilt(f"{out} holds something else: choose another --out")
    if not replace:
        raise NotBuilt(f"{out} is there already: --force replaces it")


def _is_marked(path: Path, schema: str) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")).get("schema") == schema)
    except (OSError, ValueError, AttributeError):
        return False


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def _put_in_place(unfinished: Path, out: Path) -> None:
    """Rename; a folder that was there goes only after its successor is in place."""
    replaced = out.parent / f".{out.name}.replaced"
    shutil.rmtree(replaced, ignore_errors=True)
    if out.exists():
        out.rename(replaced)
    unfinished.rename(out)
    shutil.rmtree(replaced, ignore_errors=True)
