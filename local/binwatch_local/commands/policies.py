"""`policies`: which rules alert where, changed without a deployment."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from binwatch.adapters.ssm_policies import MAX_AGE_S
from binwatch.keys import ABID_SITE, BinId
from binwatch.policy_book import Rules
from binwatch_local import stack
from binwatch_local.commands import material as material_of
from binwatch_local.commands import options
from binwatch_local.console import complain, err, out
from binwatch_local.errors import PoliciesRefused
from binwatch_local.home import Home
from binwatch_local.policies import MOST_BYTES, Book, Parameter, read, read_file, values_of

a_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def policies() -> None:
    """Show, check or change the rules that say what alerts and where, without a deployment.

    They are one JSON text, the policy book (docs/alerting.md), in an SSM parameter of the stack.
    """


@policies.command()
@click.option(
    "--site", help="What holds at this site.  [default with --bin: default, the site of ABID's names]"
)
@click.option("--bin", "bin_", help="What holds at this bin, its zone considered.")
@options.as_json
def show(site: str | None, bin_: str | None, as_json: bool) -> None:
    """Show the policy book, or every value that holds at a site or a bin.

    Exit code 1 where the parameter's text cannot be a policy book; then the last good one holds.
    """
    parameter = Parameter(stack.find(Home.from_env()).policies)
    stored = parameter.read()
    try:
        book = read(stored.text, parameter.name)
    except PoliciesRefused as error:
        if as_json:
            click.echo(json.dumps({"parameter": parameter.name, "fault": error.what, "text": stored.text}))
        complain(
            PoliciesRefused(error.what, "The last good book holds. Write another: `binwatch policies set`.")
        )
        sys.exit(error.exit_code)
    shown = {"parameter": parameter.name, "version": stored.version, "changed_at": stored.changed_at}
    if site is None and bin_ is None:
        _show_book(shown, book, as_json)
    else:
        _show_values(shown, book, BinId(site or ABID_SITE, bin_ or ""), as_json)


def _show_book(shown: dict[str, Any], book: Book, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**shown, "book": book.values}, indent=2, ensure_ascii=False))
        return
    err.print(f"{shown['parameter']}, version {shown['version']}, since {shown['changed_at']}:")
    click.echo(json.dumps(book.values, indent=2, ensure_ascii=False))


def _show_values(shown: dict[str, Any], book: Book, bin_id: BinId, as_json: bool) -> None:
    values = values_of(book.book.rules_for(bin_id))
    if as_json:
        where = {"site": bin_id.site, "bin": bin_id.bin or None}
        click.echo(json.dumps({**shown, **where, "values": values}, indent=2, ensure_ascii=False))
        return
    place = f"bin {bin_id.bin} of site {bin_id.site}" if bin_id.bin else f"site {bin_id.site}"
    err.print(Text(f"What holds at {place}:"))
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in values.items():
        table.add_row(name, Text(json.dumps(value)))
    out.print(table)


@policies.command()
@a_file
@options.as_json
def check(file: Path, as_json: bool) -> None:
    """Tell whether a file is a policy book that a stack would take; needs no stack."""
    try:
        book = read_file(file)
    except PoliciesRefused as error:
        if not as_json:
            raise
        click.echo(json.dumps({"good": False, "fault": error.what, "remedy": error.remedy}, indent=2))
        sys.exit(error.exit_code)
    if as_json:
        click.echo(json.dumps({"good": True, **_extent(book)}, indent=2))
    else:
        out.print(Text(f"{file} is a policy book: {_in_words(book)}."))


@policies.command("set")
@a_file
@options.as_json
def set_(file: Path, as_json: bool) -> None:
    """Put the policy book of a file into force, whole; the functions have it within half a minute."""
    book = read_file(file)
    parameter = Parameter(stack.find(Home.from_env()).policies)
    version = parameter.write(book)
    if as_json:
        told = {"parameter": parameter.name, "version": version, "in_force_within_s": MAX_AGE_S}
        click.echo(json.dumps({**told, **_extent(book)}, indent=2))
        return
    err.print(f"{parameter.name} has version {version}: {_in_words(book)}.")
    err.print(f"In force within {MAX_AGE_S} s, for looks and records that arrive then.")


@policies.command()
@click.argument("data", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--rate",
    type=options.Number(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="The share of right records that may alert.",
)
@click.option(
    "--book",
    "book_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The book that they are for: its own values, not those of its sites.  [default: an empty one]",
)
@material_of.artifact
@material_of.predictions
def thresholds(
    data: Path, rate: float, book_file: Path | None, artifact: Path, predictions: Path | None
) -> None:
    """Fit the thresholds of the policy `far` on the validation photos of DATA, and print them for a book.

    DATA is a folder that `bincount prepare` made, or a CSV id,path,count[,group]; its counts are taken for
    right. The fragment replaces `policy` and `thresholds` of the book (or of a site of it); it holds for the
    discrepancy rate and the law with which it was fitted. Needs no stack, and changes nothing.
    """
    from binwatch_local.alert_evaluation.fitting import fitted
    from binwatch_local.alert_evaluation.thresholds import NEVER

    rules = read_file(book_file).book.rules if book_file else Rules()
    photos = material_of.photos_of(data, "val")
    with material_of.tracking() as track:
        bins = material_of.bins_of(photos, artifact, predictions, track)
    found = fitted(bins, rules, rate)
    click.echo(json.dumps({"policy": "far", "thresholds": found}))
    pi = rules.policy.prior.rate
    err.print(f"Fitted on {len(bins)} photos with a discrepancy rate of {pi:g}, for one look at a bin.")
    if NEVER in found:
        err.print("A threshold of 1: nothing alerts there; as a rule there are too few photos for that rate.")


def _extent(book: Book) -> dict[str, int]:
    sites = book.book.sites.values()
    zones = sum(len(site.zones) for site in sites)
    return {"sites": len(sites), "zones": zones, "bytes": book.bytes, "most_bytes": MOST_BYTES}


def _in_words(book: Book) -> str:
    extent = _extent(book)
    return f"{extent['sites']} sites, {extent['zones']} zones, {extent['bytes']} of {MOST_BYTES} bytes"
