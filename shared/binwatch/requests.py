"""Messages that ask: robots for another look at a bin, people for a count of a bin of the audit sample."""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar, Self

from binwatch.alerts import MalformedAlert, values_of
from binwatch.asking import Doubt, Draw, request_id
from binwatch.keys import BinId, PhotoAt
from binwatch.looks import Look
from binwatch.messages import plain

RELOOK, AUDIT = "binwatch.relook/1", "binwatch.audit/1"


@dataclass(frozen=True, slots=True)
class _Request:
    """What both messages say; there is one revision of each."""

    schema: ClassVar[str]
    event: ClassVar[str]

    id: str
    site: str
    bin: str
    asked_at: str
    photo: PhotoAt  # the newest one

    @property
    def revision(self) -> int:
        """With the id, what duplicates are told by."""
        return 1

    @property
    def attributes(self) -> dict[str, str]:
        """What SNS subscriptions can filter on."""
        return {"site": self.site, "bin": self.bin, "event": self.event}

    def to_json(self) -> str:
        """The message as its versioned JSON text (docs/relook.schema.json, docs/audit.schema.json)."""
        values = {"schema": self.schema, "event": self.event, "revision": self.revision, **asdict(self)}
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a request's JSON text; MalformedAlert if it is none."""
        try:
            given = values_of(cls, text, cls.schema)
            return cls(**given | {"photo": PhotoAt(**given["photo"])})
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise MalformedAlert(f"no {cls.schema}: {error!r}") from error


@dataclass(frozen=True, slots=True)
class RelookRequest(_Request):
    """Robots are asked to photograph a bin again, since its looks so far leave its record in doubt."""

    schema: ClassVar[str] = RELOOK
    event: ClassVar[str] = "relook"

    since: str  # when the doubt began
    expected: int
    most_likely: int | None  # items, if the record is wrong
    mismatch_probability: float

    @classmethod
    def about(cls, bin_: BinId, doubt: Doubt, look: Look) -> "RelookRequest":
        """The request for a bin whose newest look is in doubt."""
        if doubt.since is None or doubt.asked_at is None or look.expected is None:
            raise ValueError(f"nobody asks for another look at bin {bin_}")
        return cls(
            id=request_id("relook", bin_, doubt.asked_at),
            site=bin_.site,
            bin=bin_.bin,
            asked_at=doubt.asked_at,
            photo=look.photo,
            since=doubt.since,
            expected=look.expected,
            most_likely=look.most_likely,
            mismatch_probability=round(look.mismatch_probability or 0.0, 4),
        )

    @property
    def subject(self) -> str:
        """For a person who subscribed without a filter."""
        return plain(f"Another look is wanted: bin {self.bin} at {self.site}")

    @property
    def email_text(self) -> str:
        """The same, in words."""
        return (
            f"The photos of bin {self.bin} at {self.site} do not say whether its record is right.\n\n"
            f"What to do: nothing; a robot is to photograph it again.\n\nRequest {self.id}."
        )


@dataclass(frozen=True, slots=True)
class AuditRequest(_Request):
    """A person is asked to count a bin that the audit sample drew.

    Neither what its record says nor what was seen is in it, lest anybody count towards a number.
    """

    schema: ClassVar[str] = AUDIT
    event: ClassVar[str] = "audit"

    day: str  # of the sample

    @classmethod
    def about(cls, bin_: BinId, draw: Draw) -> "AuditRequest":
        """The request for a bin that was drawn."""
        id_ = request_id("audit", bin_, draw.day)
        return cls(id_, bin_.site, bin_.bin, draw.asked_at, draw.photo, draw.day)

    @property
    def subject(self) -> str:
        """The e-mail's subject, as SNS takes it."""
        return plain(f"Audit: count bin {self.bin} at {self.site}")

    @property
    def email_text(self) -> str:
        """The request as a person reads it."""
        return (
            f"Bin {self.bin} at {self.site} was drawn for the audit sample of {self.day}.\n\n"
            "What to do: count it by hand and answer with the number, also if nothing seems wrong.\n"
            "It was drawn by chance: this says nothing of the bin.\n\n"
            f"Request {self.id}."
        )
