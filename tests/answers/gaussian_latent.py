"""Answers to lab 08, after what is found in GAN tutorials and implementations."""

import copy
import math

import numpy as np

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("gaussian_latent")


# ---- latent_points


@right("latent_points")
def normal_with_size(rng, n, dim):
    return rng.normal(0, 1, size=(n, dim))


@right("latent_points")
def float32_draws(rng, n, dim):
    return rng.standard_normal((n, dim), dtype=np.float32)


@right("latent_points")
def as_published_with_the_order_of_the_lab(rng, n_samples, latent_dim):
    x_input = rng.standard_normal(latent_dim * n_samples)
    return x_input.reshape((n_samples, latent_dim))


@right("latent_points")
def point_by_point(rng, n, dim):
    return np.stack([rng.standard_normal(dim) for _ in range(n)])


@right("latent_points")
def transposed_back(rng, n, dim):
    return rng.standard_normal((dim, n)).T


@right("latent_points")
def by_box_and_muller(rng, n, dim):
    radius = np.sqrt(-2 * np.log(1 - rng.random((n, dim))))
    return radius * np.cos(2 * np.pi * rng.random((n, dim)))


@right("latent_points")
def many_variables_at_once(rng, n, dim):
    return rng.multivariate_normal(np.zeros(dim), np.eye(dim), n)


@wrong("latent_points", "transposed")
def latent_dim_first(rng, latent_dim, n_samples):
    return rng.standard_normal((n_samples, latent_dim))


@wrong("latent_points", "transposed")
def a_column_for_each_point(rng, n, dim):
    return rng.normal(size=(dim, n))


@wrong("latent_points", "flat")
def never_reshaped(rng, n, dim):
    return rng.standard_normal(n * dim)


@wrong("latent_points", "flat")
def as_for_convolutions(rng, n, dim):
    return rng.standard_normal((n, 1, 1, dim))


@wrong("latent_points", "uniform")
def the_cube_of_the_dcgan(rng, n, dim):
    return rng.uniform(-1, 1, (n, dim))


@wrong("latent_points", "uniform")
def cube_of_deviation_1(rng, n, dim):
    return rng.uniform(-math.sqrt(3), math.sqrt(3), (n, dim))


@wrong("latent_points", "uniform")
def random_without_n(rng, n, dim):
    return rng.random((n, dim))


@wrong("latent_points", "wrong_mean")
def mean_of_a_half(rng, n, dim):
    return rng.normal(0.5, 1, (n, dim))


@wrong("latent_points", "wrong_spread")
def spread_of_first_weights(rng, n, dim):
    return rng.normal(0, 0.02, (n, dim))


@wrong("latent_points", "wrong_spread")
def divided_by_the_root_of_dim(rng, n, dim):
    return rng.normal(0, 1 / np.sqrt(dim), (n, dim))


@wrong("latent_points", "not_gaussian")
def students_t_of_deviation_1(rng, n, dim):
    return rng.standard_t(6, (n, dim)) * np.sqrt(4 / 6)


@wrong("latent_points", "truncated")
def triangular(rng, n, dim):
    return rng.triangular(-(6**0.5), 0, 6**0.5, (n, dim))


@wrong("latent_points", "not_gaussian")
def laplace(rng, n, dim):
    return rng.laplace(0, 0.5**0.5, (n, dim))


@wrong("latent_points", "truncated")
def drawn_again_beyond_2(rng, n, dim):
    z = rng.standard_normal((n, dim))
    while (outside := np.abs(z) > 2).any():
        z[outside] = rng.standard_normal(outside.sum())
    return z


@wrong("latent_points", "clipped")
def clipped_at_3(rng, n, dim):
    return np.clip(rng.standard_normal((n, dim)), -3, 3)


@wrong("latent_points", "standardized")
def made_exact(rng, n, dim):
    z = rng.standard_normal((n, dim))
    return (z - z.mean()) / z.std()


@wrong("latent_points", "standardized")
def made_exact_by_column(rng, n, dim):
    z = rng.standard_normal((n, dim))
    return (z - z.mean(axis=0)) / z.std(axis=0)


@wrong("latent_points", "on_the_sphere")
def on_the_unit_sphere(rng, n, dim):
    z = rng.standard_normal((n, dim))
    return z / np.linalg.norm(z, axis=1, keepdims=True)


@wrong("latent_points", "on_the_sphere")
def on_the_large_sphere(rng, n, dim):
    z = rng.standard_normal((n, dim))
    return z * np.sqrt(dim) / np.linalg.norm(z, axis=1, keepdims=True)


@wrong("latent_points", "repeated")
def one_point_for_all(rng, n, dim):
    return np.tile(rng.standard_normal(dim), (n, 1))


@wrong("latent_points", "repeated")
def one_number_for_each_point(rng, n, dim):
    return np.repeat(rng.standard_normal((n, 1)), dim, axis=1)


@wrong("latent_points", "ignores_rng")
def global_randn(rng, n, dim):
    return np.random.randn(n, dim)


@wrong("latent_points", "reseeds")
def global_seed_at_each_call(rng, n, dim):
    np.random.seed(0)
    return np.random.randn(n, dim)


@wrong("latent_points", "reseeds")
def generator_of_its_own(rng, n, dim):
    rng = np.random.default_rng(42)
    return rng.standard_normal((n, dim))


@wrong("latent_points", "reseeds")
def from_a_copy(rng, n, dim):
    return copy.deepcopy(rng).standard_normal((n, dim))


@wrong("latent_points", "reseeds")
def one_of_a_few_seeds(rng, n, dim):
    return np.random.default_rng(rng.integers(100)).standard_normal((n, dim))


@wrong("latent_points", "not_gaussian")
def sum_of_twelve_uniforms(rng, n, dim):
    return rng.random((12, n, dim)).sum(axis=0) - 6


@wrong("latent_points", "not_gaussian")
def a_mixture_of_two(rng, n, dim):
    return rng.normal(0, rng.choice([0.8, 1.2], (n, dim)) / 1.04**0.5)


@wrong("latent_points", "dependent_draws")
def sorted_rows(rng, n, dim):
    return np.sort(rng.standard_normal((n, dim)), axis=1)


@wrong("latent_points", "dependent_draws")
def each_with_its_mirror_image(rng, n, dim):
    z = rng.standard_normal(((n + 1) // 2, dim))
    return np.concatenate([z, -z])[:n]


@wrong("latent_points", "dependent_draws")
def each_near_the_one_before(rng, n, dim):
    z = rng.standard_normal((n, dim))
    for i in range(1, n):
        z[i] = 0.6 * z[i - 1] + 0.8 * z[i]
    return z


@wrong("latent_points", "dependent_draws")
def lengths_near_the_root_of_dim(rng, n, dim):
    z = rng.standard_normal((n, dim))
    factor = np.sqrt(dim) / np.linalg.norm(z, axis=1, keepdims=True)
    return z * np.sqrt(factor)


@wrong("latent_points", "standardized")
def centred_batch(rng, n, dim):
    z = rng.standard_normal((n, dim))
    return z - z.mean(axis=0)


@wrong("latent_points", "wrong_dtype")
def in_half_precision(rng, n, dim):
    return rng.standard_normal((n, dim)).astype("float16")


@wrong("latent_points", "flat")
def squeezed(rng, n, dim):
    return rng.standard_normal((n, dim)).squeeze()


@wrong("latent_points", "no_spread")
def mean_and_deviation_exchanged(rng, n, dim):
    return rng.normal(1, 0, (n, dim))


@wrong("latent_points", "one_draw")
def shape_as_mean_and_deviation(rng, n, dim):
    return rng.normal(n, dim)


@wrong("latent_points", "no_tuple")
def shape_as_two_arguments(rng, n, dim):
    return rng.standard_normal(n, dim)


@wrong("latent_points", "clipped")
def clipped_to_the_cube(rng, n, dim):
    return np.clip(rng.standard_normal((n, dim)), -1, 1)


@wrong("latent_points", "rounded")
def rounded(rng, n, dim):
    return np.round(rng.standard_normal((n, dim)), 1)


@wrong("latent_points", "rounded")
def whole_numbers(rng, n, dim):
    return rng.standard_normal((n, dim)).astype(int)


@wrong("latent_points", "wrong_shape")
def n_by_n(rng, n, dim):
    return rng.standard_normal((n, n))


@wrong("latent_points", "wrong_type")
def as_a_list(rng, n, dim):
    return rng.standard_normal((n, dim)).tolist()


@wrong("latent_points", "returns_nothing")
def printed(rng, n, dim):
    print(rng.standard_normal((n, dim)).shape)


@raises("latent_points", "rng.randn(n, dim)")
def old_interface(rng, n, dim):
    return rng.randn(n, dim)


# ---- lengths


@right("lengths")
def root_of_the_sum(z):
    return np.sqrt(np.sum(z**2, axis=1))


@right("lengths")
def in_a_loop(z):
    return np.array([math.sqrt(sum(number * number for number in point)) for point in z])


@right("lengths")
def by_einsum(z):
    return np.einsum("ij,ij->i", z, z) ** 0.5


@right("lengths")
def diagonal_of_the_products(z):
    return np.sqrt(np.diag(z @ z.T))


@right("lengths")
def by_math_dist_in_float32(z):
    return np.float32([math.dist(point, np.zeros(len(point))) for point in z])


@right("lengths")
def by_the_last_axis(z):
    return np.linalg.norm(z, axis=-1, keepdims=True).squeeze(-1)


@wrong("lengths", "other_factor")
def between_the_sum_and_the_root(z):
    return np.sqrt((z**2).sum(axis=1) / 2)


@wrong("lengths", "first_numbers")
def of_the_first_100(z):
    return np.sqrt((z[:, :100] ** 2).sum(axis=1))


@wrong("lengths", "sum_of_sizes")
def norm_of_order_1(z):
    return np.linalg.norm(z, 1, axis=1)


@wrong("lengths", "one_number")
def mean_of_the_lengths(z):
    return np.linalg.norm(z, axis=1).mean()


@wrong("lengths", "integers")
def cut_to_whole_numbers(z):
    return np.linalg.norm(z, axis=1).astype(int)


@wrong("lengths", "wrong_shape")
def number_of_the_coordinates(z):
    return np.abs(z)


@wrong("lengths", "wrong_type")
def a_list(z):
    return [float(np.linalg.norm(point)) for point in z]


@raises("lengths", "np.linalg.norm(z, dim=1)")
def as_in_torch(z):
    return np.linalg.norm(z, dim=1)


# ---- on_sphere


@right("on_sphere")
def with_new_axis(z):
    length = np.sqrt((z**2).sum(axis=1))
    return z / length[:, None] * np.sqrt(z.shape[1])


@right("on_sphere")
def as_progan_by_the_mean_of_squares(z):
    return z / np.sqrt(np.mean(np.square(z), axis=1, keepdims=True) + 1e-8)


@right("on_sphere")
def row_by_row(z):
    return np.array([point * len(point) ** 0.5 / np.linalg.norm(point) for point in z])


@right("on_sphere")
def by_transposing(z):
    return (np.sqrt(z.shape[-1]) * z.T / np.linalg.norm(z.T, axis=0)).T


@right("on_sphere")
def with_a_diagonal_matrix(z):
    return np.diag(z.shape[1] ** 0.5 / np.linalg.norm(z, axis=1)) @ z


@wrong("on_sphere", "no_axis_kept")
def divided_by_flat_lengths(z):
    return z / np.linalg.norm(z, axis=1) * np.sqrt(z.shape[1])


@wrong("on_sphere", "some_left")
def tiny_ones_left_alone(z):
    far = np.linalg.norm(z, axis=1, keepdims=True)
    return np.where(far > 1e-3, z / far * np.sqrt(z.shape[1]), z)


@wrong("on_sphere", "fixed_radius")
def of_the_mean_length(z):
    length = np.linalg.norm(z, axis=1, keepdims=True)
    return z / length * length.mean()


@wrong("on_sphere", "one_sided")
def only_beyond_a_limit(z):
    length = np.linalg.norm(z, axis=1, keepdims=True)
    return np.where(length > 3, z / length * np.sqrt(z.shape[1]), z)


@wrong("on_sphere", "differs")
def with_a_large_epsilon(z):
    return z / (np.linalg.norm(z, axis=1, keepdims=True) + 0.5) * np.sqrt(z.shape[1])


@wrong("on_sphere", "wrong_type")
def a_list_of_lists(z):
    return (z * np.sqrt(z.shape[1]) / np.linalg.norm(z, axis=1, keepdims=True)).tolist()


@wrong("on_sphere", "changes_its_arguments")
def in_place(z):
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    z *= np.sqrt(z.shape[1])
    return z


@wrong("on_sphere", "wrong_shape")
def lengths_alone(z):
    return np.linalg.norm(z, axis=1)


# ---- walk


@right("walk")
def repeated_start(rng, coordinate, values, dim):
    z = np.repeat(rng.standard_normal((1, dim)), len(values), axis=0)
    z[:, coordinate] = values
    return z


@right("walk")
def row_by_row_from_one_start(rng, coordinate, values, dim):
    start, rows = rng.normal(0, 1, dim), []
    for value in values:
        row = start.copy()
        row[coordinate] = value
        rows.append(row)
    return np.array(rows)


@right("walk")
def added_to_the_zeros(rng, coordinate, values, dim):
    z = np.zeros((len(values), dim))
    z += rng.standard_normal(dim)
    for i, value in enumerate(values):
        z[i, coordinate] = value
    return z


@right("walk")
def by_where(rng, coordinate, values, dim):
    return np.where(np.arange(dim) == coordinate, values[:, None], rng.standard_normal(dim, dtype="float32"))


@right("walk")
def first_of_many_points(rng, coordinate, values, dim):
    z = rng.standard_normal((len(values), dim))
    z[1:] = z[0]
    z[:, coordinate] = values
    return z


@wrong("walk", "at_the_origin")
def zeros_as_published(rng, coordinate, values, dim):
    z_sample = np.zeros([len(values), dim])
    for kdx, z in enumerate(z_sample):
        z[coordinate] = values[kdx]
    return z_sample


@wrong("walk", "wrong_spread")
def narrow_as_in_another_option(rng, coordinate, values, dim):
    z = np.tile(rng.normal(0, 0.2, dim), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "uniform")
def uniform_as_in_the_published_repair(rng, coordinate, values, dim):
    z = np.tile(rng.uniform(-1, 1, dim), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "wrong_mean")
def around_1(rng, coordinate, values, dim):
    z = np.ones((len(values), dim)) + rng.standard_normal(dim)
    z[:, coordinate] = values
    return z


@wrong("walk", "another_point_each_row")
def new_point_each_row(rng, coordinate, values, dim):
    z = rng.standard_normal((len(values), dim))
    z[:, coordinate] = values
    return z


@wrong("walk", "one_number")
def one_draw_for_all_coordinates(rng, coordinate, values, dim):
    z = np.full((len(values), dim), rng.standard_normal())
    z[:, coordinate] = values
    return z


@wrong("walk", "one_number")
def ones_in_place_of_zeros(rng, coordinate, values, dim):
    z = np.ones((len(values), dim))
    z[:, coordinate] = values
    return z


@wrong("walk", "not_set")
def only_the_start(rng, coordinate, values, dim):
    return np.tile(rng.standard_normal(dim), (len(values), 1))


@wrong("walk", "not_set")
def counted_from_1(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate - 1] = values
    return z


@wrong("walk", "row_for_column")
def sets_a_row(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[coordinate] = values
    return z


@wrong("walk", "one_row")
def one_row_for_all_values(rng, coordinate, values, dim):
    z = rng.standard_normal((1, dim))
    z[:, coordinate] = values
    return z


@wrong("walk", "one_row")
def one_flat_point(rng, coordinate, values, dim):
    z = rng.standard_normal(dim)
    z[coordinate] = values
    return z


@wrong("walk", "rescaled")
def moved_onto_the_sphere_at_the_end(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values
    return z * np.sqrt(dim) / np.linalg.norm(z, axis=1, keepdims=True)


@wrong("walk", "last_value")
def one_array_appended_again_and_again(rng, coordinate, values, dim):
    point, rows = rng.standard_normal(dim), []
    for value in values:
        point[coordinate] = value
        rows.append(point)
    return np.array(rows)


@wrong("walk", "added")
def added_to_the_coordinate(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] += values
    return z


@wrong("walk", "ignores_rng")
def global_start(rng, coordinate, values, dim):
    z = np.tile(np.random.randn(dim), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "reseeds")
def start_of_its_own(rng, coordinate, values, dim):
    z = np.tile(np.random.default_rng(0).standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "reseeds")
def from_a_copy_of_rng(rng, coordinate, values, dim):
    z = np.tile(copy.deepcopy(rng).standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "on_the_sphere")
def start_on_the_unit_sphere(rng, coordinate, values, dim):
    start = rng.standard_normal(dim)
    z = np.tile(start / np.linalg.norm(start), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "clipped")
def start_in_the_cube(rng, coordinate, values, dim):
    z = np.tile(np.clip(rng.standard_normal(dim), -1, 1), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "repeated")
def half_a_start_twice(rng, coordinate, values, dim):
    z = np.tile(np.resize(rng.standard_normal((dim + 1) // 2), dim), (len(values), 1))
    z[:, coordinate] = values
    return z


@wrong("walk", "not_set")
def values_in_order_of_size(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] = np.sort(values)[::-1]
    return z


@wrong("walk", "not_set")
def whole_values(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values.astype(int)
    return z


@wrong("walk", "wrong_shape")
def a_column_for_each_value(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values
    return z.T


@wrong("walk", "returns_nothing")
def return_forgotten(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values


# ---- found by trying to get past the checks


@raises("walk", "coordinat]")
def misspelt_beside_the_word_broadcast(rng, coordinate, values, dim):
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinat] = values  # noqa: F821  broadcast over the rows
    return z


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("latent_points", "wrong_spread")
def a_twentieth_too_wide(rng, n, dim):
    return rng.normal(0, 1.05, (n, dim))


@wrong("latent_points", "wrong_mean")
def a_twentieth_beside_0(rng, n, dim):
    return rng.normal(0.05, 1, (n, dim))


@wrong("lengths", "nearly")
def lengths_a_hair_too_long(z):
    return root_of_the_sum(z) * (1 + 5e-4)


@wrong("on_sphere", "fixed_radius")
def a_hundredth_outside(z):
    return 1.01 * with_new_axis(z)


@wrong("walk", "not_set")
def values_in_half_precision(rng, coordinate, values, dim):
    z = repeated_start(rng, coordinate, values, dim)
    z[:, coordinate] = np.float16(values)
    return z


@wrong("walk", "another_point_each_row")
def rows_a_hair_apart(rng, coordinate, values, dim):
    z = repeated_start(rng, coordinate, values, dim)
    others = np.arange(dim) != coordinate
    z[:, others] += 1e-5 * np.arange(len(values))[:, None] / len(values)
    return z


@wrong("lengths", "part_of_a_batch")
def from_the_first_point(z):
    return np.linalg.norm(z - z[:1], axis=1)


@wrong("walk", "on_the_sphere")
def from_a_point_on_the_sphere(rng, coordinate, values, dim):
    start = rng.standard_normal((1, dim))
    z = np.tile(start * np.sqrt(dim) / np.linalg.norm(start), (len(values), 1))
    z[:, coordinate] = values
    return z


@raises("on_sphere", "could not be broadcast")
def lengths_of_the_columns(z):
    return z / np.linalg.norm(z, axis=0)[:, None] * z.shape[1] ** 0.5
