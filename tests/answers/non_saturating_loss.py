"""Answers to lab 13, after what is found in tutorials and in readers' questions about the list's trick 2."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("non_saturating_loss")

bce = keras.losses.BinaryCrossentropy(from_logits=True)
bce_of_probabilities = keras.losses.BinaryCrossentropy()


# ---- saturating_loss


@right("saturating_loss")
def by_log_sigmoid(logits):
    return ops.mean(ops.log_sigmoid(-logits))


@right("saturating_loss")
def in_tensorflow(logits):
    return tf.reduce_mean(-tf.nn.softplus(logits))


@right("saturating_loss")
def minus_the_discriminators_loss(logits):
    return -bce(tf.zeros_like(logits), logits)


@right("saturating_loss")
def by_tensorflows_cross_entropy(logits):
    terms = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.zeros_like(logits), logits=logits)
    return -tf.reduce_sum(terms) / tf.cast(tf.size(terms), tf.float32)


@right("saturating_loss")
def softplus_by_hand(logits):
    return -ops.mean(ops.maximum(logits, 0.0) + ops.log1p(ops.exp(-ops.abs(logits))))


@right("saturating_loss")
def softplus_by_relu(logits):
    return -ops.mean(ops.relu(logits) + ops.log1p(ops.exp(-ops.abs(logits))))


@right("saturating_loss")
def by_logsumexp(logits):
    return -ops.mean(ops.logsumexp(ops.concatenate([ops.zeros_like(logits), logits], axis=1), axis=1))


@right("saturating_loss")
def by_logaddexp(logits):
    return -ops.mean(ops.logaddexp(ops.zeros_like(logits), logits))


@right("saturating_loss")
def fake_by_fake(logits):
    terms = [-ops.softplus(logits[i, 0]) for i in range(logits.shape[0])]
    return sum(terms) / len(terms)


@right("saturating_loss")
def in_float64(logits):
    return -tf.reduce_mean(tf.math.softplus(tf.cast(logits, tf.float64)))


@right("saturating_loss")
def by_an_activation(logits):
    return ops.mean(-keras.activations.softplus(ops.squeeze(logits, axis=1)))


@right("saturating_loss")
def logit_minus_the_other_loss(logits):
    return -ops.mean(logits + ops.softplus(-logits))


@wrong("saturating_loss", "wrong_sign")
def minus_log_of_one_minus(logits):
    return -ops.mean(ops.log(1 - ops.sigmoid(logits)))


@wrong("saturating_loss", "one_outside")
def one_minus_log_d(logits):
    return ops.mean(1 - ops.log_sigmoid(logits))


@wrong("saturating_loss", "one_minus_logit")
def log_sigmoid_of_one_minus_the_logit(logits):
    return ops.mean(ops.log_sigmoid(1 - logits))


@wrong("saturating_loss", "underflows")
def as_the_formula_is_written(logits):
    return ops.mean(ops.log(1 - ops.sigmoid(logits)))


@wrong("saturating_loss", "underflows")
def with_log1p(logits):
    return tf.reduce_mean(tf.math.log1p(-tf.sigmoid(logits)))


@wrong("saturating_loss", "underflows")
def the_formula_in_float64(logits):
    return ops.mean(ops.log(1 - ops.sigmoid(ops.cast(logits, "float64"))))


@wrong("saturating_loss", "underflows")
def exp_grows_without_end(logits):
    return -ops.mean(ops.log1p(ops.exp(logits)))


@wrong("saturating_loss", "clipped")
def with_an_epsilon(logits):
    return ops.mean(ops.log(1 - ops.sigmoid(logits) + 1e-8))


@wrong("saturating_loss", "clipped")
def with_clipped_probabilities(logits):
    return ops.mean(ops.log(1 - ops.clip(ops.sigmoid(logits), 1e-7, 1 - 1e-7)))


@wrong("saturating_loss", "clipped")
def with_clipped_logits(logits):
    return -ops.mean(ops.softplus(ops.clip(logits, -30, 30)))


@wrong("saturating_loss", "clipped")
def keras_loss_of_probabilities(logits):
    return -bce_of_probabilities(ops.zeros_like(logits), tf.sigmoid(logits))


@right("saturating_loss")
def keras_finds_the_logits_again(logits):
    return -bce_of_probabilities(ops.zeros_like(logits), ops.sigmoid(logits))


@right("saturating_loss")
def keras_warns_and_ignores_the_second_sigmoid(logits):
    return -bce(ops.zeros_like(logits), ops.sigmoid(logits))


@wrong("saturating_loss", "nan_gradient")
def two_branches(logits):
    return -ops.mean(ops.where(logits > 10, logits, ops.log(1 + ops.exp(logits))))


@wrong("saturating_loss", "one_per_sample")
def no_mean(logits):
    return -ops.softplus(logits)


@wrong("saturating_loss", "one_per_sample")
def mean_over_the_last_axis(logits):
    return -ops.mean(ops.softplus(logits), axis=-1)


@wrong("saturating_loss", "wrong_shape")
def mean_over_the_rows(logits):
    return -ops.mean(ops.softplus(logits), axis=0)


@wrong("saturating_loss", "breaks_tape")
def in_numpy(logits):
    return -np.mean(np.logaddexp(0, logits))


@wrong("saturating_loss", "breaks_tape")
def as_a_float(logits):
    return float(-ops.mean(ops.softplus(logits)))


@wrong("saturating_loss", "breaks_tape")
def back_from_numpy(logits):
    return tf.constant(-np.mean(np.logaddexp(0, logits.numpy())))


@wrong("saturating_loss", "breaks_tape")
def stopped(logits):
    return -ops.mean(ops.softplus(ops.stop_gradient(logits)))


@wrong("saturating_loss", "eager_only")
def a_loop_over_the_tensor(logits):
    return -sum(ops.softplus(logit[0]) for logit in logits) / len(logits)


@wrong("saturating_loss", "array_method")
def a_method_of_arrays(logits):
    return -ops.softplus(logits).mean()


@wrong("saturating_loss", "returns_nothing")
def no_return(logits):
    -ops.mean(ops.softplus(logits))


@wrong("saturating_loss", "wrong_type")
def with_the_terms(logits):
    terms = -ops.softplus(logits)
    return ops.mean(terms), terms


@wrong("saturating_loss", "wrong_arguments")
def reals_as_well(real_logits, fake_logits):
    return -ops.mean(ops.softplus(fake_logits))


@raises("saturating_loss", "discriminator(")
def calls_the_discriminator(logits):
    return -bce(ops.zeros_like(logits), discriminator(logits))  # noqa: F821


@wrong("saturating_loss", "other_gradient")
def size_without_a_gradient(logits):
    size = ops.stop_gradient(ops.abs(logits))
    return -ops.mean(ops.maximum(logits, 0.0) + ops.log1p(ops.exp(-size)))


@wrong("saturating_loss", "differs")
def with_a_temperature(logits):
    return -ops.mean(ops.softplus(logits / 2))


# ---- non_saturating_loss


@right("non_saturating_loss")
def cross_entropy_with_ones(logits):
    return bce(tf.ones_like(logits), logits)


@right("non_saturating_loss")
def minus_log_sigmoid(logits):
    return -ops.mean(ops.log_sigmoid(logits))


@right("non_saturating_loss")
def in_tensorflow_too(logits):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones_like(logits), logits=logits))


@right("non_saturating_loss")
def by_hand(logits):
    sizes = ops.abs(logits)
    return ops.mean((sizes - logits) / 2 + ops.log1p(ops.exp(-sizes)))


@right("non_saturating_loss")
def keras_function_for_each_fake(logits):
    return ops.mean(keras.losses.binary_crossentropy(ops.ones_like(logits), logits, from_logits=True))


@right("non_saturating_loss")
def by_two_classes(logits):
    both = ops.concatenate([ops.zeros_like(logits), logits], axis=1)
    return -ops.mean(ops.log_softmax(both, axis=1)[:, 1])


@right("non_saturating_loss")
def minus_log_d_by_logaddexp(logits):
    return ops.mean(ops.logaddexp(ops.zeros_like(logits), -logits))


@wrong("non_saturating_loss", "underflows")
def minus_log_d(logits):
    return -ops.mean(ops.log(ops.sigmoid(logits)))


@wrong("non_saturating_loss", "underflows")
def sigmoid_written_out(logits):
    return ops.mean(ops.log(1 + ops.exp(-logits)))


@wrong("non_saturating_loss", "clipped")
def epsilon_in_the_log(logits):
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(logits) + 1e-8))


@wrong("non_saturating_loss", "clipped")
def a_smaller_epsilon(logits):
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(logits) + 1e-12))


@wrong("non_saturating_loss", "clipped")
def at_least_something(logits):
    return -ops.mean(ops.log(ops.maximum(ops.sigmoid(logits), 1e-7)))


@wrong("non_saturating_loss", "nan_gradient")
def nan_to_num(logits):
    return -ops.mean(ops.nan_to_num(ops.log(ops.sigmoid(logits)), neginf=-1000.0))


@wrong("non_saturating_loss", "nan_gradient")
def branches_at_ten(logits):
    return ops.mean(ops.where(logits < -10, -logits, ops.log(1 + ops.exp(-logits))))


@wrong("non_saturating_loss", "double_sigmoid")
def sigmoid_before_the_loss(logits):
    return bce(ops.ones_like(logits), 1 / (1 + ops.exp(-logits)))


@wrong("non_saturating_loss", "one_per_sample")
def keras_function_without_a_mean(logits):
    return keras.losses.binary_crossentropy(ops.ones_like(logits), logits, from_logits=True)


@wrong("non_saturating_loss", "breaks_tape")
def numpy_mean(logits):
    return np.mean(ops.softplus(-logits))


@wrong("non_saturating_loss", "eager_only")
def asks_for_a_value(logits):
    if ops.mean(logits) > 0:
        return bce(ops.ones_like(logits), logits)
    return ops.mean(ops.softplus(-logits))


@wrong("non_saturating_loss", "array_method")
def methods_of_arrays(logits):
    return (-logits).mean()


@wrong("non_saturating_loss", "smoothed")
def aims_at_nine_tenths(logits):
    return ops.mean(ops.binary_crossentropy(0.9 * ops.ones_like(logits), logits, from_logits=True))


@wrong("non_saturating_loss", "probabilities")
def keras_function_with_its_defaults(logits):
    return ops.mean(keras.losses.binary_crossentropy(ops.ones_like(logits), logits))


@wrong("non_saturating_loss", "other_gradient")
def weighs_by_the_answer(logits):
    rejected = ops.stop_gradient(ops.softplus(-logits))
    return ops.mean(rejected) + 0.5 * ops.mean(logits - ops.stop_gradient(logits))


# ---- loss_gradients


@right("loss_gradients")
def by_the_sigmoid(logits):
    probability = 1 / (1 + np.exp(-logits))
    return -probability, probability - 1


@right("loss_gradients")
def two_sigmoids(logits):
    return -1 / (1 + np.exp(-logits)), -1 / (1 + np.exp(logits))


@right("loss_gradients")
def by_tanh(logits):
    half = np.tanh(logits / 2) / 2
    return np.stack([-0.5 - half, half - 0.5])


@right("loss_gradients")
def in_a_loop(logits):
    saturating, non_saturating = np.zeros_like(logits), np.zeros_like(logits)
    for i, logit in enumerate(logits[:, 0]):
        small = np.exp(-abs(logit))
        probability = 1 / (1 + small) if logit > 0 else small / (1 + small)
        saturating[i], non_saturating[i] = -probability, probability - 1
    return [saturating, non_saturating]


@wrong("loss_gradients", "wrong_type")
def by_a_tape(logits):
    logits = tf.constant(logits)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        losses = -tf.nn.softplus(logits), tf.nn.softplus(-logits)
    return tuple(tape.gradient(loss, logits) for loss in losses)


@right("loss_gradients")
def by_keras(logits):
    probability = ops.sigmoid(logits)
    return ops.convert_to_numpy(-probability), ops.convert_to_numpy(probability) - 1


@wrong("loss_gradients", "overflows")
def exp_above_and_below(logits):
    probability = np.exp(logits) / (1 + np.exp(logits))
    return -probability, probability - 1


@wrong("loss_gradients", "overflows")
def chain_rule_without_cancelling(logits):
    probability = 1 / (1 + np.exp(-logits))
    slope = probability * (1 - probability)
    return -slope / (1 - probability), -slope / probability


@wrong("loss_gradients", "swapped")
def exponent_without_its_sign(logits):
    probability = 1 / (1 + np.exp(logits))
    return -probability, probability - 1


@right("loss_gradients")
def by_a_tape_and_back(logits):
    return tuple(part.numpy() for part in by_a_tape(logits))


@right("loss_gradients")
def far_logits_cut_off(logits):
    probability = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
    return -probability, probability - 1


@wrong("loss_gradients", "overflows")
def with_an_epsilon_below_the_line(logits):
    probability = 1 / (1 + np.exp(-logits))
    slope = probability * (1 - probability)
    return -slope / (1 - probability + 1e-12), -slope / (probability + 1e-12)


@wrong("loss_gradients", "by_probability")
def torch_habits(logits):
    d = 1.0 / (1.0 + np.exp(-logits))
    return np.negative(1.0 / (1.0 - d)), np.negative(np.reciprocal(d))


@wrong("loss_gradients", "differs")
def squared(logits):
    probability = 1 / (1 + np.exp(-logits))
    return -(probability**2), -((1 - probability) ** 2)


@wrong("loss_gradients", "wrong_shape")
def flattened(logits):
    probability = 1 / (1 + np.exp(-logits.ravel()))
    return -probability, probability - 1


@wrong("loss_gradients", "wrong_type")
def the_first_only(logits):
    return -1 / (1 + np.exp(-logits))


@wrong("loss_gradients", "changes_its_arguments")
def in_place(logits):
    np.negative(logits, out=logits)
    return -1 / (1 + np.exp(logits)), -1 / (1 + np.exp(-logits))


@wrong("loss_gradients", "returns_nothing")
def printed_only(logits):
    print(1 / (1 + np.exp(-logits)))


@raises("loss_gradients", "logits.sigmoid()")
def a_method_that_is_none(logits):
    return -logits.sigmoid(), logits.sigmoid() - 1


# ---- step_losses


@right("step_losses")
def flip_on_the_spot(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss, bce(ops.ones_like(fake_logits), fake_logits)


@right("step_losses")
def three_labels(real_logits, fake_logits):
    real_labels, fake_labels = tf.ones_like(real_logits), tf.zeros_like(fake_logits)
    flipped = real_labels
    d_loss = bce(real_labels, real_logits) + bce(fake_labels, fake_logits)
    g_loss = bce(flipped, fake_logits)
    return [d_loss, g_loss]


@right("step_losses")
def the_labels_turned_round(real_logits, fake_logits):
    fake_labels = ops.zeros_like(fake_logits)
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(fake_labels, fake_logits)
    return d_loss, bce(1 - fake_labels, fake_logits)


@right("step_losses")
def without_labels(real_logits, fake_logits):
    d_loss = ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    return d_loss, ops.mean(ops.softplus(-fake_logits))


@right("step_losses")
def one_mean_over_sums(real_logits, fake_logits):
    def terms(label, logits):
        return tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), label), logits)

    return tf.reduce_mean(terms(1.0, real_logits) + terms(0.0, fake_logits)), tf.reduce_mean(terms(1.0, fake_logits))


@wrong("step_losses", "swapped_results")
def generator_first(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return bce(ops.ones_like(fake_logits), fake_logits), d_loss


@right("step_losses")
def by_the_function_of_keras_ops(real_logits, fake_logits):
    def loss(target, logits):
        return ops.mean(ops.binary_crossentropy(ops.full_like(logits, target), logits, from_logits=True))

    return loss(1.0, real_logits) + loss(0.0, fake_logits), loss(1.0, fake_logits)


@wrong("step_losses", "log_of_sigmoid")
def epsilon_in_every_log(real_logits, fake_logits):
    def loss(label, logits):
        d = tf.sigmoid(logits)
        return -ops.mean(label * ops.log(d + 1e-8) + (1 - label) * ops.log(1 - d + 1e-8))

    return loss(1.0, real_logits) + loss(0.0, fake_logits), loss(1.0, fake_logits)


@wrong("step_losses", "log_of_sigmoid")
def probabilities_that_keras_clips(real_logits, fake_logits):
    def loss(label, logits):
        return bce_of_probabilities(ops.full_like(logits, label), tf.sigmoid(logits))

    return loss(1.0, real_logits) + loss(0.0, fake_logits), loss(1.0, fake_logits)


@wrong("step_losses", "breaks_tape")
def fakes_detached(real_logits, fake_logits):
    detached = ops.stop_gradient(fake_logits)
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(detached), detached)
    return d_loss, bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "one_number_each")
def a_loss_for_each(real_logits, fake_logits):
    terms = keras.losses.binary_crossentropy
    d_loss = terms(ops.ones_like(real_logits), real_logits, True) + terms(
        ops.zeros_like(fake_logits), fake_logits, True
    )
    return d_loss, terms(ops.ones_like(fake_logits), fake_logits, True)


@wrong("step_losses", "breaks_tape")
def step_in_numpy(real_logits, fake_logits):
    real, fake = np.asarray(real_logits), np.asarray(fake_logits)
    d_loss = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    return d_loss, np.logaddexp(0, -fake).mean()


@wrong("step_losses", "breaks_tape")
def reals_in_numpy(real_logits, fake_logits):
    reals = np.logaddexp(0, -np.asarray(real_logits)).mean()
    return reals + bce(ops.zeros_like(fake_logits), fake_logits), bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "wrong_type")
def the_sum_of_all(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss + bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "returns_nothing")
def step_without_return(real_logits, fake_logits):
    bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("saturating_loss", "other_factor")
def a_two_hundredth_more(logits):
    return 1.005 * by_log_sigmoid(logits)


@wrong("non_saturating_loss", "other_factor")
def non_saturating_and_a_two_hundredth_more(logits):
    return 1.005 * ops.mean(ops.softplus(-logits))
