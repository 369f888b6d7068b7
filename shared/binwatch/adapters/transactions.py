"""pynamodb's errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from pynamodb.exceptions import PutError, PynamoDBException, TransactWriteError

from binwatch.errors import Conflict, Transient, Unavailable

_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Let errors out as ours, save those that the caller tells apart."""
    try:
        yield
    except (TransactWriteError, PutError):
        raise
    except PynamoDBException as error:
        raise Unavailable(f"{doing}: {error.cause_response_code or type(error).__name__}") from error


def refused(error: TransactWriteError, what: str) -> Transient:
    """Why a transaction was refused: another writer was quicker, or the table is in trouble."""
    reasons = {reason.code for reason in error.cancellation_reasons if reason}
    if reasons & _LOST_RACE or error.cause_response_code == "TransactionConflictException":
        return Conflict(f"{what} has changed")
    return Unavailable(f"writing {what}: {error.cause_response_code}")
