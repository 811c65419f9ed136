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


@wrong("saturating_loss", "swapped")
def the_loss_of_practice(logits):
    return ops.mean(ops.softplus(-logits))


@wrong("saturating_loss", "swapped")
def label_one(logits):
    return bce(ops.ones_like(logits), logits)


@wrong("saturating_loss", "wrong_sign")
def label_zero(logits):
    return bce(ops.zeros_like(logits), logits)


@wrong("saturating_loss", "wrong_sign")
def minus_log_of_one_minus(logits):
    return -ops.mean(ops.log(1 - ops.sigmoid(logits)))


@wrong("saturating_loss", "log_of_d")
def log_d(logits):
    return ops.mean(ops.log_sigmoid(logits))


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


@wrong("saturating_loss", "no_sigmoid")
def log_of_the_logits(logits):
    return ops.mean(ops.log(1 - logits))


@wrong("saturating_loss", "no_sigmoid")
def from_logits_forgotten(logits):
    return -bce_of_probabilities(ops.zeros_like(logits), logits)


@wrong("saturating_loss", "double_sigmoid")
def a_sigmoid_too_many(logits):
    return -bce(ops.zeros_like(logits), tf.sigmoid(logits))


@wrong("saturating_loss", "no_log")
def without_the_log(logits):
    return ops.mean(1 - ops.sigmoid(logits))


@wrong("saturating_loss", "mean_logit")
def minus_the_mean_logit(logits):
    return -ops.mean(logits)


@wrong("saturating_loss", "swapped_arguments")
def logits_first(logits):
    return -bce(logits, ops.zeros_like(logits))


@wrong("saturating_loss", "mean_first")
def log_of_the_mean(logits):
    return ops.log(1 - ops.mean(ops.sigmoid(logits)))


@wrong("saturating_loss", "summed")
def the_sum(logits):
    return -ops.sum(ops.softplus(logits))


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


@wrong("saturating_loss", "differs")
def to_base_two(logits):
    return -ops.mean(ops.softplus(logits)) / np.log(2)


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


@wrong("non_saturating_loss", "swapped")
def the_loss_above(logits):
    return -ops.mean(ops.softplus(logits))


@wrong("non_saturating_loss", "wrong_sign")
def to_be_maximised(logits):
    return ops.mean(ops.log_sigmoid(logits))


@wrong("non_saturating_loss", "discriminators_loss")
def with_label_zero(logits):
    return bce(ops.zeros_like(logits), logits)


@wrong("non_saturating_loss", "discriminators_loss")
def softplus_with_the_wrong_sign_inside(logits):
    return ops.mean(ops.softplus(logits))


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


@wrong("non_saturating_loss", "no_sigmoid")
def log_of_logits(logits):
    return -ops.mean(ops.log(logits))


@wrong("non_saturating_loss", "no_sigmoid")
def from_logits_left_out(logits):
    return bce_of_probabilities(ops.ones_like(logits), logits)


@wrong("non_saturating_loss", "double_sigmoid")
def sigmoid_before_the_loss(logits):
    return bce(ops.ones_like(logits), 1 / (1 + ops.exp(-logits)))


@wrong("non_saturating_loss", "no_log")
def minus_the_mean_of_d(logits):
    return -ops.mean(ops.sigmoid(logits))


@wrong("non_saturating_loss", "mean_logit")
def the_critics_loss(logits):
    return -ops.mean(logits)


@wrong("non_saturating_loss", "swapped_arguments")
def labels_last(logits):
    return bce(logits, ops.ones_like(logits))


@wrong("non_saturating_loss", "mean_first")
def softplus_of_the_mean(logits):
    return ops.softplus(-ops.mean(logits))


@wrong("non_saturating_loss", "summed")
def added_up(logits):
    return ops.sum(ops.softplus(-logits))


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


@wrong("non_saturating_loss", "differs")
def smoothed(logits):
    return bce(0.9 * ops.ones_like(logits), logits)


@wrong("non_saturating_loss", "differs")
def least_squares(logits):
    return ops.mean((logits - 1) ** 2)


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


@right("loss_gradients")
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


@wrong("loss_gradients", "swapped")
def non_saturating_first(logits):
    probability = 1 / (1 + np.exp(-logits))
    return probability - 1, -probability


@wrong("loss_gradients", "sizes")
def without_the_sign(logits):
    probability = 1 / (1 + np.exp(-logits))
    return probability, 1 - probability


@wrong("loss_gradients", "opposite")
def one_up_one_down(logits):
    probability = 1 / (1 + np.exp(-logits))
    return -probability, 1 - probability


@wrong("loss_gradients", "opposite")
def one_down_one_up(logits):
    probability = 1 / (1 + np.exp(-logits))
    return probability, probability - 1


@wrong("loss_gradients", "by_probability")
def chain_rule_forgotten(logits):
    probability = 1 / (1 + np.exp(-logits))
    return -1 / (1 - probability), -1 / probability


@wrong("loss_gradients", "by_probability")
def chain_rule_and_a_sign_forgotten(logits):
    probability = 1 / (1 + np.exp(-logits))
    return 1 / (1 - probability), -1 / probability


@wrong("loss_gradients", "only_the_sigmoid")
def slope_of_the_sigmoid(logits):
    slope = np.exp(-logits) / (1 + np.exp(-logits)) ** 2
    return -slope, -slope


@wrong("loss_gradients", "losses")
def the_losses_themselves(logits):
    return -np.logaddexp(0, logits), np.logaddexp(0, -logits)


@wrong("loss_gradients", "divided_by_n")
def of_the_mean(logits):
    probability = 1 / (1 + np.exp(-logits))
    return -probability / len(logits), (probability - 1) / len(logits)


@wrong("loss_gradients", "no_sigmoid")
def logits_for_probabilities(logits):
    return -logits, logits - 1


@wrong("loss_gradients", "one_number")
def averaged(logits):
    probability = 1 / (1 + np.exp(-logits))
    return -probability.mean(), (probability - 1).mean()


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
def without_labels(real_logits, fake_logits):
    d_loss = ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    return d_loss, ops.mean(ops.softplus(-fake_logits))


@right("step_losses")
def one_mean_over_sums(real_logits, fake_logits):
    def terms(label, logits):
        return tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), label), logits)

    return tf.reduce_mean(terms(1.0, real_logits) + terms(0.0, fake_logits)), tf.reduce_mean(terms(1.0, fake_logits))


@wrong("step_losses", "still_flipped")
def flipped_under_another_name(real_logits, fake_logits):
    flipped = ops.ones_like(fake_logits)
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(flipped, fake_logits)
    g_loss = bce(flipped, fake_logits)
    return d_loss, g_loss


@wrong("step_losses", "flipped_for_the_wrong_one")
def flipped_for_the_discriminator(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.ones_like(fake_logits), fake_logits)
    return d_loss, bce(ops.zeros_like(fake_logits), fake_logits)


@wrong("step_losses", "nothing_flipped")
def zeros_for_both(real_logits, fake_logits):
    fake_labels = ops.zeros_like(fake_logits)
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(fake_labels, fake_logits)
    return d_loss, bce(fake_labels, fake_logits)


@wrong("step_losses", "all_flipped")
def real_is_fake_and_fake_is_real(real_logits, fake_logits):
    d_loss = bce(ops.zeros_like(real_logits), real_logits) + bce(ops.ones_like(fake_logits), fake_logits)
    return d_loss, bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "other_way_round")
def real_is_zero(real_logits, fake_logits):
    d_loss = bce(ops.zeros_like(real_logits), real_logits) + bce(ops.ones_like(fake_logits), fake_logits)
    return d_loss, bce(ops.zeros_like(fake_logits), fake_logits)


@wrong("step_losses", "reals_flipped")
def zeros_for_all(real_logits, fake_logits):
    d_loss = bce(ops.zeros_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss, bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "saturating")
def minus_the_discriminators(real_logits, fake_logits):
    fake_loss = bce(ops.zeros_like(fake_logits), fake_logits)
    return bce(ops.ones_like(real_logits), real_logits) + fake_loss, -fake_loss


@wrong("step_losses", "saturating")
def what_one_wins_the_other_loses(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss, -d_loss


@wrong("step_losses", "reals_in_g_loss")
def the_reals_in_place_of_the_fakes(real_logits, fake_logits):
    real_labels = ops.ones_like(real_logits)
    d_loss = bce(real_labels, real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss, bce(real_labels, real_logits)


@wrong("step_losses", "swapped")
def generator_first(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return bce(ops.ones_like(fake_logits), fake_logits), d_loss


@wrong("step_losses", "averaged")
def half_of_it(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return 0.5 * d_loss, bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "one_half")
def without_the_reals(real_logits, fake_logits):
    return bce(ops.zeros_like(fake_logits), fake_logits), bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "one_half")
def without_the_fakes(real_logits, fake_logits):
    return bce(ops.ones_like(real_logits), real_logits), bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "reals_in_g_loss")
def both_kinds_flipped_for_the_generator(real_logits, fake_logits):
    real_labels, fake_labels = ops.ones_like(real_logits), ops.zeros_like(fake_logits)
    d_loss = bce(real_labels, real_logits) + bce(fake_labels, fake_logits)
    return d_loss, bce(1 - real_labels, real_logits) + bce(1 - fake_labels, fake_logits)


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


@wrong("step_losses", "differs")
def generator_smoothed(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss, bce(0.9 * ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "wrong_type")
def the_sum_of_all(real_logits, fake_logits):
    d_loss = bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
    return d_loss + bce(ops.ones_like(fake_logits), fake_logits)


@wrong("step_losses", "returns_nothing")
def step_without_return(real_logits, fake_logits):
    bce(ops.ones_like(real_logits), real_logits) + bce(ops.zeros_like(fake_logits), fake_logits)
