"""`silence` and `incident`: what keeps alerts from being sent."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from binwatch.alerts import Severity
from binwatch.decision import Direction
from binwatch.desk import Scope
from binwatch.incidents import Incident
from binwatch.signs import Group, GroupKind
from binwatch.silences import LONGEST_S, Silence
from binwatch_local import desk
from binwatch_local.commands import options
from binwatch_local.console import out

who = click.option("--who", required=True, help="Your name, for the audit trail.")
why = click.option("--why", required=True, help="In your words.")


@click.group()
def silence() -> None:
    """Keep alerts from being sent for a time; they are recorded, and sent at its end if still open."""


@silence.command()
@click.argument("site")
@click.option("--bins", default="", help="Only bins whose names begin so.")
@click.option("--direction", type=click.Choice([each.value for each in Direction]), help="Only these.")
@click.option(
    "--sent-from",
    type=click.Choice([each.value for each in Severity]),
    help="Alerts of this severity and above are sent all the same.",
)
@click.option(
    "--hours",
    type=options.Number(0, LONGEST_S / 3600, min_open=True),
    required=True,
    help="How long.",
)
@who
@why
@options.as_json
def add(
    site: str,
    bins: str,
    direction: str | None,
    sent_from: str | None,
    hours: float,
    who: str,
    why: str,
    as_json: bool,
) -> None:
    """Silence a site's alerts from now on."""
    scope = Scope(
        site, bins, Direction(direction) if direction else None, Severity(sent_from) if sent_from else None
    )
    with desk.refusals("Say who silences, why, and for how long."):
        made = desk.desk().silence(scope, 3600 * hours, who, why)
    _show([made], as_json)


@silence.command("list")
@click.argument("site")
@options.as_json
def list_(site: str, as_json: bool) -> None:
    """List a site's silences that have not ended."""
    found = desk.desk().silences(site)
    if not (found or as_json):
        out.print(f"Nothing is silenced at {site}.")
    _show(found, as_json, several=True)


@silence.command()
@click.argument("site")
@click.argument("silence_id", metavar="SILENCE")
@who
@options.as_json
def end(site: str, silence_id: str, who: str, as_json: bool) -> None:
    """End a silence before its time; what it muted is sent within a minute, if still open."""
    with desk.refusals("`binwatch silence list SITE` names those that are in force."):
        ended = desk.desk().end_silence(site, silence_id, who)
    _show([ended], as_json)


@click.group()
def incident() -> None:
    """See and end incidents: many bins of an aisle or a camera at once, whose own alerts wait."""


@incident.command("list")
@click.argument("site")
@options.as_json
def incidents(site: str, as_json: bool) -> None:
    """List a site's incidents whose bins are not released yet."""
    keeper = desk.watchkeeper()
    watches = keeper.noticeboard.muting(site, keeper.now()).incidents
    found = [each.incident for each in watches if each.incident]
    if as_json:
        click.echo(json.dumps([_values(each) for each in found], indent=2, ensure_ascii=False))
        return
    for each in found:
        state = f"over since {each.ended_at}" if each.ended_at else f"since {each.began_at}"
        out.print(f"{each.id}  {each.group.kind} {each.group.name}: {_how_many(each)} bins, {state}")
    if not found:
        out.print(f"No incident at {site}.")


@incident.command("end")
@click.argument("site")
@click.argument("kind", type=click.Choice([each.value for each in GroupKind]))
@click.argument("name")
@who
@why
@options.as_json
def end_incident(site: str, kind: str, name: str, who: str, why: str, as_json: bool) -> None:
    """End an incident; `incident_grace_minutes` (10) later its bins that are still wrong are sent."""
    with desk.refusals("`binwatch incident list SITE` names those that run."):
        ended = desk.watchkeeper().end(Group(site, GroupKind(kind), name), who, why).incident
    if ended is None:
        raise ValueError("an incident that was just ended is kept until its bins are released")
    if as_json:
        click.echo(json.dumps(_values(ended), indent=2, ensure_ascii=False))
    else:
        out.print(f"{ended.id}: over, after {_how_many(ended)} bins.")


def _values(incident: Incident) -> dict[str, Any]:
    """An incident for programs: the number of its bins, and not what it is reckoned from."""
    values = asdict(incident) | {"hit": incident.hit}
    del values["tally"]
    return values


def _how_many(incident: Incident) -> str:
    """The number of its bins; where not all are named, about."""
    return f"{'about ' if incident.hit > len(incident.bins) else ''}{incident.hit}"


def _show(found: Sequence[Silence], as_json: bool, *, several: bool = False) -> None:
    if as_json:
        told: list[dict[str, Any]] = [asdict(each) for each in found]
        click.echo(json.dumps(told if several else told[0], indent=2, ensure_ascii=False))
        return
    for each in found:
        bins = f"bins {each.bin_prefix}…" if each.bin_prefix else "all bins"
        until = f"{'ended at' if each.ended_by else 'until'} {each.ends_at}"
        out.print(f"{each.id}  {each.site}, {bins}, {until}, by {each.who}: {each.why}")
