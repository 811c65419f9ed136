"""Shortcuts that the compiled loop takes through networks with convolutions: the same training in less time.

XLA does what it can for dense networks by itself. Its convolutions on a CPU are slow, so that networks with
convolutions run without it, and each of these is there because it was measured to pay: see docs/speed.md.
They hold only while the loop is traced. The networks that a reader gets back are as they were written. A step that
asks for what a shortcut does not offer, such as a gradient of gradients, fails while it is traced, and the loop then
traces it as it was written.
"""

import contextlib

import keras
import tensorflow as tf

from ganhacks.startup import processor

#: What an error of a step says that comes of a shortcut, or may: numbers in half the width that meet others, and a
#: gradient that is not there.
SIGNS = ("bfloat16", "None")
RANDOM_ALGORITHM = 1  # Philox, in TensorFlow's numbering


class NotOffered(RuntimeError):
    """A step asks for what a shortcut does not offer."""


def may_have_caused(error):
    """Tell whether a failure while the loop was traced may be the shortcuts', and not the reader's."""
    while error:
        if isinstance(error, NotOffered) or any(sign in str(error) for sign in SIGNS):
            return True
        error = error.__cause__ or error.__context__
    return False


def layers_of(model):
    """Return every layer of a model in order, those of models inside it in the place of these."""
    parts = [layers_of(layer) if hasattr(layer, "layers") else [layer] for layer in model.layers]
    return sum(parts, [])


@contextlib.contextmanager
def taken(*models):
    """Let the models' layers take the shortcuts inside the block: half-width numbers, and dropout with cheap masks."""
    with contextlib.ExitStack() as undone:
        for model in models:
            if processor.has_bfloat16():
                undone.enter_context(_in_bfloat16(model))
            for layer in layers_of(model):
                if type(layer) is keras.layers.Dropout and layer.noise_shape is None:
                    undone.enter_context(_cheap_masks(layer))
                if type(layer) is keras.layers.BatchNormalization:
                    undone.enter_context(_fused(layer))
        yield


@contextlib.contextmanager
def _in_bfloat16(model):
    """Compute Keras' own layers in bfloat16, and keep their weights, and the model's last layer, in float32.

    So what goes into the model and comes out of it is float32, as the steps and the losses expect. A layer of the
    reader's own stays in float32: nobody knows which numbers it mixes. So does a layer around another one: spectral
    normalization writes back the weights that it reads, and would leave them rounded.
    """
    # Keras lists a model's inputs wherever they are first used, the class after the last layer, say.
    inner = [layer for layer in layers_of(model) if not isinstance(layer, keras.layers.InputLayer)][:-1]
    changed = [
        (layer, layer.dtype_policy)
        for layer in inner
        if type(layer).__module__.startswith("keras.")
        and not isinstance(layer, (keras.layers.Lambda, keras.layers.Wrapper))
        and layer.compute_dtype == "float32"
    ]
    try:
        for layer, _ in changed:
            layer.dtype_policy = "mixed_bfloat16"
        yield
    finally:
        for layer, policy in changed:
            layer.dtype_policy = policy


@contextlib.contextmanager
def _cheap_masks(dropout):
    """Draw a dropout layer's masks with 16 random bits a number, where Keras draws a float for each and compares it.

    The rate is rounded to a multiple of 1/65,536. Drawing the mask was the larger part of a small network's dropout.
    """
    threshold = round(dropout.rate * 2**16)

    def call(inputs, training=False):
        if not training or not threshold:
            return inputs
        shape = tf.shape(inputs)
        n_values = tf.reduce_prod(shape)
        key = tf.reshape(tf.bitcast(tf.cast(dropout.seed_generator.next(), tf.uint32), tf.uint64), (1,))
        words = tf.raw_ops.StatelessRandomUniformFullIntV2(
            shape=[(n_values + 1) // 2], key=key, counter=tf.zeros(2, tf.uint64), alg=RANDOM_ALGORITHM, dtype=tf.uint32
        )
        bits = tf.reshape(tf.reshape(tf.bitcast(words, tf.uint16), (-1,))[:n_values], shape)
        kept = tf.ensure_shape(tf.cast(bits >= threshold, inputs.dtype), inputs.shape)
        return inputs * (kept * tf.cast(1 / (1 - threshold / 2**16), inputs.dtype))

    with replaced(dropout, "call", call):
        yield


@contextlib.contextmanager
def _fused(normalization):
    """Normalize a batch of images in one operation, where Keras takes a dozen that each read and write all of it."""
    original = normalization.call

    def call(inputs, training=False, **more):
        renormalized = getattr(normalization, "renorm", False)  # before 3.14 Keras has none
        plain = normalization.scale and normalization.center and not renormalized
        over_channels = inputs.ndim == 4 and normalization.axis in (-1, 3)
        if not (training and normalization.trainable and plain and over_channels) or more.get("mask") is not None:
            return original(inputs, training=training, **more)
        settings = {"epsilon": normalization.epsilon, "is_training": True}

        @tf.custom_gradient
        def normalize(inputs, gamma, beta):
            outputs, mean, variance, *reserve = tf.raw_ops.FusedBatchNormV3(
                x=inputs, scale=gamma, offset=beta, mean=tf.zeros(0), variance=tf.zeros(0), **settings
            )

            def backward(upstream, *_):
                kept = {f"reserve_space_{number}": value for number, value in enumerate(reserve, 1)}
                gradients = tf.raw_ops.FusedBatchNormGradV3(
                    y_backprop=upstream, x=inputs, scale=gamma, **kept, **settings
                )
                return _final(gradients[:3])

            return (outputs, mean, variance), backward

        outputs, mean, variance = normalize(inputs, normalization.gamma.value + 0.0, normalization.beta.value + 0.0)
        n_values = tf.cast(tf.size(inputs) // tf.shape(inputs)[-1], tf.float32)
        variance *= (n_values - 1) / n_values  # Keras' moving variance divides by n, this operation's by n - 1
        for moving, value in ((normalization.moving_mean, mean), (normalization.moving_variance, variance)):
            moving.assign(moving.value * normalization.momentum + value * (1 - normalization.momentum))
        return outputs

    with replaced(normalization, "call", call):
        yield


@contextlib.contextmanager
def fakes_reused(generator, latents, fake, tape, state):
    """Inside the block, let the generator answer for `latents` with `fake`, which `tape` saw it make from them.

    Both updates of a step look at the same fakes, and the generator does not change between them. The answer's way
    back to the generator's variables goes through `tape`, a persistent one. state: the values that moving averages
    had after that pass, which the answer assigns. Any other call of the generator is not touched, a second one for
    the same latents neither. The way back to the latents is not offered. Latents and fakes may have several parts.
    """
    original = generator.call
    answered = []
    made = tf.nest.flatten(fake)
    fractions = [i for i, part in enumerate(made) if part.dtype.is_floating]  # the others have no gradient

    @tf.custom_gradient
    def answer(*latents):
        for variable in generator.trainable_variables:
            tf.identity(variable.value)  # so that a tape that is on knows whose gradient it may be asked for

        def backward(*upstream, variables=()):
            targets, weights = [made[i] for i in fractions], [upstream[i] for i in fractions]
            gradients = tape.gradient(targets, list(variables), output_gradients=weights)
            # An embedding's gradient comes as the rows that it touches.
            return (None,) * len(latents), _final([tf.convert_to_tensor(gradient) for gradient in gradients])

        return tuple(tf.identity(part) for part in made), backward

    def call(inputs, training=False, **more):
        given, wanted = tf.nest.flatten(inputs), tf.nest.flatten(latents)
        same = len(given) == len(wanted) and all(one is other for one, other in zip(given, wanted))
        if not same or not training or answered:
            return original(inputs, training=training, **more)
        answered.append(True)
        for variable, value in state:
            variable.assign(value)
        return tf.nest.pack_sequence_as(fake, answer(*given))

    with replaced(generator, "call", call):
        yield


def _final(gradients):
    """Return the gradients, and make sure that nobody takes theirs: it would miss what the shortcut left out."""

    @tf.custom_gradient
    def final(*gradients):
        def again(*_):
            raise NotOffered("this shortcut has no second derivative")

        return gradients, again

    return list(final(*gradients))


@contextlib.contextmanager
def replaced(thing, name, function):
    """Put `function` in place of the method `name` of this one object for the length of the block."""
    setattr(thing, name, function)
    try:
        yield
    finally:
        delattr(thing, name)
