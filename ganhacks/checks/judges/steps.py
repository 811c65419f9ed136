"""Judge one update of a GAN: where it leads, what it returns, whom it moves. The same question in several labs.

Plain gradient descent on a tiny network makes an update an exact fact. The answer's networks are compared with where a
right update leads them, and with where each slip leads them: a slip is a whole step, as a student would write it.
"""

import functools
import re
from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import Example, apart, compare
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.judges import losses
from ganhacks.errors import BadInput, RecipeFailed

RATE = 0.5
N = 6  # samples in a batch
LABELS = 0.8, 0.05  # no label that anybody would write by hand

#: What can be wrong with any update. "other_update" stands for all that no slip explains.
MISCONCEPTIONS = {
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
    "all_variables": (
        "You hand all of a network's variables to the optimizer, the moving averages of batch normalization too. They "
        "are no weights to train: use `trainable_variables`."
    ),
    "no_update": (
        "The {model}'s weights are what they were{case}. Hand the gradients to optimizer.apply(gradients, variables)."
    ),
    "no_gradient": (
        "You call `optimizer.apply`, and with {case} the {model}'s weights stay where they are: the gradient is 0 "
        "there. {aim} Is yours flat where the discriminator is sure?"
    ),
    "other_optimizer": (
        "The weights move, and not by the `optimizer` that is handed in. Use that one: it keeps Adam's memory."
    ),
    "foreign_optimizer": (
        "Your step uses an optimizer that belongs to another network, such as the one of an example above. Use the "
        "`optimizer` that is handed in."
    ),
    "other_length_of_batch": (
        "Your step does not take a batch of {n} samples ({reason}). Take lengths from what is handed in, as "
        "tf.ones_like does: batches are not all as long."
    ),
    "two_updates": "Your step updates the {model} {updates} times. One loss, one update.",
    "moves_the_other": (
        "Your step changes the {other}. Take the gradients for the {model}'s trainable_variables alone; that is "
        "all the freezing there has to be."
    ),
    "leaves_frozen": (
        "Your step leaves a network with trainable = False: its own next step would train nothing, with a warning at "
        "most. You need no switch: hand the right variables to the optimizer, and no others move."
    ),
    "wrong_sign": "Your update climbs: the loss grows. The optimizer goes downhill by itself, so drop the minus sign.",
    **losses.MISCONCEPTIONS,
    "test_mode": (
        "You call a network without training=True. Batch normalization then uses its stored averages and not the batch."
    ),
    "returns_no_loss": "Return the loss, a tensor that holds one number, so that it can be plotted.",
    "other_loss": (
        "The update is right, and the loss that you return is {loss_found}; it was {loss_wanted} (with {case})."
    ),
    "another_update": (
        "The same step, from the same weights with the same batch, leads elsewhere the second time. Something is drawn "
        "at random or kept: use what is handed in."
    ),
    "some_stay": (
        "Of the {model}'s weights those of shape {shapes} stay where they are; the others move. Take the gradients for "
        "all of its trainable_variables."
    ),
    "clips_weights": "After your step no weight of the {model} is beyond ±{limit}: you clip weights. Nobody asked.",
    "clips_gradients": (
        "Your gradients are cut off at ±{limit}, number by number: where the right one is larger, your step is too "
        "short. Hand them over as they are."
    ),
    "other_length": (
        "With {case} the {model} moves the right way, {times} times as far as one step of gradient descent on that "
        "loss. {aim} What makes the gradient longer or shorter?"
    ),
    "other_way": "With {case} the {model} moves exactly the other way. {aim} Has a term of yours the wrong sign?",
    "other_update": "The {model} moves to another place than one step of gradient descent on that loss. {aim}",
    "eager_only": "Your step works by hand and not inside the compiled loop of `train`: {reason}",
}


@dataclass(frozen=True)
class Led:
    """Where a step has led: the weights that may move, those that may not, its loss, how many updates, what was seen.

    Weights are pairs, before and after. sizes: how many samples came at a time to the network that notes it. frozen:
    whether the step froze a network. stand_in: another right place, see `judge_step`.
    """

    weights: tuple
    others: tuple
    loss: object
    updates: int
    sizes: tuple
    frozen: bool
    stand_in: object = None


def judge_step(answer, plays, model, other=None, aim="", also=None):
    """Judge a step by where it leads. Raises Wrong.

    plays: what is special about it, such as "very sure logits" -> function that returns, fresh at each call, the
    network that may move, a list of those that may not, the optimizer, the step's arguments, and the list in which
    the networks note their batches. model, other: what these networks are called. aim: the loss in words. also: a
    step that is as right as the reference, where both lead to different places.
    """
    named = {"model": model, "other": other, "aim": aim}

    def observe(step, args):
        play = plays[args[0]]
        if step is answer:
            return _led(step, *play())
        led = _known(step, play)
        return replace(led, stand_in=_known(also, play)) if step is answer.reference and also is not None else led

    def alike(found, wanted):
        right = _alike(found.weights[1], wanted.weights[1]) and _alike(found.others[1], wanted.others[1])
        right = right and (found.updates, found.sizes) == (wanted.updates, wanted.sizes)
        if right or wanted.stand_in is None:
            return right
        return alike(found, wanted.stand_in) and np.isclose(_scalar(found.loss), float(wanted.stand_in.loss), rtol=1e-3)

    def fits(found, wanted, case):
        if _alike(*found.weights, 0):
            if found.updates:
                raise Wrong("no_gradient", case=case.removeprefix(" for "), **named)
            raise Wrong("no_update", case=case, **named)
        if found.updates == 0:
            raise Wrong("other_optimizer", **named)
        if found.updates > 1:
            raise Wrong("two_updates", updates=found.updates, **named)
        if not _alike(*found.others, 0):
            raise Wrong("moves_the_other", **named)

    try:
        runs = compare(
            answer,
            [(name,) for name in plays],
            observe,
            alike,
            fits=fits,
            describe=lambda run: _example(run.found, run.wanted, run.args[0]),
            case=lambda args: args[0],
            details=named,
        )
    except Wrong as wrong:
        if wrong.misconception == "differs":
            for name in plays:
                if not alike(led := observe(answer, (name,)), observe(answer.reference, (name,))):
                    _judge_move(led, observe(answer, (name,)), _known(answer.reference, plays[name]), name, named)
            raise Wrong("other_update", wrong.example, **wrong.details) from None
        raise
    if runs[0].found.frozen:
        raise Wrong("leaves_frozen", **named)
    for run in runs:
        loss, right = _scalar(run.found.loss), run.wanted if run.wanted.stand_in is None else run.wanted.stand_in
        if not any(np.isclose(loss, float(led.loss), rtol=1e-3, atol=1e-4) for led in (run.wanted, right)):
            wanted = f"{float(run.wanted.loss):.4g}"
            raise Wrong("other_loss", loss_found=f"{loss:.4g}", loss_wanted=wanted, case=run.args[0], **named)


def _judge_move(led, again, wanted, case, named):
    """Raise Wrong if it can be computed how a step differs from the right one."""
    if not _alike(led.weights[1], again.weights[1]):
        raise Wrong("another_update", **named)
    moves, right = ([after - before for before, after in zip(*one.weights)] for one in (led, wanted))
    stay = [i for i, (move, of) in enumerate(zip(moves, right)) if not move.any() and np.abs(of).max() > 1e-5]
    if stay and all(np.allclose(move, of, 0, 1e-5) for i, (move, of) in enumerate(zip(moves, right)) if i not in stay):
        raise Wrong("some_stay", shapes=", ".join(str(right[i].shape) for i in stay), **named)
    after, move, of = (np.concatenate([*map(np.ravel, parts)]) for parts in (led.weights[1], moves, right))
    limit = np.abs(after).max()
    if np.sum(np.isclose(np.abs(after), limit)) > 1:
        raise Wrong("clips_weights", limit=f"{limit:.3g}", **named)
    limit = np.abs(move).max()
    if np.allclose(move, np.clip(of, -limit, limit), 0, 1e-5):
        raise Wrong("clips_gradients", limit=f"{limit / RATE:.3g}", **named)
    times = move @ of / (of @ of)
    if np.allclose(move, times * of, 0, 1e-4 * np.abs(of).max()):
        raise Wrong("other_length" if times > 0 else "other_way", times=f"{times:.3g}", case=case, **named)


@functools.cache
def _known(step, play):
    """Return where a reference or a slip leads, which is the same in every check."""
    return _led(step, *play())


def _led(step, moving, resting, optimizer, arguments, sizes):
    """Take a step and return where it has led."""
    variables, others = moving.trainable_variables, [w for net in resting for w in net.trainable_variables]
    before = [[w.numpy() for w in weights] for weights in (variables, others)]
    sizes.clear()
    try:
        loss = _take(step, arguments)
    except _UnknownVariable:
        # The optimizer knows the weights that it may move. One that knows none yet shows which ones were meant.
        willing = keras.optimizers.SGD(RATE)
        try:
            _take(step, [willing if argument is optimizer else argument for argument in arguments])
        except _UnknownVariable:
            raise Wrong("foreign_optimizer") from None
        moved = not _alike(before[1], [w.numpy() for w in others], 0)
        raise Wrong("moves_the_other" if moved else "all_variables", model="network", other="other network") from None
    frozen = len(variables) > len(moving.trainable_variables) or not all(net.trainable for net in resting)
    after = [[w.numpy() for w in weights] for weights in (variables, others)]
    return Led(*zip(before, after), loss, int(optimizer.iterations), tuple(sorted(set(sizes))), frozen)


def rehearse(recipe, data):
    """Raise Wrong if a step of the recipe cannot be called as the compiled loop of `train` calls it."""
    from ganhacks import training

    try:
        training.rehearse(recipe, data)
    except (RecipeFailed, BadInput) as error:
        raise Wrong("eager_only", reason=str(error)) from None


def step_of_d(loss):
    """Return a step of the discriminator, made of a loss(discriminator, real, fake, real_labels, fake_labels)."""

    def step(discriminator, optimizer, *batches):
        with tf.GradientTape() as tape:
            value = loss(discriminator, *batches)
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    return step


def step_of_g(loss):
    """Return a step of the generator made of a loss of the discriminator's logits for its fakes."""

    def step(generator, discriminator, optimizer, latent_samples):
        with tf.GradientTape() as tape:
            value = loss(discriminator(generator(latent_samples, training=True), training=True))
        variables = generator.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    return step


class BatchSizes(layers.Layer):
    """Hand everything on as it comes, and note how many samples come at a time."""

    def __init__(self):
        super().__init__()
        self.noted = []

    def call(self, inputs):
        self.noted.append(inputs.shape[0])
        return inputs


def weighted(model, seed, scale=0.7):
    """Give a model the same weights at every call, and return it."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        positive = weight.name in ("gamma", "moving_variance")
        weight.assign(rng.uniform(0.5, 1.5, weight.shape) if positive else rng.normal(0, scale, weight.shape))
    return model


def sgd(model):
    """Return plain gradient descent, built for a model as the training loop does it."""
    optimizer = keras.optimizers.SGD(RATE)
    optimizer.build(model.trainable_variables)
    return optimizer


class _UnknownVariable(Exception):
    """An optimizer was handed a variable that it was not built for."""


def _take(step, args):
    """Call a step, and name the mistakes that Keras stops with a message of its own."""
    try:
        return step(*args)
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
        if "nknown variable" in raised.error:
            raise _UnknownVariable from None
        if _other_length(raised.error):
            raise Wrong("other_length_of_batch", n=N, reason=raised.error) from None
        raise


def _other_length(error):
    """Tell whether an error speaks of two shapes that are the same but for their lengths, one that of the batch."""
    shapes = [tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"[(\[](\d+,[\d, ]*)[)\]]", error)]
    return any(a[0] == N != b[0] and a[1:] == b[1:] for a in shapes for b in shapes)


def _alike(some, others, atol=1e-5):
    return len(some) == len(others) and all(np.allclose(a, b, 0, atol, equal_nan=True) for a, b in zip(some, others))


def _scalar(value):
    if value is None or len(getattr(value, "shape", ())):
        raise Wrong("returns_no_loss")
    try:
        return float(value)
    except Exception:
        raise Wrong("returns_no_loss") from None


def _example(found, wanted, case):
    """Tell by how much the weight moves that is furthest from its right place."""
    moved, right = (np.concatenate([np.ravel(b - a) for a, b in zip(*led.weights)]) for led in (found, wanted))
    if np.allclose(moved, right, 1e-4):
        return None
    at = np.argmax(np.abs(moved - right))
    yours, wanted = apart(moved[at], right[at])
    return Example(f"With {case}, a weight moves by {yours} in your step; wanted {wanted}.")
