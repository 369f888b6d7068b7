"""Functions are started before the first photo comes."""

import io
import json
from collections import Counter

import boto3

from binwatch_local.warming import warm


class FakeLambda:
    """Two functions; counts who was called, and with what."""

    def __init__(self):
        self.called = Counter()
        self.payloads = set()

    def get_paginator(self, _):
        return self

    def paginate(self):
        return [{"Functions": [{"FunctionName": name}]} for name in ("count", "publish")]

    def invoke(self, FunctionName, Payload):  # noqa: N803 - boto3's names
        self.called[FunctionName] += 1
        self.payloads.add(Payload)
        return {"Payload": io.BytesIO(b"{}")}


def test_every_function_is_called_once_with_nothing_to_do(monkeypatch):
    fake = FakeLambda()
    monkeypatch.setattr(boto3, "client", lambda _: fake)

    warm()

    assert {"count": 1, "publish": 1} == fake.called
    (payload,) = fake.payloads
    assert [] == json.loads(payload)["Records"]
