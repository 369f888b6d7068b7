"""The whole of it on this machine, as a person uses it: real template, real functions, real counter."""

import json
import os
import signal
import time
from pathlib import Path

import boto3
import pytest

from bincount.data import synthetic
from binwatch_local.environment import TEST_CREDENTIALS
from tests.local import bad_inputs
from tests.local.builders import a_record
from tests.local.person import GOOD, PATIENCE_S, Person, photos_of_a_fleet

pytestmark = pytest.mark.stack

UNREADABLE = {
    f"bin-images/{name}"
    if name.endswith(".jpg")
    else f"sites/default/bins/{Path(name).stem}/20000101T000000.000Z.png": reason
    for name, (_, reason) in bad_inputs.UNREADABLE.items()
}
OUTSIDE = ("elsewhere/1.jpg", "sites/s/bins/b/no-time.jpg")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return photos_of_a_fleet(tmp_path_factory.mktemp("photos of a fleet"))


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    person = Person(tmp_path_factory.mktemp("home"))
    yield person
    person.run("down")


@pytest.fixture(scope="module")
def stack(person):
    """A stack that is up, with boto3 on it as `binwatch env` says."""
    person.run("up")
    variables = person.ask("env")
    session = boto3.Session(
        TEST_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        TEST_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )
    return variables, lambda service: session.client(service, endpoint_url=variables["AWS_ENDPOINT_URL"])


@pytest.fixture(scope="module")
def fed(person, stack, source):
    """What the stack made of the source, although its endpoint was killed in mid-stream."""
    variables, client = stack
    feed = person.start("feed", str(source), "--rate", "20", "--plant", "0.5", "--seed", "3", "--json")
    for key in OUTSIDE:
        client("s3").put_object(Bucket=variables["BINWATCH_BUCKET"], Key=key, Body=b"x")
    client("sqs").send_message(QueueUrl=variables["BINWATCH_UPLOADS_QUEUE"], MessageBody="no json")
    while uploads_waiting(client("sqs"), variables) < GOOD and feed.poll() is None:
        time.sleep(0.05)
    kill_endpoint(person)
    output, errors = feed.communicate()
    assert feed.returncode == 0, errors
    person.wait_until_quiet()
    return json.loads(output)


def uploads_waiting(sqs, variables):
    attributes = ["ApproximateNumberOfMessages"]
    found = sqs.get_queue_attributes(QueueUrl=variables["BINWATCH_UPLOADS_QUEUE"], AttributeNames=attributes)
    return int(found["Attributes"][attributes[0]])


def kill_endpoint(person):
    servers = json.loads((person.home / "servers.json").read_text())
    os.kill(servers["endpoint"]["process"]["pid"], signal.SIGKILL)


@pytest.fixture(scope="module")
def looks(person, fed):
    return {look["key"]: look for look in person.ask("looks")}


@pytest.fixture(scope="module")
def alerts(person, fed):
    return person.ask("alerts")


def test_every_photo_ends_in_the_table_exactly_once(person, fed, looks):
    assert sorted(look["key"] for look in person.ask("looks")) == sorted([*fed["keys"], *OUTSIDE])


def test_every_good_photo_is_counted_and_judged(fed, looks):
    judged = [look for key, look in looks.items() if "synthetic" in key]

    assert len(judged) == GOOD
    assert {look["verdict"] for look in judged} <= {"MATCH", "MISMATCH", "UNSURE"}


@pytest.mark.parametrize("key", UNREADABLE)
def test_a_photo_that_cannot_be_counted_says_why(looks, key):
    assert looks[key]["verdict"] == "UNREADABLE"
    assert looks[key]["reason"].startswith(UNREADABLE[key])


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_outside_both_layouts_is_kept_with_its_reason(looks, key):
    assert looks[key]["verdict"] == "UNREADABLE"
    assert looks[key]["reason"].startswith("key_outside_layouts")


@pytest.mark.parametrize("name", [*bad_inputs.QUARANTINED, "no-record"])
def test_a_photo_without_a_sound_record_is_counted_and_waits(looks, name):
    assert looks[f"bin-images/{name}.jpg"]["verdict"] == "WAITING"
    assert looks[f"bin-images/{name}.jpg"]["count"] is not None


@pytest.mark.parametrize("name", bad_inputs.ODD_NAMES)
def test_an_odd_name_passes_through_unchanged(looks, name):
    assert looks[f"bin-images/{name}.jpg"]["bin"] == {"site": "default", "bin": name}
    assert looks[f"bin-images/{name}.jpg"]["expected_source"] == "sidecar"


def test_every_mismatch_is_in_exactly_one_alert(looks, alerts):
    mismatches = sorted(key for key, look in looks.items() if look["verdict"] == "MISMATCH")

    assert mismatches
    assert sorted(alert["photo"]["key"] for alert in alerts) == mismatches


def test_a_person_takes_an_alert_and_whoever_saw_it_before_is_told_so(person, alerts):
    alert = alerts[0]["id"]

    taken = person.ask("alerts", "ack", alert, "--revision", "1", "--who", "Anna")

    assert ("acknowledged", 2, "Anna") == (taken["state"], taken["revision"], taken["acknowledged_by"])
    person.run("alerts", "resolve", alert, "--revision", "1", "--who", "Ben", "--counted", "3", expect=4)


def test_the_endpoint_is_back_and_nothing_is_dead(person, fed):
    status = person.ask("status")

    assert status["servers"]["endpoint"] == {
        "url": status["servers"]["endpoint"]["url"],
        "answers": True,
        "restarts": 1,
    }
    assert status["queues"]["dead_letters"]["total"] == 0
    assert (
        status["quarantined"] == len(bad_inputs.QUARANTINED) + len(OUTSIDE) + 1
    )  # the message that is no JSON


def test_a_stop_in_mid_stream_loses_nothing(person, stack, looks, alerts, tmp_path):
    for drawing in synthetic.bins(GOOD, seed=2):
        (tmp_path / f"{drawing.id}.jpg").write_bytes(drawing.jpeg)
        (tmp_path / f"{drawing.id}.json").write_bytes(a_record(drawing.count + 3))
    person.run("feed", str(tmp_path), "--rate", "0")
    person.run("down")
    assert person.running() == []
    person.run("status", expect=3)

    person.run("up")
    person.wait_until_quiet()

    now = person.ask("looks")
    received = person.ask("alerts")
    assert len(now) == len({look["key"] for look in now}) == len(looks) + GOOD
    assert [look for look in now if look["key"] in looks] == list(looks.values())
    assert received[: len(alerts)] == alerts
    assert sorted(alert["photo"]["key"] for alert in received) == sorted(
        look["key"] for look in now if look["verdict"] == "MISMATCH"
    )
    assert person.ask("env") == stack[0]


def test_policies_change_without_a_deployment(person, looks, tmp_path):
    rules, photos = tmp_path / "rules.json", tmp_path / "photos"
    rules.write_text('{"policy": "exact"}')
    photos.mkdir()
    (drawing,) = synthetic.bins(1, seed=4)
    (photos / f"{drawing.id}.jpg").write_bytes(drawing.jpeg)
    (photos / f"{drawing.id}.json").write_bytes(a_record(drawing.count))

    person.run("policies", "set", str(rules))

    deadline = time.monotonic() + PATIENCE_S
    policies = set()
    while "exact" not in policies and time.monotonic() < deadline:
        person.run("feed", str(photos))
        person.wait_until_quiet()
        policies = {look["policy"] for look in person.ask("looks") if drawing.id in look["key"]}
    assert {"cost"} == {look["policy"] for look in looks.values() if look["policy"]}
    assert "exact" in policies
