"""Answers to lab 12, after what is found in tutorials and forks of the notebook of 2018."""

# ruff: noqa: B905  (an answer is written as people write it)

import copy

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("mnist_gan")

binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)  # as in a cell of the lab


# ---- make_latent_samples


@right("make_latent_samples")
def normal_with_size(rng, n_samples, latent_dim):
    return rng.normal(0, 1, size=(n_samples, latent_dim))


@right("make_latent_samples")
def float32_draws(rng, n_samples, latent_dim=100):
    return rng.standard_normal((n_samples, latent_dim), dtype="float32")


@right("make_latent_samples")
def drawn_flat_then_reshaped(rng, n_samples, latent_dim):
    return rng.normal(size=n_samples * latent_dim).reshape(n_samples, latent_dim)


@right("make_latent_samples")
def row_by_row(rng, n_samples, latent_dim):
    return np.array([[rng.standard_normal() for _ in range(latent_dim)] for _ in range(n_samples)])


@right("make_latent_samples")
def as_a_float32_tensor(rng, n, d):
    return tf.constant(rng.standard_normal((n, d)), "float32").numpy()


@right("make_latent_samples")
def with_a_child_generator(rng, n_samples, latent_dim):
    return np.random.default_rng(rng.integers(2**32)).standard_normal((n_samples, latent_dim))


@wrong("make_latent_samples", "transposed")
def a_column_for_each_sample(rng, n_samples, latent_dim):
    return rng.standard_normal((latent_dim, n_samples))


@wrong("make_latent_samples", "flat")
def never_reshaped(rng, n_samples, latent_dim):
    return rng.normal(0, 1, n_samples * latent_dim)


@wrong("make_latent_samples", "flat")
def with_image_axes(rng, n_samples, latent_dim):
    return rng.normal(0, 1, (n_samples, 1, 1, latent_dim))


@wrong("make_latent_samples", "uniform")
def uniform_cube(rng, n_samples, latent_dim):
    return rng.uniform(-1, 1, (n_samples, latent_dim))


@wrong("make_latent_samples", "uniform")
def random_means_uniform(rng, n_samples, latent_dim):
    return rng.random((n_samples, latent_dim))


@wrong("make_latent_samples", "wrong_mean")
def mean_and_deviation_swapped(rng, n_samples, latent_dim):
    return rng.normal(1, 1, (n_samples, latent_dim))


@wrong("make_latent_samples", "wrong_spread")
def weight_initialization(rng, n_samples, latent_dim):
    return rng.normal(0, 0.02, (n_samples, latent_dim))


@wrong("make_latent_samples", "on_the_sphere")
def on_the_unit_sphere(rng, n_samples, latent_dim):
    z = rng.standard_normal((n_samples, latent_dim))
    return z / np.linalg.norm(z, axis=1, keepdims=True)


@wrong("make_latent_samples", "not_gaussian")
def laplace(rng, n_samples, latent_dim):
    return rng.laplace(0, 0.5**0.5, (n_samples, latent_dim))


@wrong("make_latent_samples", "repeated")
def one_row_repeated(rng, n_samples, latent_dim):
    return np.tile(rng.standard_normal(latent_dim), (n_samples, 1))


@wrong("make_latent_samples", "repeated")
def one_number_for_each_row(rng, n_samples, latent_dim):
    return np.repeat(rng.standard_normal((n_samples, 1)), latent_dim, axis=1)


@wrong("make_latent_samples", "repeated")
def zeros(rng, n_samples, latent_dim):
    return np.zeros((n_samples, latent_dim))


@wrong("make_latent_samples", "repeated")
def signs(rng, n_samples, latent_dim):
    return rng.choice([-1.0, 1.0], (n_samples, latent_dim))


@wrong("make_latent_samples", "ignores_rng")
def global_randn(rng, n_samples, latent_dim):
    return np.random.randn(n_samples, latent_dim)


@wrong("make_latent_samples", "ignores_rng")
def tensorflow_normal(rng, n_samples, latent_dim):
    return tf.random.normal((n_samples, latent_dim)).numpy()


@wrong("make_latent_samples", "reseeds")
def seeded_inside(rng, n_samples, latent_dim):
    return np.random.default_rng(42).standard_normal((n_samples, latent_dim))


@wrong("make_latent_samples", "reseeds")
def from_a_copy_of_rng(rng, n_samples, latent_dim):
    return copy.deepcopy(rng).standard_normal((n_samples, latent_dim))


@wrong("make_latent_samples", "wrong_type")
def a_list_of_lists(rng, n_samples, latent_dim):
    return rng.standard_normal((n_samples, latent_dim)).tolist()


@wrong("make_latent_samples", "on_the_sphere")
def on_the_sphere_of_the_shell(rng, n_samples, latent_dim):
    z = rng.standard_normal((n_samples, latent_dim))
    return z / np.linalg.norm(z, axis=1, keepdims=True) * np.sqrt(latent_dim)


@wrong("make_latent_samples", "standardized")
def made_exact(rng, n_samples, latent_dim):
    z = rng.standard_normal((n_samples, latent_dim))
    return (z - z.mean()) / z.std()


@wrong("make_latent_samples", "clipped")
def clipped_at_2_and_a_half(rng, n_samples, latent_dim):
    return np.clip(rng.standard_normal((n_samples, latent_dim)), -2.5, 2.5)


@wrong("make_latent_samples", "dependent_draws")
def with_mirror_images(rng, n_samples, latent_dim):
    half = rng.standard_normal(((n_samples + 1) // 2, latent_dim))
    return np.concatenate([half, -half])[:n_samples]


@raises("make_latent_samples", "rng.randn(n_samples, latent_dim)")
def old_interface(rng, n_samples, latent_dim):
    return rng.randn(n_samples, latent_dim)


@wrong("make_latent_samples", "no_tuple")
def shape_as_two_arguments(rng, n_samples, latent_dim):
    return rng.standard_normal(n_samples, latent_dim)


# ---- make_generator


@right("make_generator")
def generator_by_adding(latent_dim=100, hidden=128, slope=0.01):
    model = keras.Sequential()
    model.add(layers.Dense(hidden, input_shape=(latent_dim,)))
    model.add(layers.LeakyReLU(slope))
    model.add(layers.Dense(784, activation="tanh"))
    return model


@right("make_generator")
def generator_functional(latent_dim, hidden, slope, n_pixels=28 * 28):
    inputs = keras.Input(shape=(latent_dim,))
    x = layers.Dense(hidden)(inputs)
    x = tf.keras.layers.LeakyReLU(negative_slope=slope)(x)
    return keras.Model(inputs, layers.Dense(n_pixels, activation="tanh")(x))


class BackToFront(keras.Model):
    """Its layers are made in the other order than they are used."""

    def __init__(self, hidden, slope, n_outputs, last=None):
        super().__init__()
        self.last = layers.Dense(n_outputs, activation=last)
        self.hidden = layers.Dense(hidden)
        self.slope = slope

    def call(self, x):
        return self.last(keras.activations.leaky_relu(self.hidden(x), self.slope))


@right("make_generator")
def generator_subclassed(latent_dim=100, hidden=128, slope=0.01):
    return BackToFront(hidden, slope, 784, "tanh")


@right("make_generator")
def generator_with_its_own_initialization(latent_dim=100, hidden=128, slope=0.01):
    normal = keras.initializers.RandomNormal(stddev=0.02)
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(hidden, activation=lambda x: tf.nn.leaky_relu(x, slope), kernel_initializer=normal),
            layers.Dense(784, keras.ops.tanh, kernel_initializer=normal),
        ]
    )


@right("make_generator")
def generator_reshaped_and_flattened_again(latent_dim=100, hidden=128, slope=0.01):
    model = generator_by_adding(latent_dim, hidden, slope)
    return keras.Sequential([model, layers.Reshape((28, 28, 1)), layers.Flatten()])


def a_generator(latent_dim=100, hidden=128, between=None, last="tanh", n_pixels=784, bias=True):
    """Two dense layers and what a wrong answer puts between and after them."""
    parts = [layers.Dense(hidden, use_bias=bias), between, layers.Dense(n_pixels, last, use_bias=bias)]
    return keras.Sequential([keras.Input((latent_dim,)), *filter(None, parts)])


@wrong("make_generator", "sigmoid_output")
def generator_sigmoid(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope), "sigmoid")


@wrong("make_generator", "no_tanh")
def generator_without_tanh(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope), None)


@wrong("make_generator", "relu_output")
def generator_relu_output(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope), "relu")


@wrong("make_generator", "relu")
def generator_relu(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.ReLU())


@wrong("make_generator", "default_slope")
def generator_leaky_relu_of_keras(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU())


@wrong("make_generator", "default_slope")
def generator_leaky_relu_by_name(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.Activation("leaky_relu"))


@wrong("make_generator", "default_slope")
def generator_fixed_slope(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=0.01))


@wrong("make_generator", "ignores_argument")
def generator_fixed_hidden(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, 128, layers.LeakyReLU(negative_slope=slope))


@wrong("make_generator", "fixed_latent_dim")
def generator_fixed_latent_dim(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(100, hidden, layers.LeakyReLU(negative_slope=slope))


@wrong("make_generator", "slope_everywhere")
def generator_slope_times_everything(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.Rescaling(slope))


@wrong("make_generator", "linear_hidden")
def generator_without_activation(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden)


@wrong("make_generator", "other_bend")
def generator_tanh_in_both_places(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.Activation("tanh"))


@wrong("make_generator", "other_bend")
def generator_elu(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.ELU(slope))


@wrong("make_generator", "no_bias")
def generator_without_biases(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope), bias=False)


@wrong("make_generator", "fixed_latent_dim")
def generator_of_fixed_sizes(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(100, 128, layers.LeakyReLU(negative_slope=slope))


@wrong("make_generator", "normalized")
def generator_with_batch_normalization(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.BatchNormalization())


@wrong("make_generator", "normalized")
def generator_with_layer_normalization(latent_dim=100, hidden=128, slope=0.01):
    between = layers.LayerNormalization(center=False, scale=False), layers.LeakyReLU(negative_slope=slope)
    return a_generator(latent_dim, hidden, keras.Sequential(between))


@wrong("make_generator", "bends_late")
def generator_with_both_activations_at_the_end(latent_dim=100, hidden=128, slope=0.01):
    model = a_generator(latent_dim, hidden, last=None)
    model.add(layers.LeakyReLU(slope))
    model.add(layers.Activation("tanh"))
    return model


@wrong("make_generator", "wrong_size")
def generator_one_hidden_layer_too_many(latent_dim=100, hidden=128, slope=0.01):
    between = keras.Sequential([layers.LeakyReLU(negative_slope=slope), layers.Dense(hidden)])
    return a_generator(latent_dim, hidden, between)


@wrong("make_generator", "reshaped")
def generator_of_square_images(latent_dim=100, hidden=128, slope=0.01):
    model = a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope))
    model.add(layers.Reshape((28, 28, 1)))
    return model


@wrong("make_generator", "wrong_output")
def generator_of_other_size(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope), n_pixels=28)


@wrong("make_generator", "wrong_input")
def generator_input_is_the_hidden_size(latent_dim=100, hidden=128, slope=0.01):
    return a_generator(hidden, hidden, layers.LeakyReLU(negative_slope=slope))


@wrong("make_generator", "noisy")
def generator_with_dropout(latent_dim=100, hidden=128, slope=0.01):
    model = a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope))
    return keras.Sequential([layers.Dropout(0.5), model])


@wrong("make_generator", "frozen")
def generator_frozen(latent_dim=100, hidden=128, slope=0.01):
    model = a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope))
    model.trainable = False
    return model


@wrong("make_generator", "not_a_model")
def generator_as_list_of_layers(latent_dim=100, hidden=128, slope=0.01):
    return [layers.Dense(hidden), layers.LeakyReLU(negative_slope=slope), layers.Dense(784, "tanh")]


@wrong("make_generator", "not_a_model")
def generator_only_the_last_tensor(latent_dim=100, hidden=128, slope=0.01):
    return layers.Dense(784, "tanh")(layers.LeakyReLU(slope)(layers.Dense(hidden)(keras.Input((latent_dim,)))))


@wrong("make_generator", "returns_nothing")
def generator_not_returned(latent_dim=100, hidden=128, slope=0.01):
    a_generator(latent_dim, hidden, layers.LeakyReLU(negative_slope=slope))


@raises("make_generator", "layers.LeakyRelu(slope)")
def generator_misspelt(latent_dim=100, hidden=128, slope=0.01):
    return keras.Sequential([layers.Dense(hidden), layers.LeakyRelu(slope), layers.Dense(784)])


# ---- make_discriminator


@right("make_discriminator")
def discriminator_by_adding(hidden=128, slope=0.01):
    model = keras.Sequential(name="D")
    model.add(keras.Input((784,)))
    model.add(layers.Dense(hidden))
    model.add(layers.LeakyReLU(negative_slope=slope))
    model.add(layers.Dense(1, activation="linear"))
    return model


@right("make_discriminator")
def discriminator_compiled(hidden=128, slope=0.01):
    model = discriminator_by_adding(hidden, slope)
    model.compile(keras.optimizers.Adam(2e-4, 0.5), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


@right("make_discriminator")
def discriminator_functional(hidden, slope):
    images = keras.Input((784,))
    x = layers.Dense(hidden)(images)
    x = layers.PReLU(shared_axes=[1], trainable=False)(x) if slope is None else tf.keras.layers.LeakyReLU(slope)(x)
    return keras.Model(inputs=images, outputs=layers.Dense(1)(x))


@right("make_discriminator")
def discriminator_subclassed(hidden=128, slope=0.01):
    return BackToFront(hidden, slope, 1)


@right("make_discriminator")
def discriminator_leaky_by_maximum(hidden=128, slope=0.01):
    def leaky(x):
        return keras.ops.maximum(x, slope * x)

    return keras.Sequential([keras.Input((784,)), layers.Dense(hidden, leaky), layers.Dense(1)])


def a_discriminator(hidden=128, between=None, last=None, n_outputs=1, bias=True):
    """Two dense layers and what a wrong answer puts between and after them."""
    parts = [layers.Dense(hidden, use_bias=bias), between, layers.Dense(n_outputs, last, use_bias=bias)]
    return keras.Sequential([keras.Input((784,)), *filter(None, parts)])


@wrong("make_discriminator", "normalized")
def discriminator_with_layer_normalization(hidden=128, slope=0.01):
    between = layers.LayerNormalization(center=False, scale=False), layers.LeakyReLU(negative_slope=slope)
    return a_discriminator(hidden, keras.Sequential(between))


@wrong("make_discriminator", "probability_output")
def discriminator_sigmoid(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope), "sigmoid")


@wrong("make_discriminator", "tanh_output")
def discriminator_tanh(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope), "tanh")


@wrong("make_discriminator", "relu_output")
def discriminator_relu_output(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope), "relu")


@wrong("make_discriminator", "relu")
def discriminator_relu(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.ReLU())


@wrong("make_discriminator", "relu")
def discriminator_relu_and_sigmoid(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.ReLU(), "sigmoid")


@wrong("make_discriminator", "default_slope")
def discriminator_default_slope(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU())


@wrong("make_discriminator", "default_slope")
def discriminator_tutorial_slope(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=0.2))


@wrong("make_discriminator", "default_slope")
def discriminator_fixed_slope(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=0.01))


@wrong("make_discriminator", "ignores_argument")
def discriminator_fixed_hidden(hidden=128, slope=0.01):
    return a_discriminator(128, layers.LeakyReLU(negative_slope=slope))


@wrong("make_discriminator", "slope_everywhere")
def discriminator_slope_times_everything(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.Rescaling(slope))


@wrong("make_discriminator", "linear_hidden")
def discriminator_without_activation(hidden=128, slope=0.01):
    return a_discriminator(hidden)


@wrong("make_discriminator", "softplus_output")
def discriminator_softplus_output(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope), "softplus")


@wrong("make_discriminator", "no_bias")
def discriminator_without_biases(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope), bias=False)


@wrong("make_discriminator", "wrong_size")
def discriminator_hidden_twice(hidden=128, slope=0.01):
    return a_discriminator(2 * hidden, layers.LeakyReLU(negative_slope=slope))


@wrong("make_discriminator", "wrong_output")
def discriminator_of_two_classes(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope), "softmax", n_outputs=2)


@wrong("make_discriminator", "wrong_input")
def discriminator_of_square_images(hidden=128, slope=0.01):
    model = a_discriminator(hidden, layers.LeakyReLU(negative_slope=slope))
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), model])


@wrong("make_discriminator", "noisy")
def discriminator_with_dropout(hidden=128, slope=0.01):
    return a_discriminator(hidden, keras.Sequential([layers.LeakyReLU(negative_slope=slope), layers.Dropout(0.3)]))


@wrong("make_discriminator", "frozen")
def discriminator_frozen_as_in_tutorials(hidden=128, slope=0.01):
    model = discriminator_compiled(hidden, slope)
    model.trainable = False
    return model


@wrong("make_discriminator", "not_a_model")
def discriminator_as_one_layer(hidden=128, slope=0.01):
    return layers.Dense(1)


@raises("make_discriminator", "layers.Dense(hidden).add(1)")
def discriminator_chained(hidden=128, slope=0.01):
    return layers.Dense(hidden).add(1)


# ---- preprocess


@right("preprocess")
def shifted_first(images):
    return (images.astype("float32").reshape(-1, 28 * 28) - 127.5) / 127.5


@right("preprocess")
def by_unit_range(images):
    x = np.reshape(images, (images.shape[0], -1)) / 255.0
    return np.asarray(2 * x - 1, dtype=np.float32)


@right("preprocess")
def image_by_image(images):
    return np.array([image.flatten() / np.float32(127.5) - 1 for image in images], dtype="float32")


@right("preprocess")
def by_interpolation(images):
    return np.interp(images, (0, 255), (-1, 1)).astype("float32").reshape(len(images), 784)


@right("preprocess")
def by_a_keras_layer(images):
    return layers.Rescaling(1 / 127.5, offset=-1)(images.reshape(-1, 784)).numpy()


@right("preprocess")
def with_steps_in_place_on_a_copy(images):
    flat = images.reshape(len(images), 784).astype("float32")
    flat /= 127.5
    flat -= 1
    return flat


@wrong("preprocess", "not_flat")
def scaled_only(images):
    return images.astype("float32") / 127.5 - 1


@wrong("preprocess", "not_flat")
def with_a_channel(images):
    return (images.reshape(-1, 28, 28, 1).astype("float32") - 127.5) / 127.5


@wrong("preprocess", "not_flat")
def all_in_one_row(images):
    return images.ravel().astype("float32") / 127.5 - 1


@wrong("preprocess", "wraps_around")
def doubled_as_uint8(images):
    return ((images.reshape(-1, 784) * 2) / 255 - 1).astype("float32")


@wrong("preprocess", "off_by_little")
def divided_by_128(images):
    return images.reshape(-1, 784).astype("float32") / 128 - 1


@wrong("preprocess", "off_by_little")
def half_by_integer_division(images):
    return images.reshape(-1, 784).astype("float32") / (255 // 2) - 1


@wrong("preprocess", "scrambled")
def pixels_of_all_images_mixed(images):
    return images.reshape(784, -1).T.astype("float32") / 127.5 - 1


@wrong("preprocess", "depends_on_data")
def only_if_not_scaled_yet(images):
    flat = images.reshape(len(images), 784).astype("float32")
    return (flat / 255 if flat.max() > 1 else flat) * 2 - 1


@wrong("preprocess", "scrambled")
def last_image_first(images):
    return images[::-1].reshape(len(images), 784).astype("float32") / 127.5 - 1


@wrong("preprocess", "wrong_type")
def as_a_tensor(images):
    return tf.reshape(tf.cast(images, tf.float32) / 127.5 - 1, (-1, 784))


@wrong("preprocess", "float64")
def left_to_numpy(images):
    return images.reshape(-1, 784) / 127.5 - 1


@wrong("preprocess", "wrong_dtype")
def half_precision_at_the_end(images):
    return np.round(images.reshape(-1, 784) / 127.5 - 1, 6).astype("longdouble")


@wrong("preprocess", "wrong_shape")
def first_image_only(images):
    return images[0].reshape(1, 784).astype("float32") / 127.5 - 1


@wrong("preprocess", "changes_its_arguments")
def shape_changed_in_place(images):
    images.shape = len(images), 784
    return images.astype("float32") / 127.5 - 1


@raises("preprocess", "images /= 127.5")
def divided_in_place(images):
    images /= 127.5
    return images.reshape(-1, 784) - 1


@raises("preprocess", "images.reshape(60000, 784)")
def size_of_the_training_set(images):
    return images.reshape(60000, 784).astype("float32") / 127.5 - 1


# ---- deprocess


@right("deprocess")
def half_added_before_the_cut(flat):
    return (flat * 127.5 + 128).astype("uint8").reshape(-1, 28, 28)


@right("deprocess")
def by_rint_and_reshape(flat):
    images = np.rint(127.5 * np.reshape(flat, (len(flat), 28, 28)) + 127.5)
    return np.uint8(images)


@right("deprocess")
def published_and_mended(flat):
    values = (flat + 1) / 2 * 255
    return np.clip(values.round(), 0, 255).astype("uint8").reshape(-1, 28, 28)


@right("deprocess")
def by_tensorflow(flat):
    return tf.reshape(tf.cast(tf.round((flat + 1) * 127.5), tf.uint8), (-1, 28, 28)).numpy()


@right("deprocess")
def one_image_at_a_time(flat):
    return np.stack([np.round((row + 1) * 127.5).reshape(28, 28) for row in flat]).astype(np.uint8)


@wrong("deprocess", "halves_first")
def published_without_clip(flat):
    return ((flat / 2 + 1) * 255).astype("int64").astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "no_shift")
def times_255(flat):
    return (flat * 255).astype("int64").astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "no_shift")
def times_half_of_255_and_clipped(flat):
    return np.clip(flat * 127.5, 0, 255).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "not_halved")
def not_halved(flat):
    return np.clip((flat + 1) * 255, 0, 255).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "depends_on_data")
def by_the_batch_extremes(flat):
    return np.round((flat - flat.mean()) / np.ptp(flat) * 255).clip(0, 255).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "wrong_dtype")
def left_as_floats(flat):
    return np.round((flat + 1) * 127.5).reshape(-1, 28, 28)


@wrong("deprocess", "wrong_dtype")
def wide_integers(flat):
    return np.round((flat + 1) * 127.5).astype(int).reshape(-1, 28, 28)


@wrong("deprocess", "depends_on_data")
def minmax_of_each_image(flat):
    low, high = flat.min(axis=1, keepdims=True), flat.max(axis=1, keepdims=True)
    return np.round((flat - low) / np.maximum(high - low, 1e-8) * 255).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "complement")
def as_a_negative(flat):
    return np.round((1 - flat) * 127.5).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "not_nearest")
def helped_a_little_and_cut(flat):
    return ((flat + 1) * 127.5 + 0.01).clip(0, 255).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "truncates")
def never_rounded_in_two_steps(flat):
    return np.clip((flat + 1) / 2 * 255, 0, 255).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "nearly")
def white_cut_to_254(flat):
    return np.clip(np.round((flat + 1) * 127.5), 0, 254).astype("uint8").reshape(-1, 28, 28)


@wrong("deprocess", "not_an_image")
def still_flat(flat):
    return np.round((flat + 1) * 127.5).astype("uint8")


@wrong("deprocess", "not_an_image")
def with_channel(flat):
    return np.round((flat + 1) * 127.5).astype("uint8").reshape(-1, 28, 28, 1)


@wrong("deprocess", "scrambled")
def lying_on_their_side(flat):
    return np.round((flat + 1) * 127.5).astype("uint8").reshape(-1, 28, 28).transpose(0, 2, 1)


@wrong("deprocess", "changes_its_arguments")
def shifted_in_place(flat):
    flat += 1
    return np.round(flat * 127.5).astype("uint8").reshape(-1, 28, 28)


@raises("deprocess", "flat.reshape(28, 28)")
def for_one_image_only(flat):
    return np.round((flat.reshape(28, 28) + 1) * 127.5).astype("uint8")


# ---- make_labels


@right("make_labels")
def labels_by_full(n_samples):
    return np.full((n_samples, 1), 1, dtype=np.float32), np.full((n_samples, 1), 0, dtype=np.float32)


@right("make_labels")
def labels_by_like(n_samples):
    real_labels = np.ones([n_samples, 1]).astype("float32")
    return [real_labels, np.zeros_like(real_labels)]


@right("make_labels")
def labels_by_tensorflow(n_samples):
    return tf.ones((n_samples, 1)).numpy(), tf.zeros((n_samples, 1)).numpy()


@wrong("make_labels", "wrong_type")
def labels_left_as_tensors(n_samples):
    return tf.ones((n_samples, 1)), tf.zeros((n_samples, 1))


@right("make_labels")
def labels_from_lists(n_samples):
    return tuple(np.array([[label] for _ in range(n_samples)], "float32") for label in (1.0, 0.0))


@right("make_labels")
def labels_stacked(n_samples):
    return np.stack([np.ones((n_samples, 1), "f4"), np.zeros((n_samples, 1), "f4")])


@wrong("make_labels", "swapped_results")
def fake_is_one(n_samples):
    return np.zeros((n_samples, 1), "float32"), np.ones((n_samples, 1), "float32")


kept_labels = {}


@wrong("make_labels", "kept_array")
def labels_made_once(n_samples):
    return kept_labels.setdefault(n_samples, (np.ones((n_samples, 1), "float32"), np.zeros((n_samples, 1), "float32")))


@wrong("make_labels", "integers")
def labels_as_integers(n_samples):
    return np.ones((n_samples, 1), int), np.zeros((n_samples, 1), int)


@wrong("make_labels", "integers")
def labels_as_booleans(n_samples):
    return np.full((n_samples, 1), True), np.full((n_samples, 1), False)


@wrong("make_labels", "float64")
def labels_left_to_numpy(n_samples):
    return np.ones((n_samples, 1)), np.zeros((n_samples, 1))


@wrong("make_labels", "one_value")
def one_array_under_two_names(n_samples):
    real_labels = fake_labels = np.ones((n_samples, 1), "float32")
    fake_labels -= 1
    return real_labels, fake_labels


@wrong("make_labels", "one_array")
def labels_joined(n_samples):
    return np.concatenate([np.ones((n_samples, 1), "float32"), np.zeros((n_samples, 1), "float32")])


@wrong("make_labels", "wrong_values")
def labels_drawn_between(n_samples):
    rng = np.random.default_rng(0)
    return rng.uniform(0.7, 1.2, (n_samples, 1)).astype("float32"), np.zeros((n_samples, 1), "float32")


@wrong("make_labels", "one_value")
def zeros_like_ones(n_samples):
    ones = np.ones((n_samples, 1), "float32")
    return ones, np.ones_like(ones)


@wrong("make_labels", "wrong_type")
def three_arrays(n_samples):
    ones, zeros = np.ones((n_samples, 1), "float32"), np.zeros((n_samples, 1), "float32")
    return ones, zeros, ones


@wrong("make_labels", "wrong_type")
def labels_as_plain_lists(n_samples):
    return [[1.0]] * n_samples, [[0.0]] * n_samples


@wrong("make_labels", "wrong_shape")
def labels_of_a_fixed_batch(n_samples):
    return np.ones((64, 1), "float32"), np.zeros((64, 1), "float32")


@raises("make_labels", 'np.ones(n_samples, 1, "float32")')
def labels_shape_unpacked(n_samples):
    return np.ones(n_samples, 1, "float32"), np.zeros(n_samples, 1, "float32")


# ---- smooth_labels


@right("smooth_labels")
def smooth_taken_off(real_labels, fake_labels, smooth=0.1):
    return real_labels - smooth, fake_labels


@right("smooth_labels")
def smoothed_by_full(real_labels, fake_labels, smooth):
    return np.full(real_labels.shape, 1 - smooth, dtype="float32"), np.zeros_like(fake_labels)


@right("smooth_labels")
def smoothed_on_a_copy(real_labels, fake_labels, smooth=0.1):
    real_labels = real_labels.copy()
    real_labels[real_labels == 1] = 1 - smooth
    return [real_labels, fake_labels]


@right("smooth_labels")
def smoothed_by_tensorflow(real, fake, smooth=0.1, backend=tf):
    return (backend.constant(real) * (1 - smooth)).numpy(), backend.constant(fake).numpy()


@right("smooth_labels")
def smoothed_label_by_label(real_labels, fake_labels, smooth=0.1):
    return np.array([[label[0] * (1 - smooth)] for label in real_labels]), np.array([list(row) for row in fake_labels])


@wrong("smooth_labels", "below_zero")
def both_lowered(real_labels, fake_labels, smooth=0.1):
    return real_labels - smooth, fake_labels - smooth


@wrong("smooth_labels", "swapped_results")
def smoothed_and_swapped(real_labels, fake_labels, smooth=0.1):
    return fake_labels, real_labels * (1 - smooth)


@wrong("smooth_labels", "above_one")
def smooth_added(real_labels, fake_labels, smooth=0.1):
    return real_labels + smooth, fake_labels


@wrong("smooth_labels", "above_one")
def divided_instead(real_labels, fake_labels, smooth=0.1):
    return real_labels / (1 - smooth), fake_labels


@wrong("smooth_labels", "not_alike")
def drawn_at_random(real_labels, fake_labels, smooth=0.1):
    return real_labels - smooth * np.random.default_rng(0).random(real_labels.shape), fake_labels


@wrong("smooth_labels", "wrong_values")
def smoothed_twice(real_labels, fake_labels, smooth=0.1):
    return real_labels * (1 - smooth) ** 2, fake_labels


@wrong("smooth_labels", "other_default")
def a_fifth_unless_told(real_labels, fake_labels, smooth=0.2):
    return real_labels * (1 - smooth), fake_labels


@wrong("smooth_labels", "goes_wrong_where")
def never_below_one_half(real_labels, fake_labels, smooth=0.1):
    return real_labels * max(1 - smooth, 0.5), fake_labels


@wrong("smooth_labels", "two_sided")
def by_half_on_the_fakes(real_labels, fake_labels, smooth=0.1):
    return real_labels * (1 - smooth), fake_labels + smooth / 2


@wrong("smooth_labels", "wrong_shape")
def one_label_for_all(real_labels, fake_labels, smooth=0.1):
    return np.float32([[1 - smooth]]), np.float32([[0]])


@wrong("smooth_labels", "changes_its_arguments")
def smoothed_in_place(real_labels, fake_labels, smooth=0.1):
    real_labels *= 1 - smooth
    return real_labels, fake_labels


@wrong("smooth_labels", "wrong_arguments")
def without_smooth(real_labels, fake_labels):
    return real_labels * 0.9, fake_labels


@raises("smooth_labels", "real_labels * (1 - label_smoothing)")
def another_name_for_smooth(real_labels, fake_labels, smooth=0.1):
    return real_labels * (1 - label_smoothing), fake_labels  # noqa: F821


# ---- discriminator_step


@right("discriminator_step")
def d_with_apply_gradients(discriminator, optimizer, real, fake, real_labels, fake_labels):
    with tf.GradientTape() as tape:
        real_loss = binary_crossentropy(real_labels, discriminator(real))
        fake_loss = binary_crossentropy(fake_labels, discriminator(fake))
        total_loss = real_loss + fake_loss
    gradients = tape.gradient(total_loss, discriminator.trainable_variables)
    optimizer.apply_gradients(zip(gradients, discriminator.trainable_variables))
    return total_loss


@right("discriminator_step")
def d_with_tf_nn(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss_of(images, labels):
        logits = discriminator(images, training=True)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))

    with tf.GradientTape() as tape:
        loss = tf.add_n([loss_of(real, real_labels), loss_of(fake, fake_labels)])
    optimizer.apply(tape.gradient(loss, discriminator.trainable_weights), discriminator.trainable_weights)
    return loss


@right("discriminator_step")
def d_with_softplus(discriminator, optimizer, real, fake, real_labels, fake_labels):
    with tf.GradientTape(persistent=True) as tape:
        losses = []
        for images, labels in ((real, real_labels), (fake, fake_labels)):
            logits = discriminator(images, training=True)
            losses.append(keras.ops.mean(keras.ops.softplus(logits) - labels * logits))
        loss = sum(losses)
    variables = discriminator.trainable_variables
    optimizer.apply([tape.gradient(loss, variable) for variable in variables], variables)
    return loss


@right("discriminator_step")
def d_with_two_tapes_and_gradients_added(discriminator, optimizer, real, fake, real_labels, fake_labels):
    gradients, losses = [], []
    for images, labels in ((real, real_labels), (fake, fake_labels)):
        with tf.GradientTape() as tape:
            logits = discriminator(images, training=True)
            losses.append(tf.reduce_mean(keras.losses.binary_crossentropy(labels, logits, from_logits=True)))
        gradients.append(tape.gradient(losses[-1], discriminator.trainable_variables))
    optimizer.apply([a + b for a, b in zip(*gradients)], discriminator.trainable_variables)
    return losses[0] + losses[1]


@right("discriminator_step")
def d_with_probabilities_and_the_loss_for_them(discriminator, optimizer, real, fake, real_labels, fake_labels, n=1):
    bce = tf.keras.losses.BinaryCrossentropy()
    with tf.GradientTape() as tape:
        loss = bce(fake_labels, tf.sigmoid(discriminator(fake))) + bce(real_labels, tf.sigmoid(discriminator(real)))
    optimizer.apply(tape.gradient(loss, discriminator.trainable_variables), discriminator.trainable_variables)
    return loss


@right("discriminator_step")
@tf.function
def d_compiled_already(discriminator, optimizer, real, fake, real_labels, fake_labels):
    discriminator.trainable = True
    with tf.GradientTape() as tape:
        loss = binary_crossentropy(tf.reshape(real_labels, [-1]), tf.reshape(discriminator(real, training=True), [-1]))
        loss += binary_crossentropy(tf.reshape(fake_labels, [-1]), tf.reshape(discriminator(fake, training=True), [-1]))
    optimizer.apply(tape.gradient(loss, discriminator.trainable_variables), discriminator.trainable_variables)
    return loss


def d_descend(discriminator, optimizer, loss_function):
    """One update on whatever a wrong answer takes for its loss."""
    with tf.GradientTape() as tape:
        loss = loss_function()
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("discriminator_step", "two_updates")
def d_as_in_2018(discriminator, optimizer, real, fake, real_labels, fake_labels):
    d_loss = d_descend(discriminator, optimizer, lambda: binary_crossentropy(real_labels, discriminator(real)))
    return d_loss + d_descend(discriminator, optimizer, lambda: binary_crossentropy(fake_labels, discriminator(fake)))


@wrong("discriminator_step", "mixed_mean")
def d_one_batch_of_both(discriminator, optimizer, real, fake, real_labels, fake_labels):
    images, labels = tf.concat([real, fake], 0), tf.concat([real_labels, fake_labels], 0)
    return d_descend(
        discriminator, optimizer, lambda: binary_crossentropy(labels, discriminator(images, training=True))
    )


@wrong("discriminator_step", "mixed_batch")
def d_one_batch_of_both_with_the_right_gradient(discriminator, optimizer, real, fake, real_labels, fake_labels):
    images, labels = tf.concat([real, fake], 0), tf.concat([real_labels, fake_labels], 0)
    return d_descend(discriminator, optimizer, lambda: 2 * binary_crossentropy(labels, discriminator(images)))


@wrong("discriminator_step", "mixed_batch")
def d_one_pass_split_afterwards(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_logits, fake_logits = tf.split(discriminator(tf.concat([real, fake], 0), training=True), 2)
        return binary_crossentropy(real_labels, real_logits) + binary_crossentropy(fake_labels, fake_logits)

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "half_the_loss")
def d_mean_of_both(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = binary_crossentropy(real_labels, discriminator(real))
        return 0.5 * (real_loss + binary_crossentropy(fake_labels, discriminator(fake)))

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "summed")
def d_not_reduced(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = tf.nn.sigmoid_cross_entropy_with_logits(real_labels, discriminator(real))
        return real_loss + tf.nn.sigmoid_cross_entropy_with_logits(fake_labels, discriminator(fake))

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "wrong_sign")
def d_climbs(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = binary_crossentropy(real_labels, discriminator(real))
        return -(real_loss + binary_crossentropy(fake_labels, discriminator(fake)))

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "swapped_labels")
def d_labels_swapped(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = binary_crossentropy(fake_labels, discriminator(real))
        return real_loss + binary_crossentropy(real_labels, discriminator(fake))

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "ignores_labels")
def d_plain_labels(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_logits, fake_logits = discriminator(real), discriminator(fake)
        real_loss = binary_crossentropy(tf.ones_like(real_logits), real_logits)
        return real_loss + binary_crossentropy(tf.zeros_like(fake_logits), fake_logits)

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "ignores_labels")
def d_smooths_by_itself(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_logits, fake_logits = discriminator(real), discriminator(fake)
        real_loss = binary_crossentropy(0.9 * tf.ones_like(real_logits), real_logits)
        return real_loss + binary_crossentropy(tf.zeros_like(fake_logits), fake_logits)

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "only_real")
def d_reals_only(discriminator, optimizer, real, fake, real_labels, fake_labels):
    return d_descend(discriminator, optimizer, lambda: binary_crossentropy(real_labels, discriminator(real)))


@wrong("discriminator_step", "only_fake")
def d_loss_overwritten(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        for images, labels in ((real, real_labels), (fake, fake_labels)):
            last = binary_crossentropy(labels, discriminator(images))
        return last

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "probabilities")
def d_loss_without_from_logits(discriminator, optimizer, real, fake, real_labels, fake_labels):
    bce = keras.losses.BinaryCrossentropy()
    return d_descend(
        discriminator, optimizer, lambda: bce(real_labels, discriminator(real)) + bce(fake_labels, discriminator(fake))
    )


@wrong("discriminator_step", "double_sigmoid")
def d_sigmoid_and_from_logits(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = binary_crossentropy(real_labels, tf.sigmoid(discriminator(real)))
        return real_loss + binary_crossentropy(fake_labels, tf.sigmoid(discriminator(fake)))

    return d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "swapped_arguments")
def d_logits_before_labels(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = binary_crossentropy(discriminator(real), real_labels)
        return real_loss + binary_crossentropy(discriminator(fake), fake_labels)

    return d_descend(discriminator, optimizer, loss)


def d_right_loss(discriminator, real, fake, real_labels, fake_labels):
    """The loss that is asked for."""
    real_loss = binary_crossentropy(real_labels, discriminator(real, training=True))
    return real_loss + binary_crossentropy(fake_labels, discriminator(fake, training=True))


@wrong("discriminator_step", "no_update")
def d_never_applied(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = d_right_loss(discriminator, *batches)
    tape.gradient(loss, discriminator.trainable_variables)
    return loss


@wrong("discriminator_step", "other_optimizer")
def d_optimizer_of_its_own(discriminator, optimizer, *batches):
    return d_descend(discriminator, keras.optimizers.Adam(2e-4), lambda: d_right_loss(discriminator, *batches))


@wrong("discriminator_step", "clips_gradients")
def d_gradients_clipped(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = d_right_loss(discriminator, *batches)
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply([tf.clip_by_value(g, -0.01, 0.01) for g in gradients], discriminator.trainable_variables)
    return loss


@wrong("discriminator_step", "leaves_frozen")
def d_frozen_for_the_generators_turn(discriminator, optimizer, *batches):
    discriminator.trainable = True
    loss = d_descend(discriminator, optimizer, lambda: d_right_loss(discriminator, *batches))
    discriminator.trainable = False
    return loss


@wrong("discriminator_step", "apply_arguments")
def d_apply_with_arguments_swapped(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = d_right_loss(discriminator, *batches)
    variables = discriminator.trainable_variables
    optimizer.apply(variables, tape.gradient(loss, variables))
    return loss


@wrong("discriminator_step", "apply_arguments")
def d_apply_gradients_without_zip(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = d_right_loss(discriminator, *batches)
    optimizer.apply_gradients(tape.gradient(loss, discriminator.trainable_variables))
    return loss


@wrong("discriminator_step", "apply_arguments")
def d_gradient_with_arguments_swapped(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = d_right_loss(discriminator, *batches)
    optimizer.apply(tape.gradient(discriminator.trainable_variables, loss), discriminator.trainable_variables)
    return loss


@wrong("discriminator_step", "returns_no_loss")
def d_returns_nothing(discriminator, optimizer, *batches):
    d_descend(discriminator, optimizer, lambda: d_right_loss(discriminator, *batches))


@wrong("discriminator_step", "returns_no_loss")
def d_returns_loss_and_accuracy(discriminator, optimizer, *batches):
    return d_descend(discriminator, optimizer, lambda: d_right_loss(discriminator, *batches)), 1.0


@wrong("discriminator_step", "other_loss")
def d_returns_half(discriminator, optimizer, *batches):
    return d_descend(discriminator, optimizer, lambda: d_right_loss(discriminator, *batches)) / 2


@wrong("discriminator_step", "eager_only")
def d_returns_a_number(discriminator, optimizer, *batches):
    return d_descend(discriminator, optimizer, lambda: d_right_loss(discriminator, *batches)).numpy()


# ---- generator_step


@right("generator_step")
def g_with_apply_gradients(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        fake = generator(latent_samples)
        g_loss = binary_crossentropy(tf.ones((latent_samples.shape[0], 1)), discriminator(fake))
    optimizer.apply_gradients(zip(tape.gradient(g_loss, generator.trainable_weights), generator.trainable_weights))
    return g_loss


@right("generator_step")
def g_with_softplus(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss


@wrong("generator_step", "other_way")
def g_makes_the_logits_small(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(discriminator(generator(latent_samples)))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss


@wrong("generator_step", "log_of_sigmoid")
def g_with_log_of_probability(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        loss = -keras.ops.mean(keras.ops.log(keras.ops.sigmoid(discriminator(generator(latent_samples)))))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss


@wrong("generator_step", "eager_only")
def g_with_tf_nn_and_numpy_labels(generator, discriminator, optimizer, latent_samples, label=1.0):
    labels = np.full((len(latent_samples), 1), label, "float32")
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([variable.value for variable in generator.trainable_variables])
        logits = discriminator(generator(latent_samples))
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))
    gradients = tape.gradient(loss, [variable.value for variable in generator.trainable_variables])
    optimizer.apply(gradients, generator.trainable_variables)
    return loss


@right("generator_step")
def g_switching_trainable_off_and_on(generator, discriminator, optimizer, latent_samples):
    discriminator.trainable = False
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True))
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(tf.ones_like(logits), logits, from_logits=True))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    discriminator.trainable = True
    return loss


@right("generator_step")
@tf.function
def g_compiled_already(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = binary_crossentropy(tf.ones_like(logits), logits)
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss


def g_descend(generator, discriminator, optimizer, latent_samples, loss_of):
    """One update on what a wrong answer takes for the loss of the fakes' logits."""
    with tf.GradientTape() as tape:
        loss = loss_of(discriminator(generator(latent_samples, training=True), training=True))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss


def g_right_loss(logits):
    """The loss that is asked for."""
    return binary_crossentropy(tf.ones_like(logits), logits)


@wrong("generator_step", "moves_the_other")
def g_variables_of_both(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        loss = g_right_loss(discriminator(generator(latent_samples)))
    variables = generator.trainable_variables + discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("generator_step", "moves_the_other")
def g_all_watched_variables(generator, discriminator, optimizer, latent_samples):
    joint = keras.Sequential([generator, discriminator])
    with tf.GradientTape() as tape:
        loss = g_right_loss(joint(latent_samples))
    optimizer.apply(tape.gradient(loss, joint.trainable_variables), joint.trainable_variables)
    return loss


@wrong("generator_step", "leaves_frozen")
def g_never_switched_on_again(generator, discriminator, optimizer, latent_samples):
    discriminator.trainable = False
    return g_descend(generator, discriminator, optimizer, latent_samples, g_right_loss)


@wrong("generator_step", "two_updates")
def g_trained_twice(generator, discriminator, optimizer, latent_samples):
    g_descend(generator, discriminator, optimizer, latent_samples, g_right_loss)
    return g_descend(generator, discriminator, optimizer, latent_samples, g_right_loss)


@wrong("generator_step", "label_fake")
def g_towards_zero(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: binary_crossentropy(tf.zeros_like(logits), logits))


@wrong("generator_step", "saturating")
def g_climbs_the_discriminators_loss(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: -binary_crossentropy(tf.zeros_like(logits), logits))


@wrong("generator_step", "saturating")
def g_as_in_the_minimax_formula(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: tf.reduce_mean(tf.math.log(1 - tf.sigmoid(logits))))


@wrong("generator_step", "wrong_sign")
def g_climbs(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: -g_right_loss(logits))


@wrong("generator_step", "smoothed")
def g_towards_point_nine(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: binary_crossentropy(tf.fill(logits.shape, 0.9), logits))


@wrong("generator_step", "summed")
def g_not_reduced(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: tf.nn.softplus(-logits))


@wrong("generator_step", "probabilities")
def g_loss_without_from_logits(*networks_and_latents):
    bce = keras.losses.BinaryCrossentropy()
    return g_descend(*networks_and_latents, lambda logits: bce(tf.ones_like(logits), logits))


@wrong("generator_step", "double_sigmoid")
def g_sigmoid_and_from_logits(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: g_right_loss(tf.sigmoid(logits)))


@wrong("generator_step", "swapped_arguments")
def g_logits_before_labels(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: binary_crossentropy(logits, tf.ones_like(logits)))


@wrong("generator_step", "least_squares")
def g_least_squares(*networks_and_latents):
    return g_descend(*networks_and_latents, lambda logits: tf.reduce_mean((logits - 1) ** 2))


@wrong("generator_step", "no_update")
def g_never_applied(generator, discriminator, optimizer, latent_samples):
    return g_right_loss(discriminator(generator(latent_samples)))


@wrong("generator_step", "other_optimizer")
def g_descends_by_hand(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        loss = g_right_loss(discriminator(generator(latent_samples)))
    for variable, gradient in zip(generator.trainable_variables, tape.gradient(loss, generator.trainable_variables)):
        variable.assign_sub(0.5 * gradient)
    return loss


@wrong("generator_step", "returns_no_loss")
def g_returns_nothing(*networks_and_latents):
    g_descend(*networks_and_latents, g_right_loss)


@wrong("generator_step", "returns_no_loss")
def g_returns_a_loss_for_each_sample(generator, discriminator, optimizer, latent_samples):
    losses = tf.nn.softplus(-discriminator(generator(latent_samples)))
    g_descend(generator, discriminator, optimizer, latent_samples, g_right_loss)
    return losses


@wrong("generator_step", "other_loss")
def g_returns_the_loss_afterwards(generator, discriminator, optimizer, latent_samples):
    g_descend(generator, discriminator, optimizer, latent_samples, g_right_loss)
    return g_right_loss(discriminator(generator(latent_samples)))


@wrong("generator_step", "eager_only")
def g_stops_when_good_enough(generator, discriminator, optimizer, latent_samples):
    loss = g_descend(generator, discriminator, optimizer, latent_samples, g_right_loss)
    print("g_loss", float(loss))
    return loss


# ---- mistakes that Keras stops with a message of its own


@wrong("discriminator_step", "outside_tape")
def forward_passes_before_the_tape(discriminator, optimizer, real, fake, real_labels, fake_labels):
    real_logits, fake_logits = discriminator(real), discriminator(fake)
    with tf.GradientTape() as tape:
        loss = binary_crossentropy(real_labels, real_logits) + binary_crossentropy(fake_labels, fake_logits)
    variables = discriminator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


@wrong("discriminator_step", "train_on_batch")
def as_in_the_tutorials(discriminator, optimizer, real, fake, real_labels, fake_labels):
    loss = discriminator.train_on_batch(real, real_labels)
    return loss + discriminator.train_on_batch(fake, fake_labels)


@wrong("discriminator_step", "minimize")
def as_in_tensorflow_one(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        return binary_crossentropy(real_labels, discriminator(real)) + binary_crossentropy(
            fake_labels, discriminator(fake)
        )

    optimizer.minimize(loss, discriminator.trainable_variables)
    return loss()


@wrong("generator_step", "outside_tape")
def fakes_by_predict(generator, discriminator, optimizer, latent_samples):
    fakes = generator.predict(latent_samples, verbose=0)
    with tf.GradientTape() as tape:
        logits = discriminator(fakes)
        loss = binary_crossentropy(tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("generator_step", "train_on_batch")
def by_a_joint_model(generator, discriminator, optimizer, latent_samples):
    joint = keras.Sequential([generator, discriminator])
    return joint.train_on_batch(latent_samples, np.ones((len(latent_samples), 1)))


@wrong("generator_step", "apply_arguments")
def g_apply_with_arguments_swapped(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = binary_crossentropy(tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    optimizer.apply(variables, tape.gradient(loss, variables))
    return loss


@wrong("generator_step", "minimize")
def by_minimize(generator, discriminator, optimizer, latent_samples):
    def loss():
        logits = discriminator(generator(latent_samples))
        return binary_crossentropy(tf.ones_like(logits), logits)

    optimizer.minimize(loss, generator.trainable_variables)
    return loss()


def d_loss_of(discriminator, real, fake, real_labels, fake_labels):
    real_loss = binary_crossentropy(real_labels, discriminator(real, training=True))
    return real_loss + binary_crossentropy(fake_labels, discriminator(fake, training=True))


def step_by(change):
    """Return the discriminator's step that changes the gradients before it applies them."""

    def step(discriminator, optimizer, *batches):
        with tf.GradientTape() as tape:
            loss = d_loss_of(discriminator, *batches)
        variables = discriminator.trainable_variables
        optimizer.apply(change(tape.gradient(loss, variables)), variables)
        return loss

    return step


@wrong("discriminator_step", "other_length")
def long_gradients_made_shorter(*args):
    return step_by(lambda gradients: tf.clip_by_global_norm(gradients, 5.0)[0])(*args)


@wrong("discriminator_step", "clips_gradients")
def gradients_cut_at_five(*args):
    return step_by(lambda gradients: [tf.clip_by_value(g, -5.0, 5.0) for g in gradients])(*args)


@wrong("discriminator_step", "other_length")
def d_gradients_of_norm_one(*args):
    return step_by(lambda gradients: tf.clip_by_global_norm(gradients, 1.0)[0])(*args)


@wrong("discriminator_step", "some_stay")
def d_biases_stay(*args):
    return step_by(lambda gradients: [g if len(g.shape) > 1 else 0 * g for g in gradients])(*args)


@wrong("discriminator_step", "another_update")
def d_gradients_with_noise(*args):
    return step_by(lambda gradients: [g + tf.random.normal(g.shape) for g in gradients])(*args)


@wrong("discriminator_step", "clips_weights")
def d_weights_clipped(discriminator, optimizer, *batches):
    loss = step_by(lambda gradients: gradients)(discriminator, optimizer, *batches)
    for variable in discriminator.trainable_variables:
        variable.assign(tf.clip_by_value(variable, -0.1, 0.1))
    return loss


@wrong("discriminator_step", "every_pair")
def d_labels_flat(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss_of(labels, logits):
        return tf.reduce_mean(tf.nn.softplus(logits) - tf.reshape(labels, [-1]) * logits)

    with tf.GradientTape() as tape:
        loss = loss_of(real_labels, discriminator(real, training=True))
        loss += loss_of(fake_labels, discriminator(fake, training=True))
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("discriminator_step", "no_gradient")
def d_waits_where_it_is_ahead(discriminator, optimizer, *batches):
    behind = float(d_loss_of(discriminator, *batches) > 0.4)
    return step_by(lambda gradients: [behind * g for g in gradients])(discriminator, optimizer, *batches)


example = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
sgd = keras.optimizers.SGD(0.1)
sgd.build(example.trainable_variables)


@wrong("generator_step", "foreign_optimizer")
def g_by_the_optimizer_of_the_example(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = binary_crossentropy(tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    sgd.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("generator_step", "other_length_of_batch")
def g_labels_for_64(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = binary_crossentropy(tf.ones((64, 1)), logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("make_generator", "other_activation")
def generator_with_softsign(latent_dim=100, hidden=128, slope=0.01):
    end = layers.Dense(784, activation="softsign")
    return keras.Sequential([keras.Input((latent_dim,)), layers.Dense(hidden), layers.LeakyReLU(slope), end])


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("make_latent_samples", "wrong_spread")
def a_twentieth_too_wide(rng, n_samples, latent_dim):
    return rng.normal(0, 1.05, (n_samples, latent_dim))


@wrong("make_discriminator", "departs")
def discriminator_with_a_slope_a_little_steeper(hidden=128, slope=0.01):
    return a_discriminator(hidden, layers.LeakyReLU(slope + 2e-3))


@wrong("preprocess", "off_by_little")
def divided_by_127_45(images):
    return images.reshape(len(images), 784).astype("float32") / 127.45 - 1


@wrong("make_labels", "wrong_values")
def labels_a_millionth_off(n_samples):
    real, fake = labels_by_full(n_samples)
    return real * np.float32(0.999999), fake


@wrong("smooth_labels", "wrong_values")
def smoothed_a_little_more(real_labels, fake_labels, smooth=0.1):
    return real_labels * np.float32(1 - 1.001 * smooth), fake_labels


@wrong("smooth_labels", "not_alike")
def smoothed_with_a_slight_slope(real_labels, fake_labels, smooth=0.1):
    slope = np.linspace(0, 5e-5, len(real_labels), dtype="float32")[:, None]
    return real_labels * np.float32(1 - smooth) + slope, fake_labels


@wrong("discriminator_step", "other_update")
def d_with_fakes_that_are_a_little_real(discriminator, optimizer, real, fake, real_labels, fake_labels):
    with tf.GradientTape() as tape:
        loss = binary_crossentropy(real_labels, discriminator(real, training=True))
        loss += binary_crossentropy(fake_labels + 5e-4, discriminator(fake, training=True))
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("discriminator_step", "other_loss")
def d_returns_a_hundredth_more(discriminator, optimizer, real, fake, real_labels, fake_labels):
    with tf.GradientTape() as tape:
        loss = binary_crossentropy(real_labels, discriminator(real, training=True))
        loss += binary_crossentropy(fake_labels, discriminator(fake, training=True))
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return 1.01 * loss


@wrong("generator_step", "other_length")
def g_with_targets_a_little_below_1(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = binary_crossentropy(0.9995 * tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("generator_step", "no_gradient")
def down_a_loss_that_is_flat(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = tf.reduce_mean(1 - tf.sigmoid(logits))
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("make_generator", "lets_nothing_through")
def generator_that_begins_at_zero(latent_dim=100, hidden=128, slope=0.01):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(hidden, kernel_initializer="zeros"),
            layers.LeakyReLU(negative_slope=slope),
            layers.Dense(784, activation="tanh", kernel_initializer="zeros"),
        ]
    )
