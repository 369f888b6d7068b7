"""Who watches a run of `bincount train`: bar, logs, curves, rules, and a profiler when asked for."""

import os
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from bincount.training.clock import Clock
from bincount.training.config import TrainConfig
from bincount.training.curves import Curves
from bincount.training.logs import CsvLog, TensorBoardLog
from bincount.training.mlflow_log import mlflow_log
from bincount.training.observers import Observer
from bincount.training.profiling import Profiler
from bincount.training.progress import Bar
from bincount.training.watching.watch import Watch


def company(
    config: TrainConfig, folder: Path, *, profile: bool, stop_on: Collection[str]
) -> tuple[list[Observer], Clock]:
    """Everyone who watches, and the clock that the loop shall use.

    Raises:
        UnknownRule: ``stop_on`` names what is no rule.
    """
    logs: list[Observer] = [CsvLog(folder), TensorBoardLog(folder), Curves(folder)]
    watchers: list[Observer] = [Bar(config.epochs), *logs, Watch(folder, stop_on=stop_on)]
    server = mlflow_log(asdict(config), folder, os.environ)
    if server is not None:
        watchers.append(server)
    if not profile:
        return watchers, Clock()
    profiler = Profiler(folder / "profile")
    return [*watchers, profiler], profiler.clock
