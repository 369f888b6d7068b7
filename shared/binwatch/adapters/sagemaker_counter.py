"""Photos counted by a SageMaker endpoint, as many in one request as its limits allow."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
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
ASKING_S = 15  # no request begins later: the last one may take 24 s, and the function has 60 s for everything
_REFUSALS = frozenset({400, 413, 415, 422})  # the container's status codes that blame the request


class SageMakerCounter:
    """Counts photos at one endpoint."""

    def __init__(
        self,
        client: "SageMakerRuntimeClient",
        endpoint_name: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._endpoint_name = endpoint_name
        self._clock = clock

    def count_all(self, photos: Sequence[Photo]) -> Sequence[Count | BinwatchError]:
        """One count for each photo, in order, or the error that kept it from being counted.

        An endpoint in trouble is asked once, and a slow one no longer than the function can wait: the photos
        of the requests that were not made share an error, and what was counted is not lost.
        """
        answers: list[Count | BinwatchError] = []
        requests = deque(_pack(photos))
        until = self._clock() + ASKING_S
        trouble: Unavailable | None = None
        while requests:
            request = requests.popleft()
            if trouble is None and self._clock() > until:
                trouble = Unavailable(f"the endpoint took over {ASKING_S} s for a batch")
            try:
                answers += [trouble] * len(request) if trouble else self._invoke(request)
            except Unavailable as error:
                trouble = error
                answers += [error] * len(request)
            except _RequestRefused as refused:
                if len(request) == 1:
                    answers.append(
                        UnreadablePhoto("endpoint_refused", f"the endpoint answered {refused.status}")
                    )
                else:  # find out whom the endpoint means
                    requests.extendleft([photo] for photo in reversed(request))
        return answers

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
