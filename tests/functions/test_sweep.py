"""sweep: what is due is done, once, and what fails keeps nobody else asleep."""

import json
from types import SimpleNamespace

import boto3
import pytest

from binwatch import bootstrap
from binwatch.adapters.dynamodb_noticeboard import DynamoTimers
from binwatch.errors import Unavailable
from binwatch.keys import BinId
from binwatch.timers import Kind, Timer
from functions.count_bins.app import handler as count_bins
from functions.sweep.app import handler
from tests.builders import a_photo
from tests.functions.conftest import CONTEXT

SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@pytest.fixture
def held(cloud, monkeypatch):
    """A mismatch whose hold window is over as soon as somebody looks."""
    monkeypatch.setenv("HOLD_MINUTES", "0.00001")
    cloud.counts_every_photo_as(2)
    photo = cloud.upload("bin-images/1.jpg", a_photo(2), **{"expected-quantity": "3"})
    count_bins(cloud.batch(photo), CONTEXT)
    return cloud


def rows(table, kind):
    return [row for row in table.scan()["Items"] if row["kind"] == kind]


def test_an_alert_that_was_held_is_opened_once_and_its_timer_is_gone(held, table):
    assert [] == rows(table, "outbox")

    assert {"woken": 1, "failed": 0} == handler(SCHEDULED, CONTEXT)

    assert ["opened"] == [json.loads(row["alert"])["event"] for row in rows(table, "outbox")]
    assert [] == [row for row in rows(table, "timer") if row["due_at"] < bootstrap.now()]
    assert {"woken": 0, "failed": 0} == handler(SCHEDULED, CONTEXT)
    assert 1 == len(rows(table, "outbox"))


def test_a_timer_whose_bin_has_no_alert_is_forgotten(cloud, table):
    DynamoTimers("binwatch").set([Timer("2026-01-01T00:00:00.000Z", Kind.ALERT, "s/b")])

    assert {"woken": 1, "failed": 0} == handler(SCHEDULED, CONTEXT)

    assert [] == rows(table, "timer")


def test_a_run_that_has_no_time_left_leaves_the_rest_to_the_next(held, table):
    late = SimpleNamespace(**{**vars(CONTEXT), "get_remaining_time_in_millis": lambda: 1_000})

    assert {"woken": 0, "failed": 0} == handler(SCHEDULED, late)
    assert {"woken": 1, "failed": 0} == handler(SCHEDULED, CONTEXT)


def test_without_its_table_it_fails_aloud(cloud, table):
    table.delete()

    with pytest.raises(Unavailable):
        handler(SCHEDULED, CONTEXT)


def test_logs_and_metrics_tell_what_was_woken(held, caplog, capsys):
    handler(SCHEDULED, CONTEXT)

    (swept,) = [record for record in caplog.records if record.message == "swept"]
    assert (1, 1, False) == (swept.woken, swept.opened, swept.left)
    (*_, metrics) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert ([1.0], [0.0], [1.0]) == (metrics["Woken"], metrics["WakesFailed"], metrics["AlertsOpened"])


def test_incidents_that_are_woken_end_as_their_sites_own_grouping_says(cloud, monkeypatch):
    book = '{"sites": {"berlin-1": {"incident_grace_minutes": 25}}}'
    boto3.client("ssm").put_parameter(Name="/binwatch/policies", Value=book, Type="String")
    monkeypatch.setenv("POLICIES_PARAMETER", "/binwatch/policies")

    rules_for = bootstrap.sweep().watchkeeper.rules_for
    assert [1500, 600] == [rules_for(BinId(site, "")).grouping.grace_s for site in ("berlin-1", "hamburg")]


def test_alerts_that_are_woken_are_as_patient_as_the_policy_book_says(cloud, monkeypatch):
    boto3.client("ssm").put_parameter(
        Name="/binwatch/policies", Value='{"reminder_minutes": 30}', Type="String"
    )
    monkeypatch.setenv("POLICIES_PARAMETER", "/binwatch/policies")

    assert 1800 == bootstrap.sweep().desk.rules_for(BinId("berlin-1", "A-07")).patience.reminder_s
