"""The detector's trunk is read from ncnn's file to the last byte it needs, or refused by name."""

import hashlib
import struct

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
pytest.importorskip("torchvision.models", reason="torchvision is not installed")

from torch import nn  # noqa: E402

from bincount.training.nanodet import FILE, nanodet_stages  # noqa: E402
from bincount.training.pretrained import WeightsMissing  # noqa: E402

HALF = struct.pack("<I", 0x01306B47)


def convolutions(stages):
    return [each for stage in stages for each in stage.modules() if isinstance(each, nn.Conv2d)]


def ncnn_of(stages):
    """What ncnn would write of these stages, taught on RGB; kernels of an odd size are filled up."""
    parts = []
    for number, each in enumerate(convolutions(stages)):
        kernel = each.weight.flip(1) if number == 0 else each.weight
        halves = kernel.detach().numpy().astype("<f2").tobytes()
        parts += [HALF, halves, bytes(-len(halves) % 4), each.bias.detach().numpy().astype("<f4").tobytes()]
    return b"".join(parts)


def answer(stages, image):
    for stage in stages:
        image = stage(image)
    return image


def test_a_file_of_weights_makes_the_network_that_it_was_written_of(tmp_path):
    torch.manual_seed(0)
    wanted, _ = nanodet_stages(None)
    with torch.no_grad():
        for each in convolutions(wanted):
            each.weight.copy_(each.weight.half().float())
    path = tmp_path / FILE
    path.write_bytes(ncnn_of(wanted) + b"what follows the trunk")
    photo = torch.rand(1, 3, 64, 64)

    found, source = nanodet_stages(path)

    assert answer(wanted, photo).equal(answer(found, photo))
    assert "COCO" in source
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:8] in source


def test_kernels_in_32_bits_are_read_too(tmp_path):
    wanted, _ = nanodet_stages(None)
    first = convolutions(wanted)[0]
    exact = bytes(4) + first.weight.flip(1).detach().numpy().tobytes() + first.bias.detach().numpy().tobytes()
    others = ncnn_of(wanted)[4 + 2 * first.weight.numel() + 4 * len(first.bias) :]
    path = tmp_path / FILE
    path.write_bytes(exact + others)

    found, _ = nanodet_stages(path)

    assert np.array_equal(first.weight.detach(), convolutions(found)[0].weight.detach())


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: b"\1" + data[1:],
        lambda data: data[:4] + b"\xff\xff" + data[6:],
        lambda _: b"",
    ],
    ids=["too short", "another mark", "no number", "empty"],
)
def test_a_file_that_holds_another_network_is_refused_by_name(tmp_path, damage):
    wanted, _ = nanodet_stages(None)
    path = tmp_path / FILE
    path.write_bytes(damage(ncnn_of(wanted)))

    with pytest.raises(WeightsMissing, match=FILE):
        nanodet_stages(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsMissing, match=FILE):
        nanodet_stages(tmp_path / FILE)
