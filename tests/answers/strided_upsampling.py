"""Answers to lab 02, after what is found in DCGAN tutorials."""

import functools
import itertools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.answers import Shifted, answers

ANSWERS, right, wrong, raises = answers("strided_upsampling")


# ---- coverage


def in_one_direction(kernel, stride):
    """Return how many of the numbers below `kernel` leave each remainder."""
    return np.array([len(range(r, kernel, stride)) for r in range(stride)])


@right("coverage")
def by_writing_patches_on_a_canvas(kernel, stride):
    n = 12
    canvas = np.zeros((stride * n + kernel, stride * n + kernel), int)
    for i in range(n):
        for j in range(n):
            canvas[i * stride : i * stride + kernel, j * stride : j * stride + kernel] += 1
    middle = stride * (n // 2)
    return canvas[middle : middle + stride, middle : middle + stride]


@right("coverage")
def by_loops_over_one_patch(kernel, stride):
    counts = np.zeros((stride, stride), dtype=int)
    for i in range(kernel):
        for j in range(kernel):
            counts[i % stride, j % stride] += 1
    return counts


@right("coverage")
def by_quotient_and_remainder(kernel, stride):
    line = kernel // stride + (np.arange(stride) < kernel % stride)
    return line[:, None] * line[None, :]


@right("coverage")
def by_the_layer_itself(kernel, stride):
    x, weights = np.ones((1, 20, 20, 1), "float32"), np.ones((kernel, kernel, 1, 1), "float32")
    written = np.array(keras.ops.conv_transpose(x, weights, strides=stride, padding="valid"))[0, :, :, 0]
    middle = 10 * stride + 1  # a period that begins elsewhere
    return written[middle : middle + stride, middle : middle + stride]


@right("coverage")
def counted_from_the_other_end(kernel, stride):
    line = in_one_direction(kernel, stride)
    return np.outer(line, line)[::-1, ::-1].astype(float)


@right("coverage")
def by_padding_and_folding(kernel, stride):
    rows = math.ceil(kernel / stride)
    patch = np.pad(np.ones((kernel, kernel), int), (0, rows * stride - kernel))
    return patch.reshape(rows, stride, rows, stride).sum(axis=(0, 2))


@wrong("coverage", "whole_map")
def the_canvas_with_its_border(kernel, stride):
    canvas = np.zeros((stride * 5 + kernel, stride * 5 + kernel), int)
    for i in range(5):
        for j in range(5):
            canvas[i * stride : i * stride + kernel, j * stride : j * stride + kernel] += 1
    return canvas


@wrong("coverage", "swapped_arguments")
def arguments_swapped(kernel, stride):
    line = in_one_direction(stride, kernel)
    return np.outer(line, line)


@wrong("coverage", "one_number")
def the_ratio_alone(kernel, stride):
    counts = by_loops_over_one_patch(kernel, stride)
    return counts.max() / max(counts.min(), 1)


@wrong("coverage", "wrong_type")
def a_list_of_lists(kernel, stride):
    return by_loops_over_one_patch(kernel, stride).tolist()


@wrong("coverage", "returns_nothing")
def only_printed(kernel, stride):
    print(by_loops_over_one_patch(kernel, stride))


@wrong("coverage", "wrong_shape")
def three_axes(kernel, stride):
    return by_loops_over_one_patch(kernel, stride)[None]


@wrong("coverage", "not_finite")
def divided_by_nothing(kernel, stride):
    return np.full((stride, stride), np.inf)


@raises("coverage", "np.zeros(stride, stride)")
def shape_as_two_arguments(kernel, stride):
    return np.zeros(stride, stride)


@wrong("coverage", "too_few_patches")
def three_patches_laid(kernel, stride):
    out = np.zeros((3 * stride + kernel,) * 2, int)
    for i in range(3):
        for j in range(3):
            out[i * stride : i * stride + kernel, j * stride : j * stride + kernel] += 1
    return out[stride : 2 * stride, stride : 2 * stride]


@wrong("coverage", "too_few_patches")
def one_canvas_of_fixed_size(kernel, stride):
    canvas = np.zeros((40, 40), int)
    for i in range(0, 40 - kernel + 1, stride):
        for j in range(0, 40 - kernel + 1, stride):
            canvas[i : i + kernel, j : j + kernel] += 1
    return canvas[2 * stride : 3 * stride, 2 * stride : 3 * stride]


@wrong("coverage", "ignores_argument")
def stride_2_always(kernel, stride):
    line = in_one_direction(kernel, 2)
    return np.outer(line, line)


@wrong("coverage", "other_offset")
def one_patch_more_in_each_row(kernel, stride):
    return by_loops_over_one_patch(kernel, stride) + 1


@wrong("coverage", "wrong_type")
def a_tensor(kernel, stride):
    return tf.constant(by_loops_over_one_patch(kernel, stride))


# ---- make_doubling_block


@right("make_doubling_block")
def by_adding_with_tuples(filters=64, input_shape=(64, 64, 3)):
    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    model.add(layers.Conv2DTranspose(filters, kernel_size=(4, 4), strides=(2, 2), padding="same"))
    return model


@right("make_doubling_block")
def functional(filters=64, input_shape=(64, 64, 3)):
    inputs = keras.Input(input_shape)
    outputs = layers.Conv2DTranspose(filters, 4, 2, "same", kernel_initializer="he_normal")(inputs)
    return keras.Model(inputs, layers.Activation("linear")(outputs))


class Doubling(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.up = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")

    def call(self, x):
        return self.up(x)


@right("make_doubling_block")
def subclassed(filters=64, input_shape=(64, 64, 3)):
    return Doubling(filters)


@right("make_doubling_block")
def cropped_by_hand(filters=64, input_shape=(64, 64, 3)):
    up = layers.Conv2DTranspose(filters, 4, strides=2, padding="valid")
    return keras.Sequential([keras.Input(input_shape), up, layers.Cropping2D(1)])


@right("make_doubling_block")
def any_size(filters=64, input_shape=(64, 64, 3)):
    inputs = keras.Input((None, None, input_shape[-1]))
    return keras.Model(inputs, layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(inputs))


class OwnWeights(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.filters = filters

    def build(self, shape):
        self.kernel = self.add_weight(shape=(4, 4, self.filters, shape[-1]))
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros")

    def call(self, x):
        return keras.ops.conv_transpose(x, self.kernel, strides=2, padding="same") + self.bias


@right("make_doubling_block")
def a_layer_of_its_own(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([keras.Input(input_shape), OwnWeights(filters)])


def block(*stack, shape):
    return keras.Sequential([keras.Input(shape), *stack])


def transposed(filters, kernel=4, **settings):
    return layers.Conv2DTranspose(filters, kernel, **{"strides": 2, "padding": "same", **settings})


@wrong("make_doubling_block", "valid_padding")
def padding_left_at_its_default(filters=64, input_shape=(64, 64, 3)):
    return block(layers.Conv2DTranspose(filters, 4, strides=2), shape=input_shape)


@wrong("make_doubling_block", "valid_padding")
def kernel_of_3_and_valid(filters=64, input_shape=(64, 64, 3)):
    return block(layers.Conv2DTranspose(filters, 3, strides=2), shape=input_shape)


@wrong("make_doubling_block", "not_doubled")
def no_stride(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters, strides=1), shape=input_shape)


@wrong("make_doubling_block", "not_doubled")
def no_stride_and_valid(filters=64, input_shape=(64, 64, 3)):
    return block(layers.Conv2DTranspose(filters, 4), shape=input_shape)


@wrong("make_doubling_block", "halves")
def not_transposed(filters=64, input_shape=(64, 64, 3)):
    return block(layers.Conv2D(filters, 4, strides=2, padding="same"), shape=input_shape)


@wrong("make_doubling_block", "resize_and_convolve")
def blended_then_convolved_with_4(filters=64, input_shape=(64, 64, 3)):
    enlarge = layers.UpSampling2D(2, interpolation="bilinear")
    return block(enlarge, layers.Conv2D(filters, 4, padding="same"), shape=input_shape)


@wrong("make_doubling_block", "no_bias")
def without_bias(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters, use_bias=False), shape=input_shape)


@wrong("make_doubling_block", "normalized")
def with_normalization_and_leak(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters), layers.BatchNormalization(), layers.LeakyReLU(0.2), shape=input_shape)


@wrong("make_doubling_block", "normalized")
def with_normalization(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters), layers.BatchNormalization(), shape=input_shape)


@wrong("make_doubling_block", "noisy")
def with_dropout(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters), layers.Dropout(0.3), shape=input_shape)


@wrong("make_doubling_block", "pooled")
def four_times_then_pooled(filters=64, input_shape=(64, 64, 3)):
    enlarge = layers.Conv2DTranspose(filters, 4, strides=4)
    return keras.Sequential([keras.Input(input_shape), enlarge, layers.AveragePooling2D(2)])


@wrong("make_doubling_block", "wrong_size")
def with_another_convolution(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters), layers.Conv2D(filters, 3, padding="same"), shape=input_shape)


@wrong("make_doubling_block", "wrong_size")
def kernel_of_another_height(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters, (4, 2)), shape=input_shape)


@wrong("make_doubling_block", "ignores_argument")
def always_64(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(64), shape=input_shape)


@wrong("make_doubling_block", "wrong_output")
def always_in_colour(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(3), shape=input_shape)


@wrong("make_doubling_block", "flattened")
def flat(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters), layers.Flatten(), shape=input_shape)


@functools.lru_cache
def kept(filters, input_shape):
    return block(transposed(filters), shape=input_shape)


@wrong("make_doubling_block", "one_network")
def built_once(filters=64, input_shape=(64, 64, 3)):
    return kept(filters, input_shape)


@wrong("make_doubling_block", "other_default")
def filters_of_the_lab(filters=16, input_shape=(64, 64, 3)):
    return block(transposed(filters), shape=input_shape)


@wrong("make_doubling_block", "resize_and_convolve")
def copied_and_convolved_with_relu(filters=64, input_shape=(64, 64, 3)):
    return block(
        layers.UpSampling2D(2), layers.Conv2D(filters, 5, padding="same", activation="relu"), shape=input_shape
    )


@wrong("make_doubling_block", "doubled_twice")
def two_transposed(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters), transposed(filters), shape=input_shape)


@right("make_doubling_block")
def with_a_name(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([keras.Input(input_shape), transposed(filters, name="up")], name="block")


@wrong("make_doubling_block", "wrong_input")
def input_without_channels(filters=64, input_shape=(64, 64, 3)):
    return block(layers.Reshape((64, 64, 1)), transposed(filters), shape=(64, 64))


@wrong("make_doubling_block", "not_a_model")
def the_layer_alone(filters=64, input_shape=(64, 64, 3)):
    return layers.Conv2DTranspose(filters, 4, strides=2, padding="same")


@wrong("make_doubling_block", "returns_nothing")
def built_and_not_returned(filters=64, input_shape=(64, 64, 3)):
    block(transposed(filters), shape=input_shape)


@wrong("make_doubling_block", "wrong_arguments")
def without_arguments():
    return block(transposed(64), shape=(64, 64, 3))


@raises("make_doubling_block", "stride=2")
def stride_instead_of_strides(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([keras.Input(input_shape), layers.Conv2DTranspose(filters, 4, stride=2)])


# ---- covers_evenly


@right("covers_evenly")
def from_the_counts(kernel, stride):
    counts = by_loops_over_one_patch(kernel, stride)
    return counts.min() == counts.max()


@right("covers_evenly")
def by_the_remainder(kernel, stride):
    return not kernel % stride


@right("covers_evenly")
def by_division(kernel, stride):
    return (kernel / stride).is_integer()


@right("covers_evenly")
def by_the_common_factor(kernel, stride):
    return math.gcd(kernel, stride) == stride


@right("covers_evenly")
def among_the_multiples(kernel, stride):
    return kernel in range(stride, kernel + 1, stride)


@wrong("covers_evenly", "factor_for_multiple")
def smaller_by_larger(stride, kernel):
    return bool(kernel % stride == 0)


@wrong("covers_evenly", "differs")
def no_kernel_above_4(kernel, stride):
    return kernel % stride == 0 and kernel <= 4


@wrong("covers_evenly", "not_a_bool")
def the_remainder_itself(kernel, stride):
    return kernel % stride


@wrong("covers_evenly", "returns_nothing")
def only_told(kernel, stride):
    print(kernel % stride == 0)


@raises("covers_evenly", "kernel.is_multiple_of(stride)")
def a_method_that_is_none(kernel, stride):
    return kernel.is_multiple_of(stride)


# ---- found by trying to get past the checks


@wrong("make_doubling_block", "frozen")
def frozen_block(filters=64, input_shape=(64, 64, 3)):
    enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", trainable=False)
    return keras.Sequential([keras.Input(input_shape), enlarge])


@wrong("make_doubling_block", "departs")
def scaled_inside(filters=64, input_shape=(64, 64, 3)):
    enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")
    return keras.Sequential([keras.Input(input_shape), layers.Rescaling(1 / 127.5, -1), enlarge])


@wrong("make_doubling_block", "differs")
def shifted_inside(filters=64, input_shape=(64, 64, 3)):
    enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")
    return Shifted(keras.Sequential([keras.Input(input_shape), enlarge]))


@wrong("coverage", "too_few_patches")
def three_inputs_as_drawn(kernel, stride):
    line = np.zeros(2 * stride + kernel, int)
    for i in range(3):
        line[i * stride : i * stride + kernel] += 1
    middle = line[stride : 2 * stride]
    return np.outer(middle, middle)


@wrong("coverage", "too_few_patches")
def three_inputs_and_the_middle_of_what_they_write(kernel, stride):
    written = np.zeros((2 * stride + kernel,) * 2, int)
    for i, j in itertools.product(range(3), repeat=2):
        written[i * stride : i * stride + kernel, j * stride : j * stride + kernel] += 1
    first = (stride + kernel) // 2
    return written[first : first + stride, first : first + stride]


@wrong("coverage", "differs")
def doubled_at_odd_sums(kernel, stride):
    return by_loops_over_one_patch(kernel, stride) * (1 + (kernel + stride) % 2)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("coverage", "other_offset")
def counts_and_a_little_more(kernel, stride):
    return by_loops_over_one_patch(kernel, stride) + 5e-5


@wrong("make_doubling_block", "departs")
def stretched_by_a_hair(filters=64, input_shape=(64, 64, 3)):
    return block(transposed(filters, padding="same"), layers.Rescaling(1.002), shape=input_shape)


@wrong("coverage", "differs")
def whether_it_is_written(kernel, stride):
    written = np.arange(stride) < kernel
    return np.outer(written, written)
