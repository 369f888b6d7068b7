"""The stack's webhook: where it goes and what signs it, from an encrypted SSM parameter."""

from aws_lambda_powertools.utilities.parameters import SSMProvider

from binwatch.adapters.ssm_parameters import text_of
from binwatch.adapters.webhook_sender import WebhookSender
from binwatch.webhooks import Receiver

MAX_AGE_S = 300  # how long an address or a secret that was replaced is still used


class SsmWebhook:
    """Posts to the receiver that one parameter names; see `Receiver.parse` for its text.

    Args:
        parameters: SSM, with timeouts that leave a function its time.
        name: the parameter's, a SecureString.
    """

    def __init__(self, parameters: SSMProvider, name: str) -> None:
        self._parameters = parameters
        self._name = name
        self._read: str | None = None
        self._sender: WebhookSender | None = None

    def send(self, body: str, delivery: str, at: int) -> None:
        """Post one message; arguments and errors as of `WebhookSender.send`.

        Raises:
            Unavailable: SSM or the receiver is out of reach.
            WebhookRefused: the parameter's text names no receiver, or the receiver will not have it.
        """
        self._current().send(body, delivery, at)

    def _current(self) -> WebhookSender:
        text = text_of(self._parameters, self._name, MAX_AGE_S, decrypt=True)
        if self._sender is None or text != self._read:
            receiver = Receiver.parse(text)
            self._sender, self._read = WebhookSender(receiver.url, receiver.secrets), text
        return self._sender
