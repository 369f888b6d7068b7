"""The trunk of NanoDet-m, a detector small enough for phones: it learned on COCO where things are.

It is a ShuffleNetV2 whose batch norms were merged into its convolutions. The weights lie in ncnn's format:
one convolution after the other in the network's order, each a mark, its kernel, and its bias in 32 bits.
"""

import hashlib
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models import shufflenet_v2_x1_0

from bincount.training.pretrained import WeightsMissing

FILE = "nanodet_m.ncnn.bin"
_HALF, _SINGLE = 0x01306B47, 0  # marks of kernels in 16 and in 32 bits
_WORD = 4  # bytes; a kernel in 16 bits is filled up to whole words
_SLOPE = 0.1  # of its activations below zero


def nanodet_stages(path: Path | None) -> tuple[list[nn.Module], str | None]:
    """The trunk's four stages, and whose weights they hold.

    Args:
        path: of the ncnn file; None for a network without pre-training.

    Raises:
        WeightsMissing: there is no such file, or it holds another network.
    """
    net = shufflenet_v2_x1_0(weights=None).eval()
    stem = _folded(net.conv1)
    for stage in (net.stage2, net.stage3, net.stage4):
        for unit in stage:
            unit.branch1, unit.branch2 = _folded(unit.branch1), _folded(unit.branch2)
    stages = [nn.Sequential(stem, net.maxpool), net.stage2, net.stage3, net.stage4]
    if path is None:
        return stages, None
    read = _fill(stages, path)
    return stages, f"NanoDet-m (ShuffleNetV2 1.0x, COCO, Apache-2.0), file {read}"


def _folded(branch: nn.Sequential) -> nn.Sequential:
    """The same, each batch norm merged into the convolution before it, and with NanoDet's activation."""
    layers: list[nn.Module] = []
    for layer, following in pairwise([*branch, None]):
        if isinstance(layer, nn.Conv2d):
            layers.append(fuse_conv_bn_eval(layer, following))
        elif isinstance(layer, nn.ReLU):
            layers.append(nn.LeakyReLU(_SLOPE))
    return nn.Sequential(*layers)


def _fill(stages: list[nn.Module], path: Path) -> str:
    """Put the file's weights in their places; returns eight characters that name its content."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsMissing(f"the weights of nanodet_m are a file {path}: {error.strerror}") from error
    convolutions = [each for stage in stages for each in stage.modules() if isinstance(each, nn.Conv2d)]
    at = 0
    try:
        for each in convolutions:
            at = _read(each, data, at)
    except (struct.error, ValueError) as error:
        raise WeightsMissing(f"{path} does not hold the weights of nanodet_m: {error}") from error
    with torch.no_grad():  # it was taught on BGR, and on nothing else that our photos are not
        convolutions[0].weight.copy_(convolutions[0].weight.flip(1))
    return hashlib.sha256(data).hexdigest()[:8]


def _read(layer: nn.Conv2d, data: bytes, at: int) -> int:
    """Fill one convolution from the bytes at a place; returns the next one's place."""
    (mark,) = struct.unpack_from("<I", data, at)
    if mark not in (_HALF, _SINGLE):
        raise ValueError(f"no convolution begins at byte {at}")
    kind, width = ("<f2", 2) if mark == _HALF else ("<f4", 4)
    size, outputs = layer.weight.numel(), layer.out_channels
    kernel = np.frombuffer(data, kind, size, at + _WORD)
    at += _WORD + -(-size * width // _WORD) * _WORD
    bias = np.frombuffer(data, "<f4", outputs, at)
    if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
        raise ValueError(f"the convolution before byte {at + bias.nbytes} has weights that are no numbers")
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(kernel.astype(np.float32)).view_as(layer.weight))
        layer.get_parameter("bias").copy_(torch.from_numpy(bias.astype(np.float32)))
    return at + bias.nbytes
