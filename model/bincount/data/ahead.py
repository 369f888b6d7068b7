"""A step on many things in threads: results in order, and never more of them in memory than wanted."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor


def ahead[T, R](step: Callable[[T], R], things: Iterable[T], threads: int, window: int) -> Iterator[R]:
    """``map``, with up to ``window`` results under way or waiting; whoever stops listening ends it."""
    with ThreadPoolExecutor(threads, thread_name_prefix="ahead") as pool:
        under_way: deque[Future[R]] = deque()
        try:
            for thing in things:
                under_way.append(pool.submit(step, thing))
                if len(under_way) >= window:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
