"""`status` and `looks`."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.decision import Verdict
from binwatch.errors import RowUnreadable
from binwatch_local import aws, servers, stack
from binwatch_local.console import err, out
from binwatch_local.home import Home, read_json_lines
from binwatch_local.inbox import Inbox
from binwatch_local.planting import Planted
from binwatch_local.terminal import looks_table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Tell whether both servers answer, what waits in the queues, and what was found so far.

    Exit code 1 where a server does not answer or dead letters wait for a person.
    """
    home = Home.from_env()
    found = stack.find(home)
    state = _state(home, found)
    if as_json:
        click.echo(json.dumps(state, indent=2))
    else:
        out.print(_status_table(state))
    healthy = (
        all(server["answers"] for server in state["servers"].values())
        and not state["queues"]["dead_letters"]["total"]
    )
    sys.exit(0 if healthy else 1)


def _state(home: Home, found: stack.Stack) -> dict[str, Any]:
    checks = servers.checks(home)
    ledger = DynamoLedger(found.table)
    inbox = Inbox(home, found.inbox)
    depths = {"uploads": found.uploads_queue, "dead_letters": found.dead_letter_queue, "alerts": found.inbox}
    queues = {name: aws.depth(url) for name, url in depths.items()}
    return {
        "home": str(home.root),
        "servers": {
            "ministack": {"url": found.aws_url, "answers": servers.answers(checks["ministack"])},
            "endpoint": {
                "url": found.endpoint_url,
                "answers": servers.answers(checks["endpoint"]),
                "restarts": servers.restarts(home),
            },
        },
        "queues": {name: {**asdict(depth), "total": depth.total} for name, depth in queues.items()},
        "verdicts": Counter(look.verdict.value for look in ledger.looks()),
        "quarantined": sum(1 for _ in ledger.quarantined()),
        "alerts_received": len(inbox.kept()) + queues["alerts"].total,
    }


def _status_table(state: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, server in state["servers"].items():
        health = Text("answers", "green") if server["answers"] else Text("does not answer", "bold red")
        restarts = f", restarted {server['restarts']}x" if server.get("restarts") else ""
        table.add_row(name, Text.assemble(server["url"], "  ", health, restarts))
    for name, depth in state["queues"].items():
        style = "bold red" if name == "dead_letters" and depth["total"] else ""
        counts = f"{depth['waiting']} waiting, {depth['in_flight']} in flight, {depth['delayed']} delayed"
        table.add_row(f"queue {name}", Text(counts, style))
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(state["verdicts"].items()))
    table.add_row("looks", verdicts or "none yet")
    table.add_row("quarantined", str(state["quarantined"]))
    table.add_row("alerts received", str(state["alerts_received"]))
    return table


@click.command()
@click.option(
    "--verdict", type=click.Choice([each.value for each in Verdict], case_sensitive=False), help="Only these."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of every stored look.")
def looks(verdict: str | None, as_json: bool) -> None:
    """Show every photo that was looked at, with its count and its verdict.

    Stored looks that cannot be read (damaged, or of a newer version) are named on standard error.
    """
    home = Home.from_env()
    found = stack.find(home)
    unreadable: list[RowUnreadable] = []
    chosen = sorted(
        (
            look
            for look in DynamoLedger(found.table, unreadable.append).looks()
            if verdict in {None, look.verdict.value}
        ),
        key=lambda look: (look.uploaded_at, look.key),
    )
    if unreadable:
        err.print(f"Note: {len(unreadable)} stored looks cannot be read, and were left out:")
        for each in unreadable:
            err.print(Text(f"  {each}"))
    if as_json:
        click.echo(json.dumps([asdict(look) for look in chosen], indent=2, ensure_ascii=False))
        return
    planted = [Planted(**value) for value in read_json_lines(home.planted_file)]
    out.print(looks_table(chosen, {each.photo_key: each for each in planted}))
