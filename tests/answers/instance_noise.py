"""Answers to lab 23, after schedules and noise that are found in published code."""

import time
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
def with_tensors(step, n_steps, start):
    return start * ops.maximum(1 - ops.cast(step, "float32") / (n_steps - 1), 0)


@right("noise_std")
def one_by_one(step, n_steps, start):
    if np.ndim(step):
        return [one_by_one(int(one), n_steps, start) for one in step]
    return max(0.0, start - start * step / (n_steps - 1))


@right("noise_std")
def by_a_mask(step, n_steps, start):
    std = start * (1 - step / (n_steps - 1))
    return std * (std > 0)


@wrong("noise_std", "constant")
def always_the_start(step, n_steps, start):
    return start


@wrong("noise_std", "grows")
def the_share_that_is_done(step, n_steps, start):
    return start * np.clip(step / (n_steps - 1), 0, 1)


@wrong("noise_std", "one_step_late")
def divided_by_n_steps(step, n_steps, start):
    return start * np.maximum(1 - step / n_steps, 0)


@wrong("noise_std", "one_step_early")
def counted_from_one(step, n_steps, start):
    return start * np.maximum(1 - (step + 1) / n_steps, 0)


@wrong("noise_std", "negative")
def no_end(step, n_steps, start):
    return start * (1 - step / (n_steps - 1))


@wrong("noise_std", "never_zero")
def exponential(step, n_steps, start):
    return start * np.exp(-5.0 * step / n_steps)


@wrong("noise_std", "variance")
def the_variance_is_linear(step, n_steps, start):
    return start * np.sqrt(np.clip(1 - step / (n_steps - 1), 0, 1))


@wrong("noise_std", "variance")
def start_squared(step, n_steps, start):
    return start**2 * np.clip(1 - step / (n_steps - 1), 0, 1)


@wrong("noise_std", "curved")
def cosine(step, n_steps, start):
    return start * 0.5 * (1 + np.cos(np.pi * np.clip(step / (n_steps - 1), 0, 1)))


@wrong("noise_std", "restarts")
def by_remainder(step, n_steps, start):
    return start * (1 - step % n_steps / (n_steps - 1))


@wrong("noise_std", "ends")
def out_of_a_table(step, n_steps, start):
    return np.linspace(start, 0, n_steps)[step]


@wrong("noise_std", "differs")
def a_table_for_any_array(step, n_steps, start):
    return np.linspace(start, 0, len(step)) if np.ndim(step) else max(0, start * (1 - step / (n_steps - 1)))


@wrong("noise_std", "differs")
def arrays_go_below_zero(step, n_steps, start):
    std = start * (1 - step / (n_steps - 1))
    return std if np.ndim(step) else max(0, std)


@wrong("noise_std", "ignores_start")
def from_one(step, n_steps, start):
    return np.clip(1 - step / (n_steps - 1), 0, 1)


begun = time.perf_counter()


@wrong("noise_std", "ignores_step")
def by_the_clock(step, n_steps, start):
    return np.full(np.shape(step), start * max(0, 1 - (time.perf_counter() - begun) / 3600))


calls = count()


@wrong("noise_std", "ignores_step")
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


@wrong("noise_std", "not_one_number")
def always_a_table(step, n_steps, start):
    return start * np.clip(1 - np.arange(n_steps) / (n_steps - 1), 0, 1)


@wrong("noise_std", "differs")
def half_of_it(step, n_steps, start):
    return 0.5 * start * np.clip(1 - step / (n_steps - 1), 0, 1)


@wrong("noise_std", "returns_nothing")
def no_return(step, n_steps, start):
    start * np.clip(1 - step / (n_steps - 1), 0, 1)


@wrong("noise_std", "wrong_type")
def in_words(step, n_steps, start):
    return f"{start:.2f}"


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


@right("add_instance_noise")
def as_tensors(rng, real, fake, std):
    return [tf.constant(batch) + tf.constant(rng.normal(0, std, batch.shape), "float32") for batch in (real, fake)]


def noisy(rng, batch, std):
    return (batch + rng.normal(0, std, batch.shape)).astype("float32")


@wrong("add_instance_noise", "only_fakes")
def fakes_alone(rng, real, fake, std):
    return real, noisy(rng, fake, std)


@wrong("add_instance_noise", "only_reals")
def reals_alone(rng, real, fake, std):
    return noisy(rng, real, std), fake


@wrong("add_instance_noise", "no_noise")
def untouched(rng, real, fake, std):
    return real.copy(), fake.copy()


@wrong("add_instance_noise", "one_for_both")
def the_same_noise(rng, real, fake, std):
    noise = rng.normal(0, std, real.shape).astype("float32")
    return real + noise, fake + noise


@wrong("add_instance_noise", "one_for_both")
def added_and_subtracted(rng, real, fake, std):
    noise = rng.normal(0, std, real.shape).astype("float32")
    return real + noise, fake - noise


@wrong("add_instance_noise", "shared")
def the_same_in_all_channels(rng, real, fake, std):
    size = real.shape if real.ndim == 2 else (*real.shape[:-1], 1)
    return tuple((batch + rng.normal(0, std, size)).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "scaled")
def as_in_diffusion(rng, real, fake, std):
    kept = np.sqrt(max(0, 1 - std**2))
    return noisy(rng, kept * real, std), noisy(rng, kept * fake, std)


@wrong("add_instance_noise", "one_per_sample")
def one_number_a_sample(rng, real, fake, std):
    size = (len(real), *[1] * (real.ndim - 1))
    return tuple((batch + rng.normal(0, std, size)).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "one_per_batch")
def one_sample_for_the_batch(rng, real, fake, std):
    return tuple((batch + rng.normal(0, std, batch.shape[1:])).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "variance")
def the_root_of_std(rng, real, fake, std):
    return noisy(rng, real, np.sqrt(std)), noisy(rng, fake, np.sqrt(std))


@wrong("add_instance_noise", "variance")
def the_square_of_std(rng, real, fake, std):
    return noisy(rng, real, std**2), noisy(rng, fake, std**2)


@wrong("add_instance_noise", "uniform")
def uniform_noise(rng, real, fake, std):
    return tuple((batch + rng.uniform(-std, std, batch.shape)).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "clipped")
def clipped_to_images(rng, real, fake, std):
    return np.clip(noisy(rng, real, std), -1, 1), np.clip(noisy(rng, fake, std), -1, 1)


@wrong("add_instance_noise", "other_mean")
def absolute_noise(rng, real, fake, std):
    return tuple((batch + np.abs(rng.normal(0, std, batch.shape))).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "other_mean")
def around_std(rng, real, fake, std):
    return tuple((batch + rng.normal(std, std, batch.shape)).astype("float32") for batch in (real, fake))


@wrong("add_instance_noise", "scaled")
def a_mixture(rng, real, fake, std):
    kept = 1 - min(std, 1)
    return tuple(noisy(rng, kept * batch, std) for batch in (real, fake))


@wrong("add_instance_noise", "unequal")
def half_on_the_fakes(rng, real, fake, std):
    return noisy(rng, real, std), noisy(rng, fake, std / 2)


@wrong("add_instance_noise", "scaled")
def noise_alone(rng, real, fake, std):
    return noisy(rng, 0 * real, std), noisy(rng, 0 * fake, std)


@wrong("add_instance_noise", "swapped")
def fakes_first(rng, real, fake, std):
    return noisy(rng, fake, std), noisy(rng, real, std)


@wrong("add_instance_noise", "ignores_rng")
def from_numpys_own(rng, real, fake, std):
    return noisy(np.random, real, std), noisy(np.random, fake, std)


@wrong("add_instance_noise", "always_the_same")
def a_generator_of_its_own(rng, real, fake, std):
    rng = np.random.default_rng(0)
    return noisy(rng, real, std), noisy(rng, fake, std)


@wrong("add_instance_noise", "float64")
def left_in_float64(rng, real, fake, std):
    return real + rng.normal(0, std, real.shape), fake + rng.normal(0, std, fake.shape)


@wrong("add_instance_noise", "float64")
def to_save_memory(rng, real, fake, std):
    return tuple(noisy(rng, batch, std).astype("float16") for batch in (real, fake))


@wrong("add_instance_noise", "differs")
def a_third_more(rng, real, fake, std):
    return noisy(rng, real, 1.3 * std), noisy(rng, fake, 1.3 * std)


@wrong("add_instance_noise", "changes_its_arguments")
def added_in_place(rng, real, fake, std):
    real += rng.normal(0, std, real.shape)
    fake += rng.normal(0, std, fake.shape)
    return real, fake


@wrong("add_instance_noise", "returns_nothing")
def noise_and_no_return(rng, real, fake, std):
    noisy(rng, real, std), noisy(rng, fake, std)


@wrong("add_instance_noise", "wrong_type")
def joined(rng, real, fake, std):
    return np.concatenate([noisy(rng, real, std), noisy(rng, fake, std)])


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
def with_stddev(x, std, seed, training):
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


@right("blur")
def in_one_line(x, std, seed, training):
    return x + std * keras.random.normal(tf.shape(x), seed=seed) if training else x


def draw(x, seed):
    return keras.random.normal(ops.shape(x), seed=seed)


@wrong("blur", "noise_at_inference")
def always_noisy(x, std, seed, training):
    return x + std * draw(x, seed)


@wrong("blur", "no_noise")
def never_noisy(x, std, seed, training):
    return x


@wrong("blur", "turned_round")
def in_inference(x, std, seed, training):
    return x if training else x + std * draw(x, seed)


@wrong("blur", "frozen_draw")
def by_numpy(x, std, seed, training):
    if not training:
        return x
    first = np.asarray(seed.next()) if tf.executing_eagerly() else np.zeros(2)
    return x + std * np.random.default_rng([int(n) for n in first]).standard_normal(x.shape).astype("float32")


@wrong("blur", "not_from_seed")
def by_numpys_own(x, std, seed, training):
    return x + std * np.random.normal(size=x.shape).astype("float32") if training else x


@wrong("blur", "same_draw")
def fixed_seed(x, std, seed, training):
    return x + std * keras.random.normal(ops.shape(x), seed=0) if training else x


@wrong("blur", "not_from_seed")
def without_a_seed(x, std, seed, training):
    return x + std * keras.random.normal(ops.shape(x)) if training else x


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


@wrong("blur", "not_compiled")
def one_assertion(x, std, seed, training):
    noisy_x = x + std * draw(x, seed) if training else x
    tf.debugging.assert_all_finite(noisy_x, "x")
    if not tf.executing_eagerly():
        raise RuntimeError("I am not made for graphs")
    return noisy_x


@wrong("blur", "one_per_sample")
def one_shift_a_sample(x, std, seed, training):
    shape = (x.shape[0], *[1] * (len(x.shape) - 1))
    return x + std * keras.random.normal(shape, seed=seed) if training else x


@wrong("blur", "one_per_batch")
def one_for_all_samples(x, std, seed, training):
    return x + std * keras.random.normal(x.shape[1:], seed=seed) if training else x


@wrong("blur", "shared")
def one_for_all_channels(x, std, seed, training):
    shape = x.shape if len(x.shape) == 2 else (*x.shape[:-1], 1)
    return x + std * keras.random.normal(shape, seed=seed) if training else x


@wrong("blur", "scaled")
def mixed_in(x, std, seed, training):
    return (1 - std) * x + std * draw(x, seed) if training else x


@wrong("blur", "variance")
def by_the_square(x, std, seed, training):
    return x + std**2 * draw(x, seed) if training else x


@wrong("blur", "uniform")
def by_uniform(x, std, seed, training):
    if not training:
        return x
    return x + std * keras.random.uniform(ops.shape(x), -1.0, 1.0, seed=seed)


@wrong("blur", "clipped")
def clipped_again(x, std, seed, training):
    return ops.clip(x + std * draw(x, seed), -1, 1) if training else x


@wrong("blur", "multiplied")
def multiplied(x, std, seed, training):
    return x * (1 + std * draw(x, seed)) if training else x


@wrong("blur", "other_mean")
def shifted(x, std, seed, training):
    return x + std * (1 + draw(x, seed)) if training else x


@wrong("blur", "no_gradient")
def stopped(x, std, seed, training):
    return ops.stop_gradient(x + std * draw(x, seed)) if training else x


@wrong("blur", "differs")
def a_half_more(x, std, seed, training):
    return x + 1.5 * std * draw(x, seed) if training else x


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
