"""Which code made something."""

import subprocess
from pathlib import Path


def revision() -> str:
    """The git revision of this code, with a + when the code has changes that no commit holds."""
    try:
        changed = "+" if _git("status", "--porcelain", "--", "..") else ""
        return _git("rev-parse", "--short=12", "HEAD") + changed
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()
