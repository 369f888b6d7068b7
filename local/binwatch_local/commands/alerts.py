"""`alerts`, and what people answer to them."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from binwatch.adapters.ledger_alerts import LedgerAlerts
from binwatch.bins import Bin
from binwatch.commands import Acknowledge, Answering, FalseAlarm, Reason, Reopen, Resolve
from binwatch.episodes import Episode
from binwatch.wms_export import csv_text
from binwatch_local import aws, deployed, desk, stack
from binwatch_local.commands import options
from binwatch_local.console import err, out
from binwatch_local.errors import OneMachineError
from binwatch_local.home import Home
from binwatch_local.inbox import Inbox, Received, ReceivedIncident
from binwatch_local.terminal import alert_panel, incident_panel

FOLLOW_WAIT_S = 5
LOOK_AGAIN = "`binwatch alerts` lists what was sent, `binwatch alerts show ALERT` says how an alert stands."


@click.group(invoke_without_command=True)
@click.option("--follow", is_flag=True, help="Go on showing alerts as they arrive, until Ctrl-C.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON array of the messages; with --follow one a line."
)
@click.pass_context
def alerts(context: click.Context, follow: bool, as_json: bool) -> None:
    """Show the messages that operations staff receive, oldest first, or answer an alert.

    Messages are taken from a queue that is subscribed to the stack's topic, and kept in the state folder. An
    answer names the revision that its author saw: if others changed the alert since, it is refused (exit code
    4) and what they did is listed.
    """
    if context.invoked_subcommand:
        return
    if name := deployed.name():
        raise OneMachineError(
            f"Stack {name} sends its alerts to the subscribers of its topic, and not here.",
            "`binwatch alerts export --csv FILE` lists the newest of each bin, `alerts show ALERT` one.",
        )
    home = Home.from_env()
    inbox = Inbox(home, stack.find(home).inbox)
    for _ in inbox.receive():
        pass  # each is kept on disk
    messages: list[Received | ReceivedIncident] = [*inbox.kept(), *inbox.incidents()]
    received = sorted(messages, key=lambda each: each.sent_at)
    if as_json and not follow:
        told = [json.loads(_text(each)) for each in received]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if not (received or follow):
        out.print("No alert yet.")
    for each in received:
        _show(each, as_json)
    while follow:
        for each in inbox.receive(wait_s=FOLLOW_WAIT_S):
            _show(each, as_json)


def _answer(function: Callable[..., None]) -> Callable[..., None]:
    """The arguments and options that every answer has."""
    for option in (
        options.as_json,
        click.option("--who", required=True, help="Your name, for the audit trail."),
        click.option(
            "--revision", type=click.IntRange(min=1), required=True, help="The revision that you saw."
        ),
        click.argument("alert"),
    ):
        function = option(function)
    return function


note = click.option("--note", default="", help="In your words.")


@alerts.command()
@_answer
@note
def ack(alert: str, revision: int, who: str, as_json: bool, note: str) -> None:
    """Take an alert: you look after it, reminders cease."""
    _obeyed(Acknowledge(alert, revision), who, as_json, note)


@alerts.command()
@_answer
@click.option("--counted", type=int, required=True, help="Items that you counted by hand.")
@note
def resolve(alert: str, revision: int, who: str, as_json: bool, counted: int, note: str) -> None:
    """End an alert with the items that you counted; from now on the bin is believed to hold them."""
    with desk.refusals("Name the items that lie in the bin."):
        command = Resolve(alert, revision, counted, note)
    _obeyed(command, who, as_json)


@alerts.command()
@_answer
@click.option("--reason", type=click.Choice([each.value for each in Reason]), required=True, help="Why.")
@note
def false_alarm(alert: str, revision: int, who: str, as_json: bool, reason: str, note: str) -> None:
    """End an alert: you looked, and the record is right."""
    with desk.refusals("Shorten the note."):
        command = FalseAlarm(alert, revision, Reason(reason), note)
    _obeyed(command, who, as_json)


@alerts.command()
@_answer
@note
def reopen(alert: str, revision: int, who: str, as_json: bool, note: str) -> None:
    """Take the end of an alert back."""
    _obeyed(Reopen(alert, revision), who, as_json, note)


@alerts.command()
@click.argument("alert")
@options.as_json
def show(alert: str, as_json: bool) -> None:
    """Show how an alert stands, and what happened to it."""
    with desk.refusals("`binwatch alerts` lists those that were sent."):
        bin_ = desk.desk().look_up(alert)
    episode = _episode(bin_)
    if as_json:
        click.echo(json.dumps(_told(bin_, episode), indent=2, ensure_ascii=False))
        return
    out.print(f"Alert {episode.id}, bin {bin_.id}: {episode.state}, revision {episode.revision}.")
    for each in episode.history:
        out.print(f"  {each.revision:>3}  {each.at}  {each.who}: {each.what} ({each.why})")


@alerts.command()
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; one that is there is replaced.",
)
@options.as_json
def export(file: Path, as_json: bool) -> None:
    """Write the newest alert of each bin, open or over, as CSV for a warehouse management system."""
    kept = LedgerAlerts(stack.find(Home.from_env()).table).newest()
    text = csv_text(kept.episodes, aws.link())
    written = options.output(file)
    written.write_text(text, encoding="utf-8", newline="")
    lines = sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1  # a note may hold line ends
    if as_json:
        told = {"written": str(written), "alerts": lines, "unreadable": kept.unreadable}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if kept.unreadable:
        err.print(f"Note: {kept.unreadable} stored alerts cannot be read, and were left out.")
    err.print(f"Written: {written}, {lines} alerts.")


def _obeyed(command: Answering, who: str, as_json: bool, why: str = "") -> None:
    with desk.refusals(LOOK_AGAIN):
        bin_ = desk.desk().answer(command, who, why)
    episode = _episode(bin_)
    if as_json:
        click.echo(json.dumps(_told(bin_, episode), indent=2, ensure_ascii=False))
        return
    out.print(f"Alert {episode.id}, bin {bin_.id}: {episode.state}, revision {episode.revision}.")


def _episode(bin_: Bin) -> Episode:
    """The newest alert of a bin that has one."""
    if bin_.case.episode is None:
        raise ValueError(f"bin {bin_.id} has no alert")
    return bin_.case.episode


def _told(bin_: Bin, episode: Episode) -> dict[str, Any]:
    return {
        "alert": episode.id,
        "site": bin_.id.site,
        "bin": bin_.id.bin,
        "state": episode.state,
        "revision": episode.revision,
        "severity": episode.assessment.severity,
        "expected": episode.assessment.expected,
        "counted": episode.assessment.counted,
        "photo_count": episode.assessment.exhibit.photo_count,
        "counted_by_hand": episode.hand_count,
        "correct_to": episode.correct_to,
        "acknowledged_by": episode.acknowledged_by,
        "history": [
            {"revision": each.revision, "at": each.at, "who": each.who, "what": each.what, "why": each.why}
            for each in episode.history
        ],
    }


def _text(received: Received | ReceivedIncident) -> str:
    return received.alert.to_json() if isinstance(received, Received) else received.incident.to_json()


def _show(received: Received | ReceivedIncident, as_json: bool) -> None:
    if as_json:
        click.echo(_text(received))
    elif isinstance(received, Received):
        out.print(alert_panel(received.alert))
    else:
        out.print(incident_panel(received.incident))
