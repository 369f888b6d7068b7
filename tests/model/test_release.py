"""What an artefact is given once its weights are there: graph, calibration, levels of sets, figures."""

import dataclasses
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
pytest.importorskip("onnxscript", reason="onnxscript is not installed: requirements/model.txt")

from bincount.artifact import CARD, PAIR, WEIGHTS, Artifact, ArtifactError  # noqa: E402
from bincount.comparison import Comparison  # noqa: E402
from bincount.data.dataset import load  # noqa: E402
from bincount.evaluation.conformal import covered, one_a_group, sets  # noqa: E402
from bincount.evaluation.metrics import score  # noqa: E402
from bincount.predictor import OnnxPredictor  # noqa: E402
from bincount.training import release as releasing  # noqa: E402
from bincount.training.network import Ensemble  # noqa: E402
from bincount.training.release import release  # noqa: E402
from tests.model.counter_builders import TINY, a_counter  # noqa: E402
from tests.model.data_builders import a_pack, prepared  # noqa: E402

CLASSES = 11


@pytest.fixture(autouse=True)
def few_drawn_bins(monkeypatch):
    """No rule here is of the drawn bins' figures, and drawing the usual number takes longer than the rest."""
    monkeypatch.setattr(releasing, "_DRAWN_TO_CHECK", 10)


def test_a_released_counter_brings_the_calibration_and_the_levels_of_its_served_graph(tmp_path):
    rows = [(f"{k:05d}", k % 7, "val" if k < 40 else "train", f"g{k // 2}") for k in range(60)]
    prepared(tmp_path / "data", a_pack(tmp_path / "in", rows, {}))
    torch.manual_seed(0)
    bare = Artifact("tiny", "1", CLASSES - 1, 1.0, (1 / CLASSES,) * CLASSES)

    made = release(bare, Ensemble([a_counter()], mirrored=False).eval(), tmp_path / "out", tmp_path / "data")

    val = load(tmp_path / "data", "val")
    served = OnnxPredictor(tmp_path / "out", threads=1).predict(np.asarray(val.pixels))
    alone = one_a_group(val.groups)
    assert made == Artifact.load(tmp_path / "out")
    assert made.calibration["kind"] in ("temperature", "vector")
    assert score(served, val.counts).nll == pytest.approx(
        made.metrics["val, all counts"]["counter"]["nll"], abs=1e-4
    )
    assert {0.1, 0.05} == made.levels.keys()
    for alpha, level in made.levels.items():
        assert 1 - alpha <= covered(sets(served[alone], level + 1e-6), val.counts[alone], CLASSES).mean()
    assert "NaN" not in json.dumps(json.loads((tmp_path / "out" / CARD).read_text()))


def test_where_no_bin_was_looked_at_twice_no_comparison_is_released_nor_anothers_calibration_kept(tmp_path):
    rows = [(f"{7 * k:05d}", k % 7, "val" if k < 40 else "train", f"g{k}") for k in range(60)]
    prepared(tmp_path / "data", a_pack(tmp_path / "in", rows, {}))
    torch.manual_seed(0)
    others = {"temperature": 2.0, "law": [1 / 13] * 13}
    bare = Artifact("tiny", "1", CLASSES - 1, 1.0, (1 / CLASSES,) * CLASSES, pair=others)

    made = release(bare, Ensemble([a_counter()], mirrored=False).eval(), tmp_path / "out", tmp_path / "data")

    assert made.pair is None
    assert not (tmp_path / "out" / PAIR).exists()
    with pytest.raises(ArtifactError, match="several looks at one bin"):
        Comparison(tmp_path / "out")


def test_a_counter_of_few_items_is_calibrated_on_bins_of_few_items(tmp_path):
    rows = [(f"{k:05d}", k % 9, "val" if k < 40 else "train", f"g{k // 2}") for k in range(60)]
    prepared(tmp_path / "data", a_pack(tmp_path / "in", rows, {}))
    torch.manual_seed(0)
    config = {"members": [{"at_most": 5}], "mirrored": False}
    bare = Artifact("tiny", "1", 5, 1.0, (1 / 6,) * 6, config=config)
    counter = a_counter(dataclasses.replace(TINY, classes=6))

    made = release(bare, Ensemble([counter], mirrored=False).eval(), tmp_path / "out", tmp_path / "data")

    few = int((load(tmp_path / "data", "val").counts <= 5).sum())
    assert few == made.metrics["val, all counts"]["counter"]["photos"] < 40


def test_a_release_that_is_interrupted_leaves_the_artefact_that_was_there(tmp_path, monkeypatch):
    rows = [(f"{k:05d}", k % 7, "val" if k < 4 else "train", f"g{k // 2}") for k in range(8)]
    prepared(tmp_path / "data", a_pack(tmp_path / "in", rows, {}))
    old = Artifact("tiny", "1", CLASSES - 1, 1.0, (1 / CLASSES,) * CLASSES)
    old.save(tmp_path / "out")
    (tmp_path / "out" / WEIGHTS).write_bytes(b"the old ones")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(releasing, "write_quantised", interrupted)
    with pytest.raises(KeyboardInterrupt):
        release(old, Ensemble([a_counter()], mirrored=False), tmp_path / "out", tmp_path / "data")

    assert old == Artifact.load(tmp_path / "out")
    assert b"the old ones" == (tmp_path / "out" / WEIGHTS).read_bytes()
