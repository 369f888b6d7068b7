"""Waits until everything that was fed has come to its end, however long retries take, but not for ever."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event

from binwatch.incident_messages import IncidentMessage
from binwatch.looks import Look
from binwatch_local.feeder import Sent
from binwatch_local.inbox import Received, instead_of_alert

STILL_S = 30.0  # nothing under way and nothing new for so long: what is missing now will not come
RETRIES_S = (
    1200.0  # messages under way but nothing new for so long: twice the longest pause between two retries
)
AFTERTHOUGHT_S = (
    2.0  # a notification still on its way, or an alert sent twice by mistake, shows within so long
)
LOOK_EVERY_S = 1.0
SCANNING_SHARE = (
    0.1  # of our time goes into reading the table, so that a large table does not slow the counting
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is to be seen from outside at one moment."""

    looks: Mapping[str, Look] = field(default_factory=dict)  # by key of the photo
    received: tuple[Received, ...] = ()
    under_way: int = 0  # messages in the uploads queue, those in flight included
    dead_letters: int = 0
    incidents: tuple[IncidentMessage, ...] = ()

    @property
    def marks(self) -> tuple[object, ...]:
        """What changes when there is progress."""
        verdicts = frozenset((key, look.verdict) for key, look in self.looks.items())
        return verdicts, len(self.received), len(self.incidents), self.under_way, self.dead_letters


def settled(sent: Iterable[Sent], now: Snapshot) -> bool:
    """Whether every photo has its verdict, every mismatch its alert or incident, and nothing is under way."""
    if now.under_way:
        return False
    told = {received.alert.id for received in now.received}
    looks = [now.looks.get(photo.key) for photo in sent]
    return all(
        look is not None
        and (look.alert_id is None or look.alert_id in told or instead_of_alert(look, now.incidents))
        for look in looks
    )


@dataclass(slots=True)
class Watch:
    """Looks again and again until all is settled or nothing moves any more.

    Args:
        take: makes a snapshot.
        show: is told of each.
        clock: seconds, for the deadlines.
        sleep: pauses between looks.
    """

    take: Callable[[], Snapshot]
    show: Callable[[Snapshot], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until_settled(self, sent: list[Sent]) -> Snapshot:
        """The last snapshot."""
        before, last, since = Snapshot(), self.look(), self.clock()
        while not (settled(sent, before) and settled(sent, last)):
            if self.clock() - since > (RETRIES_S if last.under_way else STILL_S):
                break
            before, last = last, self.look()
            if last.marks != before.marks:
                since = self.clock()
        self.sleep(AFTERTHOUGHT_S)
        return self.look()

    def until(self, over: Event) -> None:
        """Look until something else is over."""
        while not over.is_set():
            self.look()

    def look(self) -> Snapshot:
        """One snapshot, and a pause in proportion to what it cost."""
        began = self.clock()
        snapshot = self.take()
        self.show(snapshot)
        self.sleep(max(LOOK_EVERY_S, (self.clock() - began) * (1 / SCANNING_SHARE - 1)))
        return snapshot


def by_key(looks: Iterable[Look]) -> dict[str, Look]:
    """The looks by key of their photo; of a photo uploaded twice, the newest version's."""
    newest: dict[str, Look] = {}
    for look in looks:
        if look.key not in newest or newest[look.key].order <= look.order:
            newest[look.key] = look
    return newest
