"""Messages about incidents: one for a whole aisle or camera, instead of an alert for each of its bins."""

import json
from dataclasses import asdict, dataclass

from binwatch.alerts import MalformedAlert, Severity, values_of
from binwatch.incidents import MOST_NAMED, Incident
from binwatch.messages import plain
from binwatch.signs import Group, GroupKind, Sign, explained

SCHEMA = "binwatch.incident/1"
LISTED = 20  # bins that an e-mail names; programs hear of MOST_NAMED


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
    hit: int | None = None  # this and the next are not of older versions, which named all bins
    since: str | None = None
    separator: str | None = None

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
            bins=incident.bins[:MOST_NAMED],
            unreadable=incident.unreadable,
            began_at=incident.began_at,
            ended_at=incident.ended_at,
            who=incident.ended_by,
            why=incident.why,
            hit=incident.hit,
            since=incident.since or None,
            separator=incident.separator or None,
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

    def explains(self, sign: Sign) -> bool:
        """Whether the incident was told in place of an alert about what a look says."""
        if self.site == sign.bin.site and sign.bin.bin in self.bins:
            return True
        group = Group(self.site, self.kind, self.name)
        return self.since is not None and explained(sign, group, self.since, self.separator or "")

    @property
    def subject(self) -> str:
        """The e-mail's subject, as SNS takes it."""
        over = "" if self.ended_at is None else "Over: "
        return plain(
            f"{over}[{self.severity}] {self.kind} {self.name} at {self.site}: {self._how_many} bins at once"
        )

    @property
    def email_text(self) -> str:
        """The incident as a person reads it."""
        listed = ", ".join(self.bins[:LISTED])
        more = f" and {self._more}" if self._hit > len(self.bins[:LISTED]) else ""
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
    def _hit(self) -> int:
        return len(self.bins) if self.hit is None else self.hit

    @property
    def _about(self) -> str:
        """Before a number that was not counted by names."""
        return "about " if self._hit > len(self.bins) else ""

    @property
    def _how_many(self) -> str:
        return f"{self._about}{self._hit}"

    @property
    def _more(self) -> str:
        return f"{self._about}{self._hit - LISTED} more"

    @property
    def _what(self) -> str:
        if self.ended_at is not None:
            return "the trouble with many bins at once is over."
        unreadable = f" ({self.unreadable} of them cannot be read)" if self.unreadable else ""
        many = self._how_many
        return f"{many} bins went wrong within minutes{unreadable}. Probably one fault, not theirs."

    @property
    def _to_do(self) -> str:
        if self.ended_at is not None:
            return "nothing; bins that are still wrong are sent as alerts of their own."
        first = "lens and lights of the camera" if self.kind is GroupKind.CAMERA else "the camera, the lights"
        return (
            f"check {first} and whether stock was moved there. The bins' own alerts wait until this is over."
        )
