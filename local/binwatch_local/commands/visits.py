"""`visits`: a person's worklist, and `count`: what they found."""

import json
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from binwatch import bootstrap
from binwatch.adapters.ledger_bins import LedgerBins
from binwatch.keys import BinId
from binwatch.visits import Visit, visits_of, worklist
from binwatch_local import desk, stack
from binwatch_local.commands import options
from binwatch_local.console import out
from binwatch_local.home import Home
from binwatch_local.terminal import count_text


@click.command()
@click.argument("site")
@click.option(
    "--count",
    "most",
    type=click.IntRange(min=1),
    help="How many bins at most.  [default: `visits` where the policy is capacity, else 50]",
)
@click.option("--zone", default="", help="Only bins whose names begin so; by that zone's own rules.")
@options.as_json
def visits(site: str, most: int | None, zone: str, as_json: bool) -> None:
    """List the bins of SITE whose record is most likely wrong, for people to count.

    Ordered by r, the probability that the record is wrong as it was decided at the newest look; then by items
    amiss, then by name. Bins that robots are no longer asked for (`relooks_at_most`) come before all others,
    but not where the policy is capacity. It is a worklist under every policy; it alerts nobody.

    Left out is what somebody has in hand: a bin whose alert is acknowledged; one that a person counted, or
    whose alert was called false, since its newest look; one whose newest look only tells what a person has
    counted within `answer_hours`. A bin whose alert is open, and nobody's, is listed with it.
    """
    found = stack.find(Home.from_env())
    rules_for = desk.rules_in_force(found)
    visits_at_most = most or visits_of(rules_for(BinId(site, zone)))
    bins = LedgerBins(found.table).compared(site, zone)
    listed = worklist(bins, rules_for, visits_at_most, bootstrap.now())
    if as_json:
        click.echo(json.dumps([_to_json(each) for each in listed], indent=2, ensure_ascii=False))
    elif listed:
        out.print(_table(listed))
    else:
        where = f"{site}, zone {zone}" if zone else site
        out.print(Text(f"No bin to visit at {where}: none was compared with a record, or all are in hand."))


@click.command()
@click.argument("bin_", metavar="SITE/BIN")
@click.option("--counted", type=int, required=True, help="Items that you counted by hand.")
@click.option("--who", required=True, help="Your name, for the audit trail.")
@options.as_json
def count(bin_: str, counted: int, who: str, as_json: bool) -> None:
    """Say how many items lie in a bin that you counted, for instance because `binwatch visits` lists it.

    The bin is believed to hold them from now on, and leaves the list. An alert is answered by `binwatch
    alerts resolve`, an audit by `binwatch audits answer`; `binwatch learn` reads those, and not this.
    """
    bin_id = options.bin_named(bin_, "`binwatch visits`")
    with desk.refusals("`binwatch visits` lists bins; `binwatch alerts resolve` answers an open alert."):
        after = desk.desk().count(bin_id, counted, who)
    expected = after.looks[after.newest].expected if after.newest else None
    if as_json:
        told = {"site": bin_id.site, "bin": bin_id.bin, "expected": expected, "counted": counted, "who": who}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    out.print(Text(f"Bin {bin_id}: {counted} counted, {expected} expected."))


def _to_json(visit: Visit) -> dict[str, Any]:
    look = visit.look
    return {
        "site": visit.bin.site,
        "bin": visit.bin.bin,
        "mismatch_probability": visit.mismatch_probability,
        "expected": look.expected,
        "count": look.count,
        "most_likely": look.most_likely,
        "direction": visit.direction,
        "verdict": look.verdict,
        "seen_at": look.captured_at,
        "since": visit.since,
        "looks_in_doubt": visit.looks,
        "for_a_person": visit.for_a_person,
        "alert": visit.alert_id,
        "photo": asdict(look.photo),
    }


def _table(listed: list[Visit]) -> Table:
    table = Table(header_style="bold")
    table.add_column("bin", overflow="fold")
    for name in ("P(wrong)", "expected", "count"):
        table.add_column(name, justify="right")
    table.add_column("if wrong")
    for name in ("why", "since (UTC)", "photo"):
        table.add_column(name, overflow="fold")
    for each in listed:
        look = each.look
        table.add_row(
            Text(each.bin.bin),
            f"{each.mismatch_probability:.0%}",
            str(look.expected),
            count_text(look.count, look.probabilities),
            f"{look.most_likely}, {each.direction}" if each.direction else "",
            _why(each),
            (each.since or "")[:16].replace("T", " "),
            Text(look.key),
        )
    return table


def _why(visit: Visit) -> str:
    """Why it is suspected; nothing where only its rank tells for a visit."""
    if visit.since is None:
        return ""
    return f"in doubt after {visit.looks} looks" if visit.looks else f"alert {visit.alert_id or 'held back'}"
