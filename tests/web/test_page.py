"""The playground as a reader has it: with a mouse, by keyboard, on a phone, and without motion."""

import re

import pytest

from tests.web.playground import require_chromium
from tools.playground_browser import chromium

WAIT = 60_000  # milliseconds


@pytest.fixture(scope="module")
def opened():
    """Give a function (address's end, options of the page) -> a page with the playground, and what it asked for."""
    require_chromium()
    with chromium() as (browser, address):

        def open_page(end="", **options):
            page = browser.new_page(**{"viewport": {"width": 1000, "height": 900}, **options})
            page.set_default_timeout(WAIT)
            page.asked, page.wrong = [], []
            page.on("request", lambda request: page.asked.append(request.url.removeprefix(address)))
            page.on("pageerror", lambda error: page.wrong.append(str(error)))
            page.goto(f"{address}index.html{end}")
            page.locator("gan-playground canvas").first.wait_for()
            return page

        yield open_page


def steps_of(page):
    return [int(re.search(r"after ([\d,]+) steps", text)[1].replace(",", "")) for text in captions(page)]


def captions(page):
    return page.locator("figcaption").all_inner_texts()


def test_nothing_heavy_is_fetched_before_a_reader_starts_it_and_nothing_from_elsewhere(opened):
    page = opened()
    assert not any("vendor" in url for url in page.asked)
    page.get_by_role("button", name="Start").click()
    page.get_by_text(re.compile(r"after \d+ steps")).first.wait_for()
    page.get_by_role("button", name="Pause").click()
    assert any("tf.js" in url for url in page.asked) and not any("://" in url for url in page.asked)
    assert page.wrong == []


def test_it_is_started_stepped_and_reset_by_keyboard_alone(opened):
    page = opened("#base=bare&hacks=leaky&seed=7")
    focused = "document.activeElement.shadowRoot?.activeElement?.textContent"
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate(focused) == "One step":
            break
    page.keyboard.press("Enter")
    page.get_by_text("after 1 steps").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("after 2 steps").first.wait_for()
    assert steps_of(page) == [2, 2], "both runs have come as far"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Reset"
    page.keyboard.press("Enter")
    page.get_by_text("after 0 steps").first.wait_for()


def test_a_link_brings_both_runs_back(opened):
    first = opened("#base=good&hacks=r1.pack&rate=0.002&seed=12")
    assert first.get_by_label("seed").input_value() == "12"
    assert captions(first) == ["good: not started", "− R1 penalty, 0.1, + D judges pairs (packing): not started"]
    first.get_by_label(re.compile("Leaky ReLU")).check()
    assert first.url.endswith("#base=good&hacks=leaky.r1.pack&rate=0.002&seed=12")
    first.get_by_label("learning rate").select_option("0.0005")
    again = opened(first.url[first.url.index("#") :])
    assert captions(again) == captions(first) and again.get_by_label("learning rate").input_value() == "0.0005"


@pytest.mark.everywhere
def test_without_motion_it_goes_on_when_asked_and_the_table_says_what_the_pictures_show(opened):
    page = opened("#base=good&hacks=&seed=3", reduced_motion="reduce")
    page.get_by_role("button", name="1000 steps on").click()
    page.get_by_text("after 1,000 steps").first.wait_for(timeout=5 * WAIT)
    page.get_by_text("The runs as a table").click()
    rows = page.locator("tbody tr").all_inner_texts()
    assert len(rows) == 1 and rows[0].startswith("1000") and rows[0].count("of 8") == 2
    one, other = (page.locator("canvas").nth(i).get_attribute("aria-label") for i in range(2))
    assert one.replace("without", "with") == other, "with nothing switched both runs are the same"


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_nothing_is_wider_than_the_screen(opened, width):
    page = opened(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
