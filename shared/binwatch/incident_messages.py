"""Messages about incidents: one for a whole aisle or camera, instead of an alert for each of its bins."""

import json
from dataclasses import asdict, dataclass

from binwatch.alerts import MalformedAlert, Severity, values_of
from binwatch.incidents import GroupKind, Incident
from binwatch.messages import plain

SCHEMA = "binwatch.incident/1"
LISTED = 20  # bins that an e-mail names


@dataclass(frozen=True, slots=True)
class IncidentMessage:
    """What SNS and webhooks carry about an incident; `id` and `revision` tell duplicates apart."""

    id: str
    revision: int
    event: str  # opened, resolved
    site: str
    kind: GroupKind
    name: str
    bins: tuple[str, ...]
    unreadable: int
    began_at: str
    ended_at: str | None
    who: str | None
    why: str | None
    severity: Severity = Severity.HIGH

    @classmethod
    def about(cls, incident: Incident) -> "IncidentMessage":
        """The message about an incident as it is now."""
        group = incident.group
        return cls(
            id=incident.id,
            revision=incident.revision,
            event="opened" if incident.running else "resolved",
            site=group.site,
            kind=group.kind,
            name=group.name,
            bins=incident.bins,
            unreadable=incident.unreadable,
            began_at=incident.began_at,
            ended_at=incident.ended_at,
            who=incident.ended_by,
            why=incident.why,
        )

    @property
    def attributes(self) -> dict[str, str]:
        """What SNS subscriptions can filter on."""
        return {"site": self.site, "severity": self.severity, "event": self.event, "incident": self.kind}

    def to_json(self) -> str:
        """The message as its versioned JSON text (docs/incident.schema.json)."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "IncidentMessage":
        """Read an incident's JSON text.

        Raises:
            MalformedAlert: the text is none, or of a schema that this code does not know.
        """
        try:
            given = values_of(cls, text, SCHEMA)
            given |= {"kind": GroupKind(given["kind"]), "severity": Severity(given["severity"])}
            return cls(**given | {"revision": int(given["revision"]), "bins": tuple(given["bins"])})
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise MalformedAlert(f"not an incident: {error!r}") from error

    @property
    def subject(self) -> str:
        """The e-mail's subject, as SNS takes it."""
        over = "" if self.ended_at is None else "Over: "
        return plain(
            f"{over}[{self.severity}] {self.kind} {self.name} at {self.site}: {len(self.bins)} bins at once"
        )

    @property
    def email_text(self) -> str:
        """The incident as a person reads it."""
        listed = ", ".join(self.bins[:LISTED])
        more = f" and {len(self.bins) - LISTED} more" if len(self.bins) > LISTED else ""
        lines = [
            f"{self.kind.capitalize()} {self.name} at {self.site}: {self._what}",
            "",
            f"  Bins       {listed}{more}",
            f"  Since      {self.began_at}",
        ]
        if self.ended_at is not None:
            lines.append(f"  Until      {self.ended_at} ({self.why})")
        lines += ["", f"What to do: {self._to_do}", "", f"Incident {self.id}, revision {self.revision}."]
        return "\n".join(lines)

    @property
    def _what(self) -> str:
        if self.ended_at is not None:
            return "the trouble with many bins at once is over."
        unreadable = f" ({self.unreadable} of them cannot be read)" if self.unreadable else ""
        return f"{len(self.bins)} bins went wrong within minutes{unreadable}. Probably one fault, not theirs."

    @property
    def _to_do(self) -> str:
        if self.ended_at is not None:
            return "nothing; bins that are still wrong are sent as alerts of their own."
        first = "lens and lights of the camera" if self.kind is GroupKind.CAMERA else "the camera, the lights"
        return (
            f"check {first} and whether stock was moved there. The bins' own alerts wait until this is over."
        )
