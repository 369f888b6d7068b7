"""`relooks` and `audits`: what binwatch asks of robots and of people."""

import json
from typing import Any

import click

from binwatch.adapters.ledger_requests import LedgerRequests
from binwatch.bins import Bin
from binwatch_local import desk, stack
from binwatch_local.commands import options
from binwatch_local.console import out
from binwatch_local.home import Home


@click.command()
@options.as_json
def relooks(as_json: bool) -> None:
    """List the bins that wait for another look: their photos leave the record in doubt.

    Robots hear of them over the alerts topic, event `relook`: again after each pause of `relook_minutes`,
    until `relooks_at_most` looks have left the bin in doubt. Then a person has to go: `binwatch visits`.
    """
    found = [
        {
            "site": bin_.site,
            "bin": bin_.bin,
            "since": doubt.since,
            "asked_at": asked,
            "looks": doubt.looks,
        }
        for bin_, doubt in LedgerRequests(stack.find(Home.from_env()).table).relooks()
        for asked in [doubt.asked_at if doubt.is_asked else None]
    ]
    _show(found, as_json, "No bin waits for another look.")


@click.group(invoke_without_command=True)
@options.as_json
@click.pass_context
def audits(context: click.Context, as_json: bool) -> None:
    """List the bins that the audit sample drew and nobody has counted yet, or answer one.

    They were drawn by chance, whatever the counter says; `binwatch learn` reads the answers.
    """
    if context.invoked_subcommand:
        return
    found = [
        {"site": bin_.site, "bin": bin_.bin, "day": draw.day, "asked_at": draw.asked_at}
        for bin_, draw in LedgerRequests(stack.find(Home.from_env()).table).audits()
    ]
    _show(found, as_json, "No audit waits for a person.")


@audits.command()
@click.argument("bin_", metavar="SITE/BIN")
@click.option("--counted", type=int, required=True, help="Items that you counted by hand.")
@click.option("--who", required=True, help="Your name, for the audit trail.")
@click.option("--note", default="", help="In your words.")
@options.as_json
def answer(bin_: str, counted: int, who: str, note: str, as_json: bool) -> None:
    """Say how many items lie in a bin that the audit sample drew, also if its record is right."""
    bin_id = options.bin_named(bin_, "`binwatch audits`")
    with desk.refusals("`binwatch audits` lists the bins that wait for a count."):
        after = desk.desk().audit(bin_id, counted, who, note)
    told = _told(after)
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    out.print(f"Bin {bin_id}: {told['counted']} counted, {told['expected']} expected.")


def _told(bin_: Bin) -> dict[str, Any]:
    if bin_.draw is None:
        raise ValueError(f"bin {bin_.id} was not drawn")
    draw = bin_.draw
    return {
        "site": bin_.id.site,
        "bin": bin_.id.bin,
        "day": draw.day,
        "expected": draw.expected,
        "counted": draw.counted,
        "who": draw.who,
        "answered_at": draw.answered_at,
    }


def _show(found: list[dict[str, Any]], as_json: bool, none: str) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for each in found:
        since = each.get("since") or each["asked_at"]
        looks = f", looks: {each['looks']}" if "looks" in each else ""
        out.print(f"{each['site']}/{each['bin']}  since {since}{looks}")
    if not found:
        out.print(none)
