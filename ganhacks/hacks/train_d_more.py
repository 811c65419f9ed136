"""Training the discriminator more: k of its updates to one of G, and the cost."""


def train_round(update_d, update_g, real_batch, fake_batch, k):
    """Play one round: k updates of D, each on new batches, and then one of G.

    real_batch, fake_batch: functions without arguments. A call returns a new batch;
    fakes are made by the generator as it is now.
    update_d: a function of (reals, fakes). update_g: a function without arguments. A
    call of either is one update, and returns the loss of its batch, a float.
    k: a whole number from 1.
    Returns (d_losses, g_loss): the list of D's k losses in order, and G's one.
    Source: Goodfellow et al. 2014, algorithm 1; Chintala et al. 2016, trick 14.

    >>> reals, fakes = iter([1.0, 2.0, 3.0]), iter([10.0, 20.0, 30.0])
    >>> train_round(
    ...     update_d=lambda real, fake: real + fake,
    ...     update_g=lambda: 0.5,
    ...     real_batch=lambda: next(reals),
    ...     fake_batch=lambda: next(fakes),
    ...     k=2,
    ... )
    ([11.0, 22.0], 0.5)
    """
    d_losses = [update_d(real_batch(), fake_batch()) for _ in range(k)]
    return d_losses, update_g()


def rounds_within(budget, k, d_cost=1, g_cost=1):
    """Count what a budget pays for: rounds of k updates of D and one of G.

    budget, d_cost, g_cost: whole numbers from 0, not both costs 0. An update of D costs
    `d_cost`, one of G `g_cost`, in any unit: microseconds, or 1 to count updates.
    k: a whole number from 1.
    Returns (rounds, d_updates, g_updates), three whole numbers: the rounds within the
    budget, and the updates of each in these rounds. What is left over starts no round.

    >>> rounds_within(100, k=5), rounds_within(100, k=5, d_cost=2, g_cost=9)
    ((16, 80, 16), (5, 25, 5))
    """
    rounds = budget // (k * d_cost + g_cost)
    return rounds, k * rounds, rounds


def train_epochs(update_d, update_g, batches, n_epochs, k):
    """Train D on every batch, and G after every k-th update of D.

    update_d: a function of the real batch. update_g: a function without arguments. A
    call of either is one update, and returns a float, its loss.
    batches: a list, the real batches of one epoch. n_epochs: a whole number from 0.
    k: a whole number from 1.
    D's updates are counted from the first epoch to the last: where an epoch ends in the
    middle of a round, the next one goes on with it. A round that never gets full has no
    update of G.
    Returns (d_losses, g_losses): two lists of floats, in order.

    >>> batches = [0.1, 0.2, 0.3]
    >>> train_epochs(lambda batch: batch, lambda: 0.7, batches, n_epochs=2, k=4)
    ([0.1, 0.2, 0.3, 0.1, 0.2, 0.3], [0.7])
    """
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for batch in batches:
            d_losses.append(update_d(batch))
            if len(d_losses) % k == 0:
                g_losses.append(update_g())
    return d_losses, g_losses
