"""Puts the parts together for Lambda, at first use: importing a function needs no environment, no client."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import SSMProvider
from botocore.config import Config

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.adapters.dynamodb_noticeboard import DynamoNoticeboard, DynamoTimers
from binwatch.adapters.s3_objects import THREADS, S3Objects
from binwatch.adapters.sagemaker_counter import SageMakerCounter
from binwatch.adapters.sns_alerts import SnsAlerts
from binwatch.adapters.sqs_retries import SqsRetries
from binwatch.adapters.ssm_policies import Fault, SsmPolicies
from binwatch.adapters.ssm_webhook import SsmWebhook
from binwatch.adapters.stored_values import Tell, nobody
from binwatch.desk import Desk
from binwatch.errors import RowUnreadable
from binwatch.examiner import Examiner
from binwatch.inbox import Inbox
from binwatch.keys import BinId, iso
from binwatch.monitor import Monitor
from binwatch.policy_book import PolicyBook, Rules
from binwatch.ports import Alerts
from binwatch.settings import CountSettings, PublishSettings, SweepSettings, WebhookSettings
from binwatch.sweep import Sweep
from binwatch.watchkeeper import Watchkeeper

# Two tries of 12 s, and no request begun after 15 s, leave room in the function's 60 s for everything else.
_ENDPOINT = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
_SERVICE = Config(
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=THREADS,
    retries={"mode": "standard", "total_max_attempts": 2},
)
# One short try: without SSM the last good book holds, and photos wait meanwhile.
_PARAMETERS = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})


@cache
def count_settings() -> CountSettings:
    """The settings of count_bins."""
    return CountSettings.from_env(os.environ)


@cache
def inbox() -> Inbox:
    """The main job, wired to AWS."""
    settings = count_settings()
    ledger = DynamoLedger(settings.table_name, _log_row)
    counter = SageMakerCounter(boto3.client("sagemaker-runtime", config=_ENDPOINT), settings.endpoint_name)
    examiner = Examiner(S3Objects(boto3.client("s3", config=_SERVICE)), counter)
    rules = rules_for(settings.policies, settings.policies_parameter, _log_policies)
    monitor = Monitor(examiner, ledger, watchkeeper(settings.table_name, rules, _log_row), rules, now)
    return Inbox(monitor, ledger)


def rules_for(
    book: PolicyBook, parameter: str | None, tell: Callable[[Fault | None], None]
) -> Callable[[BinId], Rules]:
    """The rules of bins: of the SSM parameter if one is named, else, and until it was read, of the book.

    Args:
        book: what holds without the parameter.
        parameter: its name.
        tell: hears of a parameter that cannot be read, and of its end as None.
    """
    if parameter is None:
        return book.rules_for
    return SsmPolicies(SSMProvider(boto_config=_PARAMETERS), parameter, book, tell).rules_for


def _log_policies(fault: Fault | None) -> None:
    logger = Logger()  # that of the function
    if fault is None:
        logger.info("policies read again")
    else:
        logger.error("policies kept", reason=str(fault))


def now() -> str:
    """The present, as rows keep it."""
    return iso(datetime.now(UTC))


def _log_row(fault: RowUnreadable) -> None:
    Logger().error("row unreadable", reason=str(fault))


def watchkeeper(table_name: str, rules_for: Callable[[BinId], Rules], tell: Tell = nobody) -> Watchkeeper:
    """The watches over aisles and cameras, in a table; `tell` hears of rows that cannot be read."""
    return Watchkeeper(DynamoNoticeboard(table_name, tell), DynamoTimers(table_name, tell), rules_for, now)


def desk(table_name: str, rules_for: Callable[[BinId], Rules], tell: Tell = nobody) -> Desk:
    """Where alerts are answered and silences set, on a table; `tell` hears of rows that cannot be read."""
    noticeboard, timers = DynamoNoticeboard(table_name, tell), DynamoTimers(table_name, tell)
    return Desk(DynamoLedger(table_name, tell), noticeboard, timers, rules_for, now)


@cache
def sweep() -> Sweep:
    """What wakes alerts and incidents, wired to AWS."""
    settings = SweepSettings.from_env(os.environ)
    rules = rules_for(PolicyBook(), settings.policies_parameter, _log_policies)  # of aisles and patience
    table_name = settings.table_name
    return Sweep(desk(table_name, rules, _log_row), watchkeeper(table_name, rules, _log_row))


@cache
def retries() -> SqsRetries:
    """The pauses of the uploads queue."""
    return SqsRetries(boto3.client("sqs", config=_SERVICE), count_settings().queue_url)


@cache
def webhook() -> SsmWebhook:
    """The stack's one webhook."""
    settings = WebhookSettings.from_env(os.environ)
    return SsmWebhook(SSMProvider(boto_config=_PARAMETERS), settings.parameter)


@cache
def alerts() -> Alerts:
    """The alerts topic."""
    settings = PublishSettings.from_env(os.environ)
    return SnsAlerts(boto3.client("sns", config=_SERVICE), settings.topic_arn, settings.link)
