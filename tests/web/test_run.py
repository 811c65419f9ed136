"""The recorded runs as a reader of a hack's page has them: by mouse and keyboard, without motion, without scripts."""

import io
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.web.playground import require_chromium
from tools import gan_run
from tools.board import shown
from tools.build import ROOT
from tools.playground_browser import chromium
from tools.record_runs import SIDE

HACK = "leaky_relu"
N = len(shown.SHARES)
RECORDED = shown.read()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Give a function (options of the page) -> a page with a pair of runs, and what went wrong there."""
    require_chromium()
    place = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "web" / "src", place / "_static" / "playground" / "src")
    shutil.copytree(shown.FOLDER, place / "_static" / "runs")
    shutil.copy(ROOT / "site" / "course.css", place / "_static")
    made = re.search(r"<gan-run.*</script>", gan_run.section(HACK, RECORDED), re.DOTALL)[0]
    page = (
        f'<!doctype html><html lang="en"><title>test</title><link rel="stylesheet" href="../_static/course.css">{made}'
    )
    (place / "hacks").mkdir()
    (place / "hacks" / "hack.html").write_text(page, encoding="utf-8")
    with chromium(place) as (browser, address):

        def open_page(**options):
            page = browser.new_page(**{"viewport": {"width": 700, "height": 900}, **options})
            page.wrong = []
            page.on("pageerror", lambda error: page.wrong.append(str(error)))
            page.on("requestfailed", lambda request: page.wrong.append(request.url))
            page.clock.install()
            page.goto(f"{address}hacks/hack.html")
            return page

        yield open_page


def moments_of(page):
    """Return which moment each of the two pictures shows, found by comparing it with all that its sheet has."""
    found = []
    for i, run in enumerate((PAIR.without, PAIR.with_it)):
        seen = Image.open(io.BytesIO(page.locator("gan-run img").nth(i).screenshot())).convert("L")
        sheet = Image.open(shown.FOLDER / f"{run.name}.png").convert("L")
        inner = np.asarray(seen.crop((1, 1, seen.width - 1, seen.height - 1)).resize((SIDE, SIDE)), float)
        every = np.asarray(sheet, float).reshape(SIDE, N, SIDE).swapaxes(0, 1)
        found.append(int(np.abs(every - inner).mean(axis=(1, 2)).argmin()))
    return found


PAIR = shown.shown(HACK)


def alts(page):
    return [page.locator("gan-run img").nth(i).get_attribute("alt") for i in range(2)]


def test_the_slider_moves_both_runs_by_keyboard_and_says_where_it_is(opened):
    page = opened()
    slider = page.get_by_role("slider", name="Moment")
    assert slider.get_attribute("aria-valuetext") == "step 5,000" and moments_of(page) == [N - 1, N - 1]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == page.locator("output").inner_text() == "step 4,000"
    assert moments_of(page) == [N - 2, N - 2]
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "step 0" and moments_of(page) == [0, 0]
    for alt, caption in zip(alts(page), page.locator("figcaption").all_inner_texts()):
        title, said = caption.split("\n")
        assert alt == f"{title}, step 0: {said}."
    assert page.wrong == []


def test_it_plays_from_the_first_moment_to_the_last_and_stops_there_and_never_by_itself(opened):
    page = opened()
    page.clock.run_for(20_000)
    slider, button = page.get_by_role("slider"), page.get_by_role("button")
    assert slider.input_value() == str(N - 1), "nothing moves before it is asked to"
    button.click()
    assert button.inner_text() == "Pause" and slider.input_value() == "0"
    page.clock.run_for(2_000)
    button.click()
    at = slider.input_value()
    assert button.inner_text() == "Play" and 0 < int(at) < N - 1
    page.clock.run_for(20_000)
    assert slider.input_value() == at
    button.click()
    page.clock.run_for(20_000)
    assert slider.input_value() == str(N - 1) and button.inner_text() == "Play"


def test_where_motion_is_not_wanted_nothing_plays(opened):
    page = opened(reduced_motion="reduce")
    button = page.get_by_role("button")
    assert button.inner_text() == "Next moment"
    button.click()
    page.clock.run_for(20_000)
    assert page.get_by_role("slider").input_value() == "0"
    button.click()
    assert page.get_by_role("slider").input_value() == "1"


def test_without_scripts_both_runs_are_there_as_they_ended(opened):
    page = opened(java_script_enabled=False)
    assert page.get_by_role("slider").count() == page.get_by_role("button").count() == 0
    assert moments_of(page) == [N - 1, N - 1]
    assert [alt[: alt.index(" leaky")] for alt in alts(page)] == ["Without", "With"]
    assert all("step 5,000: " in alt for alt in alts(page))


def test_the_table_says_what_the_pictures_show(opened):
    page = opened()
    page.get_by_text("Both runs as a table").click()
    heads = page.locator("thead th").all_inner_texts()
    rows = page.locator("tbody tr").all()
    assert heads[0] == "step" and len(rows) == N
    last = [rows[-1].locator("th").inner_text(), *rows[-1].locator("td").all_inner_texts()]
    for side, alt in zip(("without", "with"), alts(page)):
        told = dict(zip(heads, last))
        modes, good, score = (told[f"{name}, {side}"] for name in ("modes of 8", "good points", "energy distance"))
        assert alt.endswith(f"step {told['step']}: {modes} of 8 modes, {good} good points, energy distance {score}.")


@pytest.mark.parametrize("width", [320, 1440])
def test_nothing_is_wider_than_the_screen_and_the_runs_stay_side_by_side(opened, width):
    page = opened(viewport={"width": width, "height": 800})
    page.get_by_text("Both runs as a table").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    one, other = (page.locator("gan-run img").nth(i).bounding_box() for i in range(2))
    assert one["y"] == other["y"] and one["width"] == other["width"] > 120
    assert one["height"] == pytest.approx(one["width"], abs=1)
