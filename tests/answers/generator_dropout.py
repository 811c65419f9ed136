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
def times_a_mask(x, rate, seed):
    mask = ops.cast(uniform_like(x, seed) < 1 - rate, x.dtype)
    return x * mask / (1 - rate)


@wrong("always_dropout", "not_compiled")
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


@wrong("always_dropout", "off")
def a_layer_told_not_to_train(x, rate, seed):
    return layers.Dropout(rate)(x, training=False)


@wrong("always_dropout", "all_dropped")
def uniform_is_never_above_one(x, rate, seed):
    return ops.where(uniform_like(x, seed) > 1 + rate, x, 0.0)


@wrong("always_dropout", "keeps_the_rate")
def rate_as_in_the_papers(x, rate, seed):
    return ops.where(uniform_like(x, seed) < rate, x / rate, 0.0)


@wrong("always_dropout", "other_share")
def always_half(x, rate, seed):
    return ops.where(uniform_like(x, seed) < 0.5, x * 2, 0.0)


@wrong("always_dropout", "not_scaled")
def mask_alone(x, rate, seed):
    return ops.where(uniform_like(x, seed) >= rate, x, 0.0)


@wrong("always_dropout", "scaled_down")
def multiplied_as_at_test_time(x, rate, seed):
    return mask_alone(x, rate, seed) * (1 - rate)


@wrong("always_dropout", "scaled_twice")
def keras_scales_already(x, rate, seed):
    return keras.random.dropout(x, rate, seed=seed) / (1 - rate)


@wrong("always_dropout", "divided_by_rate")
def right_at_a_half(x, rate, seed):
    return ops.where(uniform_like(x, seed) >= rate, x / max(rate, 1e-9), 0.0)


@wrong("always_dropout", "wrong_scale")
def one_plus_the_rate(x, rate, seed):
    return mask_alone(x, rate, seed) * (1 + rate)


@wrong("always_dropout", "noise_instead")
def gaussian_dropout(x, rate, seed):
    return x * (1 + 0.1 * keras.random.normal(ops.shape(x), seed=seed))


@wrong("always_dropout", "whole_samples")
def a_number_for_each_sample(x, rate, seed):
    mask = keras.random.uniform((x.shape[0],) + (1,) * (len(x.shape) - 1), seed=seed) >= rate
    return ops.where(mask, x / (1 - rate), 0.0)


@wrong("always_dropout", "one_mask_for_the_batch")
def shape_without_the_batch(x, rate, seed):
    return ops.where(keras.random.uniform(x.shape[1:], seed=seed) >= rate, x / (1 - rate), 0.0)


@wrong("always_dropout", "one_mask_for_the_rest")
def whole_channels(x, rate, seed):
    shape = x.shape if len(x.shape) == 2 else (x.shape[0], 1, 1, x.shape[3])
    return ops.where(keras.random.uniform(shape, seed=seed) >= rate, x / (1 - rate), 0.0)


@wrong("always_dropout", "constant")
def whole_number_as_seed(x, rate, seed):
    return keras.random.dropout(x, rate, seed=0)


@wrong("always_dropout", "constant")
def own_generator_inside(x, rate, seed):
    return keras.random.dropout(x, rate, seed=keras.random.SeedGenerator(1))


@wrong("always_dropout", "ignores_seed")
def numpy_mask(x, rate, seed):
    mask = np.random.default_rng().random(x.shape) >= rate
    return x * mask.astype("float32") / (1 - rate)


@wrong("always_dropout", "ignores_seed")
def a_layer_in_training(x, rate, seed):
    return layers.Dropout(rate)(x, training=True)


@wrong("always_dropout", "frozen_when_compiled")
def numpy_seeded_by_the_state(x, rate, seed):
    state = seed.next()
    with tf.init_scope():
        number = int(tf.reduce_sum(seed.state.value)) if not tf.executing_eagerly() else 0
    number = int(ops.sum(state)) if tf.executing_eagerly() and hasattr(state, "numpy") else number
    mask = np.random.default_rng(number).random(x.shape) >= rate
    return x * mask.astype("float32") / (1 - rate)


@wrong("always_dropout", "numpy")
def seed_as_a_number(x, rate, seed):
    mask = np.random.default_rng(seed.next().numpy()).random(x.shape) >= rate
    return x * mask.astype("float32") / (1 - rate)


@wrong("always_dropout", "numpy")
def zeros_written_into_the_tensor(x, rate, seed):
    x[uniform_like(x, seed) < rate] = 0
    return x / (1 - rate)


@wrong("always_dropout", "no_gradient")
def gradient_stopped(x, rate, seed):
    return ops.stop_gradient(by_keras(x, rate, seed))


@wrong("always_dropout", "seed_not_taken")
def layer_with_the_seed(x, rate, seed):
    return layers.Dropout(rate, seed=seed)(x, training=True)


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


@wrong("noisy_generator", "no_dropout")
def forgotten(latent_dim, width, outputs, activation, make_dropout):
    return sequence(latent_dim, dense(width), dense(width), layers.Dense(outputs, activation))


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
def with_the_rate(latent_dim, width, outputs, activation, make_dropout):
    parts = dense(width), make_dropout(0.5), dense(width), make_dropout(0.5)
    return sequence(latent_dim, *parts, layers.Dense(outputs, activation))


@wrong("noisy_generator", "not_called")
def function_as_a_layer(latent_dim, width, outputs, activation, make_dropout):
    drop = make_dropout
    return sequence(latent_dim, dense(width), drop, dense(width), drop, layers.Dense(outputs, activation))


@wrong("noisy_generator", "not_called")
def called_with_the_tensor(latent_dim, width, outputs, activation, make_dropout):
    z = keras.Input((latent_dim,))
    h = make_dropout(dense(width)(z))
    return keras.Model(z, layers.Dense(outputs, activation)(make_dropout(dense(width)(h))))


@wrong("noisy_generator", "one_layer_only")
def after_the_last_hidden(latent_dim, width, outputs, activation, make_dropout):
    return sequence(latent_dim, dense(width), dense(width), make_dropout(), layers.Dense(outputs, activation))


@wrong("noisy_generator", "at_the_output")
def after_every_dense(latent_dim, width, outputs, activation, make_dropout):
    parts = dense(width), make_dropout(), dense(width), make_dropout(), layers.Dense(outputs, activation)
    return sequence(latent_dim, *parts, make_dropout())


@wrong("noisy_generator", "on_the_latent")
def before_every_dense(latent_dim, width, outputs, activation, make_dropout):
    parts = make_dropout(), dense(width), make_dropout(), dense(width), make_dropout()
    return sequence(latent_dim, *parts, layers.Dense(outputs, activation))


@wrong("noisy_generator", "twice")
def before_and_after_the_relu(latent_dim, width, outputs, activation, make_dropout):
    hidden = [p for _ in range(2) for p in (layers.Dense(width), make_dropout(), layers.ReLU(), make_dropout())]
    return sequence(latent_dim, *hidden, layers.Dense(outputs, activation))


@wrong("noisy_generator", "wrong_layers")
def one_hidden_layer(latent_dim, width, outputs, activation, make_dropout):
    return sequence(latent_dim, dense(width), make_dropout(), layers.Dense(outputs, activation))


@wrong("noisy_generator", "wrong_activation")
def always_tanh(latent_dim, width, outputs, activation, make_dropout):
    parts = dense(width), make_dropout(), dense(width), make_dropout()
    return sequence(latent_dim, *parts, layers.Dense(outputs, "tanh"))


@wrong("noisy_generator", "wrong_activation")
def linear_hidden_layers(latent_dim, width, outputs, activation, make_dropout):
    hidden = [part for _ in range(2) for part in (layers.Dense(width), make_dropout())]
    return sequence(latent_dim, *hidden, layers.Dense(outputs, activation))


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


@wrong("spread", "swapped")
def latents_first(samples):
    return samples.std(0).mean(), samples.std(1).mean()


@wrong("spread", "variance")
def no_root(samples):
    return samples.var(1).mean(), samples.var(0).mean()


@wrong("spread", "variance")
def root_of_the_mean(samples):
    return np.sqrt(samples.var(1).mean()), np.sqrt(samples.var(0).mean())


@wrong("spread", "one_less")
def as_in_statistics(samples):
    return samples.std(1, ddof=1).mean(), samples.std(0, ddof=1).mean()


@wrong("spread", "pixels_too")
def pixels_in_the_deviation(samples):
    return samples.std((1, 2)).mean(), samples.std((0, 2)).mean()


@wrong("spread", "over_the_numbers")
def last_axis(samples):
    return samples.std(-1).mean(), samples.std(-1).mean()


@wrong("spread", "all_together")
def no_axis(samples):
    return samples.std(1).mean(), samples.std()


@wrong("spread", "averaged_first")
def mean_image_first(samples):
    return samples.mean(0).std(0).mean(), samples.mean(1).std(0).mean()


@wrong("spread", "one_only")
def first_latent(samples):
    return samples[0].std(0).mean(), samples[:, 0].std(0).mean()


@wrong("spread", "not_averaged")
def deviations(samples):
    return samples.std(1), samples.std(0)


@wrong("spread", "one_number")
def the_share(samples):
    return samples.std(1).mean() / samples.std(0).mean()


@wrong("spread", "differs")
def ranges(samples):
    return np.ptp(samples, axis=1).mean(), np.ptp(samples, axis=0).mean()


@wrong("spread", "not_finite")
def divided_by_nothing(samples):
    return np.nan, np.nan


@wrong("spread", "wrong_type")
def three_numbers(samples):
    return 1.0, 2.0, 3.0


@wrong("spread", "wrong_type")
def by_name(samples):
    return {"over_draws": samples.std(1).mean(), "over_latents": samples.std(0).mean()}


@wrong("spread", "returns_nothing")
def not_returned(samples):
    array_methods(samples)


@wrong("spread", "changes_its_arguments")
def centred_in_place(samples):
    samples -= samples.mean()
    return array_methods(samples)


# ---- decoder_block


def block(x, filters, drop, normalize=layers.BatchNormalization, bias=False):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=bias)(x)
    return layers.ReLU()(drop(normalize()(h)))


class OnForEver(layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


class Frozen(layers.Layer):
    """Drops for all samples of a batch the same numbers."""

    def __init__(self):
        super().__init__()
        self.draws = keras.random.SeedGenerator(0)

    def call(self, x):
        return keras.random.dropout(x, 0.5, noise_shape=(1, *x.shape[1:]), seed=self.draws)


class Unscaled(AlwaysDropout):
    def call(self, x):
        return super().call(x) * 0.5


class OffInTraining(AlwaysDropout):
    def call(self, x, training=False):
        return x if training else super().call(x)


class ByTheBatch(layers.BatchNormalization):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


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


@wrong("decoder_block", "off_at_test")
def training_left_away(x, filters):
    return block(x, filters, layers.Dropout(0.5))


@wrong("decoder_block", "off_at_test")
def training_in_another_order(x, filters):
    return layers.Dropout(0.5)(block(x, filters, layers.Identity()), training=True)


@wrong("decoder_block", "off_at_test")
def no_dropout_at_all(x, filters):
    return block(x, filters, layers.Identity())


@wrong("decoder_block", "only_at_test")
def upside_down(x, filters):
    return block(x, filters, OffInTraining(0.5))


@wrong("decoder_block", "normalizes_by_the_batch")
def all_in_training(x, filters):
    return block(x, filters, AlwaysDropout(0.5), ByTheBatch)


@wrong("decoder_block", "normalizes_by_the_batch")
def told_to_train(x, filters):
    return block(x, filters, AlwaysDropout(0.5), lambda: lambda h: layers.BatchNormalization()(h, training=True))


@wrong("decoder_block", "no_normalization")
def frozen_normalization(x, filters):
    return block(x, filters, AlwaysDropout(0.5), lambda: layers.BatchNormalization(trainable=False))


@wrong("decoder_block", "no_normalization")
def normalization_left_away(x, filters):
    return block(x, filters, AlwaysDropout(0.5), layers.Identity)


@wrong("decoder_block", "elsewhere")
def before_the_convolution(x, filters):
    return block(AlwaysDropout(0.5)(x), filters, layers.Identity())


@wrong("decoder_block", "elsewhere")
def before_the_normalization(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(AlwaysDropout(0.5)(h)))


@wrong("decoder_block", "other_share")
def beside_the_old_one(x, filters):
    return block(x, filters, lambda h: AlwaysDropout(0.5)(layers.Dropout(0.5)(h)))


@wrong("decoder_block", "other_share")
def other_rate(x, filters):
    return block(x, filters, AlwaysDropout(0.2))


@wrong("decoder_block", "not_scaled")
def own_layer_without_scale(x, filters):
    return block(x, filters, Unscaled(0.5))


@wrong("decoder_block", "same_for_all")
def one_mask(x, filters):
    return block(x, filters, Frozen())


@wrong("decoder_block", "negative")
def without_its_relu(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    return AlwaysDropout(0.5)(layers.BatchNormalization()(h))


@wrong("decoder_block", "negative")
def relu_forgotten(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    return layers.Rescaling(-1.0)(AlwaysDropout(0.5)(layers.BatchNormalization()(h)))


@wrong("decoder_block", "not_a_tensor")
def a_list_of_parts(x, filters):
    return [x, AlwaysDropout(0.5)]


@wrong("decoder_block", "other_weights")
def with_a_bias(x, filters):
    return block(x, filters, AlwaysDropout(0.5), bias=True)


@wrong("decoder_block", "wrong_shape")
def no_stride(x, filters):
    h = layers.Conv2DTranspose(filters, 4, padding="same", use_bias=False)(x)
    return layers.ReLU()(AlwaysDropout(0.5)(layers.BatchNormalization()(h)))


@wrong("decoder_block", "returns_nothing")
def no_result(x, filters):
    block(x, filters, AlwaysDropout(0.5))
