"""Weights stored in half of the bytes are the same weights."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed: requirements/model.txt")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnxruntime import InferenceSession  # noqa: E402

from bincount.training.halves import store_in_halves  # noqa: E402

N = 2048


def a_sum(weights):
    """A sum of x and weights, as a graph."""
    node = helper.make_node("Add", ["x", "w"], ["y"])
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [len(weights)]) for name in "xy")
    graph = helper.make_graph([node], "sum", [x], [y], [numpy_helper.from_array(weights, "w")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def added(model):
    onnx.checker.check_model(model, full_check=True)
    session = InferenceSession(model.SerializeToString())
    size = session.get_inputs()[0].shape[0]
    return session.run(None, {"x": np.zeros(size, np.float32)})[0]


def test_weights_that_half_precision_holds_take_half_of_the_bytes_and_stay_the_same():
    weights = np.random.default_rng(0).normal(size=N).astype(np.float16).astype(np.float32)
    model = a_sum(weights)
    before = model.ByteSize()

    store_in_halves(model)

    assert 2 * N - 200 < before - model.ByteSize()
    assert np.array_equal(weights, added(model))


@pytest.mark.parametrize(
    "spoilt",
    [1.0001, 1e6, np.nan, 1e-9],
    ids=["finer", "greater", "no number", "smaller"],
)
def test_weights_that_half_precision_would_change_are_left_alone(spoilt):
    weights = np.ones(N, np.float32)
    weights[7] = spoilt
    model = a_sum(weights)
    before = model.SerializeToString()

    store_in_halves(model)

    assert before == model.SerializeToString()
    assert np.array_equal(weights, added(model), equal_nan=True)


def test_a_few_weights_are_not_worth_a_cast():
    model = a_sum(np.ones(8, np.float32))
    before = model.SerializeToString()

    store_in_halves(model)

    assert before == model.SerializeToString()
