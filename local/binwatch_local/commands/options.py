"""Options that several commands share."""

from math import isnan
from pathlib import Path
from typing import Any

import click

from binwatch.keys import BinId
from binwatch_local.errors import OneMachineError, Refused
from binwatch_local.policy import POLICIES

PLANT_HELP = "Share of the records to make wrong."


class Number(click.FloatRange):
    """A number within a range; click's own takes NaN for one of any range."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click says it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """The number, or wrong usage."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is no number.", param, ctx)
        return number


rate = click.option(
    "--rate",
    type=Number(0, 10_000),
    default=10,
    show_default=True,
    help="Photos a second; 0 is as fast as it goes.",
)
limit = click.option("--limit", type=click.IntRange(min=1), help="Feed no more photos than that.")
seed = click.option(
    "--seed", type=int, default=0, show_default=True, help="Chooses which records, and the order of uploads."
)
policy = click.option(
    "--policy",
    type=click.Choice(POLICIES),
    help="What decides on alerts: `exact` is the naive rule.  [default: the template's, cost]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")


def bin_named(text: str, listed_by: str) -> BinId:
    """The bin that SITE/BIN names.

    Args:
        text: as it was typed.
        listed_by: the command that lists such names, for the remedy.

    Raises:
        Refused: it names none.
    """
    bin_id = BinId.parse(text)
    if not (bin_id.site and bin_id.bin):
        raise Refused(f"{text} names no bin.", f"Write SITE/BIN, as {listed_by} lists them.")
    return bin_id


def output(path: Path) -> Path:
    """A file that will be written later; that it can be is made sure of now.

    Raises:
        OneMachineError: its folder cannot be made.
    """
    path = path.expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OneMachineError(
            f"{path} cannot be written ({error.strerror}).", "Name another file."
        ) from error
    if path.is_dir():
        raise OneMachineError(f"{path} is a folder.", "Name a file.")
    return path
