"""Lab 05, Gaussian first weights: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
from keras import layers

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import array, told
from ganhacks.hacks import gaussian_init as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "gaussian_init")

PREDICTION = {
    "choices": {
        "a": "about as large as they went in.",
        "b": "a billion times smaller.",
        "c": "a billion times larger.",
    },
    "answer": "b",
    "why": (
        "Each layer of 64 units multiplies the signal by about 0.02 · √(64 / 2) = 0.11, and 0.11 to the tenth power is "
        "about 3 in ten billion. Batch normalization undoes it after each layer; the DCGAN has it almost everywhere."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


DISTRIBUTION = {
    "variance_for_std": (
        "Your {what} have the standard deviation {std:.3f}. That is √0.02: you took 0.02 for the variance. NumPy and "
        "Keras ask for the standard deviation, and 0.02 is one."
    ),
    "squared_std": (
        "Your {what} have the standard deviation {std:.5f}, which is 0.02². NumPy and Keras ask for the standard "
        "deviation itself, not for the variance."
    ),
    "std_as_mean": (
        "Your {what} have the mean {mean:.2f} and the standard deviation 1: the first number that `rng.normal` takes "
        "is the mean. Give it both, mean and standard deviation."
    ),
    "unit_std": "Your {what} have the standard deviation {std:.2f}. Scale them down: the paper's is 0.02.",
    "uniform": (
        "Your {what} are spread evenly between {low:.3f} and {high:.3f}: a uniform distribution, as in Glorot's "
        "scheme. The paper draws from a normal one."
    ),
    "truncated": (
        "None of your {what} lies beyond two standard deviations: that is a truncated normal distribution. The paper's "
        "is a plain one."
    ),
    "wrong_spread": "Your {what} have the standard deviation {std:.4f}; wanted 0.02.",
    "wrong_mean": "Your {what} have the mean {mean:.3f}; wanted {wanted:g}.",
    "repeated": "Most of your {what} are one number repeated. Draw each weight by itself.",
}


def _judge_distribution(values, mean, what):
    """Judge numbers that should be N(mean, 0.02); there have to be thousands of them for the tolerances."""
    values = np.asarray(values, "float64").ravel()
    std, n = values.std(), values.size
    if len(np.unique(values)) < 0.9 * n:
        raise Wrong("repeated", what=what)
    centred = (values - values.mean()) / std
    fourth = (centred**4).mean()
    tolerance = 0.02 * 6 / np.sqrt(2 * n)  # six times the sampling error of a standard deviation
    if fourth < 2.1:
        raise Wrong("uniform", what=what, low=values.min(), high=values.max())
    if abs(std - np.sqrt(0.02)) < 0.005:
        raise Wrong("variance_for_std", what=what, std=std)
    if abs(std - 0.0004) < 0.0001:
        raise Wrong("squared_std", what=what, std=std)
    if abs(std - 1) < 0.1 and abs(values.mean() - 0.02) < 5 * std / np.sqrt(n) and abs(values.mean()) > 0.01:
        raise Wrong("std_as_mean", what=what, mean=values.mean())
    if abs(std - 1) < 0.1:
        raise Wrong("unit_std", what=what, std=std)
    if np.abs(centred).max() < 2.5:
        raise Wrong("truncated", what=what)
    if abs(values.mean() - mean) > max(0.001, 6 * std / np.sqrt(n)):
        raise Wrong("wrong_mean", what=what, mean=values.mean(), wanted=mean)
    if abs(std - 0.02) > tolerance or abs(fourth - 3) > 0.4:
        raise Wrong("wrong_spread", what=what, std=std)


@exercise(
    hack.gaussian_init,
    praise="N(0, 0.02), the shape that was asked for, float32, and all of it from `rng`.",
    misconceptions={
        **DISTRIBUTION,
        "wrong_dtype": "Your array is {found}. Keras works in float32: ask for it.",
        "ignores_rng": (
            "Two generators started from the same seed gave different weights, so yours come from elsewhere "
            "(np.random?). Draw them from `rng`."
        ),
        "reseeds": (
            "Two calls with one `rng` gave the same weights: your function starts a generator of its own. Layers of "
            "one shape would start out equal. Draw from the `rng` that you are given."
        ),
    },
    hints=(
        "Which method of a numpy.random.Generator takes a mean, a standard deviation and a shape?",
        "`rng.normal` takes the three in this order; it returns float64, and `astype` turns that into float32.",
        "rng.normal(0, ..., shape).astype(...)",
    ),
)
def check_gaussian_init(answer):
    shape = (4, 4, 64, 64)
    first = array(answer(rng(0), shape), shape)
    array(answer(rng(1), (7, 3)), (7, 3), " for the shape (7, 3)")
    array(answer(rng(1), (5,)), (5,), " for the shape (5,)")
    if len(np.unique(first)) < 0.5 * first.size:
        raise Wrong("repeated", what="weights")
    if not np.array_equal(first, array(answer(rng(0), shape), shape)):
        raise Wrong("ignores_rng")
    other = rng(2)
    second, third = answer(other, shape), answer(other, shape)
    if np.array_equal(second, third) or np.array_equal(first, second):
        raise Wrong("reseeds")
    _judge_distribution(first, 0.0, "weights")
    if first.dtype != np.float32:
        raise Wrong("wrong_dtype", found=first.dtype)


def _models():
    """Return two small models with kernels of equal shape, biases, batch normalization and transposed convolutions."""
    yield keras.Sequential(
        [
            keras.Input((16, 16, 32)),
            layers.Conv2D(64, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(4, use_bias=False),
        ]
    )
    yield keras.Sequential(
        [
            keras.Input((128,)),
            layers.Dense(128),
            layers.BatchNormalization(),
            layers.Dense(128),
            layers.BatchNormalization(scale=False),  # has a gamma, and it is None
            layers.Dense(128),
        ]
    )


@exercise(
    hack.initialize,
    praise="Every kernel N(0, 0.02), every gamma N(1, 0.02), no two layers alike, and biases left at 0.",
    misconceptions={
        **DISTRIBUTION,
        "returns_another": "Your function returns {found}. Change the model that came in, and return that one.",
        "kernel_left_out": "The kernel of your {layer} is as it was. Every layer that has a kernel gets new weights.",
        "gamma_left_out": (
            "The gamma of your batch normalization is still 1 throughout. The paper's code draws it too, around 1."
        ),
        "gamma_around_0": (
            "Your gammas lie around {mean:.2f}. Gamma multiplies: around 0 it would switch layers off. Draw around 1."
        ),
        "bias_too": "You changed a {name} too: leave it as it is. Nothing has to tell units apart but their kernels.",
        "moving_average": "You changed {name}, an average that the layer keeps for test time. Leave it.",
        "equal_layers": (
            "Two kernels are equal. One initializer for every layer, seeded or not, gives each the same draw: take all "
            "of them from the one `rng`, one after the other."
        ),
        "ignores_rng": "Two generators from the same seed gave different weights. Draw all of them from `rng`.",
        "reseeds": "Generators from two seeds gave the same weights. Draw all of them from `rng`.",
    },
    hints=(
        "Which layers of `model.layers` have a `kernel`, and which have a `gamma`?",
        "`getattr(layer, 'kernel', None)` gives it, or None. Its `assign(values)` sets it, its `shape` is the shape.",
        "for layer in model.layers: if there is a kernel, layer.kernel.assign(gaussian_init(rng, ...)); gamma: 1 + ...",
    ),
)
def check_initialize(answer):
    for seed, model in enumerate(_models()):
        for weight in model.weights:
            if weight.path.endswith(("bias", "beta")):
                weight.assign(np.full(weight.shape, 0.5))  # so that setting them to 0 is seen too
        before = [weight.numpy() for weight in model.weights]
        _initialized(answer, model, seed)
        kernels = [w for w in model.weights if w.path.endswith("kernel")]
        gammas = [w for w in model.weights if w.path.endswith("gamma")]
        for weight, old in zip(model.weights, before):
            name = weight.path.rpartition("/")[2]
            new = weight.numpy()
            if not np.isfinite(new).all():
                raise Wrong("not_finite", case=f" in {weight.path}")
            changed = not np.array_equal(new, old)
            if name == "kernel" and not changed:
                raise Wrong("kernel_left_out", layer=weight.path.split("/")[-2])
            if name in ("bias", "beta") and changed:
                raise Wrong("bias_too", name=name)
            if name.startswith("moving") and changed:
                raise Wrong("moving_average", name=name)
        for i, one in enumerate(kernels):
            for two in kernels[:i]:
                n = min(one.numpy().size, two.numpy().size, 64)
                if np.array_equal(one.numpy().ravel()[:n], two.numpy().ravel()[:n]):
                    raise Wrong("equal_layers")
        large = [kernel for kernel in kernels if kernel.numpy().size >= 16_000]
        for kernel in large:
            _judge_distribution(kernel, 0.0, "kernels")
        gamma = np.concatenate([gamma.numpy() for gamma in gammas])
        if (gamma == 1).all():
            raise Wrong("gamma_left_out")
        if abs(gamma.mean()) < 0.5:
            raise Wrong("gamma_around_0", mean=gamma.mean())
        if not 0.01 < gamma.std() < 0.03:
            raise Wrong("wrong_spread", what="gammas", std=gamma.std())
        if abs(gamma.mean() - 1) > 0.02:
            raise Wrong("wrong_mean", what="gammas", mean=gamma.mean(), wanted=1.0)
        after = [weight.numpy() for weight in kernels]
        _initialized(answer, model, seed)
        if not all(np.array_equal(w.numpy(), old) for w, old in zip(kernels, after)):
            raise Wrong("ignores_rng")
        _initialized(answer, model, seed + 50)
        if any(np.array_equal(w.numpy(), old) for w, old in zip(kernels, after)):
            raise Wrong("reseeds")


def _initialized(answer, model, seed):
    returned = answer(model, rng(seed))
    if returned is None:
        raise Wrong("returns_nothing")
    if returned is not model:
        raise Wrong("returns_another", found=told(returned))
