"""Every subset of five hacks has its runs, and the effects that are found are those that were planted in the rows."""

import itertools
import math
from dataclasses import fields

import pytest

from tools import interactions, tables
from tools.board.setups import Setup

PART = {
    "batch_norm_in_g": {"g_norm": (False, True)},
    "adam": {"beta_1": (0.9, 0.5)},
    "label_smoothing": {"real_labels": ("hard", "one-sided")},
    "instance_noise": {"d_noise": (0.0, 0.5)},
    "r1": {"r1": (0.0, 0.1)},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(interactions, "PATH", tmp_path / "interactions.csv")
    monkeypatch.setattr(interactions, "EFFECTS", tmp_path / "effects.csv")
    return tmp_path


def planted(score, seeds=6):
    """Return a row for each run. score: {hack: level}, seed -> the best of the three; the other two are worse."""
    rows = []
    for levels, seed in itertools.product(interactions.SUBSETS, range(seeds)):
        on = dict(zip(interactions.SWITCHED, levels))
        best = ("0.5", "1", "2")[(sum(levels) + seed) % 3]
        for factor in ("0.5", "1", "2"):
            value = score(on, seed) * (1 if factor == best else 7)
            rows.append({**on, "factor": factor, "seed": str(seed), "score": repr(value)})
    return rows


def found(rows):
    """Return (hack, other) -> (ratio, low, high) as numbers."""
    return {
        (row["hack"], row["with"]): tuple(float(row[name]) for name in ("ratio", "low", "high"))
        for row in interactions.effects(rows)
    }


# ---- what is run


@pytest.mark.parametrize("levels", interactions.SUBSETS)
def test_a_subset_switches_its_hacks_on_the_others_off_and_leaves_the_context_alone(levels):
    setup, good = interactions.setup_of(levels), interactions.RING.contexts["good"]
    expected = {field.name: getattr(good, field.name) for field in fields(Setup)}
    for name, level in zip(interactions.SWITCHED, levels):
        expected |= {field: values[level] for field, values in PART[name].items()}
    assert {field.name: getattr(setup, field.name) for field in fields(Setup)} == expected


def test_every_subset_has_six_seeds_at_three_rates_and_its_runs_are_done_one_after_the_other(folder):
    everything = interactions.missing()
    assert len(everything) == len(set(everything)) == 2**5 * 6 * 3
    assert len(list(itertools.groupby(everything, key=lambda cell: cell[0]))) == 2**5


def test_a_run_trains_its_subset_at_its_rate_and_has_all_columns(folder, monkeypatch):
    trained = []

    def play(workload, setup, rate, seed):
        trained.append((workload, setup, rate, seed))
        measured = set(interactions.FIELDS) - set(interactions.KEY)
        return {**dict.fromkeys(measured, "x"), "score": "0.5", "rate": "not kept"}

    monkeypatch.setattr(interactions.runs, "play", play)
    cell = ((1, 0, 1, 0, 1), "2", 3)
    row = interactions.play(*cell)
    assert trained == [("ring", interactions.setup_of(cell[0]), 2e-3, 3)]
    assert set(row) == set(interactions.FIELDS)
    interactions.keep(cell, row)
    assert cell not in interactions.missing()
    assert len(interactions.missing()) == 575


# ---- effects


def test_the_effects_are_those_worked_out_by_hand():
    def score(on, seed):
        return (1 + seed) * 2 ** on["adam"] * 3 ** (on["adam"] * on["r1"]) / 5 ** on["label_smoothing"]

    effects = found(planted(score))
    assert len(effects) == 5 + 10
    # Adam doubles the score, and triples it besides where R1 is on, which is in half of the subsets.
    by_hand = {
        ("adam", ""): 2 * math.sqrt(3),
        ("r1", ""): math.sqrt(3),
        ("adam", "r1"): 3,
        ("label_smoothing", ""): 1 / 5,
    }
    for effect, numbers in effects.items():
        assert numbers == pytest.approx((by_hand.get(effect, 1),) * 3, rel=1e-3), effect


def test_the_ratio_is_that_of_the_typical_seed_and_the_interval_that_of_the_signed_ranks():
    ratios = (0.5, 0.6, 0.7, 0.8, 0.9, 40.0)
    effects = found(planted(lambda on, seed: ratios[seed] ** on["adam"]))
    logs = [math.log(ratio) for ratio in ratios]
    means = sorted((a + b) / 2 for a, b in itertools.combinations_with_replacement(logs, 2))
    # Of 21 means of two, the middle one; of six signs 1 of 64 is as extreme at either end, so no mean is left out.
    by_hand = [math.exp(mean) for mean in (means[10], means[0], means[-1])]
    assert effects["adam", ""] == pytest.approx(by_hand, rel=1e-3)


def test_only_seeds_of_which_every_run_has_a_row_count():
    rows = planted(lambda on, seed: 2.0 ** (on["adam"] * (seed != 5)))
    whole = [row for row in rows if row["seed"] != "5" or row["factor"] != "2" or row["adam"]]
    assert interactions.log_scores(whole).shape == (5, 32)
    # Five signs cannot be extreme enough for 95 %, so the interval is without ends.
    assert found(whole)["adam", ""] == pytest.approx((2, 0, math.inf), rel=1e-3)


def test_the_table_is_printed_and_written_and_refused_without_two_whole_seeds(folder, capsys):
    with pytest.raises(SystemExit, match="Two seeds or more are needed"):
        interactions.table()
    rows = [{**dict.fromkeys(interactions.FIELDS, ""), **row} for row in planted(lambda on, seed: 1.0 + on["r1"])]
    tables.write(interactions.PATH, rows, interactions.FIELDS)
    interactions.table()
    written = tables.read(interactions.EFFECTS)
    assert [row["ratio"] for row in written if (row["hack"], row["with"]) == ("r1", "")] == ["2"]
    assert "instance_noise x r1" in capsys.readouterr().out
