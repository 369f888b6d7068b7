"""Every failure is either Permanent (store its reason, acknowledge) or Transient (let the queue retry).

BinwatchError
├── Permanent            the same input fails again, whenever it is tried
│   ├── MalformedMessage     a queue message that is no S3 notification
│   ├── KeyOutsideLayouts    an object key that names no bin
│   ├── MalformedRecord      an expected quantity that cannot be one
│   ├── UnreadablePhoto      a photo that nobody can count
│   ├── NotADistribution     probabilities that are none
│   ├── BeliefUnreadable     a bin's evidence in a schema that this code does not know
│   ├── MalformedCommand     an answer, silence or setting that cannot be meant
│   ├── IllegalTransition    an answer that the alert's state does not allow
│   ├── UnknownAlert         an answer about an alert, silence or incident that is not there
│   ├── RevisionConflict     an answer to what the alert was before others changed it
│   ├── RowUnreadable        a stored row of another schema, or a damaged one
│   ├── WebhookRefused       a receiver that will not have it, or a signature that does not hold
│   └── RequestRefused       what a service takes in no case: too large, or malformed
└── Transient            the same input may succeed later
·   ├── Unavailable          a service is down, throttles or times out
·   └── Conflict             another writer changed the bin in the meantime
"""


class BinwatchError(Exception):
    """The root of what binwatch raises on purpose."""


class Permanent(BinwatchError):
    """The input itself is at fault; retrying cannot help.

    Args:
        code: the reason as one snake_case word, for programs and metrics.
        detail: the reason as a sentence, for the operator who looks.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class MalformedMessage(Permanent):
    """A message that is no S3 notification."""


class KeyOutsideLayouts(Permanent):
    """An object key outside both layouts: nobody knows which bin it shows."""


class MalformedRecord(Permanent):
    """A record without an expected quantity that a bin can hold."""


class UnreadablePhoto(Permanent):
    """A photo that cannot be counted, now or later."""


class NotADistribution(Permanent):
    """Probabilities that are negative, not finite, too few, or do not sum to one."""


class BeliefUnreadable(Permanent):
    """A bin's evidence was written by another schema, or is damaged; the newest look still stands alone."""


class MalformedCommand(Permanent):
    """An answer, a silence or a rule of the alerts' life that cannot be meant."""


class IllegalTransition(Permanent):
    """An answer that the alert's present state does not allow."""


class UnknownAlert(Permanent):
    """An answer names an alert, a silence or an incident that is not there."""


class RevisionConflict(Permanent):
    """Others have changed the alert since the author of an answer saw it; `since` says what they did."""

    def __init__(self, detail: str, since: tuple[str, ...]) -> None:
        super().__init__("revision_conflict", detail)
        self.since = since


class RowUnreadable(Permanent):
    """A stored row that this code cannot read: written by another version, or damaged."""


class WebhookRefused(Permanent):
    """A webhook's receiver refuses the message for good, or its signature does not hold."""


class RequestRefused(Permanent):
    """A service will not take this request, whenever it is made: it is too large, or malformed.

    Args:
        detail: what was asked, and the code that the service answered.
    """

    def __init__(self, detail: str) -> None:
        super().__init__("request_refused", detail)


class Transient(BinwatchError):
    """Circumstances are at fault; the queue delivers the input again."""


class Unavailable(Transient):
    """A service is down, throttles or times out."""


class Conflict(Transient):
    """Another writer changed the bin between our read and our write."""
