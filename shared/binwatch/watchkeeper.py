"""Keeps watch over aisles and cameras: looks leave signs there, and enough bad ones make an incident."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from binwatch.bins import JUDGED, Bin
from binwatch.decision import Verdict
from binwatch.errors import UnknownAlert
from binwatch.incidents import (
    BY_DEFAULT,
    Group,
    Grouping,
    GroupKind,
    Incident,
    Sign,
    Turn,
    Watch,
    add_sign,
    close,
    groups_of,
    wake,
)
from binwatch.keys import BinId, camera_of
from binwatch.looks import Look
from binwatch.ports import Noticeboard, Timers
from binwatch.races import run_again
from binwatch.timers import Kind, Timer

ATTEMPTS = 8  # all looks at an aisle write one watch


@dataclass(frozen=True, slots=True)
class Watchkeeper:
    """Turns the watches of groups; the same sign, timer or order again changes nothing."""

    noticeboard: Noticeboard
    timers: Timers
    now: Callable[[], str]
    grouping: Grouping = BY_DEFAULT

    def heed(self, signs: Iterable[Sign]) -> None:
        """Add signs to the watches of their groups.

        Raises:
            Transient: the table is out of reach, or others never cease to write there.
        """
        by_group: dict[Group, list[Sign]] = defaultdict(list)
        for sign in signs:
            for group in groups_of(sign, self.grouping):
                by_group[group].append(sign)
        # Cameras first: what a camera explains is no trouble of the aisle.
        for group in sorted(by_group, key=lambda each: (each.kind is GroupKind.AISLE, each)):
            self._change(group, _hearing(by_group[group], self.grouping, self._elsewhere(group), self.now()))

    def wake(self, group: Group) -> Watch:
        """The watch after its timer went off.

        The timers of the bins that it releases are set before it lets go of them: whoever is interrupted in
        between sets them once more.
        """

        def woken(watch: Watch) -> tuple[Watch, list[Incident]]:
            turn = wake(watch, self.grouping, self.now())
            self.timers.set([Timer(self.now(), Kind.ALERT, str(each)) for each in turn.released])
            return turn.watch, _announced(turn)

        return self._change(group, woken)

    def end(self, group: Group, who: str, why: str) -> Watch:
        """The watch after a person ended its incident.

        Raises:
            UnknownAlert: no incident is running there.
        """

        def ended(watch: Watch) -> tuple[Watch, list[Incident]]:
            turn = close(watch, self.grouping, self.now(), who, why)
            if turn.announced is None:
                raise UnknownAlert("no_incident", f"no incident is running at {group}")
            return turn.watch, _announced(turn)

        return self._change(group, ended)

    def _elsewhere(self, group: Group) -> set[BinId]:
        """The bins in running incidents of other groups."""
        return {
            BinId(each.group.site, name)
            for each in self.noticeboard.muting(group.site, self.now()).incidents
            if each.incident and each.incident.running and each.group != group
            for name in each.incident.bins
        }

    def _change(self, group: Group, change: Callable[[Watch], tuple[Watch, list[Incident]]]) -> Watch:
        def attempt() -> Watch:
            before = self.noticeboard.watch(group)
            after, announced = change(before.watch)
            if after != before.watch:
                self.noticeboard.turn(before, after, announced)
            return after

        return run_again(attempt, ATTEMPTS, f"the watch over {group}")


def signs_of(before: Bin, after: Bin) -> list[Sign]:
    """What looks that were judged, or are judged otherwise now, say of the groups that their bin is in."""
    return [
        Sign(after.id, look.verdict, look.id, look.captured_at, camera_of(look.stem))
        for name, look in after.looks.items()
        if _is_news(look, before.looks)
    ]


def _is_news(look: Look, known: Mapping[str, Look]) -> bool:
    earlier = known.get(look.id)
    told = look.verdict in JUDGED or look.verdict is Verdict.UNREADABLE
    return told and (earlier is None or earlier.verdict is not look.verdict)


def _hearing(
    signs: Iterable[Sign], grouping: Grouping, elsewhere: set[BinId], now: str
) -> Callable[[Watch], tuple[Watch, list[Incident]]]:
    def heard(watch: Watch) -> tuple[Watch, list[Incident]]:
        announced: list[Incident] = []
        for sign in sorted(signs, key=lambda each: each.seen_at):
            turn = add_sign(watch, sign, grouping, now, elsewhere)
            watch = turn.watch
            announced += _announced(turn)
        return watch, announced

    return heard


def _announced(turn: Turn) -> list[Incident]:
    return [turn.announced] if turn.announced else []
