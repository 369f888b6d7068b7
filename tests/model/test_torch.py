"""What needs torch: the network, its training, its export, and that both predictors agree."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
torchvision = pytest.importorskip(
    "torchvision", reason="torchvision is not installed: requirements/model.txt"
)

from bincount.data.abid_slice import synthetic_photos  # noqa: E402
from bincount.onnx_graph import OnnxGraph  # noqa: E402
from bincount.predictor import OnnxPredictor  # noqa: E402
from bincount.torch_predictor import TorchPredictor  # noqa: E402
from bincount.training.config import TrainConfig  # noqa: E402
from bincount.training.engine import NonFiniteLoss, logits_of, soft_labels, warm_cosine  # noqa: E402
from bincount.training.export import write_graph  # noqa: E402
from bincount.training.fitting import fit  # noqa: E402
from bincount.training.network import Counter, folded, load_trunk  # noqa: E402
from bincount.training.transforms import augmented  # noqa: E402
from bincount.training.weights import halve, read_weights, write_weights  # noqa: E402

TINY = TrainConfig(epochs=1, batch_size=4, seed=1)


@pytest.fixture(scope="module")
def drawn():
    return synthetic_photos(8, seed=1)


def test_the_quantised_graph_counts_what_the_weights_count():
    drawn = synthetic_photos(24, seed=2)

    quantised, exact = OnnxPredictor().predict(drawn.pixels), TorchPredictor().predict(drawn.pixels)

    assert 0.02 > np.abs(quantised - exact).mean()
    assert 0.5 > np.abs(expected_counts(quantised) - expected_counts(exact)).max()
    assert OnnxPredictor().model == TorchPredictor().model


def test_a_graph_computes_what_its_network_computes_but_for_the_eight_bits(drawn, tmp_path):
    torch.manual_seed(0)
    counter = Counter(classes=11).eval()

    write_graph(counter, drawn.pixels, tmp_path)

    quantised, exact = OnnxGraph(tmp_path).logits(drawn.pixels), logits_of(counter, drawn.pixels)
    assert 0.05 * np.abs(exact).max() > np.abs(quantised - exact).max()


def test_weights_are_read_as_they_were_written(tmp_path):
    counter = Counter(classes=11)
    halve(counter)

    write_weights(counter, tmp_path)

    read = read_weights(tmp_path, classes=11).state_dict()
    assert all(tensor.equal(read[name]) for name, tensor in counter.state_dict().items())


def test_folding_the_batch_norms_changes_nothing():
    torch.manual_seed(0)
    net = torchvision.models.resnet18(weights=None)
    net(torch.rand(4, 3, 64, 64))  # in training mode: the batch norms now hold statistics
    photos = torch.rand(2, 3, 64, 64)

    before, after = net.eval()(photos), folded(net)(photos)

    assert torch.allclose(before, after, atol=1e-4)


def test_the_trunk_is_what_the_folder_holds_and_the_head_stays(tmp_path):
    counter = Counter(classes=11)
    net = folded(torchvision.models.resnet18(weights=None).eval())
    for name, tensor in net.state_dict().items():
        np.save(tmp_path / f"{name}.npy", tensor.numpy())
    head = counter.head.linear.weight.clone()

    load_trunk(counter, tmp_path)

    assert counter.stem[0].weight.equal(net.conv1.weight)
    assert counter.layer3[1].conv2.bias.equal(net.layer3[1].conv2.bias)
    assert counter.head.linear.weight.equal(head)


def test_training_leaves_the_frozen_layers_alone_and_moves_the_rest(drawn):
    torch.manual_seed(0)
    counter = Counter(classes=11)
    before = {name: tensor.clone() for name, tensor in counter.state_dict().items()}

    fit(counter, drawn, drawn, TINY)

    moved = {
        name.split(".")[0] for name, tensor in counter.state_dict().items() if not tensor.equal(before[name])
    }
    assert {"layer3", "head"} == moved


def test_a_loss_that_is_no_number_stops_the_run(drawn):
    counter = Counter(classes=11)
    torch.nn.init.constant_(counter.head.linear.bias, float("nan"))

    with pytest.raises(NonFiniteLoss):
        fit(counter, drawn, drawn, dataclasses.replace(TINY, dropout=0))


def test_soft_labels_are_distributions_around_the_label():
    rows = soft_labels(classes=5, softness=0.1, reach=1.0)

    assert torch.allclose(rows.sum(dim=1), torch.ones(5))
    assert torch.allclose(rows.diagonal(), torch.full((5,), 0.9))
    assert rows[2, 1] == rows[2, 3] > rows[2, 0]


def test_the_learning_rate_rises_and_falls_to_zero():
    factor = warm_cosine(100)

    assert factor(0) < factor(5) < factor(9) == 1
    assert pytest.approx(0, abs=1e-3) == factor(100)


def test_augmentation_is_seeded_and_keeps_the_shape(drawn):
    pixels = torch.from_numpy(drawn.pixels)

    first, again = (augmented(pixels, torch.Generator().manual_seed(3)) for _ in range(2))

    assert first.equal(again)
    assert (pixels.shape, torch.uint8) == (first.shape, first.dtype)
    assert not first.equal(pixels)


def expected_counts(rows):
    return rows @ np.arange(rows.shape[1])
