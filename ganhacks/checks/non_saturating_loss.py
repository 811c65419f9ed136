"""Lab 13, the non-saturating loss: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks.blame import one_line
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, pair, told
from ganhacks.hacks import non_saturating_loss as hack
from ganhacks.hacks.non_saturating_loss import binary_crossentropy

EXERCISES = {}
exercise = exercise_in(EXERCISES, "non_saturating_loss")

PREDICTION = {
    "choices": {
        "a": "Adam makes up for it, and both losses give the same images.",
        "b": "the generator with the small gradient still makes noise.",
        "c": "the generator with the small gradient is ahead: its steps are calmer.",
    },
    "answer": "b",
    "why": (
        "Adam divides by the size of *past* gradients, over about 1,000 steps. A gradient that shrinks faster is "
        "measured against the large ones of before, and the steps shrink with it."
    ),
}


def column(*values):
    return np.array(values, "float64")[:, None]


#: Logits at which no formula underflows, in batches of several sizes; those of the second are probabilities as well.
BATCHES = (
    column(-2.7, -0.8, 0.35, 1.6, 0.6),
    column(0.2, 0.55, 0.8),
    np.random.default_rng(0).normal(0, 2, (8, 1)),
    column(-1.2),
)

#: Logits of a discriminator that is sure, and absurdly sure.
EXTREMES = (20.0, -20.0, 100.0, -100.0, 1000.0, -1000.0)


def softplus(x):
    return np.logaddexp(0, x)


def sigmoid(x):
    return np.exp(-softplus(-x))


# ---- the two losses


def _one_number(value, n):
    """Return a loss as a float, or raise Wrong. n: the number of samples that it was computed from."""
    if value is None:
        raise Wrong("returns_nothing")
    if isinstance(value, (tuple, list)):
        raise Wrong("wrong_type", found=told(value), wanted="a tensor with one number, the loss")
    try:
        found = np.asarray(value, "float64")
    except Exception:
        raise Wrong("wrong_type", found=told(value), wanted="a tensor with one number, the loss") from None
    if found.shape and n > 1 and found.size == n:
        raise Wrong("one_per_sample", n=n, found=found.shape)
    if found.shape:
        raise Wrong("wrong_shape", found=found.shape, wanted=())
    return float(found)


def _call(answer, *args):
    """Call an answer, and name the mistakes that Python or TensorFlow stops with a message of its own."""
    try:
        return answer(*args)
    except AnswerRaised as raised:
        if "Tensor' object has no attribute" in raised.error or "Tensor object has no attribute" in raised.error:
            wanted = raised.error.split("attribute ")[1].split("'")[1]
            raise Wrong("array_method", wanted=wanted) from None
        raise


def _loss(answer, logits):
    return _one_number(_call(answer, tf.constant(logits, "float32")), len(logits))


def _gradient(answer, logits):
    """Return the gradient of an answer's loss by the logits, or raise Wrong if the tape finds none."""
    logits = tf.constant(logits, "float32")
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = answer(logits)
    gradient = tape.gradient(value, logits) if tf.is_tensor(value) else None
    if gradient is None:
        raise Wrong("breaks_tape", found=told(value))
    return np.asarray(gradient)


def _same(found, wanted):
    return bool(np.allclose(found, wanted, rtol=1e-3, atol=1e-4, equal_nan=True))


def _survives_tracing(answer, *args):
    # The course's loop traces a loss once, where tensors have no values yet.
    try:
        tf.function(answer, autograph=False).get_concrete_function(*args)
    except Wrong:
        raise
    except Exception as error:
        reason = one_line(error).split(" (line ")[0].split(" You can attempt")[0].rstrip(".")
        raise Wrong("eager_only", reason=reason[:140] or type(error).__name__) from None


@np.errstate(all="ignore")
def _named(found, mistakes):
    """Return the first mistake that explains what an answer returned for each of BATCHES, or None."""
    for misconception, formulas in mistakes.items():
        for formula in formulas:
            if _same(found, [formula(logits) for logits in BATCHES]):
                return misconception
    return None


def _either_sign(*formulas):
    return [lambda x, f=f, sign=sign: sign * f(x) for f in formulas for sign in (1, -1)]


def _mean(function):
    return lambda x: function(x).mean()


def _clipped(x):
    """Return logits as Keras' loss reads them, if they are handed in as probabilities."""
    return np.clip(x.astype("float32"), np.float32(1e-7), np.float32(1 - 1e-7))


#: What is neither of the two losses, whichever was asked for: misconception -> functions of the logits.
OTHER_FORMULAS = {
    "no_sigmoid": _either_sign(
        _mean(np.log),
        _mean(lambda x: np.log(1 - x)),
        _mean(lambda x: np.log(_clipped(x))),
        _mean(lambda x: np.log(1 - _clipped(x))),
    ),
    "double_sigmoid": _either_sign(
        _mean(lambda x: softplus(sigmoid(x))),
        _mean(lambda x: softplus(-sigmoid(x))),
    ),
    "no_log": _either_sign(_mean(sigmoid), _mean(lambda x: 1 - sigmoid(x))),
    "mean_logit": _either_sign(np.mean),
    "swapped_arguments": _either_sign(
        _mean(lambda x: softplus(1) - x),
        lambda x: np.log(2),
    ),
}

#: Messages for them, and for whatever else both losses share.
LOSS_MISCONCEPTIONS = {
    "no_sigmoid": (
        "You take the log of the logits themselves. The discriminator answers with logits, any real numbers; D is "
        "their sigmoid. (Keras' BinaryCrossentropy has to be told: from_logits=True.)"
    ),
    "double_sigmoid": (
        "You apply the sigmoid twice: once yourself, and once more in a function that takes logits. Hand it the logits "
        "as they are."
    ),
    "no_log": "You average probabilities. The loss is the mean of a *logarithm*: it weighs sure answers otherwise.",
    "mean_logit": (
        "Your loss is a straight line in the logits, as in the Wasserstein and the hinge GAN. That is a loss for "
        "generators too, and another one: here it is a logarithm of D."
    ),
    "swapped_arguments": (
        "Your loss is not a curve over the logits: the loss function seems to have got them as labels. Keras' losses "
        "take the labels first, then the logits."
    ),
    "mean_first": (
        "You take the mean first and the logarithm of it. Each fake has its own term; take the mean of the terms."
    ),
    "summed": (
        "For {n} fakes you return {found:.3f}, the sum of their terms; wanted the mean, {wanted:.3f}. With a sum, a "
        "batch twice as big makes steps twice as long."
    ),
    "one_per_sample": (
        "You return {n} numbers, of shape {found}. The loss of a batch is one number, of shape (): the mean over all "
        "of them, without an axis."
    ),
    "breaks_tape": (
        "The number is right and it is {found} without a way back to the logits, so the generator would get no "
        "gradient. NumPy, .numpy(), float() and stop_gradient cut the tape: use keras.ops or tf from start to end."
    ),
    "underflows": (
        "At a logit of {logit:g} you return {found:g}; right is {wanted:g}. There sigmoid is rounded to exactly 0 or "
        "1, or exp grows without end, and the log of that is lost. Use one function for log and sigmoid together, "
        "which takes the logit: the text above names two."
    ),
    "clipped": (
        "At a logit of {logit:g} you return {found:.4g} with the gradient {gradient:.3g}; right are {wanted:.4g} and "
        "{slope:.3g}. Did you clip, or add an epsilon inside the log? It hides the infinity, and from there on the "
        "loss is flat: no gradient. Work with the logit instead."
    ),
    "nan_gradient": (
        "Your loss is right at a logit of {logit:g} and its gradient is {gradient}. A branch that is not chosen still "
        "gets a gradient, and 0 times infinity is NaN. Use a formula without infinities for all logits."
    ),
    "eager_only": (
        "Your loss works once by hand and not inside a compiled loop ({reason}). Leave .numpy(), len(), loops and "
        "`if` on tensors out of it: in the loop a tensor has no value yet."
    ),
    "array_method": (
        "A tensor has no .{wanted}; NumPy arrays do. Call a function of keras.ops on it instead, such as ops.mean(…)."
    ),
    "differs": "For logits {logits} you return {found:.4f}; wanted {wanted:.4f}.",
}


def _judge_loss(answer, term, slope, mistakes):
    """Judge a loss: term(logit) is that of one fake, slope(logit) its derivative, mistakes the formulas to name."""
    found = [_loss(answer, logits) for logits in BATCHES]
    wanted = [term(logits).mean() for logits in BATCHES]
    n = len(BATCHES[0])
    if not _same(found, wanted):
        mistakes = mistakes | OTHER_FORMULAS | {"summed": [lambda x: term(x).sum()]}
        misconception = _named(found, mistakes)
        if misconception:
            raise Wrong(misconception, n=n, found=found[0], wanted=wanted[0])
        if not np.isfinite(found).all():
            raise Wrong("not_finite", case=" for logits between -5 and 5")
        worst = int(np.argmax(np.abs(np.subtract(found, wanted))))
        listed = ", ".join(f"{logit:.2f}" for logit in BATCHES[worst].ravel()[:5])
        raise Wrong("differs", logits=listed, found=found[worst], wanted=wanted[worst])
    for logits in BATCHES[:2]:
        if not _same(_gradient(answer, logits), slope(logits) / len(logits)):
            raise Wrong("breaks_tape", found="a tensor")
    for logit in EXTREMES:
        logits = column(logit)
        details = {"logit": logit, "wanted": float(term(logits)[0, 0]), "slope": float(slope(logits)[0, 0])}
        found, gradient = _loss(answer, logits), float(_gradient(answer, logits)[0, 0])
        if not np.isfinite(found):
            raise Wrong("underflows", found=found, **details)
        if not np.isfinite(gradient):
            raise Wrong("nan_gradient", gradient=gradient, **details)
        if not _same(found, details["wanted"]) or not _same(gradient, details["slope"]):
            raise Wrong("clipped", found=found, gradient=gradient, **details)
    _survives_tracing(answer, tf.constant(BATCHES[0], "float32"))


@exercise(
    hack.saturating_loss,
    praise="The loss of the minimax game, right to the ends of float32 and with a gradient there.",
    misconceptions={
        **LOSS_MISCONCEPTIONS,
        "swapped": "This is -log D, the loss that replaces the one asked for here. Wanted: log(1 - D).",
        "wrong_sign": (
            "You return the mean of -log(1 - D): that is what the *discriminator* minimises over fakes. Minimised by "
            "the generator it would ask for fakes that are found out. Mind the sign."
        ),
        "log_of_d": (
            "You return the mean of log D. Made small, it makes D(fake) small: fakes that are found out. And the game "
            "has 1 - D inside the log."
        ),
    },
    hints=(
        "Which probability is 1 - D, if D is the sigmoid of the logit: can you write it as the sigmoid of something?",
        "1 - sigmoid(x) is sigmoid(-x), so the log is log_sigmoid(-x), or minus the softplus of x. Then the mean.",
        "return -ops.mean(ops.softplus(...)), and mind the sign inside",
    ),
)
def check_saturating_loss(answer):
    _judge_loss(
        answer,
        lambda x: -softplus(x),
        lambda x: -sigmoid(x),
        {
            "swapped": [_mean(lambda x: softplus(-x))],
            "wrong_sign": [_mean(softplus)],
            "log_of_d": [_mean(lambda x: -softplus(-x))],
            "mean_first": [lambda x: -softplus(x.mean()), lambda x: np.log(1 - sigmoid(x).mean())],
        },
    )


@exercise(
    hack.non_saturating_loss,
    praise="The loss of practice: the surer D rejects a fake, the steeper it gets, down to any logit.",
    misconceptions={
        **LOSS_MISCONCEPTIONS,
        "swapped": "This is log(1 - D), the loss of the exercise above. Here the generator wants -log D small.",
        "wrong_sign": (
            "You return the mean of log D, which practice wants *large*. An optimizer makes a loss small, so the sign "
            "has to change."
        ),
        "discriminators_loss": (
            "You return the mean of -log(1 - D): the discriminator's own loss on fakes, with label 0. The generator "
            "wants its fakes to be called real."
        ),
    },
    hints=(
        "What does the generator want D(fake) to be, and which loss is 0 there and large where D is near 0?",
        "log D is log_sigmoid of the logit, or minus the softplus of minus the logit. Minus that, and the mean.",
        "return ops.mean(ops.softplus(...)), and mind the sign inside",
    ),
)
def check_non_saturating_loss(answer):
    _judge_loss(
        answer,
        lambda x: softplus(-x),
        lambda x: sigmoid(x) - 1,
        {
            "swapped": [_mean(lambda x: -softplus(x))],
            "wrong_sign": [_mean(lambda x: -softplus(-x))],
            "discriminators_loss": [_mean(softplus)],
            "mean_first": [lambda x: softplus(-x.mean()), lambda x: -np.log(sigmoid(x).mean())],
        },
    )


# ---- their derivatives

#: misconception -> what the two arrays would be
WRONG_GRADIENTS = {
    "swapped": lambda x: (sigmoid(x) - 1, -sigmoid(x)),
    "sizes": lambda x: (sigmoid(x), 1 - sigmoid(x)),
    "opposite": lambda x: (-sigmoid(x), 1 - sigmoid(x)),
    "by_probability": lambda x: (-1 / (1 - sigmoid(x)), -1 / sigmoid(x)),
    "only_the_sigmoid": lambda x: (-sigmoid(x) * (1 - sigmoid(x)), -sigmoid(x) * (1 - sigmoid(x))),
    "losses": lambda x: (-softplus(x), softplus(-x)),
    "divided_by_n": lambda x: (-sigmoid(x) / len(x), (sigmoid(x) - 1) / len(x)),
    "no_sigmoid": lambda x: (-x, x - 1),
}

#: The same mistakes in other clothes.
SAME_GRADIENTS = (
    ("sizes", lambda x: (1 - sigmoid(x), sigmoid(x))),
    ("opposite", lambda x: (sigmoid(x), sigmoid(x) - 1)),
    ("by_probability", lambda x: (1 / (1 - sigmoid(x)), 1 / sigmoid(x))),
    ("by_probability", lambda x: (1 / (1 - sigmoid(x)), -1 / sigmoid(x))),
    ("by_probability", lambda x: (-1 / (1 - sigmoid(x)), 1 / sigmoid(x))),
    ("only_the_sigmoid", lambda x: (sigmoid(x) * (1 - sigmoid(x)),) * 2),
    ("only_the_sigmoid", lambda x: (-sigmoid(x) * (1 - sigmoid(x)), sigmoid(x) * (1 - sigmoid(x)))),
    ("only_the_sigmoid", lambda x: (sigmoid(x) * (1 - sigmoid(x)), -sigmoid(x) * (1 - sigmoid(x)))),
    ("no_sigmoid", lambda x: (-1 / (1 - x), -1 / x)),
)


@exercise(
    hack.loss_gradients,
    praise="Both pull the logit up; one with the strength D, the other with 1 - D.",
    misconceptions={
        "swapped": (
            "Your two arrays come in the other order; the saturating one is first. (Or your sigmoid is that of minus "
            "the logit, which gives the same: at a large logit D is near 1.)"
        ),
        "sizes": (
            "You return the sizes, above 0. The sign belongs to a derivative: both losses *fall* as the logit grows."
        ),
        "opposite": (
            "Your two derivatives have opposite signs. Both losses want the logit to grow, so both fall with it: both "
            "derivatives are below 0."
        ),
        "by_probability": (
            "You took the derivative by D, -1 / (1 - D) and -1 / D. By the *logit* the chain rule adds a factor: the "
            "slope of the sigmoid, D (1 - D). Multiply, and much of it cancels."
        ),
        "only_the_sigmoid": (
            "D (1 - D) is the slope of the sigmoid alone. The logarithm around it has a slope too; multiply them."
        ),
        "losses": "You return the losses themselves. Wanted: how they change with the logit, their derivatives.",
        "divided_by_n": (
            "Your values are those of the *mean*, divided by n = {n}. Here each fake counts for itself, in a batch of "
            "any size."
        ),
        "no_sigmoid": "You use the logit as if it were D. D is its sigmoid.",
        "one_number": "You return one number for {n} fakes. Each fake has a derivative of its own: no mean, no sum.",
        "overflows": (
            "At a logit of {logit:g} you return {found}. exp of a large number is infinite, and 1 - D is rounded to 0; "
            "infinity by infinity is not a number, nor is 0 by 0. Cancel on paper what cancels, and write the sigmoid "
            "so that exp stands only below the line, or use np.logaddexp."
        ),
        "differs": "At a logit of {logit:.2f} you return {found_1:.4f} and {found_2:.4f}; wanted {wanted_1:.4f} and "
        "{wanted_2:.4f}.",
    },
    hints=(
        "What is the derivative of log(1 - D) by D, what that of D by the logit, and what is left of their product?",
        "The sigmoid's slope is D (1 - D). Divided by 1 - D and by D it leaves D in one loss and 1 - D in the other, "
        "each with a minus.",
        "With D for the sigmoid: return -D, and for the second the sigmoid minus 1",
    ),
)
def check_loss_gradients(answer):
    for logits in (*BATCHES, column(-5.0), BATCHES[0].astype("float32")):
        arrays = [_gradients(part, logits) for part in pair(answer(logits), "two arrays, one for each loss")]
        wanted = -sigmoid(logits), sigmoid(logits) - 1
        if all(map(_same, arrays, wanted)):
            continue
        with np.errstate(all="ignore"):
            for misconception, formula in (*WRONG_GRADIENTS.items(), *SAME_GRADIENTS):
                if all(map(_same, arrays, formula(logits))):
                    raise Wrong(misconception, n=len(logits))
        errors = sum(np.abs(found - right) for found, right in zip(arrays, wanted))
        worst = int(np.argmax(errors))
        values = {
            f"{kind}_{i}": float(part[worst, 0])
            for kind, parts in (("found", arrays), ("wanted", wanted))
            for i, part in enumerate(parts, 1)
        }
        raise Wrong("differs", logit=float(logits[worst, 0]), **values)
    for logit in EXTREMES:
        for part, right in zip(answer(column(logit)), (-float(logit > 0), -float(logit < 0))):
            found = float(np.asarray(part).ravel()[0])
            if not _same(found, right):
                raise Wrong("overflows", logit=logit, found=found)


def _gradients(part, logits):
    part = ops.convert_to_numpy(part) if ops.is_tensor(part) else part
    if len(logits) > 1 and np.size(part) == 1 and part is not None:
        raise Wrong("one_number", n=len(logits))
    if isinstance(part, np.ndarray) and not np.isfinite(part).all():
        raise Wrong("not_finite", case=" for logits between -5 and 5")
    return array(part, logits.shape)


# ---- the flipped labels


def published_step_losses(real_logits, fake_logits):
    real_labels = ops.ones_like(real_logits)
    fake_labels = ops.ones_like(fake_logits)  # flipped, for a stronger gradient
    d_loss = binary_crossentropy(real_labels, real_logits) + binary_crossentropy(fake_labels, fake_logits)
    g_loss = binary_crossentropy(fake_labels, fake_logits)
    return d_loss, g_loss


#: (d_loss, g_loss) of the cross-entropies with label 1 and with label 0: r1, r0 of the reals, f1, f0 of the fakes.
WRONG_STEPS = {
    "still_flipped": lambda r1, r0, f1, f0: (r1 + f1, f1),
    "flipped_for_the_wrong_one": lambda r1, r0, f1, f0: (r1 + f1, f0),
    "nothing_flipped": lambda r1, r0, f1, f0: (r1 + f0, f0),
    "all_flipped": lambda r1, r0, f1, f0: (r0 + f1, f1),
    "other_way_round": lambda r1, r0, f1, f0: (r0 + f1, f0),
    "reals_flipped": lambda r1, r0, f1, f0: (r0 + f0, f1),
    "saturating": lambda r1, r0, f1, f0: (r1 + f0, -f0),
    "swapped": lambda r1, r0, f1, f0: (f1, r1 + f0),
    "averaged": lambda r1, r0, f1, f0: ((r1 + f0) / 2, f1),
    "one_half": lambda r1, r0, f1, f0: (f0, f1),
    "reals_in_g_loss": lambda r1, r0, f1, f0: (r1 + f0, r0 + f1),
}

#: The same mistakes in other clothes.
SAME_STEPS = (
    ("saturating", lambda r1, r0, f1, f0: (r1 + f0, -r1 - f0)),
    ("one_half", lambda r1, r0, f1, f0: (r1, f1)),
    ("reals_in_g_loss", lambda r1, r0, f1, f0: (r1 + f0, r1)),
    ("reals_in_g_loss", lambda r1, r0, f1, f0: (r1 + f0, r0)),
    ("reals_in_g_loss", lambda r1, r0, f1, f0: (r1 + f0, r1 + f1)),
    ("reals_in_g_loss", lambda r1, r0, f1, f0: (r1 + f0, (r0 + f1) / 2)),
    ("reals_in_g_loss", lambda r1, r0, f1, f0: (r1 + f0, (r1 + f1) / 2)),
)


@exercise(
    hack.step_losses,
    given=published_step_losses,
    praise="True labels for the discriminator, flipped ones for the generator: the two pull in opposite directions.",
    misconceptions={
        "still_flipped": (
            "Your discriminator is still told that fakes are real, and your generator wants the same: nobody tells "
            "fakes from reals. The flipped label is for one of the two players only."
        ),
        "flipped_for_the_wrong_one": (
            "Now the discriminator's label for fakes is flipped and the generator's is not: each does the other's job. "
            "Exchange them."
        ),
        "nothing_flipped": (
            "The discriminator is right again, and your generator now wants its fakes to be called fake: both pull the "
            "same way. Keep the flip where the generator's loss is."
        ),
        "all_flipped": (
            "You flip the reals' label as well, for the discriminator. It then learns fakes as real, and the generator "
            "helps it. The discriminator always gets true labels."
        ),
        "other_way_round": (
            "Your two losses fit each other, with a discriminator that says fake above 0. The docstring has it say "
            "real above 0, as everywhere in this course: its label for reals is 1."
        ),
        "reals_flipped": "The discriminator is told 0 for fakes *and* for reals, so it can't learn the difference.",
        "saturating": (
            "Your generator climbs the discriminator's loss: the direction is right, and it is the saturating loss. "
            "Flip the label instead of the sign."
        ),
        "swapped": "Your losses are right and come in the other order: d_loss, then g_loss.",
        "averaged": "Your d_loss is the mean of its two parts. Add them.",
        "one_half": "Your d_loss knows one kind of sample only. Add its two parts, that of reals and that of fakes.",
        "reals_in_g_loss": (
            "Your generator's loss has the reals in it. The generator did not make them, so they give it no gradient: "
            "its loss is that of the fakes alone."
        ),
        "one_number_each": "Your {which} has the shape {found}. A loss is one number: the mean over the batch.",
        "breaks_tape": LOSS_MISCONCEPTIONS["breaks_tape"].replace("the generator", "a network"),
        "differs": "With the same logits your d_loss is {found_d:.3f} and your g_loss {found_g:.3f}; wanted "
        "{wanted_d:.3f} and {wanted_g:.3f}.",
    },
    hints=(
        "Which of the two losses should have a flipped label in it? Where does `fake_labels` turn up?",
        "The discriminator's label for fakes is 0. The generator's loss needs another array, of 1s.",
        "fake_labels = ops.zeros_like(...), and for g_loss binary_crossentropy(1 - ..., fake_logits)",
    ),
)
def check_step_losses(answer):
    draw = np.random.default_rng(3)
    cases = [(draw.normal(1, 2, (n, 1)), draw.normal(-0.5, 2, (n, 1))) for n in (6, 9, 1)]
    found, wanted, parts = [], [], []
    for real, fake in cases:
        found.append(_step(answer, real, fake))
        parts.append((softplus(-real).mean(), softplus(real).mean(), softplus(-fake).mean(), softplus(fake).mean()))
        r1, _, f1, f0 = parts[-1]
        wanted.append((r1 + f0, f1))
    if not _same(found, wanted):
        for misconception, formula in (*WRONG_STEPS.items(), *SAME_STEPS):
            if _same(found, [formula(*four) for four in parts]):
                raise Wrong(misconception)
        (found_d, found_g), (wanted_d, wanted_g) = found[0], wanted[0]
        raise Wrong("differs", found_d=found_d, found_g=found_g, wanted_d=wanted_d, wanted_g=wanted_g)
    real, fake = (tf.constant(logits, "float32") for logits in cases[0])
    for loss, logits, slope in (
        (lambda x: answer(x, fake)[0], cases[0][0], lambda x: sigmoid(x) - 1),
        (lambda x: answer(real, x)[0], cases[0][1], sigmoid),
        (lambda x: answer(real, x)[1], cases[0][1], lambda x: sigmoid(x) - 1),
    ):
        if not _same(_gradient(loss, logits), slope(logits) / len(logits)):
            raise Wrong("breaks_tape", found="a tensor")


def _step(answer, real, fake):
    """Return what a step's losses are, (d_loss, g_loss), as floats, or raise Wrong."""
    arguments = tf.constant(real, "float32"), tf.constant(fake, "float32")
    parts = pair(_call(answer, *arguments), "two losses, (d_loss, g_loss)")
    for which, part in zip(("d_loss", "g_loss"), parts):
        if part is None:
            raise Wrong("returns_nothing")
        if np.shape(part) != ():
            raise Wrong("one_number_each", which=which, found=tuple(np.shape(part)))
    return tuple(float(part) for part in parts)
