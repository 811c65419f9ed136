"""Lab 10, label smoothing: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import array, told
from ganhacks.hacks import label_smoothing as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "label_smoothing")

PREDICTION = {
    "choices": {
        "a": "1.0.",
        "b": "0.9.",
        "c": "that depends on how many fakes there are.",
    },
    "answer": "b",
    "why": (
        "Where there are only reals, D* is α itself: the best answer to a target of 0.9 is 0.9, however many fakes "
        "there are elsewhere."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- labels drawn at random

DRAWS = {
    "unchanged": "Your labels are as they came, all {label:g}. Move each one by a random amount.",
    "one_value": "Your labels are {found:g} throughout, at every call. {method} The list draws one for each image.",
    "one_draw": (
        "All labels of your batch are {found:.3f}: one draw for everybody. In a batch the draws should average out; "
        "yours push all of it one way now, and another way at the next step. Draw `y.shape` numbers."
    ),
    "few_values": (
        "Your {n:,} labels hold only {found} different values: you draw from a list of fixed ones, or repeat a few "
        "draws. Any number in the range should come up, drawn anew for each image."
    ),
    "spread_by_hand": (
        "A batch of one image always gets {found:.2f}: you spread fixed values over the batch instead of drawing. Draw "
        "from `rng`, `y.shape` numbers."
    ),
    "piled_up": (
        "{share:.0%} of your labels are exactly {value:g}: what lay outside of the range was clipped to its end. Draw "
        "inside of the range from the start."
    ),
    "whole_range": (
        "Your labels go from {low:.2f} to {high:.2f}. A draw from [0, 1) has to be scaled and shifted: its width "
        "becomes {width:g}, and its lower end {wanted_low:g}."
    ),
    "other_side": "Your labels go from {low:.2f} to {high:.2f}: that is the range of the *other* kind of image.",
    "mirrored": (
        "Your labels go from {low:.2f} to {high:.2f}; wanted {wanted_low:g} to {wanted_high:g}. The two ends are "
        "mirrored around the hard label: which sign belongs to which number?"
    ),
    "wrong_range": "Your labels go from {low:.2f} to {high:.2f}; wanted {wanted_low:g} to {wanted_high:g}.",
    "not_uniform": (
        "Your labels lie in the right range and not evenly: {quarter:.0%} of them are in its lowest quarter and "
        "{outer:.0%} in its outer half. Use `rng.random` or `rng.uniform`."
    ),
    "ignores_rng": (
        "Two generators started from the same seed gave different labels, so yours come from elsewhere (np.random?). "
        "Draw from `rng`: then a run can be repeated."
    ),
    "reseeds": (
        "Two calls with one `rng` gave the same labels: your function starts a generator of its own. Every batch would "
        "get the same labels. Draw from the `rng` that you are given."
    ),
    "integers": "Your labels are {found}: integers hold no soft label. Keep them float.",
}


def _judge_draws(answer, label, low, high, method, named=()):
    """Judge labels that should be uniform in [low, high].

    method: what to say of one fixed label. named: (misconception, its range), tried before the rest.
    """
    y = np.full((2000, 1), label, "float32")
    first = array(answer(rng(0), y), y.shape)
    array(answer(rng(1), y[:7]), (7, 1), " for 7 labels")
    alone = [array(answer(rng(seed), y[:1]), (1, 1), " for 1 label") for seed in range(6)]
    if first.dtype.kind != "f":
        raise Wrong("integers", found=first.dtype)
    second = array(answer(rng(5), y), y.shape)
    if np.allclose(first, label) and np.allclose(second, label):
        raise Wrong("unchanged", label=label)
    values = len(np.unique(first))
    if values == 1:
        same = np.array_equal(first, second)
        raise Wrong("one_value" if same else "one_draw", found=float(first[0, 0]), method=method)
    if np.ptp(alone) == 0 and np.ptp(np.diff(np.sort(first, axis=None))) < 1e-5:  # an even grid, no draws
        raise Wrong("spread_by_hand", found=float(alone[0][0, 0]))
    if values < 300:
        raise Wrong("few_values", found=values, n=len(y))
    ends = {"low": float(first.min()), "high": float(first.max())}

    def reaches(low, high):
        near = 0.02 * (high - low)  # the ends of 2,000 draws are a thousandth of the width away
        return abs(ends["low"] - low) < near and abs(ends["high"] - high) < near

    if not reaches(low, high) or ends["low"] < low - 1e-6 or ends["high"] > high + 1e-6:
        misconception = next((name for name, span in named if reaches(*span)), "wrong_range")
        raise Wrong(misconception, wanted_low=low, wanted_high=high, width=round(high - low, 3), **ends)
    for value in (first.min(), first.max()):
        if np.mean(first == value) > 0.01:
            raise Wrong("piled_up", share=np.mean(first == value), value=value)
    if not _is_uniform(first, low, high):
        share = (first - low) / (high - low)
        raise Wrong("not_uniform", quarter=np.mean(share < 0.25), outer=np.mean(np.abs(share - 0.5) > 0.25))
    if not np.array_equal(first, array(answer(rng(0), y), y.shape)):
        raise Wrong("ignores_rng")
    other = rng(2)
    if np.array_equal(answer(other, y), answer(other, y)) or np.array_equal(first, second):
        raise Wrong("reseeds")


def _is_uniform(values, low, high):
    """Tell whether 1,000 numbers or more can be a uniform draw: how far their distribution is from a straight line."""
    places = (np.sort(values, axis=None) - low) / (high - low)
    return np.abs(places - (np.arange(places.size) + 0.5) / places.size).max() < 2.3 / np.sqrt(places.size)


@exercise(
    hack.smooth_positive_labels,
    praise="Every real has a target of its own, spread evenly from 0.7 to 1.2: 0.95 on average.",
    misconceptions={
        **DRAWS,
        "never_above_one": (
            "Your labels go from {low:.2f} to {high:.2f}: you only ever take away. The list's range goes on to 1.2, so "
            "the draw is 0.5 wide and starts 0.3 below the label."
        ),
        "never_below_one": (
            "Your labels go from {low:.2f} to {high:.2f}: above 1 only, which makes the discriminator surer. The range "
            "starts 0.3 below the label."
        ),
    },
    hints=(
        "`rng.random` draws from [0, 1). How wide is the range that you want, and how far below 1 does it start?",
        "Stretch the draw to a width of 0.5 and start it at 0.7. Draw with the shape of y.",
        "y - ... + ... * rng.random(y.shape)",
    ),
)
def check_smooth_positive_labels(answer):
    _judge_draws(
        answer,
        label=1.0,
        low=0.7,
        high=1.2,
        method="A fixed soft label is a method too, the paper's.",
        named=(
            ("never_above_one", (0.7, 1.0)),
            ("never_above_one", (0.5, 1.0)),
            ("never_below_one", (1.0, 1.2)),
            ("never_below_one", (1.0, 1.5)),
            ("mirrored", (0.8, 1.3)),
            ("other_side", (0.0, 0.3)),
            ("whole_range", (0.0, 1.0)),
        ),
    )


@exercise(
    hack.smooth_negative_labels,
    praise="Every fake has a target of its own, spread evenly from 0 to 0.3.",
    misconceptions={
        **DRAWS,
        "multiplied": ("Your labels are still 0: zero times anything is zero. Smoothing a 0 has to *add* something."),
        "below_zero": (
            "Your labels go from {low:.2f} to {high:.2f}. A target below 0 can never be reached by a probability; a "
            "soft 0 lies above it."
        ),
    },
    hints=(
        "On which side of 0 can a probability lie, and how far may the label go?",
        "Stretch a draw from [0, 1) to a width of 0.3 and add it.",
        "y + ... * rng.random(y.shape)",
    ),
)
def check_smooth_negative_labels(answer):
    y = np.zeros((50, 1), "float32")
    if (array(answer(rng(0), y), y.shape) == 0).all():
        ones = array(answer(rng(0), y + 1), y.shape)
        raise Wrong("multiplied" if len(np.unique(ones)) > 1 else "unchanged", label=0.0)
    _judge_draws(
        answer,
        label=0.0,
        low=0.0,
        high=0.3,
        method="The paper leaves fakes at 0.",
        named=(
            ("below_zero", (-0.3, 0.0)),
            ("below_zero", (-0.3, 0.3)),
            ("below_zero", (-0.3, 0.2)),
            ("mirrored", (0.7, 1.0)),
            ("other_side", (0.7, 1.2)),
            ("whole_range", (0.0, 1.0)),
        ),
    )


# ---- the best discriminator


@exercise(
    hack.optimal_discriminator,
    praise="Where only reals are it answers α, where only fakes are β, and their mixture between.",
    misconceptions={
        "hard": "Your answer is that of hard labels, whatever α and β are. Each density counts with its own target.",
        "ignores_beta": (
            "Where there are only fakes you answer 0, with β = {beta}. The fakes' density counts with its target too."
        ),
        "ignores_alpha": "Where there are only reals you answer 1, with α = {alpha}. It should be their target.",
        "swapped": "You have the targets the wrong way round: α belongs to the reals and β to the fakes.",
        "weighted_below": (
            "You have α and β below the line too. There each density counts once: it says how often a point comes up, "
            "not what it is called."
        ),
        "no_sum": "You divide by one density alone. A point comes up among the reals *and* among the fakes.",
        "one_at_a_time": (
            "Your result is one number. The formula holds point by point: use the arrays as they are, without a sum."
        ),
        "differs": "With α = {alpha}, β = {beta}, p_data = {p:.3f} and p_g = {q:.3f} you answer {found:.3f}; the "
        "formula gives {wanted:.3f}.",
    },
    hints=(
        "At one point, which share of what comes up is real? Which target does that share pull towards, and the rest?",
        "The targets' average, weighted by the two densities: both weighted targets above, both densities below.",
        "(alpha * ... + beta * ...) / (... + ...)",
    ),
)
def check_optimal_discriminator(answer):
    p, q = rng(0).uniform(0.05, 1, 40), rng(1).uniform(0.05, 1, 40)
    for args in ((0.9, 0.1), (0.6, 0.3), (), (0.9,), (1.0, 0.2)):
        alpha, beta = (*args, *(1.0, 0.0)[len(args) :])
        found = answer(p, q, *args)
        if isinstance(found, (int, float, np.number)):
            raise Wrong("one_at_a_time")
        found = array(found, p.shape)
        wanted = hack.optimal_discriminator(p, q, alpha, beta)
        if np.allclose(found, wanted, atol=1e-5):
            continue
        weighted = alpha * p + beta * q
        mistakes = (
            ("no_sum", weighted / p),
            ("no_sum", weighted / q),
            ("no_sum", alpha * p / q),
            ("weighted_below", alpha * p / weighted),
            ("weighted_below", weighted / weighted),
            ("swapped", (beta * p + alpha * q) / (p + q)),
            ("hard", p / (p + q)),
            ("ignores_beta", alpha * p / (p + q)),
            ("ignores_alpha", (p + beta * q) / (p + q)),
        )
        for misconception, values in mistakes:
            if np.allclose(found, values, atol=1e-5):
                raise Wrong(misconception, alpha=alpha, beta=beta)
        worst = int(np.argmax(np.abs(found - wanted)))
        raise Wrong(
            "differs", alpha=alpha, beta=beta, p=p[worst], q=q[worst], found=float(found[worst]), wanted=wanted[worst]
        )


# ---- who gets which target


@exercise(
    hack.step_targets,
    praise="Reals soft, fakes 0, and the generator still aims at a full 1.",
    misconceptions={
        "three_wanted": "Your function returns {found}; wanted three arrays: for reals, for fakes, for the generator.",
        "generator_smoothed": (
            "The generator's target is {generator:g}. Smoothing is for the discriminator, which should not become too "
            "sure. The generator wants its fakes taken for reals: its target is the hard 1."
        ),
        "generator_told_the_truth": (
            "The generator's target is 0: it would learn to be found out. Its loss compares the fakes with *real*."
        ),
        "two_sided": (
            "The discriminator's target for fakes is {fake:g}. Smoothing is one-sided here: a fake stays 0. (Keras' "
            "`label_smoothing=` would give you this, too.)"
        ),
        "halved": "With smooth = {smooth} your reals are {real:g}: half of it went missing, as in Keras' own option.",
        "swapped": "Your first array is 0 and your second is not. The order is reals, fakes, generator.",
        "above_one": "Your reals are {real:g}, above 1. Smoothing takes away: 1 - smooth.",
        "hard": "Your reals are still 1 with smooth = {smooth}. Take it off them.",
        "ignores_smooth": "With smooth = {smooth} your reals are {real:g}; wanted {wanted:g}. Use the argument.",
        "integers": "Your targets for reals are {found}: an integer cannot hold 0.9. Keep them float.",
        "differs": "With smooth = {smooth} your targets are {real:g}, {fake:g} and {generator:g}; wanted {wanted:g}, "
        "0 and 1.",
    },
    hints=(
        "Who has to be kept from being too sure? Is that the generator as well?",
        "Three arrays of shape (n_samples, 1): reals 1 - smooth; fakes as hard as ever; and the generator wants "
        "'real', all of it.",
        "return (1 - ...) * np.ones((n_samples, 1), 'float32'), ..., ...",
    ),
)
def check_step_targets(answer):
    for n_samples, *more in ((8, 0.1), (5, 0.3), (1, 0.2), (64, 0.0), (8,)):
        smooth = more[0] if more else 0.1
        result = answer(n_samples, *more)
        if result is None:
            raise Wrong("returns_nothing")
        stacked = getattr(result, "shape", None) == (3, n_samples, 1)  # three arrays in one come apart like a tuple
        if not (isinstance(result, (tuple, list)) or stacked) or len(result) != 3:
            raise Wrong("three_wanted", found=told(result))
        arrays = [array(part, (n_samples, 1)) for part in result]
        real, fake, generator = (float(part.mean()) for part in arrays)
        wanted = 1 - smooth
        details = {"real": real, "fake": fake, "generator": generator, "smooth": smooth, "wanted": wanted}
        if all(np.allclose(part, value, atol=1e-6) for part, value in zip(arrays, (wanted, 0, 1))):
            continue
        if arrays[0].dtype.kind != "f":
            raise Wrong("integers", found=arrays[0].dtype)
        if real == 0 and fake > 0:
            raise Wrong("swapped")
        if real > 1:
            raise Wrong("above_one", **details)
        if smooth and np.isclose(real, 1):
            raise Wrong("hard", **details)
        if smooth and np.isclose(real, 1 - smooth / 2):
            raise Wrong("halved", **details)
        if fake != 0:
            raise Wrong("two_sided", **details)
        if generator == 0:
            raise Wrong("generator_told_the_truth")
        if smooth != 0.1 and np.isclose(real, 0.9):
            raise Wrong("ignores_smooth", **details)
        if np.isclose(real, wanted) and generator < 1:
            raise Wrong("generator_smoothed", **details)
        raise Wrong("differs", **details)


# ---- the published bug


def published_noisy_targets(rng, y, size=0.05):
    return y + size * rng.random(y.shape)


@exercise(
    hack.repair_noisy_targets,
    given=published_noisy_targets,
    praise="1s come down, 0s come up, and no target leaves [0, 1].",
    misconceptions={
        "above_one": (
            "Your 1s become {low:.3f} to {high:.3f}. A target above 1 takes the floor out of the loss. In which "
            "direction does a 1 have to move?"
        ),
        "below_zero": "Your 0s become {low:.3f} to {high:.3f}. A 0 has to move up, a 1 down: two directions.",
        "unchanged": "Your labels are as they came. Move each one by a random amount, towards the other side.",
        "zeros_left": "Your 0s are still 0 and only the 1s move. Here both sides move, each towards the other.",
        "ones_left": (
            "Your 1s are exactly 1 and only the 0s move. (A clip to 1 does that: it puts back what was added.) A 1 "
            "moves down, towards the 0s."
        ),
        "half_left": (
            "{share:.0%} of your labels have not moved. A draw that goes both ways and is clipped leaves half of them "
            "where they were. Let each draw go one way: towards the other side."
        ),
        "integers": "Your labels are {found}: integers hold no soft label. Keep them float.",
        "other_default": "Called without `size`, your labels move by up to {found:.3f}; wanted 0.05. Keep the default.",
        "no_draw": "Your 1s are {found:g} at every call. Draw a number of its own for each label from `rng`.",
        "not_uniform": "Your labels stay too near to where they were, or too far: draw evenly, with `rng.random`.",
        "ignores_size": "With size = {size} a 1 goes down to {low:.3f}; wanted {wanted:.3f}. Use the argument.",
        "one_draw": "All your 1s are {found:.3f}: one draw for the whole batch. Draw one number for each label.",
        "moved_both_ways": (
            "Your draw goes both ways: 1s from {low:.3f} to {high:.3f}. Half of it is outside of [0, 1]; a label has "
            "one side to move to."
        ),
        "wrong_range": "With size = {size} your 1s lie in [{low:.3f}, {high:.3f}] and your 0s in [{low_0:.3f}, "
        "{high_0:.3f}]; wanted [{wanted:.3f}, 1] and [0, {size}].",
        "ignores_rng": "Two generators from the same seed gave different labels. Draw from `rng`.",
        "reseeds": "Generators from two seeds gave the same labels. Draw from the `rng` that you are given.",
    },
    hints=(
        "Put y = 1 and y = 0 into the line. Which of the two results is a possible probability?",
        "A 0 moves by + the draw and a 1 by - the draw. np.where can choose; or which factor is +1 for y = 0 and -1 "
        "for y = 1?",
        "y + size * rng.random(y.shape) * (1 - ...)",
    ),
)
def check_repair_noisy_targets(answer):
    y = rng(3).integers(0, 2, (2000, 1)).astype("float32")
    for size in (0.05, 0.2):
        found = array(answer(rng(0), y, size), y.shape)
        ones, zeros = found[y == 1], found[y == 0]
        details = {"size": size, "low": ones.min(), "high": ones.max(), "wanted": 1 - size}
        if found.dtype.kind != "f":
            raise Wrong("integers", found=found.dtype)
        if np.array_equal(found, y):
            raise Wrong("unchanged")
        if np.ptp(ones) == 0 and 0 < ones[0] < 1:
            fixed = np.array_equal(found, array(answer(rng(1), y, size), y.shape))
            raise Wrong("no_draw" if fixed else "one_draw", found=ones[0])
        if (ones == 1).all():
            raise Wrong("ones_left")
        if ones.max() > 1 + 1e-6:
            raise Wrong("moved_both_ways" if ones.min() < 1 - size / 4 else "above_one", **details)
        if zeros.min() < -1e-6:
            raise Wrong("below_zero", low=zeros.min(), high=zeros.max())
        if (zeros == 0).all():
            raise Wrong("zeros_left")
        if np.mean(found == y) > 0.01:
            raise Wrong("half_left", share=np.mean(found == y))
        if size != 0.05 and abs(ones.min() - 0.95) < 0.005:
            raise Wrong("ignores_size", **details)
        near = size / 20
        ends = (ones.min() - (1 - size), 1 - ones.max(), zeros.min(), size - zeros.max())
        if any(abs(end) > near for end in ends):
            raise Wrong("wrong_range", low_0=zeros.min(), high_0=zeros.max(), **details)
        if not _is_uniform(np.abs(found - y), 0, size):
            raise Wrong("not_uniform")
        if not np.array_equal(found, array(answer(rng(0), y, size), y.shape)):
            raise Wrong("ignores_rng")
        if np.array_equal(found, array(answer(rng(1), y, size), y.shape)):
            raise Wrong("reseeds")
    moved = np.abs(array(answer(rng(0), y), y.shape) - y).max()
    if abs(moved - 0.05) > 0.005:
        raise Wrong("other_default", found=float(moved))
