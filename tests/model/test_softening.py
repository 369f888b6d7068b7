"""Labels are softened for learning, and the counter's answers are not."""

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.softening import hardened, soft_labels, softened  # noqa: E402

SOFT = soft_labels(classes=6, softness=0.2, reach=0.5)
UNSURE = torch.tensor([[0.05, 0.4, 0.3, 0.15, 0.05, 0.05]])


def distance(ours, theirs):
    return float((ours - theirs).abs().sum())


def test_soft_labels_are_distributions_around_the_label():
    rows = soft_labels(classes=5, softness=0.1, reach=1.0)

    assert torch.allclose(rows.sum(dim=1), torch.ones(5))
    assert torch.allclose(rows.diagonal(), torch.full((5,), 0.9))
    assert rows[2, 1] == rows[2, 3] > rows[2, 0]


def test_softening_what_is_sure_gives_its_soft_label():
    assert torch.allclose(SOFT, softened(torch.eye(6), SOFT))


def test_a_counter_that_answers_with_a_soft_label_is_sure_of_its_count():
    likely = hardened(torch.log(SOFT), SOFT).exp()

    assert (likely.diagonal() > 0.95).all()


def test_taking_back_comes_near_to_what_was_softened():
    soft = softened(UNSURE, SOFT)

    likely = hardened(torch.log(soft), SOFT).exp()

    assert distance(likely, UNSURE) < distance(soft, UNSURE) / 4


def test_what_is_taken_back_is_a_distribution_even_of_extreme_logits():
    likely = hardened(torch.tensor([[80.0, -80, 0, 0, 80, -1e4], [0.0, 0, 0, 0, 0, 0]]), SOFT).exp()

    assert torch.allclose(likely.sum(dim=1), torch.ones(2), atol=1e-5)


def test_where_labels_stay_hard_an_answer_stays_as_it_is():
    hard = soft_labels(classes=6, softness=0.0, reach=0.5)

    assert torch.allclose(UNSURE, hardened(torch.log(UNSURE), hard).exp())
