"""Answers to lab 26, after Keras' own functions, code that is older than Keras 3, and usual slips."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.hacks.generator_dropout import AlwaysDropout
from tests.answers import answers

ANSWERS, right, wrong, raises = answers("generator_dropout")


# ---- always_dropout


def uniform_like(x, seed):
    return keras.random.uniform(ops.shape(x), seed=seed)


@right("always_dropout")
def by_keras(x, rate, seed):
    return keras.random.dropout(x, rate, seed=seed)


@right("always_dropout")
def in_the_shape_that_x_says(x, rate, seed):
    return ops.where(keras.random.uniform(x.shape, seed=seed) < rate, 0.0, x / (1 - rate))


@right("always_dropout")
def times_a_mask(x, rate, seed):
    mask = ops.cast(uniform_like(x, seed) < 1 - rate, x.dtype)
    return x * mask / (1 - rate)


@wrong("always_dropout", "eager_only")
def bernoulli(x, rate, seed):
    return x * keras.random.binomial(x.shape, 1.0, 1 - rate, seed=seed) / (1 - rate)


@right("always_dropout")
def floor_of_a_shifted_uniform(x, rate, seed):
    keep = 1 - rate
    return tf.math.divide(x, keep) * tf.floor(keep + keras.random.uniform(tf.shape(x), seed=seed))


@right("always_dropout")
def stateless_tensorflow(x, rate, seed):
    uniform = tf.random.stateless_uniform(tf.shape(x), tf.cast(seed.next(), tf.int32))
    return tf.where(uniform < rate, tf.zeros_like(x), x / (1 - rate))


@right("always_dropout")
def stateless_dropout(x, rate, seed):
    return tf.nn.experimental.stateless_dropout(x, rate, tf.cast(seed.next(), tf.int32))


@wrong("always_dropout", "off")
def a_layer_as_one_calls_it(x, rate, seed):
    return layers.Dropout(rate)(x)


@wrong("always_dropout", "wrong_scale")
def one_plus_the_rate(x, rate, seed):
    return ops.where(uniform_like(x, seed) >= rate, x * (1 + rate), 0.0)


@wrong("always_dropout", "other_share")
def a_tenth_more(x, rate, seed):
    return ops.where(uniform_like(x, seed) >= rate + 0.1, x / (1 - rate), 0.0)


@wrong("always_dropout", "ignores_argument")
def always_half(x, rate, seed):
    return ops.where(uniform_like(x, seed) < 0.5, x * 2, 0.0)


@wrong("always_dropout", "noise_instead")
def noise_on_the_rest(x, rate, seed):
    return by_keras(x + 0.1 * keras.random.normal(ops.shape(x), seed=seed), rate, seed)


@wrong("always_dropout", "dependent_draws")
def pairs_of_units(x, rate, seed):
    half = keras.random.uniform((*x.shape[:-1], x.shape[-1] // 2), seed=seed)
    return ops.where(ops.repeat(half, 2, axis=-1) >= rate, x / (1 - rate), 0.0)


@wrong("always_dropout", "dependent_draws")
def only_what_is_positive(x, rate, seed):
    return ops.where((uniform_like(x, seed) >= rate) | (x < 0), x / (1 - rate), 0.0)


@wrong("always_dropout", "exact_share")
def shuffled_mask(x, rate, seed):
    size = int(np.prod(x.shape))
    n_dropped = int(round(rate * size))
    mask = keras.random.shuffle(ops.concatenate([ops.zeros(n_dropped), ops.ones(size - n_dropped)]), seed=seed)
    return x * ops.reshape(mask, x.shape) / (1 - rate)


@wrong("always_dropout", "reseeds")
def own_generator_inside(x, rate, seed):
    return keras.random.dropout(x, rate, seed=keras.random.SeedGenerator(1))


@wrong("always_dropout", "ignores_rng")
def numpy_mask(x, rate, seed):
    mask = np.random.default_rng().random(x.shape) >= rate
    return x * mask.astype("float32") / (1 - rate)


@wrong("always_dropout", "ignores_rng")
def a_layer_in_training(x, rate, seed):
    return layers.Dropout(rate)(x, training=True)


@wrong("always_dropout", "frozen_draw")
def numpy_seeded_by_the_state(x, rate, seed):
    state = seed.next()
    with tf.init_scope():
        number = int(tf.reduce_sum(seed.state.value)) if not tf.executing_eagerly() else 0
    number = int(ops.sum(state)) if tf.executing_eagerly() and hasattr(state, "numpy") else number
    mask = np.random.default_rng(number).random(x.shape) >= rate
    return x * mask.astype("float32") / (1 - rate)


@wrong("always_dropout", "eager_only")
def seed_as_a_number(x, rate, seed):
    mask = np.random.default_rng(seed.next().numpy()).random(x.shape) >= rate
    return x * mask.astype("float32") / (1 - rate)


@wrong("always_dropout", "breaks_tape")
def gradient_stopped(x, rate, seed):
    return ops.stop_gradient(by_keras(x, rate, seed))


@wrong("always_dropout", "other_gradient")
def only_the_values_scaled(x, rate, seed):
    dropped = by_keras(x, rate, seed)
    return dropped * (1 - rate) + ops.stop_gradient(dropped * rate)


@wrong("always_dropout", "wrong_dtype")
def in_double_precision(x, rate, seed):
    return ops.cast(by_keras(x, rate, seed), "float64")


@wrong("always_dropout", "array_method")
def a_mask_of_numbers(x, rate, seed):
    return x * (uniform_like(x, seed) >= rate).astype("float32") / (1 - rate)


@wrong("always_dropout", "wrong_shape")
def flat(x, rate, seed):
    return ops.reshape(by_keras(x, rate, seed), (-1,))


@wrong("always_dropout", "wrong_type")
def a_list(x, rate, seed):
    return [by_keras(x, rate, seed)]


@wrong("always_dropout", "not_finite")
def infinite(x, rate, seed):
    return by_keras(x, rate, seed) / 0.0


@wrong("always_dropout", "returns_nothing")
def no_return(x, rate, seed):
    by_keras(x, rate, seed)


@wrong("always_dropout", "wrong_arguments")
def without_seed(x, rate):
    return x


@raises("always_dropout", "NameError")
def a_name_that_does_not_exist(x, rate, seed):
    return x * mask  # noqa: F821


# ---- noisy_generator


@right("noisy_generator")
def functional(latent_dim, width, outputs, activation, make_dropout):
    z = keras.Input((latent_dim,))
    h = make_dropout()(layers.Dense(width, "relu")(z))
    h = make_dropout()(layers.Dense(width, "relu")(h))
    return keras.Model(z, layers.Dense(outputs, activation)(h))


@right("noisy_generator")
def loop_with_layers_of_their_own(latent_dim, width, outputs, activation, make_dropout):
    model = keras.Sequential([keras.Input((latent_dim,))])
    for _ in range(2):
        model.add(layers.Dense(width))
        model.add(layers.ReLU())
        model.add(make_dropout())
    model.add(layers.Dense(outputs))
    model.add(layers.Activation(activation))
    return model


@right("noisy_generator")
def dropout_before_the_relu(latent_dim, width, outputs, activation, make_dropout):
    hidden = [part for _ in range(2) for part in (layers.Dense(width), make_dropout(), layers.ReLU())]
    return keras.Sequential([keras.Input((latent_dim,)), *hidden, layers.Dense(outputs, activation)])


@right("noisy_generator")
def one_dropout_for_both(latent_dim, width, outputs, activation, make_dropout):
    z, drop = keras.Input((latent_dim,)), make_dropout()
    h = drop(layers.Dense(width, "relu")(z))
    return keras.Model(z, layers.Dense(outputs, activation)(drop(layers.Dense(width, "relu")(h))))


def sequence(latent_dim, *parts):
    return keras.Sequential([keras.Input((latent_dim,)), *parts])


def dense(width):
    return layers.Dense(width, activation="relu")


@wrong("noisy_generator", "own_dropout")
def keras_dropout(latent_dim, width, outputs, activation, make_dropout):
    drop = layers.Dropout
    return sequence(latent_dim, dense(width), drop(0.5), dense(width), drop(0.5), layers.Dense(outputs, activation))


@wrong("noisy_generator", "own_dropout")
def under_another_name(latent_dim, width, outputs, activation, make_dropout):
    drop = layers.Lambda(lambda h: keras.random.dropout(h, 0.5))
    return sequence(latent_dim, dense(width), drop, dense(width), drop, layers.Dense(outputs, activation))


@wrong("noisy_generator", "not_built")
def without_an_input(latent_dim, width, outputs, activation, make_dropout):
    parts = dense(width), make_dropout(), dense(width), make_dropout()
    return keras.Sequential([*parts, layers.Dense(outputs, activation)])


@wrong("noisy_generator", "not_called")
def function_as_a_layer(latent_dim, width, outputs, activation, make_dropout):
    drop = make_dropout
    return sequence(latent_dim, dense(width), drop, dense(width), drop, layers.Dense(outputs, activation))


@wrong("noisy_generator", "not_called")
def called_with_the_tensor(latent_dim, width, outputs, activation, make_dropout):
    z = keras.Input((latent_dim,))
    h = make_dropout(dense(width)(z))
    return keras.Model(z, layers.Dense(outputs, activation)(make_dropout(dense(width)(h))))


@wrong("noisy_generator", "wrong_input")
def other_input(latent_dim, width, outputs, activation, make_dropout):
    def resized(z):
        raise ValueError("no batch like this")

    real = functional(latent_dim, width, outputs, activation, make_dropout)

    class Refuses(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = real

        def call(self, z, training=False):
            return resized(z)

    return Refuses()


@wrong("noisy_generator", "not_a_model")
def a_list_of_layers(latent_dim, width, outputs, activation, make_dropout):
    return [dense(width), make_dropout(), dense(width), make_dropout(), layers.Dense(outputs, activation)]


@wrong("noisy_generator", "returns_nothing")
def never_returned(latent_dim, width, outputs, activation, make_dropout):
    functional(latent_dim, width, outputs, activation, make_dropout)


# ---- spread


@right("spread")
def array_methods(samples):
    return samples.std(1).mean(), samples.std(0).mean()


@right("spread")
def by_hand(samples):
    found = []
    for axis in (1, 0):
        centred = samples - samples.mean(axis=axis, keepdims=True)
        found.append(np.sqrt((centred**2).mean(axis=axis)).mean())
    return found


@right("spread")
def latent_by_latent(samples):
    over_draws = np.mean([np.std(of_one, axis=0) for of_one in samples])
    return over_draws, np.mean([np.std(samples[:, j], axis=0) for j in range(samples.shape[1])])


@right("spread")
def by_tensorflow(samples):
    return tuple(float(tf.reduce_mean(tf.math.reduce_std(tf.constant(samples), axis=axis))) for axis in (1, 0))


@right("spread")
def both_in_one_array(samples):
    return np.array([samples.std(1).mean(), samples.std(0).mean()])


@wrong("spread", "one_number")
def the_share(samples):
    return samples.std(1).mean() / samples.std(0).mean()


@wrong("spread", "not_finite")
def divided_by_nothing(samples):
    return np.nan, np.nan


@wrong("spread", "returns_nothing")
def not_returned(samples):
    array_methods(samples)


@wrong("spread", "changes_its_arguments")
def centred_in_place(samples):
    samples -= samples.mean()
    return array_methods(samples)


# ---- decoder_block


def block(x, filters, drop):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    return layers.ReLU()(drop(layers.BatchNormalization()(h)))


class OnForEver(layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


class SpatialForEver(layers.SpatialDropout2D):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


class ByNumPy(layers.Layer):
    def call(self, x):
        if not tf.is_tensor(x):  # while the model is built
            return x
        shape = [n or 1 for n in x.shape]
        return 2 * x * (np.random.random(shape) >= 0.5).astype("float32")


class LessInTraining(AlwaysDropout):
    def call(self, x, training=None):
        return keras.random.dropout(x, 0.3 if training else 0.5, seed=self.draws)


@right("decoder_block")
def subclass_of_dropout(x, filters):
    return block(x, filters, OnForEver(0.5))


@right("decoder_block")
def lambda_around_keras(x, filters):
    draws = keras.random.SeedGenerator()
    return block(x, filters, layers.Lambda(lambda h: keras.random.dropout(h, 0.5, seed=draws)))


@right("decoder_block")
def after_the_relu(x, filters):
    return AlwaysDropout(0.5)(block(x, filters, layers.Identity()))


@wrong("decoder_block", "other_share")
def beside_the_old_one(x, filters):
    return block(x, filters, lambda h: AlwaysDropout(0.5)(layers.Dropout(0.5)(h)))


@wrong("decoder_block", "other_share")
def other_rate(x, filters):
    return block(x, filters, AlwaysDropout(0.2))


@wrong("decoder_block", "other_share")
def another_rate_in_training(x, filters):
    return block(x, filters, LessInTraining(0.5))


@wrong("decoder_block", "other_normalization")
def a_smaller_epsilon(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    return layers.ReLU()(AlwaysDropout(0.5)(layers.BatchNormalization(epsilon=1e-5)(h)))


@wrong("decoder_block", "other_weights")
def a_smaller_kernel(x, filters):
    h = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", use_bias=False)(x)
    return layers.ReLU()(AlwaysDropout(0.5)(layers.BatchNormalization()(h)))


@wrong("decoder_block", "whole_channels")
def spatial_dropout(x, filters):
    return block(x, filters, SpatialForEver(0.5))


@wrong("decoder_block", "frozen_draw")
def a_mask_of_numpy(x, filters):
    return block(x, filters, ByNumPy())


@wrong("decoder_block", "not_a_tensor")
def a_list_of_parts(x, filters):
    return [x, AlwaysDropout(0.5)]


@wrong("decoder_block", "wrong_shape")
def no_stride(x, filters):
    h = layers.Conv2DTranspose(filters, 4, padding="same", use_bias=False)(x)
    return layers.ReLU()(AlwaysDropout(0.5)(layers.BatchNormalization()(h)))


@wrong("decoder_block", "returns_nothing")
def no_result(x, filters):
    block(x, filters, AlwaysDropout(0.5))


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("always_dropout", "other_share")
def a_rate_that_is_a_little_higher(x, rate, seed):
    kept = keras.random.uniform(ops.shape(x), seed=seed) >= rate + 0.08 * (1 - rate)
    return ops.where(kept, x / (1 - rate), 0.0)


@wrong("noisy_generator", "differs")
def stretched_by_a_hair(latent_dim, width, outputs, activation, make_dropout):
    inner = functional(latent_dim, width, outputs, activation, make_dropout)
    return keras.Sequential([inner, layers.Rescaling(1.01)])


@wrong("spread", "nearly")
def a_thousandth_more(samples):
    return samples.std(1).mean() + 1e-3, samples.std(0).mean()


@wrong("decoder_block", "other_share")
def a_rate_of_056(x, filters):
    return block(x, filters, AlwaysDropout(0.56))
