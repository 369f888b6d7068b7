"""Puts the parts together for Lambda, at first use: importing a function needs no environment, no client."""

import os
from datetime import UTC, datetime
from functools import cache

import boto3
from botocore.config import Config

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.adapters.s3_objects import THREADS, S3Objects
from binwatch.adapters.sagemaker_counter import SageMakerCounter
from binwatch.adapters.sns_alerts import SnsAlerts
from binwatch.adapters.sqs_retries import SqsRetries
from binwatch.examiner import Examiner
from binwatch.inbox import Inbox
from binwatch.keys import iso
from binwatch.monitor import Monitor
from binwatch.ports import Alerts
from binwatch.settings import CountSettings, PublishSettings

# Two tries of 12 s, and no request begun after 15 s, leave room in the function's 60 s for everything else.
_ENDPOINT = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
_SERVICE = Config(
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=THREADS,
    retries={"mode": "standard", "total_max_attempts": 2},
)


@cache
def count_settings() -> CountSettings:
    """The settings of count_bins."""
    return CountSettings.from_env(os.environ)


@cache
def inbox() -> Inbox:
    """The main job, wired to AWS."""
    settings = count_settings()
    ledger = DynamoLedger(settings.table_name)
    counter = SageMakerCounter(boto3.client("sagemaker-runtime", config=_ENDPOINT), settings.endpoint_name)
    examiner = Examiner(S3Objects(boto3.client("s3", config=_SERVICE)), counter)
    rules_for = settings.policies.rules_for
    return Inbox(Monitor(examiner, ledger, rules_for, now=lambda: iso(datetime.now(UTC))), ledger)


@cache
def retries() -> SqsRetries:
    """The pauses of the uploads queue."""
    return SqsRetries(boto3.client("sqs", config=_SERVICE), count_settings().queue_url)


@cache
def alerts() -> Alerts:
    """The alerts topic."""
    settings = PublishSettings.from_env(os.environ)
    return SnsAlerts(boto3.client("sns", config=_SERVICE), settings.topic_arn)
