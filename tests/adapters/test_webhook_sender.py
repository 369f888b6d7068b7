"""A webhook reaches a receiver over TLS, signed; what goes wrong is told apart."""

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from binwatch.adapters.webhook_sender import WebhookSender
from binwatch.errors import Unavailable, WebhookRefused
from binwatch.webhooks import verify

SECRET = b"a secret of some length"
NOW = 1_795_176_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it gets and answers as it is told."""

    def do_POST(self):
        self.server.received.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answers)
        self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Not to the terminal."""


@contextmanager
def receiver(certificate, answers=200):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.received, server.answers = [], answers
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


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
