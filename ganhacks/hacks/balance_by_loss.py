"""Balancing by the losses: they decide who is trained next; and a controller."""

import numpy as np


def balanced_round(update_d, update_g, d_target, g_target, most):
    """Play a round of the talk's schedule: D while its loss is above a target, then G.

    update_d, update_g: functions without arguments. A call is one update, and returns
    the loss of its batch, a float.
    d_target, g_target: floats, the talk's A and B; they may be infinite.
    most: a whole number from 1.
    First D has its updates, then G. The first update of each is always made, whatever
    its target: nothing else tells the loss. After it each goes on while its latest loss
    is above its target, up to `most` updates of D and `most` of G.
    Returns (d_losses, g_losses): two lists, the losses in the order of the updates.
    Source: Chintala et al. 2016, trick 11. The limit is ours.

    >>> d, g = iter([0.9, 0.4, 0.2]), iter([2.0, 1.5, 1.2, 1.1])
    >>> balanced_round(lambda: next(d), lambda: next(g), 0.5, 1.0, most=3)
    ([0.9, 0.4], [2.0, 1.5, 1.2])
    """

    def train(update, target):
        losses = [update()]
        while losses[-1] > target and len(losses) < most:
            losses.append(update())
        return losses

    return train(update_d, d_target), train(update_g, g_target)


def lowest_d_loss(p_data, p_g):
    """Return the lowest loss that any discriminator can reach against this generator.

    p_data, p_g: float arrays (n,), how probable each of n points is among reals and
    among fakes. Each adds up to 1. A point may be missing on one side, with
    probability 0, not on both.
    Returns a float: the mean of -log D over the reals plus the mean of -log(1 - D) over
    the fakes, with natural logarithms, for the best D.
    Source: Goodfellow et al. 2014, theorem 1: it is 2 ln 2 less twice the
    Jensen-Shannon divergence.

    >>> p_data, p_g = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.5, 0.5])
    >>> round(lowest_d_loss(p_data, p_g), 3), round(lowest_d_loss(p_data, p_data), 3)
    (0.693, 1.386)
    """
    loss = 0.0
    for p in (p_data, p_g):
        there = p > 0
        loss -= np.sum(p[there] * np.log(p[there] / (p_data + p_g)[there]))
    return float(loss)


def gated_training(update_d, update_g, measure_d, d_target, steps):
    """Train G at every step, and D first if its loss is above a target now.

    update_d, update_g, measure_d: functions without arguments that return a float. The
    first two make one update and return the loss of its batch; `measure_d` tells D's
    present loss, on a new batch at each call, and trains nobody.
    d_target: a float. steps: a whole number from 0.
    At each step, in this order: D's loss is measured, once; if that number is above
    `d_target`, D has one update; G has one update.
    Returns a list of `steps` floats: D's loss as measured at the start of each step.

    >>> d, g, measured = iter([0.8, 0.7]), iter([1.0, 1.1]), iter([0.9, 0.4])
    >>> gated_training(lambda: next(d), lambda: next(g), lambda: next(measured), 0.5, 2)
    [0.9, 0.4]
    >>> list(d), list(g)  # the updates that were not made
    ([0.7], [])
    """
    losses = []
    for _ in range(steps):
        losses.append(measure_d())
        if losses[-1] > d_target:
            update_d()
        update_g()
    return losses


def adapt_strength(strength, real_logits, target=0.6, speed=0.01):
    """Move the strength of an augmentation one small step, as ADA does.

    strength: a float in [0, 1]. real_logits: float array (n, 1), D's answers to reals.
    target: a float in (-1, 1). speed: a float, the size of a step.
    Returns the new strength, a float in [0, 1]: higher by `speed` if the mean sign of
    the logits is above the target, lower by it if below, and at the ends no further.
    (What happens exactly at the target is up to you.)
    Source: Karras et al. 2020, Training Generative Adversarial Networks with Limited
    Data.

    >>> sure, unsure = np.array([[2.0], [1.0]]), np.array([[9.0], [-1.0]])
    >>> [round(adapt_strength(0.5, logits), 3) for logits in (sure, unsure)]
    [0.51, 0.49]
    >>> adapt_strength(1.0, sure), adapt_strength(0.0, unsure)
    (1.0, 0.0)
    """
    surprise = np.mean(np.sign(real_logits)) - target
    return float(np.clip(strength + speed * np.sign(surprise), 0, 1))
