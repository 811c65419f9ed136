"""The rule for verdicts: worked out by hand, against scipy, and on whole boards that are simulated."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from ganhacks.evidence import verdicts

RNG = np.random.default_rng


def arms(differences, scatter=1.0, seed=0):
    """Return two arms whose logarithms differ by these amounts, seed by seed."""
    without = RNG(seed).normal(0, scatter, len(differences))
    return dict(enumerate(np.exp(without))), dict(enumerate(np.exp(without + differences)))


# ---- one comparison


def test_a_ratio_below_1_is_the_hacks_gain_and_seeds_of_one_arm_alone_do_not_count():
    without = {0: 10.0, 1: 20.0, 2: 30.0, 9: 1.0}
    found = verdicts.compare(without, {0: 8.0, 1: 16.0, 2: 24.0, 7: 99.0})
    assert (found.n, found.better_in) == (3, 3)
    assert found.ratio == pytest.approx(0.8)
    assert found.scatter == pytest.approx(0, abs=1e-12)
    assert found.failed == (0, 0, 0, 0)
    assert found.correlation == pytest.approx(1)


@pytest.mark.parametrize("n", [2, 5, 8, 12])
def test_the_p_value_is_the_share_of_all_signs_that_are_as_extreme(n):
    differences = RNG(n).normal(0.5, 1, n)
    ranks = stats.rankdata(np.abs(differences))
    seen = abs(np.sign(differences) @ ranks)
    all_signs = np.array(list(itertools.product((-1, 1), repeat=n)))
    assert verdicts.sign_flip_p(differences) == pytest.approx(np.mean(np.abs(all_signs @ ranks) >= seen - 1e-9))


@pytest.mark.parametrize("seed", range(4))
def test_the_p_value_is_that_of_wilcoxons_exact_test(seed):
    differences = RNG(seed).normal(0.4, 1, 12)
    assert verdicts.sign_flip_p(differences) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


def test_no_difference_at_all_has_the_p_value_1():
    assert verdicts.sign_flip_p(np.zeros(12)) == 1


@pytest.mark.parametrize("n", [6, 8, 12])
def test_the_interval_holds_the_ratios_that_the_test_does_not_refuse(n):
    differences = RNG(n).normal(0.3, 1, n)
    found = verdicts.compare(*arms(differences))
    for bound in (found.low, found.high):
        inside, outside = (math.log(bound) * scale for scale in (1, 1))
        step = 1e-6 if bound == found.low else -1e-6
        inside, outside = inside + step, outside - step
        assert verdicts.sign_flip_p(differences - inside) > verdicts.LEVEL
        assert verdicts.sign_flip_p(differences - outside) <= verdicts.LEVEL


def test_the_typical_ratio_is_the_median_of_the_means_of_every_two():
    found = verdicts.compare(*arms(np.log([0.5, 2.0, 8.0])))
    # logs to base 2: -1, 1, 3; means of two, each with itself too: -1, 0, 1, 1, 2, 3
    assert found.ratio == pytest.approx(2.0)


def test_one_run_that_fails_does_not_decide():
    gains = np.full(12, -0.5) + RNG(0).normal(0, 0.1, 12)
    failed = np.append(gains[:11], math.log(1000))
    found = verdicts.compare(*arms(failed))
    assert found.better_in == 11
    assert found.ratio == pytest.approx(math.exp(-0.5), rel=0.1)
    assert found.p < 0.05


def test_five_pairs_have_no_interval_and_can_be_no_verdict():
    found = verdicts.compare(*arms(np.full(5, -2.0) + np.arange(5) / 10))
    assert (found.low, found.high, found.smallest) == (0, math.inf, math.inf)
    assert found.p == 2 / 2**5
    (judged,) = verdicts.judge([found], [math.inf])
    assert judged.verdict == "can't tell"


def test_how_often_it_helps_has_the_interval_of_clopper_and_pearson():
    found = verdicts.compare(*arms(np.array([-1.0] * 9 + [1.0] * 3) * np.arange(1, 13)))
    # the limits are those of the beta distribution
    low, high = stats.beta.ppf(0.025, 9, 4), stats.beta.ppf(0.975, 10, 3)
    assert (found.better_in, found.often_low, found.often_high) == (9, pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("scores", [{0: 1.0}, {0: 1.0, 1: 0.0}, {0: 1.0, 1: -1.0}, {0: 1.0, 1: math.nan}])
def test_what_cannot_be_compared_is_refused(scores):
    with pytest.raises(ValueError, match="wanted two or more, and scores that are finite and above 0"):
        verdicts.compare({0: 1.0, 1: 2.0}, scores)


# ---- verdicts


def comparison(p=1.0, ratio=1.0, low=0.9, high=1.1):
    return replace(verdicts.compare(*arms(np.arange(12) - 5.5)), p=p, ratio=ratio, low=low, high=high)


@pytest.mark.parametrize(
    ("one", "margin", "verdict"),
    [
        (comparison(p=0.01, ratio=0.5), 2.0, "better"),
        (comparison(p=0.01, ratio=2.0), 2.0, "worse"),
        (comparison(p=0.05, ratio=2.0), 2.0, "worse"),
        (comparison(p=0.06), 1.2, "practically equal"),
        (comparison(p=0.06), 1.1, "can't tell"),
        (comparison(p=0.06, low=0.8), 1.2, "can't tell"),
        (comparison(p=0.06, high=1.3), 1.2, "can't tell"),
    ],
)
def test_the_verdict_follows_from_p_and_else_from_the_margin(one, margin, verdict):
    assert [found.verdict for found in verdicts.judge([one], [margin])] == [verdict]


def test_p_values_are_corrected_over_the_whole_board():
    # by hand: 0.01 * 4 / 1, 0.02 * 4 / 2, 0.5 * 4 / 3, 0.9 * 4 / 4
    board = [comparison(p=p, ratio=2.0) for p in (0.02, 0.9, 0.01, 0.5)]
    found = [one.verdict for one in verdicts.judge(board, [1.01] * 4)]
    assert found == ["worse", "can't tell", "worse", "can't tell"]
    board = [comparison(p=p, ratio=2.0) for p in (0.03, 0.9, 0.01, 0.5)]  # 0.03 * 2 is too much
    found = [one.verdict for one in verdicts.judge(board, [1.01] * 4)]
    assert found == ["can't tell", "can't tell", "worse", "can't tell"]
    assert verdicts.judge([], []) == []


def test_a_hack_that_helps_one_recipe_more_is_told_from_one_that_helps_both_alike():
    rng = RNG(0)

    def ratios(effect):
        return dict(enumerate(np.exp(math.log(effect) + rng.normal(0, 0.2, 12))))

    found = verdicts.between_recipes(
        {
            ("ring", "bare", "rescues"): ratios(0.25),
            ("ring", "good", "rescues"): ratios(1.0),
            ("ring", "bare", "helps"): ratios(0.5),
            ("ring", "good", "helps"): ratios(0.5),
            ("grid", "bare", "only here"): ratios(0.5),
        }
    )
    assert {key: one.verdict for key, one in found.items()} == {
        ("ring", "rescues"): "worse",
        ("ring", "helps"): "can't tell",
    }
    assert found["ring", "rescues"].ratio == pytest.approx(4, rel=0.2)


def test_holms_correction_worked_out_by_hand():
    # sorted: 0.01 * 4, 0.02 * 3, 0.03 * 2, 0.9 * 1, and never less than the one before
    assert verdicts.holm([0.02, 0.9, 0.01, 0.03]) == pytest.approx([0.06, 0.9, 0.04, 0.06])
    assert verdicts.holm([0.7, 0.6]) == [1, 1]


def test_a_margin_grows_with_the_scatter_of_the_runs_and_shrinks_with_their_number():
    scores = np.exp(RNG(0).normal(0, 0.2, 36))
    usual, share = verdicts.margin(scores, 12, RNG(0), most=9)
    assert share == pytest.approx(0.8, abs=0.01)
    assert 1 < usual < verdicts.margin(scores**2, 12, RNG(0), most=9)[0]
    assert usual < verdicts.margin(scores, 8, RNG(0), most=9)[0]


def test_a_margin_has_a_cap_and_then_fewer_comparisons_of_one_recipe_lie_within_it():
    scores = np.exp(RNG(0).normal(0, 0.2, 36))
    found, share = verdicts.margin(scores, 12, RNG(0), most=1.1)
    assert found == 1.1 and 0 < share < 0.4


def test_arms_that_fail_more_often_are_told_and_are_never_called_equal():
    calm = comparison()
    failing = replace(calm, failed=(1, 36, 3, 36))
    often = replace(calm, failed=(2, 36, 20, 36))
    board = verdicts.judge([calm, failing, often], [1.2] * 3)
    assert [one.verdict for one in board] == ["practically equal", "can't tell", "can't tell"]
    assert [one.fails for one in board] == ["", "", "more often"]
    (mended,) = verdicts.judge([replace(calm, failed=(20, 36, 2, 36))], [1.2])
    assert mended.fails == "less often"


@pytest.mark.parametrize(("n", "level"), [(12, 0.05), (12, 0.005), (8, 0.05)])
def test_the_smallest_effect_that_could_be_seen_is_seen_in_8_of_10_studies(n, level):
    one = replace(comparison(), n=n, scatter=1.0, level=level)
    differences = RNG(5).normal(math.log(one.smallest), 1, (4000, n))
    assert np.mean(p_values(differences) <= level) == pytest.approx(0.8, abs=0.05)


def test_where_so_few_pairs_can_never_reach_the_level_no_effect_could_be_seen():
    assert replace(comparison(), n=8, level=0.005).smallest == math.inf
    judged = verdicts.judge([comparison(p=0.0004, ratio=2.0), *[comparison(p=0.9)] * 9], [1.01] * 10)
    assert {one.level for one in judged} == {0.05 * 2 / 10}


# ---- whole boards

N_BOARDS = 400
#: pairs of each comparison: those of the board's four workloads
BOARD = (*[12] * 232, *[8] * 84)
DIFFERENCES = {
    "normal": lambda rng, size: rng.normal(size=size),
    "heavy in the tails": lambda rng, size: rng.standard_t(2, size=size),
    # of equal arms whose scores are skewed themselves, as where some runs fail
    "of skewed scores": lambda rng, size: rng.exponential(size=size) ** 2 - rng.exponential(size=size) ** 2,
    # that are themselves skewed about a median of 0
    "skewed": lambda rng, size: rng.exponential(size=size) - math.log(2),
}


#: how much worse a run is at half, once and twice a recipe's rate, in deviations from run to run
RATES = [(0, 0, 0), (0.5, 0, 0.5), (1, 0, 1), (1.5, 0, 1.5), (0, 1, 2)]


def p_values(differences):
    """The same p as `sign_flip_p`, for many comparisons of n at a time and without ties: (m, n) to (m,)."""
    return stats.wilcoxon(differences, axis=1, method="exact").pvalue


def boards(draw, effects, rng, n_boards=N_BOARDS):
    """Return which comparisons get better or worse: bool (n_boards, comparisons). effects: in deviations."""
    found = []
    for n in (12, 8):
        columns = [i for i, pairs in enumerate(BOARD) if pairs == n]
        drawn = draw(rng, (n_boards, len(columns), n)) + np.asarray(effects)[columns][:, None]
        found.append(p_values(drawn.reshape(-1, n)).reshape(n_boards, len(columns)))
    corrected = stats.false_discovery_control(np.concatenate(found, axis=1), axis=1)
    return corrected <= verdicts.LEVEL


def test_the_simulation_uses_the_rules_own_p_values():
    differences = RNG(3).normal(0.5, 1, (5, 12))
    assert p_values(differences) == pytest.approx([verdicts.sign_flip_p(one) for one in differences])


@pytest.mark.parametrize("kind", DIFFERENCES)
def test_at_most_one_board_in_twenty_without_any_effect_has_a_false_verdict(kind):
    false = boards(DIFFERENCES[kind], np.zeros(len(BOARD)), RNG(1)).any(axis=1)
    assert false.mean() <= 0.05, f"{false.mean():.1%} of {N_BOARDS} boards"


@pytest.mark.parametrize("rates", RATES)
def test_trying_three_rates_at_each_seed_and_keeping_the_best_brings_no_false_verdicts(rates):
    """Every arm is the same recipe, and 74 of them share a baseline, as on the board."""
    rng, n_arms, n = RNG(4), 74, 12

    def best_of_three(arms):
        return (rng.normal(size=(arms, n, 3)) + np.array(rates)).min(axis=2)

    false = 0
    for _ in range(150):
        differences = np.concatenate([best_of_three(n_arms) - best_of_three(1) for _ in range(3)])
        false += (stats.false_discovery_control(p_values(differences)) <= verdicts.LEVEL).any()
    assert false / 150 <= 0.05


def test_of_the_verdicts_of_a_board_with_effects_about_one_in_twenty_is_false_and_large_effects_are_found():
    effects = np.zeros(len(BOARD))
    sizes = np.resize([0.8, 1.2, 2.0], 90)
    real = RNG(2).permutation(len(BOARD))[:90]
    effects[real] = sizes
    found = boards(DIFFERENCES["normal"], effects, RNG(3))
    false = found[:, effects == 0].sum(axis=1) / np.maximum(1, found.sum(axis=1))
    assert false.mean() <= 0.05
    twelve = np.array(BOARD) == 12
    power = {size: found[:, twelve & (effects == size)].mean() for size in (0.8, 1.2, 2.0)}
    assert power[0.8] > 0.3 and power[1.2] > 0.7 and power[2.0] > 0.97, power
