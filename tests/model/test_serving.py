"""The socket that the server listens on."""

import socket

import pytest

from bincount.serving import Address, PortTaken, listen


def test_port_zero_is_any_free_one():
    with listen(Address("127.0.0.1", 0)) as listening:
        assert listening.getsockname()[1] > 0


def test_small_answers_leave_at_once_because_the_socket_is_named_tcp():
    with listen(Address("127.0.0.1", 0)) as listening:
        assert socket.IPPROTO_TCP == listening.proto


def test_a_taken_port_is_named():
    with listen(Address("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            listen(Address("127.0.0.1", port))
