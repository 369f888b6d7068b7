"""A training loop of a few lines over points in the plane: it tells observers what the real loop tells."""

import itertools
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from bincount.training.clock import Clock
from bincount.training.observers import Epoch, Step


@dataclass(frozen=True)
class Points:
    """Three clusters to tell apart; `noise` is the share of wrong labels."""

    x: torch.Tensor
    y: torch.Tensor


def points(n, seed, noise=0.0, classes=3, spread=0.3):
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % classes
    angle = 2 * torch.pi * y / classes
    x = torch.stack([angle.cos(), angle.sin()], dim=1) + spread * torch.randn(n, 2, generator=generator)
    wrong = torch.rand(n, generator=generator) < noise
    return Points(x, torch.where(wrong, torch.randint(0, classes, (n,), generator=generator), y))


def a_net(hidden=16, classes=3, depth=1, activation=nn.ReLU):
    torch.manual_seed(0)
    layers = [nn.Linear(2, hidden), activation()]
    for _ in range(depth - 1):
        layers += [nn.Linear(hidden, hidden), activation()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


def even_clock():
    """A clock by which every phase takes equally long, however busy this machine is."""
    ticks = itertools.count()
    return Clock(now=lambda: next(ticks) / 1000)


def in_batches(points, size=30):
    return list(zip(points.x.split(size), points.y.split(size), strict=True))


def train(
    net,
    observers,
    seen=None,
    val=None,
    *,
    epochs=4,
    rate=0.1,
    batches=None,
    clock=None,
    gpu_memory=lambda: None,
    first_epoch=1,
):
    """Train as the contract says; returns the epochs that were told of."""
    seen, val = seen or points(300, seed=1), val or points(90, seed=2)
    clock, told = clock or even_clock(), []
    optimizer = torch.optim.SGD(net.parameters(), rate, momentum=0.5)
    label_counts = np.bincount(seen.y.numpy(), minlength=int(seen.y.max()) + 1)
    try:
        for observer in observers:
            observer.begins(net, label_counts)
        per_epoch = len(in_batches(seen))
        for number in range(first_epoch, epochs + 1):
            losses = []
            for x, y in clock.each("load", batches(seen) if batches else in_batches(seen)):
                with clock.phase("forward"):
                    loss = nn.functional.cross_entropy(net(x), y)
                with clock.phase("backward"):
                    optimizer.zero_grad()
                    loss.backward()
                losses.append(loss.item())
                at = (number - 1) * per_epoch + len(losses)
                step = Step(at, number, losses[-1], rate, len(x), clock.lap(), gpu_memory())
                for observer in observers:
                    observer.stepped(step, net)
                with clock.phase("optimizer"):
                    optimizer.step()
            epoch = _validated(net, val, number, float(np.mean(losses)), rate)
            told.append(epoch)
            for observer in observers:
                observer.finished_epoch(epoch)
    finally:
        for observer in observers:
            observer.ends()
    return told


def _validated(net, val, number, train_loss, rate):
    with torch.no_grad():
        logits = net(val.x)
    nll = nn.functional.cross_entropy(logits, val.y).item()
    accuracy = (logits.argmax(dim=1) == val.y).float().mean().item()
    return Epoch(number, train_loss, nll, nll / 2, accuracy, 1 - accuracy, rate, 1000.0, 0.1)
