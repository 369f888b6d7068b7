"""The artefact's graphs in ONNX Runtime, on the CPU."""

import os
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

from bincount.artifact import ONNX, PAIR, ArtifactError, missing


class OnnxGraph:
    """``counter.onnx``: photos in, logits out.

    Raises:
        ArtifactError: the file is missing, or no graph.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self._session = _session(folder, ONNX, threads)

    def logits(self, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Count: n x 224 x 224 x 3 -> n x (K + 1) logits."""
        (logits,) = self._session.run(["logits"], {"photos": photos})
        return np.asarray(logits, dtype=np.float32)

    def rows(self, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the comparison of two looks takes in: n x 224 x 224 x 3 -> n x width."""
        (rows,) = self._session.run(["rows"], {"photos": photos})
        return np.asarray(rows, dtype=np.float32)


class PairGraph:
    """``pair.onnx``: the rows of two looks in, logits of what changed out.

    Raises:
        ArtifactError: the file is missing, or no graph.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self._session = _session(folder, PAIR, threads)

    def logits(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compare: n x width each -> n x 13 logits, for -6 or less to +6 or more."""
        (logits,) = self._session.run(["logits"], {"before": before, "after": after})
        return np.asarray(logits, dtype=np.float32)


def _session(folder: Path, name: str, threads: int | None) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or available_cpus()
    options.inter_op_num_threads = 1
    # A spinning thread gains microseconds a batch and takes a core from whoever shares the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = folder / name
    if not path.is_file():
        raise ArtifactError(missing(folder, name))
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
        raise ArtifactError(f"{path} is no ONNX graph: {error}") from error


def available_cpus() -> int:
    """The cores that this process may use (a container's or taskset's limit counts)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
