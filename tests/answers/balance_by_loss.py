"""Answers to lab 20, after loops that are found in published code."""

import math

import numpy as np
import tensorflow as tf

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("balance_by_loss")


# ---- balanced_round


@right("balanced_round")
def two_plain_loops(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = [update_d()], []
    while d_losses[-1] > d_target and len(d_losses) < most:
        d_losses.append(update_d())
    g_losses.append(update_g())
    while g_losses[-1] > g_target and len(g_losses) < most:
        g_losses.append(update_g())
    return d_losses, g_losses


@right("balanced_round")
def for_and_break(update_d, update_g, d_target, g_target, most):
    losses = {"d": [], "g": []}
    for name, update, target in (("d", update_d, d_target), ("g", update_g, g_target)):
        for _ in range(most):
            loss = update()
            losses[name].append(loss)
            if loss <= target:
                break
    return losses["d"], losses["g"]


@right("balanced_round")
def by_recursion(update_d, update_g, d_target, g_target, most):
    def go(update, target, left):
        loss = update()
        return [loss] + (go(update, target, left - 1) if loss > target and left > 1 else [])

    return [go(update_d, d_target, most), go(update_g, g_target, most)]


@right("balanced_round")
def one_more_if_it_is_due(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = [], []
    while not d_losses or (d_losses[-1] > d_target and len(d_losses) < most):
        d_losses.append(update_d())
    while not g_losses or (g_losses[-1] > g_target and len(g_losses) < most):
        g_losses.append(update_g())
    return d_losses, g_losses


@right("balanced_round")
def as_tensors(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = two_plain_loops(update_d, update_g, d_target, g_target, most)
    return tf.constant(d_losses), tf.constant(g_losses)


def several(update, target, most, goes_on=lambda loss, target: loss > target):
    losses = [update()]
    while len(losses) < most and goes_on(losses[-1], target):
        losses.append(update())
    return losses


@wrong("balanced_round", "only_one")
def if_in_place_of_while(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = [update_d()], []
    if d_losses[-1] > d_target and most > 1:
        d_losses.append(update_d())
    g_losses.append(update_g())
    if g_losses[-1] > g_target and most > 1:
        g_losses.append(update_g())
    return d_losses, g_losses


@wrong("balanced_round", "judged_by_the_other")
def copied_and_half_renamed(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = several(update_d, d_target, most), [update_g()]
    for _ in range(most - 1):
        if d_losses[-1] <= g_target:
            break
        g_losses.append(update_g())
    return d_losses, g_losses


@wrong("balanced_round", "no_first_update")
def asked_with_the_other_loss(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = several(update_d, d_target, most), []
    while d_losses[-1] > g_target and len(g_losses) < most:
        g_losses.append(update_g())
    return d_losses, g_losses


@wrong("balanced_round", "takes_turns")
def by_turns_while_somebody_is_above(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = [update_d()], [update_g()]
    while d_losses[-1] > d_target and len(d_losses) < most:
        d_losses.append(update_d())
    while g_losses[-1] > g_target and len(g_losses) < most:
        g_losses.append(update_g())
    return d_losses, g_losses


@wrong("balanced_round", "generator_first")
def g_once_before_all(update_d, update_g, d_target, g_target, most):
    g_losses = [update_g()]
    d_losses = several(update_d, d_target, most)
    while g_losses[-1] > g_target and len(g_losses) < most:
        g_losses.append(update_g())
    return d_losses, g_losses


@wrong("balanced_round", "differs")
def twice_the_limit(update_d, update_g, d_target, g_target, most):
    return several(update_d, d_target, 2 * most), several(update_g, g_target, 2 * most)


@wrong("balanced_round", "wrong_call")
def a_target_for_the_update(update_d, update_g, d_target, g_target, most):
    return several(lambda: update_d(d_target), d_target, most), several(update_g, g_target, most)


@wrong("balanced_round", "another_result")
def in_lists_that_stay(update_d, update_g, d_target, g_target, most, d_losses=[], g_losses=[]):  # noqa: B006
    d_losses += several(update_d, d_target, most)
    g_losses += several(update_g, g_target, most)
    return list(d_losses), list(g_losses)


@wrong("balanced_round", "not_a_list")
def the_first_losses(update_d, update_g, d_target, g_target, most):
    return several(update_d, d_target, most)[0], several(update_g, g_target, most)[0]


@wrong("balanced_round", "no_first_loss")
def the_lists_lines_as_they_are(update_d, update_g, d_target, g_target, most):
    while d_loss > d_target:  # noqa: F821
        d_loss = update_d()
    while g_loss > g_target:  # noqa: F821
        g_loss = update_g()
    return [d_loss], [g_loss]


@wrong("balanced_round", "no_first_loss")
def the_last_of_an_empty_list(update_d, update_g, d_target, g_target, most):
    d_losses, g_losses = [], []
    while d_losses[-1] > d_target and len(d_losses) < most:
        d_losses.append(update_d())
    while g_losses[-1] > g_target and len(g_losses) < most:
        g_losses.append(update_g())
    return d_losses, g_losses


@wrong("balanced_round", "no_first_loss")
def from_none(update_d, update_g, d_target, g_target, most):
    d_loss = None
    while d_loss > d_target:
        d_loss = update_d()
    return [d_loss], several(update_g, g_target, most)


@wrong("balanced_round", "lost_losses")
def from_high_to_low(update_d, update_g, d_target, g_target, most):
    losses = several(update_d, d_target, most), several(update_g, g_target, most)
    return tuple(sorted(some, reverse=True) for some in losses)


@wrong("balanced_round", "returns_nothing")
def no_return(update_d, update_g, d_target, g_target, most):
    several(update_d, d_target, most)
    several(update_g, g_target, most)


@wrong("balanced_round", "wrong_type")
def one_list(update_d, update_g, d_target, g_target, most):
    return several(update_d, d_target, most) + several(update_g, g_target, most) + [0.0]


@raises("balanced_round", "balanced_round_of_floats")
def not_called(update_d, update_g, d_target, g_target, most):
    balanced_round_of_floats = update_d > d_target
    return balanced_round_of_floats


@raises("balanced_round", "NameError")
def a_loss_misspelt(update_d, update_g, d_target, g_target, most):
    d_loss = update_d()
    return [d_loss, dloss], several(update_g, g_target, most)  # noqa: F821


@raises("balanced_round", "UnboundLocalError")
def a_counter_without_a_start(update_d, update_g, d_target, g_target, most):
    d_losses = [update_d()]
    while d_losses[-1] > d_target and count < most:  # noqa: F821
        d_losses.append(update_d())
        count += 1  # noqa: F821, F841
    return d_losses, several(update_g, g_target, most)


# ---- lowest_d_loss


@right("lowest_d_loss")
def by_the_best_answer(p_data, p_g):
    best = p_data / (p_data + p_g)
    reals = np.where(p_data > 0, p_data * np.log(np.where(p_data > 0, best, 1)), 0)
    fakes = np.where(p_g > 0, p_g * np.log(np.where(p_g > 0, 1 - best, 1)), 0)
    return -(reals + fakes).sum()


@right("lowest_d_loss")
def point_by_point(p_data, p_g):
    loss = 0
    for p, q in zip(p_data, p_g):
        if p > 0:
            loss -= p * np.log(p / (p + q))
        if q > 0:
            loss -= q * np.log(q / (p + q))
    return loss


@right("lowest_d_loss")
def by_the_divergence(p_data, p_g):
    middle = (p_data + p_g) / 2

    def kl(p):
        return sum(x * np.log(x / m) for x, m in zip(p, middle) if x > 0)

    return 2 * np.log(2) - kl(p_data) - kl(p_g)


@right("lowest_d_loss")
def with_a_tiny_epsilon(p_data, p_g):
    best = np.clip(p_data / (p_data + p_g), 1e-9, 1 - 1e-9)
    return float(-np.sum(p_data * np.log(best)) - np.sum(p_g * np.log(1 - best)))


@right("lowest_d_loss")
def by_tensorflow(p_data, p_g):
    best = tf.constant(p_data / (p_data + p_g))
    return -tf.reduce_sum(tf.math.xlogy(p_data, best) + tf.math.xlogy(p_g, 1 - best))


def best_of(p_data, p_g):
    return np.clip(p_data / (p_data + p_g), 1e-12, 1 - 1e-12)


@wrong("lowest_d_loss", "zeros")
def by_math(p_data, p_g):
    pairs = list(zip(p_data.tolist(), p_g.tolist()))
    return -sum(p * math.log(p / (p + q)) + q * math.log(q / (p + q)) for p, q in pairs)


@wrong("lowest_d_loss", "not_finite")
def something_small_added_to_the_answer(p_data, p_g):
    d = p_data / (p_data + p_g) + 1e-7
    return -np.sum(p_data * np.log(d)) - np.sum(p_g * np.log(1 - d))


@wrong("lowest_d_loss", "kullback_leibler")
def less_the_forward_divergence(p_data, p_g):
    there = (p_data > 0) & (p_g > 0)
    return 2 * np.log(2) - np.sum(p_data[there] * np.log(p_data[there] / p_g[there]))


@right("lowest_d_loss")
def points_of_one_side_left_out(p_data, p_g):
    both = (p_data > 0) & (p_g > 0)
    return by_the_best_answer(p_data[both], p_g[both])


@wrong("lowest_d_loss", "differs")
def a_perfect_discriminator(p_data, p_g):
    return 0.0


@wrong("lowest_d_loss", "differs")
def the_best_answers_middle(p_data, p_g):
    return -2 * np.log(np.mean(best_of(p_data, p_g)))


# ---- gated_training


@right("gated_training")
def measured_at_every_step(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for _ in range(steps):
        d_loss = measure_d()
        losses.append(d_loss)
        if d_loss > d_target:
            update_d()
        update_g()
    return losses


@right("gated_training")
def measured_at_the_end_of_a_step(update_d, update_g, measure_d, d_target, steps):
    losses, d_loss = [], measure_d()
    for _ in range(steps):
        losses.append(d_loss)
        if d_loss > d_target:
            update_d()
        update_g()
        d_loss = measure_d()
    return losses


@right("gated_training")
def in_one_line_each(update_d, update_g, measure_d, d_target, steps):
    def step():
        loss = measure_d()
        return loss, loss > d_target and update_d(), update_g()

    return np.array([step()[0] for _ in range(steps)])


@right("gated_training")
def by_a_while_over_steps(update_d, update_g, measure_d, d_target, steps):
    losses = []
    while len(losses) < steps:
        losses += [measure_d()]
        if not losses[-1] <= d_target:
            update_d()
        update_g()
    return tuple(losses)


@wrong("gated_training", "latched")
def refreshed_only_when_it_opens(update_d, update_g, measure_d, d_target, steps):
    losses, d_loss = [measure_d()], None
    for _ in range(steps):
        d_loss = losses[-1] if d_loss is None else d_loss
        if d_loss > d_target:
            d_loss = update_d()
        update_g()
        losses.append(d_loss)
    return losses[:steps]


@wrong("gated_training", "forced")
def every_third_step(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for step in range(steps):
        losses.append(measure_d())
        if step % 3 == 1:
            update_d()
        update_g()
    return losses


@wrong("gated_training", "wrong_call")
def a_target_for_the_measure(update_d, update_g, measure_d, d_target, steps):
    return [measure_d(d_target) for _ in range(steps)]


@wrong("gated_training", "forced")
def every_fifth_step_to_be_safe(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for step in range(steps):
        losses.append(measure_d())
        if losses[-1] > d_target or step % 5 == 4:
            update_d()
        update_g()
    return losses


@wrong("gated_training", "forced")
def the_projects_second_condition(update_d, update_g, measure_d, d_target, steps):
    losses, waited = [], 0
    for _ in range(steps):
        losses.append(measure_d())
        waited += 1
        if losses[-1] > d_target or waited > 50:
            update_d()
            waited = 0
        update_g()
    return losses


@wrong("gated_training", "wrong_number_of_steps")
def until_d_is_good(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for _ in range(steps):
        losses.append(measure_d())
        if losses[-1] > d_target:
            update_d()
        update_g()
        if losses[-1] < d_target / 10:
            break
    return losses


@wrong("gated_training", "several_at_once")
def while_in_place_of_if(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for _ in range(steps):
        losses.append(measure_d())
        while measure_d() > d_target:
            update_d()
        update_g()
    return losses


@wrong("gated_training", "wrong_number_of_steps")
def one_step_less(update_d, update_g, measure_d, d_target, steps):
    return measured_at_every_step(update_d, update_g, measure_d, d_target, steps - 1)


@wrong("gated_training", "no_end")
def a_while_on_an_old_number(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for _ in range(steps):
        d_loss = measure_d()
        losses.append(d_loss)
        while d_loss > d_target:
            update_d()
        update_g()
    return losses


@wrong("gated_training", "lost_losses")
def one_loss_too_many(update_d, update_g, measure_d, d_target, steps):
    return [*measured_at_every_step(update_d, update_g, measure_d, d_target, steps), measure_d()]


@wrong("gated_training", "not_a_list")
def the_last_loss(update_d, update_g, measure_d, d_target, steps):
    losses = measured_at_every_step(update_d, update_g, measure_d, d_target, steps)
    return losses[-1] if losses else 0.0


@wrong("gated_training", "returns_nothing")
def no_list(update_d, update_g, measure_d, d_target, steps):
    measured_at_every_step(update_d, update_g, measure_d, d_target, steps)


# ---- adapt_strength


@right("adapt_strength")
def by_comparisons(strength, real_logits, target=0.6, speed=0.01):
    r = np.sign(real_logits).mean()
    strength = strength + speed if r > target else strength - speed
    return min(max(strength, 0.0), 1.0)


@right("adapt_strength")
def by_counting(strength, real_logits, target=0.6, speed=0.01):
    r = 2 * np.mean(np.asarray(real_logits) > 0) - 1
    return np.clip(strength + np.copysign(speed, r - target), 0, 1)


@right("adapt_strength")
def in_a_loop(strength, real_logits, target=0.6, speed=0.01):
    total = 0
    for logit in real_logits[:, 0]:
        total += 1 if logit > 0 else -1
    if total > target * len(real_logits):
        return min(1, strength + speed)
    return max(0, strength - speed)


@right("adapt_strength")
def with_tensors(strength, real_logits, target=0.6, speed=0.01):
    surprise = tf.reduce_mean(tf.sign(tf.cast(real_logits, "float32"))) - target
    return tf.clip_by_value(strength + speed * tf.sign(surprise), 0.0, 1.0)


@right("adapt_strength")
def by_probabilities_around_a_half(strength, real_logits, target=0.6, speed=0.01):
    probabilities = 1 / (1 + np.exp(-real_logits))
    return float(np.clip(strength + speed * np.sign(np.mean(np.sign(probabilities - 0.5)) - target), 0, 1))


def moved(strength, step):
    return float(np.clip(strength + step, 0, 1))


@wrong("adapt_strength", "ignores_argument")
def always_point_six(strength, real_logits, target=0.6, speed=0.01):
    return moved(strength, speed * np.sign(np.mean(np.sign(real_logits)) - 0.6))


@wrong("adapt_strength", "other_default")
def target_of_the_lab_as_the_default(strength, real_logits, target=0.3, speed=0.01):
    return moved(strength, speed * np.sign(np.mean(np.sign(real_logits)) - target))


@wrong("adapt_strength", "ignores_argument")
def always_a_hundredth(strength, real_logits, target=0.6, speed=0.01):
    return moved(strength, 0.01 * np.sign(np.mean(np.sign(real_logits)) - target))


@wrong("adapt_strength", "differs")
def by_the_median(strength, real_logits, target=0.6, speed=0.01):
    return moved(strength, speed * np.sign(np.median(real_logits) - target))


@wrong("adapt_strength", "wrong_type")
def a_list_of_one(strength, real_logits, target=0.6, speed=0.01):
    return [moved(strength, speed * np.sign(np.mean(np.sign(real_logits)) - target))]


@wrong("adapt_strength", "returns_nothing")
def changed_in_place(strength, real_logits, target=0.6, speed=0.01):
    strength += speed * np.sign(np.mean(np.sign(real_logits)) - target)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("balanced_round", "lost_losses")
def losses_in_half_precision(update_d, update_g, d_target, g_target, most):
    return tuple(np.float16(losses) for losses in two_plain_loops(update_d, update_g, d_target, g_target, most))


@wrong("lowest_d_loss", "other_offset")
def a_thousandth_more(p_data, p_g):
    return point_by_point(p_data, p_g) + 1e-3


@wrong("gated_training", "lost_losses")
def gated_losses_in_half_precision(update_d, update_g, measure_d, d_target, steps):
    return np.float16(measured_at_every_step(update_d, update_g, measure_d, d_target, steps))


@wrong("adapt_strength", "nearly")
def of_a_strength_that_leaks(strength, real_logits, target=0.6, speed=0.01):
    return by_comparisons(0.999 * strength, real_logits, target, speed)


@wrong("lowest_d_loss", "other_factor")
def a_five_hundredth_more(p_data, p_g):
    return 1.002 * point_by_point(p_data, p_g)


@wrong("gated_training", "measured_often")
def looks_once_more_at_each_step(update_d, update_g, measure_d, d_target, steps):
    losses = []
    for _ in range(steps):
        losses.append(measure_d())
        measure_d()
        if losses[-1] > d_target:
            update_d()
        update_g()
    return losses


@wrong("gated_training", "measured_often")
def looks_before_the_loop(update_d, update_g, measure_d, d_target, steps):
    measure_d()
    losses = []
    for _ in range(steps):
        losses.append(measure_d())
        if losses[-1] > d_target:
            update_d()
        update_g()
    return losses
