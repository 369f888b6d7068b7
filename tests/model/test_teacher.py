"""A counter learns from another one beside the labels."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.artifact import SHIPPED, Artifact, ArtifactError  # noqa: E402
from bincount.training.config import BadConfig  # noqa: E402
from bincount.training.fitting import fit  # noqa: E402
from bincount.training.lesson import Lesson, Records  # noqa: E402
from bincount.training.losses import count_loss  # noqa: E402
from bincount.training.teacher import answers, teacher_of  # noqa: E402
from bincount.training.train import Manner, Places, train_counter, trial  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

CPU = torch.device("cpu")
PHOTOS = some_photos(8)
CLASSES = Artifact.load(SHIPPED).k + 1


def sure_of(count, n=8):
    rows = np.zeros((n, TINY.classes), np.float32)
    rows[:, count] = 1
    return rows


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_the_teacher_has_its_share_in_what_is_wanted(share):
    config = replace(TINY, teacher_share=share)
    lesson = Lesson(a_counter(config), config)
    low = lesson.counter.low(torch.from_numpy(PHOTOS.pixels))
    batch = np.arange(8)

    _, loss = lesson(low, Records(PHOTOS, CPU, sure_of(9)).of(batch))

    logits = lesson.counter.count(lesson.counter.row(low))
    labels = lesson.targets[torch.from_numpy(PHOTOS.counts)]
    apart = [count_loss(logits, wanted) for wanted in (labels, torch.from_numpy(sure_of(9)))]
    assert torch.allclose((1 - share) * apart[0] + share * apart[1], loss)


def test_a_teacher_says_one_distribution_a_photo_in_their_order():
    photos = some_photos(70)  # more than it is asked at once

    told = answers(SHIPPED, photos.pixels, CLASSES)

    assert (70, CLASSES) == told.shape
    assert np.allclose(1, told.sum(axis=1))
    assert np.allclose(told[69], answers(SHIPPED, photos.pixels[69:], CLASSES)[0], atol=1e-4)


def test_a_run_with_a_teacher_ends_with_other_weights_than_one_without():
    ended = []
    for config in (replace(TINY, teacher=str(SHIPPED)), TINY):
        torch.manual_seed(1)
        counter = a_counter(config)
        fit(counter, PHOTOS, PHOTOS, config)
        ended.append(counter.state_dict())

    assert not ended[0]["head.weight"].equal(ended[1]["head.weight"])


def test_a_teacher_of_other_counts_is_refused():
    refusal = f"tells {CLASSES} counts apart, this counter 6"

    with pytest.raises(BadConfig, match=refusal):
        answers(SHIPPED, PHOTOS.pixels, 6)
    with pytest.raises(BadConfig, match=refusal):
        teacher_of(replace(TINY, classes=6, teacher=str(SHIPPED)))


@pytest.mark.parametrize("kind", ["folder", "file", "nothing"])
def test_a_teacher_that_is_no_counter_is_named(kind, tmp_path):
    teacher = tmp_path / kind
    if kind == "folder":
        teacher.mkdir()
    elif kind == "file":
        teacher.touch()

    with pytest.raises(ArtifactError, match=str(teacher)):
        teacher_of(replace(TINY, teacher=str(teacher)))


def test_a_wrong_teacher_is_refused_before_any_photo_is_read(tmp_path):
    config, nowhere = replace(TINY, teacher=str(tmp_path)), tmp_path / "no data"

    with pytest.raises(ArtifactError, match=str(tmp_path)):
        train_counter(config, Places(nowhere, nowhere, tmp_path / "out"), Manner("bincount train"))
    with pytest.raises(ArtifactError, match=str(tmp_path)):
        trial(config, nowhere, nowhere, [])
