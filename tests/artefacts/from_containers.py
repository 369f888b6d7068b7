"""Lets containers reach servers that listen on 127.0.0.1 only.

Docker Desktop does so by itself, under a name. On Linux the host is the gateway of the containers' network,
and nothing listens there: each port is forwarded for as long as it is needed. (SAM ignores `--docker-network
host`.)
"""

import contextlib
import socket
import sys
import threading
from contextlib import contextmanager

import docker

IP_FREEBIND = 15  # the gateway's address comes up with the first container only


@contextmanager
def reachable(*ports):
    """The host under which containers reach these ports of 127.0.0.1."""
    if sys.platform != "linux":
        yield "host.docker.internal"
        return
    gateway = _gateway()
    with contextlib.ExitStack() as stack:
        for port in ports:
            listener = stack.enter_context(socket.socket())
            listener.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
            listener.bind((gateway, port))
            listener.listen()
            threading.Thread(target=_forward, args=(listener, port), daemon=True).start()
        yield gateway


def _gateway():
    networks = {each.name: each for each in docker.from_env().networks.list()}
    default = networks.get("bridge") or networks["podman"]
    default.reload()
    return default.attrs["IPAM"]["Config"][0]["Gateway"]


def _forward(listener, port):
    with contextlib.suppress(OSError):  # it was closed: nobody needs it any more
        while True:
            caller, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for source, target in ((caller, server), (server, caller)):
                threading.Thread(target=_copy, args=(source, target), daemon=True).start()


def _copy(source, target):
    with contextlib.suppress(OSError):  # either side may hang up
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
