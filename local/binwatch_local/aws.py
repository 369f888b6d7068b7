"""What we ask of the running stack beyond its own adapters: uploads, queue depths, functions' settings."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from binwatch.links import LinkTemplate
from binwatch.settings import link_of
from binwatch_local import deployed
from binwatch_local.deploy import STACK_NAME

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def _s3() -> "S3Client":
    return boto3.client("s3", config=Config(max_pool_connections=32, retries={"mode": "standard"}))


@dataclass(frozen=True, slots=True)
class UploadsBucket:
    """The bucket that robots upload to."""

    name: str
    client: "S3Client" = field(default_factory=_s3)

    def put(self, key: str, body: bytes) -> str | None:
        """Store an object; its version."""
        media_type = "application/json" if key.endswith(".json") else "image/jpeg"
        stored = self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType=media_type)
        return stored.get("VersionId")


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a queue holds, and in which state."""

    waiting: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.in_flight + self.delayed


def depth(queue: str) -> Depth:
    """How many messages a queue holds."""
    found = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return Depth(
        waiting=int(found["ApproximateNumberOfMessages"]),
        in_flight=int(found["ApproximateNumberOfMessagesNotVisible"]),
        delayed=int(found["ApproximateNumberOfMessagesDelayed"]),
    )


def function_settings() -> dict[str, dict[str, str]]:
    """The environment variables of every function of the stack, by logical id."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources")
    found = pages.paginate(StackName=deployed.name() or STACK_NAME)
    resources = [each for page in found for each in page["StackResourceSummaries"]]
    functions: Any = boto3.client("lambda")
    return {
        each["LogicalResourceId"]: functions.get_function_configuration(
            FunctionName=each["PhysicalResourceId"]
        )
        .get("Environment", {})
        .get("Variables", {})
        for each in resources
        if each["ResourceType"] == "AWS::Lambda::Function"
    }


def link() -> LinkTemplate | None:
    """Where alerts of the stack lead to."""
    region = boto3.session.Session().region_name  # Lambda sets it itself, where no settings show it
    return link_of({"AWS_REGION": region or "", **function_settings()["PublishAlertsFunction"]})
