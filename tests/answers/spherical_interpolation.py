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
    return [a + one * (b - a) for one in t] if np.ndim(t) else a + t * (b - a)


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


@wrong("angle_between", "epsilon")
def never_divided_by_zero(a, b):
    return np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-8), -1, 1))


@wrong("angle_between", "wrong_type")
def in_brackets(a, b):
    return np.arccos(np.clip(np.array([a @ b / (np.linalg.norm(a) * np.linalg.norm(b))]), -1, 1))


@wrong("angle_between", "changes_its_arguments")
def normalised_in_place(a, b):
    a /= np.linalg.norm(a)
    b /= np.linalg.norm(b)
    return np.arccos(np.clip(a @ b, -1, 1))


@raises("angle_between", "np.linalg.angle(a, b)")
def a_function_that_does_not_exist(a, b):
    return np.linalg.angle(a, b)


@wrong("angle_between", "nearly")
def a_bit_less_than_the_cosine(a, b):
    return np.arccos(0.9999 * (a @ b) / (np.linalg.norm(a) * np.linalg.norm(b)))


@wrong("angle_between", "epsilon")
def epsilon_on_each_length(a, b):
    return np.arccos(np.clip(a / (np.linalg.norm(a) + 1e-6) @ (b / (np.linalg.norm(b) + 1e-6)), -1, 1))


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
        if omega > math.pi - 1e-3:
            raise UnicodeError("a ValueError too")
        return math.sin((1 - t) * omega) / math.sin(omega) * a + math.sin(t * omega) / math.sin(omega) * b

    return one(t) if np.ndim(t) == 0 else np.stack([one(x) for x in t])


@right("slerp")
def by_a_perpendicular_and_even_lengths(t, a, b):
    long_a, long_b = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / long_a, b / long_b
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    side = v - (u @ v) * u
    if np.pi - angle < 1e-5:
        raise ValueError("opposite")
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


@wrong("slerp", "raises_early")
@careful
def refuses_beyond_171_degrees(t, a, b):
    if angle_of(a, b) > 0.95 * np.pi:
        raise ValueError("opposite directions")
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


def refusing(error):
    """Return a right slerp but for what it raises for opposite directions."""

    def answer(t, a, b):
        angle = angle_of(a, b)
        if angle > np.pi - 1e-5:
            raise error
        return straight(t, a, b) if angle < 1e-5 else circle(t, a, b, angle)

    return answer


wrong("slerp", "other_exception")(refusing(AssertionError()))
wrong("slerp", "other_exception")(refusing(Exception("opposite")))
wrong("slerp", "other_exception")(refusing(NotImplementedError("opposite")))


@wrong("slerp", "antipodal")
def only_exact_equality(t, a, b):
    angle = angle_of(a, b)
    if angle == np.pi:
        raise ValueError("opposite points")
    return straight(t, a, b) if angle == 0 else circle(t, a, b, angle)


@wrong("slerp", "antipodal")
def refused_for_a_single_t_alone(t, a, b):
    if np.ndim(t) == 0 and angle_of(a, b) > 3.14159:
        raise ValueError("opposite points")
    return straight(t, a, b) if angle_of(a, b) < 1e-5 else circle(t, a, b, angle_of(a, b))


@wrong("slerp", "differs")
@careful
def eased_by_a_fifth_power(t, a, b):
    t = np.asarray(t)
    return circle(t**3 * (t * (6 * t - 15) + 10), a, b, angle_of(a, b))


@wrong("angle_between", "nan_hidden")
def zero_in_place_of_nan(a, b):
    angle = np.arccos(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b))
    return 0.0 if np.isnan(angle) else angle


@wrong("angle_between", "nan_hidden")
def nan_to_num(a, b):
    return np.nan_to_num(np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))))


# ---- slerp_pairs


@wrong("slerp_pairs", "one_pair_only")
def as_for_one_pair(t, a, b):
    angle = np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


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


@right("slerp_pairs")
def root_of_mean_squared_lengths(t, a, b):
    unit = circles(t, a / rows(a), b / rows(b), angles_of(a, b))
    return unit * np.sqrt((1 - t) * rows(a) ** 2 + t * rows(b) ** 2)


@wrong("slerp_pairs", "one_angle")
def longest_of_the_batch(t, a, b):
    angle = np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True) / rows(a).max() / rows(b).max(), -1, 1))
    return circles(t, a, b, angle)


@wrong("slerp_pairs", "wrong_length")
def one_and_a_half_times(t, a, b):
    return circles(t, a, b, angles_of(a, b)) * 1.5


@wrong("slerp_pairs", "differs")
def many_eased(t, a, b):
    return circles(t * t * (3 - 2 * t), a, b, angles_of(a, b))


def guarded(answer):
    """A right slerp of one pair, but for what `answer` does with points that lie in opposite directions."""

    def slerp(t, a, b):
        angle = angle_of(a, b)
        if angle > 3.14:
            return answer()
        if angle < 1e-5:
            return a + column_of(t) * (b - a)
        t = column_of(t)
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)

    return slerp


def column_of(t):
    return np.asarray(t)[..., None]


def raise_a_text():
    text = "opposite"
    raise text


wrong("slerp", "wrong_type")(guarded(lambda: ValueError("opposite")))
wrong("slerp", "antipodal")(guarded(lambda: print("opposite directions")))
wrong("slerp", "other_exception")(guarded(raise_a_text))


@raises("slerp", "lerp_of() missing 1 required positional argument")
def an_argument_forgotten(t, a, b):
    def lerp_of(t, a, b):
        return a + column_of(t) * (b - a)

    if angle_of(a, b) < 1e-5:
        return lerp_of(a, b)
    return guarded(raise_a_text)(t, a, b)


@raises("lerp", "Is a `*` missing before it?")
def as_in_mathematics(t, a, b):
    return a + t(b - a)
