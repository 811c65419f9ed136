"""Lab 15, sparse gradients: what a right answer must show, how people get it wrong, and the hints."""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import blocks
from ganhacks.checks.judges.blocks import block, function, leaky, plain, sized
from ganhacks.checks.engine.exercise import exercise_in
from ganhacks.checks.engine.judging import judge
from ganhacks.checks.engine.values import array
from ganhacks.hacks import sparse_gradients as hack

PARAMETERS = {
    "steps": training_steps(),
    "depth": Parameter("convolutions of the stack", 1, 5),
    "seed": SEED,
    "n_seeds": Parameter("runs of each kind", 1, 20),
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "sparse_gradients")

PREDICTION = {
    "choices": {
        "a": "at one half of them.",
        "b": "at 77 % of them.",
        "c": "at 87.5 % of them.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so with the ReLU alone. The pooling takes three of four, whatever their sign.",
        "c": (
            "That would be so if the two had nothing to do with each other. But pooling picks the largest of four, "
            "which is rarely negative."
        ),
    },
    "why": (
        "Three of four lose: that is 75 %. The winner is the largest of the four, so the ReLU stops it only if all "
        "four are negative, once in 2 · 2 · 2 · 2 = 16 times: 3/4 + 1/4 · 1/16 = 49/64, or 76.6 %. 87.5 % would be "
        "right if a cell's winner were negative half of the time, like any other number."
    ),
}


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


def _won(x, axis=-1):
    """Return 1 where a number is the largest of its cell, and 0 elsewhere."""
    cells = _cells(x)
    return _from_cells((cells == cells.max(axis=axis, keepdims=True)).astype("float64"))


def _largest_of_map(axes):
    return lambda x, up: (x == x.max(axis=axes, keepdims=True)) * _grown(up)


def _turned(x, up):
    return _from_cells(_cells(_won(x))[..., [0, 2, 1, 3]]) * _grown(up)


def _without_transposing(x, upstream):
    """Route the gradient as one does who cuts the array into rows of memory, where cells are wanted."""
    n, height, width, channels = x.shape
    cells = x.reshape(n, height // 2, width // 2, 4, channels)
    won = cells == cells.max(axis=3, keepdims=True)
    return (won * upstream[:, :, :, None]).reshape(x.shape)


def _to_place(place):
    def routed(x, upstream):
        cells = np.zeros(_cells(x).shape)
        cells[..., place] = upstream
        return _from_cells(cells)

    return routed


def _edge_left_out(rows, columns, least=0):
    """Return a loop over cells that stops early by so many rows and columns, and goes over `least` at any size."""

    def routed(x, upstream):
        gradient = _won(x) * _grown(upstream)
        gradient[:, max(x.shape[1] - rows, least) :] = 0
        gradient[:, :, max(x.shape[2] - columns, least) :] = 0
        return gradient

    return routed


def _windows_one_apart(all_over):
    """Return a pooling whose windows lie one apart: all over the map, or as many as there are cells."""

    def routed(x, upstream):
        gradient, (n, height, width, channels) = np.zeros(x.shape), x.shape
        places, apart = ((height - 1, width - 1), 2) if all_over else (upstream.shape[1:3], 1)
        for sample, i, j, channel in np.ndindex(n, *places, channels):
            row, column = divmod(int(x[sample, i : i + 2, j : j + 2, channel].argmax()), 2)
            gradient[sample, i + row, j + column, channel] += upstream[sample, i // apart, j // apart, channel]
        return gradient

    return routed


@exercise(
    hack.max_pool_gradient,
    slips=[
        ("spread_evenly", lambda x, up: _grown(up) / 4),
        ("to_everyone", lambda x, up: _grown(up)),
        ("mask_only", lambda x, up: _won(x)),
        ("times_the_number", lambda x, up: _won(x) * x * _grown(up)),
        ("the_winners_themselves", lambda x, up: _won(x) * x),
        ("smallest_wins", lambda x, up: _won(-x) * _grown(up)),
        ("by_distance_from_0", lambda x, up: _won(np.abs(x)) * _grown(up)),
        ("across_channels", lambda x, up: _won(x, axis=(-2, -1)) * _grown(up)),
        ("across_channels", lambda x, up: _won(x, axis=(-2, -1)).max(axis=-1, keepdims=True) * _grown(up)),
        ("to_the_losers", lambda x, up: (1 - _won(x)) * _grown(up)),
        *(("one_winner", _largest_of_map(axes)) for axes in ((1, 2), (1, 2, 3), None)),
        *(("edge_left_out", _edge_left_out(*out, least)) for out in ((2, 0), (0, 2), (2, 2)) for least in (0, 2)),
        *(("windows_one_apart", _windows_one_apart(all_over)) for all_over in (True, False)),
        ("near_is_equal", lambda x, up: np.isclose(x, _grown(_cells(x).max(axis=-1))) * _grown(up)),
        ("near_is_equal", lambda x, up: _won(x.astype("float16")) * _grown(up)),
        ("rows_for_columns", _turned),
        ("no_cells", _without_transposing),
        ("negative_cells", lambda x, up: _won(x) * (x > 0) * _grown(up)),
        *(("fixed_place", _to_place(place)) for place in range(4)),
        ("sign", lambda x, up: -_won(x) * _grown(up)),
        *(("scaled", lambda x, up, by=by: _won(x) * _grown(up) * by) for by in (1 / 2, 1 / 4, 2, 4)),
        ("upstream_cut", lambda x, up: _won(x) * np.maximum(_grown(up), 0)),
        ("pooled", lambda x, up: up),
        ("pooled", lambda x, up: _cells(x).max(axis=-1)),
    ],
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
            "You look for the largest number of a whole map. Each cell of 2 × 2 has a winner of its own, in each "
            "channel."
        ),
        "edge_left_out": (
            "The last cells, at the lower or right edge, get no gradient in yours: your loop stops one cell early."
        ),
        "windows_one_apart": (
            "Your cells overlap, one row or column apart: they lie side by side, so cell (i, j) starts at row 2 * i "
            "and column 2 * j."
        ),
        "near_is_equal": (
            "Numbers that are nearly the largest count as the largest in yours: compare them as they are, without "
            "np.isclose, rounding or a shorter type."
        ),
        "rows_for_columns": (
            "The right number wins, and its gradient lands across the cell: rows and columns of the cell have changed "
            "places on the way back. Follow one cell by hand."
        ),
        "no_cells": (
            "Your cells are no squares: `reshape` alone takes numbers that stand side by side in one row. Split height "
            "into (height / 2, 2) and width into (width / 2, 2), or take every second row and column by `x[:, ::2, …]`."
        ),
        "integers": "Your result has lost its fractions. Collect it in an array of floats.",
        "negative_cells": (
            "Where all numbers of a cell are negative, yours has no winner. One of them is the largest there too."
        ),
        "fixed_place": (
            "The same place of every cell gets the gradient in yours. Which of the four won depends on x: compare them."
        ),
        "sign": "Your gradient has the other sign. The max grows with its winner: hand on `upstream` as it is.",
        "scaled": (
            "The winners get a multiple of the gradient in yours. The max moves as far as its winner: hand on "
            "`upstream` as it is."
        ),
        "upstream_cut": (
            "Negative gradients are 0 in yours. A ReLU cuts numbers, and a gradient may have either sign: hand on "
            "`upstream` as it is."
        ),
        "pooled": (
            "Your array has the size of the pooled one. Each number of x gets a gradient: wanted is the shape of x."
        ),
        "differs": "In each cell the largest number gets all of the cell's `upstream`, and the others get 0.",
    },
    hints=(
        "Take one cell, say 3, 1, 2, 0, whose max is 3. Which of the four can you move a bit without moving the max?",
        "`x[:, 0::2, 0::2]` holds the upper left number of every cell, and `x[:, 0::2, 1::2]` its right neighbour: "
        "four such arrays. Compare each with the largest of the four.",
        "for each of the four places: gradient[:, i::2, j::2] = np.where(... == ..., upstream, ...)",
    ),
)
def check_max_pool_gradient(answer):
    shapes = ((1, 2, 2, 1), (1, 2, 4, 1), (2, 6, 8, 3), (3, 4, 4, 1), (1, 10, 6, 5))
    inputs = [_no_ties(seed, shape) for seed, shape in enumerate(shapes)]
    inputs += [(_as_float32(x - 6), up) for x, up in inputs[1:3]] + [(inputs[2][0], 0 * inputs[2][1])]
    inputs += [tuple(part.astype("float32") for part in inputs[2])]
    x, upstream = _no_ties(9, (1, 4, 6, 2))
    inputs += [(_as_float32(1 + 2e-5 * x), upstream)]  # near each other, and told apart by float32
    for x, upstream in inputs:
        array(answer(x, upstream))  # no tensor, no list
    judge(answer, inputs, atol=1e-4)
    properties.new_array(answer, *inputs[2])
    flat = np.zeros((1, 4, 4, 2))  # ties: any way will do
    array(answer(flat, np.ones((1, 2, 2, 2))), flat.shape, " where the numbers of a cell are equal")


def _no_ties(seed, shape):
    """Return numbers of which no two are equal, and a gradient from above: as float64, and equal to their float32.

    TensorFlow's functions take float32 out of some arrays, and who compares theirs with x is right too.
    """
    draw, (n, height, width, channels) = np.random.default_rng(seed), shape
    x = draw.permutation(np.linspace(-2, 3, int(np.prod(shape)))).reshape(shape)
    return _as_float32(x), _as_float32(draw.normal(0, 2, (n, height // 2, width // 2, channels)))


def _as_float32(values):
    return values.astype("float32").astype("float64")


# ---- what both blocks share


def _convolution(filters, kernel=3, padding="same", **more):
    return layers.Conv2D(filters, kernel, padding=padding, **more)


def _bend(activation):
    return plain(layers.Activation, activation)


BENT = _bend(leaky(0.2))

#: How people bend in place of a leaky ReLU of slope 0.2: (misconception, activation, details).
BENDS = (
    ("no_activation", "linear", {}),
    ("relu", "relu", {}),
    ("default_slope", leaky(0.3), {}),
    ("applied_twice", leaky(0.04), {}),
    *(("other_slope", leaky(slope), {"slope": slope}) for slope in (0.01, 0.1, 0.02, 0.25)),
    *(("other_bend", name, {"bend": name}) for name in ("tanh", "sigmoid", "elu", "gelu", "swish", "softplus", "selu")),
)

#: What can be wrong with either block.
BLOCK_MISCONCEPTIONS = {
    **blocks.MISCONCEPTIONS,
    "no_activation": "Your block ends in plain numbers: nothing bends. A leaky ReLU of slope 0.2 belongs in it.",
    "relu": (
        "Your block cuts negative numbers to 0, and the gradient with them: a plain ReLU, one of the two things that "
        "this trick avoids. (Look for an `activation` inside the convolution too.)"
    ),
    "default_slope": (
        "Your leaky ReLU has the slope 0.3, which Keras' layer takes when nobody sets it (lab 03). Ask for 0.2."
    ),
    "applied_twice": (
        "Your block multiplies negative numbers by 0.04, which is 0.2 · 0.2. Is the leaky ReLU in it twice? Once is "
        "enough."
    ),
    "other_slope": "Your block multiplies negative numbers by {slope}; wanted 0.2.",
    "other_bend": "Your block bends by {bend}. Wanted is a leaky ReLU: layers.LeakyReLU(negative_slope=0.2).",
    "wrong_kernel": "Your kernel is {kernel} × {kernel}; wanted 3 × 3.",
    "dilated": "Your kernel reaches over 5 × 5 places, with gaps: leave the convolution's `dilation_rate` at 1.",
    "other_border": 'Your block mirrors the image at its edges, where padding="same" puts zeros: let the layer pad.',
    "activation_first": "Your leaky ReLU bends the images before the convolution. It belongs after it.",
    "no_bias": "Your block has {found:,} parameters; wanted {wanted:,}. The convolution keeps its biases here.",
}


def _convolution_slips(convolve, *others):
    """Return the slips with the convolution that either block can show. convolve: its maker; others: what follows."""
    unpadded = partial(convolve, padding="valid")
    return [
        ("dilated", block(partial(convolve, dilation_rate=2), *others)),
        *(("other_border", block(_bordered(mode), unpadded, *others)) for mode in ("REFLECT", "SYMMETRIC")),
    ]


def _bordered(mode):
    return function(lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode))


#: What is tried of either block, with even sizes and filters that are a multiple of 4.
BLOCK_CALLS = [(8, (12, 20, 7))]


# ---- the block that averages

AVERAGE = plain(layers.AveragePooling2D, 2)
MAX = plain(layers.MaxPooling2D, 2)


@exercise(
    hack.make_pooling_block,
    slips=[
        *blocks.input_slips(_convolution, BENT, AVERAGE),
        *_convolution_slips(_convolution, BENT, AVERAGE),
        *(("max_pooling", block(_convolution, _bend(bend), MAX)) for bend in (leaky(0.2), leaky(0.3), "relu")),
        *((name, block(_convolution, _bend(bend), AVERAGE), more) for name, bend, more in BENDS),
        *(("pooled_before_activation", block(_convolution, AVERAGE, _bend(b))) for b in (leaky(0.2), leaky(0.3))),
        ("pooled_before_activation", block(_convolution, AVERAGE, _bend("relu"))),
        *(("pooled_before_convolution", block(AVERAGE, _convolution, _bend(b))) for b in (leaky(0.2), leaky(0.3))),
        ("activation_first", block(BENT, _convolution, AVERAGE)),
        *(("strided", block(partial(_convolution, strides=2), _bend(b))) for b in (leaky(0.2), leaky(0.3))),
        ("strided", block(_convolution, BENT, function(lambda x: x[:, ::2, ::2]))),
        ("other_window", block(_convolution, BENT, plain(layers.AveragePooling2D, 3, 2, padding="same"))),
        ("size_missing", block(_convolution, BENT, plain(layers.AveragePooling2D))),
        ("summed", block(_convolution, BENT, AVERAGE, function(lambda x: 4 * x))),
        *(("wrong_kernel", block(partial(_convolution, kernel=k), BENT, AVERAGE), {"kernel": k}) for k in (4, 5, 2, 1)),
    ],
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
        "halved_twice": "Your block halves more than once. One pooling of 2 × 2, and a convolution of stride 1.",
        "global_pooling": (
            "Your block returns one average for each whole map. GlobalAveragePooling2D ends a network; here each cell "
            "of 2 × 2 gets an average."
        ),
        "not_halved": (
            "Your block leaves the image about as large as it is. Does it pool at all, and do its cells lie side by "
            "side? Keras' pooling moves on by a whole cell unless `strides` says otherwise."
        ),
        "valid_padding": (
            "Your block drops places at the edge, as Keras' default padding does. Ask the convolution for "
            'padding="same". If it has that: are your cells 2 × 2?'
        ),
        "pooled_before_activation": (
            "Your block averages first and bends then. That is another function: the average of 1 and -1 is 0, and "
            "that of 1 and -0.2 is 0.4. The leaky ReLU comes before the pooling."
        ),
        "pooled_before_convolution": (
            "Your block averages the image and convolves what is left. The convolution comes first, on all pixels."
        ),
        "other_window": "Your cells overlap: they are 3 × 3 and two apart. Wanted are cells of 2 × 2, side by side.",
        "summed": "Your block adds the four numbers of a cell. Wanted is their average, a quarter of that.",
        "differs": (
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
    blocks.judge_block(
        answer,
        BLOCK_CALLS,
        layers=[("MaxPool", "max_pooling"), ("Normalization", "normalized")],
        sizes=[
            ("not_halved", sized(lambda n: n)),
            ("not_halved", sized(lambda n: n - 1)),
            ("valid_padding", sized(lambda n: n // 2 - 1)),
            ("halved_twice", sized(lambda n: n // 4)),
            ("halved_twice", sized(lambda n: -(-n // 4))),
            ("global_pooling", lambda filters=64, *_: (filters,)),
            ("global_pooling", sized(lambda n: 1)),
            *blocks.flattened(lambda n: n // 2),
        ],
    )


# ---- the block that shuffles


def _torch_shuffled(x, factor=2):
    n, height, width, channels = x.shape
    parts = _reshape(x, (-1, height, width, channels // factor**2, factor, factor))
    return _reshape(_transpose(parts, (0, 1, 4, 2, 5, 3)), (-1, height * factor, width * factor, channels // factor**2))


def _permuted(axes):
    """Return a function that moves channels into space in another order of the axes."""

    def shuffled(x, factor=2):
        n, height, width, channels = x.shape
        parts = _reshape(x, (-1, height, width, factor, factor, channels // factor**2))
        whole = (-1, height * factor, width * factor, channels // factor**2)
        return _reshape(_transpose(parts, axes), whole)

    return shuffled


def _reshape(x, shape):
    return x.reshape(shape) if isinstance(x, np.ndarray) else keras.ops.reshape(x, shape)


def _transpose(x, axes):
    return x.transpose(axes) if isinstance(x, np.ndarray) else keras.ops.transpose(x, axes)


#: Other orders in which people move channels into space.
ORDERS = (
    ("torch_order", _torch_shuffled),
    ("rows_for_columns", _permuted((0, 1, 4, 2, 3, 5))),
    ("tiled", _permuted((0, 3, 1, 4, 2, 5))),
    ("only_reshaped", _permuted((0, 1, 2, 3, 4, 5))),
)
SHUFFLE = function(lambda x: tf.nn.depth_to_space(x, 2))


SMOOTH = plain(layers.AveragePooling2D, 2, strides=1, padding="same")


def _wide(filters, times=4, more=0, **settings):
    return _convolution(times * filters + more, **settings)


def _tensorflow_alone(filters=64, input_shape=blocks.NORMAL_SHAPE):
    images = keras.Input(input_shape)
    return keras.Model(images, tf.nn.depth_to_space(_wide(filters)(images), 2))


@exercise(
    hack.make_shuffle_block,
    slips=[
        *blocks.input_slips(_wide, SHUFFLE, BENT),
        *_convolution_slips(_wide, SHUFFLE, BENT),
        *(("smoothed", block(_wide, SHUFFLE, *both)) for both in ((SMOOTH, BENT), (BENT, SMOOTH))),
        *(("quarter_of_the_filters", block(_convolution, SHUFFLE, _bend(b))) for b in (leaky(0.2), leaky(0.3), "relu")),
        ("not_divisible", block(partial(_wide, more=2), SHUFFLE, BENT)),
        ("not_divisible", block(SHUFFLE, _wide, BENT)),
        ("bare_function", _tensorflow_alone),
        ("bare_function", block(_wide, lambda filters: lambda x: tf.nn.depth_to_space(x, 2), BENT)),
        *((name, block(_wide, SHUFFLE, _bend(bend)), more) for name, bend, more in BENDS),
        *((name, block(_wide, function(order), BENT)) for name, order in ORDERS),
        ("activation_first", block(BENT, _wide, SHUFFLE)),
        *(("wrong_kernel", block(partial(_wide, kernel=k), SHUFFLE, BENT), {"kernel": k}) for k in (5, 4, 2, 1)),
    ],
    praise="Four times the filters, moved into space: 64 × 64 becomes 128 × 128, with 7,168 parameters.",
    misconceptions={
        **BLOCK_MISCONCEPTIONS,
        "quarter_of_the_filters": (
            "Your block ends with a quarter of the filters that it was asked for. PixelShuffle turns four channels "
            "into one; how many does the convolution have to make?"
        ),
        "not_divisible": (
            "TensorFlow can't divide your channels into squares: it needs four channels for each one that comes out. "
            "How many does the convolution have to make, and does it come before the shuffle?"
        ),
        "bare_function": (
            "A function of TensorFlow works on numbers, and a Keras model is built from layers. Wrap it: "
            "`layers.Lambda` makes a layer of a function, and keras.ops has one of the same name."
        ),
        "not_shuffled": (
            "Your block leaves the image as large as it is. Make four channels for each one that is wanted, with a "
            "stride of 1, and move them into space by `depth_to_space`."
        ),
        "wrong_way": (
            "Your block makes the image smaller: space_to_depth moves pixels into channels. The other way is wanted."
        ),
        "doubled_twice": (
            "Your block makes the image four times as large. The shuffle's factor is 2, and it comes once."
        ),
        "valid_padding": (
            "Your block drops places at the edge, as Keras' default padding does. Ask the convolution for "
            'padding="same".'
        ),
        "transposed_convolution": (
            "Your block doubles by a transposed convolution, as in lab 02: the talk's other way. Here an ordinary "
            "Conv2D makes more channels, and they are moved into space."
        ),
        "resize_and_convolve": (
            "Your block copies pixels ({found}). Let the convolution make four channels for each one that is wanted, "
            "and move them into space."
        ),
        "smoothed": "Your block averages neighbours after the shuffle, which blurs: leave the pooling out.",
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
        "differs": (
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
    blocks.judge_block(
        answer,
        BLOCK_CALLS,
        layers=[
            ("Transpose", "transposed_convolution"),
            ("UpSampling", "resize_and_convolve"),
            ("Normalization", "normalized"),
        ],
        sizes=[
            *(("not_shuffled", sized(lambda n: n, channels=lambda f, by=by: by * f)) for by in (4, 1)),
            *(("wrong_way", sized(lambda n: n // 2, channels=lambda f, by=by: by * f)) for by in (4, 16, 1)),
            *(("valid_padding", sized(lambda n: 2 * n - 4, channels=lambda f, by=by: f // by)) for by in (1, 4)),
            ("doubled_twice", sized(lambda n: 4 * n)),
            *blocks.flattened(lambda n: 2 * n),
        ],
    )


# ---- find the bug


def translated_shuffle(x, factor=2):
    n, height, width, total = x.shape
    channels = total // factor**2
    squares = x.reshape(n, height, width, channels, factor, factor)
    moved = squares.transpose(0, 1, 4, 2, 5, 3)
    return moved.reshape(n, height * factor, width * factor, channels)


def _half_precision(x, factor=2):
    return hack.pixel_shuffle(x.astype("float16"), factor)


@exercise(
    hack.pixel_shuffle,
    given=translated_shuffle,
    slips=[
        *ORDERS,
        ("half_mended", _permuted((0, 1, 4, 2, 5, 3))),
        ("swapped_image", _permuted((0, 2, 3, 1, 4, 5))),
        ("swapped_image", _permuted((0, 2, 4, 1, 3, 5))),
        ("channels_backwards", lambda x, factor=2: hack.pixel_shuffle(x[..., ::-1], factor)),
        ("half_precision", _half_precision),
    ],
    praise="The same as tf.nn.depth_to_space for 1 to 4 channels and factors from 1 to 4.",
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
            "Yours sets small images side by side. For each pixel to become a square, its row must come before the row "
            "inside the square when you transpose, and its column before the column."
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
        "channels_backwards": "Your channels come in the reverse order. Read a pixel's numbers from the first one on.",
        "half_precision": "Your numbers are rounded to float16. Nothing is to be calculated: move them as they are.",
        "integers": "Your result has lost its fractions. Collect it in an array of the type of x.",
        "differs": (
            "A pixel's numbers fill a square of factor × factor, row by row, and all channels of a place stand "
            "together."
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
    # Channels that can be divided by 4 whatever the factor: then a function that knows only 2 goes through as well.
    inputs = [(np.arange(1.0, 9).reshape(1, 1, 1, 8), 2), (np.arange(1.0, 9).reshape(1, 1, 2, 4), 2)]
    draw = np.random.default_rng(7)
    for n, height, width, channels, factor in ((2, 3, 4, 3, 2), (1, 3, 2, 3, 4), (2, 2, 5, 4, 3), (3, 5, 3, 4, 1)):
        x = draw.normal(0, 100, (n, height, width, channels * factor**2))
        inputs.append((x.astype("float32"), factor))
    for x, factor in inputs:
        array(answer(x, factor))  # no tensor, no list
    judge(answer, inputs, atol=0, rtol=1e-6)
