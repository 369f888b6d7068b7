"""Settings of a training run that cannot work are refused by name."""

import dataclasses

import pytest

from bincount.training.config import BadConfig, TrainConfig


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"epochs": 0}, "epochs"),
        ({"dropout": 1.5}, "dropout"),
        ({"head": "sofmax"}, "softmax, corn"),
        ({"learning_rate": 1}, "learning_rate"),
        ({"epochs": "many"}, "epochs must be a whole number, not 'many'"),
        ({"views": 1.5}, "views must be a whole number or null"),
        ({"compile": 1}, "compile must be true or false"),
        ({"head_rate": float("inf")}, "head_rate must be above 0, not inf"),
        ({"mixup": float("nan")}, "mixup must be at least 0, not nan"),
        ({"views": 0}, "views must be at least 1, not 0"),
        ({"limit": 0}, "limit must be at least 1"),
        ({"at_most": 0}, "at_most must be at least 1"),
        ({"patience": 0}, "patience must be at least 1"),
        ({"classes": 1}, "classes must be at least 2"),
        ({"smoothing": 1.0}, "smoothing must be at least 0 and below 1, not 1.0"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(settings, named):
    with pytest.raises(BadConfig, match=named):
        TrainConfig.of(settings)


DEFAULTS = dataclasses.asdict(TrainConfig())
NUMBERS = [name for name, value in DEFAULTS.items() if type(value) in (int, float)]


@pytest.mark.parametrize("name", [*NUMBERS, "at_most", "limit", "patience"])
@pytest.mark.parametrize("nonsense", [-3, float("nan"), float("inf"), -float("inf")])
def test_every_number_has_a_range(name, nonsense):
    with pytest.raises(BadConfig, match=f"^{name} must be"):
        TrainConfig.of({name: nonsense})
