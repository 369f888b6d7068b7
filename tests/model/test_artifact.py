"""The shipped counter: small, complete, honest about itself, and better than no eyes at all."""

import json
import re
from dataclasses import asdict
from importlib.util import find_spec

import numpy as np
import pytest

from bincount.artifact import (
    CARD,
    EXACT,
    ONNX,
    PAIR,
    SHIPPED,
    WEIGHTS,
    Artifact,
    ArtifactError,
    made_anew,
    write_atomically,
)
from bincount.data.synthetic import bins
from bincount.evaluation.metrics import constant, score
from bincount.predictor import DeviceMissing, OnnxPredictor, count_photos, load_predictor
from bincount.training.config import TrainConfig
from binwatch.prediction import Counted, Refused
from tests.model.real_photos import needs_real_photos, photos_to_validate_on


@pytest.fixture(scope="module")
def predictor():
    return OnnxPredictor(threads=1)


def test_it_is_small_enough_to_live_in_the_repository():
    assert sum((SHIPPED / name).stat().st_size for name in (ONNX, PAIR, WEIGHTS, CARD)) <= 30_000_000


def test_its_card_says_what_made_it():
    artifact = Artifact.load(SHIPPED)

    assert {"command", "members", "licence"} <= artifact.made_by.keys()
    assert artifact.made_by["command"].startswith("bincount export")
    for member, config in zip(artifact.made_by["members"], artifact.config["members"], strict=True):
        assert member["command"].startswith("bincount train")
        assert {"revision", "data", "trunks", "licence", "version"} < member.keys()
        assert config.items() <= asdict(TrainConfig.of(config)).items()
    assert pytest.approx(1, abs=1e-4) == sum(artifact.label_prior)


def test_it_brings_all_that_is_promised_of_it():
    artifact = Artifact.load(SHIPPED)

    assert {0.05, 0.1} == artifact.levels.keys()
    assert artifact.pair is not None
    assert pytest.approx(1, abs=1e-4) == sum(artifact.pair["law"])
    assert {"val, 0 to 5", "val, all counts", "val, pairs"} < artifact.metrics.keys()


def test_its_card_names_no_place_of_the_machine_that_made_it():
    assert not re.search(r"/(home|root|tmp|work|Users)\b", (SHIPPED / CARD).read_text())


@pytest.mark.parametrize("photos", [0, 1, 3])
def test_every_distribution_sums_to_one_for_any_number_of_photos(predictor, photos):
    pixels = np.random.default_rng(0).integers(0, 256, (photos, 224, 224, 3), dtype=np.uint8)

    rows = predictor.predict(pixels)

    assert (photos, len(predictor.model.label_prior)) == rows.shape
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-5)


def test_a_photo_is_counted_the_same_alone_and_in_company(predictor):
    photos = [each.jpeg for each in bins(4, seed=3)]

    together = count_photos(predictor, photos)

    for photo, counted in zip(photos, together, strict=True):
        (alone,) = count_photos(predictor, [photo])
        assert alone.probabilities == pytest.approx(counted.probabilities, abs=1e-4)


def test_a_bad_photo_among_good_ones_is_refused_in_its_place(predictor):
    (drawn,) = bins(1, seed=4)

    kinds = [type(each) for each in count_photos(predictor, [drawn.jpeg, b"no photo", drawn.jpeg])]

    assert [Counted, Refused, Counted] == kinds


def test_it_counts_drawn_bins_far_better_than_the_constant(predictor):
    drawn = list(bins(60, seed=99))
    counts = np.array([each.count for each in drawn])

    rows = np.array([each.probabilities for each in count_photos(predictor, [each.jpeg for each in drawn])])

    blind = constant(np.array(predictor.model.label_prior), len(drawn))
    assert score(rows, counts).mae < 0.5 * score(blind, counts).mae


@needs_real_photos
def test_it_counts_real_bins_better_than_the_constant(predictor):
    pixels, counts = photos_to_validate_on(200)

    rows = predictor.predict(pixels)

    blind = constant(np.array(predictor.model.label_prior), len(counts))
    seeing, unseeing = score(rows, counts), score(blind, counts)
    assert seeing.nll < unseeing.nll - 0.2
    assert seeing.accuracy > unseeing.accuracy


def test_a_folder_without_a_counter_says_what_is_missing_and_what_to_do(tmp_path):
    with pytest.raises(ArtifactError, match=r"artifact\.json is missing .*bincount train"):
        load_predictor(tmp_path, "cpu")


def test_a_card_without_its_weights_says_so(tmp_path):
    Artifact.load(SHIPPED).save(tmp_path)

    with pytest.raises(ArtifactError, match=r"counter\.onnx is missing"):
        load_predictor(tmp_path, "cpu")


def test_weights_that_were_cut_off_are_refused(tmp_path):
    Artifact.load(SHIPPED).save(tmp_path)
    (tmp_path / ONNX).write_bytes((SHIPPED / ONNX).read_bytes()[:100_000])

    with pytest.raises(ArtifactError, match="no ONNX graph"):
        load_predictor(tmp_path, "cpu")


@pytest.mark.parametrize(
    "change", [{"schema": "other/9"}, {"temperature": 0}, {"label_prior": [1.0]}, {"extra": 1}]
)
def test_a_card_that_this_code_cannot_use_is_refused(tmp_path, change):
    card = json.loads((SHIPPED / CARD).read_text()) | change
    (tmp_path / CARD).write_text(json.dumps(card))

    with pytest.raises(ArtifactError):
        Artifact.load(tmp_path)


def test_the_card_of_older_code_is_refused_with_what_to_do_about_it(tmp_path):
    card = json.loads((SHIPPED / CARD).read_text()) | {"schema": "bincount.artifact/0"}
    (tmp_path / CARD).write_text(json.dumps(card))

    with pytest.raises(ArtifactError, match=r"bincount\.artifact/0.* bincount\.artifact/1: .*bincount train"):
        load_predictor(tmp_path, "cpu")


def test_a_card_is_read_as_it_was_written(tmp_path):
    artifact = Artifact.load(SHIPPED)

    artifact.save(tmp_path)

    assert artifact == Artifact.load(tmp_path)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    with pytest.raises(TypeError):
        write_atomically(path, "text is no bytes")

    assert [path] == list(tmp_path.iterdir())
    assert b"old" == path.read_bytes()


def an_artefact_of(folder, names, text):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(text)


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_an_artefact_made_anew_keeps_nothing_of_the_one_before(tmp_path):
    an_artefact_of(tmp_path, [ONNX, PAIR, EXACT, WEIGHTS, CARD, "checkpoint.pt"], "old")

    with made_anew(tmp_path) as unfinished:
        an_artefact_of(unfinished, [ONNX, WEIGHTS, CARD], "new")

    assert {ONNX: "new", WEIGHTS: "new", CARD: "new", "checkpoint.pt": "old"} == contents(tmp_path)


def test_until_it_is_whole_the_one_before_stays(tmp_path):
    an_artefact_of(tmp_path, [ONNX, WEIGHTS, CARD], "old")

    with pytest.raises(TypeError), made_anew(tmp_path) as unfinished:
        an_artefact_of(unfinished, [ONNX, WEIGHTS, None], "new")

    assert {ONNX: "old", WEIGHTS: "old", CARD: "old"} == contents(tmp_path)


def test_a_folder_whose_files_are_half_exchanged_holds_no_counter(tmp_path):
    an_artefact_of(tmp_path, [ONNX, CARD], "old")
    (tmp_path / WEIGHTS / "in the way").mkdir(parents=True)

    with pytest.raises(OSError, match=WEIGHTS), made_anew(tmp_path) as unfinished:
        an_artefact_of(unfinished, [ONNX, WEIGHTS, CARD], "new")

    with pytest.raises(ArtifactError, match=rf"{CARD} is missing"):
        Artifact.load(tmp_path)


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_a_gpu_that_is_not_there_is_an_error_only_when_it_was_asked_for():
    assert isinstance(load_predictor(SHIPPED, "auto"), OnnxPredictor)
    with pytest.raises(DeviceMissing, match="--device cpu"):
        load_predictor(SHIPPED, "cuda")
