"""Messages of the alerts topic in, signed webhooks out: posts each to the stack's one receiver.

Takes batches of a queue that is subscribed to the topic. What cannot be posted stays in the queue, and after
its last try among the dead letters: also what the receiver refuses, for its address or secret may be mended.
"""

import time
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from binwatch.alerts import MalformedAlert
from binwatch.bootstrap import webhook
from binwatch.errors import Unavailable, WebhookRefused
from binwatch.outbox import message_of

logger = Logger()
metrics = Metrics(namespace="binwatch")
tracer = Tracer()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Post every message and name those that the queue must deliver again."""
    failed = []
    for record in event.get("Records") or []:
        if record.get("eventSource") != "aws:sqs":
            continue
        body = record["body"]
        try:
            message = message_of(body)
            webhook().send(body, f"{message.id}/{message.revision}", int(time.time()))
        except (MalformedAlert, Unavailable, WebhookRefused) as error:
            logger.error("webhook not delivered", reason=str(error), message_id=record["messageId"])
            metrics.add_metric("WebhooksFailed", MetricUnit.Count, 1)
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        logger.info("webhook delivered", alert_id=message.id, revision=message.revision)
        metrics.add_metric("WebhooksDelivered", MetricUnit.Count, 1)
    return {"batchItemFailures": failed}
