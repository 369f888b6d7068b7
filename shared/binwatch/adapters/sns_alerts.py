"""Alerts over SNS: JSON for programs, a readable text for e-mail, attributes for filter policies."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from binwatch.alerts import Alert
from binwatch.errors import Unavailable
from binwatch.messages import email_text, subject

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class SnsAlerts:
    """Publishes alerts to one topic."""

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, alert: Alert) -> None:
        """Send one alert.

        Raises:
            Unavailable: SNS refuses or is out of reach; the stream delivers the alert again.
        """
        try:
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=subject(alert),
                Message=json.dumps({"default": alert.to_json(), "email": email_text(alert)}),
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in alert.attributes.items()
                },
            )
        except ClientError as error:
            raise Unavailable(f"SNS answered {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Unavailable(f"SNS is out of reach: {type(error).__name__}") from error
