"""Lab 18, optimizer pairing: what a right answer must show, how people get it wrong, and the hints."""

import inspect

import keras
import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, told
from ganhacks.hacks import optimizer_pairing as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "optimizer_pairing")

PREDICTION = {
    "choices": {
        "a": "about as many, since the rate is the same.",
        "b": "two at most: the discriminator hardly learns.",
        "c": "all eight, since SGD remembers no outdated direction.",
    },
    "answer": "b",
    "why": (
        "Adam's first step is the rate, whatever the gradient; SGD's is the rate times a gradient that is far below 1. "
        "At Adam's rate the discriminator hardly moves, and the generator has nothing to follow."
    ),
}


# ---- the first step


@exercise(
    hack.first_steps,
    praise="SGD's first step is the gradient, scaled; Adam's has one size for every weight, and only its sign is kept.",
    misconceptions={
        "two_wanted": "Your function returns {found}; wanted two arrays, (sgd, adam).",
        "other_order": "Your two arrays are right and come in the other order. It is (sgd, adam).",
        "uphill": "Your {which} moves along the gradient, and the loss would grow. A step goes against it.",
        "zero_divided": (
            "Where the gradient is 0, your {which} is NaN: zero divided by zero. Such a weight does not move. What "
            "knows the direction of a number without dividing?"
        ),
        "no_direction": (
            "Your adam is {found:g} for every weight, also where the gradient is negative: its sign is gone. v holds "
            "the square, and its root is the size; m keeps the sign."
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
            "Your adam moves each weight by {found:.3g} times the rate. m and v start at 0, so the first are too "
            "small; Adam divides m by 1 - beta_1**t and v by 1 - beta_2**t. What is left of both at t = 1?"
        ),
        "no_root": "Your adam divides by g², so a large gradient makes a small step. It is the root of v that divides.",
        "large_epsilon": (
            "At a gradient of {gradient:g} your adam moves by {found:.3g} times the rate: an epsilon too large for "
            "that makes Adam a kind of SGD. Leave it out, or take Keras' 1e-7 beside the root, not under it."
        ),
        "ignores_rate": "Your {which} is the same at the rates {one:g} and {other:g}. Use the argument.",
        "zero_moves": "Where the gradient is 0, your {which} moves by {found:g}. Such a weight stays where it is.",
        "differs": "At the rate {rate:g} and the gradient {gradient:g}, {which} is {found:.4g}; wanted {wanted:.4g}.",
    },
    hints=(
        "Adam's step is rate · m / √v with both corrected. At t = 1, what are the corrected m and v of a gradient g?",
        "They are g and g². So what is g divided by the root of g², for g = 7, for g = -7, for g = 0.001?",
        "-rate * ... for SGD, and -rate * np.sign(...) for Adam",
    ),
)
def check_first_steps(answer):
    spread = np.array([0.004, -0.03, 0.0, 2.0, -40.0, 0.5])
    cases = [(spread, 0.001), (spread, 0.1), (np.random.default_rng(0).normal(size=(3, 4)), 0.02)]
    cases += [(np.full((2, 1, 2), -0.7, "float32"), 0.3), (spread.astype("float32"), 0.0002)]
    cases += [(np.array([0.001, -0.03]), 0.001)]  # an epsilon shows where the gradient is small
    for gradient, rate in cases:
        steps = _two_steps(answer, gradient, rate)
        wanted = dict(zip(("sgd", "adam"), hack.first_steps(gradient, rate)))
        if all(_close(found, wanted[which]) for which, found in steps.items()):
            continue
        if _close(steps["sgd"], wanted["adam"]) and _close(steps["adam"], wanted["sgd"]):
            raise Wrong("other_order")
        for which, found in steps.items():
            at_zero = found[gradient == 0]
            if at_zero.any() and _close(found[gradient != 0], wanted[which][gradient != 0]):
                raise Wrong("zero_moves", which=which, found=at_zero[0])
            if _close(found, -wanted[which]):
                raise Wrong("uphill", which=which)
            other = 2 * rate
            if found.any() and np.array_equal(found, _two_steps(answer, gradient, other)[which]):
                raise Wrong("ignores_rate", which=which, one=rate, other=other)
        if _close(steps["sgd"], wanted["sgd"]):
            doubled = _two_steps(answer, 2 * gradient, rate)["adam"]
            _judge_adam(steps["adam"], doubled, gradient, rate)
        which = "sgd" if not _close(steps["sgd"], wanted["sgd"]) else "adam"
        worst = np.argmax(np.abs(steps[which] - wanted[which]))
        told_of = {"found": steps[which].flat[worst], "wanted": wanted[which].flat[worst] + 0.0}
        raise Wrong("differs", which=which, rate=rate, gradient=gradient.flat[worst], **told_of)


def _judge_adam(found, doubled, gradient, rate):
    """Name what is wrong with a first step of Adam, if it has a name. doubled: the step for twice the gradient."""
    moved = found[gradient != 0]
    g = gradient[gradient != 0].astype("float64")
    if _close(moved, np.full_like(g, moved[0])) and (g > 0).any() and (g < 0).any():
        raise Wrong("no_direction", found=moved[0])
    in_rates = np.abs(moved) / rate
    in_gradients = in_rates / np.abs(g)
    if np.ptp(in_gradients) < 0.01 * in_gradients.max() and len(g) > 1:  # in proportion to the gradient
        raise Wrong("adam_like_sgd" if _close(doubled, 2 * found) else "one_length_for_all")
    if _close(in_gradients * g**2, np.ones_like(g)):
        raise Wrong("no_root")
    if np.ptp(in_rates) < 0.01 * in_rates.max() and abs(in_rates[0] - 1) > 0.01 and _close(doubled, found):
        raise Wrong("no_bias_correction", found=in_rates[0])
    order = np.argsort(np.abs(g))
    by_size, downhill = in_rates[order], np.array_equal(np.sign(moved), -np.sign(g))
    if downhill and (np.diff(by_size) > -1e-6).all() and by_size[0] < 0.995 and 0.99 < by_size[-1] < 1.01:
        raise Wrong("large_epsilon", gradient=g[order[0]], found=by_size[0])


def _two_steps(answer, gradient, rate):
    """Return the two arrays of an answer by name, from whatever holds two arrays."""
    result = answer(gradient, rate)
    if result is None:
        raise Wrong("returns_nothing")
    holds_two = isinstance(result, (tuple, list)) or getattr(result, "shape", None) == (2, *gradient.shape)
    if not holds_two or len(result) != 2:
        raise Wrong("two_wanted", found=told(result))
    steps = {}
    for which, value in zip(("sgd", "adam"), result):
        try:  # tensors, variables and lists serve the later cells as well
            value = np.asarray(value) if value is not None else value
        except Exception:
            pass
        if isinstance(value, np.ndarray) and value.shape == gradient.shape and value.dtype.kind == "f":
            missing = ~np.isfinite(value)
            if missing.any() and not gradient[missing].any():
                raise Wrong("zero_divided", which=which)
        steps[which] = array(value, gradient.shape, f" for {which}").astype("float64")
    return steps


def _close(found, wanted):
    # Keras' own epsilon changes the smallest gradients here by less than a thousandth.
    return np.allclose(found, wanted, rtol=5e-3, atol=1e-12)


# ---- two optimizers

SHARED = {
    "two_wanted": "Your function returns {found}; wanted two optimizers, (g_optimizer, d_optimizer).",
    "not_an_optimizer": "Your {which} is {found}; wanted an optimizer, made by calling its class in keras.optimizers.",
    "the_class": "Your {which} is the class, not an optimizer. Call it, with its arguments.",
    "one_object": (
        "You return one optimizer twice. It keeps its memory for the weights of one network and refuses those of the "
        "other, and it has one rate. Make two."
    ),
    "shared_between_calls": (
        "Two calls return the same {which}. The second run would go on with the first one's memory and step count: "
        "make new optimizers inside of the function, at each call."
    ),
    "old_name": "Keras says {found}. `lr` is the old name: today it is learning_rate, or the first argument.",
    "unknown_argument": "Keras says {found}. Look at the names: learning_rate, beta_1, beta_2, with underscores.",
    "default_beta": "Your {which} has beta_1 = 0.9, which Keras takes when it isn't told. Here it is 0.5.",
    "wrong_beta": "Your {which} has beta_1 = {beta_1:g} and beta_2 = {beta_2:g}; wanted 0.5 and 0.999 (Keras' own).",
    "more_than_asked": "Your {which} also sets {names}, which changes its steps. Set what the exercise names, no more.",
}


def _pair(answer, *args):
    """Return the two optimizers that an answer makes, {"g_optimizer": ..., "d_optimizer": ...}, or raise Wrong."""
    try:
        result = answer(*args)
    except AnswerRaised as raised:
        found = raised.error.removeprefix("ValueError: ")
        if "not recognized" in found or "unexpected keyword" in found:
            raise Wrong("old_name" if "'lr'" in found else "unknown_argument", found=found.rstrip(".")) from None
        raise
    if result is None:
        raise Wrong("returns_nothing")
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        if isinstance(result, (tuple, list)) and any(_is_number(value) for value in result):
            found = f"{told(result)}, numbers among them"
        else:
            found = told(result)
        raise Wrong("two_wanted", found=found)
    made = dict(zip(("g_optimizer", "d_optimizer"), result))
    for which, optimizer in made.items():
        if inspect.isclass(optimizer):
            raise Wrong("the_class", which=which)
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            raise Wrong("not_an_optimizer", which=which, found=told(optimizer))
    if made["g_optimizer"] is made["d_optimizer"]:
        raise Wrong("one_object")
    return made


def _fresh_pair(answer, *args):
    """Return two optimizers as `_pair` does, once another call has shown that they are new each time."""
    first, second = _pair(answer, *args), _pair(answer, *args)
    for which in first:
        if any(first[which] is optimizer for optimizer in second.values()):
            raise Wrong("shared_between_calls", which=which)
    return first


def _is_number(value):
    return isinstance(value, (int, float, np.number))


def _rate(optimizer, which):
    if isinstance(optimizer.get_config()["learning_rate"], dict):
        raise Wrong("more_than_asked", which=which, names="a schedule of rates")
    return float(np.asarray(optimizer.learning_rate))


def _judge_settings(which, optimizer, rate):
    """Judge what an Adam or SGD has been told besides its rate."""
    if isinstance(optimizer, keras.optimizers.Adam):
        betas = {"beta_1": float(optimizer.beta_1), "beta_2": float(optimizer.beta_2)}
        if np.allclose(list(betas.values()), (0.9, 0.999)):
            raise Wrong("default_beta", which=which)
        if not np.allclose(list(betas.values()), (0.5, 0.999)):
            raise Wrong("wrong_beta", which=which, **betas)
        plain = keras.optimizers.Adam(rate, beta_1=0.5)
    else:
        plain = keras.optimizers.SGD(rate)
    given, wanted = optimizer.get_config(), plain.get_config()
    names = [name for name, value in given.items() if (value or None) != (wanted.get(name) or None)]
    judged = ("name", "learning_rate", "beta_1", "beta_2", "nesterov")  # which does nothing without momentum
    names = [name for name in names if name not in judged and not (name == "epsilon" and given[name] <= 1e-6)]
    if names:
        raise Wrong("more_than_asked", which=which, names=" and ".join(names))


@exercise(
    hack.pair_optimizers,
    praise="Adam with beta_1 = 0.5 for the generator, plain SGD for the discriminator, both new, each at its own rate.",
    misconceptions={
        **SHARED,
        "other_order": "Your two optimizers are right and come in the other order: the generator's first.",
        "swapped_roles": "Your generator gets SGD and your discriminator Adam. The talk has it the other way round.",
        "adam_for_both": "Both of your optimizers are Adam. The talk gives the discriminator SGD.",
        "sgd_for_both": "Both of your optimizers are SGD. The talk gives the generator Adam.",
        "other_optimizer": "Your {which} is {found}; wanted {wanted}.",
        "momentum": (
            "Your SGD has momentum {found:g}: a memory of directions, which the talk takes away from the "
            "discriminator. (Its second argument is momentum, not a beta.)"
        ),
        "rates_swapped": "Your generator has the rate {g_rate:g}, your discriminator {d_rate:g}: each has the other's.",
        "ignores_rates": "Asked for the rate {wanted:g} your {which} has {found:g}. Hand the argument on.",
    },
    hints=(
        "Which two classes of keras.optimizers are they, which network gets which, and what is their first argument?",
        "Adam takes the rate and `beta_1`, SGD the rate alone. Call both inside of the function and return the two.",
        "keras.optimizers.Adam(..., beta_1=...) and keras.optimizers.SGD(...), with a comma between them",
    ),
)
def check_pair_optimizers(answer):
    for g_rate, d_rate in ((1e-3, 0.1), (2e-4, 0.02), (0.03, 5e-4)):
        made = _fresh_pair(answer, g_rate, d_rate)
        kinds = [_kind(optimizer) for optimizer in made.values()]
        rates = {which: _rate(optimizer, which) for which, optimizer in made.items()}
        if kinds == ["SGD", "Adam"]:
            exchanged = np.allclose(list(rates.values()), (d_rate, g_rate), rtol=1e-4)
            raise Wrong("other_order" if exchanged else "swapped_roles")
        if kinds == ["Adam", "Adam"]:
            raise Wrong("adam_for_both")
        if kinds == ["SGD", "SGD"]:
            raise Wrong("sgd_for_both")
        for (which, optimizer), kind, wanted in zip(made.items(), kinds, ("Adam", "SGD")):
            if kind != wanted:
                raise Wrong("other_optimizer", which=which, found=told(optimizer), wanted=f"keras.optimizers.{wanted}")
        if np.allclose(list(rates.values()), (d_rate, g_rate), rtol=1e-4):
            raise Wrong("rates_swapped", g_rate=rates["g_optimizer"], d_rate=rates["d_optimizer"])
        for (which, rate), wanted in zip(rates.items(), (g_rate, d_rate)):
            if not np.isclose(rate, wanted, rtol=1e-4):
                raise Wrong("ignores_rates", which=which, found=rate, wanted=wanted)
        sgd = made["d_optimizer"]
        if sgd.momentum:
            raise Wrong("momentum", found=float(sgd.momentum))
        for which, optimizer in made.items():
            _judge_settings(which, optimizer, rates[which])


def _kind(optimizer):
    kinds = {"Adam": keras.optimizers.Adam, "SGD": keras.optimizers.SGD}
    return next((name for name, kind in kinds.items() if isinstance(optimizer, kind)), type(optimizer).__name__)


@exercise(
    hack.two_time_scale,
    praise="Two Adams, new at each call; the discriminator's rate is the generator's, times the ratio.",
    misconceptions={
        **SHARED,
        "other_optimizer": "Your {which} is {found}. Here both are Adam, and only their rates differ.",
        "ratio_on_g": (
            "At a rate of {rate:g} and a ratio of {ratio:g}, your first optimizer has {g_rate:g} and your second "
            "{d_rate:g}. The first is the generator's, which has the rate itself; the ratio is for the discriminator."
        ),
        "rate_is_d": (
            "At a rate of {rate:g} and a ratio of {ratio:g}, your generator has {g_rate:g} and your discriminator "
            "{d_rate:g}. The ratio between them is right; but `rate` is the generator's."
        ),
        "divided": (
            "At a ratio of {ratio:g} your discriminator has {d_rate:g} where the generator has {g_rate:g}: you divide. "
            "The discriminator's rate is in units of the generator's."
        ),
        "both_scaled": "Both of your rates are {g_rate:g}: the ratio is on both. It is for the discriminator alone.",
        "equal_rates": (
            "Both of your rates are {g_rate:g}, at a ratio of {ratio:g}. The ratio is one of rates; it is no number of "
            "steps that the training loop would do."
        ),
        "added": "Your discriminator has {d_rate:g}: rate plus ratio. A ratio multiplies.",
        "steps_returned": (
            "Your function returns a number of steps beside the optimizers. Both networks take one step each here; the "
            "time scales differ by the rates alone."
        ),
        "wrong_rates": (
            "At a rate of {rate:g} and a ratio of {ratio:g}, your generator has {g_rate:g} and your discriminator "
            "{d_rate:g}; wanted {rate:g} and {wanted:g}."
        ),
    },
    hints=(
        "At a rate of 0.001 and a ratio of 4, which rate has the generator, and which the discriminator?",
        "The generator has `rate`. The discriminator has the product of both arguments. Both are Adam, beta_1 = 0.5.",
        "keras.optimizers.Adam(rate, ...) for the generator, then keras.optimizers.Adam(... * rate, ...)",
    ),
)
def check_two_time_scale(answer):
    for rate, ratio in ((1e-3, 4.0), (2e-4, 10.0), (0.03, 0.25), (5e-4, 1)):
        try:
            made = _fresh_pair(answer, rate, ratio)
        except Wrong as wrong:
            if wrong.misconception == "two_wanted" and "numbers among them" in wrong.details["found"]:
                raise Wrong("steps_returned") from None
            raise
        for which, optimizer in made.items():
            if _kind(optimizer) != "Adam":
                raise Wrong("other_optimizer", which=which, found=told(optimizer))
        g_rate, d_rate = rates = [_rate(optimizer, which) for which, optimizer in made.items()]
        if not np.allclose(rates, (rate, ratio * rate), rtol=1e-4):
            misconception = "wrong_rates"
            for name, mistaken in {
                "ratio_on_g": (ratio * rate, rate),
                "rate_is_d": (rate / ratio, rate),
                "divided": (rate, rate / ratio),
                "both_scaled": (ratio * rate, ratio * rate),
                "equal_rates": (rate, rate),
                "added": (rate, ratio + rate),
            }.items():
                if np.allclose(rates, mistaken, rtol=1e-4):
                    misconception = name
                    break
            told_of = {"rate": rate, "ratio": ratio, "wanted": ratio * rate}
            raise Wrong(misconception, g_rate=g_rate, d_rate=d_rate, **told_of)
        for (which, optimizer), own in zip(made.items(), rates):
            _judge_settings(which, optimizer, own)
