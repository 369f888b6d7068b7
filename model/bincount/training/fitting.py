"""Fit a counter to photos: epochs of training, of which the best on other photos is kept."""

import logging
from copy import deepcopy
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from bincount.calibration import probabilities
from bincount.data.abid_slice import Photos
from bincount.evaluation.metrics import score
from bincount.training.config import TrainConfig
from bincount.training.engine import (
    Descent,
    logits_of,
    soft_cross_entropy,
    soft_labels,
    train_one_epoch,
    warm_cosine,
)
from bincount.training.network import Counter
from bincount.training.transforms import batches

_log = logging.getLogger(__name__)


def fit(counter: Counter, seen: Photos, val: Photos, config: TrainConfig) -> None:
    """Train; the epoch of least negative log likelihood on ``val`` is what ``counter`` ends with."""
    where = next(counter.parameters()).device
    labels = torch.from_numpy(seen.labels(config.classes))
    loss_of = soft_cross_entropy(soft_labels(config.classes, config.softness, config.reach).to(where))
    optimizer = torch.optim.AdamW(_tuned(counter, config), weight_decay=config.weight_decay)
    steps = config.epochs * max(1, len(seen.ids) // config.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_cosine(steps))
    smooth = AveragedModel(counter, multi_avg_fn=get_ema_multi_avg_fn(config.smoothing))
    generator = torch.Generator().manual_seed(config.seed)
    least, best = float("inf"), counter.state_dict()
    for epoch in range(1, config.epochs + 1):
        order = batches(seen, labels, config.batch_size, generator, where)
        loss = train_one_epoch(counter, order, loss_of, Descent(optimizer, schedule, smooth))
        now = score(probabilities(logits_of(smooth.module, val.pixels, exact=False), 1.0), val.counts)
        _log.info("epoch %d: loss %.3f, val nll %.3f, accuracy %.3f", epoch, loss, now.nll, now.accuracy)
        if now.nll < least:
            least, best = now.nll, deepcopy(smooth.module.state_dict())
    counter.load_state_dict(best)


def _tuned(counter: Counter, config: TrainConfig) -> list[dict[str, Any]]:
    """Freeze what stays as it is; the rest as the optimiser's groups, each with its own rate."""
    tunes_layer3 = config.frozen_through == "layer2"
    counter.stem.requires_grad_(False)
    counter.layer3.requires_grad_(tunes_layer3)
    head = {"params": list(counter.head.parameters()), "lr": config.head_rate}
    layer3 = {"params": list(counter.layer3.parameters()), "lr": config.trunk_rate}
    return [head, layer3] if tunes_layer3 else [head]
