"""Looks, alerts and reports as a terminal shows them."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from binwatch.alerts import Alert
from binwatch.decision import Verdict
from binwatch.incident_messages import IncidentMessage
from binwatch.looks import Look
from binwatch.messages import email_text, subject
from binwatch_local.planting import Planted
from binwatch_local.report import Report, Spread

PANELS_AT_MOST = 25  # alerts written out in full; hundreds would push the report off the screen
VERDICT_STYLES = {
    Verdict.MATCH: "green",
    Verdict.MISMATCH: "bold red",
    Verdict.UNSURE: "yellow",
    Verdict.WAITING: "cyan",
    Verdict.UNREADABLE: "magenta",
}


def looks_table(looks: Iterable[Look], planted: Mapping[str, Planted]) -> Table:
    """Photos with their counts and verdicts, and what was planted in their records."""
    table = Table(header_style="bold")
    table.add_column("photo", overflow="fold")
    table.add_column("verdict")
    for name in ("expected", "count", "P(wrong)"):
        table.add_column(name, justify="right")
    table.add_column("why", overflow="fold")
    if planted:
        table.add_column("planted")
    for look in looks:
        table.add_row(
            Text(look.key),
            Text(look.verdict.value, VERDICT_STYLES[look.verdict]),
            _number(look.expected),
            count_text(look.count, look.probabilities),
            "" if look.mismatch_probability is None else f"{look.mismatch_probability:.0%}",
            Text(look.reason or look.direction or ""),
            *([_change(planted.get(look.key))] if planted else []),
        )
    return table


def count_text(count: int | None, probabilities: tuple[float, ...]) -> str:
    """A count as people write it: the last one that the counter knows means that many or more."""
    if count is None:
        return ""
    return f"{count}+" if count == len(probabilities) - 1 else str(count)


def alert_panel(alert: Alert) -> Panel:
    """An alert as its e-mail shows it."""
    return Panel(Text(email_text(alert)), title=Text(subject(alert)), title_align="left", border_style="red")


def incident_panel(incident: IncidentMessage) -> Panel:
    """An incident as its e-mail shows it."""
    title = Text(incident.subject)
    return Panel(Text(incident.email_text), title=title, title_align="left", border_style="magenta")


def report_view(report: Report) -> RenderableType:
    """The report of a run."""
    alerts = [received.alert for received in report.alerts.values()]
    shown = [alert_panel(alert) for alert in alerts[:PANELS_AT_MOST]]
    more = len(alerts) - len(shown)
    return Group(
        *shown,
        f"… and {more} more alerts, all of them on the page.\n" if more else "",
        _unreadable(report),
        _headline(report),
    )


def _headline(report: Report) -> Table:
    table = Table(
        title="What became of the photos", title_style="bold", title_justify="left", show_header=False
    )
    table.add_column(style="dim")
    table.add_column()
    verdicts = Text(", ").join(
        Text(f"{number} {verdict}", VERDICT_STYLES[Verdict(verdict)])
        for verdict, number in report.verdicts.items()
    )
    table.add_row("source", report.source)
    table.add_row("photos", str(len(report.sent)))
    table.add_row("counted", str(report.counted))
    table.add_row("verdicts", verdicts)
    table.add_row("alerts", _received(report))
    table.add_row("planted", _planted(report))
    table.add_row("naive rule", _naive(report))
    table.add_row("upload to stored count", _spread(report.count_latency))
    table.add_row("upload to alert", _spread(report.alert_latency))
    table.add_row("sustained", f"{report.photos_per_s:.1f} photos/s ({_rate(report.rate)})")
    table.add_row("quarantined records", str(len(report.quarantined)))
    table.add_row("dead letters", str(report.dead_letters))
    table.add_row("lost", _lost(report))
    return table


def _received(report: Report) -> str:
    incidents = len({each.id for each in report.incidents})
    told = f"; {incidents} incidents of many bins at once" if incidents else ""
    return f"{len(report.alerts)} received through SNS and SQS{told}"


def _planted(report: Report) -> str:
    if not report.planted:
        return "none: all records were sent as they were"
    false = sum(not report.planted.get(received.alert.photo.key) for received in report.alerts.values())
    return (
        f"{len(report.planted)} records made wrong, {len(report.found)} of them alerted; "
        f"{false} of the alerts on records sent as they were"
    )


def _naive(report: Report) -> str:
    planted = sum(key in report.planted for key in report.naive)
    return f"any difference from the most likely count: {len(report.naive)} alerts, {planted} of them planted"


def _lost(report: Report) -> Text:
    if report.nothing_lost:
        return Text("nothing: every photo has one verdict, every mismatch its alert", "bold green")
    parts = {
        "photos without a verdict": report.lost,
        "mismatches without an alert": report.unalerted,
    }
    told = [f"{len(keys)} {what} ({', '.join(keys[:3])}…)" for what, keys in parts.items() if keys]
    told += [f"{report.dead_letters} dead letters"] if report.dead_letters else []
    return Text("; ".join(told), "bold red")


def _unreadable(report: Report) -> RenderableType:
    unreadable = [look for look in report.looks.values() if look.verdict is Verdict.UNREADABLE]
    if not unreadable and not report.quarantined:
        return ""
    table = Table(title="Not counted, and why", title_style="bold", title_justify="left", header_style="bold")
    table.add_column("object", overflow="fold")
    table.add_column("why", overflow="fold")
    for look in unreadable:
        table.add_row(Text(look.key), Text(look.reason or ""))
    for each in report.quarantined:
        if each.kind != "photo":
            table.add_row(Text(each.key or each.id), Text(f"{each.code}: {each.detail}"))
    return table


def _spread(spread: Spread) -> str:
    if spread.p50 is None or spread.p99 is None:
        return "none"
    return f"p50 {spread.p50:.2f} s, p99 {spread.p99:.2f} s"


def _rate(rate: float) -> str:
    return f"{rate:g}/s asked for" if rate else "as fast as it goes"


def _change(planted: Planted | None) -> str:
    return f"{planted.right} → {planted.written}" if planted else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
