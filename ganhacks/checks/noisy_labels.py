"""Lab 11, noisy labels: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks.exercise import Wrong, array, exercise_in
from ganhacks.hacks import noisy_labels as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "noisy_labels")

PREDICTION = {
    "choices": {
        "a": "the same gradient on average, with more noise.",
        "b": "another gradient on average, with less noise.",
        "c": "exactly the same gradient, batch by batch.",
    },
    "answer": "a",
    "why": (
        "The gradient of the cross-entropy is linear in the label, so its average depends on the average label alone. "
        "What flips add to smoothing is noise."
    ),
}


def labels(n, seed=None):
    """Return n labels: all 1, or with a seed a random mixture of 0 and 1."""
    if seed is None:
        return np.ones((n, 1), "float32")
    return np.random.default_rng(seed).integers(0, 2, (n, 1)).astype("float32")


@exercise(
    hack.flip_labels,
    praise="Exactly round(p * n) labels, each at most once, and the caller's array as it was.",
    misconceptions={
        "with_replacement": (
            "Asked for {wanted} flips you flip {found}: your draw picks some labels twice. `rng.choice` draws with "
            "replacement unless you tell it not to."
        ),
        "each_by_chance": (
            "Asked for {wanted} flips you flip {found} one time and {other} another: each label is flipped by chance. "
            "Here the number is exact: pick round(p * n) places."
        ),
        "wrong_number": "Asked for {wanted} flips you flip {found}. Flip round(p * n) labels.",
        "truncates": (
            "With n = {n} and p = {p} you flip {found}; wanted {wanted}. int() cuts fractions off, tiny "
            "errors of rounding too: use round()."
        ),
        "only_ones": "You only flip 1s to 0. Zeros become 1 as well: the opposite of a label is 1 - label.",
        "only_zeros": "You only flip 0s to 1. Ones become 0 as well: the opposite of a label is 1 - label.",
        "sets_to_zero": "You set the picked labels to 0; a label that is 0 already then isn't flipped. Use 1 - label.",
        "always_the_same_places": (
            "The same places are flipped at each call, such as the first ones. Pick them at random from `rng`, anew."
        ),
        "one_block": (
            "The labels that you flip stand side by side: one random place and its neighbours. Pick each place by "
            "itself."
        ),
        "shuffled": (
            "Your labels are flipped in the right number and have changed places too. An image keeps its own label: "
            "shuffle places, not labels."
        ),
        "negative": "A flipped 1 is -1 in your labels. The opposite of 1 is 0: use 1 - label.",
        "flips_the_rest": "You flip {found} of {n} labels: all but those that you picked. Flip the picked ones.",
        "not_labels": "Your labels hold {found:g}. A flipped label is 0 or 1; softer ones are lab 10's smoothing.",
        "integers": "Your labels are {found}. Losses want the type that came in, float32: integers hold no soft label.",
        "float64": "Your labels are {found}; wanted float32, as they came in.",
        "ignores_rng": (
            "Two generators from the same seed flipped other places, so your draw comes from elsewhere (np.random?). "
            "Draw from `rng`."
        ),
    },
    hints=(
        "How many labels have to be flipped, and how do you pick that many places, none of them twice?",
        "`rng.choice(n, size=..., replace=False)` picks places. Work on `y.copy()`, and flip with 1 - label.",
        "picked = rng.choice(len(y), size=round(...), replace=...); then copied[picked] = 1 - ...",
    ),
)
def check_flip_labels(answer):
    cases = [(labels(1000, 0), 0.05), (labels(1000), 0.05), (labels(1000), 0.3), (1 - labels(200), 0.1)]
    cases += [(labels(150), 0.07), (labels(10), 0.0), (labels(10, 1), 1.0), (labels(64, 2), 0.05)]
    for number, (y, p) in enumerate(cases):
        n, wanted = len(y), round(p * len(y))
        first = _flipped(answer, y, p, 10 + number)
        counts = [int((_flipped(answer, y, p, seed) != y).sum()) for seed in range(20)]
        changed = first != y
        if not np.array_equal(first, _flipped(answer, y, p, 10 + number)):
            raise Wrong("ignores_rng")
        if set(counts) == {wanted} and int(changed.sum()) == wanted:
            rng = np.random.default_rng(3)
            one, two = (array(answer(rng, y, p), y.shape) for _ in range(2))
            if 5 < wanted < n - 5 and np.array_equal(one, two):
                raise Wrong("always_the_same_places")
            places = np.flatnonzero(changed)
            if 5 < wanted < n / 2 and np.ptp(places) < 1.5 * wanted:
                raise Wrong("one_block")
            if n == 1000 and not 300 < places.mean() < 700:
                raise Wrong("always_the_same_places")
            if first.dtype.kind != "f":
                raise Wrong("integers", found=first.dtype)
            if first.dtype != np.float32:
                raise Wrong("float64", found=first.dtype)
            continue
        found = int(changed.sum())
        if y.mean() < 1 and y.mean() > 0 and found and (first[changed] == 0).all():
            raise Wrong("only_ones")
        if y.mean() < 1 and found and (first[changed] == 1).all() and y.mean() > 0:
            raise Wrong("only_zeros")
        if y.max() == 0 and found == 0 and number == 3:
            raise Wrong("sets_to_zero")
        if 0 < y.mean() < 1 and min(counts) > 4 * wanted and len(set(counts)) > 1:
            raise Wrong("shuffled")
        if set(counts) == {n - wanted}:
            raise Wrong("flips_the_rest", found=found, n=n)
        if set(counts) == {int(p * n)} and n != 1000:
            raise Wrong("truncates", n=n, p=p, found=found, wanted=wanted)
        if max(counts) > wanted and len(set(counts)) > 1:
            raise Wrong("each_by_chance", wanted=wanted, found=counts[0], other=_other(counts))
        if max(counts) <= wanted and len(set(counts)) > 1:
            raise Wrong("with_replacement", wanted=wanted, found=min(counts))
        raise Wrong("wrong_number", wanted=wanted, found=found)


def _flipped(answer, y, p, seed):
    found = array(answer(np.random.default_rng(seed), y, p), y.shape)
    odd = found[(found != 0) & (found != 1)]
    if odd.size and (odd == -1).all():
        raise Wrong("negative")
    if odd.size:
        raise Wrong("not_labels", found=float(odd[0]))
    return found


def _other(counts):
    return next(count for count in counts if count != counts[0])


@exercise(
    hack.expected_labels,
    praise="5 % flips are 0.95 and 0.05 on average: two-sided smoothing, with noise on top.",
    misconceptions={
        "ones_only": "Your ones become {one:g} and your zeros stay 0. Zeros are flipped too: on average they are p.",
        "half_the_flip": "With p = {p} your ones are {one:g}. A flip moves a label by 1: on average by p, not p / 2.",
        "twice_the_flip": "With p = {p} your ones are {one:g}. A flip moves a label by 1: on average by p, not 2p.",
        "flipped": "You return p for a 1 and 1 - p for a 0: most labels are *not* flipped.",
        "unchanged": "Your labels are as they came. A share p of them is flipped, which moves the average.",
        "random": (
            "Two calls gave different values: you average draws. The average over *all* draws is a fixed number; write "
            "its formula and draw nothing."
        ),
        "ignores_p": "Your labels are the same for p = {p} as for p = 0.05. Use the argument.",
        "outside": "Your labels go from {low:g} to {high:g}. An average of 0s and 1s lies between them.",
        "differs": "With p = {p} a 1 becomes {one:g}, a 0 becomes {zero:g}; wanted {wanted_one:g} and {wanted_zero:g}.",
    },
    hints=(
        "A label 1 stays 1 with probability 1 - p. What is it otherwise, and what is the average of the two?",
        "The average is (1 - p) times the label plus p times its opposite.",
        "(1 - p) * y + p * (...)",
    ),
)
def check_expected_labels(answer):
    for n, p in ((10, 0.05), (7, 0.2), (40, 0.1), (20, 0.5), (5, 0.0)):
        y = labels(n, 4)
        found = array(answer(y, p), y.shape)
        if not np.array_equal(found, array(answer(y, p), y.shape)):
            raise Wrong("random")
        wanted = hack.expected_labels(y, p)
        if np.allclose(found, wanted, atol=1e-5):
            continue
        one, zero = array(answer(np.array([[1], [0]], "float32"), p), (2, 1)).ravel().tolist()
        if np.allclose(found, y):
            # Averaged flips of few labels are none: 10 labels at 5 % give round(0.5) = 0.
            draws = array(answer(labels(200, 4), 0.05)), array(answer(labels(200, 4), 0.05))
            raise Wrong("random" if not np.array_equal(*draws) else "unchanged")
        if p != 0.05 and np.allclose(found, array(answer(y, 0.05), y.shape)):
            raise Wrong("ignores_p", p=p)
        if np.allclose(found, 1 - wanted):
            raise Wrong("flipped")
        if np.allclose(found, (1 - p) * y):
            raise Wrong("ones_only", one=one)
        if np.allclose(found, hack.expected_labels(y, p / 2)):
            raise Wrong("half_the_flip", p=p, one=one)
        if np.allclose(found, hack.expected_labels(y, 2 * p)):
            raise Wrong("twice_the_flip", p=p, one=one)
        if found.min() < 0 or found.max() > 1:
            raise Wrong("outside", low=float(found.min()), high=float(found.max()))
        raise Wrong("differs", p=p, one=one, zero=zero, wanted_one=1 - p, wanted_zero=p)
