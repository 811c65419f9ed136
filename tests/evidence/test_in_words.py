"""What lessons and docs/evidence.md say of the rows in words alone: it holds, or a sentence is to be written anew."""

import csv

import numpy as np

from ganhacks import evidence
from ganhacks.evidence import board
from tools import interactions, tables
from tools.board import pages
from tools.board.workloads import WORKLOADS


def of(workload, context, hack):
    (found,) = (e for e in board.effects() if (e.workload, e.context, e.hack) == (workload, context, hack))
    return found


def test_the_same_recipe_trained_twice_more_was_worse_both_times_on_dense_mnist():
    assert all(of("dense", "good", again).ratio > 1 for again in ("A/A 1", "A/A 2"))


def test_slerp_is_better_at_the_lowest_rate_alone_on_the_ring_in_good():
    (row,) = (line for line in pages.midpoints().splitlines() if line.startswith("| ring of 8 | good |"))
    ratios = [float(cell.split()[1]) for cell in row.strip("|").split("|")[2:]]
    assert of("ring", "good", "spherical_interpolation").verdict == "better"
    assert ratios[0] < 1 < min(ratios[1:])


def test_noise_helps_without_r1_and_not_with_it():
    signs = {name: 2 * np.array(levels) - 1 for name, levels in zip(interactions.SWITCHED, zip(*interactions.SUBSETS))}
    logs = interactions.log_scores(tables.read(interactions.PATH)).mean(axis=0)  # (32,)
    effect = {r1: np.mean((logs * signs["instance_noise"])[signs["r1"] == r1]) * 2 for r1 in (-1, 1)}
    assert effect[-1] < np.log(0.8) and abs(effect[1]) < np.log(1.1)


def test_nearly_all_runs_of_bare_fail_on_the_dcgans():
    arms = [one for one in board.effects() if one.workload in ("dcgan", "fashion") and one.context == "bare"]
    failed = sum(one.failed_without + one.failed_with for one in arms)
    assert len(arms) > 10 and failed >= 0.85 * sum(one.runs_without + one.runs_with for one in arms)


def test_spectral_normalization_did_best_on_the_ring_at_the_lowest_rate_with_every_seed():
    with board.PAIRS.open(newline="", encoding="utf-8") as file:
        pairs = [row for row in csv.DictReader(file) if (row["workload"], row["hack"]) == ("ring", "spectral_norm")]
    assert len(pairs) == 24
    for pair in pairs:
        assert float(pair["rate_with"]) == WORKLOADS["ring"].rates[pair["context"]] / 2


def test_every_recipe_against_itself_is_on_the_board():
    again = [one for one in evidence.effects() if one.hack.startswith("A/A")]
    assert len(again) == 4 * len({one.workload for one in evidence.effects()})
