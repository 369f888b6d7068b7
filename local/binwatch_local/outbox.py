"""Alerts that were decided but not yet sent when MiniStack stopped: it forgets a table's stream."""

from datetime import datetime
from typing import TYPE_CHECKING

import boto3

from binwatch.alerts import Alert
from binwatch.incident_messages import IncidentMessage
from binwatch.outbox import PREFIX, Message, message_of
from binwatch_local.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


def send_again(table: str, inbox: Inbox, before: float) -> int:
    """Put rows whose alert never arrived into the table's stream again, from where they go out as ever.

    Args:
        table: the table's name.
        inbox: tells which alerts have arrived.
        before: when MiniStack was started, in seconds since 1970; what came later is in the stream anyway.

    Returns:
        How many there were.
    """
    dynamodb = boto3.client("dynamodb")
    for _ in inbox.receive():
        pass  # each is kept on disk
    arrived = {(each.alert.id, each.alert.revision) for each in inbox.kept()}
    arrived |= {(each.incident.id, each.incident.revision) for each in inbox.incidents()}
    missing = [
        row
        for row, alert in _rows(table)
        if isinstance(alert, Alert | IncidentMessage)  # nobody here keeps requests; lists tell who waits
        and (alert.id, alert.revision) not in arrived
        and datetime.fromisoformat(_came_about(alert)).timestamp() < before
    ]
    for row in missing:  # as new rows, for changes of old ones are nobody's alert
        dynamodb.delete_item(TableName=table, Key={"pk": row["pk"], "sk": row["sk"]})
        dynamodb.put_item(TableName=table, Item=row)
    return len(missing)


def _came_about(message: Alert | IncidentMessage) -> str:
    if isinstance(message, IncidentMessage):
        return message.ended_at or message.began_at
    return message.changed_at or message.decided_at


def _rows(table: str) -> "Iterator[tuple[dict[str, AttributeValueTypeDef], Message]]":
    pages = (
        boto3.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression="begins_with(pk, :outbox)",
            ExpressionAttributeValues={":outbox": {"S": PREFIX}},
        )
    )
    for page in pages:
        for row in page["Items"]:
            yield row, message_of(row["alert"]["S"])
