"""From trained weights to the graph that is served on CPUs: quantised to 8 bits, thrice as fast as 32.

Activations and weights are 8-bit integers between the first convolution and the head's pooling. Weights use 7
of their bits, so that CPUs without VNNI instructions, whose 16-bit sums would overflow, count the same.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from bincount.artifact import ONNX, write_atomically
from bincount.photos import SIDE
from bincount.training.network import Counter

_OPSET = 18
_BATCH = 32
_QUANTISED = ["Conv", "Add", "MaxPool", "Relu"]


def write_graph(counter: Counter, typical: NDArray[np.uint8], folder: Path) -> None:
    """Write ``counter.onnx`` (uint8 n x 224 x 224 x 3 -> logits).

    Args:
        counter: the network.
        typical: photos like those to come; the ranges of its activations on them become the 8-bit scales.
        folder: of the artefact.
    """
    with tempfile.TemporaryDirectory() as temporary:
        exact, quantised = Path(temporary, "exact.onnx"), Path(temporary, "quantised.onnx")
        _write_exact(counter, exact)
        quantize_static(
            exact,
            quantised,
            _Typical(typical),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_QUANTISED,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        write_atomically(folder / ONNX, quantised.read_bytes())


class _Typical(CalibrationDataReader):
    """The photos that set the scales, batch by batch, as the quantiser asks for them."""

    def __init__(self, photos: NDArray[np.uint8]) -> None:
        self._batches = iter(np.array_split(photos, -(-len(photos) // _BATCH)))

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"photos": batch}


def _write_exact(counter: Counter, path: Path) -> None:
    """The counter as an unquantised graph of any batch size."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's remarks on its own deprecations
        torch.onnx.export(
            counter.eval().cpu(),
            (torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8),),
            path,
            input_names=["photos"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("photos_in_batch", min=1)},),
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
