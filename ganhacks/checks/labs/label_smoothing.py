"""Lab 10, label smoothing: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import judge, same
from ganhacks.checks.engine.values import array
from ganhacks.hacks import label_smoothing as hack

PARAMETERS = {
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "label_smoothing")

PREDICTION = {
    "choices": {
        "a": "1.0.",
        "b": "0.9.",
        "c": "that depends on how many fakes there are.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so with a target of 1. D learns the target that it is given, whatever it is called.",
        "c": "That would be so at a point where fakes lie too. Here none is near.",
    },
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
        raise Wrong("integers", found=first.dtype, wanted="float")
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

    for value in (first.min(), first.max()):
        if np.mean(first == value) > 0.01:
            raise Wrong("piled_up", share=np.mean(first == value), value=value)
    if not reaches(low, high) or ends["low"] < low - 1e-6 or ends["high"] > high + 1e-6:
        misconception = next((name for name, span in named if reaches(*span)), "wrong_range")
        raise Wrong(misconception, wanted_low=low, wanted_high=high, width=round(high - low, 3), **ends)
    if not _is_uniform(first, low, high):
        share = (first - low) / (high - low)
        raise Wrong("not_uniform", quarter=np.mean(share < 0.25), outer=np.mean(np.abs(share - 0.5) > 0.25))
    properties.draws_from_rng(answer, y)
    properties.independent(first)
    properties.new_array(answer, rng(0), y)


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
        "multiplied": (
            "Your labels are still 0. Zero times anything is 0, and what goes below 0 and is clipped comes back as 0. "
            "Smoothing a 0 has to *add* something."
        ),
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


def _with_targets(formula):
    """Return a wrong best discriminator that has the right targets: formula(p, q, weighted, alpha, beta)."""
    return lambda p, q, alpha=1.0, beta=0.0: formula(p, q, alpha * p + beta * q, alpha, beta)


def _floored(p, q, alpha, beta):
    return hack.optimal_discriminator(np.maximum(p, 1e-12), np.maximum(q, 1e-12), alpha, beta)


OPTIMAL_SLIPS = [
    (name, _with_targets(formula), *more)
    for name, formula, *more in (
        ("no_sum", lambda p, q, weighted, *_: weighted / p),
        ("no_sum", lambda p, q, weighted, *_: weighted / q),
        ("no_sum", lambda p, q, weighted, alpha, beta: alpha * p / q),
        ("weighted_below", lambda p, q, weighted, alpha, beta: alpha * p / weighted),
        ("weighted_below", lambda p, q, weighted, *_: weighted / weighted),
        ("weighted_below", lambda p, q, weighted, alpha, beta: alpha * p / (alpha * p + (1 - beta) * q)),
        ("added", lambda p, q, weighted, alpha, beta: alpha * p / (p + q) + beta),
        ("added", lambda p, q, weighted, alpha, beta: (alpha * p * (1 - beta) + beta * q) / (p + q)),
        ("winner", lambda p, q, weighted, alpha, beta: np.where(p > q, alpha, beta) + 0.0),
        ("winner", lambda p, q, weighted, alpha, beta: np.where(p >= q, alpha, beta) + 0.0),
        ("exponentials", lambda p, q, *targets: hack.optimal_discriminator(np.exp(p), np.exp(q), *targets[1:])),
        ("swapped", lambda p, q, weighted, alpha, beta: (beta * p + alpha * q) / (p + q)),
        ("hard", lambda p, q, *_: p / (p + q)),
        ("ignores_beta", lambda p, q, weighted, alpha, beta: alpha * p / (p + q)),
        ("ignores_alpha", lambda p, q, weighted, alpha, beta: (p + beta * q) / (p + q)),
        ("not_divided", lambda p, q, weighted, *_: weighted),
        ("no_brackets", lambda p, q, weighted, alpha, beta: alpha * p + beta * q / (p + q)),
        ("no_brackets", lambda p, q, weighted, *_: weighted / p + q),
        ("no_brackets", lambda p, q, weighted, alpha, beta: alpha * p + beta * q / p + q),
        ("divides_twice", lambda p, q, weighted, *_: weighted / (p + q) / 2),
        ("one_at_a_time", lambda p, q, weighted, *_: np.full(p.shape, weighted.sum() / (p + q).sum())),
        *(("never_small", lambda p, q, weighted, *_, low=low: weighted / (p + q + low)) for low in (1e-8, 1e-7, 1e-6)),
        *(
            ("never_small", lambda p, q, weighted, *_, low=low: weighted / np.maximum(p + q, low))
            for low in (1e-3, 1e-6, 1e-12)
        ),
        ("never_small", lambda p, q, *targets: _floored(p, q, *targets[1:])),
        ("ratio", lambda p, q, weighted, alpha, beta: (alpha * (p / q) + beta) / (p / q + 1)),
        ("ratio", lambda p, q, weighted, alpha, beta: (alpha + beta * (q / p)) / (1 + q / p)),
        ("rounded", lambda p, q, weighted, *_: np.round(weighted / (p + q), 2)),
        *(
            ("clipped", lambda p, q, weighted, *_, low=low: np.clip(weighted / (p + q), low, 1 - low))
            for low in (1e-4, 1e-3, 1e-2)
        ),
    )
]


@exercise(
    hack.optimal_discriminator,
    praise="Where only reals are it answers α, where only fakes are β, and their mixture between.",
    slips=OPTIMAL_SLIPS,
    misconceptions={
        "hard": "Your answer is that of hard labels, whatever α and β are. Each density counts with its own target.",
        "ignores_beta": "Where there are only fakes you answer 0, whatever β is. Their density counts with its target.",
        "ignores_alpha": "Where there are only reals you answer 1, whatever α is. It should be their target.",
        "swapped": "You have α and β, or the two densities, the wrong way round: α belongs to the reals (p_data).",
        "weighted_below": (
            "You have α and β below the line too. There each density counts once: it says how often a point comes up, "
            "not what it is called."
        ),
        "added": (
            "With β = 0 you are right, and β does not enter as it should: it is the target of the fakes, so it counts "
            "with the fakes' density and nowhere else."
        ),
        "winner": (
            "You give each point the target of the likelier side. At such a point there are reals *and* fakes: the "
            "best answer is the average of both targets, each weighted by its density."
        ),
        "exponentials": "You take exponentials of the densities. They are no logits: use them as they are.",
        "no_sum": "You divide by one density alone. A point comes up among the reals *and* among the fakes.",
        "not_divided": "You weigh the densities and do not divide. The targets' average needs the sum of both below.",
        "no_brackets": (
            "Only a part of what stands above or below the line is divided in yours: `/` comes before `+`. Put "
            "brackets around each of the two sums."
        ),
        "divides_twice": "Your answer is half of what it should be. Is the sum of both densities all that is below?",
        "one_at_a_time": (
            "You return one number for all points. The formula holds point by point: use the arrays as they are, "
            "without a sum over points."
        ),
        "never_small": (
            "You keep a density, or the divisor, away from 0. The two densities are never both 0, and far out in the "
            "tails both are tiny: there your answer is off."
        ),
        "ratio": (
            "You divide one density by the other. Where that other one is 0 the result is NaN: at a point that only "
            "one kind ever reaches."
        ),
        "rounded": "You round the answer to two decimals. Return it as it is.",
        "clipped": (
            "You keep the answer away from 0 and 1. Where only one kind comes up, the best answer is its target, and that "
            "may be 0 or 1."
        ),
    },
    hints=(
        "At one point, which share of what comes up is real? Which target does that share pull towards, and the rest?",
        "The targets' average, weighted by the two densities: both weighted targets above, both densities below.",
        "(alpha * ... + beta * ...) / (... + ...)",
    ),
)
def check_optimal_discriminator(answer):
    p, q = rng(0).uniform(0.05, 1, 12), rng(1).uniform(0.05, 1, 12)
    one, two = np.array([0.2, 0.6]), np.array([0.3, 0.1])
    # Only reals, only fakes, far out in both tails.
    alone = np.array([0.4, 0.0, 1e-9, 2e-40]), np.array([0.0, 0.25, 3e-9, 1e-40])
    if np.ndim(answer(p, q)) == 0 and answer(p, q) is not None:
        raise Wrong("one_at_a_time")
    with np.errstate(all="ignore"):
        targets = ((0.9, 0.1), (1.0, 0.0), (0.6, 0.3), (1.0, 0.2), (0.9, 0.0), (0.0, 0.7))
        judge(answer, [(one, two, *targets[0]), (p, q, *targets[0])] + [(*alone, *pair) for pair in targets])


# ---- who gets which target


def _targets(real, fake=lambda smooth: 0, generator=lambda smooth: 1):
    """Return a wrong function of targets, each part a function of `smooth`."""
    return lambda n_samples, smooth=0.1: tuple(
        np.full((n_samples, 1), part(smooth), "float32") for part in (real, fake, generator)
    )


def _soft(smooth):
    return 1 - smooth


@exercise(
    hack.step_targets,
    praise="Reals soft, fakes 0, and the generator still aims at a full 1.",
    slips=[
        ("generator_smoothed", _targets(_soft, generator=_soft)),
        ("generator_smoothed", _targets(_soft, generator=lambda smooth: 1 + smooth)),
        ("generator_told_the_truth", _targets(_soft, generator=lambda smooth: 0)),
        ("generator_told_the_truth", _targets(_soft, generator=lambda smooth: smooth)),
        ("two_sided", _targets(_soft, lambda smooth: smooth)),
        ("two_sided", _targets(_soft, lambda smooth: smooth, _soft)),
        ("two_sided", _targets(lambda smooth: 1 - smooth / 2, lambda smooth: smooth / 2)),
        ("halved", _targets(lambda smooth: 1 - smooth / 2)),
        ("swapped", _targets(lambda smooth: 0, _soft)),
        ("smooths_fakes", _targets(lambda smooth: 1, lambda smooth: smooth)),
        ("above_one", _targets(lambda smooth: 1 + smooth)),
        ("hard", _targets(lambda smooth: 1)),
        ("smooth_itself", _targets(lambda smooth: smooth)),
        ("ignores_smooth", _targets(lambda smooth: 0.9)),
        ("ignores_smooth", _targets(lambda smooth: 0.9, generator=lambda smooth: 0.9)),
        ("wrong_one_smoothed", _targets(lambda smooth: 1, generator=_soft)),
        (
            "swapped_results",
            lambda n_samples, smooth=0.1: tuple(hack.step_targets(n_samples, smooth)[i] for i in (0, 2, 1)),
        ),
    ],
    misconceptions={
        "wrong_type": "Your function returns {found}; wanted {wanted}: for reals, for fakes, for the generator.",
        "generator_smoothed": (
            "The generator's target is smoothed as well. Smoothing is for the discriminator, which should not become "
            "too sure. The generator wants its fakes taken for reals: its target is the hard 1."
        ),
        "generator_told_the_truth": (
            "The generator's target is that of a fake: it would learn to be found out. Its loss compares the fakes "
            "with *real*."
        ),
        "two_sided": (
            "The discriminator's target for fakes is soft too. Smoothing is one-sided here: a fake stays 0. (Keras' "
            "`label_smoothing=` would give you this, too.)"
        ),
        "halved": "Your reals are 1 - smooth / 2: half of the smoothing went missing, as in Keras' own option.",
        "swapped": "Your first array is 0 and your second is not. The order is reals, fakes, generator.",
        "smooths_fakes": "You smooth the fakes and leave the reals at 1. It is the other way round: fakes stay 0.",
        "above_one": "Your reals are 1 + smooth, above 1. Smoothing takes away: 1 - smooth.",
        "hard": "Your reals are still 1. Take `smooth` off them.",
        "smooth_itself": "Your reals are `smooth`. That is what is taken off them: 1 - smooth is left.",
        "ignores_smooth": "Your reals are 0.9 whatever `smooth` is. Use the argument.",
        "wrong_one_smoothed": (
            "Your reals are 1 and the generator's target is 1 - smooth. The discriminator's reals are the ones that are "
            "smoothed. (Or do your arrays stand in another order? It is reals, fakes, generator.)"
        ),
        "swapped_results": "Your three arrays are right and stand in another order. It is reals, fakes, generator.",
        "kept_targets": (
            "Your targets for {n_samples} samples are those of an earlier call, with another `smooth`. Make them anew "
            "at each call."
        ),
        "integers": "Your targets are {found}: an integer cannot hold 0.9. Keep them float.",
    },
    hints=(
        "Who has to be kept from being too sure? Is that the generator as well?",
        "Three arrays of shape (n_samples, 1): reals 1 - smooth; fakes as hard as ever; and the generator wants "
        "'real', all of it.",
        "return (1 - ...) * np.ones((n_samples, 1), 'float32'), ..., ...",
    ),
)
def check_step_targets(answer):
    judge(answer, [(8, 0.1), (1, 0.2), (5, 0.3), (3, 0.0), (2, 0.45), (64, 0.07)])
    if not same(answer(8, 0.3), hack.step_targets(8, 0.3)):  # right for sizes that come once
        raise Wrong("kept_targets", n_samples=8)


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
        "part_of_a_batch": (
            "In a batch of {label:g}s alone your labels become {low:.3f} to {high:.3f}. Decide for each label by its "
            "own number, not by what else is in the batch."
        ),
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
    for size in (0.05, 0.2, 0.4):
        found = array(answer(rng(0), y, size), y.shape)
        ones, zeros = found[y == 1], found[y == 0]
        details = {"size": size, "low": ones.min(), "high": ones.max(), "wanted": 1 - size}
        if found.dtype.kind != "f":
            raise Wrong("integers", found=found.dtype, wanted="float")
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
        properties.draws_from_rng(answer, y, size)
        properties.independent(np.abs(found - y))
    for label, (low, high) in enumerate([(0, 0.2), (0.8, 1)]):
        alone = array(answer(rng(0), np.full((50, 1), label, "float32"), 0.2), (50, 1))
        if alone.min() < low - 1e-6 or alone.max() > high + 1e-6:
            raise Wrong("part_of_a_batch", label=label, low=alone.min(), high=alone.max())
    properties.new_array(answer, rng(0), y, 0.0)
    moved = np.abs(array(answer(rng(0), y), y.shape) - y).max()
    if abs(moved - 0.05) > 0.005:
        raise Wrong("other_default", found=float(moved))
