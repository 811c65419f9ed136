"""Lab 18, optimizer pairing: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np

from ganhacks.checks.judges import optimizers
from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import fitting, judge
from ganhacks.checks.engine.sandbox import Through
from ganhacks.checks.engine.values import told
from ganhacks.hacks import optimizer_pairing as hack

PARAMETERS = {
    "ring_steps": training_steps("on the ring"),
    "mnist_steps": training_steps("on digits"),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "optimizer_pairing")

PREDICTION = {
    "choices": {
        "a": "about as many, since the rate is the same.",
        "b": "two at most: the discriminator hardly learns.",
        "c": "all eight, since SGD remembers no outdated direction.",
    },
    "answer": "b",
    "remarks": {
        "a": (
            "That would be so if the rate were the length of a step, as it is for Adam. SGD multiplies it by the "
            "gradient."
        ),
        "c": (
            "That would be so if the memory decided. What counts first is how long the steps are, and SGD's are "
            "short."
        ),
    },
    "why": (
        "Adam's first step is the rate, whatever the gradient; SGD's is the rate times a gradient that is far below 1. "
        "At Adam's rate the discriminator hardly moves, and the generator has nothing to follow."
    ),
}


# ---- the first step


def with_adam(step):
    """Make the two steps with another one for Adam: step(gradient) in units of the rate."""
    return lambda gradient, rate: (-rate * gradient, -rate * step(gradient))


def with_sgd(step):
    return lambda gradient, rate: (step(gradient, rate), -rate * np.sign(gradient))


def divided(by):
    """Return a step of Adam that divides the gradient by something."""
    return lambda gradient: gradient / by(gradient)


def beside_the_root(epsilon, m=1.0, v=1.0):
    """Return a step of Adam with an epsilon; m, v: what is left of g and g² in the running means."""
    return lambda gradient: m * gradient / (np.sqrt(v) * np.abs(gradient) + epsilon)


UNCORRECTED = [
    beside_the_root(epsilon, m, v)
    for epsilon in (1e-15, 1e-12, 1e-9, 1e-8, 1e-7)
    for beta_1 in (0.5, 0.9)
    for m, v in ((1 - beta_1, 0.001), (1 - beta_1, 1), (1, 0.001))
]
#: Epsilons of published Adams beside the root: of the corrected v, or of v as it runs, as in Keras.
EPSILONS = [epsilon / root for epsilon in (1e-7, 1e-8, 1e-9) for root in (1, 0.001**0.5)]
#: One number of a whole gradient by which people divide all of it.
LENGTHS = np.linalg.norm, lambda gradient: np.abs(gradient).max(), lambda gradient: np.sqrt(np.mean(gradient**2))


@exercise(
    hack.first_steps,
    praise="SGD's first step is the gradient, scaled; Adam's has one size for every weight, and only its sign is kept.",
    slips=[
        ("uphill", lambda gradient, rate: (rate * gradient, rate * np.sign(gradient))),
        ("uphill", with_adam(lambda gradient: -np.sign(gradient))),
        ("uphill", with_sgd(lambda gradient, rate: rate * gradient)),
        ("ignores_rate", with_sgd(lambda gradient, rate: -gradient)),
        ("ignores_rate", lambda gradient, rate: (-rate * gradient, -np.sign(gradient))),
        ("ignores_rate", lambda gradient, rate: (-gradient, -np.sign(gradient))),
        *(
            ("ignores_rate", lambda gradient, rate, r=r: (-rate * gradient, -r * np.sign(gradient)))
            for r in (1e-3, 2e-4)
        ),
        ("sgd_like_adam", lambda gradient, rate: (-rate * np.sign(gradient), -rate * np.sign(gradient))),
        ("mean_of_the_weights", with_sgd(lambda gradient, rate: -rate * gradient / gradient.size)),
        ("mean_of_the_weights", with_sgd(lambda gradient, rate: np.full_like(gradient, -rate * gradient.mean()))),
        ("damped", with_sgd(lambda gradient, rate: -rate * 0.1 * gradient)),
        ("zero_divided", with_adam(divided(np.abs))),
        ("no_direction", with_adam(np.ones_like)),
        ("no_direction", with_sgd(lambda gradient, rate: -rate * np.abs(gradient))),
        ("no_direction", lambda gradient, rate: (-rate * np.abs(gradient), -rate * np.abs(np.sign(gradient)))),
        *(("no_direction", with_adam(lambda g, e=e: np.abs(beside_the_root(e)(g)))) for e in (1e-15, *EPSILONS)),
        ("zero_moves", with_adam(lambda gradient: np.where(gradient > 0, 1.0, -1.0))),
        ("zero_moves", with_adam(lambda gradient: np.where(gradient < 0, -1.0, 1.0))),
        ("adam_like_sgd", with_adam(lambda gradient: gradient)),
        *(("adam_like_sgd", with_adam(lambda gradient, b=beta: (1 - b) * gradient)) for beta in (0.5, 0.9)),
        *(
            ("one_length_for_all", with_adam(divided(lambda gradient, of=of, e=epsilon: of(gradient) + e)))
            for of in LENGTHS
            for epsilon in (0, 1e-15, 1e-8, 1e-7)
        ),
        ("no_root", with_adam(divided(lambda gradient: np.where(gradient == 0, 1, gradient**2)))),
        *(("no_bias_correction", with_adam(step)) for step in UNCORRECTED),
        *(("large_epsilon", with_adam(beside_the_root(epsilon))) for epsilon in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)),
        *(
            ("large_epsilon", with_adam(divided(lambda gradient, e=epsilon: np.sqrt(gradient**2 + e))))
            for epsilon in (1e-6, 1e-7, 1e-8, 1e-10)
        ),
        *(
            ("threshold", with_adam(lambda gradient, below=below, t=threshold: below(gradient, t)))
            for below in (lambda g, t: np.where(np.abs(g) < t, 0, np.sign(g)), lambda g, t: np.clip(g / t, -1, 1))
            for threshold in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
        ),
    ],
    misconceptions={
        "two_wanted": "Your function returns {found}; wanted two arrays, (sgd, adam).",
        "swapped_results": "Your two arrays are right and come in the other order. It is (sgd, adam).",
        "uphill": "You move along the gradient, and the loss would grow. A step goes against it.",
        "ignores_rate": "One of your steps is the same at every rate. Both are `rate` times something: use it.",
        "sgd_like_adam": "Your sgd keeps the sign of the gradient alone. SGD's step is the rate times the gradient.",
        "mean_of_the_weights": (
            "Your sgd takes a mean over the weights. Each weight moves by its own gradient times the rate."
        ),
        "damped": (
            "Your sgd is a part of what it should be, such as 1 - 0.9 of it. The running means are Adam's; SGD's step "
            "is the rate times the gradient."
        ),
        "zero_divided": (
            "Where the gradient is 0, your step is NaN: zero divided by zero. Such a weight does not move. What "
            "knows the direction of a number without dividing?"
        ),
        "no_direction": (
            "A step of yours has the same sign for every weight, also where the gradient is negative. Each weight goes "
            "against its gradient. (In Adam v holds the square, and its root is the size; m keeps the sign.)"
        ),
        "adam_like_sgd": (
            "Your adam grows with the gradient, as SGD's does. At t = 1 the corrected m is g and the corrected v is "
            "g²: divide the one by the root of the other."
        ),
        "one_length_for_all": (
            "Your adam divides all weights by one number, such as the norm or the largest. Adam keeps a v for each "
            "weight, and divides each by its own."
        ),
        "no_bias_correction": (
            "Your adam has one size for all weights, and it is not the rate. m and v start at 0, so the first are too "
            "small; Adam divides m by 1 - beta_1**t and v by 1 - beta_2**t. What is left of both at t = 1?"
        ),
        "no_root": "Your adam divides by g², so a large gradient makes a small step. It is the root of v that divides.",
        "large_epsilon": (
            "Where the gradient is small, your adam moves less than the rate: an epsilon too large for that makes Adam "
            "a kind of SGD. Leave it out, or take Keras' 1e-7 beside the root, not under it."
        ),
        "threshold": (
            "Below some size of the gradient your adam moves less than the rate, or not at all. Its first step is as "
            "long there as anywhere."
        ),
        "zero_moves": "Where the gradient is 0, your adam moves. Such a weight stays where it is.",
        "differs": (
            "One of your steps is another one. What does each formula give for a single weight of this gradient?"
        ),
    },
    hints=(
        "Adam's step is rate · m / √v with both corrected. At t = 1, what are the corrected m and v of a gradient g?",
        "They are g and g². So what is g divided by the root of g², for g = 7, for g = -7, for g = 0.001?",
        "-rate * ... for SGD, and -rate * np.sign(...) for Adam",
    ),
)
def check_first_steps(answer):
    spread = np.array([0.004, -0.03, 0.0, 2.0, -40.0, 0.5])
    inputs = [(np.array([g]), 0.001) for g in (-100.0, 0.01, 0.0001)]  # as in the lab
    inputs += [(np.array([-1e-6, 2e-9, 1e-5]), 0.001), (np.zeros(2), 0.1), (spread, 0.02), (spread, 0.1)]
    inputs += [(np.random.default_rng(0).normal(size=(3, 4)), 0.02), (np.full((2, 1, 2), -0.7, "float32"), 0.3)]
    inputs += [(spread.astype("float32"), 0.0002)]

    def arrays(*args):
        """Call the answer, and take whatever holds two arrays: tensors, variables and lists serve the lab as well."""
        result = answer(*args)
        if not isinstance(result, (tuple, list)):
            return result
        return tuple(np.asarray(part) if hasattr(part, "shape") else part for part in result)

    def fits(found, wanted, case):
        if found is not None and (not isinstance(found, (tuple, list, np.ndarray)) or len(found) != 2):
            raise Wrong("two_wanted", found=told(found))
        for part, right in zip(found, wanted) if found is not None else ():
            odd = np.shape(part) == right.shape and ~np.isfinite(part)
            if np.any(odd) and not right[odd].any():
                raise Wrong("zero_divided")
        fitting(found, wanted, case)

    also = [with_adam(beside_the_root(epsilon)) for epsilon in EPSILONS]
    judge(Through(answer, arrays), inputs, rtol=5e-3, atol=1e-12, fits=fits, also=also)


# ---- two optimizers

NAMES = ("g_optimizer", "d_optimizer")


def adam(rate, beta_1=0.5, **more):
    return keras.optimizers.Adam(rate, beta_1, **more)


def sgd(rate, *more):
    return keras.optimizers.SGD(rate, *more)


@exercise(
    hack.pair_optimizers,
    praise="Adam with beta_1 = 0.5 for the generator, plain SGD for the discriminator, both new, each at its own rate.",
    slips=[
        ("swapped_roles", lambda g_rate, d_rate: (sgd(g_rate), adam(d_rate))),
        ("adam_for_both", lambda g_rate, d_rate: (adam(g_rate), adam(d_rate))),
        ("sgd_for_both", lambda g_rate, d_rate: (sgd(g_rate), sgd(d_rate))),
        ("default_rate", lambda g_rate, d_rate: (adam(1e-3), sgd(d_rate))),
        ("default_rate", lambda g_rate, d_rate: (adam(g_rate), keras.optimizers.SGD())),
        ("default_rate", lambda g_rate, d_rate: (adam(1e-3), keras.optimizers.SGD())),
        ("ignores_rates", lambda g_rate, d_rate: (adam(1e-3), sgd(0.1))),
        ("rate_as_beta", lambda g_rate, d_rate: (adam(0.5, g_rate), sgd(d_rate))),
        ("one_rate", lambda g_rate, d_rate: (adam(g_rate), sgd(g_rate))),
        ("one_rate", lambda g_rate, d_rate: (adam(d_rate), sgd(d_rate))),
    ],
    misconceptions={
        **optimizers.PAIR_MISCONCEPTIONS,
        "swapped_results": "Your two optimizers are right and come in the other order: the generator's first.",
        "swapped_roles": "Your generator gets SGD and your discriminator Adam. The talk has it the other way round.",
        "adam_for_both": "Both of your optimizers are Adam. The talk gives the discriminator SGD.",
        "sgd_for_both": "Both of your optimizers are SGD. The talk gives the generator Adam.",
        "momentum": (
            "Your {which}, an SGD, has momentum {found:g}: a memory of directions, which the talk takes away from the "
            "discriminator. (Its second argument is momentum, not a beta.)"
        ),
        "swapped_arguments": "Your two rates have changed places: each optimizer has the other one's.",
        "default_rate": "Whatever rate you are asked for, one of yours is Keras' default. Hand both arguments on.",
        "ignores_rates": "Whatever rates you are asked for, yours are 0.001 and 0.1. Hand both arguments on.",
        "rate_as_beta": "Your Adam gets the rate for its beta_1, and 0.5 for its rate. The rate comes first.",
        "one_rate": "Both of your optimizers have one and the same rate. Each has its own: g_rate and d_rate.",
    },
    hints=(
        "Which two classes of keras.optimizers are they, which network gets which, and what is their first argument?",
        "Adam takes the rate and `beta_1`, SGD the rate alone. Call both inside of the function and return the two.",
        "keras.optimizers.Adam(..., beta_1=...) and keras.optimizers.SGD(...), with a comma between them",
    ),
)
def check_pair_optimizers(answer):
    def fits(found, wanted):
        kinds = [setting.kind for setting in found]
        for misconception, seen in (
            ("swapped_roles", ["SGD", "Adam"]),
            ("adam_for_both", ["Adam", "Adam"]),
            ("sgd_for_both", ["SGD", "SGD"]),
        ):
            if kinds == seen:
                raise Wrong(misconception)

    calls = [(1e-3, 0.1), (2e-4, 0.02), (0.03, 5e-4), (1e-3, 1.0)]
    optimizers.judge_optimizers(answer, calls, *NAMES, fits=fits)


@exercise(
    hack.two_time_scale,
    praise="Two Adams, new at each call; the discriminator's rate is the generator's, times the ratio.",
    slips=[
        ("ratio_on_g", lambda rate, ratio: (adam(ratio * rate), adam(rate))),
        ("rate_is_d", lambda rate, ratio: (adam(rate / ratio), adam(rate))),
        ("divided", lambda rate, ratio: (adam(rate), adam(rate / ratio))),
        ("both_scaled", lambda rate, ratio: (adam(ratio * rate), adam(ratio * rate))),
        ("equal_rates", lambda rate, ratio: (adam(rate), adam(rate))),
        ("added", lambda rate, ratio: (adam(rate), adam(rate + ratio))),
        ("ratio_alone", lambda rate, ratio: (adam(rate), adam(ratio))),
        ("above_one_only", lambda rate, ratio: tuple(map(adam, sorted((rate, ratio * rate))))),
        ("above_one_only", lambda rate, ratio: (adam(rate), adam(rate * max(ratio, 1)))),
        ("spread", lambda rate, ratio: (adam(rate / ratio**0.5), adam(rate * ratio**0.5))),
        ("default_rate", lambda rate, ratio: (adam(1e-3), adam(ratio * 1e-3))),
        ("rounded", lambda rate, ratio: (adam(rate), adam(rate * round(ratio)))),
        ("rounded", lambda rate, ratio: (adam(rate), adam(rate * max(round(ratio), 1)))),
        ("rounded", lambda rate, ratio: (adam(rate), adam(rate * (ratio if ratio < 1 else round(ratio))))),
        *(("rounded", lambda rate, ratio, n=n: (adam(rate), adam(round(rate * ratio, n)))) for n in (3, 4, 5)),
    ],
    misconceptions={
        **optimizers.PAIR_MISCONCEPTIONS,
        "other_optimizer": "Your {which} is {found}. Here both are Adam, and only their rates differ.",
        "ratio_on_g": (
            "Your first optimizer has the ratio on its rate. The first is the generator's, which has the rate itself; "
            "the ratio is for the discriminator."
        ),
        "rate_is_d": "The ratio between your rates is right; but `rate` is the generator's, and yours is divided.",
        "divided": "Your discriminator has rate / ratio. Its rate is in units of the generator's: multiply.",
        "both_scaled": "Both of your rates are ratio * rate. The ratio is for the discriminator alone.",
        "equal_rates": (
            "Both of your rates are the same. The ratio is one of rates; it is no number of steps that the training "
            "loop would do."
        ),
        "added": "Your discriminator has rate plus ratio. A ratio multiplies.",
        "ratio_alone": "Your discriminator has the ratio as its rate. It is the generator's rate times the ratio.",
        "above_one_only": (
            "For a ratio above 1 your rates are right. Below 1 the discriminator is the slower one: no max, no sorting."
        ),
        "spread": "You divide one rate and multiply the other. The generator has `rate` itself.",
        "default_rate": "Whatever rate you are asked for, yours is Keras' default of 0.001. Hand it on.",
        "rounded": "You round the ratio, or the rate. Both may be any numbers above 0: multiply them as they are.",
        "ignores_argument": "Whatever `{argument}` is, your rates are those of {argument} = {value}. Use the argument.",
        "steps_returned": (
            "Your function returns a number of steps beside the optimizers. Both networks take one step each here; the "
            "time scales differ by the rates alone."
        ),
    },
    hints=(
        "At a rate of 0.001 and a ratio of 4, which rate has the generator, and which the discriminator?",
        "The generator has `rate`. The discriminator has the product of both arguments. Both are Adam, beta_1 = 0.5.",
        "keras.optimizers.Adam(rate, ...) for the generator, then keras.optimizers.Adam(... * rate, ...)",
    ),
)
def check_two_time_scale(answer):
    def no_steps(*args):
        result = answer(*args)
        if isinstance(result, (tuple, list)) and any(isinstance(part, (int, float, np.number)) for part in result[2:]):
            raise Wrong("steps_returned")
        return result

    calls = [(1e-3, 4.0), (2e-4, 10.0), (0.03, 0.25), (5e-4, 1), (1e-3, 100.0), (5e-5, 2.5)]
    optimizers.judge_optimizers(Through(answer, no_steps), calls, *NAMES)
