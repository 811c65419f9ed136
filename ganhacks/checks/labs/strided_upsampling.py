"""Lab 02, doubling with a stride: what a right answer must show, how people get it wrong, and the hints."""

import itertools
import math
from functools import partial

import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.checks.judges import blocks
from ganhacks.checks.judges.blocks import block, function, leaky, plain, sized
from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import compare
from ganhacks.checks.engine.values import array, told
from ganhacks.hacks import strided_upsampling as hack

PARAMETERS = {
    "steps": training_steps(),
    "filters": Parameter("of the wider layer", 1, 256),
    "batch_size": Parameter("images in a batch", 1, 1_000),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "strided_upsampling")

PREDICTION = {
    "choices": {
        "a": "equally often.",
        "b": "2 to 1.",
        "c": "4 to 1.",
    },
    "answer": "c",
    "remarks": {
        "a": "That would be so if the stride divided the kernel. 2 does not divide 3.",
        "b": "That would be so along one direction. An image has two.",
    },
    "why": (
        "Along one direction, patches of 3 pixels that begin 2 apart share every second pixel: it is written twice, "
        "its neighbour once. An image has two directions, and their counts multiply: 2 · 2 against 1 · 1."
    ),
}


# ---- how often each pixel is written


def _line(kernel, stride):
    return np.bincount(np.arange(kernel) % stride, minlength=stride)


def _all(number):
    """Return a function that gives every pixel of a period the same number."""
    return lambda kernel, stride: np.full((stride, stride), number(kernel, stride))


def _of_counts(change):
    """Return a function that changes the right counts."""
    return lambda kernel, stride: change(hack.coverage(kernel, stride))


def _canvas(n, kernel, stride):
    """Lay n × n patches and count; the border is in it."""
    written = np.zeros((stride * n + kernel,) * 2, int)
    for i, j in itertools.product(range(n), repeat=2):
        written[i * stride : i * stride + kernel, j * stride : j * stride + kernel] += 1
    return written


def _with_the_kernel(more):
    """Return a function that lays as many patches as the kernel is wide, and some more, and looks at the middle."""
    return lambda kernel, stride: _period_of(kernel + more, lambda n, kernel, stride: n // 2 * stride)(kernel, stride)


def _period_of(n, start):
    """Return a function that lays n × n patches and takes a period from them. start(n, kernel, stride): its first."""

    def counts(kernel, stride):
        first = start(n, kernel, stride)
        return _canvas(n, kernel, stride)[first : first + stride, first : first + stride]

    return counts


def _spread(kernel, stride):
    """Return counts whose larger ones are spread over the period."""
    line = np.diff(np.arange(stride + 1) * kernel // stride)
    return np.outer(line, line)


#: Where people take a period to lie that is away from the ends.
STARTS = (
    lambda n, kernel, stride: n // 2 * stride,
    lambda n, kernel, stride: ((n - 2) * stride + kernel) // 2,
    lambda n, kernel, stride: kernel - 1,
    lambda n, kernel, stride: kernel,
    lambda n, kernel, stride: ((n - 1) * stride + kernel) // 2,
)


@exercise(
    hack.coverage,
    slips=[
        ("kernel_squared", _all(lambda kernel, stride: kernel**2)),
        ("mean", _all(lambda kernel, stride: (kernel / stride) ** 2)),
        ("rounded", _all(lambda kernel, stride: (kernel // stride) ** 2)),
        ("rounded", _all(lambda kernel, stride: math.ceil(kernel / stride) ** 2)),
        ("rounded", _all(lambda kernel, stride: round(kernel / stride) ** 2)),
        ("one_dimensional", _line),
        ("one_dimensional", lambda kernel, stride: np.bincount(np.arange(kernel) % stride)),
        ("one_direction", lambda kernel, stride: np.tile(_line(kernel, stride), (stride, 1))),
        ("one_direction", lambda kernel, stride: np.tile(_line(kernel, stride), (stride, 1)).T),
        *(
            ("added", lambda kernel, stride, way=way: way.outer(*2 * [_line(kernel, stride)]), {"what": what})
            for way, what in ((np.add, "the sum"), (np.minimum, "the smaller"), (np.maximum, "the larger"))
        ),
        ("overlaps", _of_counts(lambda counts: counts - 1)),
        ("overlaps", _of_counts(lambda counts: np.maximum(counts - 1, 0))),
        ("corner", _of_counts(lambda counts: np.minimum(counts, 1))),
        ("both_or_none", _of_counts(lambda counts: np.where(counts == counts.max(), counts, counts.min()))),
        *(
            ("sorted", _of_counts(lambda counts, way=way: np.sort(counts, None)[::way].reshape(counts.shape)))
            for way in (1, -1)
        ),
        ("spread", _spread),
        ("ratios", _of_counts(lambda counts: counts / max(counts.min(), 1))),
        ("ratios", _of_counts(lambda counts: counts / counts.max())),
        ("ratios", _of_counts(lambda counts: counts / counts.mean())),
        ("ratios", _of_counts(lambda counts: counts / counts.sum())),
        ("no_holes", _of_counts(lambda counts: np.maximum(counts, 1))),
        ("pixels_missing", lambda kernel, stride: np.outer(*2 * [np.bincount(np.arange(kernel) % stride)])),
        ("patch_too_large", lambda kernel, stride: hack.coverage(kernel + stride, stride)),
        ("patch_too_large", lambda kernel, stride: hack.coverage(kernel + 1, stride)),
        *(("too_few_patches", _period_of(n, start)) for n in (3, 4, 5, 6) for start in STARTS),
        *(("too_few_patches", _period_of(n, STARTS[0])) for n in (2, 8, 10)),
        *(("too_few_patches", _with_the_kernel(more)) for more in range(4)),
    ],
    praise="Counted right for every kernel and stride tried, holes included.",
    misconceptions={
        "one_number": "Your function returns {found}, one number. Wanted are counts, one for each pixel of a period.",
        "one_dimensional": (
            "Your array holds the counts along one direction, and an image has two. How many patches reach a pixel if "
            "so many reach its row and so many its column?"
        ),
        "whole_map": (
            "Your array has the shape {found}. Wanted is one period from the middle, {wanted}, where the border plays "
            "no part."
        ),
        "pixels_missing": (
            "Your array is smaller than a period where the kernel is smaller than the stride. Pixels that no patch "
            "writes belong to it: their count is 0."
        ),
        "kernel_squared": (
            "You give kernel² for every pixel: so many pixels does one patch write. Asked is the other side: how many "
            "patches write one pixel."
        ),
        "mean": (
            "You give (kernel / stride)² for every pixel: that is the mean over all of them. Some are written more "
            "often than others; count them one by one."
        ),
        "rounded": (
            "You divide the kernel by the stride and round, so all pixels get the same count. Some are reached by one "
            "patch more: count them one by one."
        ),
        "too_few_patches": (
            "Your counts fall off for kernel {kernel} and stride {stride}: too few patches were laid for pixels away "
            "from the ends. More than kernel / stride of them on either side are enough."
        ),
        "one_direction": ("Your counts change along one direction only. Patches overlap both sideways and downwards."),
        "added": (
            "You take {what} of a row's count and a column's. Two rows of patches times two columns are four patches: "
            "multiply."
        ),
        "overlaps": (
            "Your counts are one too few each time: you count what is written *again*. The first patch counts too."
        ),
        "corner": (
            "You give 1 for every pixel that is written. So it is in the corner, which one patch alone reaches; away "
            "from it patches come from all sides. (Or did you write `= 1` where `+= 1` belongs, or `counts[places] += 1`? "
            "NumPy adds once for a place that comes several times.)"
        ),
        "both_or_none": (
            "You count one patch more only where row and column both have one more. Where one of them has, its count "
            "grows as well: multiply row and column."
        ),
        "sorted": "You sorted all counts in one list, so they lost their places. Each keeps its row and its column.",
        "spread": (
            "You spread the pixels that are written once more over the period. A patch has no gaps: what is left of it "
            "after whole strides lies side by side."
        ),
        "ratios": "You give shares or ratios of the counts. Return the counts themselves.",
        "no_holes": (
            "Where the kernel is smaller than the stride there are pixels between the patches, and your counts have no "
            "0 for them. What is never written is counted 0 times."
        ),
        "patch_too_large": "Your counts are those of a larger kernel. Which pixel of a patch is its last one?",
        "differs": "Lay patches in one direction, on paper, and count for each pixel of a period who writes it.",
    },
    hints=(
        "Take one direction. If you lay patches: `kernel` of them on either side of the pixels that you count are "
        "enough. Or number the pixels of one patch from 0: which share a remainder when divided by the stride?",
        "Neighbours begin a stride further on, so a pixel of remainder r is written once for each number below "
        "`kernel` with that remainder. In two directions, the counts of row and column multiply.",
        "counts = np.bincount(np.arange(kernel) % ..., minlength=...), then np.outer",
    ),
)
def check_coverage(answer):
    calls = [(3, 2), (5, 2), (4, 2), (5, 3), (4, 3), (7, 4), (2, 2), (3, 1), (1, 2), (2, 3), (1, 4), (1, 1)]
    calls += [(kernel, stride) for stride in (2, 3) for kernel in range(1, 7)]
    calls += [(9, 2), (7, 1), (11, 2), (13, 2), (6, 4)]
    compare(answer, calls, lambda function, args: function(*args), _up_to_a_shift, fits=_counts)


def _up_to_a_shift(found, wanted):
    """Tell whether two arrays agree if rows and columns may be counted from anywhere."""
    if not isinstance(found, np.ndarray) or found.shape != wanted.shape or found.dtype.kind not in "fiub":
        return False
    shifts = itertools.product(*map(range, wanted.shape))
    return any(np.allclose(found, np.roll(wanted, by, range(wanted.ndim)), atol=1e-6) for by in shifts)


def _counts(found, wanted, case):
    """Raise Wrong unless the value is an array of one period."""
    if isinstance(found, (int, float, np.number)) or getattr(found, "shape", None) == ():
        raise Wrong("one_number", found=told(found))
    found = array(found)
    if found.ndim == 2 and min(found.shape) > len(wanted):
        raise Wrong("whole_map", found=found.shape, wanted=wanted.shape)
    array(found, wanted.shape, case)


# ---- the sentence that is the wrong way round


def _evenly(counts):
    """Return the rule that all pixels of a period have the same count."""
    return lambda kernel, stride: bool(np.ptp(counts(kernel, stride)) == 0)


def published_rule(kernel, stride):
    return stride % kernel == 0


@exercise(
    hack.covers_evenly,
    given=published_rule,
    slips=[
        ("factor_for_multiple", lambda kernel, stride: kernel in [k for k in range(1, stride + 1) if stride % k == 0]),
        ("turned_round", lambda kernel, stride: kernel % stride != 0),
        ("both_ways", lambda kernel, stride: kernel % stride == 0 or stride % kernel == 0),
        ("common_factor", lambda kernel, stride: math.gcd(kernel, stride) > 1),
        ("even_number", lambda kernel, stride: kernel % 2 == 0),
        ("even_number", lambda kernel, stride: (kernel - stride) % 2 == 0),
        ("even_number", lambda kernel, stride: kernel >= stride and (kernel - stride) % 2 == 0),
        ("even_number", lambda kernel, stride: kernel % stride == 0 and (kernel % 2 == 0 or stride == 1)),
        ("twice_only", lambda kernel, stride: kernel == 2 * stride),
        ("once_only", lambda kernel, stride: kernel == stride),
        *(
            ("some_multiples", lambda kernel, stride, n=n: kernel in [i * stride for i in range(1, n + 1)])
            for n in range(2, 8)
        ),
        ("powers_of_two", lambda kernel, stride: math.log2(kernel / stride).is_integer()),
        ("powers_of_two", lambda kernel, stride: kernel >= stride and math.log2(kernel / stride).is_integer()),
        ("bit_mask", lambda kernel, stride: kernel & (stride - 1) == 0),
        ("rounded", lambda kernel, stride: round((kernel / stride) ** 2, 1) == int((kernel / stride) ** 2)),
        ("overlap_demanded", lambda kernel, stride: kernel > stride and kernel % stride == 0),
        ("no_holes_is_enough", lambda kernel, stride: kernel >= stride),
        ("no_holes_is_enough", lambda kernel, stride: kernel > stride),
        *(("too_few_patches", _evenly(_period_of(n, start))) for n in (3, 4, 5, 6) for start in STARTS),
    ],
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
            "Your rule accepts kernel 6 at stride 4, which have a factor in common. That is not enough: `coverage` "
            "gives counts from 1 to 4."
        ),
        "even_number": (
            "Your rule asks whether the kernel, or its overlap, is an even number. That decides at stride 2 alone."
        ),
        "twice_only": (
            "Your rule accepts twice the stride and nothing else. Kernel 2 and kernel 6 are even at stride 2 as well."
        ),
        "once_only": (
            "Your rule accepts a kernel as large as the stride and nothing else. Kernel 4 and kernel 6 are even at "
            "stride 2 as well."
        ),
        "some_multiples": "Your rule knows a few multiples of the stride. A larger multiple is even as well.",
        "powers_of_two": (
            "Your rule asks for the stride times a power of two. Kernel 6 at stride 2 is even as well, three times the "
            "stride, and a half of the stride is not."
        ),
        "bit_mask": "With `&` and stride - 1 you get the remainder at strides 1, 2, 4, 8 … alone. In general use `%`.",
        "rounded": "You round before you ask whether a number is whole, and lose its fraction. Do not round.",
        "too_few_patches": (
            "You lay too few patches for so large a kernel: no pixel that you compare is away from the border. "
            "`coverage` counts right for any."
        ),
        "overlap_demanded": (
            "Your rule refuses a kernel as large as the stride. Such patches lie side by side, and every pixel is "
            "written once: that is even."
        ),
        "no_holes_is_enough": (
            "Your rule accepts kernel 3 at stride 2 and every other one that leaves no holes. Kernel 3 writes some "
            "pixels four times as often as others."
        ),
        "differs": "Your rule and the counts disagree. Even means that `coverage` gives every pixel the same number.",
    },
    hints=(
        "Put kernel 4 and stride 2 into the line by hand. What does it say, and what does `coverage` say?",
        "Counts are equal when the patch is a whole number of strides long. What is then the remainder, and of which "
        "division?",
        "return kernel % ... == ...",
    ),
)
def check_covers_evenly(answer):
    calls = [(kernel, stride) for stride in (2, 3, 1, 4, 5) for kernel in range(1, 10)]
    calls += [(13, 2), (16, 2), (18, 4), (40, 5)]

    def alike(found, wanted):
        return isinstance(found, (bool, np.bool_)) and bool(found) == wanted

    compare(answer, calls, lambda function, args: function(*args), alike, fits=_yes_or_no)


def _yes_or_no(found, wanted, case):
    """Raise Wrong unless the value is True or False."""
    if found is None:
        raise Wrong("returns_nothing")
    if not isinstance(found, (bool, np.bool_)):
        raise Wrong("not_a_bool", found=told(found))


# ---- the block


def _transposed(filters, kernel=4, strides=2, padding="same", **more):
    return layers.Conv2DTranspose(filters, kernel, strides=strides, padding=padding, **more)


def _kernel(kernel, **more):
    return block(partial(_transposed, kernel=kernel, **more))


def _bent(activation):
    return block(partial(_transposed, activation=activation))


def _convolution(filters, kernel):
    return layers.Conv2D(filters, kernel, padding="same")


def _enlarged(kernel, way):
    return block(plain(layers.UpSampling2D, 2, interpolation=way), partial(_convolution, kernel=kernel))


def _shuffled(kernel):
    shuffle = function(lambda x: tf.nn.depth_to_space(x, 2))
    return block(lambda filters: _convolution(4 * filters, kernel), shuffle)


def _channels_kept(filters=64, input_shape=blocks.NORMAL_SHAPE):
    return block(_transposed)(input_shape[2], input_shape)


def _uneven(kernel):
    counts = hack.coverage(kernel, 2)
    return {"kernel": kernel, "most": counts.max(), "least": counts.min()}


BENDS = ("relu", "leaky_relu", "tanh", "sigmoid", "elu", "gelu", "swish", "softmax")


@exercise(
    hack.make_doubling_block,
    slips=[
        *blocks.input_slips(_transposed),
        *(("uneven_kernel", _kernel(k, use_bias=bias), _uneven(k)) for k in (3, 5, 7) for bias in (True, False)),
        *(("no_overlap", _kernel(2, use_bias=bias)) for bias in (True, False)),
        *(("other_kernel", _kernel(k), {"kernel": k}) for k in (6, 8, 1)),
        *(("resize_and_convolve", _enlarged(k, way)) for k in (3, 4) for way in ("nearest", "bilinear")),
        *(("pixel_shuffle", _shuffled(k)) for k in (3, 5)),
        ("doubled_twice", block(plain(layers.UpSampling2D, 2), _transposed)),
        ("channels_kept", _channels_kept),
        *(("activation", _bent(bend), {"bend": bend}) for bend in BENDS),
        *(("activation", _bent(leaky(slope)), {"bend": "leaky_relu"}) for slope in (0.3, 0.01)),
    ],
    praise="It doubles, every output pixel away from the border is written by four patches, and it has no more parameters "
    "than it needs.",
    misconceptions={
        **blocks.MISCONCEPTIONS,
        "not_doubled": (
            "Your block leaves the image about as large as it is. A transposed convolution doubles only with a stride "
            "of 2."
        ),
        "valid_padding": (
            "Your block makes the image twice as large, and adds the border where the last patches stick out. "
            'padding="same" cuts it off; Keras\' default is "valid".'
        ),
        "doubled_twice": (
            "Your block makes the image four times as large. An UpSampling2D before a stride of 2, or two strides, "
            "double twice. Keep the one transposed convolution."
        ),
        "halves": (
            "Your block makes the image smaller, as a Conv2D with a stride does (lab 01). The transposed one goes the "
            "other way."
        ),
        "channels_kept": (
            "Your block returns as many channels as it was given. How many it should return is the argument `filters`."
        ),
        "activation": (
            "Your block bends its output: there is an activation in it ({bend}). Leave it out here, so that a "
            "normalization can come first (lab 04)."
        ),
        "uneven_kernel": (
            "Your kernel is {kernel}, which is no multiple of the stride: the pixel written most is written {most} "
            "times for every {least} of the least. Take the kernel that `coverage` calls even."
        ),
        "no_overlap": (
            "Your kernel is 2, as large as the stride. Every pixel is written once, which is even, but patches lie "
            "side by side and know nothing of each other. Asked are four patches a pixel."
        ),
        "other_kernel": "Your kernel is {kernel}. The one for which four patches write each pixel is wanted.",
        "resize_and_convolve": (
            "Your block enlarges in a layer without weights, and convolves in another. To enlarge first and convolve then "
            "is a good way, and the lab comes to it; here write the DCGAN's, one transposed convolution with a stride."
        ),
        "pixel_shuffle": (
            "Your block convolves to four times the channels and moves them into space: a PixelShuffle. The lab comes "
            "to it; here write one transposed convolution with a stride."
        ),
        "pooled": "Your block pools ({found}). One transposed convolution with stride 2 is all that there is.",
        "differs": (
            "Your block has the right weights and computes something else than one transposed convolution with stride "
            "2. Is there another layer in it?"
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
    blocks.judge_block(
        answer,
        [(5, (7, 12, 4))],
        layers=[("UpSampling", "resize_and_convolve"), ("Normalization", "normalized"), ("Pool", "pooled")],
        sizes=[
            *(("not_doubled", sized(lambda n, more=more: n + more)) for more in range(5)),
            *(("valid_padding", sized(lambda n, more=more: 2 * n + more)) for more in range(1, 5)),
            ("doubled_twice", sized(lambda n: 4 * n)),
            ("halves", sized(lambda n: -(-n // 2))),
            ("halves", sized(lambda n: n // 2)),
            *blocks.flattened(lambda n: 2 * n),
        ],
    )
