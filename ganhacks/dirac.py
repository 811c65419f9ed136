"""The Dirac-GAN: the smallest GAN there is, two numbers, whose training can be followed on paper.

The data are a single point at 0, the generator a single point at theta, the discriminator the line D(x) = psi * x. Both
players rest at (0, 0). Source: Mescheder, Geiger and Nowozin 2018, arXiv:1801.04406.
"""

from statistics import NormalDist

import numpy as np

STEP_SIZE = 0.2
NOISE_BATCH = 512  # noisy copies of each point in one step
# 101 numbers that stand for N(0, 1), each for one part in 101 of it.
QUANTILES = np.array([NormalDist().inv_cdf((i + 0.5) / 101) for i in range(101)])


def sigmoid(x):
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def d_direction(psi, real, fake, gamma=0.0):
    """Return which way psi moves to lower the discriminator's loss: the minus of its slope.

    The loss is the mean of -log sigmoid(D(real)) - log(1 - sigmoid(D(fake))), plus gamma / 2 * psi**2, which is the R1
    penalty here. real, fake: numbers or arrays (n,).
    """
    return np.mean(real * sigmoid(-psi * real)) - np.mean(fake * sigmoid(psi * fake)) - gamma * psi


def saturating(psi, fake):
    """Return which way theta moves to lower log(1 - sigmoid(D(fake))), the loss of the minimax game."""
    return psi * np.mean(sigmoid(psi * fake))


def non_saturating(psi, fake):
    """Return which way theta moves to lower -log sigmoid(D(fake)), the loss that people use."""
    return psi * np.mean(sigmoid(-psi * fake))


def play(start, g_direction=saturating, order="together", d_steps=1, gamma=0.0, noise=0.0, rng=None, steps=500):
    """Play the game and return the path of (theta, psi), float64 (steps + 1, 2).

    start: (theta, psi). g_direction: `saturating` or `non_saturating`. order: "together" (both look at where the other
    was), "G first" or "D first" (the second looks at where the first has gone). d_steps: moves of D for one of G.
    gamma: weight of the R1 penalty. noise: standard deviation of the noise on both points, drawn from `rng`.
    """
    theta, psi = start
    path = [start]
    for _ in range(steps):
        on_real, on_fake = noise * rng.standard_normal((2, NOISE_BATCH)) if noise else (0.0, 0.0)

        def g_move(theta, psi, on_fake=on_fake):
            return theta + STEP_SIZE * g_direction(psi, theta + on_fake)

        def d_move(theta, psi, on_real=on_real, on_fake=on_fake):
            for _ in range(d_steps):
                psi = psi + STEP_SIZE * d_direction(psi, on_real, theta + on_fake, gamma)
            return psi

        if order == "together":
            theta, psi = g_move(theta, psi), d_move(theta, psi)
        elif order == "G first":
            theta = g_move(theta, psi)
            psi = d_move(theta, psi)
        else:
            psi = d_move(theta, psi)
            theta = g_move(theta, psi)
        path.append((theta, psi))
    return np.array(path)


def directions(theta, psi, g_direction=saturating, gamma=0.0, noise=0.0):
    """Return which way theta and psi move, on average over the noise: float64 (2,). Arguments as for `play`."""
    blur = noise * QUANTILES
    return np.array([g_direction(psi, theta + blur), d_direction(psi, blur, theta + blur, gamma)])


def radius(path):
    """Return the distance of a path's last point from (0, 0)."""
    return float(np.linalg.norm(path[-1]))


def eigenvalues(gamma=0.0):
    """Return the two eigenvalues of one simultaneous step near (0, 0); one above 1 in size leads away from it."""
    return np.linalg.eigvals(np.eye(2) + STEP_SIZE * np.array([[0, 0.5], [-0.5, -gamma]]))
