"""Photos under an S3 prefix, read without a copy on disk.

boto3 is imported when a prefix is opened: folders and zips do without. It honours AWS_ENDPOINT_URL_S3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bincount.data.files import LARGEST, S3, FileUnreadable, SourceUnusable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AT_ONCE = 16  # requests under way: an object takes tens of milliseconds, most of them waiting
_TRIES = 6
_NOT_TO_BE_HAD = (400, 401, 403, 404)  # by this object; what else fails, fails for all


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects under a prefix, as a tree of files; names are whole keys."""

    client: "S3Client"
    bucket: str
    prefix: str

    @classmethod
    def open(cls, url: str, unsigned: bool = False) -> "Objects":
        """The tree of ``s3://bucket/prefix``; ``unsigned`` for public buckets, which need no account.

        Raises:
            SourceUnusable: the address names no bucket, or boto3 is not installed.
        """
        bucket, _, prefix = url.removeprefix(S3).partition("/")
        if not bucket:
            raise SourceUnusable(f"{url} names no bucket: s3://bucket/prefix")
        try:
            import boto3
            from botocore import UNSIGNED
            from botocore.config import Config
        except ModuleNotFoundError as error:
            raise SourceUnusable(f"reading {url} needs boto3: pip install boto3") from error
        config = Config(
            retries={"max_attempts": _TRIES, "mode": "standard"},
            max_pool_connections=AT_ONCE,
            signature_version=UNSIGNED if unsigned else None,
        )
        return cls(boto3.client("s3", config=config), bucket, prefix)

    def names(self) -> Iterator[str]:
        """Every key under the prefix.

        Raises:
            SourceUnusable: the bucket cannot be listed.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        try:
            for page in pages:
                yield from (entry["Key"] for entry in page.get("Contents", ()))
        except (BotoCoreError, ClientError) as error:
            remedy = "check the name and your credentials, or pass --no-sign-request for a public bucket"
            raise SourceUnusable(f"{S3}{self.bucket} cannot be listed ({error}): {remedy}") from error

    def has(self, name: str) -> bool:
        """Whether there is such a key."""
        return name in self.names()

    def read(self, name: str) -> bytes:
        """An object's bytes.

        Raises:
            FileUnreadable: it is gone, forbidden, or too large.
            SourceUnusable: the bucket does not answer, after several tries.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=name)
            with answer["Body"] as body:
                if answer["ContentLength"] > LARGEST:
                    raise FileUnreadable(f"{answer['ContentLength']:,} bytes: no photo is so large")
                return body.read()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in _NOT_TO_BE_HAD:
                raise FileUnreadable(str(error)) from error
            raise SourceUnusable(f"{self.path(name)} cannot be fetched: {error}") from error
        except BotoCoreError as error:
            raise SourceUnusable(f"{self.path(name)} cannot be fetched: {error}") from error

    def path(self, name: str) -> str:
        """The object's address."""
        return f"{S3}{self.bucket}/{name}"
