"""Answers to lab 23, after schedules and noise that are found in published code."""

import copy
import functools
from itertools import count

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("instance_noise")


# ---- noise_std


@right("noise_std")
def by_maximum(step, n_steps, start):
    return start * np.maximum(0.0, 1 - np.asarray(step) / (n_steps - 1))


@right("noise_std")
def by_where(step, n_steps, start):
    last = n_steps - 1
    return np.where(np.asarray(step) < last, start * (last - np.asarray(step)) / last, 0.0)


@right("noise_std")
def by_interpolation(step, n_steps, start):
    return np.interp(step, [0, n_steps - 1], [start, 0])


@right("noise_std")
def with_float32(step, n_steps, start):
    return start * np.maximum(1 - np.float32(step) / np.float32(n_steps - 1), 0)


@right("noise_std")
def one_by_one(step, n_steps, start):
    if np.ndim(step):
        return np.array([one_by_one(int(one), n_steps, start) for one in step])
    return max(0.0, start - start * step / (n_steps - 1))


@right("noise_std")
def by_a_mask(step, n_steps, start):
    std = start * (1 - step / (n_steps - 1))
    return std * (std > 0)


@right("noise_std")
def out_of_a_table_with_an_end(step, n_steps, start):
    return np.linspace(start, 0, n_steps)[np.minimum(step, n_steps - 1)]


@wrong("noise_std", "never_zero")
def tiny_rest(step, n_steps, start):
    return np.maximum(1e-8, start * (1 - np.asarray(step) / (n_steps - 1)))


@wrong("noise_std", "ends")
def out_of_a_table(step, n_steps, start):
    return np.linspace(start, 0, n_steps)[step]


@wrong("noise_std", "differs")
def arrays_go_below_zero(step, n_steps, start):
    std = start * (1 - step / (n_steps - 1))
    return std if np.ndim(step) else max(0, std)


calls = count()


@wrong("noise_std", "another_result")
def by_counting_calls(step, n_steps, start):
    return start * np.maximum(1 - (step + next(calls)) / (n_steps - 1), 0)


@wrong("noise_std", "scalars_only")
def with_pythons_max(step, n_steps, start):
    return max(start * (1 - step / (n_steps - 1)), 0)


@wrong("noise_std", "arrays_only")
def in_place(step, n_steps, start):
    std = start * (1 - step / (n_steps - 1))
    std[std < 0] = 0
    return std


@wrong("noise_std", "wrong_type")
def with_tensors(step, n_steps, start):
    return start * ops.maximum(1 - ops.cast(step, "float32") / (n_steps - 1), 0)


@wrong("noise_std", "wrong_shape")
def a_table_for_any_array(step, n_steps, start):
    return np.linspace(start, 0, n_steps) if np.ndim(step) else max(0, start * (1 - step / (n_steps - 1)))


@wrong("noise_std", "returns_nothing")
def no_return(step, n_steps, start):
    start * np.clip(1 - step / (n_steps - 1), 0, 1)


@wrong("noise_std", "not_finite")
def not_a_number(step, n_steps, start):
    return start * np.clip(1 - step / (n_steps - 1), 0, 1) * np.nan


@raises("noise_std", "nsteps")
def a_typing_error(step, n_steps, start):
    return start * np.clip(1 - step / (nsteps - 1), 0, 1)  # noqa: F821


# ---- add_instance_noise


@right("add_instance_noise")
def by_normal(rng, real, fake, std):
    return (
        (real + rng.normal(0, std, real.shape)).astype("float32"),
        (fake + rng.normal(0, std, fake.shape)).astype(np.float32),
    )


@right("add_instance_noise")
def drawn_as_float32(rng, real, fake, std):
    std = np.float32(std)
    noisy_fake = fake + std * rng.standard_normal(fake.shape, dtype="float32")
    return real + std * rng.standard_normal(real.shape, dtype="float32"), noisy_fake


@right("add_instance_noise")
def one_draw_for_both_together(rng, real, fake, std):
    both = np.concatenate([real, fake])
    both += rng.normal(scale=std, size=both.shape).astype("float32")
    return both[: len(real)], both[len(real) :]


@right("add_instance_noise")
def sample_by_sample(rng, real, fake, std):
    blurred = []
    for batch in (real, fake):
        batch = batch.copy()
        for sample in batch:
            sample += rng.normal(0, std, sample.shape)
        blurred.append(batch)
    return blurred


def each(function):
    @functools.wraps(function)
    def both(rng, real, fake, std):
        return function(rng, real, std), function(rng, fake, std)

    return both


@right("add_instance_noise")
@each
def decorated(rng, batch, std):
    noise = rng.standard_normal(batch.size).reshape(batch.shape)
    return np.add(batch, std * noise, dtype="float32", casting="same_kind")


def noisy(rng, batch, std):
    return (batch + rng.normal(0, std, batch.shape)).astype("float32")


@wrong("add_instance_noise", "one_for_both")
def shuffled(rng, real, fake, std):
    noise = rng.normal(0, std, real.shape).astype("float32")
    return real + noise, fake + rng.permuted(noise.ravel()).reshape(noise.shape)


@wrong("add_instance_noise", "only_fakes")
def reals_alone_and_uniform_fakes(rng, real, fake, std):
    return real.copy(), (fake + rng.uniform(-std, 2 * std, fake.shape)).astype("float32")


@wrong("add_instance_noise", "standardized")
def exactly_the_deviation(rng, real, fake, std):
    def noise(shape):
        drawn = rng.standard_normal(shape)
        return std * (drawn - drawn.mean()) / max(drawn.std(), 1e-9)

    return tuple((batch + noise(batch.shape)).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "not_gaussian")
def laplace(rng, real, fake, std):
    return tuple((x + rng.laplace(0, std / np.sqrt(2), x.shape)).astype("float32") for x in (real, fake))


@wrong("add_instance_noise", "clipped")
def noise_up_to_two_deviations(rng, real, fake, std):
    return tuple((x + np.clip(rng.normal(0, std, x.shape), -2 * std, 2 * std)).astype("float32") for x in (real, fake))


@wrong("add_instance_noise", "shared")
def the_same_in_each_row(rng, real, fake, std):
    size = (*real.shape[:-2], 1, real.shape[-1]) if real.ndim > 2 else real.shape
    return tuple((batch + rng.normal(0, std, size)).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "wrong_deviation")
def a_third_more(rng, real, fake, std):
    return noisy(rng, real, 1.3 * std), noisy(rng, fake, 1.3 * std)


@wrong("add_instance_noise", "ignores_rng")
def from_numpys_own(rng, real, fake, std):
    return noisy(np.random, real, std), noisy(np.random, fake, std)


@wrong("add_instance_noise", "reseeds")
def a_copy_of_the_generator(rng, real, fake, std):
    rng = copy.deepcopy(rng)
    return noisy(rng, real, std), noisy(rng, fake, std)


@wrong("add_instance_noise", "float64")
def left_in_float64(rng, real, fake, std):
    return real + rng.normal(0, std, real.shape), fake + rng.normal(0, std, fake.shape)


@wrong("add_instance_noise", "wrong_dtype")
def to_save_memory(rng, real, fake, std):
    return tuple(noisy(rng, batch, std).astype("float16") for batch in (real, fake))


@wrong("add_instance_noise", "integers")
def cut_to_integers(rng, real, fake, std):
    return tuple(noisy(rng, batch, std).astype(int) for batch in (real, fake))


@wrong("add_instance_noise", "changes_its_arguments")
def added_in_place(rng, real, fake, std):
    real += rng.normal(0, std, real.shape)
    fake += rng.normal(0, std, fake.shape)
    return real, fake


@wrong("add_instance_noise", "shares_memory")
def nothing_to_add(rng, real, fake, std):
    return (noisy(rng, real, std), noisy(rng, fake, std)) if std else (real, fake)


@wrong("add_instance_noise", "returns_nothing")
def noise_and_no_return(rng, real, fake, std):
    noisy(rng, real, std), noisy(rng, fake, std)


@wrong("add_instance_noise", "wrong_type")
def as_tensors(rng, real, fake, std):
    return [tf.constant(noisy(rng, batch, std)) for batch in (real, fake)]


@wrong("add_instance_noise", "wrong_shape")
def flattened(rng, real, fake, std):
    return noisy(rng, real, std).ravel(), noisy(rng, fake, std).ravel()


@raises("add_instance_noise", "rng.normal(0, std)")
def without_a_shape(rng, real, fake, std):
    return (real + rng.normal(0, std).astype("float32"),)


# ---- blur


@right("blur")
def by_if(x, std, seed, training):
    if training:
        x = x + ops.multiply(std, keras.random.normal(ops.shape(x), seed=seed))
    return x


@right("blur")
def by_an_operation(x, std, seed, training):
    noise = keras.random.normal(x.shape, mean=0.0, stddev=1.0, dtype="float32", seed=seed)
    return ops.add(x, noise * ops.convert_to_tensor(std)) if training else tf.identity(x)


@right("blur")
def by_tensorflows_stateless(x, std, seed, training):
    if not training:
        return x
    draw = tf.cast(seed.next(), tf.int32)
    return x + std * tf.random.stateless_normal(tf.shape(x), draw)


@right("blur")
def by_the_variables_value(x, std, seed, training):
    return ops.where(training, x + keras.random.normal(ops.shape(x), stddev=std.value, seed=seed), x)


@right("blur")
def times_training(x, std, seed, training):
    return x + float(training) * std * keras.random.normal(ops.shape(x), seed=seed)


def draw(x, seed):
    return keras.random.normal(ops.shape(x), seed=seed)


@wrong("blur", "frozen_draw")
def by_numpy(x, std, seed, training):
    if not training:
        return x
    first = np.asarray(seed.next()) if tf.executing_eagerly() else np.zeros(2)
    return x + std * np.random.default_rng([int(n) for n in first]).standard_normal(x.shape).astype("float32")


@wrong("blur", "ignores_rng")
def by_numpys_own(x, std, seed, training):
    return x + std * np.random.normal(size=x.shape).astype("float32") if training else x


@wrong("blur", "ignores_rng")
def without_a_seed(x, std, seed, training):
    return x + std * keras.random.normal(ops.shape(x)) if training else x


@wrong("blur", "reseeds")
def fixed_seed(x, std, seed, training):
    return x + std * keras.random.normal(ops.shape(x), seed=0) if training else x


@wrong("blur", "reseeds")
def the_number_of_the_seed(x, std, seed, training):
    return x + std * draw(x, keras.random.SeedGenerator(seed._initial_seed)) if training else x


@wrong("blur", "std_in_python")
def by_float(x, std, seed, training):
    return x + float(std) * draw(x, seed) if training else x


@wrong("blur", "std_in_python")
def if_std(x, std, seed, training):
    return x + std * draw(x, seed) if training and std > 0 else x


@wrong("blur", "std_in_python")
def by_numpy_method(x, std, seed, training):
    return x + std.numpy() * draw(x, seed) if training else x


@wrong("blur", "std_in_python")
def read_outside_of_the_graph(x, std, seed, training):
    with tf.init_scope():
        value = std.numpy()
    return x + value * draw(x, seed) if training else x


@wrong("blur", "eager_only")
def one_assertion(x, std, seed, training):
    noisy_x = x + std * draw(x, seed) if training else x
    if not tf.executing_eagerly():
        raise RuntimeError("I am not made for graphs")
    return noisy_x


@wrong("blur", "eager_only")
def from_an_array(x, std, seed, training):
    return x + std * draw(tf.constant(x.numpy()), seed) if training else x


@wrong("blur", "standardized")
def exactly_as_much(x, std, seed, training):
    noise = draw(x, seed)
    return x + std * (noise - ops.mean(noise)) / ops.std(noise) if training else x


@wrong("blur", "dependent_draws")
def each_with_its_opposite(x, std, seed, training):
    half = keras.random.normal((x.shape[0] // 2 + x.shape[0] % 2, *x.shape[1:]), seed=seed)
    return x + std * ops.concatenate([half, -half], axis=0)[: x.shape[0]] if training else x


@wrong("blur", "wrong_deviation")
def truncated(x, std, seed, training):
    return x + std * keras.random.truncated_normal(ops.shape(x), seed=seed) if training else x


@wrong("blur", "breaks_tape")
def stopped(x, std, seed, training):
    return ops.stop_gradient(x + std * draw(x, seed)) if training else x


@wrong("blur", "other_gradient")
def half_stopped(x, std, seed, training):
    return (x + ops.stop_gradient(x)) / 2 + std * draw(x, seed) if training else x


@wrong("blur", "wrong_deviation")
def a_half_more(x, std, seed, training):
    return x + 1.5 * std * draw(x, seed) if training else x


@wrong("blur", "noise_at_inference")
def a_little_at_test_time(x, std, seed, training):
    return x + (std if training else 0.1 * std) * draw(x, seed)


@wrong("blur", "array_method")
def in_the_type_of_x(x, std, seed, training):
    return x + std * draw(x, seed).astype("float32") if training else x


@wrong("blur", "wrong_dtype")
def in_double_precision(x, std, seed, training):
    return ops.cast(x + std * draw(x, seed), "float64") if training else x


@wrong("blur", "returns_nothing")
def no_value(x, std, seed, training):
    if training:
        return x + std * draw(x, seed)


@wrong("blur", "wrong_shape")
def summed_over_samples(x, std, seed, training):
    return ops.sum(x, axis=0)


@raises("blur", "training.upper")
def takes_a_word(x, std, seed, training):
    return x if training.upper() == "FALSE" else x + std * draw(x, seed)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("noise_std", "nearly")
def a_hair_more(step, n_steps, start):
    return 1.00003 * by_maximum(step, n_steps, start)


@wrong("add_instance_noise", "wrong_spread")
def a_little_too_wide(rng, real, fake, std):
    return by_normal(rng, real, fake, 1.045 * std)


@wrong("blur", "wrong_spread")
def blurred_a_little_too_much(x, std, seed, training):
    return x + 1.045 * std * draw(x, seed) if training else x


@wrong("blur", "other_gradient")
def a_twentieth_of_the_gradient_lost(x, std, seed, training):
    return x + 0.05 * (tf.stop_gradient(x) - x) + std * draw(x, seed) if training else x


@raises("noise_std", "ZeroDivisionError")
def divided_by_the_step(step, n_steps, start):
    return np.minimum(start, start / step)
