"""A served graph's 32-bit weights in half of the bytes, where that changes none of them."""

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

_WORTH_IT = 1024  # values; under that, the cast takes about as many bytes as it saves


def store_in_halves(model: ModelProto) -> None:
    """Keep in half precision what that holds exactly; a runtime casts it back as it loads the graph.

    Weights were rounded so before anything was measured (`weights.halve`), but graphs are written in 32 bits.

    Args:
        model: whose weights are exchanged.
    """
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _WORTH_IT:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        if np.array_equal(halves, values):
            casts.append(_cast_back(tensor, halves))
    _put_first(graph, casts)


def _cast_back(tensor: TensorProto, halves: np.ndarray) -> NodeProto:
    """Make an initializer one of half precision; the node that gives its name to the values in full."""
    name = tensor.name
    tensor.CopyFrom(numpy_helper.from_array(halves, f"{name}.half"))
    return helper.make_node("Cast", [tensor.name], [name], name=f"{name}.cast", to=TensorProto.FLOAT)


def _put_first(graph: GraphProto, nodes: list[NodeProto]) -> None:
    """Nodes must stand after what they need and before what needs them."""
    others = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + others)
