"""The sweep: wakes whoever's timer has gone off, oldest first, as many as there is time for."""

from collections.abc import Callable
from dataclasses import dataclass

from binwatch.desk import Desk
from binwatch.errors import BinwatchError
from binwatch.keys import BinId
from binwatch.signs import Group
from binwatch.timers import Kind, Timer, due
from binwatch.watchkeeper import Watchkeeper

MOST = 500  # of one run; the next one goes on


@dataclass(frozen=True, slots=True)
class Swept:
    """What a run did: who was woken, what messages it made, and whom it could not wake and why.

    `left` says that more are due than the run had time for.
    """

    woken: tuple[Timer, ...] = ()
    opened: int = 0
    sent: int = 0
    failed: tuple[tuple[Timer, BinwatchError], ...] = ()
    left: bool = False


@dataclass(frozen=True, slots=True)
class Sweep:
    """Runs again and again; a run that was cut off is made up for by the next."""

    desk: Desk
    watchkeeper: Watchkeeper

    def run(self, has_time: Callable[[], bool]) -> Swept:
        """Wake all that are due; who fails is left for the next run and keeps nobody else asleep.

        Args:
            has_time: whether there is time for one more.

        Raises:
            Transient: the timers cannot be read.
        """
        woken: list[Timer] = []
        failed: dict[Timer, BinwatchError] = {}
        opened = sent = 0
        while found := self._due([*woken, *failed]):
            for timer in found:
                if not has_time() or len(woken) >= MOST:
                    return Swept(tuple(woken), opened, sent, tuple(failed.items()), left=True)
                try:
                    events = self._wake(timer)
                except BinwatchError as error:
                    failed[timer] = error
                    continue
                woken.append(timer)
                opened += events.count("opened")
                sent += len(events)
        return Swept(tuple(woken), opened, sent, tuple(failed.items()))

    def _due(self, done: list[Timer]) -> list[Timer]:
        """Incidents may have released bins in the meantime, so that there are more than before.

        Those that failed are still due, and the oldest: the more there are, the further behind them is read.
        """
        now, most = self.desk.now(), MOST + len(done)
        return [each for each in due(self.desk.timers.due(now, most), now, most) if each not in done]

    def _wake(self, timer: Timer) -> list[str]:
        """Wake one, and delete its timer unless it is to go off again; the events that were sent."""
        if timer.kind is Kind.ALERT:
            bin_ = self.desk.wake(BinId.parse(timer.subject))
            wake_at = bin_.case.episode.wake_at if bin_.case.episode else None
            events = [str(each.event) for each in bin_.messages]
        else:
            watch = self.watchkeeper.wake(Group.parse(timer.subject))
            wake_at, events = watch.wake_at, []
        if wake_at != timer.due_at:
            self.desk.timers.forget(timer)
        return events
