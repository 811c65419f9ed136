"""Pictures of effects, which are ratios of scores: a forest plot with every pair, and a map of many effects.

The axis and the colours are logarithmic: 1/2 is as far from 1 as 2. A sign beside each effect says the verdict.
"""

import textwrap

import numpy as np

from ganhacks.pictures import describe
from ganhacks.pictures.plots import BLUE, ORANGE, TITLE, as_picture, new_figure

FARTHEST = 8  # a ratio that is drawn in the map's strongest colour, and its inverse
WIDTH = 7.4  # inches of 100 pixels
ROW, AROUND = 0.28, 1.3  # inches: of a row, and of the title, the labels and what else stands around the rows
NAME = 42  # letters of a row's name in a line; a longer one has two, so that there is room beside it


def forest(rows, title):
    """Draw effects below each other: a dot for each pair, the interval as a line, the typical ratio as a diamond.

    rows: name -> (ratio, low, high, ratio of each pair, sign of the verdict), from top to bottom. An
    interval without an end goes to the edge of the picture.
    """
    from matplotlib.ticker import LogLocator, NullFormatter

    figure, axes = new_figure(WIDTH, AROUND + ROW * len(rows))
    every = np.concatenate([[*pairs, ratio] for ratio, _, _, pairs, _ in rows.values()])
    edges = min(0.5, every.min()) / 1.2, max(2, every.max()) * 1.2
    for place, (ratio, low, high, pairs, sign) in enumerate(rows.values()):
        axes.plot(pairs, np.full(len(pairs), place), "o", color=BLUE, alpha=0.35, markersize=3.5, linestyle="none")
        axes.plot(np.clip((low, high), *edges), (place, place), color=BLUE, linewidth=2)
        axes.plot([ratio], [place], "D", color=ORANGE, markersize=5)
        axes.text(1.01, place, sign, va="center", transform=axes.get_yaxis_transform())
    axes.axvline(1, color="black", linewidth=1, linestyle=":")
    axes.set_xscale("log")
    axes.set_xlim(*edges)
    steps = (1, 2, 5) if edges[1] / edges[0] < 200 else (1,)
    axes.xaxis.set_major_locator(LogLocator(subs=steps))
    axes.xaxis.set_major_formatter(lambda value, _: describe.number(value))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), map(_wrapped, rows), fontsize=7.5)
    axes.set_xlabel("score with / score without; left of 1 it helps")
    axes.set_title(title, fontsize=TITLE)
    return as_picture(figure, describe.alt(title, describe.forest(rows)))


def effect_map(cells, title, columns=(), width=WIDTH):
    """Draw a table of effects: each cell has the sign of the verdict and the ratio, on a colour that says how far.

    cells: (row, column) -> (ratio, sign); there may be gaps. Rows are in the order in which they come, and columns too,
    where no other order is given. width: in inches of 100 pixels.
    """
    rows = list(dict.fromkeys(row for row, _ in cells))
    columns = list(columns or dict.fromkeys(column for _, column in cells))
    shades = np.full((len(rows), len(columns)), np.nan)
    for (row, column), (ratio, _) in cells.items():
        shades[rows.index(row), columns.index(column)] = np.log(np.clip(ratio, 1 / FARTHEST, FARTHEST))
    figure, axes = new_figure(width, AROUND + ROW * len(rows))
    axes.imshow(shades, cmap="PuOr_r", vmin=-1.6 * np.log(FARTHEST), vmax=1.6 * np.log(FARTHEST), aspect="auto")
    for (row, column), (ratio, sign) in cells.items():
        told = f"{sign} {describe.ratio(ratio)}".strip()
        axes.text(columns.index(column), rows.index(row), told, ha="center", va="center", fontsize=7.5)
    axes.set_xticks(range(len(columns)), columns, fontsize=7.5)
    axes.set_yticks(range(len(rows)), map(_wrapped, rows), fontsize=7.5)
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_title(title, fontsize=TITLE)
    return as_picture(figure, describe.alt(title, describe.effect_map(cells)))


def _wrapped(name):
    return textwrap.fill(name, NAME)
