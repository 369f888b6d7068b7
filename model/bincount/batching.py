"""Dynamic micro-batching: photos of concurrent requests are counted together, and none waits long.

A batch leaves when it is full, or a few milliseconds after its first photo. While one batch is being counted
the next one gathers, so that load makes batches larger instead of queues longer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bincount.photos import Pixels

type Row = NDArray[np.float32]
type Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class Overloaded(Exception):
    """More photos wait than can be counted in reasonable time: come back later."""


@dataclass(frozen=True, slots=True)
class Batching:
    """How large, how patient, how long a queue."""

    max_batch: int = 16
    max_wait_s: float = 0.004
    max_waiting: int = 1024


@dataclass(frozen=True, slots=True)
class _Waiting:
    pixels: Pixels
    row: asyncio.Future[Row]


class Batcher:
    """Counts photos one by one for its callers and batch by batch for the predictor. An async context."""

    def __init__(self, predict: Predict, batching: Batching | None = None) -> None:
        self._predict = predict
        self._batching = batching or Batching()
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(self._batching.max_waiting)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="predict")
        self._worker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._worker = asyncio.create_task(self._work(), name="batcher")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait().row.cancel()
        self._thread.shutdown()

    @property
    def alive(self) -> bool:
        """Whether photos are being counted."""
        return self._worker is not None and not self._worker.done()

    async def count(self, pixels: Pixels) -> Row:
        """The distribution of one photo.

        Raises:
            Overloaded: the queue is full.
        """
        waiting = _Waiting(pixels, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull as error:
            raise Overloaded(f"{self._queue.maxsize} photos are waiting already") from error
        return await waiting.row

    async def _work(self) -> None:
        """Gather, count, hand out, for ever."""
        while True:
            batch = [each for each in await self._gather() if not each.row.done()]  # a caller may have left
            if batch:
                await self._count(batch)

    async def _gather(self) -> list[_Waiting]:
        """The next batch: one photo and who joins it, until it is full or ``max_wait_s`` have passed."""
        batch = [await self._queue.get()]
        deadline = asyncio.get_running_loop().time() + self._batching.max_wait_s
        try:
            async with asyncio.timeout_at(deadline):
                while len(batch) < self._batching.max_batch:
                    batch.append(await self._queue.get())
        except TimeoutError:
            pass  # a small batch, then
        return batch

    async def _count(self, batch: list[_Waiting]) -> None:
        """Count a batch in the predictor's thread; whatever goes wrong reaches every caller of the batch."""
        loop = asyncio.get_running_loop()
        try:
            photos = np.stack([each.pixels for each in batch])
            rows = await loop.run_in_executor(self._thread, self._predict, photos)
            answers = list(zip(batch, rows, strict=True))
        except asyncio.CancelledError:
            for each in batch:
                each.row.cancel()
            raise
        except Exception as error:  # noqa: BLE001 (not swallowed: each caller gets it)
            for each in batch:
                if not each.row.done():
                    each.row.set_exception(error)
            return
        for each, row in answers:
            if not each.row.done():
                each.row.set_result(row)
