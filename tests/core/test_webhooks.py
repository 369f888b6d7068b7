"""A webhook's receiver believes what is ours, unaltered and fresh, and nothing else."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.errors import WebhookRefused
from binwatch.webhooks import TOLERANCE_S, Receiver, sign, verify

SECRET = b"a secret of some length"
OTHER = b"another secret, as long"
NOW = 1_795_176_000


def refusal(secrets=(SECRET,), body=b"body", header=None, now=NOW):
    with pytest.raises(WebhookRefused) as refused:
        verify(secrets, body, sign([SECRET], b"body", NOW) if header is None else header, now)
    return refused.value.code


@given(st.binary(), st.integers(0, 10**11), st.integers(-TOLERANCE_S, TOLERANCE_S))
def test_what_was_signed_is_believed(body, at, skew):
    verify([SECRET], body, sign([SECRET], body, at), at + skew)


def test_the_signature_is_that_of_time_and_body():
    expected = hmac.new(SECRET, b"1795176000.{}", hashlib.sha256).hexdigest()

    assert f"t=1795176000,v1={expected}" == sign([SECRET], b"{}", NOW)


def test_while_secrets_are_replaced_either_is_enough():
    both = sign([SECRET, OTHER], b"body", NOW)

    verify([SECRET], b"body", both, NOW)
    verify([OTHER], b"body", both, NOW)
    verify([OTHER, SECRET], b"body", sign([SECRET], b"body", NOW), NOW)


def test_what_was_altered_or_signed_by_others_is_refused():
    assert "signature_wrong" == refusal(body=b"Body")
    assert "signature_wrong" == refusal(secrets=[OTHER])
    assert "signature_wrong" == refusal(secrets=[])
    moved = sign([SECRET], b"body", NOW).replace(f"t={NOW}", f"t={NOW + 1}")
    assert "signature_wrong" == refusal(header=moved)


@pytest.mark.parametrize("skew", [TOLERANCE_S + 1, -TOLERANCE_S - 1])
def test_what_is_sent_again_later_is_refused(skew):
    assert "signature_stale" == refusal(now=NOW + skew)


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "v1=00", "t=-1,v1=" + "0" * 64, "t=1,v1=" + "g" * 64, "t=1,v1=" + "0" * 64 + "\n"],
    ids=repr,
)
def test_what_is_no_signature_is_refused(header):
    assert "signature_malformed" == refusal(header=header)


@pytest.mark.parametrize("secrets", [[], [b""], [SECRET, b"short"]], ids=str)
def test_nothing_is_signed_without_a_secret_worth_the_name(secrets):
    with pytest.raises(WebhookRefused):
        sign(secrets, b"body", NOW)


def test_a_receiver_is_read_with_all_its_secrets():
    text = '{"url": "https://wms.example", "secrets": ["the new secret", "the old secret"]}'

    assert Receiver("https://wms.example", (b"the new secret", b"the old secret")) == Receiver.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "{hush",
        '["hush"]',
        '{"url": 7, "secrets": ["hush"]}',
        '{"url": "hush", "secrets": []}',
        '{"url": "hush", "secrets": "hush"}',
        '{"url": "x", "secrets": ["hush", 7]}',
        '{"url": "x", "secrets": ["hush \\ud800"]}',
    ],
)
def test_what_names_no_receiver_is_refused_without_telling_its_secrets(text):
    with pytest.raises(WebhookRefused, match="webhook_config_malformed") as refused:
        Receiver.parse(text)

    assert "hush" not in str(refused.value)
