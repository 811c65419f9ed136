"""Lab 11, noisy labels: what a right answer must show, how people get it wrong, and the hints."""

import math

import numpy as np

from ganhacks.checks.engine.parameters import SEED, Parameter
from ganhacks.checks.engine import properties
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import judge
from ganhacks.checks.engine.values import array
from ganhacks.hacks import noisy_labels as hack

PARAMETERS = {
    "p": Parameter("share of labels to flip", 0.0, 1.0),
    "draws": Parameter("draws to average over", 1, 100_000),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "noisy_labels")

PREDICTION = {
    "choices": {
        "a": "the same gradient on average, with more noise.",
        "b": "another gradient on average, with less noise.",
        "c": "exactly the same gradient, batch by batch.",
    },
    "answer": "a",
    "remarks": {
        "b": (
            "That would be so if flips led to other targets. On average they are the same: 5 % of them are turned "
            "around."
        ),
        "c": (
            "That would be so if all images had the same gradient. Each batch has exactly five flips in 100 here, but on "
            "other images each time, and these have other gradients."
        ),
    },
    "why": (
        "The gradient of the cross-entropy is linear in the label, so its average depends on the average label alone. "
        "What flips add to smoothing is noise."
    ),
}


def labels(n, seed=None):
    """Return n labels: all 1, or with a seed a random mixture, two zeros for each one, a one in front."""
    if seed is None:
        return np.ones((n, 1), "float32")
    mixed = np.random.default_rng(seed).random((n, 1)) < 1 / 3
    return np.concatenate([[[1.0]], mixed[1:]]).astype("float32")


#: How many of n labels people flip, where the number is the same at each draw.
COUNTS = [
    ("truncates", lambda n, p: int(p * n)),
    ("rounds_up", lambda n, p: math.ceil(p * n)),
    ("flips_the_rest", lambda n, p: n - round(p * n)),
    ("ignores_p", lambda n, p: round(0.05 * n)),
    ("never_above_half", lambda n, p: round(min(p, 1 - p) * n)),
    ("never_none", lambda n, p: max(round(p * n), 1)),
]


@exercise(
    hack.flip_labels,
    praise="Exactly round(p * n) labels, each at most once, and the caller's array as it was.",
    misconceptions={
        "with_replacement": (
            "With n = {n} and p = {p} you flip {found} labels one time and {other} another, and never more than the "
            "{wanted} that are asked for: your draw picks some labels twice. `rng.choice` draws with replacement "
            "unless you tell it not to."
        ),
        "random_values": (
            "With n = {n} and p = {p} you flip {found} labels one time and {other} another, about half of the {wanted} "
            "that are asked for. Do the picked labels get a value by chance? Half of them keep theirs then: take 1 - "
            "label."
        ),
        "moved": (
            "After your function there are as many ones as before: labels are moved to other places, and none is "
            "flipped. A flipped label is 1 - label, in its own place."
        ),
        "each_by_chance": (
            "With n = {n} and p = {p} you flip {found} labels one time and {other} another: each label is flipped by "
            "chance. Here the number is exact: pick round(p * n) places."
        ),
        "truncates": (
            "With n = {n} and p = {p} you flip {found}; wanted {wanted}. int() cuts fractions off, tiny "
            "errors of rounding too: use round()."
        ),
        "rounds_up": "With n = {n} and p = {p} you flip {found}; wanted {wanted}. Use round(), which goes both ways.",
        "flips_the_rest": "You flip {found} of {n} labels: all but those that you picked. Flip the picked ones.",
        "ignores_p": "With p = {p} you flip {found} of {n} labels, as with p = 0.05. Use the argument.",
        "never_above_half": "With p = {p} you flip {found} of {n} labels; wanted {wanted}. Any p in [0, 1] may come.",
        "never_none": "With n = {n} and p = {p} you flip {found}. Round(p * n) is {wanted} here, so flip {wanted}.",
        "wrong_number": "With n = {n} and p = {p} you flip {found}; wanted {wanted}. Flip round(p * n) labels.",
        "only_ones": (
            "Of {zeros} zeros none became 1. Zeros are flipped as well. (Setting a label to 0 leaves a 0 as it is: the "
            "opposite is 1 - label.)"
        ),
        "only_zeros": (
            "Of {ones} ones none became 0. Ones are flipped as well: the opposite of a label is 1 - label, whatever it "
            "is."
        ),
        "zeros_alone": "A batch of zeros alone comes back as it was. Fakes are flipped like reals: use 1 - label.",
        "always_the_same_places": (
            "The same places are flipped with every generator, such as the first ones. Pick them at random from `rng`."
        ),
        "one_block": (
            "The labels that you flip stand side by side: one random place and its neighbours. Pick each place by "
            "itself."
        ),
        "places_hang_together": (
            "Where you flip one label decides where you flip others: {found} times two neighbours were flipped, and "
            "chance makes that about {wanted} times. Pick each place by itself, none twice: rng.permutation, say."
        ),
        "uneven": ("Over many draws you flip {where}. Every label should have the same chance to be picked."),
        "shuffled": (
            "Your labels are flipped in the right number and have changed places too. An image keeps its own label: "
            "shuffle places, not labels."
        ),
        "negative": "A flipped 1 is -1 in your labels. The opposite of 1 is 0: use 1 - label.",
        "not_labels": "Your labels hold {found:g}. A flipped label is 0 or 1; softer ones are lab 10's smoothing.",
        "integers": "Your labels are {found}. Losses want the type that came in, float32: integers hold no soft label.",
        "float64": "Your labels are {found}; wanted float32, as they came in.",
    },
    hints=(
        "How many labels have to be flipped, and how do you pick that many places, none of them twice?",
        "`rng.choice(n, size=..., replace=False)` picks places. Work on `y.copy()`, and flip with 1 - label.",
        "picked = rng.choice(len(y), size=round(...), replace=...); then copied[picked] = 1 - ...",
    ),
)
def check_flip_labels(answer):
    cases = [(labels(200, 0), 0.05), (labels(200), 0.3), (1 - labels(200), 0.1), (labels(150), 0.07)]
    cases += [(labels(64, 2), 0.05), (labels(40, 1), 0.8), (labels(10), 0.0), (labels(10, 1), 1.0), (labels(1), 0.7)]
    flips = [[_flipped(answer, y, p, seed) != y for seed in range(20)] for y, p in cases]
    _judge_sides(cases[0][0], flips[0])
    _judge_counts(cases, flips)
    _judge_places(np.array(flips[1])[:, :, 0])
    properties.draws_from_rng(answer, labels(200), 0.3)
    for y, p in cases:
        properties.new_array(answer, np.random.default_rng(0), y, p)
    found = _flipped(answer, labels(200), 0.3, 0)
    if found.dtype != np.float32:
        raise Wrong("float64" if found.dtype.kind == "f" else "integers", found=found.dtype)


def _flipped(answer, y, p, seed):
    found = array(answer(np.random.default_rng(seed), y, p), y.shape)
    odd = found[(found != 0) & (found != 1)]
    if odd.size:
        raise Wrong("negative" if (odd == -1).all() else "not_labels", found=float(odd[0]))
    return found


def _judge_counts(cases, flips):
    """Judge how many labels were flipped in each case. flips: for each case, where, in twenty draws."""
    counts = [sorted({int(flipped.sum()) for flipped in draws}) for draws in flips]
    sizes = [(len(y), p) for y, p in cases]
    off = [i for i, (n, p) in enumerate(sizes) if counts[i] != [round(p * n)]]
    if not off:
        return
    worst = max(off, key=lambda i: abs(counts[i][0] - round(sizes[i][1] * sizes[i][0])))
    n, p = sizes[worst]
    details = dict(n=n, p=p, wanted=round(p * n), found=counts[worst][0], other=counts[worst][-1])
    for misconception, formula in COUNTS:
        if all(found == [formula(*size)] for found, size in zip(counts, sizes)):
            raise Wrong(misconception, **details)
    if off == [2] and counts[2] == [0]:
        raise Wrong("zeros_alone")
    moves = [(flipped & (y == 0)).sum() == (flipped & (y == 1)).sum() for (y, _), of in zip(cases, flips) for flipped in of]
    if all(moves):
        raise Wrong("moved")
    one_kind = [i for i, (y, _) in enumerate(cases) if np.ptp(y) == 0]
    if not set(one_kind) & set(off) and len(counts[0]) > 1:
        raise Wrong("shuffled")  # among labels that are all alike, no change of places can be seen
    if all(len(found) == 1 for found in counts):
        raise Wrong("wrong_number", **details)
    n, p = sizes[1]
    if abs(np.mean([flipped.sum() for flipped in flips[1]]) - p * n / 2) < 0.1 * p * n:
        raise Wrong("random_values", n=n, p=p, wanted=round(p * n), found=counts[1][0], other=counts[1][-1])
    never_more = all(found[-1] <= round(p * n) for found, (n, p) in zip(counts, sizes))
    varied = max(range(len(counts)), key=lambda i: counts[i][-1] - counts[i][0])
    n, p = sizes[varied]
    details = dict(n=n, p=p, wanted=round(p * n), found=counts[varied][0], other=counts[varied][-1])
    raise Wrong("with_replacement" if never_more else "each_by_chance", **details)


def _judge_sides(y, draws):
    """Both ones and zeros are flipped, over twenty draws."""
    changed = np.any(draws, axis=0)
    if changed.any() and not changed[y == 0].any():
        raise Wrong("only_ones", zeros=int((y == 0).sum()))
    if changed.any() and not changed[y == 1].any():
        raise Wrong("only_zeros", ones=int((y == 1).sum()))


def _judge_places(draws):
    """Places are picked one by one, each as often as any other. draws: bool (20, 200), with 60 flips in each."""
    if (draws == draws[0]).all():
        raise Wrong("always_the_same_places")
    starts = [np.sum(np.diff(np.append(flipped[-1:], flipped).astype(int)) == 1) for flipped in draws]
    if max(starts) <= 2:  # in a circle, one block has one start
        raise Wrong("one_block")
    often = draws.mean(axis=0)
    for where, part in (("the first half", slice(0, 100)), ("the even places", slice(0, None, 2))):
        share = draws[:, part].sum() / draws.sum()
        if abs(share - 0.5) > 0.1:  # 1,200 picks: half of them, to within 0.03
            raise Wrong("uneven", where=f"{where} in {share:.0%} of all picks")
    if often.min() == 0 and (often == 0).sum() > 5:  # missed by 20 draws of 30 %: once in 1,250 places
        raise Wrong("uneven", where=f"{(often == 0).sum()} of 200 places never")
    both, wanted = np.sum(draws[:, 1:] & draws[:, :-1]), 20 * 199 * (60 / 200) * (59 / 199)  # 354, give or take 18
    if abs(both - wanted) > 0.4 * wanted:
        raise Wrong("places_hang_together", found=both, wanted=round(wanted))


@exercise(
    hack.expected_labels,
    praise="5 % flips are 0.95 and 0.05 on average: two-sided smoothing, with noise on top.",
    slips=[
        ("ones_only", lambda y, p: (1 - p) * y),
        ("zeros_only", lambda y, p: y + (1 - y) * p),
        ("whole_flips", lambda y, p: hack.expected_labels(y, round(p * len(y)) / len(y))),
        ("half_the_flip", lambda y, p: hack.expected_labels(y, p / 2)),
        ("twice_the_flip", lambda y, p: hack.expected_labels(y, 2 * p)),
        ("flipped", lambda y, p: 1 - hack.expected_labels(y, p)),
        ("unchanged", lambda y, p: y),
        ("ignores_p", lambda y, p: hack.expected_labels(y, 0.05)),
        ("p_below_half", lambda y, p: hack.expected_labels(y, min(p, 1 - p))),
        ("p_below_half", lambda y, p: hack.expected_labels(y, min(p, 0.5))),
        ("p_below_half", lambda y, p: np.clip(y, p, 1 - p)),
        ("rounded", lambda y, p: np.round(hack.expected_labels(y, p), 1)),
        ("rounded", lambda y, p: np.round(hack.expected_labels(y, p), 2)),
        ("rounded", lambda y, p: np.round(hack.expected_labels(y, p), 3)),
        ("added", lambda y, p: y + p),
    ],
    misconceptions={
        "ones_only": "Your zeros stay 0. Zeros are flipped too: on average they are p.",
        "zeros_only": "Your ones stay 1. Ones are flipped too: on average they are 1 - p.",
        "whole_flips": (
            "You average over round(p * n) flips, so two labels get none at p = 0.05. Asked for is the share p itself, "
            "for any number of labels."
        ),
        "still_hard": (
            "Your labels are still 0 or 1, as after one draw. The average over all draws lies between: with p = {p} a "
            "1 becomes {average:.4g}."
        ),
        "half_the_flip": "You move each label by p / 2. A flip moves a label by 1: on average by p.",
        "twice_the_flip": "You move each label by 2p. A flip moves a label by 1: on average by p.",
        "flipped": "You return p for a 1 and 1 - p for a 0, as if all were flipped that are *not* flipped.",
        "unchanged": "Your labels are as they came. A share p of them is flipped, which moves the average.",
        "ignores_p": "Whatever p is, your labels are those of p = 0.05. Use the argument.",
        "p_below_half": (
            "Up to p = 0.5 your labels are right. Any p in [0, 1] is a share of flips: at p = 1 every label becomes "
            "its opposite."
        ),
        "rounded": "You round. The average of many flips has as many decimals as p: return it as it is.",
        "random": (
            "Two calls gave different values: you average draws. The average over *all* draws is a fixed number; write "
            "its formula and draw nothing."
        ),
        "added": "You add p to every label. A 1 that is flipped goes *down*: an average lies between 0 and 1.",
    },
    hints=(
        "A label 1 stays 1 with probability 1 - p. What is it otherwise, and what is the average of the two?",
        "The average is (1 - p) times the label plus p times its opposite.",
        "(1 - p) * y + p * (...)",
    ),
)
def check_expected_labels(answer):
    both = np.array([[1.0], [0.0]], "float32")
    many, p = labels(200, 4), 0.05  # of two labels round(0.05 * 2) are flipped, none: their average looks fixed
    once, again = (array(answer(many, p), many.shape) for _ in range(2))
    if not np.array_equal(once, again):
        raise Wrong("random")
    if set(np.unique(once)) <= {0, 1} and not np.array_equal(once, many):
        raise Wrong("still_hard", p=p, average=1 - p)
    judge(answer, [(both, p) for p in (0.05, 0.2, 0.5, 0.0, 1.0, 0.73, 1 / 3)] + [(labels(40, 4), 0.1)])
    properties.new_array(answer, both, 0.0)
