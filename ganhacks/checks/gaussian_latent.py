"""Lab 08, a Gaussian latent space: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks import mnist_gan
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array
from ganhacks.hacks import gaussian_latent as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "gaussian_latent")

PREDICTION = {
    "choices": {
        "a": "most of them, because that is where the density is highest.",
        "b": "about as many as lie between 5 and 15.",
        "c": "none.",
    },
    "answer": "c",
    "why": (
        "The density is highest at the origin, and there is next to no room there: the ball of radius 5 has 1/2^100 of "
        "the volume of the ball of radius 10. Squared, the length is a sum of 100 squares that are 1 on average, so it "
        "stays near 100, and the length near 10."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the points

# Lab 12 asks for the same thing under another name: one check for what the two have in common.
_SAMPLES = mnist_gan.EXERCISES["make_latent_samples"]


@exercise(
    hack.latent_points,
    praise="A point in each row, N(0, 1) in every coordinate, and all of it from `rng`.",
    misconceptions={
        **_SAMPLES.misconceptions,
        "transposed": (
            "Your array is {found}: a point in each column. Published functions often take latent_dim first; here n, "
            "the number of points, comes first, in the arguments and in the shape: {wanted}."
        ),
        "no_tuple": (
            "The shape has to be one thing, a tuple: two numbers in a row are something else to this method, such as a "
            "mean and a deviation. `rng.standard_normal` takes the tuple as its one argument, `rng.normal` as `size=`."
        ),
        "clipped": (
            "{share:.0%} of your numbers are exactly {low:g} or {high:g}: you clipped them. N(0, 1) has no limit."
        ),
        "rounded": "Your {n:,} numbers hold only {found} different values: you rounded them. Leave them as they come.",
        "truncated": (
            "None of your numbers lies beyond {most:.1f} standard deviations. N(0, 1) has no limit, and 1 number in "
            "2,000 lies beyond 3.5. Do not cut it off."
        ),
        "standardized": (
            "Your numbers have a mean of exactly 0 and a deviation of exactly 1: you normalized what you drew. Then "
            "each number depends on the others that were drawn with it. Leave them as they come."
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
    try:
        many = answer(rng(2), 2000, 50)
    except AnswerRaised as raised:
        if "Cannot interpret" in raised.error:  # the second number, read as a dtype
            raise Wrong("no_tuple") from None
        raise
    if isinstance(many, (float, np.floating)):
        raise Wrong("no_tuple")
    if isinstance(many, np.ndarray) and many.shape == (2000, 50) and many.dtype.kind in "fi":
        ends = (many == many.min()) | (many == many.max())
        if ends.mean() > 0.01 and len(np.unique(many)) > 0.05 * many.size:
            raise Wrong("clipped", share=ends.mean(), low=float(many.min()), high=float(many.max()))
        if len(np.unique(many)) < 1500 and many.std() > 0.5 and np.ptp(many[:, 0]) > 3 and np.ptp(many[0]) > 3:
            if len(np.unique(many[:40], axis=0)) == 40:  # no row and no column is repeated
                raise Wrong("rounded", n=many.size, found=len(np.unique(many)))
    found = None
    try:
        _SAMPLES.check(answer)
    except Wrong as wrong:
        if wrong.misconception not in ("wrong_spread", "not_gaussian"):
            raise
        found = wrong  # there may be something more telling to say
    z = array(answer(rng(6), 2000, 50), (2000, 50))
    if any(np.abs(z.mean(axis)).max() < 1e-6 and np.abs(z.std(axis) - 1).max() < 1e-6 for axis in (None, 0, 1)):
        raise Wrong("standardized")
    radii = np.linalg.norm(z, axis=1)
    if radii.std() < 1e-3 * radii.mean():
        raise Wrong("on_the_sphere", radius=radii.mean())
    most = np.abs(z).max() / z.std()
    if most < 3.5:  # of 100,000 numbers from N(0, 1), 47 are farther out
        raise Wrong("truncated", most=most)
    if found:
        raise found


# ---- their lengths


@exercise(
    hack.lengths,
    praise="One length for each point: the root of the sum of its squares.",
    misconceptions={
        "by_column": (
            "Your result has a length for each column. A point is a row, so sum over the numbers of a row: axis 1."
        ),
        "one_number": (
            "Your result is one number, {found:.2f}: the length of all points strung together. Say which axis, and you "
            "get one for each point."
        ),
        "keeps_the_axis": "Your result has the shape {found}; wanted {wanted}. Leave `keepdims` out.",
        "squared": "Your numbers are the squares of the lengths: {found:.2f} where the length is {wanted:.2f}. Take "
        "the root.",
        "half_not_root": (
            "You took half of the sum of squares, not its root: Python reads `**1/2` as (…**1) / 2. Write `** 0.5`, or "
            "take np.sqrt."
        ),
        "mean_for_sum": (
            "You took the mean of the squares, not their sum: {found:.2f} where the length is {wanted:.2f}. That is "
            "the length divided by √dim."
        ),
        "deviation": (
            "You took the standard deviation of each point's numbers, which subtracts their mean first. A length is "
            "measured from the origin: the root of the sum of squares."
        ),
        "sum_of_sizes": (
            "You added up the sizes of the numbers, without squaring: the way along the axes, not the straight one."
        ),
        "largest": "You took the largest number of each point. Its length takes all of them: square, sum, root.",
        "signed_sum": "You added up the numbers, and positive ones cancel negative ones. Square them first.",
        "differs": "Of a point like {point} your function says {found:.3f}; its length is {wanted:.3f}.",
    },
    hints=(
        "How far is (3, 4) from the origin, and how did you get there? And which axis of z holds the numbers of a "
        "point?",
        "Square, sum over axis 1, root; or np.linalg.norm, which does the three and has to be told the axis as well.",
        "return np.linalg.norm(z, ...)  # and the axis in place of the dots",
    ),
)
def check_lengths(answer):
    for seed, shape in enumerate(((200, 100), (7, 3), (4, 4), (1, 5), (3, 1))):
        z = rng(seed).standard_normal(shape) * (1 + seed) + 0.3
        found, wanted = answer(z.copy()), np.sqrt((z**2).sum(axis=1))
        if np.ndim(found) == 0 and isinstance(found, (float, np.number, np.ndarray)):
            raise Wrong("one_number", found=float(found))
        found = array(found)
        if found.shape == (shape[0], 1):
            raise Wrong("keeps_the_axis", found=found.shape, wanted=wanted.shape)
        if found.shape == (shape[1],) != wanted.shape:
            raise Wrong("by_column")
        array(found, wanted.shape, f" for z of shape {shape}")

        def is_like(values, found=found):
            return np.allclose(found, values, rtol=1e-4, atol=1e-6)

        if is_like(wanted):
            continue
        for misconception, values in {
            "squared": wanted**2,
            "half_not_root": wanted**2 / 2,
            "mean_for_sum": wanted / np.sqrt(shape[1]),
            "deviation": z.std(axis=1),
            "sum_of_sizes": np.abs(z).sum(axis=1),
            "largest": np.abs(z).max(axis=1),
            "signed_sum": z.sum(axis=1),
        }.items():
            if is_like(values) or misconception == "signed_sum" and is_like(np.abs(values)):
                raise Wrong(misconception, found=found[0], wanted=wanted[0])
        if shape == (4, 4) and is_like(np.sqrt((z**2).sum(axis=0))):
            raise Wrong("by_column")
        point = np.array2string(z[0, :3], precision=2, separator=", ").replace("]", ", …]" if shape[1] > 3 else "]")
        raise Wrong("differs", point=point, found=found[0], wanted=wanted[0])


# ---- the sphere


@exercise(
    hack.on_sphere,
    praise="Every point keeps its direction, and all lie at the distance √dim.",
    misconceptions={
        "unit_sphere": (
            "Your points lie on the sphere of radius 1. A generator that expects numbers of size 1 would get numbers "
            "of size 1/√dim: stretch them by √dim as well."
        ),
        "radius_dim": "Your points lie at the distance dim, {found:.0f}. The radius is its root, {wanted:.2f}.",
        "fixed_radius": (
            "Your points lie at the distance {found:.2f} for dim {dim} too; wanted {wanted:.2f}. Take dim from z's "
            "shape."
        ),
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
        "one_sided": (
            "You moved only some of the points and left the others at the length that they had. On the sphere are "
            "those that were stretched *and* those that were shrunk."
        ),
        "centred": (
            "You subtracted each point's mean, as layer normalization does: that turns the point into another "
            "direction. Divide only."
        ),
        "turned": "Your points lie on the sphere, in other directions than they had. Multiply each by one number.",
        "differs": "The lengths of your points go from {low:.2f} to {high:.2f}; wanted {wanted:.2f} for all.",
    },
    hints=(
        "By which number must a point of length 8 be multiplied, so that its length becomes 10?",
        "√dim divided by the point's length. The lengths need the shape (n, 1), so that each row meets its own.",
        "z * np.sqrt(dim) / np.linalg.norm(z, axis=..., keepdims=...)",
    ),
)
def check_on_sphere(answer):
    for seed, (n, dim) in enumerate(((60, 100), (6, 2), (5, 5), (1, 3))):
        z = rng(seed).standard_normal((n, dim)) * rng(seed).uniform(0.3, 2, (n, 1))  # inside the sphere and outside
        try:
            found = array(answer(z.copy()), (n, dim), f" for z of shape {z.shape}")
        except AnswerRaised as raised:
            if "broadcast" in raised.error:
                raise Wrong("no_axis_kept") from None
            raise
        length = np.linalg.norm(z, axis=1, keepdims=True)
        radius, radii = np.sqrt(dim), np.linalg.norm(found, axis=1)

        def is_like(values, found=found):
            return np.allclose(found, values, rtol=2e-3, atol=1e-3)

        if is_like(z / length * radius):
            continue
        if is_like(z / length):
            raise Wrong("unit_sphere")
        if is_like(z / length * dim):
            raise Wrong("radius_dim", found=dim, wanted=radius)
        if n > 1 and np.ptp(found / z) < 1e-3 * np.abs(found / z).max():
            raise Wrong("one_factor")
        if n > 1:
            columns = np.linalg.norm(z, axis=0)
            if any(is_like(z / columns * c) for c in (1, radius, np.sqrt(n), n, dim)):
                raise Wrong("by_column")
        if n == dim and any(is_like(z / length.ravel() * c) for c in (1, radius)):
            raise Wrong("no_keepdims")
        if any(is_like(z / length**2 * c) for c in (1, radius, dim)):
            raise Wrong("squared_length")
        moved = ~np.isclose(found, z).all(axis=1)
        if 0 < moved.sum() < n and np.allclose(radii[moved], radius, rtol=2e-3):
            raise Wrong("one_sided")
        middle = z - z.mean(axis=1, keepdims=True)
        if np.allclose(np.sum(found * middle, axis=1), radii * np.linalg.norm(middle, axis=1)):
            raise Wrong("centred")
        if np.allclose(radii, radius, rtol=2e-3):
            raise Wrong("turned")
        if np.ptp(radii) < 1e-3 * radii.mean() and is_like(z / length * radii.mean()):
            raise Wrong("fixed_radius", found=radii.mean(), dim=dim, wanted=radius)
        raise Wrong("differs", low=radii.min(), high=radii.max(), wanted=radius)


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
        "too_short": (
            "Your starting point's numbers have the standard deviation {std:.2f}; N(0, 1) has 1. The point lies "
            "inside the shell, at about {length:.1f}, where training never was."
        ),
        "uniform": (
            "Your starting points are uniform, between {low:.1f} and {high:.1f}. The generator was trained on N(0, 1): "
            "start from that."
        ),
        "wrong_start": (
            "The numbers of your starting points have the mean {mean:.2f} and the deviation {std:.2f}; N(0, 1) has 0 "
            "and 1."
        ),
        "another_point_each_row": (
            "Your rows differ in more than the one coordinate, so nobody can tell what that one does. Draw one point "
            "and repeat it in every row."
        ),
        "one_number": "All coordinates of your starting point are the same number. Draw one for each: `dim` of them.",
        "not_set": (
            "Coordinate {coordinate} goes through {found} and not through the values that were asked for, {wanted}. "
            "Set it, in every row."
        ),
        "row_for_column": (
            "You set a row of z, or rows that do not fit. A point is a row, so a coordinate of all points is a column: "
            "`z[:, coordinate]`, in an array of len(values) rows."
        ),
        "added": ("You added the values to what the coordinate was. It should *become* each of them: set it instead."),
        "ignores_rng": (
            "Two generators from the same seed gave different walks, so your numbers come from elsewhere. Draw them "
            "from `rng`."
        ),
        "reseeds": (
            "Generators from different seeds gave the same walk. Draw the starting point from the `rng` that you are "
            "given."
        ),
    },
    hints=(
        "How long are the points of this walk, and how long are the points that a generator was trained on?",
        "Draw one point of `dim` numbers from N(0, 1), and let every row be that point. The second line is right.",
        "z = np.tile(rng.standard_normal(...), (len(values), 1))",
    ),
)
def check_walk(answer):
    starts = []
    for seed, (n, dim, coordinate) in enumerate([(9, 100, 3), (4, 6, 5), (5, 5, 0)] + [(3, 100, 40)] * 40):
        values = np.linspace(-2, 3, n) + 0.1 * seed
        try:
            z = array(answer(rng(seed), coordinate, values.copy(), dim), (n, dim), f" for {n} values, dim {dim}")
        except AnswerRaised as raised:
            if "broadcast" in raised.error or "out of bounds" in raised.error:
                raise Wrong("row_for_column") from None
            raise
        others = np.delete(z, coordinate, axis=1)
        if not others.any():
            raise Wrong("at_the_origin")
        changes = z[:, coordinate] - values
        if np.abs(changes).max() > 1e-5:
            if np.ptp(changes) < 1e-5:
                raise Wrong("added")
            told = [", ".join(f"{value:.1f}" for value in some[:3]) + ", …" for some in (z[:, coordinate], values)]
            raise Wrong("not_set", coordinate=coordinate, found=told[0], wanted=told[1])
        if np.ptp(others, axis=0).max() > 1e-6:
            raise Wrong("another_point_each_row")
        if np.ptp(others[0]) == 0:
            raise Wrong("one_number")
        if not np.array_equal(z, answer(rng(seed), coordinate, values.copy(), dim)):
            raise Wrong("ignores_rng")
        starts.append(others[0])
    if np.array_equal(starts[-1], starts[-2]):
        raise Wrong("reseeds")
    numbers = np.concatenate(starts)
    mean, std = numbers.mean(), numbers.std()  # of about 4,000 numbers
    if ((numbers - mean) ** 4).mean() < 2.1 * std**4:
        raise Wrong("uniform", low=numbers.min(), high=numbers.max())
    if std < 0.9 and abs(mean) < 0.1:
        raise Wrong("too_short", std=std, length=10 * std)
    if abs(mean) > 0.1 or abs(std - 1) > 0.1:
        raise Wrong("wrong_start", mean=mean, std=std)
