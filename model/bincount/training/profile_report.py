"""The readable half of a profile: where a step's time goes, as JSON, text and a page."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bincount.artifact import write_atomically
from bincount.pages import templates
from bincount.training.clock import PHASES

JSON, TEXT, PAGE = "profile.json", "profile.txt", "profile.html"
SCHEMA = "bincount.profile/1"
REST = "rest"  # of a step: logs, rules and other observers, and Python between the phases
_PLAIN = {
    "load": "data loading",
    "to_device": "host to device",
    "forward": "forward",
    "backward": "backward",
    "optimizer": "optimizer",
    REST: "the rest",
}
_ADVICE = {
    "load": (0.33, "reading photos: prepare shards, keep the photos on the GPU, load in more processes"),
    "to_device": (
        0.10,
        "copying to the GPU: pin the memory, copy uint8 and not floats, keep the photos there",
    ),
    "optimizer": (0.20, "the optimizer: its fused form, or a larger batch"),
    REST: (0.20, "neither photos nor the network: look at less often, log less"),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """One kind of work in the traced steps; time spent in what it calls is not its own."""

    name: str
    calls: int
    milliseconds: float
    share: float  # of all operators


@dataclass(frozen=True, slots=True)
class Gpu:
    """What the GPU did meanwhile."""

    name: str
    busy: float | None  # mean share of the time, 0 to 1; None when the driver does not say
    memory: int  # bytes, the most that was allocated


@dataclass(frozen=True, slots=True)
class Report:
    """Where the time of the steps went."""

    device: str
    steps: int  # timed ones: the first two and those around the trace are left out, for they are slower
    photos_per_second: float
    seconds: dict[str, float]  # a step's mean, by phase and rest
    operators: tuple[Operator, ...]
    gpu: Gpu | None
    trace: str | None  # file name; None when the run was over before the traced steps
    schema: str = field(default=SCHEMA)

    @property
    def step_seconds(self) -> float:
        """One step from end to end."""
        return sum(self.seconds.values())

    def shares(self) -> list[tuple[str, str, float, float]]:
        """Phase, its plain name, seconds and share of a step, in the order of a step."""
        total = self.step_seconds or 1.0
        phases = [*PHASES, *(name for name in self.seconds if name not in (*PHASES, REST)), REST]
        return [
            (name, _PLAIN.get(name, name), self.seconds[name], self.seconds[name] / total)
            for name in phases
            if name in self.seconds
        ]

    def advice(self) -> list[str]:
        """What is worth changing, if anything stands out."""
        found = []
        for name, _, _, share in self.shares():
            limit, remedy = _ADVICE.get(name, (1.0, ""))
            if share > limit:
                found.append(f"{share:.0%} of the time goes into {remedy}")
        return found or ["Nothing stands out: forward and backward, which must be, take most of the time."]


def write_report(report: Report, folder: Path) -> None:
    """Write the three forms of the report."""
    write_atomically(folder / JSON, (json.dumps(asdict(report), indent=2) + "\n").encode())
    write_atomically(folder / TEXT, as_text(report).encode())
    write_atomically(folder / PAGE, _as_page(report).encode())


def as_text(report: Report) -> str:
    """The report for a terminal."""
    lines = [
        f"{report.steps} steps on {report.device}: {1000 * report.step_seconds:.1f} ms each, "
        f"{report.photos_per_second:.0f} photos/s",
        "",
        *(
            f"  {plain:<16}{1000 * seconds:>9.2f} ms {share:>6.1%}  {'#' * round(40 * share)}"
            for _, plain, seconds, share in report.shares()
        ),
        "",
        *_of_gpu(report.gpu),
        *report.advice(),
        "",
    ]
    if report.operators:
        lines += ["  calls   own ms  share  operator"]
        lines += [
            f"{each.calls:>7}{each.milliseconds:>9.1f}{each.share:>7.1%}  {each.name}"
            for each in report.operators
        ]
    lines.append(f"\ntrace: {report.trace or 'none, the run was over before the traced steps'}")
    return "\n".join(lines) + "\n"


def _of_gpu(gpu: Gpu | None) -> list[str]:
    if gpu is None:
        return []
    busy = "utilisation unknown" if gpu.busy is None else f"busy {gpu.busy:.0%} of the time"
    return [f"{gpu.name}: {busy}, at most {gpu.memory / 2**20:.0f} MiB allocated", ""]


def _as_page(report: Report) -> str:
    page = templates(Path(__file__).parent).get_template("profile.html.j2")
    return page.render(report=report, gpu=_of_gpu(report.gpu))
