"""Photos of many callers are counted together."""

import asyncio

import numpy as np
import pytest

from bincount.batching import Batcher, Batching, Overloaded
from tests.model.builders import BrokenPredictor, FakePredictor

PATIENT = 60.0  # seconds: a batch that leaves before is full


def some_pixels(count=0):
    return np.full((2, 2, 3), count * 60 + 10, dtype=np.uint8)


def count_together(predictor, counts, batching):
    async def run():
        async with Batcher(predictor.predict, batching) as batcher:
            rows = await asyncio.gather(*(batcher.count(some_pixels(count)) for count in counts))
        return [int(row.argmax()) for row in rows]

    return asyncio.run(run())


def test_photos_that_arrive_together_are_counted_in_one_batch():
    predictor = FakePredictor()

    count_together(predictor, [0] * 8, Batching(max_batch=8, max_wait_s=PATIENT))

    assert [8] == predictor.batches


def test_no_batch_is_larger_than_the_limit():
    predictor = FakePredictor()

    count_together(predictor, [0] * 10, Batching(max_batch=4, max_wait_s=0))

    assert [4, 4, 2] == predictor.batches


def test_everyone_gets_their_own_count():
    counts = [3, 0, 2, 1, 1, 3, 0]

    assert counts == count_together(FakePredictor(), counts, Batching(max_batch=3, max_wait_s=0))


def test_a_failing_engine_reaches_every_caller_and_the_batcher_lives_on():
    async def run():
        async with Batcher(BrokenPredictor().predict, Batching(max_batch=2, max_wait_s=PATIENT)) as batcher:
            calls = [batcher.count(some_pixels()) for _ in range(2)]
            return await asyncio.gather(*calls, return_exceptions=True), batcher.alive

    failures, alive = asyncio.run(run())

    assert ["the engine failed"] * 2 == [str(failure) for failure in failures]
    assert alive


@pytest.mark.parametrize("answer", [lambda photos: np.zeros((1, 4)), lambda photos: None])
def test_an_engine_that_answers_too_little_reaches_every_caller_and_the_next_photo_is_counted(answer):
    async def run():
        predicts = iter([answer, FakePredictor().predict])
        batching = Batching(max_batch=2, max_wait_s=PATIENT)
        async with Batcher(lambda photos: next(predicts)(photos), batching) as batcher:
            failed = await asyncio.gather(*_two_counts(batcher, 1), return_exceptions=True)
            async with asyncio.timeout(PATIENT):
                return failed, await asyncio.gather(*_two_counts(batcher, 3))

    failed, counted = asyncio.run(run())

    assert all(isinstance(failure, ValueError | TypeError) for failure in failed)
    assert [3, 3] == [int(row.argmax()) for row in counted]


def test_photos_that_do_not_stack_reach_every_caller_and_the_next_photo_is_counted():
    async def run():
        batching = Batching(max_batch=2, max_wait_s=PATIENT)
        async with Batcher(FakePredictor().predict, batching) as batcher:
            odd = [batcher.count(some_pixels()), batcher.count(some_pixels()[:1])]
            failed = await asyncio.gather(*odd, return_exceptions=True)
            async with asyncio.timeout(PATIENT):
                return failed, await asyncio.gather(*_two_counts(batcher, 3))

    failed, counted = asyncio.run(run())

    assert [ValueError] * 2 == [type(failure) for failure in failed]
    assert [3, 3] == [int(row.argmax()) for row in counted]


def test_a_caller_who_left_is_not_counted():
    predictor = FakePredictor()

    async def run():
        batcher = Batcher(predictor.predict, Batching(max_batch=2, max_wait_s=PATIENT))
        leaver, stayer = (asyncio.create_task(batcher.count(some_pixels())) for _ in range(2))
        await asyncio.sleep(0)  # both are in the queue now
        leaver.cancel()
        async with batcher:
            await stayer

    asyncio.run(run())

    assert [1] == predictor.batches


def test_a_full_queue_refuses_instead_of_growing():
    async def run():
        batcher = Batcher(FakePredictor().predict, Batching(max_waiting=1))  # not entered: nothing is taken
        waiting = asyncio.create_task(batcher.count(some_pixels()))
        await asyncio.sleep(0)
        try:
            await batcher.count(some_pixels())
        finally:
            waiting.cancel()

    with pytest.raises(Overloaded):
        asyncio.run(run())


def test_leaving_cancels_who_still_waits():
    async def run():
        async with Batcher(FakePredictor().predict, Batching(max_batch=2, max_wait_s=PATIENT)) as batcher:
            waiting = asyncio.create_task(batcher.count(some_pixels()))
            await asyncio.sleep(0)
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())


def _two_counts(batcher, count):
    return [batcher.count(some_pixels(count)) for _ in range(2)]
