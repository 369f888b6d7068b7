"""MiniStack and the counting endpoint of one home: start them, find them, stop them."""

import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import urlopen

from binwatch_local import environment, ministack_state
from binwatch_local.errors import OneMachineError, StepFailed
from binwatch_local.home import Home, last_lines, read_json, write_json
from binwatch_local.processes import ProcessId, free_port, stop

READY_WITHIN_S = 90.0
STOP_WITHIN_S = 90.0  # the supervisor gives MiniStack 60 s to write its state
RESTARTS_AT_MOST = 3  # an endpoint that dies so often before it ever answered will not come


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports asked for; None leaves the choice to us."""

    ministack: int | None = None
    endpoint: int | None = None


def running(home: Home) -> bool:
    """Whether the supervisor of this home runs."""
    supervisor = _supervisor(home)
    return supervisor is not None and supervisor.running() is not None


def failure(home: Home) -> str | None:
    """Why the servers went down by themselves; None if they did not."""
    servers = read_json(home.servers_file)
    return servers["failure"] if servers else None


def addresses(home: Home) -> tuple[str, str]:
    """The addresses of MiniStack and of the endpoint."""
    ports = read_json(home.ports_file)
    return f"http://127.0.0.1:{ports['ministack']}", f"http://127.0.0.1:{ports['endpoint']}"


def restarts(home: Home) -> int:
    """How often the endpoint had to be started again."""
    servers = read_json(home.servers_file)
    return int(servers["endpoint"]["restarts"]) if servers else 0


def start(home: Home, ports: Ports, parent: int | None) -> None:
    """Start the supervisor, which starts the servers, and wait until both answer.

    Raises:
        OneMachineError: a port is taken.
        StepFailed: a server does not come up.
    """
    ministack, endpoint = _choose_ports(home, ports)
    home.servers_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "binwatch_local.supervisor", str(home.root)]
    command += ["--ministack-port", str(ministack), "--endpoint-port", str(endpoint)]
    command += ["--parent", str(parent)] if parent else []
    with (home.logs / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            command,
            env=environment.isolated(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    identity = ProcessId.of(supervisor.pid)
    write_json(home.supervisor_file, identity.to_json() if identity else None)
    for server, url in checks(home).items():
        _await_answer(home, server, url)


def refuse_other_ports(home: Home, ports: Ports) -> None:
    """Refuse ports that differ from those of the servers that run.

    Raises:
        OneMachineError: the servers run on other ports.
    """
    now = read_json(home.ports_file)
    for name, wanted in {"ministack": ports.ministack, "endpoint": ports.endpoint}.items():
        if wanted not in {None, now[name]}:
            raise OneMachineError(
                f"The stack in {home.root} is up, with its {name} on port {now[name]}, not {wanted}.",
                "Run `binwatch down` first.",
            )


def stop_all(home: Home) -> bool:
    """Stop what runs in a home, also servers whose supervisor was killed; MiniStack writes its state first.

    Returns:
        Whether anything ran.
    """
    ran = running(home)
    stop(_supervisor(home), STOP_WITHIN_S)
    servers = read_json(home.servers_file)
    for name in ("endpoint", "ministack") if servers else ():
        left = ProcessId.from_json(servers[name]["process"])
        ran = ran or (left is not None and left.running() is not None)
        stop(left, STOP_WITHIN_S)
    return ran


def checks(home: Home) -> dict[str, str]:
    """What to ask each server for its health."""
    ministack, endpoint = addresses(home)
    return {"ministack": f"{ministack}/_ministack/ready", "endpoint": f"{endpoint}/ping"}


def answers(url: str) -> bool:
    """Whether a server answers with success."""
    try:
        with urlopen(url, timeout=2) as response:  # noqa: S310 (our own address)
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _choose_ports(home: Home, ports: Ports) -> tuple[int, int]:
    """The ports to start on, with MiniStack's state made ready for them."""
    remembered = read_json(home.ports_file) or {}
    ministack = free_port(ports.ministack, remembered.get("ministack"), "MiniStack")
    endpoint = free_port(ports.endpoint, remembered.get("endpoint"), "the counting endpoint")
    ministack_state.prepare(home.aws_state, time.time())
    if remembered:
        ministack_state.move(home.aws_state, remembered["ministack"], ministack)
    write_json(home.ports_file, {"ministack": ministack, "endpoint": endpoint})
    return ministack, endpoint


def _supervisor(home: Home) -> ProcessId | None:
    return ProcessId.from_json(read_json(home.supervisor_file))


def _await_answer(home: Home, server: str, url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not answers(url):
        hopeless = not running(home) or restarts(home) >= RESTARTS_AT_MOST
        if hopeless or time.monotonic() > deadline:
            log = home.logs / f"{server}.log"
            what = f"The {server} does not answer at {url}."
            raise StepFailed(what, "Its last words say why.", str(log), last_lines(log))
        time.sleep(0.1)
