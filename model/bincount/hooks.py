"""SageMaker's classic hooks over the same counter: for toolkits that call functions instead of a server."""

from pathlib import Path

from bincount.bodies import Limits, photos_in
from bincount.predictor import Predictor, count_photos, load_predictor
from binwatch.prediction import Model, Prediction, to_json

type Predicted = tuple[Model, list[Prediction]]
JSON = "application/json"


def model_fn(model_dir: str) -> Predictor:
    """Load the counter of an unpacked ``model.tar.gz``."""
    return load_predictor(Path(model_dir))


def input_fn(request_body: bytes, request_content_type: str) -> tuple[bytes, ...]:
    """The photos of a request, not yet decoded."""
    return photos_in(request_body, request_content_type, Limits())


def predict_fn(input_data: tuple[bytes, ...], model: Predictor) -> Predicted:
    """Count them; a bad photo is refused in its place."""
    return model.model, count_photos(model, input_data)


def output_fn(prediction: Predicted, accept: str = JSON) -> tuple[str, str]:
    """The endpoint's answer and its content type."""
    return to_json(*prediction), JSON
