"""The desk of the stack on this machine, and its refusals as errors with a remedy."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.text import Text

from binwatch import bootstrap
from binwatch.adapters.ssm_policies import Fault
from binwatch.desk import Desk
from binwatch.errors import Permanent, RevisionConflict
from binwatch.keys import BinId
from binwatch.policy_book import Rules
from binwatch.settings import CountSettings
from binwatch.watchkeeper import Watchkeeper
from binwatch_local import aws, stack
from binwatch_local.console import err
from binwatch_local.errors import Overtaken, Refused
from binwatch_local.home import Home

REMEDIES: Mapping[str, str] = {
    "who_missing": "Give your name with --who.",
    "reason_too_long": "Shorten what you gave with --who or --why.",
    "note_too_long": "Shorten the note.",
    "quantity_impossible": "Say with --counted how many items lie in the bin.",
    "illegal_transition": "`binwatch alerts show ALERT` says what happened to it.",
    "revision_unknown": "`binwatch alerts show ALERT` says at which revision it is.",
    "not_the_newest_alert": "Answer the bin's newest alert.",
}


def desk() -> Desk:
    """Where alerts are answered, by the policy book that is in force."""
    found = stack.find(Home.from_env())
    return bootstrap.desk(found.table, rules_in_force(found))


def rules_in_force(found: stack.Stack) -> Callable[[BinId], Rules]:
    """The rules of bins, of the policy book that is in force at a stack.

    While the book's parameter cannot be read, the rules of the deployment hold, as they do for a function
    that has just started.
    """
    deployed = CountSettings.from_env(aws.function_settings()["CountBinsFunction"]).policies
    return bootstrap.rules_for(deployed, found.policies, _complain)


def _complain(fault: Fault | None) -> None:
    if fault is not None:
        err.print(Text(f"Note: {fault}. The rules of the deployment hold; see `binwatch policies show`."))


def watchkeeper() -> Watchkeeper:
    """Where incidents are ended, by the policy book that is in force."""
    found = stack.find(Home.from_env())
    return bootstrap.watchkeeper(found.table, rules_in_force(found))


@contextmanager
def refusals(remedy: str) -> Iterator[None]:
    """Turn what the alerts' life refuses into an error for the person who asked.

    Args:
        remedy: what to do where the refusal's code has no remedy of its own.

    Raises:
        Overtaken: others changed the alert since the person saw it.
        Refused: anything else that cannot be done, now or later.
    """
    try:
        yield
    except RevisionConflict as error:
        raise Overtaken(error.detail, "Answer again if it still holds.") from error
    except Permanent as error:
        raise Refused(
            f"{error.detail[:1].upper()}{error.detail[1:]}.", REMEDIES.get(error.code, remedy)
        ) from error
