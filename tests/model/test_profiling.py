"""A profile says where a step's time goes, and holds a trace of a few steps."""

import gzip
import itertools
import json

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.clock import Clock  # noqa: E402
from bincount.training.profile_report import Gpu, Operator, Report, as_text  # noqa: E402
from bincount.training.profiling import Profiler, Window  # noqa: E402
from tests.model.small_training import a_net, in_batches, train  # noqa: E402

SHORT = Window(wait=2, warmup=1, active=2)


def ticking_clock():
    """Each look at this clock is a millisecond after the last."""
    ticks = itertools.count()
    return Clock(now=lambda: next(ticks) / 1000)


def profiled(folder, window=SHORT, **run):
    profiler = Profiler(folder, ticking_clock(), window)
    train(a_net(), [profiler], clock=profiler.clock, **run)
    return json.loads((folder / "profile.json").read_text())


def a_report(**seconds):
    return Report("cpu", 10, 100.0, seconds, (Operator("aten::conv", 3, 1.5, 0.9),), None, "trace.json.gz")


def test_the_clock_adds_up_each_phase_until_the_lap():
    clock = ticking_clock()

    with clock.phase("forward"):
        pass
    with clock.phase("forward"):
        pass
    with clock.phase("backward"):
        pass

    assert {"forward": 0.002, "backward": 0.001} == pytest.approx(clock.lap())
    assert {} == clock.lap()


def test_the_clock_books_the_waiting_for_things_and_not_their_use():
    now = itertools.count()
    clock = Clock(now=lambda: next(now))

    things = []
    for thing in clock.each("load", "abc"):
        next(now)  # use takes time too
        things.append(thing)

    assert ["a", "b", "c"] == things
    assert {"load": 4} == clock.lap()  # the fourth found nothing more


def test_the_clock_waits_for_the_gpu_inside_the_phase():
    ticks, waited = itertools.count(), []

    def settle():
        waited.append(next(ticks))

    clock = Clock(now=lambda: next(ticks), settle=settle)
    with clock.phase("forward"):
        pass

    assert {"forward": 2} == clock.lap()
    assert [1] == waited


def test_a_profile_times_every_phase_of_the_steps_that_tracing_does_not_disturb(tmp_path):
    told = profiled(tmp_path, epochs=2)

    assert 20 - 2 - 4 == told["steps"]
    assert {"load", "to_device", "forward", "backward", "optimizer", "rest"} == set(told["seconds"])
    assert 0.001 == pytest.approx(told["seconds"]["forward"])
    assert 0 < told["seconds"]["rest"]
    assert 0 < told["photos_per_second"]
    assert told["gpu"] is None


def test_a_trace_names_the_phases_and_the_operators(tmp_path):
    told = profiled(tmp_path, epochs=1)

    names = {each.get("name") for each in _trace(tmp_path)["traceEvents"]}
    assert {"load", "forward", "backward", "optimizer"} <= names
    assert "aten::addmm" in names
    assert "aten::addmm" in {each["name"] for each in told["operators"]}
    assert not {"forward", "backward"} & {each["name"] for each in told["operators"]}


def test_a_trace_holds_only_the_steps_of_its_window(tmp_path):
    profiled(tmp_path, epochs=3)

    steps = {
        each["name"] for each in _trace(tmp_path)["traceEvents"] if "ProfilerStep" in each.get("name", "")
    }
    assert 2 == len(steps)


def test_a_run_that_is_over_before_the_traced_steps_has_a_report_without_trace(tmp_path):
    told = profiled(tmp_path, Window(wait=50), epochs=1)

    assert told["trace"] is None
    assert not (tmp_path / "trace.json.gz").exists()
    assert "none, the run was over" in (tmp_path / "profile.txt").read_text()
    assert "None: the run was over" in (tmp_path / "profile.html").read_text()


def test_a_run_that_dies_in_a_traced_step_has_its_report(tmp_path):
    def three_then_none(seen):
        yield from in_batches(seen)[:4]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        profiled(tmp_path, batches=three_then_none)

    assert (tmp_path / "trace.json.gz").exists()
    assert "ms each" in (tmp_path / "profile.txt").read_text()
    assert [] == list(tmp_path.glob(".half*"))


def test_a_report_says_what_is_worth_changing():
    slow = a_report(load=0.6, forward=0.2, backward=0.2)
    fine = a_report(load=0.1, forward=0.4, backward=0.5)

    assert ["60% of the time goes into reading photos"] == [each.split(":")[0] for each in slow.advice()]
    assert "Nothing stands out" in fine.advice()[0]


def test_a_report_of_a_gpu_tells_its_use_and_memory():
    report = Report("cuda:0", 10, 100.0, {"forward": 1.0}, (), Gpu("A GPU", 0.42, 3 * 2**30), None)

    assert "A GPU: busy 42% of the time, at most 3072 MiB allocated" in as_text(report)


def _trace(folder):
    return json.loads(gzip.decompress((folder / "trace.json.gz").read_bytes()))
