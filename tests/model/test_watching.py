"""Each rule finds its disease in a small run that has it, and none finds anything in a healthy run."""

import itertools
import json
import logging

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from torch import nn  # noqa: E402

from bincount.training.clock import Clock  # noqa: E402
from bincount.training.watching.learning import (  # noqa: E402
    ClassImbalance,
    LossNotDecreasing,
    Overfit,
    StallLimits,
)
from bincount.training.watching.machine import (  # noqa: E402
    DataLoaderBottleneck,
    GpuMemoryIncrease,
    IdleLimits,
    LeakLimits,
    LoaderLimits,
    LowGpuUtilization,
)
from bincount.training.watching.start import PoorWeightInitialization  # noqa: E402
from bincount.training.watching.tensors import (  # noqa: E402
    ExplodingLimits,
    ExplodingTensor,
    VanishingGradient,
    VanishingLimits,
)
from bincount.training.watching.watch import (  # noqa: E402
    FINDINGS,
    NAMES,
    TrainingStopped,
    UnknownRule,
    Watch,
)
from tests.model.small_training import Points, a_net, in_batches, points, train  # noqa: E402


def short_rules(busy=lambda: 0.9):
    """All rules, with windows that fit into a run of a few dozen steps."""
    return [
        Overfit(),
        LossNotDecreasing(StallLimits(window=10)),
        VanishingGradient(VanishingLimits(every=5)),
        ExplodingTensor(ExplodingLimits(every=5)),
        PoorWeightInitialization(),
        ClassImbalance(),
        LowGpuUtilization(busy, IdleLimits(every=1, readings=10)),
        GpuMemoryIncrease(LeakLimits(window=5)),
        DataLoaderBottleneck(LoaderLimits(window=10)),
    ]


def found(folder, net, **run):
    """The names of the rules that found something in this run."""
    busy = run.pop("busy", lambda: 0.9)
    watch = Watch(folder, short_rules(busy))
    train(net, [watch], **run)
    return {finding.rule for finding in watch.findings}


def with_weights(net, make):
    """The net with every weight matrix made anew."""
    for parameter in net.parameters():
        if parameter.dim() > 1:
            make(parameter.data)
    return net


def test_every_rule_of_the_table_is_watched_by_default():
    assert [rule.name for rule in short_rules()] == list(NAMES)


def test_a_healthy_run_raises_no_finding(tmp_path):
    assert set() == found(tmp_path, a_net(), epochs=6, gpu_memory=lambda: 2**30)


def test_learning_by_heart_is_overfit(tmp_path):
    seen, val = points(40, seed=1, noise=0.6), points(300, seed=2, noise=0.6)

    names = found(tmp_path, a_net(hidden=256, depth=2), seen=seen, val=val, epochs=25, rate=0.3)

    assert "overfit" in names


def test_a_rate_next_to_nothing_is_a_loss_that_does_not_decrease(tmp_path):
    assert {"loss_not_decreasing"} == found(tmp_path, a_net(), epochs=8, rate=1e-7)


def test_standing_still_where_the_schedule_ends_is_no_disease():
    rule, net = LossNotDecreasing(StallLimits(window=10)), a_net()
    train(net, [rule], epochs=6, rate=0.1)

    train(net, [rule], epochs=8, rate=1e-7)

    assert rule.complaint is None


def test_a_deep_stack_of_sigmoids_lets_gradients_vanish(tmp_path):
    net = a_net(depth=12, activation=nn.Sigmoid)

    assert "vanishing_gradient" in found(tmp_path, net, epochs=4)


def test_a_rate_far_too_high_makes_tensors_explode(tmp_path):
    assert "exploding_tensor" in found(tmp_path, a_net(depth=3), epochs=3, rate=500.0)


def test_one_broken_photo_makes_tensors_explode(tmp_path):
    seen = points(300, seed=1)
    seen.x[150] = float("nan")

    assert "exploding_tensor" in found(tmp_path, a_net(), seen=seen, epochs=1)


def test_weights_that_start_too_large_are_a_poor_start(tmp_path):
    net = with_weights(a_net(), lambda weights: weights.mul_(20))

    assert "poor_weight_initialization" in found(tmp_path, net, epochs=2)


def test_weights_that_start_all_alike_are_a_poor_start(tmp_path):
    net = with_weights(a_net(depth=2), lambda weights: weights.fill_(0.1))

    assert "poor_weight_initialization" in found(tmp_path, net, epochs=2)


def test_units_that_answer_to_no_photo_are_a_poor_start(tmp_path):
    net = a_net(depth=2)
    net[0].bias.data.fill_(-10.0)

    assert "poor_weight_initialization" in found(tmp_path, net, epochs=2)


def test_a_head_whose_labels_no_photo_has_is_neither_dead_nor_vanishing(tmp_path):
    class WithSideHead(nn.Module):
        def __init__(self):
            super().__init__()
            self.main, self.side = a_net(), a_net(depth=3)

        def forward(self, photos):
            return self.main(photos) + 0.0 * self.side(photos)

    assert set() == found(tmp_path, WithSideHead(), epochs=4)


def test_a_last_layer_that_starts_at_zero_is_a_fine_start(tmp_path):
    net = a_net(depth=2)
    net[-1].weight.data.zero_()

    assert set() == found(tmp_path, net, epochs=5)


def test_a_class_of_few_photos_is_an_imbalance(tmp_path):
    common = points(300, seed=1)
    kept = (common.y != 2) | (torch.arange(300) < 15)

    assert {"class_imbalance"} == found(tmp_path, a_net(), seen=Points(common.x[kept], common.y[kept]))


def test_a_class_without_photos_is_an_imbalance():
    rule = ClassImbalance()

    rule.begins(a_net(), np.array([50, 0, 50]))

    assert "class 1 0" in rule.complaint


def test_a_gpu_that_waits_is_badly_used(tmp_path):
    readings = itertools.cycle([0.9, 0.1, 0.1, 0.0])  # a burst of work, then waiting

    assert {"low_gpu_utilization"} == found(tmp_path, a_net(), busy=lambda: next(readings))


def test_a_machine_without_a_gpu_does_not_use_one_badly(tmp_path):
    assert set() == found(tmp_path, a_net(), busy=lambda: None)


def test_outputs_that_are_kept_make_memory_increase(tmp_path):
    kept, net = [], a_net()
    net.register_forward_hook(lambda module, photos, logits: kept.append(logits))  # the leak

    def allocated():
        """What a GPU's allocator would say: the weights, what is kept, and the tides of a step."""
        return 2**20 + sum(each.numel() * 4 for each in kept) * 2**10 + (len(kept) % 3) * 2**18

    assert {"gpu_memory_increase"} == found(tmp_path, net, gpu_memory=allocated)


def test_memory_that_comes_and_goes_is_no_leak(tmp_path):
    tides = itertools.cycle([2**30, 3 * 2**30, 2 * 2**30])

    assert set() == found(tmp_path, a_net(), gpu_memory=lambda: next(tides))


def test_a_loader_that_decodes_for_longer_than_the_net_computes_is_a_bottleneck(tmp_path):
    worked = itertools.count()
    work = {"done": 0.0}

    def decoding(seen):
        """Batches whose decoding is work; the clock below counts work, so that the test is exact."""
        for batch in in_batches(seen):
            for _ in range(20):
                next(worked)
                np.sort(np.random.default_rng(0).random(1000))
                work["done"] += 0.001
            yield batch

    def now():
        work["done"] += 0.001  # all else that happens between two looks at the clock
        return work["done"]

    assert {"data_loader_bottleneck"} == found(tmp_path, a_net(), batches=decoding, clock=Clock(now=now))


def test_an_episode_is_told_once_and_again_when_it_comes_back(tmp_path, caplog):
    readings = iter([0.1] * 20 + [0.9] * 10 + [0.1] * 10)
    watch = Watch(tmp_path, [LowGpuUtilization(lambda: next(readings), IdleLimits(every=1, readings=10))])

    with caplog.at_level(logging.WARNING, logger="bincount"):
        train(a_net(), [watch], epochs=4)

    assert [10, 40] == [finding.step for finding in watch.findings]
    assert 2 == len(caplog.records)


def test_findings_are_in_the_file_after_every_epoch(tmp_path):
    told = []

    class Reader(Watch):
        def finished_epoch(self, epoch):
            super().finished_epoch(epoch)
            told.append(json.loads((tmp_path / FINDINGS).read_text()))

    train(a_net(), [Reader(tmp_path, short_rules())], epochs=8, rate=1e-7)

    assert [10 * n for n in range(1, 9)] == [each["steps"] for each in told]
    assert [] == told[0]["findings"]
    assert ["loss_not_decreasing"] == told[-1]["ailing"]
    assert "loss_not_decreasing" in {each["rule"] for each in told[-1]["findings"]}


def test_a_run_told_to_stop_on_a_rule_stops_and_keeps_the_finding(tmp_path):
    watch = Watch(tmp_path, short_rules(), stop_on={"loss_not_decreasing"})

    with pytest.raises(TrainingStopped, match="loss_not_decreasing"):
        train(a_net(), [watch], epochs=50, rate=1e-7)

    kept = json.loads((tmp_path / FINDINGS).read_text())
    assert 50 > kept["steps"]
    assert ["loss_not_decreasing"] == [each["rule"] for each in kept["findings"]]


def test_a_run_that_goes_on_keeps_what_was_found_before(tmp_path):
    train(a_net(), [Watch(tmp_path, short_rules())], epochs=6, rate=1e-7)

    later = Watch(tmp_path, short_rules())
    train(a_net(), [later], epochs=7, first_epoch=7)

    assert ["loss_not_decreasing"] == [finding.rule for finding in later.findings]


def test_a_run_that_starts_over_forgets_what_was_found_before(tmp_path):
    train(a_net(), [Watch(tmp_path, short_rules())], epochs=6, rate=1e-7)

    anew = Watch(tmp_path, short_rules())
    train(a_net(), [anew], epochs=2)

    assert [] == anew.findings


def test_stopping_on_a_rule_that_is_none_is_refused_with_their_names(tmp_path):
    with pytest.raises(UnknownRule, match=r"overfitting.*there are overfit, loss_not"):
        Watch(tmp_path, stop_on={"overfitting"})
