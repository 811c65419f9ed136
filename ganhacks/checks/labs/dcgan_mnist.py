"""Lab 27, the DCGAN: what a right answer must show, how people get it wrong, and the hints."""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.blame import one_line
from ganhacks.checks.judges import networks
from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, apart, compare, same
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import number, told
from ganhacks.hacks import dcgan_mnist as hack

PARAMETERS = {
    "steps": training_steps(),
    "peak": Parameter("highest learning rate", 1e-6, 1.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "dcgan_mnist")

PREDICTION = {
    "choices": {
        "a": "about 10.",
        "b": "about 3.",
        "c": "below 0.6.",
    },
    "answer": "c",
    "why": (
        "Without classes it comes to about 1, with them to about 0.3: layers that know which pixels are "
        "neighbours, then labels. The card below has five seeds of each."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the rule

VERDICTS = ("too few seeds", "better", "worse", "no difference")


def _scores(n_up, n_down, size=1.0):
    """Return (rng, baseline, changed) in which so many seeds rise and fall, by far less than the seeds differ."""
    differences = size * np.concatenate([np.linspace(0.5, 1.5, n_up), -np.linspace(0.5, 1.5, n_down)])
    return _pairs(rng(n_up + n_down).permutation(differences))


def _pairs(differences):
    baseline = rng(len(differences)).permutation(np.linspace(15, 90, len(differences)))
    return rng(0), baseline, baseline + differences


#: In each the share of medians beyond 0 is far from 2.5 %: any 10,000 samples lead to the same verdict.
SCORES = [
    *(
        _scores(*counts)
        for counts in ((6, 0), (0, 4), (0, 1), (2, 4), (1, 6), (1, 9), (3, 9), (9, 3), (0, 5, 50), (4, 16))
    ),
    _pairs(np.array([-1, -1.2, -0.9, -1.1, -1, -0.8, -1.3, -0.7, 60])),
    _pairs(np.array([-1, -1.2, -0.9, -1.1, -1, -0.8, 60])),
    _pairs(np.zeros(6)),
    (rng(0), np.linspace(-50, -20, 6), np.linspace(-50, -20, 6) - 3),  # a score may be negative
    (rng(0), np.linspace(10, 60, 6), np.linspace(10, 60, 6) + [9, 9, 9, 9, 9, -51]),
]


def _upper(sample, axis):
    return np.sort(sample, axis)[:, sample.shape[axis] // 2]


def _normal(middles, ends):
    return np.median(middles) + 1.96 * np.std(middles) * np.array([-1, 1])


def _rule(
    least=5,
    middle=np.median,
    ends=(2.5, 97.5),
    sampled=True,
    before=np.asarray,
    paired=True,
    below=0,
    above=0,
    size=None,
    subtract=np.subtract,
    interval=np.percentile,
):
    """Return a rule like the right one, with other choices: a slip.

    least: of seeds. middle, ends: of what the interval is, and which percentiles. sampled: False takes the differences
    themselves. before: what is done to the scores first. below, above: 1 where an interval may touch 0 on that side.
    paired: "late" draws seeds, and subtracts the arms' medians. size: of a sample, n if None. subtract: what a
    difference is. interval: of the medians, a function of them and `ends`.
    """

    def rule(rng, baseline, changed):
        baseline, changed, n = before(baseline), before(changed), len(baseline)
        if n < least:
            return "too few seeds"
        differences, drawn = subtract(changed, baseline), rng.integers(n, size=(2000, size or n))
        if not sampled:
            middles = differences
        elif paired == "late":
            middles = middle(changed[drawn], axis=1) - middle(baseline[drawn], axis=1)
        elif paired:
            middles = middle(differences[drawn], axis=1)
        else:
            middles = np.subtract(*(middle(rng.choice(scores, (2000, n)), axis=1) for scores in (changed, baseline)))
        low, high = interval(middles, ends)
        if high < 0 or (below and high == 0):
            return "better"
        return "worse" if low > 0 or (above and low == 0) else "no difference"

    return rule


def _by_the_sign(middle, at_zero):
    def rule(rng, baseline, changed):
        if len(baseline) < 5:
            return "too few seeds"
        found = middle(changed - baseline)
        return "better" if found < 0 else "worse" if found > 0 else at_zero

    return rule


@exercise(
    hack.paired_verdict,
    praise="Paired by seed, the median, an interval, and no verdict from a handful of seeds: a rule to trust.",
    slips=[
        ("turned_round", lambda rng, baseline, changed: _rule()(rng, changed, baseline)),
        *(("too_few", _rule(least=n)) for n in (0, 4)),
        *(("five_too_few", _rule(least=n)) for n in (6, 10)),
        ("touches", _rule(below=1)),
        ("touches", _rule(above=1)),
        ("touches", _rule(below=1, above=1)),
        *(
            ("no_interval", _by_the_sign(middle, at_zero))
            for middle in (np.median, np.mean)
            for at_zero in ("no difference", "worse", "better")
        ),
        ("mean", _rule(middle=np.mean)),
        ("mean", _rule(middle=np.sum)),
        ("interval_of_seeds", _rule(sampled=False)),
        ("interval_of_seeds", _rule(sampled=False, ends=(0, 100))),
        ("narrow_interval", _rule(ends=(5, 95))),
        ("wide_interval", _rule(ends=(0.5, 99.5))),
        ("wide_interval", _rule(ends=(0, 100))),
        ("per_cent", _rule(ends=(0.025, 0.975))),
        ("unpaired", _rule(paired=False)),
        ("unpaired", _rule(paired=False, middle=np.mean)),
        ("unpaired", _rule(paired="late")),
        ("pairs_lost", _rule(before=np.sort)),
        *(("one_sided", _rule(ends=ends)) for ends in ((2.5, 95), (5, 97.5))),
        ("normal", _rule(interval=_normal)),
        ("upper_median", _rule(middle=_upper)),
        ("other_size", _rule(size=5)),
        ("relative", _rule(subtract=lambda changed, baseline: (changed - baseline) / baseline)),
    ],
    misconceptions={
        "turned_round": "You subtract the wrong way, or exchange two words. Less is better: a score that fell.",
        "too_few": "You judge fewer than five seeds. Below five the answer is 'too few seeds', whatever they show.",
        "five_too_few": "You want more seeds than the rule. Fewer than five are too few; five are enough.",
        "touches": "All of the interval has to be on one side: its end must not touch 0.",
        "no_interval": (
            "You decide by the sign of the middle alone, and chance can do that. Is a sample drawn with replacement, "
            "has each its own median, and is all of the interval on one side?"
        ),
        "mean": "You take the mean, and one odd run decides a mean. Take the median of each sample.",
        "interval_of_seeds": (
            "Your interval is too wide: it holds the single differences. Wanted is the interval of the medians of "
            "10,000 samples, without 2.5 % at either end."
        ),
        "narrow_interval": "Your interval is narrower than 95 %: what lies outside are 2.5 % at either end.",
        "wide_interval": "Your interval is wider than 95 %: what lies outside are 2.5 % at either end.",
        "per_cent": (
            "You take the percentiles 0.025 and 0.975. np.percentile counts in per cent: 2.5 and 97.5. (np.quantile "
            "takes shares.)"
        ),
        "unpaired": (
            "You draw from each arm by itself. The seeds differ by far more than the change, which drowns it. Subtract "
            "seed by seed first, then draw from the differences."
        ),
        "one_sided": "You leave out more at one end of the interval than at the other. It is 2.5 % at either end.",
        "normal": (
            "You take 1.96 standard deviations around the middle, as for a normal distribution. Medians of few seeds "
            "have none: take the percentiles of the samples' medians."
        ),
        "upper_median": "Of an even number of seeds you take the upper of the two in the middle. np.median takes both.",
        "other_size": "Your samples have five differences, whatever n is. A sample is as large as what it comes from.",
        "relative": "You divide the differences by the baseline. Wanted is changed - baseline as it is.",
        "pairs_lost": "You sort the scores before you subtract. Then a seed's score is compared with another seed's.",
        "ignores_rng": "Your function draws nothing from `rng`. With it the same scores get the same verdict.",
        "unknown_word": "Your function returns {found}; wanted one of " + ", ".join(map(repr, VERDICTS)) + ".",
        "differs": "Your rule decides otherwise. Which percentiles, of what, do you compare with 0?",
    },
    hints=(
        "The seeds differ much from each other. What is left of that if you look at one seed at a time, with and "
        "without the change?",
        "rng.choice(differences, (10_000, n)) draws with replacement: 10,000 rows. A median for each row, then "
        "np.percentile of these at 2.5 and 97.5.",
        "medians = np.median(..., axis=1), then low, high = np.percentile(medians, ...): 'better' if high < 0, ... if "
        "low > 0",
    ),
)
def check_paired_verdict(answer):
    compare(answer, SCORES, _verdict, same, describe=_differences)
    before = (used := rng(0)).bit_generator.state
    answer(used, *SCORES[0][1:])
    if used.bit_generator.state == before:
        raise Wrong("ignores_rng")


def _verdict(rule, args):
    found = rule(rng(0), *args[1:])
    if found is None:
        raise Wrong("returns_nothing")
    if str(found) not in VERDICTS:
        raise Wrong("unknown_word", found=repr(found)[:60])
    return str(found)


def _differences(run):
    _, baseline, changed = run.args
    differences = ", ".join(f"{d:.2g}" for d in np.sort(changed - baseline))
    return Example(f"Where changed - baseline is {differences}: yours {run.found!r}, wanted {run.wanted!r}.")


# ---- the learning rate

#: (step, n_steps, peak): the ends, the bend, the line, beyond; those of the lab, and a step between two.
STEPS = [
    (500, 1000, 0.01),
    (500, 2000, 0.3),
    *((step, 1000, 0.01) for step in (0, 1, 100, 300, 305, 320, 650, 900, 990, 1000, 2000, 50_000)),
    *((step, 200, 0.01) for step in (60, 150, 200)),
    *((step, 9000, 1e-3) for step in (2700, 8999, np.float64(4522.5))),
    *((step, 40, 1e-3) for step in (12, 26, 40)),
    *((step, 19, 1e-3) for step in (4, 5)),  # the peak, however 30 % of 19 steps are rounded
    *((650, 1000, peak) for peak in (1.0, 2e-4)),
]


def _rate(start=0.3, end=0.01, shape=lambda done: 1 - done, floor=True):
    """Return a schedule that is 1 up to the share `start` of the steps and then falls to `end` as `shape` does."""

    def rate(step, n_steps, peak):
        done = max(step / n_steps - start, 0) / (1 - start)
        return peak * (end + (1 - end) * shape(min(done, 1) if floor else done))

    return rate


def _kept(step, n_steps, peak):
    return peak


def _jumps(end, late=0.0, at_the_bend=True):
    """Return a schedule that falls, from 30 % on, by the share of *all* steps. late: what is taken off that share.

    at_the_bend: whether it is still the peak at 30 % itself.
    """

    def rate(step, n_steps, peak):
        share = min(step / n_steps, 1)
        if share < 0.3 or (at_the_bend and share == 0.3):
            return peak
        return peak * (end if late and share == 1 else 1 - (1 - end) * (share - late))

    return rate


def _warms_up(step, n_steps, peak):
    share = step / n_steps
    return peak * share / 0.3 if share < 0.3 else _rate()(step, n_steps, peak)


def _in_whole_numbers(step, n_steps, peak):
    rate = _rate()(step, n_steps, peak)
    return int(rate) if isinstance(step, int) else rate


def _to_a_number(low):
    return lambda step, n_steps, peak: peak + (low - peak) * min(max((step / n_steps - 0.3) / 0.7, 0), 1)


def _between(step, start, end, peak):
    """Return a rate that falls from the peak at one step to 1 % of it at another."""
    return peak * (1 - 0.99 * min(max((step - start) / (end - start), 0), 1))


def _after_whole_tenths(step, n_steps, peak):
    return _between(step, n_steps // 10 * 3, n_steps, peak)


@exercise(
    hack.learning_rate,
    praise="High while there is far to go, low in the end, and it works on tensors inside of the compiled loop.",
    slips=[
        *(("falls_at_once", _rate(start=0, end=end)) for end in (0.01, 0)),
        *(("other_start", _rate(start=start), {"start": f"{start:.0%}"}) for start in (0.7, 0.5, 0.2, 0.03, 0.4)),
        *(("jumps", _jumps(end, at_the_bend=at)) for end in (0.01, 0) for at in (True, False)),
        *(("late", _jumps(0.01, late=0.3, at_the_bend=at)) for at in (True, False)),
        ("warms_up", _warms_up),
        ("integers", _in_whole_numbers, {"found": "a whole number", "wanted": "fractions: cast `step` to float first"}),
        ("one_early", lambda step, n_steps, peak: _rate()(step, n_steps - 1, peak)),
        ("one_early", lambda step, n_steps, peak: _between(step, 0.3 * n_steps, n_steps - 1, peak)),
        ("starts_again", lambda step, n_steps, peak: _rate()(step % n_steps, n_steps, peak)),
        ("stairs", _rate(shape=lambda done: 1 - np.floor(100 * done) / 100)),
        *(("end_itself", _to_a_number(low)) for low in (1e-5, 1e-4)),
        ("whole_tenths", _after_whole_tenths),
        ("constant", _kept),
        *(("drops", _rate(end=end, shape=lambda done: float(done == 0))) for end in (0.01, 0)),
        *(("to_zero", _rate(end=end), {"end": f"{end:.3g}"}) for end in (0.0, 0.1, 0.001, 0.05)),
        ("end_itself", lambda step, n_steps, peak: max(_rate(end=0)(step, n_steps, peak), 0.01)),
        ("below", _rate(floor=False)),
        ("below", _rate(end=0, floor=False)),
        ("kink", lambda step, n_steps, peak: max(_rate(end=0)(step, n_steps, peak), 0.01 * peak)),
        ("not_straight", _rate(shape=lambda done: (1 + np.cos(np.pi * done)) / 2)),
        ("not_straight", lambda step, n_steps, peak: peak * 0.01 ** (1 - _rate(end=0)(step, n_steps, 1))),
        *(("not_straight", _rate(shape=lambda done, power=power: (1 - done) ** power)) for power in (2, 0.5)),
    ],
    misconceptions={
        "python_if": (
            "Your function decides with Python's `if`, `min` or `max`. In the compiled loop `step` is a tensor without "
            "a value yet. Calculate: ops.clip, ops.minimum or ops.where choose for tensors too."
        ),
        "not_for_tensors": (
            "Your function takes numbers and not the tensors of the compiled loop ({reason}). Begin with "
            "ops.cast(step, 'float32'), and take keras.ops in place of NumPy, Python's math and float()."
        ),
        "not_for_numbers": (
            "Your function takes tensors and not the whole number {step} ({reason}). `ops.cast(step, 'float32')` makes "
            "a tensor of either."
        ),
        "falls_at_once": "Your rate falls from the first step on. It stays at the peak up to 30 % of the steps.",
        "other_start": "Your rate stays at the peak for {start} of the steps. Wanted are 30 %.",
        "jumps": (
            "Just after 30 % of the steps your rate jumps. It goes down from the peak in a straight line: what share "
            "of the remaining 70 % is done?"
        ),
        "late": (
            "Your line falls by the share of *all* steps since the bend, so it is at 31 % in the end. It has 70 % of "
            "the steps for its way down."
        ),
        "warms_up": "Your rate rises to the peak. It is the peak from the first step on, for 30 % of the steps.",
        "starts_again": "From n_steps on your rate starts again at the peak. It stays at 1 % of the peak.",
        "one_early": "Your rate is at 1 % one step early, at n_steps - 1. It gets there at n_steps.",
        "stairs": "Your rate comes down in a hundred stairs. It is a straight line: do not round on the way.",
        "whole_tenths": (
            "You take 30 % of n_steps rounded down to tens. With 19 steps your rate falls after 3; wanted are 5.7."
        ),
        "constant": "Your rate is the peak at every step. After 30 % of them it has to fall.",
        "drops": "Your rate falls all at once after 30 % of the steps. It goes down in a straight line, over 70 %.",
        "to_zero": "Your line ends at {end} times the peak. Wanted is 1 %, that is 0.01 times the peak.",
        "end_itself": "Your line ends at a fixed number, whatever `peak` is. It ends at 1 % of the peak.",
        "below": (
            "Beyond the last step your rate goes on falling. It stays at 1 % of the peak: a rate below 0 would make "
            "the network unlearn."
        ),
        "kink": (
            "Your line aims at 0 and is cut off at 1 % of the peak before the last step. It is straight from the peak "
            "to 1 %: it falls by 99 % of the peak."
        ),
        "not_straight": "Your rate has the right ends and does not go down in a straight line between them.",
        "not_one_number": "For one step your function returns {found}; wanted one number.",
        "differs": (
            "Your rate is not the one asked for: the peak for 30 % of the steps, then straight down to 1 % of it at "
            "the last step, and 1 % from there on."
        ),
    },
    hints=(
        "Which share of the steps is done, and which share of the fall? The fall goes from 30 % to 100 %.",
        "Let the factor be a straight line that is 1 at 30 % and 0.01 at 100 %. Before and after, `ops.clip` holds it "
        "between these two.",
        "peak * ops.clip(1 - 0.99 * (...), 0.01, 1), with the share of the fall in place of the dots",
    ),
)
def check_learning_rate(answer):
    try:
        compare(answer, STEPS, _rate_at, _close)
    except AnswerRaised as raised:
        step = STEPS[0][0]
        try:
            _compiled(answer, tf.float32, *STEPS[0][1:])(step)
        except Exception:
            raise raised from None  # for neither numbers nor tensors
        raise Wrong("not_for_numbers", step=step, reason=one_line(raised.error)[:120]) from None
    for dtype in (tf.float32, tf.int64):  # Keras counts in whole numbers
        _judge_compiled(answer, dtype)


def _rate_at(schedule, args):
    return number(schedule(*args), otherwise="not_one_number")


def _close(found, wanted):
    return same(found, wanted, 0, 5e-3)


def _compiled(answer, dtype, n_steps, peak):
    compiled = tf.function(lambda step: answer(step, n_steps, peak), autograph=False)
    return lambda step: number(compiled(tf.constant(step, dtype)).numpy(), otherwise="not_one_number")


def _judge_compiled(answer, dtype):
    rate = _compiled(answer, dtype, 1000, 0.01)
    try:
        for step in (0, 300, 320, 650, 1000, 2000):
            found, wanted = rate(step), float(hack.learning_rate(step, 1000, 0.01))
            if not _close(found, wanted):
                yours, right = apart(found, wanted)
                raise Wrong("not_for_tensors", reason=f"at step {step} of 1000: yours {yours}, wanted {right}")
    except (AnswerRaised, AttributeError) as raised:
        reason = one_line(getattr(raised, "error", raised))
        if "bool" in reason or "iterat" in reason:
            raise Wrong("python_if") from None
        raise Wrong("not_for_tensors", reason=reason[:120]) from None


# ---- the networks

NETWORK_MISCONCEPTIONS = {
    **networks.NETWORK_MISCONCEPTIONS,
    "dense_only": (
        "Your model has no convolution. To a dense layer a pixel's neighbour is as strange as the far corner: that was "
        "lab 12's limit."
    ),
    "linear": (
        "Nothing bends between your layers, so all of them together are one linear layer. Put an activation behind "
        "each but the last."
    ),
    "bend_missing": "Nothing bends after the {which}. Each layer but the last has its activation.",
    "other_bend": "Your layers, or one of them, bend by {found}; wanted {wanted_bend}.",
    "dropout": "Your model has a {found} layer. Look at its row in the table above: what did it do?",
    "norm_after_bend": (
        "You normalize after the activation. Here batch normalization comes before it, right after the layer that "
        "multiplies. (Look for an `activation` inside that layer too.)"
    ),
    "other_norm": "Your model has a {found} layer. Here it is BatchNormalization.",
    "differs": "Your model has the right weights and computes something else. Compare it with the table, row by row.",
}


def _made(shape, parts):
    """Return a Sequential model of these parts, those that are None left out."""
    return keras.Sequential([keras.Input(shape), *(part for part in parts if part is not None)])


def _bent(normalized, bend, norm_first=True, epsilon=1e-3):
    """Return the two layers after one that multiplies: batch normalization, if any, and an activation."""
    norm = layers.BatchNormalization(epsilon=epsilon) if normalized else None
    both = [norm, layers.Activation(bend)]
    return both if norm_first else both[::-1]


def _leaky(slope):
    return lambda x: ops.leaky_relu(x, negative_slope=slope)


def _judge_network(answer, calls, batches, also, surplus, sizes=(), idle=None):
    """Judge one of the two networks, as `networks.judge_network` does.

    surplus: (part of a layer's name, misconception), as its `layers`, but told before any slip is tried: building some
    thirty networks takes seconds.
    """
    names = [type(layer).__name__ for layer in networks.inner_layers(networks.built(answer, *calls[0]))]
    both = [("Dropout", "dropout"), ("LayerNormalization", "other_norm"), ("GroupNorm", "other_norm")]
    for part, misconception in both + surplus:
        for name in names:
            if part in name:
                raise Wrong(misconception, found=name)
    try:
        networks.judge_network(answer, calls, batches, also=also, sizes=sizes, idle=idle)
    except Wrong as wrong:
        if wrong.misconception == "wrong_size" and _without_convolution(networks.built(answer, *calls[0])):
            raise Wrong("dense_only") from None
        raise


def _without_convolution(model):
    return not any(isinstance(layer, (layers.Conv2D, layers.Conv2DTranspose)) for layer in networks.inner_layers(model))


def _transposed(filters, kernel, last=None, bias=True):
    return layers.Conv2DTranspose(filters, kernel, 2, "same", activation=last, use_bias=bias)


ALL, RELUS = (True,) * 3, ("relu",) * 3


def _generator(
    hidden=256,
    kernel=4,
    bends=RELUS,
    norms=ALL,
    norm_first=ALL,
    flat=True,
    last="tanh",
    up=_transposed,
    end=(),
    epsilon=1e-3,
):
    """Return a function that builds the generator, or one with other choices.

    bends, norms, norm_first: after the two dense layers and the first convolution. flat: False reshapes before the
    second normalization. end: layers that come after the last convolution. epsilon: see `_bent`.
    """

    def build(latent_dim):
        first, second, third = (_bent(*choices, epsilon) for choices in zip(norms, bends, norm_first))
        reshape = [layers.Reshape((7, 7, 32))]
        parts = [layers.Dense(hidden), *first] if hidden else []
        parts += [layers.Dense(7 * 7 * 32), *(second + reshape if flat else reshape + second)]
        parts += [up(16, kernel), *third, up(1, kernel, last), *(layer() for layer in end)]
        return _made((latent_dim,), parts)

    return build


def _but(whole, i, other):
    """Return a tuple with another part at place i."""
    return (*whole[:i], other, *whole[i + 1 :])


PLACES = ("first dense layer", "second dense layer", "first transposed convolution")
NORM = layers.BatchNormalization
TANH = partial(layers.Activation, "tanh")


@exercise(
    hack.make_generator,
    praise="Dense, normalized, doubled twice with an even kernel, and tanh in the end.",
    slips=[
        ("no_tanh", _generator(last=None)),
        ("sigmoid", _generator(last="sigmoid")),
        ("relu_output", _generator(last="relu")),
        ("norm_at_output", _generator(last=None, end=[NORM, TANH])),
        ("norm_at_output", _generator(last=None, end=[NORM, TANH], up=partial(_transposed, bias=False))),
        ("norm_at_output", _generator(end=[NORM])),
        *(("uneven", _generator(kernel=kernel), {"kernel": kernel}) for kernel in (5, 3)),
        *(("other_kernel", _generator(kernel=kernel), {"kernel": kernel}) for kernel in (2, 6)),
        ("one_dense", _generator(hidden=None)),
        ("no_batch_norm", _generator(norms=(False,) * 3)),
        *(("norm_missing", _generator(norms=_but(ALL, i, False)), {"which": PLACES[i]}) for i in range(3)),
        *(("norm_after_bend", _generator(norm_first=first)) for first in ((False,) * 3, (False, False, True))),
        ("linear", _generator(bends=("linear",) * 3)),
        *(("bend_missing", _generator(bends=_but(RELUS, i, "linear")), {"which": PLACES[i]}) for i in range(3)),
        *(("leaky", _generator(bends=(_leaky(slope),) * 3)) for slope in (0.2, 0.01)),
        *(
            ("other_bend", _generator(bends=bends), {"found": bends[-1], "wanted_bend": "ReLU"})
            for bends in (("tanh",) * 3, ("elu",) * 3, ("relu", "relu", "tanh"))
        ),
    ],
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "one_dense": "Your model has one Dense layer. There are two: 256 units come before the 7 × 7 × 32.",
        "uneven": (
            "A transposed convolution with kernel {kernel} and stride 2 writes some pixels more often than others (lab "
            "02). Take a kernel that is a multiple of the stride: 4."
        ),
        "other_kernel": "The kernel of your transposed convolutions is {kernel}; wanted 4.",
        "resized": (
            "You double by resizing, with a convolution after it. That is a good way, and another one: here transposed "
            "convolutions double."
        ),
        "no_batch_norm": "Your model has no BatchNormalization. Look at its row in the table above: what did it do?",
        "norm_missing": "There is no batch normalization after the {which}. One comes before each ReLU.",
        "norm_at_output": "Your last layers normalize the images (lab 04): end with a convolution and tanh.",
        "leaky": "Your generator has leaky ReLUs. Those are for the discriminator: here it is the plain ReLU.",
        "no_tanh": "Your images may leave [-1, 1]: end with tanh, whose range the reals have too.",
        "sigmoid": "Your images lie in [0, 1] and the reals in [-1, 1]: D sees that (lab 07). Take tanh.",
        "relu_output": "Your generator ends in a ReLU, so it can never make black, which is -1. End with tanh.",
        "valid_padding": "Your images are 34 × 34: without padding the size is not doubled. Ask for padding='same'.",
        "not_doubled": "Your images are too small. Each of the two transposed convolutions needs a stride of 2.",
        "flat_images": "Your images are rows of 784 numbers. Leave them as they leave the convolution, (28, 28, 1).",
        "channels_first": "Your images are (1, 28, 28), channels first, as PyTorch has them. Keras has them last.",
    },
    hints=(
        "28 is 7 doubled twice. What brings `latent_dim` numbers to 7 × 7 × 32?",
        "Dense(256), Dense(7 * 7 * 32), Reshape, then two transposed convolutions with kernel 4 and stride 2. After "
        "each but the last: BatchNormalization and ReLU, and no bias before it.",
        "layers.Conv2DTranspose(16, 4, strides=2, padding=...) and in the end one with 1 filter and activation='tanh'",
    ),
)
def check_generator(answer):
    also = [_generator(flat=flat, epsilon=epsilon) for flat in (True, False) for epsilon in (1e-3, 1e-5)]
    _judge_network(
        answer,
        [(64,), (74,)],
        _latent_batches,
        also,
        [("LeakyReLU", "leaky"), ("UpSampling", "resized")],
        [
            ("valid_padding", lambda latent_dim: (34, 34, 1)),
            ("not_doubled", lambda latent_dim: (7, 7, 1)),
            ("not_doubled", lambda latent_dim: (14, 14, 1)),
            ("flat_images", lambda latent_dim: (784,)),
            ("channels_first", lambda latent_dim: (1, 28, 28)),
        ],
        _before_a_norm,
    )


def _latent_batches(latent_dim):
    """Return two batches: several samples, and a single one far from 0."""
    z = rng(latent_dim).standard_normal((6, latent_dim)).astype("float32")
    return [z, 5 * z[:1]]


def _before_a_norm(weight):
    """Tell of a weight whether it is a bias that batch normalization takes out again: each is, but the last."""
    return weight.name == "bias" and tuple(weight.shape) != (1,)


def _strided(filters, kernel=4, padding="same", stride=2, bias=True):
    return layers.Conv2D(filters, kernel, stride, padding, use_bias=bias)


NONE, INNER = (False,) * 3, (False, True, True)
LEAKY = (_leaky(0.2),) * 3


def _discriminator(norms=NONE, bends=LEAKY, last=None, start=(), end="dense", biases=ALL, how=None, **conv):
    """Return a function that builds the discriminator, or one with other choices.

    norms, bends, biases: of the three convolutions. start: layers that come first. end: "dense", or "convolution",
    which is the same with weights of another shape. how: see `_bent`.
    """

    def build(n_outputs=1):
        parts = [layer() for layer in start]
        for filters, norm, bend, bias in zip((16, 32, 64), norms, bends, biases):
            parts += [_strided(filters, bias=bias, **conv), *_bent(norm, bend, **(how or {}))]
        if end == "dense":
            parts += [layers.Flatten(), layers.Dense(n_outputs, activation=last)]
        else:
            parts += [layers.Conv2D(n_outputs, 4, activation=last), layers.Reshape((n_outputs,))]
        return _made((28, 28, 1), parts)

    return build


CONVOLUTIONS = ("first convolution", "second convolution", "third convolution")


@exercise(
    hack.make_discriminator,
    praise="Halved by strides, leaky, and raw logits in the end.",
    slips=[
        *(("bounded", _discriminator(last=end), {"end": end}) for end in ("sigmoid", "tanh", "softmax")),
        *(("never_below_0", _discriminator(last=end), {"end": end}) for end in ("relu", "softplus")),
        ("plain_relu", _discriminator(bends=("relu",) * 3)),
        *(("other_slope", _discriminator(bends=(_leaky(a),) * 3), {"slope": a}) for a in (0.3, 0.01, 0.1)),
        ("linear", _discriminator(bends=("linear",) * 3)),
        *(
            ("bend_missing", _discriminator(bends=_but(LEAKY, i, "linear")), {"which": CONVOLUTIONS[i]})
            for i in range(3)
        ),
        *(
            ("other_bend", _discriminator(bends=(bend,) * 3), {"found": bend, "wanted_bend": "a leaky ReLU"})
            for bend in ("elu", "tanh")
        ),
        *(("norm_at_input", _discriminator(norms=ALL, biases=biases)) for biases in (ALL, NONE)),
        ("norm_at_input", _discriminator(start=[NORM])),
        *(("norm_after_bend", _discriminator(norms=norms, how={"norm_first": False})) for norms in (INNER, ALL)),
        ("one_norm", _discriminator(norms=(False, True, False))),
        ("one_norm", _discriminator(norms=(False, False, True))),
        ("no_stride", _discriminator(stride=1)),
        ("valid_padding", _discriminator(padding="valid")),
    ],
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "pooling": "Your model pools, with {found}. Let the convolution's stride do the halving (lab 01).",
        "no_stride": "No convolution of yours has a stride, so the images stay 28 × 28: slow, and many parameters.",
        "valid_padding": "Your images shrink at the edges too, to 13, 5 and 1. Ask for padding='same': 14, 7, 4.",
        "bounded": "Your model ends in {end}. A logit has no limits, and the loss does the rest: end bare.",
        "never_below_0": (
            "Your model ends in {end}, so its outputs never fall below 0 and no image is a fake. End bare."
        ),
        "plain_relu": "Your model has plain ReLUs, which let nothing through below 0. Take leaky ones, slope 0.2.",
        "other_slope": "Your leaky ReLUs have the slope {slope}; wanted 0.2: negative_slope=0.2.",
        "norm_at_input": (
            "Your model normalizes before its second convolution, so that it can't see where the images lie (lab 04). "
            "Leave the first layer without."
        ),
        "one_norm": "One of your convolutions has a batch normalization. Give it to the second and the third, or none.",
        "no_bias": "Your layers lack their biases. Only a batch normalization makes the bias before it needless.",
    },
    hints=(
        "28, 14, 7, 4: how does a convolution halve without a pooling layer?",
        "Three times Conv2D with kernel 4, stride 2 and padding 'same', with 16, 32 and 64 filters, each with a leaky "
        "ReLU of slope 0.2; then flatten.",
        "The end is layers.Dense(...) without an activation, as many units as outputs.",
    ),
)
def check_discriminator(answer):
    bare = (True, False, False)  # which convolutions have a bias
    also = [_discriminator(end="convolution"), _discriminator(INNER), _discriminator(INNER, biases=bare)]
    also += [
        _discriminator(INNER, biases=bare, **other) for other in ({"end": "convolution"}, {"how": {"epsilon": 1e-5}})
    ]
    images = rng(0).uniform(-1, 1, (6, 28, 28, 1)).astype("float32")
    _judge_network(answer, [(10,)], lambda *_: [images, 3 * images[:1]], also, [("Pool", "pooling")])


# ---- a logit for the class


def _logits(n, scale=2.0):
    """Return (logits, classes) for n samples: every class is among ten, and none stands at its own place."""
    classes = (3 * np.arange(n) + 9) % 10
    return tf.constant(rng(n).normal(0, scale, (n, 10)), "float32"), tf.constant(classes[:, None], "int32")


LOGITS = [_logits(1), _logits(7), _logits(10), _logits(10, 100.0), (tf.zeros((3, 10)), _logits(3)[1])]


def _own(of=lambda logits: logits, then=lambda own: own, shift=0):
    """Return a slip: the entry of the class, of other numbers, changed, or so many places on."""
    return lambda logits, classes: then(ops.take_along_axis(of(logits), (classes + shift) % 10, axis=1))


def _of_ten(summary):
    return lambda logits, classes: summary(logits, axis=1, keepdims=True)


@exercise(
    hack.own_logit,
    praise="Each sample is judged as what it is said to be: a good 3 that is called a 7 is a bad 7.",
    slips=[
        ("crossed", lambda logits, classes: ops.take(logits, classes[:, 0], axis=1)),
        ("crossed", lambda logits, classes: ops.take(logits, classes, axis=1)),
        ("all_logits", lambda logits, classes: logits),
        ("all_logits", lambda logits, classes: logits * ops.one_hot(classes[:, 0], 10)),
        ("highest", _of_ten(ops.max)),
        ("opinion", lambda logits, classes: ops.argmax(logits, axis=1)[:, None]),
        *(("summed", _of_ten(summary)) for summary in (ops.sum, ops.mean)),
        ("averaged", _own(then=lambda own: own / 10)),
        *(("probability", _own(of)) for of in (ops.softmax, ops.log_softmax)),
        *(("probability", _own(then=then)) for then in (ops.sigmoid, ops.log_sigmoid)),
        ("loss", _own(ops.log_softmax, then=lambda own: -own)),
        ("class_itself", lambda logits, classes: classes),
        ("first_row", lambda logits, classes: ops.take(logits[0], classes)),
        *(("other_class", _own(shift=shift), {"shift": f"{shift:+d}"}) for shift in (-1, 1)),
        ("counted_back", lambda logits, classes: ops.take_along_axis(logits[:, ::-1], classes, axis=1)),
        ("ignores_classes", lambda logits, classes: logits[:, :1]),
    ],
    misconceptions={
        "only_arrays": (
            "Your function takes arrays, and not what Keras hands over while it builds a model ({reason}). Write it "
            "with keras.ops: `ops.take_along_axis`, or `ops.one_hot` and a sum."
        ),
        "flat": "Your result has the shape {found}; wanted {wanted}. Keep the second axis, of length 1.",
        "crossed": "You return every sample's logit for each sample's class. Wanted is one for each row, (n, 1).",
        "all_logits": "You return ten numbers for each sample. Wanted is the one of the class: (n, 1).",
        "highest": (
            "You return the highest logit, whatever the class. Then a 3 that is called a 7 passes as a good 3, and the "
            "generator need not listen to its class."
        ),
        "opinion": "You return the number of the highest logit. Wanted is the logit of the class that is handed in.",
        "summed": "You return the sum or mean of all ten logits: then the class plays no part.",
        "averaged": "You return a tenth of the logit. Nine of your ten products are 0: take the sum, not the mean.",
        "probability": (
            "You return a probability or its logarithm (a softmax or a sigmoid). Wanted is the logit as it is."
        ),
        "loss": "You return a cross-entropy, -log softmax. Wanted is the logit as it is: the loss comes later.",
        "class_itself": "You return the class itself. Wanted is the logit which stands at that place.",
        "first_row": "You take every logit from the first sample's row. Each sample has its own.",
        "other_class": "You return another class's logit, {shift} from the one asked for. Classes count from 0.",
        "counted_back": "You count the classes from the end of the row. Class 0 is the first of the ten.",
        "ignores_classes": "You return the first logit of each row, whatever the class. Use `classes`.",
        "no_gradient": (
            "Your numbers are right, and no gradient comes back through them to the logits: no network could learn "
            "from them. Pick with ops.take_along_axis, or multiply by a one-hot."
        ),
        "differs": "What you return is not the logit of the class.",
    },
    hints=(
        "Ten numbers a row, and for each row the place of one of them. How do you pick by place, a row at a time?",
        "ops.take_along_axis picks along an axis by an array of places. Or multiply by ops.one_hot(...) and sum over "
        "the ten.",
        "ops.take_along_axis(logits, ..., axis=...)  # which argument holds the places, which axis has ten?",
    ),
)
def check_own_logit(answer):
    compare(answer, LOGITS, _evaluated, same, fits=_fits_logits, describe=_logit_example)
    logits, classes = LOGITS[1]
    inputs = keras.Input((10,)), keras.Input((1,), dtype="int32")
    try:
        model = keras.Model(inputs, answer(*inputs))
        symbolic = networks.output(model, [logits, classes])
    except (Wrong, AnswerRaised, ValueError, TypeError, AttributeError) as raised:
        raise Wrong("only_arrays", reason=one_line(getattr(raised, "error", raised))[:120]) from None
    if not same(symbolic, _evaluated(hack.own_logit, (logits, classes))):
        raise Wrong("only_arrays", reason="there it computes something else")
    with tf.GradientTape() as tape:
        tape.watch(logits)
        own = model([logits, classes])
    if tape.gradient(own, logits) is None:
        raise Wrong("no_gradient")


def _evaluated(pick, args):
    found = pick(*args)
    if found is None:
        raise Wrong("returns_nothing")
    try:
        numbers = np.asarray(found)
        if numbers.dtype.kind not in "fiub":
            raise TypeError
    except Exception:
        raise Wrong("wrong_type", found=told(found), wanted="a tensor of numbers") from None
    return numbers.astype("float32")


def _fits_logits(found, wanted, case):
    if found.shape != wanted.shape:
        name = "flat" if found.shape == wanted.shape[:1] else "wrong_shape"
        raise Wrong(name, found=found.shape, wanted=wanted.shape, case=case)
    if not np.isfinite(found).all():
        raise Wrong("not_finite", case=case)


def _logit_example(run):
    row = int(abs(run.found - run.wanted).argmax())
    logits, classes = (np.asarray(part)[row] for part in run.args)
    shown = ", ".join(f"{logit:.1f}" for logit in logits)
    yours, wanted = apart(run.found[row, 0], run.wanted[row, 0])
    return Example(f"For class {classes[0]} and the logits {shown}: yours {yours}, wanted {wanted}.")
