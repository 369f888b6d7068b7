"""What changed between two looks at one bin, on the CPU, by the comparison that an artefact may bring."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import SHIPPED, Artifact, ArtifactError
from bincount.calibration import probabilities
from bincount.onnx_graph import OnnxGraph, PairGraph
from binwatch.prediction import Model


class Comparison:
    """P(difference | photo before, photo after).

    Args:
        folder: of the artefact.
        threads: of the graphs; None: all cores.

    Raises:
        ArtifactError: the folder holds no counter, or one that has not learnt to compare.
    """

    def __init__(self, folder: Path = SHIPPED, threads: int | None = None) -> None:
        artifact = Artifact.load(folder)
        if artifact.pair is None:
            remedy = (
                "`bincount train` without `--set pair_weight=0` makes one that has, "
                "from data that hold several looks at one bin, in `val` too"
            )
            raise ArtifactError(f"the counter in {folder} has not learnt to compare two looks: {remedy}")
        self._graph, self._pairs = OnnxGraph(folder, threads), PairGraph(folder, threads)
        self._temperature = float(artifact.pair["temperature"])
        self.model: Model = artifact.model
        self.law: NDArray[np.float64] = np.array(artifact.pair["law"])  # of the changes it has learnt from

    def changes(self, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Compare looks: n x 224 x 224 x 3 each -> n x 13, P(-6 or less), ..., P(0), ..., P(+6 or more).

        Under the law of changes that it learnt from, in which hardly any look finds nothing changed. For
        another law, divide by ``law``, multiply by that one, and normalise.
        """
        logits = self._pairs.logits(self._graph.rows(before), self._graph.rows(after))
        return probabilities(logits, self._temperature)
