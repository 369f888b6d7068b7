"""Several counters become one artefact, in which those compare two looks that shall."""

import dataclasses

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
pytest.importorskip("onnxscript", reason="onnxscript is not installed: requirements/model.txt")

from bincount.artifact import Artifact, ArtifactError  # noqa: E402
from bincount.training import merge  # noqa: E402
from bincount.training.config import TrainConfig  # noqa: E402
from bincount.training.network import Ensemble, build_counter  # noqa: E402
from bincount.training.weights import halve, read_weights, version_of, write_weights  # noqa: E402

CONFIG = TrainConfig(backbone="resnet18_layer3", pretrained=False, frozen=3, local_width=8)


def written(artifact, ensemble, folder, data=None):
    """An artefact without what takes photos to make."""
    folder.mkdir(exist_ok=True)
    write_weights(ensemble, folder)
    pair = {"temperature": 1.0, "law": [1 / 13] * 13} if ensemble.compares else None
    dataclasses.replace(artifact, pair=pair).save(folder)
    return artifact


def a_member(folder, seed, weight=1.0, k=10, prior=None, **card):
    torch.manual_seed(seed)
    config = dataclasses.replace(CONFIG, classes=k + 1, pair_weight=weight, items_weight=weight)
    ensemble = Ensemble([build_counter(config, folder)], mirrored=False)
    halve(ensemble)
    about = {"members": [dataclasses.asdict(config)], "mirrored": False}
    prior = prior or (1 / (k + 1),) * (k + 1)
    artifact = Artifact("tiny", version_of(ensemble), k, 1.0, prior, config=about | card.pop("config", {}))
    written(dataclasses.replace(artifact, **card), ensemble, folder)
    return folder


@pytest.fixture
def merged(monkeypatch, tmp_path):
    monkeypatch.setattr(merge, "release", written)

    def by(*members, comparing=()):
        merge.merged(members, tmp_path / "one", tmp_path, comparing=comparing, mirrored=False, command="")
        return read_weights(tmp_path / "one")

    return by


def test_members_that_have_learned_to_compare_do_unless_others_are_named(merged, tmp_path):
    both = a_member(tmp_path / "a", 1), a_member(tmp_path / "b", 2)
    width = read_weights(both[0]).width

    assert 2 * width == merged(*both).width
    only = merged(*both, comparing=both[1:])
    assert width == only.width
    assert [False, True] == [each.side is not None for each in only.members]


def test_a_member_that_lost_its_comparison_does_not_find_it_again_in_a_greater_counter(merged, tmp_path):
    members = a_member(tmp_path / "a", 1), a_member(tmp_path / "b", 2)
    merged(*members, comparing=members[:1])
    (tmp_path / "one").rename(tmp_path / "first")

    greater = merged(a_member(tmp_path / "c", 3, weight=0.0), tmp_path / "first")

    assert [False, True, False] == [each.side is not None for each in greater.members]
    origins = Artifact.load(tmp_path / "one").made_by["members"]
    assert [Artifact.load(tmp_path / name).version for name in "cab"] == [each["version"] for each in origins]


@pytest.mark.parametrize(("named", "why"), [("c", "is no member"), ("b", "has not learned to")])
def test_who_cannot_compare_is_refused_by_name(merged, tmp_path, named, why):
    members = a_member(tmp_path / "a", 1), a_member(tmp_path / "b", 2, weight=0.0)

    with pytest.raises(ArtifactError, match=f"{tmp_path / named} shall compare two looks and {why}"):
        merged(*members, comparing=[tmp_path / named])


def test_the_label_prior_is_the_average_of_what_the_members_were_taught_with(merged, tmp_path):
    one, other = (0.4, 0.6) + 9 * (0.0,), (0.2, 0.0) + 8 * (0.1,) + (0.0,)

    merged(a_member(tmp_path / "a", 1, prior=one), a_member(tmp_path / "b", 2, prior=other))

    expected = (0.3, 0.3) + 8 * (0.05,) + (0.0,)
    assert pytest.approx(expected) == Artifact.load(tmp_path / "one").label_prior


def test_every_member_weighs_as_much_in_the_label_prior_however_the_members_came_together(merged, tmp_path):
    one, other = (1.0, 0.0) + 9 * (0.0,), (0.4, 0.6) + 9 * (0.0,)
    merged(a_member(tmp_path / "a", 1, prior=one), a_member(tmp_path / "b", 2, prior=one))
    (tmp_path / "one").rename(tmp_path / "first")

    merged(tmp_path / "first", a_member(tmp_path / "c", 3, prior=other))

    assert pytest.approx((0.8, 0.2) + 9 * (0.0,), abs=1e-5) == Artifact.load(tmp_path / "one").label_prior


def test_counters_of_different_counts_are_not_averaged(merged, tmp_path):
    with pytest.raises(ArtifactError, match="0 to 10, 0 to 5"):
        merged(a_member(tmp_path / "a", 1), a_member(tmp_path / "b", 2, k=5))


def test_one_member_that_looks_at_mirror_images_makes_all_look(merged, tmp_path):
    mirrored = a_member(tmp_path / "a", 1, config={"mirrored": True})

    assert merged(mirrored, a_member(tmp_path / "b", 2)).mirrored


def test_what_the_members_were_trained_on_keeps_its_licences(merged, tmp_path):
    one, other = ({"licence": "to look at"}, {"licence": "to sell"})

    merged(*(a_member(tmp_path / f"{n}", n, made_by=each) for n, each in enumerate((one, other, one))))

    assert "to look at; to sell" == Artifact.load(tmp_path / "one").made_by["licence"]
