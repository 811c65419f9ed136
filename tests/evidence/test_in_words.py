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


def test_packs_find_more_modes_and_meet_them_more_evenly_in_the_papers_table_and_in_ours():
    means = {(row["data"], row["model"], row["score"]): row for row in evidence.rows("pacgan_table")}
    for whose in ("paper", "ours"):
        for data in ("ring", "grid"):
            alone, packed = (
                [float(means[data, model, score][whose]) for score in ("modes", "reverse_kl")]
                for model in ("GAN", "PacGAN2")
            )
            assert packed[0] > alone[0] and packed[1] < alone[1]


# ---- what labs say of their cards


def verdicts_of(hack, *places):
    return {one.verdict for one in board.effects() if one.hack == hack and (one.workload, one.context) in places}


def test_on_digits_batch_norm_in_both_networks_and_in_g_alone_disagree():  # lab 04
    places = [("dense", context) for context in ("bare", "good")]
    assert verdicts_of("batch_norm", *places) == {"worse"} and verdicts_of("batch_norm_in_g", *places) == {"better"}


def test_on_the_small_dcgan_every_run_without_batch_norm_fails_and_none_with_it():  # lab 04
    found = [one for one in evidence.effects() if one.workload == "dcgan" and one.hack.startswith("batch_norm")]
    assert {(one.hack, one.context) for one in found} >= {("batch_norm", "bare"), ("batch_norm", "good")}
    assert all((one.failed_without, one.failed_with) == (one.runs_without, 0) for one in found)


def test_no_memory_is_worse_on_the_ring_and_better_on_digits():  # lab 06
    assert verdicts_of("adam_0", ("ring", "bare")) == {"worse"}
    assert verdicts_of("adam_0", ("dense", "good"), ("grid", "good")) == {"better"}


def test_slerp_is_worse_at_two_of_three_rates_of_one_gan_on_the_ring_in_good():  # lab 14
    (row,) = (line for line in pages.midpoints().splitlines() if line.startswith("| ring of 8 | good |"))
    assert row.count("0 of 12") == 2


def test_averages_are_better_in_bare_where_nearly_all_runs_fail_and_worse_in_good():  # lab 15
    for context, verdict in (("bare", "better"), ("good", "worse")):
        places = [(workload, context) for workload in ("dcgan", "fashion")]
        assert verdicts_of("sparse_gradients", *places) == {verdict}
    bare = [of(workload, "bare", "sparse_gradients") for workload in ("dcgan", "fashion")]
    assert all(one.failed_without + one.failed_with >= 15 and one.runs_with == 8 for one in bare)


def test_sgd_is_practically_equal_on_the_ring():  # lab 18
    assert verdicts_of("optimizer_pairing", ("ring", "bare"), ("ring", "good")) == {"practically equal"}


def test_one_hot_planes_did_better_in_three_of_four_rows():  # lab 22
    every = [one.verdict for one in board.effects() if one.hack == "discrete_conditioning"]
    assert len(every) == 4 and every.count("worse") == 3


def test_strides_and_transposed_convolutions_do_worse_in_the_good_recipe():  # labs 01, 27
    for hack in ("strided_downsampling", "strided_upsampling"):
        assert verdicts_of(hack, ("dcgan", "good"), ("fashion", "good")) == {"worse"}
