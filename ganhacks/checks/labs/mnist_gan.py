"""Lab 12, the full MNIST GAN: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks import toys
from ganhacks.checks.judges import images, latents, losses, networks, steps
from ganhacks.checks.engine.parameters import SEED, Parameter
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, fitting, judge, short
from ganhacks.checks.engine.values import pair
from ganhacks.hacks import mnist_gan as hack

PARAMETERS = {
    "epochs": Parameter("passes over the data", 1, 1_000),
    "batch_size": Parameter("images in a batch", 1, 1_000),
    "latent_dim": Parameter("numbers in a latent sample", 1, 1_000),
    "hidden": Parameter("units of a hidden layer", 1, 2_000),
    "slope": Parameter("of the leaky ReLU below 0", 0.0, 1.0),
    "smooth": Parameter("taken from a real's label", 0.0, 1.0),
    "g_learning_rate": Parameter("of the generator", 1e-6, 1.0),
    "d_learning_rate": Parameter("of the discriminator", 1e-6, 1.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "mnist_gan")

PREDICTION = {
    "choices": {
        "a": "it falls towards 0.",
        "b": "it moves up and down, far from 0.",
        "c": "it rises as long as training goes on.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if the loss were the distance from a goal, as in a classifier. G's opponent learns too.",
        "c": "That would be so if D won more and more. When training goes well, neither of the two does.",
    },
    "why": (
        "A generator's loss is measured by an opponent that learns too. It says who is ahead, not how good the digits "
        "are: compare the rows of pictures with the loss at their steps."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the generator's input


@exercise(
    hack.make_latent_samples,
    praise="One row a sample, N(0, 1), and all of it from the `rng` that was handed in.",
    misconceptions=latents.MISCONCEPTIONS,
    hints=(
        "Which method of a numpy.random.Generator draws from a normal distribution, and how is it told the shape?",
        "The shape is (n_samples, latent_dim), and `rng.standard_normal` takes it as one argument, a tuple.",
        "return rng.standard_normal((n_samples, ...))  # and the other number in place of the dots",
    ),
)
def check_latent_samples(answer):
    latents.judge_latents(answer)


# ---- the networks

NETWORK_MISCONCEPTIONS = {
    **networks.NETWORK_MISCONCEPTIONS,
    "relu": (
        "Your hidden layer lets nothing of a negative input through: that is a plain ReLU. The leaky one keeps `slope` "
        "times the input, so that its gradient never dies."
    ),
    "default_slope": (
        "Your leaky ReLU has a slope of {slope_found}, whatever `slope` is. Pass the argument on: "
        "`layers.LeakyReLU(negative_slope=slope)`."
    ),
    "slope_everywhere": (
        "Your model multiplies positive inputs by the slope too. A leaky ReLU leaves those as they are."
    ),
    "wrong_sign_of_slope": (
        "Your negative inputs come out positive: they are multiplied by -slope. A leaky ReLU is slope * x below 0."
    ),
    "capped": "Your leaky ReLU stops at 6, as a ReLU6 does. A leaky ReLU has no upper end.",
    "other_bend": (
        "Your hidden layer bends by {bend}. Here it is a leaky ReLU: `layers.LeakyReLU(negative_slope=slope)`."
    ),
    "bends_late": (
        "All that bends comes after your last Dense layer. Between the two Dense layers nothing does, so together they "
        "are one linear layer. Put LeakyReLU after the first."
    ),
    "normalized": "There is a {found} layer in your network. None is asked for here: leave it out.",
    "linear_hidden": (
        "Nothing bends between your two Dense layers, so together they are one linear layer. Add LeakyReLU."
    ),
}


def _network(n_in, hidden, n_out, slope, last="linear", bends=None):
    """Return two dense layers with a leaky ReLU between, or with `bends`, and the activation `last` at the end."""
    return keras.Sequential(
        [
            keras.Input((n_in,)),
            layers.Dense(hidden),
            layers.Activation(bends) if bends else layers.LeakyReLU(negative_slope=slope),
            layers.Dense(n_out),
            layers.Activation(last),
        ]
    )


def _bent_late(n_in, hidden, n_out, slope, last="linear"):
    """Return two dense layers with nothing between them, and a leaky ReLU and the activation `last` at the end."""
    ends = layers.LeakyReLU(negative_slope=slope), layers.Activation(last)
    return keras.Sequential([keras.Input((n_in,)), layers.Dense(hidden), layers.Dense(n_out), *ends])


def _slips(network, last, named_outputs):
    """Return how people get one of the two networks wrong: at its end, in its middle, or both.

    network(args, last, bends): as the exercise builds it from its arguments, but for end and middle. named_outputs:
    activation at the end -> misconception; where the middle is wrong as well, that is told first.
    """
    ends = [(None, last), *((name, end) for end, name in named_outputs.items())]
    middles = [
        ("relu", "relu", {}),
        *((name, name, {}) for name in ("wrong_sign_of_slope", "capped")),
        ("other_bend", "elu of that slope", {"bend": "ELU"}),
        ("linear_hidden", "linear", {}),
        ("slope_everywhere", "everywhere", {}),
        *(("default_slope", slope, {"slope_found": slope}) for slope in (0.01, 0.2, 0.3)),
        *(("other_bend", bend, {"bend": bend}) for bend in ("elu", "tanh", "sigmoid", "gelu", "softplus", "selu")),
    ]
    slips = [(name, lambda *args, end=end: network(args, end, None)) for name, end in ends[1:]]
    for name, middle, more in middles:
        for _, end in ends:
            slips.append((name, lambda *args, end=end, middle=middle: network(args, end, middle), more))
    return slips


def _middle(kind, slope):
    """Return the slope and the activation for a kind of wrong middle, or for none."""
    if kind == "everywhere":
        return slope, lambda x: slope * x
    bends = {
        "wrong_sign_of_slope": lambda x: ops.leaky_relu(x, -slope),
        "capped": lambda x: ops.minimum(ops.leaky_relu(x, slope), 6),
        "elu of that slope": lambda x: ops.elu(x, slope),
    }
    return (kind, None) if isinstance(kind, float) else (slope, bends.get(kind, kind))


def _wrong_generator(args, last, kind):
    latent_dim, hidden, slope = (*args, *(100, 128, 0.01)[len(args) :])
    slope, bends = _middle(kind, slope)
    return _network(latent_dim, hidden, 784, slope, last, bends)


def _wrong_discriminator(args, last, kind):
    hidden, slope = (*args, *(128, 0.01)[len(args) :])
    slope, bends = _middle(kind, slope)
    return _network(784, hidden, 1, slope, last, bends)


NORMALIZATION = [("Normalization", "normalized")]


def _batches(width):
    """Return two batches for a network that reads so many numbers: several samples, and a single one far from 0."""
    return [
        rng(4).standard_normal((6, width)).astype("float32"),
        5 * rng(5).standard_normal((1, width)).astype("float32"),
    ]


@exercise(
    hack.make_generator,
    slips=[
        ("fixed_latent_dim", lambda latent_dim=100, *more: hack.make_generator(100, *more)),
        *_slips(
            _wrong_generator,
            "tanh",
            {"sigmoid": "sigmoid_output", "linear": "no_tanh", "relu": "relu_output", "hard_sigmoid": "sigmoid_output"},
        ),
        *(
            ("bends_late", lambda n=100, hidden=128, slope=0.01, end=end: _bent_late(n, hidden, 784, slope, end))
            for end in ("tanh", "linear")
        ),
    ],
    praise="114,064 parameters, the right slope, and tanh at the end: images in [-1, 1].",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "sigmoid_output": (
            "Your generator ends in a sigmoid, so its images lie in [0, 1] while the real ones lie in [-1, 1]. The "
            "discriminator would tell them apart by their range alone. End in tanh."
        ),
        "no_tanh": "Nothing bounds your generator's output; real images lie in [-1, 1]. End in tanh.",
        "fixed_latent_dim": (
            "Your generator reads 100 numbers whatever `latent_dim` is. You wrote 100 where `latent_dim` belongs."
        ),
        "relu_output": "Your generator ends in a ReLU, so it can never make black, which is -1. End in tanh.",
    },
    hints=(
        "How many numbers go in, how many pixels come out, and in which range must the pixels lie?",
        "Input, Dense(hidden), LeakyReLU with your slope, Dense(784), then the activation whose range is [-1, 1].",
        "keras.Sequential([keras.Input((latent_dim,)), layers.Dense(hidden), "
        "layers.LeakyReLU(negative_slope=...), layers.Dense(...), layers.Activation(...)])",
    ),
)
def check_generator(answer):
    calls = [(100, 128, 0.01), (7, 128, 0.01), (100, 16, 0.01), (100, 128, 0.15), (3, 5, 0.0)]
    try:
        networks.judge_network(answer, calls, lambda latent_dim=100, *_: _batches(latent_dim), layers=NORMALIZATION)
    except Wrong as wrong:
        if wrong.misconception == "wrong_input" and wrong.details["declared"] == (100,) != wrong.details["shape"][1:]:
            raise Wrong("fixed_latent_dim") from None
        raise


@exercise(
    hack.make_discriminator,
    slips=[
        ("bends_late", lambda hidden=128, slope=0.01: _bent_late(784, hidden, 1, slope)),
        *_slips(
            _wrong_discriminator,
            "linear",
            {
                "sigmoid": "probability_output",
                "tanh": "tanh_output",
                "relu": "relu_output",
                "softplus": "softplus_output",
            },
        ),
    ],
    praise="100,609 parameters, one logit for each image.",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "probability_output": (
            "Your discriminator ends in a sigmoid, so it returns probabilities. Here it returns logits: the loss takes "
            "the sigmoid itself, in a form that stays exact where a probability would round to 0 or 1. Leave it out."
        ),
        "tanh_output": "Your discriminator ends in tanh. A logit may be any number: let the last Dense end bare.",
        "softplus_output": "Your discriminator ends in softplus, which is never below 0, so it can't say 'fake'.",
        "relu_output": "Your discriminator ends in a ReLU, so it can never say 'fake'. Let the last Dense end bare.",
    },
    hints=(
        "It reads 784 pixels. How many numbers does it need to say 'real' or 'fake' about one image?",
        "Input, Dense(hidden), LeakyReLU with your slope, Dense(1), and nothing after it: a logit may be any number.",
        "keras.Sequential([keras.Input((784,)), layers.Dense(...), layers.LeakyReLU(negative_slope=slope), "
        "layers.Dense(...)])",
    ),
)
def check_discriminator(answer):
    calls = [(128, 0.01), (16, 0.01), (128, 0.15), (5, 0.0)]
    networks.judge_network(answer, calls, lambda *_: _batches(784), layers=NORMALIZATION)


# ---- data in and out

BATCHES = images.batches((2, 28, 28))


@exercise(
    hack.preprocess,
    praise="0 becomes -1.0, 255 becomes 1.0, everything float32 and flat.",
    slips=images.into((784,), [*images.SCALING_SLIPS, ("scrambled", lambda x: hack.preprocess(x.transpose(0, 2, 1)))]),
    misconceptions={
        "not_flat": "Your array has the shape {found}. The networks read flat images: {wanted}.",
        **images.SCALING_MISCONCEPTIONS,
    },
    hints=(
        "Which two numbers map 0 to -1 and 255 to 1, if you first divide by one and then subtract the other?",
        "Halfway between 0 and 255 is 127.5. Divide by that and look at where 0 and 255 went.",
        "images.reshape(len(images), 784).astype('float32') / ... - ...",
    ),
)
def check_preprocess(answer):
    images.judge_scaled(answer, BATCHES, "not_flat")


def published_deprocess(flat):
    values = np.round((flat / 2 + 1) * 255)
    return np.clip(values, 0, 255).astype("uint8").reshape(-1, 28, 28)


@exercise(
    hack.deprocess,
    given=published_deprocess,
    praise="It undoes `preprocess` exactly, for all 256 grey values.",
    slips=images.into((28, 28), images.RESTORING_SLIPS),
    misconceptions={
        **images.RESTORING_MISCONCEPTIONS,
        "not_an_image": "Your array has the shape {found}; an image is 28 by 28: wanted {wanted}.",
    },
    hints=(
        "Put -1, 0 and 1 into the line by hand. What should come out, and what does?",
        "`preprocess` divided by 127.5 and subtracted 1. Undo the two, the last one first. Then mind how a float turns "
        "into uint8.",
        "values = np.round((flat + ...) * ...)",
    ),
)
def check_deprocess(answer):
    images.judge_restored(answer, hack.preprocess, BATCHES, "not_an_image")


# ---- labels


def _labels(real, fake, shape=lambda n: (n, 1)):
    """Return the function that makes labels of these two values."""
    return lambda n: (np.full(shape(n), real, "float32"), np.full(shape(n), fake, "float32"))


@exercise(
    hack.make_labels,
    praise="Real 1, fake 0, a column each.",
    slips=[
        ("smoothed", _labels(0.9, 0)),
        ("smoothed", _labels(0.9, 0.1)),
        ("signs", _labels(1, -1)),
        ("one_value", _labels(1, 1)),
        ("one_value", _labels(0, 0)),
        ("flat", _labels(1, 0, lambda n: (n,))),
        ("flat", _labels(1, 0, lambda n: (1, n))),
        *(("kept_off", _labels(1 - tiny, tiny)) for tiny in (1e-3, 1e-6, 1e-7, 1e-8, 1e-12)),
        ("first_row", lambda n: (np.ones((n, 1), "float32"), np.eye(n, 1, dtype="float32"))),
        ("first_row", lambda n: (1 - np.eye(n, 1, dtype="float32"), np.zeros((n, 1), "float32"))),
        ("one_hot", lambda n: (np.tile(np.float32([0, 1]), (n, 1)), np.tile(np.float32([1, 0]), (n, 1)))),
    ],
    misconceptions={
        "swapped_results": (
            "Your first array is 0 and your second 1. The order is (real_labels, fake_labels), and real is 1."
        ),
        "smoothed": "Your labels are softened already. That is the next exercise: here real is 1 and fake is 0.",
        "signs": "Your fake labels are -1, as a hinge loss wants them. The cross-entropy wants 0.",
        "one_value": "Your real and your fake labels are the same, so there is nothing to tell apart.",
        "flat": (
            "Your labels have no shape (n, 1). The discriminator returns that; against a flat array some losses "
            "compare every image with every label."
        ),
        "kept_off": "Your labels keep a little away from 0 and 1. Here real is 1 and fake is 0, exactly.",
        "first_row": "Your first label, in row 0, is another one than the rest. All labels of one array are equal.",
        "one_hot": "Your labels have a column for each of two classes. Here one number says it: 1 real, 0 fake.",
        "one_array": "You return one array. Return two: real_labels and fake_labels.",
        "integers": "Your labels are {found}. Smoothing turns 1 into 0.9, which an integer cannot hold: use float32.",
        "wrong_values": "Your labels should be 1 for each real image and 0 for each fake.",
    },
    hints=(
        "What shape does the discriminator return for n_samples images?",
        "np.ones and np.zeros take a shape, (n_samples, 1), and a dtype.",
        "return np.ones((n_samples, 1), 'float32'), np.zeros(...)",
    ),
)
def check_labels(answer):
    def fits(found, wanted, case):
        if hasattr(found, "shape"):
            raise Wrong("one_array")
        fitting(pair(found, TWO_LABELS), wanted, case)
        raise Wrong("wrong_values", _seen(found, case))

    judge(answer, [(n,) for n in (3, 1, 64)], atol=0, rtol=1e-7, dtype="float32", fits=fits)


TWO_LABELS = "two arrays, (real_labels, fake_labels)"


def _seen(found, case):
    return Example(f"Yours{case}: {' and '.join(short(np.unique(part)[:3]) for part in found)}.")


def _smooth(real, fake):
    """Return the function that turns labels into real(labels, smooth) and fake(labels, smooth)."""
    return lambda real_labels, fake_labels, smooth=0.1: (real(real_labels, smooth), fake(fake_labels, smooth))


def _kept(labels, smooth):
    return labels.copy()


def _softer(labels, smooth):
    return labels * (1 - smooth)


@exercise(
    hack.smooth_labels,
    praise="Only the real side is smoothed; a perfectly sure discriminator of reals now has a loss.",
    slips=[
        ("two_sided", _smooth(_softer, lambda y, smooth: y + smooth)),
        ("two_sided", _smooth(lambda y, s: y * (1 - s) + s / 2, lambda y, s: y * (1 - s) + s / 2)),
        ("smooths_fakes", _smooth(_kept, lambda y, smooth: y + smooth)),
        ("above_one", _smooth(lambda y, smooth: y * (1 + smooth), _kept)),
        ("unchanged", _smooth(_kept, _kept)),
        ("halved", _smooth(lambda y, smooth: y * (1 - smooth / 2), _kept)),
        ("doubled", _smooth(lambda y, smooth: y * (1 - 2 * smooth), _kept)),
        ("divided", _smooth(lambda y, smooth: y / (1 + smooth), _kept)),
        *(
            ("rounded", _smooth(lambda y, smooth, places=places: np.round(y * (1 - smooth), places), _kept))
            for places in (1, 2)
        ),
        ("smooth_itself", _smooth(lambda y, smooth: y * smooth, _kept)),
        ("smooth_itself", lambda real, fake, smooth=0.9: (real * smooth, fake)),
        ("only_the_reals", lambda real, fake, smooth=0.1: _softer(real, smooth)),
    ],
    misconceptions={
        "two_sided": (
            "You soften the fakes too. That tells the generator 'more like this' about its own mistakes. Smooth the "
            "reals alone. (Keras' `label_smoothing=` is two-sided as well.)"
        ),
        "below_zero": "Your fakes are below 0, which no probability can be. Take `smooth` off the reals alone.",
        "smooths_fakes": "You smoothed the wrong side: reals stay 1 and fakes rise. Smooth the reals.",
        "swapped_results": "You return (fake_labels, real_labels). The order is the one in which they came.",
        "above_one": (
            "Your real labels are above 1. No probability can reach that, so the loss has no floor any more. "
            "Smoothing takes away: 1 - smooth."
        ),
        "unchanged": "Your real labels are still 1. Take `smooth` off them.",
        "halved": "Your real labels lose half of the smoothing that was asked for.",
        "doubled": "Your real labels lose twice the smoothing that was asked for.",
        "divided": "You divide by 1 + smooth, which is near 1 - smooth only where `smooth` is small. Take it off 1.",
        "rounded": "You round the real labels. Return 1 - smooth as it is.",
        "not_alike": "Your real labels differ from each other. Nothing is drawn here: each of them is 1 - smooth.",
        "smooth_itself": "Your real labels are `smooth`. That is what is taken off them: 1 - smooth is left.",
        "only_the_reals": "You return the real labels alone. Return both arrays; the fake ones stay as they came.",
        "wrong_values": "Your labels should be 1 - smooth for reals and 0 for fakes.",
    },
    hints=(
        "Which of the two sides should lose some certainty, and which one must stay as it is?",
        "A real label of 1 becomes 1 - smooth. The fake labels are returned as they came.",
        "return real_labels * (...), fake_labels",
    ),
)
def check_smoothing(answer):
    def fits(found, wanted, case):
        real, fake = pair(found, TWO_LABELS)
        fitting((real, fake), wanted, case)
        if fake.min() < 0:
            raise Wrong("below_zero", _seen(found, case))
        if fake.any() and real.all():
            raise Wrong("smooths_fakes" if (real == 1).all() else "two_sided", _seen(found, case))
        if np.ptp(real) > 1e-6:
            raise Wrong("not_alike", _seen(found, case))
        raise Wrong("above_one" if real.max() > 1 else "wrong_values", _seen(found, case))

    judge(answer, [(*hack.make_labels(n), smooth) for n, smooth in SMOOTHINGS], fits=fits)


#: The large batch first: in a small one, labels that were drawn may be alike by chance.
SMOOTHINGS = (64, 0.6), (2, 0.25), (2, 0.1), (3, 0.0), (1, 1.0), (8, 0.375)


# ---- the two updates


def both_losses(loss=losses.cross_entropy):
    """Return the loss of the discriminator's step that adds up `loss` of the reals and of the fakes."""

    def of(model, real, fake, real_labels, fake_labels):
        return loss(real_labels, model(real, training=True)) + loss(fake_labels, model(fake, training=True))

    return of


def _in_one_batch(model, real, fake, real_labels, fake_labels):
    logits = model(tf.concat([real, fake], 0), training=True)
    return 2 * losses.cross_entropy(tf.concat([real_labels, fake_labels], 0), logits)


def _with_labels(change, loss=losses.cross_entropy):
    """Return the loss of a step that changes the labels before it takes them."""
    return lambda model, real, fake, *labels: both_losses(loss)(model, real, fake, *change(*labels))


_logs = losses.log_of_sigmoid()


def _every_pair(labels, logits):
    """Return what comes of labels (n,) beside logits (n, 1): every logit meets every label."""
    return losses.cross_entropy(tf.fill(logits.shape, tf.reduce_mean(labels)), logits)


def _of_reals(model, real, fake, real_labels, fake_labels):
    return losses.cross_entropy(real_labels, model(real, training=True))


def _of_fakes(model, real, fake, real_labels, fake_labels):
    return losses.cross_entropy(fake_labels, model(fake, training=True))


#: (misconception, what is taken for the loss of the discriminator's step)
D_LOSSES = [
    ("half_the_loss", lambda *args: both_losses()(*args) / 2),
    ("mixed_mean", lambda *args: _in_one_batch(*args) / 2),
    ("mixed_batch", _in_one_batch),
    ("swapped_labels", _with_labels(lambda real, fake: (fake, real))),
    ("swapped_labels", _with_labels(lambda real, fake: (1 - real, 1 - fake))),
    ("same_labels", _with_labels(lambda real, fake: (real, real))),
    ("same_labels", _with_labels(lambda real, fake: (fake, fake))),
    ("same_labels", _with_labels(lambda real, fake: (real, 1 - fake))),
    ("same_labels", _with_labels(lambda real, fake: (1 - real, fake))),
    ("ignores_labels", _with_labels(lambda real, fake: (tf.ones_like(real), tf.zeros_like(fake)))),
    ("ignores_labels", _with_labels(lambda real, fake: (0.9 * tf.ones_like(real), tf.zeros_like(fake)))),
    ("ignores_labels", _with_labels(lambda real, fake: (tf.ones_like(real), fake))),
    ("ignores_labels", _with_labels(lambda real, fake: (real, tf.zeros_like(fake)))),
    ("ignores_labels", _with_labels(lambda real, fake: (tf.ones_like(real), tf.zeros_like(fake)), _logs)),
    ("smoothed", _with_labels(lambda real, fake: (0.9 * real, fake))),
    ("smoothed", _with_labels(lambda real, fake: (0.9 * real + 0.05, fake))),
    ("only_real", _of_reals),
    ("only_fake", _of_fakes),
    ("difference", lambda *args: _of_reals(*args) - _of_fakes(*args)),
    ("difference", lambda *args: _of_fakes(*args) - _of_reals(*args)),
    ("every_pair", both_losses(_every_pair)),
    *((name, both_losses(loss)) for name, loss in losses.WRONG_LOSSES),
]
D_SLIPS = [(name, steps.step_of_d(loss)) for name, loss in D_LOSSES]


WIDE = 30.0  # numbers so large, and first weights so small, make long gradients: whoever clips them is seen


def d_play(bias=0.0, normalized=False, ahead=False):
    """Return what `steps.judge_step` plays with: a small discriminator, reals and fakes. bias: of its logits.

    ahead: it tells reals from fakes already, and the labels are 1 and 0.
    """

    def play():
        draw = rng(7)
        real, fake = (tf.constant(draw.normal(mean, 1, (steps.N, 5)), "float32") * WIDE for mean in (0.5, -0.5))
        # Bent after it is normalized: a normalized batch has the same mean logit, whichever batch it was.
        hidden = [layers.Dense(4), *([layers.BatchNormalization()] if normalized else []), layers.Activation("tanh")]
        model = keras.Sequential([keras.Input((5,)), steps.BatchSizes(), *hidden, layers.Dense(1)])
        optimizer = steps.sgd(steps.weighted(model, 6))
        model.layers[1].kernel.assign(model.layers[1].kernel / WIDE)
        model.layers[-1].bias.assign_add([bias])
        if ahead:
            for weight in model.weights:
                weight.assign(abs(weight) if len(weight.shape) > 1 else 0 * weight)
            real, fake = abs(real), -abs(fake)
            labels = tf.ones((steps.N, 1)), tf.zeros((steps.N, 1))
            return model, [], optimizer, (model, optimizer, real, fake, *labels), model.layers[0].noted
        labels = (tf.reshape(tf.linspace(label - 0.04, label + 0.04, steps.N), (-1, 1)) for label in steps.LABELS)
        return model, [], optimizer, (model, optimizer, real, fake, *labels), model.layers[0].noted

    return play


def g_play(bias=0.0):
    """Return what `steps.judge_step` plays with: a small generator and discriminator. bias: of the logits."""

    def play():
        generator = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(5, "tanh")])
        discriminator = keras.Sequential([keras.Input((5,)), layers.Dense(4, "tanh"), layers.Dense(1)])
        optimizer = steps.sgd(steps.weighted(generator, 6))
        generator.layers[0].kernel.assign(generator.layers[0].kernel / WIDE)
        steps.weighted(discriminator, 6).layers[-1].bias.assign_add([bias])
        latents = tf.constant(rng(8).standard_normal((steps.N, 3)), "float32") * WIDE
        return generator, [discriminator], optimizer, (generator, discriminator, optimizer, latents), []

    return play


#: As right as the references: Keras clips probabilities that are very sure.
CLIPPED_D_STEP = steps.step_of_d(both_losses(losses.of_probabilities))
CLIPPED_G_STEP = steps.step_of_g(lambda logits: losses.of_probabilities(tf.ones_like(logits), logits))

SURE = -120.0  # a logit of which the sigmoid is 0 in float32
D_PLAYS = {
    "small logits": d_play(),
    f"logits near {SURE:g}": d_play(SURE),
    "a discriminator that is ahead": d_play(ahead=True),
}
G_PLAYS = {"small logits": g_play(), f"logits near {SURE:g}": g_play(SURE)}


@exercise(
    hack.discriminator_step,
    praise="Two forward passes, one summed loss, one update, and only of the discriminator.",
    slips=D_SLIPS,
    misconceptions={
        **steps.MISCONCEPTIONS,
        "two_updates": (
            "Your step updates the discriminator {updates} times, perhaps for the reals and for the fakes. The second "
            "update meets another network than the first, and the discriminator trains more often than the generator "
            "(lab 24 is about that). Sum the two losses, then update once."
        ),
        "mixed_batch": (
            "You hand the discriminator reals and fakes in one batch. Here that does no harm. But there are layers, "
            "such as batch normalization (lab 09), in which the samples of a batch change each other. Make two forward "
            "passes and add the two losses."
        ),
        "mixed_mean": (
            "You hand the discriminator reals and fakes in one batch, and one mean over both is half of the sum that is "
            "asked for. Make two forward passes and add the two losses."
        ),
        "half_the_loss": (
            "Your loss is the mean of the real and the fake one, and the gradient half of what is asked for. Add them."
        ),
        "swapped_labels": (
            "Your step teaches that reals are fakes. real_labels belong to `real`, fake_labels to `fake`."
        ),
        "same_labels": "Your step calls reals and fakes the same. real_labels belong to `real`, fake_labels to `fake`.",
        "every_pair": (
            "Each of your logits meets every label, not its own: labels of shape (n,) beside logits of shape (n, 1) "
            "make n times n losses. Leave the labels (n, 1)."
        ),
        "difference": "Your loss is one batch's minus the other's. Add the two: each is to become small.",
        "ignores_labels": (
            "Your step trains towards plain 1 and 0. Use the labels that are handed in: they may be smoothed."
        ),
        "only_real": "Your update knows the real batch alone. Add the loss of the fakes.",
        "only_fake": "Your update knows the fake batch alone. Add the loss of the reals.",
    },
    hints=(
        "There are two batches and two sets of labels. Which goes with which, and how many updates should come of it?",
        "In a GradientTape: logits of the reals, logits of the fakes, binary_crossentropy of each with its labels, the "
        "sum. After it: gradients for discriminator.trainable_variables, and one optimizer.apply.",
        "loss = binary_crossentropy(real_labels, discriminator(real)) + binary_crossentropy(..., ...)",
    ),
)
def check_discriminator_step(answer):
    aim = "It is the real batch's loss plus the fake's."
    steps.judge_step(answer, D_PLAYS, "discriminator", aim=aim, also=CLIPPED_D_STEP)
    steps.rehearse(toys.ring_recipe(discriminator_step=answer.function), toys.ring_data())


@exercise(
    hack.generator_step,
    praise="The generator moves towards 'real', and the discriminator keeps every bit of its weights.",
    slips=[
        (name, steps.step_of_g(loss))
        for name, loss in (
            ("label_fake", lambda logits: losses.cross_entropy(tf.zeros_like(logits), logits)),
            ("saturating", lambda logits: -losses.cross_entropy(tf.zeros_like(logits), logits)),
            *(
                ("saturating", lambda logits, tiny=tiny: tf.reduce_mean(tf.math.log(1 - tf.sigmoid(logits) + tiny)))
                for tiny in (0.0, 1e-12, 1e-8, 1e-7)
            ),
            ("least_squares", lambda logits: tf.reduce_mean((logits - 1) ** 2)),
            ("least_squares", lambda logits: tf.reduce_mean((tf.sigmoid(logits) - 1) ** 2)),
            ("smoothed", lambda logits: losses.cross_entropy(0.9 * tf.ones_like(logits), logits)),
            *(
                (name, lambda logits, loss=loss: loss(tf.ones_like(logits), logits))
                for name, loss in losses.WRONG_LOSSES
                if name not in ("one_term", "wasserstein")  # with label 1: right, and as with exchanged arguments
            ),
        )
    ],
    misconceptions={
        **steps.MISCONCEPTIONS,
        "moves_the_other": (
            "Your step changes the discriminator, which would learn to call fakes real. Take the gradients for "
            "generator.trainable_variables alone; that is all the freezing there has to be."
        ),
        "label_fake": (
            "Your generator is trained to be called fake: label 0. It wants to be taken for real, so its label is 1."
        ),
        "saturating": (
            "Your generator climbs the discriminator's loss instead of going down its own. Both point the same way, "
            "but where the discriminator is sure that loss is flat and nothing is learned. Use label 1 and go down."
        ),
        "least_squares": "Your loss is a mean of squares, as in LSGAN. Here it is the cross-entropy of the logits.",
        "smoothed": "Your generator aims at a label below 1. Smoothing is for the discriminator's reals; here it is 1.",
    },
    hints=(
        "What does the generator want the discriminator to say about its fakes, and whose weights may change?",
        "In a GradientTape: discriminator(generator(latent_samples)), and its cross-entropy with ones. After it: "
        "gradients for the generator's variables alone.",
        "loss = binary_crossentropy(tf.ones_like(...), ...), and then variables = generator....",
    ),
)
def check_generator_step(answer):
    aim = "It is the fakes' loss with label 1."
    steps.judge_step(answer, G_PLAYS, "generator", "discriminator", aim, also=CLIPPED_G_STEP)
    steps.rehearse(toys.ring_recipe(generator_step=answer.function), toys.ring_data())
