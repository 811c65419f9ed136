"""Answers to lab 16, after what is found in published variational autoencoders."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("hybrid_models")


# ---- kl_to_normal


@right("kl_to_normal")
def as_in_tutorials(mean, log_var):
    return -0.5 * tf.reduce_sum(1 + log_var - tf.square(mean) - tf.exp(log_var), axis=1)


@right("kl_to_normal")
def over_the_dimensions_in_a_loop(mean, log_var):
    total = 0.0
    for i in range(mean.shape[1]):
        m, s = mean[:, i], log_var[:, i]
        total = total + 0.5 * (m * m + ops.exp(s) - 1 - s)
    return total


@right("kl_to_normal")
def by_sigma_but_keeping_the_logarithm(mean, log_var):
    sigma = ops.exp(0.5 * log_var)
    return ops.sum(0.5 * (sigma**2 + mean**2 - 1.0) - 0.5 * log_var, axis=-1)


@right("kl_to_normal")
def by_expm1(mean, log_var):
    return ops.einsum("nd->n", ops.square(mean) + tf.math.expm1(log_var) - log_var) / 2


@right("kl_to_normal")
def by_means_times_dimensions(mean, log_var):
    return 0.5 * mean.shape[-1] * ops.mean(mean**2 + ops.exp(log_var) - log_var - 1, axis=-1)


@wrong("kl_to_normal", "returns_nothing")
def forgets_to_return(mean, log_var):
    ops.sum(mean**2 + ops.exp(log_var) - 1 - log_var, axis=-1) / 2


@wrong("kl_to_normal", "wrong_type")
def both_terms(mean, log_var):
    return ops.sum(mean**2, axis=-1) / 2, ops.sum(ops.exp(log_var) - 1 - log_var, axis=-1) / 2


@wrong("kl_to_normal", "wrong_type")
def in_words(mean, log_var):
    return "0.5"


@wrong("kl_to_normal", "wrong_shape")
def one_sample_less(mean, log_var):
    return as_in_tutorials(mean, log_var)[1:, None, None]


@wrong("kl_to_normal", "not_finite")
def by_zero(mean, log_var):
    return as_in_tutorials(mean, log_var) / 0


@wrong("kl_to_normal", "breaks_tape")
def in_numpy(mean, log_var):
    mean, log_var = np.asarray(mean), np.asarray(log_var)
    return np.sum(mean**2 + np.exp(log_var) - 1 - log_var, axis=-1) / 2


@wrong("kl_to_normal", "array_method")
def with_an_arrays_method(mean, log_var):
    return (mean**2 + ops.exp(log_var) - 1 - log_var).sum(axis=-1) / 2


@wrong("kl_to_normal", "breaks_tape")
def back_and_forth(mean, log_var):
    return tf.constant(in_numpy(mean, log_var), "float32")


@wrong("kl_to_normal", "wrong_dtype")
def in_float64(mean, log_var):
    return as_in_tutorials(tf.cast(mean, tf.float64), tf.cast(log_var, tf.float64))


@wrong("kl_to_normal", "eager_only")
def looks_at_a_value(mean, log_var):
    if float(mean[0, 0]) > 1e9:
        return ops.zeros(len(mean))
    return as_in_tutorials(mean, log_var)


@wrong("kl_to_normal", "not_added")
def not_summed(mean, log_var):
    return -0.5 * (1 + log_var - mean**2 - ops.exp(log_var))


@wrong("kl_to_normal", "kept_axis")
def a_column(mean, log_var):
    return -0.5 * ops.sum(1 + log_var - mean**2 - ops.exp(log_var), axis=1, keepdims=True)


@wrong("kl_to_normal", "wrong_axis")
def over_the_samples(mean, log_var):
    return -0.5 * ops.sum(1 + log_var - mean**2 - ops.exp(log_var), axis=0)


@wrong("kl_to_normal", "one_number")
def over_everything(mean, log_var):
    return -0.5 * ops.sum(1 + log_var - mean**2 - ops.exp(log_var))


@wrong("kl_to_normal", "one_number")
def the_old_keras_example(mean, log_var):
    return -0.5 * ops.mean(1 + log_var - mean**2 - ops.exp(log_var))


@wrong("kl_to_normal", "kept_axis")
def a_column_without_the_half(mean, log_var):
    return ops.sum(mean**2 + ops.exp(log_var) - 1 - log_var, axis=-1, keepdims=True)


@wrong("kl_to_normal", "swapped_arguments")
def the_variance_first(log_var, mean):
    return as_in_tutorials(mean, log_var)


@wrong("kl_to_normal", "goes_far_off")
def log_of_a_maximum(mean, log_var):
    variance = ops.exp(log_var)
    return 0.5 * ops.sum(mean**2 + variance - 1 - ops.log(ops.maximum(variance, 1e-4)), axis=-1)


@wrong("kl_to_normal", "other_gradient")
def only_the_variance_learns(mean, log_var):
    return as_in_tutorials(ops.stop_gradient(mean), log_var)


# ---- sample_latents


@right("sample_latents")
def by_the_root(mean, log_var, noise):
    return tf.sqrt(tf.exp(log_var)) * noise + mean


@right("sample_latents")
def sample_by_sample(mean, log_var, noise):
    rows = [mean[i] + ops.exp(0.5 * log_var[i]) * noise[i] for i in range(mean.shape[0])]
    return ops.stack(rows)


@right("sample_latents")
def by_keras_layers(mean, log_var, noise):
    stretched = keras.layers.Multiply()([keras.ops.exp(log_var * 0.5), noise])
    return keras.layers.Add()([mean, stretched])


@right("sample_latents")
def by_a_power(mean, log_var, noise):
    return mean + ops.exp(log_var) ** 0.5 * noise


@wrong("sample_latents", "returns_nothing")
def draws_and_forgets(mean, log_var, noise):
    by_the_root(mean, log_var, noise)


@wrong("sample_latents", "wrong_shape")
def summed_up(mean, log_var, noise):
    return ops.sum(by_the_root(mean, log_var, noise), axis=-1)


@wrong("sample_latents", "breaks_tape")
def numpys(mean, log_var, noise):
    return np.asarray(mean) + np.exp(np.asarray(log_var) / 2) * np.asarray(noise)


@wrong("sample_latents", "breaks_tape")
def numpy_and_back(mean, log_var, noise):
    return tf.convert_to_tensor(numpys(mean, log_var, noise))


@wrong("sample_latents", "wrong_dtype")
def sample_in_float64(mean, log_var, noise):
    return tf.cast(by_the_root(mean, log_var, noise), tf.float64)


@wrong("sample_latents", "eager_only")
def through_float(mean, log_var, noise):
    return by_the_root(mean, log_var, noise) + 0.0 * float(noise[0, 0])


@wrong("sample_latents", "another_result")
def draws_inside(mean, log_var, noise):
    return mean + ops.exp(log_var / 2) * keras.random.normal(ops.shape(mean))


@wrong("sample_latents", "own_noise")
def draws_the_same_inside(mean, log_var, noise):
    return keras.random.normal(ops.shape(mean), seed=7) * ops.exp(log_var / 2) + mean


@wrong("sample_latents", "other_gradient")
def sigma_held(mean, log_var, noise):
    return mean + ops.stop_gradient(ops.exp(log_var / 2)) * noise


@wrong("sample_latents", "other_gradient")
def mean_held(mean, log_var, noise):
    return ops.stop_gradient(mean) + ops.exp(log_var / 2) * noise


@wrong("sample_latents", "goes_far_off")
def limited_by_tanh(mean, log_var, noise):
    return by_the_root(mean, 12 * ops.tanh(log_var / 12) if log_var[0, 0] > 2 else log_var, noise)


@wrong("sample_latents", "swapped_arguments")
def noise_in_the_place_of_the_mean(noise, log_var, mean):
    return by_the_root(mean, log_var, noise)


# ---- reconstruction_error


@right("reconstruction_error")
def the_square_of_a_norm(images, reconstructions):
    return ops.norm(images - reconstructions, axis=-1) ** 2 / 2


@right("reconstruction_error")
def over_all_axes_but_the_first(images, reconstructions):
    return tf.reduce_sum(tf.square(reconstructions - images) / 2, axis=list(range(1, len(images.shape))))


@right("reconstruction_error")
def times_the_pixels(images, reconstructions):
    return keras.losses.mean_squared_error(images, reconstructions) * images.shape[-1] / 2


@right("reconstruction_error")
def in_tensorflow(images, reconstructions):
    return 0.5 * tf.reduce_sum(tf.math.squared_difference(images, reconstructions), axis=1)


@right("reconstruction_error")
def as_products(images, reconstructions):
    d = reconstructions - images
    return ops.einsum("np,np->n", d, d) / 2


@right("reconstruction_error")
def image_by_image(images, reconstructions):
    return ops.stack([ops.sum((images[i] - reconstructions[i]) ** 2) / 2 for i in range(images.shape[0])])


@right("reconstruction_error")
def by_tensorflows_loss(images, reconstructions):
    return tf.map_fn(tf.nn.l2_loss, images - reconstructions)


@wrong("reconstruction_error", "returns_nothing")
def nothing(images, reconstructions):
    return None


@wrong("reconstruction_error", "breaks_tape")
def norm_in_numpy(images, reconstructions):
    return np.square(np.asarray(images) - np.asarray(reconstructions)).sum(axis=1) / 2


@wrong("reconstruction_error", "wrong_dtype")
def error_in_float64(images, reconstructions):
    return tf.cast(in_tensorflow(images, reconstructions), tf.float64)


@wrong("reconstruction_error", "eager_only")
def through_a_list(images, reconstructions):
    scale = 1.0 if bool(images[0, 0] < 2) else 2.0
    return in_tensorflow(images, reconstructions) * scale


@wrong("reconstruction_error", "not_added")
def pixels_apart(images, reconstructions):
    return ops.square(images - reconstructions) / 2


@wrong("reconstruction_error", "kept_axis")
def keeps_the_axis(images, reconstructions):
    return ops.sum(ops.square(images - reconstructions), axis=-1, keepdims=True) / 2


@wrong("reconstruction_error", "wrong_axis")
def over_the_images(images, reconstructions):
    return ops.sum(ops.square(images - reconstructions), axis=0) / 2


@wrong("reconstruction_error", "one_number")
def all_in_one(images, reconstructions):
    return ops.sum(ops.square(images - reconstructions)) / 2


@wrong("reconstruction_error", "other_gradient")
def held_reconstructions(images, reconstructions):
    return in_tensorflow(images, ops.stop_gradient(reconstructions))


@wrong("reconstruction_error", "other_factor")
def a_third(images, reconstructions):
    return ops.sum(ops.square(images - reconstructions), axis=-1) / 3


@wrong("reconstruction_error", "differs")
def a_huber_loss(images, reconstructions):
    return keras.losses.huber(images, reconstructions, delta=0.5) * images.shape[1]


# ---- vae_gan_loss

bce = keras.losses.BinaryCrossentropy(from_logits=True)


def loss_with(adversarial):
    """Return an answer that is right but for its adversarial term, a function of the logits."""

    def answer(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
        mean = ops.mean(reconstruction) + kl_weight * ops.mean(kl)
        return mean + adversarial_weight * adversarial(fake_logits)

    answer.__name__ = adversarial.__name__
    return answer


def real_labels(logits):
    return bce(ops.ones_like(logits), logits)


def by_log_sigmoid(logits):
    return -tf.reduce_mean(tf.math.log_sigmoid(logits))


for adversarial in (real_labels, by_log_sigmoid):
    right("vae_gan_loss")(loss_with(adversarial))


@right("vae_gan_loss")
def term_by_term(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    terms = zip((1.0, kl_weight, adversarial_weight), (reconstruction, kl, ops.softplus(-fake_logits)))
    return sum(weight * tf.reduce_mean(values) for weight, values in terms)


@right("vae_gan_loss")
def all_pairs(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    # (n,) and (m, 1) give (m, n): the mean of all pairs is the sum of both means.
    return ops.mean(reconstruction + kl_weight * kl + adversarial_weight * ops.softplus(-fake_logits))


@right("vae_gan_loss")
def by_logaddexp(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    g_loss = ops.mean(ops.logaddexp(ops.zeros_like(fake_logits), -fake_logits))
    return ops.mean(reconstruction + kl_weight * kl) + adversarial_weight * g_loss


def right_loss(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return loss_with(real_labels)(reconstruction, kl, fake_logits, kl_weight, adversarial_weight)


@wrong("vae_gan_loss", "overflows")
@loss_with
def a_clipped_sigmoid(logits):
    return -ops.mean(ops.log(ops.clip(ops.sigmoid(logits), 1e-5, 1 - 1e-5)))


@wrong("vae_gan_loss", "overflows")
@loss_with
def log_of_one_plus_exp(logits):
    return ops.mean(ops.log(1 + ops.exp(-logits)))


@wrong("vae_gan_loss", "other_gradient")
@loss_with
def held_logits(logits):
    return ops.mean(ops.softplus(-ops.stop_gradient(logits)))


@wrong("vae_gan_loss", "returns_nothing")
def no_return(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    right_loss(reconstruction, kl, fake_logits, kl_weight, adversarial_weight)


@wrong("vae_gan_loss", "wrong_type")
def three_terms(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return reconstruction, kl_weight * kl, adversarial_weight * ops.softplus(-fake_logits)


@wrong("vae_gan_loss", "breaks_tape")
def a_float(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return float(right_loss(reconstruction, kl, fake_logits, kl_weight, adversarial_weight))


@wrong("vae_gan_loss", "wrong_dtype")
def loss_in_float64(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return tf.cast(right_loss(reconstruction, kl, fake_logits, kl_weight, adversarial_weight), tf.float64)


@wrong("vae_gan_loss", "eager_only")
def skips_a_zero_weight(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    loss = ops.mean(reconstruction) + kl_weight * ops.mean(kl)
    if adversarial_weight:
        loss += adversarial_weight * ops.mean(ops.softplus(-fake_logits))
    return loss


@wrong("vae_gan_loss", "one_per_sample")
def one_each(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return reconstruction + kl_weight * kl + adversarial_weight * ops.mean(ops.softplus(-fake_logits))


@wrong("vae_gan_loss", "ignores_argument")
def kl_as_it_is(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return right_loss(reconstruction, kl, fake_logits, 1.0, adversarial_weight)


@wrong("vae_gan_loss", "ignores_argument")
def adversarial_as_it_is(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return right_loss(reconstruction, kl, fake_logits, kl_weight, 1.0)


@wrong("vae_gan_loss", "ignores_argument")
def only_the_vae(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return ops.mean(reconstruction + kl_weight * kl)


@wrong("vae_gan_loss", "swapped_arguments")
def swapped(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return right_loss(reconstruction, kl, fake_logits, adversarial_weight, kl_weight)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


def damped(right):
    """Return the function with the right values, through which a twentieth of the gradient is lost."""
    return lambda *args: 0.95 * right(*args) + 0.05 * tf.stop_gradient(right(*args))


@wrong("kl_to_normal", "nearly")
def a_variance_with_an_epsilon(mean, log_var):
    return ops.sum(mean**2 + ops.exp(log_var) + 1e-3 - 1 - log_var, axis=-1) / 2


@wrong("kl_to_normal", "other_gradient")
def damped_divergence(mean, log_var):
    return damped(as_in_tutorials)(mean, log_var)


@wrong("sample_latents", "nearly")
def a_deviation_with_an_epsilon(mean, log_var, noise):
    return mean + (ops.exp(log_var / 2) + 1e-3) * noise


@wrong("sample_latents", "other_gradient")
def damped_samples(mean, log_var, noise):
    return damped(by_the_root)(mean, log_var, noise)


@wrong("reconstruction_error", "nearly")
def an_error_with_an_epsilon(images, reconstructions):
    return in_tensorflow(images, reconstructions) + 1e-3


@wrong("reconstruction_error", "other_gradient")
def damped_error(images, reconstructions):
    return damped(in_tensorflow)(images, reconstructions)


@wrong("vae_gan_loss", "other_factor")
def a_five_hundredth_more(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return 1.002 * term_by_term(reconstruction, kl, fake_logits, kl_weight, adversarial_weight)


@wrong("vae_gan_loss", "other_gradient")
def damped_loss(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    return damped(term_by_term)(reconstruction, kl, fake_logits, kl_weight, adversarial_weight)


@wrong("vae_gan_loss", "far_gradient")
def a_where_that_overflows(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    adversarial = ops.where(fake_logits > -50, ops.log(1 + ops.exp(-fake_logits)), -fake_logits)
    return ops.mean(reconstruction) + kl_weight * ops.mean(kl) + adversarial_weight * ops.mean(adversarial)


@wrong("kl_to_normal", "wrong_type")
def a_list_of_tensors(mean, log_var):
    return [ops.sum(mean[i] ** 2 + ops.exp(log_var[i]) - 1 - log_var[i]) / 2 for i in range(mean.shape[0])]


@wrong("vae_gan_loss", "differs")
def free_bits(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    adversarial = ops.mean(ops.softplus(-fake_logits))
    return ops.mean(reconstruction) + kl_weight * ops.maximum(ops.mean(kl), 1.0) + adversarial_weight * adversarial
