"""Lab 19, tracking failures: what a right answer must show, how people get it wrong, and the hints."""

from dataclasses import replace

import numpy as np

from ganhacks import recordings
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import told
from ganhacks.hacks import track_failures as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "track_failures")

PREDICTION = {
    "choices": {
        "a": "it is stuck: neither network learns anything more.",
        "b": "it has ended well: the discriminator can't tell fakes from reals.",
        "c": "either may be, and other things too.",
    },
    "answer": "c",
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


@exercise(
    hack.d_has_won,
    praise="You look at the latest losses together. One batch, or the start of the run, does not sway you.",
    misconceptions={
        "turned_round": "You say True to losses around {high} and False to losses around {low}. D has won near 0.",
        "equilibrium": (
            "You call losses around {found} a win of D. A D that cannot tell fakes from reals has the summed loss 2 ln "
            "2 = 1.386, that is 0.693 for each half: a good GAN ends near there. A win is *near 0*."
        ),
        "one_batch": (
            "All recent losses are around {usual} but for a single batch of {odd}, and it changes your answer. Losses "
            "of single batches scatter: average over the window."
        ),
        "long_ago": (
            "D's loss was near 0 in the first {n} steps and has been around {now} ever since. You still say True. Look "
            "at the *last* values."
        ),
        "whole_run": (
            "D's loss fell from {before} to {now} and has stayed there for {n} steps, and you say False. The mean of "
            "the whole run, {mean:.2f}, still remembers the start: take the last values only."
        ),
        "summed": (
            "100 losses around 0.03 and you say False, one such loss and you say True. Is that a sum? A longer window "
            "must not raise the bar: take the mean."
        ),
        "halved": "The mean is {mean:.2f}, above the level of {level}, and you say True. `d_loss` is the sum already.",
        "misses": "Losses around {found} for {n} steps, and you say False. D has won there.",
        "ignores_level": "With level = {level} and losses around {found} you say {said}. Use the argument.",
        "ignores_window": "With window = {window}, the last {window} losses around {found}, you say {said}. Use it.",
        "fewer": (
            "Only {n} losses so far, all around {found}, and you say True. Divide their sum by how many they are, not "
            "by `window`: np.mean does."
        ),
        "looks_further": (
            "The last {window} losses, a whole window, are around {found}, those before around {before}. You say "
            "False, so older values count too. Only the window does, each value of it alike."
        ),
        "differs": "The mean of the last {window} losses is {mean:.3f} and the level {level}; you say {said}.",
    },
    hints=(
        "Which values tell how D is doing *now*, and how do you keep a single odd batch from deciding?",
        "Negative indices count from the end. Take the last `window` values, their mean, and compare with `level`.",
        "np.mean(...[-window:]), and then a comparison with `<`",
    ),
)
def check_d_has_won(answer):
    rng = np.random.default_rng(19)

    def says(curve, level=0.1, window=100):
        return yes_or_no(answer(curve, level, window))

    won, even = noisy(rng, (0.03, 300)), noisy(rng, (1.386, 300))
    if says(even) and not says(won):
        raise Wrong("turned_round", high=1.386, low=0.03)
    for level in (1.386, 0.693):
        if says(noisy(rng, (level, 300), spread=0.05)):
            raise Wrong("equilibrium", found=level)
    for place in (-1, -50):
        for usual, odd in ((1.2, 0.0005), (0.01, 3.0)):
            curve = noisy(rng, (usual, 400))
            before, curve[place] = says(curve), odd
            if says(curve) != before:
                raise Wrong("one_batch", usual=usual, odd=odd)
    if says(noisy(rng, (0.01, 300), (1.2, 500))):
        raise Wrong("long_ago", n=300, now=1.2)
    if not says(won) and says(won[:1]):
        raise Wrong("summed")
    fallen = noisy(rng, (1.4, 500), (0.02, 300))
    if says(won) and not says(fallen):
        raise Wrong("whole_run", before=1.4, now=0.02, n=300, mean=fallen.mean())
    if says(noisy(rng, (0.16, 300))):
        raise Wrong("halved", mean=0.16, level=0.1)
    for curve in (won, fallen, won[:30], won[:1]):
        if not says(curve):
            raise Wrong("misses", found=0.03, n=len(curve))
    for level, wanted in ((0.5, True), (0.2, False)):
        if says(noisy(rng, (0.3, 300)), level) != wanted:
            raise Wrong("ignores_level", level=level, found=0.3, said=not wanted)
    late = noisy(rng, (1.2, 300), (0.02, 90))
    for window, wanted in ((20, True), (200, False)):
        if says(late, 0.1, window) != wanted:
            raise Wrong("ignores_window", window=window, found=0.02, said=not wanted)
    if says(noisy(rng, (1.2, 5))):
        raise Wrong("fewer", n=5, found=1.2)
    if not says(noisy(rng, (4.0, 300), (0.02, 30)), window=30):
        raise Wrong("looks_further", window=30, found=0.02, before=4.0)
    for level in rng.uniform(0.05, 1, 20):
        curve, window = noisy(rng, (level * rng.choice([0.8, 1.2]), 200)), int(rng.integers(20, 150))
        if says(curve, level, window) != hack.d_has_won(curve, level, window):
            mean = float(curve[-window:].mean())
            raise Wrong("differs", window=window, mean=mean, level=round(level, 3), said=not mean < level)


# ---- gradients


def alarm(value):
    """Return what the student's alarm says: "exploding", "vanishing" or None."""
    if value is None or isinstance(value, str) and value in ("exploding", "vanishing"):
        return value
    found = repr(value) if isinstance(value, (str, bool)) else told(value)
    raise Wrong("wrong_type", found=found, wanted="'exploding', 'vanishing' or None")


@exercise(
    hack.gradient_alarm,
    praise="You tell a state that lasts from a spike, at both ends of the scale.",
    misconceptions={
        "swapped": 'Norms around {found} for {n} steps, and you say "{said}". It is the other one.',
        "false_alarm": 'Norms around {found}, between the two limits, and you say "{said}".',
        "one_batch": (
            'A single norm of {odd:g} among norms around {usual}, and you say "{said}". Healthy runs have spikes, and '
            "one is enough for a maximum, a last value or a mean. Ask whether *most* of the window is beyond."
        ),
        "one_side": (
            "Norms around {found} for {n} steps, and you say None. A generator that gets no gradient learns nothing: "
            "watch the low end as well."
        ),
        "misses": "Norms around {found} for {n} steps, beyond the limit, and you say None.",
        "long_ago": 'The norms were around {found} long ago and are {now} now. You say "{said}". Look at the last.',
        "whole_run": (
            "The norms have been around {found} for the last {n} steps, before that around {before}, and you say "
            "{said}. The whole run hides what happens now."
        ),
        "every_batch": (
            "{share} of 100 of the last norms are beyond the limit, and you say None. One calm batch is no all-clear: "
            "more than half is enough."
        ),
        "fewer": (
            "Only {n} norms so far, all around {found}, and you say {said}. Judge those: more than half of what is "
            "there, not of `window`."
        ),
        "ignores_limits": "With low = {low} and high = {high} and norms around {found} you say {said}. Use both.",
        "ignores_window": "With window = {window} you say {said}; wanted {wanted}. Use the argument.",
        "differs": "{over} % of the last {window} norms are above `high`, {under} % below `low`; you say {said}.",
    },
    hints=(
        "What share of the last norms has to be beyond a limit before you believe it?",
        "A comparison of an array gives True or False for each value, and their mean is a share. Or take a median.",
        "np.mean(recent > high) > ...; then the same below; then None",
    ),
)
def check_gradient_alarm(answer):
    rng = np.random.default_rng(20)

    def says(norms, low=0.1, high=100.0, window=100):
        return alarm(answer(norms, low, high, window))

    beyond = {"exploding": 250.0, "vanishing": 0.004}
    for wanted, level in beyond.items():
        said = says(noisy(rng, (level, 300)))
        if said not in (wanted, None):
            raise Wrong("swapped", found=level, n=300, said=said)
    for level in (1.0, 15.0, 60.0):
        if said := says(noisy(rng, (level, 300))):
            raise Wrong("false_alarm", found=level, said=said)
    for odd in (1e5, 400.0, 0.0):
        for place in (-1, -60):
            norms = noisy(rng, (5.0, 300))
            norms[place] = odd
            if said := says(norms):
                raise Wrong("one_batch", odd=odd, usual=5.0, said=said)
    heard = {wanted: says(noisy(rng, (level, 300))) for wanted, level in beyond.items()}
    if heard["exploding"] and not heard["vanishing"]:
        raise Wrong("one_side", found=beyond["vanishing"], n=300)
    for wanted, level in beyond.items():
        if not heard[wanted]:
            raise Wrong("misses", found=level, n=300)
        if said := says(noisy(rng, (level, 500), (5.0, 200))):
            raise Wrong("long_ago", found=level, now=5.0, said=said)
        if (said := says(noisy(rng, (5.0, 900), (level, 100)))) != wanted:
            raise Wrong("whole_run", found=level, before=5.0, n=100, said=said)
        mixed = rng.permuted(noisy(rng, (level, 70), (5.0, 30)))
        if not says(mixed):
            raise Wrong("every_batch", share=70)
        if (said := says(noisy(rng, (level, 30)))) != wanted:
            raise Wrong("fewer", n=30, found=level, said=said)
    for low, high, level, wanted in ((0.1, 10.0, 20.0, "exploding"), (2.0, 100.0, 0.5, "vanishing")):
        if (said := says(noisy(rng, (level, 300)), low, high)) != wanted:
            raise Wrong("ignores_limits", low=low, high=high, found=level, said=said)
    late = noisy(rng, (5.0, 300), (300.0, 30))
    for window, wanted in ((20, "exploding"), (200, None)):
        if (said := says(late, 0.1, 100.0, window)) != wanted:
            raise Wrong("ignores_window", window=window, said=said, wanted=wanted)
    for many in rng.dirichlet([3, 1, 3], 40):
        window = 1 + 2 * int(rng.integers(5, 30))  # odd, as a median may differ where the halves are equal
        norms = rng.choice([0.01, 5.0, 500.0], 200, p=many).astype("float32")
        over, under = np.mean(norms[-window:] > 100), np.mean(norms[-window:] < 0.1)
        if (said := says(norms, 0.1, 100.0, window)) != hack.gradient_alarm(norms, 0.1, 100.0, window):
            raise Wrong("differs", over=round(100 * over), under=round(100 * under), window=window, said=said)


# ---- fakes


@exercise(
    hack.too_alike,
    praise="Only how far the fakes are from each other counts, measured by how far reals are, whatever they show.",
    misconceptions={
        "turned_round": "You say False to copies of one real sample, and True to a set of varied real ones.",
        "misses": "All fakes are one sample with a little noise, and you say False.",
        "false_alarm": "The fakes are real samples, as varied as the others, and you say True.",
        "to_the_reals": (
            "The fakes move as one, by the same amount, and your answer changes. Whether they are *near the reals* is "
            "another question. Compare distances among fakes with distances among reals."
        ),
        "neighbours_only": (
            "The fakes are as varied as the reals, but each has a near twin beside it in the array, and you say True. "
            "Take the mean over *all* pairs, not the nearest or the next one."
        ),
        "self_pairs": (
            "Three fakes, {ratio} times as far apart as the reals, and you say True. Do you count each sample's "
            "distance of 0 to itself, or measure from the mean sample? With few samples both come out small."
        ),
        "squared": (
            "The fakes are {ratio} times as far apart as the reals, above the share of {share}, and you say True. "
            "Squared distances compare as {squared:.2f}: take the root."
        ),
        "carried_away": (
            "{same} of {n} fakes are one and the same, one lies far out, and you say False. A maximum or a standard "
            "deviation is carried away by one sample. The mean distance of pairs is {ratio:.2f} times the reals'."
        ),
        "absolute": (
            "Fakes and reals both become {factor} times as large, and your answer changes. `share` is a share of the "
            "reals' own distances."
        ),
        "not_euclidean": (
            "The fakes are {ratio} times as far apart as the reals, below the share of {share}, and you say False. Is "
            "that the Euclidean distance, the root of the summed squares?"
        ),
        "ignores_share": "With share = {share} and fakes {ratio} times as far apart as reals you say {said}. Use it.",
        "by_the_row": (
            "With images your answer is another than with the same numbers laid flat. An image is one point: flatten "
            "it before you measure."
        ),
        "differs": "The mean distance of fakes is {ratio:.2f} times that of reals, the share {share}; you say {said}.",
    },
    hints=(
        "If all fakes show the same, what is small, compared with the same thing among reals?",
        "Flatten every sample. Take the Euclidean distance of each pair i < j, and the mean; once for fakes, once for "
        "reals. Then compare, with `share`.",
        "np.linalg.norm(flat[i] - flat[j]) over all i < j; mean_distance(fakes) < share * ...",
    ),
)
def check_too_alike(answer):
    rng = np.random.default_rng(21)

    def says(fakes, reals, share=0.5):
        return yes_or_no(answer(fakes.astype("float32"), reals.astype("float32"), share))

    for pool in (recordings.real_points(), recordings.real_images()):
        fakes, reals = pool[:40], pool[40:100]
        copies = fakes[:1] + 0.01 * rng.normal(size=fakes.shape)
        if not says(copies, reals) and says(fakes, reals):
            raise Wrong("turned_round")
        _judge_invariance(says, fakes, reals, copies)
        if not says(copies, reals):
            raise Wrong("misses")
        if says(fakes, reals):
            raise Wrong("false_alarm")
        unit = _mean_distance(reals)
        twins = np.repeat(pool[:20], 2, axis=0)
        if says(twins, reals):
            raise Wrong("neighbours_only")
        many = reals[:1] + _spread(rng, 40, pool.shape[1:], 0.65 * unit)
        if says(many, reals):
            raise Wrong("squared", ratio=0.65, share=0.5, squared=0.65**2)
        stray = np.repeat(fakes[:1], 50, axis=0)
        stray[-1] += 6 * unit * (reals[0] - fakes[0]) / np.linalg.norm(reals[0] - fakes[0])
        if not says(stray, reals):
            raise Wrong("carried_away", same=49, n=50, ratio=_mean_distance(stray) / unit)
        few = reals[:1] + _spread(rng, 3, pool.shape[1:], 0.65 * unit)
        if says(few, reals):
            raise Wrong("self_pairs", ratio=0.65)
        if not says(reals[:1] + _spread(rng, 40, pool.shape[1:], 0.4 * unit), reals):
            raise Wrong("not_euclidean", ratio=0.4, share=0.5)
        for share, wanted in ((0.9, True), (0.3, False)):
            if says(many, reals, share) != wanted:
                raise Wrong("ignores_share", share=share, ratio=0.65, said=not wanted)
        for ratio in (0.4, 0.48, 0.52, 0.6, 1.3):
            some = reals[:1] + _spread(rng, int(rng.integers(10, 50)), pool.shape[1:], ratio * unit)
            if says(some, reals) != (ratio < 0.5):
                raise Wrong("differs", ratio=ratio, share=0.5, said=not ratio < 0.5)


def _judge_invariance(says, fakes, reals, copies):
    """Raise Wrong if the answer depends on where the fakes lie, or on the shape in which they come."""
    scale = _mean_distance(reals) / np.sqrt(reals[0].size)
    for samples, share in ((copies, 0.5), (fakes, 0.5), (copies, 2.0)):
        if len({says(samples + shift * scale, reals, share) for shift in (0, 0.7, 5)}) > 1:
            raise Wrong("to_the_reals")
        for factor in (0.1, 10):
            if says(factor * samples, factor * reals, share) != says(samples, reals, share):
                raise Wrong("absolute", factor=factor)
    if reals.ndim > 2:  # images that differ in one row alone: as a whole far from each other, on average by row not
        rows = np.repeat(reals[:1], len(reals), axis=0)
        rows[::2, 14] += 20
        if says(fakes, rows, 1.0) != says(*(samples.reshape(len(samples), -1) for samples in (fakes, rows)), 1.0):
            raise Wrong("by_the_row")


def _spread(rng, n, shape, distance):
    """Return `n` samples around 0 whose mean distance is `distance`."""
    samples = rng.normal(size=(n, *shape))
    return samples * distance / _mean_distance(samples)


def _mean_distance(samples):
    flat = np.reshape(samples, (len(samples), -1))
    i, j = np.triu_indices(len(flat), 1)
    return float(np.mean(np.linalg.norm(flat[i] - flat[j], axis=1)))


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
            "Every failing run that you were shown raises an alarm. A held-out run that failed by {kind} does not. Is "
            "a limit tuned to the ones that you saw? Look at {look_at}."
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


def _what_raised_it(alarms, run, quiet):
    """Say which part of a run raised an alarm: the one with which it goes away if it comes from another healthy run."""
    for other in quiet[:1]:
        for part, fields in FIELDS.items():
            if not alarms(replace(run, **{field: getattr(other.run, field) for field in fields})):
                return f"With the {part} of another healthy run it goes away: your limit for these is too tight."
    return "Which of your signs is it, and what does it find in this run?"
