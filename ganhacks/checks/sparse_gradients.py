"""Lab 15, sparse gradients: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
from keras import layers

from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array
from ganhacks.hacks import sparse_gradients as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "sparse_gradients")

PREDICTION = {
    "choices": {
        "a": "at one half of them.",
        "b": "at 77 % of them.",
        "c": "at 87.5 % of them.",
    },
    "answer": "b",
    "why": (
        "Three of four lose: that is 75 %. The winner is the largest of the four, so the ReLU stops it only if all "
        "four are negative, once in 2 · 2 · 2 · 2 = 16 times: 3/4 + 1/4 · 1/16 = 49/64, or 76.6 %. 87.5 % would be "
        "right if a cell's winner were negative half of the time, like any other number."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def _array(value, shape=None, case=""):
    """Return `value` as an array, a tensor too: the lab's cells take both."""
    if hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        value = np.asarray(value)
    return array(value, shape, case)


# ---- back through max-pooling


def _cells(x):
    """Return the numbers of each 2 × 2 cell, (n, height / 2, width / 2, channels, 4), row by row."""
    n, height, width, channels = x.shape
    cells = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return cells.transpose(0, 1, 3, 5, 2, 4).reshape(n, height // 2, width // 2, channels, 4)


def _from_cells(cells):
    """Undo `_cells`."""
    n, height, width, channels, _ = cells.shape
    parts = cells.reshape(n, height, width, channels, 2, 2).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(n, 2 * height, 2 * width, channels)


def _grown(upstream):
    return upstream.repeat(2, axis=1).repeat(2, axis=2)


def _won(x, score=lambda cells: cells, axis=-1):
    """Return 1 where a number is the largest of its cell by `score`, and 0 elsewhere."""
    scores = score(_cells(x))
    return _from_cells((scores == scores.max(axis=axis, keepdims=True)).astype("float64"))


def _turned(cells):
    return cells[..., [0, 2, 1, 3]]  # rows for columns


def _without_transposing(x, upstream):
    """Route the gradient as one does who cuts the array into rows of memory, where cells are wanted."""
    n, height, width, channels = x.shape
    cells = x.reshape(n, height // 2, width // 2, 4, channels)
    won = cells == cells.max(axis=3, keepdims=True)
    return (won * upstream[:, :, :, None]).reshape(x.shape)


def _whole_map(x, axes):
    return (x == x.max(axis=axes, keepdims=True)).astype("float64")


def _one_place(x, upstream, place):
    cells = np.zeros(_cells(x).shape)
    cells[..., place] = upstream
    return _from_cells(cells)


#: What people return: misconception -> functions of x and the gradient that comes from above.
POOL_MISTAKES = (
    ("spread_evenly", lambda x, up: _grown(up) / 4),
    ("to_everyone", lambda x, up: _grown(up)),
    ("mask_only", lambda x, up: _won(x)),
    ("times_the_number", lambda x, up: _won(x) * x * _grown(up)),
    ("the_winners_themselves", lambda x, up: _won(x) * x),
    ("smallest_wins", lambda x, up: _won(-x) * _grown(up)),
    ("by_distance_from_0", lambda x, up: _won(np.abs(x)) * _grown(up)),
    ("across_channels", lambda x, up: _won(x, axis=(-2, -1)) * _grown(up)),
    ("to_the_losers", lambda x, up: (1 - _won(x)) * _grown(up)),
    ("one_winner", lambda x, up: _whole_map(x, (1, 2)) * _grown(up)),
    ("one_winner", lambda x, up: _whole_map(x, (1, 2, 3)) * _grown(up)),
    ("one_winner", lambda x, up: _whole_map(x, None) * _grown(up)),
    ("rows_for_columns", lambda x, up: _from_cells(_turned(_cells(_won(x)))) * _grown(up)),
    ("no_cells", _without_transposing),
    ("cut_to_integers", lambda x, up: np.trunc(_won(x) * _grown(up))),
    ("negative_cells", lambda x, up: _won(x) * (x > 0) * _grown(up)),
    *((("fixed_place", lambda x, up, place=place: _one_place(x, up, place))) for place in range(4)),
)


@exercise(
    hack.max_pool_gradient,
    praise="One number of each cell gets the whole gradient, and three get exactly 0, whatever their signs.",
    misconceptions={
        "spread_evenly": (
            "Each of the four gets a quarter of the gradient in yours: that is *average* pooling. A max depends on one "
            "number alone; move a loser a little, and nothing changes."
        ),
        "to_everyone": (
            "All four numbers of a cell get the whole gradient in yours. Move one of the three losers a little: the "
            "max stays as it is, so their gradient is 0."
        ),
        "mask_only": (
            "You return 1 for each winner and 0 for the others: that says *where* the gradient goes. What goes there "
            "is `upstream`, a number for each cell."
        ),
        "times_the_number": (
            "The winner gets its gradient times its own value in yours. The max copies the winner, and the derivative "
            "of a copy is 1: hand on `upstream` as it is."
        ),
        "the_winners_themselves": (
            "You return the winners' own values, at their places. What goes to these places is `upstream`, the "
            "gradient."
        ),
        "smallest_wins": "The smallest number of each cell gets the gradient in yours. Max-pooling kept the largest.",
        "by_distance_from_0": (
            "In a cell with 1 and -2, yours hands the gradient to -2: it compares distances from 0. The largest is 1."
        ),
        "across_channels": (
            "One winner for all channels of a cell in yours. Pooling goes through each channel by itself: compare "
            "over the cell's rows and columns, not over the last axis."
        ),
        "to_the_losers": "The three losers get the gradient in yours, and the winner gets 0. Turn the condition round.",
        "one_winner": (
            "You look for the largest number of a whole map. Each cell of 2 × 2 has a winner of its own: {wanted} of "
            "them for x of shape {shape}."
        ),
        "rows_for_columns": (
            "The right number wins, and its gradient lands across the cell: rows and columns of the cell have changed "
            "places on the way back. Follow one cell by hand."
        ),
        "no_cells": (
            "Your cells are no squares: `reshape` alone takes numbers that stand side by side in one row. Split height "
            "into (height / 2, 2) and width into (width / 2, 2), or take every second row and column by `x[:, ::2, …]`."
        ),
        "cut_to_integers": "Your result has lost its fractions. Collect it in an array of floats.",
        "negative_cells": (
            "Where all numbers of a cell are negative, yours has no winner. One of them is the largest there too."
        ),
        "fixed_place": (
            "The same place of every cell gets the gradient in yours. Which of the four won depends on x: compare them."
        ),
        "wrong_values": (
            "One cell of x is {cell} and its gradient from above {upstream:.2f}. Yours gives the four {found}; wanted "
            "is all of it for the largest, and 0 for the others."
        ),
    },
    hints=(
        "Take one cell, say 3, 1, 2, 0, whose max is 3. Which of the four can you move a bit without moving the max?",
        "`x[:, 0::2, 0::2]` holds the upper left number of every cell, and `x[:, 0::2, 1::2]` its right neighbour: "
        "four such arrays. Compare each with the largest of the four.",
        "for each of the four places: gradient[:, i::2, j::2] = np.where(... == ..., upstream, ...)",
    ),
)
def check_max_pool_gradient(answer):
    for seed, shape, shift in (
        (0, (2, 6, 8, 3), 0),
        (1, (3, 4, 4, 1), 0),
        (2, (1, 10, 6, 5), 0),
        (3, (2, 4, 6, 2), -6),
    ):
        x = rng(seed).permutation(np.linspace(-2, 3, int(np.prod(shape)))).reshape(shape) + shift  # no two are equal
        n, height, width, channels = shape
        upstream = rng(seed + 9).normal(0, 2, (n, height // 2, width // 2, channels))
        found = _array(answer(x, upstream), shape, f" for x of shape {shape}").astype("float64")
        if np.allclose(found, _won(x) * _grown(upstream), atol=1e-4):
            continue
        for misconception, mistake in POOL_MISTAKES:
            if np.allclose(found, mistake(x, upstream), atol=1e-4):
                raise Wrong(misconception, shape=shape, wanted=upstream.size)
        cells = _cells(np.abs(found - _won(x) * _grown(upstream)))
        worst = np.unravel_index(cells.sum(axis=-1).argmax(), cells.shape[:-1])
        told = {name: _cells(a)[worst].round(2).tolist() for name, a in (("cell", x), ("found", found))}
        raise Wrong("wrong_values", upstream=upstream[worst], **told)


# ---- what both blocks share


def _taken(model, x):
    """Return the model's output for `x`, or raise Wrong if it takes only images of the default shape."""
    takes = tuple(getattr(model, "input_shape", None) or ())[1:]
    if takes == (64, 64, 3) != x.shape[1:]:
        raise Wrong("ignores_input_shape", shape=x.shape[1:])
    return networks.output(model, x)


def _weights(model, channels, outputs):
    """Return kernel and bias of the one convolution of 3 × 3 after giving them random values, or raise Wrong."""
    shapes = sorted((tuple(weight.shape) for weight in model.weights), key=len)
    counts = {"found": model.count_params(), "wanted": (9 * channels + 1) * outputs}
    if any(isinstance(layer, layers.BatchNormalization) for layer in networks.inner_layers(model)):
        raise Wrong("normalized", **counts)
    kernels = [shape for shape in shapes if len(shape) == 4]
    if len(kernels) == 1 and kernels[0][2:] == (channels, outputs) and kernels[0][:2] != (3, 3):
        raise Wrong("wrong_kernel", rows=kernels[0][0], columns=kernels[0][1])
    if shapes == [(3, 3, channels, outputs)]:
        raise Wrong("no_bias", **counts)
    if shapes != [(outputs,), (3, 3, channels, outputs)]:
        raise Wrong("wrong_size", **counts)
    if len(model.trainable_variables) != 2:
        raise Wrong("frozen")
    by_rank = {len(weight.shape): weight for weight in model.weights}
    by_rank[4].assign(rng(4).normal(0, 1 / np.sqrt(9 * channels), by_rank[4].shape))
    by_rank[1].assign(rng(1).normal(0, 0.5, outputs))  # biases start at 0 and would hide a mistake
    return by_rank[4].numpy(), by_rank[1].numpy()


def _leaky(x, slope):
    return np.where(x > 0, x, slope * x)


def _convolved(x, kernel, bias, stride=1):
    return np.asarray(keras.ops.conv(x.astype("float32"), kernel, strides=stride, padding="same")) + bias


def _is_like(y, values):
    return y.shape == values.shape and np.allclose(y, values, atol=1e-3)


def _judge_slopes(y, above, below):
    """Raise Wrong if y is `above` times one number plus `below` times another, and these are not 1 and 0.2.

    above, below: what the block makes of the positive and of the negative outputs of its convolution. Tells whether
    they are 1 and 0.2.
    """
    (high, low), *_ = np.linalg.lstsq(np.stack([above.ravel(), below.ravel()], axis=1), y.ravel(), rcond=None)
    if y.shape != above.shape or not _is_like(y, high * above + low * below):
        return False
    for misconception, slope, top in (
        ("no_activation", 1, 1),
        ("relu", 0, 1),
        ("default_slope", 0.3, 1),
        ("applied_twice", 0.04, 1),
    ):
        if abs(low - slope) < 5e-3 and abs(high - top) < 5e-3:
            raise Wrong(misconception)
    if abs(high - 1) < 5e-3 and abs(low - 0.2) > 5e-3:
        raise Wrong("other_slope", found=float(low))
    return abs(high - 1) < 5e-3


#: What can be wrong with either block.
BLOCK_MISCONCEPTIONS = {
    **networks.MISCONCEPTIONS,
    "ignores_filters": "Asked for {wanted} filters, your block has {found} channels. Hand the argument to the layer.",
    "ignores_input_shape": (
        "Asked for images of shape {shape}, your block takes others. Begin it with keras.Input(input_shape)."
    ),
    "no_activation": "Your block ends in plain numbers: nothing bends. A leaky ReLU of slope 0.2 belongs in it.",
    "relu": (
        "Your block cuts negative numbers to 0, and the gradient with them: a plain ReLU, one of the two things that "
        "this trick avoids. (Look for an `activation` inside the convolution too.)"
    ),
    "default_slope": (
        "Your leaky ReLU has the slope 0.3: Keras' layer takes that when nobody sets it (lab 03). Ask for 0.2."
    ),
    "applied_twice": "Your block multiplies negative numbers by 0.04: the leaky ReLU is in it twice. Once is enough.",
    "other_slope": "Your block multiplies negative numbers by {found:.3g}; wanted 0.2.",
    "activation_first": "Your leaky ReLU bends the images before the convolution. It belongs after it.",
    "no_bias": "Your block has {found:,} parameters; wanted {wanted:,}. The convolution keeps its biases here.",
    "normalized": (
        "Your block has batch normalization in it, {found:,} parameters in all; wanted {wanted:,}. Leave it out here."
    ),
    "wrong_kernel": "Your kernel is {rows} × {columns}; wanted 3 × 3.",
    "frozen": "Your block has weights that training may not change. Leave `trainable` as it is.",
    "noisy": "In training your block does something else than at test time. Leave dropout and noise out of it.",
    "wrong_output": "For images of shape {shape} your block returns {found}; wanted {wanted}.",
}

#: Filters and input shape to try, the defaults first.
BLOCK_CASES = ((), (16,), (8, (28, 28, 1)), (5, (12, 20, 8)))


def _block(answer, args):
    """Build a block. Returns it with the filters and the input shape that it was asked for."""
    filters, shape = (*args, *(64, (64, 64, 3))[len(args) :])
    return networks.built(answer, *args), filters, shape


def _judge_calm(model, x, y):
    if not np.isfinite(y).all():
        raise Wrong("not_finite")
    if not np.allclose(y, networks.output(model, x, training=True), atol=1e-4):
        raise Wrong("noisy")


# ---- the block that averages


def _average(x):
    return _cells(x).mean(axis=-1)


@exercise(
    hack.make_pooling_block,
    praise="Convolution, leaky ReLU, averages of 2 × 2: 1,792 parameters, and no number without a gradient.",
    misconceptions={
        **BLOCK_MISCONCEPTIONS,
        "max_pooling": (
            "Your block keeps the largest number of each cell: max-pooling, which leaves three of four without a "
            "gradient. Take the layer that averages."
        ),
        "size_missing": (
            "Keras' AveragePooling2D wants to be told how large its cells are. MaxPooling2D takes 2 by itself; its "
            "relative doesn't."
        ),
        "strided": (
            "Your block takes every second place and averages nothing. A stride, as in lab 01, is the talk's other "
            "remedy; here convolve at every place and pool then."
        ),
        "halved_twice": (
            "Your block turns {before} into {found}: halved more than once. One pooling of 2 × 2, and a convolution of "
            "stride 1."
        ),
        "global_pooling": (
            "Your block returns {found} for a batch of {n}: one average for each whole map. GlobalAveragePooling2D "
            "ends a network; here each cell of 2 × 2 gets an average."
        ),
        "not_halved": (
            "Your block leaves {before} as it is. Does it pool at all, and do its cells lie side by side? Keras' "
            "pooling moves on by a whole cell unless `strides` says otherwise."
        ),
        "valid_padding": (
            'Your block makes {found} of {before}: Keras\' default "valid" drops places at the edge before you pool. '
            'Ask the convolution for padding="same". If it has that: are your cells 2 × 2?'
        ),
        "pooled_before_activation": (
            "Your block averages first and bends then. That is another function: the average of 1 and -1 is 0, and "
            "that of 1 and -0.2 is 0.4. The leaky ReLU comes before the pooling."
        ),
        "pooled_before_convolution": (
            "Your block averages the image and convolves what is left. The convolution comes first, on all pixels."
        ),
        "other_window": "Your cells overlap: they are 3 × 3 and two apart. Wanted are cells of 2 × 2, side by side.",
        "wrong_size": (
            "Your block has {found:,} parameters; wanted {wanted:,}: 3 · 3 · channels · filters and a bias for each "
            "filter. Pooling and leaky ReLU have none."
        ),
        "wrong_function": (
            "Your block has the right shape and size, and computes something else: a convolution of 3 × 3, leaky ReLU "
            "of slope 0.2, then the averages of cells of 2 × 2. Is there another layer, or another order?"
        ),
    },
    hints=(
        "Which layer of a classifier's block keeps the largest of four, and what is its relative that averages called?",
        "Three layers after the input: Conv2D with padding, LeakyReLU with its slope, AveragePooling2D, in this order.",
        "keras.Sequential([keras.Input(...), layers.Conv2D(filters, 3, padding=...), "
        "layers.LeakyReLU(negative_slope=...), layers.AveragePooling2D(...)])",
    ),
)
def check_make_pooling_block(answer):
    for args in BLOCK_CASES:
        try:
            model, filters, shape = _block(answer, args)
        except AnswerRaised as raised:
            if "missing" in raised.error and "pool_size" in raised.error:
                raise Wrong("size_missing") from None
            raise
        height, width, channels = shape
        x = rng(5).normal(0, 1, (2, *shape)).astype("float32")
        y = _taken(model, x)
        _judge_pooled_shape(y.shape, filters, shape)
        kernel, bias = _weights(model, channels, filters)
        y = networks.output(model, x)
        _judge_calm(model, x, y)
        z = _convolved(x, kernel, bias)
        if not _judge_slopes(y, _average(np.maximum(z, 0)), _average(np.minimum(z, 0))):
            _name_the_pooling(y, x, z, kernel, bias)
            raise Wrong("wrong_function")


def _judge_pooled_shape(found, filters, shape):
    height, width, _ = shape
    wanted = (2, height // 2, width // 2, filters)
    if found == wanted:
        return
    sizes = {"before": f"{height} × {width}", "found": " × ".join(map(str, found[1:3]))}
    if found == (2, filters) or found[1:3] == (1, 1):
        raise Wrong("global_pooling", found=found, n=2)
    if len(found) == 4:
        if found[1:3] in ((height, width), (height - 1, width - 1)):
            raise Wrong("not_halved", **sizes)
        if found[1:3] in (((height - 2) // 2, (width - 2) // 2), ((height - 1) // 2, (width - 1) // 2)):
            raise Wrong("valid_padding", **sizes)
        if found[1] <= -(-height // 4):
            raise Wrong("halved_twice", **sizes)
        if found[:3] == wanted[:3]:
            raise Wrong("ignores_filters", wanted=filters, found=found[3])
    raise Wrong("wrong_output", shape=(2, *shape), found=found, wanted=wanted)


def _name_the_pooling(y, x, z, kernel, bias):
    """Raise Wrong for what a block of the right size does in place of bending and averaging."""
    largest = _cells(z).max(axis=-1)
    if _judge_max(y, largest):
        raise Wrong("max_pooling")
    for slope in (0.2, 0.3, 0.0, 0.01, 1.0):
        if _is_like(y, _leaky(_average(z), slope)):
            raise Wrong("pooled_before_activation")
        if _is_like(y, _leaky(_convolved(_average(x), kernel, bias), slope)):
            raise Wrong("pooled_before_convolution")
        bent = _convolved(_leaky(x, slope), kernel, bias)
        if _is_like(y, _average(bent)):
            raise Wrong("activation_first")
        if _is_like(y, _cells(bent).max(axis=-1)):
            raise Wrong("max_pooling")
        if any(_is_like(y, _leaky(z[:, i::2, j::2], slope)) for i in (0, 1) for j in (0, 1)):
            raise Wrong("strided")
        overlapping = np.asarray(keras.ops.average_pool(_leaky(z, slope), 3, 2, "same"))
        if _is_like(y, overlapping):
            raise Wrong("other_window")


def _judge_max(y, largest):
    """Tell whether y is some leaky ReLU of the largest numbers of the cells."""
    parts = np.stack([np.maximum(largest, 0).ravel(), np.minimum(largest, 0).ravel()], axis=1)
    factors = np.linalg.lstsq(parts, y.ravel(), rcond=None)[0]
    return np.allclose(parts @ factors, y.ravel(), atol=1e-3)


# ---- the block that shuffles

#: The raising of Keras and TensorFlow that comes from a known slip: words of the error -> misconception.
SLIPS = (
    ("KerasTensor cannot be used as input to a TensorFlow function", "bare_function"),
    ("Only instances of", "bare_function"),
    ("divisible by", "not_divisible"),
)


def _shuffled(z, factor=2):
    return hack.pixel_shuffle(z, factor)


def _torch_shuffled(z, factor=2):
    n, height, width, channels = z.shape
    parts = z.reshape(n, height, width, channels // factor**2, factor, factor)
    return parts.transpose(0, 1, 4, 2, 5, 3).reshape(n, height * factor, width * factor, -1)


def _permuted(z, factor, axes):
    n, height, width, _ = z.shape
    parts = z.reshape(n, height, width, factor, factor, -1)
    return parts.transpose(axes).reshape(n, height * factor, width * factor, -1)


def _only_reshaped(z, factor=2):
    n, height, width, _ = z.shape
    return z.reshape(n, height * factor, width * factor, -1)


#: Other orders in which people move channels into space: misconception -> function of (z, factor).
ORDERS = {
    "torch_order": _torch_shuffled,
    "rows_for_columns": lambda z, factor=2: _permuted(z, factor, (0, 1, 4, 2, 3, 5)),
    "tiled": lambda z, factor=2: _permuted(z, factor, (0, 3, 1, 4, 2, 5)),
    "only_reshaped": _only_reshaped,
}


@exercise(
    hack.make_shuffle_block,
    praise="Four times the filters, moved into space: 64 × 64 becomes 128 × 128, with 7,168 parameters.",
    misconceptions={
        **BLOCK_MISCONCEPTIONS,
        "quarter_of_the_filters": (
            "Asked for {wanted} filters, your block ends with {found} channels. PixelShuffle turns four channels into "
            "one; how many does the convolution have to make?"
        ),
        "not_divisible": (
            "TensorFlow can't divide your channels into squares: it needs four channels for each one that comes out. "
            "How many does the convolution have to make for {filters} filters, and does it come before the shuffle?"
        ),
        "bare_function": (
            "A function of TensorFlow works on numbers, and a Keras model is built from layers. Wrap it: "
            "`layers.Lambda` makes a layer of a function, and keras.ops has one of the same name."
        ),
        "not_shuffled": (
            "Your block leaves {before} as it is, with {found} channels. Make four for each one that is wanted, with "
            "a stride of 1, and move them into space by `depth_to_space`."
        ),
        "wrong_way": (
            "Your block makes {found} of {before}: space_to_depth moves pixels into channels. The other way is wanted."
        ),
        "doubled_twice": "Your block makes {found} of {before}. The shuffle's factor is 2, and it comes once.",
        "transposed_convolution": (
            "Your block doubles by a transposed convolution, as in lab 02: the talk's other way. Here an ordinary "
            "Conv2D makes more channels, and they are moved into space."
        ),
        "resize_and_convolve": (
            "Your block has {found:,} parameters; wanted {wanted:,}. With so few there are no four channels for a "
            "pixel: does it copy pixels (UpSampling2D)? Let the convolution make 4 · filters channels."
        ),
        "torch_order": (
            "Your shuffle puts the channels in PyTorch's order. It would train as well; wanted is the order of "
            "tf.nn.depth_to_space, and you may call that very function."
        ),
        "rows_for_columns": (
            "Your shuffle has rows and columns of each square changed round. `depth_to_space` fills it row by row."
        ),
        "tiled": (
            "Your shuffle sets four small images side by side where each pixel should become a square. "
            "`depth_to_space` does it right."
        ),
        "only_reshaped": (
            "Your block only reshapes: numbers of one pixel end up in a row, not in a square. Move them by "
            "`depth_to_space`."
        ),
        "wrong_size": (
            "Your block has {found:,} parameters; wanted {wanted:,}, all of them in one convolution of 3 × 3 to "
            "4 · filters channels, with a bias for each. The shuffle has none."
        ),
        "wrong_function": (
            "Your block has the right shape and size, and computes something else: a convolution of 3 × 3, "
            "depth_to_space, leaky ReLU of slope 0.2. Is there another layer?"
        ),
    },
    hints=(
        "PixelShuffle makes four pixels of one, and every number of them comes from some channel. How many channels "
        "must there be before it?",
        "Conv2D to 4 · filters channels with padding, then `layers.Lambda` around a function that calls "
        "tf.nn.depth_to_space with block size 2, then LeakyReLU.",
        "keras.Sequential([keras.Input(...), layers.Conv2D(4 * ..., 3, padding=...), layers.Lambda(lambda x: ...), "
        "layers.LeakyReLU(negative_slope=...)])",
    ),
)
def check_make_shuffle_block(answer):
    for args in BLOCK_CASES:
        try:
            model, filters, shape = _block(answer, args)
        except AnswerRaised as raised:
            for words, misconception in SLIPS:
                if words in raised.error:
                    raise Wrong(misconception, filters=(*args, 64)[0]) from None
            raise
        x = rng(6).normal(0, 1, (2, *shape)).astype("float32")
        try:
            y = _taken(model, x)
        except Wrong as wrong:
            if "divisible" in wrong.details.get("reason", ""):
                raise Wrong("not_divisible", filters=filters) from None
            raise
        _judge_doubled_shape(y.shape, filters, shape, model)
        _judge_kernel(model, filters, shape[2])
        kernel, bias = _weights(model, shape[2], 4 * filters)
        y = networks.output(model, x)
        _judge_calm(model, x, y)
        z = _convolved(x, kernel, bias)
        if _judge_slopes(y, _shuffled(np.maximum(z, 0)), _shuffled(np.minimum(z, 0))):
            continue
        for slope in (0.2, 0.3, 0.0, 0.01, 1.0):
            for misconception, order in ORDERS.items():
                if _is_like(y, _leaky(order(z), slope)):
                    raise Wrong(misconception)
            if _is_like(y, _shuffled(_convolved(_leaky(x, slope), kernel, bias))):
                raise Wrong("activation_first")
        raise Wrong("wrong_function")


def _judge_doubled_shape(found, filters, shape, model):
    height, width, _ = shape
    wanted = (2, 2 * height, 2 * width, filters)
    if found == wanted:
        return
    if len(found) == 4:
        sizes = {"before": f"{height} × {width}", "found": f"{found[1]} × {found[2]}"}
        if found[1:3] == (height, width):
            raise Wrong("not_shuffled", before=sizes["before"], found=found[3])
        if found[1] < height:
            raise Wrong("wrong_way", **sizes)
        if found[1] >= 4 * height:
            raise Wrong("doubled_twice", **sizes)
        if found[:3] == wanted[:3]:
            if 4 * found[3] == filters:
                raise Wrong("quarter_of_the_filters", wanted=filters, found=found[3])
            if found[3] not in [weight.shape[3] for weight in model.weights if len(weight.shape) == 4]:  # shuffled
                raise Wrong("ignores_filters", wanted=filters, found=found[3])
    raise Wrong("wrong_output", shape=(2, *shape), found=found, wanted=wanted)


def _judge_kernel(model, filters, channels):
    """Raise Wrong if the kernel of a block that doubles belongs to another way of doubling."""
    kernels = [tuple(weight.shape) for weight in model.weights if len(weight.shape) == 4]
    counts = {"found": model.count_params(), "wanted": (9 * channels + 1) * 4 * filters}
    if any(isinstance(layer, layers.Conv2DTranspose) for layer in networks.inner_layers(model)):
        raise Wrong("transposed_convolution")
    if len(kernels) == 1 and kernels[0][2:] == (channels, filters):
        raise Wrong("resize_and_convolve", **counts)


# ---- find the bug


def translated_shuffle(x, factor=2):
    n, height, width, channels = x.shape
    squares = x.reshape(n, height, width, channels // factor**2, factor, factor)
    return squares.transpose(0, 1, 4, 2, 5, 3).reshape(n, height * factor, width * factor, -1)


@exercise(
    hack.pixel_shuffle,
    given=translated_shuffle,
    praise="The same as tf.nn.depth_to_space for 1, 2, 3 and 5 channels and factors from 1 to 4.",
    misconceptions={
        "torch_order": (
            "Right for one channel. For more, yours still reads a pixel's numbers channel by channel, as PyTorch "
            "does. TensorFlow reads them place by place: all channels of the upper left place come first. Which axis "
            "of the reshape runs fastest?"
        ),
        "rows_for_columns": (
            "Your squares are turned: what belongs to the right of the upper left place stands below it. Two axes of "
            "length `factor` come out of the reshape; the first of them counts rows."
        ),
        "tiled": (
            "Yours sets {count} small images side by side. For each pixel to become a square, its row must come before "
            "the row inside the square when you transpose, and its column before the column."
        ),
        "only_reshaped": (
            "Without a transpose, the numbers of one pixel end up in one row. Bring each axis of length `factor` "
            "behind the axis that it multiplies, height or width."
        ),
        "swapped_image": "Rows and columns of the whole image have changed places in yours.",
        "half_mended": (
            "The reshape now puts the channels last, and your axes still follow the old order. Write down what each "
            "of the six axes counts, then pick them anew."
        ),
        "other_default": "Called without a factor, yours does not take 2. Keep the default of the argument.",
        "ignores_factor": "Asked for the factor {factor}, yours still takes 2. Use the argument.",
        "wrong_values": (
            "For x of shape {shape} and factor {factor}, a pixel with the numbers {given} becomes {found}; "
            "wanted {wanted} (row by row, the channels of a place together)."
        ),
    },
    hints=(
        "One pixel has 12 numbers and the factor is 2: which three of them belong to the upper left place, in "
        "PyTorch's order and in TensorFlow's?",
        "In TensorFlow's order the channel runs fastest, so it is the last axis of the reshape. The transpose then "
        "wants: image, row, row in the square, column, column in the square, channel.",
        "x.reshape(n, height, width, factor, ..., ...).transpose(0, 1, ..., 2, ..., 5)",
    ),
)
def check_pixel_shuffle(answer):
    # More than one channel first, and a factor that a function which knows only 2 survives.
    cases = ((2, 3, 4, 3, 2), (1, 3, 2, 3, 4), (1, 4, 2, 1, 2), (2, 2, 5, 2, 3), (3, 5, 3, 5, 1))
    for n, height, width, channels, factor in cases:
        x = np.arange(n * height * width * channels * factor**2, dtype="float32") + 1
        x = x.reshape(n, height, width, -1)
        wanted, case = _shuffled(x, factor), f" for x of shape {x.shape} and factor {factor}"
        result = answer(x, factor)
        if factor != 2 and channels % 4 == 3 and np.array_equal(result, _shuffled(x, 2)):
            raise Wrong("ignores_factor", factor=factor)
        found = _array(result, wanted.shape, case)
        if not np.array_equal(found, wanted):
            _name_the_order(x, factor, found, wanted)
    x = np.arange(48.0).reshape(1, 2, 2, 12)
    if not np.array_equal(_array(answer(x)), _shuffled(x)):  # without the factor, it is 2
        raise Wrong("other_default")


def _name_the_order(x, factor, found, wanted):
    """Raise Wrong for the order in which `found` holds the numbers."""
    for misconception, order in ORDERS.items():
        if np.array_equal(found, order(x, factor)):
            raise Wrong(misconception, count=factor**2)
    for misconception, axes in (
        ("half_mended", (0, 1, 4, 2, 5, 3)),
        ("swapped_image", (0, 2, 3, 1, 4, 5)),
        ("swapped_image", (0, 2, 4, 1, 3, 5)),
    ):
        if np.array_equal(found, _permuted(x, factor, axes)):
            raise Wrong(misconception)
    squares = {"given": x[0, 0, 0], "found": found[0, :factor, :factor], "wanted": wanted[0, :factor, :factor]}
    raise Wrong("wrong_values", shape=x.shape, factor=factor, **{name: _few(a) for name, a in squares.items()})


def _few(values):
    """Return the first numbers of an array as text."""
    numbers = [f"{value:g}" for value in values.ravel()]
    return ", ".join(numbers[:12] + ["…"][: len(numbers) > 12])
