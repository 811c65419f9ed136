"""Lab 27, the DCGAN: what a right answer must show, how people get it wrong, and the hints."""

import functools
import itertools
import math
from functools import cache, partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.blame import one_line
from ganhacks.checks.judges import networks
from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, apart, compare, furthest, judge, same, short
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import number, told
from ganhacks.hacks import dcgan_mnist as hack

PARAMETERS = {
    "steps": training_steps(),
    "peak": Parameter("highest learning rate", 1e-6, 1.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "dcgan_mnist")

PREDICTION = {
    "choices": {
        "a": "about 10.",
        "b": "about 3.",
        "c": "below 0.6.",
    },
    "answer": "c",
    "remarks": {
        "a": (
            "That would be so if the number of steps decided. This GAN takes a tenth of the dense one's steps, with "
            "better parts."
        ),
        "b": "Better layers alone bring it to about 1 already. And there are labels too.",
    },
    "why": (
        "Without classes it comes to about 1, with them to about 0.3: layers that know which pixels are "
        "neighbours, then labels. The card below has five seeds of each."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the rule

#: Whatever the order in which these are added, nothing is rounded: sums are equal or differ by 2^-12 at least. Two,
#: three, all of one sign, ties, a sum of 0, a difference of 0, nothing but 0, one odd run, small and large, twelve.
DIFFERENCES = [
    *(np.array(some, float) for some in ((-2, -1), (1, -0.25), (0.5, 0.5), (-3, 3), (-1, 2, 4), (0, 0, 0))),
    np.array([-1, -1, -1, 2.0]),
    np.array([0, 1, 2, -0.5]),
    np.array([1, 1, 1, 1, -1.0]),
    -np.ones(5),
    np.array([0.75, 1.0, 0.5, 1.25, 1.5]),
    np.array([0.5, -0.25, 0, -0.25, 0, 0.0]),
    np.array([-1, -1.25, -1, -0.75, -1.5, 20.0]),
    np.array([-0.25, -0.5, -0.125, -0.75, 0.375, -0.5], "float32"),
    np.array([-3, -5, 1, -7, 2, -4, 6]) / 2.0**13,
    np.array([30, -12, 55, 8, 41, -3, 17.0]),
    np.array([0.5, 0.25, 1, -0.75, 0.625, 0.375, -0.125, 0.875]),
    -np.ones(8),
    np.array([-9, -7, -4, 2, -6, -1, 3, -8, 5, -2, -3, 1]) / 16,
]
#: Here other signs give the same sum as those that were found, and in floating point it comes out above or below.
ROUNDED = [
    np.array([0.7, -0.8, -0.2, 0.1, -1.2]),
    np.array([-0.2, 0.7, -0.3, -0.6, -0.2, -0.8]),
    np.array([1.1, 0.3, -0.7, 0.2, 0.9, -0.4]),
    np.array([1.2, -0.6, -0.3, 0.8, 0.6, 0.9, -0.5]),
]


@functools.cache
def _signs(n):
    return np.array([*itertools.product((-1, 1), repeat=n)])


def _at_least(sums, found):
    return np.abs(sums) >= abs(found)


def _share(counts=_at_least, signs=_signs, of=lambda signed: signed.sum(axis=-1), beside=None, ends=lambda k, n: k / n):
    """Return what the right answer does with other choices: a slip.

    counts(sums, found): which of the sums count. signs(n): (choices, n). of: what is made of the differences with their
    signs, instead of a sum; beside: the same of the differences that were found, if it is something else. ends(k, n):
    what is made of a count k among n choices.
    """

    def p(differences):
        chosen = signs(len(differences))
        found = (beside or of)(differences[None].astype(float))[0]
        return float(ends(int(np.sum(counts(of(chosen * differences), found))), len(chosen)))

    return p


def _after(change):
    """Return a slip that does something to the right p: change(p, differences)."""
    return lambda differences: change(hack.sign_flip_p(differences), differences)


def _before(change):
    """Return a slip that does something to the differences first."""
    return lambda differences: hack.sign_flip_p(change(differences))


def _ranks(sizes):
    """Return the ranks of sizes, from 1; equal ones share their mean."""
    below, up_to = (np.searchsorted(np.sort(sizes), sizes, side) for side in ("left", "right"))
    return (below + 1 + up_to) / 2


def _one_at_a_time(n, unturned=1):
    return np.concatenate([1 - 2 * np.eye(n, dtype=int), np.ones((unturned, n), int)])


def _unpaired(differences):
    """Deal out the 2 n values, differences and as many 0, anew between two arms: each choice is some of the deals."""
    n, signs = len(differences), _signs(len(differences))
    deals = np.array([math.comb(n, int(k)) for k in (signs > 0).sum(axis=1)])
    return float((deals * _at_least(signs @ differences, differences.sum())).sum() / deals.sum())


def _t_test(differences):
    n = len(differences)
    with np.errstate(all="ignore"):
        t = differences.mean() / (differences.std(ddof=1) / np.sqrt(n))
        return float(tf.math.betainc(*np.array([(n - 1) / 2, 0.5, (n - 1) / (n - 1 + t**2)])))


def _normal(deviation):
    """Return a slip: the p of a normal distribution. deviation: of the differences' mean, a function of them."""

    def p(differences):
        with np.errstate(all="ignore"):
            return math.erfc(abs(differences.mean()) / deviation(differences) / math.sqrt(2))

    return p


def _for(fixed):
    """Return a slip with signs for a fixed number of differences; zip() leaves off what has no partner."""

    def p(differences):
        sums = (_signs(fixed)[:, : len(differences)] * differences[:fixed]).sum(axis=1)
        return float(np.mean(_at_least(sums, differences.sum())))

    return p


@exercise(
    hack.sign_flip_p,
    praise="All signs are tried, both sides count, and so do equal sums: a p that is exact, however few the seeds.",
    slips=[
        ("one_sided", _share(np.greater_equal)),
        ("one_sided", _share(np.less_equal)),
        ("one_sided", _share(np.greater)),
        ("one_sided", _share(np.less)),
        ("half", _after(lambda p, differences: p / 2)),
        ("half", _share(lambda sums, found: sums >= abs(found))),
        ("half", _share(lambda sums, found: sums > abs(found))),
        ("doubled", _after(lambda p, differences: 2 * p)),
        ("doubled", _share(np.greater_equal, ends=lambda k, n: 2 * k / n)),
        ("doubled", _share(np.less_equal, ends=lambda k, n: 2 * k / n)),
        ("signed", _share(lambda sums, found: np.abs(sums) >= found)),
        ("signed", _share(lambda sums, found: np.abs(sums) >= -found)),
        ("doubled", _share(lambda sums, found: sums >= abs(found), ends=lambda k, n: 2 * k / n)),
        ("strict", _share(lambda sums, found: np.abs(sums) > abs(found))),
        ("left_out", _share(ends=lambda k, n: (k - 1) / (n - 1))),
        ("left_out", _share(ends=lambda k, n: (k - 1) / n)),
        ("left_out", _share(ends=lambda k, n: (k - 2) / (n - 2))),
        ("left_out", _share(ends=lambda k, n: k / (n - 1))),
        ("added", _share(ends=lambda k, n: (k + 1) / (n + 1))),
        ("always_1", lambda differences: 1.0),
        *(("one_at_a_time", _share(signs=partial(_one_at_a_time, unturned=n))) for n in (0, 1)),
        ("not_which", _share(signs=lambda n: np.array([*itertools.combinations_with_replacement((-1, 1), n)]))),
        ("one_sign", lambda differences: 2 / 2 ** len(differences)),
        ("one_sign", _before(np.abs)),
        ("sign_test", _before(np.sign)),
        ("sign_test", _before(lambda differences: np.where(differences < 0, -1, 1))),
        ("sign_test", _before(lambda differences: np.where(differences > 0, 1, -1))),
        ("ranks", _before(lambda differences: np.sign(differences) * _ranks(np.abs(differences)))),
        ("ranks", _before(lambda d: np.sign(d[d != 0]) * _ranks(np.abs(d[d != 0])))),
        ("mean_and_sum", _share(beside=lambda signed: signed.mean(axis=-1))),
        ("mean_and_sum", _share(of=lambda signed: signed.mean(axis=-1), beside=lambda signed: signed.sum(axis=-1))),
        ("median", _share(of=lambda signed: np.median(signed, axis=-1))),
        ("zeros_and_ones", _share(signs=lambda n: (_signs(n) > 0).astype(int))),
        ("nearer", _after(lambda p, differences: 1 - p)),
        ("nearer", _share(lambda sums, found: np.abs(sums) <= abs(found))),
        ("equal_only", _share(lambda sums, found: np.abs(sums) == abs(found))),
        ("equal_only", _share(np.equal)),
        ("unpaired", _unpaired),
        ("t_test", _t_test),
        ("normal", _normal(lambda differences: np.sqrt((differences**2).sum()) / len(differences))),
        *(("normal", _normal(lambda d, lost=lost: d.std(ddof=lost) / np.sqrt(len(d)))) for lost in (0, 1)),
        ("count", _share(ends=lambda k, n: k)),
        ("no_difference", _after(lambda p, differences: p if differences.any() else 0.0)),
        *(
            ("coarse", _share(lambda sums, found, off=off: np.abs(sums) >= abs(found) - off))
            for off in (1e-3, 0.01, 0.1)
        ),
        *(("coarse", _share(lambda sums, found, n=n: np.abs(sums).round(n) >= abs(found).round(n))) for n in (1, 2, 3)),
        *(("rounds", _after(lambda p, differences, n=n: round(p, n))) for n in (2, 3, 4)),
        *(("fixed_n", _for(n), {"n": n}) for n in (5, 8)),
    ],
    misconceptions={
        "one_sided": (
            "You look at one side of 0 only. A sum as far from 0 on the other side is as odd: compare absolute values, "
            "of the sums and of the one that was found."
        ),
        "half": "You count sums on one side of 0, half of what is wanted. As far on the other side counts as well.",
        "doubled": (
            "You double a share, and it comes to more than 1: one side can hold more than half of the sums, and sums "
            "of 0 are on both. Take absolute values, and count once."
        ),
        "signed": (
            "On one side of 0 yours is right, and on the other it is 1: the sum that was found has kept its sign. "
            "Compare with its absolute value."
        ),
        "strict": (
            "You count the sums that are farther from 0 than the one that was found. Wanted is at least as far, `>=`: "
            "what was found counts, so p is never 0."
        ),
        "left_out": (
            "You leave out the signs that were found, of the count or of the number of choices. They are one of the "
            "2^n choices, no less likely than any other."
        ),
        "added": (
            "You add 1 to the count and to the number of choices. That is for drawn signs, to put in those that were "
            "found. Among all 2^n they are already."
        ),
        "always_1": (
            "Your p is always 1. Do you turn the signs of all differences together, or put them in another order? That "
            "leaves the sum as far from 0 as it was. Choose each sign by itself."
        ),
        "one_at_a_time": (
            "You turn one sign at a time. Each difference may have either sign, whatever the others have: that makes "
            "2^n choices."
        ),
        "not_which": (
            "Your n + 1 choices differ in how many signs are minus, and not in which. Let each difference have either "
            "sign: that makes 2^n choices."
        ),
        "one_sign": (
            "Your p is that of differences which all have one sign, whatever they are. Do you take the sum of their "
            "sizes for the one that was found? It is the sum of the differences as they came, + and -."
        ),
        "sign_test": (
            "You count signs alone, so a difference of 0.01 says as much as one of 10: a sign test. Add up the "
            "differences themselves."
        ),
        "ranks": "You add up ranks, as the course's board does. Here the differences themselves are added up.",
        "mean_and_sum": "You compare a mean with sums, and a mean is n times smaller. Take the same on both sides.",
        "median": "You take the median of the differences with their signs. Here it is their sum.",
        "zeros_and_ones": (
            "Your signs are 0 and 1, which leaves differences out instead of turning them. Signs are -1 and 1."
        ),
        "nearer": (
            "You count sums that are nearer to 0 than the one that was found, or as near. Wanted are those that are at "
            "least as far."
        ),
        "equal_only": "You count sums that are equal to the one that was found, and none that lie farther from 0.",
        "unpaired": (
            "You deal out the runs anew between the two arms, as if they were not paired. In a pair, only the sign of "
            "the difference can change."
        ),
        "t_test": (
            "Your p is that of a t-test, which supposes that differences are normally distributed. Suppose nothing: "
            "try all signs, and count."
        ),
        "normal": (
            "Your p comes from a normal distribution, to which sums of so few differences are only near. Try all "
            "signs, and count."
        ),
        "count": "You return how many sums are as far from 0. Divide by the number of choices, 2^n: a share is wanted.",
        "no_difference": (
            "Where all differences are 0 you return 0. All sums are 0 then, as far from 0 as the one that was found: "
            "p is 1."
        ),
        "coarse": (
            "You call sums equal that differ by more than rounding does. That is 1e-15 or so: allow for 1e-9, "
            "not for a thousandth."
        ),
        "rounds": "You round p. Return it as it comes: the smallest is 2 / 2^n, and of 12 differences that is 0.0005.",
        "fixed_n": "You choose signs for {n} differences, whatever n is. There are len(differences) of them.",
        "drawn": (
            "Called twice with the same differences, your function gave two results. Do you draw signs? There are only "
            "2^n choices: try each of them once."
        ),
        "not_a_share": (
            "You return {found}; wanted {wanted}. Each of the 2^n choices counts or does not, so p is a whole number "
            "divided by 2^n, and yours is none. Do you draw signs, with a seed of your own? Or is it a formula's p?"
        ),
        "rounding": (
            "You are right but for rounding. Other signs can give the same sum, and in floating point it comes out a "
            "little smaller, and is not counted. Count what falls short by 1e-9 or less."
        ),
        "differs": "Wanted is: the share of all 2^n choices of signs whose sum is at least as far from 0 as the found one.",
    },
    hints=(
        "If a practice does nothing, each difference could as well have had the other sign. Which signs are there for "
        "three differences, and how many choices for n?",
        "itertools.product([-1, 1], repeat=n) gives all choices. As an array of shape (2**n, n), times the "
        "differences, it gives 2**n sums.",
        "sums = np.abs(... @ differences), then np.mean(sums >= abs(np.sum(differences)) - ...), which is their share",
    ),
)
def check_sign_flip_p(answer):
    for differences in DIFFERENCES[-3:]:
        two = answer(differences), answer(differences)
        if all(isinstance(p, (float, np.number)) for p in two) and not same(*two, 0, 0):
            raise Wrong("drawn")
    judge(answer, [(differences,) for differences in DIFFERENCES], atol=1e-6, rtol=0, fits=_a_share)
    for differences in ROUNDED:
        found, wanted = number(answer(differences)), hack.sign_flip_p(differences)
        if abs(found - wanted) > 1e-6:
            more = Example(f"For differences = {short(differences)}: yours {found:.4g}, wanted {wanted:.4g}.")
            raise Wrong("rounding" if found < wanted else "differs", more)


def _a_share(found, wanted, case):
    """Raise Wrong unless p is a float, and a whole number of 2^n-ths."""
    p = number(found, "a float")
    if not isinstance(found, (int, float)) and not hasattr(found, "dtype"):  # a fraction, which f"{p:.3f}" may refuse
        raise Wrong("wrong_type", found=told(found), wanted="a float")
    if 0 <= p <= 1 and abs(p * 2**12 - round(p * 2**12)) > 1e-3:
        yours, right = apart(p, wanted)
        raise Wrong("not_a_share", found=yours, wanted=right)


# ---- the learning rate

#: (step, n_steps, peak): the ends, the bend, the line, beyond; those of the lab, and a step between two.
STEPS = [
    (500, 1000, 0.01),
    (500, 2000, 0.3),
    *((step, 1000, 0.01) for step in (0, 1, 100, 300, 305, 320, 650, 900, 990, 1000, 2000, 50_000)),
    *((step, 200, 0.01) for step in (60, 150, 200)),
    *((step, 9000, 1e-3) for step in (2700, 8999, np.float64(4522.5))),
    *((step, 40, 1e-3) for step in (12, 26, 40)),
    *((step, 19, 1e-3) for step in (4, 5)),  # the peak, however 30 % of 19 steps are rounded
    *((650, 1000, peak) for peak in (1.0, 2e-4)),
]


def _rate(start=0.3, end=0.01, shape=lambda done: 1 - done, floor=True):
    """Return a schedule that is 1 up to the share `start` of the steps and then falls to `end` as `shape` does."""

    def rate(step, n_steps, peak):
        done = max(step / n_steps - start, 0) / (1 - start)
        return peak * (end + (1 - end) * shape(min(done, 1) if floor else done))

    return rate


def _kept(step, n_steps, peak):
    return peak


def _jumps(end, late=0.0, at_the_bend=True):
    """Return a schedule that falls, from 30 % on, by the share of *all* steps. late: what is taken off that share.

    at_the_bend: whether it is still the peak at 30 % itself.
    """

    def rate(step, n_steps, peak):
        share = min(step / n_steps, 1)
        if share < 0.3 or (at_the_bend and share == 0.3):
            return peak
        return peak * (end if late and share == 1 else 1 - (1 - end) * (share - late))

    return rate


def _warms_up(step, n_steps, peak):
    share = step / n_steps
    return peak * share / 0.3 if share < 0.3 else _rate()(step, n_steps, peak)


def _in_whole_numbers(step, n_steps, peak):
    rate = _rate()(step, n_steps, peak)
    return int(rate) if isinstance(step, int) else rate


def _to_a_number(low):
    return lambda step, n_steps, peak: peak + (low - peak) * min(max((step / n_steps - 0.3) / 0.7, 0), 1)


def _between(step, start, end, peak):
    """Return a rate that falls from the peak at one step to 1 % of it at another."""
    return peak * (1 - 0.99 * min(max((step - start) / (end - start), 0), 1))


def _after_whole_tenths(step, n_steps, peak):
    return _between(step, n_steps // 10 * 3, n_steps, peak)


@exercise(
    hack.learning_rate,
    praise="High while there is far to go, low in the end, and it works on tensors inside of the compiled loop.",
    slips=[
        *(("falls_at_once", _rate(start=0, end=end)) for end in (0.01, 0)),
        *(("other_start", _rate(start=start), {"start": f"{start:.0%}"}) for start in (0.7, 0.5, 0.2, 0.03, 0.4)),
        *(("jumps", _jumps(end, at_the_bend=at)) for end in (0.01, 0) for at in (True, False)),
        *(("late", _jumps(0.01, late=0.3, at_the_bend=at)) for at in (True, False)),
        ("warms_up", _warms_up),
        ("integers", _in_whole_numbers, {"found": "a whole number", "wanted": "fractions: cast `step` to float first"}),
        ("one_early", lambda step, n_steps, peak: _rate()(step, n_steps - 1, peak)),
        ("one_early", lambda step, n_steps, peak: _between(step, 0.3 * n_steps, n_steps - 1, peak)),
        ("starts_again", lambda step, n_steps, peak: _rate()(step % n_steps, n_steps, peak)),
        ("stairs", _rate(shape=lambda done: 1 - np.floor(100 * done) / 100)),
        *(("end_itself", _to_a_number(low)) for low in (1e-5, 1e-4)),
        ("whole_tenths", _after_whole_tenths),
        ("constant", _kept),
        *(("drops", _rate(end=end, shape=lambda done: float(done == 0))) for end in (0.01, 0)),
        *(("to_zero", _rate(end=end), {"end": f"{end:.3g}"}) for end in (0.0, 0.1, 0.001, 0.05)),
        ("end_itself", lambda step, n_steps, peak: max(_rate(end=0)(step, n_steps, peak), 0.01)),
        ("below", _rate(floor=False)),
        ("below", _rate(end=0, floor=False)),
        ("kink", lambda step, n_steps, peak: max(_rate(end=0)(step, n_steps, peak), 0.01 * peak)),
        ("not_straight", _rate(shape=lambda done: (1 + np.cos(np.pi * done)) / 2)),
        ("not_straight", lambda step, n_steps, peak: peak * 0.01 ** (1 - _rate(end=0)(step, n_steps, 1))),
        *(("not_straight", _rate(shape=lambda done, power=power: (1 - done) ** power)) for power in (2, 0.5)),
    ],
    misconceptions={
        "python_if": (
            "Your function decides with Python's `if`, `min` or `max`. In the compiled loop `step` is a tensor without "
            "a value yet. Calculate: ops.clip, ops.minimum or ops.where choose for tensors too."
        ),
        "not_for_tensors": (
            "Your function takes numbers and not the tensors of the compiled loop ({reason}). Begin with "
            "ops.cast(step, 'float32'), and take keras.ops in place of NumPy, Python's math and float()."
        ),
        "not_for_numbers": (
            "Your function takes tensors and not the whole number {step} ({reason}). `ops.cast(step, 'float32')` makes "
            "a tensor of either."
        ),
        "falls_at_once": "Your rate falls from the first step on. It stays at the peak up to 30 % of the steps.",
        "other_start": "Your rate stays at the peak for {start} of the steps. Wanted are 30 %.",
        "jumps": (
            "Just after 30 % of the steps your rate jumps. It goes down from the peak in a straight line: what share "
            "of the remaining 70 % is done?"
        ),
        "late": (
            "Your line falls by the share of *all* steps since the bend, so it is at 31 % in the end. It has 70 % of "
            "the steps for its way down."
        ),
        "warms_up": "Your rate rises to the peak. It is the peak from the first step on, for 30 % of the steps.",
        "starts_again": "From n_steps on your rate starts again at the peak. It stays at 1 % of the peak.",
        "one_early": "Your rate is at 1 % one step early, at n_steps - 1. It gets there at n_steps.",
        "stairs": "Your rate comes down in a hundred stairs. It is a straight line: do not round on the way.",
        "whole_tenths": (
            "You take 30 % of n_steps rounded down to tens. With 19 steps your rate falls after 3; wanted are 5.7."
        ),
        "constant": "Your rate is the peak at every step. After 30 % of them it has to fall.",
        "drops": "Your rate falls all at once after 30 % of the steps. It goes down in a straight line, over 70 %.",
        "to_zero": "Your line ends at {end} times the peak. Wanted is 1 %, that is 0.01 times the peak.",
        "end_itself": "Your line ends at a fixed number, whatever `peak` is. It ends at 1 % of the peak.",
        "below": (
            "Beyond the last step your rate goes on falling. It stays at 1 % of the peak: a rate below 0 would make "
            "the network unlearn."
        ),
        "kink": (
            "Your line aims at 0 and is cut off at 1 % of the peak before the last step. It is straight from the peak "
            "to 1 %: it falls by 99 % of the peak."
        ),
        "not_straight": "Your rate has the right ends and does not go down in a straight line between them.",
        "not_one_number": "For one step your function returns {found}; wanted one number.",
        "differs": (
            "Your rate is not the one asked for: the peak for 30 % of the steps, then straight down to 1 % of it at "
            "the last step, and 1 % from there on."
        ),
    },
    hints=(
        "Which share of the steps is done, and which share of the fall? The fall goes from 30 % to 100 %.",
        "Let the factor be a straight line that is 1 at 30 % and 0.01 at 100 %. Before and after, `ops.clip` holds it "
        "between these two.",
        "peak * ops.clip(1 - 0.99 * (...), 0.01, 1), with the share of the fall in place of the dots",
    ),
)
def check_learning_rate(answer):
    try:
        compare(answer, STEPS, _rate_at, _close)
    except AnswerRaised as raised:
        step = STEPS[0][0]
        try:
            _compiled(answer, tf.float32, *STEPS[0][1:])(step)
        except Exception:
            raise raised from None  # for neither numbers nor tensors
        if isinstance(raised.exception, NameError):  # on a way that the loop's tensor has not taken
            raise
        raise Wrong("not_for_numbers", step=step, reason=one_line(raised.error)[:120]) from None
    for dtype in (tf.float32, tf.int64):  # Keras counts in whole numbers
        _judge_compiled(answer, dtype)


def _rate_at(schedule, args):
    return number(schedule(*args), otherwise="not_one_number")


def _close(found, wanted):
    return same(found, wanted, 0, 5e-3)


def _compiled(answer, dtype, n_steps, peak):
    compiled = tf.function(lambda step: answer(step, n_steps, peak), autograph=False)
    return lambda step: number(compiled(tf.constant(step, dtype)).numpy(), otherwise="not_one_number")


def _judge_compiled(answer, dtype):
    rate = _compiled(answer, dtype, 1000, 0.01)
    try:
        for step in (0, 300, 320, 650, 1000, 2000):
            found, wanted = rate(step), float(hack.learning_rate(step, 1000, 0.01))
            if not _close(found, wanted):
                yours, right = apart(found, wanted)
                raise Wrong("not_for_tensors", reason=f"at step {step} of 1000: yours {yours}, wanted {right}")
    except (AnswerRaised, AttributeError) as raised:
        reason = one_line(getattr(raised, "error", raised))
        if "bool" in reason or "iterat" in reason:
            raise Wrong("python_if") from None
        raise Wrong("not_for_tensors", reason=reason[:120]) from None


# ---- the networks

NETWORK_MISCONCEPTIONS = {
    **networks.NETWORK_MISCONCEPTIONS,
    "dense_only": (
        "Your model has no convolution. To a dense layer a pixel's neighbour is as strange as the far corner: that was "
        "lab 12's limit."
    ),
    "linear": (
        "Nothing bends between your layers, so all of them together are one linear layer. Put an activation behind "
        "each but the last."
    ),
    "bend_missing": "Nothing bends after the {which}. Each layer but the last has its activation.",
    "other_bend": "Your layers, or one of them, bend by {found}; wanted {wanted_bend}.",
    "dropout": "Your model has a {found} layer. Look at its row in the table above: what did it do?",
    "norm_after_bend": (
        "You normalize after the activation. Here batch normalization comes before it, right after the layer that "
        "multiplies. (Look for an `activation` inside that layer too.)"
    ),
    "other_norm": "Your model has a {found} layer. Here it is BatchNormalization.",
    "differs": "Your model has the right weights and computes something else. Compare it with the table, row by row.",
}


def _made(shape, parts):
    """Return a Sequential model of these parts, those that are None left out."""
    return keras.Sequential([keras.Input(shape), *(part for part in parts if part is not None)])


def _bent(normalized, bend, norm_first=True, epsilon=1e-3):
    """Return the two layers after one that multiplies: batch normalization, if any, and an activation."""
    norm = layers.BatchNormalization(epsilon=epsilon) if normalized else None
    both = [norm, layers.Activation(bend)]
    return both if norm_first else both[::-1]


def _leaky(slope):
    return lambda x: ops.leaky_relu(x, negative_slope=slope)


def _judge_network(answer, calls, batches, also, surplus, sizes=(), idle=None):
    """Judge one of the two networks, as `networks.judge_network` does.

    surplus: (part of a layer's name, misconception), as its `layers`, but told before any slip is tried: building some
    thirty networks takes seconds.
    """
    names = [type(layer).__name__ for layer in networks.layers_of(networks.built(answer, *calls[0]))]
    both = [("Dropout", "dropout"), ("LayerNormalization", "other_norm"), ("GroupNorm", "other_norm")]
    for part, misconception in both + surplus:
        for name in names:
            if part in name:
                raise Wrong(misconception, found=name)
    try:
        networks.judge_network(answer, calls, batches, also=also, sizes=sizes, idle=idle)
    except Wrong as wrong:
        if wrong.misconception == "wrong_size" and _without_convolution(networks.built(answer, *calls[0])):
            raise Wrong("dense_only") from None
        raise


def _without_convolution(model):
    return not any(isinstance(layer, (layers.Conv2D, layers.Conv2DTranspose)) for layer in networks.layers_of(model))


def _transposed(filters, kernel, last=None, bias=True):
    return layers.Conv2DTranspose(filters, kernel, 2, "same", activation=last, use_bias=bias)


ALL, RELUS = (True,) * 3, ("relu",) * 3


def _generator(
    hidden=256,
    kernel=4,
    bends=RELUS,
    norms=ALL,
    norm_first=ALL,
    flat=True,
    last="tanh",
    up=_transposed,
    end=(),
    epsilon=1e-3,
):
    """Return a function that builds the generator, or one with other choices.

    bends, norms, norm_first: after the two dense layers and the first convolution. flat: False reshapes before the
    second normalization. end: layers that come after the last convolution. epsilon: see `_bent`.
    """

    def build(latent_dim):
        first, second, third = (_bent(*choices, epsilon) for choices in zip(norms, bends, norm_first))
        reshape = [layers.Reshape((7, 7, 32))]
        parts = [layers.Dense(hidden), *first] if hidden else []
        parts += [layers.Dense(7 * 7 * 32), *(second + reshape if flat else reshape + second)]
        parts += [up(16, kernel), *third, up(1, kernel, last), *(layer() for layer in end)]
        return _made((latent_dim,), parts)

    return build


def _but(whole, i, other):
    """Return a tuple with another part at place i."""
    return (*whole[:i], other, *whole[i + 1 :])


PLACES = ("first dense layer", "second dense layer", "first transposed convolution")
NORM = layers.BatchNormalization
TANH = partial(layers.Activation, "tanh")


@exercise(
    hack.make_generator,
    praise="Dense, normalized, doubled twice with an even kernel, and tanh in the end.",
    slips=[
        ("no_tanh", _generator(last=None)),
        ("sigmoid", _generator(last="sigmoid")),
        ("relu_output", _generator(last="relu")),
        ("norm_at_output", _generator(last=None, end=[NORM, TANH])),
        ("norm_at_output", _generator(last=None, end=[NORM, TANH], up=partial(_transposed, bias=False))),
        ("norm_at_output", _generator(end=[NORM])),
        *(("uneven", _generator(kernel=kernel), {"kernel": kernel}) for kernel in (5, 3)),
        *(("other_kernel", _generator(kernel=kernel), {"kernel": kernel}) for kernel in (2, 6)),
        ("one_dense", _generator(hidden=None)),
        ("no_batch_norm", _generator(norms=(False,) * 3)),
        *(("norm_missing", _generator(norms=_but(ALL, i, False)), {"which": PLACES[i]}) for i in range(3)),
        *(("norm_after_bend", _generator(norm_first=first)) for first in ((False,) * 3, (False, False, True))),
        ("linear", _generator(bends=("linear",) * 3)),
        *(("bend_missing", _generator(bends=_but(RELUS, i, "linear")), {"which": PLACES[i]}) for i in range(3)),
        *(("leaky", _generator(bends=(_leaky(slope),) * 3)) for slope in (0.2, 0.01)),
        *(
            ("other_bend", _generator(bends=bends), {"found": bends[-1], "wanted_bend": "ReLU"})
            for bends in (("tanh",) * 3, ("elu",) * 3, ("relu", "relu", "tanh"))
        ),
    ],
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "dropout": "Your model has a {found} layer. The table above tried dropout in D; this generator has none.",
        "one_dense": "Your model has one Dense layer. There are two: 256 units come before the 7 × 7 × 32.",
        "uneven": (
            "A transposed convolution with kernel {kernel} and stride 2 writes some pixels more often than others (lab "
            "02). Take a kernel that is a multiple of the stride: 4."
        ),
        "other_kernel": "The kernel of your transposed convolutions is {kernel}; wanted 4.",
        "resized": (
            "You double by resizing, with a convolution after it. That is a good way, and another one: here transposed "
            "convolutions double."
        ),
        "no_batch_norm": "Your model has no BatchNormalization. Look at its row in the table above: what did it do?",
        "norm_missing": "There is no batch normalization after the {which}. One comes before each ReLU.",
        "norm_at_output": "Your last layers normalize the images (lab 04): end with a convolution and tanh.",
        "leaky": "Your generator has leaky ReLUs. Those are for the discriminator: here it is the plain ReLU.",
        "no_tanh": "Your images may leave [-1, 1]: end with tanh, whose range the reals have too.",
        "sigmoid": "Your images lie in [0, 1] and the reals in [-1, 1]: D sees that (lab 07). Take tanh.",
        "relu_output": "Your generator ends in a ReLU, so it can never make black, which is -1. End with tanh.",
        "valid_padding": "Your images are 34 × 34: without padding the size is not doubled. Ask for padding='same'.",
        "not_doubled": "Your images are too small. Each of the two transposed convolutions needs a stride of 2.",
        "flat_images": "Your images are rows of 784 numbers. Leave them as they leave the convolution, (28, 28, 1).",
        "channels_first": "Your images are (1, 28, 28), channels first, as PyTorch has them. Keras has them last.",
    },
    hints=(
        "28 is 7 doubled twice. What brings `latent_dim` numbers to 7 × 7 × 32?",
        "Dense(256), Dense(7 * 7 * 32), Reshape, then two transposed convolutions with kernel 4 and stride 2. After "
        "each but the last: BatchNormalization and ReLU, and no bias before it.",
        "layers.Conv2DTranspose(16, 4, strides=2, padding=...) and in the end one with 1 filter and activation='tanh'",
    ),
)
def check_generator(answer):
    epsilon = _epsilon(networks.layers_of(networks.built(answer, 64)))
    _judge_network(
        answer,
        [(64,), (74,)],
        _latent_batches,
        _other_generators(epsilon),
        [("LeakyReLU", "leaky"), ("UpSampling", "resized")],
        [
            ("valid_padding", lambda latent_dim: (34, 34, 1)),
            ("not_doubled", lambda latent_dim: (7, 7, 1)),
            ("not_doubled", lambda latent_dim: (14, 14, 1)),
            ("flat_images", lambda latent_dim: (784,)),
            ("channels_first", lambda latent_dim: (1, 28, 28)),
        ],
        _before_a_norm,
    )


@cache
def _other_generators(epsilon):
    """Return the functions that build what is right as well. epsilon: of an answer's batch normalization."""
    return [_generator(flat=flat, epsilon=epsilon) for flat in (True, False)]


def _latent_batches(latent_dim):
    """Return two batches: several samples, and a single one far from 0."""
    z = rng(latent_dim).standard_normal((6, latent_dim)).astype("float32")
    return [z, 5 * z[:1]]


def _before_a_norm(weight):
    """Tell of a weight whether it is a bias that batch normalization takes out again: each is, but the last."""
    return weight.name == "bias" and tuple(weight.shape) != (1,)


def _strided(filters, kernel=4, padding="same", stride=2, bias=True):
    return layers.Conv2D(filters, kernel, stride, padding, use_bias=bias)


NONE, INNER = (False,) * 3, (False, True, True)
LEAKY = (_leaky(0.2),) * 3


def _discriminator(norms=NONE, bends=LEAKY, last=None, start=(), end="dense", biases=ALL, how=None, **conv):
    """Return a function that builds the discriminator, or one with other choices.

    norms, bends, biases: of the three convolutions. start: layers that come first. end: "dense", or "convolution",
    which is the same with weights of another shape. how: see `_bent`.
    """

    def build(n_outputs=1):
        parts = [layer() for layer in start]
        for filters, norm, bend, bias in zip((16, 32, 64), norms, bends, biases):
            parts += [_strided(filters, bias=bias, **conv), *_bent(norm, bend, **(how or {}))]
        if end == "dense":
            parts += [layers.Flatten(), layers.Dense(n_outputs, activation=last)]
        else:
            parts += [layers.Conv2D(n_outputs, 4, activation=last), layers.Reshape((n_outputs,))]
        return _made((28, 28, 1), parts)

    return build


CONVOLUTIONS = ("first convolution", "second convolution", "third convolution")


@exercise(
    hack.make_discriminator,
    praise="Halved by strides, leaky, and raw logits in the end.",
    slips=[
        *(("bounded", _discriminator(last=end), {"end": end}) for end in ("sigmoid", "tanh", "softmax")),
        *(("never_below_0", _discriminator(last=end), {"end": end}) for end in ("relu", "softplus")),
        ("plain_relu", _discriminator(bends=("relu",) * 3)),
        *(("other_slope", _discriminator(bends=(_leaky(a),) * 3), {"slope": a}) for a in (0.3, 0.01, 0.1)),
        ("linear", _discriminator(bends=("linear",) * 3)),
        *(
            ("bend_missing", _discriminator(bends=_but(LEAKY, i, "linear")), {"which": CONVOLUTIONS[i]})
            for i in range(3)
        ),
        *(
            ("other_bend", _discriminator(bends=(bend,) * 3), {"found": bend, "wanted_bend": "a leaky ReLU"})
            for bend in ("elu", "tanh")
        ),
        *(("norm_at_input", _discriminator(norms=ALL, biases=biases)) for biases in (ALL, NONE)),
        ("norm_at_input", _discriminator(start=[NORM])),
        *(("norm_after_bend", _discriminator(norms=norms, how={"norm_first": False})) for norms in (INNER, ALL)),
        ("one_norm", _discriminator(norms=(False, True, False))),
        ("one_norm", _discriminator(norms=(False, False, True))),
        ("no_stride", _discriminator(stride=1)),
        ("valid_padding", _discriminator(padding="valid")),
    ],
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "pooling": "Your model pools, with {found}. Let the convolution's stride do the halving (lab 01).",
        "no_stride": "No convolution of yours has a stride, so the images stay 28 × 28: slow, and many parameters.",
        "valid_padding": "Your images shrink at the edges too, to 13, 5 and 1. Ask for padding='same': 14, 7, 4.",
        "bounded": "Your model ends in {end}. A logit has no limits, and the loss does the rest: end bare.",
        "never_below_0": (
            "Your model ends in {end}, so its outputs never fall below 0 and no image is a fake. End bare."
        ),
        "plain_relu": "Your model has plain ReLUs, which let nothing through below 0. Take leaky ones, slope 0.2.",
        "other_slope": "Your leaky ReLUs have the slope {slope}; wanted 0.2: negative_slope=0.2.",
        "norm_at_input": (
            "Your model normalizes before its second convolution, so that it can't see where the images lie (lab 04). "
            "Leave the first layer without."
        ),
        "one_norm": "One of your convolutions has a batch normalization. Give it to the second and the third, or none.",
        "no_bias": "Your layers lack their biases. Only a batch normalization makes the bias before it needless.",
    },
    hints=(
        "28, 14, 7, 4: how does a convolution halve without a pooling layer?",
        "Three times Conv2D with kernel 4, stride 2 and padding 'same', with 16, 32 and 64 filters, each with a leaky "
        "ReLU of slope 0.2; then flatten.",
        "The end is layers.Dense(...) without an activation, as many units as outputs.",
    ),
)
def check_discriminator(answer):
    inner = networks.layers_of(networks.built(answer, 10))
    _, *biases = [layer.use_bias for layer in inner if isinstance(layer, layers.Conv2D)] or [True]
    also = _other_discriminators((True, *biases, True, True)[:3], _epsilon(inner))
    images = rng(0).uniform(-1, 1, (6, 28, 28, 1)).astype("float32")
    try:
        _judge_network(answer, [(10,)], lambda *_: [images, 3 * images[:1]], also, [("Pool", "pooling")])
    except Wrong as wrong:
        sizes = networks.shapes_of(networks.built(answer, 10))
        for right in also if wrong.misconception == "wrong_size" else ():
            if networks.shapes_of(right(10)) == sizes:
                both = (networks.seen(networks.built(one, 10), [images]).at_test for one in (answer, right))
                yours, wanted = apart(*furthest(*both)[:2])
                shown = f"With the same weights and inputs, an output is {yours} in yours; wanted {wanted}."
                raise Wrong("differs", Example(shown)) from None
        raise


@cache
def _other_discriminators(biases, epsilon):
    """Return the functions that build what is right as well. biases, epsilon: as free as an answer is to have them."""
    normalized = {"biases": biases, "how": {"epsilon": epsilon}}
    ends = "dense", "convolution"
    return [_discriminator(end="convolution"), *(_discriminator(INNER, **normalized, end=end) for end in ends)]


def _epsilon(inner):
    """Return the epsilon of a network's batch normalization, of which small ones change nothing. inner: its layers."""
    return min([1e-3, *(layer.epsilon for layer in inner if isinstance(layer, layers.BatchNormalization))])


# ---- a logit for the class


def _logits(n, scale=2.0):
    """Return (logits, classes) for n samples: every class is among ten, and none stands at its own place."""
    classes = (3 * np.arange(n) + 9) % 10
    return tf.constant(rng(n).normal(0, scale, (n, 10)), "float32"), tf.constant(classes[:, None], "int32")


LOGITS = [_logits(1), _logits(7), _logits(10), _logits(10, 100.0), (tf.zeros((3, 10)), _logits(3)[1])]


def _own(of=lambda logits: logits, then=lambda own: own, shift=0):
    """Return a slip: the entry of the class, of other numbers, changed, or so many places on."""
    return lambda logits, classes: then(ops.take_along_axis(of(logits), (classes + shift) % 10, axis=1))


def _of_ten(summary):
    return lambda logits, classes: summary(logits, axis=1, keepdims=True)


@exercise(
    hack.own_logit,
    praise="Each sample is judged as what it is said to be: a good 3 that is called a 7 is a bad 7.",
    slips=[
        ("crossed", lambda logits, classes: ops.take(logits, classes[:, 0], axis=1)),
        ("crossed", lambda logits, classes: ops.take(logits, classes, axis=1)),
        ("all_logits", lambda logits, classes: logits),
        ("all_logits", lambda logits, classes: logits * ops.one_hot(classes[:, 0], 10)),
        ("highest", _of_ten(ops.max)),
        ("opinion", lambda logits, classes: ops.argmax(logits, axis=1)[:, None]),
        *(("summed", _of_ten(summary)) for summary in (ops.sum, ops.mean)),
        ("averaged", _own(then=lambda own: own / 10)),
        *(("probability", _own(of)) for of in (ops.softmax, ops.log_softmax)),
        *(("probability", _own(then=then)) for then in (ops.sigmoid, ops.log_sigmoid)),
        ("loss", _own(ops.log_softmax, then=lambda own: -own)),
        ("class_itself", lambda logits, classes: classes),
        ("first_row", lambda logits, classes: ops.take(logits[0], classes)),
        *(("other_class", _own(shift=shift), {"shift": f"{shift:+d}"}) for shift in (-1, 1)),
        ("counted_back", lambda logits, classes: ops.take_along_axis(logits[:, ::-1], classes, axis=1)),
        ("ignores_classes", lambda logits, classes: logits[:, :1]),
    ],
    misconceptions={
        "only_arrays": (
            "Your function does not work on Keras' tensors, from which a model is built ({reason}). Write it with "
            "keras.ops: `ops.take_along_axis`, or `ops.one_hot` and a sum."
        ),
        "flat": "Your result has the shape {found}; wanted {wanted}. Keep the second axis, of length 1.",
        "crossed": "You return every sample's logit for each sample's class. Wanted is one for each row, (n, 1).",
        "all_logits": "You return ten numbers for each sample. Wanted is the one of the class: (n, 1).",
        "highest": (
            "You return the highest logit, whatever the class. Then a 3 that is called a 7 passes as a good 3, and the "
            "generator need not listen to its class."
        ),
        "opinion": "You return the number of the highest logit. Wanted is the logit of the class that is handed in.",
        "summed": "You return the sum or mean of all ten logits: then the class plays no part.",
        "averaged": "You return a tenth of the logit. Nine of your ten products are 0: take the sum, not the mean.",
        "probability": (
            "You return a probability or its logarithm (a softmax or a sigmoid). Wanted is the logit as it is."
        ),
        "loss": "You return a cross-entropy, -log softmax. Wanted is the logit as it is: the loss comes later.",
        "class_itself": "You return the class itself. Wanted is the logit which stands at that place.",
        "first_row": "You take every logit from the first sample's row. Each sample has its own.",
        "other_class": "You return another class's logit, {shift} from the one asked for. Classes count from 0.",
        "counted_back": "You count the classes from the end of the row. Class 0 is the first of the ten.",
        "ignores_classes": "You return the first logit of each row, whatever the class. Use `classes`.",
        "no_gradient": (
            "Your numbers are right, and no gradient comes back through them to the logits: no network could learn "
            "from them. Pick with ops.take_along_axis, or multiply by a one-hot."
        ),
        "differs": "What you return is not the logit of the class.",
    },
    hints=(
        "Ten numbers a row, and for each row the place of one of them. How do you pick by place, a row at a time?",
        "ops.take_along_axis picks along an axis by an array of places. Or multiply by ops.one_hot(...) and sum over "
        "the ten.",
        "ops.take_along_axis(logits, ..., axis=...)  # which argument holds the places, which axis has ten?",
    ),
)
def check_own_logit(answer):
    logits, classes = LOGITS[1]
    try:
        compare(answer, LOGITS, _evaluated, same, fits=_fits_logits, describe=_logit_example)
    except AnswerRaised as raised:
        try:
            answer(logits.numpy(), classes.numpy())
        except AnswerRaised:
            raise raised from None
        raise Wrong("only_arrays", reason=one_line(raised.error)[:120]) from None
    inputs = keras.Input((10,)), keras.Input((1,), dtype="int32")
    try:
        model = keras.Model(inputs, answer(*inputs))
        symbolic = networks.output(model, [logits, classes])
    except (Wrong, AnswerRaised, ValueError, TypeError, AttributeError) as raised:
        raise Wrong("only_arrays", reason=one_line(getattr(raised, "error", raised))[:120]) from None
    if not same(symbolic, _evaluated(hack.own_logit, (logits, classes))):
        raise Wrong("only_arrays", reason="there it computes something else")
    with tf.GradientTape() as tape:
        tape.watch(logits)
        own = model([logits, classes])
    if tape.gradient(own, logits) is None:
        raise Wrong("no_gradient")


def _evaluated(pick, args):
    found = pick(*args)
    if found is None:
        raise Wrong("returns_nothing")
    try:
        numbers = np.asarray(found)
        if numbers.dtype.kind not in "fiub":
            raise TypeError
    except Exception:
        raise Wrong("wrong_type", found=told(found), wanted="a tensor of numbers") from None
    return numbers.astype("float32")


def _fits_logits(found, wanted, case):
    if found.shape != wanted.shape:
        name = "flat" if found.shape == wanted.shape[:1] else "wrong_shape"
        raise Wrong(name, found=found.shape, wanted=wanted.shape, case=case)
    if not np.isfinite(found).all():
        raise Wrong("not_finite", case=case)


def _logit_example(run):
    if run.found.shape != run.wanted.shape:
        return Example(f"For a batch of {len(run.wanted)}: yours has the shape {run.found.shape}, wanted {run.wanted.shape}.")
    row = int(abs(run.found - run.wanted).argmax())
    logits, classes = (np.asarray(part)[row] for part in run.args)
    shown = ", ".join(f"{logit:.1f}" for logit in logits)
    yours, wanted = apart(run.found[row, 0], run.wanted[row, 0])
    return Example(f"For class {classes[0]} and the logits {shown}: yours {yours}, wanted {wanted}.")
