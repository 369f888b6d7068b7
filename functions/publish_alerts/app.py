"""Outbox rows in, messages out: publishes to SNS what the table's stream brings, in its order."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from binwatch.alerts import MalformedAlert
from binwatch.bootstrap import alerts
from binwatch.errors import RequestRefused, Transient
from binwatch.outbox import message_of, message_texts
from binwatch.requests import AuditRequest, RelookRequest

logger = Logger()
metrics = Metrics(namespace="binwatch")
tracer = Tracer()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Publish until the first failure, and name it: Lambda comes back from there, and sends nothing twice.

    A row that is no alert, or that SNS takes in no case, fails for good; after the retries that the template
    allows, its place in the stream goes to the failures queue. While SNS is down nothing has been sent, and
    raising says so as well as naming the first row does; it also stops emulators that do not read the answer.
    """
    for position, (sequence_number, text) in enumerate(message_texts(event)):
        try:
            message = message_of(text)
            alerts().publish(message)
        except (MalformedAlert, RequestRefused, Transient) as error:
            logger.error("alert not published", reason=str(error), sequence_number=sequence_number)
            metrics.add_metric("AlertsFailed", MetricUnit.Count, 1)
            if position == 0 and isinstance(error, Transient):
                raise
            return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}
        about = message.attributes
        logger.info("alert published", alert_id=message.id, revision=message.revision, about=about)
        if isinstance(message, RelookRequest | AuditRequest):
            metrics.add_metric("RequestsPublished", MetricUnit.Count, 1)
        else:
            metrics.add_metric("AlertsPublished", MetricUnit.Count, 1)
    return {"batchItemFailures": []}
