"""Answers to lab 04, after what is found in GAN tutorials and in first attempts at batch normalization."""

import keras
import numpy as np
from keras import layers

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("batch_norm")


# ---- batch_norm


@right("batch_norm")
def mean_and_var_kept_as_dimensions(x, gamma, beta, eps=1e-3):
    mean = np.mean(x, axis=(0, 1, 2), keepdims=True)
    var = np.var(x, axis=(0, 1, 2), keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta


@right("batch_norm")
def channel_by_channel(x, gamma, beta, eps=1e-3):
    out = np.empty_like(x)
    for c in range(x.shape[-1]):
        channel = x[..., c]
        out[..., c] = gamma[c] * (channel - channel.mean()) / (channel.var() + eps) ** 0.5 + beta[c]
    return out


@right("batch_norm")
def as_rows_of_pixels(x, gamma, beta, eps=1e-3):
    rows = x.reshape(-1, x.shape[-1])
    rows = rows - rows.mean(0)
    rows = rows / np.sqrt(np.square(rows).mean(0) + eps)
    return (rows * gamma + beta).reshape(x.shape)


@right("batch_norm")
def by_the_mean_of_squares(x, gamma, beta, eps=1e-3):
    mean = np.einsum("nhwc->c", x) / np.prod(x.shape[:3])
    variance = (x**2).mean((0, 1, 2)) - mean**2
    scale = gamma / np.sqrt(variance + eps)
    return x * scale + (beta - mean * scale)


@right("batch_norm")
def by_keras_own_layer(x, gamma, beta, eps=1e-3):
    layer = layers.BatchNormalization(epsilon=eps)
    layer.build(x.shape)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    return np.array(layer(x.astype("float32"), training=True))


@right("batch_norm")
def in_float32(x, gamma, beta, eps=1e-3):
    x = np.float32(x)
    std = np.sqrt(x.std(axis=(0, 1, 2)) ** 2 + np.float32(eps))
    return (x - x.mean(axis=(0, 1, 2))) / std * np.float32(gamma) + np.float32(beta)


def over(axes):
    """Return a batch normalization over other axes."""

    def batch_norm(x, gamma, beta, eps=1e-3):
        mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        return gamma * (x - mean) / np.sqrt(var + eps) + beta

    return batch_norm


@wrong("batch_norm", "per_pixel")
def axis_0_and_no_gamma(x, gamma, beta, eps=1e-3):
    return (x - x.mean(0)) / np.sqrt(x.var(0) + eps)


@wrong("batch_norm", "root_of_deviation")
def eps_beside_the_deviation(x, gamma, beta, eps=1e-3):
    return gamma * (x - x.mean((0, 1, 2))) / np.sqrt(x.std((0, 1, 2)) + eps) + beta


@wrong("batch_norm", "misplaced_bracket")
def eps_outside_of_the_quotient(x, gamma, beta, eps=1e-3):
    return gamma * (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2))) + eps + beta


@wrong("batch_norm", "other_default")
def another_default(x, gamma, beta, eps=1e-5):
    return gamma * (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + eps) + beta


@wrong("batch_norm", "swapped_arguments")
def beta_multiplies(x, gamma, beta, eps=1e-3):
    return beta * (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + eps) + gamma


@wrong("batch_norm", "returns_nothing")
def never_returned(x, gamma, beta, eps=1e-3):
    over((0, 1, 2))(x, gamma, beta, eps)


@wrong("batch_norm", "wrong_type")
def a_tensor(x, gamma, beta, eps=1e-3):
    return keras.ops.convert_to_tensor(over((0, 1, 2))(x, gamma, beta, eps))


@wrong("batch_norm", "wrong_shape")
def left_as_rows(x, gamma, beta, eps=1e-3):
    rows = x.reshape(-1, x.shape[-1])
    return gamma * (rows - rows.mean(0)) / np.sqrt(rows.var(0) + eps) + beta


@wrong("batch_norm", "changes_its_arguments")
def in_place(x, gamma, beta, eps=1e-3):
    x -= x.mean((0, 1, 2))
    x /= np.sqrt(x.var((0, 1, 2)) + eps)
    return gamma * x + beta


@wrong("batch_norm", "not_finite")
def root_of_a_negative(x, gamma, beta, eps=1e-3):
    return gamma * (x - x.mean((0, 1, 2))) / np.sqrt(-x.var((0, 1, 2)) - eps) + beta


@wrong("batch_norm", "wrong_arguments")
def one_argument(x):
    return (x - x.mean((0, 1, 2))) / x.std((0, 1, 2))


@raises("batch_norm", "x.mean(axis=(0, 2, 3))")
def as_in_pytorch_without_keepdims(x, gamma, beta, eps=1e-3):
    return gamma * (x - x.mean(axis=(0, 2, 3))) / np.sqrt(x.var(axis=(0, 2, 3)) + eps) + beta


# ---- make_normalized_block


def halving(filters, bias=False):
    return layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=bias)


def leaky():
    return layers.LeakyReLU(negative_slope=0.2)


def stacked(*stack):
    return keras.Sequential([keras.Input((64, 64, 3)), *stack])


@right("make_normalized_block")
def layer_by_layer(filters=64):
    model = keras.Sequential()
    model.add(keras.Input(shape=(64, 64, 3)))
    model.add(layers.Conv2D(filters, (3, 3), strides=(2, 2), padding="same", use_bias=False))
    model.add(layers.BatchNormalization(axis=-1, momentum=0.8))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    return model


@right("make_normalized_block")
def functional(filters=64):
    images = keras.Input((64, 64, 3))
    x = halving(filters)(images)
    x = layers.BatchNormalization(epsilon=1e-5)(x)
    return keras.Model(images, keras.activations.leaky_relu(x, negative_slope=0.2))


class Block(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.norm = layers.BatchNormalization()
        self.conv = halving(filters)

    def call(self, images, training=False):
        return keras.ops.leaky_relu(self.norm(self.conv(images), training=training), 0.2)


@right("make_normalized_block")
def subclassed(filters=64):
    return Block(filters)


@right("make_normalized_block")
def padded_by_hand(filters=64):
    return stacked(
        layers.ZeroPadding2D(((0, 1), (0, 1))),
        layers.Conv2D(filters, 3, 2, use_bias=False, kernel_initializer=keras.initializers.RandomNormal(0, 0.02)),
        layers.BatchNormalization(gamma_initializer=keras.initializers.RandomNormal(1, 0.02)),
        layers.Activation(lambda x: keras.ops.maximum(x, 0.2 * x)),
    )


@right("make_normalized_block")
def two_models_in_one(filters=64):
    return stacked(keras.Sequential([halving(filters), layers.BatchNormalization()]), leaky())


@wrong("make_normalized_block", "bias_kept")
def as_in_the_sources(filters=64):
    return stacked(halving(filters, bias=True), layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "after_activation")
def as_in_a_popular_repository(filters=64):
    return stacked(halving(filters, bias=True), leaky(), layers.BatchNormalization(momentum=0.8))


@wrong("make_normalized_block", "after_activation")
def activation_inside_the_convolution(filters=64):
    conv = layers.Conv2D(filters, 3, 2, "same", use_bias=False, activation="relu")
    return stacked(conv, layers.BatchNormalization())


@wrong("make_normalized_block", "no_batch_norm")
def forgotten_with_bias(filters=64):
    return stacked(halving(filters, bias=True), leaky())


class Baked(keras.Model):
    def __init__(self, filters, training):
        super().__init__()
        self.conv, self.norm, self.training_ = halving(filters), layers.BatchNormalization(), training

    def call(self, images):
        return keras.ops.leaky_relu(self.norm(self.conv(images), training=self.training_), 0.2)


@wrong("make_normalized_block", "always_inference")
def subclassed_training_false(filters=64):
    return Baked(filters, False)


@wrong("make_normalized_block", "always_training")
def training_true_inside(filters=64):
    return Baked(filters, True)


@wrong("make_normalized_block", "frozen")
def norm_not_trainable(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(trainable=False), leaky())


@wrong("make_normalized_block", "frozen")
def everything_frozen(filters=64):
    model = stacked(halving(filters), layers.BatchNormalization(), leaky())
    model.trainable = False
    return model


@wrong("make_normalized_block", "scale_or_center_off")
def bias_in_place_of_beta(filters=64):
    return stacked(halving(filters, bias=True), layers.BatchNormalization(center=False), leaky())


@wrong("make_normalized_block", "not_batch_norm")
def layer_normalization_of_whole_images(filters=64):
    return stacked(halving(filters), layers.LayerNormalization(axis=[1, 2, 3]), leaky())


@wrong("make_normalized_block", "not_batch_norm")
def instance_normalization(filters=64):
    return stacked(halving(filters, bias=True), layers.GroupNormalization(groups=-1), leaky())


@wrong("make_normalized_block", "noisy")
def with_dropout(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(), leaky(), layers.Dropout(0.25))


@wrong("make_normalized_block", "no_stride")
def stride_forgotten(filters=64):
    conv = layers.Conv2D(filters, 3, padding="same", use_bias=False)
    return stacked(conv, layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "valid_padding")
def padding_forgotten(filters=64):
    conv = layers.Conv2D(filters, 3, strides=2, use_bias=False)
    return stacked(conv, layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "ignores_argument")
def always_64(filters=64):
    return stacked(halving(64), layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "other_default")
def another_default_of_filters(filters=32):
    return stacked(halving(filters), layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "axis_given")
def momentum_as_first_argument(filters=64):
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)
    return stacked(convolution, layers.BatchNormalization(0.8), layers.LeakyReLU(negative_slope=0.2))


@wrong("make_normalized_block", "averages_stand")
def averages_that_never_move(filters=64):
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)
    return stacked(convolution, layers.BatchNormalization(momentum=1.0), layers.LeakyReLU(negative_slope=0.2))


@wrong("make_normalized_block", "wrong_size")
def kernel_of_5(filters=64):
    conv = layers.Conv2D(filters, 5, 2, "same", use_bias=False)
    return stacked(conv, layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "twice")
def normalized_on_both_sides(filters=64):
    return stacked(halving(filters), *[layers.BatchNormalization() for _ in range(2)], layers.PReLU())


@wrong("make_normalized_block", "wrong_input")
def for_grey_images(filters=64):
    return keras.Sequential([keras.Input((64, 64, 1)), halving(filters), layers.BatchNormalization(), leaky()])


@wrong("make_normalized_block", "not_a_model")
def a_list_of_layers(filters=64):
    return [halving(filters), layers.BatchNormalization(), leaky()]


@wrong("make_normalized_block", "returns_nothing")
def built_and_dropped(filters=64):
    stacked(halving(filters), layers.BatchNormalization(), leaky())


@raises("make_normalized_block", "BatchNorm2d")
def as_in_pytorch(filters=64):
    return stacked(halving(filters), layers.BatchNorm2d(filters), leaky())


# ---- has_batch_norm


@right("has_batch_norm")
def case_by_case(network, layer, n_layers):
    if network == "generator":
        return layer < n_layers - 1
    return 0 < layer < n_layers - 1


@right("has_batch_norm")
def by_lists(network, layer, n_layers):
    normalized = list(range(n_layers))[:-1]
    if network == "discriminator":
        normalized = normalized[1:]
    return layer in normalized


@right("has_batch_norm")
def with_early_returns(network, layer, n_layers):
    if layer == n_layers - 1:
        return False
    if network == "discriminator" and layer == 0:
        return False
    return True


@right("has_batch_norm")
def by_a_table_of_first_layers(network, layer, n_layers):
    return layer in range({"generator": 0, "discriminator": 1}[network], n_layers - 1)


@right("has_batch_norm")
def as_numpy_has_it(network, layer, n_layers):
    flags = np.ones(n_layers, bool)
    flags[-1] = False
    if network[0] == "d":
        flags[0] = False
    return flags[layer]


@wrong("has_batch_norm", "no_answer")
def without_the_other_case(network, layer, n_layers):
    if layer == n_layers - 1 or (network == "discriminator" and layer == 0):
        return False


@wrong("has_batch_norm", "both_ends_of_both")
def another_name_for_the_generator(network, layer, n_layers):
    return layer < n_layers - 1 if network == "G" else 0 < layer < n_layers - 1


@wrong("has_batch_norm", "fixed_size")
def for_four_layers_only(network, layer, n_layers):
    return layer in ((0, 1, 2) if network == "generator" else (1, 2))


@wrong("has_batch_norm", "goes_wrong_where")
def a_single_layer_normalized(network, layer, n_layers):
    return n_layers == 1 or case_by_case(network, layer, n_layers)


@wrong("has_batch_norm", "fixed_size")
def for_the_discriminator_of_the_text(network, layer, n_layers):
    return layer == 1 if network == "discriminator" else layer < n_layers - 1


@wrong("has_batch_norm", "every_other")
def alternating(network, layer, n_layers):
    return layer % 2 == 1


@wrong("has_batch_norm", "not_a_bool")
def a_number(network, layer, n_layers):
    return int(case_by_case(network, layer, n_layers))


@wrong("has_batch_norm", "not_a_bool")
def a_word(network, layer, n_layers):
    return "yes" if case_by_case(network, layer, n_layers) else "no"


@wrong("has_batch_norm", "no_answer")
def one_branch_missing(network, layer, n_layers):
    if layer < n_layers - 1:
        return network == "generator" or layer > 0


@raises("has_batch_norm", "network.layers")
def as_if_it_were_a_model(network, layer, n_layers):
    return layer < len(network.layers) - 1


# ---- make_generator


def generator(latent_dim, *hidden, end=("tanh",), bias=False):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(256, use_bias=bias), *hidden, layers.Dense(784)])
    for name in end:
        model.add(layers.Activation(name))
    return model


@wrong("make_generator", "other_activation")
def no_negative_pixels(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(momentum=0.8), leaky(), end=("softplus",))


@right("make_generator")
def default_momentum(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(), leaky())


@right("make_generator")
def bias_left_in(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(momentum=0.8), leaky(), bias=True)


@right("make_generator")
def functional_with_tanh_inside(latent_dim=100):
    z = keras.Input((latent_dim,))
    x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(layers.Dense(256)(z))
    return keras.Model(z, layers.Dense(784, activation="tanh")(keras.ops.leaky_relu(x, 0.2)))


class Generator(keras.Model):
    def __init__(self):
        super().__init__()
        self.last, self.norm, self.first = layers.Dense(784), layers.BatchNormalization(), layers.Dense(256)

    def call(self, z, training=False):
        x = self.norm(self.first(z), training=training)
        return keras.ops.tanh(self.last(keras.ops.maximum(x, 0.2 * x)))


@right("make_generator")
def subclassed_generator(latent_dim=100):
    return Generator()


@wrong("make_generator", "output_normalized")
def only_the_epsilons_mended(latent_dim=100):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(256, use_bias=False)])
    for layer in (layers.BatchNormalization(momentum=0.8), leaky(), layers.Dense(784)):
        model.add(layer)
    model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Activation("tanh"))
    return model


@right("make_generator")
def averages_of_the_last_batch(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(momentum=0.0), leaky())


@wrong("make_generator", "axis_given")
def as_in_torch(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(0.8), leaky())


@wrong("make_generator", "averages_stand")
def averages_held(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(momentum=1.0), leaky())


@wrong("make_generator", "twice")
def normalized_before_and_after(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(), leaky(), layers.BatchNormalization())


@wrong("make_generator", "not_finite")
def divided_by_zero(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(), leaky(), layers.Rescaling(float("nan")))


@wrong("make_generator", "not_batch_norm")
def layer_normalization_instead(latent_dim=100):
    return generator(latent_dim, layers.LayerNormalization(), leaky())


@wrong("make_generator", "scale_or_center_off")
def no_center(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(center=False), leaky(), bias=True)


@wrong("make_generator", "frozen")
def hidden_norm_frozen(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(trainable=False), leaky())


class FixedMode(Generator):
    def __init__(self, training):
        super().__init__()
        self.mode = training

    def call(self, z):
        return super().call(z, training=self.mode)


@wrong("make_generator", "always_inference")
def inference_inside(latent_dim=100):
    return FixedMode(False)


@wrong("make_generator", "always_training")
def training_inside(latent_dim=100):
    return FixedMode(True)


@wrong("make_generator", "noisy")
def dropout_added(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(), leaky(), layers.Dropout(0.3))


@wrong("make_generator", "wrong_size")
def another_width(latent_dim=100):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(128), layers.BatchNormalization(), leaky()])
    return keras.Sequential([model, layers.Dense(784, activation="tanh")])


@wrong("make_generator", "images")
def as_images(latent_dim=100):
    hidden = default_momentum(latent_dim)
    return keras.Sequential([hidden, layers.Reshape((28, 28))])


@wrong("make_generator", "ignores_argument")
def fixed_latent_dim(latent_dim=100):
    return default_momentum(100)


@wrong("make_generator", "not_a_model")
def a_layer(latent_dim=100):
    return layers.BatchNormalization()


@raises("make_generator", "eps=1e-5")
def pytorchs_name(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(eps=1e-5), leaky())


# ---- found by trying to get past the checks


@wrong("make_normalized_block", "always_training")
def training_baked_in(filters=64):
    images = keras.Input((64, 64, 3))
    x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(images)
    x = layers.BatchNormalization()(x, training=True)
    return keras.Model(images, layers.LeakyReLU(negative_slope=0.2)(x))


@wrong("make_generator", "frozen")
def all_of_it_frozen(latent_dim=100):
    model = generator(latent_dim, layers.BatchNormalization(), leaky())
    model.trainable = False
    return model


@wrong("batch_norm", "constant_channel")
def nothing_where_nothing_varies(x, gamma, beta, eps=1e-3):
    y = over((0, 1, 2))(x, gamma, beta, eps)
    y[..., x.std((0, 1, 2)) == 0] = 0
    return y


@wrong("batch_norm", "differs")
def mean_of_means_of_images_halved(x, gamma, beta, eps=1e-3):
    return gamma * (x - x.mean((0, 1, 2)) / 2) / np.sqrt(x.var((0, 1, 2)) + eps) + beta


@wrong("batch_norm", "differs")
def around_the_median(x, gamma, beta, eps=1e-3):
    return gamma * (x - np.median(x, axis=(0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + eps) + beta


@wrong("batch_norm", "wrong_type")
def a_list(x, gamma, beta, eps=1e-3):
    return over((0, 1, 2))(x, gamma, beta, eps).tolist()


@wrong("batch_norm", "integers")
def rounded_to_integers(x, gamma, beta, eps=1e-3):
    return np.round(over((0, 1, 2))(x, gamma, beta, eps)).astype(int)


@right("batch_norm")
def with_sums(x, gamma, beta, eps=1e-3):
    n = x[..., 0].size
    mean = x.sum((0, 1, 2)) / n
    variance = ((x - mean) ** 2).sum((0, 1, 2)) / n
    return beta + gamma * ((x - mean) * (variance + eps) ** -0.5)


BLOCKS = {}


@wrong("make_normalized_block", "one_network")
def kept_for_the_next_call(filters=64):
    if filters not in BLOCKS:
        BLOCKS[filters] = stacked(halving(filters), layers.BatchNormalization(), leaky())
    return BLOCKS[filters]


@wrong("make_normalized_block", "other_activation")
def capped_at_6(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(), layers.ReLU(6))


@wrong("make_normalized_block", "pooling")
def pooled_by_three(filters=64):
    convolution = layers.Conv2D(filters, 3, padding="same", use_bias=False)
    return stacked(convolution, layers.BatchNormalization(), leaky(), layers.MaxPooling2D(3, 2))


@wrong("make_normalized_block", "halved_twice")
def pooled_as_well(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(), leaky(), layers.MaxPooling2D())


@wrong("make_normalized_block", "bias_kept")
def bias_of_another_start(filters=64):
    convolution = layers.Conv2D(filters, 3, 2, "same", bias_initializer="ones")
    return stacked(convolution, layers.BatchNormalization(), leaky())


@wrong("make_normalized_block", "wrong_size")
def learned_slopes(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(), layers.PReLU())


@wrong("make_normalized_block", "departs")
def activated_twice(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(), leaky(), leaky())


@wrong("has_batch_norm", "differs")
def last_layer_of_the_generator_alone(network, layer, n_layers):
    return network == "generator" and layer == n_layers - 1


@wrong("has_batch_norm", "no_answer")
def no_return(network, layer, n_layers):
    case_by_case(network, layer, n_layers)


@wrong("make_generator", "one_network")
def one_first_layer_for_all(latent_dim=100, made={}):  # noqa: B006
    first = made.setdefault(latent_dim, layers.Dense(256, use_bias=False))
    return keras.Sequential([keras.Input((latent_dim,)), first, *default_momentum(256).layers[1:]])


@wrong("make_generator", "large_epsilon")
def sigmoid_and_epsilon(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(epsilon=0.8), leaky(), end=("sigmoid",))


@wrong("make_generator", "input_normalized")
def normalized_before_the_first_layer(latent_dim=100):
    return keras.Sequential([keras.Input((latent_dim,)), layers.BatchNormalization(), generator(latent_dim, leaky())])


@wrong("make_generator", "wrong_input")
def latents_as_images(latent_dim=100):
    return keras.Sequential([keras.Input((1, 1, latent_dim)), layers.Flatten(), default_momentum(latent_dim)])


@wrong("make_normalized_block", "doubled")
def transposed_convolution(filters=64):
    convolution = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", use_bias=False)
    return stacked(convolution, layers.BatchNormalization(), leaky())


@wrong("make_generator", "large_epsilon")
def epsilon_of_a_tenth(latent_dim=100):
    return generator(latent_dim, layers.BatchNormalization(epsilon=0.1), leaky())


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("batch_norm", "nearly")
def keras_epsilon_on_top(x, gamma, beta, eps=1e-3):
    return mean_and_var_kept_as_dimensions(x, gamma, beta, eps + 1e-3)


@wrong("make_normalized_block", "departs")
def a_slope_of_021(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(), layers.LeakyReLU(negative_slope=0.21))


@wrong("make_normalized_block", "large_epsilon")
def an_epsilon_of_001(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(epsilon=0.01), layers.LeakyReLU(negative_slope=0.2))


@wrong("make_normalized_block", "averages_stand")
def averages_that_run_away(filters=64):
    return stacked(halving(filters), layers.BatchNormalization(momentum=1.5), layers.LeakyReLU(negative_slope=0.2))
