"""Lab 14, spherical interpolation: what a right answer must show, how people get it wrong, and the hints."""

import math
from dataclasses import dataclass

import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.judging import Example, compare, fitting, judge, short
from ganhacks.checks.sandbox import AnswerRaised, Through
from ganhacks.checks.values import array
from ganhacks.hacks import spherical_interpolation as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "spherical_interpolation")

PREDICTION = {
    "choices": {"a": "about 10.", "b": "about 7.", "c": "about 0."},
    "answer": "b",
    "why": (
        "In 100 dimensions two random points lie at nearly a right angle, seen from the origin. So the line from one "
        "to the other is the long side of a triangle with two sides of 10, and its middle is 10/√2 = 7.07 away. "
        "Coordinate by coordinate: the mean of two independent numbers has half their variance."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def two_points(seed, dim, degrees, long_a, long_b, dtype="float64"):
    """Return two points at this angle, in radians too: (a, b, angle)."""
    (a, other), angle = np.linalg.qr(rng(seed).standard_normal((dim, 2)))[0].T, np.radians(degrees)
    b = np.cos(angle) * a + np.sin(angle) * other
    return (long_a * a).astype(dtype), (long_b * b).astype(dtype), angle


# ---- what every path is asked

PATHS = {
    "swapped": (
        "Your path runs backwards: it is at b for t = 0, and at a for t = 1. Which of the two belongs to 1 - t?"
    ),
    "ignores_t": "Your point is the same for every t. It has to move from a, at t = 0, to b, at t = 1.",
    "stops_at_the_ends": (
        "Below t = 0 and above t = 1 your function {does}. Here a path goes on beyond its ends: leave t as it is given."
    ),
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


def stumbled(raised, t):
    """Return what it means that a path raised an exception for this t: a Wrong, or the exception itself."""
    error, exception = raised.error, raised.exception
    if np.ndim(t) == 0:
        if any(
            words in error for words in ("'float' object", "of type 'float' has no", "too many ind", "bounds for array")
        ):
            return Wrong("needs_an_array", error=error[:120])
    elif any(words in error for words in ("truth value", "Python scalars", "be converted")):
        return Wrong("one_t_only", error=error[:120])
    elif isinstance(exception, ValueError) and any(words in error for words in ("broadcast", "aligned", "mismatch")):
        return Wrong("t_meets_coordinates")
    if not np.array_equal(t, np.clip(t, 0, 1)) and isinstance(exception, (ValueError, AssertionError)):
        return Wrong("stops_at_the_ends", does="raises an exception")
    return raised


def walk(function, args):
    """Call a path with (t, a, b)."""
    try:
        return function(*args)
    except AnswerRaised as raised:
        raise stumbled(raised, args[0]) from None


def judge_alone(answer, t, a, b, found):
    """Raise Wrong if a path says another thing to an array of t than to each of them alone."""
    for one, point in zip(t, found) if np.shape(found) == (*np.shape(t), len(a)) and np.ndim(t) else ():
        alone = np.asarray(walk(answer, (float(one), a, b)))
        if alone.shape == a.shape and not np.allclose(point, alone, atol=1e-3):
            raise Wrong("array_differs", k=len(t), t=short(one), alone=short(alone), found=short(np.asarray(point)))


def column(t):
    """Give t an axis beside which a point has room: (1,) for a number, (k, 1) for an array."""
    return np.asarray(t)[..., None]


def weighted(of_a, of_b):
    """Make a path from the two functions of t that weigh its ends."""
    return lambda t, a, b: of_a(column(t)) * a + of_b(column(t)) * b


def unaligned(path):
    """Make a path that forgets the axis beside t where NumPy does not stop it."""
    return lambda t, a, b: path(np.asarray(t)[..., None] if np.shape(t) != a.shape else np.asarray(t), a, b)


#: What can go wrong with any path's t. Each makes a wrong path of a right one.
T_SLIPS = [
    ("transposed", lambda path: lambda t, a, b: path(t, a, b).T),
    ("row_for_one", lambda path: lambda t, a, b: np.atleast_2d(path(t, a, b))),
    ("swapped", lambda path: lambda t, a, b: path(1 - np.asarray(t), a, b)),
    *(("ignores_t", lambda path, s=s: lambda t, a, b: path(s + 0 * np.asarray(t), a, b)) for s in (0, 0.5, 1)),
    *(("ignores_t", lambda path, s=s: lambda t, a, b: path(s, a, b)) for s in (0, 0.5, 1)),
    ("stops_at_the_ends", lambda path: lambda t, a, b: path(np.clip(t, 0, 1), a, b), {"does": "stays at an end"}),
]


# ---- the straight line


@exercise(
    hack.lerp,
    praise="From a to b and beyond, for one t and for many.",
    slips=[
        *((name, wrong(hack.lerp), *more) for name, wrong, *more in T_SLIPS),
        ("t_meets_coordinates", unaligned(lambda t, a, b: (1 - t) * a + t * b)),
        ("weights_do_not_add_up", weighted(lambda t: 1, lambda t: t)),
        ("weights_do_not_add_up", weighted(lambda t: 1 - t, lambda t: 1)),
        ("weights_do_not_add_up", weighted(lambda t: 1 + t, lambda t: t)),
        ("weights_do_not_add_up", weighted(lambda t: np.cos(t * np.pi / 2), lambda t: np.sin(t * np.pi / 2))),
        ("away_from_b", lambda t, a, b: a + column(t) * (a - b)),
        ("starts_at_b", lambda t, a, b: b + column(t) * (b - a)),
        ("not_even", lambda t, a, b: hack.lerp(np.asarray(t) ** 2 * (3 - 2 * np.asarray(t)), a, b)),
        ("not_even", lambda t, a, b: hack.lerp(np.asarray(t) ** 2, a, b)),
        ("not_even", lambda t, a, b: hack.lerp((1 - np.cos(np.pi * np.asarray(t))) / 2, a, b)),
        ("normalized", lambda t, a, b: hack.lerp(t, a, b) / long(hack.lerp(t, a, b))),
    ],
    misconceptions={
        **PATHS,
        "weights_do_not_add_up": (
            "From a point to itself your path would wander: the shares of a and b have to add up to 1 at every t."
        ),
        "away_from_b": "Your path leads from a away from b: the way from a to b is b - a.",
        "starts_at_b": "Your path starts at b and leads away from a. It starts at a: a share of b - a is added to a.",
        "not_even": "Your path has the right ends and does not move evenly: lerp's shares are 1 - t and t themselves.",
        "normalized": "You divide by the length, so that every point has the length 1. The line needs no such step.",
    },
    hints=(
        "What share of a is in the point at t = 0.25, and what share of b? And for five values of t, which shape must "
        "t have, so that each meets a whole point?",
        "(1 - t) parts of a and t parts of b. With t of shape (k, 1) and a of shape (dim,), NumPy makes (k, dim).",
        "t = np.asarray(t)[..., ...], and then (1 - t) * ... + t * ...",
    ),
)
def check_lerp(answer):
    inputs = [(t, *plane(3, 2)) for t in (0.25, 0, 1, np.linspace(0, 1, 5))]
    inputs += [(np.array([-0.5, 0.2, 0.7, 1.3]), *plane(4, 1)), (np.float64(0.9), *plane(0, 6)), (-0.5, *plane(0, 6))]
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


def long(z):
    return np.linalg.norm(z, axis=-1, keepdims=True)


def cosine_of(a, b):
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def angle_by(cosine=cosine_of, inverse=np.arccos, after=lambda angle: angle):
    """Make an angle with a part replaced."""
    return lambda a, b: after(inverse(np.clip(cosine(a, b), -1, 1)))


def rounded_to(digits):
    return lambda value: np.round(value, digits)


@exercise(
    hack.angle_between,
    praise="An angle whatever the lengths, and 0, not NaN, between a point and itself.",
    slips=[
        ("not_normalized", lambda a, b: a @ b),
        ("not_normalized", lambda a, b: np.arccos(a @ b)),
        ("not_normalized", lambda a, b: math.acos(a @ b)),
        ("not_normalized", angle_by(lambda a, b: a @ b)),
        ("half_normalized", angle_by(lambda a, b: a @ b / np.linalg.norm(a))),
        ("half_normalized", angle_by(lambda a, b: a @ b / np.linalg.norm(b))),
        ("half_normalized", angle_by(lambda a, b: a @ b / (a @ a))),
        ("half_normalized", angle_by(lambda a, b: a @ b / (b @ b))),
        ("squared_lengths", angle_by(lambda a, b: a @ b / ((a @ a) * (b @ b)))),
        ("other_norm", angle_by(lambda a, b: a @ b / (np.abs(a).sum() * np.abs(b).sum()))),
        ("other_norm", angle_by(lambda a, b: a @ b / (np.abs(a).max() * np.abs(b).max()))),
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
        ("distance", lambda a, b: np.linalg.norm(a - b)),
        ("distance", lambda a, b: np.linalg.norm(a / np.linalg.norm(a) - b / np.linalg.norm(b))),
        *(("rounded", angle_by(after=rounded_to(digits))) for digits in range(5)),
        *(("rounded", angle_by(lambda a, b, d=d: np.round(cosine_of(a, b), d))) for d in range(1, 6)),
        ("each_coordinate", lambda a, b: np.arccos(np.clip(a * b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))),
        *(
            ("clipped_inside", angle_by(lambda a, b, e=e: np.clip(cosine_of(a, b), e - 1, 1 - e)))
            for e in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
        ),
    ],
    misconceptions={
        "not_normalized": (
            "Your angle depends on how long the points are: twice as long, another angle, or NaN. Divide a·b by *both* "
            "lengths first; only then is it a cosine."
        ),
        "half_normalized": (
            "Your angle still depends on the length of one point: you divided by one length, or by one of them twice. "
            "A cosine is a·b over the product of both."
        ),
        "squared_lengths": "You divide by a·a and b·b, the *squares* of the lengths. Take the roots: np.linalg.norm.",
        "other_norm": (
            "You divide by another kind of length: a sum of sizes, or the largest. The length is the root of the sum "
            "of squares, np.linalg.norm."
        ),
        "not_clipped": (
            "Between a point and {what}, {times} of {tries} times you get NaN, or math.acos raises an error. Rounding "
            "makes the cosine 1.0000000000000002, and no angle has that: clip it to [-1, 1]."
        ),
        "clipped_inside": (
            "You clip a bit inside of [-1, 1]. Then a point and itself have an angle. Clip to -1 and 1 themselves."
        ),
        "degrees": "Your angle is in degrees. np.sin works in radians, and so does this exercise.",
        "cosine": "You return the cosine, or 1 less the cosine. The angle is its inverse: np.arccos.",
        "arcsine": (
            "You return a right angle minus the angle: that is the arcsine of the cosine. The inverse of the cosine is "
            "np.arccos."
        ),
        "arctangent": "You take the arctangent of the cosine. The inverse of the cosine is np.arccos.",
        "at_most_a_right_angle": (
            "Your angle never exceeds 90 degrees: the sign of a·b is lost, by abs(), by a square or by a clip at 0. A "
            "cosine goes down to -1."
        ),
        "supplement": "Your angle is pi minus the right one: a point and itself would be opposite. Is there a minus?",
        "half_the_angle": "You return half the angle.",
        "distance": "You return a distance between two points, not the angle at which they appear from the origin.",
        "rounded": "You round, the angle or the cosine. Return what comes out: slerp needs all digits.",
        "epsilon": (
            "For points of length {length:g} your function says {found:.3f}; wanted {wanted:.3f}. Did you add an "
            "epsilon to the lengths? It changes the angle of short points. No length is 0 here; clip, and that is all."
        ),
        "each_coordinate": (
            "Your function returns one value for each coordinate. There is one angle between two points: multiply "
            "coordinate by coordinate, then *sum*; `a @ b` does both."
        ),
    },
    hints=(
        "Two points have the dot product a·b. What does it have to be divided by, so that only their directions count?",
        "By both lengths: np.linalg.norm of each. Rounding can take that a bit beyond 1, so np.clip, then np.arccos.",
        "cosine = a @ b / (np.linalg.norm(...) * ...), then clip it, then the inverse of the cosine",
    ),
)
def check_angle_between(answer):
    sizes = [
        (2, 130, 1, 4),
        (5, 70, 0.6, 0.7),
        (5, 70, 3, 2),
        (100, 95, 10, 10),
        (3, 20, 1, 1),
        (7, 165, 0.5, 9),
    ]
    inputs = [two_points(seed, *size)[:2] for seed, size in enumerate(sizes)]
    short_ones = two_points(7, 4, 50, 1e-4, 1e-4)[:2]

    def fits(found, wanted, case):
        if isinstance(found, np.ndarray) and found.size > 1:
            raise Wrong("each_coordinate")
        fitting(found, wanted, case)
        near = answer(*inputs[2]), hack.angle_between(*inputs[2])
        if np.isclose(*map(float, near), atol=1e-4):  # right for longer points
            length = float(np.linalg.norm(short_ones[0]))
            at_short = float(answer(*short_ones))
            if not np.isclose(at_short, hack.angle_between(*short_ones), atol=1e-4):
                raise Wrong("epsilon", length=length, found=at_short, wanted=float(hack.angle_between(*short_ones)))

    judge(answer, [*inputs, short_ones], atol=1e-5, rtol=0, fits=fits)
    _judge_rounding(answer)
    parallel = [
        (np.array([2.0]), np.array([3.0])),
        *((a, factor * a) for a, _ in inputs[:4] for factor in (1.0, 3.0, -1.0)),
    ]
    judge(answer, parallel, atol=1e-3, rtol=0)
    in_float32 = [tuple(z.astype("float32") for z in pair) for pair in inputs]
    judge(answer, in_float32, atol=2e-3, rtol=0)
    judge(answer, [tuple(z.astype("float32") for z in pair) for pair in parallel], atol=5e-3, rtol=0)


def _judge_rounding(answer):
    """Count how often a point has no angle with itself, as rounding has it without a clip."""
    points = [(10 * rng(k).standard_normal(7 + k % 90)).astype(("f8", "f4")[k % 2]) for k in range(200)]
    for what, factor in {"itself": 1.0, "three times itself": 3.0, "its opposite": -1.0}.items():
        missing = 0
        for a in points:
            try:
                missing += not np.isfinite(float(answer(a, a.dtype.type(factor) * a)))
            except AnswerRaised as raised:
                if not isinstance(raised.exception, ValueError):
                    raise
                missing += 1
        if missing:
            raise Wrong("not_clipped", what=what, times=missing, tries=len(points))


# ---- the great circle: t a number, or an array with a and b (dim,); or a number with many rows in a and b


def angles_of(a, b):
    return np.arccos(np.clip(np.sum(a * b, axis=-1, keepdims=True) / (long(a) * long(b)), -1, 1))


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
    return (
        lambda t, a, b: path(t, a, b, angles_of(a, b)),
        lambda t, a, b: path(t, a / long(a), b / long(b), angles_of(a, b)) * lengths(t, a, b),
    )


def shortest_way(t, a, b, angle):
    turned = np.where(angle > np.pi / 2, -b, b)
    return circle(t, a, turned, angles_of(a, turned))


def with_angle(angle):
    return lambda t, a, b: circle(t, a, b, angle(a, b))


def dots(a, b):
    return np.sum(a * b, axis=-1, keepdims=True)


def unless_flat(t, a, b):
    angle = np.arccos(np.clip(dots(a, b), -1, 1))
    return np.where(np.sin(angle) < 1e-6, hack.lerp(t, a, b), circle(t, a, b, angle))


CIRCLE_SLIPS = [
    ("swapped", lambda t, a, b: circle(t, b, a, angles_of(a, b))),
    ("swapped", lambda t, a, b: direction(1 - np.asarray(t), a, b) * lengths(1 - np.asarray(t), a, b)),
    ("unit_length", direction),
    ("unit_length", stretched),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * np.sqrt(a.shape[-1])),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * long(a)),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * long(b)),
    ("wrong_length", lambda t, a, b: direction(t, a, b) * (long(a) + long(b)) / 2),
    ("straight_line", hack.lerp),
    ("uneven_steps", lambda t, a, b: stretched(t, a, b) * long(a)),
    ("uneven_steps", lambda t, a, b: stretched(t, a, b) * np.sqrt(a.shape[-1])),
    ("uneven_steps", lambda t, a, b: stretched(t, a, b) * lengths(t, a, b)),
    ("uneven_steps", lambda t, a, b: stretched(t, a / long(a), b / long(b)) * lengths(t, a, b)),
    ("uneven_steps", lambda t, a, b: hack.lerp(t, a, b) / np.sqrt(column(t) ** 2 + (1 - column(t)) ** 2)),
    ("not_normalized", with_angle(lambda a, b: np.arccos(np.clip(dots(a, b), -1, 1)))),
    ("not_normalized", with_angle(lambda a, b: np.arccos(dots(a, b)))),
    ("not_normalized", unless_flat),
    ("half_normalized", with_angle(lambda a, b: np.arccos(np.clip(dots(a, b) / long(a), -1, 1)))),
    ("half_normalized", with_angle(lambda a, b: np.arccos(np.clip(dots(a, b) / long(a) ** 2, -1, 1)))),
    *(("not_divided", path) for path in either(lambda t, a, b, angle: circle(t, a, b, angle) * np.sin(angle))),
    *(("degrees", path) for path in either(lambda t, a, b, angle: circle(t, a, b, np.degrees(angle)))),
    (
        "degrees",
        lambda t, a, b: (
            circle(t, a, b, np.degrees(angles_of(a, b))) * np.sin(np.degrees(angles_of(a, b))) / np.sin(angles_of(a, b))
        ),
    ),
    *(("right_angle", path) for path in either(lambda t, a, b, angle: circle(t, a, b, np.pi / 2))),
    *(("shortest_way", path) for path in either(shortest_way)),
    *(("half_the_angle", path) for path in either(lambda t, a, b, angle: circle(t, a, b, angle / 2))),
    (
        "sine_of_t",
        lambda t, a, b: (
            (np.sin(1 - column(t)) * angles_of(a, b) * a + np.sin(column(t)) * angles_of(a, b) * b)
            / np.sin(angles_of(a, b))
        ),
    ),
    (
        "cosines",
        lambda t, a, b: (
            (np.cos((1 - column(t)) * angles_of(a, b)) * a + np.cos(column(t) * angles_of(a, b)) * b)
            / np.cos(angles_of(a, b))
        ),
    ),
]

CIRCLES = {
    "straight_line": "Your points lie on the straight line. That is lerp; slerp weighs a and b by sines of the angle.",
    "uneven_steps": (
        "You take lerp's point and stretch it. The curve is right, the pace isn't: its angle does not grow evenly with "
        "t. Weigh a and b by sines instead."
    ),
    "unit_length": (
        "Your points have the length 1. Normalise a and b to find the *angle*; what the sines multiply are a and b as "
        "they are."
    ),
    "wrong_length": (
        "Your directions are right and a length isn't. A path leaves from a itself and arrives at b itself, whatever "
        "their lengths, and in between it is no shorter and no longer than both."
    ),
    "not_normalized": (
        "Your angle comes from a·b without division by the lengths, and that is no cosine: for points of length 1 "
        "alone your path is right."
    ),
    "half_normalized": "Your angle comes from a·b over one length. A cosine is a·b over the product of both lengths.",
    "degrees": "You take the sine of an angle in degrees. np.sin works in radians.",
    "right_angle": (
        "Your path is right for 90 degrees only: cosine and sine of t · 90°. Points at another angle are not reached. "
        "Measure the angle."
    ),
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
        if not _is_right(points, units).all() and np.all(_is_right(np.asarray(walk(answer, units)), units)):
            raise Wrong("not_normalized", shown)
        if not np.isfinite(points).all():
            raise Wrong("not_finite", shown, case=case)
        judge_alone(answer, t, a, b, points)
        if np.allclose(points, hack.lerp(t, a, b), atol=1e-6 + 1e-3 * long(a).max()):
            raise Wrong("straight_line", shown)
        if any(_are_along(points, way) for way in (direction(t, a, b), circle(t, a, b, angles_of(a, b)))):
            raise Wrong("wrong_length", shown)
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
    text += f"{long(each_a[i])[0]:.3g} and {long(each_b[i])[0]:.3g}: yours {_told(points[i], each_a[i])}"
    text += f", wanted {_told(rights[i], each_a[i])}."
    picture = None
    if points.shape[1] == 2 and len(points) > 1 and np.isfinite(points).all():
        from ganhacks import charts

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
        (
            "t_meets_coordinates",
            unaligned(
                lambda t, a, b: (
                    (np.sin((1 - t) * angles_of(a, b)) * a + np.sin(t * angles_of(a, b)) * b) / np.sin(angles_of(a, b))
                )
            ),
        ),
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
            "For b = -{factor} · a{at} your function {does}. Half a turn leads to b by any way round, and the sine of "
            "180 degrees, next to 0, says so. Raise a ValueError there (or pick one of the circles)."
        ),
        "other_exception": (
            "For opposite directions your function raises {found}. The docstring says ValueError: whoever calls slerp "
            "can catch that one."
        ),
        "parallel_array": (
            "For a and b in one direction your function takes one t and not an array of them. That case needs the same "
            "axis beside t; your lerp has it."
        ),
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
        a, b, _ = two_points(seed, dim, degrees, long_a, long_b, ("float64", "float32")[seed % 2])
        ends = (np.float64(-0.4), 1.5, np.array([-0.5, 0, 0.25, 1.5])) if long_a == long_b else ()
        inputs += [
            (t, a, b) for t in (0.25, 0, 1, 0.6, np.linspace(0, 1, dim), np.array([0, 1]), np.array([0.4]), *ends)
        ]
    judge_circle(answer, inputs)
    _judge_parallel(answer)
    _judge_antipodal(answer)


def _judge_parallel(answer):
    for factor, t in ((1.0, 0.3), (2.0, 0.5), (2.0, 1), (1.0 + 1e-9, 0.7), (2.0, np.array([0.0, 0.5, 1.0]))):
        for k in range(40):
            a = (3 * rng(k).standard_normal(6 + 2 * k)).astype(("f8", "f4")[k % 2])
            try:
                found = answer(t, a, a.dtype.type(factor) * a)
            except AnswerRaised as raised:
                if isinstance(raised.exception, (NameError, AttributeError)):
                    raise
                if np.ndim(t):
                    raise Wrong("parallel_array") from None
                raise Wrong("parallel_nan", does=f"raises {type(raised.exception).__name__}") from None
            if np.ndim(t) and np.shape(found) != (len(t), len(a)):
                raise Wrong("parallel_array")
            array(np.nan_to_num(found) if isinstance(found, np.ndarray) else found, (*np.shape(t), len(a)))
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
        details = {"factor": factor, "at": f" and {'an array of t' if np.ndim(t) else f't = {t:g}'}"}
        try:
            found = answer(t, a, -factor * a)
        except AnswerRaised as raised:
            if isinstance(raised.exception, (NameError, AttributeError)):
                raise
            if not isinstance(raised.exception, ValueError):
                raise Wrong("other_exception", found=type(raised.exception).__name__) from None
            continue
        found = np.atleast_2d(found)
        if not np.isfinite(found).all():
            raise Wrong("antipodal", does="returns NaN", **details)
        length, shortest = long(found)[:, 0], np.linalg.norm(a)
        if not (0.99 * shortest <= length).all() or not (length <= 1.01 * factor * shortest).all():
            worst = length[np.argmax(np.abs(np.log(length / shortest + 1e-30)))]
            does = f"returns a point of length {worst:.3g}, where a has {shortest:.3g}"
            raise Wrong("antipodal", does=does, **details)
        turned = np.degrees(angles_of(found, a))[:, 0]
        if not np.allclose(turned, 180 * np.atleast_1d(t), atol=2):
            does = f"returns a point that has turned by {turned[0]:.0f} degrees from a"
            raise Wrong("antipodal", does=does, **details)


# ---- find the bug: a slerp for generators that normalise what they are given


def unit_slerp_pairs(t, a, b):
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    angle = np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True), -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def down(z):
    return z / np.linalg.norm(z, axis=0)


def by_column(x, y, axis, back=lambda points, t, a, b: points):
    """Make a path whose angles come from columns: of x(a) and y(b), summed along an axis."""

    def path(t, a, b):
        angle = np.arccos(np.clip(np.sum(x(a) * y(b), axis=axis, keepdims=True), -1, 1))
        return back(circle(t, a, b, angle), t, a, b)

    return path


def unit_rows(z):
    return z / long(z)


def as_it_is(z):
    return z


def of_the_batch(t, a, b):
    angle = np.arccos(np.clip(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))
    return circle(t, a, b, angle)


def sum_of_the_batch(t, a, b):
    return circle(t, a, b, np.arccos(np.clip(np.sum(unit_rows(a) * unit_rows(b)), -1, 1)))


def flat_angles(t, a, b):
    angle = angles_of(a, b)[:, 0]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@exercise(
    hack.slerp_pairs,
    given=unit_slerp_pairs,
    praise="Each pair has its own angle, and its ends are its own two points, with their lengths.",
    slips=[
        ("no_axis_kept", flat_angles),
        ("one_angle", of_the_batch),
        ("one_angle", sum_of_the_batch),
        *(("by_column", by_column(x, x, axis)) for x, axis in ((down, 0), (down, 1), (unit_rows, 0), (as_it_is, 0))),
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
            "Your points still have the length 1; a and b have other lengths. Directions are all "
            "that the angle needs. The generator needs the lengths too: bring them back."
        ),
        "lengths_swapped": (
            "Your directions are right, and the lengths of a and b have changed places. Which of them belongs to 1 - t?"
        ),
        "one_angle": (
            "What you return for a pair depends on the other pairs of the batch: a length, or a sum, was taken over "
            "all of it. Each row is a pair with an angle of its own: axis=1, keepdims=True."
        ),
        "by_column": (
            "You measure lengths or angles down the columns. A point is a row: sum over its numbers, axis=1, "
            "keepdims=True."
        ),
        "no_axis_kept": (
            "One number for each pair has the shape (n,), and (n, dim) needs (n, 1) beside it: keepdims=True, or "
            "`[:, None]`."
        ),
    },
    hints=(
        "How long are the points that this function returns, and how long are those that it is given? Which line loses "
        "their lengths?",
        "Keep the normalised points for the angle alone, under other names. What the sines multiply can be a and b as "
        "they came; or give the direction a length between the two.",
        "Either unit_a = a / ..., unit_b = b / ... in the first two lines; or lengths_a = ... before a is divided, and "
        "at the end times a length between the two",
    ),
)
def check_slerp_pairs(answer):
    inputs = []
    for seed, (n, dim) in enumerate(((1, 2), (6, 4), (5, 100), (5, 5), (1, 3))):
        # Very different angles and lengths, so that one of them for all is seen.
        pairs = [two_points(10 * seed + i, dim, 40 + 17 * i, 2 + 0.9 * i, 2.5 + i + i % 2)[:2] for i in range(n)]
        inputs += [(t, *map(np.array, zip(*pairs))) for t in (0.25, 0.5, 0, 1, np.float64(0.8))]
    alike = two_points(3, 4, 100, 3, 3)[:2]
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
            if isinstance(raised.exception, ValueError) and any(
                w in raised.error for w in ("broadcast", "matmul", "aligned")
            ):
                raise Wrong("no_axis_kept") from None
            raise

    judge_circle(Through(answer, axis_kept), inputs, fits)
