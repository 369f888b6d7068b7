"""What every process of test_distributed runs: train a tiny counter; the leading one keeps it."""

import dataclasses
import sys
from pathlib import Path

import torch

from bincount.training.distributed import joined_run
from bincount.training.fitting import Run, fit
from tests.model.counter_builders import TINY, a_counter, some_photos

# Photos of a pair may fall to two processes, which then do not compare them: without that task, all is equal.
CONFIG = dataclasses.replace(TINY, pair_weight=0.0, head_rate=0.01, trunk_rate=0.01)


def train(out):
    torch.set_num_threads(1)
    torch.manual_seed(CONFIG.seed)
    counter = a_counter(CONFIG)
    photos = some_photos(24)
    with joined_run(CONFIG, "cpu") as place:
        fit(counter, photos, photos, CONFIG, Run(place))
        if place.leads:
            torch.save(counter.state_dict(), out)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
