"""A page to look at: every alert with its photo, then every photo with its verdict. One file."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageOps

from bincount.pages import templates
from binwatch.alerts import Alert
from binwatch.decision import Verdict
from binwatch.looks import Look
from binwatch_local.photos import Photos
from binwatch_local.planting import Planted
from binwatch_local.report import Report
from binwatch_local.terminal import count_text

TEMPLATE = "page.html.j2"
PHOTOS_AT_MOST = 300  # the most certain alerts; the page stays a file that a browser opens at once
LARGE, SMALL = 480, 300  # pixels along the longer side
LARGE_UP_TO = 80  # photos; beyond them all are small
UNDRAWABLE = (OSError, ValueError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Bar:
    """One count of a drawn distribution.

    Args:
        label: the count, "6+" for the last.
        share: its probability, 0 to 1.
        counted: whether it is the count that was told as most likely.
        recorded: whether it is what the record expects.
        height: how high it is drawn, 0 to 1; the most likely count is the highest.
    """

    label: str
    share: float
    height: float
    counted: bool
    recorded: bool

    @property
    def percent(self) -> str:
        """The probability as a person writes it."""
        return "<1" if 0 < self.share < 0.005 else f"{self.share:.0%}".removesuffix("%")


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert as the page shows it."""

    alert: Alert
    photo: str | None
    bars: tuple[Bar, ...]
    counted: str
    shown: str
    planted: Planted | None
    after_s: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One photo of the table."""

    look: Look
    count: str
    spark: str
    planted: Planted | None
    alerted: bool


def write(path: Path, report: Report, photos: Photos) -> None:
    """Write the page of a run."""
    path.write_text(render(report, photos), encoding="utf-8")


def render(report: Report, photos: Photos) -> str:
    """The page of a run as HTML; every name and text in it is escaped."""
    rows = [_row(report, look) for _, look in sorted(report.looks.items())]
    missed = [row for row in rows if row.planted and not row.alerted]
    return (
        templates(Path(__file__).parent)
        .get_template(TEMPLATE)
        .render(
            report=report,
            verdicts=report.verdicts,
            cards=_cards(report, photos),
            rows=rows,
            missed=missed,
            model=next((look.model for look in report.looks.values() if look.model), None),
            made_at=datetime.now().astimezone(),
            wanted=len(report.sent) or 1,
        )
    )


def bars(probabilities: tuple[float, ...], expected: int | None, told: int) -> tuple[Bar, ...]:
    """A distribution ready to be drawn; the last bar stands for that many or more."""
    last = len(probabilities) - 1
    most = max(probabilities, default=1.0)
    record = None if expected is None else min(expected, last)
    return tuple(
        Bar(
            label=f"{count}+" if count == last else str(count),
            share=share,
            height=share / most,
            counted=count == told,
            recorded=count == record,
        )
        for count, share in enumerate(probabilities)
    )


def spark(probabilities: Sequence[float]) -> str:
    """A distribution as the path of a small drawing, 6 units a count and 14 high."""
    most = max(probabilities, default=1.0)
    heights = (max(0.5, 14 * share / most) for share in probabilities)
    return "".join(f"M{6 * count} 14v-{height:.1f}h5V14z" for count, height in enumerate(heights))


def thumbnail(photo: bytes, side: int) -> str | None:
    """A photo as a small JPEG in a data URI; None where it cannot be drawn."""
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            opened.draft("RGB", (side, side))
            small = ImageOps.exif_transpose(opened).convert("RGB")
            small.thumbnail((side, side))
    except UNDRAWABLE:
        return None
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=72)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _cards(report: Report, photos: Photos) -> list[AlertCard]:
    """The alerts, the most certain first."""
    names = {capture.photo_key: capture for capture in photos.captures}
    uploaded = {photo.key: photo.at for photo in report.sent}
    received = sorted(report.alerts.values(), key=lambda each: -each.alert.mismatch_probability)
    side = LARGE if len(received) <= LARGE_UP_TO else SMALL
    cards = []
    for number, each in enumerate(received):
        alert = each.alert
        capture = names.get(alert.photo.key) if number < PHOTOS_AT_MOST else None
        began = uploaded.get(alert.photo.key)
        cards.append(
            AlertCard(
                alert=alert,
                photo=thumbnail(photos.read(capture), side) if capture else None,
                bars=bars(alert.probabilities, alert.expected, alert.counted),
                counted=count_text(alert.counted, alert.probabilities),
                shown=count_text(alert.photo_count, alert.probabilities),
                planted=report.planted.get(alert.photo.key),
                after_s=each.sent_at - began if began else None,
            )
        )
    return cards


def _row(report: Report, look: Look) -> Row:
    return Row(
        look=look,
        count=count_text(look.count, look.probabilities),
        spark=spark(look.probabilities) if look.verdict is not Verdict.UNREADABLE else "",
        planted=report.planted.get(look.key),
        alerted=report.alerted(look.key),
    )
