"""Answers to lab 27: the rule, the rate, both networks, and the logit of a class."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.hacks import dcgan_mnist as hack
from tests.answers import answers

ANSWERS, right, wrong, raises = answers("dcgan_mnist")


# ---- paired_verdict


@right("paired_verdict")
def a_loop_of_samples(rng, baseline, changed):
    n = len(baseline)
    if n < 5:
        return "too few seeds"
    differences = [b - a for a, b in zip(baseline, changed)]
    medians = []
    for _ in range(10_000):
        medians.append(np.median([differences[i] for i in rng.integers(n, size=n)]))
    medians.sort()
    if medians[9_750] < 0:
        return "better"
    if medians[250] > 0:
        return "worse"
    return "no difference"


@right("paired_verdict")
def by_shares_of_medians(rng, baseline, changed):
    d = changed - baseline
    if d.size < 5:
        return "too few seeds"
    medians = np.median(d[rng.integers(0, d.size, (10_000, d.size))], axis=-1)
    if (medians >= 0).mean() < 0.025:
        return "better"
    return "worse" if (medians <= 0).mean() < 0.025 else "no difference"


@right("paired_verdict")
def pairs_drawn_together(rng, baseline, changed):
    if len(changed) <= 4:
        return "too few seeds"
    rows = rng.integers(len(changed), size=(10_000, len(changed)))
    low, high = np.quantile(np.median(np.asarray(changed)[rows] - np.asarray(baseline)[rows], axis=1), [0.025, 0.975])
    return np.array(["no difference", "better", "worse"])[int(high < 0) + 2 * int(low > 0)]


def verdict(values, n, share=95):
    if n < 5:
        return "too few seeds"
    low, high = np.percentile(values, [50 - share / 2, 50 + share / 2])
    return "better" if high < 0 else "worse" if low > 0 else "no difference"


def resampled(rng, d, statistic=np.median, replace=True):
    return np.array([statistic(rng.choice(d, len(d), replace=replace)) for _ in range(2000)])


@wrong("paired_verdict", "turned_round")
def baseline_minus_changed(rng, baseline, changed):
    return verdict(resampled(rng, baseline - changed), len(baseline))


@wrong("paired_verdict", "too_few")
def whatever_there_is(rng, baseline, changed):
    return verdict(resampled(rng, changed - baseline), 5)


@wrong("paired_verdict", "no_interval")
def the_sign_of_the_median(rng, baseline, changed):
    if len(baseline) < 5:
        return "too few seeds"
    return "better" if np.median(changed - baseline) < 0 else "worse"


@wrong("paired_verdict", "no_interval")
def without_replacement(rng, baseline, changed):
    return verdict(resampled(rng, changed - baseline, replace=False), len(baseline))


@wrong("paired_verdict", "mean")
def means_of_samples(rng, baseline, changed):
    return verdict(resampled(rng, changed - baseline, np.mean), len(baseline))


@wrong("paired_verdict", "interval_of_seeds")
def percentiles_of_the_differences(rng, baseline, changed):
    return verdict(changed - baseline, len(baseline))


@wrong("paired_verdict", "narrow_interval")
def ninety_percent(rng, baseline, changed):
    return verdict(resampled(rng, changed - baseline), len(baseline), share=90)


@wrong("paired_verdict", "unpaired")
def each_arm_by_itself(rng, baseline, changed):
    return verdict(resampled(rng, changed) - resampled(rng, baseline), len(baseline))


@wrong("paired_verdict", "interval_of_seeds")
def ninety_nine_percent(rng, baseline, changed):
    return verdict(resampled(rng, changed - baseline), len(baseline), share=99)


@wrong("paired_verdict", "five_too_few")
def up_to_five(rng, baseline, changed):
    return "too few seeds" if len(changed) <= 5 else hack.paired_verdict(rng, baseline, changed)


@wrong("paired_verdict", "touches")
def zero_counts_as_below(rng, baseline, changed):
    if len(changed) >= 5 and np.percentile(resampled(rng, changed - baseline), 97.5) <= 0:
        return "better"
    return hack.paired_verdict(rng, baseline, changed)


@wrong("paired_verdict", "touches")
def zero_counts_as_above(rng, baseline, changed):
    if len(changed) >= 5 and np.percentile(resampled(rng, changed - baseline), 2.5) >= 0:
        return "worse"
    return hack.paired_verdict(rng, baseline, changed)


@wrong("paired_verdict", "pairs_lost")
def sorted_first(rng, baseline, changed):
    return hack.paired_verdict(rng, np.sort(baseline), np.sort(changed))


@wrong("paired_verdict", "ignores_rng")
def another_rng(rng, baseline, changed):
    return hack.paired_verdict(np.random.default_rng(), baseline, changed)


@wrong("paired_verdict", "unknown_word")
def in_capitals(rng, baseline, changed):
    return hack.paired_verdict(rng, baseline, changed).upper()


@wrong("paired_verdict", "unknown_word")
def true_or_false(rng, baseline, changed):
    return bool(np.median(changed - baseline) < 0)


@wrong("paired_verdict", "differs")
def always_undecided(rng, baseline, changed):
    return "no difference"


@wrong("paired_verdict", "returns_nothing")
def prints_it(rng, baseline, changed):
    hack.paired_verdict(rng, baseline, changed)


@wrong("paired_verdict", "changes_its_arguments")
def in_place(rng, baseline, changed):
    changed -= baseline
    return verdict(resampled(rng, changed), len(baseline))


# ---- learning_rate


@right("learning_rate")
def with_minimum_and_maximum(step, n_steps, peak):
    step = ops.cast(step, "float32")
    falling = 1 - 0.99 * (step - 0.3 * n_steps) / (0.7 * n_steps)
    return peak * ops.maximum(ops.minimum(falling, 1.0), 0.01)


@right("learning_rate")
def with_where(step, n_steps, peak):
    share = tf.cast(step, tf.float32) / n_steps
    rate = peak + (0.01 * peak - peak) * (share - 0.3) / 0.7
    return tf.where(share < 0.3, peak, tf.where(share > 1, 0.01 * peak, rate))


@right("learning_rate")
def by_keras_own_schedules(step, n_steps, peak):
    begin = 0.3 * n_steps
    fall = keras.optimizers.schedules.PolynomialDecay(peak, n_steps - begin, 0.01 * peak)
    return fall(ops.maximum(ops.cast(step, "float32") - begin, 0.0))


@right("learning_rate")
def with_relu(step, n_steps, peak):
    done = ops.cast(step, "float64") / n_steps
    fallen = ops.relu(done - 0.3) / 0.7
    return peak * (1 - 0.99 * (fallen - ops.relu(fallen - 1)))


def line(step, n_steps, start=0.3, end=0.01):
    return ops.clip(1 - (1 - end) * (ops.cast(step, "float32") / n_steps - start) / (1 - start), end, 1)


@wrong("learning_rate", "python_if")
def if_and_else(step, n_steps, peak):
    if step < 0.3 * n_steps:
        return peak
    if step > n_steps:
        return 0.01 * peak
    return peak * (1 - 0.99 * (step / n_steps - 0.3) / 0.7)


@wrong("learning_rate", "python_if")
def min_and_max(step, n_steps, peak):
    return peak * min(1, max(0.01, 1 - 0.99 * (step / n_steps - 0.3) / 0.7))


@wrong("learning_rate", "not_for_tensors")
def with_numpy(step, n_steps, peak):
    return peak * np.clip(1 - 0.99 * (step / n_steps - 0.3) / 0.7, 0.01, 1)


@wrong("learning_rate", "not_for_tensors")
def as_a_float(step, n_steps, peak):
    return peak * float(line(float(step), n_steps))


@wrong("learning_rate", "not_for_numbers")
def asks_for_the_dtype(step, n_steps, peak):
    return peak * line(step, n_steps) if step.dtype else None


@wrong("learning_rate", "falls_at_once")
def from_the_first_step(step, n_steps, peak):
    return peak * line(step, n_steps, start=0)


@wrong("learning_rate", "jumps")
def the_share_of_all_steps(step, n_steps, peak):
    share = ops.cast(step, "float32") / n_steps
    return peak * ops.where(share <= 0.3, 1.0, ops.maximum(1 - 0.99 * share, 0.01))


@wrong("learning_rate", "constant")
def the_peak(step, n_steps, peak):
    return peak


@wrong("learning_rate", "to_zero")
def down_to_nothing(step, n_steps, peak):
    return peak * line(step, n_steps, end=0.0)


@wrong("learning_rate", "to_zero")
def to_a_tenth(step, n_steps, peak):
    return peak * line(step, n_steps, end=0.1)


@wrong("learning_rate", "below")
def no_floor(step, n_steps, peak):
    return peak * ops.minimum(1 - 0.99 * (ops.cast(step, "float32") / n_steps - 0.3) / 0.7, 1)


@wrong("learning_rate", "not_straight")
def a_cosine(step, n_steps, peak):
    fallen = ops.clip((ops.cast(step, "float32") / n_steps - 0.3) / 0.7, 0, 1)
    return peak * (0.01 + 0.99 * (1 + ops.cos(np.pi * fallen)) / 2)


@wrong("learning_rate", "not_straight")
def exponential(step, n_steps, peak):
    return peak * 0.01 ** ops.clip((ops.cast(step, "float32") / n_steps - 0.3) / 0.7, 0, 1)


@wrong("learning_rate", "ignores_arguments")
def of_a_thousand_steps(step, n_steps, peak):
    return peak * line(step, 1000)


@wrong("learning_rate", "ignores_arguments")
def of_a_hundredth(step, n_steps, peak):
    return 0.01 * line(step, n_steps)


@wrong("learning_rate", "not_one_number")
def the_whole_curve(step, n_steps, peak):
    return peak * line(np.arange(n_steps), n_steps)


@wrong("learning_rate", "returns_nothing")
def assigns_it(step, n_steps, peak):
    peak = peak * line(step, n_steps)


# ---- make_generator


@right("make_generator")
def as_one_list(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(256, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(7 * 7 * 32, use_bias=False),
            layers.Reshape((7, 7, 32)),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(16, 4, 2, "same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(1, 4, 2, "same"),
            layers.Activation("tanh"),
        ]
    )


@right("make_generator")
def functional_by_resizing(latent_dim):
    z = keras.Input((latent_dim,))
    x = layers.Dense(7 * 7 * 16)(z)
    x = layers.Reshape((7, 7, 16))(layers.ReLU()(layers.BatchNormalization()(x)))
    for filters in (16, 8):
        x = layers.Conv2D(filters, 3, padding="same")(layers.UpSampling2D()(x))
        x = layers.ReLU()(layers.BatchNormalization()(x))
    return keras.Model(z, layers.Conv2D(1, 3, padding="same", activation="tanh")(x))


@right("make_generator")
def in_two_models(latent_dim):
    first = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(7 * 7 * 64), layers.BatchNormalization()])
    second = keras.Sequential([keras.Input((7, 7, 64)), layers.LeakyReLU(negative_slope=0.2)])
    second.add(layers.Conv2DTranspose(32, 6, 2, "same"))
    second.add(layers.BatchNormalization())
    second.add(layers.LeakyReLU(negative_slope=0.2))
    second.add(layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"))
    return keras.Sequential([keras.Input((latent_dim,)), first, layers.Reshape((7, 7, 64)), second])


def generator(
    latent_dim, kernel=4, normalization=layers.BatchNormalization, last="tanh", end=(), size=7, filters=32, extra=()
):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(size * size * filters)])
    if normalization:
        model.add(normalization())
    model.add(layers.ReLU())
    for layer in extra:
        model.add(layer)
    model.add(layers.Reshape((size, size, filters)))
    model.add(layers.Conv2DTranspose(16, kernel, 2, "same", activation="relu"))
    model.add(layers.Conv2DTranspose(1, kernel, 2, "same", activation=last))
    for layer in end:
        model.add(layer)
    return model


@wrong("make_generator", "wrong_output")
def twice_from_eight(latent_dim):
    return generator(latent_dim, size=8)


@wrong("make_generator", "wrong_output")
def flat_images(latent_dim):
    return generator(latent_dim, end=[layers.Flatten()])


@wrong("make_generator", "dense_only")
def as_in_lab_12(latent_dim):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(128, "relu"), layers.Dense(784, "tanh")])
    model.add(layers.Reshape((28, 28, 1)))
    return model


@wrong("make_generator", "too_large")
def as_wide_as_the_paper(latent_dim):
    return generator(latent_dim, filters=1024)


@wrong("make_generator", "dropout")
def with_dropout(latent_dim):
    return generator(latent_dim, extra=[layers.Dropout(0.5)])


@wrong("make_generator", "uneven")
def kernel_five(latent_dim):
    return generator(latent_dim, kernel=5)


@wrong("make_generator", "uneven")
def kernel_three(latent_dim):
    return generator(latent_dim, kernel=3)


@wrong("make_generator", "no_batch_norm")
def nothing_normalized(latent_dim):
    return generator(latent_dim, normalization=None)


@wrong("make_generator", "norm_at_output")
def everything_normalized(latent_dim):
    return generator(latent_dim, last=None, end=[layers.BatchNormalization(), layers.Activation("tanh")])


@wrong("make_generator", "no_tanh")
def linear_output(latent_dim):
    return generator(latent_dim, last=None)


@wrong("make_generator", "sigmoid")
def from_zero_to_one(latent_dim):
    return generator(latent_dim, last="sigmoid")


class NormalizationsLast(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense, self.first = layers.Dense(7 * 7 * 32), layers.Conv2DTranspose(16, 4, 2, "same")
        self.second = layers.Conv2DTranspose(1, 4, 2, "same")
        self.norms = [layers.BatchNormalization() for _ in range(2)]

    def call(self, z, training=False):
        x = ops.reshape(ops.relu(self.norms[0](self.dense(z), training=training)), (-1, 7, 7, 32))
        return ops.tanh(self.second(ops.relu(self.norms[1](self.first(x), training=training))))


@right("make_generator")
def subclass(latent_dim):
    return NormalizationsLast()


@right("make_generator")
def tanh_throughout(latent_dim):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(7 * 7 * 32), layers.BatchNormalization()])
    model.add(layers.Activation("tanh"))
    model.add(layers.Reshape((7, 7, 32)))
    model.add(layers.Conv2DTranspose(16, 4, 2, "same", activation="tanh"))
    model.add(layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"))
    return model


@wrong("make_generator", "linear")
def nothing_bends(latent_dim):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(7 * 7 * 32), layers.BatchNormalization()])
    model.add(layers.Reshape((7, 7, 32)))
    model.add(layers.Conv2DTranspose(16, 4, 2, "same"))
    model.add(layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"))
    return model


@wrong("make_generator", "frozen")
def not_trainable(latent_dim):
    model = generator(latent_dim)
    model.trainable = False
    return model


@wrong("make_generator", "wrong_input")
def always_a_hundred(latent_dim):
    return generator(100)


@wrong("make_generator", "not_a_model")
def a_list_of_layers(latent_dim):
    return [layers.Dense(7 * 7 * 32), layers.Reshape((7, 7, 32))]


@wrong("make_generator", "returns_nothing")
def forgets_to_return(latent_dim):
    generator(latent_dim)


# ---- make_discriminator


@right("make_discriminator")
def functional(n_outputs=1):
    images = keras.Input((28, 28, 1))
    x = images
    for filters in (16, 32, 64):
        x = layers.LeakyReLU(negative_slope=0.2)(layers.Conv2D(filters, 4, 2, "same")(x))
    return keras.Model(images, layers.Dense(n_outputs)(layers.Flatten()(x)))


@right("make_discriminator")
def two_layers_and_another_slope(n_outputs=1):
    leaky = [layers.LeakyReLU(negative_slope=0.1) for _ in range(2)]
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 5, 2, "same"), leaky[0]])
    for layer in (layers.Conv2D(64, 3, 2), leaky[1], layers.Flatten(), layers.Dense(n_outputs)):
        model.add(layer)
    return model


@right("make_discriminator")
def ends_in_a_convolution(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (16, 32):
        model.add(layers.Conv2D(filters, 4, 2, "same", activation="leaky_relu"))
    model.add(layers.Conv2D(n_outputs, 7))
    model.add(layers.Reshape((n_outputs,)))
    return model


def discriminator(n_outputs, stride=2, between=None, last=None, pool=None, filters=16):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for width in (filters, 2 * filters):
        model.add(layers.Conv2D(width, 4, stride, "same"))
        if between:
            model.add(between())
        model.add(layers.LeakyReLU(negative_slope=0.2))
        if pool:
            model.add(pool())
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs, activation=last))
    return model


@wrong("make_discriminator", "ignores_n_outputs")
def always_one(n_outputs=1):
    return discriminator(1)


@wrong("make_discriminator", "pooling")
def strides_and_pools(n_outputs=1):
    return discriminator(n_outputs, pool=layers.MaxPooling2D)


@wrong("make_discriminator", "pooling")
def pools_only(n_outputs=1):
    return discriminator(n_outputs, stride=1, pool=lambda: layers.AveragePooling2D(2))


@wrong("make_discriminator", "no_stride")
def full_size_throughout(n_outputs=1):
    return discriminator(n_outputs, stride=1)


@wrong("make_discriminator", "bounded")
def ends_in_a_sigmoid(n_outputs=1):
    return discriminator(n_outputs, last="sigmoid")


@wrong("make_discriminator", "bounded")
def ends_in_a_softmax(n_outputs=1):
    return discriminator(n_outputs, last="softmax")


@right("make_discriminator")
def normalized_but_for_the_first_layer(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 4, 2, "same")])
    model.add(layers.LeakyReLU(negative_slope=0.2))
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 4, 2, "same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs))
    return model


@wrong("make_discriminator", "norm_at_input")
def normalized_everywhere(n_outputs=1):
    return discriminator(n_outputs, between=layers.BatchNormalization)


@wrong("make_discriminator", "norm_at_input")
def normalized_first_of_all(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.BatchNormalization()])
    model.add(layers.Conv2D(16, 4, 2, "same", activation="leaky_relu"))
    model.add(layers.Conv2D(32, 4, 2, "same", activation="leaky_relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs))
    return model


@wrong("make_discriminator", "dropout")
def with_dropout_in_d(n_outputs=1):
    return discriminator(n_outputs, between=lambda: layers.Dropout(0.3))


@wrong("make_discriminator", "bounded")
def ends_in_a_tanh(n_outputs=1):
    return discriminator(n_outputs, last="tanh")


@wrong("make_discriminator", "never_below_0")
def ends_in_a_relu(n_outputs=1):
    return discriminator(n_outputs, last="relu")


@wrong("make_discriminator", "linear")
def convolutions_alone(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 4, 2, "same"), layers.Conv2D(32, 4, 2)])
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs))
    return model


@wrong("make_discriminator", "plain_relu")
def relu_between(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 4, 2, "same", activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs))
    return model


@wrong("make_discriminator", "dense_only")
def dense_layers(n_outputs=1):
    hidden = layers.Dense(128, "relu")
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), hidden, layers.Dense(n_outputs)])


@wrong("make_discriminator", "too_large")
def very_wide(n_outputs=1):
    return discriminator(n_outputs, filters=256)


@wrong("make_discriminator", "frozen")
def frozen_discriminator(n_outputs=1):
    model = discriminator(n_outputs)
    model.trainable = False
    return model


@wrong("make_discriminator", "wrong_output")
def a_map_of_logits(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 4, 2, "same", activation="leaky_relu")])
    model.add(layers.Conv2D(n_outputs, 4, 2, "same"))
    return model


@wrong("make_discriminator", "not_a_model")
def the_function_itself(n_outputs=1):
    return functional


@wrong("make_discriminator", "wrong_input")
def for_flat_images(n_outputs=1):
    return keras.Sequential([keras.Input((784,)), layers.Dense(n_outputs)])


# ---- own_logit


@right("own_logit")
def one_hot_and_sum(logits, classes):
    return ops.sum(logits * ops.one_hot(classes[:, 0], 10), axis=1, keepdims=True)


@right("own_logit")
def by_a_dot_layer(logits, classes):
    return layers.Dot(axes=1)([logits, ops.reshape(ops.one_hot(classes, 10), (-1, 10))])


@right("own_logit")
def where_the_class_is(logits, classes):
    return ops.sum(ops.where(ops.equal(classes, np.arange(10, dtype="int32")[None]), logits, 0.0), axis=-1)[:, None]


@right("own_logit")
def by_einsum(logits, classes):
    return ops.einsum("nk,nik->ni", logits, ops.one_hot(classes, 10))


@wrong("own_logit", "only_arrays")
def by_numpy(logits, classes):
    return np.take_along_axis(np.asarray(logits), np.asarray(classes), axis=1)


@wrong("own_logit", "only_arrays")
def by_tensorflow(logits, classes):
    return tf.gather(logits, classes, axis=1, batch_dims=1)


@wrong("own_logit", "flat")
def one_axis(logits, classes):
    return one_hot_and_sum(logits, classes)[:, 0]


@wrong("own_logit", "crossed")
def columns_of_all_classes(logits, classes):
    return ops.take(logits, classes[:, 0], axis=1)


@wrong("own_logit", "all_logits")
def masked(logits, classes):
    return logits * ops.one_hot(classes[:, 0], 10)


@wrong("own_logit", "highest")
def the_best_of_ten(logits, classes):
    return ops.max(logits, axis=1, keepdims=True)


@wrong("own_logit", "opinion")
def the_place_of_the_best(logits, classes):
    return ops.argmax(logits, axis=1)[:, None]


@wrong("own_logit", "summed")
def sum_of_ten(logits, classes):
    return ops.sum(logits, axis=1, keepdims=True)


@wrong("own_logit", "summed")
def mean_of_ten(logits, classes):
    return ops.mean(logits, axis=1, keepdims=True)


@wrong("own_logit", "probability")
def after_a_softmax(logits, classes):
    return one_hot_and_sum(ops.softmax(logits), classes)


@wrong("own_logit", "probability")
def after_a_log_softmax(logits, classes):
    return one_hot_and_sum(ops.log_softmax(logits), classes)


@wrong("own_logit", "probability")
def after_a_sigmoid(logits, classes):
    return ops.sigmoid(one_hot_and_sum(logits, classes))


@wrong("own_logit", "class_itself")
def the_class(logits, classes):
    return classes


@wrong("own_logit", "other_class")
def counted_from_one(logits, classes):
    return ops.take_along_axis(logits, (classes - 1) % 10, axis=1)


@wrong("own_logit", "differs")
def always_the_first(logits, classes):
    return logits[:, :1]


@wrong("own_logit", "differs")
def twice_as_much(logits, classes):
    return 2 * one_hot_and_sum(logits, classes)


@wrong("own_logit", "wrong_shape")
def one_hot_with_an_axis_too_many(logits, classes):
    return ops.sum(logits[:, None] * ops.one_hot(classes, 10), axis=-1)[:, :, None]


@wrong("own_logit", "returns_nothing")
def picked_and_dropped(logits, classes):
    one_hot_and_sum(logits, classes)


@wrong("own_logit", "wrong_type")
def a_dictionary(logits, classes):
    return {"logit": one_hot_and_sum(logits, classes)}
