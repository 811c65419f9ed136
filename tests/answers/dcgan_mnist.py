"""Answers to lab 27: the rule, the rate, both networks, and the logit of a class."""

import itertools
import math
import warnings
from fractions import Fraction

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy import stats

from ganhacks.checks.engine.exercise import exercises_of
from ganhacks.hacks import dcgan_mnist as hack
from tests.answers import Shifted, answers

ANSWERS, right, wrong, raises = answers("dcgan_mnist")
SLIPS = exercises_of("dcgan_mnist")["sign_flip_p"].slips


# ---- sign_flip_p


@right("sign_flip_p")
def by_loops(differences):
    found, count = abs(sum(differences)), 0
    for signs in itertools.product([1, -1], repeat=len(differences)):
        total = 0
        for sign, difference in zip(signs, differences):
            total += sign * difference
        if abs(total) > found or math.isclose(abs(total), found, abs_tol=1e-12):
            count += 1
    return count / 2 ** len(differences)


@right("sign_flip_p")
def by_bits(differences):
    n = len(differences)
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    sums = np.abs(((2 * bits - 1) * differences).sum(axis=1))
    return (sums + 1e-9 >= np.abs(differences.sum())).mean()


@right("sign_flip_p")
def by_meshgrid(differences):
    sums = sum(np.meshgrid(*[[d, -d] for d in differences]))
    found = abs(differences.sum())
    return np.count_nonzero((np.abs(sums) > found) | np.isclose(np.abs(sums), found)) / sums.size


@right("sign_flip_p")
def by_scipy(differences):
    return stats.permutation_test((differences,), np.sum, permutation_type="samples").pvalue


@right("sign_flip_p")
def by_recursion(differences):
    found = abs(sum(differences))

    def share(rest, total):
        if len(rest) == 0:
            return float(abs(total) >= found - 1e-8)
        return 0.5 * share(rest[1:], total + rest[0]) + 0.5 * share(rest[1:], total - rest[0])

    return share(list(differences), 0.0)


@right("sign_flip_p")
def by_half_of_the_signs(differences):
    """Turned all together, a choice gives as far a sum: the first sign may stay."""
    first, *others = differences
    count = 0
    for signs in itertools.product([-1, 1], repeat=len(others)):
        total = first + np.dot(signs, others)
        count += round(abs(total), 10) >= round(abs(first + sum(others)), 10)
    return np.float32(count / 2 ** len(others))


@right("sign_flip_p")
def a_sum_after_another(differences):
    """As many sums as there are choices, made by adding one difference at a time with either sign."""
    sums = np.zeros(1)
    for difference in np.asarray(differences, "float64"):
        sums = np.concatenate([sums - difference, sums + difference])
    sums, found = sums / len(differences), np.mean(differences)
    return np.mean(np.abs(sums) >= np.abs(found) * (1 - 1e-12))


@right("sign_flip_p")
def twice_one_side(differences):
    sums = np.array([np.dot(s, differences) for s in itertools.product([-1, 1], repeat=len(differences))])
    one_side = np.mean(sums >= abs(np.sum(differences)) - 1e-10)
    return min(1.0, 2 * one_side)


def all_sums(differences):
    return np.array(list(itertools.product([-1, 1], repeat=len(differences)))) @ differences


def drawn_sums(rng, differences, n=10_000):
    return rng.choice([-1, 1], (n, len(differences))) @ differences


@wrong("sign_flip_p", "one_sided")
def as_low_or_lower(differences):
    return np.mean(all_sums(differences) <= np.sum(differences) + 1e-9)


@wrong("sign_flip_p", "signed")
def absolute_on_one_side_of_the_comparison(differences):
    return np.mean(np.abs(all_sums(differences)) >= np.sum(differences) - 1e-9)


@wrong("sign_flip_p", "half")
def the_smaller_side(differences):
    sums, found = all_sums(differences), np.sum(differences)
    return min(np.mean(sums >= found - 1e-9), np.mean(sums <= found + 1e-9))


@wrong("sign_flip_p", "doubled")
def twice_the_smaller_side(differences):
    return 2 * the_smaller_side(differences)


@wrong("sign_flip_p", "signed")
def twice_one_side_and_1_at_most(differences):
    return min(1, 2 * np.mean(all_sums(differences) <= np.sum(differences) + 1e-9))


@wrong("sign_flip_p", "strict")
def farther_than_the_found_one(differences):
    return np.mean(np.abs(all_sums(differences)) > abs(np.sum(differences)) + 1e-9)


@wrong("sign_flip_p", "left_out")
def all_but_those_that_were_found(differences):
    found, count, tried = tuple(np.where(differences < 0, -1, 1)), 0, 0
    for signs in itertools.product([-1, 1], repeat=len(differences)):
        if signs != found:
            tried += 1
            count += abs(np.dot(signs, np.abs(differences))) >= abs(differences.sum()) - 1e-9
    return count / tried


@wrong("sign_flip_p", "added")
def as_for_drawn_signs(differences):
    sums = np.abs(all_sums(differences))
    return (np.sum(sums >= abs(np.sum(differences)) - 1e-9) + 1) / (len(sums) + 1)


@wrong("sign_flip_p", "drawn")
def signs_drawn(differences):
    rng = np.random.default_rng()
    return np.mean(np.abs(drawn_sums(rng, differences)) >= abs(np.sum(differences)) - 1e-9)


@wrong("sign_flip_p", "drawn")
def shuffled_signs(differences):
    rng, found = np.random.default_rng(), abs(np.sum(differences))
    sums = [abs(np.sum(rng.permutation(np.sign(differences)) * differences)) for _ in range(1000)]
    return np.mean(np.array(sums) >= found - 1e-9)


@wrong("sign_flip_p", "not_a_share")
def drawn_from_a_seed(differences):
    rng = np.random.default_rng(0)
    return np.mean(np.abs(drawn_sums(rng, differences)) >= abs(np.sum(differences)) - 1e-9)


@wrong("sign_flip_p", "not_a_share")
def drawn_from_a_seed_and_one_more(differences):
    sums = drawn_sums(np.random.default_rng(1), differences, 9999)
    return (np.sum(np.abs(sums) >= abs(np.sum(differences)) - 1e-9) + 1) / 10_000


@wrong("sign_flip_p", "always_1")
def another_order(differences):
    sums = [np.sum(differences[np.roll(np.arange(len(differences)), i)]) for i in range(len(differences))]
    return np.mean(np.abs(sums) >= abs(np.sum(differences)) - 1e-9)


@wrong("sign_flip_p", "always_1")
def all_signs_together(differences):
    found = np.sum(differences)
    return np.mean([abs(sign * found) >= abs(found) for sign in (-1, 1)])


@wrong("sign_flip_p", "unpaired")
def all_runs_dealt_out(differences):
    n = len(differences)
    if n > 8:  # 2.7 million deals of 24 runs take too long: the same, counted
        return next(slip for name, slip, *_ in SLIPS if name == "unpaired")(differences)
    runs, found = np.concatenate([differences, np.zeros(n)]), abs(np.sum(differences))
    deals = np.array(list(itertools.combinations(range(2 * n), n)))
    return np.mean(np.abs(2 * runs[deals].sum(axis=1) - runs.sum()) >= found - 1e-9)


@wrong("sign_flip_p", "sign_test")
def by_binomial(differences):
    other_than_0 = differences[differences != 0]
    if len(other_than_0) == 0:
        return 1.0
    return stats.binomtest(int(np.sum(other_than_0 < 0)), len(other_than_0)).pvalue


@wrong("sign_flip_p", "mean_and_sum")
def the_mean_beside_sums(differences):
    return np.mean(np.abs(all_sums(differences)) >= abs(np.mean(differences)) - 1e-9)


@wrong("sign_flip_p", "t_test")
def by_scipys_t_test(differences):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of differences that are all the same
        return stats.ttest_1samp(differences, 0).pvalue


@wrong("sign_flip_p", "nearer")
def one_minus(differences):
    return 1 - hack.sign_flip_p(differences)


@wrong("sign_flip_p", "one_sign")
def the_sum_of_the_sizes(differences):
    return np.mean(np.abs(all_sums(differences)) >= np.sum(np.abs(differences)) - 1e-9)


@wrong("sign_flip_p", "rounding")
def without_a_tolerance(differences):
    return np.mean(np.abs(all_sums(differences)) >= abs(np.sum(differences)))


@wrong("sign_flip_p", "rounding")
def without_a_tolerance_in_a_loop(differences):
    choices = list(itertools.product([-1, 1], repeat=len(differences)))
    found = abs(sum(differences))
    return sum(abs(sum(s * d for s, d in zip(signs, differences))) >= found for signs in choices) / len(choices)


@wrong("sign_flip_p", "rounding")
def a_tolerance_that_rounding_exceeds(differences):
    return np.mean(np.abs(all_sums(differences)) >= abs(np.sum(differences)) - 1e-17)


@wrong("sign_flip_p", "other_factor")
def in_per_cent(differences):
    return 100 * hack.sign_flip_p(differences)


@wrong("sign_flip_p", "differs")
def equal_within_a_twentieth(differences):
    return np.mean(np.abs(all_sums(differences)) >= 0.95 * abs(np.sum(differences)))


@wrong("sign_flip_p", "differs")
def cuts_it_off(differences):
    return min(hack.sign_flip_p(differences), 0.5)


@wrong("sign_flip_p", "wrong_type")
def all_the_sums(differences):
    return all_sums(differences)


@wrong("sign_flip_p", "wrong_type")
def as_a_fraction(differences):
    n = len(differences)
    return Fraction(round(hack.sign_flip_p(differences) * 2**n), 2**n)


@wrong("sign_flip_p", "wrong_type")
def with_its_statistic(differences):
    return abs(np.sum(differences)), hack.sign_flip_p(differences)


@wrong("sign_flip_p", "not_finite")
def of_standardized_sums(differences):
    with np.errstate(all="ignore"):
        sums = all_sums(differences) / np.sqrt(np.sum(differences**2))
        found = np.sum(differences) / np.sqrt(np.sum(differences**2))
        return np.mean(np.abs(sums) >= abs(found) - 1e-9) if np.isfinite(found) else found


@wrong("sign_flip_p", "returns_nothing")
def prints_it(differences):
    print(hack.sign_flip_p(differences))


@wrong("sign_flip_p", "changes_its_arguments")
def in_place(differences):
    found = abs(np.sum(differences))
    np.abs(differences, out=differences)
    return np.mean(np.abs(all_sums(differences)) >= found - 1e-9)


@wrong("sign_flip_p", "wrong_arguments")
def of_two_arms(baseline, changed):
    return hack.sign_flip_p(np.log(changed / baseline))


@raises("sign_flip_p", "ValueError")
def for_eight_seeds(differences):
    signs = np.array(list(itertools.product([-1, 1], repeat=8)))
    return np.mean(np.abs(signs @ differences) >= abs(np.sum(differences)) - 1e-9)


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


@wrong("learning_rate", "other_factor")
def half_the_peak_at_most(step, n_steps, peak):
    return 0.5 * peak * line(step, n_steps)


@wrong("learning_rate", "below")
def a_line_of_numpy_without_an_end(step, n_steps, peak):
    return peak * (1 - 0.99 * np.maximum(step / n_steps - 0.3, 0) / 0.7)


@right("learning_rate")
def with_cond(step, n_steps, peak):
    step = ops.cast(step, "float32")
    fallen = ops.minimum((step / n_steps - 0.3) / 0.7, 1.0)
    return ops.cond(step <= 0.3 * n_steps, lambda: ops.cast(peak, "float32"), lambda: peak * (1 - 0.99 * fallen))


@raises("learning_rate", "NameError")
def a_name_that_is_not_there(step, n_steps, peak):
    return peak * clip(step)  # noqa: F821


@wrong("learning_rate", "not_for_tensors")
def whole_numbers_only(step, n_steps, peak):
    return peak * line(step // 100 * 100 if getattr(step, "dtype", None) == tf.int64 else step, n_steps)


@wrong("learning_rate", "ignores_argument")
def of_a_thousand_steps(step, n_steps, peak):
    return peak * line(step, 1000)


@wrong("learning_rate", "ignores_argument")
def of_a_hundredth(step, n_steps, peak):
    return 0.01 * line(step, n_steps)


@wrong("learning_rate", "not_one_number")
def the_whole_curve(step, n_steps, peak):
    return peak * line(np.arange(n_steps), n_steps)


@wrong("learning_rate", "returns_nothing")
def assigns_it(step, n_steps, peak):
    peak = peak * line(step, n_steps)


# ---- make_generator


def generator(
    latent_dim,
    units=256,
    kernel=4,
    strides=2,
    padding="same",
    filters=16,
    norm=layers.BatchNormalization,
    end=(),
    between=(),
):
    """The network that is asked for, with what an answer does otherwise."""
    model = keras.Sequential([keras.Input((latent_dim,))])
    for n in (units, 7 * 7 * 32):
        for layer in (layers.Dense(n, use_bias=False), norm(), layers.ReLU(), *(layer() for layer in between)):
            model.add(layer)
    model.add(layers.Reshape((7, 7, 32)))
    model.add(layers.Conv2DTranspose(filters, kernel, strides, padding))
    model.add(norm())
    model.add(layers.ReLU())
    model.add(layers.Conv2DTranspose(1, kernel, strides, padding, activation="tanh"))
    for layer in end:
        model.add(layer())
    return model


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
def functional_generator(latent_dim):
    z = keras.Input((latent_dim,), name="z")
    x = z
    for units in (256, 1568):
        x = ops.relu(layers.BatchNormalization(momentum=0.8, epsilon=1e-5)(layers.Dense(units)(x)))
    x = layers.Conv2DTranspose(16, 4, strides=2, padding="same")(ops.reshape(x, (-1, 7, 7, 32)))
    x = layers.Activation("relu")(layers.BatchNormalization(epsilon=1e-5)(x))
    return keras.Model(z, ops.tanh(layers.Conv2DTranspose(1, (4, 4), (2, 2), "same")(x)))


@right("make_generator")
def in_two_models(latent_dim):
    first = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(256), layers.BatchNormalization()])
    second = keras.Sequential([layers.ReLU(), layers.Dense(7 * 7 * 32), layers.BatchNormalization(), layers.ReLU()])
    third = keras.Sequential([keras.Input((7, 7, 32)), layers.Conv2DTranspose(16, 4, 2, "same")])
    for layer in (layers.BatchNormalization(), layers.ReLU()):
        third.add(layer)
    third.add(layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"))
    return keras.Sequential([keras.Input((latent_dim,)), first, second, layers.Reshape((7, 7, 32)), third])


class NormalizationsLast(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = [layers.Dense(256), layers.Dense(7 * 7 * 32)]
        self.first = layers.Conv2DTranspose(16, 4, 2, "same")
        self.second = layers.Conv2DTranspose(1, 4, 2, "same")
        self.norms = [layers.BatchNormalization() for _ in range(3)]

    def call(self, z, training=False):
        for dense, norm in zip(self.dense, self.norms):
            z = ops.relu(norm(dense(z), training=training))
        x = self.norms[2](self.first(ops.reshape(z, (-1, 7, 7, 32))), training=training)
        return ops.tanh(self.second(ops.relu(x)))


@right("make_generator")
def subclass(latent_dim):
    return NormalizationsLast()


@wrong("make_generator", "resized")
def functional_by_resizing(latent_dim):
    z = keras.Input((latent_dim,))
    x = layers.Dense(7 * 7 * 16)(z)
    x = layers.Reshape((7, 7, 16))(layers.ReLU()(layers.BatchNormalization()(x)))
    for filters in (16, 8):
        x = layers.Conv2D(filters, 3, padding="same")(layers.UpSampling2D()(x))
        x = layers.ReLU()(layers.BatchNormalization()(x))
    return keras.Model(z, layers.Conv2D(1, 3, padding="same", activation="tanh")(x))


@wrong("make_generator", "wrong_output")
def of_three_colours(latent_dim):
    return generator(latent_dim, end=[lambda: layers.Conv2D(3, 1)])


@wrong("make_generator", "not_doubled")
def without_strides(latent_dim):
    return generator(latent_dim, strides=1)


@wrong("make_generator", "valid_padding")
def without_padding(latent_dim):
    return generator(latent_dim, padding="valid")


@wrong("make_generator", "flat_images")
def flattened_in_the_end(latent_dim):
    return generator(latent_dim, end=[layers.Flatten])


@wrong("make_generator", "channels_first")
def channels_in_front(latent_dim):
    return generator(latent_dim, end=[lambda: layers.Permute((3, 1, 2))])


@wrong("make_generator", "dense_only")
def as_in_lab_12(latent_dim):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(128, "relu"), layers.Dense(784, "tanh")])
    model.add(layers.Reshape((28, 28, 1)))
    return model


@wrong("make_generator", "wrong_size")
def twice_as_many_filters(latent_dim):
    return generator(latent_dim, filters=32)


@wrong("make_generator", "wrong_size")
def a_narrower_dense_layer(latent_dim):
    return generator(latent_dim, units=128)


@wrong("make_generator", "dropout")
def with_dropout(latent_dim):
    return generator(latent_dim, between=[lambda: layers.Dropout(0.5)])


@wrong("make_generator", "leaky")
def leaky_and_wide(latent_dim):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(7 * 7 * 64), layers.BatchNormalization()])
    for layer in (layers.LeakyReLU(negative_slope=0.2), layers.Reshape((7, 7, 64))):
        model.add(layer)
    model.add(layers.Conv2DTranspose(32, 4, 2, "same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"))
    return model


@wrong("make_generator", "other_norm")
def layers_normalized(latent_dim):
    return generator(latent_dim, norm=layers.LayerNormalization)


@wrong("make_generator", "departs")
def steeper_in_the_end(latent_dim):
    return generator(latent_dim, end=[lambda: layers.Rescaling(2), lambda: layers.Activation("tanh")])


@wrong("make_generator", "differs")
def shifted_latents(latent_dim):
    return Shifted(generator(latent_dim))


@wrong("make_generator", "frozen")
def not_trainable(latent_dim):
    model = generator(latent_dim)
    model.trainable = False
    return model


kept = {}


@wrong("make_generator", "one_network")
def built_once(latent_dim):
    if latent_dim not in kept:
        kept[latent_dim] = generator(latent_dim)
    return kept[latent_dim]


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


def discriminator(
    n_outputs, widths=(16, 32, 64), norms=(), norm=layers.BatchNormalization, between=(), end=(), bias=True
):
    """The network that is asked for, with what an answer does otherwise. norms: the widths that are normalized."""
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for width in widths:
        model.add(layers.Conv2D(width, 4, 2, "same", use_bias=bias))
        if width in norms:
            model.add(norm())
        model.add(layers.LeakyReLU(negative_slope=0.2))
        for layer in between:
            model.add(layer())
    for layer in (layers.Flatten(), layers.Dense(n_outputs), *(layer() for layer in end)):
        model.add(layer)
    return model


@right("make_discriminator")
def functional(n_outputs=1):
    images = keras.Input((28, 28, 1))
    x = images
    for filters in (16, 32, 64):
        x = layers.LeakyReLU(negative_slope=0.2)(layers.Conv2D(filters, 4, 2, "same")(x))
    return keras.Model(images, layers.Dense(n_outputs)(layers.Flatten()(x)))


@right("make_discriminator")
def activations_by_name(n_outputs=1):
    convolutions = [layers.Conv2D(16 * 2**i, 4, 2, "same", activation="leaky_relu") for i in range(3)]
    return keras.Sequential([keras.Input((28, 28, 1)), *convolutions, layers.Flatten(), layers.Dense(n_outputs)])


@right("make_discriminator")
def ends_in_a_convolution(n_outputs=1):
    convolutions = [layers.Conv2D(width, 4, 2, "same", activation="leaky_relu") for width in (16, 32, 64)]
    end = [layers.Conv2D(n_outputs, 4), layers.Flatten()]
    return keras.Sequential([keras.Input((28, 28, 1)), *convolutions, *end])


@right("make_discriminator")
def normalized_but_for_the_first_layer(n_outputs=1):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 4, 2, "same")])
    model.add(layers.LeakyReLU(negative_slope=0.2))
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 4, 2, "same", use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs))
    return model


@right("make_discriminator")
def normalized_with_biases(n_outputs=1):
    return discriminator(n_outputs, norms=(32, 64))


@wrong("make_discriminator", "wrong_size")
def two_convolutions(n_outputs=1):
    return discriminator(n_outputs, widths=(16, 32))


@wrong("make_discriminator", "wrong_size")
def very_wide(n_outputs=1):
    return discriminator(n_outputs, widths=(64, 128, 256))


@wrong("make_discriminator", "no_bias")
def without_any_bias(n_outputs=1):
    model = discriminator(n_outputs, bias=False)
    model.pop()
    model.add(layers.Dense(n_outputs, use_bias=False))
    return model


@wrong("make_discriminator", "wrong_size")
def convolutions_without_biases(n_outputs=1):
    return discriminator(n_outputs, bias=False)


@wrong("make_discriminator", "ignores_argument")
def always_one(n_outputs=1):
    return discriminator(1)


@wrong("make_discriminator", "other_default")
def ten_by_default(n_outputs=10):
    return discriminator(n_outputs)


@wrong("make_discriminator", "pooling")
def strides_and_pools(n_outputs=1):
    return discriminator(n_outputs, between=[lambda: layers.MaxPooling2D(2, padding="same")])


@wrong("make_discriminator", "norm_at_input")
def normalized_everywhere(n_outputs=1):
    return discriminator(n_outputs, norms=(16, 32, 64), bias=False)


@wrong("make_discriminator", "other_norm")
def layers_normalized_in_d(n_outputs=1):
    return discriminator(n_outputs, norms=(32, 64), norm=layers.LayerNormalization)


@wrong("make_discriminator", "dropout")
def with_dropout_in_d(n_outputs=1):
    return discriminator(n_outputs, between=[lambda: layers.Dropout(0.3)])


@wrong("make_discriminator", "departs")
def halved_logits(n_outputs=1):
    return discriminator(n_outputs, end=[lambda: layers.Rescaling(0.5)])


@wrong("make_discriminator", "differs")
def shifted_images(n_outputs=1):
    return Shifted(discriminator(n_outputs))


@wrong("make_discriminator", "dense_only")
def dense_layers(n_outputs=1):
    hidden = layers.Dense(128, "relu")
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), hidden, layers.Dense(n_outputs)])


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


@wrong("own_logit", "no_gradient")
def picked_and_stopped(logits, classes):
    return ops.stop_gradient(one_hot_and_sum(logits, classes))


@wrong("own_logit", "averaged")
def mean_of_the_products(logits, classes):
    return ops.mean(logits * ops.one_hot(classes[:, 0], 10), axis=1, keepdims=True)


@wrong("own_logit", "flat")
def a_column_too_few(logits, classes):
    return ops.take_along_axis(logits, classes, axis=1)[:, 0]


@right("own_logit")
def by_multiplying_matrices(logits, classes):
    return ops.matmul(logits[:, None], ops.one_hot(classes[:, 0], 10)[:, :, None])[:, :, 0]


@wrong("own_logit", "other_class")
def counted_from_one(logits, classes):
    return ops.take_along_axis(logits, (classes - 1) % 10, axis=1)


@wrong("own_logit", "other_factor")
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


@wrong("learning_rate", "differs")
def restarts_halfway(step, n_steps, peak):
    right = hack.learning_rate(step, n_steps, peak)
    return right * (1 + 0.5 * ops.sin(ops.cast(step, "float32")))


@wrong("own_logit", "differs")
def squared(logits, classes):
    return hack.own_logit(logits, classes) ** 2


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("learning_rate", "other_factor")
def a_fiftieth_higher(step, n_steps, peak):
    return 1.02 * hack.learning_rate(step, n_steps, peak)


@wrong("own_logit", "nearly")
def a_ten_thousandth_more(logits, classes):
    return 1.0002 * by_einsum(logits, classes)


@wrong("sign_flip_p", "not_a_share")
def a_little_more(differences):
    return hack.sign_flip_p(differences) + 5e-6


@wrong("own_logit", "only_arrays")
def by_places_as_in_numpy(logits, classes):
    return logits[np.arange(len(logits)), classes[:, 0]][:, None]


def normalized_discriminator(epsilon=1e-3, biases=(True, True, True), slope=0.2):
    def make_discriminator(n_outputs=1):
        model = keras.Sequential([keras.Input((28, 28, 1))])
        for filters, bias in zip((16, 32, 64), biases):
            model.add(layers.Conv2D(filters, 4, 2, "same", use_bias=bias))
            if filters > 16:
                model.add(layers.BatchNormalization(epsilon=epsilon))
            model.add(layers.LeakyReLU(negative_slope=slope))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_outputs))
        return model

    return make_discriminator


@right("make_discriminator")
def with_a_small_epsilon_and_biases(n_outputs=1):
    return normalized_discriminator(epsilon=1e-5)(n_outputs)


@right("make_discriminator")
def with_one_bias_before_a_norm(n_outputs=1):
    return normalized_discriminator(epsilon=1e-4, biases=(True, False, True))(n_outputs)


@wrong("make_discriminator", "differs")
def normalized_and_of_another_slope(n_outputs=1):
    return normalized_discriminator(slope=0.3)(n_outputs)


@wrong("make_discriminator", "wrong_size")
def normalized_without_the_first_bias(n_outputs=1):
    return normalized_discriminator(biases=(False, False, False))(n_outputs)
