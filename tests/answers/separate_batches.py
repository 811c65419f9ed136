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

# No discriminator is ahead here: separate batches both have the mean 0 after batch normalization.
ANSWERS.wrongs["discriminator_step"].remove(("no_gradient", mnist_gan.d_waits_where_it_is_ahead))
wrong("discriminator_step", "eager_only")(mnist_gan.d_waits_where_it_is_ahead)


# ---- discriminator_step, with batch normalization


@right("discriminator_step")
def forward_passes_in_a_function(discriminator, optimizer, real, fake, real_labels, fake_labels):
    bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def loss_of(batch, labels):
        return bce(labels, discriminator(batch, training=True))

    with tf.GradientTape() as tape:
        total = sum(loss_of(*both) for both in ((real, real_labels), (fake, fake_labels)))
    weights = discriminator.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(total, weights), weights))
    return total


@right("discriminator_step")
def fakes_first_and_by_softplus(discriminator, optimizer, real, fake, real_labels, fake_labels):
    with tf.GradientTape() as tape:
        fake_logits = discriminator(fake, training=True)
        real_logits = discriminator(real, training=True)
        loss = keras.ops.mean(keras.ops.softplus(fake_logits) - fake_labels * fake_logits)
        loss += keras.ops.mean(keras.ops.softplus(real_logits) - real_labels * real_logits)
    grads = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(grads, discriminator.trainable_variables)
    return loss


@wrong("discriminator_step", "test_mode")
@tf.function
def compiled_and_in_test_mode(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        real_loss = mnist_gan.binary_crossentropy(real_labels, discriminator(real))
        return real_loss + mnist_gan.binary_crossentropy(fake_labels, discriminator(fake))

    return mnist_gan.d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "mixed_mean")
def shuffled_together(discriminator, optimizer, real, fake, real_labels, fake_labels):
    order = tf.random.shuffle(tf.range(2 * len(real)))
    samples = tf.gather(tf.concat([real, fake], 0), order)
    labels = tf.gather(tf.concat([real_labels, fake_labels], 0), order)

    def loss():
        return mnist_gan.binary_crossentropy(labels, discriminator(samples, training=True))

    return mnist_gan.d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "ignores_labels")
def the_formula_of_the_game(discriminator, optimizer, real, fake, real_labels, fake_labels):
    def loss():
        d_real, d_fake = (tf.sigmoid(discriminator(x, training=True)) for x in (real, fake))
        return -tf.reduce_mean(tf.math.log(d_real) + tf.math.log(1 - d_fake))

    return mnist_gan.d_descend(discriminator, optimizer, loss)


@wrong("discriminator_step", "all_variables")
def moving_averages_handed_over_too(discriminator, optimizer, *batches):
    with tf.GradientTape() as tape:
        loss = mnist_gan.d_right_loss(discriminator, *batches)
    optimizer.apply(tape.gradient(loss, discriminator.variables), discriminator.variables)
    return loss


@wrong("discriminator_step", "other_update")
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


@right("normalize_mixed")
def by_the_layer(real, fake):
    both = keras.layers.BatchNormalization()(np.concatenate([real, fake]), training=True)
    return tuple(np.split(keras.ops.convert_to_numpy(both), 2))


@right("normalize_mixed")
def variance_from_its_parts(real, fake):
    mean = (real.mean(0) + fake.mean(0)) / 2
    variance = (real.var(0) + fake.var(0)) / 2 + ((real.mean(0) - fake.mean(0)) / 2) ** 2
    return (real - mean) / np.sqrt(variance), (fake - mean) / np.sqrt(variance)


@wrong("normalize_mixed", "separate")
def side_by_side(real, fake):
    both = np.hstack([real, fake])
    both = (both - both.mean(0)) / both.std(0)
    return both[:, : real.shape[1]], both[:, real.shape[1] :]


@wrong("normalize_mixed", "separate")
def the_layer_twice(real, fake):
    layer = keras.layers.BatchNormalization()
    return tuple(np.asarray(layer(part, training=True)) for part in (real, fake))


@wrong("normalize_mixed", "test_mode")
def a_layer_in_test_mode(real, fake):
    layer = keras.layers.BatchNormalization()
    both = np.asarray(layer(np.concatenate([real, fake])))
    return both[: len(real)], both[len(real) :]


@wrong("normalize_mixed", "swapped_results")
def fakes_first(real, fake):
    return one_array_then_split(real, fake)[::-1]


@wrong("normalize_mixed", "wrong_type")
def as_tensors(real, fake):
    return tuple(tf.constant(part) for part in one_array_then_split(real, fake))


@wrong("normalize_mixed", "wrong_type")
def one_array(real, fake):
    return np.concatenate(one_array_then_split(real, fake))


@wrong("normalize_mixed", "rows_moved")
def shuffled_first(real, fake):
    both = np.random.default_rng(0).permutation(np.concatenate(one_array_then_split(real, fake)))
    return both[: len(real)], both[len(real) :]


@wrong("normalize_mixed", "changes_its_arguments")
def in_place(real, fake):
    both = np.concatenate([real, fake])
    real -= both.mean(0)
    fake -= both.mean(0)
    return real / both.std(0), fake / both.std(0)


@right("normalize_mixed")
def both_in_one_array(real, fake):
    both = np.concatenate([real, fake])
    return np.stack([(part - both.mean(0)) / both.std(0) for part in (real, fake)])
