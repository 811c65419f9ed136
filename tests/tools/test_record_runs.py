"""The runs that the hacks' pages show: which ones, that they are the board's own, and their pictures."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ganhacks import evidence
from tools import gan_run, record_runs
from tools.board import rows, runs, shown
from tools.board.arms import arms_of
from tools.board.workloads import WORKLOADS
from tools.cheat_sheet import HACKS

LARGEST = 15_000  # bytes of a sheet
RECORDED = shown.read()
PAIRS = {hack: shown.shown(hack) for hack in HACKS}


def picture(png, moment):
    """Return one picture of a sheet, (side, side, 3)."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    side = len(pixels)
    return pixels[:, moment * side : (moment + 1) * side]


def inked(pixels, ink):
    """Return where a colour is, (n, 2): columns and rows, in shares of the picture."""
    return np.argwhere((pixels == ink).all(axis=2))[:, ::-1] / len(pixels)


# ---- which runs


def test_the_pair_in_the_middle_is_shown_of_two_the_one_nearer_to_what_is_typical():
    assert shown.middle({4: 0.1, 5: 9.0, 6: 1.0}, 0.1) == 6
    ratios = {0: 5.0, 1: 0.1, 2: 0.9, 3: 1.4}
    assert shown.middle(ratios, 1.0) == 2 and shown.middle(ratios, 1.3) == 3


@pytest.mark.parametrize("hack", [hack for hack, pair in PAIRS.items() if pair])
def test_as_many_pairs_of_a_hack_were_worse_as_better_than_the_one_that_is_shown(hack):
    pair = PAIRS[hack]
    ratios = evidence.board.ratios()[pair.effect.workload, pair.effect.context, hack]
    own = float(pair.with_it.row["score"]) / float(pair.without.row["score"])
    assert ratios[pair.seed] == pytest.approx(own)
    assert sum(ratio < own for ratio in ratios.values()) in (5, 6)


def test_a_hack_has_a_pair_exactly_where_it_is_measured_on_something_that_is_drawn():
    measured = {one.hack for one in evidence.effects() if one.workload in shown.DRAWN}
    assert {hack for hack, pair in PAIRS.items() if pair} == measured & set(HACKS)
    assert "leaky_relu" in measured


def test_a_hack_one_of_whose_rows_was_taken_out_since_is_not_shown(monkeypatch):
    stored = rows.read("ring")
    for by_key in stored.by_kind.values():
        del by_key["good without adam", "1", "3"]
    monkeypatch.setattr(shown, "_stored", lambda workload: stored)
    assert shown.shown("adam") is None and shown.shown("r1") is not None
    assert record_runs.missing(["adam"]) == []


# ---- what is recorded


def test_what_is_recorded_are_runs_of_the_pairs_that_are_shown_each_with_its_sheet():
    names = {run.name for pair in PAIRS.values() if pair for run in (pair.without, pair.with_it)}
    assert {name for name in names if name.startswith("ring-")} <= set(RECORDED) <= names
    assert {path.name for path in shown.FOLDER.iterdir()} == {shown.INDEX, *(f"{name}.png" for name in RECORDED)}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_of_the_run_that_the_board_has(name):
    runs_of = (run for pair in PAIRS.values() if pair for run in (pair.without, pair.with_it))
    run, entry = next(run for run in runs_of if run.name == name), RECORDED[name]
    assert entry["stored"] == run.row["score"] and entry["rate"] == run.row["rate"]
    assert (entry["arm"], entry["factor"], entry["seed"]) == (run.arm.name, run.factor, run.seed)
    assert (entry["agrees"] == "the same") == (entry["score"] == run.row["score"])
    assert [one["step"] for one in entry["moments"]] == [round(int(run.row["steps"]) * s) for s in shown.SHARES]


@pytest.mark.parametrize("name", RECORDED)
def test_a_sheet_has_a_picture_of_each_moment_and_is_small(name):
    path = shown.FOLDER / f"{name}.png"
    width, height = Image.open(path).size
    assert width == height * len(shown.SHARES) and path.stat().st_size <= LARGEST
    first, last = (picture(path.read_bytes(), moment) for moment in (0, len(shown.SHARES) - 1))
    ink = record_runs.WHITE if RECORDED[name]["workload"] == "dense" else record_runs.ORANGE
    assert len(inked(last, ink)) > 20 and not np.array_equal(first, last)


def test_a_score_has_to_be_that_of_its_row_or_elsewhere_within_those_of_other_seeds():
    stored = [{"arm": "good", "factor": "1", "seed": str(n), "score": str(n), "machine": "here"} for n in (1, 2, 3)]
    by_key = {(row["arm"], row["factor"], row["seed"]): row for row in stored}
    assert record_runs.agrees(stored[1], by_key) == "the same"
    assert record_runs.agrees({**stored[1], "score": "2.9", "machine": "there"}, by_key) == "within"
    with pytest.raises(ValueError, match="score is 2.9, and its row says 2 on the same processor"):
        record_runs.agrees({**stored[1], "score": "2.9"}, by_key)
    with pytest.raises(ValueError, match="score is 3.1, outside of those of the arm's seeds, from 1.0 to 3.0"):
        record_runs.agrees({**stored[1], "score": "3.1", "machine": "there"}, by_key)


def test_a_run_is_recorded_as_the_board_trains_it(monkeypatch):
    monkeypatch.setitem(WORKLOADS, "ring", replace(WORKLOADS["ring"], steps=200, moments=(0.5, 1.0), scored=1))
    runs._KEPT.clear()
    arm = next(arm for arm in arms_of(WORKLOADS["ring"]) if arm.name == "bare")
    row = runs.trained("ring", arm, "2", 3)
    stored = rows.Runs()
    stored.add(row)
    monkeypatch.setattr(rows, "read", lambda workload: stored)
    entry, fakes = record_runs.record("ring", arm.name, "2", 3, row["machine"])
    runs._KEPT.clear()
    assert (entry["score"], entry["agrees"], entry["seed"]) == (row["score"], "the same", 3)
    assert fakes.shape == (len(shown.SHARES), record_runs.N_POINTS, 2)
    assert entry["moments"][0]["step"] == 0 and entry["moments"][-1]["step"] == 200
    json.dumps(entry)


def test_what_is_recorded_is_not_recorded_again_and_what_is_lost_is(tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "FOLDER", tmp_path / "runs")
    todo = record_runs.missing(["adam"])
    assert len(todo) == 2
    entry, fakes = {"score": "1", "stored": "1", "agrees": "the same"}, np.zeros((len(shown.SHARES), 5, 2))
    for cell in todo:
        assert record_runs.keep(cell, (entry, fakes)) == "1, stored 1: the same"
    assert record_runs.missing(["adam"]) == [] and len(shown.read()) == 2
    next(shown.FOLDER.glob("*.png")).unlink()
    assert len(record_runs.missing(["adam"])) == 1
    assert not list(shown.FOLDER.glob("*.part"))


def test_a_damaged_index_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "FOLDER", tmp_path)
    (tmp_path / shown.INDEX).write_text('{"ring-good": ')
    with pytest.raises(SystemExit, match="index.json is damaged .*: restore it with `git checkout -- site/runs`"):
        shown.read()


# ---- the pictures


def test_points_are_where_they_are_and_what_lies_outside_is_at_the_edge():
    points = np.array([[[0.0, 0.0]], [[1.35, 1.35]], [[-50.0, 0.0]]])
    png = record_runs.sheet("ring", points)
    for moment, place in enumerate([(0.5, 0.5), (0.75, 0.25), (0.0, 0.5)]):
        found = inked(picture(png, moment), record_runs.ORANGE)
        assert len(found) and np.abs(found.mean(axis=0) - place).max() < 0.02
    assert len(inked(picture(png, 0), record_runs.BLUE)) > 8 * 4, "and the modes of the data"


def test_digits_are_drawn_in_rows():
    digits = np.full((2, 9, 784), -1.0)
    digits[1, 5] = 1.0  # the last of the second row
    png = record_runs.sheet("dense", digits)
    white = inked(picture(png, 1), record_runs.WHITE)
    assert len(inked(picture(png, 0), record_runs.WHITE)) == 0
    assert white.min(axis=0) == pytest.approx([61 / 90, 31 / 90])
    assert white.max(axis=0) == pytest.approx([88 / 90, 58 / 90])


# ---- what a page says


@pytest.mark.parametrize("hack", HACKS)
def test_a_page_has_the_pair_or_says_why_there_is_none(hack):
    told = gan_run.section(hack, RECORDED)
    pair = PAIRS[hack]
    if pair is None:
        assert "<gan-run" not in told and "No runs of this hack are shown: it is " in told
    elif not {pair.without.name, pair.with_it.name} <= set(RECORDED):
        assert "<gan-run" not in told and f"`python tools/record_runs.py --hack {hack}` records them" in told
    else:
        assert f"seed {pair.seed}: the middle one of 12. What usually happens is in the table above." in told
        assert told.count("<img ") == told.count(' alt="') == 2
        assert told.count('<th scope="row">') == len(shown.SHARES)


def test_a_pair_that_is_not_recorded_yet_is_told_with_the_command():
    told = gan_run.section("leaky_relu", {})
    assert "<gan-run" not in told and "`python tools/record_runs.py --hack leaky_relu` records them" in told
