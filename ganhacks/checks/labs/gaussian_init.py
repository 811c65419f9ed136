"""Lab 05, Gaussian first weights: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
from keras import layers

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import latents
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.values import array, told
from ganhacks.hacks import gaussian_init as hack

PARAMETERS = {
    "depth": Parameter("layers of the deep stack", 1, 100),
    "width": Parameter("units of each", 1, 1_000),
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "gaussian_init")

PREDICTION = {
    "choices": {
        "a": "about a half.",
        "b": "about a tenth.",
        "c": "about a fiftieth.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so with weights of 0.09. For 64 units 0.02 is small.",
        "c": "That would be so if each output were one product. It is a sum of 64, of both signs.",
    },
    "why": (
        "Each layer of 64 units multiplies the signal by about 0.02 · √(64 / 2) = 0.11, and 0.11 to the tenth power is "
        "about 3 in ten billion. Batch normalization undoes it after each layer; the DCGAN has it almost everywhere."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- N(0, 0.02)

#: What can be wrong with the distribution. {what}: "weights" or "gammas".
DISTRIBUTION = {
    "variance_for_std": (
        "Your {what} have the standard deviation {std:.3f}, which is √0.02. Did you take 0.02 for the variance? NumPy "
        "and Keras ask for the standard deviation, and 0.02 is one."
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
    "depends_on_shape": (
        "The spread of your {what} depends on the shape: the standard deviation is {std:.4f} for {first} and "
        "{other:.4f} for {third}, as in Glorot's or He's scheme. The paper's is 0.02 for every layer."
    ),
    **latents.MISCONCEPTIONS,
    "repeated": "Of {wanted:,} {what} only {found:,} are different. Draw each of them by itself.",
    "clipped": (
        "Your smallest {what} are all {low:.3f}, or your largest all {high:.3f}: you clipped them. A normal "
        "distribution has no limit."
    ),
    "truncated": (
        "None of your {n:,} {what} lies beyond {most:.1f} standard deviations: that is a truncated normal "
        "distribution. The paper's is a plain one."
    ),
    "on_the_sphere": (
        "All rows of your {what} have the same length, {radius:.3f}. Leave each number as it is drawn: lengths differ."
    ),
    "uniform": (
        "Your {what} are spread evenly between {low:.3f} and {high:.3f}: a uniform distribution, as in Glorot's "
        "scheme. The paper draws from a normal one."
    ),
    "wrong_mean": "Your {what} have the mean {mean:.4f}; wanted {wanted_mean:g}.",
    "wrong_spread": "Your {what} have the standard deviation {std:.4f}; wanted 0.02.",
    "not_gaussian": (
        "Your {what} have the right mean and spread and another shape: {found}. Draw from a normal distribution, and "
        "leave what you draw as it is."
    ),
}
#: Standard deviations that have a cause
SPREADS = [("variance_for_std", 0.02**0.5), ("squared_std", 0.02**2), ("unit_std", 1.0)]
SCALED = "low", "high", "radius", "step", "mean", "std", "value"  # what `latents` measures, on its own scale


def _judge_gaussian(draw):
    """Judge a function draw(rng, shape) by its numbers, which should be N(0, 0.02). Raises Wrong.

    It is the question that is asked of latent samples, on another scale.
    """

    def latent_samples(generator, *shape):
        found = draw(generator, shape)
        is_float = isinstance(found, np.ndarray) and found.dtype in ("float32", "float64")
        return found.astype("float64") / 0.02 if is_float else found

    try:
        latents.judge_latents(latent_samples)
    except Wrong as wrong:
        details = {name: 0.02 * value if name in SCALED else value for name, value in wrong.details.items()}
        details |= {"case": ""} if "case" in details else {}  # a kernel has no samples
        if wrong.misconception == "wrong_dtype":
            details["wanted"] = "float32"
        if wrong.misconception in ("wrong_mean", "wrong_spread"):
            _name_the_spread(draw)
        raise Wrong(wrong.misconception, **{**details, "what": "weights"}) from None


def _name_the_spread(draw, mean=0.0, what="weights"):
    """Raise Wrong for draws of another mean or spread than wanted."""
    shapes = (60, 900), (900, 60), (30, 300)
    drawn = [draw(rng(6), shape) for shape in shapes]
    stds, found = [float(values.std()) for values in drawn], float(drawn[0].mean())
    details = {"what": what, "std": stds[0], "mean": found, "wanted_mean": mean}
    if np.ptp(stds) > 0.1 * stds[0]:
        raise Wrong("depends_on_shape", first=shapes[0], other=stds[2], third=shapes[2], **details)
    for misconception, spread in SPREADS:
        if abs(stds[0] - spread) < 0.03 * spread:
            is_mean = misconception == "unit_std" and abs(found - mean - 0.02) < 0.015
            raise Wrong("std_as_mean" if is_mean else misconception, **details)
    raise Wrong("wrong_mean" if abs(found - mean) > 6e-4 else "wrong_spread", **details)


def _judge_gammas(draw):
    """Judge a function draw(rng, shape) by its numbers, which should be N(1, 0.02). Raises Wrong.

    Near 1 there are too few float32 numbers for `_judge_gaussian`, which counts those that are different.
    """
    gammas = draw(rng(6), (60, 100))
    if np.ptp(gammas) == 0:
        raise Wrong("gammas_alike", found=gammas.flat[0])
    properties.draws_from_rng(draw, (60, 100))
    properties.independent(gammas)
    if abs(gammas.mean() - 1) > 0.002 or abs(gammas.std() - 0.02) > 0.0015:
        _name_the_spread(draw, 1.0, "gammas")
    fourth = ((gammas - gammas.mean()) ** 4).mean() / gammas.var() ** 2
    if fourth < 2.1:
        raise Wrong("uniform", what="gammas", low=gammas.min(), high=gammas.max())
    if abs(fourth - 3) > 0.35:  # of 6,000 numbers from a normal distribution: chance moves it by 0.06
        found = f"their fourth moment is {fourth:.2f}, a Gaussian's is 3"
        raise Wrong("not_gaussian", what="gammas", found=found)


@exercise(
    hack.gaussian_init,
    praise="N(0, 0.02), the shape that was asked for, float32, and all of it from `rng`.",
    misconceptions={
        **DISTRIBUTION,
        "transposed": "Your array has the shape {found}; wanted {wanted}, in this order.",
        "flat": "Your array has the shape {found}; wanted {wanted}.",
    },
    hints=(
        "Which method of a numpy.random.Generator takes a mean, a standard deviation and a shape?",
        "`rng.normal` takes the three in this order; it returns float64, and `astype` turns that into float32.",
        "rng.normal(0, ..., shape).astype(...)",
    ),
)
def check_gaussian_init(answer):
    _judge_gaussian(answer)
    for shape in ((4, 4, 64, 64), (5,), (1, 1, 3, 8)):
        found = array(answer(rng(1), shape), shape, f" for the shape {shape}")
        if found.dtype != np.float32:
            raise Wrong("float64" if found.dtype == "float64" else "wrong_dtype", found=found.dtype, wanted="float32")


# ---- a whole model


def _models():
    """Return two small models: kernels of equal shape, biases, batch normalization, convolutions of three kinds."""
    yield keras.Sequential(
        [
            keras.Input((16, 16, 32)),
            layers.Conv2D(64, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.Reshape((256, 32)),
            layers.Conv1D(32, 3),
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


#: What biases, gammas and averages are before: none of what they are in a new layer, so that resetting them is seen.
BEFORE = 3.0


@exercise(
    hack.initialize,
    praise="Every kernel N(0, 0.02), every gamma N(1, 0.02), no two layers alike, and biases left as they were.",
    misconceptions={
        **DISTRIBUTION,
        "returns_another": "Your function returns {found}. Change the model that came in, and return that one.",
        "kernel_left_out": "The kernel of your {layer} is as it was. Every layer that has a kernel gets new weights.",
        "other_layers": (
            "The kernel of your {layer} has the mean {mean:.3f} and the standard deviation {std:.4f}; wanted 0 and "
            "0.02, as in every other layer."
        ),
        "kernel_added": (
            "The new kernel of your {layer} still holds the old one. Put the draw in its place, by `assign`."
        ),
        "gamma_left_out": "The gamma of your {layer} is as it was. The paper's code draws it too, around 1.",
        "gammas_alike": "Your gammas are all {found:g}. They are drawn as the kernels are, from N(1, 0.02).",
        "gamma_moved": (
            "Your gammas lie around {mean:.2f}, which is what they were before. Draw them around 1, whatever they were."
        ),
        "gamma_around_0": (
            "Your gammas lie around {mean:.2f}. Gamma multiplies: around 0 it would switch layers off. Draw around 1."
        ),
        "bias_too": "You changed a {name} too: leave it as it is. Nothing has to tell units apart but their kernels.",
        "moving_average": "You changed {name}, an average that the layer keeps for test time. Leave it.",
        "equal_layers": (
            "Two layers have the same {name}s. One initializer for every layer, seeded or not, gives each the same "
            "draw: take all of them from the one `rng`, one after the other."
        ),
    },
    hints=(
        "Which layers of `model.layers` have a `kernel`, and which have a `gamma`?",
        "`getattr(layer, 'kernel', None)` gives it, or None. Its `assign(values)` sets it, its `shape` is the shape.",
        "for layer in model.layers: if there is a kernel, layer.kernel.assign(gaussian_init(rng, ...)); gamma: 1 + ...",
    ),
)
def check_initialize(answer):
    for seed, model in enumerate(_models()):
        _judge_weights(answer, model, seed)
    _judge_gaussian(_drawing(answer, layers.Dense, "kernel"))
    _judge_gammas(_drawing(answer, layers.BatchNormalization, "gamma"))


def _judge_weights(answer, model, seed):
    """Judge which weights of a model are drawn, and that each is drawn by itself."""
    for weight in model.weights:
        if not weight.path.endswith("kernel"):
            weight.assign(np.full(weight.shape, BEFORE))
    before = [weight.numpy() for weight in model.weights]
    _initialized(answer, model, rng(seed))
    drawn = {"kernel": {}, "gamma": {}}  # layer -> its new values
    for weight, old in zip(model.weights, before):
        layer, name = weight.path.split("/")[-2:]
        new = weight.numpy()
        if not np.isfinite(new).all():
            raise Wrong("not_finite", case=f" in {weight.path}")
        if name in drawn and np.array_equal(new, old):
            raise Wrong(f"{name}_left_out", layer=layer)
        if name not in drawn and not np.array_equal(new, old):
            raise Wrong("moving_average" if name.startswith("moving") else "bias_too", name=name)
        if name == "kernel" and new.size > 100 and abs(np.corrcoef(new.ravel(), old.ravel())[0, 1]) > 0.5:
            raise Wrong("kernel_added", layer=layer)
        if name == "gamma" and abs(new.mean() - BEFORE) < 0.5:
            raise Wrong("gamma_moved", mean=new.mean())
        if name == "gamma" and abs(new.mean()) < 0.5:
            raise Wrong("gamma_around_0", mean=abs(new.mean()))
        for other in drawn.get(name, {}).values():
            n = min(new.size, other.size)
            if n > 1 and np.ptp(new) and np.array_equal(new.ravel()[:n], other.ravel()[:n]):
                raise Wrong("equal_layers", name=name)
        if name in drawn:
            drawn[name][layer] = new
    kernels = drawn["kernel"]
    right = [kernel for kernel in kernels.values() if abs(kernel.mean()) < 0.002 and 0.018 < kernel.std() < 0.022]
    for layer, kernel in kernels.items() if right else ():
        if abs(kernel.mean()) > 0.01 or not 0.01 < kernel.std() < 0.04:
            raise Wrong("other_layers", layer=layer, mean=kernel.mean(), std=kernel.std())


def _initialized(answer, model, generator):
    returned = answer(model, generator)
    if returned is None:
        raise Wrong("returns_nothing")
    if returned is not model:
        raise Wrong("returns_another", found=told(returned))


def _drawing(answer, make_layer, name):
    """Return a function draw(rng, shape) of the kernel or the gamma that the answer gives to a layer."""
    known = {}  # shape -> a model with so many numbers, and its weights when new

    def draw(generator, shape):
        if shape not in known:
            wide = (shape[0], make_layer(shape[1])) if name == "kernel" else (np.prod(shape), make_layer())
            model = keras.Sequential([keras.Input((wide[0],)), wide[1]])
            known[shape] = model, model.get_weights()
        model, new = known[shape]
        model.set_weights(new)
        _initialized(answer, model, generator)
        return getattr(model.layers[0], name).numpy().reshape(shape)

    return draw
