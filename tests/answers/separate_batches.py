"""Answers to lab 09. Those to the discriminator's step are lab 12's."""

import keras
import numpy as np
import tensorflow as tf

from tests.answers import answers, mnist_gan

ANSWERS, right, wrong, raises = answers("separate_batches")

for kind in ("rights", "wrongs", "raising"):
    filed = getattr(mnist_gan.ANSWERS, kind)["discriminator_step"]
    getattr(ANSWERS, kind)["discriminator_step"].extend(filed)

# Right in lab 12, whose networks do the same in training as at test time; not here.
for answer in (mnist_gan.d_with_apply_gradients, mnist_gan.d_with_probabilities_and_the_loss_for_them):
    ANSWERS.rights["discriminator_step"].remove(answer)
    wrong("discriminator_step", "test_mode")(answer)


# ---- discriminator_step, with batch normalization


@wrong("discriminator_step", "test_mode")
def fakes_in_test_mode(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = mnist_gan.binary_crossentropy(real_labels, discriminator(real, training=True))
        return real_loss + mnist_gan.binary_crossentropy(fake_labels, discriminator(fake))

    return mnist_gan.d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "test_mode")
def reals_in_test_mode(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = mnist_gan.binary_crossentropy(real_labels, discriminator(real, training=False))
        return real_loss + mnist_gan.binary_crossentropy(fake_labels, discriminator(fake, training=True))

    return mnist_gan.d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "all_variables")
def moving_averages_handed_over_too(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = mnist_gan.d_right_loss(discriminator, *batches)
    optimizer.apply(tape.gradient(loss, discriminator.variables), discriminator.variables)
    return loss


@wrong("discriminator_step", "other_update_normalized")
def another_gamma_at_each_step(discriminator, optimizer, *batches):
    for layer in discriminator.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.assign(2 * layer.gamma)
    return mnist_gan.d_descend(discriminator, optimizer, lambda: mnist_gan.d_right_loss(discriminator, *batches))


# ---- normalize_mixed


@right("normalize_mixed")
def one_array_then_split(real, fake):
    both = np.vstack([real, fake])
    both = (both - both.mean(0)) / both.std(0)
    return both[: len(real)], both[len(real) :]


@right("normalize_mixed")
def feature_by_feature(real, fake):
    real, fake = real.copy(), fake.copy()
    for j in range(real.shape[1]):
        column = np.append(real[:, j], fake[:, j])
        for part in (real, fake):
            part[:, j] = (part[:, j] - np.mean(column)) / np.std(column)
    return real, fake


@right("normalize_mixed")
def as_keras_with_epsilon(real, fake):
    both = np.concatenate((real, fake), axis=0)
    mean, variance = both.mean(axis=0), both.var(axis=0)
    return [(part - mean) / np.sqrt(variance + 1e-3) for part in (real, fake)]


@wrong("normalize_mixed", "separate")
def each_by_itself(real, fake):
    return tuple((part - part.mean(0)) / part.std(0) for part in (real, fake))


@wrong("normalize_mixed", "by_the_reals")
def both_by_the_reals(real, fake):
    return (real - real.mean(0)) / real.std(0), (fake - real.mean(0)) / real.std(0)


@wrong("normalize_mixed", "not_divided")
def centred_only(real, fake):
    mean = np.concatenate([real, fake]).mean(0)
    return real - mean, fake - mean


@wrong("normalize_mixed", "by_the_variance")
def divided_by_the_variance(real, fake):
    both = np.concatenate([real, fake])
    return (real - both.mean(0)) / both.var(0), (fake - both.mean(0)) / both.var(0)


@wrong("normalize_mixed", "not_centred")
def scaled_only(real, fake):
    std = np.concatenate([real, fake]).std(0)
    return real / std, fake / std


@wrong("normalize_mixed", "all_features_together")
def one_mean_for_all(real, fake):
    both = np.concatenate([real, fake])
    return (real - both.mean()) / both.std(), (fake - both.mean()) / both.std()


@wrong("normalize_mixed", "row_by_row")
def layer_normalization(real, fake):
    return tuple((p - p.mean(1, keepdims=True)) / (p.std(1, keepdims=True) + 1e-9) for p in (real, fake))


@wrong("normalize_mixed", "swapped")
def fakes_first(real, fake):
    return one_array_then_split(real, fake)[::-1]


@wrong("normalize_mixed", "averaged_statistics")
def variances_averaged(real, fake):
    mean, variance = (real.mean(0) + fake.mean(0)) / 2, (real.var(0) + fake.var(0)) / 2
    return (real - mean) / np.sqrt(variance), (fake - mean) / np.sqrt(variance)


@wrong("normalize_mixed", "test_mode")
def a_layer_in_test_mode(real, fake):
    layer = keras.layers.BatchNormalization()
    both = np.asarray(layer(np.concatenate([real, fake])))
    return both[: len(real)], both[len(real) :]


@wrong("normalize_mixed", "differs")
def min_max_scaling(real, fake):
    both = np.concatenate([real, fake])
    low, high = both.min(0), both.max(0)
    return (real - low) / (high - low), (fake - low) / (high - low)


@wrong("normalize_mixed", "wrong_type")
def one_array(real, fake):
    return np.concatenate(one_array_then_split(real, fake))


@wrong("normalize_mixed", "changes_its_arguments")
def in_place(real, fake):
    both = np.concatenate([real, fake])
    real -= both.mean(0)
    fake -= both.mean(0)
    return real / both.std(0), fake / both.std(0)
