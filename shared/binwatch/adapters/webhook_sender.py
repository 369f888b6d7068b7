"""Webhooks over HTTPS: a signed POST to a receiver that somebody configured."""

from collections.abc import Sequence

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from binwatch.errors import Unavailable, WebhookRefused
from binwatch.webhooks import DELIVERY_HEADER, SIGNATURE_HEADER, sign

TIMEOUT = urllib3.Timeout(connect=3, read=7)  # seconds; a receiver that works on it should answer 202 first
MOST_READ = 1_024  # bytes of an answer that nobody needs
MAY_PASS = (408, 425, 429)  # of the 4xx: too slow, too early, too many


class WebhookSender:
    """Posts messages to one receiver.

    Args:
        url: of the receiver, https.
        secrets: to sign with; two while one is being replaced.
        pool: of connections, which also says whose certificates are believed.

    Raises:
        WebhookRefused: the address is none that messages may go to.
    """

    def __init__(self, url: str, secrets: Sequence[bytes], pool: urllib3.PoolManager | None = None) -> None:
        self._host = _checked(url).host
        self._url = url
        self._secrets = secrets
        self._pool = pool or urllib3.PoolManager(cert_reqs="CERT_REQUIRED")

    def send(self, body: str, delivery: str, at: int) -> None:
        """Post one message.

        Args:
            body: JSON text.
            delivery: the message's id and revision, by which the receiver tells duplicates apart.
            at: now, in seconds since 1970.

        Raises:
            Unavailable: the receiver is out of reach or overloaded; the message may be sent again.
            WebhookRefused: the receiver will not have it, now or later. Redirects are refused, too: they
                could lead anywhere.
        """
        content = body.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "binwatch",
            SIGNATURE_HEADER: sign(self._secrets, content, at),
            DELIVERY_HEADER: delivery,
        }
        try:
            answer = self._pool.request(
                "POST",
                self._url,
                body=content,
                headers=headers,
                timeout=TIMEOUT,
                retries=False,  # the stream repeats, with the alarms and the dead letters that belong to it
                redirect=False,
                preload_content=False,
            )
            answer.read(MOST_READ)
            answer.close()
        except HTTPError as error:
            raise Unavailable(f"webhook {self._host} is out of reach: {type(error).__name__}") from error
        _judge(answer.status, str(self._host))


def _checked(url: str) -> Url:
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise WebhookRefused("webhook_url_malformed", "the webhook's address is no URL") from error
    if parsed.scheme != "https" or not parsed.host or parsed.auth:
        # The address itself may hold a token: it is not repeated.
        raise WebhookRefused(
            "webhook_url_refused",
            f"webhook {parsed.host} needs an https:// address without user and password",
        )
    return parsed


def _judge(status: int, host: str) -> None:
    if 200 <= status < 300:
        return
    if status >= 500 or status in MAY_PASS:
        raise Unavailable(f"webhook {host} answered {status}")
    raise WebhookRefused("webhook_refused", f"webhook {host} answered {status}; check its address and secret")
