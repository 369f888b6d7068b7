"""Alerts: what operations staff receive when a bin and its record most likely differ."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from binwatch.decision import Direction, Exact, Verdict
from binwatch.records import Source

SCHEMA = "binwatch.alert/1"
MAX_SUBJECT = 100  # what SNS takes


class MalformedAlert(ValueError):
    """A text that is no alert of this schema."""


class Severity(StrEnum):
    """How soon somebody should look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class PhotoAt:
    """Where the photo behind an alert lies in S3."""

    bucket: str
    key: str
    version_id: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """One message about one episode of one bin; `id` and `revision` tell duplicates apart."""

    id: str
    revision: int
    event: str
    site: str
    bin: str
    verdict: Verdict
    direction: Direction
    severity: Severity
    expected: int
    counted: int
    mismatch_probability: float
    probabilities: tuple[float, ...]
    photo: PhotoAt
    expected_source: Source
    captured_at: str
    decided_at: str
    model: str
    policy: str

    @property
    def attributes(self) -> dict[str, str]:
        """What SNS subscriptions can filter on."""
        return {
            "site": self.site,
            "bin": self.bin,
            "direction": self.direction,
            "severity": self.severity,
            "verdict": self.verdict,
        }

    def to_json(self) -> str:
        """The alert as its versioned JSON text (docs/alert.schema.json)."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Alert":
        """Read an alert's JSON text.

        Raises:
            MalformedAlert: the text is none, or of a schema that this code does not know.
        """
        try:
            fields: dict[str, Any] = json.loads(text)
            schema = fields.pop("schema")
            if schema != SCHEMA:
                raise MalformedAlert(f"the schema is {schema!r}, not {SCHEMA!r}")
            fields["photo"] = PhotoAt(**fields["photo"])
            fields["probabilities"] = tuple(float(each) for each in fields["probabilities"])
            for name, kind in _KINDS.items():
                fields[name] = kind(fields[name])
            return cls(**fields)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise MalformedAlert(f"not an alert: {error!r}") from error


def severity_of(loss: float) -> Severity:
    """By the expected loss, sum of P(c) |c - e| times what an item costs: two items are urgent.

    A mere suspicion of one is not.
    """
    if loss >= 2:
        return Severity.HIGH
    return Severity.MEDIUM if loss >= 0.75 else Severity.LOW


def subject(alert: Alert) -> str:
    """The e-mail's subject: printable ASCII, at most 100 characters, as SNS demands."""
    text = (
        f"[{alert.severity}] {alert.direction} in bin {alert.bin} at {alert.site}: expected {alert.expected}"
    )
    plain = "".join(each if " " <= each <= "~" else "?" for each in text)
    return plain if len(plain) <= MAX_SUBJECT else plain[: MAX_SUBJECT - 3] + "..."


def email_text(alert: Alert) -> str:
    """The alert as a person reads it."""
    last = len(alert.probabilities) - 1
    counted = f"{last} or more" if alert.counted == last else str(alert.counted)
    version = f" (version {alert.photo.version_id})" if alert.photo.version_id else ""
    likely = "probable" if alert.mismatch_probability >= 0.5 else "possible"
    certainty = f"{min(alert.mismatch_probability, 0.99):.0%} that the record is wrong"
    if alert.policy == Exact().name:
        certainty = "the most likely count differs; how rarely records are wrong was not weighed"
    return "\n".join(
        (
            f"Bin {alert.bin} at {alert.site}: {likely} {alert.direction}.",
            "",
            f"  Expected   {alert.expected} (from the {_SOURCES[alert.expected_source]})",
            f"  Counted    {counted}, most likely",
            f"  Certainty  {certainty}",
            f"  Severity   {alert.severity}",
            f"  Captured   {alert.captured_at}",
            f"  Photo      s3://{alert.photo.bucket}/{alert.photo.key}{version}",
            "",
            "What to do: count the bin by hand and correct the record, or the bin, if they differ.",
            "",
            f"Alert {alert.id}, revision {alert.revision}; counted by {alert.model}, policy {alert.policy}.",
        )
    )


_KINDS: dict[str, Callable[[Any], Any]] = {
    "revision": int,
    "verdict": Verdict,
    "direction": Direction,
    "severity": Severity,
    "expected": int,
    "counted": int,
    "mismatch_probability": float,
    "expected_source": Source,
}
_SOURCES = {
    Source.PHOTO: "photo's own metadata",
    Source.SIDECAR: "photo's record",
    Source.STANDING: "bin's standing record",
}
