"""Processes that we started: known by number and birth, for the number alone is given to others later."""

import signal
import socket
import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from binwatch_local.errors import OneMachineError

POLL_S = 0.05
KILLED_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process for all time: the number alone is given to others later."""

    pid: int
    born: float

    @classmethod
    def of(cls, pid: int) -> "ProcessId | None":
        """The process that has the number now."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> "ProcessId | None":
        """What `to_json` gave."""
        return cls(value["pid"], value["born"]) if value else None

    def to_json(self) -> dict[str, Any]:
        """The process for a state file."""
        return asdict(self)

    def running(self) -> psutil.Process | None:
        """The process while it lives."""
        try:
            process = psutil.Process(self.pid)
            ours = abs(process.create_time() - self.born) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if ours else None


def stop(process_id: ProcessId | None, grace_s: float) -> bool:
    """End a process and all that it started: first asked, after the grace period made to.

    Returns:
        Whether it went when asked.
    """
    process = process_id.running() if process_id else None
    if process_id is None or process is None:
        return True
    family = [process_id, *_offspring(process)]
    _signal(process_id, signal.SIGTERM)
    went = gone([process_id], grace_s)
    for member in family:
        _signal(member, signal.SIGKILL)
    gone(family, KILLED_WITHIN_S)
    return went


def gone(processes: list[ProcessId], within_s: float) -> bool:
    """Whether they end within the time. A dead process that its parent has not yet noticed is gone, too."""
    deadline = time.monotonic() + within_s
    while any(process.running() for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _offspring(process: psutil.Process) -> list[ProcessId]:
    try:
        return [ProcessId(child.pid, child.create_time()) for child in process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _signal(process_id: ProcessId, number: int) -> None:
    process = process_id.running()
    if process is None:
        return
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # it went by itself just now, which is what was wanted


def free_port(wanted: int | None, remembered: int | None, what: str) -> int:
    """The port asked for, else the remembered one if it is free, else any free one.

    Raises:
        OneMachineError: the port asked for is taken.
    """
    if wanted is not None:
        if not _is_free(wanted):
            raise OneMachineError(
                f"Port {wanted} for {what} is in use by another program.",
                "Choose another port, or leave the choice to binwatch by not naming one.",
            )
        return wanted
    if remembered is not None and _is_free(remembered):
        return remembered
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
