"""Alerts over SNS: JSON for programs, a readable text for e-mail, attributes for filter policies."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from binwatch.alerts import Alert
from binwatch.errors import RequestRefused, Unavailable
from binwatch.links import LinkTemplate
from binwatch.messages import email_text, subject
from binwatch.outbox import Message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# Of the message itself. What an operator can mend (a topic that is gone, a key, a policy) is not among them.
_NEVER = {"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "ValidationError"}


class SnsAlerts:
    """Publishes alerts, with their link where there is one, incidents and requests to one topic."""

    def __init__(self, client: "SNSClient", topic_arn: str, link: LinkTemplate | None = None) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._link = link

    def publish(self, message: Message) -> None:
        """Send one message.

        Raises:
            Unavailable: SNS refuses or is out of reach; the stream delivers the message again.
            RequestRefused: SNS takes no such message, now or later.
        """
        if self._link and isinstance(message, Alert):
            message = self._link.into(message)
        title, text = _for_people(message)
        try:
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=title,
                Message=json.dumps({"default": message.to_json(), "email": text}),
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in message.attributes.items()
                },
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            failure = RequestRefused if code in _NEVER else Unavailable
            raise failure(f"SNS answered {code}") from error
        except BotoCoreError as error:
            raise Unavailable(f"SNS is out of reach: {type(error).__name__}") from error


def _for_people(message: Message) -> tuple[str, str]:
    """The subject and the text of an e-mail."""
    if isinstance(message, Alert):
        return subject(message), email_text(message)
    return message.subject, message.email_text
