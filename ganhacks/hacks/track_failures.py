"""Alarms on losses, gradients, fakes and weights, and a monitor made of all of them."""

import numpy as np


def d_has_won(d_loss, level=0.1, window=100):
    """Tell whether the discriminator's loss has come down to near 0 and is there now.

    d_loss: float array (n,), n from 1, the summed loss (of reals and of fakes) at n
    steps, the latest last. level: a float. window: a whole number from 1.
    Returns True if the mean of the last `window` values is below `level`, else False.
    Where there are fewer values than that, it is the mean of all.
    Source: Chintala et al. 2016, trick 10. The window is ours.

    >>> d_loss = np.array([1.4, 0.02, 0.04])
    >>> d_has_won(d_loss, window=2), d_has_won(d_loss, window=3)
    (True, False)
    """
    return bool(np.mean(d_loss[-window:]) < level)


def gradient_alarm(norms, low=0.1, high=100.0, window=100):
    """Tell whether gradients have been far too large or far too small for a while.

    norms: float array (n,), n from 1, the norm of one network's gradients at n steps,
    the latest last. low, high: floats, above 0. window: a whole number from 1.
    Returns "exploding" if more than half of the last `window` norms are above `high`;
    "vanishing" if more than half of them are below `low`; None otherwise. Where there
    are fewer norms than that, all count.
    Source: Chintala et al. 2016, trick 10, for the 100. The rest is ours.

    >>> runs = [1.0, 500.0, 200.0], [0.01, 3.0, 0.02], [1.0, 2.0, 900.0]
    >>> [gradient_alarm(np.array(norms)) for norms in runs]
    ['exploding', 'vanishing', None]
    """
    recent = norms[-window:]
    if np.mean(recent > high) > 0.5:
        return "exploding"
    return "vanishing" if np.mean(recent < low) > 0.5 else None


def too_alike(fakes, reals, share=0.5):
    """Tell whether the fakes are much closer to each other than the reals are.

    fakes: float array (n, ...), n from 2. reals: float array (m, ...), m from 2,
    samples of the same shape. share: a float, above 0.
    Returns True if the mean Euclidean distance between two different fakes is below
    `share` times that between two different reals, else False.

    >>> fakes, reals = np.array([[0.0], [1.5]]), np.array([[0.0], [2.0], [4.0]])
    >>> too_alike(fakes, reals), too_alike(fakes, reals, share=0.6)
    (False, True)
    """

    def mean_distance(samples):
        flat = samples.reshape(len(samples), -1)
        distances = [
            np.linalg.norm(flat[i + 1 :] - flat[i], axis=1)
            for i in range(len(flat) - 1)
        ]
        return np.mean(np.concatenate(distances))

    return bool(mean_distance(fakes) < share * mean_distance(reals))


def grid_pattern(images):
    """Measure how much brighter some of every two by two pixels are, in all images.

    images: float array (n, height, width), both even.
    Returns a float: the standard deviation of the mean brightness of the four places.
    Source: after Odena, Dumoulin and Olah 2016; the measure is ours.

    >>> dots = np.tile([[1.0, 0.0], [0.0, 0.0]], (1, 3, 3))
    >>> both = np.concatenate([dots, 1 - dots])  # in the mean of all there is no grid
    >>> round(float(grid_pattern(dots)), 3), round(float(grid_pattern(both)), 3)
    (0.433, 0.0)
    """
    n, height, width = images.shape
    return float(
        images.reshape(n, height // 2, 2, width // 2, 2).mean(axis=(0, 1, 3)).std()
    )


def monitor(run):
    """Return the alarms that a run gives reason for.

    run: a `ganhacks.evidence.recordings.Run`; its docstring says what it holds.
    Returns a list of texts, one for each alarm, in any words. It is empty for a run
    that looks healthy.

    >>> class Run:  # a healthy one
    ...     d_loss = g_loss = d_gradient_norm = g_gradient_norm = np.ones(100)
    ...     fakes, reals = np.eye(2)[None], np.eye(2)
    ...     d_moved = g_moved = np.array([0.1])
    >>> monitor(Run)
    []
    >>> Run.g_moved = np.array([0.0])
    >>> bool(monitor(Run))
    True
    """
    late = run.fakes[len(run.fakes) // 2 :]
    g_alarm = gradient_alarm(run.g_gradient_norm)
    signs = {
        "D has won": d_has_won(run.d_loss),
        f"G's gradients are {g_alarm}": g_alarm is not None,
        "the fakes are too alike": any(too_alike(fakes, run.reals) for fakes in late),
        "there is a grid in the fakes": late.ndim == 4
        and grid_pattern(late[-1]) > 0.04,
        "a network stands still": min(run.d_moved[-1], run.g_moved[-1]) < 1e-6,
    }
    return [sign for sign, seen in signs.items() if seen]
