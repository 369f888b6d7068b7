"""A warehouse floor in memory: robots upload, the sweep runs every minute, people answer."""

from binwatch.alerts import Alert
from binwatch.decision import Exact
from binwatch.desk import Desk
from binwatch.examiner import Examiner
from binwatch.groupings import Grouping
from binwatch.keys import BinId
from binwatch.monitor import Monitor
from binwatch.policy_book import Rules
from binwatch.sweep import Sweep
from binwatch.watchkeeper import Watchkeeper
from tests.alert_lives import minute
from tests.builders import a_photo, a_record, an_upload
from tests.fakes import FakeCounter, FakeLedger, FakeNoticeboard, FakeObjects

BIN = "A-07"


class Floor:
    """The functions as they are wired, with the naive policy, a clock, and everything that was said."""

    def __init__(self, hold_minutes=5, grouping=None):
        self.now = 0
        self.rules = Rules(Exact(), hold_minutes=hold_minutes, grouping=grouping or Grouping())
        self.objects, self.ledger = FakeObjects(), FakeLedger()
        self.timers = self.ledger.timers
        self.noticeboard = FakeNoticeboard(self.timers)
        self.watchkeeper = Watchkeeper(self.noticeboard, self.timers, self.rules_for, self.clock)
        self.monitor = Monitor(
            Examiner(self.objects, FakeCounter()), self.ledger, self.watchkeeper, self.rules_for, self.clock
        )
        self.desk = Desk(self.ledger, self.noticeboard, self.timers, self.rules_for, self.clock)
        self.sweep = Sweep(self.desk, self.watchkeeper)

    def clock(self):
        return minute(self.now)

    def rules_for(self, bin_id):
        return self.rules

    def until(self, at):
        """Let the minutes pass, and the sweep run in each."""
        while self.now < at:
            self.now += 1
            assert not self.sweep.run(lambda: True).failed

    def photo(self, at, count, bin_=BIN, camera=""):
        """An upload of a photo that a robot took at that minute; 255 is one that cannot be counted."""
        captured = minute(at).replace("-", "").replace(":", "")
        key = f"sites/berlin-1/bins/{bin_}/{captured}{camera and f'_{camera}'}.jpg"
        self.objects.put(key, a_photo(count))
        return an_upload(key, f"{at:04}", created_at=minute(at))

    def record(self, quantity, bin_=BIN, order=1):
        key = f"sites/berlin-1/bins/{bin_}/expected.json"
        body = a_record(quantity)
        self.objects.put(key, body)
        return an_upload(key, f"{order:04}", size=len(body), created_at=minute(0))

    def watch(self, *uploads):
        outcomes = self.monitor.watch(uploads)
        assert not any(outcome.error for outcome in outcomes.values())

    def see(self, at, count, bin_=BIN, camera=""):
        """The minute comes, and a robot's photo with it."""
        self.until(at)
        self.watch(self.photo(at, count, bin_, camera))

    def bin(self, name=BIN):
        return self.ledger.bins[BinId("berlin-1", name)]

    def episode(self, name=BIN):
        return self.bin(name).case.episode

    def told(self):
        """What staff heard of bins, in order."""
        return [(each.bin, each.event) for each in self.ledger.published if isinstance(each, Alert)]

    def incidents(self):
        """What staff heard of aisles and cameras, in order."""
        return [
            (each.group.name, "opened" if each.running else "resolved") for each in self.noticeboard.announced
        ]
