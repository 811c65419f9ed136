"""The networks of a run, layer by layer, with whatever its Setup puts into them.

Dense ones have two hidden layers. Those with convolutions are lab 27's, but for what the Setup changes.
"""

import contextlib

import keras
import tensorflow as tf
from keras import layers, ops

from ganhacks.hacks import discrete_conditioning, instance_noise, minibatch_discrimination
from ganhacks.hacks.generator_dropout import AlwaysDropout
from ganhacks.training.shortcuts import layers_of

IMAGE = (28, 28, 1)
FILTERS = (16, 32, 64)  # of the discriminator's convolutions


def make_generator(setup, shape, latent_dim, width, n_classes):
    """Build G: latents (batch, latent_dim), beside them classes if it is told any, to samples (batch, *shape)."""
    z = h = keras.Input((latent_dim,))
    inputs = z
    classes = keras.Input((n_classes,)) if setup.classes else None
    if setup.classes:
        inputs = [z, classes]
    if setup.classes == "one-hot":
        h = layers.Concatenate()([z, classes])
    samples = _image_from(setup, h, width, classes) if shape == IMAGE else _flat_from(setup, h, shape, width)
    outputs = [samples, classes] if setup.classes else samples
    generator = keras.Model(inputs, outputs)
    if setup.reconstruct:
        return WithEncoder(generator, _encoder(setup, shape, latent_dim, width))
    return generator


def make_discriminator(setup, unit, memory, shape, latent_dim, width, n_classes):
    """Build D: samples (batch, *shape), beside them classes if it is told any, to logits (batch, 1).

    unit: half of the range of an image. memory: how many old fakes it can keep.
    """
    x = h = keras.Input(shape)
    inputs = x
    h = _what_d_sees(setup, h, unit, memory)
    if setup.classes:
        classes = keras.Input((n_classes,))
        inputs = [x, classes]
        if shape == IMAGE:
            h = _class_channel(setup, h, classes, n_classes)
        else:
            h = layers.Concatenate()([h, classes])
    h = _features_of_image(setup, h) if shape == IMAGE else _features_of_flat(setup, h, width)
    if setup.batch_feature:
        h = BatchFeature(setup.batch_feature)(h)
    logits = _linear(setup, layers.Dense(1))(h)
    if setup.pack > 1:
        logits = unpack(setup.pack, logits)
    return keras.Model(inputs, logits)


def pack(size, h):
    """Append what joins samples in packs: (batch, d) to (batch / size, size d)."""
    joined = (size * h.shape[-1],)
    return layers.Lambda(lambda x: minibatch_discrimination.pack(x, size), output_shape=joined)(h)


def unpack(size, logits):
    """Append what gives each sample its pack's logit: (batch / size, 1) to (batch, 1)."""
    return layers.Lambda(lambda packs: tf.repeat(packs, size, axis=0), output_shape=(1,))(logits)


def every_layer(model):
    """Return the layers of a model, those inside of models and of wrappers in the place of these."""
    return [getattr(layer, "layer", layer) for layer in layers_of(model)]


@contextlib.contextmanager
def undisturbed(model):
    """Leave no trace of what is made inside the block: a generator may draw random numbers at every time."""
    present = [(variable, variable.numpy()) for variable in model.variables]
    try:
        yield
    finally:
        for variable, value in present:
            variable.assign(value)


def latents_to_settle(history, number, size):
    """Return the batches of latents that a run's generator is `settled` by before it is scored, 50 of this size.

    number: which of the run's streams of samples they are drawn from; nothing else draws from it.
    """
    from ganhacks.training.batches import drawn
    from ganhacks.training.streams import Stream, generator_for

    rng = generator_for(history.seed, Stream.SAMPLES, number)
    return [drawn(history.recipe, "latent_samples", rng, size) for _ in range(50)]


@contextlib.contextmanager
def settled(generator, batches):
    """Let the generator normalize by what its weights of now make of these batches of latents, inside the block.

    Keras' moving averages come late: after 260 steps 7 % of them is still the 0 and the 1 that they began with, and
    averaged weights never had any of their own. Each average becomes the plain mean over the batches. Afterwards the
    generator is as it was before, its random numbers too.
    """
    norms = [layer for layer in every_layer(generator) if isinstance(layer, layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    with undisturbed(generator):
        for number, latents in enumerate(batches):
            for norm in norms:
                norm.momentum = number / (number + 1)  # so that every batch weighs the same
            generator(latents, training=True)
        for norm, momentum in zip(norms, momenta):
            norm.momentum = momentum
        yield


# ---- the generator


def _hidden(setup, h, layer):
    """Append a layer with weights and all that follows it in the generator."""
    layer.use_bias = not setup.g_norm
    h = layer(h)
    if setup.g_norm:
        h = layers.BatchNormalization()(h)
    h = _activation(setup)(h)
    if setup.g_noise:
        h = layers.GaussianNoise(setup.g_noise)(h)
    return AlwaysDropout(setup.g_dropout)(h) if setup.g_dropout else h


def _activation(setup):
    return layers.LeakyReLU(negative_slope=setup.slope) if setup.slope else layers.ReLU()


def _end(setup, shape):
    """Return the last activation: none for points of the plane, which may lie anywhere."""
    return None if shape == (2,) else "tanh" if setup.scaled else "sigmoid"


def _flat_from(setup, h, shape, width):
    for _ in range(2):
        h = _hidden(setup, h, layers.Dense(width))
    return layers.Dense(shape[0], activation=_end(setup, shape))(h)


def _image_from(setup, h, width, classes):
    for units in (width, 7 * 7 * 32):
        h = _hidden(setup, h, layers.Dense(units))
    h = layers.Reshape((7, 7, 32))(h)
    if setup.classes == "channel":  # as `discrete_conditioning.latents_with_class`
        class_map = layers.Dense(7 * 7)(layers.Embedding(classes.shape[-1], 50)(_numbers(classes)))
        h = layers.Concatenate()([h, layers.Reshape((7, 7, 1))(class_map)])
    h = _hidden(setup, *_doubled(setup, h, 16))
    h, layer = _doubled(setup, h, 1)
    layer.activation = keras.activations.get(_end(setup, IMAGE))
    return layer(h)


def _doubled(setup, h, filters):
    """Return (h, layer), which makes of maps others of twice the height and width."""
    if setup.up == "strides":
        return h, layers.Conv2DTranspose(filters, 4, strides=2, padding="same")
    return layers.UpSampling2D(2)(h), layers.Conv2D(filters, 4, padding="same")


def _numbers(classes):
    """Append what makes of one-hot classes, (batch, n), their numbers, (batch, 1)."""
    return layers.Lambda(lambda one_hot: ops.argmax(one_hot, axis=-1)[:, None], output_shape=(1,))(classes)


class WithEncoder(keras.Model):
    """A generator that is a VAE's decoder too: it carries the encoder, whose weights learn with its own."""

    def __init__(self, decoder, encoder):
        super().__init__()
        self.decoder, self.encoder = decoder, encoder

    def call(self, latents, training=False):
        return self.decoder(latents, training=training)


def _encoder(setup, shape, latent_dim, width):
    """Build a VAE's encoder for flat samples: (batch, *shape) to mean and log variance side by side."""
    x = h = keras.Input(shape)
    for _ in range(2):
        h = _activation(setup)(layers.Dense(width)(h))
    return keras.Model(x, layers.Dense(2 * latent_dim)(h))


# ---- the discriminator


def _what_d_sees(setup, h, unit, memory):
    """Append what happens to a sample before the discriminator's first layer."""
    if memory:
        h = Memory(memory, name="memory")(h)
    if setup.augmented:
        h = Augmented(unit)(h)
    if setup.d_noise:
        h = Noise(name="noise")(h)
    if setup.pack > 1:
        h = pack(setup.pack, h)
    return h


def _linear(setup, layer):
    return layers.SpectralNormalization(layer) if setup.spectral else layer


def _features_of_flat(setup, h, width):
    for number in range(2):
        norm = setup.d_norm and number > 0
        h = _linear(setup, layers.Dense(width, use_bias=not norm))(h)
        if norm:
            h = layers.BatchNormalization()(h)
        h = _activation(setup)(h)
    return h


def _features_of_image(setup, h):
    pooling = {"max pooling": layers.MaxPooling2D, "average pooling": layers.AveragePooling2D}.get(setup.down)
    for number, filters in enumerate(FILTERS):
        norm = setup.d_norm and number > 0
        strides = 1 if pooling else 2
        h = _linear(setup, layers.Conv2D(filters, 4, strides=strides, padding="same", use_bias=not norm))(h)
        if norm:
            h = layers.BatchNormalization()(h)
        h = _activation(setup)(h)
        if pooling:
            h = pooling(2, padding="same")(h)
    return layers.Flatten()(h)


def _class_channel(setup, images, classes, n_classes):
    """Join the class to the image as one more channel, of an embedding, or as a channel for each class."""
    if setup.classes == "channel":
        return discrete_conditioning.class_as_channel(n_classes)([images, _numbers(classes)])
    planes = layers.Lambda(lambda one_hot: ops.tile(one_hot[:, None, None], (1, 28, 28, 1)))(classes)
    return layers.Concatenate()([images, planes])


# ---- layers


class Noise(layers.Layer):
    """Instance noise in training, of a deviation that the step sets."""

    def build(self, shape):
        self.std = self.add_weight(shape=(), initializer="zeros", trainable=False, name="std")
        self.draws = keras.random.SeedGenerator()

    def call(self, x, training=False):
        return instance_noise.blur(x, self.std.value, self.draws, training)


class Memory(layers.Layer):
    """Old fakes, which `mixed` hands out: half of a batch is replaced by them, and half of the new ones go in.

    A new one takes the place of a random old one, so the memory holds fakes of the last steps, older ones ever fewer.
    """

    def __init__(self, capacity, **more):
        super().__init__(**more)
        self.capacity = capacity

    def build(self, shape):
        self.fakes = self.add_weight(shape=(self.capacity, *shape[1:]), initializer="zeros", trainable=False)
        self.n_seen = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.draws = keras.random.SeedGenerator()

    def call(self, x):
        return x

    def mixed(self, fake):
        half = fake.shape[0] // 2
        places = keras.random.randint((half,), 0, self.capacity, seed=self.draws)
        old, new = tf.gather(self.fakes.value, places), fake[half:]
        full = self.n_seen.value >= self.capacity
        batch = tf.concat([tf.where(full, old, fake[:half]), new], axis=0)
        # Until the memory is full, the new ones go to the places that are free.
        free = tf.range(half) + tf.cast(self.n_seen.value, "int32")
        places = tf.where(full, places, tf.minimum(free, self.capacity - 1))
        self.fakes.assign(tf.tensor_scatter_nd_update(self.fakes.value, places[:, None], new[:half]))
        self.n_seen.assign_add(float(half))
        return batch


class BatchFeature(layers.Layer):
    """Join to each sample's features what they tell of its batch: minibatch discrimination, or the mean deviation."""

    KERNELS, DIMS = 8, 2

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def build(self, shape):
        if self.kind != "deviation":
            size = (shape[-1], self.KERNELS, self.DIMS)
            self.kernel = self.add_weight(shape=size, initializer="glorot_uniform", name="kernel")

    def call(self, x):
        if self.kind == "deviation":
            found = minibatch_discrimination.minibatch_stddev(x)
        else:
            found = minibatch_discrimination.minibatch_features(x, self.kernel.value)
            if self.kind == "mean discrimination":
                found = found / ops.cast(ops.shape(x)[0], x.dtype)
        return ops.concatenate([x, found], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:-1], shape[-1] + (1 if self.kind == "deviation" else self.KERNELS))


class Augmented(layers.Layer):
    """DiffAugment in training: each image brighter or darker, moved by up to 3 pixels, and with a hole of 14 by 14.

    unit: half of the images' range, 1 for [-1, 1] and 0.5 for [0, 1]. What is moved in from outside, and the hole, are
    in the middle of it: 0 where the paper has 0.
    Source: Zhao et al. 2020, arXiv:2006.10738, of which colour has brightness alone here, since there is one channel.
    """

    MOST, HOLE = 3, 14

    def __init__(self, unit):
        super().__init__()
        self.unit, self.middle = unit, 1 - unit  # 0 in [-1, 1], 0.5 in [0, 1]

    def build(self, shape):
        self.draws = keras.random.SeedGenerator()

    def call(self, x, training=False):
        if not training:
            return x
        images = ops.reshape(x, (-1, 28, 28)) - self.middle
        n = ops.shape(images)[0]
        images = images + self.unit * keras.random.uniform((n, 1, 1), -0.5, 0.5, seed=self.draws)
        for axis in (1, 2):
            moved = keras.random.randint((n, 1), -self.MOST, self.MOST + 1, seed=self.draws)
            places = ops.arange(28)[None] + moved
            inside = ops.cast((places >= 0) & (places < 28), x.dtype)
            along = ops.expand_dims(inside, 3 - axis)
            images = tf.gather(images, ops.clip(places, 0, 27), axis=axis, batch_dims=1) * along
        hole = []
        for _ in range(2):
            begin = keras.random.randint((n, 1), -self.HOLE // 2, 28 - self.HOLE // 2, seed=self.draws)
            places = ops.arange(28)[None]
            hole.append(ops.cast((places >= begin) & (places < begin + self.HOLE), x.dtype))
        images = images * (1 - hole[0][:, :, None] * hole[1][:, None])
        return ops.reshape(images + self.middle, ops.shape(x))
