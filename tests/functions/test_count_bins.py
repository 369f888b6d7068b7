"""count_bins: what the queue is told to deliver again, and what is stored."""

import json

import boto3
import pytest

from binwatch.adapters.stored_values import to_text
from binwatch.errors import Transient
from binwatch.incidents import Watch
from binwatch.signs import Group, GroupKind
from functions.count_bins.app import handler
from tests.builders import a_photo, a_record
from tests.functions.conftest import CONTEXT


def test_a_photo_and_its_record_become_a_look_and_the_queue_is_done(cloud, table):
    cloud.counts_every_photo_as(2)
    photo = cloud.upload("bin-images/1.jpg", a_photo(2))
    record = cloud.upload("metadata/1.json", a_record(3))

    assert {"batchItemFailures": []} == handler(cloud.batch(photo, record), CONTEXT)

    (look,) = [row for row in table.scan()["Items"] if row["kind"] == "look"]
    assert ("bin-images/1.jpg", "MISMATCH", "shortage") == (look["key"], look["verdict"], look["direction"])


def test_a_bare_s3_event_is_handled_as_it_is(cloud, table):
    cloud.counts_every_photo_as(2)

    handler(cloud.upload("bin-images/1.jpg", a_photo(2)), CONTEXT)

    assert ["WAITING"] == [row["verdict"] for row in table.scan()["Items"] if row["kind"] == "look"]


def test_while_the_endpoint_breaks_only_photos_come_back_and_only_later(cloud):
    cloud.endpoint_answers("no answer of ours")
    batch = cloud.batch(
        cloud.upload("bin-images/1.jpg", a_photo(2)), cloud.upload("metadata/1.json", a_record(3))
    )
    photo = next(each for each in batch["Records"] if "bin-images" in each["body"])

    answer = handler(batch, CONTEXT)

    assert {"batchItemFailures": [{"itemIdentifier": photo["messageId"]}]} == answer
    assert 1 == cloud.waiting_messages()  # the record; the photo's message has become invisible


def test_a_bare_event_that_fails_for_circumstances_raises(cloud):
    cloud.endpoint_answers("no answer of ours")

    with pytest.raises(Transient):
        handler(cloud.upload("bin-images/1.jpg", a_photo(2)), CONTEXT)


def test_without_its_table_the_whole_batch_comes_back(cloud, table):
    batch = cloud.batch(cloud.upload("bin-images/1.jpg", a_photo(2)), "poison")
    table.delete()

    assert 2 == len(handler(batch, CONTEXT)["batchItemFailures"])


@pytest.mark.parametrize("body", ["no JSON", "{}", '{"Records": [{"eventSource": "aws:dynamodb"}]}'])
def test_a_poison_message_is_quarantined_and_its_neighbour_is_counted(cloud, table, body):
    cloud.counts_every_photo_as(2)

    answer = handler(cloud.batch(body, cloud.upload("bin-images/1.jpg", a_photo(2))), CONTEXT)

    assert {"batchItemFailures": []} == answer
    kinds = [row["kind"] for row in table.scan()["Items"]]
    assert (1, 1) == (kinds.count("quarantine"), kinds.count("look"))


def test_the_test_event_is_done_and_leaves_nothing(cloud, table):
    assert {"batchItemFailures": []} == handler(cloud.batch({"Event": "s3:TestEvent"}), CONTEXT)
    assert [] == table.scan()["Items"]


def test_an_event_without_records_is_quarantined(cloud, table):
    assert {"batchItemFailures": []} == handler({}, CONTEXT)
    assert ["quarantine"] == [row["kind"] for row in table.scan()["Items"]]


def test_logs_name_upload_and_verdict_and_metrics_count_the_photo(cloud, caplog, capsys):
    cloud.counts_every_photo_as(2)

    handler(cloud.batch(cloud.upload("bin-images/1.jpg", a_photo(2), **{"expected-quantity": "2"})), CONTEXT)

    (stored,) = [record for record in caplog.records if record.message == "look stored"]
    assert ("bin-images/1.jpg", "MATCH", 2, 2) == (
        stored.object_key,
        stored.verdict,
        stored.expected,
        stored.counted,
    )
    (metrics,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert ([1.0], [1.0]) == (metrics["PhotosStored"], metrics["Match"])


def test_what_a_watch_will_never_take_is_logged_and_counted_and_the_look_stored(cloud, table, caplog, capsys):
    cloud.counts_every_photo_as(2)
    key = "sites/berlin-1/bins/A-07/20261120T221005.123Z.jpg"
    photo = cloud.upload(key, a_photo(2), **{"expected-quantity": "2"})
    # One sign more is over 405,000 bytes, of which moto takes no row.
    full = to_text(Watch(Group("berlin-1", GroupKind.AISLE, "A"), wake_at="9" * 404_700), 1)
    table.put_item(
        Item={"pk": "watch/berlin-1", "sk": "aisle/A", "kind": "watch", "watch": full, "version": 1}
    )

    assert {"batchItemFailures": []} == handler(cloud.batch(photo), CONTEXT)

    (lost,) = [record for record in caplog.records if record.message == "sign lost"]
    assert (key, True) == (lost.object_key, "the watch over berlin-1/aisle/A" in lost.reason)
    (metrics,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert ([1.0], [1.0]) == (metrics["SignsLost"], metrics["PhotosStored"])


def verdict_of_a_difference(cloud, table):
    """What becomes of a bin of which 3 items are expected and 2 are counted."""
    cloud.counts_every_photo_as(2)
    photo = cloud.upload("bin-images/1.jpg", a_photo(2), **{"expected-quantity": "3"})
    handler(cloud.batch(photo), CONTEXT)
    return next(row["verdict"] for row in table.scan()["Items"] if row["kind"] == "look")


def test_the_policies_of_the_parameter_decide(cloud, table, monkeypatch):
    never = '{"discrepancy_rate": 1e-9, "cost_missed": 0.001, "cost_look": 1}'
    boto3.client("ssm").put_parameter(Name="/binwatch/policies", Value=never, Type="String")
    monkeypatch.setenv("POLICIES_PARAMETER", "/binwatch/policies")

    assert "MATCH" == verdict_of_a_difference(cloud, table)


def two_bins_go_wrong(cloud, monkeypatch, **rules):
    """Of one aisle, whose site says that two are an incident."""
    site = {"policy": "exact", "aisle_separator": ".", "incident_bins": 2, **rules}
    book = json.dumps({"sites": {"berlin-1": site}})
    boto3.client("ssm").put_parameter(Name="/binwatch/policies", Value=book, Type="String")
    monkeypatch.setenv("POLICIES_PARAMETER", "/binwatch/policies")
    cloud.counts_every_photo_as(2)

    keys = [f"sites/berlin-1/bins/A.{number}/20261120T221005.123Z.jpg" for number in (1, 2)]
    for key in keys:
        handler(cloud.batch(cloud.upload(key, a_photo(2), **{"expected-quantity": "3"})), CONTEXT)


def test_the_policies_of_the_parameter_name_the_aisles(cloud, table, monkeypatch):
    two_bins_go_wrong(cloud, monkeypatch)

    assert ["aisle/A"] == [row["sk"] for row in table.scan()["Items"] if row["kind"] == "incident"]


def test_an_incident_wakes_the_bin_whose_alert_was_told_before_it(cloud, table, monkeypatch):
    two_bins_go_wrong(cloud, monkeypatch, hold_minutes=0)

    timers = [row for row in table.scan()["Items"] if row["kind"] == "timer"]
    assert "berlin-1/A.1" in {row["subject"] for row in timers if row["timer_kind"] == "alert"}


def test_a_broken_parameter_is_logged_and_the_environment_decides(cloud, table, monkeypatch, caplog):
    boto3.client("ssm").put_parameter(Name="/binwatch/policies", Value="{", Type="String")
    monkeypatch.setenv("POLICIES_PARAMETER", "/binwatch/policies")

    assert "MISMATCH" == verdict_of_a_difference(cloud, table)
    (line,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert "policies kept" == line.message
    assert line.reason.startswith("$: ")
