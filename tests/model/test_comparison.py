"""What changed between two looks at one bin, as an artefact tells it."""

import dataclasses
import json

import numpy as np
import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
pytest.importorskip("onnxscript", reason="onnxscript is not installed: requirements/model.txt")

from bincount.artifact import CARD, ONNX, PAIR, Artifact, ArtifactError  # noqa: E402
from bincount.cli import main  # noqa: E402
from bincount.comparison import Comparison  # noqa: E402
from bincount.training.export import write_exact, write_pair_graph  # noqa: E402
from bincount.training.network import Ensemble  # noqa: E402
from tests.model.builders import a_photo  # noqa: E402
from tests.model.counter_builders import a_counter, some_photos  # noqa: E402

PAIRED = {"temperature": 2.0, "law": [1 / 13] * 13}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifact")
    torch.manual_seed(0)
    ensemble = Ensemble([a_counter()], mirrored=False).eval()
    write_exact(ensemble, folder / ONNX)
    write_pair_graph(ensemble, folder / PAIR)
    Artifact("tiny", "1", 10, 1.0, (1 / 11,) * 11, pair=PAIRED).save(folder)
    return folder


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_every_change_has_its_probability(folder):
    photos = some_photos(6).pixels

    changes = Comparison(folder).changes(photos[:3], photos[3:])

    assert (3, 13) == changes.shape
    assert np.allclose(1, changes.sum(axis=1), atol=1e-5)


def test_its_temperature_is_applied(folder, tmp_path):
    photos = some_photos(2).pixels
    for each in (ONNX, PAIR):
        (tmp_path / each).write_bytes((folder / each).read_bytes())
    dataclasses.replace(Artifact.load(folder), pair=PAIRED | {"temperature": 1.0}).save(tmp_path)

    cool, warm = (Comparison(each).changes(photos[:1], photos[1:]) for each in (tmp_path, folder))

    halved = np.log(cool) / 2
    assert np.allclose(np.exp(halved) / np.exp(halved).sum(), warm, atol=1e-5)


def test_a_counter_that_cannot_compare_says_what_to_do(folder, tmp_path):
    dataclasses.replace(Artifact.load(folder), pair=None).save(tmp_path)

    with pytest.raises(ArtifactError, match="pair_weight"):
        Comparison(tmp_path)


def test_the_command_tells_people_and_programs_the_same(folder, tmp_path):
    before, after = tmp_path / "before.jpg", tmp_path / "after.jpg"
    before.write_bytes(a_photo(1))
    after.write_bytes(a_photo(2))

    told = run("compare", before, after, "--artifact", folder)
    facts = json.loads(run("compare", before, after, "--artifact", folder, "--json").output)

    assert 0 == told.exit_code
    likely = max(facts["probabilities"], key=facts["probabilities"].get)
    assert int(likely) == facts["change"]
    assert f"({facts['probabilities'][likely]:.0%})" in told.output


def test_a_photo_that_is_none_is_named(folder, tmp_path):
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    good.write_bytes(a_photo(1))
    bad.write_bytes(b"no photo")

    result = run("compare", good, bad, "--artifact", folder)

    assert 1 == result.exit_code
    assert f"Error: {bad}: " in result.output
    assert "Error" in run("compare", good, tmp_path / "none.jpg", "--artifact", folder).output
    assert (folder / CARD).is_file()
