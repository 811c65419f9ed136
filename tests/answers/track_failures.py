"""Answers to lab 19, after monitors and early-stopping rules that are found in published code."""

import numpy as np
import tensorflow as tf
from scipy.spatial.distance import pdist

from ganhacks.hacks import track_failures as hack
from tests.answers import answers

ANSWERS, right, wrong, raises = answers("track_failures")


# ---- d_has_won


@right("d_has_won")
def by_the_mean(d_loss, level=0.1, window=100):
    return np.mean(d_loss[-window:]) < level


@right("d_has_won")
def in_a_loop(d_loss, level=0.1, window=100):
    recent = list(d_loss)[-window:]
    total = 0.0
    for loss in recent:
        total += loss
    if total / len(recent) < level:
        return True
    return False


@right("d_has_won")
def with_tensors(d_loss, level=0.1, window=100):
    return tf.reduce_mean(tf.constant(d_loss[-window:])) < level


@wrong("d_has_won", "other_default")
def another_window(d_loss, level=0.1, window=50):
    return bool(np.mean(d_loss[-window:]) < level)


@wrong("d_has_won", "other_default")
def another_level(d_loss, level=0.2, window=100):
    return bool(np.mean(d_loss[-window:]) < level)


@wrong("d_has_won", "ignores_argument")
def always_a_tenth(d_loss, level=0.1, window=100):
    return bool(np.mean(d_loss[-window:]) < 0.1)


@wrong("d_has_won", "ignores_argument")
def always_a_hundred(d_loss, level=0.1, window=100):
    return bool(np.mean(d_loss[-100:]) < level)


@wrong("d_has_won", "differs")
def a_little_lower(d_loss, level=0.1, window=100):
    return bool(np.mean(d_loss[-window:]) < level * 0.75)


@wrong("d_has_won", "returns_nothing")
def printed(d_loss, level=0.1, window=100):
    print(np.mean(d_loss[-window:]) < level)


@wrong("d_has_won", "wrong_type")
def the_mean_itself(d_loss, level=0.1, window=100):
    return np.mean(d_loss[-window:])


@wrong("d_has_won", "wrong_type")
def one_for_each_step(d_loss, level=0.1, window=100):
    return d_loss[-window:] < level


@raises("d_has_won", "unknown_name")
def of_a_name_that_is_not_there(d_loss, level=0.1, window=100):
    return unknown_name < level  # noqa: F821


@wrong("d_has_won", "begins_below_0")
def from_n_minus_window(d_loss, level=0.1, window=100):
    n = len(d_loss)
    return bool(np.mean(d_loss[n - window :]) < level)


# ---- gradient_alarm


@wrong("gradient_alarm", "begins_below_0")
def also_from_n_minus_window(norms, low=0.1, high=100.0, window=100):
    return by_counting(norms[len(norms) - window :], low, high)


@wrong("gradient_alarm", "median")
def by_the_middle(norms, low=0.1, high=100.0, window=100):
    middle = np.median(norms[-window:])
    return "exploding" if middle > high else "vanishing" if middle < low else None


@right("gradient_alarm")
def by_counting(norms, low=0.1, high=100.0, window=100):
    recent = norms[-window:]
    over = sum(1 for norm in recent if norm > high)
    under = sum(1 for norm in recent if norm < low)
    if 2 * over > len(recent):
        return "exploding"
    if 2 * under > len(recent):
        return "vanishing"


@right("gradient_alarm")
def by_tensors(norms, low=0.1, high=100.0, window=100):
    recent = tf.constant(norms[-window:])
    for name, beyond in (("exploding", recent > high), ("vanishing", recent < low)):
        if tf.reduce_mean(tf.cast(beyond, "float32")) > 0.5:
            return name
    return None


@right("gradient_alarm")
def by_shares(norms, low=0.1, high=100.0, window=100):
    recent = np.asarray(norms[-window:])
    shares = {"exploding": np.mean(recent > high), "vanishing": np.mean(recent < low)}
    return next((name for name, share in shares.items() if share > 0.5), None)


@wrong("gradient_alarm", "median")
def by_sorting(norms, low=0.1, high=100.0, window=100):
    ordered = sorted(norms[-window:])
    middle = ordered[len(ordered) // 2]
    if low <= middle <= high:
        return None
    return "exploding" if middle > high else "vanishing"


def named(value, low, high):
    return "exploding" if value > high else "vanishing" if value < low else None


@wrong("gradient_alarm", "differs")
def by_the_middle_of_fifty(norms, low=0.1, high=100.0, window=100):
    return named(np.median(norms[-50:]), low, high)


@wrong("gradient_alarm", "ignores_argument")
def all_above_a_hundred(norms, low=0.1, high=100.0, window=100):
    return named(np.median(norms[-window:]), low, 100)


@wrong("gradient_alarm", "false_alarm")
def one_limit(norms, low=0.1, high=100.0, window=100):
    return "exploding" if np.median(norms[-window:]) > high else "vanishing"


@wrong("gradient_alarm", "differs")
def the_middle_of_all_where_there_are_many(norms, low=0.1, high=100.0, window=100):
    return named(np.median(norms), low, high) if len(norms) > 800 else by_the_middle(norms, low, high, window)


@wrong("gradient_alarm", "ignores_limits")
def fixed_limits(norms, low=0.1, high=100.0, window=100):
    return named(np.median(norms[-window:]), 0.1, 100)


@wrong("gradient_alarm", "ignores_argument")
def fixed_window(norms, low=0.1, high=100.0, window=100):
    return hack.gradient_alarm(norms[-100:], low, high)


@wrong("gradient_alarm", "other_default")
def another_high(norms, low=0.1, high=10.0, window=100):
    return by_the_middle(norms, low, high, window)


@wrong("gradient_alarm", "wrong_type")
def yes_or_no(norms, low=0.1, high=100.0, window=100):
    return bool(np.median(norms[-window:]) > high)


@wrong("gradient_alarm", "wrong_type")
def fine(norms, low=0.1, high=100.0, window=100):
    return by_the_middle(norms, low, high, window) or "fine"


# ---- too_alike


def flat_of(samples):
    return np.reshape(samples, (len(samples), -1))


def by_pairs(samples):
    return pdist(flat_of(samples)).mean()


@right("too_alike")
def with_scipy(fakes, reals, share=0.5):
    return by_pairs(fakes) < share * by_pairs(reals)


@right("too_alike")
def in_two_loops(fakes, reals, share=0.5):
    def mean_distance(samples):
        total, pairs = 0.0, 0
        for i in range(len(samples)):
            for j in range(i):
                total += np.sqrt(np.sum((samples[i] - samples[j]) ** 2))
                pairs += 1
        return total / pairs

    return bool(mean_distance(fakes) / mean_distance(reals) < share)


@right("too_alike")
def by_broadcasting(fakes, reals, share=0.5):
    means = []
    for samples in (fakes, reals):
        flat, n = flat_of(samples), len(samples)
        distances = np.linalg.norm(flat[:, None] - flat, axis=-1)
        means.append(distances.sum() / (n * (n - 1)))
    return bool(means[0] < share * means[1])


@right("too_alike")
def with_tensors_and_products(fakes, reals, share=0.5):
    def mean_distance(samples):
        flat = tf.cast(tf.reshape(samples, (len(samples), -1)), "float64")
        norms = tf.reduce_sum(flat**2, axis=1)
        squares = norms[:, None] + norms - 2 * flat @ tf.transpose(flat)
        return tf.reduce_sum(tf.sqrt(tf.maximum(squares, 0))) / (len(samples) * (len(samples) - 1))

    return mean_distance(fakes) < share * mean_distance(reals)


@wrong("too_alike", "differs")
def never(fakes, reals, share=0.5):
    return bool(by_pairs(fakes) < 0)


@wrong("too_alike", "differs")
def closer_than_real(fakes, reals, share=0.5):
    return bool(by_pairs(fakes) < 2 * by_pairs(reals))


@wrong("too_alike", "other_default")
def another_share(fakes, reals, share=0.6):
    return bool(by_pairs(fakes) < share * by_pairs(reals))


@wrong("too_alike", "ignores_argument")
def always_a_half(fakes, reals, share=0.5):
    return bool(by_pairs(fakes) < 0.5 * by_pairs(reals))


@wrong("too_alike", "differs")
def a_stricter_share(fakes, reals, share=0.5):
    return bool(by_pairs(fakes) < 0.9 * share * by_pairs(reals))


@wrong("too_alike", "wrong_type")
def the_ratio(fakes, reals, share=0.5):
    return by_pairs(fakes) / by_pairs(reals)


@wrong("too_alike", "returns_nothing")
def no_return(fakes, reals, share=0.5):
    by_pairs(fakes) < share * by_pairs(reals)  # noqa: B015


# ---- monitor


@right("monitor")
def one_if_after_the_other(run):
    alarms = []
    if hack.d_has_won(run.d_loss):
        alarms.append("D has won")
    for who, norms in (("D", run.d_gradient_norm), ("G", run.g_gradient_norm)):
        alarm = hack.gradient_alarm(norms)
        if alarm is not None:
            alarms.append(f"{who}'s gradients are {alarm}")
    for moment in range(len(run.fakes) // 2, len(run.fakes)):
        if hack.too_alike(run.fakes[moment], run.reals):
            alarms.append(f"the fakes of moment {moment} are too alike")
    if run.fakes.ndim == 4 and hack.grid_pattern(run.fakes[-1]) > 0.04:
        alarms.append("a grid")
    if run.d_moved[-1] == 0 or run.g_moved[-1] == 0:
        alarms.append("a network stands still")
    return alarms


@right("monitor")
def a_tuple_of_what_is_true(run):
    late = [fakes for fakes in run.fakes[-len(run.fakes) // 2 :]]
    images = run.fakes.shape[-1] == 28
    return tuple(
        name
        for name, seen in (
            ("won", hack.d_has_won(run.d_loss, 0.05)),
            ("gradient", hack.gradient_alarm(run.g_gradient_norm, 0.2, 100, 200)),
            ("alike", sum(hack.too_alike(fakes, run.reals) for fakes in late) > 0),
            ("grid", images and hack.grid_pattern(run.fakes[-1]) > 0.035),
            ("still", np.minimum(run.d_moved, run.g_moved)[-1] < 1e-5),
        )
        if seen
    )


@right("monitor")
def by_generators(run):
    def signs():
        if np.median(run.d_loss[-100:]) < 0.1:
            yield "won"
        middle = np.median(run.g_gradient_norm[-100:])
        if middle > 100 or middle < 0.1:
            yield "gradient"
        late = run.fakes[len(run.fakes) // 2 :]
        if min(by_pairs(fakes) for fakes in late) < 0.5 * by_pairs(run.reals):
            yield "alike"
        if run.fakes.ndim == 4 and hack.grid_pattern(late[-1]) > 0.04:
            yield "grid"
        if not (run.d_moved[-1] and run.g_moved[-1]):
            yield "still"

    return {*signs()}


@wrong("monitor", "always")
def always_one(run):
    return ["have a look"]


@wrong("monitor", "never")
def no_alarm(run):
    return []


def more_than_the_reference(run, name, seen):
    return hack.monitor(run) + [name] * bool(seen)


@wrong("monitor", "equilibrium")
def stuck_near_the_end_of_the_game(run):
    stuck = abs(np.mean(run.d_loss[-100:]) - 1.386) < 0.05
    return more_than_the_reference(run, "stuck", stuck)


@wrong("monitor", "one_batch")
def any_norm_above_a_hundred(run):
    return more_than_the_reference(run, "norm", (run.g_gradient_norm > 100).any())


@wrong("monitor", "one_batch")
def any_loss_near_zero(run):
    return more_than_the_reference(run, "won", (run.d_loss < 0.01).any())


@wrong("monitor", "variance")
def a_fixed_variance(run):
    return more_than_the_reference(run, "spiking", run.d_loss[-300:].std() > 0.3)


@wrong("monitor", "variance")
def a_growing_variance(run):
    half = len(run.d_loss) // 2
    return more_than_the_reference(run, "spiking", run.d_loss[half:].std() > 1.3 * run.d_loss[100:half].std())


@wrong("monitor", "falling_g_loss")
def g_falls(run):
    parts = [part.mean() for part in np.array_split(run.g_loss, 5)]
    return more_than_the_reference(run, "garbage", all(np.diff(parts) < 0))


@wrong("monitor", "false_alarm")
def from_the_first_moment_on(run):
    return more_than_the_reference(run, "alike", any(hack.too_alike(fakes, run.reals) for fakes in run.fakes))


@wrong("monitor", "false_alarm")
def any_grid(run):
    return more_than_the_reference(run, "grid", run.fakes.ndim == 4 and hack.grid_pattern(run.fakes[-1]) > 0.005)


@wrong("monitor", "misses")
def losses_and_norms_alone(run):
    alarms = ["won"] * hack.d_has_won(run.d_loss)
    return alarms + [alarm for alarm in [hack.gradient_alarm(run.g_gradient_norm)] if alarm]


@wrong("monitor", "misses")
def only_d_stands_still(run):
    return [alarm for alarm in hack.monitor(run) if "stands" not in alarm]


@wrong("monitor", "misses_held_out")
def tuned_to_the_grid_that_was_shown(run):
    grid = run.fakes.ndim == 4 and hack.grid_pattern(run.fakes[-1]) > 0.06
    return [alarm for alarm in hack.monitor(run) if "grid" not in alarm or grid]


@wrong("monitor", "one_moment")
def of_the_last_fakes_alone(run):
    alike = hack.too_alike(run.fakes[-1], run.reals)
    return [alarm for alarm in hack.monitor(run) if "alike" not in alarm] + ["alike"] * alike


@wrong("monitor", "returns_nothing")
def alarms_are_printed(run):
    print(hack.monitor(run))


@wrong("monitor", "wrong_type")
def true_or_false(run):
    return len(hack.monitor(run)) > 0


class Remembered:
    seen = set()


@wrong("monitor", "differs")
def only_the_first_time(run):
    key = float(run.d_loss.sum())
    if key in Remembered.seen:
        return []
    Remembered.seen.add(key)
    return hack.monitor(run)


@wrong("too_alike", "equal_pairs")
def pairs_that_differ(fakes, reals, share=0.5):
    def mean_distance(samples):
        distances = pdist(samples.reshape(len(samples), -1))
        distances = distances[distances > 0]
        return distances.mean() if len(distances) else np.nan

    return bool(mean_distance(fakes) < share * mean_distance(reals))
