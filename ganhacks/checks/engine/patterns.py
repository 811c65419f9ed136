"""What can be computed of wrong results that no slip explains: how they relate to the right ones, or where they don't.

Both are said of the inputs that were tried, and hold for all of them.
"""

import numpy as np

NEAR = 0.05  # of the range of what is wanted for one input, or of a single number
FEWEST = 4  # numbers: with fewer, any relation is chance
RIGHT = 2  # inputs that are right, at the least, before it is said where the others are


def relation(pairs):
    """Return (misconception, details) of a relation between yours and wanted that holds everywhere, or None.

    pairs: (yours, wanted) for each input, numbers or arrays of one shape.
    """
    found, wanted = _flat(pairs)
    if found is None or len(set(wanted)) < FEWEST:
        return None
    off, total = found - wanted, found + wanted
    factor = found @ wanted / (wanted @ wanted)
    if np.allclose(found, factor * wanted, 1e-4, 1e-9) and abs(factor) > 1e-6 and round(factor, 3) != 1:
        return "other_factor", {"factor": f"{factor:.4g}"}
    if np.allclose(off, off.mean(), 1e-3, 0):
        return "other_offset", {"offset": f"{off.mean():.4g}"}
    if np.allclose(total, total.mean(), 1e-3, 0):
        return "complement", {"total": f"{total.mean():.4g}"}
    numbers = [[np.asarray(part, "float64") for part in pair] for pair in pairs]  # uint8 begins anew after 255
    if all(np.abs(yours - right).max() <= NEAR * _range(right) for yours, right in numbers):
        return "nearly", {"off": f"{np.abs(off).max():.2g}"}
    return None


def _range(wanted):
    return np.ptp(wanted) or np.abs(wanted).max()


def where(columns, wrong, sizes=()):
    """Say in words which inputs go wrong, if one or two arguments tell them from all others; else return None.

    columns: argument -> its value in each run. wrong: for each run, whether it goes wrong; some do, some do not.
    sizes: the same of lengths. Only small ones tell anything: in large inputs anything rare is found by chance.
    """
    if wrong.count(False) < RIGHT:
        return None
    rules = [rule for name, values in columns.items() for rule in _rules(name, values)]
    for name, lengths in dict(sizes).items():
        rules.append((f"{name} = {min(lengths)}", [length == min(lengths) for length in lengths]))
    for words, holds in rules:
        if holds == wrong:
            return words
    words_alone = [(words, holds) for words, holds in rules if "'" in words]  # a name, and a number beside it
    for first, there in words_alone:
        for second, holds in rules:
            if [a and b for a, b in zip(there, holds)] == wrong and second != first:
                return f"{first} and {second}"
    return None


def _rules(name, values):
    """Return (words, whether it holds for each run) of what can be said of one argument, the simplest first."""
    kinds = {type(value) for value in values}
    if kinds <= {str, bool, type(None)}:
        some = list(dict.fromkeys(values))
        return [(f"{name} = {one!r}", [value == one for value in values]) for one in some] if len(some) > 1 else []
    if not all(isinstance(value, (int, float, np.number)) for value in values):
        return []
    told = sorted(set(values))
    rules = []
    for low, high in zip(told, told[1:]):
        below = f"{name} = {low:.4g}" if low == told[0] else f"{name} is {low:.4g} or less"
        above = f"{name} = {high:.4g}" if high == told[-1] else f"{name} is {high:.4g} or more"
        if len(told) > 2:
            below = f"{name} is not {high:.4g}" if high == told[-1] else below
            above = f"{name} is not {low:.4g}" if low == told[0] else above
        rules += [(below, [value <= low for value in values]), (above, [value >= high for value in values])]
    for one in told[1:-1]:
        if isinstance(one, int):
            rules.append((f"{name} = {one}", [value == one for value in values]))
        rules.append((f"{name} is not {one:.4g}", [value != one for value in values]))
    return rules


def _flat(pairs):
    """Return all numbers of yours and of wanted in two rows, or None twice if they do not stand side by side."""
    rows = [], []
    for pair in pairs:
        try:
            parts = [np.asarray(part, "float64") for part in pair]
        except Exception:  # no numbers
            return None, None
        if parts[0].shape != parts[1].shape or not all(np.isfinite(part).all() for part in parts):
            return None, None
        for row, part in zip(rows, parts):
            row.append(part.ravel())
    return tuple(np.concatenate(row) for row in rows)
