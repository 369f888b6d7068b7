"""SageMaker's classic hooks answer what the endpoint answers."""

from bincount.bodies import MULTIPART
from bincount.hooks import input_fn, output_fn, predict_fn
from binwatch.prediction import Refused, parse
from tests.model.builders import MODEL, FakePredictor, a_photo, post_many


def test_the_hooks_in_a_row_are_the_endpoint():
    request = post_many(a_photo(1), b"no photo", a_photo(3))
    kind = request.headers["content-type"]

    text, answer_kind = output_fn(predict_fn(input_fn(request.read(), kind), FakePredictor()))

    model, (first, second, third) = parse(text)
    assert (MODEL, 1, 3) == (model, first.count, third.count)
    assert isinstance(second, Refused)
    assert "application/json" == answer_kind
    assert kind.startswith(MULTIPART)


def test_a_request_of_bad_photos_only_never_reaches_the_predictor():
    predictor = FakePredictor()

    predict_fn((b"", b"text"), predictor)

    assert [] == predictor.batches
