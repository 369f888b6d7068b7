"""The policy book from an SSM parameter, so that the rules change without a deployment."""

import time
from collections.abc import Callable

from aws_lambda_powertools.utilities.parameters import SSMProvider

from binwatch.adapters.ssm_parameters import text_of
from binwatch.errors import Unavailable
from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook, Rules, read_or_keep
from binwatch.policy_values import BadPolicies

MAX_AGE_S = 30  # how long a book that was replaced may still hold

type Fault = BadPolicies | Unavailable


class SsmPolicies:
    """The newest good policy book of one parameter.

    While the parameter's text cannot be a book, or SSM is out of reach, the last good book holds.

    Args:
        parameters: SSM, with timeouts that leave a function its time.
        name: the parameter's.
        book: what holds until the parameter has been read for the first time.
        tell: hears of a fault when it is new or another, and of its end as None.
        now: seconds, of a clock that never goes back.
    """

    def __init__(
        self,
        parameters: SSMProvider,
        name: str,
        book: PolicyBook,
        tell: Callable[[Fault | None], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parameters = parameters
        self._name = name
        self._book = book
        self._tell = tell
        self._now = now
        self._read: str | None = None
        self._bad: BadPolicies | None = None
        self._told: str | None = None
        self._ask_at = 0.0

    def rules_for(self, bin_id: BinId) -> Rules:
        """What holds at a bin, at most `MAX_AGE_S` seconds old while SSM answers."""
        if self._now() >= self._ask_at:
            self._refresh()
        return self._book.rules_for(bin_id)

    def _refresh(self) -> None:
        try:
            text = text_of(self._parameters, self._name, MAX_AGE_S)
        except Unavailable as error:  # a batch must not wait for SSM once a bin
            self._ask_at = self._now() + MAX_AGE_S
            self._tell_once(error)
            return
        if text != self._read:
            self._read = text
            self._book, self._bad = read_or_keep(text, self._book)
        self._tell_once(self._bad)

    def _tell_once(self, fault: Fault | None) -> None:
        """Tell of a change, and not of every look: a function looks many times a minute."""
        text = None if fault is None else str(fault)
        if text != self._told:
            self._told = text
            self._tell(fault)
