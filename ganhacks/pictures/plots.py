"""Pictures with words: every function here returns a `Picture`, a PNG with its alt text.

A title says what is shown, never what comes out; the rest of the alt text is computed from what is drawn.
"""

import base64
import html
import io

import numpy as np

from ganhacks.errors import require
from ganhacks.pictures import describe

# Okabe and Ito's palette, which colour-blind readers can tell apart; line styles differ as well.
COLOURS = BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
STYLES, MARKERS, HATCHES = ("-", "--", "-.", ":"), ".x+s", ("", "//", "..", "xx")
TITLE = 9.5  # points
WIDGET = "application/vnd.jupyter.widget-view+json"  # what Jupyter calls a widget among the forms of an output


class Picture:
    """A PNG and its alt text. A notebook shows the picture, and whoever cannot see it gets the text."""

    def __init__(self, png, alt, width):
        self.png, self.alt, self.width = png, alt, width

    def html(self):
        """Return an <img> element that holds the picture and its alt text."""
        data = base64.b64encode(self.png).decode()
        return (
            f'<img width="{self.width}" alt="{html.escape(self.alt, quote=True)}" src="data:image/png;base64,{data}">'
        )

    def save(self, path):
        """Write the PNG to `path`."""
        with open(path, "wb") as file:
            file.write(self.png)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": f"Picture: {self.alt}", "text/html": self.html()}


def digits(images, title, columns=10, scale=2, row_labels=()):
    """Draw images side by side, `columns` in a row.

    images: uint8 in [0, 255] or float in [-1, 1], (n, 28, 28), (n, 28, 28, 1) or (n, 784). title: what is shown, for
    the alt text alone. row_labels: a text to the left of each row.
    """
    from PIL import Image, ImageDraw

    tiles = _as_bytes(np.asarray(images))
    rows = -(-len(tiles) // columns)
    height, width = tiles.shape[1] + 2, tiles.shape[2] + 2  # a frame of one pixel around each image
    sheet = np.full((rows * height, min(columns, len(tiles)) * width), 110, "uint8")
    for i, tile in enumerate(tiles):
        row, column = divmod(i, columns)
        sheet[row * height + 1 : (row + 1) * height - 1, column * width + 1 : (column + 1) * width - 1] = tile
    picture = Image.fromarray(sheet)
    picture = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
    if row_labels:
        font = _font()
        margin = 8 + round(max(font.getlength(label) for label in row_labels))
        labelled = Image.new("L", (picture.width + margin, picture.height), 255)
        labelled.paste(picture, (margin, 0))
        for row, label in enumerate(row_labels):
            middle = ((row + 0.5) * height) * scale
            ImageDraw.Draw(labelled).text((margin - 6, middle), label, fill=0, font=font, anchor="rm")
        picture = labelled
    file = io.BytesIO()
    picture.save(file, "png", optimize=True)
    return Picture(file.getvalue(), describe.alt(title, describe.digits(tiles, columns, row_labels)), picture.width)


def _as_bytes(images):
    require(
        images.ndim in (2, 3, 4) and images.size and int(np.prod(images.shape[1:])) == 784,
        f"The images have the shape {images.shape}; wanted (n, 28, 28), (n, 28, 28, 1) or (n, 784).",
    )
    images = images.reshape(-1, 28, 28)
    if images.dtype == np.uint8:
        return images
    require(
        np.issubdtype(images.dtype, np.floating), f"The images are {images.dtype}; wanted uint8 or float in [-1, 1]."
    )
    return np.clip(np.round((images.astype("float32") + 1) * 127.5), 0, 255).astype("uint8")


def snapshot(samples, when):
    """Draw what a generator made: digits as images, points of the plane as a scatter plot."""
    samples = np.asarray(samples)
    if samples.shape[1:] == (2,):
        return points({"fakes": samples}, f"{len(samples)} generated points {when}")
    return digits(samples, f"{len(samples)} generated images {when}, always from the same latent samples")


def _font():
    """Return Pillow's own font, 13 pixels high, or Matplotlib's: before Pillow 10.1 its own has no outlines."""
    from PIL import ImageFont

    try:
        return ImageFont.load_default(13)
    except TypeError:
        from matplotlib import font_manager

        return ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 13)


def points(groups, title):
    """Draw points of the plane. groups: name -> (n, 2), at most three, told apart by colour and by marker.

    title: what is shown.
    """
    figure, axes = new_figure(3.2, 3.2)
    for (name, xy), colour, marker in zip(groups.items(), (BLUE, ORANGE, GREEN), ".x+"):
        axes.plot(*np.asarray(xy).T, marker, color=colour, label=name, markersize=4)
    axes.set_aspect("equal")
    axes.legend(loc="upper right", fontsize=8)
    axes.set_title(title, fontsize=TITLE, wrap=True)
    return as_picture(figure, describe.alt(title, describe.clouds({title: groups})))


def over_time(history, columns=10):
    """Draw the fixed latents' images at every snapshot, a row each, from the first to the last."""
    steps = sorted(history.snapshots)
    rows = np.concatenate([history.snapshots[step][:columns] for step in steps])
    title = f"Each column is one latent sample; the rows are after {', '.join(f'{step:,}' for step in steps)} steps"
    return digits(rows, title, columns, row_labels=[f"step {step:,}" for step in steps])


def curves(history, names=("d_loss", "g_loss"), window=None, marks=None, labels=("loss", "step")):
    """Draw curves of a run: every step faint, a running mean strong.

    names: columns of the history. window: steps in the running mean, a hundredth of the run unless given. marks:
    text -> height of a dotted line; one that is not finite is left out. A run without steps has no curves.
    """
    marks = {text: height for text, height in (marks or {}).items() if np.isfinite(height)}
    if not history.step:
        names = ()
    window = window or max(history.step // 100, 1)
    figure, axes = new_figure(6.4, 3)
    told = []
    for name, colour, style in zip(names, (BLUE, ORANGE, GREEN, PINK), ("-", "--", "-.", ":")):
        values = getattr(history, name)
        means = np.convolve(values, np.full(window, 1 / window), "valid")
        steps = np.arange(len(values)) + 1
        thin = slice(None, None, max(len(values) // 2000, 1))
        axes.plot(steps[thin], values[thin], color=colour, alpha=0.15, linewidth=0.5)
        axes.plot(steps[window - 1 :][thin], means[thin], style, color=colour, label=name)
        told.append(f"{name} goes from {means[0]:.2g} to {means[-1]:.2g}")
    tops = [np.percentile(getattr(history, name), 99.5) for name in names]
    axes.set_ylim(0, 1.1 * max([*tops, *marks.values()], default=1))
    for text, height in marks.items():
        axes.axhline(height, color="black", linestyle=":", linewidth=1)
        axes.text(1.01, height, text, va="center", fontsize=8, transform=axes.get_yaxis_transform())
    axes.set_ylabel(labels[0])
    axes.set_xlabel(labels[1])
    if told:
        axes.legend(fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(names), frameon=False)
    means = f", running means over {window}: {'; '.join(told)}" if told else ": there are none"
    return as_picture(figure, f"Curves over {history.step:,} steps{means}.")


def shares(groups):
    """Draw class histograms as grouped bars. groups: name -> ten shares that sum to 1, at most four."""
    figure, axes = new_figure(6.4, 2.4)
    width = 0.8 / len(groups)
    told = []
    for i, ((name, values), colour, hatch) in enumerate(zip(groups.items(), COLOURS, HATCHES)):
        places = np.arange(10) + (i - (len(groups) - 1) / 2) * width
        axes.bar(places, 100 * np.asarray(values), width, color=colour, hatch=hatch, edgecolor="white", label=name)
        most, least = int(np.argmax(values)), int(np.argmin(values))
        told.append(f"{name}: most {most}s, {100 * values[most]:.0f} %, fewest {least}s, {100 * values[least]:.0f} %")
    axes.set_xticks(range(10))
    axes.set_xlabel("digit")
    axes.set_ylabel("share in %")
    axes.legend(fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(groups), frameon=False)
    return as_picture(figure, f"Share of each digit. {'. '.join(told)}.")


def new_figure(width, height):
    """Return an empty figure and its axes. width, height: in inches of 100 pixels."""
    # The object-oriented interface: no global state, no window, nothing to close.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    return figure, figure.add_subplot()


def as_picture(figure, alt):
    """Return a finished figure as a `Picture`. alt: what to see."""
    from PIL import Image

    file, drawn = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    # A palette of 256 colours makes the notebook's bytes half as many.
    Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return Picture(file.getvalue(), alt, round(figure.get_figwidth() * figure.dpi))
