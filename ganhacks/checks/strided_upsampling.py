"""Lab 02, doubling with a stride: what a right answer must show, how people get it wrong, and the hints."""

import math

import keras
import numpy as np

from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import array, told
from ganhacks.hacks import strided_upsampling as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "strided_upsampling")

PREDICTION = {
    "choices": {
        "a": "equally often.",
        "b": "2 to 1.",
        "c": "4 to 1.",
    },
    "answer": "c",
    "why": (
        "Along one direction, patches of 3 pixels that begin 2 apart share every second pixel: it is written twice, "
        "its neighbour once. An image has two directions, and their counts multiply: 2 · 2 against 1 · 1."
    ),
}


# ---- how often each pixel is written


def _constants(kernel, stride):
    """Return what the misconceptions that know only one number for all pixels say, in the order of asking."""
    yield "kernel_squared", kernel**2
    yield "mean", (kernel / stride) ** 2
    yield "rounded", (kernel // stride) ** 2
    yield "rounded", math.ceil(kernel / stride) ** 2


def _up_to_a_shift(found, wanted):
    """Tell whether two square arrays agree if rows and columns may be counted from anywhere."""
    n = len(wanted)
    shifts = (np.roll(wanted, (i, j), (0, 1)) for i in range(n) for j in range(n))
    return any(np.allclose(found, shifted, atol=1e-6) for shifted in shifts)


def _wrong_patterns(kernel, stride):
    """Return what arrays the misconceptions give that know a pattern, and the wrong one."""
    wanted = hack.coverage(kernel, stride)
    line = np.bincount(np.arange(kernel) % stride, minlength=stride)
    yield "one_direction", np.tile(line, (stride, 1))
    yield "one_direction", np.tile(line, (stride, 1)).T
    yield "added", np.add.outer(line, line)
    yield "overlaps", wanted - 1
    yield "overlaps", np.maximum(wanted - 1, 0)
    if kernel >= stride:
        yield "corner", np.ones((stride, stride))
        for divisor in (wanted.min(), wanted.max(), wanted.mean(), wanted.sum()):
            yield "ratios", wanted / divisor
    else:
        yield "no_holes", np.maximum(wanted, 1)


@exercise(
    hack.coverage,
    praise="Counted right for every kernel and stride tried, holes included.",
    misconceptions={
        "one_number": "Your function returns {found}, one number. Wanted are counts, an array {wanted}: one a pixel.",
        "one_dimensional": (
            "Your array has the shape {found}: the counts along one direction. An image has two: wanted is {wanted}. "
            "How many patches reach a pixel if so many reach its row and so many its column?"
        ),
        "whole_map": (
            "Your array has the shape {found}. Wanted is one period from the middle, {wanted}, where the border plays "
            "no part."
        ),
        "swapped": (
            "For kernel {kernel} and stride {stride} your array has the shape {found}, the kernel's. The pattern "
            "repeats every `stride` pixels: are your arguments swapped?"
        ),
        "pixels_missing": (
            "For kernel {kernel} and stride {stride} your array has the shape {found}; wanted {wanted}. Pixels that no "
            "patch writes belong to it: their count is 0."
        ),
        "kernel_squared": (
            "You say {found:g} for every pixel at kernel {kernel}: so many pixels does one patch write. Asked is the "
            "other side: how many patches write one pixel."
        ),
        "mean": (
            "You say {found:g} for every pixel at kernel {kernel} and stride {stride}: that is (kernel / stride)², the "
            "mean over all pixels. Some are written more often than others; count them one by one."
        ),
        "rounded": (
            "You say {found:g} for every pixel at kernel {kernel} and stride {stride}, and they differ: some are "
            "reached by one patch more. If you divided and rounded, count instead. If you laid a few patches, lay "
            "more: with this kernel, more than two of them meet."
        ),
        "one_direction": (
            "At kernel {kernel} and stride {stride} your counts, {found}, change along one direction only. Patches "
            "overlap both sideways and downwards."
        ),
        "added": (
            "At kernel {kernel} and stride {stride} you give {found}: the counts of the two directions, added. Two "
            "rows of patches times two columns are four patches: multiply."
        ),
        "overlaps": (
            "At kernel {kernel} and stride {stride} you give {found}, one too few each time: you count what is written "
            "*again*. The first patch counts too."
        ),
        "corner": (
            "At kernel {kernel} and stride {stride} you say 1 for every pixel. So it is in the corner, which one patch "
            "alone reaches; away from it patches come from all sides. (Or did you write `counts[places] += 1`? NumPy "
            "adds once for a place that comes several times.)"
        ),
        "ratios": (
            "At kernel {kernel} and stride {stride} you give {found}: shares or ratios of the counts. Return the "
            "counts themselves."
        ),
        "no_holes": (
            "With kernel {kernel} and stride {stride} there are pixels between the patches, and your counts, {found}, "
            "have no 0 for them. What is never written is counted 0 times."
        ),
        "wrong_counts": "At kernel {kernel} and stride {stride} your function gives {found}; wanted {wanted}.",
    },
    hints=(
        "Take one direction, and number the pixels of one patch 0, 1, … up to kernel - 1. Which of them share a "
        "remainder when divided by the stride?",
        "Neighbours begin a stride further on, so a pixel of remainder r is written once for each number below "
        "`kernel` with that remainder. In two directions, the counts of row and column multiply.",
        "counts = np.bincount(np.arange(kernel) % ..., minlength=...), then np.outer",
    ),
)
def check_coverage(answer):
    # (5, 2) first: there no two of the misconceptions say the same.
    for kernel, stride in ((5, 2), (3, 2), (4, 2), (5, 3), (4, 3), (7, 4), (2, 2), (3, 1), (1, 2), (2, 3), (1, 4)):
        found, case = answer(kernel, stride), {"kernel": kernel, "stride": stride}
        if isinstance(found, (int, float, np.number)) or getattr(found, "shape", None) == ():
            raise Wrong("one_number", found=told(found), wanted=(stride, stride))
        found, wanted = array(found), hack.coverage(kernel, stride)
        _judge_shape(found.shape, kernel, stride)
        if _up_to_a_shift(found, wanted):
            continue
        given = {"found": np.round(found + 0, 3).tolist(), **case}
        if kernel >= stride and np.ptp(found.astype("float64")) < 1e-6:
            for misconception, number in _constants(kernel, stride):
                if abs(found.flat[0] - number) < 1e-6:
                    raise Wrong(misconception, **{**given, "found": float(found.flat[0])})
        for misconception, pattern in _wrong_patterns(kernel, stride):
            if _up_to_a_shift(found, pattern):
                raise Wrong(misconception, **given)
        raise Wrong("wrong_counts", wanted=wanted.tolist(), **given)


def _judge_shape(found, kernel, stride):
    wanted, case = (stride, stride), {"kernel": kernel, "stride": stride}
    if found == wanted:
        return
    if len(found) == 1:
        raise Wrong("one_dimensional", found=found, wanted=wanted)
    if kernel > stride and found == (kernel, kernel):
        raise Wrong("swapped", found=found, **case)
    if kernel < stride and len(found) == 2 and max(found) < stride:
        raise Wrong("pixels_missing", found=found, wanted=wanted, **case)
    if len(found) == 2 and min(found) > stride:
        raise Wrong("whole_map", found=found, wanted=wanted)
    raise Wrong("wrong_shape", found=found, wanted=wanted, case=f" for kernel {kernel} and stride {stride}")


# ---- the block


@exercise(
    hack.make_doubling_block,
    praise="It doubles, every output pixel is written by four patches, and it has no more parameters than it needs.",
    misconceptions={
        **networks.MISCONCEPTIONS,
        "not_doubled": (
            "Your block turns {size} pixels into {found}. A transposed convolution doubles only with a stride of 2."
        ),
        "valid_padding": (
            "Your block turns {size} pixels into {found}: twice as many, and the border where the last patches stick "
            'out. padding="same" cuts it off; Keras\' default is "valid".'
        ),
        "doubled_twice": (
            "Your block turns {size} pixels into {found}, four times as many. An UpSampling2D before a stride of 2, or "
            "two strides, double twice. Keep the one transposed convolution."
        ),
        "halves": (
            "Your block turns {size} pixels into {found}: a Conv2D with a stride makes images smaller, as lab 01 does. "
            "The transposed one goes the other way."
        ),
        "wrong_output": "For {n} images of shape {shape} your block returns the shape {found}; wanted {wanted}.",
        "ignores_filters": "Asked for {asked} filters, your block has {found}. Hand `filters` on to the layer.",
        "ignores_input_shape": "Asked for the input shape {shape}, your block does not take it. Use `input_shape`.",
        "activation": (
            "Your block bends its output: there is an activation in it. Leave it out here, so that a normalization can "
            "come first (lab 04)."
        ),
        "uneven_kernel": (
            "Your kernel is {kernel}, which the stride does not divide: the pixel written most is written {most} times "
            "for every {least} of the least. Take the kernel that `coverage` calls even."
        ),
        "no_overlap": (
            "Your kernel is 2, as large as the stride. Every pixel is written once, which is even, but patches lie "
            "side by side and know nothing of each other. Asked are four patches a pixel."
        ),
        "other_kernel": "Your kernel is {kernel}. The one for which four patches write each pixel is wanted.",
        "resize_and_convolve": (
            "Your block enlarges first and convolves then. That is a good way, and the lab comes to it; here write the "
            "DCGAN's, one transposed convolution with a stride."
        ),
        "pixel_shuffle": (
            "Your block convolves to {more} channels and moves them into space: a PixelShuffle. The lab comes to it; "
            "here write one transposed convolution with a stride."
        ),
        "no_bias": "Your block has {found:,} parameters and lacks its biases: wanted {wanted:,}. Leave use_bias alone.",
        "not_at_test": (
            "Your block does something else in training than at test time: is there a BatchNormalization, a Dropout, "
            "or noise in it? Leave that to other layers (lab 04)."
        ),
        "frozen": (
            "Something in your block has trainable=False, so it would never learn. Leave `trainable` alone: which "
            "weights an update may touch is said in the update."
        ),
        "other_layers": (
            "Your block has as many parameters as it should, and more in it than one layer. A single Conv2DTranspose "
            "with stride 2 is all that there is."
        ),
        "wrong_size": (
            "Your block has {found:,} parameters; wanted {wanted:,}: one transposed convolution with its biases, and "
            "no other layer that learns."
        ),
    },
    hints=(
        "For which kernel does `coverage` at stride 2 give 4 everywhere, and which layer of Keras is the transposed "
        "convolution?",
        'It is `layers.Conv2DTranspose`. It takes filters, kernel, `strides` and `padding`; "same" makes the output '
        "exactly twice as large.",
        "keras.Sequential([keras.Input(input_shape), layers.Conv2DTranspose(filters, ..., strides=..., padding=...)])",
    ),
)
def check_make_doubling_block(answer):
    for args in ((), (10,), (5, (8, 12, 7))):
        filters, shape = (*args, *(64, (64, 64, 3))[len(args) :])
        model = networks.built(answer, *args)
        x = np.random.default_rng(0).standard_normal((2, *shape)).astype("float32")
        try:
            y = networks.output(model, x)
        except Wrong:
            if len(args) > 1:  # with the default shape it went well
                raise Wrong("ignores_input_shape", shape=shape) from None
            raise
        _judge_output(y.shape, shape, filters)
        declared = tuple(getattr(model, "input_shape", None) or ())[1:]
        if len(declared) == 3 and any(have not in (want, None) for have, want in zip(declared, shape)):
            raise Wrong("ignores_input_shape", shape=shape)
        if any(weight.name in ("kernel", "bias") for weight in model.non_trainable_weights):
            raise Wrong("frozen")
        draw = np.random.default_rng(1)
        for weight in model.trainable_variables:  # biases start at 0 and would hide a mistake
            weight.assign(draw.standard_normal(weight.shape))
        _judge_block(model, x, filters)


def _judge_output(found, shape, filters):
    """Judge the shape of the output for 2 images of `shape`, or raise Wrong."""
    wanted = (2, 2 * shape[0], 2 * shape[1], filters)
    if found == wanted:
        return
    if len(found) == 4:
        size, rows = shape[0], found[1]
        sizes = {"size": size, "found": rows}
        if rows == 4 * size:
            raise Wrong("doubled_twice", **sizes)
        if 2 * size < rows <= 2 * size + 8:
            raise Wrong("valid_padding", **sizes)
        if size <= rows <= size + 6:
            raise Wrong("not_doubled", **sizes)
        if rows < size:
            raise Wrong("halves", **sizes)
        if filters != 64 and found == (*wanted[:3], 64):
            raise Wrong("ignores_filters", asked=filters, found=64)
    raise Wrong("wrong_output", n=2, shape=shape, found=found, wanted=wanted)


def _judge_block(model, x, filters):
    """Judge what a block of the right shapes does with one lit pixel, and how many parameters it needs."""
    height, width, channels = x.shape[1:]
    dark = np.zeros_like(x[:1])
    base = networks.output(model, dark)
    response = networks.output(model, x) - base
    scale = np.abs(response).max() + 1e-6
    lit = dark.copy()
    lit[0, height // 2, width // 2] = 1
    patch = np.abs(networks.output(model, lit) - base).max(axis=(0, 3)) > 1e-5 * scale
    kernel = int(max(patch.any(axis=0).sum(), patch.any(axis=1).sum()))
    found, wanted = model.count_params(), 16 * channels * filters + filters

    if np.abs(networks.output(model, -x) - base + response).max() > 1e-3 * scale:
        raise Wrong("activation")
    if not np.allclose(networks.output(model, x, training=True) - base, response, atol=1e-3 * scale):
        raise Wrong("not_at_test")
    weights = found - filters  # those of the kernel, if there is a bias
    # Copying each pixel makes its patch 1 larger than the kernel, blending it with its neighbours 3 larger.
    if weights in ((kernel - 1) ** 2 * channels * filters, (kernel - 3) ** 2 * channels * filters):
        raise Wrong("resize_and_convolve")
    if kernel % 2 == 0 and found == 4 * filters * ((kernel // 2) ** 2 * channels + 1):
        raise Wrong("pixel_shuffle", more=4 * filters)
    if kernel != 4 and kernel**2 * channels * filters in (weights, found):
        if kernel == 2:
            raise Wrong("no_overlap")
        if kernel % 2 and kernel > 1:
            counts = hack.coverage(kernel, 2)
            raise Wrong("uneven_kernel", kernel=kernel, most=counts.max(), least=counts.min())
        raise Wrong("other_kernel", kernel=kernel)
    if found == wanted - filters:
        raise Wrong("no_bias", found=found, wanted=wanted)
    kernels = [weight for weight in model.weights if len(weight.shape) == 4]
    if found == wanted and kernel != 4:
        raise Wrong("other_layers")
    if found == wanted and len(kernels) == 1 and tuple(kernels[0].shape) == (4, 4, filters, channels):
        alone = np.asarray(keras.ops.conv_transpose(x, kernels[0], 2, "same"))
        if not np.allclose(response, alone, atol=1e-3 * scale):
            raise Wrong("other_layers")
    if found != wanted:
        raise Wrong("wrong_size", found=found, wanted=wanted)


# ---- the sentence that is the wrong way round


def published_rule(kernel, stride):
    return stride % kernel == 0


RULES = {
    "factor_for_multiple": lambda kernel, stride: stride % kernel == 0,
    "turned_round": lambda kernel, stride: kernel % stride != 0,
    "both_ways": lambda kernel, stride: kernel % stride == 0 or stride % kernel == 0,
    "common_factor": lambda kernel, stride: math.gcd(kernel, stride) > 1,
    "even_number": lambda kernel, stride: kernel % 2 == 0,
    "twice_only": lambda kernel, stride: kernel == 2 * stride,
    "overlap_demanded": lambda kernel, stride: kernel > stride and kernel % stride == 0,
    "no_holes_is_enough": lambda kernel, stride: kernel >= stride,
}


@exercise(
    hack.covers_evenly,
    given=published_rule,
    praise="It agrees with the counts for every kernel up to 9 and every stride up to 5: a multiple, not a factor.",
    misconceptions={
        "not_a_bool": "Your function returns {found}; wanted True or False.",
        "factor_for_multiple": (
            "Your rule accepts kernel 1 at stride 2, which leaves three of four pixels empty, and refuses kernel 4. It "
            "asks whether the kernel divides the stride. Which has to divide which?"
        ),
        "turned_round": "Your rule accepts kernel 3 at stride 2 and refuses 4: it says True where it should say False.",
        "both_ways": (
            "Your rule accepts multiples, and factors too: kernel 1 at stride 2 leaves three of four pixels empty."
        ),
        "common_factor": (
            "Your rule accepts kernel {kernel} at stride {stride}, which have a factor in common. That is not enough: "
            "`coverage` gives counts from {least} to {most}."
        ),
        "even_number": (
            "Your rule asks whether the kernel is an even number. That decides at stride 2 alone: kernel 3 covers a "
            "stride of 3 evenly."
        ),
        "twice_only": (
            "Your rule accepts twice the stride and nothing else. Kernel 2 and kernel 6 are even at stride 2 as well."
        ),
        "overlap_demanded": (
            "Your rule refuses a kernel as large as the stride. Such patches lie side by side, and every pixel is "
            "written once: that is even."
        ),
        "no_holes_is_enough": (
            "Your rule accepts every kernel that leaves no holes. Kernel 3 at stride 2 leaves none and writes some "
            "pixels four times as often as others."
        ),
        "wrong_rule": (
            "For kernel {kernel} at stride {stride} your rule says {found}; the counts go from {least} to {most}."
        ),
    },
    hints=(
        "Put kernel 4 and stride 2 into the line by hand. What does it say, and what does `coverage` say?",
        "Counts are equal when the patch is a whole number of strides long. What is then the remainder, and of which "
        "division?",
        "return kernel % ... == ...",
    ),
)
def check_covers_evenly(answer):
    cases = [(kernel, stride) for stride in (2, 3, 1, 4, 5) for kernel in range(1, 10)]
    found = {}
    for kernel, stride in cases:
        said = answer(kernel, stride)
        if said is None:
            raise Wrong("returns_nothing")
        if not isinstance(said, (bool, np.bool_)):
            raise Wrong("not_a_bool", found=told(said))
        found[kernel, stride] = bool(said)
    first = next((case for case in cases if found[case] != hack.covers_evenly(*case)), None)
    if first is None:
        return
    if found == {case: RULES["common_factor"](*case) for case in cases}:
        first = (6, 4)
    counts = hack.coverage(*first)
    details = {"kernel": first[0], "stride": first[1], "least": counts.min(), "most": counts.max()}
    for misconception, rule in RULES.items():
        if found == {case: rule(*case) for case in cases}:
            raise Wrong(misconception, **details)
    raise Wrong("wrong_rule", found=found[first], **details)
