"""`quarantine`."""

import json
from dataclasses import asdict

import click
from rich.table import Table
from rich.text import Text

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch_local import stack
from binwatch_local.commands import options
from binwatch_local.console import out
from binwatch_local.home import Home


@click.command()
@options.as_json
def quarantine(as_json: bool) -> None:
    """Show what belongs to no bin or no bin can use: stray keys, malformed records and messages, and why."""
    ledger = DynamoLedger(stack.find(Home.from_env()).table)
    items = sorted(ledger.quarantined(), key=lambda item: (item.at, item.id))
    if as_json:
        click.echo(json.dumps([asdict(item) for item in items], indent=2, ensure_ascii=False))
        return
    table = Table(header_style="bold")
    for column in ("at", "what", "key or message", "why"):
        table.add_column(column, overflow="fold")
    for item in items:
        table.add_row(item.at, item.kind, Text(item.key or item.id), Text(f"{item.code}: {item.detail}"))
    out.print(table)
