"""Lab 27, the DCGAN: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.blame import one_line
from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import number, told
from ganhacks.hacks import dcgan_mnist as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "dcgan_mnist")

PREDICTION = {
    "choices": {
        "a": "about 10.",
        "b": "about 3.",
        "c": "below 0.6.",
    },
    "answer": "c",
    "why": (
        "Without classes it comes to about 1, with them to about 0.3: layers that know which pixels are "
        "neighbours, then labels. The card below has five seeds of each."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the rule

VERDICTS = ("too few seeds", "better", "worse", "no difference")


def _differences(n_up, n_down, size=1.0):
    """Return paired differences of which so many are above and below 0."""
    return size * np.concatenate([np.linspace(0.5, 1.5, n_up), -np.linspace(0.5, 1.5, n_down)])


#: paired differences; the misconception that judges them otherwise, and how (None: however)
CASES = (
    (_differences(0, 6), "turned_round", "worse"),
    (_differences(6, 0), "turned_round", "better"),
    (_differences(0, 4), "too_few", "better"),
    (_differences(0, 5, 50), "five_too_few", "too few seeds"),
    (_differences(2, 4), "no_interval", "better"),
    (_differences(4, 2), "no_interval", "worse"),
    (_differences(2, 9), "interval_of_seeds", "no difference"),
    (np.array([-1, -1.2, -0.9, -1.1, -1, -0.8, -1.3, -0.7, 60]), "mean", "no difference"),
    (_differences(5, 12), "narrow_interval", "better"),
    (np.zeros(6), "touches", None),
)


@exercise(
    hack.paired_verdict,
    praise="Paired by seed, the median, an interval, and no verdict from a handful of seeds: a rule to trust.",
    misconceptions={
        "turned_round": "The scores fell in every pair, or rose in every pair, and you say {found!r}. Less is better.",
        "too_few": "Four seeds, and you say {found!r}. Below five the answer is 'too few seeds', whatever they show.",
        "five_too_few": "Five seeds, and you say {found!r}. Fewer than five are too few; five are enough.",
        "touches": (
            "Nothing changed for any seed, and you say {found!r}. All of the interval has to be on one side: its end "
            "must not touch 0."
        ),
        "no_interval": (
            "Of {n} differences {up} are above 0 and {down} below, and you say {found!r}: chance alone does that. Does "
            "your interval come from samples drawn with replacement, and do you ask whether all of it is on one side?"
        ),
        "mean": (
            "Eight of nine seeds fell by about 1 and one rose by 60, and you say {found!r}. One odd run decides a "
            "mean; take the median of each sample."
        ),
        "interval_of_seeds": (
            "Nine of eleven seeds fell, and you say {found!r}: your interval is too wide. Is it the range of the "
            "single differences? Wanted is the range of the medians of 10,000 samples, without 2.5 % at either end."
        ),
        "narrow_interval": (
            "Five of seventeen seeds rose, and you say {found!r}. Your interval is narrower than 95 %: what lies "
            "outside are 2.5 % at either end."
        ),
        "unpaired": (
            "Every seed fell by about 1, and you say {found!r}: the seeds themselves differ by far more, which drowns "
            "it. Subtract seed by seed first, then draw from the differences."
        ),
        "pairs_lost": (
            "Five seeds of six rose and one fell far, and you say {found!r}. Are the scores sorted before you "
            "subtract? Then a seed's score is compared with another seed's."
        ),
        "ignores_rng": "Your function draws nothing from `rng`. With it the same scores get the same verdict.",
        "unknown_word": "Your function returns {found}; wanted one of " + ", ".join(map(repr, VERDICTS)) + ".",
        "differs": "For the differences {told} you say {found!r}; the rule says {wanted!r}.",
    },
    hints=(
        "The seeds differ much from each other. What is left of that if you look at one seed at a time, with and "
        "without the change?",
        "rng.choice(differences, (10_000, n)) draws with replacement: 10,000 rows. A median for each row, then "
        "np.percentile of these at 2.5 and 97.5.",
        "After the percentiles: better if the upper end is below 0, ... if the lower end is above it.",
    ),
)
def check_paired_verdict(answer):
    found = _verdict(answer, np.linspace(10, 60, 6), np.array([9.0, 9, 9, 9, 9, -51]), 0)
    if found == "better":
        raise Wrong("pairs_lost", found=found)
    for seed, (differences, misconception, said) in enumerate(CASES):
        differences = rng(seed).permutation(differences)
        found = _verdict(answer, np.linspace(20, 21, len(differences)), differences, seed)
        wanted = hack.paired_verdict(rng(seed), np.zeros(len(differences)), differences)
        if found == wanted:
            continue
        up, down = int((differences > 0).sum()), int((differences < 0).sum())
        if said in (found, None):
            raise Wrong(misconception, found=found, n=up + down, up=up, down=down)
        raise Wrong("differs", told=np.round(differences, 1).tolist(), found=found, wanted=wanted)
    found = _verdict(answer, np.array([30.0, 10.0, 55.0, 18.0, 90.0, 40.0]), -np.linspace(0.8, 1.2, 6), 0)
    if found != "better":
        raise Wrong("unpaired", found=found)
    before = (used := rng(0)).bit_generator.state
    answer(used, np.zeros(6), np.ones(6))
    if used.bit_generator.state == before:
        raise Wrong("ignores_rng")


def _verdict(answer, baseline, differences, seed):
    # In another order of seeds, and as Python's own numbers too: neither may matter.
    found = answer(rng(seed), baseline, baseline + differences)
    if found is None:
        raise Wrong("returns_nothing")
    if str(found) not in VERDICTS:
        raise Wrong("unknown_word", found=repr(found)[:60])
    return str(found)


# ---- the learning rate


@exercise(
    hack.learning_rate,
    praise="High while there is far to go, low in the end, and it works on tensors inside of the compiled loop.",
    misconceptions={
        "python_if": (
            "Your function decides with Python's `if`, `min` or `max`. In the compiled loop `step` is a tensor without "
            "a value yet. Calculate: ops.clip, ops.minimum or ops.where choose for tensors too."
        ),
        "not_for_tensors": (
            "Your function takes numbers and not the tensors of the compiled loop ({reason}). Begin with "
            "ops.cast(step, 'float32'), and take keras.ops in place of NumPy, Python's math and float()."
        ),
        "not_for_numbers": (
            "Your function takes tensors and not the whole number {step} ({reason}). `ops.cast(step, 'float32')` makes "
            "a tensor of either."
        ),
        "falls_at_once": "At step {step:,} of {n:,} the rate is {found:.3g} already. It stays at the peak up to 30 %.",
        "jumps": (
            "Just after 30 % of the steps the rate is {found:.3g}, and the peak is {peak:.3g}. It goes down from the "
            "peak in a straight line: what share of the remaining 70 % is done?"
        ),
        "constant": "At the last step the rate is {found:.3g}, the peak itself. After 30 % it has to fall.",
        "to_zero": "At the last step the rate is {found:.3g}; wanted {wanted:.3g}, 1 % of the peak.",
        "below": (
            "Beyond the last step your rate is {found:.3g}. It stays at 1 % of the peak: a rate that goes on falling "
            "turns negative, and the network unlearns."
        ),
        "not_straight": "At step {step:,} of {n:,} your rate is {found:.3g}; on a straight line it is {wanted:.3g}.",
        "ignores_arguments": "With n_steps = {n:,} and peak = {peak} your rate at step {step:,} is {found:.3g}; wanted "
        "{wanted:.3g}. Use both arguments.",
        "not_one_number": "For one step your function returns {found}; wanted one number.",
    },
    hints=(
        "Which share of the steps is done, and which share of the fall? The fall goes from 30 % to 100 %.",
        "Let the factor be a straight line that is 1 at 30 % and 0.01 at 100 %. Before and after, `ops.clip` holds it "
        "between these two.",
        "peak * ops.clip(1 - 0.99 * (...), 0.01, 1), with the share of the fall in place of the dots",
    ),
)
def check_learning_rate(answer):
    def rate(step, n_steps, peak):
        return number(answer(step, n_steps, peak), otherwise="not_one_number")

    try:
        _judge_rate(rate, 1000, 0.01)
    except AnswerRaised as raised:
        raise Wrong("not_for_numbers", step=0, reason=one_line(raised.error)[:120]) from None
    compiled = tf.function(lambda step: answer(step, 1000, 0.01), autograph=False)
    for dtype in (tf.float32, tf.int64):  # Keras counts in whole numbers
        try:
            _judge_rate(lambda step, n, peak, dtype=dtype: compiled(tf.constant(step, dtype)).numpy(), 1000, 0.01)
        except (AnswerRaised, AttributeError) as raised:
            reason = one_line(getattr(raised, "error", raised))
            if "bool" in reason or "iterat" in reason:
                raise Wrong("python_if") from None
            raise Wrong("not_for_tensors", reason=reason[:120]) from None
    for step, n_steps, peak in ((150, 200, 0.01), (200, 200, 0.01), (1000, 1000, 0.5), (650, 1000, 2e-4)):
        found, wanted = rate(step, n_steps, peak), float(hack.learning_rate(step, n_steps, peak))
        if not np.isclose(found, wanted, rtol=1e-2):
            raise Wrong("ignores_arguments", n=n_steps, peak=peak, step=step, found=found, wanted=wanted)


def _judge_rate(rate, n, peak):
    for step in (0, 100, 300):
        if (found := rate(step, n, peak)) < 0.995 * peak:
            raise Wrong("falls_at_once", step=step, n=n, found=found)
    if np.isclose(found := rate(n, n, peak), peak):
        raise Wrong("constant", found=found)
    if (found := rate(305, n, peak)) < 0.95 * peak:
        raise Wrong("jumps", found=found, peak=peak)
    if not np.isclose(found := rate(n, n, peak), 0.01 * peak, rtol=0.02):
        raise Wrong("to_zero", found=found, wanted=0.01 * peak)
    for step in (1, 320, 500, 650, 900, 990):
        found, wanted = rate(step, n, peak), float(hack.learning_rate(step, n, peak))
        if not np.isclose(found, wanted, rtol=0.01):
            raise Wrong("not_straight", step=step, n=n, found=found, wanted=wanted)
    if not np.isclose(found := rate(2 * n, n, peak), 0.01 * peak, rtol=0.02):
        raise Wrong("below", found=found)


# ---- the networks


def _kinds(model, *kinds):
    return [layer for layer in networks.inner_layers(model) if isinstance(layer, kinds)]


def _bends(model, x, undone=np.asarray):
    """Tell whether a model's outputs follow no straight line from one input to another. undone: undoes a last tanh."""
    other = np.roll(x, 1, axis=0)
    outputs = (networks.output(model, point).astype("float64") for point in (x, (x + other) / 2, other))
    start, middle, end = (undone(y) if abs(y).max() < 1 else y for y in outputs)
    return abs(start + end - 2 * middle).max() > 1e-3 * abs(end - start).max()


def _stretched(model, factor=50.0):
    """Multiply the kernel of the last layer that has one, so that the outputs reach the ends of their range."""
    last = [layer for layer in networks.inner_layers(model) if getattr(layer, "kernel", None) is not None][-1]
    last.kernel.assign(factor * last.kernel)


MOST_PARAMETERS = 1_500_000

NETWORK_MISCONCEPTIONS = {
    **networks.MISCONCEPTIONS,
    "wrong_output": "For a batch of {n} your model returns the shape {found}; wanted {wanted}.",
    "dense_only": (
        "Your model has no convolution. To a dense layer a pixel's neighbour is as strange as the far corner: that was "
        "lab 12's limit."
    ),
    "too_large": (
        "Your model has {found:,} parameters. It would train for far longer than three minutes; stay below "
        f"{MOST_PARAMETERS:,}: halve the filters."
    ),
    "linear": (
        "Nothing bends between your layers, so all of them together are one linear layer. Put an activation behind "
        "each but the last."
    ),
    "dropout": "Your model has a Dropout layer. Look at its row in the table above: what did it do?",
}


@exercise(
    hack.make_generator,
    praise="Dense, normalized, doubled twice with an even kernel, and tanh in the end.",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "uneven": (
            "A transposed convolution with kernel {kernel} and stride {stride} writes some pixels more often than "
            "others (lab 02). Take a kernel that is a multiple of the stride: 4."
        ),
        "no_batch_norm": "Your model has no BatchNormalization. Look at its row in the table above: what did it do?",
        "norm_at_output": "Your last layers normalize the images (lab 04): end with a convolution and tanh.",
        "no_tanh": "Your images leave [-1, 1], up to {found:.1f}: end with tanh, whose range the reals have too.",
        "sigmoid": "Your images lie in [0, 1] and the reals in [-1, 1]: D sees that (lab 07). Take tanh.",
        "frozen": "Your model has nothing to train: leave `trainable` alone.",
    },
    hints=(
        "28 is 7 doubled twice. What brings `latent_dim` numbers to 7 × 7 × 32?",
        "Dense(256), Dense(7 * 7 * 32), Reshape, then two transposed convolutions with kernel 4 and stride 2. After "
        "each but the last: BatchNormalization and ReLU, and no bias before it.",
        "layers.Conv2DTranspose(16, 4, strides=2, padding=...) and in the end one with 1 filter and activation='tanh'",
    ),
)
def check_generator(answer):
    for latent_dim in (64, 74, 10):
        model = networks.built(answer, latent_dim)
        x = rng(latent_dim).standard_normal((8, latent_dim)).astype("float32")
        y = networks.output(model, x)
        if y.shape != (8, 28, 28, 1):
            raise Wrong("wrong_output", n=8, found=y.shape, wanted=(8, 28, 28, 1))
        if model.count_params() > MOST_PARAMETERS:
            raise Wrong("too_large", found=model.count_params())
    if not model.trainable_variables:
        raise Wrong("frozen")
    convolutions = _kinds(model, layers.Conv2D, layers.Conv2DTranspose)
    if not convolutions:
        raise Wrong("dense_only")
    for layer in _kinds(model, layers.Conv2DTranspose):
        for kernel, stride in zip(layer.kernel_size, layer.strides):
            if kernel % stride:
                raise Wrong("uneven", kernel=kernel, stride=stride)
    every = networks.inner_layers(model)
    normalizations = _kinds(model, layers.BatchNormalization)
    if not normalizations:
        raise Wrong("no_batch_norm")
    in_order = hasattr(model, "operations") or isinstance(model, keras.Sequential)  # a subclass may name them in any
    if in_order and every.index(normalizations[-1]) > every.index(convolutions[-1]):
        raise Wrong("norm_at_output")
    if _kinds(model, layers.Dropout):
        raise Wrong("dropout")
    if not _bends(model, x, np.arctanh):
        raise Wrong("linear")
    _stretched(model)
    y = networks.output(model, 3 * x)
    if np.abs(y).max() > 1.0001:
        raise Wrong("no_tanh", found=float(np.abs(y).max()))
    if y.min() >= 0:
        raise Wrong("sigmoid")


@exercise(
    hack.make_discriminator,
    praise="Halved by strides, leaky, and raw logits in the end.",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "ignores_n_outputs": "Asked for {n} outputs, your model has {found}. Use `n_outputs` in the last layer.",
        "pooling": "Your model pools, with {found}. Let the convolution's stride do the halving (lab 01).",
        "no_stride": "No convolution of yours has a stride, so the images stay large: slow, and {found:,} parameters.",
        "bounded": (
            "Your outputs stay between {low:.2g} and {high:.2g} however large the weights are: a sigmoid, softmax or "
            "tanh in the end. A logit has no limits; the loss does the rest."
        ),
        "never_below_0": "Your outputs never fall below 0, so no image is a fake: does your model end in a ReLU?",
        "plain_relu": "Your model has a plain ReLU, which lets nothing through below 0. Take a leaky one, slope 0.2.",
        "norm_at_input": (
            "Your model normalizes before its second convolution, so that it can't see where the images lie (lab 04). "
            "Leave the first layer without."
        ),
        "frozen": "Your model has nothing to train: leave `trainable` alone.",
    },
    hints=(
        "28, 14, 7, 4: how does a convolution halve without a pooling layer?",
        "Three times Conv2D with kernel 4, stride 2 and padding 'same', with 16, 32 and 64 filters, each with a leaky "
        "ReLU of slope 0.2; then flatten.",
        "The end is layers.Dense(...) without an activation, as many units as outputs.",
    ),
)
def check_discriminator(answer):
    images = rng(0).uniform(-1, 1, (6, 28, 28, 1)).astype("float32")
    for n_outputs in (1, 10):
        model = networks.built(answer, n_outputs)
        y = networks.output(model, images)
        if y.shape != (6, n_outputs):
            if y.ndim == 2 and len(y) == 6 and n_outputs == 10:
                raise Wrong("ignores_n_outputs", n=n_outputs, found=y.shape[1])
            raise Wrong("wrong_output", n=6, found=y.shape, wanted=(6, n_outputs))
        if not model.trainable_variables:
            raise Wrong("frozen")
        if not _kinds(model, layers.Conv2D):
            raise Wrong("dense_only")
        if pools := _kinds(model, layers.MaxPooling2D, layers.AveragePooling2D):
            raise Wrong("pooling", found=type(pools[0]).__name__)
        if all(max(layer.strides) == 1 for layer in _kinds(model, layers.Conv2D)):
            raise Wrong("no_stride", found=model.count_params())
        if model.count_params() > MOST_PARAMETERS:
            raise Wrong("too_large", found=model.count_params())
        inner = [type(layer) for layer in networks.inner_layers(model)]
        before = [i for i, kind in enumerate(inner) if kind is layers.Conv2D][1:2] or [len(inner)]
        if layers.BatchNormalization in inner[: before[0]]:
            raise Wrong("norm_at_input")
        if _kinds(model, layers.Dropout):
            raise Wrong("dropout")
        bends, outputs = _bends(model, images), []
        for factor in (1000, -1):
            _stretched(model, factor)
            outputs.append(networks.output(model, images))
        if np.abs(outputs).max() <= 1:
            raise Wrong("bounded", low=np.min(outputs), high=np.max(outputs))
        if np.min(outputs) >= 0:
            raise Wrong("never_below_0")
        if not bends:
            raise Wrong("linear")
        if _kinds(model, layers.ReLU) or any(
            getattr(layer, "activation", None) is keras.activations.relu for layer in networks.inner_layers(model)
        ):
            raise Wrong("plain_relu")


# ---- a logit for the class


@exercise(
    hack.own_logit,
    praise="Each sample is judged as what it is said to be: a good 3 that is called a 7 is a bad 7.",
    misconceptions={
        "only_arrays": (
            "Your function takes arrays, and not what Keras hands over while it builds a model ({reason}). Write it "
            "with keras.ops: `ops.take_along_axis`, or `ops.one_hot` and a sum."
        ),
        "flat": "Your result has the shape {found}; wanted {wanted}. Keep the second axis, of length 1.",
        "crossed": (
            "Your result has the shape {found}: every sample's logit for each sample's class. Wanted is {wanted}, "
            "one for each row."
        ),
        "all_logits": "Your result has the shape {found}: all ten logits. Wanted is the one of the class: {wanted}.",
        "highest": (
            "You return the highest logit, whatever the class. Then a 3 that is called a 7 passes as a good 3, and the "
            "generator need not listen to its class."
        ),
        "opinion": "You return the number of the highest logit. Wanted is the logit of the class that is handed in.",
        "summed": "You return the sum or mean of all ten logits: then the class plays no part.",
        "probability": "You return a probability or its logarithm (a softmax over ten). Wanted is the logit as it is.",
        "class_itself": "You return the class itself. Wanted is the logit which stands at that place.",
        "other_class": "You return another class's logit, {shift} places on. Classes count from 0.",
        "differs": "For class {asked} and logits {logits} you return {found:.2f}; wanted {wanted:.2f}.",
    },
    hints=(
        "Ten numbers a row, and for each row the place of one of them. How do you pick by place, a row at a time?",
        "ops.take_along_axis picks along an axis by an array of places. Or multiply by ops.one_hot(...) and sum over "
        "the ten.",
        "ops.take_along_axis(logits, ..., axis=...)  # which argument holds the places, which axis has ten?",
    ),
)
def check_own_logit(answer):
    for n in (7, 1, 10):
        logits = rng(n).normal(0, 2, (n, 10)).astype("float32")
        classes = rng(n + 1).integers(0, 10, (n, 1)).astype("int32")
        _judge_logit(_evaluated(answer(tf.constant(logits), tf.constant(classes))), logits, classes)
    inputs = keras.Input((10,)), keras.Input((1,), dtype="int32")
    try:
        model = keras.Model(inputs, answer(*inputs))
    except (AnswerRaised, ValueError, TypeError, AttributeError) as raised:
        raise Wrong("only_arrays", reason=one_line(getattr(raised, "error", raised))[:120]) from None
    _judge_logit(networks.output(model, [tf.constant(logits), tf.constant(classes)]), logits, classes)


def _evaluated(found):
    if found is None:
        raise Wrong("returns_nothing")
    try:
        return np.asarray(found, "float32")
    except Exception:
        raise Wrong("wrong_type", found=told(found), wanted="a tensor") from None


def _judge_logit(found, logits, classes):
    n = len(logits)
    if found.shape != (n, 1):
        details = {"found": found.shape, "wanted": (n, 1)}
        names = {(n,): "flat", (n, 10): "all_logits"} if n != 10 else {(n,): "flat"}
        if found.shape in ((n, n), (n, n, 1)) and n > 1:
            raise Wrong("crossed", **details)
        raise Wrong(names.get(found.shape, "wrong_shape"), **details)
    if not np.isfinite(found).all():
        raise Wrong("not_finite")
    wanted = np.take_along_axis(logits, classes, axis=1)
    if np.allclose(found, wanted, atol=1e-5):
        return
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probability = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    own = np.take_along_axis(log_probability, classes, axis=1)
    for misconception, value in (
        ("highest", logits.max(axis=1, keepdims=True)),
        ("opinion", logits.argmax(axis=1)[:, None]),
        ("summed", logits.sum(axis=1, keepdims=True)),
        ("summed", logits.mean(axis=1, keepdims=True)),
        ("probability", own),
        ("probability", np.exp(own)),
        ("probability", 1 / (1 + np.exp(-wanted))),
        ("class_itself", classes),
    ):
        if np.allclose(found, value, atol=1e-4):
            raise Wrong(misconception)
    for shift in (-1, 1):
        if np.allclose(found, np.take_along_axis(logits, (classes + shift) % 10, axis=1), atol=1e-4):
            raise Wrong("other_class", shift=shift)
    raise Wrong(
        "differs",
        asked=int(classes[0, 0]),
        logits=np.round(logits[0], 1).tolist(),
        found=found[0, 0],
        wanted=wanted[0, 0],
    )
