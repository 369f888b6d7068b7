"""Uploads in, looks stored: counts the photos that S3 announces and compares them with what records expect.

Takes batches of the uploads queue; a bare S3 event (a direct notification, `sam local invoke`) counts as one
message.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from binwatch.bootstrap import inbox, retries
from binwatch.errors import Transient, Unavailable
from binwatch.inbox import Handled, Message
from binwatch.keys import iso
from binwatch.monitor import Outcome

logger = Logger()
metrics = Metrics(namespace="binwatch")
tracer = Tracer()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch and name the messages that the queue must deliver again."""
    records = event.get("Records") or []
    if not (records and records[0].get("eventSource") == "aws:sqs"):
        return _handle_bare(event, context)
    messages = [_message(record) for record in records]
    handled = _handle(messages)
    if handled.to_retry:
        _delay(handled.to_retry)
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in handled.to_retry]}


def _handle_bare(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle an event that no queue carries: raising is the way to have it delivered again."""
    handled = _handle([Message(context.aws_request_id, json.dumps(event), iso(datetime.now(UTC)))])
    if handled.to_retry:
        reasons = [str(each.error) for each in handled.outcomes if each.to_retry]
        raise Transient("; ".join(reasons) or "the table is out of reach")
    return {"batchItemFailures": []}


def _message(record: Mapping[str, Any]) -> Message:
    attributes = record["attributes"]
    return Message(
        id=record["messageId"],
        body=record["body"],
        sent_at=iso(datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)),
        receipt=record["receiptHandle"],
        received=int(attributes["ApproximateReceiveCount"]),
    )


def _handle(messages: list[Message]) -> Handled:
    try:
        handled = inbox().handle(messages)
    except Transient as error:  # the table is out of reach: nothing of the batch is done
        logger.warning("batch to retry", reason=str(error), messages=len(messages))
        metrics.add_metric("Retried", MetricUnit.Count, len(messages))
        return Handled(outcomes=(), malformed=(), to_retry=tuple(messages))
    for message, fault in handled.malformed:
        logger.warning("message quarantined", message_id=message.id, code=fault.code)
        metrics.add_metric("Quarantined", MetricUnit.Count, 1)
    for outcome in handled.outcomes:
        _report(outcome)
    return handled


def _report(outcome: Outcome) -> None:
    """One log line and the metrics of one upload."""
    extra: dict[str, Any] = {"correlation_id": outcome.upload.id, "object_key": outcome.upload.key}
    if outcome.to_retry:
        logger.warning("upload to retry", reason=str(outcome.error), **extra)
        metrics.add_metric("Retried", MetricUnit.Count, 1)
    elif outcome.error:
        logger.warning("upload quarantined", reason=str(outcome.error), **extra)
        metrics.add_metric("Quarantined", MetricUnit.Count, 1)
    elif look := outcome.look:
        logger.info(
            "look stored" if outcome.new else "look known",
            verdict=look.verdict,
            reason=look.reason,
            expected=look.expected,
            counted=look.count,
            mismatch_probability=look.mismatch_probability,
            alerts=outcome.alerts,
            **extra,
        )
        if outcome.new:
            metrics.add_metric("PhotosStored", MetricUnit.Count, 1)
            metrics.add_metric(look.verdict.capitalize(), MetricUnit.Count, 1)
    else:
        logger.info("record stored", alerts=outcome.alerts, **extra)
        metrics.add_metric("RecordsStored", MetricUnit.Count, 1)
    if outcome.missed:
        logger.error("sign lost", reason=str(outcome.missed), **extra)
        metrics.add_metric("SignsLost", MetricUnit.Count, 1)
    if outcome.alerts:
        metrics.add_metric("AlertsOpened", MetricUnit.Count, len(outcome.alerts))


def _delay(messages: tuple[Message, ...]) -> None:
    try:
        retries().delay({message.receipt: message.received for message in messages})
    except Unavailable as error:  # they come back all the same, at the queue's own pace
        logger.warning("retries not delayed", reason=str(error))
