"""Progress bars on stderr, for people who wait; nothing where nobody looks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bincount.data.sources import Track


@contextmanager
def tracking() -> Iterator["Track"]:
    """A function that passes things on and shows how far they are."""
    from bincount.bars import bar

    with bar() as progress:

        def track(things: Iterable[Any], what: str, total: int | None) -> Iterable[Any]:
            return progress.track(things, total, description=what)

        yield track
