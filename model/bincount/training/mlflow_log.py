"""The run in an MLflow server, for those who keep one: configured by ``MLFLOW_TRACKING_URI``."""

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from torch import nn

from bincount.artifact import write_atomically
from bincount.training.logs import epoch_figures
from bincount.training.observers import Epoch, Observer, Step

URI, EXPERIMENT = "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"
RUN = "mlflow_run.txt"
_SMALL = (".csv", ".json", ".png", ".txt", ".html")
# Before its import: a server that does not answer must not hold up training for the minutes that MLflow
# would try by default, and MLflow reports to its makers unless told not to.
_MANNERS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
_log = logging.getLogger(__name__)


class MlflowLog(Observer):
    """Settings, figures and small files of the run; what MLflow refuses is warned of once and then left out.

    A run that goes on from a checkpoint goes on in the same MLflow run: its id is in ``mlflow_run.txt``.
    """

    def __init__(
        self, uri: str, experiment: str, settings: Mapping[str, Any], folder: Path, every: int = 10
    ) -> None:
        """``settings`` become the run's parameters, files of ``folder`` its artefacts when it ends."""
        for name, value in _MANNERS.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from requests.exceptions import RequestException

        self._refusals = (MlflowException, RequestException, OSError)
        self._client_of: Callable[[], Any] = lambda: MlflowClient(uri)
        self._uri, self._experiment, self._settings = uri, experiment, settings
        self._folder, self._every = folder, every
        self._client: Any = None
        self._run = ""  # its id, while all goes well
        self._refused = False
        self._step = 0

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Send every n-th step; the first one says whether the run is a new one."""
        self._step = step.number
        if not self._run:
            self._attempt(lambda: self._start(step.number))
        if step.number == 1 or step.number % self._every == 0:
            self._send({"train/loss": step.loss, "train/rate": step.rate})

    def finished_epoch(self, epoch: Epoch) -> None:
        """Send the validation."""
        self._send(epoch_figures(epoch))

    def ends(self) -> None:
        """Send the small files and close the run: as failed while an error is under way."""
        status: Literal["FAILED", "FINISHED"] = "FAILED" if sys.exception() else "FINISHED"
        if self._run:
            self._attempt(self._send_files)
            self._attempt(lambda: self._client.set_terminated(self._run, status))

    def _start(self, step: int) -> None:
        """Go on with the run of this folder, or create one."""
        self._client = self._client_of()
        known = self._folder / RUN
        if step > 1 and known.exists():
            run = known.read_text(encoding="utf-8").strip()
            self._client.update_run(run, status="RUNNING")
            self._run = run
            return
        experiment = self._client.get_experiment_by_name(self._experiment)
        place = experiment.experiment_id if experiment else self._client.create_experiment(self._experiment)
        run = self._client.create_run(place, tags={"folder": str(self._folder)}).info.run_id
        for name, value in self._settings.items():
            self._client.log_param(run, name, value)
        write_atomically(known, f"{run}\n".encode())
        self._run = run

    def _send(self, figures: Mapping[str, float]) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        metrics = [Metric(name, figure, now, self._step) for name, figure in figures.items()]
        if self._run:
            self._attempt(lambda: self._client.log_batch(self._run, metrics=metrics))

    def _send_files(self) -> None:
        for path in sorted(self._folder.glob("*")):
            if path.suffix in _SMALL and path.is_file():
                self._client.log_artifact(self._run, str(path))

    def _attempt(self, call: Callable[[], Any]) -> None:
        """Training is worth more than its log: after the first refusal nothing more is sent."""
        if self._refused:
            return
        try:
            call()
        except self._refusals as error:
            self._refused, self._run = True, ""
            _log.warning("MLflow at %s: %s: the run goes on without it", self._uri, error)


def mlflow_log(settings: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> MlflowLog | None:
    """The log that the environment configures: None without ``MLFLOW_TRACKING_URI``."""
    uri = environ.get(URI)
    return MlflowLog(uri, environ.get(EXPERIMENT, "bincount"), settings, folder) if uri else None
