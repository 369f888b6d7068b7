"""Signed webhooks: that a message is ours and fresh, by HMAC-SHA256 over its time and its body.

    X-Binwatch-Signature: t=1795176000,v1=<hex of HMAC-SHA256(secret, "1795176000." + body)>
    X-Binwatch-Delivery:  <alert id>/<revision>

A receiver calls `verify` with the body as it came, before parsing it, and remembers deliveries: we send at
least once. While a secret is being replaced, messages carry a signature by each, and either is enough.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from binwatch.errors import WebhookRefused

SIGNATURE_HEADER = "X-Binwatch-Signature"
DELIVERY_HEADER = "X-Binwatch-Delivery"
TOLERANCE_S = 300  # how far a receiver's clock and ours may differ; older messages may be replays
LEAST_SECRET = 16  # bytes

_HEADER = re.compile(r"t=(?P<at>[0-9]{1,12})(?P<signatures>(?:,v1=[0-9a-f]{64}){1,5})")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where webhooks go, and what signs them; two secrets while one is being replaced."""

    url: str
    secrets: tuple[bytes, ...]

    @classmethod
    def parse(cls, text: str) -> "Receiver":
        """Read `{"url": "https://…", "secrets": ["…"]}`.

        Raises:
            WebhookRefused: it is no such JSON. The message repeats nothing of it, since it holds secrets.
        """
        try:
            values = json.loads(text)
            url, given = values["url"], values["secrets"]
            secrets = [each.encode() for each in given] if isinstance(given, list) else []
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            url, secrets = None, []
        if not (isinstance(url, str) and secrets):
            raise WebhookRefused(
                "webhook_config_malformed",
                'the webhook\'s parameter is not {"url": "https://…", "secrets": ["…"]}, in Unicode',
            )
        return cls(url, tuple(secrets))


def sign(secrets: Sequence[bytes], body: bytes, at: int) -> str:
    """The signature header of a body sent at a moment (seconds since 1970), one signature a secret.

    Raises:
        WebhookRefused: there is no secret, or one too short to keep anything.
    """
    if not secrets or min(map(len, secrets)) < LEAST_SECRET:
        raise WebhookRefused("secret_too_short", f"a webhook's secret needs at least {LEAST_SECRET} bytes")
    return ",".join((f"t={at}", *(f"v1={_digest(each, body, at)}" for each in secrets)))


def verify(secrets: Sequence[bytes], body: bytes, header: str, now: int) -> None:
    """Return if one of the secrets signed this body, not longer ago than the tolerance.

    Args:
        secrets: ours; while one is replaced, the old and the new.
        body: as it was received, to the byte.
        header: of the signature.
        now: seconds since 1970, by the receiver's clock.

    Raises:
        WebhookRefused: it must not be believed; its code says why.
    """
    found = _HEADER.fullmatch(header)
    if found is None:
        raise WebhookRefused("signature_malformed", f"{SIGNATURE_HEADER} is not t=<seconds>,v1=<hex>")
    at = int(found["at"])
    given = [each.removeprefix("v1=") for each in found["signatures"].strip(",").split(",")]
    right = [_digest(each, body, at) for each in secrets]
    # Each with each, without stopping early: how long it takes tells nobody how near a guess was.
    if not sum(hmac.compare_digest(one, other) for one in given for other in right):
        raise WebhookRefused("signature_wrong", "no secret of ours signed this body at that time")
    if abs(now - at) > TOLERANCE_S:
        raise WebhookRefused(
            "signature_stale", f"it was signed {now - at} seconds ago, not within {TOLERANCE_S}"
        )


def _digest(secret: bytes, body: bytes, at: int) -> str:
    return hmac.new(secret, b"%d." % at + body, hashlib.sha256).hexdigest()
