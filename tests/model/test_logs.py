"""Logs hold every line once, also of a run that was interrupted; no log can stop training."""

import csv
import logging
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.clock import PHASES  # noqa: E402
from bincount.training.logs import CsvLog, TensorBoardLog, read_epochs  # noqa: E402
from bincount.training.mlflow_log import MlflowLog, mlflow_log  # noqa: E402
from tests.model.small_training import a_net, train  # noqa: E402


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def column(path, name):
    return [int(row[name]) for row in rows(path)]


def test_a_run_has_a_line_for_every_nth_step_and_every_epoch(tmp_path):
    told = train(a_net(), [CsvLog(tmp_path, every=4)], epochs=2)

    assert [1, 4, 8, 12, 16, 20] == column(tmp_path / "steps.csv", "number")
    assert set(PHASES) < set(rows(tmp_path / "steps.csv")[0])
    assert told == read_epochs(tmp_path)


def test_the_lines_are_there_while_the_run_goes_on(tmp_path):
    log = CsvLog(tmp_path, every=1)
    seen = []

    class Reader(CsvLog):
        def stepped(self, step, net):
            seen.append(len(rows(tmp_path / "steps.csv")))

    train(a_net(), [log, Reader(tmp_path / "other")], epochs=1)

    assert list(range(1, 11)) == seen


def test_a_run_that_goes_on_has_no_line_twice_and_none_of_what_was_abandoned(tmp_path):
    train(a_net(), [CsvLog(tmp_path, every=5)], epochs=3)
    before = rows(tmp_path / "steps.csv")

    train(a_net(), [CsvLog(tmp_path, every=5)], epochs=4, first_epoch=3)  # from the checkpoint of epoch 2

    assert [1, 2, 3, 4] == column(tmp_path / "epochs.csv", "number")
    assert [1, *range(5, 41, 5)] == column(tmp_path / "steps.csv", "number")
    assert before[:5] == rows(tmp_path / "steps.csv")[:5]


def test_a_line_cut_short_by_a_kill_is_dropped(tmp_path):
    train(a_net(), [CsvLog(tmp_path)], epochs=2)
    with (tmp_path / "epochs.csv").open("a") as file:
        file.write("3,0.4")

    train(a_net(), [CsvLog(tmp_path)], epochs=3, first_epoch=3)

    assert [1, 2, 3] == [epoch.number for epoch in read_epochs(tmp_path)]


def test_a_run_that_starts_over_starts_its_logs_over(tmp_path):
    train(a_net(), [CsvLog(tmp_path)], epochs=3)

    train(a_net(), [CsvLog(tmp_path)], epochs=1)

    assert [1] == column(tmp_path / "epochs.csv", "number")


def test_tensorboard_shows_a_resumed_run_as_one(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed: requirements/model.txt")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train(a_net(), [TensorBoardLog(tmp_path, every=5)], epochs=3)
    train(a_net(), [TensorBoardLog(tmp_path, every=5)], epochs=4, first_epoch=3)

    shown = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [1, *range(5, 41, 5)] == [each.step for each in shown.Scalars("train/loss")]
    assert [10, 20, 30, 40] == [each.step for each in shown.Scalars("val/nll")]


def test_without_a_configured_server_there_is_no_mlflow_log(tmp_path):
    assert mlflow_log({}, tmp_path, {}) is None


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The address of a store without a server, whose tables take longer to make than a run to log."""
    pytest.importorskip("mlflow", reason="mlflow is not installed: requirements/model.txt")
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'store.db'}"


@pytest.fixture
def trial(store, tmp_path):
    """An experiment of the test's own, whose artefacts stay in its folder."""
    from mlflow import MlflowClient

    client, name = MlflowClient(store), tmp_path.name
    experiment = client.create_experiment(name, artifact_location=(tmp_path / "artefacts").as_uri())
    return SimpleNamespace(name=name, client=client, runs=lambda: client.search_runs([experiment]))


def test_mlflow_gets_settings_figures_and_files_and_a_resumed_run_is_the_same_run(tmp_path, store, trial):
    out = tmp_path / "out"
    environ = {"MLFLOW_TRACKING_URI": store, "MLFLOW_EXPERIMENT_NAME": trial.name}

    told = train(a_net(), [CsvLog(out), mlflow_log({"epochs": 3}, out, environ)], epochs=1)
    told += train(a_net(), [CsvLog(out), mlflow_log({"epochs": 3}, out, environ)], epochs=3, first_epoch=2)

    (run,) = trial.runs()
    history = trial.client.get_metric_history(run.info.run_id, "val/nll")
    assert [epoch.val_nll for epoch in told] == pytest.approx([each.value for each in history])
    assert {"epochs": "3"} == run.data.params
    assert "FINISHED" == run.info.status
    files = {each.path for each in trial.client.list_artifacts(run.info.run_id)}
    assert {"epochs.csv", "steps.csv"} <= files


def test_a_run_that_fails_is_marked_as_failed_in_mlflow(tmp_path, store, trial):
    log = MlflowLog(store, trial.name, {}, tmp_path / "out")

    def broken(seen):
        yield seen.x[:30], seen.y[:30]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        train(a_net(), [log], batches=broken)

    (run,) = trial.runs()
    assert "FAILED" == run.info.status


def test_an_mlflow_server_that_does_not_answer_is_warned_of_once_and_stops_nothing(tmp_path, caplog):
    pytest.importorskip("mlflow", reason="mlflow is not installed: requirements/model.txt")
    log = MlflowLog("http://127.0.0.1:9", "trial", {}, tmp_path)

    with caplog.at_level(logging.WARNING, logger="bincount"):
        told = train(a_net(), [log], epochs=2)

    assert 2 == len(told)
    ours = [each for each in caplog.records if each.name.startswith("bincount")]
    assert ["MLflow at http://127.0.0.1:9"] == [each.getMessage()[:28] for each in ours]
