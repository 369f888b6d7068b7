"""Photos counted by a SageMaker endpoint, as many in one request as its limits allow."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.filepost import encode_multipart_formdata

from binwatch.errors import BinwatchError, Unavailable, UnreadablePhoto
from binwatch.photos import MAX_PHOTO_BYTES
from binwatch.ports import Count, Photo
from binwatch.prediction import MalformedPrediction, Model, Prediction, Refused, parse

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

MAX_PHOTOS = 64  # the endpoint's own limit
PART_OVERHEAD = 256  # bytes of multipart framing a photo, rounded up
_REFUSALS = range(400, 500)  # the container's status codes that blame the request


class SageMakerCounter:
    """Counts photos at one endpoint."""

    def __init__(self, client: "SageMakerRuntimeClient", endpoint_name: str) -> None:
        self._client = client
        self._endpoint_name = endpoint_name

    def count_all(self, photos: Sequence[Photo]) -> Sequence[Count | BinwatchError]:
        """One count for each photo, in order, or the error that kept it from being counted.

        An endpoint in trouble is asked once: the photos of further requests share the first one's error.
        """
        answers: list[Count | BinwatchError] = []
        for request in _pack(photos):
            trouble = next((each for each in answers if isinstance(each, Unavailable)), None)
            answers += [trouble] * len(request) if trouble else self._count(request)
        return answers

    def _count(self, photos: Sequence[Photo]) -> Sequence[Count | BinwatchError]:
        try:
            return self._invoke(photos)
        except _RequestRefused as refused:
            if len(photos) > 1:  # find out whom the endpoint means
                return [answer for photo in photos for answer in self._count([photo])]
            return [UnreadablePhoto("endpoint_refused", f"the endpoint answered {refused.status}")]
        except Unavailable as error:
            return [error] * len(photos)

    def _invoke(self, photos: Sequence[Photo]) -> Sequence[Count | BinwatchError]:
        body, content_type = _request(photos)
        try:
            answer = self._client.invoke_endpoint(
                EndpointName=self._endpoint_name,
                Body=body,
                ContentType=content_type,
                Accept="application/json",
            )
            model, predictions = parse(answer["Body"].read())
        except ClientError as error:
            status = error.response.get("OriginalStatusCode")
            if isinstance(status, int) and status in _REFUSALS:
                raise _RequestRefused(status) from error
            raise Unavailable(f"the endpoint answered {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Unavailable(f"the endpoint is out of reach: {type(error).__name__}") from error
        except MalformedPrediction as error:
            raise Unavailable(f"the endpoint does not keep its contract: {error}") from error
        if len(predictions) != len(photos):
            raise Unavailable(
                f"the endpoint answered {len(predictions)} predictions for {len(photos)} photos"
            )
        return [_count_of(prediction, model) for prediction in predictions]


class _RequestRefused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


def _pack(photos: Sequence[Photo]) -> Iterator[Sequence[Photo]]:
    """Groups of neighbouring photos that fit into one request each."""
    group: list[Photo] = []
    size = 0
    for photo in photos:
        weight = len(photo.body) + PART_OVERHEAD
        if group and (size + weight > MAX_PHOTO_BYTES or len(group) == MAX_PHOTOS):
            yield group
            group, size = [], 0
        group.append(photo)
        size += weight
    if group:
        yield group


def _request(photos: Sequence[Photo]) -> tuple[bytes, str]:
    """The body and content type: one photo travels as it is, several as multipart/form-data."""
    if len(photos) == 1:
        return photos[0].body, photos[0].media_type
    parts = [("photos", (str(index), photo.body, photo.media_type)) for index, photo in enumerate(photos)]
    return encode_multipart_formdata(parts)


def _count_of(prediction: Prediction, model: Model) -> Count | BinwatchError:
    if isinstance(prediction, Refused):
        return UnreadablePhoto(prediction.code, prediction.message)
    return Count(prediction, model)
