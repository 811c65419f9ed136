"""Lab 08, a Gaussian latent space: what a right answer must show, how people get it wrong, and the hints."""

import math
import re

import numpy as np

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import latents
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import apart, judge, short
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import array
from ganhacks.hacks import gaussian_latent as hack

PARAMETERS = {
    "n_points": Parameter("points of a cloud", 100, 1_000_000),
    "steps": training_steps("on the ring"),
    "deep_steps": training_steps("of the deeper networks"),
    "late_steps": training_steps("in the end"),
    "n_looks": Parameter("pictures of a training", 2, 10),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "gaussian_latent")

PREDICTION = {
    "choices": {
        "a": "most of them, because that is where the density is highest.",
        "b": "about as many as lie between 5 and 15.",
        "c": "none.",
    },
    "answer": "c",
    "remarks": {
        "a": "That would be so if density were a share of points. A share is density times room.",
        "b": "That would be so if lengths spread as widely as coordinates do. A sum of 100 squares hardly varies.",
    },
    "why": (
        "The density is highest at the origin, and there is next to no room there: the ball of radius 5 has 1/2^100 of "
        "the volume of the ball of radius 10. Squared, the length is a sum of 100 squares that are 1 on average, so it "
        "stays near 100, and the length near 10."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the points


@exercise(
    hack.latent_points,
    praise="A point in each row, N(0, 1) in every coordinate, and all of it from `rng`.",
    misconceptions={
        **latents.MISCONCEPTIONS,
        "transposed": (
            "Your array is {found}: a point in each column. Published functions often take latent_dim first; here n, "
            "the number of points, comes first, in the arguments and in the shape: {wanted}."
        ),
        "on_the_sphere": (
            "All of your points lie at the distance {radius:.2f} from the origin: you put them on a sphere. That is an "
            "exercise further down; here every number is N(0, 1), whatever the length comes to."
        ),
    },
    hints=(
        "Which method of a numpy.random.Generator draws from a normal distribution, and how is it told the shape?",
        "A point in each row means the shape (n, dim), and the method takes a shape as one argument, a tuple.",
        "return rng.standard_normal((n, ...))  # and the other number in place of the dots",
    ),
)
def check_latent_points(answer):
    latents.judge_latents(answer)


# ---- their lengths


def points(seed, n, dim):
    """Return points of many lengths, whose numbers are not 0 on average."""
    return rng(seed).standard_normal((n, dim)) * rng(seed).uniform(0.3, 2, (n, 1)) + 0.3


#: A point that one can do by hand, none but one, one alone, as many as numbers, more numbers than 100, very near, far.
POINTS = [np.array([[3.0, 4.0], [-1.0, 0.0]]), np.zeros((1, 3)), np.array([[-2.0]])]
POINTS += [points(i, *shape) for i, shape in enumerate(((7, 3), (4, 4), (1, 5), (3, 1), (200, 100), (3, 300)))]
POINTS += [points(9, 5, 4).astype("float32"), 1e-6 * points(10, 3, 2), 1e6 * points(11, 3, 2)]


@exercise(
    hack.lengths,
    praise="One length for each point: the root of the sum of its squares.",
    slips=[
        ("by_column", lambda z: np.linalg.norm(z, axis=0)),
        ("one_number", lambda z: np.linalg.norm(z)),
        ("one_number", lambda z: np.sqrt((z**2).mean())),
        ("one_number", lambda z: (z**2).sum()),
        ("one_number", lambda z: np.linalg.norm(z, 1)),
        ("keeps_the_axis", lambda z: np.linalg.norm(z, axis=1, keepdims=True)),
        ("squared", lambda z: (z**2).sum(axis=1)),
        ("half_not_root", lambda z: (z**2).sum(axis=1) / 2),
        ("mean_for_sum", lambda z: np.sqrt((z**2).mean(axis=1))),
        ("deviation", lambda z: z.std(axis=1)),
        ("deviation", lambda z: z.std(axis=1) * np.sqrt(z.shape[1])),
        ("sum_of_sizes", lambda z: np.abs(z).sum(axis=1)),
        ("largest", lambda z: np.abs(z).max(axis=1)),
        ("signed_sum", lambda z: z.sum(axis=1)),
        ("signed_sum", lambda z: np.abs(z.sum(axis=1))),
        ("divided_by_dim", lambda z: np.linalg.norm(z, axis=1) / z.shape[1]),
        ("always_root_dim", lambda z: np.full(len(z), np.sqrt(z.shape[1]))),
        ("pairwise", lambda z: np.linalg.norm(np.diff(z, axis=0), axis=1)),
        ("first_numbers", lambda z: np.hypot(z[:, 0], z[:, -1])),
        *(("never_zero", lambda z, e=e: np.sqrt((z**2).sum(axis=1) + e)) for e in (1e-6, 1e-7, 1e-8, 1e-10, 1e-12)),
        *(("never_zero", lambda z, e=e: np.linalg.norm(z, axis=1) + e) for e in (1e-6, 1e-7, 1e-8)),
        ("centred", lambda z: np.linalg.norm(z - z.mean(axis=0), axis=1)),
    ],
    misconceptions={
        "by_column": (
            "Your result has a length for each column. A point is a row, so sum over the numbers of a row: axis 1."
        ),
        "one_number": "Your result is one number for all points together. Say which axis, and you get one for each.",
        "keeps_the_axis": "Your result is a column of shape (n, 1); wanted (n,). Leave `keepdims` out.",
        "squared": "Your numbers are the squares of the lengths. Take the root.",
        "half_not_root": (
            "You took half of the sum of squares, not its root: Python reads `**1/2` as (…**1) / 2. Write `** 0.5`, or "
            "take np.sqrt."
        ),
        "mean_for_sum": ("You took the mean of the squares, not their sum: that gives the length divided by √dim."),
        "deviation": (
            "You took the standard deviation of each point's numbers, which subtracts their mean first. A length is "
            "measured from the origin: the root of the sum of squares."
        ),
        "sum_of_sizes": (
            "You added up the sizes of the numbers, without squaring: the way along the axes, not the straight one."
        ),
        "largest": "You took the largest number of each point. Its length takes all of them: square, sum, root.",
        "signed_sum": "You added up the numbers, and positive ones cancel negative ones. Square them first.",
        "divided_by_dim": "Your lengths are divided by dim. The length is the root of the sum, and nothing more.",
        "always_root_dim": (
            "You return √dim, which is near the length of a Gaussian point. Measure each point: it may be anywhere."
        ),
        "pairwise": "You measured the way from each point to the next. A length goes from the origin to the point.",
        "centred": "You subtracted the mean of all points first. A length is measured from the origin.",
        "never_zero": (
            "You add something small, so that no length is 0. The origin lies 0 from itself: take the root of the sum."
        ),
        "first_numbers": (
            "Your lengths leave out some of a row's numbers. A length takes all `dim` of them, also for large `dim`."
        ),
    },
    hints=(
        "How far is (3, 4) from the origin, and how did you get there? And which axis of z holds the numbers of a "
        "point?",
        "Square, sum over axis 1, root; or np.linalg.norm, which does the three and has to be told the axis as well.",
        "return np.linalg.norm(z, ...)  # and the axis in place of the dots",
    ),
)
def check_lengths(answer):
    def fits(found, wanted, case):
        if isinstance(found, (float, np.number)):
            raise Wrong("one_number")
        array(found, wanted.shape, case)
        # Of two points the second moves along its last axis: who measures from the other points sees that as well.
        far = [np.asarray(answer(np.r_["-1", np.ones((2, 299)), [[0.0], [last]]])) for last in (0.0, 9.0)]
        if np.array_equal(*far):
            raise Wrong("first_numbers")

    judge(answer, [(z,) for z in POINTS], atol=1e-9, rtol=1e-4, fits=fits)


# ---- the sphere


def _scaled(factor):
    """Return the function that divides each point by its length and multiplies it by factor(z)."""
    return lambda z: z / np.linalg.norm(z, axis=1, keepdims=True) * factor(z)


def _clipped(z, least, most):
    """Return the points moved to the sphere, but by no factor beyond two limits."""
    return z * np.clip(np.sqrt(z.shape[1]) / np.linalg.norm(z, axis=1, keepdims=True), least, most)


def _where_square(z):
    """Return the points divided by flat lengths where these fit: n = dim."""
    length = np.linalg.norm(z, axis=1)
    return z / (length if len(z) == z.shape[1] else length[:, None]) * np.sqrt(z.shape[1])


SPHERES = [np.array([[3.0, 4.0], [-0.1, -0.2], [-2.0, 1.0]]), np.array([[-0.5]])]
SPHERES += [points(i, *shape) for i, shape in enumerate(((6, 3), (5, 5), (1, 4), (60, 100), (3, 300)))]
SPHERES += [points(7, 5, 4).astype("float32"), 1e4 * points(9, 3, 4)]


def _mean_length(dim):
    return math.sqrt(2) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))


@exercise(
    hack.on_sphere,
    praise="Every point keeps its direction, and all lie at the distance √dim.",
    slips=[
        ("unit_sphere", _scaled(lambda z: 1)),
        ("radius_dim", _scaled(lambda z: z.shape[1])),
        ("half_not_root", _scaled(lambda z: z.shape[1] / 2)),
        ("fixed_radius", _scaled(lambda z: 10)),
        ("fixed_radius", _scaled(lambda z: np.sqrt(len(z)))),
        ("mean_length", _scaled(lambda z: _mean_length(z.shape[1]))),
        ("one_factor", lambda z: z / np.linalg.norm(z)),
        ("one_factor", lambda z: z / np.linalg.norm(z) * np.sqrt(z.shape[1])),
        ("one_factor", lambda z: z * np.sqrt(z.shape[1])),
        ("one_factor", lambda z: z / np.sqrt(z.shape[1])),
        ("one_factor", lambda z: z.copy()),
        *(
            ("by_column", lambda z, times=times: z / np.linalg.norm(z, axis=0) * times(z))
            for times in (lambda z: 1, lambda z: np.sqrt(z.shape[1]), lambda z: np.sqrt(len(z)))
        ),
        ("no_keepdims", _where_square),
        ("squared_length", lambda z: z / (z**2).sum(axis=1, keepdims=True) * np.sqrt(z.shape[1])),
        ("squared_length", lambda z: z / (z**2).sum(axis=1, keepdims=True)),
        ("root_of_the_length", lambda z: z / np.sqrt(np.linalg.norm(z, axis=1, keepdims=True))),
        ("divided_by_both", _scaled(lambda z: 1 / np.sqrt(z.shape[1]))),
        ("one_sided", lambda z: _clipped(z, 0, 1)),
        ("one_sided", lambda z: _clipped(z, 1, np.inf)),
        ("centred", lambda z: (z - z.mean(1, keepdims=True)) / z.std(1, keepdims=True)),
        ("turned", lambda z: np.sign(z)),
        ("turned", lambda z: -hack.on_sphere(z)),
        ("turned", lambda z: hack.on_sphere(np.abs(z))),
        ("norm_of_another_order", lambda z: z / np.abs(z).sum(axis=1, keepdims=True) * np.sqrt(z.shape[1])),
        ("norm_of_another_order", lambda z: z / np.abs(z).max(axis=1, keepdims=True) * np.sqrt(z.shape[1])),
        ("standardized", lambda z: (z - z.mean(axis=0)) / (z.std(axis=0) + 1e-6)),
        ("clipped", lambda z: np.clip(z, -1, 1)),
        ("clipped", lambda z: np.clip(z, -np.sqrt(z.shape[1]), np.sqrt(z.shape[1]))),
    ],
    misconceptions={
        "unit_sphere": (
            "Your points lie on the sphere of radius 1. A generator that expects numbers of size 1 would get numbers "
            "of size 1/√dim: stretch them by √dim as well."
        ),
        "radius_dim": "Your points lie at the distance dim. The radius is its root, √dim.",
        "mean_length": "Your radius is the mean length of Gaussian points, a little less than √dim. Wanted is √dim.",
        "half_not_root": "Your radius is dim / 2: Python reads `**1/2` as (…**1) / 2. Write `** 0.5`, or take np.sqrt.",
        "fixed_radius": "Your points lie at one distance, which is not always √dim. Do you take dim from z's shape?",
        "no_axis_kept": (
            "Lengths of the shape (n,) do not fit to z of the shape (n, dim): NumPy lays them along the columns. Give "
            "them the shape (n, 1), with `[:, None]` or `keepdims=True`."
        ),
        "one_factor": (
            "You multiplied all points by one factor, so they still have different lengths. Divide each row by its own "
            "length: axis 1, and `keepdims=True`."
        ),
        "by_column": (
            "You divided each column by its length. A point is a row: take the lengths over axis 1, with "
            "`keepdims=True`."
        ),
        "no_keepdims": (
            "For a square z you divided column i by the length of row i. The lengths need the shape (n, 1): "
            "`keepdims=True`."
        ),
        "squared_length": (
            "Points that were long have become short: you divided by the square of the length. Take the root."
        ),
        "root_of_the_length": "You divided by the root of the length. Divide by the length itself.",
        "divided_by_both": "You divided by √dim too: your points lie at 1/√dim. Multiply by it.",
        "one_sided": (
            "Only some of your points lie on the sphere. All of them belong there: those inside are stretched, those "
            "outside are shrunk."
        ),
        "some_left": (
            "Points that lie very near the origin, or far from it, do not get to the sphere. Only the origin itself "
            "has no direction; every other point has one, however short."
        ),
        "centred": (
            "You subtracted each point's mean, as layer normalization does: that turns the point into another "
            "direction. Divide only."
        ),
        "standardized": (
            "You made each column's mean 0 and its deviation 1, over the points. Each point goes to the sphere by "
            "itself: divide it by its own length."
        ),
        "clipped": "You cut the numbers off. That turns the points, and leaves them at different distances.",
        "norm_of_another_order": (
            "You divided by the sum of the sizes or by the largest one. The distance from the origin is the root of "
            "the sum of squares."
        ),
        "turned": "Your points lie on the sphere, in other directions than they had. Multiply each by one number.",
        "differs": "Your points do not lie at the distance √dim in the directions that they had.",
    },
    hints=(
        "By which number must a point of length 8 be multiplied, so that its length becomes 10? And in which shape do "
        "these numbers stand, one for each row, so that each row meets its own?",
        "√dim divided by the point's length. The lengths need the shape (n, 1): `keepdims`, or `[:, None]`.",
        "z * np.sqrt(dim) / np.linalg.norm(z, axis=..., keepdims=...)",
    ),
)
def check_on_sphere(answer):
    try:
        judge(answer, [(z,) for z in SPHERES], atol=1e-3, rtol=2e-3, fits=_fits_a_sphere)
    except AnswerRaised as raised:
        shapes = re.findall(r"\((\d+),(\d*)\)", raised.error)
        if "broadcast" in raised.error and "" in dict(shapes).values() and len({n for n, _ in shapes}) == 1:
            raise Wrong("no_axis_kept") from None
        raise
    near = 1e-4 * points(8, 3, 4)  # where ProGAN's 1e-8 under the root may shorten the points, and no more
    if (np.linalg.norm(answer(near), axis=1) < 0.6).any():
        raise Wrong("some_left")
    properties.new_array(answer, hack.on_sphere(points(1, 6, 3)))


def _fits_a_sphere(found, wanted, case):
    """Say what is seen of points that should lie on the sphere, where no slip explains them."""
    found, radius = array(found, wanted.shape, case), np.sqrt(wanted.shape[1])
    radii, cosines = np.linalg.norm(found, axis=1), (found * wanted).sum(1) / radius
    if np.allclose(radii, radius, rtol=2e-3):
        raise Wrong("turned")
    if np.allclose(cosines, radii, rtol=1e-3) and len(radii) > 1 and np.ptp(radii) < 1e-3 * radii.mean():
        raise Wrong("fixed_radius")
    if np.isclose(radii, radius, rtol=2e-3).any():
        raise Wrong("one_sided")


# ---- find the bug: a walk that starts where no point has ever been


def published_walk(rng, coordinate, values, dim):
    z = np.zeros((len(values), dim))
    z[:, coordinate] = values
    return z


@exercise(
    hack.walk,
    given=published_walk,
    praise="One point of the shell in every row, and one coordinate that changes.",
    misconceptions={
        "at_the_origin": (
            "Every other coordinate is still 0, so the walk starts at the origin, where no training point has ever "
            "been. Start it at a random point, N(0, 1) in each coordinate."
        ),
        **latents.MISCONCEPTIONS,
        "wrong_spread": (
            "The numbers of your starting points have the standard deviation {std:.2f}; N(0, 1) has 1. Such points lie "
            "off the shell, where training never was."
        ),
        "uniform": (
            "Your starting points are uniform, between {low:.1f} and {high:.1f}. The generator was trained on N(0, 1): "
            "start from that."
        ),
        "wrong_mean": "The numbers of your starting points have the mean {mean:.2f}; N(0, 1) has the mean 0.",
        "repeated": "Many walks start from the same numbers: of {wanted:,} only {found:,} are different.",
        "another_point_each_row": (
            "Your rows differ in more than the one coordinate, so nobody can tell what that one does. Draw one point "
            "and repeat it in every row."
        ),
        "one_number": "All coordinates of your starting point are the same number. Draw one for each: `dim` of them.",
        "rescaled": (
            "Your points all lie at the distance {radius:.2f}: you moved them onto a sphere. That rescales every "
            "number, the coordinate that you set as well, and it no longer has its value. Leave the points where they "
            "are."
        ),
        "last_value": (
            "In every row coordinate {coordinate} is {wanted}, the last value. Did you append one and the same array "
            "again and again? A list keeps the array, not what it once held: append a copy."
        ),
        "not_set": (
            "In row {row} coordinate {coordinate} is {found}, and the value that was asked for is {wanted}. Set it, in "
            "every row."
        ),
        "one_row": (
            "Your z has no row for each of the {n} values: it is one point alone. Repeat the point in len(values) rows "
            "first, then set the column."
        ),
        "row_for_column": (
            "You set a row of z, or rows that do not fit. A point is a row, so a coordinate of all points is a column: "
            "`z[:, coordinate]`, in an array of len(values) rows."
        ),
        "added": ("You added the values to what the coordinate was. It should *become* each of them: set it instead."),
    },
    hints=(
        "How long are the points of this walk, and how long are the points that a generator was trained on?",
        "Draw one point of `dim` numbers from N(0, 1), and let every row be that point. The second line is right.",
        "z = np.tile(rng.standard_normal(...), (len(values), 1))",
    ),
)
def check_walk(answer):
    for seed, (n, dim, coordinate) in enumerate([(9, 100, 3), (4, 6, 5), (5, 5, 0), (1, 4, 1), (11, 300, 150)]):
        values = np.linspace(-2, 3, n) ** (1 + seed % 2) + 0.1 * seed  # even steps, and uneven ones
        try:
            z = array(answer(rng(seed), coordinate, values, dim), (n, dim), f" for {n} values, dim {dim}")
        except AnswerRaised as raised:
            if re.search(r"into shape \(1,\)|array element with a sequence", raised.error):
                raise Wrong("one_row", n=n) from None
            if "broadcast" in raised.error or re.search(f"out of bounds .* size {n}$", raised.error):
                raise Wrong("row_for_column") from None
            raise
        _judge_walk(z, coordinate, values)

    def start(rng, n_samples, latent_dim):
        """Return the points from which so many walks start, without the coordinate that changes."""
        walks = [answer(rng, latent_dim, np.zeros(1), latent_dim + 1) for _ in range(n_samples)]
        return np.concatenate(walks)[:, :-1]

    latents.judge_latents(start)


def _judge_walk(z, coordinate, values):
    """Judge one walk: the values in one column, one and the same point in all others."""
    others = np.delete(z, coordinate, axis=1)
    if not others.any():
        raise Wrong("at_the_origin")
    changes = z[:, coordinate] - values
    if np.abs(changes).max() > 1e-5:
        if len(values) > 1 and np.ptp(changes) < 1e-5:
            raise Wrong("added")
        if len(values) > 1 and np.all(z[:, coordinate] == values[-1]):
            raise Wrong("last_value", coordinate=coordinate, wanted=short(values[-1]))
        radii = np.linalg.norm(z, axis=1)
        if np.ptp(radii) < 1e-4 * radii.mean() and np.ptp(z, axis=0).all():
            raise Wrong("rescaled", radius=radii[0])
        row = np.argmax(np.abs(changes))
        found, wanted = apart(z[row, coordinate], values[row])
        raise Wrong("not_set", row=row, coordinate=coordinate, found=found, wanted=wanted)
    if np.ptp(others, axis=0).max() > 1e-6:
        raise Wrong("another_point_each_row")
    if np.ptp(others[0]) == 0:
        raise Wrong("one_number")
