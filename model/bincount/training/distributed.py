"""Several processes that train one counter: `torchrun --nproc-per-node N -m bincount.cli train ...`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch.distributed import destroy_process_group, init_process_group
from torch.nn.parallel import DistributedDataParallel

from bincount.training.config import BadConfig, TrainConfig
from bincount.training.order import Share


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the processes this is, and what it computes on."""

    share: Share
    where: torch.device

    @property
    def leads(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.share.rank == 0


@contextmanager
def joined_run(config: TrainConfig, device: str = "auto") -> Iterator[Place]:
    """Join the other processes when torchrun started this one; alone otherwise.

    Raises:
        BadConfig: the batch cannot be shared out evenly, or there is no GPU where one was asked for.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if config.batch_size % world:
        raise BadConfig(f"batch_size {config.batch_size} cannot be shared by {world} processes")
    gpu = torch.cuda.is_available() if device == "auto" else device == "cuda"
    if gpu and not torch.cuda.is_available():
        raise BadConfig("no GPU that torch can use: pass --device cpu")
    where = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if gpu else torch.device("cpu")
    if gpu:
        torch.cuda.set_device(where)
    if world == 1:
        yield Place(Share(), where)
        return
    init_process_group("nccl" if gpu else "gloo")
    try:
        yield Place(Share(int(os.environ["RANK"]), world), where)
    finally:
        destroy_process_group()


def shared(module: nn.Module, place: Place) -> nn.Module:
    """The module with its gradients averaged over all processes."""
    return module if place.share.world == 1 else DistributedDataParallel(module)
