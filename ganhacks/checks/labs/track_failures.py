"""Lab 19, tracking failures: what a right answer must show, how people get it wrong, and the hints."""

import functools
from dataclasses import replace

import numpy as np

from ganhacks.evidence import recordings
from ganhacks.checks.engine.parameters import Parameter
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare, same
from ganhacks.checks.engine.values import told
from ganhacks.hacks import track_failures as hack

PARAMETERS = {
    "window": Parameter("last steps that a rule looks at", 1, 200),
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "track_failures")

PREDICTION = {
    "choices": {
        "a": "it is stuck: neither network learns anything more.",
        "b": "it has ended well: the discriminator can't tell fakes from reals.",
        "c": "either may be, and other things too.",
    },
    "answer": "c",
    "remarks": {
        "a": "That would be so if an even loss were a standstill. Both may go on learning against each other.",
        "b": (
            "That would be so if D were as good as it can be. The loss does not say whether D can't tell, or "
            "whether nobody could."
        ),
    },
    "why": (
        "2 ln 2 = 1.386 is the loss of a D that tells nothing apart. The fakes may be perfect, or D may be unable to "
        "follow a generator that jumps about. The loss is the same."
    ),
}


def yes_or_no(value):
    """Return one truth value as a bool, or raise Wrong. NumPy's pass too, and scalar tensors of them."""
    if value is None:
        raise Wrong("returns_nothing")
    try:
        found = np.asarray(value)
    except Exception:
        found = None
    if found is None or found.dtype != bool or found.shape != ():
        raise Wrong("wrong_type", found=told(value), wanted="True or False")
    return bool(found)


def noisy(rng, *levels, spread=0.1):
    """Return a curve that scatters around each of the levels, (level, how many values), one after the other."""
    parts = [level * (1 + spread * rng.uniform(-1, 1, n)) for level, n in levels]
    return np.concatenate(parts).astype("float32")


# ---- D's loss


def _loss_curves():
    """Return (d_loss, level, window): states, single odd batches, changes, short curves, ties, the lab's own calls."""
    rng = np.random.default_rng(19)
    won, even = noisy(rng, (0.03, 300)), noisy(rng, (1.386, 300))
    calls = [(even, 0.1, 100), (won, 0.3, 30)]
    for usual, odd in ((1.2, 0.0005), (0.01, 3.0)):
        for place in (-1, -50):
            curve = noisy(rng, (usual, 400))
            curve[place] = odd
            calls.append((curve, 0.1, 100))
    for levels in (
        [(0.693, 300)],
        [(0.01, 300), (1.2, 500)],
        [(1.4, 500), (0.02, 300)],
        [(0.16, 300)],
        [(0.06, 300)],
        [(1.2, 5)],
        [(0.03, 1)],
        [(0.03, 30)],
    ):
        calls.append((noisy(rng, *levels), 0.1, 100))
    late, skewed = noisy(rng, (1.2, 300), (0.02, 90)), noisy(rng, (0.02, 300))
    skewed[-99::3] = 2.0  # a third of the batches: the median stays low, the mean does not
    further, tie = noisy(rng, (4.0, 300), (0.02, 30)), np.full(50, 0.25, "float32")
    calls += [
        (late, 0.1, 20),
        (late, 0.1, 200),
        (skewed, 0.1, 100),
        (further, 0.1, 30),
        (noisy(rng, (0.3, 300)), 0.5, 100),
    ]
    calls += [
        (noisy(rng, (0.3, 300)), 0.2, 100),
        (tie, 0.25, 20),
        (won, 0.025, 100),
        (won, 0.2, 100),
        (further, 0.1, 1),
    ]
    for level in rng.uniform(0.05, 1, 8):
        curve = noisy(rng, (level * rng.choice([0.8, 1.2]), 200))
        calls.append((curve, round(float(level), 3), int(rng.integers(20, 150))))
    calls.append((noisy(rng, (1.2, 40), (0.02, 30)), 0.1, 100))  # the slice [n - window:] takes the last 30
    defaults = [(noisy(rng, (1.2, 300), (0.02, n)),) for n in (120, 95, 60)]
    return calls + defaults + [(noisy(rng, (level, 300)),) for level in (0.15, 0.08)] + [(late, 0.1)]


LOSSES = _loss_curves()


def _mean_is(decide, of=lambda d_loss, window: d_loss[-window:]):
    """Return a slip: decide(mean, level) about the mean of a part of the curve."""
    return lambda d_loss, level=0.1, window=100: bool(decide(np.mean(of(d_loss, window)), level))


def _below(number):
    """Return a slip: a number, made of the curve and the window, is below the level."""
    return lambda d_loss, level=0.1, window=100: bool(number(d_loss, window) < level)


def _running_means(d_loss, window):
    window = min(window, len(d_loss))
    return np.convolve(d_loss, np.full(window, 1 / window), "valid")


def _smoothed(d_loss, window):
    mean = d_loss[0]
    for loss in d_loss:
        mean += (loss - mean) / window
    return mean


BEGINS_BELOW_0 = (
    "Where there are fewer values than a window, your slice begins at n - window, below 0, which counts from the "
    "end: some values are left out. [-window:] takes all there are."
)


@exercise(
    hack.d_has_won,
    praise="You look at the latest losses together. One batch, or the start of the run, does not sway you.",
    slips=[
        ("turned_round", _mean_is(lambda mean, level: mean > level)),
        ("turned_round", _mean_is(lambda mean, level: mean >= level)),
        ("at_level", _mean_is(lambda mean, level: mean <= level)),
        *(("equilibrium", _mean_is(lambda mean, level, end=end: mean < end)) for end in (0.7, 1.39, 1.4)),
        *(
            ("equilibrium", _mean_is(lambda mean, level, end=end: mean < level or abs(mean - end) < level))
            for end in (0.693, 1.386)
        ),
        *(("equilibrium", _mean_is(lambda mean, level, end=end: abs(mean - end) < level)) for end in (0.693, 1.386)),
        ("median", _below(lambda d_loss, window: np.median(d_loss[-window:]))),
        ("one_batch", _below(lambda d_loss, window: d_loss[-1])),
        ("one_batch", _below(lambda d_loss, window: np.min(d_loss[-window:]))),
        ("one_batch", _below(lambda d_loss, window: np.max(d_loss[-window:]))),
        ("one_batch", _below(lambda d_loss, window: np.min(d_loss))),
        ("long_ago", _below(lambda d_loss, window: _running_means(d_loss, window).min())),
        ("long_ago", _below(lambda d_loss, window: np.mean(d_loss[:window]))),
        ("whole_run", _below(lambda d_loss, window: np.mean(d_loss))),
        ("summed", _below(lambda d_loss, window: np.sum(d_loss[-window:]))),
        ("halved", _mean_is(lambda mean, level: mean / 2 < level)),
        ("misses", _mean_is(lambda mean, level: mean == 0)),
        ("misses", _mean_is(lambda mean, level: np.isclose(mean, 0))),
        (
            "waits",
            lambda d_loss, level=0.1, window=100: len(d_loss) >= window and hack.d_has_won(d_loss, level, window),
        ),
        ("fewer", _below(lambda d_loss, window: np.sum(d_loss[-window:]) / window)),
        ("begins_below_0", _below(lambda d_loss, window: np.mean(d_loss[len(d_loss) - window :]))),
        ("looks_further", _below(lambda d_loss, window: np.mean(d_loss[-window - 1 :]))),
        ("looks_further", _below(_smoothed)),
        ("looks_less", _below(lambda d_loss, window: np.mean(d_loss[-window:-1] if len(d_loss) > 1 else d_loss))),
    ],
    misconceptions={
        "turned_round": "You say True where the loss is high. D has won where it is near 0.",
        "at_level": "At a mean of exactly `level` you say True. Below it is wanted: `<`.",
        "equilibrium": (
            "You call a loss near the game's end a win of D. A D that cannot tell fakes from reals has the summed loss "
            "2 ln 2 = 1.386, that is 0.693 for each half: a good GAN ends near there. A win is *near 0*."
        ),
        "median": (
            "You take the median, or ask whether most values are below `level`. Neither sees how high the others are: "
            "wanted is the mean of the window."
        ),
        "one_batch": (
            "A single batch changes your answer: the last, the lowest or the highest. Losses of single batches "
            "scatter: average over the window."
        ),
        "long_ago": "A low loss long ago is enough for your True. Look at the *last* values.",
        "whole_run": "You take the mean of the whole run, which still remembers the start. Take the last values only.",
        "summed": "You take a sum. A longer window must not raise the bar: take the mean.",
        "halved": "You halve the mean. `d_loss` is the sum of both halves already, and `level` is for it.",
        "misses": (
            "You never say True. Do you ask whether the mean is 0, or below? A loss comes near 0 and never there: compare "
            "it with `level`."
        ),
        "waits": "You say False as long as there are fewer losses than a window. Judge all there are.",
        "fewer": (
            "Where there are fewer losses than a window you divide their sum by `window`. Divide by how many they are: "
            "np.mean does."
        ),
        "begins_below_0": BEGINS_BELOW_0,
        "looks_further": "Values before the window count too. Only the window does, each value of it alike.",
        "looks_less": "You leave out the last value. The slice [-window:] goes up to the end.",
        "differs": "Wanted is: the mean of the last `window` values is below `level`.",
    },
    hints=(
        "Which values tell how D is doing *now*, and how do you keep a single odd batch from deciding?",
        "Negative indices count from the end. Take the last `window` values, their mean, and compare with `level`.",
        "np.mean(...[-window:]), and then a comparison with `<`",
    ),
)
def check_d_has_won(answer):
    compare(answer, LOSSES, lambda alarm, args: yes_or_no(alarm(*args)), same, describe=_loss_example)


def _loss_example(run):
    d_loss, level, window = (*run.args, *(0.1, 100)[len(run.args) - 1 :])
    last = d_loss[-window:]
    before = f", those before around {np.median(d_loss[:-window]):.3g}" if len(d_loss) > window else ""
    return Example(
        f"With level = {level} and window = {window}: the last {len(last)} losses have mean {last.mean():.3g}, from "
        f"{last.min():.3g} to {last.max():.3g}{before}. Yours {run.found}, wanted {run.wanted}."
    )


# ---- gradients


def alarm(value):
    """Return what the student's alarm says: "exploding", "vanishing" or None."""
    if value is None or isinstance(value, str) and value in ("exploding", "vanishing"):
        return value
    found = repr(value) if isinstance(value, (str, bool)) else told(value)
    raise Wrong("wrong_type", found=found, wanted="'exploding', 'vanishing' or None")


def _norm_curves():
    """Return (norms, low, high, window): states at both ends, spikes, changes, short curves, mixtures and ties."""
    rng = np.random.default_rng(20)
    calls = []
    for level in (250.0, 0.004):
        for levels in ([(level, 300)], [(level, 500), (5.0, 200)], [(5.0, 900), (level, 100)], [(level, 30)]):
            calls.append((noisy(rng, *levels), 0.1, 100.0, 100))
        mixed = rng.permuted(noisy(rng, (level, 70), (5.0, 30)))
        calls += [(mixed, 0.1, 100.0, 100), (noisy(rng, (5.0, 9), (level, 1)), 0.1, 100.0, 1)]
    calls += [(noisy(rng, (level, 300)), 0.1, 100.0, 100) for level in (1.0, 15.0, 60.0)]
    for odd, place in ((1e5, -1), (400.0, -60), (0.0, -1), (0.0, -60)):
        norms = noisy(rng, (5.0, 300))
        norms[place] = odd
        calls.append((norms, 0.1, 100.0, 100))
    late = noisy(rng, (5.0, 300), (300.0, 30))
    calls += [(late, 0.1, 100.0, 20), (late, 0.1, 100.0, 200), (noisy(rng, (20.0, 300)), 0.1, 10.0, 100)]
    calls.append((noisy(rng, (0.5, 300)), 2.0, 100.0, 100))
    ties = [np.full(9, value, "float32") for value in (64.0, 0.25)]
    halves = [np.tile(np.float32([value, 5]), 10) for value in (120, 0.08)]  # where a median says the same
    calls.append((noisy(rng, (5.0, 40), (300.0, 30)), 0.1, 100.0, 100))  # the slice [n - window:] takes the last 30
    calls += [*((norms, 0.25, 64.0, 100) for norms in ties), *((norms, 0.1, 100.0, 100) for norms in halves)]
    for many in rng.dirichlet([3, 1, 3], 24):
        window = 1 + 2 * int(rng.integers(5, 30))  # odd, as a median may differ where the halves are equal
        norms = rng.choice([0.01, 5.0, 500.0], 200, p=many).astype("float32")
        calls.append((norms, 0.1, 100.0, window))
    defaults = [noisy(rng, (5.0, 300), (level, n)) for level in (250.0, 0.004) for n in (60, 45, 95)]
    defaults += [noisy(rng, (level, 300)) for level in (80.0, 120.0, 0.12, 0.08)]
    return calls + [(norms,) for norms in defaults] + [(noisy(rng, (0.5, 300)), 2.0), (late, 0.1, 100.0)]


NORMS = _norm_curves()
#: Exactly half of the norms is beyond a limit, and so is their median.
HALVES = [(np.tile(np.float32(pair), 10), 0.1, 100.0, 100) for pair in ((500, 5), (0.01, 0.15))]


def _named(of, recent=lambda norms, window: norms[-window:]):
    """Return a slip that names one number, made of some of the norms, by the two limits."""

    def slip(norms, low=0.1, high=100.0, window=100):
        value = of(recent(norms, window))
        return "exploding" if value > high else "vanishing" if value < low else None

    return slip


def _counted(over=np.greater, under=np.less, enough=lambda beyond, window: np.mean(beyond) > 0.5, names=None):
    """Return a slip that counts like the right function, with another comparison, another share or other names."""
    first, second = names or ("exploding", "vanishing")

    def slip(norms, low=0.1, high=100.0, window=100):
        recent = norms[-window:]
        if enough(over(recent, high), window):
            return first
        return second if enough(under(recent, low), window) else None

    return slip


def _ever(norms, low=0.1, high=100.0, window=100):
    parts = [norms[begin : begin + window] for begin in range(0, len(norms), window)]
    return next(filter(None, (hack.gradient_alarm(part, low, high, window) for part in parts)), None)


def _no_limit(values, limit):
    return np.zeros(len(values), bool)


@exercise(
    hack.gradient_alarm,
    praise="You tell a state that lasts from a spike, at both ends of the scale.",
    slips=[
        ("swapped", _counted(names=("vanishing", "exploding"))),
        ("false_alarm", lambda norms, low=0.1, high=100.0, window=100: hack.gradient_alarm(norms, high, high, window)),
        ("false_alarm", _counted(under=lambda values, limit: np.ones(len(values), bool))),
        ("ignores_limits", lambda norms, low=0, high=0, window=100: hack.gradient_alarm(norms, window=window)),
        ("limits_count", _counted(np.greater_equal, np.less_equal)),
        ("limits_count", _counted(over=np.greater_equal)),
        ("limits_count", _counted(under=np.less_equal)),
        *(
            ("median", _named(of))
            for of in (
                np.median,
                lambda recent: np.sort(recent)[len(recent) // 2],
                lambda recent: np.sort(recent)[(len(recent) - 1) // 2],
            )
        ),
        ("half_is_enough", _counted(enough=lambda beyond, window: np.mean(beyond) >= 0.5)),
        *(("one_batch", _named(of)) for of in (np.max, np.min, np.mean, lambda recent: recent[-1])),
        ("one_batch", _counted(enough=lambda beyond, window: beyond.any())),
        ("one_side", _counted(under=_no_limit)),
        ("other_side", _counted(over=_no_limit)),
        ("misses", _counted(_no_limit, _no_limit)),
        ("long_ago", _ever),
        ("long_ago", _named(np.median, lambda norms, window: norms[:window])),
        ("whole_run", _named(np.median, lambda norms, window: norms)),
        ("whole_run", lambda norms, low=0.1, high=100.0, window=100: hack.gradient_alarm(norms, low, high, len(norms))),
        ("every_batch", _counted(enough=lambda beyond, window: beyond.all())),
        *(
            (
                "other_share",
                _counted(enough=lambda beyond, window, share=share: np.mean(beyond) > share),
                {"share": f"{share:.0%}"},
            )
            for share in (0.45, 0.4, 0.25, 0.6, 2 / 3, 0.66, 0.75, 0.8, 0.9)
        ),
        ("fewer", _counted(enough=lambda beyond, window: beyond.sum() > window / 2)),
        (
            "begins_below_0",
            lambda norms, low=0.1, high=100.0, window=100: hack.gradient_alarm(
                norms[len(norms) - window :], low, high, window
            ),
        ),
    ],
    misconceptions={
        "swapped": "Your two names are exchanged: large norms are exploding, small ones vanishing.",
        "false_alarm": 'Between the two limits you say "vanishing". Compare with `low` too: there it is None.',
        "ignores_limits": "Your limits are 0.1 and 100, whatever `low` and `high` are. Use both arguments.",
        "limits_count": "You count norms that are exactly `low` or `high`. Only those below and above count.",
        "median": (
            "Where exactly half of the window is beyond a limit, you may raise an alarm. Do you take the norm in the "
            "middle, or is half enough on one side? Count how many are beyond: more than half is wanted."
        ),
        "begins_below_0": BEGINS_BELOW_0,
        "half_is_enough": "Half of the norms is enough for you. It has to be more than half.",
        "one_batch": (
            "A single norm changes your answer. Healthy runs have spikes, and one is enough for a maximum, a last "
            "value or a mean. Ask whether *most* of the window is beyond."
        ),
        "one_side": (
            "You watch the high end alone. A generator that gets no gradient learns nothing: watch the low end too."
        ),
        "other_side": "You watch the low end alone. Most norms above `high` are exploding.",
        "misses": "You never raise an alarm: all that you return is None. Is the word printed, and not returned?",
        "long_ago": "What was long ago decides with you. Look at the last norms only.",
        "whole_run": "You judge the whole run, which hides what happens now. Take the last `window` norms.",
        "every_batch": "You want *all* of the last norms beyond the limit. One calm batch is no all-clear: more than "
        "half is enough.",
        "other_share": "Your share is {share}. Wanted is more than half of the norms in the window.",
        "fewer": "Where there are fewer norms than a window you ask for half of `window`. Take half of what is there.",
        "differs": "Wanted is: more than half of the last `window` norms are beyond a limit.",
    },
    hints=(
        "What share of the last norms has to be beyond a limit before you believe it?",
        "A comparison of an array gives True or False for each value, and their mean is a share.",
        "np.mean(recent > high) > ...; then the same below; then None",
    ),
)
def check_gradient_alarm(answer):
    for calls in (NORMS, NORMS + HALVES):  # the median last: what else is wrong with it comes first
        compare(answer, calls, lambda told_by, args: alarm(told_by(*args)), same, fits=_any, describe=_norm_example)


def _any(found, wanted, case):
    """Every answer that `alarm` lets through, None too, is of the right kind."""


def _norm_example(run):
    norms, low, high, window = (*run.args, *(0.1, 100.0, 100)[len(run.args) - 1 :])
    last = norms[-window:]
    return Example(
        f"With low = {low}, high = {high} and window = {window}: of the last {len(last)} norms {np.sum(last > high)} "
        f"are above and {np.sum(last < low)} below, of {len(norms)} in all. Yours {run.found!r}, wanted {run.wanted!r}."
    )


# ---- fakes


@functools.cache
def _clouds():
    """Return (fakes, reals, share): copies, real samples, twins, a stray one, few, two clumps, and these elsewhere."""
    rng = np.random.default_rng(21)
    calls = []
    for pool in (recordings.real_points(), recordings.real_images()):
        fakes, reals = pool[:24], pool[40:70]
        unit, shape = _mean_distance(reals), pool.shape[1:]
        copies = fakes[:1] + 0.01 * rng.normal(size=fakes.shape)
        stray = np.repeat(fakes[:1], 50, axis=0)
        apart = (reals[0] - fakes[0]) / np.linalg.norm(reals[0] - fakes[0])
        stray[-1] += 6 * unit * apart
        clumps = np.repeat(fakes[:1], 25, axis=0)
        clumps[15:] += 1.3 * unit * apart  # most pairs lie in one clump, and the mean does not
        many = reals[:1] + _spread(rng, 24, shape, 0.65 * unit)
        rows = np.repeat(reals[:1], 30, axis=0)
        rows[::2, -1 if pool.ndim == 2 else 14] += 20
        for some in (copies, fakes, pool[:20].repeat(2, axis=0), many, stray, clumps):
            calls.append((some, reals, 0.5))
        calls += [(reals[:1] + _spread(rng, n, shape, ratio * unit), reals, 0.5) for n, ratio in ((3, 0.65), (2, 0.4))]
        calls += [(reals[:1] + _spread(rng, 20, shape, r * unit), reals, 0.5) for r in (0.4, 0.48, 0.52, 0.6, 1.3)]
        calls += [(many, reals, 0.9), (many, reals, 0.3), (reals, reals, 1.0), (fakes, rows, 1.0), (fakes, reals, 2.0)]
        for shift in (0.7, 5):
            calls += [(some + shift * unit / np.sqrt(reals[0].size), reals, 0.5) for some in (copies, fakes)]
        calls += [(factor * some, factor * reals, 0.5) for some in (copies, many) for factor in (0.1, 10)]
        calls += [(reals[:1] + _spread(rng, 20, shape, r * unit), reals) for r in (0.45, 0.55)]
        calls.append((stray + 0.01 * np.random.default_rng(22).normal(size=stray.shape), reals, 0.5))  # no two are equal
    return [(fakes.astype("float32"), reals.astype("float32"), *share) for fakes, reals, *share in calls]


def _distances(samples, order=2):
    flat = np.reshape(samples, (len(samples), -1))
    i, j = np.triu_indices(len(flat), 1)
    return np.linalg.norm(flat[i] - flat[j], order, axis=1)


def _mean_distance(samples):
    return float(np.mean(_distances(samples)))


def _of_unequal(samples):
    distances = _distances(samples)
    return distances[distances > 0].mean() if distances.any() else np.nan


def _spread(rng, n, shape, distance):
    """Return `n` samples around 0 whose mean distance is `distance`."""
    samples = rng.normal(size=(n, *shape))
    return samples * distance / _mean_distance(samples)


def _closer(measure, reals_measure=None):
    """Return a slip that compares another measure of how spread samples are."""
    reals_measure = reals_measure or measure
    return lambda fakes, reals, share=0.5: bool(measure(fakes) < share * reals_measure(reals))


def _all_pairs(samples):
    flat = np.reshape(samples, (len(samples), -1))
    return np.linalg.norm(flat[:, None] - flat, axis=-1)


def _nearest(samples):
    return (_all_pairs(samples) + 1e9 * np.eye(len(samples))).min(axis=1).mean()


def _by_rows(samples):
    i, j = np.triu_indices(len(samples), 1)
    return np.linalg.norm(samples[i] - samples[j], axis=-1).mean()


def _from_the_mean(samples):
    return np.linalg.norm((samples - samples.mean(axis=0)).reshape(len(samples), -1), axis=1).mean()


def _deviation(samples):
    return np.sqrt(np.var(samples, axis=0, ddof=1).sum())


def _to_reals(fakes, reals, share=0.5):
    flat, other = (np.reshape(samples, (len(samples), -1)) for samples in (fakes, reals))
    return bool(np.linalg.norm(flat[:, None] - other, axis=-1).mean() < share * _mean_distance(reals))


def _means_apart(fakes, reals, share=0.5):
    return bool(np.linalg.norm(fakes.mean(axis=0) - reals.mean(axis=0)) > share * _mean_distance(reals))


@exercise(
    hack.too_alike,
    praise="Only how far the fakes are from each other counts, measured by how far reals are, whatever they show.",
    slips=[
        ("turned_round", lambda fakes, reals, share=0.5: _mean_distance(fakes) > share * _mean_distance(reals)),
        ("at_share", lambda fakes, reals, share=0.5: _mean_distance(fakes) <= share * _mean_distance(reals)),
        ("of_the_fakes", lambda fakes, reals, share=0.5: share * _mean_distance(fakes) < _mean_distance(reals)),
        ("of_the_fakes", lambda fakes, reals, share=0.5: _mean_distance(reals) < share * _mean_distance(fakes)),
        ("misses", lambda fakes, reals, share=0.5: len(np.unique(fakes, axis=0)) < len(fakes)),
        ("to_the_reals", _to_reals),
        ("to_the_reals", _means_apart),
        ("neighbours_only", _closer(_nearest)),
        ("neighbours_only", _closer(lambda s: np.mean([np.linalg.norm(a - b) for a, b in zip(s, s[1:])]))),
        ("from_the_first", _closer(lambda s: np.mean([np.linalg.norm(a - s[0]) for a in s[1:]]))),
        ("self_pairs", _closer(lambda samples: _all_pairs(samples).mean())),
        ("from_the_mean", _closer(_from_the_mean)),
        ("squared", _closer(lambda samples: np.mean(_distances(samples) ** 2))),
        ("median", _closer(lambda samples: np.median(_distances(samples)))),
        ("summed", _closer(lambda samples: np.sum(_distances(samples)))),
        ("equal_pairs", _closer(_of_unequal)),
        ("equal_pairs", _closer(lambda samples: _of_unequal(np.unique(samples, axis=0)))),
        ("carried_away", _closer(lambda samples: _distances(samples).max())),
        ("carried_away", _closer(lambda samples: _distances(samples).max(), _mean_distance)),
        ("carried_away", _closer(_deviation)),
        ("carried_away", _closer(lambda samples: samples.std())),
        ("carried_away", _closer(lambda samples: samples.std(axis=0).mean())),
        ("absolute", lambda fakes, reals, share=0.5: _mean_distance(fakes) < share),
        ("not_euclidean", _closer(lambda samples: _distances(samples, 1).mean())),
        ("not_euclidean", _closer(lambda samples: _distances(samples, 1).mean(), _mean_distance)),
        ("by_the_row", _closer(_by_rows)),
    ],
    misconceptions={
        "turned_round": "You say False to copies of one sample and True to varied ones: turn the comparison round.",
        "at_share": "At exactly `share` times the reals' distance you say True. Below it is wanted: `<`.",
        "of_the_fakes": "You take the share of the fakes' distance. It is one of the reals': fakes < share * reals.",
        "misses": "You look for exact copies. A collapsed generator's fakes differ a little: measure how much.",
        "to_the_reals": (
            "You ask whether the fakes are *near the reals*, which is another question. Compare distances among fakes "
            "with distances among reals."
        ),
        "neighbours_only": (
            "You take the nearest sample or the next one in the array. Take the mean over *all* pairs: varied fakes "
            "may have near twins."
        ),
        "from_the_first": "You measure from the first sample alone. Take the mean over all pairs.",
        "self_pairs": (
            "You count each sample's distance of 0 to itself. With few samples the mean comes out small: take pairs of "
            "two different samples."
        ),
        "from_the_mean": "You measure from the mean sample. Wanted is the distance from one sample to another.",
        "squared": "You average squared distances. Take the root of each first, then the mean.",
        "median": "You take the median of the distances. Wanted is the mean: there may be two clumps.",
        "summed": "You add the distances. There are more pairs where there are more samples: take the mean.",
        "equal_pairs": (
            "You leave out pairs of fakes that are equal: copies are just what you look for. Leave out the distance of a "
            "sample to itself by its place, not by its value."
        ),
        "carried_away": (
            "You take a maximum, a standard deviation or another root of squares, which one far sample carries away. "
            "Take the mean distance of pairs."
        ),
        "absolute": "You do not look at the reals. `share` is a share of the reals' own mean distance.",
        "not_euclidean": "You add absolute differences. The Euclidean distance is the root of the summed squares.",
        "by_the_row": (
            "You measure each row of an image by itself. An image is one point: flatten it before you measure."
        ),
        "differs": "Wanted is: the fakes' mean distance is below `share` times the reals'.",
    },
    hints=(
        "If all fakes show the same, what is small, compared with the same thing among reals?",
        "Flatten every sample. Take the Euclidean distance of each pair i < j, and the mean; once for fakes, once for "
        "reals. Then compare, with `share`.",
        "np.linalg.norm(flat[i] - flat[j]) over all i < j; mean_distance(fakes) < share * ...",
    ),
)
def check_too_alike(answer):
    compare(answer, _clouds(), lambda alarm, args: yes_or_no(alarm(*args)), same, describe=_cloud_example)


def _cloud_example(run):
    fakes, reals, share = (*run.args, 0.5)[:3]
    ratio = _mean_distance(fakes) / _mean_distance(reals)
    return Example(
        f"With {len(fakes)} fakes, {ratio:.3g} times as far apart as the reals, and share = {share}: yours {run.found}"
        f", wanted {run.wanted}."
    )


# ---- the monitor

FIELDS = {
    "losses": ("d_loss", "g_loss"),
    "gradient norms": ("d_gradient_norm", "g_gradient_norm"),
    "fakes": ("fakes", "reals"),
    "weights": ("d_moved", "g_moved"),
}
LOOK_AT = {
    "collapse": "the fakes of the last moments",
    "oscillation": "the fakes of several late moments, not the losses",
    "D has won": "D's loss",
    "vanishing gradients": "the norms of G's gradients",
    "exploding gradients": "the norms of G's gradients",
    "checkerboard": "grid_pattern of the last fakes",
    "not training": "d_moved and g_moved of the last moment: both networks have to move",
}


@exercise(
    hack.monitor,
    praise="An alarm on every failing run, the held-out ones too, and none on a healthy one.",
    misconceptions={
        "always": "You raise an alarm on every run, the healthy ones too. An alarm that always rings says nothing.",
        "never": "You raise no alarm on any run, and most of them failed. Do you return the list?",
        "equilibrium": (
            "A healthy run with D's loss at 1.386 and G's at 0.693 raises {alarms}. These are the values of a game "
            "that has ended well, not of one that is stuck."
        ),
        "one_batch": (
            "One odd batch in a healthy run, {what}, raises {alarms}. A single value is no state: judge a window."
        ),
        "variance": (
            "The same healthy run with noisier losses, as from smaller batches, raises {alarms}. How much a loss "
            "scatters depends on batch and workload: no fixed variance is bad."
        ),
        "falling_g_loss": (
            "A healthy run whose G loss falls steadily, from 2.5 to 0.8, while its fakes stay varied, raises {alarms}. "
            "A generator that learns has such a curve too: look at the fakes."
        ),
        "false_alarm": "{run} is healthy and you raise {alarms}. {why}",
        "misses": "You raise no alarm on {run}, which failed by {kind}. Look at {look_at}.",
        "misses_held_out": (
            "Every failing run that you were shown raises an alarm. A held-out run that failed by {kind} does not. "
            "Look at {look_at}."
        ),
        "one_moment": (
            "A run that failed by {kind} raises no alarm, and would raise one if its last moment were another of the "
            "late ones: you look at the last fakes alone. One moment may look well: look at several late ones."
        ),
        "differs": "You raise {first} at the first look at a run and {second} at the next. Judge each run by itself.",
    },
    hints=(
        "Which sign have you for each of the kinds, and which of the helpers measures it?",
        "Six signs: d_has_won; gradient_alarm; too_alike on each of the later moments; grid_pattern of the last images "
        "above 0.04; and the last d_moved and the last g_moved, which must not be 0.",
        "if d_has_won(run.d_loss): alarms.append(...), and so on; points have run.fakes.ndim 3, images 4",
    ),
)
def check_monitor(answer):
    def alarms(run):
        raised = answer(run)
        if raised is None:
            raise Wrong("returns_nothing")
        if not isinstance(raised, (list, tuple, set)) or not all(isinstance(text, str) for text in raised):
            raise Wrong("wrong_type", found=told(raised), wanted="a list of texts")
        return sorted(raised)

    everything = recordings.load_all() + recordings.load_all(shown=False)
    raised = {recording.name: alarms(recording.run) for recording in everything}
    if all(raised.values()) or not any(raised.values()):
        raise Wrong("always" if all(raised.values()) else "never")
    healthy = [recording for recording in everything if not recording.failing]
    quiet = [recording for recording in healthy if not raised[recording.name]]
    for recording in quiet[:2]:
        _probe(alarms, recording.run)
    for recording in healthy:
        if raised[recording.name]:
            run = recording.name if recording.shown else f"A held-out run ({recording.workload})"
            why = _what_raised_it(alarms, recording.run, quiet)
            raise Wrong("false_alarm", run=run, alarms=_told(raised[recording.name]), why=why)
    for recording in everything:
        if recording.failing and not raised[recording.name]:
            misconception = "misses" if recording.shown else "misses_held_out"
            if recording.kind in ("collapse", "oscillation") and _at_the_last_moment(alarms, recording.run):
                misconception = "one_moment"
            raise Wrong(misconception, run=recording.name, kind=recording.kind, look_at=LOOK_AT[recording.kind])
    for recording in everything:
        if (again := alarms(recording.run)) != raised[recording.name]:
            raise Wrong("differs", first=_told(raised[recording.name]), second=_told(again))


def _told(alarms):
    return ", ".join(repr(text[:60]) for text in alarms[:3]) or "none"


def _probe(alarms, run):
    """Raise Wrong if a healthy run that raises no alarm does so after a harmless change."""
    rng, n = np.random.default_rng(22), len(run.d_loss)
    flat = noisy(rng, (1.386, n), spread=0.02), noisy(rng, (0.693, n), spread=0.02)
    if found := alarms(replace(run, d_loss=flat[0], g_loss=flat[1])):
        raise Wrong("equilibrium", alarms=_told(found))
    noise = np.linspace(0.3, 1, n) * rng.choice([-0.6, 0.6], (2, n))
    noisier = {name: (getattr(run, name) + wave).clip(0.2) for name, wave in zip(FIELDS["losses"], noise)}
    if found := alarms(replace(run, **noisier)):
        raise Wrong("variance", alarms=_told(found))
    for field, odd in (("d_loss", 0.0), ("d_loss", 9.0), ("g_gradient_norm", 2000.0), ("d_gradient_norm", 0.001)):
        for place in (-1, -n // 3):
            curve = getattr(run, field).copy()
            curve[place] = odd
            if found := alarms(replace(run, **{field: curve})):
                raise Wrong("one_batch", what=f"{field} {odd:g}", alarms=_told(found))
    falling = noisy(rng, (1, n), spread=0.05) * np.linspace(2.5, 0.8, n, dtype="float32")
    if found := alarms(replace(run, g_loss=falling)):
        raise Wrong("falling_g_loss", alarms=_told(found))


def _at_the_last_moment(alarms, run):
    """Tell whether a run raises an alarm once one of its other late moments stands at the end."""
    n = len(run.fakes)
    orders = ([*range(i), *range(i + 1, n), i] for i in range(n // 2, n - 1))
    return any(alarms(replace(run, fakes=run.fakes[order])) for order in orders)


def _what_raised_it(alarms, run, quiet):
    """Say which part of a run raised an alarm: the one with which it goes away if it comes from another healthy run."""
    for other in quiet[:1]:
        n = len(run.fakes)
        late = np.concatenate([run.fakes[n // 2 :], run.fakes[n // 2 :]])[-n:]
        if not alarms(replace(run, fakes=late)):
            return (
                "It comes from the fakes of the first half of the run. A generator has not learnt yet then: look later."
            )
        for part, fields in FIELDS.items():
            if not alarms(replace(run, **{field: getattr(other.run, field) for field in fields})):
                return f"With the {part} of another healthy run it goes away, so it comes from these. What limit fits?"
    return "Which of your signs is it, and what does it find in this run?"
