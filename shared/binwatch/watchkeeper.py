"""Keeps watch over aisles and cameras: looks leave signs there, and enough bad ones make an incident."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from binwatch.bins import JUDGED, Bin
from binwatch.decision import Verdict
from binwatch.errors import MalformedCommand, RequestRefused, Transient, UnknownAlert
from binwatch.groupings import Grouping
from binwatch.incidents import Incident, Turn, Watch, add_sign, close, wake
from binwatch.keys import ABID_SITE, BinId, camera_of
from binwatch.looks import Look
from binwatch.moments import later
from binwatch.policy_book import Rules
from binwatch.ports import Noticeboard, Timers
from binwatch.races import run_again
from binwatch.signs import Group, GroupKind, Sign, groups_of
from binwatch.timers import Kind, Timer

type Change = Callable[[Watch], tuple[Watch, list[Incident]]]

ATTEMPTS = 8  # all looks at an aisle write one watch
JOINED_AFTER_S = 60  # longer than a watch takes to be written

type Missed = Transient | RequestRefused


@dataclass(frozen=True, slots=True)
class Watchkeeper:
    """Turns the watches of groups; the same sign, timer or order again changes nothing."""

    noticeboard: Noticeboard
    timers: Timers
    rules_for: Callable[[BinId], Rules]
    now: Callable[[], str]

    def heed(self, signs: Iterable[Sign]) -> dict[BinId, Missed]:
        """Add signs to the watches of their groups.

        A watch that cannot be written is nobody else's trouble: all others hear of their bins.

        Returns:
            The bins of whose signs a watch did not hear, and why: a Transient if it may, told again.
        """
        missed: dict[BinId, Missed] = {}
        by_site: dict[str, list[Sign]] = defaultdict(list)
        for sign in signs:
            by_site[sign.bin.site].append(sign)
        for site, of_site in by_site.items():
            try:
                by_group = self._by_group(site, of_site)
            except Transient as error:
                missed |= {each.bin: error for each in of_site}
                continue
            # Cameras first: what a camera explains is no trouble of the aisle.
            for group in sorted(by_group, key=lambda each: (each.kind is GroupKind.AISLE, each)):
                if failure := self._tell(group, by_group[group]):
                    for each in by_group[group]:
                        if not isinstance(missed.get(each.bin), Transient):
                            missed[each.bin] = failure
        return missed

    def _tell(self, group: Group, signs: Sequence[Sign]) -> Missed | None:
        """Add signs to one watch; what kept it from hearing of them, if anything did."""
        try:
            grouping = self._grouping(group.site)
            hearing = _hearing(signs, grouping, self._elsewhere(group), self.now())
            self._change(group, self._waking_who_joins(hearing))
        except (Transient, RequestRefused) as error:
            return error
        return None

    def _waking_who_joins(self, change: Change) -> Change:
        """The change; the bins for which an incident speaks by it are woken: their alerts may have been told.

        Their timers are set before the watch is written, lest a crash in between forgets them, and go off
        after it is, lest a sweep in between finds nothing that mutes them.
        """

        def changed(watch: Watch) -> tuple[Watch, list[Incident]]:
            after, announced = change(watch)
            if joined := sorted(map(str, after.hit - watch.hit)):
                due_at = later(self.now(), JOINED_AFTER_S)
                self.timers.set([Timer(due_at, Kind.ALERT, each) for each in joined])
            return after, announced

        return changed

    def wake(self, group: Group) -> Watch:
        """The watch after its timer went off.

        The timers of the bins that it releases are set before it lets go of them: whoever is interrupted in
        between sets them once more. Who was muted meanwhile is found after it.
        """
        released: list[Incident] = []
        woken: set[str] = set()

        def turned(watch: Watch) -> tuple[Watch, list[Incident]]:
            turn = wake(watch, self._grouping(group.site), self.now())
            if turn.released:
                released.append(turn.released)
                woken.update(self._release(turn.released, woken))
            return turn.watch, _announced(turn)

        watch = self._change(group, turned)
        for incident in released[-1:]:
            self._release(incident, woken)
        return watch

    def _release(self, incident: Incident, but: Collection[str]) -> list[str]:
        """Wake whom the incident muted, `but` those that were: who sleeps until its planned end or is named.

        Those of incidents that older versions began do not sleep until any time; of these all are named.
        """
        site = incident.group.site
        named = [str(BinId(site, name)) for name in incident.bins]
        asleep = self.timers.at(incident.planned_end, site) if incident.planned_end else ()
        subjects = [each for each in {*named, *(timer.subject for timer in asleep)} if each not in but]
        self.timers.set([Timer(self.now(), Kind.ALERT, each) for each in sorted(subjects)])
        return subjects

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

    def _by_group(self, site: str, signs: Iterable[Sign]) -> dict[Group, list[Sign]]:
        """The signs by all groups that are to hear of them.

        An aisle whose incident runs hears of its bins until it is over, also where the site has come to name
        its aisles otherwise: else it would not learn that they are right again.
        """
        by_group: dict[Group, list[Sign]] = defaultdict(list)
        grouping = self._grouping(site)
        running = self._aisles_running(site)
        for sign in signs:
            begun = (each.group for each in running if each.explains(sign))
            for group in {*groups_of(sign, grouping), *begun}:
                by_group[group].append(sign)
        return by_group

    def _aisles_running(self, site: str) -> list[Incident]:
        if site == ABID_SITE:  # it has no aisles, and so nothing to ask the table
            return []
        return [each for each in self._running(site) if each.group.kind is GroupKind.AISLE]

    def _running(self, site: str) -> list[Incident]:
        watches = self.noticeboard.muting(site, self.now()).incidents
        return [each.incident for each in watches if each.incident and each.incident.running]

    def _elsewhere(self, group: Group) -> list[Incident]:
        """The running incidents of other groups."""
        return [each for each in self._running(group.site) if each.group != group]

    def _change(self, group: Group, change: Change) -> Watch:
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


def _hearing(signs: Iterable[Sign], grouping: Grouping, elsewhere: Sequence[Incident], now: str) -> Change:
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
