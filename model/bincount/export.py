"""From trained weights to the two files that are served. Both hold the weights in half precision."""

import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save

from bincount.artifact import ONNX, WEIGHTS, write_atomically
from bincount.network import Counter
from bincount.photos import SIDE

_OPSET = 18
_SMALL = 1024  # elements: below this, halving saves nothing


def halve(counter: Counter) -> None:
    """Round every weight to half precision, so that what is evaluated is what is served."""
    with torch.no_grad():
        for parameter in counter.parameters():
            parameter.copy_(parameter.half().float())


def export(counter: Counter, folder: Path) -> None:
    """Write ``counter.onnx`` (uint8 n x 224 x 224 x 3 -> logits) and ``counter.safetensors``."""
    weights = {name: tensor.half().contiguous() for name, tensor in counter.state_dict().items()}
    write_atomically(folder / WEIGHTS, save(weights))
    write_atomically(folder / ONNX, _halved(_graph(counter)).SerializeToString())


def _graph(counter: Counter) -> onnx.ModelProto:
    """The counter as an ONNX graph of any batch size."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's remarks on its own deprecations
        program = torch.onnx.export(
            counter.eval().cpu(),
            (torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8),),
            input_names=["photos"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("photos_in_batch", min=1)},),
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export returned no program")
    program.save(buffer)
    return onnx.load_from_string(buffer.getvalue())


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store large weights as float16 behind a cast, which ONNX Runtime folds away when it loads the graph."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _SMALL:
            continue
        name = tensor.name
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}.half")
        tensor.CopyFrom(half)
        casts.append(helper.make_node("Cast", [half.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model
