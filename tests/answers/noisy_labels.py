"""Answers to lab 11, after what is found in tutorials."""

import copy

import numpy as np

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("noisy_labels")


# ---- flip_labels


@right("flip_labels")
def by_a_permutation(rng, y, p):
    flipped = np.array(y)
    for i in rng.permutation(len(y))[: round(p * len(y))]:
        flipped[i] = 1 - flipped[i]
    return flipped


@right("flip_labels")
def by_a_mask(rng, y, p):
    mask = np.zeros(len(y), bool)
    mask[: int(np.rint(p * len(y)))] = True
    rng.shuffle(mask)
    return np.where(mask[:, None], 1 - y, y)


@right("flip_labels")
def by_the_difference(rng, y, p):
    picked = np.argsort(rng.random(len(y)))[: round(p * y.shape[0])]
    change = np.zeros_like(y)
    change[picked, 0] = 1
    return np.abs(y - change)


def picked_by(rng, y, size, replace=False):
    flipped = y.copy()
    picked = rng.choice(len(y), size=size, replace=replace)
    flipped[picked] = 1 - flipped[picked]
    return flipped


@wrong("flip_labels", "with_replacement")
def as_published(rng, y, p):
    return picked_by(rng, y, int(p * y.shape[0]), replace=True)


@wrong("flip_labels", "changes_its_arguments")
def in_place(rng, y, p):
    picked = rng.choice(len(y), size=round(p * len(y)), replace=False)
    y[picked] = 1 - y[picked]
    return y


@wrong("flip_labels", "each_by_chance")
def with_probability_p(rng, y, p):
    return np.where(rng.random(y.shape) < p, 1 - y, y)


@wrong("flip_labels", "only_ones")
def only_reals(rng, y, p):
    flipped = y.copy()
    flipped[rng.choice(len(y), size=round(p * len(y)), replace=False)] = 0
    return flipped


@wrong("flip_labels", "only_zeros")
def only_fakes(rng, y, p):
    if y.min() == 1:
        return picked_by(rng, y, round(p * len(y)))
    flipped = y.copy()
    flipped[rng.choice(len(y), size=round(p * len(y)), replace=False)] = 1
    return flipped


@wrong("flip_labels", "only_ones")
def picked_ones_are_zeros(rng, y, p):
    flipped = y.copy()
    flipped[rng.choice(len(y), size=round(p * len(y)), replace=False)] = 0
    return flipped


@wrong("flip_labels", "zeros_alone")
def zeros_of_fakes_stay(rng, y, p):
    return y.copy() if y.max() == 0 else picked_by(rng, y, round(p * len(y)))


@wrong("flip_labels", "rounds_up")
def one_more_for_a_rest(rng, y, p):
    return picked_by(rng, y, int(np.ceil(p * len(y))))


@wrong("flip_labels", "ignores_p")
def five_percent(rng, y, p):
    return picked_by(rng, y, round(0.05 * len(y)))


@wrong("flip_labels", "never_above_half")
def the_smaller_share(rng, y, p):
    return picked_by(rng, y, round(min(p, 1 - p) * len(y)))


@wrong("flip_labels", "never_none")
def one_at_least(rng, y, p):
    return picked_by(rng, y, max(1, round(p * len(y))))


@wrong("flip_labels", "uneven")
def near_the_front(rng, y, p):
    weights = np.linspace(2, 0.1, len(y))
    flipped = y.copy()
    picked = rng.choice(len(y), size=round(p * len(y)), replace=False, p=weights / weights.sum())
    flipped[picked] = 1 - flipped[picked]
    return flipped


@wrong("flip_labels", "reseeds")
def a_copy_of_the_generator(rng, y, p):
    return picked_by(copy.deepcopy(rng), y, round(p * len(y)))


@wrong("flip_labels", "shares_memory")
def nothing_to_flip(rng, y, p):
    return picked_by(rng, y, round(p * len(y))) if p else y


@wrong("flip_labels", "truncates")
def cuts_the_fraction(rng, y, p):
    return picked_by(rng, y, int(p * len(y)))


@wrong("flip_labels", "flips_the_rest")
def keeps_the_picked(rng, y, p):
    return 1 - picked_by(rng, y, round(p * len(y)))


@wrong("flip_labels", "wrong_number")
def half_of_them(rng, y, p):
    return picked_by(rng, y, round(p * len(y) / 2))


@wrong("flip_labels", "always_the_same_places")
def the_first_ones(rng, y, p):
    n_flips = round(p * len(y))
    return np.concatenate([1 - y[:n_flips], y[n_flips:]])


@wrong("flip_labels", "always_the_same_places")
def reseeded(rng, y, p):
    return picked_by(np.random.default_rng(0), y, round(p * len(y)))


@wrong("flip_labels", "one_block")
def a_random_block(rng, y, p):
    n_flips = round(p * len(y))
    start = rng.integers(0, len(y) - n_flips + 1)
    flipped = y.copy()
    flipped[start : start + n_flips] = 1 - flipped[start : start + n_flips]
    return flipped


@wrong("flip_labels", "shuffled")
def shuffled_labels(rng, y, p):
    flipped, n_flips = rng.permutation(y), round(p * len(y))
    flipped[:n_flips] = 1 - flipped[:n_flips]
    return flipped


@wrong("flip_labels", "negative")
def by_the_sign(rng, y, p):
    return np.where(picked_by(rng, y, round(p * len(y))) == y, y, -1.0)


@wrong("flip_labels", "not_labels")
def smoothed(rng, y, p):
    return np.abs(y - p).astype("float32")


@wrong("flip_labels", "integers")
def as_integers(rng, y, p):
    return picked_by(rng, y.astype(int), round(p * len(y)))


@wrong("flip_labels", "float64")
def as_float64(rng, y, p):
    return picked_by(rng, y.astype("float64"), round(p * len(y)))


@wrong("flip_labels", "ignores_rng")
def global_random(rng, y, p):
    return picked_by(np.random.default_rng(), y, round(p * len(y)))


@wrong("flip_labels", "returns_nothing")
def no_return(rng, y, p):
    picked_by(rng, y, round(p * len(y)))


@wrong("flip_labels", "wrong_shape")
def flattened(rng, y, p):
    return picked_by(rng, y, round(p * len(y))).ravel()


# ---- expected_labels


@right("expected_labels")
def two_cases(y, p):
    return np.where(y == 1, 1 - p, p)


@right("expected_labels")
def one_formula(y, p):
    return y + p - 2 * p * y


@right("expected_labels")
def label_by_label(y, p):
    return np.array([[1 - p] if label[0] > 0.5 else [p] for label in y])


@wrong("expected_labels", "unchanged")
def as_they_came(y, p):
    return y.copy()


@wrong("expected_labels", "random")
def mean_of_many_flips(y, p):
    rng = np.random.default_rng()
    return np.mean([picked_by(rng, y, round(p * len(y))) for _ in range(200)], axis=0)


@wrong("expected_labels", "random")
def one_draw(y, p):
    return np.where(np.random.random(y.shape) < 0.5, 1 - y, y)


@wrong("expected_labels", "added")
def added(y, p):
    return y + p


@wrong("expected_labels", "differs")
def all_one_half(y, p):
    return np.full(y.shape, 0.4)


@wrong("expected_labels", "still_hard")
def one_draw_of_its_own(y, p):
    flipped = np.random.default_rng(0).permutation(len(y))[: max(round(p * len(y)), 1)]
    out = y.copy()
    out[flipped] = 1 - out[flipped]
    return out


@wrong("expected_labels", "goes_wrong_where")
def compared_with_p(y, p):
    return np.where(y > p, 1 - p, p)


@wrong("expected_labels", "nearly")
def average_of_a_thousand(y, p):
    draws = np.random.default_rng(0).random((1000, *y.shape)) < p
    return np.where(draws, 1 - y, y).mean(axis=0)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("flip_labels", "uneven")
def the_first_half_a_little_more_often(rng, y, p):
    flipped, weights = y.copy(), np.where(np.arange(len(y)) < len(y) / 2, 2.0, 1.0)
    picked = rng.choice(len(y), round(p * len(y)), replace=False, p=weights / weights.sum())
    flipped[picked] = 1 - flipped[picked]
    return flipped


@wrong("expected_labels", "nearly")
def kept_off_the_ends(y, p):
    return np.clip(one_formula(y, p), 5e-4, 1 - 5e-4)


@wrong("flip_labels", "places_hang_together")
def every_so_many_places(rng, y, p):
    n, flipped = round(p * len(y)), y.copy()
    if n:
        places = (rng.integers(len(y)) + len(y) // n * np.arange(n)) % len(y)
        flipped[places] = 1 - flipped[places]
    return flipped


@wrong("flip_labels", "random_values")
def a_new_value_for_picked_labels(rng, y, p):
    out, picked = y.copy(), rng.choice(len(y), round(p * len(y)), replace=False)
    out[picked] = rng.integers(0, 2, (len(picked), 1))
    return out


@wrong("flip_labels", "moved")
def other_places_alone(rng, y, p):
    return rng.permutation(y)
