"""Judge a network by what it computes: built by the answer, by the reference and by each slip, with the same weights.

Every model gets weights that depend on their shape and their name alone, so that two models with the same layers
compute the same, in whatever order or style they were built.
"""

import hashlib
import math
from dataclasses import dataclass

import keras
import numpy as np

from ganhacks.blame import one_line
from ganhacks.checks import properties
from ganhacks.checks.exercise import Wrong
from ganhacks.checks.judging import Example, apart, compare, furthest, same, short
from ganhacks.checks.values import told

#: What can be wrong with any network. A check adds these to its own misconceptions where it uses this module.
MISCONCEPTIONS = {
    "not_a_model": "Your function returns {found}. Build a keras.Sequential (or any keras.Model) and return it.",
    "wrong_input": "Your model does not take a batch of shape {shape} ({reason}).",
}

#: What `judge_network` says where no slip explains the network.
NETWORK_MISCONCEPTIONS = {
    **MISCONCEPTIONS,
    "wrong_output": "For a batch of {n} your model returns the shape {found}; wanted {wanted}.",
    "no_bias": (
        "Your model has {found:,} parameters and lacks the biases: wanted {wanted:,}. Layers have them by default."
    ),
    "wrong_size": "Your model has {found:,} parameters; wanted {wanted:,}. {weights}",
    "frozen": (
        "{found} of your model's {wanted} weights can be trained less than wanted. Leave `trainable` alone: the update "
        "says whose weights may change."
    ),
    "noisy": (
        "At test time your model is right, and in training it computes something else: is there a Dropout, a noise, or "
        "a batch normalization that is not asked for?"
    ),
}


def built(answer, *args):
    """Call a student's function and return the keras.Model that it builds, or raise Wrong."""
    model = answer(*args)
    if model is None:
        raise Wrong("returns_nothing")
    if not isinstance(model, keras.Model):
        raise Wrong("not_a_model", found=told(model))
    return model


def output(model, x, training=False):
    """Return the model's output for `x` as an array, or raise Wrong if it does not take this input."""
    try:
        return np.asarray(model(x, training=training))
    except Exception as error:
        # Before: that Keras met an exception. After: all the numbers of the batch.
        reason = one_line(error).split(".call(). ")[-1].split(" Arguments received")[0]
        shape = getattr(x, "shape", None) or tuple(part.shape for part in x)
        raise Wrong("wrong_input", shape=shape, reason=reason[:200] or type(error).__name__) from None


def inner_layers(model):
    """Return every layer of a model in order, those of models inside it in place of these."""
    return [inner for layer in model.layers for inner in (inner_layers(layer) if hasattr(layer, "layers") else [layer])]


def shapes_of(model):
    """Return the shapes of a model's weights, sorted."""
    return sorted(tuple(weight.shape) for weight in model.weights)


@dataclass(frozen=True)
class Network:
    """What is seen of a network that has been given its weights: sizes, and what it computes for each batch."""

    shapes: list
    n_trainable: int
    at_test: list
    in_training: list
    layers: str


def judge_network(answer, calls, batches, atol=1e-4):
    """Judge a function that builds a network. Raises Wrong.

    calls: tuples of arguments, the defaults among them. batches(*args): the batches, arrays or tuples of arrays, on
    which the models that are built with these arguments are compared, at test time and in training; one holds a
    single sample. The answer has to build the reference's network: the same weights, the same numbers.
    """

    def observe(function, args):
        if function is answer.reference or any(function is slip for _, slip, *_ in answer.exercise.slips):
            if (function, args) not in _SEEN:
                _SEEN[function, args] = look(function, args)
            return _SEEN[function, args]
        return look(function, args)

    def look(function, args):
        model = built(function, *args)
        try:
            return seen(model, batches(*args))
        except Wrong as wrong:
            return wrong

    def alike(found, wanted):
        if isinstance(found, Wrong) or isinstance(wanted, Wrong):
            return type(found) is type(wanted) and found.details["shape"] == wanted.details["shape"]
        if found.shapes != wanted.shapes or found.n_trainable != wanted.n_trainable:
            return False
        return same(found.at_test, wanted.at_test, atol, 1e-3) and same(
            found.in_training, wanted.in_training, atol, 1e-3
        )

    def describe(run):
        asked = f"{answer.exercise.name}({', '.join(map(short, run.args))})"
        if run.found.shapes != run.wanted.shapes:
            return Example(f"For {asked}: your layers are {run.found.layers}.")
        parts = [(run.found.at_test, run.wanted.at_test), (run.found.in_training, run.wanted.in_training)]
        found, wanted = next(part for part in parts if not same(*part, atol, 1e-3))
        yours, wanted, place = furthest(found, wanted)
        yours, wanted = apart(yours, wanted)
        return Example(
            f"For {asked}, with the same weights and inputs, an output is {yours} in yours; wanted {wanted}."
        )

    runs = compare(answer, [*map(tuple, calls)], observe, alike, fits=_fits, describe=describe)
    properties.two_networks(answer, *runs[0].args)


#: (function, arguments) -> the Network, of references and slips, which are the same in every check.
_SEEN = {}


def seen(model, batches):
    """Return the `Network` that a model is: built once on a batch, given its weights, called on every batch."""
    output(model, batches[0])
    for weight in model.weights:
        weight.assign(_value(weight))
    at_test = [output(model, batch) for batch in batches]
    kept = [weight.numpy() for weight in model.weights]  # training moves running means
    in_training = [output(model, batch, training=True) for batch in batches]
    for weight, value in zip(model.weights, kept):
        weight.assign(value)
    names = ", ".join(
        type(layer).__name__ for layer in inner_layers(model) if not isinstance(layer, keras.layers.InputLayer)
    )
    return Network(shapes_of(model), len(model.trainable_weights), at_test, in_training, names)


#: Vectors by the name that Keras gives them: what they multiply or divide by has to be positive.
_POSITIVE = ("gamma", "scale", "moving_variance")
_VECTORS = (*_POSITIVE, "beta", "bias", "moving_mean")


def _value(weight):
    """Return a value for a weight that depends on its shape, and on its name where Keras gave it."""
    name = weight.name if weight.name in _VECTORS else ""
    seed = hashlib.sha256(f"{name}{tuple(weight.shape)}".encode()).digest()[:4]
    rng = np.random.default_rng(int.from_bytes(seed, "big"))
    if weight.dtype.startswith(("int", "uint")):  # the state of a layer that draws
        return weight.numpy()
    if name in _POSITIVE:
        return rng.uniform(0.5, 1.5, weight.shape)
    if len(weight.shape) < 2:
        return rng.normal(0, 0.3, weight.shape)
    return rng.normal(0, 1 / math.sqrt(np.prod(weight.shape[:-1])), weight.shape)


def _fits(found, wanted, case):
    """Raise Wrong for a network of other sizes than wanted, after no slip has explained it."""
    if isinstance(found, Wrong):
        raise found
    for yours, right in zip(found.at_test, wanted.at_test):
        if yours.shape != right.shape:
            raise Wrong("wrong_output", n=len(right), found=yours.shape, wanted=right.shape)
    counts = {"found": _count(found.shapes), "wanted": _count(wanted.shapes)}
    if found.shapes != wanted.shapes:
        if found.shapes == [shape for shape in wanted.shapes if len(shape) > 1]:
            raise Wrong("no_bias", **counts)
        more, less = _less(found.shapes, wanted.shapes), _less(wanted.shapes, found.shapes)
        parts = [
            f"{word} {', '.join(map(str, some[:4]))}"
            for word, some in (("Too many:", more), ("Missing:", less))
            if some
        ]
        raise Wrong("wrong_size", weights=f"Weights by shape: {'; '.join(parts)}.", **counts)
    if found.n_trainable < wanted.n_trainable:
        raise Wrong("frozen", found=wanted.n_trainable - found.n_trainable, wanted=wanted.n_trainable)
    if same(found.at_test, wanted.at_test, 1e-4, 1e-3):
        raise Wrong("noisy")


def _count(shapes):
    return sum(math.prod(shape) for shape in shapes)


def _less(shapes, others):
    """Return the shapes that stand in the one list and not in the other, as often as they do."""
    left = list(others)
    return [shape for shape in shapes if not (shape in left and (left.remove(shape) or True))]
