"""The watch: shows a run to every rule, tells of each episode once, keeps the findings in a file."""

import json
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from bincount.artifact import write_atomically
from bincount.training.observers import Epoch, Observer, Step
from bincount.training.watching.learning import ClassImbalance, LossNotDecreasing, Overfit
from bincount.training.watching.machine import DataLoaderBottleneck, GpuMemoryIncrease, LowGpuUtilization
from bincount.training.watching.rule import Rule
from bincount.training.watching.start import PoorWeightInitialization
from bincount.training.watching.tensors import ExplodingTensor, VanishingGradient

FINDINGS = "findings.json"
SCHEMA = "bincount.findings/1"
RULES: tuple[type[Rule], ...] = (
    Overfit,
    LossNotDecreasing,
    VanishingGradient,
    ExplodingTensor,
    PoorWeightInitialization,
    ClassImbalance,
    LowGpuUtilization,
    GpuMemoryIncrease,
    DataLoaderBottleneck,
)
NAMES = tuple(rule.name for rule in RULES)
_log = logging.getLogger(__name__)


class TrainingStopped(Exception):
    """A rule found a disease that the run was told to stop for."""


class UnknownRule(Exception):
    """No rule has this name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The beginning of one episode of one disease."""

    rule: str
    step: int  # 0: before the first
    epoch: int
    message: str


class Watch(Observer):
    """Holds the rules over a run.

    A run that goes on from a checkpoint keeps the findings from before it; the rules themselves begin anew.
    """

    def __init__(
        self, folder: Path, rules: Sequence[Rule] | None = None, stop_on: Collection[str] = ()
    ) -> None:
        """Findings go to ``folder``; rules named in ``stop_on`` end the run.

        Raises:
            UnknownRule: ``stop_on`` names what is no rule here.
        """
        self.findings: list[Finding] = []
        self._path = folder / FINDINGS
        self._rules = [rule() for rule in RULES] if rules is None else list(rules)
        self._stop_on = frozenset(stop_on)
        self._ailing: set[str] = set()
        self._step, self._epoch, self._fresh = 0, 0, True
        unknown = self._stop_on - {rule.name for rule in self._rules}
        if unknown:
            known = ", ".join(rule.name for rule in self._rules)
            raise UnknownRule(f"no rule is named {', '.join(sorted(unknown))}; there are {known}")

    def begins(self, net: nn.Module, label_counts: NDArray[np.int64]) -> None:
        """Show the network and the labels."""
        for rule in self._rules:
            rule.begins(net, label_counts)
        self._collect()

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Show a step."""
        if self._fresh:
            self._fresh = False
            self.findings = [*_findings_before(self._path, step.number), *self.findings]
        self._step, self._epoch = step.number, step.epoch
        for rule in self._rules:
            rule.stepped(step, net)
        self._collect()

    def finished_epoch(self, epoch: Epoch) -> None:
        """Show an epoch, and write down what was found so far."""
        self._epoch = epoch.number
        for rule in self._rules:
            rule.finished_epoch(epoch)
        self._collect()
        self._write()

    def ends(self) -> None:
        """Write down what was found."""
        for rule in self._rules:
            rule.ends()
        self._write()

    def _collect(self) -> None:
        begun = []
        for rule in self._rules:
            if rule.complaint is None:
                self._ailing.discard(rule.name)
            elif rule.name not in self._ailing:
                self._ailing.add(rule.name)
                begun.append(Finding(rule.name, self._step, self._epoch, rule.complaint))
                _log.warning("step %d: %s: %s", self._step, rule.name, rule.complaint)
        self.findings += begun
        stops = [finding for finding in begun if finding.rule in self._stop_on]
        if stops:
            self._write()
            raise TrainingStopped(f"step {self._step}: {stops[0].rule}: {stops[0].message}")

    def _write(self) -> None:
        told = {
            "schema": SCHEMA,
            "steps": self._step,
            "rules": [rule.name for rule in self._rules],
            "ailing": sorted(self._ailing),
            "findings": [asdict(finding) for finding in self.findings],
        }
        write_atomically(self._path, (json.dumps(told, indent=2) + "\n").encode())


def _findings_before(path: Path, step: int) -> Iterator[Finding]:
    """What an interrupted run had found before the step at which this one goes on."""
    if step > 1 and path.exists():
        told = json.loads(path.read_text(encoding="utf-8"))
        earlier = [Finding(**each) for each in told["findings"] if told["schema"] == SCHEMA]
        yield from (finding for finding in earlier if 0 < finding.step < step)
