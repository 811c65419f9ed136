"""Make the pictures in images/ from code.

    python tools/make_images.py

images/digits.png is lab 12's GAN, trained here for 100 epochs: fixed latent samples at six moments of training.
images/gan_game.png is drawn here for lesson 01; images/dcgan_architecture.png and images/dcgan_practices.png for lesson
04.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from ganhacks import files  # noqa: E402
from ganhacks.pictures.plots import as_picture, over_time  # noqa: E402
from ganhacks.training import train  # noqa: E402
from tools import workloads  # noqa: E402


def digits():
    """Train lab 12's GAN for 100 epochs, some minutes, and return its fixed latent samples at six moments."""
    recipe, x_train, steps = workloads.dense_mnist(100)
    moments = [steps * epochs // 100 for epochs in (1, 3, 10, 30)]
    return over_time(train(recipe, x_train, steps, seed=0, snapshot_steps=moments))


INK, BLUE, ORANGE = "#222222", "#0072B2", "#D55E00"
NETWORKS = {  # the shapes between the layers, as lesson 04 prints them
    "Generator": [(1, 100), (7, 128), (14, 64), (28, 1)],
    "Discriminator": [(28, 1), (14, 64), (7, 128), (1, 1)],
}
STEPS = {
    "Generator": [
        "Dense\nBN, ReLU",
        "Conv2DTranspose\nkernel 4, stride 2\nBN, ReLU",
        "Conv2DTranspose\nkernel 4, stride 2\ntanh",
    ],
    "Discriminator": [
        "Conv2D\nkernel 4, stride 2\nleaky 0.2",
        "Conv2D\nkernel 4, stride 2\nBN, leaky 0.2",
        "Flatten\nDense",
    ],
}
PRACTICES = [
    ("", "usual before", "generator", "discriminator"),
    ("1  downsampling", "max-pooling", "–", "convolution, stride 2"),
    ("2  upsampling", "unpooling, resizing", "transposed conv., stride 2", "–"),
    ("3  activation", "ReLU", "ReLU (later leaky)", "leaky ReLU, slope 0.2"),
    ("4  batch norm", "none", "all layers but the output", "all layers but the input"),
    ("5  weights", "Glorot", "N(0, 0.02)", "N(0, 0.02)"),
    ("6  optimizer", "SGD, Adam β₁ 0.9", "Adam 2e-4, β₁ 0.5", "Adam 2e-4, β₁ 0.5"),
    ("7  range", "[0, 1]", "tanh: [-1, 1]", "reals in [-1, 1]"),
]


def architecture():
    """Return a figure of lesson 04's two networks: a box for each shape and what lies between."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    figure = Figure(figsize=(8.4, 5), dpi=100, layout="constrained")
    for row, (name, shapes) in enumerate(NETWORKS.items()):
        axes = figure.add_subplot(2, 1, row + 1)
        axes.set_title(name, loc="left", color=INK)
        for i, (side, channels) in enumerate(shapes):
            height, width = 0.25 + side / 28, 0.16 + channels / 280
            box = FancyBboxPatch((2 * i - width / 2, -height / 2), width, height, boxstyle="round,pad=0.02")
            box.set(facecolor=(BLUE, ORANGE)[row], edgecolor=INK, alpha=0.8)
            axes.add_patch(box)
            told = f"{side} × {side} × {channels}" if side > 1 else ("one logit" if channels == 1 else "100 numbers")
            axes.text(2 * i, -0.82, told, ha="center", va="top", fontsize=10, color=INK)
            if i < len(shapes) - 1:
                axes.annotate("", (2 * i + 1.6, 0), (2 * i + 0.4, 0), arrowprops={"arrowstyle": "->", "color": INK})
                axes.text(2 * i + 1, 0.12, STEPS[name][i], ha="center", va="bottom", fontsize=8.5, color=INK)
        axes.set(xlim=(-0.6, 6.6), ylim=(-1.1, 0.95))
        axes.axis("off")
    return figure


def practices():
    """Return a figure with the table of the seven DCGAN practices."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 3.2), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    axes.axis("off")
    table = axes.table(PRACTICES, cellLoc="left", loc="center", colWidths=[0.19, 0.23, 0.29, 0.29])
    table.auto_set_font_size(False)
    table.set_fontsize(10)
    table.scale(1, 1.7)
    for (row, column), cell in table.get_celld().items():
        cell.set(edgecolor="#BBBBBB", facecolor="#E8F1F7" if row == 0 else "white")
        cell.get_text().set(color=INK, weight="bold" if row == 0 or column == 0 else "normal")
    return figure


def game():
    """Return a figure of the two steps of a GAN: who makes, who judges, and whose weights change."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, 4.6), dpi=100, layout="constrained")
    d_step, g_step = figure.subplots(2, 1, height_ratios=(1.95, 1.85))
    _players(
        d_step, "1 · D's step: only D's weights change", "d_loss is small if", "reals get “real”,\nfakes get “fake”"
    )
    d_step.set_ylim(-0.75, 1.2)
    _label(d_step, 2.1, 1, "data set")
    _label(d_step, 3.45, 1, "real")
    _arrow(d_step, (2.65, 1), (3.15, 1))
    _arrow(d_step, (3.75, 0.95), (4.45, 0.35))
    _network(d_step, 2.1, "G", "generator", BLUE, changes=False)
    _network(d_step, 4.95, "D", "discriminator", ORANGE, changes=True)

    _players(g_step, "2 · G's step: only G's weights change", "g_loss is small if", "fakes get “real”")
    g_step.set_ylim(-1.25, 0.6)
    _arrow(g_step, (7.8, -0.85), (2.1, -0.85), linestyle="--")
    _label(g_step, 4.85, -1.08, "the gradient of g_loss goes back through D to G")
    _network(g_step, 2.1, "G", "generator", BLUE, changes=True)
    _network(g_step, 4.95, "D", "discriminator", ORANGE, changes=False)
    return figure


def _players(axes, title, loss, wanted):
    """Draw what both steps share: from the latent sample by way of the fake and the logit to the loss."""
    axes.set_title(title, loc="left", color=INK, weight="bold", fontsize=12)
    axes.set_xlim(-0.25, 8.75)
    axes.axis("off")
    for x, text in ((0.5, "latent sample:\nrandom\nnumbers"), (3.45, "fake"), (6.25, "logit")):
        _label(axes, x, 0, text)
    axes.text(7.8, 0.05, loss, ha="center", va="bottom", fontsize=10.5, color=INK, weight="bold")
    axes.text(7.8, -0.05, wanted, ha="center", va="top", fontsize=10.5, color=INK)
    for begin, end in ((1.2, 1.6), (2.6, 3.1), (3.8, 4.45), (5.45, 5.95), (6.55, 6.8)):
        _arrow(axes, (begin, 0), (end, 0))


def _network(axes, x, letter, name, colour, changes):
    from matplotlib.patches import FancyBboxPatch

    box = FancyBboxPatch((x - 0.4, -0.4), 0.8, 0.8, boxstyle="round,pad=0.05")
    box.set(facecolor=colour if changes else "white", edgecolor=colour, linewidth=2)
    axes.add_patch(box)
    ink = "white" if changes else INK
    axes.text(x, 0.1, letter, ha="center", va="center", fontsize=18, color=ink, weight="bold")
    told, weight = ("changes", "bold") if changes else ("stays", "normal")
    axes.text(x, -0.26, told, ha="center", va="center", fontsize=10, color=ink, weight=weight)
    axes.text(x, -0.5, name, ha="center", va="top", fontsize=10, color=INK)


def _label(axes, x, y, text):
    axes.text(x, y, text, ha="center", va="center", fontsize=10.5, color=INK)


def _arrow(axes, begin, end, linestyle="-"):
    axes.annotate("", end, begin, arrowprops={"arrowstyle": "->", "color": INK, "linestyle": linestyle})


DRAWINGS = {"gan_game.png": game, "dcgan_architecture.png": architecture, "dcgan_practices.png": practices}


if __name__ == "__main__":
    argparse.ArgumentParser(description="Draw the pictures in images/, and train lab 12 for one of them.").parse_args()
    (ROOT / "images").mkdir(exist_ok=True)
    drawn = {name: lambda draw=draw: as_picture(draw(), alt="") for name, draw in DRAWINGS.items()}
    for name, picture in {**drawn, "digits.png": digits}.items():
        files.write(ROOT / "images" / name, picture().png)
        print(f"images/{name}")
