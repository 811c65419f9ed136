"""Answers to lab 03, after what is found in GAN tutorials and in their questions and answers."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("leaky_relu")


# ---- leaky_relu


@right("leaky_relu")
def by_where(x, slope=0.2):
    return np.where(x > 0, x, x * slope)


@right("leaky_relu")
def two_halves_added(x, slope=0.2):
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


@right("leaky_relu")
def on_a_copy(x, slope=0.2):
    y = x.copy()
    y[y < 0] *= slope
    return y


@right("leaky_relu")
def in_a_loop(x, slope=0.2):
    return np.array([value if value >= 0 else slope * value for value in x.flat]).reshape(x.shape)


@right("leaky_relu")
def vectorized(x, slope=0.2):
    return np.vectorize(lambda value: max(value, slope * value))(x)


@right("leaky_relu")
def by_a_formula_with_abs(x, slope=0.2):
    return 0.5 * (1 + slope) * x + 0.5 * (1 - slope) * np.abs(x)


@right("leaky_relu")
def by_keras(x, slope=0.2):
    return np.array(keras.ops.leaky_relu(x, negative_slope=slope))


@wrong("leaky_relu", "slope_on_positives")
def minimum_for_maximum(x, slope=0.2):
    return np.minimum(x, slope * x)


@wrong("leaky_relu", "unchanged")
def minimum_and_maximum_of_one(x, slope=0.2):
    return np.maximum(x, 0) + np.minimum(x, 0)


@wrong("leaky_relu", "other_default")
def default_of_the_keras_layer(x, slope=0.3):
    return np.maximum(x, slope * x)


@wrong("leaky_relu", "not_finite")
def divided_by_itself(x, slope=0.2):
    return np.maximum(x, slope * x) * x / x


@wrong("leaky_relu", "changes_its_arguments")
def in_place(x, slope=0.2):
    x[x < 0] *= slope
    return x


@wrong("leaky_relu", "changes_its_arguments")
def in_place_by_product(x, slope=0.2):
    x *= np.where(x > 0, 1, slope)
    return x


@wrong("leaky_relu", "returns_nothing")
def no_return(x, slope=0.2):
    np.maximum(x, slope * x)


@wrong("leaky_relu", "wrong_type")
def largest_of_all(x, slope=0.2):
    return np.max([x, slope * x])


@wrong("leaky_relu", "wrong_type")
def a_list(x, slope=0.2):
    return [value if value > 0 else slope * value for value in x.ravel()]


@wrong("leaky_relu", "wrong_type")
def a_layer(x, slope=0.2):
    return layers.LeakyReLU(negative_slope=slope)


@wrong("leaky_relu", "wrong_shape")
def negatives_alone(x, slope=0.2):
    return slope * x[x < 0]


@wrong("leaky_relu", "wrong_arguments")
def slope_forgotten(x):
    return np.maximum(x, 0.2 * x)


@wrong("leaky_relu", "one_decision")
def one_number_at_a_time(x, slope=0.2):
    if x > 0:
        return x
    return slope * x


@wrong("leaky_relu", "one_decision")
def python_max(x, slope=0.2):
    return max(x, slope * x)


# ---- leaky_relu_derivative


@right("leaky_relu_derivative")
def ones_then_mask(x, slope=0.2):
    steep = np.ones_like(x)
    steep[x < 0] = slope
    return steep


@right("leaky_relu_derivative")
def slope_plus_the_rest(x, slope=0.2):
    return slope + (1 - slope) * (x >= 0)


@right("leaky_relu_derivative")
def by_the_sign(x, slope=0.2):
    return (1 + slope) / 2 + (1 - slope) / 2 * np.sign(x)  # in the middle at 0


@right("leaky_relu_derivative")
def by_small_differences(x, slope=0.2):
    h = 1e-3 * np.ones_like(x)
    x = np.asarray(x, "float64")
    return (np.maximum(x + h, slope * (x + h)) - np.maximum(x - h, slope * (x - h))) / (2 * h)


@right("leaky_relu_derivative")
def in_a_loop_over_numbers(x, slope=0.2):
    return np.array([1.0 if value > 0 else slope for value in x.ravel()]).reshape(x.shape)


@right("leaky_relu_derivative")
def by_a_tape(x, slope=0.2):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = keras.ops.leaky_relu(x, slope)
    return tape.gradient(y, x).numpy()


@wrong("leaky_relu_derivative", "zero_below")
def only_a_condition(x, slope=0.2):
    return x > 0


@wrong("leaky_relu_derivative", "zero_below")
def integers(x, slope=0.2):
    steep = np.ones(x.shape, dtype=int)
    steep[x < 0] = slope
    return steep


@wrong("leaky_relu_derivative", "other_default")
def default_03(x, slope=0.3):
    return np.where(x > 0, 1.0, slope)


@wrong("leaky_relu_derivative", "differs")
def sign_alone(x, slope=0.2):
    return 2.0 * np.sign(x)


@wrong("leaky_relu_derivative", "not_finite")
def height_over_x(x, slope=0.2):
    return np.maximum(x, slope * x) / x


@wrong("leaky_relu_derivative", "wrong_type")
def of_the_first_number(x, slope=0.2):
    return 1.0 if x.ravel()[0] > 0 else slope


@wrong("leaky_relu_derivative", "returns_nothing")
def forgot_return(x, slope=0.2):
    np.where(x > 0, 1.0, slope)


@wrong("leaky_relu_derivative", "changes_its_arguments")
def written_into_x(x, slope=0.2):
    x[x > 0] = 1
    x[x <= 0] = slope
    return x


@wrong("leaky_relu_derivative", "zero_at_0")
def three_cases(x, slope=0.2):
    return np.where(x > 0, 1.0, np.where(x < 0, slope, 0.0))


@wrong("leaky_relu_derivative", "one_decision")
def one_at_a_time(x, slope=0.2):
    return 1.0 if x > 0 else slope


# ---- make_leaky_block


def block(*after, filters=64, **changes):
    """Build the convolution, with some of its arguments changed, and layers after it."""
    convolution = {"strides": 2, "padding": "same", **changes}
    return keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(filters, 3, **convolution), *after])


@right("make_leaky_block")
def slope_by_position(filters=64):
    return block(layers.LeakyReLU(0.2), filters=filters)


@right("make_leaky_block")
def functional(filters=64):
    inputs = keras.Input(shape=(64, 64, 3))
    x = layers.Conv2D(filters, (3, 3), strides=(2, 2), padding="same")(inputs)
    return keras.Model(inputs, keras.activations.leaky_relu(x, negative_slope=0.2))


@right("make_leaky_block")
def added_one_by_one(filters=64):
    model = keras.Sequential()
    model.add(layers.Input((64, 64, 3)))
    model.add(layers.Conv2D(filters, 3, 2, "same"))
    model.add(layers.ReLU(negative_slope=0.2))
    return model


@right("make_leaky_block")
def by_the_name_of_the_function(filters=64):
    return block(filters=filters, activation="leaky_relu")  # the function's default is 0.2, the layer's 0.3


@right("make_leaky_block")
def activation_layer_with_a_lambda(filters=64):
    return block(layers.Activation(lambda x: keras.ops.maximum(x, 0.2 * x)), filters=filters)


@right("make_leaky_block")
def layer_inside_the_convolution(filters=64):
    return block(filters=filters, activation=layers.LeakyReLU(negative_slope=0.2))


@right("make_leaky_block")
def by_tensorflow(filters=64):
    return block(filters=filters, activation=tf.nn.leaky_relu)


@right("make_leaky_block")
def subclassed(filters=64):
    class Block(keras.Model):
        def __init__(self):
            super().__init__()
            self.convolution = layers.Conv2D(filters, 3, strides=2, padding="same")

        def call(self, images):
            return keras.ops.leaky_relu(self.convolution(images), negative_slope=0.2)

    return Block()


@wrong("make_leaky_block", "old_name")
def alpha(filters=64):
    return block(layers.LeakyReLU(alpha=0.2), filters=filters)


@wrong("make_leaky_block", "default_slope")
def no_slope_given_to_a_subclass(filters=64):
    class Block(keras.Model):
        def __init__(self):
            super().__init__()
            self.stack = [layers.Conv2D(filters, 3, strides=2, padding="same"), layers.LeakyReLU()]

        def call(self, x):
            for layer in self.stack:
                x = layer(x)
            return x

    return Block()


@wrong("make_leaky_block", "learned_slope")
def prelu(filters=64):
    return block(layers.PReLU(), filters=filters)


@wrong("make_leaky_block", "learned_slope")
def prelu_of_one_slope_a_channel(filters=64):
    slopes = keras.initializers.Constant(0.2)
    return block(layers.PReLU(alpha_initializer=slopes, shared_axes=[1, 2]), filters=filters)


@wrong("make_leaky_block", "batch_norm")
def normalized(filters=64):
    return block(layers.BatchNormalization(), layers.LeakyReLU(0.2), filters=filters)


@wrong("make_leaky_block", "plain_relu")
def relu_inside_and_leaky_after(filters=64):
    return block(layers.LeakyReLU(negative_slope=0.2), filters=filters, activation="relu")


@wrong("make_leaky_block", "applied_twice")
def leaky_inside_and_after(filters=64):
    return block(layers.LeakyReLU(negative_slope=0.2), filters=filters, activation="leaky_relu")


@wrong("make_leaky_block", "no_stride")
def stride_forgotten(filters=64):
    return block(layers.LeakyReLU(0.2), filters=filters, strides=1)


@wrong("make_leaky_block", "valid_padding")
def padding_forgotten(filters=64):
    return block(layers.LeakyReLU(0.2), filters=filters, padding="valid")


@wrong("make_leaky_block", "pooling")
def pooled_by_three(filters=64):
    convolution = layers.Conv2D(filters, 3, padding="same")
    return keras.Sequential([keras.Input((64, 64, 3)), convolution, layers.LeakyReLU(0.2), layers.MaxPooling2D(3, 2)])


@wrong("make_leaky_block", "halved_twice")
def pooled_as_well(filters=64):
    return block(layers.LeakyReLU(0.2), layers.MaxPooling2D(), filters=filters)


@wrong("make_leaky_block", "flattened")
def flattened(filters=64):
    return block(layers.LeakyReLU(0.2), layers.Flatten(), filters=filters)


@wrong("make_leaky_block", "ignores_argument")
def always_64(filters=64):
    return block(layers.LeakyReLU(0.2))


@wrong("make_leaky_block", "no_bias")
def without_bias(filters=64):
    return block(layers.LeakyReLU(0.2), filters=filters, use_bias=False)


@wrong("make_leaky_block", "wrong_size")
def kernel_of_5(filters=64):
    convolution = layers.Conv2D(filters, 5, strides=2, padding="same")
    return keras.Sequential([keras.Input((64, 64, 3)), convolution, layers.LeakyReLU(0.2)])


@wrong("make_leaky_block", "frozen")
def not_trainable(filters=64):
    model = block(layers.LeakyReLU(0.2), filters=filters)
    model.trainable = False
    return model


@wrong("make_leaky_block", "noisy")
def dropout_as_in_tutorials(filters=64):
    return block(layers.LeakyReLU(0.2), layers.Dropout(0.4), filters=filters)


@wrong("make_leaky_block", "not_a_model")
def a_list_of_layers(filters=64):
    return [layers.Conv2D(filters, 3, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2)]


@wrong("make_leaky_block", "not_a_model")
def a_layer_alone(filters=64):
    return layers.LeakyReLU(negative_slope=0.2)


@wrong("make_leaky_block", "wrong_input")
def input_of_another_size(filters=64):
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same")
    return keras.Sequential([keras.Input((28, 28, 1)), convolution, layers.LeakyReLU(negative_slope=0.2)])


@wrong("make_leaky_block", "returns_nothing")
def never_returned(filters=64):
    block(layers.LeakyReLU(0.2), filters=filters)


@raises("make_leaky_block", "LeakyReLU")
def slope_by_a_made_up_name(filters=64):
    return block(layers.LeakyReLU(slope=0.2), filters=filters)


# ---- found by trying to get past the checks


@right("leaky_relu_derivative")
def by_tiny_differences(x, slope=0.2):
    def height(x):
        return np.maximum(x, slope * x)

    return (height(x + 1e-6) - height(x - 1e-6)) / 2e-6


@wrong("leaky_relu", "shares_memory")
def itself_if_nothing_is_negative(x, slope=0.2):
    return x if x.min() >= 0 else np.where(x > 0, x, slope * x)


@wrong("leaky_relu", "shares_memory")
def itself_for_slope_1(x, slope=0.2):
    return x if slope == 1 else np.maximum(x, slope * x)


@wrong("leaky_relu", "ignores_argument")
def written_in_at_both_places(x, slope=0.2):
    return np.where(x < 0, x * 0.01, x)


@right("leaky_relu")
def by_clipping(x, slope=0.2):
    return np.clip(x, 0, None) + slope * np.clip(x, None, 0)


@right("leaky_relu")
def by_the_layer(x, slope=0.2):
    return layers.LeakyReLU(negative_slope=slope)(x).numpy()


@wrong("leaky_relu_derivative", "zero_at_0")
def more_than_1_in_the_middle(x, slope=0.2):
    return np.where(x > 0, 1.0, slope) + (x == 0)


@wrong("leaky_relu_derivative", "part_of_a_batch")
def differences_of_neighbours(x, slope=0.2):
    return np.gradient(np.maximum(x, slope * x).ravel()).reshape(x.shape)


@wrong("leaky_relu_derivative", "wrong_type")
def a_tensor(x, slope=0.2):
    return tf.where(x > 0, 1.0, slope)


@right("leaky_relu_derivative")
def as_choices(x, slope=0.2):
    return np.select([x > 0, x < 0], [1.0, slope], default=0.5 * (1 + slope))


CONVOLUTIONS = {}


@wrong("make_leaky_block", "one_network")
def kept_for_the_next_call(filters=64):
    return CONVOLUTIONS.setdefault(filters, block(layers.LeakyReLU(negative_slope=0.2), filters=filters))


@wrong("make_leaky_block", "other_default")
def half_as_many_by_default(filters=32):
    return block(layers.LeakyReLU(negative_slope=0.2), filters=filters)


@wrong("make_leaky_block", "noisy")
def noise_on_the_pixels(filters=64):
    return keras.Sequential([keras.Input((64, 64, 3)), layers.GaussianNoise(0.1), block(layers.LeakyReLU(0.2))])


@wrong("make_leaky_block", "wrong_output")
def halved_in_one_direction(filters=64):
    return block(layers.LeakyReLU(negative_slope=0.2), filters=filters, strides=(2, 1))


@wrong("make_leaky_block", "wrong_size")
def separable(filters=64):
    convolution = layers.SeparableConv2D(filters, 3, strides=2, padding="same")
    return keras.Sequential([keras.Input((64, 64, 3)), convolution, layers.LeakyReLU(negative_slope=0.2)])


@wrong("make_leaky_block", "channels_first")
def image_as_in_pytorch(filters=64):
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same")
    return keras.Sequential([keras.Input((3, 64, 64)), convolution, layers.LeakyReLU(negative_slope=0.2)])


@wrong("make_leaky_block", "channels_first")
def channels_first_throughout(filters=64):
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same", data_format="channels_first")
    return keras.Sequential([keras.Input((3, 64, 64)), convolution, layers.LeakyReLU(negative_slope=0.2)])


@right("make_leaky_block")
def convolution_in_a_model_of_its_own(filters=64):
    return keras.Sequential([block(filters=filters), layers.LeakyReLU(negative_slope=0.2)])


@wrong("make_leaky_block", "doubled")
def transposed_convolution(filters=64):
    convolution = layers.Conv2DTranspose(filters, 3, strides=2, padding="same")
    return keras.Sequential([keras.Input((64, 64, 3)), convolution, layers.LeakyReLU(negative_slope=0.2)])


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("leaky_relu", "nearly")
def a_slope_that_is_a_little_steeper(x, slope=0.2):
    return by_where(x, slope + 1e-4)


@wrong("leaky_relu_derivative", "nearly")
def a_little_flatter_above(x, slope=0.2):
    return np.where(x > 0, 0.995, slope)


@wrong("make_leaky_block", "departs")
def a_slope_of_0201(filters=64):
    return block(layers.LeakyReLU(0.201), filters=filters)


@wrong("leaky_relu_derivative", "zero_at_0")
def a_little_less_than_the_slope_at_0(x, slope=0.2):
    return np.where(x == 0, slope - 0.05, ones_then_mask(x, slope))


@wrong("leaky_relu_derivative", "zero_at_0")
def a_little_more_than_1_at_0(x, slope=0.2):
    return np.where(x == 0, 1.05, ones_then_mask(x, slope))
