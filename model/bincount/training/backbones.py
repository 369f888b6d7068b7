"""Trunks by name: a photo goes in, feature maps of one or two scales come out.

A trunk is a row of stages, so that "frozen up to here" is a number. The maps that the head sees are the
output of the last stage, and, where that is coarser than 14 x 14, the last one of 14 x 14 too: a bin's items
are often smaller than a 32nd of the photo.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision import models

from bincount.photos import SIDE
from bincount.training.nanodet import FILE as NANODET
from bincount.training.nanodet import nanodet_stages
from bincount.training.pretrained import WeightsMissing, fold_lite, lite_weights, resnet18_of_folder

_FINE = 14  # places along a side of the finer map
_TORCHVISION = (
    "resnet18",
    "resnet34",
    "resnet50",
    "convnext_tiny",
    "vit_b_16",
    "mobilenet_v3_large",
    "efficientnet_b0",
    "efficientnet_v2_s",
)
_LITE = ("efficientnet_lite0", "efficientnet_lite2")
NAMES = (*_TORCHVISION, *_LITE, "resnet18_layer3", "nanodet_m")


class UnknownBackbone(Exception):
    """No trunk has this name."""


class Trunk(nn.Module):
    """Stages, one after the other.

    Args:
        stages: of the network.
        source: whose weights these are, for the artefact's card; None without pre-training.
        fine: whether the finer map is wanted too.
        eight_bits: whether it counts as well in 8 bits.
    """

    def __init__(
        self, stages: Sequence[nn.Module], source: str | None, *, fine: bool = True, eight_bits: bool = True
    ) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.source = source
        self.eight_bits = eight_bits
        shapes = self._shapes()
        last = len(shapes) - 1
        finest = [number for number, shape in enumerate(shapes) if shape[2:] == (_FINE, _FINE)]
        self.taps = tuple(sorted({finest[-1], last})) if fine and finest else (last,)
        self.channels = tuple(shapes[tap][1] for tap in self.taps)

    def forward(self, images: Tensor, first: int = 0) -> tuple[Tensor, ...]:
        """The maps that the head sees, finest first; ``images`` is what stage ``first`` takes in."""
        maps = [images] if first - 1 in self.taps else []
        for number, stage in enumerate(self.stages[first:], start=first):
            images = stage(images)
            if number in self.taps:
                maps.append(images)
        return tuple(maps)

    def low(self, images: Tensor, frozen: int) -> Tensor:
        """What the first ``frozen`` stages make of normalised images."""
        for stage in self.stages[:frozen]:
            images = stage(images)
        return images

    def train(self, mode: bool = True) -> "Trunk":
        """Batch norms of a pre-trained trunk keep ImageNet's statistics.

        Those of a small batch are noise, and processes that train together would each have their own.
        """
        super().train(mode)
        if self.source is not None:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def _shapes(self) -> list[tuple[int, ...]]:
        shapes, image = [], torch.zeros(1, 3, SIDE, SIDE)
        self.eval()
        with torch.no_grad():
            for stage in self.stages:
                image = stage(image)
                shapes.append(tuple(image.shape))
        return shapes


def build_trunk(name: str, *, pretrained: bool, fine: bool, weights: Path) -> Trunk:
    """The trunk of that name.

    Args:
        name: one of ``NAMES``.
        pretrained: with ImageNet's weights, else drawn at random.
        fine: whether its finer map is wanted too.
        weights: folder of weights for machines that cannot download any.

    Raises:
        UnknownBackbone: there is none of that name.
        WeightsMissing: its weights are nowhere to be had.
    """
    if name in _LITE:
        return Trunk(*_lite(name, pretrained), fine=fine)
    if name == "resnet18_layer3":
        folder = weights / "resnet18_bnfolded_npy" if pretrained else None
        net, source = resnet18_of_folder(folder, lambda: _torchvision("resnet18", pretrained))
        return Trunk(_resnet_stages(net)[:4], source, fine=fine)
    if name == "nanodet_m":
        stages = nanodet_stages(weights / NANODET if pretrained else None)
        return Trunk(*stages, fine=fine, eight_bits=False)
    if name in _TORCHVISION:
        net = _torchvision(name, pretrained)
        source = f"torchvision {name} (ImageNet, BSD-3-Clause)" if pretrained else None
        return Trunk(_stages_of(name)(net), source, fine=fine)
    raise UnknownBackbone(f"no backbone is called {name!r}; there are: {', '.join(NAMES)}")


def _torchvision(name: str, pretrained: bool) -> nn.Module:
    try:
        net: nn.Module = models.get_model(name, weights="DEFAULT" if pretrained else None)
    except OSError as error:
        remedy = "connect this machine, or choose efficientnet_lite0, whose weights are an installed package"
        raise WeightsMissing(
            f"torchvision's weights of {name} cannot be downloaded: {error}; {remedy}"
        ) from error
    return net


def _lite(name: str, pretrained: bool) -> tuple[list[nn.Module], str | None]:
    import timm  # slow to import, and only these two are its own

    net = timm.create_model(f"tf_{name}", pretrained=False)
    source = lite_weights(net, name) if pretrained else None
    fold_lite(net)
    top = nn.Sequential(net.blocks[-1], net.conv_head, net.bn2)
    return [nn.Sequential(net.conv_stem, net.bn1), *net.blocks[:-1], top], source


def _stages_of(name: str) -> Callable[[nn.Module], list[nn.Module]]:
    if name.startswith("resnet"):
        return _resnet_stages
    if name.startswith("vit"):
        return _vit_stages
    return lambda net: list(net.features)


def _resnet_stages(net: nn.Module) -> list[nn.Module]:
    stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
    return [stem, net.layer1, net.layer2, net.layer3, net.layer4]


def _vit_stages(net: nn.Module) -> list[nn.Module]:
    return [_Patches(net), *net.encoder.layers, _Map(net)]


class _Patches(nn.Module):
    """A photo as the transformer's tokens, the class token first."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.project, self.token, self.position = net.conv_proj, net.class_token, net.encoder.pos_embedding

    def forward(self, images: Tensor) -> Tensor:
        tokens = self.project(images).flatten(2).transpose(1, 2)
        embedded: Tensor = (
            torch.cat([self.token.expand(tokens.shape[0], -1, -1), tokens], dim=1) + self.position
        )
        return embedded


class _Map(nn.Module):
    """Tokens back in their places: n x 197 x c -> n x c x 14 x 14."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.norm = net.encoder.ln

    def forward(self, tokens: Tensor) -> Tensor:
        places: Tensor = self.norm(tokens)[:, 1:].transpose(1, 2)
        return places.unflatten(2, (_FINE, _FINE))
