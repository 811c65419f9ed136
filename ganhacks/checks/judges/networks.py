"""Judge a network by what it computes: built by the answer, by the reference and by each slip, with the same weights.

Every model gets weights that depend on their shape and their name alone, so that two models with the same layers
compute the same, in whatever order or style they were built.
"""

import functools
import hashlib
import math
import re
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers as keras_layers
from keras import ops

from ganhacks.blame import one_line
from ganhacks.checks.engine import properties
from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import Example, Run, apart, compare, furthest, same, short
from ganhacks.checks.engine.values import told
from ganhacks.training.shortcuts import layers_of

#: What can be wrong with any network. A check adds these to its own misconceptions where it uses this module.
MISCONCEPTIONS = {
    "not_a_model": "Your function returns {found}. Build a keras.Sequential (or any keras.Model) and return it.",
    "wrong_input": "Your model does not take a batch of shape {shape} ({reason}).",
    "lets_nothing_through": (
        "Your model computes the right thing with other weights, but as you build it no gradient gets back to its "
        "input. Are its first weights 0, or is there a `stop_gradient`?"
    ),
}

#: What `judge_network` says where no slip explains the network.
NETWORK_MISCONCEPTIONS = {
    **MISCONCEPTIONS,
    "wrong_output": "For a batch of {n} your model returns the shape {found}; wanted {wanted}.",
    "reshaped": (
        "For a batch of {n} your model returns the shape {found}: as many numbers as wanted, arranged in another way. "
        "Wanted is {wanted}."
    ),
    "other_activation": (
        "{where} your network computes with {found}. All else is right. Which activation does the exercise name there?"
    ),
    "departs": (
        "Your model has the right weights. With the same ones its numbers are those that are wanted {until}; from "
        "{layer} on they are others. Is it another one than asked for, or is one missing before it?"
    ),
    "no_bias": (
        "Your model has {found:,} parameters and lacks the biases: wanted {wanted:,}. Layers have them by default."
    ),
    "other_layers": "Your model has as many parameters as it should, in other layers. {weights}",
    "wrong_size": "The model of {asked} has {found:,} parameters; wanted {wanted:,}. {weights}",
    "frozen": (
        "{found} of the {wanted} weights that should learn are frozen. Leave `trainable` alone: the update says whose "
        "weights may change."
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
        # Before: that Keras met an exception. Inside: the batch's numbers, names. After: all that was handed in.
        noise = r"\[\[.*\]\] ?|\{\{.*?\}\} ?| ?\[Op:\w+\]| with name '\w*' and path '\w*'"
        reason = re.sub(noise, "", one_line(error)).split(".call(). ")[-1].split(" Arguments received")[0]
        shape = getattr(x, "shape", None) or tuple(part.shape for part in x)
        raise Wrong("wrong_input", shape=shape, reason=reason[:200] or type(error).__name__) from None


def shapes_of(model):
    """Return the shapes of a model's weights, sorted."""
    return sorted(tuple(weight.shape) for weight in model.weights)


@dataclass(frozen=True)
class Network:
    """What is seen of a network that has been given its weights: sizes, and what it computes for each batch.

    declared: the shape of one input, if the model says it. layers: the names of their classes.
    """

    declared: tuple
    shapes: list
    n_trainable: int
    at_test: list
    in_training: list
    layers: tuple


def judge_network(answer, calls, batches, atol=1e-4, *, also=(), layers=(), sizes=(), idle=None):
    """Judge a function that builds a network. Raises Wrong.

    calls: tuples of arguments, the defaults among them. batches(*args): the batches, arrays or tuples of arrays, on
    which the models that are built with these arguments are compared, at test time and in training; one holds a
    single sample. The answer has to build the reference's network: the same weights, the same numbers.
    also: functions that build other networks, which are right as well. idle: tells of a weight whether it changes
    nothing and may be there or not, such as a bias that a batch normalization takes out again.
    Where no slip explains a network: layers: (part of a layer's name, misconception), of layers that do not belong in
    it; sizes: (misconception, function of the arguments), the shapes that mistakes give to the output for one input.
    """
    known = [answer.reference, *also, *(slip for _, slip, *_ in answer.exercise.slips)]
    of_answer = {}  # arguments -> Network

    def observe(function, args):
        if any(function is one for one in known) or function.__module__ in (compare.__module__, __name__):
            if (function, args) not in _SEEN:
                _SEEN[function, args] = look(function, args)
            return _SEEN[function, args]
        network = look(function, args)
        if function is answer:
            of_answer[args] = network
        return network

    def look(function, args):
        model = built(function, *args)
        try:
            return seen(model, batches(*args), idle)
        except Wrong as wrong:
            wrong.details.update(declared=_declared(model), weights=shapes_of(model))
            return wrong

    def alike(found, wanted):
        if isinstance(found, Wrong) or isinstance(wanted, Wrong):
            return type(found) is type(wanted) and _unnamed(found) == _unnamed(wanted)
        if found.shapes != wanted.shapes or found.n_trainable != wanted.n_trainable or _declares_another(found, wanted):
            return False
        return same(found.at_test, wanted.at_test, atol, 1e-3) and same(
            found.in_training, wanted.in_training, atol, 1e-3
        )

    def call_of(args):
        return f"{answer.exercise.name}({', '.join(map(short, args))})"

    def describe(run):
        asked = call_of(run.args)
        for yours, wanted in zip(run.found.at_test, run.wanted.at_test):
            if yours.shape != wanted.shape:
                return Example(f"For {asked} and a batch of {len(wanted)}: yours {yours.shape}, wanted {wanted.shape}.")
        if run.found.shapes != run.wanted.shapes:
            return Example(f"For {asked}: your layers are {', '.join(run.found.layers)}.")
        parts = [(run.found.at_test, run.wanted.at_test), (run.found.in_training, run.wanted.in_training)]
        differing = [part for part in parts if not same(*part, atol, 1e-3)]
        if not differing:
            return None
        yours, wanted, place = furthest(*differing[0])
        yours, wanted = apart(yours, wanted)
        return Example(
            f"For {asked}, with the same weights and inputs, an output is {yours} in yours; wanted {wanted}."
        )

    def fits(found, wanted, case):
        try:
            _fits(found, wanted, layers, sizes, of_answer)
        except Wrong as wrong:
            if isinstance(found, Network) and wrong.example is None:
                args = next(args for args, network in of_answer.items() if network is found)
                wrong.example = describe(Run(args, found, wanted))
                wrong.details.setdefault("asked", call_of(args))
            raise

    try:
        runs = compare(answer, [*map(tuple, calls)], observe, alike, fits=fits, describe=describe, also=also)
    except Wrong as wrong:
        if wrong.misconception == "differs" and "other_activation" in answer.exercise.misconceptions:
            _judge_activations(answer, [*map(tuple, calls)], observe, alike)
            _judge_place(answer, calls[0], batches, wrong.example, idle)
        raise
    properties.two_networks(answer, *runs[0].args)
    _judge_gradient(built(answer, *runs[0].args), batches(*runs[0].args)[0])


def _judge_gradient(model, batch):
    """Raise Wrong if no gradient comes back through a model with its own first weights. batch: an array, or a tuple."""
    inputs = tf.nest.map_structure(tf.constant, batch)
    watched = [x for x in tf.nest.flatten(inputs) if x.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outputs = tf.nest.flatten(model(inputs, training=True))
        # Not their plain sum, which a softmax or a batch normalization leaves without a gradient.
        total = sum(tf.reduce_sum(y * np.random.default_rng(0).standard_normal(y.shape)) for y in outputs)
    found = [gradient for gradient in tape.gradient(total, watched) if gradient is not None]
    if watched and not any(np.any(gradient) for gradient in found):
        raise Wrong("lets_nothing_through")


SLOPES = 0.01, 0.1, 0.2, 0.3, -0.2

#: What people put in the place of an activation.
ACTIVATIONS = {
    "no activation": lambda x: x,
    "ReLU": ops.relu,
    "ReLU6": ops.relu6,
    **{f"leaky ReLU with slope {slope}": functools.partial(ops.leaky_relu, negative_slope=slope) for slope in SLOPES},
    **{name: getattr(ops, name) for name in ("elu", "selu", "gelu", "silu", "softplus", "sigmoid", "tanh", "softsign")},
    "exact gelu": functools.partial(ops.gelu, approximate=False),
    "hard tanh": lambda x: ops.clip(x, -1, 1),
    "hard sigmoid": ops.hard_sigmoid,
    "tanh twice": lambda x: ops.tanh(ops.tanh(x)),
}


def _judge_activations(answer, calls, observe, alike):
    """Raise Wrong if the network is the right one with another activation after its hidden layers, or at its end."""
    found = [observe(answer, args) for args in calls]
    for where, at_end in (("After its hidden layers", False), ("At its end", True)):
        for name, activation in ACTIVATIONS.items():
            other = _with_activation(answer.reference, activation, at_end)
            if all(alike(one, observe(other, args)) for one, args in zip(found, calls)):
                raise Wrong("other_activation", where=where, found=name)


class _Switch:
    """An activation that becomes another one: a network takes long to build, and its activations are many."""

    to = staticmethod(lambda x: x)

    def __call__(self, x):
        return self.to(x)


@functools.cache  # one function for each, so that its network needs to be seen only once
def _with_activation(reference, activation, at_end):
    """Return a function that gives the reference with another activation after its hidden layers, or at its end."""

    def switched(*args):
        model, switch = _switched(reference, at_end, args)
        switch.to = activation
        return model

    return switched


@functools.cache
def _switched(reference, at_end, args):
    switch = _Switch()
    return _activated(reference(*args), switch, at_end), switch


def _activated(model, activation, at_end):
    last = max((i for i, layer in enumerate(model.layers) if layer.weights), default=0)
    ends = {layer.name for layer in model.layers[last:]}
    found = []

    def clone(layer):
        if isinstance(layer, keras_layers.Lambda):  # which does not come back from its configuration
            return keras_layers.Lambda(layer.function, name=layer.name)
        config = layer.get_config()
        if (layer.name in ends) != at_end:
            return layer.__class__.from_config(config)
        if isinstance(layer, (keras_layers.Activation, keras_layers.LeakyReLU, keras_layers.ReLU)):
            found.append(layer)
            return keras_layers.Activation(activation, name=layer.name)
        if config.get("activation", "linear") != "linear":
            found.append(layer)
            config["activation"] = activation
        return layer.__class__.from_config(config)

    other = keras.models.clone_model(model, clone_function=clone)
    return keras.Sequential([other, keras_layers.Activation(activation)]) if at_end and not found else other


#: (function, arguments) -> the Network, of references and slips, which are the same in every check.
_SEEN = {}


def seen(model, batches, idle=None):
    """Return the `Network` that a model is: built once on a batch, given its weights, called on every batch."""
    output(model, batches[0])
    left_out = _weigh(model, idle)
    at_test = [output(model, batch) for batch in batches]
    kept = [weight.numpy() for weight in model.weights]  # training moves running means
    in_training = [output(model, batch, training=True) for batch in batches]
    for weight, value in zip(model.weights, kept):
        weight.assign(value)
    inner = [layer for layer in layers_of(model) if not isinstance(layer, keras.layers.InputLayer)]
    names = tuple(type(layer).__name__ for layer in inner)
    shapes = sorted(tuple(weight.shape) for weight in model.weights if id(weight) not in left_out)
    n_trainable = sum(id(weight) not in left_out for weight in model.trainable_weights)
    return Network(_declared(model), shapes, n_trainable, at_test, in_training, names)


def _weigh(model, idle):
    """Give a model its weights, and return the ids of those that change nothing, see `judge_network`."""
    left_out = {id(weight) for weight in model.weights if idle and idle(weight)}
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape) if id(weight) in left_out else _value(weight))
    return left_out


def _judge_place(answer, args, batches, shown, idle):
    """Raise Wrong with the layer from which on a network computes something else, if it is made of layers in a row."""
    models = [build(*args) for build in (answer, answer.reference)]
    if not all(hasattr(model, "inputs") and model.inputs for model in models):
        return  # of a class of its own, whose layers come in no order that can be seen
    if any(isinstance(layer, keras.Model) for layer in models[0].layers):
        return  # what a model inside hands on belongs to the inputs that it was made with
    yours, wanted = ([np.ravel(x) for x in _between(model, batches(*args)[0], idle)] for model in models)
    right = [any(x.size == y.size and same(x, y, 1e-4, 1e-3) for y in wanted) for x in yours]
    layers = [layer for layer in models[0].layers if not isinstance(layer, keras_layers.InputLayer)]
    if all(right):
        return
    first = len(right) - right[::-1].index(True) if True in right else 0  # after the last one that is right
    if first == len(layers):
        return
    numbered = [f"your layer {number} ({_told_layer(layer)})" for number, layer in enumerate(layers, 1)]
    until = f"up to {numbered[first - 1]}" if first else "before your first layer"
    raise Wrong("departs", shown, until=until, layer=numbered[first])


def _between(model, batch, idle):
    """Return what each layer of a model hands on, for a batch at test time, with the weights of `seen`."""
    output(model, batch)
    _weigh(model, idle)
    layers = [layer for layer in model.layers if not isinstance(layer, keras_layers.InputLayer)]
    return keras.Model(model.inputs, [layer.output for layer in layers])(batch, training=False)


def _told_layer(layer):
    """Name a layer by its class, and by its activation, slope or stride where it has one."""
    config = layer.get_config()
    parts = [f"{name}={config[name]}" for name in ("strides", "padding", "negative_slope") if name in config]
    activation = config.get("activation", "linear")
    if isinstance(activation, str) and activation != "linear":
        parts.append(f"activation={activation}")
    return f"{type(layer).__name__}({', '.join(parts)})" if parts else type(layer).__name__


def _declared(model):
    """Return the shape of one input as the model declares it, or None: what it takes may be more."""
    shape = getattr(model, "input_shape", None)
    alone = isinstance(shape, tuple) and not any(isinstance(part, (tuple, list)) for part in shape)
    return shape[1:] if alone else None


def _declares_another(found, wanted):
    """Tell whether a network says that it takes inputs of another shape than wanted, even if it takes these too."""
    yours, right = found.declared, wanted.declared
    if yours is None or right is None:
        return False
    return len(yours) != len(right) or any(y not in (r, None) for y, r in zip(yours, right))


def _unnamed(wrong):
    """Return what Keras said of an input that it didn't take, without the layers' names, which differ each time."""
    return {name: re.sub(r"'[^']*'", "", str(detail)) for name, detail in wrong.details.items()}


#: Vectors by the name that Keras gives them: what they multiply or divide by has to be positive.
_POSITIVE = ("gamma", "scale", "moving_variance")
_VECTORS = (*_POSITIVE, "beta", "moving_mean")  # a bias may have any name


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


def _fits(found, wanted, layers, sizes, of_answer):
    """Raise Wrong for a network of other kinds or sizes than wanted, after no slip has explained it."""
    if isinstance(found, Wrong):
        raise found
    if _declares_another(found, wanted):
        raise Wrong("wrong_input", shape=(None, *wanted.declared), reason=f"it declares {(None, *found.declared)}")
    surplus = [
        Wrong(misconception, found=name)
        for part, misconception in layers
        for name in found.layers
        if part in name and name not in wanted.layers
    ]
    networks = [(args, network) for args, network in of_answer.items() if isinstance(network, Network)]
    for misconception, size in sizes:
        if all(network.at_test[0].shape[1:] == tuple(size(*args)) for args, network in networks):
            if misconception == "valid_padding" and surplus:  # a layer that is not wanted may lose the edge as well
                break
            raise Wrong(misconception)
    if surplus:
        raise surplus[0]
    for yours, right in zip(found.at_test, wanted.at_test):
        if yours.shape != right.shape:
            raise Wrong(
                "reshaped" if yours.size == right.size else "wrong_output",
                n=len(right),
                found=yours.shape,
                wanted=right.shape,
            )
        if np.isfinite(right).all() and not np.isfinite(yours).all():
            raise Wrong("not_finite")
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
        equal = counts["found"] == counts["wanted"]
        weights = f"Weights by shape: {'; '.join(parts)}."
        raise Wrong("other_layers" if equal else "wrong_size", weights=weights, **counts)
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
