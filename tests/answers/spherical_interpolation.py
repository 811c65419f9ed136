"""Answers to lab 14, after what is found in GAN tutorials and implementations."""

import math

import numpy as np

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("spherical_interpolation")


# ---- lerp


@right("lerp")
def start_plus_a_share_of_the_way(t, a, b):
    return a + np.asarray(t)[..., np.newaxis] * (b - a)


@right("lerp")
def by_the_outer_product(t, a, b):
    return np.multiply.outer(1 - np.asarray(t), a) + np.multiply.outer(t, b)


@right("lerp")
def number_or_array(t, a, b):
    if np.ndim(t) == 0:
        return (1 - t) * a + t * b
    return np.array([(1 - one) * a + one * b for one in t])


@right("lerp")
def as_a_product_of_matrices_in_float32(t, a, b):
    weights = np.stack([1 - np.asarray(t, "float32"), np.asarray(t, "float32")], axis=-1)
    return weights @ np.stack([a, b]).astype("float32")


@right("lerp")
def coordinate_by_coordinate(t, a, b):
    return np.stack([p + (q - p) * np.asarray(t) for p, q in zip(a, b)], axis=-1)


@wrong("lerp", "swapped")
def towards_a_as_published(t, a, b):
    t = np.asarray(t)[..., None]
    return t * a + (1.0 - t) * b


@wrong("lerp", "ignores_t")
def always_the_middle(t, a, b):
    return (a + b) / 2


@wrong("lerp", "stops_at_the_ends")
def with_t_clipped(t, a, b):
    t = np.clip(np.asarray(t)[..., None], 0, 1)
    return (1 - t) * a + t * b


@wrong("lerp", "stops_at_the_ends")
def refuses_as_published(t, a, b):
    if np.min(t) < 0 or np.max(t) > 1:
        raise ValueError("t must be in [0, 1]")
    return a + np.asarray(t)[..., None] * (b - a)


@wrong("lerp", "needs_an_array")
def column_of_an_array(t, a, b):
    return (1 - t[:, None]) * a + t[:, None] * b


@wrong("lerp", "needs_an_array")
def reshaped(t, a, b):
    t = t.reshape(-1, 1)
    return (1 - t) * a + t * b


@wrong("lerp", "needs_an_array")
def one_after_the_other(t, a, b):
    return np.array([(1 - one) * a + one * b for one in t])


@wrong("lerp", "needs_an_array")
def expanded(t, a, b):
    t = np.expand_dims(t, 1)
    return (1 - t) * a + t * b


@wrong("lerp", "one_t_only")
def ends_by_if(t, a, b):
    if t == 0:
        return a
    return (1 - t) * a + t * b


@wrong("lerp", "t_meets_coordinates")
def without_an_axis(t, a, b):
    return (1 - t) * a + t * b


@wrong("lerp", "t_meets_coordinates")
def an_axis_unless_it_fits(t, a, b):
    t = np.asarray(t)
    if t.shape != a.shape:
        t = t[..., None]
    return (1 - t) * a + t * b


@wrong("lerp", "transposed")
def points_in_columns(t, a, b):
    if np.ndim(t) == 0:
        return (1 - t) * a + t * b
    return np.outer(a, 1 - t) + np.outer(b, t)


@wrong("lerp", "row_for_one")
def outer_of_numbers_as_published(t, a, b):
    return np.outer(1 - np.asarray(t), a) + np.outer(t, b)


@wrong("lerp", "weights_do_not_add_up")
def share_of_a_forgotten(t, a, b):
    return a + np.asarray(t)[..., None] * b


@wrong("lerp", "weights_do_not_add_up")
def cosine_and_sine(t, a, b):
    t = np.asarray(t)[..., None] * np.pi / 2
    return np.cos(t) * a + np.sin(t) * b


@wrong("lerp", "differs")
def smoothed(t, a, b):
    t = np.asarray(t)[..., None]
    t = t * t * (3 - 2 * t)
    return (1 - t) * a + t * b


@wrong("lerp", "array_differs")
def evenly_spaced_whatever_t(t, a, b):
    if np.ndim(t) == 0:
        return (1 - t) * a + t * b
    return np.linspace(a, b, len(t))


@wrong("lerp", "wrong_shape")
def flat(t, a, b):
    return a + np.asarray(t)[..., None] * (b - a) if np.ndim(t) == 0 else np.ravel(np.outer(t, b - a) + a)


@wrong("lerp", "wrong_shape")
def squeezed(t, a, b):
    return np.squeeze(a + np.asarray(t)[..., None] * (b - a), axis=None if np.size(t) == 1 and len(a) > 1 else ())


@wrong("lerp", "wrong_type")
def list_of_points(t, a, b):
    return [a + one * (b - a) for one in np.atleast_1d(t)]


@wrong("lerp", "returns_nothing")
def return_forgotten(t, a, b):
    a + np.asarray(t)[..., None] * (b - a)


@wrong("lerp", "wrong_arguments")
def t_as_an_option(a, b, *, t):
    return (1 - t) * a + t * b


@raises("lerp", "np.lerp(t, a, b)")
def as_in_torch(t, a, b):
    return np.lerp(t, a, b)


# ---- angle_between


@right("angle_between")
def of_unit_vectors(a, b):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return np.arccos(np.clip(np.dot(a, b), -1.0, 1.0))


@right("angle_between")
def by_the_half_tangent(a, b):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))


@right("angle_between")
def with_math(a, b):
    dot = sum(float(x) * float(y) for x, y in zip(a, b))
    cosine = dot / math.hypot(*map(float, a)) / math.hypot(*map(float, b))
    return math.acos(max(-1, min(1, cosine)))


@right("angle_between")
def by_the_law_of_cosines(a, b):
    p, q, r = (np.sqrt(np.sum(np.square(x, dtype="float64"))) for x in (a, b, a - b))
    return np.arccos(np.minimum(1, np.maximum(-1, (p**2 + q**2 - r**2) / (2 * p * q))))


@right("angle_between")
def as_a_tensor(a, b):
    import tensorflow as tf

    cosine = tf.reduce_sum(tf.math.l2_normalize(a) * tf.math.l2_normalize(b))
    return tf.acos(tf.clip_by_value(cosine, -1, 1))


@right("angle_between")
def array_without_axes(a, b):
    return np.array(np.arccos((a @ b / np.sqrt((a @ a) * (b @ b))).clip(-1, 1)))


@wrong("angle_between", "not_normalized")
def dot_as_a_cosine(a, b):
    return np.arccos(a @ b)


@wrong("angle_between", "not_normalized")
def dot_clipped(a, b):
    return np.arccos(np.clip(a @ b, -1, 1))


@wrong("angle_between", "not_normalized")
def dot_with_math(a, b):
    return math.acos(a @ b)


@wrong("angle_between", "half_normalized")
def one_length_only(a, b):
    return np.arccos(np.clip(a @ b / np.linalg.norm(a), -1, 1))


@wrong("angle_between", "half_normalized")
def one_length_twice(a, b):
    return np.arccos(np.clip(a @ b / (a @ a), -1, 1))


@wrong("angle_between", "not_clipped")
def as_published(a, b):
    return np.arccos(np.dot(a / np.linalg.norm(a), b / np.linalg.norm(b)))


@wrong("angle_between", "not_clipped")
def product_of_lengths(a, b):
    return np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


@wrong("angle_between", "not_clipped")
def with_math_unclipped(a, b):
    return math.acos(a @ b / np.sqrt(a @ a) / np.sqrt(b @ b))


@wrong("angle_between", "not_clipped")
def clipped_above_only(a, b):
    return np.arccos(np.minimum(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), 1))


@wrong("angle_between", "degrees")
def in_degrees(a, b):
    return np.degrees(np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1)))


@wrong("angle_between", "cosine")
def cosine_alone(a, b):
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


@wrong("angle_between", "arcsine")
def arcsine(a, b):
    return np.arcsin(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))


@wrong("angle_between", "at_most_a_right_angle")
def without_a_sign(a, b):
    return np.arccos(np.clip(abs(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b)), 0, 1))


@wrong("angle_between", "at_most_a_right_angle")
def clipped_at_0(a, b):
    return np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), 0, 1))


@wrong("angle_between", "differs")
def with_the_sign_turned(a, b):
    return np.arccos(np.clip(-(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))


@wrong("angle_between", "epsilon")
def never_divided_by_zero(a, b):
    return np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-8), -1, 1))


@wrong("angle_between", "each_coordinate")
def sum_forgotten(a, b):
    return np.arccos(np.clip(a * b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))


@wrong("angle_between", "not_a_number")
def in_brackets(a, b):
    return np.arccos(np.clip(np.array([a @ b / (np.linalg.norm(a) * np.linalg.norm(b))]), -1, 1))


@wrong("angle_between", "differs")
def distance_of_unit_vectors(a, b):
    return np.linalg.norm(a / np.linalg.norm(a) - b / np.linalg.norm(b))


@wrong("angle_between", "differs")
def clipped_too_far_inside(a, b):
    return np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -0.999, 0.999))


@wrong("angle_between", "changes_its_arguments")
def normalised_in_place(a, b):
    a /= np.linalg.norm(a)
    b /= np.linalg.norm(b)
    return np.arccos(np.clip(a @ b, -1, 1))


@raises("angle_between", "np.linalg.angle(a, b)")
def a_function_that_does_not_exist(a, b):
    return np.linalg.angle(a, b)


# ---- slerp


def angle_of(a, b):
    return np.arccos(np.clip(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))


def straight(t, a, b):
    return a + np.asarray(t)[..., None] * (b - a)


def circle(t, a, b, angle):
    t = np.asarray(t)[..., None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@right("slerp")
def opposite_refused_by_the_sine(t, a, b):
    omega = angle_of(a, b)
    so = np.sin(omega)
    if omega > 3.14:
        raise ValueError("no way round is the shortest")
    if so < 1e-4:
        return straight(t, a, b)
    return np.multiply.outer(np.sin((1.0 - t) * omega) / so, a) + np.multiply.outer(np.sin(t * omega) / so, b)


@right("slerp")
def any_circle_for_opposite_points(t, a, b):
    angle = angle_of(a, b)
    if angle < 0.01:
        return straight(t, a, b)
    t = np.asarray(t)[..., None]
    if angle > np.pi - 0.01:
        side = np.eye(len(a))[np.argmin(np.abs(a))]
        side = side - (side @ a) / (a @ a) * a
        side = side * np.linalg.norm(a) / np.linalg.norm(side)
        return np.cos(np.pi * t) * a + np.sin(np.pi * t) * side
    return np.sin((1 - t) * angle) / np.sin(angle) * a + np.sin(t * angle) / np.sin(angle) * b


@right("slerp")
def one_point_at_a_time(t, a, b):
    def one(t):
        omega = float(angle_of(a, b))
        if omega < 1e-3:
            return (1 - t) * a + t * b
        assert omega < math.pi - 1e-3
        return math.sin((1 - t) * omega) / math.sin(omega) * a + math.sin(t * omega) / math.sin(omega) * b

    return one(t) if np.ndim(t) == 0 else np.stack([one(x) for x in t])


@right("slerp")
def by_a_perpendicular_and_even_lengths(t, a, b):
    long_a, long_b = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / long_a, b / long_b
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    side = v - (u @ v) * u
    if np.pi - angle < 1e-5:
        raise ArithmeticError("opposite")
    t = np.asarray(t)[..., None]
    if angle < 1e-3:
        return (1 - t) * a + t * b
    side = side / np.linalg.norm(side)
    return (np.cos(t * angle) * u + np.sin(t * angle) * side) * ((1 - t) * long_a + t * long_b)


@right("slerp")
def threshold_on_the_cosine_in_float64(t, a, b):
    p, q = np.float64(a), np.float64(b)
    dot = p @ q / np.linalg.norm(p) / np.linalg.norm(q)
    if dot > 0.9999:
        return straight(t, a, b)
    if dot < -0.9999:
        raise ValueError("opposite points")
    return circle(t, a, b, np.arccos(dot))


@right("slerp")
def geometric_lengths(t, a, b):
    angle = angle_of(a, b)
    if angle < 1e-5:
        return straight(t, a, b)
    if angle > 3.1415:
        raise ValueError("opposite points")
    p, q = np.linalg.norm(a), np.linalg.norm(b)
    s = np.asarray(t)[..., None]
    return circle(t, a / p, b / q, angle) * p ** (1 - s) * q**s


def circle_of(t, a, b):
    return circle(t, a, b, angle_of(a, b))


def careful(path):
    """Return a path that does what `path` does, and the right thing where a and b are parallel or opposite."""

    def answer(t, a, b):
        angle = angle_of(a, b)
        if angle < 1e-5:
            return straight(t, a, b)
        if angle > np.pi - 1e-5:
            raise ValueError("opposite points")
        return path(t, a, b)

    answer.__name__ = path.__name__
    return answer


@wrong("slerp", "swapped")
@careful
def backwards(t, a, b):
    return circle(1 - np.asarray(t), a, b, angle_of(a, b))


@wrong("slerp", "ignores_t")
@careful
def always_halfway(t, a, b):
    return circle(0.5, a, b, angle_of(a, b))


@wrong("slerp", "stops_at_the_ends")
@careful
def as_in_plat(t, a, b):
    return circle(np.clip(t, 0, 1), a, b, angle_of(a, b))


@wrong("slerp", "stops_at_the_ends")
def raises_beyond_the_ends(t, a, b):
    if np.any(np.asarray(t) < 0) or np.any(np.asarray(t) > 1):
        raise ValueError("t must be in [0, 1]")
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "needs_an_array")
@careful
def column_only(t, a, b):
    t = t[:, None]
    return (np.sin((1 - t) * angle_of(a, b)) * a + np.sin(t * angle_of(a, b)) * b) / np.sin(angle_of(a, b))


@wrong("slerp", "one_t_only")
@careful
def by_math(t, a, b):
    angle = angle_of(a, b)
    return (math.sin((1 - t) * angle) * a + math.sin(t * angle) * b) / math.sin(angle)


@wrong("slerp", "one_t_only")
@careful
def ends_by_if_as_in_plat(t, a, b):
    if t == 0:
        return a
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "t_meets_coordinates")
@careful
def no_axis_for_t(t, a, b):
    angle = angle_of(a, b)
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@wrong("slerp", "transposed")
@careful
def in_columns(t, a, b):
    return circle(t, a, b, angle_of(a, b)).T


@wrong("slerp", "row_for_one")
@careful
def outer_for_all(t, a, b):
    angle = angle_of(a, b)
    return (np.outer(np.sin((1 - t) * angle), a) + np.outer(np.sin(t * angle), b)) / np.sin(angle)


@wrong("slerp", "straight_line")
def lerp_itself(t, a, b):
    return straight(t, a, b)


@wrong("slerp", "uneven_steps")
@careful
def lerp_stretched(t, a, b):
    point = straight(t, a, b)
    return point / np.linalg.norm(point, axis=-1, keepdims=True) * np.linalg.norm(a)


@wrong("slerp", "uneven_steps")
@careful
def matched_in_variance(t, a, b):
    s = np.asarray(t)[..., None]
    return straight(t, a, b) / np.sqrt(s**2 + (1 - s) ** 2)


@wrong("slerp", "unit_length")
@careful
def as_in_stylegan(t, a, b):
    return circle(t, a / np.linalg.norm(a), b / np.linalg.norm(b), angle_of(a, b))


@wrong("slerp", "wrong_length")
@careful
def onto_the_sphere_of_the_root_of_dim(t, a, b):
    return np.sqrt(len(a)) * circle(t, a / np.linalg.norm(a), b / np.linalg.norm(b), angle_of(a, b))


@wrong("slerp", "wrong_length")
@careful
def length_of_a_throughout(t, a, b):
    return np.linalg.norm(a) * circle(t, a / np.linalg.norm(a), b / np.linalg.norm(b), angle_of(a, b))


@wrong("slerp", "not_normalized")
def cosine_of_long_points_with_fallback(t, a, b):
    angle = np.arccos(np.clip(a @ b, -1, 1))
    if np.sin(angle) < 1e-6:
        return straight(t, a, b)
    return circle(t, a, b, angle)


@wrong("slerp", "not_normalized")
def cosine_of_long_points(t, a, b):
    return circle(t, a, b, np.arccos(a @ b))


@wrong("slerp", "degrees")
@careful
def sine_of_degrees(t, a, b):
    return circle(t, a, b, np.degrees(angle_of(a, b)))


@wrong("slerp", "right_angle")
@careful
def quarter_turn(t, a, b):
    s = np.asarray(t)[..., None] * np.pi / 2
    return np.cos(s) * a + np.sin(s) * b


@wrong("slerp", "not_divided")
@careful
def sines_alone(t, a, b):
    return circle(t, a, b, angle_of(a, b)) * np.sin(angle_of(a, b))


@wrong("slerp", "shortest_way")
@careful
def as_for_quaternions(t, a, b):
    if a @ b < 0:
        b = -b
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "parallel_nan")
def as_first_published(t, a, b):
    omega = np.arccos(np.dot(a / np.linalg.norm(a), b / np.linalg.norm(b)))
    return circle(t, a, b, omega)


@wrong("slerp", "parallel_nan")
def unclipped_so_that_its_fallback_is_never_met(t, a, b):
    omega = np.arccos(np.dot(a / np.linalg.norm(a), b / np.linalg.norm(b)))
    if np.sin(omega) == 0:
        return straight(t, a, b)
    return circle(t, a, b, omega)


@wrong("slerp", "parallel_nan")
def clipped_without_a_fallback(t, a, b):
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "parallel_nan")
def divided_by_zero_in_python(t, a, b):
    angle = float(angle_of(a, b))
    return (1 / math.sin(angle)) * circle(t, a, b, angle) * math.sin(angle)


@wrong("slerp", "parallel_other")
def stays_at_a_as_in_plat(t, a, b):
    if angle_of(a, b) < 1e-3:
        return np.asarray(t)[..., None] * 0 + a
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "antipodal")
def fallback_for_zero_alone(t, a, b):
    if np.isclose(angle_of(a, b), 0, atol=1e-6):
        return straight(t, a, b)
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "antipodal")
def straight_through_the_origin(t, a, b):
    if abs(np.cos(angle_of(a, b))) > 0.9995:
        return straight(t, a, b)
    return circle(t, a, b, angle_of(a, b))


@wrong("slerp", "antipodal")
def refused_for_equal_lengths_alone(t, a, b):
    if np.allclose(a, -b):
        raise ValueError("opposite points")
    return circle(t, a, b, angle_of(a, b)) if angle_of(a, b) > 1e-5 else straight(t, a, b)


@wrong("slerp", "parallel_array")
def fallback_without_an_axis(t, a, b):
    angle = angle_of(a, b)
    if angle < 1e-5:
        return (1 - t) * a + t * b
    if angle > np.pi - 1e-5:
        raise ValueError("opposite points")
    return circle(t, a, b, angle)


@wrong("slerp", "straight_line")
def fallback_for_30_degrees(t, a, b):
    return straight(t, a, b) if angle_of(a, b) < 0.5 else careful(circle_of)(t, a, b)


@wrong("slerp", "array_differs")
@careful
def evenly_spaced_on_the_circle(t, a, b):
    return circle(t if np.ndim(t) == 0 else np.linspace(0, 1, len(t)), a, b, angle_of(a, b))


@wrong("slerp", "differs")
@careful
def weights_of_half_the_angle(t, a, b):
    return circle(t, a, b, angle_of(a, b) / 2)


@wrong("slerp", "wrong_type")
@careful
def points_in_a_list(t, a, b):
    return list(circle(t, a, b, angle_of(a, b)))


@wrong("slerp", "returns_nothing")
def no_return(t, a, b):
    circle(t, a, b, 1.0)


@wrong("slerp", "not_finite")
def never_a_number(t, a, b):
    return straight(t, a, b) * np.nan


@raises("slerp", "if angle < 1e-5")
def angle_not_written_yet(t, a, b):
    angle = None
    if angle < 1e-5:
        return straight(t, a, b)
    return circle(t, a, b, angle)


@raises("slerp", "np.slerp(t, a, b)")
def no_such_function(t, a, b):
    return np.slerp(t, a, b)


@raises("slerp", "a.norm()")
def norm_as_a_method(t, a, b):
    return circle(t, a / a.norm(), b / b.norm(), angle_of(a, b))


@raises("slerp", "Valueerror")
def misspelt_exception(t, a, b):
    if angle_of(a, b) > 3:
        raise Valueerror("opposite")  # noqa: F821
    return circle(t, a, b, angle_of(a, b)) if angle_of(a, b) > 1e-5 else straight(t, a, b)


# ---- slerp_pairs


def rows(z):
    return np.linalg.norm(z, axis=1, keepdims=True)


def angles_of(a, b):
    return np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True) / rows(a) / rows(b), -1, 1))


def circles(t, a, b, angle):
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@right("slerp_pairs")
def whites_weights(t, a, b):
    unit_a = a / np.linalg.norm(a, axis=1, keepdims=True)
    unit_b = b / np.linalg.norm(b, axis=1, keepdims=True)
    angle = np.arccos(np.clip(np.sum(unit_a * unit_b, axis=1, keepdims=True), -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@right("slerp_pairs")
def row_by_row(t, a, b):
    return np.array([circle(t, p, q, angle_of(p, q)) for p, q in zip(a, b)])


@right("slerp_pairs")
def by_einsum_and_transposing(t, a, b):
    dots = np.einsum("ij,ij->i", a, b)
    angle = np.arccos(dots / np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b)))
    return ((np.sin((1 - t) * angle) * a.T + np.sin(t * angle) * b.T) / np.sin(angle)).T


@right("slerp_pairs")
def by_a_perpendicular(t, a, b):
    u, v = a / rows(a), b / rows(b)
    d = np.sum(u * v, axis=1, keepdims=True)
    c = (v - d * u) / rows(v - d * u)
    return (u * np.cos(t * np.arccos(d)) + c * np.sin(t * np.arccos(d))) * (rows(a) + t * (rows(b) - rows(a)))


@right("slerp_pairs")
def lengths_by_powers(t, a, b):
    return circles(t, a / rows(a), b / rows(b), angles_of(a, b)) * rows(a) ** (1 - t) * rows(b) ** t


@wrong("slerp_pairs", "unit_length")
def reordered_and_still_of_length_1(t, a, b):
    return circles(t, a / rows(a), b / rows(b), angles_of(a, b))


@wrong("slerp_pairs", "wrong_length")
def root_of_dim_as_stylegan_would_make_it(t, a, b):
    return circles(t, a / rows(a), b / rows(b), angles_of(a, b)) * np.sqrt(a.shape[1])


@wrong("slerp_pairs", "wrong_length")
def length_of_a(t, a, b):
    return circles(t, a / rows(a), b / rows(b), angles_of(a, b)) * rows(a)


@wrong("slerp_pairs", "wrong_length")
def mean_length(t, a, b):
    return circles(t, a / rows(a), b / rows(b), angles_of(a, b)) * (rows(a) + rows(b)) / 2


@wrong("slerp_pairs", "lengths_swapped")
def the_other_ones_length(t, a, b):
    return circles(t, a / rows(a), b / rows(b), angles_of(a, b)) * (t * rows(a) + (1 - t) * rows(b))


@wrong("slerp_pairs", "not_normalized")
def normalization_taken_out(t, a, b):
    angle = np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True), -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@wrong("slerp_pairs", "one_angle")
def norm_without_an_axis(t, a, b):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return circles(t, a, b, np.arccos(np.clip(np.sum(u * v), -1, 1)))


@wrong("slerp_pairs", "one_angle")
def whole_batch_as_one_long_point(t, a, b):
    return circle(t, a.ravel(), b.ravel(), angle_of(a.ravel(), b.ravel())).reshape(a.shape)


@wrong("slerp_pairs", "by_column")
def angle_of_columns(t, a, b):
    u, v = a / np.linalg.norm(a, axis=0), b / np.linalg.norm(b, axis=0)
    return circles(t, a, b, np.arccos(np.clip(np.sum(u * v, axis=0), -1, 1)))


@wrong("slerp_pairs", "no_axis_kept")
def flat_angles(t, a, b):
    angle = angles_of(a, b)[:, 0]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@wrong("slerp_pairs", "straight_line")
def many_straight_lines(t, a, b):
    return (1 - t) * a + t * b


@wrong("slerp_pairs", "uneven_steps")
def many_lines_stretched(t, a, b):
    points = (1 - t) * a / rows(a) + t * b / rows(b)
    return points / rows(points) * ((1 - t) * rows(a) + t * rows(b))


@wrong("slerp_pairs", "uneven_steps")
def lines_stretched_from_the_points_themselves(t, a, b):
    points = (1 - t) * a + t * b
    return points / rows(points) * ((1 - t) * rows(a) + t * rows(b))


@wrong("slerp_pairs", "swapped")
def many_backwards(t, a, b):
    return circles(t, b, a, angles_of(a, b))


@wrong("slerp_pairs", "ignores_t")
def many_midpoints(t, a, b):
    return circles(0.5, a, b, angles_of(a, b))


@wrong("slerp_pairs", "degrees")
def many_sines_of_degrees(t, a, b):
    return circles(t, a, b, np.degrees(angles_of(a, b)))


@wrong("slerp_pairs", "right_angle")
def many_quarter_turns(t, a, b):
    return np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b


@wrong("slerp_pairs", "not_divided")
def many_sines_alone(t, a, b):
    return np.sin((1 - t) * angles_of(a, b)) * a + np.sin(t * angles_of(a, b)) * b


@wrong("slerp_pairs", "shortest_way")
def many_shortest_ways(t, a, b):
    b = np.where(np.sum(a * b, axis=1, keepdims=True) < 0, -b, b)
    return circles(t, a, b, angles_of(a, b))


@wrong("slerp_pairs", "differs")
def half_the_angles(t, a, b):
    return circles(t, a, b, angles_of(a, b) / 2)


@wrong("slerp_pairs", "wrong_shape")
def the_first_pair_alone(t, a, b):
    return circle(t, a[0], b[0], angle_of(a[0], b[0]))


@wrong("slerp_pairs", "changes_its_arguments")
def divided_in_place(t, a, b):
    lengths = rows(a)
    a /= lengths
    return circles(t, a * lengths, b, angles_of(a, b))


@raises("slerp_pairs", "a.norm(dim=-1)")
def as_in_pytorch(t, a, b):
    return a / a.norm(dim=-1)
