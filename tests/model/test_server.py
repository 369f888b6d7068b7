"""The endpoint's contract, over a counter that needs no weights."""

import httpx
import pytest
from PIL.PngImagePlugin import PngImageFile

from bincount.batching import Batching
from bincount.bodies import Limits
from bincount.server import build_app
from binwatch.prediction import Counted, Refused, parse
from tests.model.builders import (
    MODEL,
    BrokenPredictor,
    FakePredictor,
    a_bomb,
    a_photo,
    an_exif,
    ask,
    post,
    post_many,
)

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")

PATHS = ["/invocations", "/endpoints/any-name/invocations"]


def an_endpoint(predictor=None, **limits):
    return build_app(predictor or FakePredictor(), limits=Limits(**limits), batching=Batching(max_wait_s=0))


def predictions_of(response):
    assert 200 == response.status_code
    return parse(response.text)[1]


def test_a_loaded_counter_is_healthy():
    (response,) = ask(an_endpoint(), httpx.Request("GET", "http://endpoint/ping"))

    assert (200, "healthy") == (response.status_code, response.json()["status"])


@pytest.mark.parametrize("path", PATHS)
def test_one_photo_is_one_prediction_by_the_model_that_made_it(path):
    (response,) = ask(an_endpoint(), post(a_photo(count=2), path=path))

    model, (prediction,) = parse(response.text)
    assert MODEL == model
    assert (2, pytest.approx(0.7)) == (prediction.count, prediction.confidence)


@pytest.mark.parametrize("path", PATHS)
def test_many_photos_keep_their_order(path):
    counts = [3, 1, 0, 2, 2, 0]

    (response,) = ask(an_endpoint(), post_many(*map(a_photo, counts), path=path))

    assert counts == [each.count for each in predictions_of(response)]


def test_a_bad_photo_is_refused_in_its_place_and_its_neighbours_are_counted():
    photos = [a_photo(1), b"", a_photo(2), b"text", a_photo(3)[:-30], a_bomb(), a_photo(3)]

    (response,) = ask(an_endpoint(), post_many(*photos))

    said = [each.count if isinstance(each, Counted) else each.code for each in predictions_of(response)]
    assert [1, "empty", 2, "unsupported_format", "truncated", "too_many_pixels", 3] == said


def test_a_photo_with_odd_exif_fails_nobody():
    maker_is_a_number = an_exif((0x010F, 5, 1, 8), orientation=6)
    photos = [a_photo(1), a_photo(3, exif=maker_is_a_number), a_photo(2)]

    (response,) = ask(an_endpoint(), post_many(*photos))

    assert [1, 3, 2] == [each.count for each in predictions_of(response)]


def test_a_photo_that_breaks_its_decoder_fails_nobody_else(monkeypatch):
    def load(image):
        raise AttributeError("a decoder's own mistake")

    monkeypatch.setattr(PngImageFile, "load", load)
    photos = [a_photo(1), a_photo(3, format="PNG"), a_photo(2)]

    (response,) = ask(an_endpoint(), post_many(*photos))

    one, bad, two = predictions_of(response)
    assert (1, "corrupt", 2) == (one.count, bad.code, two.count)


def test_a_single_bad_photo_is_answered_like_one_among_many():
    (response,) = ask(an_endpoint(), post(b""))

    assert (Refused("empty", "the photo is empty (0 bytes)"),) == predictions_of(response)


def test_a_png_that_is_called_jpeg_is_counted():
    (response,) = ask(an_endpoint(), post(a_photo(3, format="PNG"), "image/jpeg"))

    assert 3 == predictions_of(response)[0].count


def test_photos_of_one_request_share_a_batch():
    predictor = FakePredictor()
    app = build_app(predictor, batching=Batching(max_batch=4, max_wait_s=60))

    ask(app, post_many(*[a_photo()] * 4))

    assert [4] == predictor.batches


def test_photos_of_different_requests_share_a_batch():
    predictor = FakePredictor()
    app = build_app(predictor, batching=Batching(max_batch=3, max_wait_s=60))

    answers = ask(app, *(post(a_photo(count)) for count in (0, 1, 2)))

    assert [3] == predictor.batches
    assert [0, 1, 2] == [predictions_of(answer)[0].count for answer in answers]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("request_to", "status", "code"),
    [
        (lambda path: post(bytes(2001), path=path), 413, "body_too_large"),
        (lambda path: post_many(*[b"x"] * 3, path=path), 413, "too_many_photos"),
        (lambda path: post(b"{}", "application/json", path=path), 415, "unsupported_media_type"),
        (lambda path: post(b"", "multipart/form-data; boundary=x", path=path), 422, "malformed_body"),
    ],
)
def test_a_request_over_the_limits_is_refused_with_its_reason(path, request_to, status, code):
    (response,) = ask(an_endpoint(body_bytes=2000, photos=2), request_to(path))

    assert (status, code) == (response.status_code, response.json()["error"]["code"])


def test_a_body_that_hides_its_length_is_stopped_at_the_limit():
    async def endless():
        while True:
            yield bytes(1000)

    request = httpx.Request(
        "POST", "http://endpoint/invocations", content=endless(), headers={"content-type": "image/jpeg"}
    )

    (response,) = ask(an_endpoint(body_bytes=5000), request)

    assert 413 == response.status_code


def test_a_failing_engine_is_a_server_error_without_its_details():
    (response,) = ask(an_endpoint(BrokenPredictor()), post(a_photo()))

    assert (500, "internal") == (response.status_code, response.json()["error"]["code"])
    assert "engine" not in response.text


def test_too_much_at_once_is_asked_to_come_back():
    app = build_app(FakePredictor(), batching=Batching(max_waiting=1, max_wait_s=0))

    (response,) = ask(app, post_many(*[a_photo()] * 30))

    assert (503, "overloaded") == (response.status_code, response.json()["error"]["code"])
