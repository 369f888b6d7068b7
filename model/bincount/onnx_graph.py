"""``counter.onnx`` in ONNX Runtime, on the CPU."""

import os
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

from bincount.artifact import ONNX, ArtifactError, missing


class OnnxGraph:
    """Photos in, logits out.

    Raises:
        ArtifactError: the file is missing, or no graph.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or available_cpus()
        options.inter_op_num_threads = 1
        # A spinning thread gains microseconds a batch and takes a core from whoever shares the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = folder / ONNX
        if not path.is_file():
            raise ArtifactError(missing(folder, ONNX))
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
            raise ArtifactError(f"{path} is no ONNX graph: {error}") from error

    def logits(self, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Count: n x 224 x 224 x 3 -> n x (K + 1) logits."""
        (logits,) = self._session.run(["logits"], {"photos": photos})
        return np.asarray(logits, dtype=np.float32)


def available_cpus() -> int:
    """The cores that this process may use (a container's or taskset's limit counts)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
