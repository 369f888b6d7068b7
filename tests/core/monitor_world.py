"""A monitor among fakes, and a robot fleet that uploads to it."""

from binwatch.decision import Exact
from binwatch.examiner import Examiner
from binwatch.monitor import Monitor
from binwatch.policy_book import Rules
from binwatch.watchkeeper import Watchkeeper
from tests.builders import an_upload
from tests.fakes import FakeCounter, FakeLedger, FakeNoticeboard, FakeObjects

NOW = "2026-11-20T22:10:06.000Z"
FLEET = "sites/berlin-1/bins/A-07/20261120T221005.123Z"


def by_exact(bin_id):
    return Rules(Exact(), hold_minutes=0)


class World:
    """A monitor and the fakes around it."""

    def __init__(self):
        self.objects, self.counter, self.ledger = FakeObjects(), FakeCounter(), FakeLedger()
        self.noticeboard = FakeNoticeboard(self.ledger.timers)
        watchkeeper = Watchkeeper(self.noticeboard, self.ledger.timers, by_exact, lambda: NOW)
        examiner = Examiner(self.objects, self.counter)
        self.monitor = Monitor(examiner, self.ledger, watchkeeper, by_exact, lambda: NOW)

    def put(self, key, body, sequencer="0A", **metadata):
        self.objects.put(key, body, **metadata)
        return an_upload(key, sequencer, size=len(body))

    def looks(self):
        return {look.key: look for look in self.ledger.looks()}

    def verdicts(self):
        return {key: look.verdict for key, look in self.looks().items()}
