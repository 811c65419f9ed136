"""Answers to lab 25, after the paper's code, its ports to TensorFlow and PyTorch, and usual slips."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("minibatch_discrimination")


# ---- minibatch_features


def points_of(x, kernel):
    return ops.tensordot(x, kernel, axes=1)


def pairs_of(x, kernel):
    points = points_of(x, kernel)
    return points[:, None] - points[None]


@right("minibatch_features")
def einsum_and_axes_from_behind(x, kernel):
    points = ops.einsum("nd,dbc->nbc", x, kernel)
    distances = ops.sum(ops.abs(ops.expand_dims(points, 0) - ops.expand_dims(points, 1)), axis=-1)
    return ops.sum(ops.exp(-distances), axis=0)


@right("minibatch_features")
def as_ported_to_tensorflow(x, kernel):
    d, b, c = kernel.shape
    points = tf.reshape(tf.matmul(x, tf.reshape(kernel, [d, b * c])), [-1, b, c])
    pairs = tf.expand_dims(points, 3) - tf.expand_dims(tf.transpose(points, [1, 2, 0]), 0)
    return tf.reduce_sum(tf.exp(-tf.reduce_sum(tf.abs(pairs), 2)), 2)


@right("minibatch_features")
def without_itself_as_in_the_papers_code(x, kernel):
    distances = ops.sum(ops.abs(pairs_of(x, kernel)), axis=3)
    distances = distances + 1e6 * ops.eye(x.shape[0])[:, :, None]
    return ops.sum(ops.exp(-distances), axis=1)


@right("minibatch_features")
def minus_one(x, kernel):
    return tf.reduce_sum(tf.exp(-tf.norm(pairs_of(x, kernel), ord=1, axis=-1)), axis=1) - 1


@right("minibatch_features")
def one_kernel_after_the_other(x, kernel):
    columns = []
    for k in range(kernel.shape[1]):
        points = ops.matmul(x, kernel[:, k])
        distances = ops.sum(ops.abs(points[:, None, :] - points[None, :, :]), axis=2)
        columns.append(ops.sum(ops.exp(-distances), axis=1))
    return ops.stack(columns, axis=1)


@right("minibatch_features")
def one_number_after_the_other(x, kernel):
    points, distances = points_of(x, kernel), 0.0
    for k in range(kernel.shape[2]):
        distances += tf.abs(points[:, None, :, k] - points[None, :, :, k])
    return tf.reduce_sum(tf.exp(-distances), axis=1)


@right("minibatch_features")
def sample_by_sample_in_a_map(x, kernel):
    points = points_of(x, kernel)
    return tf.map_fn(lambda one: tf.reduce_sum(tf.exp(-tf.reduce_sum(tf.abs(points - one), -1)), 0), points)


@right("minibatch_features")
def sample_by_sample_vectorized(x, kernel):
    points = points_of(x, kernel)
    return ops.vectorized_map(lambda one: ops.sum(ops.exp(-ops.sum(ops.abs(points - one), -1)), 0), points)


@right("minibatch_features")
def both_repeated(x, kernel):
    points, n = points_of(x, kernel), x.shape[0]
    ones, others = ops.repeat(points, n, axis=0), ops.tile(points, (n, 1, 1))
    closeness = ops.exp(-ops.sum(ops.absolute(ones - others), axis=2))
    return ops.sum(ops.reshape(closeness, (n, n, -1)), axis=1)


@wrong("minibatch_features", "written_out")
def loop_over_samples(x, kernel):
    points = points_of(x, kernel)
    return ops.stack(
        [ops.sum(ops.exp(-ops.sum(ops.abs(points - points[i]), axis=-1)), axis=0) for i in range(x.shape[0])]
    )


@wrong("minibatch_features", "written_out")
def loops_over_pairs(x, kernel):
    points, rows = points_of(x, kernel), []
    for i in range(points.shape[0]):
        row = ops.zeros(points.shape[1])
        for j in range(points.shape[0]):
            row += ops.exp(-ops.sum(ops.abs(points[i] - points[j]), axis=-1))
        rows.append(row)
    return ops.stack(rows)


@wrong("minibatch_features", "numpy")
def all_in_numpy(x, kernel):
    points = np.tensordot(x, kernel, 1)
    return np.exp(-np.abs(points[:, None] - points[None]).sum(-1)).sum(1)


@wrong("minibatch_features", "numpy")
def array_methods(x, kernel):
    return ops.exp(-ops.abs(pairs_of(x, kernel)).sum(-1)).sum(1)


@wrong("minibatch_features", "numpy")
def taken_out_of_the_tensor(x, kernel):
    points = x.numpy() @ kernel.numpy().reshape(x.shape[1], -1)
    points = points.reshape(-1, *kernel.shape[1:])
    return ops.sum(ops.exp(-ops.sum(ops.abs(points[:, None] - points[None]), -1)), 1)


@wrong("minibatch_features", "breaks_tape")
def numpy_inside_tensorflow(x, kernel):
    result = tf.numpy_function(all_in_numpy, [x, kernel], tf.float32)
    return tf.reshape(result, (x.shape[0], kernel.shape[1]))


@wrong("minibatch_features", "size_as_tensor")
def length_of_a_tensor(x, kernel):
    closeness = ops.exp(-ops.sum(ops.abs(pairs_of(x, kernel)), axis=-1))
    return ops.sum(closeness, axis=1) * (len(x) / len(x))


@wrong("minibatch_features", "size_as_tensor")
def loop_over_the_tensor_itself(x, kernel):
    points = points_of(x, kernel)
    return ops.stack([ops.sum(ops.exp(-ops.sum(ops.abs(points - one), -1)), 0) for one in points])


@wrong("minibatch_features", "eager_only")
def with_a_look_at_the_numbers(x, kernel):
    features = einsum_and_axes_from_behind(x, kernel)
    tf.print("features", features)
    return features


@wrong("minibatch_features", "wrong_dtype")
def with_doubles(x, kernel):
    return einsum_and_axes_from_behind(tf.cast(x, "float64"), tf.cast(kernel, "float64"))


@wrong("minibatch_features", "breaks_tape")
def gradient_stopped(x, kernel):
    return ops.stop_gradient(einsum_and_axes_from_behind(x, kernel))


@wrong("minibatch_features", "other_gradient")
def gradient_stopped_on_one_side(x, kernel):
    points = points_of(x, kernel)
    differences = points[:, None] - ops.stop_gradient(points)[None]
    return ops.sum(ops.exp(-ops.sum(ops.abs(differences), axis=-1)), axis=1)


@wrong("minibatch_features", "nan_gradient")
def root_of_a_square(x, kernel):
    sizes = ops.sqrt(ops.square(pairs_of(x, kernel)))
    return ops.sum(ops.exp(-ops.sum(sizes, axis=-1)), axis=1)


@right("minibatch_features")
def the_larger_of_both_signs(x, kernel):
    differences = pairs_of(x, kernel)
    return ops.sum(ops.exp(-ops.sum(ops.maximum(differences, -differences), axis=-1)), axis=1)


@wrong("minibatch_features", "three_axes")
def times_the_kernel_as_it_is(x, kernel):
    points = x @ kernel
    return ops.sum(ops.exp(-ops.sum(ops.abs(points[:, None] - points[None]), -1)), 1)


@wrong("minibatch_features", "three_axes")
def default_axes_of_tensordot(x, kernel):
    points = ops.tensordot(x, kernel)
    return ops.sum(ops.exp(-ops.sum(ops.abs(points[:, None] - points[None]), -1)), 1)


@wrong("minibatch_features", "other_gradient")
def kernel_that_does_not_learn(x, kernel):
    return einsum_and_axes_from_behind(x, ops.stop_gradient(kernel))


@wrong("minibatch_features", "differs")
def points_squashed(x, kernel):
    points = ops.tanh(points_of(x, kernel))
    return ops.sum(ops.exp(-ops.sum(ops.abs(points[:, None] - points[None]), axis=-1)), axis=1)


@wrong("minibatch_features", "normalized")
def softmax_over_partners(x, kernel):
    return ops.sum(ops.softmax(-ops.sum(ops.abs(pairs_of(x, kernel)), axis=-1), axis=1), axis=1)


@wrong("minibatch_features", "returns_nothing")
def never_returned(x, kernel):
    einsum_and_axes_from_behind(x, kernel)


@wrong("minibatch_features", "wrong_arguments")
def kernel_made_inside(x):
    return x


@raises("minibatch_features", "NameError")
def a_name_that_does_not_exist(x, kernel):
    return ops.sum(ops.exp(-distances), axis=1)  # noqa: F821


# ---- pack


def checked(samples, m):
    n, d = samples.shape
    if n % m != 0:
        raise ValueError(f"{n} is not a multiple of {m}")
    return n // m, m * d


@right("pack")
def reshaped_by_tensorflow(samples, m):
    checked(samples, m)
    return tf.reshape(samples, [-1, m * samples.shape[1]])


@right("pack")
def every_mth_together(samples, m):
    checked(samples, m)
    return ops.concatenate(ops.split(samples, m, axis=0), axis=1)


@right("pack")
def slices_side_by_side(samples, m):
    if samples.shape[0] % m:
        raise ValueError("not a multiple")
    return tf.concat([samples[i::m] for i in range(m)], axis=-1)


@right("pack")
def gathered(samples, m):
    packs, width = checked(samples, m)
    return ops.reshape(tf.gather(samples, np.arange(packs * m)[::-1].copy()), (packs, width))


class NotAMultiple(ValueError):
    """An error of one's own, for `pack`."""


@right("pack")
def with_an_error_of_its_own(samples, m):
    if samples.shape[0] % m:
        raise NotAMultiple("take a batch size that m divides")
    return ops.reshape(samples, (-1, m * samples.shape[1]))


@right("pack")
def pack_by_pack(samples, m):
    size = samples.shape[0]
    if size % m:
        raise ValueError
    return ops.stack([ops.reshape(samples[i : i + m], (-1,)) for i in range(0, size, m)])


@right("pack")
def shuffled_first(samples, m):
    shape = checked(samples, m)
    return ops.reshape(keras.random.shuffle(samples), shape)


@wrong("pack", "numpy")
def by_numpy(samples, m):
    return np.reshape(samples, checked(samples, m))


@wrong("pack", "numpy")
def array_method(samples, m):
    return samples.reshape(checked(samples, m))


@wrong("pack", "size_as_tensor")
def size_from_tf_shape(samples, m):
    n = tf.shape(samples)[0]
    if n % m != 0:
        raise ValueError("not a multiple")
    return tf.reshape(samples, (n // m, m * samples.shape[1]))


@wrong("pack", "eager_only")
def with_a_look_at_the_samples(samples, m):
    tf.print(samples)
    return ops.reshape(samples, checked(samples, m))


@wrong("pack", "wrong_dtype")
def packs_of_doubles(samples, m):
    return tf.reshape(tf.cast(samples, "float64"), checked(samples, m))


@wrong("pack", "breaks_tape")
def rounded(samples, m):
    return tf.round(tf.reshape(samples, checked(samples, m)))


@wrong("pack", "repeats")
def each_sample_m_times(samples, m):
    checked(samples, m)
    return ops.tile(samples, (1, m))


@wrong("pack", "repeats")
def the_first_of_each_pack_m_times(samples, m):
    checked(samples, m)
    return ops.tile(samples[::m], (1, m))


@wrong("pack", "overlapping")
def sliding_window(samples, m):
    checked(samples, m)
    return ops.concatenate([ops.roll(samples, -k, axis=0) for k in range(m)], axis=1)


@wrong("pack", "overlapping")
def only_the_first_samples(samples, m):
    packs, _ = checked(samples, m)
    return ops.concatenate([ops.roll(samples, -k, axis=0)[:packs] for k in range(m)], axis=1)


@wrong("pack", "torn")
def transposed_first(samples, m):
    return ops.reshape(ops.transpose(samples), checked(samples, m))


@wrong("pack", "other_gradient")
def only_the_first_of_a_pack_learns(samples, m):
    checked(samples, m)
    packs = ops.stack([samples[::m], *(ops.stop_gradient(samples[i::m]) for i in range(1, m))], axis=1)
    return ops.reshape(packs, checked(samples, m))


@wrong("pack", "not_side_by_side")
def numbers_of_a_kind_together(samples, m):
    shape = checked(samples, m)
    return ops.reshape(ops.swapaxes(ops.reshape(samples, (shape[0], m, -1)), 1, 2), shape)


@wrong("pack", "not_side_by_side")
def samples_turned_round(samples, m):
    return ops.reshape(samples[:, ::-1], checked(samples, m))


@wrong("pack", "torn")
def each_column_sorted(samples, m):
    return ops.reshape(ops.sort(samples, axis=0), checked(samples, m))


@wrong("pack", "columns_differ")
def sorted_in_the_pack(samples, m):
    packs, width = checked(samples, m)
    order = np.arange(packs * width).reshape(packs, width)
    order[1::2] = order[1::2, ::-1]
    return ops.reshape(ops.take(ops.reshape(samples, (-1,)), order.ravel()), (packs, width))


@wrong("pack", "other_numbers")
def with_noise(samples, m):
    return ops.reshape(samples, checked(samples, m)) + 0.3


@wrong("pack", "accepts_a_rest")
def rest_dropped(samples, m):
    n, d = samples.shape
    return ops.reshape(samples[: n // m * m], (n // m, m * d))


@wrong("pack", "accepts_a_rest")
def rest_filled_up(samples, m):
    n, d = samples.shape
    return ops.reshape(ops.concatenate([samples, samples[: -n % m]]), (-1, m * d))


@wrong("pack", "other_error")
def left_to_the_reshape(samples, m):
    return ops.reshape(samples, (-1, m * samples.shape[1]))


@wrong("pack", "other_error")
def asserted(samples, m):
    assert samples.shape[0] % m == 0
    return ops.reshape(samples, checked(samples, m))


@wrong("pack", "wrong_shape")
def flat(samples, m):
    checked(samples, m)
    return ops.reshape(samples, (-1,))


@wrong("pack", "wrong_type")
def a_list_of_packs(samples, m):
    packs, _ = checked(samples, m)
    return ops.split(samples, packs)


@wrong("pack", "returns_nothing")
def no_return(samples, m):
    ops.reshape(samples, checked(samples, m))


@raises("pack", "ValueError")
def multiple_the_wrong_way_round(samples, m):
    if m % samples.shape[0]:
        raise ValueError("not a multiple")
    return ops.reshape(samples, (-1, m * samples.shape[1]))


# ---- minibatch_stddev


def column(x, number):
    return ops.ones((x.shape[0], 1)) * number


@right("minibatch_stddev")
def variance_kept_up(x):
    return column(x, ops.mean(ops.sqrt(ops.maximum(ops.var(x, axis=0), 1e-8))))


@right("minibatch_stddev")
def by_hand(x):
    centred = x - tf.reduce_mean(x, axis=0, keepdims=True)
    deviations = tf.sqrt(tf.reduce_mean(tf.square(centred), axis=0) + 1e-8)
    return tf.fill((x.shape[0], 1), tf.reduce_mean(deviations))


@right("minibatch_stddev")
def moments(x):
    _, variances = ops.moments(x, axes=0)
    return ops.tile(ops.reshape(ops.mean(ops.power(variances + 1e-7, 0.5)), (1, 1)), (x.shape[0], 1))


@right("minibatch_stddev")
def broadcast(x):
    number = ops.mean(ops.sqrt(keras.ops.var(x, axis=0, keepdims=True) + keras.config.epsilon()))
    return ops.broadcast_to(number, (x.shape[0], 1))


@right("minibatch_stddev")
def where_on_both_sides(x):
    variances = tf.math.reduce_variance(x, axis=0)
    safe = tf.where(variances > 0, variances, 1.0)
    return tf.repeat(tf.reduce_mean(tf.where(variances > 0, tf.sqrt(safe), 0.0))[None, None], x.shape[0], axis=0)


@wrong("minibatch_stddev", "nan_gradient")
def added_after_the_root(x):
    return column(x, ops.mean(ops.std(x, axis=0) + 1e-8))


@wrong("minibatch_stddev", "nan_gradient")
def by_the_norm(x):
    return column(x, ops.mean(ops.norm(x - ops.mean(x, axis=0), axis=0)) / np.sqrt(x.shape[0]))


@wrong("minibatch_stddev", "nan_gradient")
def nan_replaced_in_the_number(x):
    return column(x, ops.nan_to_num(ops.mean(ops.std(x, axis=0))))


@wrong("minibatch_stddev", "breaks_tape")
def gradient_stopped_here(x):
    return column(x, ops.stop_gradient(ops.mean(ops.std(x, axis=0))))


def not_repeated(x):
    return ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))


@wrong("minibatch_stddev", "nan_gradient")
def clipped_from_below_after_the_root(x):
    return column(x, ops.mean(ops.clip(ops.std(x, axis=0), 1e-8, 1e8)))


@wrong("minibatch_stddev", "nan_gradient")
def where_after_the_root(x):
    variances = ops.var(x, axis=0)
    return column(x, ops.mean(ops.where(variances > 0, ops.sqrt(variances), 0.0)))


@wrong("minibatch_stddev", "wrong_dtype")
def a_column_of_doubles(x):
    return by_hand(tf.cast(x, "float64"))


@wrong("minibatch_stddev", "other_gradient")
def variance_over_a_stopped_deviation(x):
    variances = ops.var(x, axis=0)
    return column(x, ops.mean(variances / ops.stop_gradient(ops.sqrt(variances + 1e-8))))


@wrong("minibatch_stddev", "numpy")
def with_numpy(x):
    return np.full((x.shape[0], 1), np.sqrt(np.var(x, axis=0) + 1e-8).mean())


@wrong("minibatch_stddev", "size_as_tensor")
def with_len(x):
    return tf.fill((len(x), 1), not_repeated(x))


@wrong("minibatch_stddev", "eager_only")
def with_a_look_at_the_deviation(x):
    tf.print("deviation", not_repeated(x))
    return column(x, not_repeated(x))


@wrong("minibatch_stddev", "breaks_tape")
def rounded_to_four_digits(x):
    return column(x, tf.round(not_repeated(x) * 1e4) / 1e4)


@wrong("minibatch_stddev", "returns_nothing")
def no_result(x):
    by_hand(x)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("minibatch_features", "other_factor")
def something_small_added_to_each_distance(x, kernel):
    distances = ops.sum(ops.abs(pairs_of(x, kernel)), axis=3) + 0.004
    return ops.sum(ops.exp(-distances), axis=1)


@wrong("minibatch_features", "other_gradient")
def damped_features(x, kernel):
    right = minus_one(x, kernel) + 1
    return 0.95 * right + 0.05 * tf.stop_gradient(right)


@wrong("pack", "other_numbers")
def packed_and_stretched(samples, m):
    return 1.0002 * reshaped_by_tensorflow(samples, m)


@right("minibatch_stddev")
def by_keras_moments(x):
    _, variance = ops.moments(x, axes=0)
    return ops.ones_like(x[:, :1]) * ops.mean(ops.sqrt(variance + 1e-8))
