"""Ways to count the photos of a request: from the bytes of JPEGs to probabilities, in two steps.

The 8-bit graph is one file for both runtimes: integers between QuantizeLinear and DequantizeLinear, as
`bincount export` writes it. ONNX Runtime and OpenVINO each fuse those into 8-bit kernels of their own.
"""

import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torchvision import models, transforms
from torchvision.io import ImageReadMode, decode_jpeg
from torchvision.transforms.v2 import functional

from bincount.artifact import ONNX, Artifact
from bincount.calibration import Scaling
from bincount.photos import SIDE, read_photo
from bincount.predictor import OnnxPredictor
from bincount.torch_predictor import TorchPredictor
from bincount.training.export import write_exact
from bincount.training.weights import read_weights

EARLIER, EXACT = "earlier handler: ResNet-50", "torch eager"
GPU = "GPU: decode there, bf16, compiled"


@dataclass(frozen=True, slots=True)
class Engine:
    """A loaded counter."""

    name: str
    read: Callable[[Sequence[bytes]], Any]  # JPEGs -> what `count` takes in
    count: Callable[[Any], NDArray[np.float32]]  # -> n x classes; on the host, so that a GPU has finished


def earlier_handler(where: torch.device) -> Engine:
    """What the earlier projects deployed: a request is one photo, decoded by PIL, seen by ResNet-50 in fp32.

    Its probabilities are of no interest (its weights are random); its layers and its steps are theirs.
    """
    net = models.resnet50(weights=None)
    net.fc = nn.Linear(net.fc.in_features, 5)
    net = net.to(where).eval()
    prepare = transforms.Compose(
        [
            transforms.Resize((SIDE, SIDE)),
            transforms.ToTensor(),
            transforms.Normalize((0, 0, 0), (1, 1, 1)),
        ]
    )

    def read(jpegs: Sequence[bytes]) -> list[Tensor]:
        return [prepare(Image.open(io.BytesIO(jpeg))) for jpeg in jpegs]

    def count(images: list[Tensor]) -> NDArray[np.float32]:
        with torch.no_grad():
            return np.concatenate([net(image.to(where).unsqueeze(0)).cpu().numpy() for image in images])

    return Engine(EARLIER, read, count)


def cpu_engines(folder: Path, scratch: Path, threads: int) -> Iterator[Engine]:
    """An artefact in every runtime of the CPU.

    Args:
        folder: of the artefact.
        scratch: an empty folder, for its graph in 32 bits.
        threads: of each runtime.

    Raises:
        ArtifactError: the folder holds no counter, or one that this code cannot read.
    """
    artifact = Artifact.load(folder)
    artifact.save(scratch)
    write_exact(read_weights(folder), scratch / ONNX)
    torch.set_num_threads(threads)
    yield Engine(EXACT, _pixels, TorchPredictor(folder, "cpu").predict)
    if shutil.which("g++") or shutil.which("clang++"):
        yield Engine("torch compiled", _pixels, _compiled(folder, torch.device("cpu")))
    yield Engine("ONNX Runtime fp32", _pixels, OnnxPredictor(scratch, threads).predict)
    yield Engine("ONNX Runtime int8", _pixels, OnnxPredictor(folder, threads).predict)
    yield Engine("OpenVINO fp32", _pixels, _openvino(scratch, threads))
    yield Engine("OpenVINO int8", _pixels, _openvino(folder, threads))


def gpu_engine(folder: Path) -> Engine:
    """JPEGs to the GPU as they are; decoded, resized and counted there.

    torchvision's decoder takes no PNG or WebP and leaves EXIF's orientation alone: a server falls back to
    the CPU's for those. (TorchCodec succeeds it from torchvision 0.29 on.)
    """
    where = torch.device("cuda")

    def read(jpegs: Sequence[bytes]) -> Tensor:
        data = [torch.frombuffer(bytearray(jpeg), dtype=torch.uint8) for jpeg in jpegs]
        images = decode_jpeg(data, ImageReadMode.RGB, device=where)
        squashed = [
            functional.resize(image, [SIDE, SIDE], antialias=True) for image in images
        ]  # as Pillow does
        photos = torch.stack(squashed).permute(0, 2, 3, 1)
        torch.cuda.synchronize()
        return photos

    return Engine(GPU, read, _compiled(folder, where))


def _pixels(jpegs: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.stack([read_photo(jpeg) for jpeg in jpegs])


def _compiled(folder: Path, where: torch.device) -> Callable[[Any], NDArray[np.float32]]:
    """The counter after torch.compile, one graph a batch size; in bfloat16 on a GPU."""
    scaling = Scaling.of_artifact(Artifact.load(folder))
    net = torch.compile(read_weights(folder).to(where, memory_format=torch.channels_last), dynamic=False)
    half = where.type == "cuda"

    def count(photos: Any) -> NDArray[np.float32]:  # noqa: ANN401 (an array, or a tensor on the GPU)
        with torch.inference_mode(), torch.autocast(where.type, torch.bfloat16, enabled=half):
            logits = net(torch.as_tensor(photos).to(where))
        return scaling.probabilities(logits.float().cpu().numpy())

    return count


def _openvino(folder: Path, threads: int) -> Callable[[Any], NDArray[np.float32]]:
    """The artefact's graph in OpenVINO, as exact as the graph: it would round to bfloat16 where CPUs can."""
    scaling = Scaling.of_artifact(Artifact.load(folder))
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
    }
    graph = openvino.Core().compile_model(str(folder / ONNX), "CPU", settings)
    return lambda photos: scaling.probabilities(graph({"photos": photos})["logits"])
