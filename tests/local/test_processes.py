"""Only processes that we started are ours, and they go when asked."""

import socket
import subprocess
import sys

import psutil
import pytest

from binwatch_local.errors import OneMachineError
from binwatch_local.processes import ProcessId, free_port, stop

SLEEP = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); " + SLEEP


@pytest.fixture
def started():
    processes = []

    def start(code, lines=1):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        processes.append(process)
        for _ in range(lines):
            process.stdout.readline()
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_process_goes_when_asked(started):
    process = ProcessId.of(started(SLEEP).pid)

    assert stop(process, grace_s=10)
    assert process.running() is None


def test_a_process_that_will_not_go_is_made_to(started):
    process = ProcessId.of(started(STUBBORN).pid)

    assert not stop(process, grace_s=0.1)
    assert process.running() is None


def test_what_a_process_started_goes_with_it(started):
    parent = started(PARENT, lines=2)
    (child,) = psutil.Process(parent.pid).children()
    child = ProcessId.of(child.pid)

    stop(ProcessId.of(parent.pid), grace_s=10)

    assert child.running() is None


def test_a_number_used_anew_is_not_ours(started):
    process = started(SLEEP)
    former = ProcessId(process.pid, born=1.0)

    assert former.running() is None
    assert stop(former, grace_s=0)
    assert process.poll() is None


def test_a_port_in_use_is_refused_by_name():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(OneMachineError, match=f"Port {port} for MiniStack is in use"):
            free_port(port, None, "MiniStack")
        assert free_port(None, port, "MiniStack") != port


def test_a_remembered_port_is_taken_again():
    port = free_port(None, None, "MiniStack")

    assert free_port(None, port, "MiniStack") == port
