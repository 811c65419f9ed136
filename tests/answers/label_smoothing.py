"""Answers to lab 10, after what is found in tutorials."""

import numpy as np

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("label_smoothing")


# ---- smooth_positive_labels


@right("smooth_positive_labels")
def as_published_with_rng(rng, y):
    return y - 0.3 + (rng.random(y.shape) * 0.5)


@right("smooth_positive_labels")
def drawn_in_the_range(rng, y):
    return rng.uniform(0.7, 1.2, size=y.shape).astype("float32")


@right("smooth_positive_labels")
def label_by_label(rng, y):
    return np.array([[rng.uniform(label[0] - 0.3, label[0] + 0.2)] for label in y])


@right("smooth_positive_labels")
def on_a_copy(rng, y):
    soft = y.copy()
    soft += 0.5 * rng.random(len(y))[:, None] - 0.3
    return soft


@wrong("smooth_positive_labels", "unchanged")
def as_they_came(rng, y):
    return y.copy()


@wrong("smooth_positive_labels", "one_value")
def one_sided_constant(rng, y):
    return y * 0.9


@wrong("smooth_positive_labels", "one_draw")
def one_draw_for_the_batch(rng, y):
    return y - 0.3 + 0.5 * rng.random()


@wrong("smooth_positive_labels", "few_values")
def one_draw_for_ten_images(rng, y):
    return np.resize(rng.uniform(0.7, 1.2, 10), y.shape)


@wrong("smooth_positive_labels", "few_values")
def from_a_list(rng, y):
    return rng.choice([0.7, 0.8, 0.9, 1.0, 1.1, 1.2], y.shape)


@wrong("smooth_positive_labels", "piled_up")
def a_wide_draw_clipped(rng, y):
    return np.clip(y + rng.uniform(-0.5, 0.5, y.shape), 0.7, 1.2)


@wrong("smooth_positive_labels", "whole_range")
def times_a_draw(rng, y):
    return y * rng.random(y.shape)


@wrong("smooth_positive_labels", "other_side")
def the_range_of_fakes(rng, y):
    return rng.uniform(0.0, 0.3, y.shape)


@wrong("smooth_positive_labels", "mirrored")
def signs_mixed_up(rng, y):
    return y + 0.3 - 0.5 * rng.random(y.shape)


@wrong("smooth_positive_labels", "wrong_range")
def shifted_only(rng, y):
    return y - 0.3 + rng.random(y.shape)


@wrong("smooth_positive_labels", "piled_up")
def clipped_later(rng, y):
    return np.clip(y - 0.3 + 0.5 * rng.random(y.shape), 0, 1.1)


@wrong("smooth_positive_labels", "never_above_one")
def only_taken_away(rng, y):
    return y - 0.3 * rng.random(y.shape)


@wrong("smooth_positive_labels", "never_above_one")
def clipped_to_one(rng, y):
    return np.minimum(y - 0.3 * rng.random(y.shape), 1.0)


@wrong("smooth_positive_labels", "never_below_one")
def only_added(rng, y):
    return y + 0.2 * rng.random(y.shape)


@wrong("smooth_positive_labels", "not_uniform")
def mostly_at_the_ends(rng, y):
    return 0.7 + 0.5 * rng.beta(0.5, 0.5, y.shape)


@wrong("smooth_positive_labels", "ignores_rng")
def global_random(rng, y):
    return y - 0.3 + 0.5 * np.random.random(y.shape)


@wrong("smooth_positive_labels", "reseeds")
def seeded_at_each_call(rng, y):
    return np.random.default_rng(42).uniform(0.7, 1.2, y.shape)


@wrong("smooth_positive_labels", "integers")
def rounded(rng, y):
    return (y - 0.3 + 0.5 * rng.random(y.shape)).astype(int)


@wrong("smooth_positive_labels", "changes_its_arguments")
def in_place(rng, y):
    y -= 0.3
    y += 0.5 * rng.random(y.shape, dtype="float32")
    return y


@wrong("smooth_positive_labels", "wrong_shape")
def flattened(rng, y):
    return rng.uniform(0.7, 1.2, len(y))


@wrong("smooth_positive_labels", "returns_nothing")
def no_return(rng, y):
    y - 0.3 + 0.5 * rng.random(y.shape)


@raises("smooth_positive_labels", "rng(")
def calls_the_generator(rng, y):
    return y - 0.3 + 0.5 * rng(y.shape)


# ---- smooth_negative_labels


@right("smooth_negative_labels")
def fakes_as_published_with_rng(rng, y):
    return y + rng.random(y.shape) * 0.3


@right("smooth_negative_labels")
def fakes_drawn_in_the_range(rng, y):
    return rng.uniform(high=0.3, low=0, size=(len(y), 1))


@right("smooth_negative_labels")
def fakes_in_a_loop(rng, y):
    soft = np.zeros_like(y)
    for i in range(len(y)):
        soft[i, 0] = y[i, 0] + 0.3 * rng.random()
    return soft


@wrong("smooth_negative_labels", "multiplied")
def zero_times_a_draw(rng, y):
    return y * 0.3 * rng.random(y.shape)


@wrong("smooth_negative_labels", "unchanged")
def fakes_as_they_came(rng, y):
    return np.zeros_like(y)


@wrong("smooth_negative_labels", "below_zero")
def taken_away(rng, y):
    return y - 0.3 * rng.random(y.shape)


@wrong("smooth_negative_labels", "below_zero")
def both_ways(rng, y):
    return y + rng.uniform(-0.3, 0.3, y.shape)


@wrong("smooth_negative_labels", "other_side")
def the_range_of_reals(rng, y):
    return rng.uniform(0.7, 1.2, y.shape)


@wrong("smooth_negative_labels", "mirrored")
def one_minus(rng, y):
    return 1 - y - 0.3 * rng.random(y.shape)


@wrong("smooth_negative_labels", "whole_range")
def unscaled(rng, y):
    return y + rng.random(y.shape)


@wrong("smooth_negative_labels", "wrong_range")
def as_wide_as_the_reals(rng, y):
    return y + 0.5 * rng.random(y.shape)


@wrong("smooth_negative_labels", "one_value")
def fixed_at_a_tenth(rng, y):
    return y + 0.1


@wrong("smooth_negative_labels", "one_draw")
def one_draw_for_all_fakes(rng, y):
    return y + rng.uniform(0, 0.3)


@wrong("smooth_negative_labels", "few_values")
def two_values(rng, y):
    return y + 0.3 * rng.integers(0, 2, y.shape)


@wrong("smooth_negative_labels", "piled_up")
def both_ways_without_the_negative(rng, y):
    return np.maximum(0, y + rng.uniform(-0.3, 0.3, y.shape))


@wrong("smooth_negative_labels", "piled_up")
def a_normal_draw_clipped(rng, y):
    return np.clip(rng.normal(0.15, 0.1, y.shape), 0, 0.3)


@wrong("smooth_negative_labels", "not_uniform")
def fakes_mostly_at_the_ends(rng, y):
    return 0.3 * rng.beta(0.5, 0.5, y.shape)


@wrong("smooth_negative_labels", "ignores_rng")
def fakes_by_global_random(rng, y):
    return y + 0.3 * np.random.rand(*y.shape)


@wrong("smooth_negative_labels", "reseeds")
def fakes_seeded_at_each_call(rng, y):
    return y + 0.3 * np.random.default_rng(0).random(y.shape)


@wrong("smooth_negative_labels", "integers")
def ones_and_zeros(rng, y):
    return rng.integers(0, 2, y.shape)


# ---- optimal_discriminator


@right("optimal_discriminator")
def by_the_share_of_reals(p_data, p_g, alpha=1.0, beta=0.0):
    share = p_data / (p_data + p_g)
    return beta + (alpha - beta) * share


@right("optimal_discriminator")
def point_by_point(p_data, p_g, alpha=1.0, beta=0.0):
    return np.array([(alpha * p + beta * q) / (p + q) for p, q in zip(p_data, p_g)])


@right("optimal_discriminator")
def by_an_average(p_data, p_g, alpha=1.0, beta=0.0):
    targets = np.stack([np.full_like(p_data, alpha), np.full_like(p_g, beta)])
    return np.average(targets, axis=0, weights=np.stack([p_data, p_g]))


@right("optimal_discriminator")
def in_float32(p_data, p_g, alpha=1.0, beta=0.0):
    total = np.add(p_data, p_g)
    return (np.multiply(alpha, p_data / total) + np.multiply(beta, p_g / total)).astype("float32")


@wrong("optimal_discriminator", "hard")
def of_hard_labels(p_data, p_g, alpha=1.0, beta=0.0):
    return p_data / (p_data + p_g)


@wrong("optimal_discriminator", "ignores_beta")
def one_sided_only(p_data, p_g, alpha=1.0, beta=0.0):
    return alpha * p_data / (p_data + p_g)


@wrong("optimal_discriminator", "ignores_alpha")
def fakes_only(p_data, p_g, alpha=1.0, beta=0.0):
    return (p_data + beta * p_g) / (p_data + p_g)


@wrong("optimal_discriminator", "swapped")
def the_wrong_way_round(p_data, p_g, alpha=1.0, beta=0.0):
    return (alpha * p_g + beta * p_data) / (p_data + p_g)


@wrong("optimal_discriminator", "weighted_below")
def targets_below_too(p_data, p_g, alpha=1.0, beta=0.0):
    return alpha * p_data / (alpha * p_data + beta * p_g)


@wrong("optimal_discriminator", "no_sum")
def divided_by_the_reals(p_data, p_g, alpha=1.0, beta=0.0):
    return (alpha * p_data + beta * p_g) / p_data


@wrong("optimal_discriminator", "no_sum")
def the_ratio(p_data, p_g, alpha=1.0, beta=0.0):
    return alpha * p_data / p_g


@wrong("optimal_discriminator", "one_at_a_time")
def summed_over_the_points(p_data, p_g, alpha=1.0, beta=0.0):
    return np.sum(alpha * p_data + beta * p_g) / np.sum(p_data + p_g)


@wrong("optimal_discriminator", "goes_wrong_where")
def minus_in_place_of_plus(p_data, p_g, alpha=1.0, beta=0.0):
    return (alpha * p_data - beta * p_g) / (p_data + p_g)


@wrong("optimal_discriminator", "returns_nothing")
def computed_and_dropped(p_data, p_g, alpha=1.0, beta=0.0):
    (alpha * p_data + beta * p_g) / (p_data + p_g)


# ---- step_targets


def column(n_samples, value):
    return np.full((n_samples, 1), value, "float32")


@right("step_targets")
def three_full_arrays(n_samples, smooth=0.1):
    return column(n_samples, 1 - smooth), column(n_samples, 0), column(n_samples, 1)


@right("step_targets")
def from_lists(n_samples, smooth=0.1):
    return [np.array([[target]] * n_samples) for target in (1.0 - smooth, 0.0, 1.0)]


@right("step_targets")
def ones_and_zeros_of_numpy(n_samples, smooth=0.1):
    shape = (n_samples, 1)
    real_labels = np.ones(shape)
    real_labels -= smooth
    return real_labels, np.zeros(shape), np.ones(shape)


@right("step_targets")
def hard_targets_as_integers(n_samples, smooth=0.1):
    return np.full((n_samples, 1), 1 - smooth), np.zeros((n_samples, 1), int), np.ones((n_samples, 1), int)


@wrong("step_targets", "generator_smoothed")
def the_generator_as_well(n_samples, smooth=0.1):
    return column(n_samples, 1 - smooth), column(n_samples, 0), column(n_samples, 1 - smooth)


@wrong("step_targets", "generator_told_the_truth")
def fakes_are_fakes(n_samples, smooth=0.1):
    return column(n_samples, 1 - smooth), column(n_samples, 0), column(n_samples, 0)


@wrong("step_targets", "two_sided")
def both_sides(n_samples, smooth=0.1):
    return column(n_samples, 1 - smooth), column(n_samples, smooth), column(n_samples, 1)


@wrong("step_targets", "two_sided")
def as_keras_option(n_samples, smooth=0.1):
    return column(n_samples, 1 - smooth / 2), column(n_samples, smooth / 2), column(n_samples, 1)


@wrong("step_targets", "swapped")
def fakes_first(n_samples, smooth=0.1):
    return column(n_samples, 0), column(n_samples, 1 - smooth), column(n_samples, 1)


@wrong("step_targets", "above_one")
def added(n_samples, smooth=0.1):
    return column(n_samples, 1 + smooth), column(n_samples, 0), column(n_samples, 1)


@wrong("step_targets", "hard")
def nothing_smoothed(n_samples, smooth=0.1):
    return column(n_samples, 1), column(n_samples, 0), column(n_samples, 1)


@wrong("step_targets", "ignores_smooth")
def always_a_tenth(n_samples, smooth=0.1):
    return column(n_samples, 0.9), column(n_samples, 0), column(n_samples, 1)


@wrong("step_targets", "integers")
def integer_labels(n_samples, smooth=0.1):
    return tuple(column(n_samples, value).astype(int) for value in (1 - smooth, 0, 1))


@wrong("step_targets", "wrong_type")
def the_discriminators_only(n_samples, smooth=0.1):
    return column(n_samples, 1 - smooth), column(n_samples, 0)


@wrong("step_targets", "smooth_itself")
def the_amount_in_place_of_the_rest(n_samples, smooth=0.1):
    return column(n_samples, smooth), column(n_samples, 0), column(n_samples, 1)


@wrong("step_targets", "wrong_shape")
def flat(n_samples, smooth=0.1):
    return np.full(n_samples, 1 - smooth), np.zeros(n_samples), np.ones(n_samples)


KEPT = {}


@wrong("step_targets", "kept_targets")
def kept_by_size(n_samples, smooth=0.1):
    return tuple(part.copy() for part in KEPT.setdefault(n_samples, three_full_arrays(n_samples, smooth)))


# ---- repair_noisy_targets


@right("repair_noisy_targets")
def two_cases(rng, y, size=0.05):
    draw = size * rng.random(y.shape)
    return np.where(y == 1, 1 - draw, draw)


@right("repair_noisy_targets")
def by_the_distance(rng, y, size=0.05):
    return np.abs(y - rng.uniform(0, size, y.shape))


@right("repair_noisy_targets")
def with_a_mask(rng, y, size=0.05):
    soft = y + size * rng.random(y.shape, dtype="float32")
    soft[y == 1] = 2 - soft[y == 1]
    return soft


@right("repair_noisy_targets")
def scaled_then_shifted(rng, y, size=0.05):
    return y * (1 - size) + size * rng.random(y.shape)


@wrong("repair_noisy_targets", "above_one")
def still_added_to_the_ones(rng, y, size=0.05):
    return y * (1 + size * rng.random(y.shape))


@wrong("repair_noisy_targets", "below_zero")
def taken_off_both(rng, y, size=0.05):
    return y - size * rng.random(y.shape)


@wrong("repair_noisy_targets", "ones_left")
def clipped(rng, y, size=0.05):
    return np.clip(y + size * rng.random(y.shape), 0, 1)


@wrong("repair_noisy_targets", "zeros_left")
def multiplied(rng, y, size=0.05):
    return y * (1 - size * rng.random(y.shape))


@wrong("repair_noisy_targets", "ones_left")
def only_the_zeros_move(rng, y, size=0.05):
    return np.where(y == 0, y + size * rng.random(y.shape), y)


@wrong("repair_noisy_targets", "unchanged")
def hard_labels(rng, y, size=0.05):
    return y.copy()


@wrong("repair_noisy_targets", "half_left")
def both_ways_then_clipped(rng, y, size=0.05):
    return np.clip(y + rng.uniform(-size, size, y.shape), 0, 1)


@wrong("repair_noisy_targets", "no_draw")
def as_far_as_allowed(rng, y, size=0.05):
    return np.where(y == 1, 1 - size, size)


@wrong("repair_noisy_targets", "not_uniform")
def squared_draws(rng, y, size=0.05):
    return np.abs(y - size * rng.random(y.shape) ** 2)


@wrong("repair_noisy_targets", "ignores_size")
def always_a_twentieth(rng, y, size=0.05):
    return np.abs(y - 0.05 * rng.random(y.shape))


@wrong("repair_noisy_targets", "one_draw")
def one_draw_for_all(rng, y, size=0.05):
    return np.abs(y - size * rng.random())


@wrong("repair_noisy_targets", "moved_both_ways")
def around_the_label(rng, y, size=0.05):
    return y + rng.uniform(-size, size, y.shape)


@wrong("repair_noisy_targets", "wrong_range")
def twice_as_far(rng, y, size=0.05):
    return np.abs(y - 2 * size * rng.random(y.shape))


@wrong("repair_noisy_targets", "ignores_rng")
def repaired_with_global_random(rng, y, size=0.05):
    return np.abs(y - size * np.random.random(y.shape))


@wrong("repair_noisy_targets", "reseeds")
def repaired_with_a_seed(rng, y, size=0.05):
    return np.abs(y - size * np.random.default_rng(1).random(y.shape))


# ---- found by trying to get past the checks


@wrong("smooth_positive_labels", "spread_by_hand")
def a_shuffled_grid(rng, y):
    return rng.permutation(np.linspace(0.7, 1.2, len(y)))[:, None]


@wrong("smooth_negative_labels", "spread_by_hand")
def a_grid(rng, y):
    return np.linspace(0, 0.3, len(y)).reshape(y.shape)


@right("step_targets")
def three_in_one_array(n_samples, smooth=0.1):
    return np.stack([column(n_samples, 1 - smooth), column(n_samples, 0), column(n_samples, 1)])


@wrong("step_targets", "other_default")
def another_default(n_samples, smooth=0.3):
    return column(n_samples, 1 - smooth), column(n_samples, 0), column(n_samples, 1)


@wrong("repair_noisy_targets", "integers")
def cut_to_integers(rng, y, size=0.05):
    return np.abs(y - size * rng.random(y.shape)).astype(int)


@wrong("repair_noisy_targets", "other_default")
def half_by_default(rng, y, size=0.5):
    return np.abs(y - size * rng.random(y.shape))


# ---- what looks right at a glance


@wrong("smooth_positive_labels", "dependent_draws")
def a_thousand_draws_repeated(rng, y):
    return rng.uniform(0.7, 1.2, (1000, 1))[np.arange(len(y)) % 1000]


@wrong("smooth_positive_labels", "dependent_draws")
def one_draw_and_golden_steps(rng, y):
    return 0.7 + 0.5 * ((rng.random() + 0.618 * np.arange(len(y))[:, None]) % 1)


@wrong("smooth_negative_labels", "dependent_draws")
def sorted_draws(rng, y):
    return np.sort(0.3 * rng.random(y.shape), axis=0)


@wrong("smooth_negative_labels", "dependent_draws")
def half_of_them_mirrored(rng, y):
    half = rng.random((-(-len(y) // 2), 1))
    return 0.3 * np.concatenate([half, 1 - half])[: len(y)]


@wrong("repair_noisy_targets", "part_of_a_batch")
def the_largest_label_is_a_one(rng, y, size=0.05):
    draw = size * rng.random(y.shape)
    return np.where(y == y.max(), y - draw, y + draw)


@wrong("repair_noisy_targets", "part_of_a_batch")
def the_smallest_label_is_a_zero(rng, y, size=0.05):
    draw = size * rng.random(y.shape)
    return np.where(y == y.min(), y + draw, y - draw)


@wrong("repair_noisy_targets", "shares_memory")
def nothing_to_move(rng, y, size=0.05):
    return y if size == 0 else y + size * rng.random(y.shape) * (1 - 2 * y)


@right("optimal_discriminator")
def a_weighted_average(p_data, p_g, alpha=1.0, beta=0.0):
    return np.average([np.full(p_data.shape, alpha), np.full(p_data.shape, beta)], axis=0, weights=[p_data, p_g])


@right("optimal_discriminator")
def clipped_to_probabilities(p_data, p_g, alpha=1.0, beta=0.0):
    return np.clip(by_the_share_of_reals(p_data, p_g, alpha, beta), 0, 1)


@right("step_targets")
def one_array_of_three(n_samples, smooth=0.1):
    return np.stack([np.full((n_samples, 1), value) for value in (1 - smooth, 0, 1)])


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("optimal_discriminator", "nearly")
def kept_off_the_ends(p_data, p_g, alpha=1.0, beta=0.0):
    return np.clip(by_the_share_of_reals(p_data, p_g, alpha, beta), 5e-4, 1 - 5e-4)


@wrong("step_targets", "nearly")
def a_little_softer(n_samples, smooth=0.1):
    real, fake, aim = three_in_one_array(n_samples, smooth)
    return real * np.float32(0.9999), fake, aim


@wrong("smooth_positive_labels", "wrong_range")
def from_072_on(rng, y):
    return rng.uniform(0.72, 1.2, y.shape)


@wrong("repair_noisy_targets", "wrong_range")
def a_tenth_less_far(rng, y, size=0.05):
    return y + 0.9 * size * rng.random(y.shape) * (1 - 2 * y)


@wrong("optimal_discriminator", "no_brackets")
def brackets_around_the_divisor_alone(p_data, p_g, alpha=1.0, beta=0.0):
    return beta * p_g / (p_data + p_g) + alpha * p_data
