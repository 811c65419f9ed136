"""Lab 14, spherical interpolation: what a right answer must show, how people get it wrong, and the hints."""

import math
import re
from dataclasses import dataclass
from functools import partial

import numpy as np

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare, fitting, judge, short
from ganhacks.checks.engine.sandbox import AnswerRaised, Through
from ganhacks.checks.engine.values import array
from ganhacks.hacks import spherical_interpolation as hack

PARAMETERS = {
    "n_pairs": Parameter("pairs of points", 2_000, 100_000),
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "spherical_interpolation")

PREDICTION = {
    "choices": {"a": "about 10.", "b": "about 7.", "c": "about 0."},
    "answer": "b",
    "remarks": {
        "a": (
            "That would be so on a great circle. A straight line between two points of a shell goes through its "
            "inside."
        ),
        "c": "That would be so if the two lay opposite each other. Two random ones stand nearly at a right angle.",
    },
    "why": (
        "Each coordinate of the middle is the mean of two independent numbers from N(0, 1), and that has half their "
        "variance: N(0, ½), a Gaussian narrower by √2. So middles lie about 10/√2 = 7.07 from the origin."
    ),
}


norm = np.linalg.norm


def rng(seed):
    return np.random.default_rng(seed)


def two_points(seed, dim, degrees, long_a, long_b, dtype="float64"):
    """Return two points, seen at this angle from the origin."""
    (a, other), angle = np.linalg.qr(rng(seed).standard_normal((dim, 2)))[0].T, np.radians(degrees)
    b = np.cos(angle) * a + np.sin(angle) * other
    return (long_a * a).astype(dtype), (long_b * b).astype(dtype)


# ---- what every path is asked

PATHS = {
    "swapped": "Your path runs backwards: from b, at t = 0, to a, at t = 1. Which of the two belongs to 1 - t?",
    "ignores_t": "Your point is the same for every t. It has to move from a, at t = 0, to b, at t = 1.",
    "not_even": "Your path has the right ends and does not move evenly: t is squared, or eased. Take t as it is.",
    "stops_at_the_ends": "Below t = 0 and above t = 1 your function {does}. Here a path goes on beyond its ends.",
    "needs_an_array": (
        "Your function takes an array of t and stumbles over a single number ({error}). np.asarray turns either into "
        "an array; after that, `[..., None]` adds an axis to both."
    ),
    "one_t_only": (
        "Your function works for one t and stumbles over an array of them ({error}). `if t` and math.sin want a single "
        "number. np.sin and * take an array, once each t meets a whole point: t of shape (k, 1)."
    ),
    "t_meets_coordinates": (
        "For several values of t, NumPy pairs each t with a *coordinate* of the points. Each t needs a whole point: "
        "give t the shape (k, 1), by `[:, None]` or, for a number too, `[..., None]` after np.asarray."
    ),
    "transposed": "For several values of t you return a point in each column. Wanted a point in each row: (k, dim).",
    "row_for_one": (
        "For a single t your function returns a table of one row. Wanted the point itself, of shape (dim,). np.outer "
        "and reshape(-1, 1) make a table of a number."
    ),
    "array_differs": (
        "For {k} values of t at once you give other points than for each of them alone. For t = {t}, alone: "
        "{alone}; among the others: {found}."
    ),
}


def walk(function, args):
    """Call a path with (t, a, b), and name what makes it stumble over t."""
    try:
        return function(*args)
    except AnswerRaised as raised:
        t, refused = args[0], isinstance(raised.exception, ValueError)
        if np.ndim(t) == 0:
            if re.search("'float' object(?! is not callable)|of type 'float' has no|too many ind|bounds for array", raised.error):
                raise Wrong("needs_an_array", error=raised.error[:120]) from None
        elif re.search("truth value|Python scalars|be converted", raised.error):
            raise Wrong("one_t_only", error=raised.error[:120]) from None
        elif refused and re.search("broadcast|aligned|mismatch", raised.error):
            raise Wrong("t_meets_coordinates") from None
        beyond = not np.array_equal(t, np.clip(t, 0, 1))
        if beyond and (refused or isinstance(raised.exception, AssertionError)):
            raise Wrong("stops_at_the_ends", does="raises an exception") from None
        raise


def judge_alone(answer, t, a, b, found):
    """Raise Wrong if a path says another thing to an array of t than to each of them alone."""
    for one, point in zip(t, found) if np.shape(found) == (*np.shape(t), len(a)) and np.ndim(t) else ():
        alone = np.asarray(walk(answer, (float(one), a, b)))
        if alone.shape == a.shape and not np.allclose(point, alone, atol=1e-3):
            raise Wrong("array_differs", k=len(t), t=short(one), alone=short(alone), found=short(np.asarray(point)))


def long(z):
    return norm(z, axis=-1, keepdims=True)


def column(t):
    """Give t an axis beside which a point has room: (1,) for a number, (k, 1) for an array."""
    return np.asarray(t)[..., None]


def dots(a, b):
    return np.sum(a * b, axis=-1, keepdims=True)


def angles_of(a, b):
    return np.arccos(np.clip(dots(a, b) / (long(a) * long(b)), -1, 1))


def weighted(weight, column=column):
    """Make a path from the weight(t, angle) of b; that of a is weight(1 - t, angle)."""

    def path(t, a, b):
        t, angle = column(t), angles_of(a, b)
        return weight(1 - t, angle) * a + weight(t, angle) * b

    return path


def unaligned(weight):
    """Make a path that forgets the axis beside t where NumPy does not stop it."""
    return lambda t, a, b: weighted(weight, np.asarray if np.shape(t) == a.shape else column)(t, a, b)


#: What can go wrong with any path's t. Each makes a wrong path of a right one.
T_SLIPS = [
    ("transposed", lambda path: lambda t, a, b: path(t, a, b).T),
    ("row_for_one", lambda path: lambda t, a, b: np.atleast_2d(path(t, a, b))),
    ("swapped", lambda path: lambda t, a, b: path(1 - np.asarray(t), a, b)),
    *(("ignores_t", lambda path, s=s: lambda t, a, b: path(s + 0 * np.asarray(t), a, b)) for s in (0, 0.5, 1)),
    *(("ignores_t", lambda path, s=s: lambda t, a, b: path(s, a, b)) for s in (0, 0.5, 1)),
    *(
        ("not_even", lambda path, eased=eased: lambda t, a, b: path(eased(np.asarray(t)), a, b))
        for eased in (lambda t: t**2 * (3 - 2 * t), lambda t: t**2, lambda t: (1 - np.cos(np.pi * t)) / 2)
    ),
    ("stops_at_the_ends", lambda path: lambda t, a, b: path(np.clip(t, 0, 1), a, b), {"does": "stays at an end"}),
]


# ---- the straight line


@exercise(
    hack.lerp,
    praise="From a to b and beyond, for one t and for many.",
    slips=[
        *((name, wrong(hack.lerp), *more) for name, wrong, *more in T_SLIPS),
        ("t_meets_coordinates", unaligned(lambda t, angle: t)),
        ("weights_do_not_add_up", lambda t, a, b: a + column(t) * b),
        ("weights_do_not_add_up", lambda t, a, b: (1 - column(t)) * a + b),
        ("weights_do_not_add_up", lambda t, a, b: (1 + column(t)) * a + column(t) * b),
        ("weights_do_not_add_up", weighted(lambda t, angle: np.sin(t * np.pi / 2))),
        ("away_from_b", lambda t, a, b: a + column(t) * (a - b)),
        ("starts_at_b", lambda t, a, b: b + column(t) * (b - a)),
        ("normalized", lambda t, a, b: hack.lerp(t, a, b) / long(hack.lerp(t, a, b))),
        ("great_circle", hack.slerp),
        ("great_circle", lambda t, a, b: circle(t, a, b, angles_of(a, b))),
        ("even_variance", lambda t, a, b: hack.lerp(t, a, b) / np.sqrt((1 - column(t)) ** 2 + column(t) ** 2)),
        ("wraps_round", lambda t, a, b: hack.lerp(np.asarray(t) % 1, a, b)),
        ("sorted", lambda t, a, b: hack.lerp(np.sort(t, axis=None).reshape(np.shape(t)), a, b)),
    ],
    misconceptions={
        **PATHS,
        "weights_do_not_add_up": "From a point to itself your path wanders: the shares of a and b have to add up to 1.",
        "away_from_b": "Your path leads from a away from b: the way from a to b is b - a.",
        "starts_at_b": "Your path starts at b. It starts at a: a share of the way, b - a, is added to a.",
        "normalized": "You divide by the length, so that every point has the length 1. The line needs no such step.",
        "great_circle": "You go along a great circle. That is slerp, further down; lerp's shares are 1 - t and t.",
        "even_variance": "You divide by √((1 - t)² + t²), which keeps the variance and leaves the line. Leave it out.",
        "wraps_round": "You take t modulo 1: at t = 1 you are at a again. A path arrives at b there and goes on.",
        "sorted": "You sort the t. A point belongs to each t in the order in which they come.",
    },
    hints=(
        "What share of a is in the point at t = 0.25, and what share of b? And for five values of t, which shape must "
        "t have, so that each meets a whole point?",
        "(1 - t) parts of a and t parts of b. With t of shape (k, 1) and a of shape (dim,), NumPy makes (k, dim).",
        "t = np.asarray(t), then one axis more at its end, and then (1 - t) * ... + t * ...",
    ),
)
def check_lerp(answer):
    inputs = [(t, *plane(3, 2)) for t in (0.25, 0, 1, np.linspace(0, 1, 5))]
    inputs += [(np.array([1.3, 0.2, 0.7, -0.5]), *plane(4, 2)), (np.float64(0.9), *plane(0, 6)), (-0.5, *plane(0, 6))]
    inputs += [(1.75, *plane(3, 100)), (np.array([0.4]), *plane(1, 5)), (np.array([0, 1]), *plane(1, 5))]
    inputs += [(np.linspace(-0.5, 1.5, dim), *plane(2, dim)) for dim in (5, 6)]  # as many t as coordinates
    inputs += [(np.array([0.1, 0.6]), *(z.astype("float32") for z in plane(5, 7)))]

    def fits(found, wanted, case):
        fitting(found, wanted, case)
        for t, a, b in inputs:
            judge_alone(answer, t, a, b, walk(answer, (t, a, b)))

    judge(Through(answer, lambda *args: walk(answer, args)), inputs, atol=1e-4, rtol=1e-4, pictured="points", fits=fits)


def plane(seed, dim):
    """Return two points, a and b."""
    return tuple(np.round(3 * rng(seed).standard_normal((2, dim)) + 1, 1))


# ---- the angle


def cosine_of(a, b):
    return a @ b / (norm(a) * norm(b))


def angle_by(cosine=cosine_of, inverse=np.arccos, after=lambda angle: angle):
    """Make an angle with a part replaced."""
    return lambda a, b: after(inverse(np.clip(cosine(a, b), -1, 1)))


def over(divisor):
    """Make an angle whose cosine is a·b over something else."""
    return angle_by(lambda a, b: a @ b / divisor(a, b))


@exercise(
    hack.angle_between,
    praise="An angle whatever the lengths, and 0, not NaN, between a point and itself.",
    slips=[
        ("small_is_0", lambda a, b: 0.0 if cosine_of(a, b) > 0.9995 else hack.angle_between(a, b)),
        ("not_normalized", lambda a, b: a @ b),
        ("not_normalized", lambda a, b: np.arccos(a @ b)),
        ("not_normalized", lambda a, b: math.acos(a @ b)),
        ("not_normalized", over(lambda a, b: 1)),
        ("half_normalized", over(lambda a, b: norm(a))),
        ("half_normalized", over(lambda a, b: norm(b))),
        ("half_normalized", over(lambda a, b: a @ a)),
        ("half_normalized", over(lambda a, b: b @ b)),
        *(
            ("brackets", lambda a, b, of=of: of(a @ b / norm(a) * norm(b)))
            for of in (np.arccos, lambda cosine: np.arccos(np.clip(cosine, -1, 1)))
        ),
        ("sum_of_lengths", over(lambda a, b: norm(a) + norm(b))),
        ("squared_lengths", over(lambda a, b: (a @ a) * (b @ b))),
        ("other_norm", over(lambda a, b: norm(a, 1) * norm(b, 1))),
        ("other_norm", over(lambda a, b: norm(a, np.inf) * norm(b, np.inf))),
        ("degrees", angle_by(after=np.degrees)),
        ("cosine", cosine_of),
        ("cosine", lambda a, b: 1 - cosine_of(a, b)),
        ("arcsine", angle_by(inverse=np.arcsin)),
        ("arctangent", angle_by(inverse=np.arctan)),
        ("at_most_a_right_angle", angle_by(lambda a, b: abs(cosine_of(a, b)))),
        ("at_most_a_right_angle", angle_by(lambda a, b: cosine_of(a, b) ** 2)),
        ("at_most_a_right_angle", angle_by(lambda a, b: max(cosine_of(a, b), 0))),
        ("supplement", angle_by(after=lambda angle: np.pi - angle)),
        ("half_the_angle", angle_by(after=lambda angle: angle / 2)),
        ("distance", lambda a, b: norm(a - b)),
        ("distance", lambda a, b: norm(a / norm(a) - b / norm(b))),
        ("means_subtracted", angle_by(lambda a, b: cosine_of(a - a.mean(), b - b.mean()))),
        ("two_coordinates", angle_by(lambda a, b: cosine_of(a[:2], b[:2]))),
        ("each_coordinate", lambda a, b: np.arccos(np.clip(a * b / (norm(a) * norm(b)), -1, 1))),
        *(("rounded", angle_by(after=partial(np.round, decimals=digits))) for digits in range(5)),
        *(("rounded", angle_by(lambda a, b, n=n: np.round(cosine_of(a, b), n))) for n in range(1, 6)),
        *(
            ("clipped_inside", angle_by(lambda a, b, e=10.0**-n: np.clip(cosine_of(a, b), e - 1, 1 - e)))
            for n in range(2, 7)
        ),
    ],
    misconceptions={
        "not_normalized": (
            "Your angle depends on how long the points are: twice as long, another angle, or NaN. Divide a·b by *both* "
            "lengths first; only then is it a cosine."
        ),
        "half_normalized": "Your angle still depends on a length: you divide by one only, or by one twice. Take both.",
        "brackets": "You divide by one length and multiply by the other. Set brackets: a @ b / (… * …).",
        "sum_of_lengths": "You divide by the sum of the lengths. Divide by their product.",
        "squared_lengths": "You divide by a·a and b·b, the *squares* of the lengths. Take the roots: np.linalg.norm.",
        "other_norm": "You divide by another kind of length. It is the root of the sum of squares, np.linalg.norm.",
        "not_clipped": (
            "Between a point and {what}, {times} of {tries} times you get NaN, or math.acos raises an error. Rounding "
            "makes the cosine 1.0000000000000002, and no angle has that: clip it to [-1, 1]."
        ),
        "nan_hidden": (
            "Between a point and its opposite, {times} of {tries} times your angle is 0; it is pi. Do you put 0 for "
            "NaN, or take a remainder? Clip the cosine to [-1, 1], and np.arccos is right at both ends."
        ),
        "clipped_inside": "You clip inside of [-1, 1], so that a point and itself have an angle. Clip to -1 and 1.",
        "degrees": "Your angle is in degrees. np.sin works in radians, and so does this exercise.",
        "cosine": "You return the cosine, or 1 less the cosine. The angle is its inverse: np.arccos.",
        "arcsine": "You return the arcsine of the cosine, a right angle less the angle. Its inverse is np.arccos.",
        "arctangent": "You take the arctangent of the cosine. The inverse of the cosine is np.arccos.",
        "at_most_a_right_angle": "Your angle never exceeds 90°: abs(), a square or a clip at 0 took the sign of a·b.",
        "supplement": "Your angle is pi minus the right one: a point and itself would be opposite. Is there a minus?",
        "half_the_angle": "You return half the angle.",
        "distance": "You return a distance between two points, not the angle at which they appear from the origin.",
        "means_subtracted": (
            "You subtract each point's mean first: that is the angle of a correlation, and it is seen from elsewhere "
            "than the origin."
        ),
        "two_coordinates": "You use the first two coordinates alone; a point has `dim` of them, and all count.",
        "small_is_0": (
            "Between points about one degree apart your angle is 0: a threshold belongs into slerp, which divides by "
            "the sine, and not here."
        ),
        "rounded": "You round, the angle or the cosine. Return what comes out: slerp needs all digits.",
        "epsilon": (
            "For points of length {length:g} your function says {found:.3f}; wanted {wanted:.3f}. Did you add an "
            "epsilon to the lengths? It changes the angle of short points. No length is 0 here; clip, and that is all."
        ),
        "each_coordinate": "You return a value for each coordinate. There is one angle: multiply, then *sum*: `a @ b`.",
    },
    hints=(
        "Two points have the dot product a·b. What does it have to be divided by, so that only their directions count?",
        "By both lengths: np.linalg.norm of each. Rounding can take that a bit beyond 1, so np.clip, then np.arccos.",
        "cosine = a @ b / (np.linalg.norm(...) * ...), then clip it, then the inverse of the cosine",
    ),
)
def check_angle_between(answer):
    sizes = [(2, 130, 1, 4), (5, 70, 0.6, 0.7), (5, 70, 3, 2), (100, 95, 10, 10), (3, 20, 1, 1), (7, 165, 0.5, 9)]
    inputs = [two_points(seed, *size) for seed, size in enumerate(sizes)]
    short_ones = two_points(7, 4, 50, 1e-4, 1e-4)

    def fits(found, wanted, case):
        if isinstance(found, np.ndarray) and found.size > 1:
            raise Wrong("each_coordinate")
        fitting(found, wanted, case)
        near = answer(*inputs[2]), hack.angle_between(*inputs[2])
        if np.isclose(*map(float, near), atol=1e-4):  # right for longer points
            at_short, wanted = float(answer(*short_ones)), float(hack.angle_between(*short_ones))
            if not np.isclose(at_short, wanted, atol=1e-4):
                raise Wrong("epsilon", length=float(norm(short_ones[0])), found=at_short, wanted=wanted)

    judge(answer, [*inputs, short_ones], atol=1e-5, rtol=0, fits=fits)
    _judge_rounding(answer)
    parallel = [(a, factor * a) for a, _ in inputs[:4] for factor in (1.0, 3.0, -1.0)]
    parallel += [(np.array([2.0]), np.array([3.0])), two_points(8, 4, 1.2, 2, 3)]  # in one direction, and nearly
    judge(answer, parallel, atol=1e-3, rtol=0)
    in_float32 = [tuple(z.astype("float32") for z in pair) for pair in inputs]
    judge(answer, in_float32, atol=2e-3, rtol=0)
    judge(answer, [tuple(z.astype("float32") for z in pair) for pair in parallel], atol=5e-3, rtol=0)


def _judge_rounding(answer):
    """Count how often a point has no angle with itself, as rounding has it without a clip."""
    points = [(10 * rng(k).standard_normal(7 + k % 90)).astype(("f8", "f4")[k % 2]) for k in range(200)]
    for what, factor in {"itself": 1.0, "three times itself": 3.0, "its opposite": -1.0}.items():
        missing, hidden = 0, 0
        for a in points:
            try:
                angle = float(answer(a, a.dtype.type(factor) * a))
                missing += not np.isfinite(angle)
                hidden += factor < 0 and angle == 0
            except AnswerRaised as raised:
                if not isinstance(raised.exception, ValueError):
                    raise
                missing += 1
        if missing:
            raise Wrong("not_clipped", what=what, times=missing, tries=len(points))
        if hidden:
            raise Wrong("nan_hidden", times=hidden, tries=len(points))


# ---- the great circle: t a number, or an array with a and b (dim,); or a number with many rows in a and b


def circle(t, a, b, angle):
    """White's formula, whose weights are those of Shoemake."""
    t = column(t)
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def direction(t, a, b):
    """A point of length 1, turned evenly from a to b."""
    return circle(t, a / long(a), b / long(b), angles_of(a, b))


def lengths(t, a, b):
    """A length that goes evenly from a's to b's."""
    return (1 - column(t)) * long(a) + column(t) * long(b)


def stretched(t, a, b):
    """Lerp's point, stretched to the length 1."""
    points = hack.lerp(t, a, b)
    return points / long(points)


def either(path):
    """Return two versions of a mistake: on the points themselves, and on directions that get their lengths back."""
    return path, lambda t, a, b: path(t, a / long(a), b / long(b)) * lengths(t, a, b)


def shortest_way(t, a, b):
    turned = np.where(angles_of(a, b) > np.pi / 2, -b, b)
    return circle(t, a, turned, angles_of(a, turned))


def with_cosine(cosine):
    """Make a path with another cosine of the angle."""
    return lambda t, a, b: circle(t, a, b, np.arccos(np.clip(cosine(a, b), -1, 1)))


CIRCLE_SLIPS = [
    ("swapped", lambda t, a, b: circle(t, b, a, angles_of(a, b))),
    ("swapped", lambda t, a, b: direction(1 - np.asarray(t), a, b) * lengths(1 - np.asarray(t), a, b)),
    ("unit_length", direction),
    ("unit_length", stretched),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * long(a)),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * long(b)),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * (long(a) + long(b)) / 2),
    ("straight_line", hack.lerp),
    ("uneven_steps", lambda t, a, b: stretched(t, a, b) * lengths(t, a, b)),
    ("not_normalized", with_cosine(dots)),
    ("length_1_alone", lambda t, a, b: circle(t, a / long(a), b, angles_of(a, b))),
    ("half_normalized", with_cosine(lambda a, b: dots(a, b) / long(a))),
    ("half_normalized", with_cosine(lambda a, b: dots(a, b) / long(a) ** 2)),
    ("degrees", weighted(lambda t, angle: np.sin(np.degrees(t * angle)) / np.sin(angle))),
    ("sine_of_t", weighted(lambda t, angle: np.sin(t) * angle / np.sin(angle))),
    ("cosines", weighted(lambda t, angle: np.cos(t * angle) / np.cos(angle))),
    *(
        (name, path)
        for name, wrong in (
            ("not_divided", weighted(lambda t, angle: np.sin(t * angle))),
            ("degrees", weighted(lambda t, angle: np.sin(t * np.degrees(angle)) / np.sin(np.degrees(angle)))),
            ("right_angle", weighted(lambda t, angle: np.sin(t * np.pi / 2))),
            ("half_the_angle", weighted(lambda t, angle: np.sin(t * angle / 2) / np.sin(angle / 2))),
            ("shortest_way", shortest_way),
        )
        for path in either(wrong)
    ),
]

CIRCLES = {
    "straight_line": "Your points lie on the straight line. That is lerp; slerp weighs a and b by sines of the angle.",
    "uneven_steps": "You stretch lerp's point: the right curve, with an angle that grows unevenly. Weigh by sines.",
    "unit_length": "Your points have the length 1. Normalise for the *angle*; the sines multiply a and b as they are.",
    "wrong_length": (
        "Your directions are right and a length isn't. A path leaves from a itself and arrives at b itself, whatever "
        "their lengths, and in between it is no shorter and no longer than both."
    ),
    "not_normalized": "Your angle comes from a·b not divided by the lengths: right for points of length 1 alone.",
    "length_1_alone": (
        "Yours is right for points of length 1 alone. Does your angle come from a·b not divided by the lengths? Or do the "
        "sines multiply points that are no longer as they came?"
    ),
    "half_normalized": "Your angle comes from a·b over one length. A cosine is a·b over the product of both lengths.",
    "degrees": "You take the sine of an angle in degrees. np.sin works in radians.",
    "right_angle": "Your weights are the cosine and sine of t · 90°, right for that angle only. Measure the angle.",
    "not_divided": "Your path does not start at a. Both weights have to be divided by the sine of the whole angle.",
    "shortest_way": (
        "Your path ends at -b where the angle is wider than 90 degrees. Turning b round is right for quaternions, "
        "of which q and -q are the same rotation. The latent points b and -b are two different images."
    ),
    "half_the_angle": "Your weights are those of half the angle.",
    "sine_of_t": "You take the sine of t and multiply it by the angle. It is the sine of the product: brackets.",
    "cosines": "You weigh by cosines. At t = 0 the weight of b has to be 0: sines do that.",
    "differs": "Your points lie elsewhere. What are your weights of a and of b, and what are they in the docstring?",
}


@dataclass(frozen=True)
class Way:
    """Points of a path, and the arguments that led there. free: whether other lengths in between would do too."""

    points: object
    args: tuple
    free: bool


def judge_circle(answer, inputs, fits=lambda found, args: None):
    """Judge a path along great circles. Raises Wrong.

    Right is White's formula, and any path whose direction turns evenly and whose length stays between both lengths.
    fits(points, args): raises Wrong for what is seen in points, of the right shape, that no slip explains.
    """

    def observe(function, args):
        return Way(walk(function, args), args, function is answer.reference)

    def alike(found, wanted):
        if np.shape(found.points) != np.shape(wanted.points) or not isinstance(found.points, np.ndarray):
            return False
        return bool(np.all(_is_right(found.points, wanted.args) if wanted.free else _near(found.points, wanted)))

    def told_to(found, wanted, case):
        t, a, b = wanted.args
        points = found.points
        array(np.nan_to_num(points) if isinstance(points, np.ndarray) else points, np.shape(wanted.points), case)
        shown, units = _example(found, wanted), (t, a / long(a), b / long(b))
        fits(points, wanted.args)
        straight = np.allclose(points, hack.lerp(t, a, b), atol=1e-6 + 1e-3 * long(a).max())
        ways = direction(t, a, b), circle(t, a, b, angles_of(a, b))
        if not straight and any(_are_along(points, way) for way in ways):
            raise Wrong("wrong_length", shown)
        if not _is_right(points, units).all() and np.all(_is_right(np.asarray(walk(answer, units)), units)):
            raise Wrong("length_1_alone", shown)
        if not np.isfinite(points).all():
            raise Wrong("not_finite", shown, case=case)
        judge_alone(answer, t, a, b, points)
        if straight:
            raise Wrong("straight_line", shown)
        if _are_along(points, stretched(t, a, b)):
            raise Wrong("uneven_steps", shown)

    compare(answer, inputs, observe, alike, fits=told_to, describe=lambda run: _example(run.found, run.wanted))


def _near(points, way):
    return np.isclose(points, way.points, rtol=1e-3, atol=1e-3 * long(way.args[1]).max(), equal_nan=True)


def _is_right(points, args):
    t, a, b = args
    tolerance = 1e-3 * np.maximum(long(a), long(b))
    by_white = np.abs(points - circle(t, a, b, angles_of(a, b))).max(-1, keepdims=True) < tolerance
    shortest, longest = np.minimum(long(a), long(b)), np.maximum(long(a), long(b))
    between = (long(points) > shortest - tolerance) & (long(points) < longest + tolerance)
    even = long(points - direction(t, a, b) * long(points)) < tolerance
    at_an_end = (column(t) == 0) | (column(t) == 1)
    return by_white | (even & between & ~at_an_end)


def _are_along(points, directions):
    return np.allclose(points / long(points), directions / long(directions), atol=1e-3)


def _example(found, wanted):
    """Return the Example of the point that is furthest off, in degrees and lengths; in the plane with a picture."""
    t, a, b = wanted.args
    points, rights = (np.atleast_2d(some) for some in (found.points, wanted.points))
    each_t, each_a, each_b = np.broadcast_to(t, len(points)), *(np.broadcast_to(z, points.shape) for z in (a, b))
    i = int(np.argmax(np.nan_to_num(long(points - rights), nan=np.inf)))
    apart = np.degrees(angles_of(each_a[i], each_b[i]))[0]
    row = f"row {i}, " if np.ndim(a) == 2 else ""
    text = f"For {row}t = {short(float(each_t[i]))}, two points {apart:.0f} degrees apart of the lengths "
    yours, right = _told(points[i], each_a[i]), _told(rights[i], each_a[i])
    if yours == right:
        right += f", on another side: {long(points[i] - rights[i])[0]:.3g} from yours"
    text += f"{long(each_a[i])[0]:.3g} and {long(each_b[i])[0]:.3g}: yours {yours}, wanted {right}."
    picture = None
    if points.shape[1] == 2 and len(points) > 1 and np.isfinite(points).all():
        from ganhacks.pictures import charts

        panels = {"yours": {"yours": points}, "wanted": {"wanted": rights}}
        picture = charts.clouds(panels, "Your points beside those that are wanted")
    return Example(text, picture)


def _told(point, a):
    if not np.isfinite(point).all():
        return "NaN"
    length = long(point)[0]
    if length < 1e-9:
        return "the origin"
    return f"{np.degrees(angles_of(point, a))[0]:.1f} degrees from a and {length:.3g} long"


@exercise(
    hack.slerp,
    praise="Even turning, the right lengths, and an answer for points in one direction and in opposite ones.",
    slips=[
        *((name, wrong(hack.slerp), *more) for name, wrong, *more in T_SLIPS),
        ("t_meets_coordinates", unaligned(lambda t, angle: np.sin(t * angle) / np.sin(angle))),
        *CIRCLE_SLIPS,
    ],
    misconceptions={
        **PATHS,
        **CIRCLES,
        "parallel_nan": (
            "For a and b in one direction your function {does}. Two traps lie there: rounding makes the cosine "
            "1.0000000000000002, so clip it; and the sine of 0 divides by 0, so take lerp where the angle is next to 0."
        ),
        "parallel_other": (
            "For b = {factor:g} · a, at t = {t:g}, your point has {found} times the length of a; wanted "
            "{wanted}. Points in one direction have lerp between them."
        ),
        "antipodal": (
            "For b = -{factor} · a{at} your function {does}. Every way round leads to b there after half a turn, and "
            "the formula divides by the sine of 180 degrees, next to 0. Raise a ValueError where the angle is 180 degrees to "
            "within rounding, which `==` misses (or pick one circle)."
        ),
        "raises_early": (
            "Your function raises for directions {degrees} degrees apart, which one great circle joins: only at 180 "
            "degrees, to within rounding, are there many."
        ),
        "other_exception": "For opposite directions the docstring wants `raise ValueError(...)`. Yours raised {found}.",
        "parallel_array": "For a and b in one direction you take one t, and no array of them. Your lerp has the axis.",
    },
    hints=(
        "At t = 0 the weight of a has to be 1 and that of b 0: what do sin((1 - t) * angle) and sin(t * angle) say "
        "there, and what must they be divided by?",
        "Take your angle_between. Where it is next to 0, return your lerp; where it is next to pi, raise. Else the "
        "weights: each sine over the sine of the whole angle. t needs the same extra axis as in lerp.",
        "np.sin((1 - t) * angle) / np.sin(...) * a, and the same with t for b",
    ),
)
def check_slerp(answer):
    cases = ((2, 90, 1, 1), (3, 140, 1.7, 1.7), (6, 70, 3, 3), (5, 60, 2, 3), (9, 100, 4, 3), (100, 95, 10, 10))
    cases += ((4, 15, 2, 2), (7, 160, 3, 3), (3, 4, 2, 2), (5, 120, 2, 7))
    inputs = []
    for seed, (dim, degrees, long_a, long_b) in enumerate(cases):
        a, b = two_points(seed, dim, degrees, long_a, long_b, ("float64", "float32")[seed % 2])
        ends = (np.float64(-0.4), 1.5, np.array([-0.5, 0, 0.25, 1.5])) if long_a == long_b else ()
        inputs += [
            (t, a, b) for t in (0.25, 0, 1, 0.6, np.linspace(0, 1, dim), np.array([0, 1]), np.array([0.4]), *ends)
        ]
    judge_circle(answer, inputs)
    nearly_opposite = two_points(20, 5, 175, 2, 2)
    _, refusal = points_or_refusal(answer, 0.4, *nearly_opposite)
    if refusal is not None and isinstance(refusal.exception, ValueError):
        raise Wrong("raises_early", degrees=175)
    judge_circle(answer, [(0.4, *nearly_opposite)])
    _judge_parallel(answer)
    _judge_antipodal(answer)


def points_or_refusal(answer, *args):
    """Call a path where it may refuse. Returns (points, None), or (None, the AnswerRaised), but for misspelt names."""
    try:
        return answer(*args), None
    except AnswerRaised as raised:
        if isinstance(raised.exception, (NameError, AttributeError)):
            raise
        return None, raised


def _row_of(found, t, a):
    """Raise Wrong unless these are numbers in the shape of a path's points. NaN is told elsewhere."""
    array(np.nan_to_num(found) if isinstance(found, np.ndarray) else found, (*np.shape(t), len(a)))


def _judge_parallel(answer):
    for factor, t in ((1.0, 0.3), (2.0, 0.5), (2.0, 1), (1.0 + 1e-9, 0.7), (2.0, np.array([0.0, 0.5, 1.0]))):
        for k in range(40):
            a = (3 * rng(k).standard_normal(6 + 2 * k)).astype(("f8", "f4")[k % 2])
            found, refusal = points_or_refusal(answer, t, a, a.dtype.type(factor) * a)
            if np.ndim(t) and (refusal or np.shape(found) != (len(t), len(a))):
                raise Wrong("parallel_array")
            if refusal and isinstance(refusal.exception, TypeError):  # such as a forgotten argument: no trap of these
                raise refusal
            if refusal:
                raise Wrong("parallel_nan", does=f"raises {type(refusal.exception).__name__}")
            _row_of(found, t, a)
            if not np.isfinite(found).all():
                raise Wrong("parallel_nan", does="returns NaN")
            for one, point in zip(np.atleast_1d(t), np.atleast_2d(found)):
                wanted = 1 - one + one * factor
                if not any(np.allclose(point, right * a, rtol=2e-3, atol=2e-2) for right in (wanted, factor**one)):
                    times = short(float(point @ a / (a @ a)))
                    raise Wrong("parallel_other", factor=factor, t=one, found=times, wanted=short(float(wanted)))


def _judge_antipodal(answer):
    """A ValueError, for every t; or half a circle: even turning, and a length between both."""
    for k, t in ((k, t) for k in range(30) for t in (0.25, 0.5, 0.8, np.array([0.25, 0.5, 0.8]))):
        a, factor = 2 * rng(k).standard_normal(2 + 3 * k), 1 + k % 3
        (found, refusal), does = points_or_refusal(answer, t, a, -factor * a), None
        if refusal and isinstance(refusal.exception, ValueError):
            continue
        if refusal:
            raise Wrong("other_exception", found=f"{refusal.error.rstrip('.')}{refusal.line}")
        if found is None:
            raise Wrong("antipodal", does="returns nothing", factor=factor, at="")
        _row_of(found, t, a)
        length, shortest = long(np.atleast_2d(found))[:, 0], np.linalg.norm(a)
        turned = np.degrees(angles_of(np.atleast_2d(found), a))[:, 0]
        if not np.isfinite(found).all():
            does = "returns NaN"
        elif not ((0.99 * shortest <= length) & (length <= 1.01 * factor * shortest)).all():
            worst = length[np.argmax(np.abs(np.log(length / shortest + 1e-30)))]
            does = f"returns a point of length {worst:.3g}, where a has {shortest:.3g}"
        elif not np.allclose(turned, 180 * np.atleast_1d(t), atol=2):
            does = f"returns a point that has turned by {turned[0]:.0f} degrees from a"
        if does:
            at = f" and {'an array of t' if np.ndim(t) else f't = {t:g}'}"
            raise Wrong("antipodal", does=does, factor=factor, at=at)


# ---- find the bug: a slerp for generators that normalise what they are given


def unit_slerp_pairs(t, a, b):
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    angle = np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True), -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def down(z):
    return z / np.linalg.norm(z, axis=0)


def by_column(unit, axis):
    """Make a path whose angles are summed along an axis, of points divided by `unit`."""
    return with_cosine(lambda a, b: np.sum(unit(a) * unit(b), axis=axis, keepdims=True))


@exercise(
    hack.slerp_pairs,
    given=unit_slerp_pairs,
    praise="Each pair has its own angle, and its ends are its own two points, with their lengths.",
    slips=[
        ("no_axis_kept", lambda t, a, b: circle(t, a, b, angles_of(a, b)[:, 0])),
        ("one_angle", lambda t, a, b: circle(t, a, b, angles_of(a.ravel(), b.ravel()))),
        ("by_column", by_column(down, 0)),
        ("by_column", by_column(down, 1)),
        ("by_column", by_column(lambda z: z / long(z), 0)),
        ("by_column", by_column(lambda z: z, 0)),
        ("by_column", lambda t, a, b: circle(t, down(a), down(b), angles_of(a, b))),
        ("lengths_swapped", lambda t, a, b: direction(t, a, b) * lengths(1 - t, a, b)),
        ("ignores_t", lambda t, a, b: hack.slerp_pairs(0.5, a, b)),
        ("ignores_t", lambda t, a, b: circle(0.5, a, b, angles_of(a, b))),
        *CIRCLE_SLIPS,
    ],
    misconceptions={
        **CIRCLES,
        **{name: PATHS[name] for name in ("swapped", "ignores_t")},
        "unit_length": (
            "Your points still have the length 1. Directions are all that the angle needs; the generator needs the "
            "lengths of a and b too: bring them back."
        ),
        "lengths_swapped": "Your directions are right, and the lengths of a and b changed places. Which goes with t?",
        "one_angle": (
            "What you return for a pair depends on the other pairs of the batch: a length, or a sum, was taken over "
            "all of it. Each row is a pair with an angle of its own: axis=1, keepdims=True."
        ),
        "by_column": "You measure down the columns. A point is a row: sum over its numbers, axis=1, keepdims=True.",
        "no_axis_kept": "One number a pair is (n,); beside (n, dim) it must be (n, 1): keepdims=True or `[:, None]`.",
        "one_pair_only": (
            "Between many rows, `a @ b` is a product of matrices, and these don't fit ({error}). What is written for "
            "one pair, such as your angle_between and slerp, stops here: sum a * b over axis 1, with keepdims=True."
        ),
    },
    hints=(
        "How long are the points that this function returns, and how long are those that it is given? Which line loses "
        "their lengths?",
        "Keep the normalised points for the angle alone, under other names. What the sines multiply can be a and b as "
        "they came; or give the direction a length between the two.",
        "Either unit_a = a / ..., unit_b = b / ... in the first two lines; or lengths_a, lengths_b = ... before them, "
        "and at the end direction * ((1 - t) * lengths_a + ...)",
    ),
)
def check_slerp_pairs(answer):
    inputs = []
    for seed, (n, dim) in enumerate(((1, 2), (6, 4), (5, 100), (5, 5), (1, 3))):
        # Very different angles and lengths, so that one of them for all is seen.
        pairs = [two_points(10 * seed + i, dim, 40 + 17 * i, 2 + 0.9 * i, 2.5 + i + i % 2) for i in range(n)]
        inputs += [(t, *map(np.array, zip(*pairs))) for t in (0.25, 0.5, 0, 1, np.float64(0.8))]
    alike = two_points(3, 4, 100, 3, 3)
    inputs += [(0.3, *(np.array([z, 2 * z], "float32") for z in alike))]

    def fits(points, args):
        t, a, b = args
        alone = [answer(t, a[i : i + 1], b[i : i + 1])[0] for i in range(len(a))]
        if len(a) > 1 and np.all(_is_right(np.array(alone), args)):
            raise Wrong("one_angle")

    def axis_kept(*args):
        try:
            return answer(*args)
        except AnswerRaised as raised:
            refused = isinstance(raised.exception, ValueError)
            if refused and re.search("matmul|aligned", raised.error):
                raise Wrong("one_pair_only", error=raised.error[:60]) from None
            if refused and "broadcast" in raised.error:
                raise Wrong("no_axis_kept") from None
            raise

    judge_circle(Through(answer, axis_kept), inputs, fits)
