"""Pictures of measurements: lines, bars, histograms, heat maps and clouds of points, each with its alt text."""

import numpy as np

from ganhacks.pictures import describe
from ganhacks.pictures.plots import COLOURS, HATCHES, MARKERS, STYLES, TITLE, as_picture, new_figure


def lines(curves, title, labels=("", ""), log=(), marks=None, size=(6.4, 3)):
    """Draw curves into one picture.

    curves: name -> (x, y), at most four. title: what is shown, not what comes out. labels: of the two axes. log: "x",
    "y" or both, for axes on a logarithmic scale. marks: text -> height of a dotted line. size: in inches of 100 pixels.
    """
    figure, axes = new_figure(*size)
    for (name, (x, y)), colour, style in zip(curves.items(), COLOURS, STYLES):
        axes.plot(x, y, style, color=colour, label=name)
    for text, height in (marks or {}).items():
        axes.axhline(height, color="black", linestyle=":", linewidth=1)
        axes.text(1.01, height, text, va="center", fontsize=8, transform=axes.get_yaxis_transform())
    _finish_axes(axes, title, labels, log)
    return as_picture(figure, describe.alt(title, describe.lines(curves, labels, log, marks)))


def bars(groups, names, title, labels=("", ""), log=(), size=(6.4, 2.6)):
    """Draw grouped bars. groups: name -> one height for each of `names`, at most four. The rest as for `lines`."""
    figure, axes = new_figure(*size)
    width = 0.8 / len(groups)
    for i, ((name, heights), colour, hatch) in enumerate(zip(groups.items(), COLOURS, HATCHES)):
        places = np.arange(len(names)) + (i - (len(groups) - 1) / 2) * width
        axes.bar(places, heights, width, color=colour, hatch=hatch, edgecolor="white", label=name)
    axes.set_xticks(range(len(names)), names)
    _finish_axes(axes, title, labels, log)
    return as_picture(figure, describe.alt(title, describe.bars(groups, names, labels, log)))


def histograms(groups, title, labels=("", "share in %"), bins=60, size=(6.4, 2.8)):
    """Draw histograms over common bins. groups: name -> numbers, at most four. The rest as for `lines`."""
    figure, axes = new_figure(*size)
    together = np.concatenate([np.ravel(values) for values in groups.values()])
    edges = np.histogram_bin_edges(together[np.isfinite(together)], bins)
    for (name, values), colour, style in zip(groups.items(), COLOURS, STYLES):
        shares = np.histogram(values, edges)[0] / np.size(values) * 100
        axes.stairs(shares, edges, color=colour, linestyle=style, fill=False, label=name)
    _finish_axes(axes, title, labels, ())
    return as_picture(figure, describe.alt(title, describe.histograms(groups, labels)))


def heat_maps(maps, title, colour_label="", limits=None, size=2.4):
    """Draw maps side by side on one scale of colours. maps: name -> (height, width). limits: of the scale, (low, high).

    The scale (viridis) goes from dark to light, so that it reads without colours too. size: of one map, in inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size * len(maps) + 0.8, size + 0.5), dpi=100, layout="constrained")
    low, high = limits or (min(map(np.min, maps.values())), max(map(np.max, maps.values())))
    for i, (name, values) in enumerate(maps.items()):
        axes = figure.add_subplot(1, len(maps), i + 1)
        image = axes.imshow(values, cmap="viridis", vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(name, fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])
    figure.colorbar(image, ax=figure.axes, label=colour_label, shrink=0.8)
    figure.suptitle(title, fontsize=TITLE, wrap=True)
    return as_picture(figure, describe.alt(title, describe.heat_maps(maps, colour_label)))


def clouds(panels, title, reach=None, size=2.4):
    """Draw clouds of points side by side. panels: name -> {name -> (n, 2)}. reach: of both axes, from the middle."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size * len(panels), size + 0.5), dpi=100, layout="constrained")
    for i, (panel, groups) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), i + 1)
        for (name, xy), colour, marker in zip(groups.items(), COLOURS, MARKERS):
            axes.plot(*np.asarray(xy).T, marker, color=colour, label=name, markersize=3)
        axes.set_title(panel, fontsize=9)
        axes.set_aspect("equal")
        if reach:
            axes.set_xlim(-reach, reach)
            axes.set_ylim(-reach, reach)
        if i == 0:
            axes.legend(loc="upper right", fontsize=7)
    figure.suptitle(title, fontsize=TITLE, wrap=True)
    return as_picture(figure, describe.alt(title, describe.clouds(panels)))


def _finish_axes(axes, title, labels, log):
    axes.set_title(title, fontsize=TITLE, wrap=True)
    if "x" in log:
        axes.set_xscale("log")
    if "y" in log:
        axes.set_yscale("log")
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    if len(axes.get_legend_handles_labels()[1]) > 1:
        axes.legend(fontsize=8)
