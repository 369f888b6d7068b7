"""What a run came to: counts, verdicts, alerts, latencies, and what was lost."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from binwatch.beliefs import Belief
from binwatch.decision import Exact, Verdict
from binwatch.incident_messages import IncidentMessage
from binwatch.looks import Look
from binwatch.ports import Quarantined
from binwatch_local.feeder import Sent
from binwatch_local.inbox import Received, instead_of_alert
from binwatch_local.planting import Planted
from binwatch_local.watch import Snapshot


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds; None where it never happened."""

    p50: float | None
    p99: float | None

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread":
        """The spread of some durations."""
        ordered = sorted(seconds)
        return cls(percentile(ordered, 50), percentile(ordered, 99))

    def to_json(self) -> dict[str, float | None]:
        """The spread for a report."""
        return {"p50": self.p50, "p99": self.p99}


@dataclass(frozen=True, slots=True)
class Report:
    """One run.

    Args:
        source: where the photos came from, as a sentence.
        sent: every photo that was uploaded.
        looks: what was stored of them, by key.
        received: every alert message, in the order of arrival.
        planted: the records made wrong on purpose, by key of their photo.
        quarantined: what the pipeline put aside, and why.
        dead_letters: messages that failed too often.
        rate: the photos a second that were asked for; 0 is as fast as it goes.
        incidents: what was told of many bins at once, in place of their alerts.
    """

    source: str
    sent: Sequence[Sent]
    looks: Mapping[str, Look]
    received: Sequence[Received]
    planted: Mapping[str, Planted]
    quarantined: Sequence[Quarantined]
    dead_letters: int
    rate: float
    incidents: Sequence[IncidentMessage] = ()

    @property
    def verdicts(self) -> dict[str, int]:
        """How many photos got which verdict; every verdict is there."""
        found = Counter(look.verdict for look in self.looks.values())
        return {verdict.value: found[verdict] for verdict in Verdict}

    @property
    def counted(self) -> int:
        """Photos with a count."""
        return sum(look.count is not None for look in self.looks.values())

    @property
    def lost(self) -> list[str]:
        """Keys of photos without a verdict in the table."""
        return [photo.key for photo in self.sent if photo.key not in self.looks]

    @property
    def alerts(self) -> dict[str, Received]:
        """The alerts received, each once, by id."""
        return {received.alert.id: received for received in reversed(self.received)}

    @property
    def unalerted(self) -> list[str]:
        """Keys of mismatches of which nothing came, neither an alert nor an incident in its place."""
        return [
            key
            for key, look in self.looks.items()
            if look.alert_id
            and look.alert_id not in self.alerts
            and not instead_of_alert(look, self.incidents)
        ]

    @property
    def nothing_lost(self) -> bool:
        """Whether each photo ended in the table, each mismatch in an alert, and no message died."""
        return not (self.lost or self.unalerted or self.dead_letters)

    @property
    def found(self) -> list[Planted]:
        """The planted records that raised an alert."""
        return [planted for planted in self.planted.values() if self.alerted(planted.photo_key)]

    @property
    def naive(self) -> list[str]:
        """Keys of the photos on which the naive rule would alert: their most likely count is another."""
        return [key for key, look in self.looks.items() if _naively_wrong(look)]

    @property
    def count_latency(self) -> Spread:
        """From a photo's complete upload to its stored count."""
        return Spread.of(
            _seconds(look.stored_at) - photo.at for photo in self.sent if (look := self.looks.get(photo.key))
        )

    @property
    def alert_latency(self) -> Spread:
        """From a photo's complete upload to its alert in the subscribed queue."""
        uploaded = {photo.key: photo.at for photo in self.sent}
        return Spread.of(
            received.sent_at - uploaded[received.alert.photo.key]
            for received in self.alerts.values()
            if received.alert.photo.key in uploaded
        )

    @property
    def photos_per_s(self) -> float:
        """Photos stored, over the time from the first upload to the last photo stored."""
        if not self.looks or not self.sent:
            return 0.0
        seconds = max(_seconds(look.stored_at) for look in self.looks.values()) - min(
            photo.at for photo in self.sent
        )
        return len(self.looks) / seconds if seconds > 0 else 0.0

    def alerted(self, key: str) -> bool:
        """Whether a photo's mismatch came in an alert."""
        look = self.looks.get(key)
        return look is not None and look.verdict is Verdict.MISMATCH and look.alert_id in self.alerts

    def to_json(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "source": self.source,
            "photos": len(self.sent),
            "counted": self.counted,
            "unreadable": self.verdicts[Verdict.UNREADABLE],
            "waiting": self.verdicts[Verdict.WAITING],
            "lost": len(self.lost),
            "lost_keys": self.lost,
            "verdicts": self.verdicts,
            "alerts": len(self.alerts),
            "alert_messages": len(self.received),
            "unalerted": self.unalerted,
            "incidents": len({each.id for each in self.incidents}),
            "dead_letters": self.dead_letters,
            "quarantined": [
                {"key": each.key, "code": each.code, "detail": each.detail} for each in self.quarantined
            ],
            "planted": [
                {**planted.to_json(), "alerted": self.alerted(key)}
                for key, planted in sorted(self.planted.items())
            ],
            "naive": {"alerts": len(self.naive), "planted": sum(key in self.planted for key in self.naive)},
            "photos_per_s": round(self.photos_per_s, 3),
            "rate": self.rate,
            "latency_s": {"count": self.count_latency.to_json(), "alert": self.alert_latency.to_json()},
            "looks": [self._look(look) for _, look in sorted(self.looks.items())],
        }

    def _look(self, look: Look) -> dict[str, Any]:
        return {
            "key": look.key,
            "expected": look.expected,
            "count": look.count,
            "probabilities": list(look.probabilities),
            "verdict": look.verdict.value,
            "alerted": self.alerted(look.key),
            "direction": look.direction,
            "mismatch_probability": look.mismatch_probability,
            "reason": look.reason,
        }


def compile_report(
    source: str,
    sent: Sequence[Sent],
    last: Snapshot,
    planted: Iterable[Planted],
    quarantined: Iterable[Quarantined],
    rate: float,
) -> Report:
    """The report of a run whose end was `last`."""
    return Report(
        source=source,
        sent=sent,
        looks=last.looks,
        received=last.received,
        planted={each.photo_key: each for each in planted},
        quarantined=tuple(quarantined),
        dead_letters=last.dead_letters,
        rate=rate,
        incidents=last.incidents,
    )


def percentile(ordered: Sequence[float], percent: float) -> float | None:
    """The smallest value that at least so many percent do not exceed (nearest rank); None of nothing."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)], 3)


def _naively_wrong(look: Look) -> bool:
    if look.expected is None or not look.probabilities:
        return False
    alone = Belief.of(look.counted, look.counter)
    judgement = Exact().judge(look.counted, alone, look.expected)
    return judgement.verdict is Verdict.MISMATCH


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()
