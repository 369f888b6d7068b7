"""Both servers are watched: one is brought back, the other's end is told."""

import json
import sys

import pytest

from binwatch_local.home import Home
from binwatch_local.processes import ProcessId
from binwatch_local.supervisor import Server, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def supervisor(tmp_path):
    home = Home(tmp_path)
    home.make()
    servers = [Server(name, SLEEP, 1, {}, home.logs / name) for name in ("MiniStack", "endpoint")]
    supervisor = Supervisor(home, *servers)
    for server in servers:
        server.start()
    yield supervisor
    for server in servers:
        server.stop(grace_s=5)


def kill(server):
    server.process.kill()
    server.process.wait()


def told(supervisor):
    return json.loads(supervisor.home.servers_file.read_text())


def test_an_endpoint_that_dies_is_started_again(supervisor):
    kill(supervisor.endpoint)

    supervisor.look()

    assert supervisor.endpoint.died() is None
    assert not supervisor.stopping.is_set()
    assert told(supervisor)["endpoint"]["restarts"] == 1
    assert told(supervisor)["endpoint"]["process"]["pid"] == supervisor.endpoint.process.pid


def test_an_endpoint_that_keeps_dying_is_given_growing_pauses(supervisor):
    for _ in range(2):
        kill(supervisor.endpoint)
        supervisor.look()

    assert supervisor.endpoint.pause == 0.4


def test_the_end_of_ministack_ends_everything_and_is_told(supervisor):
    kill(supervisor.ministack)

    supervisor.watch()
    supervisor.end()

    assert supervisor.endpoint.died() is not None
    assert told(supervisor)["failure"] == "MiniStack ended by itself with status -9"


def test_all_ends_with_the_parent(supervisor):
    supervisor.parent = ProcessId(pid=1, born=0.0)  # long gone

    supervisor.watch()
    supervisor.end()

    assert supervisor.ministack.died() is not None
    assert supervisor.endpoint.died() is not None
    assert told(supervisor)["failure"] is None


def test_all_ends_with_the_home(supervisor):
    supervisor.home.purge()

    supervisor.watch()
    supervisor.end()

    assert supervisor.ministack.died() is not None
    assert not supervisor.home.root.exists()
