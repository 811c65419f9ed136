"""Lab 12, the full MNIST GAN: what a right answer must show, how people get it wrong, and the hints."""

import math
from functools import cache

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.checks import probing
from ganhacks.checks.exercise import Wrong, array, exercise_in, pair
from ganhacks.checks.sandbox import AnswerRaised, one_line
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
    **probing.MISCONCEPTIONS,
    "wrong_output": "For a batch of {n} your model returns the shape {found}; wanted {wanted}.",
    "no_bias": (
        "Your model has {found:,} parameters and lacks the biases: wanted {wanted:,}. Dense has them by default."
    ),
    "wrong_size": "With {sizes} your model has {found:,} parameters; wanted {wanted:,}. {layers}",
    "ignores_arguments": (
        "Asked for {asked}, your model is the same as without asking. Use the arguments in the layers."
    ),
    "relu": (
        "Your hidden layer lets nothing of a negative input through: that is a plain ReLU. The leaky one keeps `slope` "
        "times the input, so that its gradient never dies."
    ),
    "default_slope": (
        "Your leaky ReLU has a slope of {found}, which is what Keras takes when it isn't told. Pass it on: "
        "`layers.LeakyReLU(negative_slope=slope)`."
    ),
    "slope_everywhere": (
        "Your model multiplies positive inputs by the slope too. A leaky ReLU leaves those as they are."
    ),
    "linear_hidden": (
        "Nothing bends between your two Dense layers, so together they are one linear layer. Add LeakyReLU."
    ),
    "frozen": (
        "Your model has nothing to train. Leave `trainable` alone: the updates below say whose weights may change."
    ),
    "noisy": (
        "In training your model does something else than at test time: is there a Dropout, or noise? The network of "
        "this lab has none."
    ),
    "wrong_function": (
        "Your model has the right size and does not compute what is asked for: {asked}. Look at the activations and "
        "their order."
    ),
}

ACTIVATIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
}


def _shapes(model):
    return sorted(tuple(weight.shape) for weight in model.weights)


@cache
def _sizes(reference, args):
    """Return the sizes of a right network's input, hidden layer and output, and the shapes of its weights."""
    model = reference(*args)
    return (model.input_shape[1], args[-2], model.output_shape[1]), _shapes(model)


def _two_layers(model, sizes, x, slope, last, both_sides=False):
    """Compute Dense, leaky ReLU, Dense, `last` from the model's own weights. sizes: of input, hidden layer, output."""
    # By shape, not by place: a subclass of Model may list its layers in any order.
    weights = {tuple(weight.shape): weight.numpy() for weight in model.weights}
    hidden = x @ weights[sizes[:2]] + weights[sizes[1:2]]
    hidden = hidden * slope if both_sides else np.where(hidden > 0, hidden, slope * hidden)
    return ACTIVATIONS[last](hidden @ weights[sizes[1:]] + weights[sizes[2:]])


def _judge_network(answer, reference, cases, last, named_activations, layers_wanted):
    """Judge a network of two dense layers. cases: arguments, the defaults first, then one changed at a time."""
    defaults = cases[0]
    for args in cases:
        sizes, wanted = _sizes(reference, args)
        named = dict(zip(reference.__code__.co_varnames, args, strict=False))
        told_of = {name: value for name, value in named.items() if args == defaults or value not in defaults}
        asked = ", ".join(f"{name}={value}" for name, value in told_of.items())
        model = probing.built(answer, *args)
        x = rng(4).standard_normal((6, sizes[0])).astype("float32")
        if _shapes(model) == _sizes(reference, defaults)[1] != wanted:
            raise Wrong("ignores_arguments", asked=asked)
        y = probing.output(model, x)
        if y.shape != (6, sizes[2]):
            raise Wrong("wrong_output", n=6, found=y.shape, wanted=(6, sizes[2]))
        counts = {"found": model.count_params(), "wanted": sum(map(math.prod, wanted))}
        if _shapes(model) == [shape for shape in wanted if len(shape) == 2]:
            raise Wrong("no_bias", **counts)
        if _shapes(model) != wanted:
            raise Wrong("wrong_size", sizes=asked, layers=layers_wanted, **counts)
        if len(model.trainable_variables) != len(model.weights):
            raise Wrong("frozen")
        for weight in model.trainable_variables:  # biases start at 0 and would hide a mistake
            weight.assign(rng(5).normal(0, 1 / math.sqrt(weight.shape[0]), weight.shape))
        y = probing.output(model, x)

        def is_like(slope, last, both_sides=False, y=y, model=model, sizes=sizes, x=x):
            return np.allclose(y, _two_layers(model, sizes, x, slope, last, both_sides), atol=1e-4)

        slope = args[-1]
        if is_like(slope, last):
            if not np.allclose(y, probing.output(model, x, training=True), atol=1e-4):
                raise Wrong("noisy")
            continue
        for activation, misconception in named_activations.items():
            if is_like(slope, activation):
                raise Wrong(misconception)
        for output in (last, *named_activations):
            if args != defaults and is_like(defaults[-1], output):
                raise Wrong("ignores_arguments", asked=asked)
            others = ((0, "relu"), (0.3, "default_slope"), (0.2, "default_slope"), (1, "linear_hidden"))
            for other, misconception in others:
                if is_like(other, output):
                    raise Wrong(misconception, found=other)
            if is_like(slope, output, both_sides=True):
                raise Wrong("slope_everywhere")
        raise Wrong("wrong_function", asked=layers_wanted)


@exercise(
    hack.make_generator,
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
    _judge_network(
        answer,
        hack.make_generator,
        cases=((100, 128, 0.01), (7, 128, 0.01), (100, 16, 0.01), (100, 128, 0.15)),
        last="tanh",
        named_activations={"sigmoid": "sigmoid_output", "linear": "no_tanh", "relu": "relu_output"},
        layers_wanted="The layers: Dense(hidden), LeakyReLU(negative_slope=slope), Dense(784), tanh.",
    )


@exercise(
    hack.make_discriminator,
    praise="100,609 parameters, one logit for each image.",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "probability_output": (
            "Your discriminator ends in a sigmoid, so it returns probabilities. Here it returns logits: the loss takes "
            "the sigmoid itself, in a form that stays exact where a probability would round to 0 or 1. Leave it out."
        ),
        "tanh_output": "Your discriminator ends in tanh. A logit may be any number: let the last Dense end bare.",
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
    _judge_network(
        answer,
        hack.make_discriminator,
        cases=((128, 0.01), (16, 0.01), (128, 0.15)),
        last="linear",
        named_activations={"sigmoid": "probability_output", "tanh": "tanh_output", "relu": "relu_output"},
        layers_wanted="The layers: Dense(hidden), LeakyReLU(negative_slope=slope), Dense(1).",
    )


# ---- data in and out

ALL_VALUES = np.resize(np.arange(256, dtype="uint8"), (2, 28, 28))  # every grey value, in two images


@exercise(
    hack.preprocess,
    praise="0 becomes -1.0, 255 becomes 1.0, everything float32 and flat.",
    misconceptions={
        "not_flat": "Your array has the shape {found}. The networks read flat images: {wanted}.",
        **probing.SCALING_MISCONCEPTIONS,
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
    probing.judge_scaling(lambda images: array(answer(images), (len(images), 784)).reshape(images.shape), ALL_VALUES)
    array(answer(ALL_VALUES[:1]), (1, 784), " for one image")


def published_deprocess(flat):
    values = np.round((flat / 2 + 1) * 255)
    return np.clip(values, 0, 255).astype("uint8").reshape(-1, 28, 28)


@exercise(
    hack.deprocess,
    given=published_deprocess,
    praise="It undoes `preprocess` exactly, for all 256 grey values.",
    misconceptions={
        **probing.RESTORING_MISCONCEPTIONS,
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
    probing.judge_restored(found, ALL_VALUES)
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
#
# Plain gradient descent on a tiny network makes an update an exact fact. The answer's network is compared with where
# a right update leads, and then with where each known mistake leads.

RATE = 0.5
N = 6  # samples in a batch


class _BatchSizes(layers.Layer):
    """Hand everything on as it comes, and note how many samples come at a time."""

    def __init__(self):
        super().__init__()
        self.noted = []

    def call(self, inputs):
        self.noted.append(inputs.shape[0])
        return inputs


def _networks():
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(5, "tanh")])
    discriminator = keras.Sequential([keras.Input((5,)), _BatchSizes(), layers.Dense(4, "tanh"), layers.Dense(1)])
    for model in (generator, discriminator):
        for weight in model.weights:
            weight.assign(rng(6).normal(0, 0.7, weight.shape))
    return generator, discriminator, keras.optimizers.SGD(RATE)


def _values(variables):
    return [variable.numpy() for variable in variables]


def _alike(some, others, atol=1e-5):
    return all(np.allclose(a, b, atol=atol) for a, b in zip(some, others, strict=True))


def _descend(model, loss):
    """Return where one step of gradient descent on `loss()` would lead, and the loss; the model stays as it is."""
    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, model.trainable_variables)
    place = [w - RATE * g.numpy() for w, g in zip(_values(model.trainable_variables), gradients, strict=True)]
    return place, float(value)


def _scalar_loss(value, wanted):
    if value is None or len(getattr(value, "shape", ())):
        raise Wrong("returns_no_loss")
    try:
        found = float(value)
    except Exception:
        raise Wrong("returns_no_loss") from None
    if not np.isclose(found, wanted, rtol=1e-3, atol=1e-4):
        raise Wrong("other_loss", found=found, wanted=wanted)


def _survives_compiling(answer, *args):
    # The course's loop traces the step once, where tensors have no values yet.
    try:
        tf.function(lambda: answer(*args), autograph=False).get_concrete_function()
    except Wrong:
        raise
    except Exception as error:
        reason = one_line(error).split(" (line ")[0].removeprefix("in user code: ")
        raise Wrong("eager_only", reason=reason[:160] or type(error).__name__) from None


def _take_step(answer, *args):
    """Call a step, and name the mistakes that Keras stops with a message of its own."""
    try:
        return answer(*args)
    except AnswerRaised as raised:
        for words, misconception in (
            ("No gradients provided", "outside_tape"),
            ("call `compile()`", "train_on_batch"),
            ("no attribute 'minimize'", "minimize"),
            ("not enough values to unpack", "apply_arguments"),
            ("no attribute '_unique_id'", "apply_arguments"),
            ("has no len()", "apply_arguments"),
        ):
            if words in raised.error:
                raise Wrong(misconception) from None
        raise


STEP_MISCONCEPTIONS = {
    "outside_tape": (
        "The tape saw no path from the weights to the loss. Call the networks and compute the whole loss inside the "
        "`with`, the sum of its parts too, and call them like functions: `.predict` leaves no path."
    ),
    "train_on_batch": (
        "You call `train_on_batch`, which needs a compiled model, and these are not compiled. Compute the loss in a "
        "GradientTape and hand the gradients to the optimizer."
    ),
    "minimize": "Keras 3 optimizers have no `minimize`. Compute the gradients with the tape, then optimizer.apply(…).",
    "apply_arguments": (
        "The optimizer or the tape got its arguments in another order or number than it takes: "
        "tape.gradient(loss, variables), then optimizer.apply(gradients, variables)."
    ),
    "no_update": (
        "The {model}'s weights are what they were. Hand the gradients to optimizer.apply(gradients, variables)."
    ),
    "other_optimizer": (
        "The weights move, and not by the `optimizer` that is handed in. Use that one: it keeps Adam's memory."
    ),
    "wrong_sign": "Your update climbs: the loss grows. The optimizer goes downhill by itself, so drop the minus sign.",
    "probabilities": (
        "Your loss reads the outputs as probabilities; they are logits. Use BinaryCrossentropy(from_logits=True)."
    ),
    "double_sigmoid": (
        "Your loss takes the sigmoid twice: you apply one, and from_logits=True means that the loss applies its own. "
        "Hand it the logits as they are."
    ),
    "swapped_arguments": (
        "Your loss is a straight line in the logits. Keras' losses take the labels first: binary_crossentropy(labels, "
        "logits)."
    ),
    "summed": (
        "Your loss is the sum over the batch, or a number for each sample, which the tape adds up: a batch twice as "
        "big makes steps twice as long. Take the mean."
    ),
    "returns_no_loss": "Return the loss, a tensor that holds one number, so that it can be plotted.",
    "other_loss": "The update is right, and the loss that you return is {found:.3f}; it was {wanted:.3f}.",
    "other_update": "The {model} moves to another place than one step of gradient descent on that loss. {wanted}",
    "eager_only": (
        "Your step works once by hand and not inside a compiled loop ({reason}). Leave .numpy(), float() and `if` on "
        "tensors out of it: in the loop a tensor has no value yet."
    ),
}


@exercise(
    hack.discriminator_step,
    praise="Two forward passes, one summed loss, one update, and only of the discriminator.",
    misconceptions={
        **STEP_MISCONCEPTIONS,
        "two_updates": (
            "Your step updates the discriminator more than once, perhaps for the reals and for the fakes. The second "
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
        "ignores_labels": (
            "Your step trains towards plain 1 and 0. Use the labels that are handed in: they may be smoothed."
        ),
        "only_real": "Your update knows the real batch alone. Add the loss of the fakes.",
        "only_fake": "Your update knows the fake batch alone. Add the loss of the reals.",
        "leaves_frozen": (
            "Your step leaves the discriminator with trainable = False: its next step would train nothing, with a "
            "warning at most. You need no switch: hand the discriminator's variables to the optimizer."
        ),
    },
    hints=(
        "There are two batches and two sets of labels. Which goes with which, and how many updates should come of it?",
        "In a GradientTape: logits of the reals, logits of the fakes, binary_crossentropy of each with its labels, the "
        "sum. After it: gradients for discriminator.trainable_variables, and one optimizer.apply.",
        "loss = binary_crossentropy(real_labels, discriminator(real, training=True)) + binary_crossentropy(..., ...)",
    ),
)
def check_discriminator_step(answer):
    draw = rng(7)
    real, fake = (tf.constant(draw.normal(mean, 1, (N, 5)), "float32") for mean in (0.5, -0.5))
    args = real, fake, tf.fill((N, 1), 0.8), tf.fill((N, 1), 0.05)
    _, model, optimizer = _networks()
    batch_sizes = model.layers[0].noted

    def leads_to(function):
        return _descend(model, lambda: function(*args))

    def loss_of(images, labels, logits=True):
        return keras.losses.BinaryCrossentropy(from_logits=logits)(labels, model(images))

    def with_labels(real_label, fake_label):
        return lambda r, f, *_: loss_of(r, tf.fill((N, 1), real_label)) + loss_of(f, tf.fill((N, 1), fake_label))

    def with_logits(function):
        bce = keras.losses.BinaryCrossentropy(from_logits=True)
        return lambda r, f, rl, fl: function(bce, rl, model(r)) + function(bce, fl, model(f))

    right, wanted_loss = leads_to(lambda r, f, rl, fl: loss_of(r, rl) + loss_of(f, fl))
    mistakes = [
        ("half_the_loss", lambda r, f, rl, fl: (loss_of(r, rl) + loss_of(f, fl)) / 2),
        ("summed", lambda r, f, rl, fl: (loss_of(r, rl) + loss_of(f, fl)) * N),
        ("wrong_sign", lambda r, f, rl, fl: -loss_of(r, rl) - loss_of(f, fl)),
        ("swapped_labels", lambda r, f, rl, fl: loss_of(r, fl) + loss_of(f, rl)),
        ("ignores_labels", with_labels(1.0, 0.0)),
        ("ignores_labels", with_labels(0.9, 0.0)),
        ("only_real", lambda r, f, rl, fl: loss_of(r, rl)),
        ("only_fake", lambda r, f, rl, fl: loss_of(f, fl)),
        ("probabilities", lambda r, f, rl, fl: loss_of(r, rl, False) + loss_of(f, fl, False)),
        ("double_sigmoid", with_logits(lambda bce, labels, logits: bce(labels, tf.sigmoid(logits)))),
        ("swapped_arguments", with_logits(lambda bce, labels, logits: bce(logits, labels))),
    ]
    mistakes = [(name, lambda function=function: leads_to(function)[0]) for name, function in mistakes]
    batch_sizes.clear()
    variables = model.trainable_variables
    before = _values(variables)
    loss = _take_step(answer, model, optimizer, *args)
    # Without batch normalization a batch of both gives the same numbers, so the batches themselves are counted.
    if 2 * N in batch_sizes:
        raise Wrong("mixed_batch")
    asked = "It is the real batch's loss plus the fake's."
    _judge_step(variables, optimizer, before, right, mistakes, "discriminator", asked)
    _scalar_loss(loss, wanted_loss)
    if len(model.trainable_variables) != len(variables):
        raise Wrong("leaves_frozen")
    _survives_compiling(answer, model, optimizer, *args)


def _judge_step(variables, optimizer, before, right, mistakes, name, wanted):
    """Compare where an answer has led with where it should. mistakes: (misconception, function: where that leads)."""
    after, updates = _values(variables), int(optimizer.iterations)
    if _alike(after, before, atol=0):
        raise Wrong("no_update", model=name)
    if updates == 0:
        raise Wrong("other_optimizer")
    if updates > 1:
        raise Wrong("two_updates")
    if _alike(after, right):
        return
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    for misconception, place in mistakes:
        if _alike(after, place()):
            raise Wrong(misconception)
    raise Wrong("other_update", model=name, wanted=wanted)


@exercise(
    hack.generator_step,
    praise="The generator moves towards 'real', and the discriminator keeps every bit of its weights.",
    misconceptions={
        **STEP_MISCONCEPTIONS,
        "moves_discriminator": (
            "Your step changes the discriminator too: it would learn to call fakes real. Take the gradients for "
            "generator.trainable_variables alone; that is all the freezing there has to be."
        ),
        "leaves_frozen": (
            "Your step leaves the discriminator with trainable = False, so its own next step has nothing to train. You "
            "need no switch: hand the generator's variables to the optimizer, and no others move."
        ),
        "two_updates": "Your step updates the generator more than once. One loss, one update.",
        "label_fake": (
            "Your generator is trained to be called fake: label 0. It wants to be taken for real, so its label is 1."
        ),
        "saturating": (
            "Your generator climbs the discriminator's loss instead of going down its own. Both point the same way, "
            "but where the discriminator is sure that loss is flat and nothing is learned. Use label 1 and go down."
        ),
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
    latents = tf.constant(rng(8).standard_normal((N, 3)), "float32")
    generator, discriminator, optimizer = _networks()

    def leads_to(loss):
        return _descend(generator, lambda: loss(discriminator(generator(latents))))

    def towards(label, sign=1, logits=True):
        bce = keras.losses.BinaryCrossentropy(from_logits=logits)
        return lambda outputs: sign * bce(tf.fill((N, 1), label), outputs)

    right, wanted_loss = leads_to(towards(1.0))
    mistakes = [
        ("wrong_sign", towards(1.0, -1)),
        ("label_fake", towards(0.0)),
        ("saturating", towards(0.0, -1)),
        ("smoothed", towards(0.9)),
        ("summed", towards(1.0, N)),
        ("probabilities", towards(1.0, logits=False)),
        ("double_sigmoid", lambda outputs: towards(1.0)(tf.sigmoid(outputs))),
        ("swapped_arguments", lambda outputs: -tf.reduce_mean(outputs)),
    ]
    mistakes = [(name, lambda loss=loss: leads_to(loss)[0]) for name, loss in mistakes]
    variables, opponents = generator.trainable_variables, discriminator.trainable_variables
    before, opponent = _values(variables), _values(opponents)
    loss = _take_step(answer, generator, discriminator, optimizer, latents)
    if not _alike(_values(opponents), opponent, atol=0):
        raise Wrong("moves_discriminator")
    _judge_step(variables, optimizer, before, right, mistakes, "generator", "It is the fakes' loss with label 1.")
    _scalar_loss(loss, wanted_loss)
    _survives_compiling(answer, generator, discriminator, optimizer, latents)
    if len(discriminator.trainable_variables) != len(opponents):
        raise Wrong("leaves_frozen")
