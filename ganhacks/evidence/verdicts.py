"""The rule for verdicts: what paired runs say of a hack, question by question.

evidence/README.md is the protocol, which was written before the runs; this is the same rule as code. Scores are such
that less is better, and they are compared as ratios: 0.8 times the other score is the same effect at 10 and at 100.
Needs scipy, so that a lab which only shows what was measured does not import it.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, stats

LEVEL = 0.05  # of false verdicts among all, and of the intervals, which hold 95 %
POWER = 0.8
EQUAL_SHARE = 0.8  # of comparisons of a recipe with itself, which the margin is to call equal


@dataclass(frozen=True)
class Comparison:
    """What n pairs of runs say, with a hack against without it.

    ratio, low, high: the typical ratio of the scores, with / without, and its interval of 95 %; below 1 is better.
    p: of an exact sign-flip test. better_in: in how many of the n pairs the hack was better; often_low, often_high: the
    interval of that share. correlation: between the two arms over the seeds, of the logarithms, or NaN.
    scatter: the standard deviation of the log ratios, from their median absolute deviation. failed: of how many runs
    without the hack how many failed, and of how many with it: (k, n, k, n).
    Once `judge` has seen the board: verdict: one of `board.VERDICTS`. fails: "more often", "less often" or "". level:
    the p that a verdict took there.
    """

    n: int
    ratio: float
    low: float
    high: float
    p: float
    better_in: int
    often_low: float
    often_high: float
    correlation: float
    scatter: float
    failed: tuple = (0, 0, 0, 0)
    verdict: str = ""
    fails: str = ""
    level: float = LEVEL

    @property
    def smallest(self):
        """The smallest ratio above 1 that n pairs of this scatter would show at this level in 8 of 10 studies.

        Infinite where so few pairs can never reach the level.
        """
        if self.level < 2 / 2**self.n:
            return math.inf
        edge = stats.t.isf(self.level / 2, self.n - 1)
        root = math.sqrt(self.n * 3 / math.pi)  # ranks see normal scatter as 3 / pi times as many pairs would
        found = optimize.brentq(lambda d: stats.nct.sf(edge, self.n - 1, d * root) - POWER, 0.01, 50)
        return math.exp(found * self.scatter)


def compare(without, with_it, failed=(0, 0, 0, 0)):
    """Compare two arms, seed by seed. without, with_it: seed -> score above 0, less is better. Returns a Comparison.

    failed: as in `Comparison`. Only seeds in both count, at least two. The test and its interval are those of
    Wilcoxon's signed ranks, so that one odd run cannot decide. Raises ValueError for scores that are not above 0, or
    fewer than two pairs.
    Source: Hodges and Lehmann 1963, doi:10.1214/aoms/1177704172; Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    seeds = sorted(set(without) & set(with_it))
    scores = np.array([[without[seed], with_it[seed]] for seed in seeds], float).reshape(-1, 2)
    if len(seeds) < 2 or not (scores > 0).all() or not np.isfinite(scores).all():
        raise ValueError(f"{len(seeds)} pairs; wanted two or more, and scores that are finite and above 0")
    logs = np.log(scores)
    differences = logs[:, 1] - logs[:, 0]
    typical, low, high = _typical(differences)
    often = stats.binomtest(better := int((differences < 0).sum()), len(seeds)).proportion_ci()
    varies = (np.ptp(logs, axis=0) > 0).all()
    return Comparison(
        n=len(seeds),
        ratio=math.exp(typical),
        low=math.exp(low),
        high=math.exp(high),
        p=sign_flip_p(differences),
        better_in=better,
        often_low=often.low,
        often_high=often.high,
        correlation=float(np.corrcoef(logs.T)[0, 1]) if varies else math.nan,
        scatter=float(stats.median_abs_deviation(differences, scale="normal")),
        failed=failed,
    )


def sign_flip_p(differences):
    """The exact two-sided p of paired differences, (n,): how often random signs give as extreme a sum of signed ranks.

    If the hack does nothing, each difference could as well have had the other sign. All 2^n signs are tried up to n =
    20, and 10,000 beyond that.
    """
    signed = np.sign(differences) * stats.rankdata(np.abs(differences))
    many = 2**20 if len(signed) <= 20 else 10_000
    if not signed.any():
        return 1.0
    return float(stats.permutation_test((signed,), np.sum, permutation_type="samples", n_resamples=many, rng=0).pvalue)


def _typical(differences):
    """Return the median of the mean of every two differences, and the interval that inverting the test gives."""
    n = len(differences)
    i, j = np.triu_indices(n)
    means = np.sort((differences[i] + differences[j]) / 2)  # as many as there are sums of ranks, n (n + 1) / 2
    ways = np.ones(1)  # number of signs of the ranks 1 ... n -> that have this sum of positive ranks
    for rank in range(1, n + 1):
        ways = np.append(ways, np.zeros(rank)) + np.append(np.zeros(rank), ways)
    below = np.cumsum(ways) / 2**n
    cut = int((below <= LEVEL / 2).sum())  # so many means at either end are outside
    low, high = (means[cut - 1], means[-cut]) if cut else (-math.inf, math.inf)
    return float(np.median(means)), float(low), float(high)


def margin(scores, n, rng, most):
    """How far apart two sets of n runs of the *same* recipe seem: a ratio above 1, for "practically equal".

    scores: (runs,), above 0, of a recipe at as many seeds, 2 n or more. 1,000 times two sets of n are drawn from them
    and compared; four of five of the intervals that come out lie within the margin. It is never above `most`, beyond
    which nobody would call two recipes equal: then fewer do.
    Returns the margin, and which share of these intervals lies within it.
    """
    logs, bounds = np.log(np.asarray(scores, float)), []
    for _ in range(1000):
        drawn = rng.permutation(logs)
        _, low, high = _typical(drawn[:n] - drawn[n : 2 * n])
        bounds.append(max(-low, high))
    found = min(most, math.exp(np.quantile(bounds, EQUAL_SHARE)))
    return found, float(np.mean(np.exp(bounds) <= found))


def judge(comparisons, margins):
    """Return the comparisons of a whole board with their verdicts. margins: a ratio above 1 for each of them.

    Better or worse: p after Benjamini and Hochberg's correction over the board is at most 5 %. Else practically equal:
    the whole interval within the margin, and about as many failures. Else can't tell. Failures have a test of their
    own, Fisher's, corrected in the same way.
    """
    if not comparisons:
        return []
    corrected = stats.false_discovery_control([one.p for one in comparisons])
    of_failures = stats.false_discovery_control([_failures_p(one) for one in comparisons])
    level = LEVEL * (1 + int((corrected <= LEVEL).sum())) / len(comparisons)
    return [
        replace(one, verdict=_verdict(one, p, edge), fails=_fails(one, f), level=min(LEVEL, level))
        for one, p, f, edge in zip(comparisons, corrected, of_failures, margins)
    ]


def between_recipes(ratios):
    """Compare what each hack does in *good* and in *bare*: (workload, hack) -> Comparison, judged together.

    ratios: as `board.ratios`. The effects are divided, good / bare, seed by seed, and compared as two scores would be:
    the verdict *worse* means that the hack helps less in good than in bare, or does more harm. Only comparisons in both
    recipes count.
    """
    both = {
        (workload, hack): compare(bare, ratios[workload, "good", hack])
        for (workload, context, hack), bare in ratios.items()
        if context == "bare" and (workload, "good", hack) in ratios
    }
    return dict(zip(both, judge(list(both.values()), [1.0] * len(both))))


def _verdict(one, p, edge):
    if p <= LEVEL:
        return "better" if one.ratio < 1 else "worse"
    k, n, k_with, n_with = one.failed
    as_many = abs(k - k_with) < 2 or not n or not n_with
    return "practically equal" if 1 / edge < one.low and one.high < edge and as_many else "can't tell"


def _failures_p(one):
    k, n, k_with, n_with = one.failed
    return float(stats.fisher_exact([[k, n - k], [k_with, n_with - k_with]]).pvalue)


def _fails(one, p):
    k, n, k_with, n_with = one.failed
    return "" if p > LEVEL else "more often" if k_with / n_with > k / n else "less often"


def holm(ps):
    """Return p values after Holm's correction, in the order given: with it no verdict of a whole list is false.

    In 19 of 20 lists, that is. Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.
    """
    order = np.argsort(ps)
    corrected = np.empty(len(ps))
    corrected[order] = np.minimum(1, np.maximum.accumulate(np.asarray(ps)[order] * np.arange(len(ps), 0, -1)))
    return corrected.tolist()
