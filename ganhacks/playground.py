"""Pictures of the game itself: phase portraits of the Dirac-GAN, and a GAN in the plane as it plays."""

import numpy as np
import tensorflow as tf

from ganhacks.plots import BLUE, ORANGE, PINK, as_picture


def portraits(paths, fields, alt, reach=2.2, size=2.5):
    """Draw phase portraits of the Dirac-GAN side by side.

    paths: title -> (steps + 1, 2), theta and psi. fields: title -> function of (theta, psi) that returns the direction
    of both. alt: what to see. A path starts at the circle and ends at the cross; arrows show the directions, as
    long as the square root of the speed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size * len(paths), size + 0.3), dpi=100, layout="constrained")
    ticks = np.linspace(-reach, reach, 13)
    for i, (title, path) in enumerate(paths.items()):
        axes = figure.add_subplot(1, len(paths), i + 1)
        arrows = np.array([[fields[title](theta, psi) for theta in ticks] for psi in ticks])
        arrows /= np.sqrt(np.linalg.norm(arrows, axis=-1, keepdims=True) + 1e-9)  # so that short ones can be seen
        axes.quiver(ticks, ticks, arrows[..., 0], arrows[..., 1], color="0.55", pivot="mid", scale=14, width=0.006)
        axes.plot(*path.T, color=BLUE, linewidth=1)
        axes.plot(*path[0], "o", color=BLUE, markerfacecolor="white")
        axes.plot(*path[-1], "X", color=ORANGE)
        axes.set_title(title, fontsize=9)
        axes.set_aspect("equal")
        axes.set_xlim(-reach, reach)
        axes.set_ylim(-reach, reach)
        axes.set_xlabel("generator, θ")
        if i == 0:
            axes.set_ylabel("discriminator, ψ")
    return as_picture(figure, alt)


def surface(history, real, n_fakes=200, reach=3.0):
    """Draw a GAN in the plane: D's probability of "real" as shades, reals, fakes, and where each fake is pulled.

    history: a History of a GAN whose samples are points. real: (n, 2). An arrow is the direction in which D's logit
    rises fastest at that fake, as long as the square root of the slope.
    """
    from matplotlib.figure import Figure

    ticks = np.linspace(-reach, reach, 61, dtype="float32")
    places = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    probability = tf.sigmoid(history.discriminator(places, training=False)).numpy().reshape(61, 61)
    fakes = tf.constant(history.samples(n_fakes))
    with tf.GradientTape() as tape:
        tape.watch(fakes)
        logits = history.discriminator(fakes, training=False)
    slopes = tape.gradient(logits, fakes).numpy()
    arrows = slopes / np.sqrt(np.linalg.norm(slopes, axis=1, keepdims=True) + 1e-9)

    figure = Figure(figsize=(4.6, 3.8), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    shades = axes.pcolormesh(ticks, ticks, probability, cmap="gray", vmin=0, vmax=1, shading="gouraud")
    axes.plot(*np.asarray(real).T, ".", color=BLUE, markersize=3, label="real")
    axes.quiver(*fakes.numpy().T, *arrows.T, color=PINK, scale=25, width=0.004)
    axes.plot(*fakes.numpy().T, "x", color=ORANGE, markersize=4, label="fake")
    axes.set_aspect("equal")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_title(f"step {history.step:,}", fontsize=9)
    axes.legend(loc="upper right", fontsize=7)
    figure.colorbar(shades, label='D: probability of "real"')
    alt = (
        f"Step {history.step:,}: the eight clusters of the ring, {n_fakes} fakes with an arrow each towards where the "
        f"discriminator says real, and its opinion as shades, from {probability.min():.2f} to {probability.max():.2f}."
    )
    return as_picture(figure, alt)
