"""Keeps MiniStack and the counting endpoint alive, in a process that outlives the command that began it.

An endpoint that dies is started again at once. MiniStack is not: what it had not yet written to disk is gone,
and a silent restart would hide that. So the supervisor then stops everything and leaves word of it.
"""

import argparse
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from binwatch_local import environment
from binwatch_local.home import Home, write_json
from binwatch_local.processes import ProcessId, stop

POLL_S = 0.1
LONGEST_PAUSE_S = 5.0
STEADY_AFTER_S = 10.0  # a server that lived so long starts again without a pause
MINISTACK_GRACE_S = 60.0  # it writes its state when asked to stop
ENDPOINT_GRACE_S = 5.0


@dataclass(slots=True)
class Server:
    """One program that must run."""

    name: str
    command: list[str]
    port: int
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    pause: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C in the terminal reaches only us."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def died(self) -> int | None:
        """Its exit status once it is gone."""
        return self.process.poll() if self.process else None

    def revive(self) -> None:
        """Start it again: at once after a steady life, else after a growing pause."""
        steady = time.monotonic() - self.started > STEADY_AFTER_S
        self.pause = 0.0 if steady else min(LONGEST_PAUSE_S, 2 * self.pause or 0.2)
        time.sleep(self.pause)
        self.restarts += 1
        self.start()

    def stop(self, grace_s: float) -> bool:
        """End it; whether it went when asked."""
        if self.process is None or self.process.poll() is not None:
            return True
        went = stop(ProcessId.of(self.process.pid), grace_s)
        self.process.wait()
        return went

    def to_json(self) -> dict[str, Any]:
        """What others need to know of it."""
        identity = ProcessId.of(self.process.pid) if self.process else None
        return {
            "process": identity.to_json() if identity else None,
            "port": self.port,
            "restarts": self.restarts,
        }


@dataclass(slots=True)
class Supervisor:
    """Both servers, and the file that tells of them."""

    home: Home
    ministack: Server
    endpoint: Server
    parent: ProcessId | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    failure: str | None = None

    def run(self) -> None:
        """Start both servers, watch them until it is over, and stop them."""
        try:
            self.ministack.start()
            self.endpoint.start()
            self.tell()
            self.watch()
        finally:
            self.end()

    def watch(self) -> None:
        """Look until told to stop, until the parent or the home is gone, or until MiniStack has died."""
        while not self.stopping.wait(POLL_S):
            self.look()

    def end(self) -> None:
        """Stop both servers and tell of it."""
        self.endpoint.stop(ENDPOINT_GRACE_S)
        if not self.ministack.stop(MINISTACK_GRACE_S):
            self.failure = self.failure or f"MiniStack did not stop within {MINISTACK_GRACE_S:.0f} s"
        self.tell()

    def look(self) -> None:
        """Notice what has died since the last look."""
        if (self.parent and not self.parent.running()) or not self.home.root.exists():
            self.stopping.set()  # nobody is left who could ask for it
            return
        status = self.ministack.died()
        if status is not None:
            self.failure = f"MiniStack ended by itself with status {status}"
            self.stopping.set()
        elif self.endpoint.died() is not None:
            self.endpoint.revive()
            self.tell()

    def tell(self) -> None:
        """Write down what runs."""
        if not self.home.root.exists():
            return
        servers = {"ministack": self.ministack.to_json(), "endpoint": self.endpoint.to_json()}
        write_json(
            self.home.servers_file,
            {"failure": self.failure, **servers},
        )


def program(name: str) -> str:
    """A program of the environment that we ourselves run in."""
    return str(Path(sys.executable).with_name(name))


def build(home: Home, ministack_port: int, endpoint_port: int, parent: ProcessId | None) -> Supervisor:
    """The supervisor of one home."""
    aws = environment.ministack(ministack_port, home.aws_state, home.objects, home.temporary)
    counter = {**environment.isolated(), "TMPDIR": str(home.temporary)}
    serve = [program("bincount"), "serve", "--host", "127.0.0.1", "--port", str(endpoint_port)]
    return Supervisor(
        home,
        Server("MiniStack", [program("ministack")], ministack_port, aws, home.logs / "ministack.log"),
        Server("endpoint", serve, endpoint_port, counter, home.logs / "endpoint.log"),
        parent,
    )


def main() -> None:
    """Run the supervisor that the command line describes."""
    parser = argparse.ArgumentParser(prog="python -m binwatch_local.supervisor", description=__doc__)
    parser.add_argument("home", type=Path, help="the state folder")
    parser.add_argument("--ministack-port", type=int, required=True)
    parser.add_argument("--endpoint-port", type=int, required=True)
    parser.add_argument("--parent", type=int, help="stop when this process is gone")
    asked = parser.parse_args()
    parent = ProcessId.of(asked.parent) if asked.parent else None
    supervisor = build(Home(asked.home), asked.ministack_port, asked.endpoint_port, parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stopping.set())
    supervisor.run()


if __name__ == "__main__":
    main()
