"""Answers to lab 01, after what is found in DCGAN tutorials, in issues, and in classifiers turned discriminators."""

import functools
import math
from functools import partial

import keras
import numpy as np
from keras import layers

from tests.answers import Shifted, answers

ANSWERS, right, wrong, raises = answers("strided_downsampling")


# ---- conv_output_size


@right("conv_output_size")
def with_math_ceil(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return math.floor((size - kernel) / stride) + 1


@right("conv_output_size")
def count_of_the_places(size, kernel, stride, padding):
    end = size if padding == "same" else size - kernel + 1
    return len(range(0, end, stride))


@right("conv_output_size")
def step_by_step(size, kernel, stride, padding):
    start, found = 0, 0
    while start < size if padding == "same" else start + kernel <= size:
        start, found = start + stride, found + 1
    return found


@right("conv_output_size")
def as_tensorflow_documents_it(size, kernel, stride, padding):
    return {"same": (size + stride - 1) // stride, "valid": (size - kernel + stride) // stride}[padding]


@right("conv_output_size")
def by_padding_first(size, kernel, stride, padding):
    if padding == "same":
        size += max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        if kernel < stride:
            return (size - 1) // stride + 1
    return (size - kernel) // stride + 1


@right("conv_output_size")
def a_numpy_integer(size, kernel, stride, padding):
    return np.ceil((size if padding == "same" else size - kernel + 1) / stride).astype(int)


@right("conv_output_size")
def asked_of_keras(size, kernel, stride, padding):
    return layers.Conv1D(1, kernel, strides=stride, padding=padding).compute_output_shape((1, size, 1))[1]


@wrong("conv_output_size", "kernel_too_large")
def nothing_for_a_kernel_that_is_too_large(size, kernel, stride, padding):
    if kernel > size:
        return 0
    return (size - 1) // stride + 1 if padding == "same" else (size - kernel) // stride + 1


@wrong("conv_output_size", "forgotten_one")
def range_ends_too_early(size, kernel, stride, padding):
    return len(range(0, size if padding == "same" else size - kernel, stride))


@wrong("conv_output_size", "ignores_argument")
def stride_2_always(size, kernel, stride, padding):
    return (size + 1) // 2 if padding == "same" else (size - kernel) // 2 + 1


@wrong("conv_output_size", "wrong_type")
def an_array_of_one(size, kernel, stride, padding):
    return np.array([-(-size // stride) if padding == "same" else (size - kernel) // stride + 1])


@wrong("conv_output_size", "differs")
def two_less(size, kernel, stride, padding):
    return math.ceil(size / stride) if padding == "same" else math.ceil(size / stride) - 2


@wrong("conv_output_size", "swapped_arguments")
def kernel_taken_for_stride(size, kernel, stride, padding):
    return math.ceil(size / kernel) if padding == "same" else (size - stride) // kernel + 1


@wrong("conv_output_size", "a_float")
def plain_division(size, kernel, stride, padding):
    return size / stride if padding == "same" else (size - kernel) / stride + 1


@wrong("conv_output_size", "a_float")
def ceil_of_numpy(size, kernel, stride, padding):
    return np.ceil(size / stride) if padding == "same" else np.floor((size - kernel) / stride) + 1


@wrong("conv_output_size", "a_shape")
def both_sides(size, kernel, stride, padding):
    one = math.ceil(size / stride)
    return one, one


@wrong("conv_output_size", "returns_nothing")
def prints_it(size, kernel, stride, padding):
    print(math.ceil(size / stride))


@wrong("conv_output_size", "wrong_type")
def a_text(size, kernel, stride, padding):
    return f"{math.ceil(size / stride)}"


@wrong("conv_output_size", "wrong_type")
def a_truth_value(size, kernel, stride, padding):
    return size > kernel


@raises("conv_output_size", "math.ceil")
def one_argument_too_many(size, kernel, stride, padding):
    return math.ceil(size, stride)


# ---- make_halving_block

halving = partial(layers.Conv2D, kernel_size=3, strides=2, padding="same")
keeping = partial(layers.Conv2D, kernel_size=3, padding="same")


def stack(input_shape, *inner):
    return keras.Sequential([keras.Input(input_shape), *inner])


@right("make_halving_block")
def added_one_by_one(filters=64, input_shape=(64, 64, 3)):
    model = keras.models.Sequential()
    model.add(keras.Input(shape=input_shape))
    model.add(layers.Conv2D(filters=filters, kernel_size=(3, 3), strides=(2, 2), padding="same"))
    return model


@right("make_halving_block")
def without_an_input(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([halving(filters)])


class Halving(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.convolution = halving(filters)

    def call(self, inputs):
        return self.convolution(inputs)


@right("make_halving_block")
def subclassed(filters=64, input_shape=(64, 64, 3)):
    return Halving(filters)


@wrong("make_halving_block", "torch_padding")
def every_second_place_of_all(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    return keras.Model(images, keeping(filters)(images)[:, ::2, ::2])


@wrong("make_halving_block", "torch_padding")
def padded_by_hand(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.ZeroPadding2D(1), layers.Conv2D(filters, 3, strides=2))


@wrong("make_halving_block", "pooled")
def max_pooling_kept(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.MaxPooling2D())


@wrong("make_halving_block", "pooled")
def leaky_and_average_pooling(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.LeakyReLU(), layers.AveragePooling2D(2, padding="same"))


@wrong("make_halving_block", "pooled")
def valid_and_pooling(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3), layers.MaxPooling2D(2))


@wrong("make_halving_block", "pooled")
def pooling_without_a_layer(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    return keras.Model(images, keras.ops.max_pool(keeping(filters)(images), 2, padding="same"))


@wrong("make_halving_block", "pooled_and_strided")
def stride_and_pooling(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters), layers.LeakyReLU(), layers.MaxPooling2D())


@wrong("make_halving_block", "halved_twice")
def two_strided_convolutions(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters), halving(filters))


@wrong("make_halving_block", "halved_twice")
def stride_4(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3, strides=4, padding="same"))


@wrong("make_halving_block", "not_halved")
def stride_forgotten(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters))


@wrong("make_halving_block", "valid_padding")
def padding_forgotten(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3, strides=2))


@wrong("make_halving_block", "one_direction")
def rows_only(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3, strides=(2, 1), padding="same"))


@wrong("make_halving_block", "flattened")
def flattened(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters), layers.Flatten())


@wrong("make_halving_block", "doubled")
def upsampled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2DTranspose(filters, 3, strides=2, padding="same"))


@wrong("make_halving_block", "ignores_argument")
def always_64_filters(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(64))


@wrong("make_halving_block", "not_finite")
def divided_by_zero(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    x = halving(filters)(images)
    return keras.Model(images, x / (0 * x))


@wrong("make_halving_block", "no_bias")
def as_before_batch_normalization(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters, use_bias=False))


@wrong("make_halving_block", "normalized")
def with_batch_normalization(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters), layers.BatchNormalization(), layers.LeakyReLU())


@wrong("make_halving_block", "wrong_size")
def a_second_convolution(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.LeakyReLU(), halving(filters))


@wrong("make_halving_block", "wrong_size")
def separable(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.SeparableConv2D(filters, 3, strides=2, padding="same"))


@wrong("conv_output_size", "same_rounds_down")
def whole_division_for_both(size, kernel, stride, padding):
    return size // stride


@functools.lru_cache
def kept(filters, input_shape):
    return stack(input_shape, halving(filters))


@wrong("make_halving_block", "one_network")
def built_once(filters=64, input_shape=(64, 64, 3)):
    return kept(filters, input_shape)


@wrong("make_halving_block", "other_default")
def defaults_of_mnist(filters=16, input_shape=(28, 28, 1)):
    return stack(input_shape, halving(filters))


@wrong("make_halving_block", "pooled_and_strided")
def stride_pooling_and_relu(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters, activation="relu"), layers.AveragePooling2D(2))


@wrong("make_halving_block", "valid_padding")
def valid_and_leaky(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3, 2, activation="leaky_relu"))


@wrong("make_halving_block", "departs")
def scaled_before(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Rescaling(1 / 127.5, -1), halving(filters))


@wrong("make_halving_block", "differs")
def shifted_before(filters=64, input_shape=(64, 64, 3)):
    return Shifted(stack(input_shape, halving(filters)))


@wrong("make_halving_block", "frozen")
def switched_off(filters=64, input_shape=(64, 64, 3)):
    model = stack(input_shape, halving(filters))
    model.trainable = False
    return model


@wrong("make_halving_block", "noisy")
def with_dropout(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters), layers.Dropout(0.3))


@wrong("make_halving_block", "wrong_input")
def input_shape_left_flat(filters=64, input_shape=(64, 64, 3)):
    return stack((int(np.prod(input_shape)),), layers.Dense(filters))


@wrong("make_halving_block", "not_a_model")
def a_layer(filters=64, input_shape=(64, 64, 3)):
    return halving(filters)


@wrong("make_halving_block", "not_a_model")
def a_list_of_layers(filters=64, input_shape=(64, 64, 3)):
    return [keras.Input(input_shape), halving(filters)]


@wrong("make_halving_block", "returns_nothing")
def summary_returned(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, halving(filters)).summary(print_fn=lambda *_, **__: None)


@raises("make_halving_block", "stride=2")
def argument_misspelled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3, stride=2, padding="same"))


# ---- make_discriminator


def discriminator(filters, *first, tail=(), shape=(28, 28, 1), slope=0.2):
    """Build the discriminator with other layers first or last, another input shape or another activation."""

    def bend():
        return [layers.LeakyReLU(negative_slope=slope)] if slope else []

    convolutions = [partial(layers.Conv2D, width, 4, strides=2, padding="same") for width in (filters, 2 * filters)]
    body = [layer for make in convolutions for layer in (make(), *bend())]
    return stack(shape, *first, *body, layers.Flatten(), layers.Dense(1), *tail)


@right("make_discriminator")
def shape_mended(filters=16):
    return discriminator(filters)


@right("make_discriminator")
def functional(filters=16):
    x = images = keras.Input((28, 28, 1))
    for width in (filters, 2 * filters):
        x = layers.Conv2D(width, 4, strides=2, padding="same", activation=keras.ops.leaky_relu)(x)
    return keras.Model(images, layers.Dense(1)(layers.Flatten()(x)))


@right("make_discriminator")
def any_grey_image_of_28(filters=16):
    model = keras.Sequential()
    for width in (filters, filters * 2):
        model.add(layers.Conv2D(width, (4, 4), strides=(2, 2), padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.build((None, 28, 28, 1))
    return model


@wrong("make_discriminator", "pooled")
def pooling_added(filters=16):
    return discriminator(filters, layers.MaxPooling2D())


@wrong("make_discriminator", "wrong_input")
def cropped_by_reshaping(filters=16):
    return keras.Sequential([layers.Reshape((27, 27, 1)), layers.Flatten(), layers.Dense(1)])


@wrong("make_discriminator", "noisy")
def with_dropout_before_the_convolutions(filters=16):
    return discriminator(filters, layers.Dropout(0.3))


@right("make_discriminator")
def a_convolution_as_head(filters=16):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for width in (filters, 2 * filters):
        model.add(layers.Conv2D(width, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Conv2D(1, 7))
    model.add(layers.Reshape((1,)))
    return model


@wrong("make_discriminator", "ignores_argument")
def always_16(filters=16):
    return discriminator(16)


@wrong("make_discriminator", "wrong_size")
def padded_to_32(filters=16):
    return discriminator(filters, layers.ZeroPadding2D(2))


@wrong("make_discriminator", "not_a_model")
def only_the_shape(filters=16):
    return (28, 28, 1)


@wrong("make_discriminator", "returns_nothing")
def what_add_returns(filters=16):
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()])
    model = model.add(layers.Dense(1))
    return model


# ---- found by trying to get past the checks


@wrong("make_discriminator", "frozen")
def frozen_for_the_generators_turn(filters=16):
    model = discriminator(filters)
    model.trainable = False
    return model


@right("make_discriminator")
def named(filters=16):
    model = discriminator(filters)
    return keras.Sequential(model.layers, name="discriminator")


@functools.lru_cache
def kept_body(filters):
    return discriminator(filters).layers[:-2]


@wrong("make_discriminator", "one_network")
def body_built_once(filters=16):
    return stack((28, 28, 1), *kept_body(filters), layers.Flatten(), layers.Dense(1))


@wrong("make_discriminator", "wrong_size")
def as_many_filters_twice(filters=16):
    convolutions = [layers.Conv2D(filters, 4, 2, "same", activation="leaky_relu") for _ in range(2)]
    return stack((28, 28, 1), *convolutions, layers.Flatten(), layers.Dense(1))


@wrong("make_discriminator", "wrong_output")
def two_logits(filters=16):
    model = discriminator(filters)
    return stack((28, 28, 1), *model.layers[:-1], layers.Dense(2))


@wrong("make_discriminator", "other_bend")
def capped_at_6(filters=16):
    convolutions = [layers.Conv2D(width, 4, 2, "same") for width in (filters, 2 * filters)]
    bends = [layers.ReLU(negative_slope=0.2, max_value=6.0) for _ in range(2)]
    inner = [layer for both in zip(convolutions, bends) for layer in both]
    return stack((28, 28, 1), *inner, layers.Flatten(), layers.Dense(1))


@wrong("make_discriminator", "other_activation")
def smooth_inside(filters=16):
    convolutions = [layers.Conv2D(width, 4, 2, "same", activation="gelu") for width in (filters, 2 * filters)]
    return stack((28, 28, 1), *convolutions, layers.Flatten(), layers.Dense(1))


@wrong("make_discriminator", "departs")
def scaled_inside(filters=16):
    return discriminator(filters, layers.Rescaling(1 / 127.5, -1))


@wrong("make_discriminator", "differs")
def shifted_inside(filters=16):
    return Shifted(discriminator(filters))


@wrong("conv_output_size", "valid_as_same")
def capital_letters(size, kernel, stride, padding):
    return (size - kernel) // stride + 1 if padding == "VALID" else -(-size // stride)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("make_halving_block", "departs")
def stretched_by_a_hair(filters=64, input_shape=(64, 64, 3)):
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same")
    return stack(input_shape, convolution, layers.Rescaling(1.002))
