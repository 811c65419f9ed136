"""Lab 12, the full MNIST GAN: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import toys
from ganhacks.checks import images, losses, networks, steps
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import array, pair
from ganhacks.hacks import mnist_gan as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "mnist_gan")

PREDICTION = {
    "choices": {
        "a": "it falls towards 0.",
        "b": "it moves up and down, far from 0.",
        "c": "it rises as long as training goes on.",
    },
    "answer": "b",
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
    misconceptions={
        "transposed": "Your array is {found}: a column for each sample. Keras reads a row for each: {wanted}.",
        "flat": "Your array has the shape {found}. Give it one row for each sample: {wanted}.",
        "uniform": (
            "Your numbers are spread evenly between {low:.1f} and {high:.1f}: that is a uniform distribution. The "
            "hack is a Gaussian one, N(0, 1), which has most of its numbers near 0 and a few beyond 3."
        ),
        "not_gaussian": (
            "Your numbers have the right mean and spread and another shape: their fourth moment is {fourth:.1f}, a "
            "Gaussian's is 3. Draw from N(0, 1)."
        ),
        "wrong_mean": "Your numbers have the mean {mean:.2f}; N(0, 1) has the mean 0.",
        "wrong_spread": "Your numbers have the standard deviation {std:.2f}; N(0, 1) has 1.",
        "repeated": (
            "Asked for {wanted:,} numbers, you draw {found:,} and repeat them. Draw every number by itself: no "
            "two rows are the same sample, no two columns the same number."
        ),
        "ignores_rng": (
            "Two generators started from the same seed gave different numbers, so yours come from elsewhere "
            "(np.random?). "
            "Draw them from `rng`: then a run can be repeated."
        ),
        "reseeds": (
            "Calls that should give different numbers gave the same ones: your function starts a generator of its own, "
            "always at the same place. Every batch would be the same. Draw from the `rng` that you are given."
        ),
    },
    hints=(
        "Which method of a numpy.random.Generator draws from a normal distribution, and how is it told the shape?",
        "The shape is (n_samples, latent_dim), and `rng.standard_normal` takes it as one argument, a tuple.",
        "return rng.standard_normal((n_samples, ...))  # and the other number in place of the dots",
    ),
)
def check_latent_samples(answer):
    first = array(answer(rng(0), 5, 100))
    if first.shape == (100, 5):
        raise Wrong("transposed", found=first.shape, wanted=(5, 100))
    if first.size == 500 and first.shape != (5, 100):
        raise Wrong("flat", found=first.shape, wanted=(5, 100))
    array(first, (5, 100))
    array(answer(rng(1), 3, 7), (3, 7), " for 3 samples of 7 numbers")
    many = array(answer(rng(2), 2000, 50), (2000, 50))
    different = len(np.unique(many))
    if different < 0.9 * many.size:  # float32 has a few by chance
        raise Wrong("repeated", found=different, wanted=many.size)
    if not np.array_equal(first, array(answer(rng(0), 5, 100))):
        raise Wrong("ignores_rng")
    other = rng(3)
    second, third = answer(other, 5, 100), answer(other, 5, 100)
    if np.array_equal(first, second) or np.array_equal(second, third):
        raise Wrong("reseeds")
    mean, std = many.mean(), many.std()
    fourth = ((many - mean) ** 4).mean() / std**4  # 3 for a Gaussian, 1.8 for a uniform distribution
    if 1.7 < fourth < 1.9:
        raise Wrong("uniform", low=many.min(), high=many.max())
    if abs(mean) > 0.03:
        raise Wrong("wrong_mean", mean=mean)
    if abs(std - 1) > 0.03:
        raise Wrong("wrong_spread", std=std)
    if abs(fourth - 3) > 0.3:
        raise Wrong("not_gaussian", fourth=fourth)


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
    "other_bend": (
        "Your hidden layer bends by {bend}. Here it is a leaky ReLU: `layers.LeakyReLU(negative_slope=slope)`."
    ),
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


def _slips(network, last, named_outputs):
    """Return how people get one of the two networks wrong: at its end, in its middle, or both.

    network(args, last, bends): as the exercise builds it from its arguments, but for end and middle. named_outputs:
    activation at the end -> misconception; where the middle is wrong as well, that is told first.
    """
    ends = [(None, last), *((name, end) for end, name in named_outputs.items())]
    middles = [
        ("relu", "relu", {}),
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
    return (kind, None) if isinstance(kind, float) else (slope, kind)


def _wrong_generator(args, last, kind):
    latent_dim, hidden, slope = (*args, *(100, 128, 0.01)[len(args) :])
    slope, bends = _middle(kind, slope)
    return _network(latent_dim, hidden, 784, slope, last, bends)


def _wrong_discriminator(args, last, kind):
    hidden, slope = (*args, *(128, 0.01)[len(args) :])
    slope, bends = _middle(kind, slope)
    return _network(784, hidden, 1, slope, last, bends)


def _batches(width):
    """Return two batches for a network that reads so many numbers: several samples, and a single one far from 0."""
    return [
        rng(4).standard_normal((6, width)).astype("float32"),
        5 * rng(5).standard_normal((1, width)).astype("float32"),
    ]


@exercise(
    hack.make_generator,
    slips=_slips(
        _wrong_generator,
        "tanh",
        {"sigmoid": "sigmoid_output", "linear": "no_tanh", "relu": "relu_output", "hard_sigmoid": "sigmoid_output"},
    ),
    praise="114,064 parameters, the right slope, and tanh at the end: images in [-1, 1].",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "sigmoid_output": (
            "Your generator ends in a sigmoid, so its images lie in [0, 1] while the real ones lie in [-1, 1]. The "
            "discriminator would tell them apart by their range alone. End in tanh."
        ),
        "no_tanh": "Nothing bounds your generator's output; real images lie in [-1, 1]. End in tanh.",
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
    networks.judge_network(answer, calls, lambda latent_dim=100, *_: _batches(latent_dim))


@exercise(
    hack.make_discriminator,
    slips=_slips(
        _wrong_discriminator,
        "linear",
        {"sigmoid": "probability_output", "tanh": "tanh_output", "relu": "relu_output", "softplus": "softplus_output"},
    ),
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
    networks.judge_network(answer, calls, lambda *_: _batches(784))


# ---- data in and out

ALL_VALUES = np.resize(np.arange(256, dtype="uint8"), (2, 28, 28))  # every grey value, in two images


@exercise(
    hack.preprocess,
    praise="0 becomes -1.0, 255 becomes 1.0, everything float32 and flat.",
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
    found = array(answer(ALL_VALUES))
    if found.shape != (2, 784):
        if found.size == ALL_VALUES.size:
            raise Wrong("not_flat", found=found.shape, wanted=(2, 784))
        raise Wrong("wrong_shape", found=found.shape, wanted=(2, 784))
    images.judge_scaling(lambda grey: array(answer(grey), (len(grey), 784)).reshape(grey.shape), ALL_VALUES)
    array(answer(ALL_VALUES[:1]), (1, 784), " for one image")


def published_deprocess(flat):
    values = np.round((flat / 2 + 1) * 255)
    return np.clip(values, 0, 255).astype("uint8").reshape(-1, 28, 28)


@exercise(
    hack.deprocess,
    given=published_deprocess,
    praise="It undoes `preprocess` exactly, for all 256 grey values.",
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
    flat = hack.preprocess(ALL_VALUES)
    found = array(answer(flat))
    if found.shape != (2, 28, 28):
        raise Wrong("not_an_image", found=found.shape, wanted=(2, 28, 28))
    images.judge_restored(found, ALL_VALUES)
    array(answer(flat[:1]), (1, 28, 28), " for one image")


# ---- labels


@exercise(
    hack.make_labels,
    praise="Real 1, fake 0, a column each.",
    misconceptions={
        "swapped": "Your first array is 0 and your second 1. The order is (real_labels, fake_labels), and real is 1.",
        "flat": (
            "Your labels have the shape {found}. The discriminator returns (n, 1); against a flat array some losses "
            "compare every image with every label. Make it {wanted}."
        ),
        "integers": "Your labels are {found}. Smoothing turns 1 into 0.9, which an integer cannot hold: use float32.",
        "float64": (
            "Your labels are {found}. The networks calculate in float32, and some losses refuse to mix: ask for it."
        ),
        "wrong_values": "Your real labels are {real} and your fake ones {fake}; wanted 1 and 0 throughout.",
    },
    hints=(
        "What shape does the discriminator return for n_samples images?",
        "np.ones and np.zeros take a shape, (n_samples, 1), and a dtype.",
        "return np.ones((n_samples, 1), 'float32'), np.zeros(...)",
    ),
)
def check_labels(answer):
    for n in (5, 1, 64):
        real, fake = map(array, pair(answer(n), "two arrays, (real_labels, fake_labels)"))
        for labels in (real, fake):
            if labels.shape != (n, 1):
                if labels.size == n:
                    raise Wrong("flat", found=labels.shape, wanted=(n, 1))
                raise Wrong("wrong_shape", found=labels.shape, wanted=(n, 1), case=f" for n_samples {n}")
        if (real == 0).all() and (fake == 1).all():
            raise Wrong("swapped")
        if not ((real == 1).all() and (fake == 0).all()):
            raise Wrong("wrong_values", real=np.unique(real)[:3], fake=np.unique(fake)[:3])
        for labels in (real, fake):
            if labels.dtype.kind != "f":
                raise Wrong("integers", found=labels.dtype)
            if labels.dtype != np.float32:
                raise Wrong("float64", found=labels.dtype)


@exercise(
    hack.smooth_labels,
    praise="Only the real side is smoothed; a perfectly sure discriminator of reals now has a loss.",
    misconceptions={
        "two_sided": (
            "You soften the fakes too: they are {fake:g} now. That tells the generator 'more like this' about its own "
            "mistakes. Smooth the reals alone. (Keras' `label_smoothing=` is two-sided as well.)"
        ),
        "smooths_fakes": "You smoothed the wrong side: reals stay {real:g}, fakes become {fake:g}. Smooth the reals.",
        "swapped": "You return (fake_labels, real_labels). The order is the one in which they came.",
        "above_one": (
            "Your real labels are {real:g}, above 1. No probability can reach that, so the loss has no floor any more. "
            "Smoothing takes away: 1 - smooth."
        ),
        "ignores_smooth": "With smooth={smooth} your real labels are {real:g}; wanted {wanted:g}. Use the argument.",
        "unchanged": "Your real labels are still 1. Take `smooth` off them.",
        "halved": "With smooth={smooth} your real labels are {real:g}: half of the smoothing that was asked for.",
        "wrong_values": "With smooth={smooth} your real labels are {real}; wanted {wanted:g} throughout.",
    },
    hints=(
        "Which of the two sides should lose some certainty, and which one must stay as it is?",
        "A real label of 1 becomes 1 - smooth. The fake labels are returned as they came.",
        "return real_labels * (...), fake_labels",
    ),
)
def check_smoothing(answer):
    for n, smooth in ((8, 0.1), (8, 0.25), (3, 0.25), (8, 0.0)):
        real, fake = pair(answer(*hack.make_labels(n), smooth), "two arrays, (real_labels, fake_labels)")
        real, fake = array(real, (n, 1)), array(fake, (n, 1))
        wanted, level, fakes = 1 - smooth, float(real.mean()), float(fake.mean())
        if smooth and np.allclose(real, 1) and np.allclose(fake, 0):
            raise Wrong("unchanged")
        if np.allclose(real, 1) and fakes > 0:
            raise Wrong("smooths_fakes", real=level, fake=fakes)
        if np.allclose(real, 0) and np.allclose(fake, wanted):
            raise Wrong("swapped")
        if not np.allclose(fake, 0):
            raise Wrong("two_sided", fake=fakes)
        if np.allclose(real, wanted, atol=1e-6):
            continue
        if real.max() > 1:
            raise Wrong("above_one", real=float(real.max()))
        if np.allclose(real, 1 - smooth / 2):
            raise Wrong("halved", smooth=smooth, real=level)
        if smooth != 0.1 and np.allclose(real, 0.9):
            raise Wrong("ignores_smooth", smooth=smooth, real=level, wanted=wanted)
        raise Wrong("wrong_values", smooth=smooth, real=np.unique(real.round(3))[:3], wanted=wanted)


# ---- the two updates


def both_losses(loss=losses.cross_entropy):
    """Return the loss of the discriminator's step that adds up `loss` of the reals and of the fakes."""

    def of(model, real, fake, real_labels, fake_labels):
        return loss(real_labels, model(real, training=True)) + loss(fake_labels, model(fake, training=True))

    return of


def _in_one_batch(model, real, fake, real_labels, fake_labels):
    logits = model(tf.concat([real, fake], 0), training=True)
    return 2 * losses.cross_entropy(tf.concat([real_labels, fake_labels], 0), logits)


def _with_labels(change):
    """Return the loss of a step that changes the labels before it takes them."""
    return lambda model, real, fake, *labels: both_losses()(model, real, fake, *change(*labels))


def _of_reals(model, real, fake, real_labels, fake_labels):
    return losses.cross_entropy(real_labels, model(real, training=True))


def _of_fakes(model, real, fake, real_labels, fake_labels):
    return losses.cross_entropy(fake_labels, model(fake, training=True))


#: (misconception, what is taken for the loss of the discriminator's step)
D_LOSSES = [
    ("half_the_loss", lambda *args: both_losses()(*args) / 2),
    ("mixed_batch", lambda *args: _in_one_batch(*args) / 2),
    ("mixed_batch", _in_one_batch),
    ("swapped_labels", _with_labels(lambda real, fake: (fake, real))),
    ("swapped_labels", _with_labels(lambda real, fake: (1 - real, 1 - fake))),
    ("same_labels", _with_labels(lambda real, fake: (real, real))),
    ("same_labels", _with_labels(lambda real, fake: (fake, fake))),
    ("ignores_labels", _with_labels(lambda real, fake: (tf.ones_like(real), tf.zeros_like(fake)))),
    ("ignores_labels", _with_labels(lambda real, fake: (0.9 * tf.ones_like(real), tf.zeros_like(fake)))),
    ("smoothed", _with_labels(lambda real, fake: (0.9 * real, fake))),
    ("only_real", _of_reals),
    ("only_fake", _of_fakes),
    ("difference", lambda *args: _of_reals(*args) - _of_fakes(*args)),
    ("difference", lambda *args: _of_fakes(*args) - _of_reals(*args)),
    *((name, both_losses(loss)) for name, loss in losses.WRONG_LOSSES),
]
D_SLIPS = [(name, steps.step_of_d(loss)) for name, loss in D_LOSSES]


def d_play(bias=0.0, normalized=False):
    """Return what `steps.judge_step` plays with: a small discriminator, reals and fakes. bias: of its logits."""

    def play():
        draw = rng(7)
        real, fake = (tf.constant(draw.normal(mean, 1, (steps.N, 5)), "float32") for mean in (0.5, -0.5))
        # Bent after it is normalized: a normalized batch has the same mean logit, whichever batch it was.
        hidden = [layers.Dense(4), *([layers.BatchNormalization()] if normalized else []), layers.Activation("tanh")]
        model = keras.Sequential([keras.Input((5,)), steps.BatchSizes(), *hidden, layers.Dense(1)])
        optimizer = steps.sgd(steps.weighted(model, 6))
        model.layers[-1].bias.assign_add([bias])
        labels = (tf.fill((steps.N, 1), label) for label in steps.LABELS)
        return model, [], optimizer, (model, optimizer, real, fake, *labels), model.layers[0].noted

    return play


def g_play(bias=0.0):
    """Return what `steps.judge_step` plays with: a small generator and discriminator. bias: of the logits."""

    def play():
        generator = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(5, "tanh")])
        discriminator = keras.Sequential([keras.Input((5,)), layers.Dense(4, "tanh"), layers.Dense(1)])
        optimizer = steps.sgd(steps.weighted(generator, 6))
        steps.weighted(discriminator, 6).layers[-1].bias.assign_add([bias])
        latents = tf.constant(rng(8).standard_normal((steps.N, 3)), "float32")
        return generator, [discriminator], optimizer, (generator, discriminator, optimizer, latents), []

    return play


SURE = -120.0  # a logit of which the sigmoid is 0 in float32
D_PLAYS = {"small logits": d_play(), f"logits near {SURE:g}": d_play(SURE)}
G_PLAYS = {"small logits": g_play(), f"logits near {SURE:g}": g_play(SURE)}


@exercise(
    hack.discriminator_step,
    praise="Two forward passes, one summed loss, one update, and only of the discriminator.",
    slips=D_SLIPS,
    misconceptions={
        **steps.MISCONCEPTIONS,
        "two_updates": (
            "Your step updates the discriminator {updates} times, perhaps for the reals and for the fakes. The second "
            "update meets another network than the first. Sum the two losses, then update once."
        ),
        "mixed_batch": (
            "You hand the discriminator reals and fakes in one batch. With batch normalization, both would share one "
            "mean and variance, and the fakes would show in it. Make two forward passes and add the two losses."
        ),
        "half_the_loss": (
            "Your loss is the mean of the real and the fake one, and the gradient half of what is asked for. Add them."
        ),
        "swapped_labels": (
            "Your step teaches that reals are fakes. real_labels belong to `real`, fake_labels to `fake`."
        ),
        "same_labels": "Both batches get the same labels. real_labels belong to `real`, fake_labels to `fake`.",
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
        "loss = binary_crossentropy(real_labels, discriminator(real, training=True)) + binary_crossentropy(..., ...)",
    ),
)
def check_discriminator_step(answer):
    aim, also = "It is the real batch's loss plus the fake's.", steps.step_of_d(both_losses(losses.of_probabilities))
    steps.judge_step(answer, D_PLAYS, "discriminator", aim=aim, also=also)
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
            "Your step changes the discriminator too: it would learn to call fakes real. Take the gradients for "
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
        "smoothed": "Your generator aims at 0.9. Smoothing is for the discriminator's reals; here the label is 1.",
    },
    hints=(
        "What does the generator want the discriminator to say about its fakes, and whose weights may change?",
        "In a GradientTape: discriminator(generator(latent_samples)), and its cross-entropy with ones. After it: "
        "gradients for the generator's variables alone.",
        "loss = binary_crossentropy(tf.ones_like(...), ...), and then variables = generator....",
    ),
)
def check_generator_step(answer):
    aim, also = (
        "It is the fakes' loss with label 1.",
        steps.step_of_g(lambda logits: losses.of_probabilities(tf.ones_like(logits), logits)),
    )
    steps.judge_step(answer, G_PLAYS, "generator", "discriminator", aim, also)
    steps.rehearse(toys.ring_recipe(generator_step=answer.function), toys.ring_data())
