"""People's answers from a file: a list from another system, or the sheet of an audit."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isclose
from pathlib import Path
from typing import Any

from binwatch.commands import Reason
from binwatch.feedback import SHOWN, Answered
from binwatch.keys import BinId, can_be_named, iso
from binwatch.learning import Findings, Population
from binwatch_local.errors import AnswersRefused

COLUMNS = ("site", "bin", "photo", "expected", "counted", "reason", "at", "drawn", "probabilities")


@dataclass(frozen=True, slots=True)
class FileAnswers:
    """Answers in CSV, a line each, or in JSON, `{"sites": {...}, "answers": [...]}`: docs/alerting.md."""

    path: Path

    def since(self, start: str) -> Findings:
        """What was answered after a moment (ISO 8601 in UTC; empty: ever).

        Raises:
            AnswersRefused: the file is no such list; names the line or the place.
        """
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise AnswersRefused(f"{self.path} is no UTF-8 text.", "Save it as UTF-8.") from error
        found = self._json(text) if text.lstrip().startswith("{") else self._csv(text)
        return Findings(tuple(each for each in found.answers if each.at > start), found.populations)

    def _csv(self, text: str) -> Findings:
        lines = csv.DictReader(text.splitlines())
        if missing := {"site", "bin", "photo", "expected", "at"} - set(lines.fieldnames or ()):
            raise self._refused(f"the header lacks {', '.join(sorted(missing))}")
        answers = []
        for cells in lines:
            given = {name: cell.strip() for name, cell in cells.items() if name and cell and cell.strip()}
            if "probabilities" in given:
                given["probabilities"] = given["probabilities"].split()
            answers.append(self._answer(given, f"line {lines.line_num}"))
        return Findings(tuple(answers))

    def _json(self, text: str) -> Findings:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._refused("it is no JSON") from error
        listed, sites = content.get("answers"), content.get("sites", {})
        if not isinstance(listed, list) or not isinstance(sites, dict):
            raise self._refused("$.answers must be a list, and $.sites an object")
        answers = tuple(self._answer(each, f"$.answers[{index}]") for index, each in enumerate(listed))
        return Findings(answers, {name: self._population(name, each) for name, each in sites.items()})

    def _population(self, site: str, given: Any) -> Population:  # noqa: ANN401 - whatever the file holds
        place = f"$.sites.{site}"
        if not isinstance(given, dict):
            raise self._refused(f"{place} must be an object with bins and alerted")
        bins, alerted = (self._read(given, name, place, _quantity) for name in ("bins", "alerted"))
        if alerted > bins:
            raise self._refused(f"{place}: {alerted} of {bins} bins cannot be alerted")
        return Population(bins, alerted)

    def _answer(self, given: Any, place: str) -> Answered:  # noqa: ANN401 - whatever the file holds
        if not isinstance(given, dict):
            raise self._refused(f"{place} must be an object")
        if unknown := given.keys() - set(COLUMNS):
            raise self._refused(
                f"{place}: there is no {', '.join(sorted(unknown))}, only {', '.join(COLUMNS)}"
            )
        expected = self._read(given, "expected", place, _quantity)
        reason = self._read(given, "reason", place, Reason) if given.get("reason") else None
        if reason is None and given.get("counted") in (None, ""):
            raise self._refused(f"{place}: say what was counted, or the reason of the false alarm")
        return Answered(
            bin=BinId(self._read(given, "site", place, _name), self._read(given, "bin", place, _name)),
            photo_id=self._read(given, "photo", place, _name),
            expected=expected,
            counted=expected if reason else self._read(given, "counted", place, _quantity),
            probabilities=self._read(given, "probabilities", place, _distribution),
            at=self._read(given, "at", place, moment),
            drawn=self._read(given, "drawn", place, _truth),
            shows=reason is None or reason in SHOWN,
        )

    def _read[T](self, given: Mapping[str, Any], name: str, place: str, kind: Callable[[Any], T]) -> T:
        try:
            return kind(given.get(name))
        except (TypeError, ValueError) as error:
            raise self._refused(f"{place}: {name} cannot be {given.get(name)!r}") from error

    def _refused(self, why: str) -> AnswersRefused:
        return AnswersRefused(f"{self.path}: {why}.", "docs/alerting.md tells what an answer is.")


def moment(value: str) -> str:
    """A day or a time (ISO 8601; UTC, if it says no zone) as stored moments are; ValueError if it is none."""
    found = datetime.fromisoformat(value)
    return iso(found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC))


def _name(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    if not isinstance(value, str) or not can_be_named(value):
        raise TypeError
    return value


def _quantity(value: Any) -> int:  # noqa: ANN401
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError
    return value


def _truth(value: Any) -> bool:  # noqa: ANN401
    truths: dict[Any, bool] = {None: False, "": False, "no": False, "false": False, "yes": True, "true": True}
    if isinstance(value, bool):
        return value
    if value not in truths:
        raise ValueError
    return truths[value]


def _distribution(value: Any) -> tuple[float, ...]:  # noqa: ANN401
    if value in (None, "", []):
        return ()
    if not isinstance(value, list):
        raise TypeError
    numbers = tuple(float(each) for each in value)
    if not all(0 <= each <= 1 for each in numbers) or not isclose(sum(numbers), 1, abs_tol=0.01):
        raise ValueError
    return numbers
