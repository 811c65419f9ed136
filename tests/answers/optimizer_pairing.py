"""Answers to lab 18, after what is found in GAN tutorials that mix Adam and SGD, or copy two learning rates."""

from collections import namedtuple
from functools import cache

import keras
import numpy as np
import tensorflow as tf

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("optimizer_pairing")

Adam, SGD = keras.optimizers.Adam, keras.optimizers.SGD


# ---- first_steps


@right("first_steps")
def by_the_formula_of_adam(gradient, rate):
    m, v = (1 - 0.5) * gradient / (1 - 0.5), (1 - 0.999) * gradient**2 / (1 - 0.999)
    return -rate * gradient, -rate * m / (np.sqrt(v) + 1e-7)


@right("first_steps")
def weight_by_weight(gradient, rate):
    sgd, adam = np.zeros_like(gradient), np.zeros_like(gradient)
    for i in np.ndindex(gradient.shape):
        sgd[i] = -rate * gradient[i]
        if gradient[i] > 0:
            adam[i] = -rate
        elif gradient[i] < 0:
            adam[i] = rate
    return sgd, adam


@right("first_steps")
def asks_keras(gradient, rate):
    steps = []
    for optimizer in (SGD(rate), Adam(rate)):
        variable = keras.Variable(np.zeros(gradient.shape, "float32"))
        optimizer.apply([tf.constant(gradient, "float32")], [variable])
        steps.append(variable.numpy())
    return steps


@right("first_steps")
def with_tensors(gradient, rate):
    return -rate * tf.constant(gradient), -rate * tf.sign(gradient)


@right("first_steps")
def with_keras_ops_and_where(gradient, rate):
    size = keras.ops.abs(gradient)
    return keras.ops.multiply(gradient, -rate), keras.ops.where(size > 0, -rate * gradient / (size + 1e-8), 0.0)


@right("first_steps")
def two_in_one_array(gradient, rate):
    return np.stack([gradient, np.sign(gradient)]) * -rate


@wrong("first_steps", "two_wanted")
def one_of_them(gradient, rate):
    return -rate * gradient


@wrong("first_steps", "two_wanted")
def by_name(gradient, rate):
    return {"sgd": -rate * gradient, "adam": -rate * np.sign(gradient)}


@wrong("first_steps", "swapped_results")
def adam_first(gradient, rate):
    return -rate * np.sign(gradient), -rate * gradient


@wrong("first_steps", "no_direction")
def size_over_size(gradient, rate):
    return -rate * gradient, -rate * np.abs(gradient) / (np.abs(gradient) + 1e-7)


@wrong("first_steps", "no_bias_correction")
def means_as_they_run(gradient, rate):
    m, v = 0.1 * gradient, 0.001 * gradient**2
    return -rate * gradient, -rate * m / (np.sqrt(v) + 1e-7)


@wrong("first_steps", "changes_its_arguments")
def in_place(gradient, rate):
    adam = -rate * np.sign(gradient)
    gradient *= -rate
    return gradient, adam


@wrong("first_steps", "wrong_shape")
def flattened(gradient, rate):
    return -rate * gradient.ravel(), -rate * np.sign(gradient).ravel()


@wrong("first_steps", "wrong_type")
def one_size_for_adam(gradient, rate):
    return -rate * gradient, -rate


@wrong("first_steps", "returns_nothing")
def printed(gradient, rate):
    print(-rate * gradient, -rate * np.sign(gradient))


@raises("first_steps", "ndarray")
def a_name_that_numpy_has_not(gradient, rate):
    return -rate * gradient, -rate * gradient.sign()


# ---- pair_optimizers


@right("pair_optimizers")
def every_name_spelled_out(g_rate, d_rate):
    g_optimizer = Adam(learning_rate=g_rate, beta_1=0.5, beta_2=0.999, epsilon=1e-7)
    d_optimizer = SGD(learning_rate=d_rate, momentum=0.0, nesterov=False)
    return g_optimizer, d_optimizer


@right("pair_optimizers")
def by_position(generator_rate, discriminator_rate):
    return [tf.keras.optimizers.Adam(generator_rate, 0.5), tf.keras.optimizers.SGD(discriminator_rate)]


@right("pair_optimizers")
def by_configuration(g_rate, d_rate):
    given = {"class_name": "adam", "config": {"learning_rate": g_rate, "beta_1": 0.5}}
    return keras.optimizers.get(given), SGD.from_config({"learning_rate": d_rate})


@right("pair_optimizers")
def by_name_then_told(g_rate, d_rate):
    pair = namedtuple("pair", "generator discriminator")(AdamOfTheTalk(), keras.optimizers.get("sgd"))
    pair.generator.learning_rate, pair.discriminator.learning_rate = g_rate, d_rate
    return pair


class AdamOfTheTalk(Adam):
    def __init__(self, learning_rate=2e-4, beta_1=0.5, **more):
        super().__init__(learning_rate, beta_1, **more)


@right("pair_optimizers")
def adamw_without_decay(g_rate, d_rate):
    return keras.optimizers.AdamW(g_rate, beta_1=0.5, weight_decay=0.0), SGD(d_rate, weight_decay=None)


@right("pair_optimizers")
def nesterov_without_momentum(g_rate, d_rate):
    return Adam(g_rate, beta_1=0.5), SGD(d_rate, nesterov=True)


@wrong("pair_optimizers", "swapped_roles")
def swapped_at_the_rates_of_keras(g_rate, d_rate):
    return SGD(), Adam(beta_1=0.5)


@wrong("pair_optimizers", "swapped_results")
def discriminator_first(g_rate, d_rate):
    return SGD(d_rate), Adam(g_rate, beta_1=0.5)


@wrong("pair_optimizers", "other_optimizer")
def rmsprop_for_the_generator(g_rate, d_rate):
    return keras.optimizers.RMSprop(g_rate), SGD(d_rate)


@wrong("pair_optimizers", "one_object")
def one_for_both(g_rate, d_rate):
    optimizer = Adam(g_rate, beta_1=0.5)
    return optimizer, optimizer


@cache
def made_once(g_rate, d_rate):
    return Adam(g_rate, beta_1=0.5), SGD(d_rate)


@wrong("pair_optimizers", "shared_between_calls")
def from_a_cache(g_rate, d_rate):
    return made_once(g_rate, d_rate)


OUTSIDE = SGD(0.1)


@wrong("pair_optimizers", "shared_between_calls")
def one_made_outside(g_rate, d_rate):
    OUTSIDE.learning_rate = d_rate
    return Adam(g_rate, beta_1=0.5), OUTSIDE


@wrong("pair_optimizers", "old_name")
def with_lr(g_rate, d_rate):
    return Adam(lr=g_rate, beta_1=0.5), SGD(lr=d_rate)


@wrong("pair_optimizers", "unknown_argument")
def with_beta1(g_rate, d_rate):
    return Adam(g_rate, beta1=0.5), SGD(d_rate)


@wrong("pair_optimizers", "unknown_argument")
def with_betas_as_in_pytorch(g_rate, d_rate):
    return Adam(g_rate, betas=(0.5, 0.999)), SGD(d_rate)


@wrong("pair_optimizers", "default_beta")
def beta_left_out(g_rate, d_rate):
    return Adam(g_rate), SGD(d_rate)


@wrong("pair_optimizers", "wrong_beta")
def beta_2_lowered(g_rate, d_rate):
    return Adam(g_rate, beta_2=0.5), SGD(d_rate)


@wrong("pair_optimizers", "momentum")
def momentum_by_position(g_rate, d_rate):
    return Adam(g_rate, 0.5), SGD(d_rate, 0.5)


@wrong("pair_optimizers", "momentum")
def momentum_as_usual(g_rate, d_rate):
    return Adam(g_rate, beta_1=0.5), SGD(d_rate, momentum=0.9, nesterov=True)


@wrong("pair_optimizers", "swapped_arguments")
def each_at_the_others_rate(g_rate, d_rate):
    return Adam(d_rate, beta_1=0.5), SGD(g_rate)


@wrong("pair_optimizers", "more_than_asked")
def with_clipped_gradients(g_rate, d_rate):
    return Adam(g_rate, beta_1=0.5), SGD(d_rate, clipnorm=1.0)


@wrong("pair_optimizers", "other_optimizer")
def with_the_decay_of_adamw(g_rate, d_rate):
    return keras.optimizers.AdamW(g_rate, beta_1=0.5), SGD(d_rate)


@wrong("pair_optimizers", "more_than_asked")
def with_a_schedule(g_rate, d_rate):
    schedule = keras.optimizers.schedules.ExponentialDecay(d_rate, 1000, 0.9)
    return Adam(g_rate, beta_1=0.5), SGD(schedule)


@wrong("pair_optimizers", "the_class")
def not_called(g_rate, d_rate):
    return Adam, SGD


@wrong("pair_optimizers", "not_an_optimizer")
def their_names(g_rate, d_rate):
    return "adam", "sgd"


@wrong("pair_optimizers", "not_an_optimizer")
def functions_for_the_recipe(g_rate, d_rate):
    return lambda: Adam(g_rate, beta_1=0.5), lambda: SGD(d_rate)


@wrong("pair_optimizers", "two_wanted")
def in_a_dict(g_rate, d_rate):
    return {"g_optimizer": Adam(g_rate, beta_1=0.5), "d_optimizer": SGD(d_rate)}


@wrong("pair_optimizers", "two_wanted")
def the_discriminators_alone(g_rate, d_rate):
    return SGD(d_rate)


@wrong("pair_optimizers", "returns_nothing")
def made_and_dropped(g_rate, d_rate):
    Adam(g_rate, beta_1=0.5), SGD(d_rate)


@raises("pair_optimizers", "learning_rate")
def rates_in_a_tuple(g_rate, d_rate):
    return Adam((g_rate, d_rate), beta_1=0.5), SGD(d_rate)


# ---- two_time_scale


@right("two_time_scale")
def in_a_loop(rate, ratio):
    return tuple(Adam(learning_rate=factor * rate, beta_1=0.5) for factor in (1, ratio))


@right("two_time_scale")
def named_one_by_one(rate, ratio):
    g_optimizer = tf.keras.optimizers.Adam(rate, 0.5)
    d_optimizer = tf.keras.optimizers.Adam(rate * ratio, 0.5)
    return [g_optimizer, d_optimizer]


@right("two_time_scale")
def cloned_and_sped_up(rate, ratio):
    g_optimizer = Adam(rate, beta_1=0.5)
    d_optimizer = Adam.from_config(g_optimizer.get_config())
    d_optimizer.learning_rate = float(np.float32(rate) * ratio)
    return g_optimizer, d_optimizer


@wrong("two_time_scale", "steps_returned")
def with_a_number_of_steps(rate, ratio):
    return Adam(rate, beta_1=0.5), Adam(rate, beta_1=0.5), ratio


@wrong("two_time_scale", "ignores_argument")
def four_written_in(rate, ratio):
    return Adam(rate, beta_1=0.5), Adam(4 * rate, beta_1=0.5)


@wrong("two_time_scale", "above_one_only")
def the_faster_one_second(rate, ratio):
    slow, fast = sorted((rate, ratio * rate))
    return Adam(slow, beta_1=0.5), Adam(fast, beta_1=0.5)


@wrong("two_time_scale", "other_optimizer")
def sgd_at_a_ratio(rate, ratio):
    return Adam(rate, beta_1=0.5), SGD(ratio * rate)


@wrong("two_time_scale", "one_object")
def one_adam(rate, ratio):
    optimizer = Adam(rate, beta_1=0.5)
    return optimizer, optimizer


KEPT = {}


@wrong("two_time_scale", "shared_between_calls")
def kept_in_a_dict(rate, ratio):
    KEPT.setdefault((rate, ratio), (Adam(rate, beta_1=0.5), Adam(ratio * rate, beta_1=0.5)))
    return KEPT[rate, ratio]


@wrong("two_time_scale", "old_name")
def lr_again(rate, ratio):
    return Adam(lr=rate, beta_1=0.5), Adam(lr=ratio * rate, beta_1=0.5)


@wrong("two_time_scale", "unknown_argument")
def misspelt(rate, ratio):
    return Adam(learningrate=rate, beta_1=0.5), Adam(learningrate=ratio * rate, beta_1=0.5)


@wrong("two_time_scale", "default_beta")
def beta_of_keras(rate, ratio):
    return Adam(rate), Adam(ratio * rate)


@wrong("two_time_scale", "default_beta")
def beta_for_one_alone(rate, ratio):
    return Adam(rate, beta_1=0.5), Adam(ratio * rate)


@wrong("two_time_scale", "wrong_beta")
def beta_of_later_papers(rate, ratio):
    return Adam(rate, beta_1=0.0, beta_2=0.9), Adam(ratio * rate, beta_1=0.0, beta_2=0.9)


@wrong("two_time_scale", "more_than_asked")
def with_amsgrad(rate, ratio):
    return Adam(rate, beta_1=0.5, amsgrad=True), Adam(ratio * rate, beta_1=0.5)


@wrong("two_time_scale", "more_than_asked")
def with_a_large_epsilon(rate, ratio):
    return Adam(rate, beta_1=0.5), Adam(ratio * rate, beta_1=0.5, epsilon=0.1)


@wrong("two_time_scale", "the_class")
def one_not_called(rate, ratio):
    return Adam(rate, beta_1=0.5), Adam


@wrong("two_time_scale", "not_an_optimizer")
def the_two_rates(rate, ratio):
    return rate, ratio * rate


@wrong("two_time_scale", "two_wanted")
def a_single_one(rate, ratio):
    return Adam(ratio * rate, beta_1=0.5)


@wrong("two_time_scale", "returns_nothing")
def forgotten_return(rate, ratio):
    Adam(rate, beta_1=0.5), Adam(ratio * rate, beta_1=0.5)


# ---- beside what the slips show


@right("first_steps")
def with_copysign(gradient, rate):
    return np.negative(rate * gradient), np.where(gradient == 0, 0.0, np.copysign(rate, -gradient))


@right("first_steps")
def uncorrected_epsilon_as_in_keras(gradient, rate):
    m, v = 0.1 * gradient, 0.001 * np.square(gradient)
    return -(rate * gradient), -(rate * np.sqrt(0.001) / 0.1) * m / (np.sqrt(v) + 1e-7)


@wrong("first_steps", "threshold")
def near_zero_is_zero(gradient, rate):
    return -rate * gradient, np.where(np.isclose(gradient, 0), 0.0, -rate * np.sign(gradient))


@wrong("first_steps", "large_epsilon")
def epsilon_as_in_inception(gradient, rate):
    return -rate * gradient, -rate * gradient / np.sqrt(np.square(gradient) + 1e-10)


@wrong("first_steps", "zero_divided")
def m_over_the_root_of_v(gradient, rate):
    m, v = 0.1 * gradient / (1 - 0.9), 0.001 * gradient**2 / (1 - 0.999)
    with np.errstate(invalid="ignore"):
        return -rate * gradient, -rate * m / np.sqrt(v)


@wrong("first_steps", "differs")
def half_the_rate(gradient, rate):
    return -rate / 2 * gradient, -rate * np.sign(gradient)


@wrong("pair_optimizers", "wrong_rate")
def sgd_at_a_hundred_times_the_rate(g_rate, d_rate):
    return Adam(g_rate, beta_1=0.5), SGD(100 * d_rate)


@wrong("two_time_scale", "wrong_rate")
def ratio_squared(rate, ratio):
    return Adam(rate, beta_1=0.5), Adam(rate * ratio**2, beta_1=0.5)


@right("two_time_scale")
def by_a_rate_in_numpy(rate, ratio):
    g_rate, d_rate = np.array([1, ratio]) * rate
    return Adam(g_rate, 0.5, 0.999), Adam(d_rate, 0.5, 0.999)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("pair_optimizers", "wrong_rate")
def a_rate_with_a_millionth_more(g_rate=1e-3, d_rate=0.1):
    return keras.optimizers.Adam(g_rate + 1e-6, beta_1=0.5), keras.optimizers.SGD(d_rate)


@wrong("two_time_scale", "more_than_asked")
def epsilons_that_count(rate=1e-3, ratio=4.0):
    return tuple(keras.optimizers.Adam(r, beta_1=0.5, epsilon=1e-5) for r in (rate, ratio * rate))


@wrong("two_time_scale", "wrong_rate")
def a_ratio_that_is_a_little_larger(rate=1e-3, ratio=4.0):
    return keras.optimizers.Adam(rate, beta_1=0.5), keras.optimizers.Adam(1.002 * ratio * rate, beta_1=0.5)
