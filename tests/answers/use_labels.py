"""Answers to lab 21, after conditional GANs and AC-GANs in Keras, TensorFlow and PyTorch, and usual slips."""

import copy

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.checks.labs.use_labels import published_class_loss
from ganhacks.hacks.use_labels import class_loss
from tests.answers import answers

ANSWERS, right, wrong, raises = answers("use_labels")


# ---- labelled_latents


@right("labelled_latents")
def by_to_categorical(rng, n_samples, latent_dim, n_classes=10):
    z = rng.normal(size=(n_samples, latent_dim)).astype("float32")
    return z, keras.utils.to_categorical(rng.integers(0, n_classes, n_samples), n_classes)


@right("labelled_latents")
def ones_put_in(rng, n_samples, latent_dim, n_classes=10):
    asked = np.zeros((n_samples, n_classes))
    asked[np.arange(n_samples), rng.integers(n_classes, size=n_samples)] = 1
    return rng.standard_normal((n_samples, latent_dim)), asked


@right("labelled_latents")
def row_by_row(rng, n_samples, latent_dim, n_classes=10):
    rows = []
    for _ in range(n_samples):
        drawn = rng.choice(n_classes)
        rows.append([float(drawn == c) for c in range(n_classes)])
    return rng.standard_normal((n_samples, latent_dim)), np.array(rows)


@right("labelled_latents")
def by_multinomial(rng, n_samples, latent_dim, n_classes=10):
    asked = rng.multinomial(1, np.full(n_classes, 1 / n_classes), size=n_samples)
    return rng.standard_normal((n_samples, latent_dim)), asked


@wrong("labelled_latents", "wrong_type")
def classes_as_a_tensor(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.integers(n_classes, size=n_samples)
    return rng.standard_normal((n_samples, latent_dim)), tf.one_hot(classes, n_classes)


def z_and_classes(rng, n_samples, latent_dim, n_classes):
    return rng.standard_normal((n_samples, latent_dim)), rng.integers(n_classes, size=n_samples)


@wrong("labelled_latents", "joined")
def side_by_side(rng, n_samples, latent_dim, n_classes=10):
    z, classes = z_and_classes(rng, n_samples, latent_dim, n_classes)
    return np.concatenate([z, np.eye(n_classes)[classes]], axis=1)


@wrong("labelled_latents", "swapped")
def classes_first(rng, n_samples, latent_dim, n_classes=10):
    z, classes = z_and_classes(rng, n_samples, latent_dim, n_classes)
    return np.eye(n_classes)[classes], z


@wrong("labelled_latents", "wrong_z")
def transposed(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((latent_dim, n_samples)), np.eye(n_classes)[rng.integers(n_classes, size=n_samples)]


@wrong("labelled_latents", "uniform")
def uniform(rng, n_samples, latent_dim, n_classes=10):
    return rng.uniform(-1, 1, (n_samples, latent_dim)), np.eye(n_classes)[rng.integers(n_classes, size=n_samples)]


@wrong("labelled_latents", "whole_numbers")
def not_encoded(rng, n_samples, latent_dim, n_classes=10):
    return z_and_classes(rng, n_samples, latent_dim, n_classes)


@wrong("labelled_latents", "whole_numbers")
def a_column_of_numbers(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((n_samples, latent_dim)), rng.integers(n_classes, size=(n_samples, 1))


@wrong("labelled_latents", "wrong_asked")
def a_row_for_each_class(rng, n_samples, latent_dim, n_classes=10):
    z, classes = z_and_classes(rng, n_samples, latent_dim, n_classes)
    return z, np.eye(n_classes)[classes].T


@wrong("labelled_latents", "fixed_classes")
def always_ten(rng, n_samples, latent_dim, n_classes=10):
    z, classes = z_and_classes(rng, n_samples, latent_dim, n_classes)
    return z, np.eye(10)[classes]


@wrong("labelled_latents", "not_one_hot")
def shares(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((n_samples, latent_dim)), rng.dirichlet(np.ones(n_classes), n_samples)


@wrong("labelled_latents", "not_one_hot")
def nothing_asked(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((n_samples, latent_dim)), np.zeros((n_samples, n_classes))


@wrong("labelled_latents", "several_classes")
def coins(rng, n_samples, latent_dim, n_classes=10):
    asked = rng.integers(2, size=(n_samples, n_classes))
    asked[:, :2] = 1
    return rng.standard_normal((n_samples, latent_dim)), asked


@wrong("labelled_latents", "one_class")
def one_draw_for_all(rng, n_samples, latent_dim, n_classes=10):
    z = rng.standard_normal((n_samples, latent_dim))
    return z, np.tile(np.eye(n_classes)[rng.integers(n_classes)], (n_samples, 1))


@wrong("labelled_latents", "left_out")
def one_too_few(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[rng.integers(n_classes - 1, size=n_samples)]


@wrong("labelled_latents", "left_out")
def from_one_on(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.integers(1, n_classes, n_samples)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "uneven")
def rounded(rng, n_samples, latent_dim, n_classes=10):
    classes = np.round(rng.uniform(0, n_classes - 1, n_samples)).astype(int)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "in_order")
def by_turns(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[np.arange(n_samples) % n_classes]


@wrong("labelled_latents", "tied_to_z")
def read_off_z(rng, n_samples, latent_dim, n_classes=10):
    z = rng.standard_normal((n_samples, latent_dim))
    order = z[:, 0].argsort().argsort()
    return z, np.eye(n_classes)[order * n_classes // n_samples]


@wrong("labelled_latents", "ignores_rng")
def classes_from_elsewhere(rng, n_samples, latent_dim, n_classes=10):
    classes = np.random.randint(n_classes, size=n_samples)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "wrong_type")
def classes_alone(rng, n_samples, latent_dim, n_classes=10):
    return np.eye(n_classes)[rng.integers(n_classes, size=n_samples)]


@wrong("labelled_latents", "not_finite")
def z_divided_by_zero(rng, n_samples, latent_dim, n_classes=10):
    z, asked = by_multinomial(rng, n_samples, latent_dim, n_classes)
    return z * np.nan, asked


@wrong("labelled_latents", "returns_nothing")
def no_return(rng, n_samples, latent_dim, n_classes=10):
    by_multinomial(rng, n_samples, latent_dim, n_classes)


@raises("labelled_latents", "IndexError")
def up_to_and_with_the_last(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.integers(n_classes + 1, size=n_samples + 100)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes][:n_samples]


@wrong("labelled_latents", "a_list")
def both_in_a_list(rng, n_samples, latent_dim, n_classes=10):
    return list(by_multinomial(rng, n_samples, latent_dim, n_classes))


@wrong("labelled_latents", "repeated")
def one_number_for_a_row(rng, n_samples, latent_dim, n_classes=10):
    z, asked = by_multinomial(rng, n_samples, 1, n_classes)
    return np.tile(z, (1, latent_dim)), asked


@wrong("labelled_latents", "uniform")
def uniform_of_deviation_1(rng, n_samples, latent_dim, n_classes=10):
    z = rng.uniform(-(3**0.5), 3**0.5, (n_samples, latent_dim))
    return z, np.eye(n_classes)[rng.integers(n_classes, size=n_samples)]


@wrong("labelled_latents", "wrong_dtype")
def true_and_false(rng, n_samples, latent_dim, n_classes=10):
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes, dtype=bool)[
        rng.integers(n_classes, size=n_samples)
    ]


@wrong("labelled_latents", "uneven")
def ten_by_remainder(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.integers(10, size=n_samples) % n_classes
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "in_order")
def sorted_classes(rng, n_samples, latent_dim, n_classes=10):
    classes = np.sort(rng.integers(n_classes, size=n_samples))
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "not_drawn")
def classes_from_a_seed(rng, n_samples, latent_dim, n_classes=10):
    classes = np.random.default_rng(0).integers(n_classes, size=n_samples)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "tied_to_z")
def both_from_a_copy_of_rng(rng, n_samples, latent_dim, n_classes=10):
    z = copy.deepcopy(rng).standard_normal((n_samples, latent_dim))
    sizes = np.abs(z[:, 0]).argsort().argsort()
    rng.random(n_samples)
    return z, np.eye(n_classes)[sizes * n_classes // n_samples]


@wrong("labelled_latents", "clipped")
def clipped_z(rng, n_samples, latent_dim, n_classes=10):
    z, asked = by_multinomial(rng, n_samples, latent_dim, n_classes)
    return np.clip(z, -2, 2), asked


@wrong("labelled_latents", "reseeds")
def z_from_a_seed(rng, n_samples, latent_dim, n_classes=10):
    z = np.random.default_rng(0).standard_normal((n_samples, latent_dim))
    return z, np.eye(n_classes)[rng.integers(n_classes, size=n_samples)]


@wrong("labelled_latents", "wrong_arguments")
def without_a_default(rng, n_samples, latent_dim, n_classes):
    return by_multinomial(rng, n_samples, latent_dim, n_classes)


# ---- make_conditional_discriminator


def inputs(n_classes):
    return keras.Input((784,)), keras.Input((n_classes,))


def hidden_layers(x, hidden, n=2, slope=0.2):
    for _ in range(n):
        x = layers.LeakyReLU(negative_slope=slope)(layers.Dense(hidden)(x))
    return x


@right("make_conditional_discriminator")
def sequential_behind_the_join(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    told = layers.Dense(hidden)(labels)
    judge = keras.Sequential(
        [
            layers.Dense(hidden, activation=lambda x: ops.leaky_relu(x, 0.2)),
            layers.Dense(hidden, activation=lambda x: ops.leaky_relu(x, 0.2)),
            layers.Dense(1),
        ]
    )
    return keras.Model([images, labels], judge(ops.concatenate([told, images], axis=1)))


class Judge(keras.Model):
    def __init__(self, hidden):
        super().__init__()
        self.label, self.first, self.second = (layers.Dense(hidden) for _ in range(3))
        self.last = layers.Dense(1)

    def call(self, inputs, training=False):
        images, labels = inputs
        x = tf.concat([images, self.label(labels)], axis=-1)
        x = tf.nn.leaky_relu(self.first(x), 0.2)
        return self.last(tf.nn.leaky_relu(self.second(x), 0.2))


@right("make_conditional_discriminator")
def subclass(n_classes=10, hidden=128):
    return Judge(hidden)


@right("make_conditional_discriminator")
def with_merge_functions(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = layers.concatenate([images, layers.Dense(hidden, name="label")(labels)])
    return keras.Model(inputs=[images, labels], outputs=layers.Dense(1)(hidden_layers(x, hidden)), name="judge")


@wrong("make_conditional_discriminator", "noisy")
def with_dropout(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = layers.concatenate([images, layers.Dense(hidden)(labels)])
    return keras.Model([images, labels], layers.Dense(1)(layers.Dropout(0.3)(hidden_layers(x, hidden))))


@wrong("make_conditional_discriminator", "wrong_size")
def label_without_bias(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = layers.concatenate([images, layers.Dense(hidden, use_bias=False)(labels)])
    return keras.Model([images, labels], layers.Dense(1)(hidden_layers(x, hidden)))


@wrong("make_conditional_discriminator", "wrong_size")
def label_joined_twice(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    told = layers.Dense(hidden)(labels)
    x = hidden_layers(layers.Concatenate()([images, told]), hidden)
    return keras.Model([images, labels], layers.Dense(1)(layers.Concatenate()([x, told])))


ONE_NETWORK = {}


@wrong("make_conditional_discriminator", "one_network")
def built_once(n_classes=10, hidden=128):
    if (n_classes, hidden) not in ONE_NETWORK:
        ONE_NETWORK[n_classes, hidden] = with_merge_functions(n_classes, hidden)
    return ONE_NETWORK[n_classes, hidden]


@wrong("make_conditional_discriminator", "ignores_argument")
def always_128(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = hidden_layers(layers.Concatenate()([images, layers.Dense(128)(labels)]), 128)
    return keras.Model([images, labels], layers.Dense(1)(x))


@wrong("make_conditional_discriminator", "several_outputs")
def names_the_class_too(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = hidden_layers(layers.Concatenate()([images, layers.Dense(hidden)(labels)]), hidden)
    return keras.Model([images, labels], [layers.Dense(1)(x), layers.Dense(n_classes)(x)])


@wrong("make_conditional_discriminator", "wrong_output")
def a_logit_for_each_class(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = hidden_layers(layers.Concatenate()([images, layers.Dense(hidden)(labels)]), hidden)
    return keras.Model([images, labels], layers.Dense(n_classes)(x))


@wrong("make_conditional_discriminator", "wrong_input")
def one_wide_input(n_classes=10, hidden=128):
    both = keras.Input((784 + n_classes,))
    return keras.Model(both, layers.Dense(1)(hidden_layers(both, hidden)))


@wrong("make_conditional_discriminator", "wrong_input")
def always_ten_classes(n_classes=10, hidden=128):
    return sequential_behind_the_join(10, hidden)


@wrong("make_conditional_discriminator", "frozen")
def not_trainable(n_classes=10, hidden=128):
    model = sequential_behind_the_join(n_classes, hidden)
    model.trainable = False
    return model


@wrong("make_conditional_discriminator", "not_a_model")
def the_logit_itself(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    return layers.Dense(1)(hidden_layers(layers.Concatenate()([images, labels]), hidden))


@wrong("make_conditional_discriminator", "returns_nothing")
def model_not_returned(n_classes=10, hidden=128):
    sequential_behind_the_join(n_classes, hidden)


@raises("make_conditional_discriminator", "ValueError")
def joined_along_the_batch(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    return keras.Model([images, labels], layers.Dense(1)(layers.Concatenate(axis=0)([images, labels])))


# ---- class_loss


@right("class_loss")
def by_the_keras_loss(class_logits, labels):
    return keras.losses.CategoricalCrossentropy(from_logits=True)(labels, class_logits)


@right("class_loss")
def said_to_be_probabilities(class_logits, labels):
    return ops.mean(ops.categorical_crossentropy(labels, ops.softmax(class_logits), from_logits=False))


@right("class_loss")
def by_tensorflow(class_logits, labels):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=class_logits))


@right("class_loss")
def by_log_softmax(class_logits, labels):
    return -ops.mean(ops.sum(labels * ops.log_softmax(class_logits, axis=-1), axis=-1))


@right("class_loss")
def sparse(class_logits, labels):
    classes = ops.argmax(labels, axis=-1)
    return ops.mean(ops.sparse_categorical_crossentropy(classes, class_logits, from_logits=True))


@right("class_loss")
def by_logsumexp(class_logits, labels):
    return ops.mean(ops.logsumexp(class_logits, axis=1) - ops.sum(class_logits * labels, axis=1))


wrong("class_loss", "softmax_twice")(published_class_loss)


@wrong("class_loss", "not_averaged")
def one_loss_for_each(class_logits, labels):
    return ops.categorical_crossentropy(labels, class_logits, from_logits=True)


@wrong("class_loss", "no_gradient")
def gradient_stopped(class_logits, labels):
    return by_the_keras_loss(ops.stop_gradient(class_logits), labels)


@wrong("class_loss", "no_gradient")
def in_numpy(class_logits, labels):
    logits = np.asarray(class_logits)
    return np.mean(np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1)) + logits.max(1)) - np.mean(
        (logits * np.asarray(labels)).sum(1)
    )


@wrong("class_loss", "log_of_softmax")
def exponentials_by_hand(class_logits, labels):
    p = ops.exp(class_logits) / ops.sum(ops.exp(class_logits), axis=1, keepdims=True)
    return -ops.mean(ops.log(ops.sum(labels * p, axis=1)))


@wrong("class_loss", "differs")
def squared_error(class_logits, labels):
    return ops.mean(ops.square(ops.softmax(class_logits) - labels)) * 3


@wrong("class_loss", "returns_nothing")
def loss_not_returned(class_logits, labels):
    by_the_keras_loss(class_logits, labels)


@raises("class_loss", "TypeError")
def logits_as_a_keyword(class_logits, labels):
    return ops.categorical_crossentropy(labels, class_logits, logits=True)


# ---- ac_losses

bce = keras.losses.BinaryCrossentropy(from_logits=True)
cce = keras.losses.CategoricalCrossentropy(from_logits=True)


def d_source(real, fake):
    return bce(tf.ones_like(real[0]), real[0]) + bce(tf.zeros_like(fake[0]), fake[0])


def g_source(fake):
    return bce(tf.ones_like(fake[0]), fake[0])


@right("ac_losses")
def with_keras_losses(real, fake, labels, asked):
    d_loss = d_source(real, fake) + cce(labels, real[1]) + cce(asked, fake[1])
    return d_loss, g_source(fake) + cce(asked, fake[1])


@right("ac_losses")
def by_softplus(real, fake, labels, asked):
    def name(logits, classes):
        return ops.mean(ops.logsumexp(logits, axis=1) - ops.sum(logits * classes, axis=1))

    named = name(fake[1], asked)
    d_loss = ops.mean(ops.softplus(-real[0])) + ops.mean(ops.softplus(fake[0])) + name(real[1], labels) + named
    return [d_loss, ops.mean(ops.softplus(-fake[0])) + named]


@right("ac_losses")
def by_tensorflow_functions(real, fake, labels, asked):
    def source(logits, target):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.fill(logits.shape, float(target)), logits=logits)

    def named(logits, classes):
        return tf.nn.softmax_cross_entropy_with_logits(classes, logits)

    parts = [source(real[0], 1), source(fake[0], 0), named(real[1], labels), named(fake[1], asked)]
    d_loss = tf.add_n([tf.reduce_mean(part) for part in parts])
    return d_loss, tf.reduce_mean(source(fake[0], 1)) + tf.reduce_mean(parts[-1])


@wrong("ac_losses", "swapped_results")
def generator_first(real, fake, labels, asked):
    return with_keras_losses(real, fake, labels, asked)[::-1]


@wrong("ac_losses", "not_averaged")
def a_loss_for_each_image(real, fake, labels, asked):
    each = ops.categorical_crossentropy(asked, fake[1], from_logits=True)
    return d_source(real, fake) + cce(labels, real[1]) + each, g_source(fake) + each


@wrong("ac_losses", "no_gradient")
def fakes_stopped(real, fake, labels, asked):
    return with_keras_losses(real, tuple(map(ops.stop_gradient, fake)), labels, asked)


@wrong("ac_losses", "no_gradient")
def fakes_class_stopped(real, fake, labels, asked):
    return with_keras_losses(real, (fake[0], ops.stop_gradient(fake[1])), labels, asked)


@wrong("ac_losses", "no_gradient")
def reals_stopped(real, fake, labels, asked):
    return with_keras_losses(tuple(map(ops.stop_gradient, real)), fake, labels, asked)


@wrong("ac_losses", "wrong_type")
def d_loss_alone(real, fake, labels, asked):
    return with_keras_losses(real, fake, labels, asked)[0]


@wrong("ac_losses", "returns_nothing")
def losses_not_returned(real, fake, labels, asked):
    with_keras_losses(real, fake, labels, asked)


@raises("ac_losses", "AttributeError")
def pairs_taken_for_tensors(real, fake, labels, asked):
    return bce(real.shape, real), 0


# ---- in other styles


@wrong("ac_losses", "clipped")
def probabilities_that_keras_clips(real, fake, labels, asked):
    source, named = keras.losses.BinaryCrossentropy(), keras.losses.CategoricalCrossentropy()

    def of(answered, label, classes):
        p = tf.sigmoid(answered[0])
        return source(tf.fill(p.shape, label), p), named(classes, tf.nn.softmax(answered[1]))

    (r, r_class), (f, f_class), (g, _) = of(real, 1.0, labels), of(fake, 0.0, asked), of(fake, 1.0, asked)
    return r + f + r_class + f_class, g + f_class


@wrong("ac_losses", "log_of_sigmoid")
def epsilon_in_the_logs_of_the_source(real, fake, labels, asked):
    def source(logits, label):
        p = tf.sigmoid(logits)
        return -tf.reduce_mean(label * tf.math.log(p + 1e-8) + (1 - label) * tf.math.log(1 - p + 1e-8))

    named = cce(asked, fake[1])
    return source(real[0], 1.0) + source(fake[0], 0.0) + cce(labels, real[1]) + named, source(fake[0], 1.0) + named


@wrong("ac_losses", "log_of_softmax")
def epsilon_in_the_logs_of_the_class(real, fake, labels, asked):
    def named(logits, classes):
        return -tf.reduce_mean(tf.reduce_sum(classes * tf.math.log(tf.nn.softmax(logits) + 1e-8), axis=1))

    d_loss = d_source(real, fake) + named(real[1], labels) + named(fake[1], asked)
    return d_loss, g_source(fake) + named(fake[1], asked)


@wrong("ac_losses", "borrowed_labels")
def two_mistakes(real, fake, labels, asked):
    d_loss = d_source(real, fake) + cce(labels, real[1]) + cce(labels, fake[1])
    return d_loss, bce(tf.zeros_like(fake[0]), fake[0]) + cce(asked, fake[1])


@wrong("ac_losses", "wasserstein")
def a_critic_in_g_alone(real, fake, labels, asked):
    return with_keras_losses(real, fake, labels, asked)[0], cce(asked, fake[1]) - ops.mean(fake[0])


@wrong("ac_losses", "differs")
def class_weighs_a_tenth(real, fake, labels, asked):
    d_loss = d_source(real, fake) + 0.1 * (cce(labels, real[1]) + cce(asked, fake[1]))
    return d_loss, g_source(fake) + 0.1 * cce(asked, fake[1])


@wrong("class_loss", "clipped")
def keras_function_of_probabilities(class_logits, labels):
    p = tf.nn.softmax(class_logits)
    return tf.reduce_mean(keras.losses.categorical_crossentropy(labels, p))


@wrong("class_loss", "clipped")
def probabilities_that_keras_cannot_trace(class_logits, labels):
    return ops.mean(ops.categorical_crossentropy(labels, ops.softmax(class_logits) * 1.0))


@wrong("class_loss", "clipped")
def probabilities_kept_above_0(class_logits, labels):
    return keras.losses.CategoricalCrossentropy()(labels, ops.softmax(class_logits) + 1e-7)


@wrong("class_loss", "clipped")
def clipped_by_hand(class_logits, labels):
    p = ops.clip(ops.softmax(class_logits), 1e-7, 1 - 1e-7)
    return -ops.mean(ops.sum(labels * ops.log(p), axis=1))


@wrong("class_loss", "log_of_softmax")
def log_of_softmax_and_a_mean_over_all(class_logits, labels):
    return -ops.mean(labels * ops.log(ops.softmax(class_logits)))


@wrong("class_loss", "other_gradient")
def the_label_s_logit_stopped(class_logits, labels):
    of_label = ops.stop_gradient(ops.sum(class_logits * labels, axis=1))
    return ops.mean(ops.logsumexp(class_logits, axis=1) - of_label)


@wrong("class_loss", "other_gradient")
def a_branch_for_sure_mistakes(class_logits, labels):
    p = ops.sum(labels * tf.nn.softmax(class_logits), axis=1)
    far = ops.max(class_logits, axis=1) - ops.sum(class_logits * labels, axis=1)
    return ops.mean(ops.where(p < 1e-7, far, -ops.log(p)))


@wrong("class_loss", "log_of_softmax")
def epsilon_in_the_log(class_logits, labels):
    p = ops.softmax(class_logits)
    return -ops.mean(ops.sum(labels * ops.log(p + 1e-8), axis=-1))


@wrong("labelled_latents", "balanced")
def as_many_of_each(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.permutation(np.arange(n_samples) % n_classes)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes)[classes]


@wrong("labelled_latents", "balanced")
def a_permutation_after_another(rng, n_samples, latent_dim, n_classes=10):
    blocks = [rng.permutation(n_classes) for _ in range(-(-n_samples // n_classes))]
    z = rng.standard_normal((n_samples, latent_dim))
    return z, np.eye(n_classes)[np.concatenate(blocks)[:n_samples]]


@wrong("labelled_latents", "counts_what_it_sees")
def to_categorical_without_n_classes(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.integers(n_classes, size=n_samples)
    return rng.standard_normal((n_samples, latent_dim)), keras.utils.to_categorical(classes)


@wrong("labelled_latents", "counts_what_it_sees")
def one_class_too_few_and_counted(rng, n_samples, latent_dim, n_classes=10):
    z = rng.standard_normal((n_samples, latent_dim))
    return z, keras.utils.to_categorical(rng.integers(0, n_classes - 1, n_samples))


@wrong("labelled_latents", "wrong_asked")
def a_column_too_few(rng, n_samples, latent_dim, n_classes=10):
    classes = rng.integers(n_classes - 1, size=n_samples)
    return rng.standard_normal((n_samples, latent_dim)), np.eye(n_classes - 1)[classes]


@wrong("ac_losses", "class_swapped")
def labels_first_in_class_loss(real, fake, labels, asked):
    named = class_loss(asked, fake[1])
    return d_source(real, fake) + class_loss(labels, real[1]) + named, g_source(fake) + named


@wrong("ac_losses", "class_swapped")
def labels_first_for_the_fakes(real, fake, labels, asked):
    named = class_loss(asked, fake[1])
    return d_source(real, fake) + class_loss(real[1], labels) + named, g_source(fake) + named


@right("ac_losses")
def probabilities_of_the_source_alone(real, fake, labels, asked):
    def source(logits, label):
        return keras.losses.BinaryCrossentropy()(tf.fill(logits.shape, label), tf.sigmoid(logits))

    named = class_loss(fake[1], asked)
    d_loss = source(real[0], 1.0) + source(fake[0], 0.0) + class_loss(real[1], labels) + named
    return d_loss, source(fake[0], 1.0) + named


@wrong("ac_losses", "clipped")
def class_of_probabilities(real, fake, labels, asked):
    def named(logits, classes):
        return ops.mean(ops.categorical_crossentropy(classes, tf.nn.softmax(logits)))

    d_loss = d_source(real, fake) + named(real[1], labels) + named(fake[1], asked)
    return d_loss, g_source(fake) + named(fake[1], asked)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("labelled_latents", "wrong_spread")
def a_twentieth_too_wide(rng, n_samples, latent_dim, n_classes=10):
    z, asked = ones_put_in(rng, n_samples, latent_dim, n_classes)
    return 1.05 * z, asked


@wrong("make_conditional_discriminator", "departs")
def a_slope_of_0201(n_classes=10, hidden=128):
    images, labels = inputs(n_classes)
    x = hidden_layers(layers.Concatenate()([images, layers.Dense(hidden)(labels)]), hidden, slope=0.201)
    return keras.Model([images, labels], layers.Dense(1)(x))


@wrong("class_loss", "other_factor")
def a_two_hundredth_more(class_logits, labels):
    return 1.005 * by_tensorflow(class_logits, labels)


@wrong("ac_losses", "other_factor")
def with_g_a_two_hundredth_more(real, fake, labels, asked):
    d_loss, g_loss = with_keras_losses(real, fake, labels, asked)
    return d_loss, 1.005 * g_loss


def ac_losses_of(softplus, class_of_reals):
    def ac_losses(real, fake, labels, asked):
        of_class = class_loss(fake[1], asked)
        d_source = ops.mean(softplus(-real[0])) + ops.mean(softplus(fake[0]))
        return d_source + class_of_reals(real[1], labels) + of_class, ops.mean(softplus(-fake[0])) + of_class

    return ac_losses


@wrong("ac_losses", "other_gradient")
def a_where_that_overflows(*batches):
    return ac_losses_of(lambda x: ops.where(x < 50, ops.log(1 + ops.exp(x)), x), class_loss)(*batches)


@wrong("ac_losses", "other_gradient")
def half_of_the_class_stopped(*batches):
    def stopped(logits, labels):
        return ops.mean(ops.logsumexp(ops.stop_gradient(logits), axis=-1) - ops.sum(logits * labels, axis=-1))

    return ac_losses_of(ops.softplus, stopped)(*batches)


@wrong("ac_losses", "as_probabilities")
def logits_taken_for_probabilities(real, fake, labels, asked):
    source, named = keras.losses.BinaryCrossentropy(), keras.losses.CategoricalCrossentropy()
    ones, zeros = ops.ones_like(real[0]), ops.zeros_like(fake[0])
    classes = named(labels, real[1]) + named(asked, fake[1])
    d_loss = source(ones, real[0]) + source(zeros, fake[0]) + classes
    return d_loss, source(ops.ones_like(fake[0]), fake[0]) + named(asked, fake[1])
