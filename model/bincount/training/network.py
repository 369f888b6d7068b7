"""The counter as a torch module: uint8 photos in, one logit per count out.

Trunk: ResNet-18 up to layer3 (256 channels, stride 16), its batch norms folded into the convolutions so
that training and serving compute the same. Head: one convolution, average and maximum over the 14 x 14
places, a linear layer.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models import ResNet18_Weights, resnet18
from torchvision.models.resnet import BasicBlock

from bincount.data.abid_slice import DataMissing

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's RGB in 0..1: what the trunk was trained on
STD = (0.229, 0.224, 0.225)
CHANNELS = 256


class Counter(nn.Module):
    """Normalise, look, count."""

    mean: Tensor
    std: Tensor

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        # In 0..255 and part of the graph: what is served needs no preprocessing but decode and resize.
        self.register_buffer("mean", 255 * torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", 255 * torch.tensor(STD).view(1, 3, 1, 1), persistent=False)
        self.stem, self.layer3 = _trunk()
        self.head = Head(classes, dropout)

    def forward(self, photos: Tensor) -> Tensor:
        """Count: n x 224 x 224 x 3 uint8 -> n x classes logits."""
        pixels = photos.permute(0, 3, 1, 2).to(self.mean.dtype)
        logits: Tensor = self.head(self.layer3(self.stem((pixels - self.mean) / self.std)))
        return logits


class Head(nn.Module):
    """What is there (average) and the clearest sign of each thing (maximum), to one logit per count."""

    def __init__(self, classes: int, dropout: float) -> None:
        super().__init__()
        self.conv = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=3, padding=1)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(2 * CHANNELS, classes)

    def forward(self, features: Tensor) -> Tensor:
        """Weigh what was seen: n x 256 x 14 x 14 -> n x classes."""
        seen = torch.relu(self.conv(features))
        pooled = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)
        logits: Tensor = self.linear(self.dropout(pooled))
        return logits


def load_trunk(counter: Counter, folder: Path) -> str:
    """Give the counter ImageNet weights: the folded ones of ``folder``, else torchvision's. Returns whose."""
    if folder.is_dir():
        weights = {path.stem: torch.from_numpy(np.load(path)) for path in folder.glob("*.npy")}
        source = "resnet18_bnfolded_npy (torchvision ResNet-18 IMAGENET1K_V1, BSD-3-Clause)"
    else:
        weights = folded(_downloaded()).state_dict()
        source = "torchvision ResNet18_Weights.DEFAULT (BSD-3-Clause)"
    own = counter.state_dict()
    trunk = {name: weights[_torchvision_name(name)] for name in own if not name.startswith("head.")}
    counter.load_state_dict(own | {name: tensor.reshape(own[name].shape) for name, tensor in trunk.items()})
    return source


def folded(net: nn.Module) -> nn.Module:
    """ResNet with each batch norm merged into the convolution before it; it computes the same."""
    net.conv1, net.bn1 = fuse_conv_bn_eval(net.conv1, net.bn1), nn.Identity()
    for block in [module for module in net.modules() if isinstance(module, BasicBlock)]:
        block.conv1, block.bn1 = fuse_conv_bn_eval(block.conv1, block.bn1), nn.Identity()
        block.conv2, block.bn2 = fuse_conv_bn_eval(block.conv2, block.bn2), nn.Identity()
        if block.downsample is not None:
            block.downsample = nn.Sequential(fuse_conv_bn_eval(*block.downsample))
    return net


def _downloaded() -> nn.Module:
    """Torchvision's ResNet-18 with the weights that its authors recommend."""
    try:
        return resnet18(weights=ResNet18_Weights.DEFAULT).eval()
    except OSError as error:
        raise DataMissing(
            f"ImageNet weights are neither in --data's weights/ nor to be downloaded: {error}"
        ) from error


def _trunk() -> tuple[nn.Sequential, nn.Sequential]:
    """The frozen part (conv1 to layer2) and layer3, without batch norms."""
    net = folded(resnet18(weights=None).eval())
    return nn.Sequential(net.conv1, net.relu, net.maxpool, net.layer1, net.layer2), net.layer3


def _torchvision_name(name: str) -> str:
    """``stem.0.weight`` -> ``conv1.weight``, ``stem.3.0.conv1.weight`` -> ``layer1.0.conv1.weight``."""
    for ours, theirs in (("stem.0.", "conv1."), ("stem.3.", "layer1."), ("stem.4.", "layer2.")):
        if name.startswith(ours):
            return theirs + name.removeprefix(ours)
    return name
