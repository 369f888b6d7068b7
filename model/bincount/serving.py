"""Runs the endpoint's application on a socket of this machine."""

import socket
from collections.abc import Callable
from typing import NamedTuple

import uvicorn

from bincount.batching import Batching
from bincount.predictor import Predictor
from bincount.server import build_app

_BACKLOG = 2048
_FINISH_S = 10  # requests under way may end, then the server does


class PortTaken(Exception):
    """Nothing can listen at the address."""


class Address(NamedTuple):
    """Where to listen; port 0 means any free one."""

    host: str
    port: int


def run(predictor: Predictor, address: Address, batching: Batching, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls ``ready`` with the URL once requests are answered."""
    listening = listen(address)
    host, port = listening.getsockname()[:2]
    app = build_app(predictor, batching=batching)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=_FINISH_S)
    with listening:
        try:
            _Server(config, lambda: ready(f"http://{host}:{port}")).run(sockets=[listening])
        except KeyboardInterrupt:
            return  # uvicorn has shut down in order, then passes the signal on: to be stopped is no failure


def listen(address: Address) -> socket.socket:
    """A listening socket.

    Raises:
        PortTaken: another server has the address, or it is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # Named TCP, because asyncio sends small packets at once only on such sockets: it saves 40 ms an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        message = f"cannot listen on {address.host}:{address.port} ({error.strerror}): choose another --port"
        raise PortTaken(message) from error
    return listening


class _Server(uvicorn.Server):
    """Uvicorn that tells when it has started."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()
