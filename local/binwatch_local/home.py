"""Where one stack of one machine keeps its state: ports, processes, logs, bucket, table and queues."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
HOME_VARIABLE = "BINWATCH_HOME"
LAST_LINES = 15
CACHE = CHECKOUT / ".cache"


@dataclass(frozen=True, slots=True)
class Home:
    """The state folder of one stack; two homes are two stacks that know nothing of each other."""

    root: Path

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Home":
        """The folder named by BINWATCH_HOME, else `.binwatch/` in the checkout."""
        return cls(Path(environ.get(HOME_VARIABLE) or CHECKOUT / ".binwatch").expanduser().resolve())

    @property
    def servers_file(self) -> Path:
        """Which servers run; written by the supervisor."""
        return self.root / "servers.json"

    @property
    def supervisor_file(self) -> Path:
        """Which process is the supervisor; written by who started it, before it does anything."""
        return self.root / "supervisor.json"

    @property
    def ports_file(self) -> Path:
        """The ports of the last start, taken again because queue addresses and functions hold them."""
        return self.root / "ports.json"

    @property
    def stack_file(self) -> Path:
        """What the last deployment made: the outputs of the template and the queue that receives alerts."""
        return self.root / "stack.json"

    @property
    def alerts_file(self) -> Path:
        """Every alert received, one JSON object a line."""
        return self.root / "alerts.jsonl"

    @property
    def incidents_file(self) -> Path:
        """Every incident received, one JSON object a line."""
        return self.root / "incidents.jsonl"

    @property
    def planted_file(self) -> Path:
        """Every record that was made wrong on purpose, one JSON object a line."""
        return self.root / "planted.jsonl"

    @property
    def logs(self) -> Path:
        """The output of every program that we start."""
        return self.root / "logs"

    @property
    def temporary(self) -> Path:
        """The TMPDIR of every program that we start."""
        return self.root / "tmp"

    @property
    def aws_state(self) -> Path:
        """Where MiniStack writes table, queues and functions when it stops."""
        return self.root / "aws"

    @property
    def objects(self) -> Path:
        """Where MiniStack keeps the bucket's objects."""
        return self.root / "s3"

    def make(self) -> None:
        """Create the folders."""
        for folder in (self.logs, self.temporary, self.aws_state, self.objects):
            folder.mkdir(parents=True, exist_ok=True)

    def purge(self, *, logs: bool = True) -> None:
        """Forget everything that was kept, the logs too if so asked, and touch nothing else in the folder."""
        for folder in (self.temporary, self.aws_state, self.objects, *([self.logs] if logs else [])):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (*self.root.glob("*.json"), *self.root.glob("*.jsonl"), self.root / "lock"):
            file.unlink(missing_ok=True)
        if self.root.is_dir() and not any(self.root.iterdir()):
            self.root.rmdir()


def write_json(path: Path, value: object) -> None:
    """Replace a file in one step, so that no reader sees half of it."""
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_text(json.dumps(value, indent=2) + "\n")
    new.replace(path)


def read_json(path: Path) -> Any:  # noqa: ANN401 (what was written comes back)
    """The value in a file, or None where there is no such file."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None


def append_json(path: Path, *values: object) -> None:
    """Add one line a value."""
    with path.open("a") as file:
        file.writelines(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def read_json_lines(path: Path) -> list[Any]:
    """The values of a file that `append_json` wrote; none where there is no such file."""
    try:
        return [json.loads(line) for line in path.read_text().splitlines()]
    except FileNotFoundError:
        return []


def last_lines(log: Path) -> str:
    """The end of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:]) if log.exists() else ""
