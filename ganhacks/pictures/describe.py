"""What a picture shows, in words: pure functions of what is drawn, each of which returns the sentences of an alt text.

They say only what holds for any data: ends, extremes, means, counts. What it means is the text's business.
"""

import numpy as np

FEW_BARS, FEW_ROWS = 8, 6  # up to so many are told one by one
BLACK, WHITE = 12, 243  # of 255: up to here and from here, which is beyond -0.9 and 0.9 on the scale of [-1, 1]


def alt(title, description):
    """Return the alt text of a picture: what is shown, then what can be seen there."""
    return " ".join(filter(None, (_sentence(title), description)))


def lines(curves, labels=("", ""), log=(), marks=None):
    """Describe curves by their ends, and by their extremes where these lie between the ends.

    curves: name -> (x, y). labels: of the two axes. log: the axes on a logarithmic scale. marks: text -> height.
    """
    curves = {name: _finite(*xy) for name, xy in curves.items()}
    reaches = {(x[0], x[-1]) for x, _ in curves.values() if len(x)}
    shared = "{} to {}".format(*map(number, min(reaches))) if len(reaches) == 1 else ""
    said = [_axis("Across", labels[0], shared, "x" in log), _axis("Up", labels[1], "", "y" in log)]
    said += [_sentence(f"{name}: {_curve(x, y, not shared)}") for name, (x, y) in curves.items()]
    if marks:
        drawn = ", ".join(f"{text} at {number(height)}" for text, height in marks.items())
        said.append(f"Dotted line{'s' if len(marks) > 1 else ''}: {drawn}.")
    return " ".join(filter(None, said))


def _curve(x, y, with_places):
    if not len(y):
        return "no finite values"
    if y.min() == y.max():
        return f"{number(y[0])} throughout"
    ends = [f" at {number(place)}" if with_places else "" for place in (x[0], x[-1])]
    told = f"from {number(y[0])}{ends[0]} to {number(y[-1])}{ends[1]}"
    for word, i in (("lowest", y.argmin()), ("highest", y.argmax())):
        if y[i] not in (y[0], y[-1]):
            told += f", {word} {number(y[i])} at {number(x[i])}"
    return told


def bars(groups, names, labels=("", ""), log=()):
    """Describe bars by their heights, or the highest and the lowest of many. groups: name -> a height for each name."""
    few = len(groups) * len(names) <= FEW_BARS
    said = [_axis("Across", labels[0], "", "x" in log), _axis("Up", labels[1], "", "y" in log)]
    for group, heights in groups.items():
        places, heights = _finite(range(len(names)), heights)
        if not len(heights):
            told = "no finite heights"
        elif few:
            told = ", ".join(f"{number(height)} at {names[int(i)]}" for i, height in zip(places, heights))
        elif heights.min() == heights.max():
            told = f"{number(heights[0])} everywhere"
        else:
            most, least = (int(places[i]) for i in (heights.argmax(), heights.argmin()))
            told = f"highest {number(heights.max())} at {names[most]}, lowest {number(heights.min())} at {names[least]}"
        said.append(_sentence(f"{group}: {told}"))
    return " ".join(filter(None, said))


def histograms(groups, labels=("", "")):
    """Describe numbers by their median, standard deviation and range. groups: name -> numbers."""
    said = [_axis("Across", labels[0])]
    for name, values in groups.items():
        values = np.ravel(values).astype("float64")
        values = values[np.isfinite(values)]
        told = "no finite values"
        if len(values):
            low, middle, high = map(number, (values.min(), np.median(values), values.max()))
            told = f"median {middle}, standard deviation {number(values.std())}, from {low} to {high}"
        said.append(_sentence(f"{name}: {told}"))
    return " ".join(filter(None, said))


def heat_maps(maps, colour_label=""):
    """Describe maps by their mean and their extremes. maps: name -> (height, width)."""
    said = [_axis("Colours, dark to light", colour_label)]
    for name, values in maps.items():
        values = np.asarray(values, "float64")
        size = " × ".join(map(str, values.shape))
        values = values[np.isfinite(values)]
        if not len(values):
            told = "no finite values"
        elif values.min() == values.max():
            told = f"{number(values[0])} everywhere"
        else:
            mean = values.mean() if abs(values.mean()) > 1e-6 * np.ptp(values) else 0.0  # what rounding left
            told = f"mean {number(mean)}, from {number(values.min())} to {number(values.max())}"
        said.append(_sentence(f"{name} ({size}): {told}"))
    return " ".join(filter(None, said))


def forest(rows):
    """Describe effects by their ratio, interval and verdict. rows: name -> (ratio, low, high, pairs, sign)."""
    said = ["Ratios, below 1 it helps; interval of 95 % in brackets, and the sign of the verdict."]
    for name, (middle, low, high, pairs, sign) in rows.items():
        below = sum(np.asarray(pairs) < 1)
        said.append(
            f"{name}: {ratio(middle)} ({ratio(low)} to {ratio(high)}), below 1 in {below} of {len(pairs)}, {sign}."
        )
    return " ".join(said)


def effect_map(cells):
    """Describe a table of effects row by row. cells: (row, column) -> (ratio, sign)."""
    said = ["Sign of the verdict and ratio; below 1 it helps."]
    for row in dict.fromkeys(row for row, _ in cells):
        own = [f"{column} {sign} {ratio(one)}" for (of, column), (one, sign) in cells.items() if of == row]
        said.append(f"{row}: {', '.join(own)}.")
    return " ".join(said).replace("\n", " ")


def clouds(panels):
    """Describe clouds by number, centre and mean distance from it. panels: name -> {name -> (n, 2)}."""
    told = {title: {name: _cloud(xy) for name, xy in groups.items()} for title, groups in panels.items()}
    everywhere = set.intersection(*(set(groups.items()) for groups in told.values())) if len(told) > 1 else set()
    said = [
        f"In every panel {name}: {text}."
        for name, text in next(iter(told.values())).items()
        if (name, text) in everywhere
    ]
    for title, groups in told.items():
        own = [f"{name}: {text}" for name, text in groups.items() if (name, text) not in everywhere]
        if own:
            said.append(_sentence("; ".join(own) if len(told) == 1 else f"{title}, {'; '.join(own)}"))
    return " ".join(said)


def _cloud(xy):
    xy = np.asarray(xy, "float64").reshape(-1, 2)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return "no points"
    centre = xy.mean(axis=0)
    spread = np.linalg.norm(xy - centre, axis=1).mean()
    centre[np.abs(centre) < spread / 100] = 0  # next to nothing beside the cloud's size
    place = f"({number(centre[0], 2)}, {number(centre[1], 2)})"
    if spread <= np.linalg.norm(centre) / 1e6:
        return f"{len(xy):,} points at {place}" if len(xy) > 1 else f"1 point at {place}"
    return f"{len(xy):,} points around {place}, {number(spread, 2)} from it on average"


def path(path):
    """Describe a path about the origin by its first and its last distance from there. path: (steps + 1, 2)."""
    first, last = (np.linalg.norm(place) for place in (path[0], path[-1]))
    return f"Distance from the middle: {first:.2f} at the start, {last:.2f} after {len(path) - 1:,} steps."


def digits(images, columns, row_labels=()):
    """Describe images by how many there are and how much of them is black and white. images: uint8 (n, 28, 28)."""
    n, rows = len(images), -(-len(images) // columns)
    count = f"{n} image{'s' if n > 1 else ''}"
    if rows > 1:
        row = f"{columns} image{'s' if columns > 1 else ''}"
        count = f"{rows} rows of {row}" if n == rows * columns else f"{count}, {columns} in a row"
    if len(row_labels) == rows and 1 < rows <= FEW_ROWS:
        parts = [f"{label}: {_ink(images[i * columns : (i + 1) * columns])}" for i, label in enumerate(row_labels)]
        return f"{count}. Pixels in the row {'; '.join(parts)}."
    ends = f", labelled from {row_labels[0]} to {row_labels[-1]}" if len(row_labels) > 1 else ""
    return f"{count}{ends}. Pixels: {_ink(images)}."


def _ink(images):
    return f"{np.mean(images <= BLACK):.0%} black, {np.mean(images >= WHITE):.0%} white".replace("%", " %")


def number(value, digits=3):
    """Return a number as text: whole ones whole, others in at most `digits` digits that matter."""
    value = float(value) + 0.0  # there is no -0
    if value.is_integer() and abs(value) < 1e7:
        return f"{value:,.0f}"
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text
    if 1 <= abs(value) < 1e7:
        return f"{float(text):,.0f}"
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}"


def ratio(value):
    """Return a ratio as text to two digits that matter, from 1 to 2 to three, so that 1 is said of nothing else."""
    return number(value, 3 if 0.995 <= value < 2 else 2)


def _axis(name, label, reach="", logarithmic=False):
    told = ", ".join(filter(None, (label, reach, "logarithmic" if logarithmic and label else "")))
    return f"{name}: {told}." if told else ""


def _finite(x, y):
    x, y = np.ravel(x).astype("float64"), np.ravel(y).astype("float64")
    kept = np.isfinite(x) & np.isfinite(y)
    return x[kept], y[kept]


def _sentence(text):
    return text if not text or text[-1] in ".?!" else f"{text}."
