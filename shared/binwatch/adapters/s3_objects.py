"""Uploads in S3, read by the version that was announced, many at a time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from binwatch.errors import BinwatchError, Permanent, Unavailable
from binwatch.events import ObjectCreated
from binwatch.ports import Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef

THREADS = 10  # a batch of the queue holds as many messages
_GONE = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "404", "MethodNotAllowed"}


class S3Objects:
    """Reads uploads from S3."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    def read_all(self, uploads: Sequence[ObjectCreated]) -> Sequence[Object | BinwatchError]:
        """One object for each upload, in order, or the error that kept it from being read."""
        if not uploads:
            return []
        with ThreadPoolExecutor(max_workers=min(THREADS, len(uploads))) as threads:
            return list(threads.map(self._read, uploads))

    def _read(self, upload: ObjectCreated) -> Object | BinwatchError:
        wanted: GetObjectRequestTypeDef = {"Bucket": upload.bucket, "Key": upload.key}
        if upload.version_id:
            wanted["VersionId"] = upload.version_id
        try:
            answer = self._client.get_object(**wanted)
            return Object(answer["Body"].read(), answer["Metadata"])
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                return Permanent("object_gone", "the object was deleted before it was read")
            return Unavailable(f"S3 answered {code}")
        except BotoCoreError as error:
            return Unavailable(f"S3 is out of reach: {type(error).__name__}")
