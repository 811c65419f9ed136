"""The browser's GAN scores as Python's does, in stored rows and in runs made now; the rule that says so."""

import math
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.web.playground import require_chromium
from tests.web.test_playground import as_setup
from tools import playground, playground_browser, tables

SPREAD = 0.4  # of the log scores in most settings


@pytest.fixture(scope="module")
def js():
    require_chromium()
    with playground_browser.modules() as run:
        yield run


def planted(shift, name="bare", n=20):
    """Return rows of one setting in which the browser's log scores lie higher by this many deviations."""
    rng = np.random.default_rng(0)
    rows = []
    for where, more in (("python", 0.0), ("browser", shift)):
        for seed, drawn in enumerate(rng.normal(more, 1, n)):
            about = {"setting": name, "steps": str(playground.RING.steps), "where": where, "seed": str(seed)}
            rows.append({**about, "score": repr(0.01 * math.exp(SPREAD * drawn))})
    return rows


# ---- the rule


def test_the_rule_passes_what_agrees_and_finds_what_is_better_or_worse():
    assert playground.agreement(planted(0), "bare").holds
    for shift in (1.8, -1.8):
        found = playground.agreement(planted(shift), "bare")
        assert not found.holds and found.p < 1e-3


def passing(shift, n_studies):
    """Return in which share of studies the first setting passes, and in which all five; the first one is shifted."""
    rng, few, every = np.random.default_rng(1), 0, 0
    for _ in range(n_studies):
        passes = []
        for setting in range(5):
            python, browser = np.exp(rng.normal(0, SPREAD, (2, 20)))
            passes.append(playground.judged(browser * math.exp(SPREAD * shift * (setting == 0)), python).holds)
        few, every = few + passes[0], every + all(passes)
    return few / n_studies, every / n_studies


def test_the_rule_errs_as_rarely_and_finds_as_much_as_is_said():
    assert passing(0, 400)[1] == pytest.approx(0.98, abs=0.02)
    assert 1 - passing(1.5, 200)[0] == pytest.approx(0.9, abs=0.06)


def test_the_rule_finds_a_median_outside_of_pythons_spread_whatever_the_test_says():
    rows = planted(0)
    python = sorted(float(row["score"]) for row in rows if row["where"] == "python")
    few = [row for row in rows if row["where"] == "python"][:20]
    browser = [{**row, "where": "browser", "score": repr(python[-1])} for row in few[:2]]
    found = playground.agreement(few + browser, "bare")
    assert found.p >= playground.LEVEL / 5 and not found.holds


def test_without_runs_of_both_sides_nothing_is_said():
    assert playground.agreement(planted(0)[:20], "bare") is None


# ---- the settings


@pytest.mark.parametrize("name", list(playground.SETTINGS))
def test_a_setting_of_the_playground_is_the_scoreboards_arm(js, name):
    setting = playground.SETTINGS[name]
    js(playground.BEGIN, {"choice": playground.choice_of(setting), "steps": 20, "seed": 0})
    changes = as_setup({key: value for key, value in js("return gan.settings").items() if key != "rate"})
    assert len(changes) > 10
    assert replace(setting.arm.setup, **changes) == setting.arm.setup


# ---- the rows


def test_rows_are_made_once_and_the_scoreboards_are_taken_over(tmp_path, monkeypatch):
    monkeypatch.setattr(playground, "PATH", tmp_path / "browser.csv")
    every = playground.missing()
    assert every == playground.wanted() and len(set(every)) == 20 + 2 * 20 * 5
    playground.take_over()
    taken = set(every) - set(playground.missing())
    assert {cell[2] for cell in taken} == {"python"} and len(taken) == 5 * 12
    cell = playground.missing()[0]
    row = dict.fromkeys(playground.FIELDS, "") | dict(zip(playground.KEY, map(str, cell)))
    playground.keep(cell, {**row, "score": "0.1", "seconds": "1"})
    assert cell not in playground.missing() and len(tables.read(playground.PATH)) == len(taken) + 1


@pytest.mark.parametrize("name", list(playground.SETTINGS))
def test_the_stored_runs_of_the_browser_lie_within_pythons_spread(name):
    missing = [cell for cell in playground.missing() if cell[0] == name]
    if missing:
        pytest.skip(f"{len(missing)} runs of {name!r} are not made yet: `python tools/playground.py run` makes them")
    found = playground.agreement(tables.read(playground.PATH), name)
    assert found.n == (20, 20)
    assert found.holds, found


def test_the_page_has_what_the_rows_say(tmp_path):
    copy = tmp_path / "evidence.md"
    shutil.copy(playground.PAGE, copy)
    playground.table(copy)
    assert copy.read_text() == playground.PAGE.read_text(), "run `python tools/playground.py table`"


def test_a_short_run_made_now_scores_as_pythons_short_runs(js):
    python = [float(row["score"]) for row in tables.read(playground.PATH) if row["steps"] == str(playground.SHORT)]
    assert len(python) == 20
    good = playground.SETTINGS["good"]
    browser = [float(playground.played(js, good, playground.SHORT, seed)["score"]) for seed in range(2)]
    assert min(python) <= np.median(browser) <= max(python)


@pytest.mark.everywhere
def test_twenty_runs_of_each_setting_made_now_lie_within_pythons_spread(tmp_path, monkeypatch):
    """The rule of tools/playground.py, with every run of both sides made anew."""
    require_chromium()
    monkeypatch.setattr(playground, "PATH", tmp_path / "browser.csv")
    monkeypatch.delenv("GANHACKS_FAST", raising=False)
    playground.cells.run_here(2, playground.missing, playground.play, playground.keep)
    found = tables.read(playground.PATH)
    wrong = {name: one for name in playground.SETTINGS if not (one := playground.agreement(found, name)).holds}
    assert not wrong


@pytest.mark.everywhere
def test_thirty_new_pictures_a_second_are_shown_while_both_runs_train():
    require_chromium()
    with playground_browser.chromium() as (browser, address):
        with playground.playing(browser, address, "#base=bare&hacks=r1") as page:
            for _ in range(10):  # others' work on this machine may take some of them
                found = playground.rates(page, 3)
                if found["pictures"] >= 30 and found["steps"] >= 30:
                    return
    assert found["pictures"] >= 30 and found["steps"] >= 30, found
