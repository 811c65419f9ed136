"""Pictures of the game itself: phase portraits of the Dirac-GAN, and a GAN in the plane as it plays."""

import numpy as np
import tensorflow as tf

from ganhacks import dirac
from ganhacks.pictures import describe
from ganhacks.pictures.plots import BLUE, ORANGE, PINK, TITLE, as_picture, new_figure


def portrait(path, title, g_direction=dirac.saturating, gamma=0.0, noise=0.0, reach=3.3):
    """Draw a path of the Dirac-GAN, and by arrows where both players want to go from each place.

    path: (steps + 1, 2), theta and psi, from `dirac.play`. title: what is shown. g_direction, gamma, noise: as they
    were for the path. Arrows are as long as the square root of the speed; the dotted circle keeps the start's distance
    from the middle. reach: of both axes, from the middle.
    """
    figure, axes = new_figure(4.6, 4)
    ticks = np.linspace(-reach, reach, 13)
    arrows = np.array([[dirac.directions(theta, psi, g_direction, gamma, noise) for theta in ticks] for psi in ticks])
    arrows /= np.sqrt(np.linalg.norm(arrows, axis=-1, keepdims=True) + 1e-9)  # so that short ones can be seen
    axes.quiver(ticks, ticks, arrows[..., 0], arrows[..., 1], color="0.55", pivot="mid", scale=14, width=0.006)
    turn = np.linspace(0, 2 * np.pi, 100)
    axes.plot(*dirac.radius(path[:1]) * np.array([np.cos(turn), np.sin(turn)]), ":", color="black", linewidth=0.8)
    axes.plot(*path.T, color=BLUE, linewidth=1)
    start, end = (f"{dirac.radius(part):.2f} from the middle" for part in (path[:1], path))
    axes.plot(*path[0], "o", color=BLUE, markerfacecolor="white", label=f"start, {start}")
    axes.plot(*path[-1], "X", color=ORANGE, label=f"after {len(path) - 1:,} steps, {end}")
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="generator: the fake, θ", ylabel="discriminator, ψ")
    axes.set_aspect("equal")
    axes.set_title(title, fontsize=TITLE)
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False, markerfirst=True)
    return as_picture(figure, describe.alt(title, describe.path(path)))


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
    axes.set_title(f"seed {history.seed}, step {history.step:,}", fontsize=TITLE)
    axes.legend(loc="upper right", fontsize=7)
    figure.colorbar(shades, label='D: probability of "real"')
    alt = (
        f"Seed {history.seed}, step {history.step:,}: the reals, {n_fakes} fakes with an arrow each towards where the "
        f"discriminator says real, and its answers as shades, from {probability.min():.2f} to {probability.max():.2f}."
    )
    return as_picture(figure, alt)
