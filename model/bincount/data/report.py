"""The data report: ``report.json`` for programs and ``report.html`` for people, beside the data."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bincount.artifact import write_atomically
from bincount.data.manifest import SPLITS
from bincount.pages import templates

SCHEMA = "bincount.data_report/1"
REPORT = "report.json"
PAGE = "report.html"
TEMPLATE = "report.html.j2"
LICENCE = (
    "Photos and records of the Amazon Bin Image Dataset are under CC BY-NC-SA 3.0 US: for non-commercial "
    "use, and a counter trained on them carries that condition."
)
_SHOWN_TO = 12  # counts beyond share the last bar
_WORTH_A_WARNING = 0.05  # of all photos


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """Write both."""
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    write_atomically(folder / REPORT, text.encode())
    write_atomically(folder / PAGE, page(report).encode())


def page(report: Mapping[str, Any]) -> str:
    """The report as one self-contained page."""
    bars = {split: _bars(report["splits"][split]["counts"]) for split in SPLITS}
    template = templates(Path(__file__).parent).get_template(TEMPLATE)
    return template.render(report=report, bars=bars, licence=LICENCE, beyond=_SHOWN_TO)


def warnings(report: Mapping[str, Any]) -> list[str]:
    """What a person should know before training on this."""
    photos, found = report["photos"], []
    if report["split_by"] == "random":
        found.append(
            "Split at random: photos of one bin lie in several splits, and figures on val and test flatter. "
            "For comparison with published figures only."
        )
    without = report["without_record"] + report["unreadable_records"]["number"]
    if report["split_by"] == "group" and not report["blocks"] and without > _WORTH_A_WARNING * photos:
        found.append(
            f"{without} photos have no record, so nobody knows which of them show one bin: each is a group "
            "of its own. Where ids are consecutive, --blocks 50 keeps neighbours together."
        )
    if straddling := report["duplicates"]["in_several_splits"]:
        found.append(f"{straddling} sets of equal photos lie in several splits.")
    if report["split_by"] == "given" and report["groups"]["in_several_splits"]:
        found.append(f"{report['groups']['in_several_splits']} groups lie in several splits, as given.")
    if report["unlabelled"]:
        found.append(f"{report['unlabelled']} photos have no count; training and evaluation pass over them.")
    if report["corrupt"]["number"]:
        found.append(f"{report['corrupt']['number']} photos cannot be decoded and are left out.")
    if report["missing"]["number"]:
        found.append(f"{report['missing']['number']} photos are listed and in no source.")
    empty = [split for split in SPLITS if not report["splits"][split]["photos"]]
    if empty:
        found.append(f"No photo in {' and '.join(empty)}.")
    return found


def _bars(counts: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """Label, photos and height (0 to 1) of every bar of a histogram of counts."""
    shown = [counts.get(str(count), 0) for count in range(_SHOWN_TO)]
    shown.append(sum(photos for count, photos in counts.items() if int(count) >= _SHOWN_TO))
    highest = max(*shown, 1)
    labels = [*map(str, range(_SHOWN_TO)), f"{_SHOWN_TO}+"]
    return [(label, photos, photos / highest) for label, photos in zip(labels, shown, strict=True)]
