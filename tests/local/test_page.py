"""The page of a run, as a browser shows it."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from binwatch.decision import Verdict
from binwatch_local import page
from binwatch_local.planting import Planted
from binwatch_local.report import compile_report
from binwatch_local.watch import Snapshot, by_key
from tests.local.builders import a_jpeg, a_look, a_mismatch, a_received, a_sent, a_source, an_unreadable

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ONE, TWO, THREE, FOUR = (f"bin-images/{name}.jpg" for name in ("1", "2", "3", "4"))
ODD = "bin-images/<img src=x onerror=alert(1)> & ä 🧺.jpg"


def a_page(*looks, received=(), planted=(), lost=()):
    keys = [*(look.key for look in looks), *lost]
    photos = a_source({key.removeprefix("bin-images/").replace("/", "_"): a_jpeg() for key in keys})
    last = Snapshot(by_key(looks), tuple(received), 0, 0)
    report = compile_report("a folder", [a_sent(key) for key in keys], last, planted, (), 20)
    return page.render(report, photos)


@pytest.fixture(scope="module")
def rendered():
    return a_page(
        a_look(ONE),
        a_mismatch(TWO, "a2"),
        a_mismatch(ODD, "a3"),
        an_unreadable(THREE, "empty: the file has no bytes"),
        a_look(FOUR, Verdict.MATCH),
        received=(a_received(TWO, "a2"), a_received(ODD, "a3", message_id="m2")),
        planted=(Planted(TWO, 3, 4), Planted(FOUR, 2, 3)),
        lost=("bin-images/lost.jpg",),
    )


def test_photos_are_made_small():
    uri = page.thumbnail(a_jpeg(size=(3000, 2000)), 480)

    assert uri.startswith("data:image/jpeg;base64,")
    assert len(uri) < 20_000


@pytest.mark.parametrize("broken", [b"", b"text", a_jpeg()[:100]])
def test_a_photo_that_cannot_be_drawn_is_left_out(broken):
    assert page.thumbnail(broken, 480) is None


def test_a_record_beyond_the_last_count_stands_at_the_last():
    assert [bar.recorded for bar in page.bars((0.1, 0.2, 0.7), 9, 2)] == [False, False, True]


def test_of_equal_counts_the_one_that_was_told_stands_out():
    assert [bar.counted for bar in page.bars((0.4, 0.4, 0.2), None, 1)] == [False, True, False]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=["desktop", "phone"])
def shown(request, browser, rendered):
    """The page in a browser, which reports errors and requests."""
    size = {"desktop": (1280, 900), "phone": (390, 800)}[request.param]
    tab = browser.new_page(viewport={"width": size[0], "height": size[1]})
    tab.faults = []
    tab.on("console", lambda message: tab.faults.append(message.text))
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("dialog", lambda dialog: tab.faults.append(dialog.message))
    tab.on("request", lambda request: tab.faults.append(request.url) if request.url[:5] != "data:" else None)
    tab.set_content(rendered)
    yield tab
    tab.close()


def test_every_alert_is_shown_with_its_photo_and_what_was_planted(shown):
    cards = shown.locator(".alert")

    assert cards.count() == 2
    assert "Planted: the record said 3, we wrote 4." in cards.filter(has_text="Bin 2").inner_text()
    assert "Not planted" in cards.filter(has_text="onerror").inner_text()
    assert shown.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_names_are_shown_and_never_run(shown):
    titles = shown.locator(".alert h3").all_inner_texts()

    assert "Bin <img src=x onerror=alert(1)> & ä 🧺" in titles


def test_nothing_is_fetched_and_nothing_fails(shown):
    shown.wait_for_load_state("networkidle")

    assert shown.faults == []


def test_the_table_has_every_photo_and_shows_what_is_asked_for(shown):
    visible = shown.locator("#looks tbody tr:visible")

    assert visible.count() == 6
    shown.get_by_role("button", name="Planted").click()
    assert visible.count() == 2
    shown.get_by_role("button", name="All").click()
    shown.get_by_role("searchbox").fill("LOST")
    assert visible.count() == 1


def test_nothing_runs_over_the_edge(shown):
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_run_without_alerts_says_so(browser):
    tab = browser.new_page()
    tab.set_content(a_page(a_look(ONE)))

    assert "No alert" in tab.inner_text("main")
    tab.close()
