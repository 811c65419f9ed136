"""What a hack costs is timed once for each comparison, both arms in turns, and told for a whole run."""

import math

import pytest

from ganhacks.evidence import board
from tools.board import costs, rows
from tools.board.arms import pairs_of
from tools.board.workloads import WORKLOADS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "FOLDER", tmp_path)
    return tmp_path


def pair_of(hack, context):
    (pair,) = (one for one in pairs_of(WORKLOADS["ring"]) if (one.hack, one.context) == (hack, context))
    return pair


@pytest.fixture
def clock(monkeypatch):
    """A run takes as many seconds as this says of its arm, one after the other, then the last again."""
    seconds = {}
    monkeypatch.setattr(costs, "_begun", lambda work, arm: arm)

    def taken(work, arm):
        found = seconds.get(arm.name, [1.0])
        return found.pop(0) if len(found) > 1 else found[0]

    monkeypatch.setattr(costs, "_seconds", taken)
    return seconds


def test_every_comparison_is_timed_once_but_not_a_recipe_beside_itself(folder):
    wanted = [(name, p.context, p.hack) for name in WORKLOADS for p in pairs_of(WORKLOADS[name]) if p.hack != "A/A"]
    assert sorted(costs.missing()) == sorted(wanted)
    costs.keep(None, {"workload": "ring", "context": "good", "hack": "r1", "cost": "2", "lowest": "1", "highest": "3"})
    assert set(wanted) - set(costs.missing()) == {("ring", "good", "r1")}
    assert costs.read() == {("ring", "good", "r1"): 2.0}
    assert all(name == "grid" for name, *_ in costs.missing(["grid"]))


def test_the_middle_of_the_ratios_counts(folder, clock):
    pair = pair_of("label_smoothing", "bare")
    clock[pair.with_it.name] = [9.0, 2.0, 3.0, 2.5, 1.0]
    clock[pair.without.name] = [2.0]
    row = costs.timed("ring", "bare", "label_smoothing")
    assert (row["cost"], row["lowest"], row["highest"]) == ("1.25", "0.5", "4.5")


def test_a_run_with_fewer_steps_costs_that_much_less(folder, clock):
    work, ratios = WORKLOADS["ring"], set()
    for pair in pairs_of(work):
        if pair.hack != "A/A":
            ratios.add(work.n_steps(pair.with_it.setup) / work.n_steps(pair.without.setup))
            told = float(costs.timed("ring", pair.context, pair.hack)["cost"])
            assert told == pytest.approx(work.n_steps(pair.with_it.setup) / work.n_steps(pair.without.setup), rel=1e-3)
    assert len(ratios) > 2, "updates of D, and losses that decide who learns"


def test_real_runs_are_timed_in_turns_and_one_that_became_nan_is_not(folder, monkeypatch):
    monkeypatch.setattr(costs, "STEPS", {"ring": 20})
    monkeypatch.setattr(costs, "_KEPT", {})
    row = costs.timed("ring", "bare", "r1")
    assert 0 < float(row["lowest"]) <= float(row["cost"]) <= float(row["highest"])
    ((_, arm), (history, _)) = next(iter(costs._KEPT.items()))
    assert arm == pair_of("r1", "bare").without, "the next comparison has the same arm without its hack"
    assert history.step == 2 + costs.TURNS * 20
    last = history.generator.trainable_variables[-1]  # a NaN further up may end at a ReLU
    last.assign(last * math.nan)
    told = pytest.warns(RuntimeWarning, match="became nan")
    with told, pytest.raises(RuntimeError, match="became NaN at step .* nothing to time"):
        costs.timed("ring", "bare", "label_smoothing")


def test_every_committed_cost_is_on_the_scoreboard():
    timed = costs.read()
    assert timed
    for one in board.effects():
        if not one.hack.startswith("A/A"):
            assert one.cost == pytest.approx(timed[one.workload, one.context, one.hack], rel=1e-3)
