"""Wakes alerts and incidents whose timers have gone off: holds that are over, reminders, ends of silences.

Runs every minute. A run that fails or is cut off is made up for by the next; who is woken twice says nothing
twice.
"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from binwatch.bootstrap import sweep

SPARE_MS = 15_000  # a wake takes up to so long while the table is slow

logger = Logger()
metrics = Metrics(namespace="binwatch")
tracer = Tracer()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Wake all that are due; raises only if the timers cannot be read."""
    swept = sweep().run(lambda: context.get_remaining_time_in_millis() > SPARE_MS)
    for timer, error in swept.failed:
        logger.error("not woken", subject=timer.subject, kind=timer.kind, reason=str(error))
    if swept.woken or swept.left:
        logger.info("swept", woken=len(swept.woken), opened=swept.opened, sent=swept.sent, left=swept.left)
    metrics.add_metric("Woken", MetricUnit.Count, len(swept.woken))
    metrics.add_metric("WakesFailed", MetricUnit.Count, len(swept.failed))
    metrics.add_metric("AlertsOpened", MetricUnit.Count, swept.opened)
    return {"woken": len(swept.woken), "failed": len(swept.failed)}
