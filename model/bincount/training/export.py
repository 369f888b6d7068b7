"""From trained weights to the graphs that are served on CPUs: exact, and in 8 bits: smaller, and faster.

From the second convolution to the head's pooling, activations and weights of the quantised graph are
8-bit integers, save in networks that count worse so. Weights use 7 of their bits, so that CPUs without VNNI
instructions, whose 16-bit sums would overflow, count the same.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from bincount.artifact import write_atomically
from bincount.photos import SIDE
from bincount.training.halves import store_in_halves
from bincount.training.network import Ensemble

_OPSET = 18
_BATCH = 32
_COLOURS = 3
_PHOTOS = {"photos": torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8)}
_OUTPUTS = ["logits", "rows"]
_QUANTISED = ["Conv", "Add", "MaxPool", "Relu", "Clip"]


def write_pair_graph(counter: Ensemble, path: Path) -> None:
    """Write the comparison of two looks: rows before, rows after -> n x 13 logits; weights in 8 bits."""
    rows = torch.zeros(2, counter.width)
    with tempfile.TemporaryDirectory() as temporary:
        exact, ready, small = (Path(temporary, name) for name in ("exact.onnx", "ready.onnx", "small.onnx"))
        _export(_Comparison(counter), {"before": rows, "after": rows.clone()}, ["logits"], exact)
        quant_pre_process(exact, ready, skip_symbolic_shape=True)
        graph = onnx.load(ready)
        del graph.graph.value_info[:]  # shapes in between, which the quantiser changes
        quantize_dynamic(graph, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        write_atomically(path, small.read_bytes())


def write_exact(counter: Ensemble, path: Path) -> None:
    """Write the counter as a graph in 32 bits, for any batch size: uint8 n x 224 x 224 x 3 -> logits."""
    with tempfile.TemporaryDirectory() as temporary:
        written = Path(temporary, "exact.onnx")
        _export(_Count(counter), _PHOTOS, _OUTPUTS, written)
        write_atomically(path, written.read_bytes())


def write_quantised(counter: Ensemble, typical: NDArray[np.uint8], path: Path) -> None:
    """Write the same in 8 bits.

    Args:
        counter: the network.
        typical: photos like those to come; the ranges of its activations on them become the 8-bit scales.
        path: of the graph.
    """
    with tempfile.TemporaryDirectory() as temporary:
        exact, ready, quantised = (
            Path(temporary, name) for name in ("exact.onnx", "ready.onnx", "small.onnx")
        )
        _export(_Count(counter), _PHOTOS, _OUTPUTS, exact)
        quant_pre_process(exact, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            quantised,
            _Typical(typical),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_QUANTISED,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_exact_convolutions(ready, counter),
        )
        small = onnx.load(quantised)
        store_in_halves(small)
        write_atomically(path, small.SerializeToString())


def _exact_convolutions(path: Path, counter: Ensemble) -> list[str]:
    """Those that stay in 32 bits, and with them what they feed.

    They see the photo itself: they are cheap, and what they round away is missing everywhere. Or they are of
    a member whose trunk is not made for 8 bits.
    """
    graph = onnx.load(path).graph
    kernels = {each.name: each.dims for each in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    exact = tuple(
        f"counter.members.{number}."  # as `_Count` and `Ensemble` name their parts
        for number, member in enumerate(counter.members)
        if not member.trunk.eight_bits
    )
    return [
        node.name
        for node in convolutions
        if kernels[node.input[1]][1] == _COLOURS or node.input[1].startswith(exact)
    ]


class _Typical(CalibrationDataReader):
    """The photos that set the scales, batch by batch, as the quantiser asks for them."""

    def __init__(self, photos: NDArray[np.uint8]) -> None:
        self._batches = iter(np.array_split(photos, -(-len(photos) // _BATCH)))

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"photos": batch}


class _Count(nn.Module):
    """Photos -> logits, and the rows that `_Comparison` takes in."""

    def __init__(self, counter: Ensemble) -> None:
        super().__init__()
        self.counter = counter

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        return self.counter.count_and_rows(photos)


class _Comparison(nn.Module):
    """Rows of two looks -> logits of the change."""

    def __init__(self, counter: Ensemble) -> None:
        super().__init__()
        self.counter = counter

    def forward(self, before: Tensor, after: Tensor) -> Tensor:
        return self.counter.differences(before, after)


def _export(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], path: Path) -> None:
    many = torch.export.Dim("many", min=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's remarks on its own deprecations
        torch.onnx.export(
            module.eval().cpu(),
            tuple(inputs.values()),
            path,
            input_names=list(inputs),
            output_names=outputs,
            dynamic_shapes=tuple({0: many} for _ in inputs),
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
