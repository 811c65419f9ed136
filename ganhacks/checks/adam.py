"""Lab 06, Adam: what a right answer must show, how people get it wrong, and the hints."""

from itertools import permutations

import keras
import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import array, told
from ganhacks.hacks import adam as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "adam")

PREDICTION = {
    "choices": {
        "a": "on wider circles: the memory carries a player past the turning point.",
        "b": "on narrower circles: the memory averages the turning away.",
        "c": "on the same circles, only faster.",
    },
    "answer": "a",
    "why": (
        "A running mean points where the gradient pointed a while ago. In a game that turns, that is always a bit too "
        "far outwards, and the longer the memory the further."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- one step


def _run(step, start, gradients, **settings):
    """Do a step for each gradient with `step` and return the weights after each, (steps, n)."""
    weights, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    after = []
    for t, gradient in enumerate(gradients, 1):
        weights, m, v = step(weights, gradient, m, v, t, **settings)
        after.append(weights)
    return np.array(after)


def _variant(bias_1=True, bias_2=True, root=True, sign=-1, exponent=True, inside=False, old=False):
    """Return an Adam step with a mistake, for comparison with what a student's does."""

    def step(weights, gradient, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
        before = m, v
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        power = t if exponent else 1
        first, second = before if old else (m, v)
        first = first / (1 - beta_1**power) if bias_1 else first
        second = second / (1 - beta_2**power) if bias_2 else second
        divisor = np.sqrt(second + epsilon) if inside else (np.sqrt(second) if root else second) + epsilon
        return weights + sign * learning_rate * first / divisor, m, v

    return step


MISTAKES = {
    "no_bias_correction": _variant(bias_1=False, bias_2=False),
    "half_bias_correction": _variant(bias_2=False),
    "half_bias_correction_of_v": _variant(bias_1=False),
    "uphill": _variant(sign=1),
    "no_root": _variant(root=False),
    "no_power": _variant(exponent=False),
    "epsilon_in_the_root": _variant(inside=True),
    "old_m": _variant(old=True),
}


@exercise(
    hack.adam_step,
    praise="Over ten steps it agrees with Keras' own Adam to one part in a million.",
    misconceptions={
        "three_wanted": "Your function returns {found}; wanted three arrays: the weights, m and v after the step.",
        "forgets_the_means": (
            "Your m and v come back as they went in. Return the new ones: they are the memory of the next step."
        ),
        "other_order": "Your three arrays are right and come in another order. It is (weights, m, v).",
        "weights_of_mean_swapped": (
            "Your m keeps 1 - beta_1 of the old and takes beta_1 of the new. It is the other way round: with 0.9 the "
            "memory is long."
        ),
        "v_of_m": "Your v averages the squares of m. It averages the squares of the gradient.",
        "other_m": "Your new m is off: {found:.4f} after one step where {wanted:.4f} was right. Mend its line first.",
        "other_v": "Your m is right and your new v is not: {found:.4f} where {wanted:.4f} was right.",
        "old_m": (
            "Your m and v are right, and the step uses those of before. Calculate the new ones first, then correct "
            "and use these."
        ),
        "epsilon_in_the_root": "You add epsilon inside the root. It stands beside the root, so that it stays tiny.",
        "returns_unbiased": (
            "You return the corrected means. Return m and v as they run: the next step would correct them again."
        ),
        "no_bias_correction": (
            "Your means start at 0 and you use them as they are, so the first steps have the wrong size. Divide m by "
            "1 - beta_1**t and v by 1 - beta_2**t before you use them."
        ),
        "half_bias_correction": "You correct only one of m and v for their start at 0. Both need it, each by its beta.",
        "no_power": (
            "You divide by 1 - beta at every step. The correction fades: it is 1 - beta**t, with the step's number."
        ),
        "uphill": "Your step goes uphill, so the loss would grow. Subtract it from the weights.",
        "no_root": "You divide by v; the step divides by its square root, so that it has the same size at any scale.",
        "no_square": "Your v averages the gradient or its size, not its square, and its root is then something else.",
        "betas_swapped": "You use beta_1 for the squares and beta_2 for the gradients. It is the other way round.",
        "sum_instead_of_mean": (
            "Your m adds the whole gradient, as plain momentum does. Adam's m is a mean: the gradient gets the weight "
            "1 - beta_1."
        ),
        "other_defaults": (
            "Called without them, your function takes other settings than the exercise's: learning_rate 2e-4, beta_1 "
            "0.5, beta_2 0.999, epsilon 1e-7. Leave the first line as it was."
        ),
        "ignores_arguments": "Your step is the same whatever {argument} is. Use the argument instead of a number.",
        "differs": (
            "After step {step} your weights are off by {error:.1e} from Keras' Adam, more than {allowed:.0e}. Compare "
            "your lines with the four formulas above, one by one."
        ),
    },
    hints=(
        "Four lines: the two running means, their corrections for the start at 0, and the step. Which is missing?",
        "A running mean is `beta * old + (1 - beta) * new`. The correction divides by `1 - beta**t`.",
        "weights - learning_rate * (m corrected) / (np.sqrt(v corrected) + epsilon); and m and v come back uncorrected",
    ),
)
def check_adam_step(answer):
    start, gradients = rng(0).normal(size=(2, 6)), rng(1).normal(size=(10, 2, 6))
    cases = (
        {},
        {"learning_rate": 0.01},
        {"learning_rate": 0.01, "beta_1": 0.9},
        {"learning_rate": 0.01, "beta_1": 0.0},
        {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.9},
        {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.999, "epsilon": 1.0},
    )

    def step(weights, gradient, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
        # By position, so that the arguments may have other names.
        result = answer(weights, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
        if result is None:
            raise Wrong("returns_nothing")
        stacked = getattr(result, "shape", None) == (3, *weights.shape)  # three arrays in one come apart like a tuple
        if not (isinstance(result, (tuple, list)) or stacked) or len(result) != 3:
            raise Wrong("three_wanted", found=told(result))
        for value in result:
            if isinstance(value, (tuple, list)):
                raise Wrong("three_wanted", found=f"three things, one of them {told(value)}")
        return tuple(array(value, weights.shape) for value in result)

    _judge_means(step, gradients)
    for number, settings in enumerate(cases):
        wanted = _run(hack.adam_step, start, gradients, **settings)
        size = np.abs(wanted[-1] - start).mean()  # errors count against what ten steps do
        found = _run(step, start, gradients, **settings)
        if _close(found, wanted, size):
            continue
        if settings.get("epsilon") == 1.0 and _epsilon_elsewhere(found, start, gradients, settings, size):
            continue
        for misconception, mistake in MISTAKES.items():
            if _close(found, _run(mistake, start, gradients, **settings), size):
                raise Wrong(misconception.removesuffix("_of_v"))
        changed = list(settings)[-1] if settings else None
        if number and _close(found, _run(step, start, gradients, **{**settings, changed: _default(changed)}), size):
            raise Wrong("ignores_arguments", argument=changed)
        error = np.abs(found - wanted).max(axis=(1, 2))
        allowed = max(1e-4 * size, 5e-7)
        raise Wrong("differs", step=int(np.argmax(error > allowed)) + 1, error=error.max(), allowed=allowed)
    by_default = answer(start, gradients[0], 0 * start, 0 * start, 1)
    if not np.allclose(by_default[0], hack.adam_step(start, gradients[0], 0 * start, 0 * start, 1)[0], atol=1e-5):
        raise Wrong("other_defaults")


def _judge_means(step, gradients):
    """Judge the m and v that come back from one step in the middle of a run."""
    weights, m, gradient = gradients[:3]
    v, t, beta_1, beta_2 = gradients[3] ** 2 + 3, 3, 0.8, 0.9
    _, new_m, new_v = right = hack.adam_step(weights, gradient, m, v, t, 0.01, beta_1, beta_2)
    found = step(weights, gradient, m, v, t, 0.01, beta_1, beta_2)
    if np.array_equal(found[1], m) and np.array_equal(found[2], v):
        raise Wrong("forgets_the_means")
    for order in permutations(range(3)):
        if order != (0, 1, 2) and all(np.allclose(found[place], part) for place, part in zip(order, right)):
            raise Wrong("other_order")
    if np.allclose(found[1], new_m / (1 - beta_1**t)) and np.allclose(found[2], new_v / (1 - beta_2**t)):
        raise Wrong("returns_unbiased")
    for misconception, of_m in {
        "betas_swapped": beta_2 * m + (1 - beta_2) * gradient,
        "sum_instead_of_mean": beta_1 * m + gradient,
        "weights_of_mean_swapped": (1 - beta_1) * m + beta_1 * gradient,
    }.items():
        if np.allclose(found[1], of_m):
            raise Wrong(misconception)
    if np.allclose(found[1], 0.5 * m + 0.5 * gradient):
        raise Wrong("ignores_arguments", argument="beta_1")
    if not np.allclose(found[1], new_m):
        raise Wrong("other_m", found=found[1].flat[0], wanted=new_m.flat[0])
    for misconception, new in (
        ("no_square", gradient),
        ("no_square", np.abs(gradient)),
        ("v_of_m", new_m**2),
        ("v_of_m", m**2),
    ):
        if np.allclose(found[2], beta_2 * v + (1 - beta_2) * new):
            raise Wrong(misconception)
    if np.allclose(found[2], 0.999 * v + 0.001 * gradient**2):
        raise Wrong("ignores_arguments", argument="beta_2")
    if not np.allclose(found[2], new_v):
        raise Wrong("other_v", found=found[2].flat[0], wanted=new_v.flat[0])


def _close(found, wanted, size):
    return np.abs(found - wanted).max() <= max(1e-4 * size, 5e-7)  # at least what float32 can hold


def _default(argument):
    return {"learning_rate": 2e-4, "beta_1": 0.5, "beta_2": 0.999, "epsilon": 1e-7}[argument]


def _epsilon_elsewhere(found, start, gradients, settings, size):
    """Tell whether epsilon was added before v is corrected, as Keras and the paper's second form do."""

    def step(weights, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m, v = beta_1 * m + (1 - beta_1) * gradient, beta_2 * v + (1 - beta_2) * gradient**2
        rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        return weights - rate * m / (np.sqrt(v) + epsilon), m, v

    return _close(found, _run(step, start, gradients, **settings), size)


# ---- the call


@exercise(
    hack.make_optimizer,
    praise="Adam with the rate 2e-4 and beta_1 = 0.5, and a new one for each network.",
    misconceptions={
        "not_an_optimizer": "Your function returns {found}; wanted a keras.optimizers.Adam.",
        "other_optimizer": "Your function returns {found}. The practice is Adam: keras.optimizers.Adam.",
        "the_class": "Your function returns the class, not an optimizer. Call it, with its arguments.",
        "default_rate": (
            "Your rate is 0.001, which is what Keras takes when it isn't told. Pass it on: `learning_rate=` (`lr=` is "
            "the old name, and an error today)."
        ),
        "default_beta": "Your beta_1 is 0.9, which Keras takes when it isn't told. The paper's is 0.5: pass it.",
        "wrong_beta": "You set beta_2 to {found:g}. The practice leaves beta_2 at 0.999 and lowers beta_1.",
        "ignores_arguments": "Asked for {argument} = {wanted:g} your optimizer has {found:g}. Use the argument.",
        "wrong_default": "Called without arguments, your optimizer has {argument} = {found:g}; wanted {wanted:g}.",
        "more_than_asked": (
            "Your optimizer also sets {names}, which changes its steps. The practice names a rate and beta_1 alone: "
            "leave the rest at Keras' defaults."
        ),
        "shared": (
            "Two calls return one and the same optimizer. It keeps an m and a v for each weight of one network and "
            "refuses the second network's. Make a new one at each call."
        ),
    },
    hints=(
        "Which class in keras.optimizers is it, and what does it call the learning rate and the memory of directions?",
        "keras.optimizers.Adam takes `learning_rate` and `beta_1`. Nothing else has to be said.",
        "keras.optimizers.Adam(learning_rate=..., beta_1=...)  # with your function's own arguments",
    ),
)
def check_make_optimizer(answer):
    for args, learning_rate, beta_1 in (((), 2e-4, 0.5), ((1e-3, 0.9), 1e-3, 0.9), ((5e-4, 0.0), 5e-4, 0.0)):
        optimizer = answer(*args)
        if optimizer is None:
            raise Wrong("returns_nothing")
        if isinstance(optimizer, type):
            raise Wrong("the_class")
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            raise Wrong("not_an_optimizer", found=told(optimizer))
        if not isinstance(optimizer, keras.optimizers.Adam):
            raise Wrong("other_optimizer", found=told(optimizer))
        if answer(*args) is optimizer:
            raise Wrong("shared")
        rate, beta = float(np.asarray(optimizer.learning_rate)), float(optimizer.beta_1)
        if not np.isclose(optimizer.beta_2, 0.999):
            raise Wrong("wrong_beta", found=float(optimizer.beta_2))
        given, plain = optimizer.get_config(), keras.optimizers.Adam(rate, beta).get_config()
        names = [name for name, value in given.items() if (value or None) != (plain.get(name) or None)]
        names = [
            name
            for name in names
            if not (name in ("name", "beta_1") or name == "epsilon" and given[name] <= 1e-6)
            and not (name == "learning_rate" and not isinstance(given[name], dict))  # a dict is a schedule
        ]
        if names:
            raise Wrong("more_than_asked", names=" and ".join(names))
        for argument, found, wanted, default, misconception in (
            ("learning_rate", rate, learning_rate, 1e-3, "default_rate"),
            ("beta_1", beta, beta_1, 0.9, "default_beta"),
        ):
            if np.isclose(found, wanted, rtol=1e-5):
                continue
            if not args and np.isclose(found, default, rtol=1e-5):
                raise Wrong(misconception)
            raise Wrong("ignores_arguments" if args else "wrong_default", argument=argument, found=found, wanted=wanted)
