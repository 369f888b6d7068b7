"""The demo on this machine, as a person runs it and as a person stops it."""

import json
import signal

import pytest

from tests.local.person import Person, photos_of_a_fleet

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return photos_of_a_fleet(tmp_path_factory.mktemp("photos of a fleet"))


def test_the_demo_shows_it_all_and_leaves_nothing_behind(tmp_path, source):
    person = Person(tmp_path)
    files = {name: tmp_path / "out of the way" / f"demo.{name}" for name in ("json", "html")}

    person.run(
        *("demo", "--source", str(source), "--limit", "30", "--plant", "0.5", "--rate", "0"),
        *("--report", str(files["json"]), "--page", str(files["html"])),
    )

    report = json.loads(files["json"].read_text())
    assert report["photos"] == len(report["looks"]) == 30
    assert report["lost"] == 0
    assert (
        report["alerts"] == report["verdicts"]["MISMATCH"] == sum(look["alerted"] for look in report["looks"])
    )
    assert files["html"].read_text().count('<article class="alert">') == report["alerts"]
    assert person.running() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_stops_what_it_started(tmp_path, source, number):
    person = Person(tmp_path)
    demo = person.start("demo", "--source", str(source))
    for line in demo.stderr:
        if "Starting MiniStack" in line:
            break

    demo.send_signal(number)
    demo.communicate()

    assert demo.returncode == 128 + number
    assert person.running() == []
