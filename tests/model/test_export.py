"""From weights to an artefact: what is served computes what was trained."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
pytest.importorskip("onnxscript", reason="onnxscript is not installed: requirements/model.txt")

from torchvision import models  # noqa: E402
from torchvision.models import VisionTransformer  # noqa: E402

from bincount.artifact import ONNX, PAIR, WEIGHTS, Artifact, ArtifactError  # noqa: E402
from bincount.data.dataset import synthetic_photos  # noqa: E402
from bincount.onnx_graph import OnnxGraph, PairGraph  # noqa: E402
from bincount.predictor import OnnxPredictor  # noqa: E402
from bincount.torch_predictor import TorchPredictor  # noqa: E402
from bincount.training.config import TrainConfig  # noqa: E402
from bincount.training.engine import logits_of  # noqa: E402
from bincount.training.export import write_exact, write_pair_graph, write_quantised  # noqa: E402
from bincount.training.network import Ensemble, build_counter  # noqa: E402
from bincount.training.weights import halve, read_weights, version_of, write_weights  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

CONFIG = TrainConfig(backbone="resnet18_layer3", pretrained=False, frozen=3, local_width=8)


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory):
    torch.manual_seed(0)
    built = Ensemble([build_counter(CONFIG, tmp_path_factory.mktemp("none"))], mirrored=True).eval()
    halve(built)
    return built


def an_artifact(folder, ensemble, mirrored=True):
    write_weights(ensemble, folder)
    config = {"members": [dataclasses.asdict(CONFIG)], "mirrored": mirrored}
    version, prior = version_of(ensemble), (1 / 11,) * 11
    Artifact("tiny", version, k=10, temperature=1.0, label_prior=prior, config=config).save(folder)


def test_weights_are_read_as_they_were_written(ensemble, tmp_path):
    an_artifact(tmp_path, ensemble)

    read = read_weights(tmp_path)

    kept = {
        name: tensor
        for name, tensor in ensemble.state_dict().items()
        if "items" not in name and "size" not in name
    }
    assert all(tensor.equal(read.state_dict()[name]) for name, tensor in kept.items())
    assert read.mirrored
    assert version_of(ensemble) == version_of(read) == version_of(read_weights(tmp_path))


def test_weights_that_the_card_does_not_name_are_refused(ensemble, tmp_path):
    an_artifact(tmp_path, ensemble)
    dataclasses.replace(Artifact.load(tmp_path), version="another").save(tmp_path)

    with pytest.raises(ArtifactError, match=f"another, {WEIGHTS} holds {version_of(ensemble)}"):
        read_weights(tmp_path)


def test_weights_of_another_network_are_refused(ensemble, tmp_path):
    an_artifact(tmp_path, ensemble)
    card = Artifact.load(tmp_path)
    other = dataclasses.asdict(dataclasses.replace(CONFIG, backbone="resnet34"))
    dataclasses.replace(card, config={"members": [other], "mirrored": False}).save(tmp_path)

    with pytest.raises(ArtifactError, match=WEIGHTS):
        read_weights(tmp_path)


@pytest.mark.parametrize("compares", [True, False])
def test_the_exact_graph_computes_what_the_network_computes_for_any_batch(compares, tmp_path):
    torch.manual_seed(0)
    weight = float(compares)
    member = a_counter(dataclasses.replace(TINY, pair_weight=weight, items_weight=weight))
    ensemble = Ensemble([member, member], mirrored=True).eval()
    photos = some_photos(5).pixels

    write_exact(ensemble, tmp_path / ONNX)

    assert np.allclose(logits_of(ensemble, photos), OnnxGraph(tmp_path).logits(photos), atol=1e-3)


def test_the_graph_of_a_transformer_takes_any_batch_too(monkeypatch, tmp_path):
    small = VisionTransformer(224, 16, num_layers=1, num_heads=2, hidden_dim=24, mlp_dim=32)
    monkeypatch.setattr(models, "get_model", lambda name, weights: small)
    config = TrainConfig(backbone="vit_b_16", pretrained=False, frozen=0, pair_weight=0.0, items_weight=0.0)
    ensemble = Ensemble([build_counter(config, tmp_path)], mirrored=False).eval()

    write_exact(ensemble, tmp_path / ONNX)

    graph, photos = OnnxGraph(tmp_path), some_photos(5).pixels
    assert np.allclose(logits_of(ensemble, photos), graph.logits(photos), atol=1e-4)
    assert (1, 11) == graph.logits(photos[:1]).shape


def test_the_quantised_graph_counts_as_the_weights_do_but_for_the_eight_bits(ensemble, tmp_path):
    drawn = synthetic_photos(8, seed=1).pixels

    write_quantised(ensemble, drawn, tmp_path / ONNX)

    quantised, exact = OnnxGraph(tmp_path).logits(drawn), logits_of(ensemble, drawn)
    assert 0.05 * np.abs(exact).max() > np.abs(quantised - exact).max()


def test_a_member_that_is_not_made_for_eight_bits_stays_exact_beside_one_that_is(ensemble, tmp_path):
    detector = build_counter(dataclasses.replace(CONFIG, backbone="nanodet_m"), tmp_path)
    both = Ensemble([ensemble.members[0], detector], mirrored=False).eval()
    drawn = synthetic_photos(4, seed=1).pixels

    for name, counter in [("alone", Ensemble([detector], mirrored=False).eval()), ("both", both)]:
        (tmp_path / name).mkdir()
        write_quantised(counter, drawn, tmp_path / name / ONNX)

    alone = OnnxGraph(tmp_path / "alone").logits(drawn)
    assert np.allclose(logits_of(Ensemble([detector], mirrored=False), drawn), alone, atol=1e-4)
    assert not np.allclose(logits_of(both, drawn), OnnxGraph(tmp_path / "both").logits(drawn), atol=1e-4)


def test_the_pair_graph_compares_by_the_rows_of_the_counters_own_graph_but_for_the_eight_bits(tmp_path):
    torch.manual_seed(0)
    ensemble = Ensemble([a_counter(), a_counter()], mirrored=True).eval()
    photos = some_photos(4).pixels
    write_exact(ensemble, tmp_path / ONNX)
    write_pair_graph(ensemble, tmp_path / PAIR)

    rows = OnnxGraph(tmp_path).rows(photos)
    logits = PairGraph(tmp_path).logits(rows[:2], rows[2:])

    with torch.no_grad():
        seen = [ensemble.count_and_rows(torch.from_numpy(each))[1] for each in (photos[:2], photos[2:])]
        expected = ensemble.differences(*seen).numpy()
    assert (2, 13) == logits.shape
    assert 0.05 * np.abs(expected).max() > np.abs(expected - logits).max()


def test_the_shipped_counter_counts_alike_on_both_predictors():
    drawn = synthetic_photos(24, seed=2)

    quantised, exact = OnnxPredictor().predict(drawn.pixels), TorchPredictor().predict(drawn.pixels)

    assert 0.02 > np.abs(quantised - exact).mean()
    assert 0.5 > np.abs((quantised - exact) @ np.arange(quantised.shape[1])).max()
    assert OnnxPredictor().model == TorchPredictor().model
