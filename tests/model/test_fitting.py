"""How a counter is trained: what moves, what is kept, how a run goes on."""

import dataclasses
import itertools
import json
import logging

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.checkpoints import (  # noqa: E402
    CHECKPOINT,
    CheckpointMismatch,
    Studied,
    read_checkpoint,
    save_checkpoint,
)
from bincount.training.config import CONFIG  # noqa: E402
from bincount.training.distributed import Place  # noqa: E402
from bincount.training.engine import NonFiniteLoss, wants_bfloat16  # noqa: E402
from bincount.training.fitting import Run, draws, fit  # noqa: E402
from bincount.training.observers import Observer  # noqa: E402
from bincount.training.order import Share  # noqa: E402
from bincount.training.schedule import stepwise, warm_cosine  # noqa: E402
from bincount.training.watching.watch import FINDINGS, Watch  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

CPU = torch.device("cpu")
PHOTOS = some_photos(24)


class Remembering(Observer):
    def __init__(self):
        self.epochs, self.steps, self.ended = [], [], 0

    def begins(self, net, label_counts):
        self.label_counts = label_counts

    def stepped(self, step, net):
        self.steps.append(step)

    def finished_epoch(self, epoch):
        self.epochs.append(epoch)

    def ends(self):
        self.ended += 1


class Interrupted(Exception):
    pass


class StopAfter(Observer):
    def __init__(self, epoch):
        self._epoch = epoch

    def finished_epoch(self, epoch):
        if epoch.number == self._epoch:
            raise Interrupted


def trained(config, folder=None, observers=(), data=None):
    torch.manual_seed(config.seed)
    counter = a_counter(config)
    fit(counter, PHOTOS, PHOTOS, config, Run(Place(Share(), CPU), folder, data, observers=observers))
    return counter.state_dict()


def same(first, second):
    return all(tensor.equal(second[name]) for name, tensor in first.items())


def test_training_leaves_the_frozen_stages_alone_and_moves_the_rest():
    torch.manual_seed(1)
    before = a_counter().state_dict()

    after = trained(TINY)

    still = {name for name, tensor in after.items() if tensor.equal(before[name])}
    assert {"trunk.stages.0.0.weight", "trunk.stages.0.0.bias"} <= still
    assert not {"trunk.stages.1.0.weight", "head.weight", "side.pair.layers.1.weight"} & still


def test_a_counter_learns_what_can_be_learned():
    watching = Remembering()

    trained(
        dataclasses.replace(TINY, epochs=12, head_rate=0.02, trunk_rate=0.02, pair_weight=0.0),
        None,
        [watching],
    )

    assert watching.epochs[-1].val_nll < 0.75 * watching.epochs[0].val_nll


def test_the_same_seed_trains_the_same_counter_and_another_one_another():
    first, again = trained(TINY), trained(TINY)
    other = trained(dataclasses.replace(TINY, seed=2))

    assert same(first, again)
    assert not same(first, other)


@pytest.mark.parametrize("views", [None, 2])
def test_an_interrupted_run_goes_on_exactly(views, tmp_path):
    config = dataclasses.replace(TINY, epochs=4, dropout=0.2, views=views)
    whole = trained(config)

    with pytest.raises(Interrupted):
        trained(config, tmp_path, [StopAfter(2)])
    watching = Remembering()
    resumed = trained(config, tmp_path, [watching])

    assert [3, 4] == [each.number for each in watching.epochs]
    assert same(whole, resumed)


@pytest.mark.parametrize("ended_by", [{"epochs": 2}, {"epochs": 9, "patience": 1, "head_rate": 1e-9}])
def test_a_run_that_has_ended_is_not_trained_on_nor_looked_at_again(ended_by, tmp_path, caplog):
    caplog.set_level(logging.INFO, "bincount")
    config = dataclasses.replace(TINY, views=1, trunk_rate=1e-9, **ended_by)
    ended = trained(config, tmp_path)
    caplog.clear()
    watching = Remembering()

    again = trained(config, tmp_path, [watching])

    assert same(ended, again)
    assert (0, 0) == (len(watching.epochs), watching.ended)
    assert "frozen stages" not in caplog.text


def test_more_patience_trains_on(tmp_path):
    config = dataclasses.replace(TINY, epochs=9, patience=1, head_rate=1e-9, trunk_rate=1e-9)
    first, then = Remembering(), Remembering()
    trained(config, tmp_path, [first])

    trained(dataclasses.replace(config, patience=2), tmp_path, [then])

    assert first.epochs[-1].number + 1 == then.epochs[0].number


@pytest.mark.parametrize("interrupted_after", [None, 2])
def test_a_run_leaves_no_views_behind(interrupted_after, tmp_path):
    config = dataclasses.replace(TINY, views=1)
    if interrupted_after:
        with pytest.raises(Interrupted):
            trained(config, tmp_path, [StopAfter(interrupted_after)])

    trained(config, tmp_path)

    assert {CHECKPOINT, CONFIG} == {each.name for each in tmp_path.iterdir()}


def test_a_checkpoint_of_another_run_is_refused_by_the_settings_that_differ(tmp_path):
    trained(TINY, tmp_path)

    with pytest.raises(CheckpointMismatch, match=r"head_rate 0\.001, not 0\.5"):
        trained(dataclasses.replace(TINY, head_rate=0.5), tmp_path)


def test_a_checkpoint_of_a_run_on_other_data_is_refused(tmp_path):
    trained(TINY, tmp_path, data="fingerprint a")

    with pytest.raises(CheckpointMismatch, match="data 'fingerprint a', not 'fingerprint b'"):
        trained(TINY, tmp_path, data="fingerprint b")


@pytest.mark.parametrize(
    "other", [{"data": "b"}, {"photos": 11}, {"checked_on": 6}, {"teacher": "2"}, {"teacher": None}]
)
def test_a_checkpoint_goes_on_with_the_photos_and_the_teacher_it_had(other, tmp_path):
    studied = Studied("a", photos=10, checked_on=5, teacher="1")
    save_checkpoint(tmp_path, TINY, studied, {"epoch": 1})

    assert 1 == read_checkpoint(tmp_path, TINY, studied)["epoch"]
    (name,) = other
    with pytest.raises(CheckpointMismatch, match=f"{name} .*, not {other[name]!r}"):
        read_checkpoint(tmp_path, TINY, dataclasses.replace(studied, **other))


def test_fewer_epochs_than_were_made_are_refused(tmp_path):
    trained(TINY, tmp_path)

    with pytest.raises(CheckpointMismatch, match="epoch 2, after the last of 1"):
        trained(dataclasses.replace(TINY, epochs=1), tmp_path)


def test_a_run_that_is_refused_leaves_the_settings_of_the_one_that_is_there(tmp_path):
    trained(TINY, tmp_path)

    with pytest.raises(CheckpointMismatch):
        trained(dataclasses.replace(TINY, head_rate=0.5), tmp_path)

    assert TINY.head_rate == json.loads((tmp_path / CONFIG).read_text())["head_rate"]


def test_a_damaged_checkpoint_is_refused_with_the_remedy(tmp_path):
    (tmp_path / CHECKPOINT).write_bytes(b"half a checkpoint")

    with pytest.raises(CheckpointMismatch, match="remove it"):
        trained(TINY, tmp_path)


def test_training_stops_when_validation_gets_no_better():
    watching = Remembering()

    trained(
        dataclasses.replace(TINY, epochs=9, patience=2, head_rate=1e-9, trunk_rate=1e-9), None, [watching]
    )

    assert 9 > len(watching.epochs)


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_batch():
    counter = a_counter()
    torch.nn.init.constant_(counter.head.bias, float("nan"))
    watching = Remembering()

    with pytest.raises(NonFiniteLoss, match="batch 1 of epoch 1"):
        fit(counter, PHOTOS, PHOTOS, TINY, Run(observers=[watching]))

    assert 1 == watching.ended


@pytest.mark.parametrize("part", ["head", "side.items"])
def test_a_loss_that_is_no_number_is_shown_to_the_rules_before_the_run_stops(part, tmp_path):
    counter = a_counter()
    torch.nn.init.constant_(counter.get_submodule(part).bias, float("nan"))
    photos = dataclasses.replace(PHOTOS, items=PHOTOS.counts.astype(float))

    with pytest.raises(NonFiniteLoss):
        fit(counter, photos, photos, TINY, Run(observers=[Watch(tmp_path)]))

    found = json.loads((tmp_path / FINDINGS).read_text())["findings"]
    assert ["the loss is nan"] == [
        each["message"][:15] for each in found if each["rule"] == "exploding_tensor"
    ]


def test_a_last_step_that_spoils_the_weights_stops_the_run():
    config = dataclasses.replace(
        TINY, epochs=1, batch_size=24, head_rate=1e38, optimizer="sgd", smoothing=0.0
    )

    with pytest.raises(NonFiniteLoss, match="after epoch 1"):
        trained(config)


def test_each_process_and_each_pass_draws_its_own_masks():
    everyone = [draws(seed, epoch, rank) for seed, epoch, rank in itertools.product((1, 2), (1, 2), (0, 1))]

    assert 8 == len(set(everyone))
    assert draws(1, 1, 0) == everyone[0]


def test_observers_are_told_of_every_step_with_its_phases():
    watching = Remembering()

    trained(TINY, None, [watching])

    assert list(range(1, 7)) == [step.number for step in watching.steps]
    assert {"load", "to_device", "forward", "backward"} <= watching.steps[-1].seconds.keys()
    assert [6, 6, 6, 6] == watching.label_counts[:4].tolist()


def test_the_learning_rate_rises_and_falls():
    assert warm_cosine(100, 0) < warm_cosine(100, 5) < warm_cosine(100, 9) == 1
    assert pytest.approx(0, abs=1e-3) == warm_cosine(100, 100)
    assert [1, 1, 0.1] == [stepwise(7, 0), stepwise(7, 69), stepwise(7, 70)]


def test_half_precision_is_for_processors_that_compute_it():
    assert wants_bfloat16("bfloat16", CPU)
    assert not wants_bfloat16("float32", CPU)
