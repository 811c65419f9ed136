"""Lab 14, spherical interpolation: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, told
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
        "Your path runs backwards: at t = {t:g} it is where it should be at {mirrored:g}. It has to be at a for t = 0, "
        "at b for 1. Which of the two belongs to 1 - t?"
    ),
    "ignores_t": "Your point is the same for every t. It has to move from a, at t = 0, to b, at t = 1.",
    "stops_at_the_ends": (
        "At t = {t:g} your function {does}. Here a path goes on beyond its ends, below 0 and above 1: leave t as it "
        "is given."
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
        "For {k} values of t and points of {dim} numbers, NumPy pairs each t with a *coordinate*. Each t needs a whole "
        "point: give t the shape ({k}, 1), by `[:, None]` or, for a number too, `[..., None]` after np.asarray."
    ),
    "transposed": "Your array is {found}: a point in each column. Wanted a point in each row: {wanted}.",
    "row_for_one": (
        "For a single t your function returns the shape {found}: a table of one row. Wanted the point itself, "
        "{wanted}. np.outer and reshape(-1, 1) do that to a number."
    ),
}


def point_at(answer, t, a, b):
    """Return what a student's path says at a single t, as an array (dim,) that may hold NaN."""
    try:
        found = answer(t, a, b)
    except AnswerRaised as raised:
        slips = ("'float' object", "of type 'float' has no", "too many indices", "bounds for array of dimension")
        if any(words in raised.error for words in slips):
            raise Wrong("needs_an_array", error=raised.error[:120]) from None
        if not 0 <= t <= 1 and isinstance(raised.exception, (ValueError, AssertionError)):
            raise Wrong("stops_at_the_ends", t=t, does="raises an exception") from None
        raise
    if isinstance(found, np.ndarray) and found.shape == (1, len(a)):
        raise Wrong("row_for_one", found=found.shape, wanted=a.shape)
    array(np.nan_to_num(found) if isinstance(found, np.ndarray) else found, a.shape, f" for t = {t:g}")
    return found.astype("float64")


def judge_arrays_of_t(answer, points):
    """Judge whether a path takes arrays of t: what it says to each alone, it has to say to all of them at once."""
    a, b = points
    dim = len(a)
    for t in (np.array([0.0, 0.2, 0.7, 1.3]), np.linspace(0, 1, dim), np.array([0.4])):
        try:
            found = answer(t, a, b)
        except AnswerRaised as raised:
            if "truth value" in raised.error or "Python scalars" in raised.error or "be converted" in raised.error:
                raise Wrong("one_t_only", error=raised.error[:120]) from None
            if isinstance(raised.exception, ValueError) and any(
                words in raised.error for words in ("broadcast", "shape", "aligned", "dimension mismatch")
            ):
                raise Wrong("t_meets_coordinates", k=len(t), dim=dim) from None
            raise
        if isinstance(found, np.ndarray) and found.shape == (dim, len(t)) and len(t) != dim:
            raise Wrong("transposed", found=found.shape, wanted=(len(t), dim))
        if isinstance(found, np.ndarray) and found.shape == (dim,) and len(t) == dim:
            raise Wrong("t_meets_coordinates", k=len(t), dim=dim)
        found = array(found, (len(t), dim), f" for t of shape {t.shape}")
        each = np.array([point_at(answer, float(one), a, b) for one in t])
        if not np.allclose(found, each, atol=1e-3):
            flipped = len(t) == dim and np.allclose(found.T, each, atol=1e-3)
            raise Wrong("t_meets_coordinates" if flipped or len(t) == dim else "array_differs", k=len(t), dim=dim)


# ---- the straight line


@exercise(
    hack.lerp,
    praise="From a to b and beyond, for one t and for many.",
    misconceptions={
        **PATHS,
        "weights_do_not_add_up": (
            "From a point to itself your path wanders: where it should stay at {wanted:.2f}, it is at {found:.2f}. The "
            "shares of a and b have to add up to 1 at every t."
        ),
        "array_differs": "For {k} values of t at once you give other points than for each of them alone.",
        "differs": (
            "At t = {t:g} a coordinate that goes from {start:.2f} to {end:.2f} is {found:.2f} in your result; wanted "
            "{wanted:.2f}."
        ),
    },
    hints=(
        "What share of a is in the point at t = 0.25, and what share of b? And for five values of t, which shape must "
        "t have, so that each meets a whole point?",
        "(1 - t) parts of a and t parts of b. With t of shape (k, 1) and a of shape (dim,), NumPy makes (k, dim).",
        "t = np.asarray(t)[..., ...], and then (1 - t) * ... + t * ...",
    ),
)
def check_lerp(answer):
    for seed, dim in enumerate((6, 3, 1, 100)):
        a, b = 3 * rng(seed).standard_normal((2, dim)) + 1
        for t in (0.25, 0.6, 0, 1, np.float64(0.9), -0.5, 1.75):
            found, wanted = point_at(answer, t, a, b), (1 - t) * a + t * b
            if np.allclose(found, wanted, rtol=1e-4, atol=1e-4):
                continue
            if np.allclose(found, t * a + (1 - t) * b, rtol=1e-4, atol=1e-4):
                raise Wrong("swapped", t=t, mirrored=1 - t)
            if np.allclose(found, hack.lerp(np.clip(t, 0, 1), a, b), rtol=1e-4, atol=1e-4):
                raise Wrong("stops_at_the_ends", t=t, does="stays at an end")
            if np.allclose(found, point_at(answer, 0.1, a, b)) and np.allclose(found, point_at(answer, 0.8, a, b)):
                raise Wrong("ignores_t")
            stays = point_at(answer, t, a, a)
            if not np.allclose(stays, a, rtol=1e-3):
                raise Wrong("weights_do_not_add_up", found=stays[0], wanted=a[0])
            raise Wrong("differs", t=t, start=a[0], end=b[0], found=found[0], wanted=wanted[0])
    for seed in (1, 2):
        judge_arrays_of_t(answer, rng(seed).standard_normal((2, 4 + seed)))


# ---- the angle


@exercise(
    hack.angle_between,
    praise="An angle whatever the lengths, and 0, not NaN, between a point and itself.",
    misconceptions={
        "not_normalized": (
            "Your angle depends on how long the points are: twice as long, another angle, or NaN. Divide a·b by *both* "
            "lengths first; only then is it a cosine."
        ),
        "half_normalized": (
            "Your angle still depends on the length of one point: you divided by one length, or by one of them twice. "
            "A cosine is a·b over the product of both."
        ),
        "not_clipped": (
            "Between a point and {what}, {times} of {tries} times you get NaN, or math.acos raises an error. Rounding "
            "makes the cosine 1.0000000000000002, and no angle has that: clip it to [-1, 1]."
        ),
        "degrees": "Your angle is in degrees: {found:.1f} where {wanted:.3f} is wanted. np.sin works in radians.",
        "cosine": "You return the cosine, {found:.3f}. The angle is its inverse: np.arccos.",
        "arcsine": (
            "You return a right angle minus the angle: that is the arcsine of the cosine. The inverse of the cosine is "
            "np.arccos."
        ),
        "at_most_a_right_angle": (
            "Your angle never exceeds 90 degrees: the sign of a·b is lost, by abs(), by a square or by a clip at 0. A "
            "cosine goes down to -1."
        ),
        "epsilon": (
            "For points of length {length:g} your function says {found:.3f}; wanted {wanted:.3f}. Did you add an "
            "epsilon to the lengths? It changes the angle of short points. No length is 0 here; clip, and that is all."
        ),
        "each_coordinate": (
            "Your function returns {found}. There is one angle between two points: multiply coordinate by coordinate, "
            "then *sum*; `a @ b` does both."
        ),
        "not_a_number": "Your function returns {found}; wanted a number, in radians.",
        "differs": "Between two points at {wanted:.3f} radians your function says {found:.3f}.",
    },
    hints=(
        "Two points have the dot product a·b. What does it have to be divided by, so that only their directions count?",
        "By both lengths: np.linalg.norm of each. Rounding can take that a bit beyond 1, so np.clip, then np.arccos.",
        "cosine = a @ b / (np.linalg.norm(...) * ...), then clip it, then the inverse of the cosine",
    ),
)
def check_angle_between(answer):
    for seed, (dim, degrees, long_a, long_b) in enumerate(
        ((5, 70, 0.6, 0.7), (5, 70, 3, 2), (2, 130, 1, 4), (100, 95, 10, 10), (3, 20, 1, 1), (7, 165, 0.5, 9))
        + ((4, 50, 1e-4, 1e-4),)
    ):
        for dtype in ("float64", "float32"):
            a, b, wanted = two_points(seed, dim, degrees, long_a, long_b, dtype)
            try:
                found = answer(a, b)
            except AnswerRaised as raised:
                if isinstance(raised.exception, ValueError) and ("domain" in raised.error or "range" in raised.error):
                    raise Wrong("not_normalized") from None
                raise
            found = _number(found, dim)
            if not np.isclose(found, wanted, atol=2e-3):
                raise Wrong(_why_other_angle(found, a, b, wanted), found=found, wanted=wanted, length=long_a)
    for what, factor in {"itself": 1.0, "three times itself": 3.0, "its opposite": -1.0}.items():
        points = [(100**0.5 * rng(k).standard_normal(7 + k % 90)).astype(("f8", "f4")[k % 2]) for k in range(200)]
        times, far = 0, 0.0
        for a in points:
            try:
                found = _number(answer(a, a.dtype.type(factor) * a), len(a))
            except AnswerRaised as raised:
                if not isinstance(raised.exception, ValueError):
                    raise
                found = np.nan
            times += int(not np.isfinite(found))
            far = max(far, abs(found - (0 if factor > 0 else np.pi))) if np.isfinite(found) else far
        if times:
            raise Wrong("not_clipped", what=what, times=times, tries=len(points))
        if far > 0.02:
            raise Wrong("differs", found=far if factor > 0 else np.pi - far, wanted=0.0 if factor > 0 else np.pi)


def _number(found, dim):
    if found is None:
        raise Wrong("returns_nothing")
    if isinstance(found, np.ndarray) and found.shape == (dim,) and dim > 1:
        raise Wrong("each_coordinate", found=told(found))
    try:
        assert np.ndim(found) == 0 and not isinstance(found, (bool, str))
        return float(found)
    except Exception:
        raise Wrong("not_a_number", found=told(found)) from None


def _why_other_angle(found, a, b, wanted):
    """Name the misconception behind a wrong angle."""
    dot, long_a, long_b, cosine = float(a @ b), np.linalg.norm(a), np.linalg.norm(b), np.cos(wanted)
    if long_a < 1e-3:
        return "epsilon"  # right for longer points, as the cases before this one say

    def is_like(value):
        return np.isclose(found, value, atol=2e-3)

    def angle(cosine):
        return np.arccos(np.clip(cosine, -1, 1))

    if not np.isfinite(found) or is_like(angle(dot)) or is_like(dot):
        return "not_normalized"
    if is_like(np.degrees(wanted)):
        return "degrees"
    if is_like(cosine):
        return "cosine"
    if is_like(np.pi / 2 - wanted):
        return "arcsine"
    if any(map(is_like, np.arccos([abs(cosine), cosine**2, max(cosine, 0)]))):
        return "at_most_a_right_angle"
    if any(is_like(angle(dot / divisor)) for divisor in (long_a, long_b, long_a**2, long_b**2)):
        return "half_normalized"
    return "differs"


# ---- the great circle


def white(t, a, b, angle):
    """White's formula, whose weights are those of Shoemake."""
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def great_circles(t, a, b, angle):
    """Return every result that passes at one t: White's, and even turning with lengths that change evenly."""
    long_a, long_b = np.linalg.norm(a), np.linalg.norm(b)
    direction = white(t, a / long_a, b / long_b, angle)
    return [
        white(t, a, b, angle),
        direction * ((1 - t) * long_a + t * long_b),
        direction * long_a ** (1 - t) * long_b**t,
    ]


def _cosine(x, y):
    return float(x @ y / max(np.linalg.norm(x) * np.linalg.norm(y), 1e-12))


def _degrees_between(x, y):
    return float(np.degrees(np.arccos(np.clip(_cosine(x, y), -1, 1))))


CIRCLES = {
    "straight_line": (
        "Your points lie on the straight line: at t = {t:g} one has the length {found:.2f}, and a and b have "
        "{wanted:.2f}. That is lerp. The weights of a and b are sines of the angle."
    ),
    "uneven_steps": (
        "You take lerp's point and stretch it. The curve is right, the pace isn't: of an angle of {angle:.0f} degrees, "
        "at t = {t:g} yours has turned by {found:.1f}, an even pace by {wanted:.1f}. Weigh a and b by sines instead."
    ),
    "unit_length": (
        "Your points have the length 1. Normalise a and b to find the *angle*; what the sines multiply are a and b as "
        "they are, of length {wanted:.2f}."
    ),
    "wrong_length": (
        "Your directions are right and a length isn't: at t = {t:g} it is {found:.2f}; wanted {wanted:.2f}. A path "
        "leaves from a itself and arrives at b itself, whatever their lengths."
    ),
    "not_normalized": (
        "For points of length 1 your path is right; for longer ones it isn't. Your angle comes from a·b without "
        "division by the lengths, and that is no cosine."
    ),
    "degrees": "You take the sine of an angle in degrees. np.sin works in radians.",
    "right_angle": (
        "Your path is right for 90 degrees only: cosine and sine of t · 90°. These points are {angle:.0f} degrees "
        "apart, so it doesn't arrive at b. Measure the angle."
    ),
    "not_divided": (
        "At t = 0 your path starts at {found:.2f} of a's length. Both weights still have to be divided by the sine "
        "of the whole angle."
    ),
    "shortest_way": (
        "Your path ends at -b where the angle is wider than 90 degrees. Turning b round is right for quaternions, "
        "of which q and -q are the same rotation. The latent points b and -b are two different images."
    ),
    "differs": (
        "At t = {t:g}, between points {angle:.0f} degrees apart, yours is {found:.1f} degrees from a and has the "
        "length {length:.2f}; wanted {wanted:.1f} degrees and {wanted_length:.2f}."
    ),
}


@exercise(
    hack.slerp,
    praise="Even turning, the right lengths, and an answer for points in one direction and in opposite ones.",
    misconceptions={
        **PATHS,
        **CIRCLES,
        "parallel_nan": (
            "For a and b in one direction your function {does}. Two traps lie there: rounding makes the cosine "
            "1.0000000000000002, so clip it; and the sine of 0 divides by 0, so take lerp where the angle is next to 0."
        ),
        "parallel_other": (
            "For b = {factor:g} · a, at t = {t:g}, your point has {found:.2f} times the length of a; wanted "
            "{wanted:.2f}. Points in one direction have lerp between them."
        ),
        "antipodal": (
            "For b = -{factor} · a your function {does}. Half a turn leads to b by any way round, and the sine of 180 "
            "degrees, next to 0, says so. Raise a ValueError there (or pick one of the circles)."
        ),
        "parallel_array": (
            "For a and b in one direction your function takes one t and not an array of them. That case needs the same "
            "axis beside t; your lerp has it."
        ),
        "array_differs": "For {k} values of t at once you give other points than for each of them alone.",
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
    cases = ((6, 70, 3, 3), (3, 140, 1.7, 1.7), (100, 95, 10, 10), (2, 35, 5, 5), (5, 60, 2, 3), (9, 100, 4, 3))
    cases += ((4, 15, 2, 2), (7, 160, 3, 3))
    for seed, (dim, degrees, long_a, long_b) in enumerate(cases):
        a, b, angle = two_points(seed, dim, degrees, long_a, long_b, ("float64", "float32")[seed % 2])
        for t in (0.25, 0, 1, 0.6) + (np.float64(0.9), -0.4, 1.5) * (long_a == long_b):
            found = point_at(answer, t, a, b)
            if not any(np.allclose(found, right, atol=3e-3 * long_a) for right in great_circles(t, a, b, angle)):
                raise _why_other_path(answer, t, a, b, angle, found)
    _judge_parallel(answer)
    _judge_antipodal(answer)
    for seed in (1, 2):
        judge_arrays_of_t(answer, two_points(seed, 4 + seed, 80 + 20 * seed, 2, 2)[:2])
    a = rng(3).standard_normal(6)
    try:
        judge_arrays_of_t(answer, (a, 2 * a))
    except (Wrong, AnswerRaised):
        raise Wrong("parallel_array") from None


def _why_other_path(answer, t, a, b, angle, found):
    """Return what is wrong with a point that lies on no great circle from a to b."""
    long_a, long_b = np.linalg.norm(a), np.linalg.norm(b)
    unit_a, unit_b, degrees = a / long_a, b / long_b, np.degrees(angle)
    ways = white(t, a, b, angle), white(t, unit_a, unit_b, angle)  # two directions, if the lengths differ
    lines = hack.lerp(t, a, b), hack.lerp(t, unit_a, unit_b)
    length, wanted = np.linalg.norm(found), np.linalg.norm(ways[0])

    def is_like(*points):
        return any(np.allclose(found, point, atol=3e-3 * long_a) for point in points)

    def is_along(points):
        return any(_cosine(found, point) > 1 - 1e-7 for point in points)

    if is_like(*great_circles(1 - t, a, b, angle)):
        return Wrong("swapped", t=t, mirrored=1 - t)
    if angle > np.pi / 2 and is_like(*great_circles(t, a, -b, np.pi - angle)):
        return Wrong("shortest_way")
    if is_like(*great_circles(np.clip(t, 0, 1), a, b, angle)):
        return Wrong("stops_at_the_ends", t=t, does="stays at an end")
    if is_along(ways) and abs(length - 1) < 1e-3:
        return Wrong("unit_length", wanted=long_a)
    if is_like(np.sin(angle) * ways[0], np.sin(angle) * ways[1]):
        return Wrong("not_divided", found=np.linalg.norm(point_at(answer, 0, a, b)) / long_a)
    if not is_along(ways) and np.allclose(point_at(answer, t, unit_a, unit_b), ways[1], atol=3e-3):
        return Wrong("not_normalized")
    if is_like(lines[0]):
        return Wrong("straight_line", t=t, found=length, wanted=long_a)
    if is_like(white(t, a, b, degrees), white(t, a, b, degrees) * np.sin(degrees) / np.sin(angle)):
        return Wrong("degrees")
    if is_like(np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b):
        return Wrong("right_angle", angle=degrees)
    if not np.isfinite(found).all():
        return Wrong("not_finite", case=f" for t = {t:g}")
    if all(np.allclose(found, point_at(answer, other, a, b)) for other in (0.1, 0.8)):
        return Wrong("ignores_t")
    turned = _degrees_between(found, a)
    if is_along(lines) and not is_along(ways):
        return Wrong("uneven_steps", angle=degrees, t=t, found=turned, wanted=t * degrees)
    if is_along(ways):
        return Wrong("wrong_length", t=t, found=length, wanted=wanted)
    angles = {"angle": degrees, "found": turned, "wanted": _degrees_between(ways[0], a)}
    return Wrong("differs", t=t, length=length, wanted_length=wanted, **angles)


def _judge_parallel(answer):
    for factor, t in ((1.0, 0.3), (2.0, 0.5), (2.0, 1), (1.0 + 1e-9, 0.7)):
        for k in range(40):
            a = (3 * rng(k).standard_normal(6 + 2 * k)).astype(("f8", "f4")[k % 2])
            wanted = 1 - t + t * factor
            try:
                found = point_at(answer, t, a, a.dtype.type(factor) * a)
            except AnswerRaised as raised:
                if isinstance(raised.exception, (NameError, AttributeError, TypeError)):
                    raise
                raise Wrong("parallel_nan", does=f"raises {type(raised.exception).__name__}") from None
            if not np.isfinite(found).all():
                raise Wrong("parallel_nan", does="returns NaN")
            if not any(np.allclose(found, right * a, rtol=2e-3, atol=2e-2) for right in (wanted, factor**t)):
                length = float(found @ a / (a @ a))
                raise Wrong("parallel_other", factor=factor, t=t, found=length, wanted=wanted)


def _judge_antipodal(answer):
    for seed, dim in enumerate((4, 100)):
        a = 2 * rng(seed).standard_normal(dim)
        for factor, t in ((1, 0.25), (1, 0.5), (1, 0.8), (2, 0.25), (2, 0.8)):
            try:
                found = point_at(answer, t, a, -factor * a)
            except AnswerRaised as raised:
                if isinstance(raised.exception, (NameError, AttributeError, TypeError)):
                    raise
                continue
            length, shortest = np.linalg.norm(found), np.linalg.norm(a)
            if not np.isfinite(found).all():
                raise Wrong("antipodal", factor=factor, does="returns NaN")
            if not 0.99 * shortest <= length <= 1.01 * factor * shortest:
                does = f"returns a point of length {length:.3g} at t = {t:g}, where a has {shortest:.3g}"
                raise Wrong("antipodal", factor=factor, does=does)


# ---- find the bug: a slerp for generators that normalise what they are given


def unit_slerp_pairs(t, a, b):
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    angle = np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True), -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@exercise(
    hack.slerp_pairs,
    given=unit_slerp_pairs,
    praise="Each pair has its own angle, and its ends are its own two points, with their lengths.",
    misconceptions={
        **CIRCLES,
        **{name: PATHS[name] for name in ("swapped", "ignores_t")},
        "unit_length": (
            "Your points still have the length 1; a and b have other lengths, such as {wanted:.2f}. Directions are all "
            "that the angle needs. The generator needs the lengths too: bring them back."
        ),
        "lengths_swapped": (
            "At t = {t:g} a direction is right and its length, {found:.2f}, is that of {mirrored:g}: the lengths of a "
            "and b have changed places. Which of them belongs to 1 - t?"
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
    for seed, (n, dim) in enumerate(((6, 4), (5, 100), (5, 5), (1, 3))):
        # Very different angles and lengths, so that one of them for all is seen.
        pairs = [two_points(10 * seed + i, dim, 40 + 17 * i, 2 + 0.9 * i, 2.5 + i + i % 2) for i in range(n)]
        a, b, angles = (np.array(parts) for parts in zip(*pairs))
        for t in (0.25, 0.5, 0, 1, 0.8):
            try:
                found = answer(t, a, b)
            except AnswerRaised as raised:
                slips = ("broadcast", "matmul", "aligned")
                if isinstance(raised.exception, ValueError) and any(words in raised.error for words in slips):
                    raise Wrong("no_axis_kept") from None
                raise
            finite = np.nan_to_num(found) if isinstance(found, np.ndarray) else found
            array(finite, (n, dim), f" for a and b of shape {a.shape}")
            for i, row in enumerate(found):
                rights = great_circles(t, a[i], b[i], angles[i])
                if not any(np.allclose(row, right, rtol=3e-3, atol=1e-2) for right in rights):
                    raise _why_other_pairs(answer, t, a, b, angles, found, i)


def _why_other_pairs(answer, t, a, b, angles, found, i):
    """Return what is wrong with a batch of points whose row i lies on no great circle from a[i] to b[i]."""

    def alone(t, a, b):
        return answer(t, a[None], b[None])[0]

    long_a, long_b = (np.linalg.norm(z, axis=1, keepdims=True) for z in (a, b))
    down_a, down_b = a / np.linalg.norm(a, axis=0), b / np.linalg.norm(b, axis=0)
    unit_a, unit_b = a / long_a, b / long_b
    with np.errstate(all="ignore"):
        for x, y, axis in ((down_a, down_b, 0), (down_a, down_b, 1), (unit_a, unit_b, 0), (a, b, 0)):
            angle = np.arccos(np.clip(np.sum(x * y, axis=axis, keepdims=True), -1, 1))
            points = [white(t, p, q, angle) for p, q in ((a, b), (unit_a, unit_b), (down_a, down_b))]
            points.append(points[1] * hack.lerp(t, long_a[:, 0], long_b[:, 0])[:, None])
            if len(a) > 1 and any(np.allclose(found, some, atol=1e-2, equal_nan=True) for some in points):
                return Wrong("by_column")
    rights = great_circles(t, a[i], b[i], angles[i])
    if any(np.allclose(alone(t, a[i], b[i]), right, rtol=3e-3, atol=1e-2) for right in rights):
        return Wrong("one_angle")
    mirrored = hack.lerp(1 - t, long_a[i], long_b[i])[0]
    direction = white(t, unit_a[i], unit_b[i], angles[i])
    if np.allclose(found[i], direction * mirrored, atol=1e-2):
        return Wrong("lengths_swapped", t=t, found=mirrored, mirrored=1 - t)
    return _why_other_path(alone, t, a[i], b[i], angles[i], found[i])
