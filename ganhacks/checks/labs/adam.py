"""Lab 06, Adam: what a right answer must show, how people get it wrong, and the hints."""

from itertools import permutations

import keras
import numpy as np

from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import optimizers
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import fitting, furthest, judge, same, short
from ganhacks.checks.engine.values import told
from ganhacks.hacks import adam as hack

PARAMETERS = {
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "adam")

PREDICTION = {
    "choices": {
        "a": "on wider circles: the memory carries a player past the turning point.",
        "b": "on narrower circles: the memory averages the turning away.",
        "c": "on the same circles, only faster.",
    },
    "answer": "a",
    "remarks": {
        "b": (
            "That would be so if the memory were a brake. A brake works against the motion of now; a memory holds "
            "the direction of before."
        ),
        "c": (
            "That would be so if the direction stayed the same: then a memory is like a higher rate. Here the "
            "direction turns."
        ),
    },
    "why": (
        "A running mean points where the gradient pointed a while ago. In a game that turns, that is always a bit too "
        "far outwards, and the longer the memory the further."
    ),
}


# ---- one step

CLOSE = {"atol": 1e-9, "rtol": 1e-4}  # in float32 a number such as 1 - 0.999 is off by half of that


def mean_of(old, new, beta):
    """The running mean of formulas (1) and (2)."""
    return beta * old + (1 - beta) * new


def corrected(mean, beta, t):
    """The correction of formulas (3) and (4)."""
    return mean / (1 - beta**t)


def adam(
    m_of=lambda m, g, beta_1: mean_of(m, g, beta_1),
    v_of=lambda v, g, beta_2, new_m, m: mean_of(v, g**2, beta_2),
    correct_m=corrected,
    correct_v=corrected,
    step_of=lambda m, v, epsilon: m / (np.sqrt(v) + epsilon),
    uses=lambda g, m, v, new_m, new_v: (new_m, new_v),
    returns=lambda w, step, new, old, corrected: (w - step, *new),
):
    """Make a step of Adam, right but for the parts that are handed over."""

    def adam_step(weights, gradient, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
        new_m = m_of(m, gradient, beta_1)
        new_v = v_of(v, gradient, beta_2, new_m, m)
        used_m, used_v = uses(gradient, m, v, new_m, new_v)
        unbiased = correct_m(used_m, beta_1, t), correct_v(used_v, beta_2, t)
        step = learning_rate * step_of(*unbiased, epsilon)
        return returns(weights, step, (new_m, new_v), (m, v), unbiased)

    return adam_step


def with_correction(correction):
    """Return the steps that correct both means like this, or one of them."""
    m_like_this, v_like_this = {"correct_m": correction}, {"correct_v": correction}
    return adam(**m_like_this, **v_like_this), adam(**m_like_this), adam(**v_like_this)


#: What people write in place of 1 - beta**t.
CORRECTIONS = {
    "no_power": lambda mean, beta, t: mean / (1 - beta),
    "power_of_the_difference": lambda mean, beta, t: mean / (1 - beta) ** t,
    "times_t": lambda mean, beta, t: mean / (1 - beta * t),
    "t_counted_twice": lambda mean, beta, t: corrected(mean, beta, t + 1),
    "t_from_zero": lambda mean, beta, t: corrected(mean, beta, t - 1),
    "multiplied": lambda mean, beta, t: mean * (1 - beta**t),
    "one_minus_lost": lambda mean, beta, t: mean / beta**t,
}


def uncorrected(mean, beta, t):
    return mean


def corrected_until(last):
    return lambda mean, beta, t: corrected(mean, beta, t) if t <= last else mean


def as_keras(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    """Keras' form, and the paper's second: epsilon beside the root of v as it runs. It passes too."""
    m, v = mean_of(m, g, beta_1), mean_of(v, g**2, beta_2)
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + epsilon), m, v


def idle_at_zero(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    """A step that does nothing where the gradient is 0."""
    new = hack.adam_step(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return tuple(np.where(g == 0, old, after) for old, after in zip((w, m, v), new))


def idle_at_zero_everywhere(w, g, m, v, *settings):
    return hack.adam_step(w, g, m, v, *settings) if g.any() else (w, m, v)


def betas_exchanged(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return hack.adam_step(w, g, m, v, t, learning_rate, beta_2, beta_1, epsilon)


def corrections_exchanged(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m, v = mean_of(m, g, beta_1), mean_of(v, g**2, beta_2)
    return w - learning_rate * corrected(m, beta_2, t) / (np.sqrt(corrected(v, beta_1, t)) + epsilon), m, v


def betas_turned(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return hack.adam_step(w, g, m, v, t, learning_rate, 1 - beta_1, 1 - beta_2, epsilon)


def rate_that_decays(w, g, m, v, t, learning_rate=2e-4, *settings):
    return hack.adam_step(w, g, m, v, t, learning_rate / np.sqrt(t), *settings)


def clipped(clip):
    return lambda w, g, *rest: hack.adam_step(w, clip(g), *rest)


def ordered(order):
    return lambda *args: tuple(hack.adam_step(*args)[i] for i in order)


def turned(m, g, beta):
    return mean_of(g, m, beta)


def summed(old, new, beta):
    return beta * old + new


SLIPS = [
    *(("swapped_results", ordered(order)) for order in permutations(range(3)) if order != (0, 1, 2)),
    # -- what comes back
    ("forgets_the_means", adam(returns=lambda w, step, new, old, unbiased: (w - step, *old))),
    ("returns_unbiased", adam(returns=lambda w, step, new, old, unbiased: (w - step, *unbiased))),
    ("returns_unbiased", adam(returns=lambda w, step, new, old, unbiased: (w - step, unbiased[0], new[1]))),
    ("returns_unbiased", adam(returns=lambda w, step, new, old, unbiased: (w - step, new[0], unbiased[1]))),
    ("returns_the_step", adam(returns=lambda w, step, new, old, unbiased: (step, *new))),
    ("returns_the_step", adam(returns=lambda w, step, new, old, unbiased: (-step, *new))),
    ("uphill", adam(returns=lambda w, step, new, old, unbiased: (w + step, *new))),
    # -- formulas (1) and (2)
    ("betas_swapped", betas_exchanged),
    ("weights_of_mean_swapped", adam(m_of=turned, v_of=lambda v, g, beta, *_: mean_of(g**2, v, beta))),
    ("weights_of_mean_swapped", adam(m_of=turned)),
    ("weights_of_mean_swapped", betas_turned),
    ("weights_of_v_swapped", adam(v_of=lambda v, g, beta, *_: mean_of(g**2, v, beta))),
    ("sum_instead_of_mean", adam(m_of=summed)),
    ("sum_instead_of_mean", adam(m_of=summed, v_of=lambda v, g, beta, *_: summed(v, g**2, beta))),
    ("v_as_a_sum", adam(v_of=lambda v, g, beta, *_: summed(v, g**2, beta))),
    ("v_as_a_sum", adam(v_of=lambda v, g, beta, *_: v + g**2)),
    ("v_of_m", adam(v_of=lambda v, g, beta, new_m, m: mean_of(v, new_m**2, beta))),
    ("v_of_m", adam(v_of=lambda v, g, beta, new_m, m: mean_of(v, m**2, beta))),
    ("v_is_centred", adam(v_of=lambda v, g, beta, new_m, m: mean_of(v, (g - new_m) ** 2, beta))),
    ("v_is_centred", adam(v_of=lambda v, g, beta, new_m, m: mean_of(v, (g - m) ** 2, beta))),
    ("no_square", adam(v_of=lambda v, g, beta, *_: mean_of(v, g, beta))),
    ("no_square", adam(v_of=lambda v, g, beta, *_: mean_of(v, np.abs(g), beta))),
    ("one_size_for_all", adam(v_of=lambda v, g, beta, *_: mean_of(v, np.mean(g**2), beta))),
    ("one_size_for_all", adam(v_of=lambda v, g, beta, *_: mean_of(v, np.sum(g**2), beta))),
    ("one_size_for_all", adam(step_of=lambda m, v, epsilon: m / (np.linalg.norm(np.sqrt(v)) + epsilon))),
    ("one_size_for_all", adam(step_of=lambda m, v, epsilon: m / (np.sqrt(np.linalg.norm(v)) + epsilon))),
    ("one_size_for_all", adam(step_of=lambda m, v, epsilon: m / (np.sqrt(np.mean(v)) + epsilon))),
    *(("clipped", clipped(lambda g, most=most: g / max(1, np.linalg.norm(g) / most))) for most in (1, 5, 10)),
    *(("clipped", clipped(lambda g, most=most: np.clip(g, -most, most))) for most in (0.5, 1, 5, 10)),
    ("stops_at_zero", idle_at_zero),
    ("stops_at_zero", idle_at_zero_everywhere),
    # -- formulas (3) and (4)
    *zip(("no_bias_correction", *2 * ["half_bias_correction"]), with_correction(uncorrected)),
    *((name, step) for name, correction in CORRECTIONS.items() for step in with_correction(correction)),
    ("corrections_swapped", corrections_exchanged),
    *(("stops_correcting", with_correction(corrected_until(last))[0]) for last in (1, 2, 9, 10, 100)),
    # -- formula (5)
    ("old_m", adam(uses=lambda g, m, v, new_m, new_v: (m, v))),
    ("old_m", adam(uses=lambda g, m, v, new_m, new_v: (m, new_v))),
    ("ignores_m", adam(uses=lambda g, m, v, new_m, new_v: (g, new_v), correct_m=uncorrected)),
    ("no_root", adam(step_of=lambda m, v, epsilon: m / (v + epsilon))),
    ("epsilon_in_the_root", adam(step_of=lambda m, v, epsilon: m / np.sqrt(v + epsilon))),
    ("epsilon_outside", adam(step_of=lambda m, v, epsilon: m / np.sqrt(v) + epsilon)),
    ("no_epsilon", adam(step_of=lambda m, v, epsilon: m / np.sqrt(v))),
    ("signs", adam(step_of=lambda m, v, epsilon: np.sign(m))),
    ("rate_decays", rate_that_decays),
]


@exercise(
    hack.adam_step,
    praise="Formula by formula it is Adam: early and late steps, any settings, also where the gradient is 0.",
    slips=SLIPS,
    misconceptions={
        "three_wanted": "Your function returns {found}; wanted three arrays: the weights, m and v after the step.",
        "swapped_results": "Your three arrays are right and come in another order. It is (weights, m, v).",
        "forgets_the_means": (
            "Your m and v come back as they went in. Return the new ones: they are the memory of the next step."
        ),
        "returns_unbiased": (
            "You return a corrected mean. Return m and v as they run: the next step would correct them again."
        ),
        "returns_the_step": "Your first array is the step alone. Return the weights *after* the step.",
        "uphill": "Your step goes uphill, so the loss would grow. Subtract it from the weights.",
        "betas_swapped": "You use beta_1 for the squares and beta_2 for the gradients. It is the other way round.",
        "weights_of_mean_swapped": (
            "Your m keeps 1 - beta_1 of the old and takes beta_1 of the new. It is the other way round: with 0.9 the "
            "memory is long."
        ),
        "weights_of_v_swapped": "Your v keeps 1 - beta_2 of the old and takes beta_2 of the new: the other way round.",
        "sum_instead_of_mean": (
            "Your m adds the whole gradient, as plain momentum does. Adam's m is a mean: the gradient gets the weight "
            "1 - beta_1."
        ),
        "v_as_a_sum": "Your v adds the whole square. Adam's v is a mean: the square gets the weight 1 - beta_2.",
        "v_of_m": "Your v averages the squares of m. It averages the squares of the gradient.",
        "v_is_centred": (
            "Your v averages the squares of gradient - m, as AdaBelief does. Adam squares the gradient itself."
        ),
        "no_square": "Your v averages the gradient or its size, not its square, and its root is then something else.",
        "one_size_for_all": "You divide by a sum, a mean or a norm over all weights. Each weight has a v of its own.",
        "clipped": (
            "You shrink large gradients or cut them off: that is gradient clipping. Adam takes them as they come."
        ),
        "stops_at_zero": (
            "Where the gradient is 0 you leave all as it is. The memory goes on: m and v shrink, and m still moves the "
            "weight."
        ),
        "no_bias_correction": (
            "Your means start at 0 and you use them as they are, so the first steps have the wrong size. Divide m by "
            "1 - beta_1**t and v by 1 - beta_2**t before you use them: formulas (3) and (4)."
        ),
        "half_bias_correction": "You correct only one of m and v for their start at 0. Both need it, each by its beta.",
        "no_power": (
            "You divide by 1 - beta at every step. The correction fades: it is 1 - beta**t, with the step's number."
        ),
        "power_of_the_difference": "You divide by (1 - beta)**t. Only beta is raised to the power t: 1 - beta**t.",
        "times_t": "You divide by 1 - beta * t. In formulas (3) and (4) t is a power: `**` in Python.",
        "t_counted_twice": (
            "You correct with t + 1. Code that counts from 0 raises t first; here t is 1 at the first step already."
        ),
        "t_from_zero": "You correct with t - 1, which divides by 0 at the first step. Here t is 1 at the first step.",
        "multiplied": "You multiply by 1 - beta**t, and a mean that is too small gets smaller. Divide by it.",
        "one_minus_lost": "You divide by beta**t. What is missing at the start is the rest: divide by 1 - beta**t.",
        "corrections_swapped": "You correct m with beta_2 and v with beta_1. Each mean is corrected by its own beta.",
        "stops_correcting": (
            "The first steps are right; later, at t = {t} for example, you use the means uncorrected. With "
            "beta_2 = 0.999 the correction counts for thousands of steps: no `if` is needed."
        ),
        "old_m": (
            "Your m and v are right, and the step uses those of before. Calculate the new ones first, then correct "
            "and use these."
        ),
        "ignores_m": "Your step follows the gradient, as RMSProp's does. Adam's follows the corrected m.",
        "no_root": "You divide by v; the step divides by its square root, so that it has the same size at any scale.",
        "epsilon_in_the_root": "You add epsilon inside the root. It stands beside the root, so that it stays tiny.",
        "epsilon_outside": (
            "You add epsilon after the division, which comes first without brackets. It belongs to the divisor: "
            "m / (root + epsilon)."
        ),
        "no_epsilon": (
            "Your step leaves epsilon out. Where a gradient was always 0, that is 0 / 0 and so NaN. Add it to the root."
        ),
        "signs": "Your step is the sign of m times the rate. Adam divides by the root of v, which changes its length.",
        "rate_decays": "You divide the rate by the root of t. In this step the rate stays what it is.",
        "other_default": (
            "Called without `{argument}`, your function does something else than with {argument} = {value}. The first "
            "line of the exercise says learning_rate 2e-4, beta_1 0.5, beta_2 0.999, epsilon 1e-7: leave it as it was."
        ),
        "other_m": (
            "Your new m is off{case}: {found} where {wanted} is right. What does formula (1) say for this number?"
        ),
        "other_v": (
            "Your m is right and your new v is not{case}: {found} where {wanted} is right. What does formula (2) say?"
        ),
        "differs": (
            "Your m and v are right, and the weights after the step are not. Compare your lines with formulas (3) to "
            "(5), one by one."
        ),
    },
    hints=(
        "Five formulas: two running means, a correction for each, and the step. Which is missing in your lines?",
        "A running mean is `beta * old + (1 - beta) * new`. The correction divides by `1 - beta**t`.",
        "weights - learning_rate * (m corrected) / (np.sqrt(v corrected) + epsilon); and m and v come back uncorrected",
    ),
)
def check_adam_step(answer):
    """In the first inputs every argument counts; then the first steps, later ones, a rest, and the lab's own calls."""
    rng = np.random.default_rng(0)
    w, g, m = rng.normal(size=(3, 2, 3)) / 10
    g[0, 1], g[1, 0], v = 3e-6, -2.0, m**2 + g**2
    v[0, 1] = 1e-10
    first = np.array([0.3, 0.0]), np.array([0.5, 2e-6]), np.zeros(2), np.zeros(2)
    one = np.array([0.5]), np.array([0.3]), np.array([-0.2]), np.array([0.09])
    still = np.array([0.1, -0.3]), np.zeros(2), np.array([0.4, 0.0]), np.array([0.2, 0.0])
    inputs = [(*first, 1, 0.01, 0.9, 0.99, 1e-3), (*one, 2, 0.1, 0.5, 0.9, 0.1), (w, g, m, v, 3, 0.02, 0.8, 0.9, 1e-7)]
    inputs += [(*one, t, rate, 0.9, 0.999, 1e-7) for rate in (0.1, 0.02) for t in (2, 3, 10, 11, 60, 1000)]
    inputs += [
        (*still, 5, 0.01, 0.5, 0.99, 1e-6),
        (*still, 5, 0.03, 0.0, 0.99, 1.0),
        (w, 1000 * g, m, v, 6, 0.02, 0.5, 0.9, 1e-7),
        (w, g, m, v, 4, 0.02, 0.0, 0.0, 1e-7),
    ]
    in_the_lab = [(np.zeros(5), rng.normal(size=5).astype("float32"), np.zeros(5), np.zeros(5), 1)]
    in_the_lab += [
        (w[:, 0], 10 * g[:, 1], m[:, 0], v[:, 0], t, 0.03, beta) for t in (1, 700) for beta in (0.0, 0.5, 0.9)
    ]
    judge(answer, inputs + in_the_lab, **CLOSE, fits=_fits, also=[as_keras])
    properties.new_array(answer, *inputs[-1])


def _fits(found, wanted, case):
    """Tell which of the three arrays is off first: the weights cannot be right before the means are."""
    if not isinstance(found, (tuple, list, np.ndarray)) or len(found) != 3:
        raise Wrong("returns_nothing") if found is None else Wrong("three_wanted", found=told(found))
    fitting(found, wanted, case)
    for misconception, i in (("other_m", 1), ("other_v", 2)):
        if not same(found[i], wanted[i], **CLOSE):
            yours, right, _ = furthest(found[i], wanted[i])
            raise Wrong(misconception, found=short(yours), wanted=short(right), case=case)


# ---- the call


def adam_of(learning_rate=2e-4, beta_1=0.5, **more):
    return keras.optimizers.Adam(learning_rate, beta_1, **more)


@exercise(
    hack.make_optimizer,
    praise="Adam with the rate 2e-4 and beta_1 = 0.5, and a new one for each network.",
    slips=[
        ("default_rate", lambda learning_rate=2e-4, beta_1=0.5: keras.optimizers.Adam(beta_1=beta_1)),
        ("default_beta", lambda learning_rate=2e-4, beta_1=0.5: keras.optimizers.Adam(learning_rate)),
        ("all_defaults", lambda learning_rate=2e-4, beta_1=0.5: keras.optimizers.Adam()),
        ("beta_2_instead", lambda learning_rate=2e-4, beta_1=0.5: adam_of(learning_rate, 0.9, beta_2=beta_1)),
        ("beta_2_instead", lambda learning_rate=2e-4, beta_1=0.5: adam_of(learning_rate, beta_1, beta_2=beta_1)),
        ("values_written_in", lambda learning_rate=2e-4, beta_1=0.5: hack.make_optimizer()),
    ],
    misconceptions={
        **optimizers.MISCONCEPTIONS,
        "default_rate": (
            "Whatever rate you are asked for, your optimizer has 0.001: Keras' default. Pass the rate on: "
            "`learning_rate=` (`lr=` is the old name, and an error today)."
        ),
        "default_beta": "Whatever beta_1 you are asked for, yours is 0.9: Keras' default. The paper's is 0.5: pass it.",
        "all_defaults": "Your optimizer is Adam as Keras sets it, 0.001 and 0.9. Hand both arguments on.",
        "beta_2_instead": (
            "You set beta_2 to the value of beta_1. The practice leaves beta_2 at 0.999 and lowers beta_1 alone."
        ),
        "values_written_in": "Whatever you are asked for, you return 2e-4 and 0.5. Use the arguments.",
    },
    hints=(
        "Which class in keras.optimizers is it, and what does it call the learning rate and the memory of directions?",
        "keras.optimizers.Adam takes `learning_rate` and `beta_1`. Nothing else has to be said.",
        "keras.optimizers.Adam(learning_rate=..., beta_1=...)  # with your function's own arguments",
    ),
)
def check_make_optimizer(answer):
    calls = [(1e-3, 0.9), (5e-4, 0.0), (1e-3, 0.5), (0.03, 0.7)]
    optimizers.judge_optimizers(answer, calls, "optimizer")
