"""A webhook reaches a receiver over TLS, signed; what goes wrong is told apart."""

import pytest
import urllib3

from binwatch.adapters.webhook_sender import WebhookSender
from binwatch.errors import Unavailable, WebhookRefused
from binwatch.webhooks import verify
from tests.https_receiver import a_certificate, receiver

SECRET = b"a secret of some length"
NOW = 1_795_176_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return a_certificate(tmp_path_factory.mktemp("tls"))


def sender(server, certificate):
    pool = urllib3.PoolManager(ca_certs=str(certificate))
    return WebhookSender(f"https://127.0.0.1:{server.server_port}/hook", [SECRET], pool)


def test_a_message_arrives_signed_and_named(certificate):
    with receiver(certificate) as server:
        sender(server, certificate).send('{"bin": "A-07 😀"}', "0123/2", NOW)

    ((headers, body),) = server.received
    assert '{"bin": "A-07 😀"}' == body.decode()
    assert ("0123/2", "application/json; charset=utf-8") == (
        headers["X-Binwatch-Delivery"],
        headers["Content-Type"],
    )
    verify([SECRET], body, headers["X-Binwatch-Signature"], NOW)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_receiver_in_trouble_is_transient(certificate, status):
    with receiver(certificate, status) as server, pytest.raises(Unavailable, match=str(status)):
        sender(server, certificate).send("{}", "0123/2", NOW)

    assert 1 == len(server.received)


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 410])
def test_a_receiver_that_refuses_or_sends_elsewhere_is_permanent(certificate, status):
    with receiver(certificate, status) as server, pytest.raises(WebhookRefused, match=str(status)):
        sender(server, certificate).send("{}", "0123/2", NOW)

    assert 1 == len(server.received)


def test_a_receiver_that_does_not_listen_is_transient(certificate):
    with receiver(certificate) as server:
        gone = sender(server, certificate)

    with pytest.raises(Unavailable, match="out of reach"):
        gone.send("{}", "0123/2", NOW)


def test_a_certificate_that_nobody_vouches_for_gets_no_message(certificate):
    with receiver(certificate) as server:
        stranger = WebhookSender(f"https://127.0.0.1:{server.server_port}/hook", [SECRET])
        with pytest.raises(Unavailable, match="SSLError"):
            stranger.send("{}", "0123/2", NOW)

    assert [] == server.received


@pytest.mark.parametrize(
    "url",
    [
        "http://ops.example/hook",
        "https://anna:pw@ops.example/hook",
        "ftp://ops.example",
        "ops.example",
        "",
        "https://[",
    ],
)
def test_an_address_that_is_not_https_is_refused_and_not_repeated(url):
    with pytest.raises(WebhookRefused) as refused:
        WebhookSender(url, [SECRET])

    assert "pw" not in str(refused.value)
