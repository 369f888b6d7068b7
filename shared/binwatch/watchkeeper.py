"""Keeps watch over aisles and cameras: looks leave signs there, and enough bad ones make an incident."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from binwatch.bins import JUDGED, Bin
from binwatch.decision import Verdict
from binwatch.errors import MalformedCommand, UnknownAlert
from binwatch.groupings import Grouping
from binwatch.incidents import (
    Group,
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
from binwatch.keys import ABID_SITE, BinId, camera_of
from binwatch.looks import Look
from binwatch.policy_book import Rules
from binwatch.ports import Noticeboard, Timers
from binwatch.races import run_again
from binwatch.timers import Kind, Timer

ATTEMPTS = 8  # all looks at an aisle write one watch


@dataclass(frozen=True, slots=True)
class Watchkeeper:
    """Turns the watches of groups; the same sign, timer or order again changes nothing."""

    noticeboard: Noticeboard
    timers: Timers
    rules_for: Callable[[BinId], Rules]
    now: Callable[[], str]

    def heed(self, signs: Iterable[Sign]) -> None:
        """Add signs to the watches of their groups.

        Raises:
            Transient: the table is out of reach, or others never cease to write there.
        """
        by_group = self._by_group(signs)
        # Cameras first: what a camera explains is no trouble of the aisle.
        for group in sorted(by_group, key=lambda each: (each.kind is GroupKind.AISLE, each)):
            grouping = self._grouping(group.site)
            self._change(group, _hearing(by_group[group], grouping, self._elsewhere(group), self.now()))

    def wake(self, group: Group) -> Watch:
        """The watch after its timer went off.

        The timers of the bins that it releases are set before it lets go of them: whoever is interrupted in
        between sets them once more.
        """

        def woken(watch: Watch) -> tuple[Watch, list[Incident]]:
            turn = wake(watch, self._grouping(group.site), self.now())
            self.timers.set([Timer(self.now(), Kind.ALERT, str(each)) for each in turn.released])
            return turn.watch, _announced(turn)

        return self._change(group, woken)

    def end(self, group: Group, who: str, why: str) -> Watch:
        """The watch after a person ended its incident.

        Raises:
            UnknownAlert: no incident is running there.
            MalformedCommand: nobody ends it.
        """
        if not who.strip():
            raise MalformedCommand("who_missing", "an incident is ended by somebody with a name")

        def ended(watch: Watch) -> tuple[Watch, list[Incident]]:
            turn = close(watch, self._grouping(group.site), self.now(), who, why)
            if turn.announced is None:
                raise UnknownAlert("no_incident", f"no incident is running at {group}")
            return turn.watch, _announced(turn)

        return self._change(group, ended)

    def _grouping(self, site: str) -> Grouping:
        return self.rules_for(BinId(site, "")).grouping  # zones have none of their own

    def _by_group(self, signs: Iterable[Sign]) -> dict[Group, list[Sign]]:
        """The signs by all groups that are to hear of them.

        An aisle whose incident runs hears of its bins until it is over, also where the site has come to name
        its aisles otherwise: else it would not learn that they are right again.
        """
        by_group: dict[Group, list[Sign]] = defaultdict(list)
        running: dict[str, list[Incident]] = {}
        for sign in signs:
            site = sign.bin.site
            if site not in running:
                running[site] = self._aisles_running(site)
            begun = (each.group for each in running[site] if sign.bin.bin in each.bins)
            for group in {*groups_of(sign, self._grouping(site)), *begun}:
                by_group[group].append(sign)
        return by_group

    def _aisles_running(self, site: str) -> list[Incident]:
        if site == ABID_SITE:  # it has no aisles, and so nothing to ask the table
            return []
        return [each for each in self._running(site) if each.group.kind is GroupKind.AISLE]

    def _running(self, site: str) -> list[Incident]:
        watches = self.noticeboard.muting(site, self.now()).incidents
        return [each.incident for each in watches if each.incident and each.incident.running]

    def _elsewhere(self, group: Group) -> set[BinId]:
        """The bins in running incidents of other groups."""
        others = (each for each in self._running(group.site) if each.group != group)
        return {BinId(group.site, name) for each in others for name in each.bins}

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
