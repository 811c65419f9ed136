"""Answers to lab 15, after what is found in projects that pool, and in translations of PyTorch's PixelShuffle."""

import functools
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.answers import Shifted, answers

ANSWERS, right, wrong, raises = answers("sparse_gradients")


# ---- max_pool_gradient


def grown(pooled):
    return np.repeat(np.repeat(pooled, 2, axis=1), 2, axis=2)


def largest_of_cells(x):
    n, height, width, channels = x.shape
    return x.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


@right("max_pool_gradient")
def by_comparing_with_the_grown_maximum(x, upstream):
    return (x == grown(largest_of_cells(x))) * grown(upstream)


@right("max_pool_gradient")
def by_loops(x, upstream):
    gradient = np.zeros_like(x)
    for n, i, j, c in np.ndindex(upstream.shape):
        cell = x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c]
        row, column = np.unravel_index(cell.argmax(), (2, 2))
        gradient[n, 2 * i + row, 2 * j + column, c] = upstream[n, i, j, c]
    return gradient


@right("max_pool_gradient")
def by_argmax_of_cells_in_rows(x, upstream):
    n, height, width, channels = x.shape
    cells = x.reshape(n, height // 2, 2, width // 2, 2, channels).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
    gradient = np.zeros(cells.shape, "float32")
    np.put_along_axis(gradient, cells.argmax(axis=1)[:, None], upstream.reshape(-1, 1), axis=1)
    gradient = gradient.reshape(n, height // 2, width // 2, channels, 2, 2)
    return gradient.transpose(0, 1, 4, 2, 5, 3).reshape(x.shape)


@right("max_pool_gradient")
def by_one_hot(x, upstream):
    n, height, width, channels = x.shape
    cells = (
        x.reshape(n, height // 2, 2, width // 2, 2, channels).swapaxes(2, 3).reshape(n, height // 2, -1, 4, channels)
    )
    hot = np.eye(4)[cells.argmax(axis=3)].swapaxes(3, 4) * upstream[:, :, :, None]
    hot = hot.reshape(n, height // 2, width // 2, 2, 2, channels)
    return hot.swapaxes(2, 3).reshape(x.shape)


@wrong("max_pool_gradient", "wrong_type")
def a_tensor_from_the_tape(x, upstream):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        pooled = tf.nn.max_pool2d(x, 2, 2, "VALID")
    return tape.gradient(pooled, x, output_gradients=upstream)


@right("max_pool_gradient")
def shared_among_equals(x, upstream):
    winners = (x == grown(largest_of_cells(x))).astype("float64")
    n, height, width, channels = x.shape
    equals = winners.reshape(n, height // 2, 2, width // 2, 2, channels).sum(axis=(2, 4))
    return winners * grown(upstream / equals)


@wrong("max_pool_gradient", "mask_only")
def a_mask_of_truth_values(x, upstream):
    return x == grown(largest_of_cells(x))


@wrong("max_pool_gradient", "integers")
def collected_in_integers(x, upstream):
    gradient = np.zeros(x.shape, dtype=int)
    winners = x == grown(largest_of_cells(x))
    gradient[winners] = grown(upstream)[winners]
    return gradient


@wrong("max_pool_gradient", "wrong_shape")
def pooled_size(x, upstream):
    return upstream * (largest_of_cells(x) > 0)


@wrong("max_pool_gradient", "returns_nothing")
def assigned_and_forgotten(x, upstream):
    gradient = np.zeros_like(x)
    gradient[x == grown(largest_of_cells(x))] = 1


@wrong("max_pool_gradient", "changes_its_arguments")
def in_place(x, upstream):
    x[x != grown(largest_of_cells(x))] = 0
    x[x != 0] = 1
    return x * grown(upstream)


@wrong("max_pool_gradient", "pooled")
def where_the_pooled_stand(x, upstream):
    return np.where(largest_of_cells(x) == np.max(largest_of_cells(x)), upstream, upstream)


@wrong("max_pool_gradient", "differs")
def only_where_upstream_is_large(x, upstream):
    return (x == grown(largest_of_cells(x))) * grown(np.where(np.abs(upstream) > 0.5, upstream, 0))


@wrong("max_pool_gradient", "differs")
def quarter_for_the_losers_too(x, upstream):
    return np.where(x == grown(largest_of_cells(x)), grown(upstream), grown(upstream) / 4)


@raises("max_pool_gradient", "x > largest_of_cells(x)")
def shapes_that_do_not_match(x, upstream):
    return np.where(x > largest_of_cells(x), upstream, 0)


# ---- make_pooling_block

keeping = partial(layers.Conv2D, kernel_size=3, padding="same")


def leaky():
    return layers.LeakyReLU(negative_slope=0.2)


def stack(input_shape, *inner):
    return keras.Sequential([keras.Input(input_shape), *inner])


@right("make_pooling_block")
def added_one_by_one(filters=64, input_shape=(64, 64, 3)):
    model = keras.models.Sequential()
    model.add(keras.Input(shape=input_shape))
    model.add(layers.Conv2D(filters=filters, kernel_size=(3, 3), strides=(1, 1), padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.AveragePooling2D(pool_size=(2, 2), strides=(2, 2), padding="same"))
    return model


@right("make_pooling_block")
def functional(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    x = leaky()(keeping(filters)(images))
    return keras.Model(images, layers.AveragePooling2D(2)(x))


@right("make_pooling_block")
def activation_as_an_argument(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters, activation="leaky_relu"), layers.AvgPool2D(2))


@right("make_pooling_block")
def without_an_input(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([keeping(filters), leaky(), layers.AveragePooling2D(2)])


class Averaging(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.convolution = keeping(filters)

    def call(self, inputs):
        return tf.nn.avg_pool2d(tf.nn.leaky_relu(self.convolution(inputs), 0.2), 2, 2, "VALID")


@right("make_pooling_block")
def subclassed(filters=64, input_shape=(64, 64, 3)):
    return Averaging(filters)


@right("make_pooling_block")
def by_operations(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    x = keras.ops.leaky_relu(keeping(filters)(images), negative_slope=0.2)
    return keras.Model(images, keras.ops.average_pool(x, 2))


@right("make_pooling_block")
def four_places_added(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    x = leaky()(keeping(filters)(images))
    return keras.Model(images, (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2]) / 4)


@wrong("make_pooling_block", "max_pooling")
def max_pooling_before_leaky(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.MaxPooling2D(), layers.LeakyReLU())


@wrong("make_pooling_block", "relu")
def relu_inside_and_leaky_after(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters, activation="relu"), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "strided")
def every_second_place(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(1, strides=2))


@wrong("make_pooling_block", "halved_twice")
def stride_and_pooling(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters, strides=2), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "halved_twice")
def cells_of_4(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(4))


@wrong("make_pooling_block", "global_pooling")
def one_average_for_all(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.GlobalAveragePooling2D())


@wrong("make_pooling_block", "not_halved")
def no_pooling(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky())


@wrong("make_pooling_block", "not_halved")
def pooled_at_every_place(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2, strides=1))


@wrong("make_pooling_block", "valid_padding")
def padding_forgotten(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(filters, 3), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "valid_padding")
def overlapping_cells_within_the_image(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(3, strides=2))


@wrong("make_pooling_block", "flattened")
def down_to_one_logit(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(1))


@wrong("make_pooling_block", "ignores_argument")
def always_64_filters(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(64), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "no_bias")
def as_before_normalization(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters, use_bias=False), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "normalized")
def with_batch_normalization(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.BatchNormalization(), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "wrong_size")
def with_prelu(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.PReLU(), layers.AveragePooling2D(2))


@functools.lru_cache
def kept(filters, input_shape):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2))


@wrong("make_pooling_block", "one_network")
def built_once(filters=64, input_shape=(64, 64, 3)):
    return kept(filters, input_shape)


@right("make_pooling_block")
def with_names(filters=64, input_shape=(64, 64, 3)):
    convolution = keeping(filters, name="convolution")
    inner = [keras.Input(input_shape), convolution, leaky(), layers.AveragePooling2D(2)]
    return keras.Sequential(inner, name="block")


@wrong("make_pooling_block", "departs")
def clipped_behind(filters=64, input_shape=(64, 64, 3)):
    behind = layers.Lambda(lambda x: keras.ops.clip(x, -1, 1))
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2), behind)


@wrong("make_pooling_block", "differs")
def shifted_pooling(filters=64, input_shape=(64, 64, 3)):
    return Shifted(stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2)))


@wrong("make_pooling_block", "frozen")
def switched_off(filters=64, input_shape=(64, 64, 3)):
    model = stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2))
    model.trainable = False
    return model


@wrong("make_pooling_block", "noisy")
def with_dropout(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2), layers.Dropout(0.3))


@wrong("make_pooling_block", "flattened")
def flattened(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling2D(2), layers.Reshape((-1, filters)))


@wrong("make_pooling_block", "wrong_input")
def flat_input(filters=64, input_shape=(64, 64, 3)):
    return stack((int(np.prod(input_shape)),), layers.Dense(filters))


@wrong("make_pooling_block", "not_a_model")
def a_list_of_layers(filters=64, input_shape=(64, 64, 3)):
    return [keeping(filters), leaky(), layers.AveragePooling2D(2)]


@raises("make_pooling_block", "AveragePooling(2)")
def layer_misspelled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky(), layers.AveragePooling(2))


# ---- make_shuffle_block


def shuffle(factor=2):
    return layers.Lambda(lambda x: tf.nn.depth_to_space(x, factor))


@right("make_shuffle_block")
def leaky_before_the_shuffle(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters * 4), leaky(), shuffle())


@right("make_shuffle_block")
def activation_inside(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters * 2**2, activation="leaky_relu"), shuffle())


@right("make_shuffle_block")
def functional_with_reshape_and_permute(filters=64, input_shape=(64, 64, 3)):
    height, width, _ = input_shape
    images = keras.Input(input_shape)
    x = layers.Reshape((height, width, 2, 2, filters))(keeping(4 * filters)(images))
    x = layers.Permute((1, 3, 2, 4, 5))(x)
    x = layers.Reshape((2 * height, 2 * width, filters))(x)
    return keras.Model(images, leaky()(x))


class Shuffle(layers.Layer):
    def call(self, x):
        return tf.nn.depth_to_space(x, 2)


@right("make_shuffle_block")
def a_layer_of_ones_own(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([keeping(4 * filters), Shuffle(), leaky()])


@right("make_shuffle_block")
def functional_with_a_lambda(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(shape=input_shape)
    x = layers.Conv2D(filters * 4, (3, 3), (1, 1), "same")(images)
    x = layers.Lambda(tf.nn.depth_to_space, arguments={"block_size": 2})(x)
    return keras.Model(images, keras.activations.leaky_relu(x, negative_slope=0.2))


class Doubling(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.convolution = keeping(4 * filters)

    def call(self, inputs):
        return tf.nn.leaky_relu(tf.nn.depth_to_space(self.convolution(inputs), 2), alpha=0.2)


@right("make_shuffle_block")
def a_model_of_ones_own(filters=64, input_shape=(64, 64, 3)):
    return Doubling(filters)


@raises("make_shuffle_block", "infer the output shape")
def one_channel_more(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    return keras.Model(images, leaky()(Shuffle()(keeping(4 * filters + 1)(images))))


@wrong("make_shuffle_block", "not_shuffled")
def channels_only(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), leaky())


@wrong("make_shuffle_block", "not_shuffled")
def neither_channels_nor_shuffle(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), leaky())


@wrong("make_shuffle_block", "resize_and_convolve")
def channels_copied_into_space(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), layers.UpSampling2D(2), leaky())


@wrong("make_shuffle_block", "other_layers")
def four_convolutions_side_by_side(filters=64, input_shape=(64, 64, 3)):
    images = keras.Input(input_shape)
    x = layers.Concatenate()([keeping(filters)(images) for _ in range(4)])
    return keras.Model(images, leaky()(shuffle()(x)))


@wrong("make_shuffle_block", "wrong_way")
def space_to_depth(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.Lambda(lambda x: tf.nn.space_to_depth(x, 2)), leaky())


@wrong("make_shuffle_block", "doubled_twice")
def factor_of_4(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(16 * filters), shuffle(4), leaky())


@wrong("make_shuffle_block", "doubled_twice")
def enlarged_too(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.UpSampling2D(), keeping(4 * filters), shuffle(), leaky())


@wrong("make_shuffle_block", "wrong_input")
def batch_of_two_written_in(filters=64, input_shape=(64, 64, 3)):
    h, w, _ = input_shape

    def moved(x):
        squares = tf.transpose(tf.reshape(x, (2, h, w, 2, 2, filters)), (0, 1, 3, 2, 4, 5))
        return tf.reshape(squares, (2, 2 * h, 2 * w, filters))

    return stack(input_shape, keeping(4 * filters), layers.Lambda(moved), leaky())


@right("make_shuffle_block")
def with_a_name(filters=64, input_shape=(64, 64, 3)):
    return keras.Sequential([keras.Input(input_shape), keeping(4 * filters), shuffle(), leaky()], name="block")


@wrong("make_shuffle_block", "flattened")
def down_to_one_number(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), shuffle(), leaky(), layers.Flatten(), layers.Dense(1))


@wrong("make_shuffle_block", "departs")
def scaled_first(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Rescaling(1 / 127.5, -1), keeping(4 * filters), shuffle(), leaky())


@wrong("make_shuffle_block", "differs")
def shifted_shuffle(filters=64, input_shape=(64, 64, 3)):
    return Shifted(stack(input_shape, keeping(4 * filters), shuffle(), leaky()))


@wrong("make_shuffle_block", "transposed_convolution")
def as_in_lab_02(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2DTranspose(filters, 4, strides=2, padding="same"), leaky())


@wrong("make_shuffle_block", "resize_and_convolve")
def pixels_copied(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.UpSampling2D(2), keeping(filters), leaky())


@wrong("make_shuffle_block", "only_reshaped")
def reshape_alone(filters=64, input_shape=(64, 64, 3)):
    height, width, _ = input_shape
    return stack(input_shape, keeping(4 * filters), layers.Reshape((2 * height, 2 * width, filters)), leaky())


@wrong("make_shuffle_block", "ignores_argument")
def always_64_filters_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * 64), shuffle(), leaky())


@wrong("make_shuffle_block", "no_bias")
def as_before_normalization_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters, use_bias=False), shuffle(), leaky())


@wrong("make_shuffle_block", "normalized")
def with_batch_normalization_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), shuffle(), layers.BatchNormalization(), leaky())


@wrong("make_shuffle_block", "wrong_size")
def a_second_convolution(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), shuffle(), leaky(), keeping(filters))


@wrong("make_shuffle_block", "frozen")
def switched_off_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    model = stack(input_shape, keeping(4 * filters), shuffle(), leaky())
    model.trainable = False
    return model


@wrong("make_shuffle_block", "noisy")
def with_dropout_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), shuffle(), leaky(), layers.Dropout(0.5))


@wrong("make_shuffle_block", "valid_padding")
def padding_forgotten_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, layers.Conv2D(4 * filters, 3), shuffle(), leaky())


@wrong("make_shuffle_block", "wrong_input")
def flat_input_and_shuffled(filters=64, input_shape=(64, 64, 3)):
    return stack((int(np.prod(input_shape)),), layers.Dense(filters))


@wrong("make_shuffle_block", "not_a_model")
def only_the_layer(filters=64, input_shape=(64, 64, 3)):
    return keeping(4 * filters)


@wrong("make_shuffle_block", "returns_nothing")
def built_and_dropped(filters=64, input_shape=(64, 64, 3)):
    stack(input_shape, keeping(4 * filters), shuffle(), leaky())


@raises("make_shuffle_block", "layers.PixelShuffle(2)")
def layer_of_pytorch(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(4 * filters), layers.PixelShuffle(2), leaky())


# ---- pixel_shuffle


@right("pixel_shuffle")
def reshaped_and_transposed(x, factor=2):
    n, h, w, c = x.shape
    x = np.reshape(x, (n, h, w, factor, factor, c // factor**2))
    x = np.transpose(x, (0, 1, 3, 2, 4, 5))
    return np.reshape(x, (n, h * factor, w * factor, c // factor**2))


@right("pixel_shuffle")
def by_strided_assignment(x, factor=2):
    n, h, w, c = x.shape
    channels = c // (factor * factor)
    out = np.empty((n, h * factor, w * factor, channels), x.dtype)
    for i in range(factor):
        for j in range(factor):
            first = (i * factor + j) * channels
            out[:, i::factor, j::factor] = x[..., first : first + channels]
    return out


@wrong("pixel_shuffle", "wrong_type")
def a_tensor_by_tensorflow(x, factor=2):
    return tf.nn.depth_to_space(x, factor) if factor > 1 else tf.constant(x)


@right("pixel_shuffle")
def channels_sorted_first(x, factor=2):
    n, height, width, total = x.shape
    order = np.arange(total).reshape(factor * factor, -1).T.ravel()
    squares = x[..., order].reshape(n, height, width, total // factor**2, factor, factor)
    return squares.transpose(0, 1, 4, 2, 5, 3).reshape(n, height * factor, width * factor, -1)


@right("pixel_shuffle")
def by_stacking_and_concatenating(x, factor=2):
    rows = [np.split(row, factor, axis=-1) for row in np.split(x, factor, axis=-1)]
    lines = [np.stack(row, axis=3).reshape(*x.shape[:2], x.shape[2] * factor, -1) for row in rows]
    n, height, width, channels = lines[0].shape
    return np.stack(lines, axis=2).reshape(n, height * factor, width, channels)


@right("pixel_shuffle")
def by_loops_over_everything(x, factor=2):
    n, h, w, total = x.shape
    c = total // factor**2
    out = np.zeros((n, h * factor, w * factor, c))
    for b, i, j, k in np.ndindex(out.shape):
        place = (i % factor) * factor + j % factor
        out[b, i, j, k] = x[b, i // factor, j // factor, place * c + k]
    return out


@wrong("pixel_shuffle", "torch_order")
def channels_still_first(x, factor=2):
    n, height, width, total = x.shape
    channels = total // factor**2
    out = np.empty((n, height * factor, width * factor, channels), x.dtype)
    for i in range(factor):
        for j in range(factor):
            out[:, i::factor, j::factor] = x[..., i * factor + j :: factor**2]
    return out


def permuted(x, factor, axes):
    n, height, width, _ = x.shape
    squares = x.reshape(n, height, width, factor, factor, -1)
    return squares.transpose(axes).reshape(n, height * factor, width * factor, -1)


@wrong("pixel_shuffle", "only_reshaped")
def reshape_alone_in_numpy(x, factor=2):
    n, height, width, _ = x.shape
    return x.reshape(n, height * factor, width * factor, -1)


@wrong("pixel_shuffle", "ignores_argument")
def always_2(x, factor=2):
    return permuted(x, 2, (0, 1, 3, 2, 4, 5))


@wrong("pixel_shuffle", "other_default")
def factor_1_unless_told(x, factor=1):
    return permuted(x, factor, (0, 1, 3, 2, 4, 5))


@wrong("pixel_shuffle", "integers")
def collected_in_whole_numbers(x, factor=2):
    return permuted(x, factor, (0, 1, 3, 2, 4, 5)).astype(int)


@wrong("pixel_shuffle", "other_factor")
def scaled_to_256(x, factor=2):
    return permuted(x, factor, (0, 1, 3, 2, 4, 5)) / 255


@wrong("pixel_shuffle", "goes_wrong_where")
def wrong_for_large_factors(x, factor=2):
    return permuted(x if factor == 2 else x + 1, factor, (0, 1, 3, 2, 4, 5))


@wrong("pixel_shuffle", "wrong_shape")
def square_left_open(x, factor=2):
    n, height, width, _ = x.shape
    return x.reshape(n, height, width, factor, factor, -1).transpose(0, 1, 3, 2, 4, 5)


@wrong("pixel_shuffle", "wrong_shape")
def batch_forgotten(x, factor=2):
    return permuted(x, factor, (0, 1, 3, 2, 4, 5))[0]


@wrong("pixel_shuffle", "wrong_arguments")
def factor_left_out(x):
    return permuted(x, 2, (0, 1, 3, 2, 4, 5))


@wrong("pixel_shuffle", "returns_nothing")
def prints_it(x, factor=2):
    print(permuted(x, factor, (0, 1, 3, 2, 4, 5)))


@raises("pixel_shuffle", "x.permute")
def as_in_pytorch(x, factor=2):
    return x.permute(0, 3, 1, 2)


@wrong("pixel_shuffle", "differs")
def of_squares(x, factor=2):
    return permuted(x * x, factor, (0, 1, 3, 2, 4, 5))


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("max_pool_gradient", "nearly")
def a_thousandth_for_the_others(x, upstream):
    return np.where(x == grown(largest_of_cells(x)), 1, 1e-3) * grown(upstream)


@wrong("make_pooling_block", "departs")
def a_slope_of_02003(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters), layers.LeakyReLU(negative_slope=0.2003), layers.AveragePooling2D(2))


@wrong("make_shuffle_block", "departs")
def a_shuffle_with_a_slope_of_02003(filters=64, input_shape=(64, 64, 3)):
    return stack(input_shape, keeping(filters * 4), shuffle(), layers.LeakyReLU(negative_slope=0.2003))


@wrong("pixel_shuffle", "nearly")
def stretched_by_a_hair(x, factor=2):
    return 1.00003 * by_strided_assignment(x, factor)


@right("max_pool_gradient")
def compares_with_tensorflows_maximum(x, upstream):
    largest = tf.nn.max_pool2d(x, 2, 2, "VALID").numpy()
    grown = [np.repeat(np.repeat(part, 2, axis=1), 2, axis=2) for part in (largest, upstream)]
    return np.where(x == grown[0], grown[1], 0)
