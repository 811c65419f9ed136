"""Make the pictures in images/ from code.

    python tools/make_images.py

images/digits.png is a picture that the solution of lab 12 shows: fixed latent samples at six moments of training.
images/dcgan_architecture.png and images/dcgan_practices.png are drawn here for lesson 04.
"""

import base64
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]


def picture_in(notebook, alt_begins):
    """Return the PNG of the picture in a built notebook whose alt text begins like this."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            for alt, data in re.findall(r'<img [^>]*alt="([^"]*)" src="data:image/png;base64,([^"]*)"', _html(output)):
                if alt.startswith(alt_begins):
                    return base64.b64decode(data)
    sys.exit(
        f"{notebook.name} shows no picture whose text begins {alt_begins!r}; build it with `python tools/build.py`."
    )


def _html(output):
    return output.get("data", {}).get("text/html", "")


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


if __name__ == "__main__":
    (ROOT / "images").mkdir(exist_ok=True)
    for draw in (architecture, practices):
        path = ROOT / "images" / f"dcgan_{draw.__name__}.png"
        draw().savefig(path, metadata={"Software": None})
        print(path.relative_to(ROOT).as_posix())
    (ROOT / "images" / "digits.png").write_bytes(
        picture_in(ROOT / "solutions/12_mnist_gan.ipynb", "6 rows of 10 images")
    )
    print("images/digits.png")
