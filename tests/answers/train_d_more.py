"""Answers to lab 24, after loops that are found in published code."""

import math

import numpy as np
import tensorflow as tf

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("train_d_more")


# ---- train_round


@right("train_round")
def a_plain_loop(update_d, update_g, real_batch, fake_batch, k):
    d_losses = []
    for _ in range(k):
        real = real_batch()
        fake = fake_batch()
        d_losses.append(update_d(real, fake))
    g_loss = update_g()
    return d_losses, g_loss


@right("train_round")
def a_while_and_an_array(update_d, update_g, real_batch, fake_batch, k):
    losses = np.empty(k)
    i = 0
    while i < k:
        fakes, reals = fake_batch(), real_batch()
        losses[i] = update_d(reals, fakes)
        i += 1
    return losses, np.float32(update_g())


@right("train_round")
def batches_drawn_beforehand(update_d, update_g, real_batch, fake_batch, k):
    pairs = [(real_batch(), fake_batch()) for _ in range(k)]
    return tuple(update_d(*pair) for pair in reversed(pairs)), update_g()


@right("train_round")
def as_tensors(update_d, update_g, real_batch, fake_batch, k):
    d_losses = [update_d(real=tf.constant(real_batch()), fake=tf.constant(fake_batch())) for _ in range(k)]
    return tf.constant(d_losses), tf.constant(update_g())


@right("train_round")
def by_recursion(update_d, update_g, real_batch, fake_batch, k):
    if k == 0:
        return [], update_g()
    d_loss = update_d(real_batch(), fake_batch())
    others, g_loss = by_recursion(update_d, update_g, real_batch, fake_batch, k - 1)
    return [d_loss, *others], g_loss


def trained(update_d, update_g, real_batch, fake_batch, k):
    return [update_d(real_batch(), fake_batch()) for _ in range(k)], update_g()


@wrong("train_round", "differs")
def twice_k(update_d, update_g, real_batch, fake_batch, k):
    return [update_d(real_batch(), fake_batch()) for _ in range(2 * k)], update_g()


@wrong("train_round", "not_batches")
def functions_not_called(update_d, update_g, real_batch, fake_batch, k):
    return [update_d(real_batch, fake_batch) for _ in range(k)], update_g()


@wrong("train_round", "not_batches")
def one_batch_of_k(update_d, update_g, real_batch, fake_batch, k):
    reals, fakes = (np.concatenate([batch() for _ in range(k + 1)]) for batch in (real_batch, fake_batch))
    return [update_d(reals, fakes)] * k, update_g()


@wrong("train_round", "wrong_call")
def fakes_for_g(update_d, update_g, real_batch, fake_batch, k):
    return [update_d(real_batch(), fake_batch()) for _ in range(k)], update_g(fake_batch())


@wrong("train_round", "wrong_call")
def without_batches(update_d, update_g, real_batch, fake_batch, k):
    return [update_d() for _ in range(k)], update_g()


@wrong("train_round", "no_end")
def a_while_that_never_ends(update_d, update_g, real_batch, fake_batch, k):
    d_losses = []
    while k > 0:
        d_losses.append(update_d(real_batch(), fake_batch()))
    return d_losses, update_g()


@wrong("train_round", "not_a_list")
def the_first_loss(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return d_losses[0], g_loss


@wrong("train_round", "not_one_loss")
def a_list_for_g(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return d_losses, [g_loss]


@wrong("train_round", "lost_losses")
def only_those_above_zero(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return [loss for loss in d_losses if loss], g_loss


@wrong("train_round", "lost_losses")
def the_best_first(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return sorted(d_losses), g_loss


@wrong("train_round", "another_result")
def a_list_made_once(update_d, update_g, real_batch, fake_batch, k, d_losses=[]):  # noqa: B006
    for _ in range(k):
        d_losses.append(update_d(real_batch(), fake_batch()))
    return list(d_losses), update_g()


@wrong("train_round", "returns_nothing")
def no_return(update_d, update_g, real_batch, fake_batch, k):
    trained(update_d, update_g, real_batch, fake_batch, k)


@wrong("train_round", "wrong_type")
def one_list(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return [*d_losses, g_loss, 0.0]


@wrong("train_round", "wrong_type")
def words_for_losses(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return [f"{loss:.2f}" for loss in d_losses], g_loss


@wrong("train_round", "not_finite")
def nan_losses(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = trained(update_d, update_g, real_batch, fake_batch, k)
    return [math.nan for _ in d_losses], g_loss


@raises("train_round", "losses.push(")
def pushed(update_d, update_g, real_batch, fake_batch, k):
    losses = []
    losses.push(update_d(real_batch(), fake_batch()))
    return losses, update_g()


# ---- rounds_within


@right("rounds_within")
def by_floor_division(budget, k, d_cost=1, g_cost=1):
    n = budget // (g_cost + d_cost * k)
    return n, n * k, n


@right("rounds_within")
def by_subtraction(budget, k, d_cost=1, g_cost=1):
    rounds = (budget - budget % (k * d_cost + g_cost)) / (k * d_cost + g_cost)
    return [rounds, rounds * k, rounds]


@right("rounds_within")
def by_numpy(budget, k, d_cost=1, g_cost=1):
    rounds = np.floor(budget / (k * d_cost + g_cost)).astype(int)
    return rounds * np.array([1, k, 1])


@right("rounds_within")
def by_int(budget, k, d_cost=1, g_cost=1):
    rounds = int(budget / (k * d_cost + g_cost))
    return rounds, rounds * k, rounds


@right("rounds_within")
def by_tensorflow(budget, k, d_cost=1, g_cost=1):
    rounds = tf.constant(budget) // (k * d_cost + g_cost)
    return tf.stack([rounds, k * rounds, rounds])


@wrong("rounds_within", "rounds_alone")
def one_number(budget, k, d_cost=1, g_cost=1):
    return budget // (k * d_cost + g_cost)


@wrong("rounds_within", "rounds_alone")
def two_numbers(budget, k, d_cost=1, g_cost=1):
    return by_floor_division(budget, k, d_cost, g_cost)[1:]


@wrong("rounds_within", "differs")
def half(budget, k, d_cost=1, g_cost=1):
    rounds = budget // (2 * (k * d_cost + g_cost))
    return rounds, k * rounds, rounds


@wrong("rounds_within", "other_default")
def two_as_the_default(budget, k, d_cost=2, g_cost=1):
    return by_floor_division(budget, k, d_cost, g_cost)


@wrong("rounds_within", "returns_nothing")
def nothing(budget, k, d_cost=1, g_cost=1):
    by_floor_division(budget, k, d_cost, g_cost)


@wrong("rounds_within", "not_finite")
def not_a_number(budget, k, d_cost=1, g_cost=1):
    return math.nan, math.nan, math.nan


@wrong("rounds_within", "wrong_type")
def words(budget, k, d_cost=1, g_cost=1):
    return "rounds", "of D", "of G"


# ---- train_epochs


@right("train_epochs")
def by_the_length_of_the_list(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for batch in batches:
            d_losses += [update_d(batch)]
            if not len(d_losses) % k:
                g_losses += [update_g()]
    return d_losses, g_losses


@right("train_epochs")
def by_a_counter(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses, since = [], [], 0
    for _ in range(n_epochs):
        for batch in batches:
            d_losses.append(update_d(batch))
            since += 1
            if since == k:
                g_losses.append(update_g())
                since = 0
    return np.array(d_losses), np.array(g_losses)


@right("train_epochs")
def by_the_epochs_number(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for epoch in range(n_epochs):
        for i, batch in enumerate(batches):
            d_losses.append(update_d(batch))
            if (epoch * len(batches) + i + 1) % k == 0:
                g_losses.append(update_g())
    return tuple(d_losses), tuple(g_losses)


@right("train_epochs")
def from_one_stream(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for i, batch in enumerate(list(batches) * n_epochs, 1):
        d_losses.append(update_d(batch))
        if i % k == 0:
            g_losses.append(update_g())
    return tf.constant(d_losses), tf.constant(g_losses)


@right("train_epochs")
def round_by_round(update_d, update_g, batches, n_epochs, k):
    stream = list(batches) * n_epochs
    d_losses, g_losses = [], []
    for start in range(0, len(stream), k):
        turn = stream[start : start + k]
        d_losses.extend(update_d(batch) for batch in turn)
        if len(turn) == k:
            g_losses.append(update_g())
    return d_losses, g_losses


@wrong("train_epochs", "skips_batches")
def d_or_g(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for i, batch in enumerate(batches):
            if i % (k + 1) < k:
                d_losses.append(update_d(batch))
            else:
                g_losses.append(update_g())
    return d_losses, g_losses


@wrong("train_epochs", "same_batch")
def each_batch_twice(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for batch in batches:
            d_losses += [update_d(batch), update_d(batch)]
            if len(d_losses) % k == 0:
                g_losses.append(update_g())
    return d_losses, g_losses


@wrong("train_epochs", "generator_k_times")
def g_twice_after_a_round(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for batch in batches * n_epochs:
        d_losses.append(update_d(batch))
        if len(d_losses) % k == 0:
            g_losses += [update_g(), update_g()]
    return d_losses, g_losses


@wrong("train_epochs", "differs")
def every_twice_k(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for batch in batches * n_epochs:
        d_losses.append(update_d(batch))
        if len(d_losses) % (2 * k) == 0:
            g_losses.append(update_g())
    return d_losses, g_losses


@wrong("train_epochs", "another_result")
def in_lists_that_stay(update_d, update_g, batches, n_epochs, k, d_losses=[], g_losses=[]):  # noqa: B006
    for batch in batches * n_epochs:
        d_losses.append(update_d(batch))
        if len(d_losses) % k == 0:
            g_losses.append(update_g())
    return d_losses, g_losses


@wrong("train_epochs", "not_a_batch")
def all_batches_at_once(update_d, update_g, batches, n_epochs, k):
    return [update_d(batches) for _ in range(n_epochs)], [update_g()]


@wrong("train_epochs", "wrong_call")
def no_batch_at_all(update_d, update_g, batches, n_epochs, k):
    return [update_d() for _ in range(n_epochs * len(batches))], [update_g()]


@wrong("train_epochs", "no_end")
def without_end(update_d, update_g, batches, n_epochs, k):
    while k:
        update_d(batches[0])


@wrong("train_epochs", "not_a_list")
def the_sums(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = by_the_length_of_the_list(update_d, update_g, batches, n_epochs, k)
    return sum(d_losses), sum(g_losses)


@wrong("train_epochs", "lost_losses")
def the_last_of_each_round(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = by_the_length_of_the_list(update_d, update_g, batches, n_epochs, k)
    return d_losses[k - 1 :: k], g_losses


@wrong("train_epochs", "lost_losses")
def a_list_for_each_epoch(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = by_the_length_of_the_list(update_d, update_g, batches, n_epochs, k)
    return d_losses[-len(batches) :], g_losses


@wrong("train_epochs", "returns_nothing")
def no_result(update_d, update_g, batches, n_epochs, k):
    by_the_length_of_the_list(update_d, update_g, batches, n_epochs, k)


@wrong("train_epochs", "wrong_type")
def the_losses_of_d_alone(update_d, update_g, batches, n_epochs, k):
    return by_the_length_of_the_list(update_d, update_g, batches, n_epochs, k)[0]


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("train_round", "lost_losses")
def losses_in_half_precision(update_d, update_g, real_batch, fake_batch, k):
    d_losses, g_loss = a_plain_loop(update_d, update_g, real_batch, fake_batch, k)
    return np.float16(d_losses), g_loss


@wrong("rounds_within", "differs")
def a_little_more_than_whole_rounds(budget, k, d_cost=1, g_cost=1):
    rounds = budget // (k * d_cost + g_cost) + 0.005
    return rounds, k * rounds, rounds


@wrong("train_epochs", "lost_losses")
def g_losses_in_half_precision(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = by_a_counter(update_d, update_g, batches, n_epochs, k)
    return d_losses, np.float16(g_losses)


@wrong("train_epochs", "number_of_a_batch")
def numbers_in_place_of_batches(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for i in range(len(batches)):
            d_losses.append(update_d(i))
            if len(d_losses) % k == 0:
                g_losses.append(update_g())
    return d_losses, g_losses


@wrong("train_round", "one_flat_list")
def all_losses_in_one_list(update_d, update_g, real_batch, fake_batch, k):
    d_losses = [update_d(real_batch(), fake_batch()) for _ in range(k)]
    return [*d_losses, update_g()]


@wrong("rounds_within", "another_order")
def rounds_in_the_middle(budget, k, d_cost=1, g_cost=1):
    rounds = budget // (k * d_cost + g_cost)
    return k * rounds, rounds, rounds


@wrong("train_round", "one_update_k_times")
def a_result_k_times(update_d, update_g, real_batch, fake_batch, k):
    return [update_d(real_batch(), fake_batch())] * k, update_g()
