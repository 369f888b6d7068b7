"""A bad message never fails its neighbours, and only what failed for circumstances comes back."""

import json

import pytest

from binwatch.decision import Exact
from binwatch.examiner import Examiner
from binwatch.inbox import EXCERPT, Inbox, Message
from binwatch.monitor import Monitor
from binwatch.policy_book import Rules
from binwatch.watchkeeper import Watchkeeper
from tests.builders import a_photo
from tests.fakes import FakeCounter, FakeLedger, FakeNoticeboard, FakeObjects

NOW = "2026-11-20T22:10:06.000Z"


def a_message(name, *keys, body=None):
    records = [
        {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": NOW,
            "s3": {"bucket": {"name": "uploads"}, "object": {"key": key, "size": 4, "sequencer": "0A"}},
        }
        for key in keys
    ]
    return Message(name, json.dumps({"Records": records}) if body is None else body, NOW, receipt=f"r-{name}")


@pytest.fixture
def objects():
    return FakeObjects()


@pytest.fixture
def counter():
    return FakeCounter()


@pytest.fixture
def ledger():
    return FakeLedger()


@pytest.fixture
def inbox(objects, counter, ledger):
    def rules_for(bin_id):
        return Rules(Exact())

    watchkeeper = Watchkeeper(FakeNoticeboard(ledger.timers), ledger.timers, rules_for, lambda: NOW)
    examiner = Examiner(objects, counter)
    return Inbox(Monitor(examiner, ledger, watchkeeper, rules_for, lambda: NOW), ledger)


def test_the_photos_of_all_messages_are_counted_together(inbox, objects, counter):
    for each in "123":
        objects.put(f"bin-images/{each}.jpg", a_photo(1))

    inbox.handle([a_message("a", "bin-images/1.jpg", "bin-images/2.jpg"), a_message("b", "bin-images/3.jpg")])

    assert [3] == counter.requests


def test_a_message_that_is_no_notification_is_quarantined_with_an_excerpt(inbox, objects, ledger):
    objects.put("bin-images/1.jpg", a_photo(1))

    handled = inbox.handle([a_message("bad", body="x" * 5000), a_message("good", "bin-images/1.jpg")])

    (item,) = ledger.quarantined()
    assert ("bad", "message", "not_json", "x" * EXCERPT) == (item.id, item.kind, item.code, item.excerpt)
    assert 1 == len(list(ledger.looks()))
    assert () == handled.to_retry


def test_a_message_that_cannot_be_quarantined_comes_back_and_its_neighbour_is_counted(inbox, objects, ledger):
    objects.put("bin-images/1.jpg", a_photo(1))
    ledger.quarantine_is_full = True
    messages = [
        a_message("poison", body="x"),
        a_message("stray", "nowhere.jpg"),
        a_message("good", "bin-images/1.jpg"),
    ]

    handled = inbox.handle(messages)

    assert ["poison", "stray"] == [message.id for message in handled.to_retry]
    assert 1 == len(list(ledger.looks()))


def test_only_the_message_of_a_photo_that_failed_for_circumstances_is_retried(inbox, objects, counter):
    objects.put("bin-images/1.jpg", a_photo(1))
    counter.down = True

    handled = inbox.handle([a_message("down", "bin-images/1.jpg"), a_message("gone", "bin-images/2.jpg")])

    assert ["down"] == [message.id for message in handled.to_retry]


def test_a_message_that_announces_nothing_is_done(inbox):
    handled = inbox.handle([a_message("test", body='{"Event": "s3:TestEvent"}')])

    assert ((), (), ()) == (handled.outcomes, handled.malformed, handled.to_retry)
