"""The world as the core sees it, in memory. Each fake keeps the contract of a port in binwatch.ports."""

from dataclasses import replace

from binwatch.bins import Bin
from binwatch.errors import Conflict, Permanent, Unavailable
from binwatch.incidents import Watch
from binwatch.muting import Muting
from binwatch.ports import Count, KeptWatch, Object
from binwatch.prediction import Counted, Model
from binwatch.timers import Kind, rewound

MODEL = Model("fake", "1")


class FakeObjects:
    """A bucket; `down` makes it unavailable. Objects are found by key, or by key and version."""

    def __init__(self):
        self.objects = {}
        self.reads = []
        self.down = False

    def put(self, key, body, version_id=None, **metadata):
        self.objects[key, version_id] = Object(body, metadata)

    def read_all(self, uploads):
        self.reads += [upload.key for upload in uploads]
        return [self._read(upload) for upload in uploads]

    def _read(self, upload):
        if self.down:
            return Unavailable("S3 is down")
        return self.objects.get((upload.key, upload.version_id)) or Permanent("object_gone", "deleted")


class FakeCounter:
    """Reads the count off the photo's last byte; 255 is a photo that cannot be counted."""

    def __init__(self, sure=0.9, classes=7):
        self.sure, self.classes = sure, classes
        self.requests = []
        self.down = False

    def count_all(self, photos):
        if photos:
            self.requests.append(len(photos))
        return [self._count(photo.body[-1]) for photo in photos]

    def _count(self, count):
        if self.down:
            return Unavailable("the endpoint is down")
        if count == 255:
            return Permanent("corrupt", "cannot be decoded")
        rest = (1 - self.sure) / (self.classes - 1)
        probabilities = tuple(self.sure if each == count else rest for each in range(self.classes))
        return Count(Counted(probabilities), MODEL)


class FakeTimers:
    """Timers by their keys, as the table keeps them."""

    def __init__(self):
        self.kept = set()

    def set(self, timers):
        self.kept |= set(timers)

    def due(self, now, most):
        return sorted(each for each in self.kept if each.due_at <= now)[:most]

    def at(self, moment, site):
        return sorted(
            each for each in self.kept if each.due_at == moment and each.subject.startswith(f"{site}/")
        )

    def forget(self, timer):
        self.kept.discard(timer)

    def rewind(self, kind, subject, before, after):
        """What a transaction does beside a case or a watch."""
        change = rewound(kind, subject, before and before.wake_at, after and after.wake_at)
        self.kept -= {change.gone}
        self.kept |= {change.new} if change.new else set()


class FakeNoticeboard:
    """Watches and silences; `before_turn` lets a test be the quicker writer."""

    def __init__(self, timers):
        self.timers = timers
        self.watches = {}
        self.silences = {}
        self.announced = []
        self.before_turn = lambda: None

    def muting(self, site, now):
        incidents = [
            watch for watch, _ in self.watches.values() if watch.group.site == site and watch.incident
        ]
        silences = [each for each in self.silences.values() if each.site == site and each.ends_at > now]
        return Muting(tuple(incidents), tuple(silences))

    def watch(self, group):
        return KeptWatch(*self.watches.get(group, (Watch(group), None)))

    def turn(self, before, after, announced):
        self.before_turn()
        if self.watch(after.group).version != before.version:
            raise Conflict(f"{after.group} has changed")
        self.watches[after.group] = after, (before.version or 0) + 1
        self.announced += announced
        self.timers.rewind(Kind.INCIDENT, str(after.group), before.watch, after)

    def silence(self, silence):
        self.silences[silence.id] = silence


class FakeLedger:
    """A table that keeps bins whole; `before_save` lets a test be the quicker writer."""

    def __init__(self):
        self.bins = {}
        self.published = []
        self.trail, self.trail_bins = [], []
        self.timers = FakeTimers()
        self.quarantine_items = {}
        self.saves = 0
        self.quarantine_is_full = False
        self.before_save = lambda: None

    def load(self, wanted):
        return {each.bin: self._part(self.bins.get(each.bin, Bin(each.bin)), each) for each in wanted}

    def _part(self, bin_, wanted):
        again = {bin_.newest, *(bin_.waiting if wanted.to_judge_again else ())}
        looks = {
            name: look
            for name, look in bin_.looks.items()
            if name in {*wanted.looks, *again} or look.stem in wanted.recorded
        }
        stems = {*wanted.stems, *(bin_.looks[name].stem for name in again if name)}
        sidecars = {stem: record for stem, record in bin_.sidecars.items() if stem in stems}
        return replace(bin_, looks=looks, sidecars=sidecars)

    def save(self, before, after):
        self.before_save()
        if self.bins.get(before.id, Bin(before.id)).revision != before.revision:
            raise Conflict(f"bin {before.id} has changed")
        self.saves += 1
        self.published += after.messages
        self.trail += after.entries
        self.trail_bins += [after.id for _ in after.entries]
        whole = self.bins.get(before.id, Bin(before.id))
        self.bins[before.id] = replace(
            after,
            revision=before.revision + 1,
            looks={**whole.looks, **after.looks},
            sidecars={**whole.sidecars, **after.sidecars},
            entries=(),
            messages=(),
            audit=(),
        )
        self.timers.rewind(Kind.ALERT, str(before.id), before.case.episode, after.case.episode)

    def bin_of(self, alert_id):
        about = (entry.alert_id for entry in self.trail)
        return dict(zip(about, self.trail_bins, strict=True)).get(alert_id)

    def quarantine(self, item):
        if self.quarantine_is_full:
            raise Unavailable("the table throttles")
        self.quarantine_items.setdefault(item.id, item)

    def looks(self):
        return (look for bin_ in self.bins.values() for look in bin_.looks.values())

    def quarantined(self):
        return iter(self.quarantine_items.values())
