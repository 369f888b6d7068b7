"""Somebody at a terminal, for the tests of the whole, and the photos of their fleet."""

import json
import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from bincount.data import synthetic
from tests.local import bad_inputs
from tests.local.builders import a_record

GOOD = 40
PATIENCE_S = 240


def photos_of_a_fleet(folder):
    """Drawn bins with right records, and everything bad among them; the folder again."""
    for drawing in synthetic.bins(GOOD, seed=1):
        (folder / f"{drawing.id}.jpg").write_bytes(drawing.jpeg)
        (folder / f"{drawing.id}.json").write_bytes(a_record(drawing.count))
    bad_inputs.write(folder)
    return folder


@dataclass
class Person:
    """Somebody with a terminal; what they started carries their mark."""

    home: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def environ(self):
        return {**os.environ, "BINWATCH_HOME": str(self.home), "TEST_MARK": self.mark}

    def start(self, *arguments):
        command = [sys.executable, "-m", "binwatch_local.cli", *arguments]
        return subprocess.Popen(
            command, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments, expect=0):
        process = self.start(*arguments)
        output, errors = process.communicate()
        assert process.returncode == expect, errors
        return output

    def ask(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def wait_until_quiet(self):
        """Wait until nothing is under way and two looks a moment apart are alike."""
        deadline = time.monotonic() + PATIENCE_S
        before = None
        while time.monotonic() < deadline:
            now = self.ask("status")
            if now == before and not now["queues"]["uploads"]["total"]:
                return
            before = now
            time.sleep(2)
        pytest.fail(f"not quiet after {PATIENCE_S} s: {before}")

    def running(self):
        """What of theirs still runs."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process):
        try:
            return (
                process.environ().get("TEST_MARK") == self.mark and process.status() != psutil.STATUS_ZOMBIE
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False
