"""Photos are counted many at a time; only a refused photo is permanent."""

import json
from email import message_from_bytes
from io import BytesIO

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError

from binwatch.adapters.sagemaker_counter import ASKING_S, MAX_PHOTOS, SageMakerCounter
from binwatch.errors import Unavailable, UnreadablePhoto
from binwatch.photos import MAX_PHOTO_BYTES
from binwatch.ports import Count, Photo
from binwatch.prediction import Counted, Model, Refused, to_json


class FakeRuntime:
    """An endpoint that counts a photo's bytes and refuses one that starts with "?"."""

    def __init__(self):
        self.requests = []

    def invoke_endpoint(self, *, EndpointName, Body, ContentType, Accept):  # noqa: N803 - boto3's names
        assert ("counter", "application/json") == (EndpointName, Accept)
        assert len(Body) <= MAX_PHOTO_BYTES
        bodies = self._photos(Body, ContentType)
        self.requests.append(len(bodies))
        return {"Body": BytesIO(self.answer(bodies).encode())}

    def _photos(self, body, content_type):
        if content_type.startswith("image/"):
            return [body]
        message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
        return [part.get_payload(decode=True) for part in message.get_payload()]

    def answer(self, bodies):
        return to_json(Model("m", "1"), [self._predict(body) for body in bodies])

    def _predict(self, body):
        if body.startswith(b"?"):
            return Refused("corrupt", "cannot be decoded")
        return Counted(tuple(float(each == len(body) % 7) for each in range(7)))


class FailingRuntime(FakeRuntime):
    """An endpoint that answers photos of certain first bytes with an error."""

    def __init__(self, error, to=b""):
        super().__init__()
        self.error, self.to = error, to

    def answer(self, bodies):
        if any(body.startswith(self.to) for body in bodies):
            raise self.error
        return super().answer(bodies)


def model_error(status):
    response = {"Error": {"Code": "ModelError", "Message": "…"}, "OriginalStatusCode": status}
    return ClientError(response, "InvokeEndpoint")


def photos(*bodies):
    return [Photo("image/jpeg", body) for body in bodies]


def counts(answers):
    return [answer.counted.count for answer in answers]


def test_photos_are_counted_in_one_request_and_in_order():
    runtime = FakeRuntime()

    answers = SageMakerCounter(runtime, "counter").count_all(photos(b"1", b"22", b"333"))

    assert [1, 2, 3] == counts(answers)
    assert [3] == runtime.requests


def test_no_photos_are_no_request():
    runtime = FakeRuntime()

    assert [] == SageMakerCounter(runtime, "counter").count_all([])
    assert [] == runtime.requests


def test_a_request_holds_as_many_photos_as_the_endpoint_takes():
    runtime = FakeRuntime()

    SageMakerCounter(runtime, "counter").count_all(photos(*[b"1"] * (MAX_PHOTOS + 1)))

    assert [MAX_PHOTOS, 1] == runtime.requests


def test_a_request_never_exceeds_the_bytes_that_the_endpoint_takes():
    runtime = FakeRuntime()
    sizes = [MAX_PHOTO_BYTES, 3_000_000, 3_000_000, 3_000_000, MAX_PHOTO_BYTES]

    answers = SageMakerCounter(runtime, "counter").count_all(photos(*(bytes(size) for size in sizes)))

    assert [size % 7 for size in sizes] == counts(answers)
    assert [1, 2, 1, 1] == runtime.requests


def test_a_refused_photo_is_permanent_and_its_neighbours_are_counted():
    bad, good = SageMakerCounter(FakeRuntime(), "counter").count_all(photos(b"?", b"22"))

    assert isinstance(bad, UnreadablePhoto)
    assert "corrupt" == bad.code
    assert 2 == good.counted.count


def test_a_photo_whose_answer_is_no_distribution_is_permanent_and_its_neighbours_are_counted():
    class NotANumber(FakeRuntime):
        def _predict(self, body):
            return Counted((float("nan"), 1.0)) if body == b"!" else super()._predict(body)

    first, bad, last = SageMakerCounter(NotANumber(), "counter").count_all(photos(b"1", b"!", b"22"))

    assert [1, 2] == counts([first, last])
    assert (UnreadablePhoto, "not_a_distribution") == (type(bad), bad.code)


def test_when_the_endpoint_blames_a_request_each_photo_is_asked_about_alone():
    runtime = FailingRuntime(model_error(422), to=b"!")

    bad, good = SageMakerCounter(runtime, "counter").count_all(photos(b"!", b"22"))

    assert isinstance(bad, UnreadablePhoto)
    assert 2 == good.counted.count


@pytest.mark.parametrize(
    "error",
    [
        *map(model_error, (401, 403, 404, 405, 408, 424, 429, 499, 500, 503)),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "…"}}, "InvokeEndpoint"),
        ClientError({"Error": {"Code": "ModelNotReadyException", "Message": "…"}}, "InvokeEndpoint"),
        ClientError({"Error": {"Code": "ValidationError", "Message": "no such endpoint"}}, "InvokeEndpoint"),
        ConnectTimeoutError(endpoint_url="http://127.0.0.1"),
    ],
    ids=str,
)
def test_an_endpoint_in_trouble_is_transient_for_every_photo(error):
    answers = SageMakerCounter(FailingRuntime(error), "counter").count_all(photos(b"1", b"22"))

    assert [Unavailable, Unavailable] == [type(answer) for answer in answers]


def test_a_photo_that_is_asked_about_alone_is_not_asked_about_for_ever():
    class RefusesThenHangs(FakeRuntime):
        def answer(self, bodies):
            raise (
                model_error(422) if len(bodies) > 1 else ConnectTimeoutError(endpoint_url="http://127.0.0.1")
            )

    runtime = RefusesThenHangs()

    answers = SageMakerCounter(runtime, "counter").count_all(photos(*[b"1"] * 5))

    assert [Unavailable] * 5 == [type(answer) for answer in answers]
    assert [5, 1] == runtime.requests


def test_no_request_begins_that_the_function_could_not_wait_for():
    runtime = FakeRuntime()
    now = iter((0, 1, ASKING_S + 1, ASKING_S + 2))
    counter = SageMakerCounter(runtime, "counter", clock=lambda: next(now))

    answers = counter.count_all(photos(*[bytes(MAX_PHOTO_BYTES)] * 3))

    assert [Count, Unavailable, Unavailable] == [type(answer) for answer in answers]
    assert [1] == runtime.requests


def test_an_endpoint_in_trouble_is_asked_once():
    runtime = FailingRuntime(model_error(503))

    answers = SageMakerCounter(runtime, "counter").count_all(photos(*[b"1"] * (MAX_PHOTOS + 1)))

    assert [Unavailable] * (MAX_PHOTOS + 1) == [type(answer) for answer in answers]
    assert [MAX_PHOTOS] == runtime.requests


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        to_json(Model("m", "1"), []),
        json.dumps({"model": {"name": "m", "version": "1"}, "predictions": [{}]}),
    ],
)
def test_an_endpoint_that_breaks_its_contract_is_transient(text):
    class Broken(FakeRuntime):
        def answer(self, bodies):
            return text

    (answer,) = SageMakerCounter(Broken(), "counter").count_all(photos(b"1"))

    assert isinstance(answer, Unavailable)


def test_the_real_client_out_of_reach_is_transient():
    once = Config(retries={"total_max_attempts": 1})
    client = boto3.client("sagemaker-runtime", endpoint_url="http://127.0.0.1:1", config=once)

    (answer,) = SageMakerCounter(client, "counter").count_all(photos(b"1"))

    assert isinstance(answer, Unavailable)
