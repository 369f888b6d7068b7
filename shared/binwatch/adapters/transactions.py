"""pynamodb's errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from pynamodb.exceptions import PutError, PynamoDBException, TransactWriteError

from binwatch.errors import Conflict, RequestRefused, Transient, Unavailable

_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}
_NEVER = {"ValidationException", "ValidationError"}  # of a request; of an item of a transaction


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Let errors out as ours, save those that the caller tells apart."""
    try:
        yield
    except (TransactWriteError, PutError):
        raise
    except PynamoDBException as error:
        raise failed(doing, error) from error


def failed(doing: str, error: PynamoDBException) -> Unavailable | RequestRefused:
    """Why a request failed: the table is in trouble, or takes no such request."""
    code = error.cause_response_code
    if code in _NEVER:
        return RequestRefused(f"{doing}: DynamoDB answered {code}")
    return Unavailable(f"{doing}: {code or type(error).__name__}")


def refused(error: TransactWriteError, what: str) -> Transient | RequestRefused:
    """Why a transaction was refused: another writer was quicker, or the table fails or refuses it."""
    reasons = {reason.code for reason in error.cancellation_reasons if reason}
    if reasons & _LOST_RACE or error.cause_response_code == "TransactionConflictException":
        return Conflict(f"{what} has changed")
    if reasons & _NEVER:
        return RequestRefused(f"writing {what}: DynamoDB answered {', '.join(sorted(reasons & _NEVER))}")
    return failed(f"writing {what}", error)
