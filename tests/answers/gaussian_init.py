"""Answers to lab 05, after what is found in DCGAN tutorials."""

import keras
import numpy as np

from ganhacks.checks.labs.gaussian_init import DISTRIBUTION
from tests.answers import answers

ANSWERS, right, wrong, raises = answers("gaussian_init")


# ---- gaussian_init


@right("gaussian_init")
def scaled_standard_normal(rng, shape):
    return 0.02 * rng.standard_normal(shape, dtype="float32")


@right("gaussian_init")
def in_the_order_of_the_arguments(rng, shape):
    return rng.normal(0, 0.02, shape).astype("float32")


@right("gaussian_init")
def drawn_flat_then_reshaped(rng, shape):
    return np.float32(rng.normal(scale=0.02, size=int(np.prod(shape)))).reshape(shape)


@right("gaussian_init")
def in_a_loop(rng, shape):
    weights = np.empty(shape, dtype=np.float32)
    for i in range(shape[0]):
        weights[i] = rng.normal(loc=0, scale=0.02, size=shape[1:])
    return weights


@right("gaussian_init")
def by_the_root_of_the_variance(rng, shape):
    return (np.sqrt(0.0004) * rng.standard_normal(shape)).astype(np.float32)


@right("gaussian_init")
def by_keras_with_a_seed_from_rng(rng, shape):
    return np.array(keras.random.normal(shape, 0.0, 0.02, seed=int(rng.integers(2**31))))


@wrong("gaussian_init", "variance_for_std")
def variance_of_002(rng, shape):
    return rng.normal(0, np.sqrt(0.02), shape).astype("float32")


@wrong("gaussian_init", "squared_std")
def std_squared(rng, shape):
    return rng.normal(0, 0.02**2, shape).astype("float32")


@wrong("gaussian_init", "unit_std")
def never_scaled(rng, shape):
    return rng.standard_normal(shape).astype("float32")


@wrong("gaussian_init", "std_as_mean")
def one_number_given(rng, shape):
    return rng.normal(0.02, size=shape).astype("float32")


@wrong("gaussian_init", "uniform")
def uniform_between(rng, shape):
    return rng.uniform(-0.02, 0.02, shape).astype("float32")


@wrong("gaussian_init", "uniform")
def uniform_of_the_same_std(rng, shape):
    return rng.uniform(-(0.02 * 3**0.5), 0.02 * 3**0.5, shape).astype("float32")


@wrong("gaussian_init", "truncated")
def truncated_normal(rng, shape):
    weights = rng.normal(0, 0.02, shape)
    while (outside := np.abs(weights) > 0.04).any():
        weights[outside] = rng.normal(0, 0.02, outside.sum())
    return weights.astype("float32")


@wrong("gaussian_init", "wrong_spread")
def glorot_normal(rng, shape):
    return rng.normal(0, 0.05, shape).astype("float32")


@wrong("gaussian_init", "wrong_mean")
def mean_and_std_swapped(rng, shape):
    return rng.normal(0.02, 0.02, shape).astype("float32")


@wrong("gaussian_init", "repeated")
def one_filter_repeated(rng, shape):
    return np.broadcast_to(rng.normal(0, 0.02, shape[-1]), shape).astype("float32")


@wrong("gaussian_init", "no_spread")
def zeros(rng, shape):
    return np.zeros(shape, "float32")


@wrong("gaussian_init", "depends_on_shape")
def glorot_by_the_width(rng, shape):
    return rng.normal(0, np.sqrt(2 / (shape[0] + shape[-1])), shape).astype("float32")


@wrong("gaussian_init", "truncated")
def he_by_keras(rng, shape):
    return np.array(keras.initializers.HeNormal(int(rng.integers(2**31)))(shape))


@wrong("gaussian_init", "clipped")
def clipped_at_three_deviations(rng, shape):
    return np.clip(rng.normal(0, 0.02, shape), -0.06, 0.06).astype("float32")


@wrong("gaussian_init", "standardized")
def normalized_after_the_draw(rng, shape):
    drawn = rng.standard_normal(shape)
    return (0.02 * (drawn - drawn.mean()) / drawn.std()).astype("float32")


@wrong("gaussian_init", "rounded")
def three_decimals(rng, shape):
    return np.round(rng.normal(0, 0.02, shape), 3).astype("float32")


@wrong("gaussian_init", "on_the_sphere")
def rows_of_one_length(rng, shape):
    drawn = rng.standard_normal(shape)
    return (0.02 * np.sqrt(shape[-1]) * drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)).astype("float32")


@wrong("gaussian_init", "not_gaussian")
def laplace(rng, shape):
    return rng.laplace(0, 0.02 / np.sqrt(2), shape).astype("float32")


@wrong("gaussian_init", "dependent_draws")
def orthogonal_signs(rng, shape):
    half = rng.normal(0, 0.02, (shape[0] // 2 + 1, *shape[1:]))
    return np.concatenate([half, -half])[: shape[0]].astype("float32")


@wrong("gaussian_init", "no_tuple")
def shape_as_two_numbers(rng, shape):
    return np.float32(0.02) * rng.standard_normal(*shape)


@wrong("gaussian_init", "transposed")
def shape_turned_round(rng, shape):
    return rng.normal(0, 0.02, shape[::-1]).astype("float32")


@wrong("gaussian_init", "flat")
def never_reshaped(rng, shape):
    return rng.normal(0, 0.02, np.prod(shape)).astype("float32")


@wrong("gaussian_init", "wrong_dtype")
def half_precision(rng, shape):
    return rng.normal(0, 0.02, shape).astype("float16")


@wrong("gaussian_init", "wrong_type")
def a_tensor(rng, shape):
    return keras.ops.convert_to_tensor(rng.normal(0, 0.02, shape).astype("float32"))


@wrong("gaussian_init", "float64")
def left_in_float64(rng, shape):
    return rng.normal(0, 0.02, shape)


@wrong("gaussian_init", "ignores_rng")
def global_random(rng, shape):
    return np.random.normal(0, 0.02, shape).astype("float32")


@wrong("gaussian_init", "reseeds")
def seeded_at_each_call(rng, shape):
    return np.random.default_rng(42).normal(0, 0.02, shape).astype("float32")


@wrong("gaussian_init", "wrong_type")
def an_initializer_instead(rng, shape):
    return keras.initializers.RandomNormal(stddev=0.02)


@wrong("gaussian_init", "returns_nothing")
def no_return(rng, shape):
    rng.normal(0, 0.02, shape)


@wrong("gaussian_init", "not_finite")
def divided_by_zero(rng, shape):
    return np.full(shape, np.nan, "float32")


@raises("gaussian_init", "np.random.normal")
def wrong_call(rng, shape):
    return np.random.normal(shape, std=0.02)


# ---- initialize


def set_to(model, rng, kernel=None, gamma=None, bias=None):
    """Assign draws to every kernel, gamma and bias for which there is a function of (rng, shape)."""
    for layer in model.layers:
        for name, draw in (("kernel", kernel), ("gamma", gamma), ("bias", bias)):
            if draw is not None and getattr(layer, name, None) is not None:
                getattr(layer, name).assign(draw(rng, getattr(layer, name).shape))
    return model


def n002(rng, shape):
    return rng.normal(0, 0.02, shape)


def n102(rng, shape):
    return rng.normal(1, 0.02, shape)


@right("initialize")
def by_attribute(model, rng):
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(rng.normal(0, 0.02, layer.kernel.shape))
        if getattr(layer, "gamma", None) is not None:
            layer.gamma.assign(1 + 0.02 * rng.standard_normal(layer.gamma.shape))
    return model


@right("initialize")
def by_the_name_of_the_variable(model, rng):
    for variable in model.trainable_variables:
        if variable.name == "kernel":
            variable.assign(rng.normal(0, 0.02, variable.shape))
        elif variable.name == "gamma":
            variable.assign(rng.normal(1, 0.02, variable.shape))
    return model


@right("initialize")
def with_set_weights(model, rng):
    for layer in model.layers:
        weights = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            if layer.scale:
                weights[0] = rng.normal(1, 0.02, weights[0].shape)
        elif weights:
            weights[0] = rng.normal(0, 0.02, weights[0].shape)
        layer.set_weights(weights)
    return model


@right("initialize")
def by_the_rank_of_the_weights(model, rng):
    for weight in model.weights:
        if len(weight.shape) > 1:
            weight.assign(rng.normal(0, 0.02, weight.shape))
        elif "gamma" in weight.path:
            weight.assign(rng.normal(1, 0.02, weight.shape))
    return model


@right("initialize")
def keras_initializers_with_seeds_of_their_own(model, rng):
    def draw(mean):
        return lambda rng, shape: keras.initializers.RandomNormal(mean, 0.02, seed=int(rng.integers(2**31)))(shape)

    return set_to(model, rng, draw(0.0), draw(1.0))


@wrong("initialize", "returns_nothing")
def changed_without_return(model, rng):
    set_to(model, rng, n002, n102)


@wrong("initialize", "returns_another")
def returns_a_clone(model, rng):
    return keras.models.clone_model(model)


@wrong("initialize", "kernel_left_out")
def nothing_done(model, rng):
    return model


@wrong("initialize", "kernel_left_out")
def only_convolutions(model, rng):
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.kernel.assign(n002(rng, layer.kernel.shape))
        if getattr(layer, "gamma", None) is not None:
            layer.gamma.assign(n102(rng, layer.gamma.shape))
    return model


@wrong("initialize", "kernel_left_out")
def sets_the_initializer_too_late(model, rng):
    for layer in model.layers:
        layer.kernel_initializer = keras.initializers.RandomNormal(0.0, 0.02)
    return model


@wrong("initialize", "gamma_left_out")
def kernels_alone(model, rng):
    return set_to(model, rng, n002)


@wrong("initialize", "gamma_around_0")
def everything_that_multiplies_alike(model, rng):
    return set_to(model, rng, n002, n002)


@wrong("initialize", "gamma_moved")
def added_to_the_present_gamma(model, rng):
    for layer in model.layers:
        if getattr(layer, "gamma", None) is not None:
            layer.gamma.assign_add(rng.normal(0, 0.02, layer.gamma.shape))
    return set_to(model, rng, n002)


@wrong("initialize", "kernel_left_out")
def layers_that_are_known_by_name(model, rng):
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D, keras.layers.Conv2DTranspose)):
            layer.kernel.assign(n002(rng, layer.kernel.shape))
    return set_to(model, rng, gamma=n102)


@wrong("initialize", "moving_average")
def averages_of_a_new_layer(model, rng):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(np.zeros(layer.moving_mean.shape))
            layer.moving_variance.assign(np.ones(layer.moving_variance.shape))
    return set_to(model, rng, n002, n102)


@wrong("initialize", "bias_too")
def biases_as_well(model, rng):
    return set_to(model, rng, n002, n102, n002)


@wrong("initialize", "bias_too")
def biases_set_to_zero(model, rng):
    return set_to(model, rng, n002, n102, lambda rng, shape: np.zeros(shape))


@raises("initialize", "gamma.assign")
def asks_hasattr(model, rng):
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(n002(rng, layer.kernel.shape))
        if hasattr(layer, "gamma"):
            layer.gamma.assign(1 + 0.02 * rng.standard_normal(layer.gamma.shape))
    return model


@wrong("initialize", "moving_average")
def every_weight_there_is(model, rng):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(n002(rng, layer.moving_mean.shape))
    return set_to(model, rng, n002, n102)


@wrong("initialize", "equal_layers")
def one_seed_for_every_layer(model, rng):
    seed = int(rng.integers(2**31))
    return set_to(model, rng, lambda _, shape: n002(np.random.default_rng(seed), shape), n102)


@wrong("initialize", "ignores_rng")
def global_draws(model, rng):
    return set_to(model, rng, lambda _, shape: np.random.normal(0, 0.02, shape), n102)


@wrong("initialize", "reseeds")
def always_from_seed_1(model, rng):
    return set_to(model, np.random.default_rng(1), n002, n102)


@wrong("initialize", "wrong_spread")
def gammas_of_02(model, rng):
    return set_to(model, rng, n002, lambda rng, shape: rng.normal(1, 0.2, shape))


def kernels_by(draw):
    """Return an answer that draws its kernels in a wrong way, and its gammas right."""
    return lambda model, rng: set_to(model, rng, draw, n102)


for misconception, draw in ANSWERS.wrongs["gaussian_init"][:]:
    if misconception in DISTRIBUTION and misconception not in ("no_tuple", "transposed", "flat"):
        wrong("initialize", misconception)(kernels_by(draw))


@wrong("initialize", "wrong_mean")
def kernels_around_1(model, rng):
    return set_to(model, rng, n102, n102)


@wrong("initialize", "other_layers")
def convolutions_alone(model, rng):
    def draw(rng, shape):
        return rng.normal(0, 0.02 if len(shape) > 2 else 0.1, shape)

    return set_to(model, rng, draw, n102)


@wrong("initialize", "equal_layers")
def one_gamma_for_all(model, rng):
    gamma = n102(rng, (128,))
    return set_to(model, rng, n002, lambda rng, shape: gamma[: shape[0]])


@wrong("initialize", "gamma_left_out")
def the_first_gamma_alone(model, rng):
    first = [layer for layer in model.layers if getattr(layer, "gamma", None) is not None][:1]
    set_to(model, rng, n002)
    for layer in first if len(model.layers) > 2 else ():
        layer.gamma.assign(n102(rng, layer.gamma.shape))
    return model


@wrong("initialize", "returns_another")
def returns_the_weights(model, rng):
    return set_to(model, rng, n002, n102).get_weights()


@wrong("initialize", "uniform")
def gammas_uniform(model, rng):
    return set_to(model, rng, n002, lambda rng, shape: rng.uniform(0.965, 1.035, shape))


@right("initialize")
def gammas_moved_from_1(model, rng):
    for layer in model.layers:
        for name in ("kernel", "gamma"):
            variable = getattr(layer, name, None)
            if variable is not None:
                variable.assign((name == "gamma") + rng.normal(0, 0.02, variable.shape))
    return model


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("gaussian_init", "wrong_spread")
def a_spread_of_0021(rng, shape):
    return rng.normal(0, 0.021, shape).astype("float32")


@wrong("gaussian_init", "wrong_mean")
def a_mean_of_0001(rng, shape):
    return rng.normal(0.001, 0.02, shape).astype("float32")


def with_gammas(model, rng, mean, std):
    """Initialize a model with gammas of another mean or deviation."""
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(rng.normal(0, 0.02, layer.kernel.shape))
        if getattr(layer, "gamma", None) is not None:
            layer.gamma.assign(rng.normal(mean, std, layer.gamma.shape))
    return model


@wrong("initialize", "wrong_mean")
def gammas_around_101(model, rng):
    return with_gammas(model, rng, 1.01, 0.02)


@wrong("initialize", "wrong_spread")
def gammas_a_quarter_too_wide(model, rng):
    return with_gammas(model, rng, 1, 0.025)


@raises("initialize", "ask `is not None`")
def asks_whether_a_variable_is_true(model, rng):
    for layer in model.layers:
        if getattr(layer, "kernel", None):
            layer.kernel.assign(n002(rng, layer.kernel.shape))
    return model


@wrong("initialize", "gammas_alike")
def gammas_all_one(model, rng):
    return set_to(model, rng, n002, lambda rng, shape: np.ones(shape))


@wrong("initialize", "not_gaussian")
def gammas_cut_at_two_deviations(model, rng):
    return set_to(model, rng, n002, lambda rng, shape: 1 + 0.02 * np.clip(rng.standard_normal(shape), -2, 2))


@wrong("initialize", "not_gaussian")
def gammas_of_laplace(model, rng):
    return set_to(model, rng, n002, lambda rng, shape: 1 + rng.laplace(0, 0.02 / 2**0.5, shape))


@wrong("initialize", "kernel_added")
def added_to_the_kernels(model, rng):
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign_add(rng.normal(0, 0.02, layer.kernel.shape))
        if getattr(layer, "gamma", None) is not None:
            layer.gamma.assign(rng.normal(1, 0.02, layer.gamma.shape))
    return model
