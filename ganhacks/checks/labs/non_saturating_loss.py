"""Lab 13, the non-saturating loss: what a right answer must show, how people get it wrong, and the hints."""

import functools

import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks.checks.judges import losses, tape
from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import compare, fitting, judge, same, short
from ganhacks.checks.engine.sandbox import Answer
from ganhacks.checks.engine.values import pair, told
from ganhacks.hacks import non_saturating_loss as hack
from ganhacks.hacks.non_saturating_loss import binary_crossentropy

PARAMETERS = {
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "non_saturating_loss")

PREDICTION = {
    "choices": {
        "a": "Adam makes up for it, and both losses give the same images.",
        "b": "the generator with the small gradient still makes noise.",
        "c": "the generator with the small gradient is ahead: its steps are calmer.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if Adam divided by the gradient of now. It divides by what gradients were.",
        "c": (
            "That would be so if a small gradient came from being nearly done. Here it comes from a D that is sure "
            "of every fake."
        ),
    },
    "why": (
        "Adam divides by the size of *past* gradients, over about 1,000 steps. A gradient that shrinks faster is "
        "measured against the large ones of before, and the steps shrink with it."
    ),
}


def column(*values):
    return np.array(values, "float64")[:, None]


def tensor(logits):
    return tf.constant(logits, "float32")


#: Logits at which no formula underflows, in batches of several sizes; those of the second are probabilities as well.
BATCHES = (
    column(-2.7, -0.8, 0.35, 1.6, 0.6),
    column(0.2, 0.55, 0.8),
    np.random.default_rng(0).normal(0, 2, (8, 1)),
    column(-1.2),
)

#: Logits of a discriminator that is sure, and absurdly sure.
EXTREMES = (20.0, -20.0, 100.0, -100.0, 1000.0, -1000.0)


# ---- the two losses


def _one_number(value, n):
    """Return a loss as a float, or raise Wrong. n: the number of samples that it was computed from."""
    if value is None:
        raise Wrong("returns_nothing")
    try:
        if isinstance(value, (tuple, list, str, bool)):
            raise TypeError
        found = np.asarray(value, "float64")
    except Exception:
        raise Wrong("wrong_type", found=told(value), wanted="a tensor with one number, the loss") from None
    if found.shape and n > 1 and found.size == n:
        raise Wrong("one_per_sample", n=n, found=found.shape)
    if found.shape:
        raise Wrong("wrong_shape", found=found.shape, wanted=())
    return float(found)


def _loss(function, logits):
    """Return the loss that an answer gives for a batch of logits, as a float; for references and slips see `_known`."""
    if isinstance(function, Answer):
        return _one_number(tape.called(function, tensor(logits)), len(logits))
    return _known(function, logits.tobytes())


@functools.cache
def _known(loss, logits):
    return float(loss(tensor(column(*np.frombuffer(logits)))))


def _gradient(function, logits):
    return tape.gradients(function, tensor(logits))[0]


def _close(found, wanted):
    return same(found, wanted, 1e-4, 1e-3)


def _fits(found, wanted, case):
    """Raise Wrong for a number that is none, after no slip has explained it."""
    if not np.isfinite(found).all():
        raise Wrong("not_finite", case=case)


def _of_fakes(loss, label, sign=1):
    """Return a loss of the generator made of one of labels and logits."""
    return lambda logits: sign * loss(label * tf.ones_like(logits), logits)


#: What is neither of the two losses, whichever was asked for; each with either sign, and with either label.
OTHER_LOSSES = [
    *(
        (name, lambda x, loss=loss, sign=sign: sign * loss(x))
        for name, loss in (
            ("no_sigmoid", lambda x: ops.mean(ops.log(x))),
            ("no_sigmoid", lambda x: ops.mean(ops.log(1 - x))),
            ("no_log", lambda x: ops.mean(ops.sigmoid(x))),
            ("no_log", lambda x: ops.mean(1 - ops.sigmoid(x))),
            ("mean_first", lambda x: ops.softplus(ops.mean(x))),
            ("mean_first", lambda x: ops.softplus(-ops.mean(x))),
            ("mean_first", lambda x: ops.log(ops.mean(ops.sigmoid(x)))),
            ("mean_first", lambda x: ops.log(1 - ops.mean(ops.sigmoid(x)))),
        )
        for sign in (1, -1)
    ),
    *(
        ("one_minus_logit", lambda x, s=s, of=of: s * ops.mean(ops.softplus(of(x))))
        for s in (1, -1)
        for of in (lambda x: 1 - x, lambda x: x - 1)
    ),
    *(("fixed_n", lambda x, s=s, n=n: s * ops.sum(ops.softplus(-s * x)) / n) for s in (1, -1) for n in (64, 128, 256)),
    *(
        (name, _of_fakes(loss, label, sign))
        for name, loss in [
            *losses.WRONG_LOSSES,
            ("factor", lambda labels, logits: losses.cross_entropy(labels, logits) / 2),
            ("rough", losses.log_of_sigmoid(1e-3)),
        ]
        # With one label, one term is right. Where a logarithm of a sigmoid goes wrong is measured, see _judge_loss.
        if name not in ("wrong_sign", "one_term", "log_of_sigmoid")
        for label in (1, 0)
        for sign in (1, -1)
    ),
]

#: Messages for them, and for whatever else both losses share.
LOSS_MISCONCEPTIONS = {
    **{
        name: losses.MISCONCEPTIONS[name]
        for name in ("swapped_arguments", "hinge", "least_squares", "other_base", "factor")
    },
    "no_sigmoid": (
        "You take the log of the logits themselves. The discriminator answers with logits, any real numbers; D is "
        "their sigmoid."
    ),
    "probabilities": (
        "Your loss reads the logits as probabilities. Keras' BinaryCrossentropy has to be told: from_logits=True."
    ),
    "double_sigmoid": (
        "You apply the sigmoid twice: once yourself, and once more in a function that takes logits. Hand it the logits "
        "as they are."
    ),
    "one_minus_logit": (
        "You write 1 - x or x - 1 for the logit. 1 belongs to the probability: 1 - σ(x) is σ(-x), and the logit of "
        "1 - D is -x."
    ),
    "no_log": "You average probabilities. The loss is the mean of a *logarithm*: it weighs sure answers otherwise.",
    "wasserstein": (
        "Your loss is a straight line in the logits, as in the Wasserstein and the hinge GAN. That is a loss for "
        "generators too, and another one: here it is a logarithm of D."
    ),
    "smoothed": (
        "Your label is a smoothed one. Smoothing is for the discriminator's reals; here the logarithm of D, or of "
        "1 - D, stands alone."
    ),
    "rough": "There is an epsilon inside your logarithm. It bends the loss everywhere. Work with the logit instead.",
    "mean_first": (
        "You take the mean first and the logarithm of it. Each fake has its own term; take the mean of the terms."
    ),
    "summed": (
        "You return the sum of the fakes' terms; wanted is their mean. With a sum, a batch twice as big makes steps "
        "twice as long."
    ),
    "fixed_n": "You divide the sum by a fixed number of fakes. A batch may have any size: take the mean.",
    "one_per_sample": (
        "You return {n} numbers, of shape {found}. The loss of a batch is one number, of shape (): the mean over all "
        "of them, without an axis."
    ),
    "breaks_tape": (
        "The number is right and it is {found} without a way back to the logits, so the generator would get no "
        "gradient. NumPy, .numpy(), float() and stop_gradient cut the tape: use keras.ops or tf from start to end."
    ),
    "other_gradient": (
        "The number is right and its gradient is not: at logits {logits} it is {found}; wanted {wanted}. Does a part "
        "of your formula stop the gradient?"
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
    "array_method": tape.MISCONCEPTIONS["array_method"],
}


def _judge_loss(answer):
    """Judge a loss of the fakes' logits: its values, its gradient, both at the ends, and inside a compiled loop."""
    compare(answer, [(logits,) for logits in BATCHES], lambda f, args: _loss(f, *args), _close, fits=_fits)
    for logits in BATCHES[:2]:
        found, wanted = _gradient(answer, logits), _gradient(answer.reference, logits)
        if not _close(found, wanted):
            listed = {"found": short(found), "wanted": short(wanted)}
            raise Wrong("other_gradient", logits=short(logits), **listed)
    for logit in EXTREMES:
        logits = column(logit)
        (found, gradient), (wanted, slope) = (
            (_loss(f, logits), float(_gradient(f, logits)[0, 0])) for f in (answer, answer.reference)
        )
        details = dict(logit=logit, found=found, wanted=wanted, gradient=gradient, slope=slope)
        if not np.isfinite(found):
            raise Wrong("underflows", **details)
        if not np.isfinite(gradient):
            raise Wrong("nan_gradient", **details)
        if not _close(found, wanted) or not _close(gradient, slope):
            raise Wrong("clipped", **details)
    tape.judge_compiled(answer, tensor(BATCHES[0]))


@exercise(
    hack.saturating_loss,
    praise="The loss of the minimax game, right to the ends of float32 and with a gradient there.",
    slips=[
        ("swapped", _of_fakes(losses.cross_entropy, 1)),
        ("wrong_sign", _of_fakes(losses.cross_entropy, 0)),
        ("log_of_d", _of_fakes(losses.cross_entropy, 1, -1)),
        ("one_outside", lambda x: ops.mean(1 - ops.log_sigmoid(x))),
        ("one_outside", lambda x: ops.mean(ops.log_sigmoid(x) - 1)),
        *OTHER_LOSSES,
    ],
    misconceptions={
        **LOSS_MISCONCEPTIONS,
        "swapped": "This is -log D, the loss that replaces the one asked for here. Wanted: log(1 - D).",
        "wrong_sign": (
            "You return the mean of -log(1 - D): that is what the *discriminator* minimises over fakes. Minimised by "
            "the generator it would ask for fakes that are found out. Mind the sign."
        ),
        "one_outside": (
            "Your 1 stands outside the logarithm: 1 - log D. Wanted is log(1 - D), and 1 - D is the sigmoid of minus "
            "the logit."
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
    _judge_loss(answer)


@exercise(
    hack.non_saturating_loss,
    praise="The loss of practice: the surer D rejects a fake, the steeper it gets, down to any logit.",
    slips=[
        ("swapped", _of_fakes(losses.cross_entropy, 0, -1)),
        ("wrong_sign", _of_fakes(losses.cross_entropy, 1, -1)),
        ("discriminators_loss", _of_fakes(losses.cross_entropy, 0)),
        *OTHER_LOSSES,
    ],
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
    _judge_loss(answer)


# ---- their derivatives


def _of_d(formula):
    """Return two derivatives for each logit, made of D and 1 - D."""

    def derivatives(logits):
        with np.errstate(all="ignore"):
            d, rest = np.exp(-np.logaddexp(0, -logits)), np.exp(-np.logaddexp(0, logits))
            return tuple(formula(d, rest))

    return derivatives


def _with_signs(formula):
    """Return the same derivatives with the four pairs of signs."""
    return [
        _of_d(lambda d, rest, a=a, b=b: (a * formula(d, rest)[0], b * formula(d, rest)[1]))
        for a in (-1, 1)
        for b in (-1, 1)
    ]


@exercise(
    hack.loss_gradients,
    praise="Both pull the logit up; one with the strength D, the other with 1 - D.",
    slips=[
        ("swapped", _of_d(lambda d, rest: (-rest, -d))),
        ("sizes", _of_d(lambda d, rest: (d, rest))),
        ("sizes", _of_d(lambda d, rest: (rest, d))),
        ("opposite", _of_d(lambda d, rest: (-d, rest))),
        ("opposite", _of_d(lambda d, rest: (d, -rest))),
        ("opposite", _of_d(lambda d, rest: (-rest, d))),
        ("opposite", _of_d(lambda d, rest: (rest, -d))),
        ("same_twice", _of_d(lambda d, rest: (-d, -d))),
        ("same_twice", _of_d(lambda d, rest: (-rest, -rest))),
        *(("by_probability", f) for f in _with_signs(lambda d, rest: (1 / rest, 1 / d))),
        *(("only_the_sigmoid", f) for f in _with_signs(lambda d, rest: (d * rest, d * rest))),
        *(("chain_rule_twice", f) for f in _with_signs(lambda d, rest: (d * d * rest, d * rest * rest))),
        ("losses", lambda x: (-np.logaddexp(0, x), np.logaddexp(0, -x))),
        *(("rounded", lambda x, n=n: tuple(part.round(n) for part in hack.loss_gradients(x))) for n in (1, 2, 3, 4)),
        *(("factor", lambda x, c=c: tuple(c * part for part in hack.loss_gradients(x))) for c in (2, 0.5)),
        *(("half_a_slope", f) for f in _with_signs(lambda d, rest: (d / rest, rest / d))),
        ("divided_by_n", lambda x: tuple(part / len(x) for part in hack.loss_gradients(x))),
        ("no_sigmoid", lambda x: (-x, x - 1)),
        ("no_sigmoid", lambda x: (-1 / (1 - x), -1 / x)),
        ("tanh", lambda x: (-np.tanh(x), np.tanh(x) - 1)),
        ("one_number", lambda x: tuple(part.mean() for part in hack.loss_gradients(x))),
        ("one_number", lambda x: tuple(part.sum() for part in hack.loss_gradients(x))),
    ],
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
        "same_twice": "Your two derivatives are the same. One loss pulls with the strength D, the other with 1 - D.",
        "by_probability": (
            "You took the derivative by D, -1 / (1 - D) and -1 / D. By the *logit* the chain rule adds a factor: the "
            "slope of the sigmoid, D (1 - D). Multiply, and much of it cancels."
        ),
        "only_the_sigmoid": (
            "D (1 - D) is the slope of the sigmoid alone. The logarithm around it has a slope too; multiply them."
        ),
        "chain_rule_twice": "Yours are too small by the factor D (1 - D): the sigmoid's slope is in them twice.",
        "half_a_slope": "The sigmoid's slope is D (1 - D). You multiplied by one of its two factors only.",
        "rounded": "You round. Return the derivatives as they are.",
        "factor": "Your derivatives are right but for a factor of 2.",
        "losses": "You return the losses themselves. Wanted: how they change with the logit, their derivatives.",
        "divided_by_n": "Your values are those of the *mean*, divided by n. Here each fake counts for itself.",
        "no_sigmoid": "You use the logit as if it were D. D is its sigmoid.",
        "tanh": "You use tanh where the sigmoid belongs: D lies between 0 and 1.",
        "one_number": "You return one number for all fakes. Each fake has a derivative of its own: no mean, no sum.",
        "overflows": (
            "At a logit of {logit:g} you return {found}. exp of a large number is infinite, and 1 - D is rounded to 0; "
            "infinity by infinity is not a number, nor is 0 by 0. Cancel on paper what cancels, and write the sigmoid "
            "so that exp stands only below the line, or use np.logaddexp."
        ),
    },
    hints=(
        "What is the derivative of log(1 - D) by D, what that of D by the logit, and what is left of their product?",
        "The sigmoid's slope is D (1 - D). Divided by 1 - D and by D it leaves D in one loss and 1 - D in the other, "
        "each with a minus.",
        "With D for the sigmoid: return -..., ... - 1",
    ),
)
def check_loss_gradients(answer):
    judge(answer, [(x,) for x in (*BATCHES, column(-5.0), BATCHES[0].astype("float32"))], fits=_fit_as_pair)
    _fit_as_pair(answer(BATCHES[0]), hack.loss_gradients(BATCHES[0]))
    for logit in EXTREMES:
        for dtype in ("float64", "float32"):
            logits = column(logit).astype(dtype)
            for part, right in zip(answer(logits), hack.loss_gradients(logits)):
                if not _close(part, right):
                    raise Wrong("overflows", logit=logit, found=short(np.ravel(part)[0]))


def _fit_as_pair(found, wanted, case=""):
    for part, of in zip(pair(found, "two arrays, one for each loss"), wanted):
        fitting(part, of, case)


# ---- the flipped labels


def published_step_losses(real_logits, fake_logits):
    real_labels = ops.ones_like(real_logits)
    fake_labels = ops.ones_like(fake_logits)  # flipped, for a stronger gradient
    d_loss = binary_crossentropy(real_labels, real_logits)
    d_loss += binary_crossentropy(fake_labels, fake_logits)
    g_loss = binary_crossentropy(fake_labels, fake_logits)
    return d_loss, g_loss


def _losses(formula, loss=losses.cross_entropy, loss_of_g=None):
    """Return a pair of losses made of those with label 1 and label 0: r1 and r0 of the reals, f1 and f0 of the fakes.

    formula(r1, r0, f1, f0): d_loss and g_loss. loss_of_g: what g_loss is made of, if it is another one.
    """

    def step(real_logits, fake_logits):
        d_loss, g_loss = (
            formula(*(part(label * tf.ones_like(x), x) for x in (real_logits, fake_logits) for label in (1.0, 0.0)))[i]
            for i, part in enumerate((loss, loss_of_g or loss))
        )
        return d_loss, g_loss

    return step


def _right(r1, r0, f1, f0):
    return r1 + f0, f1


@exercise(
    hack.step_losses,
    given=published_step_losses,
    praise="True labels for the discriminator, flipped ones for the generator: the two pull in opposite directions.",
    slips=[
        ("still_flipped", _losses(lambda r1, r0, f1, f0: (r1 + f1, f1))),
        ("flipped_for_the_wrong_one", _losses(lambda r1, r0, f1, f0: (r1 + f1, f0))),
        ("nothing_flipped", _losses(lambda r1, r0, f1, f0: (r1 + f0, f0))),
        ("all_flipped", _losses(lambda r1, r0, f1, f0: (r0 + f1, f1))),
        ("other_way_round", _losses(lambda r1, r0, f1, f0: (r0 + f1, f0))),
        ("reals_flipped", _losses(lambda r1, r0, f1, f0: (r0 + f0, f1))),
        ("saturating", _losses(lambda r1, r0, f1, f0: (r1 + f0, -f0))),
        ("saturating", _losses(lambda r1, r0, f1, f0: (r1 + f0, -r1 - f0))),
        ("averaged", _losses(lambda r1, r0, f1, f0: ((r1 + f0) / 2, f1))),
        ("difference", _losses(lambda r1, r0, f1, f0: (r1 - f0, f1))),
        ("difference", _losses(lambda r1, r0, f1, f0: (f0 - r1, f1))),
        *(
            ("factor", _losses(lambda r1, r0, f1, f0, d=d, g=g: (d * (r1 + f0), g * f1)))
            for d, g in ((2, 2), (2, 1), (1, 2), (1, 0.5), (0.5, 0.5))
        ),
        ("one_half", _losses(lambda r1, r0, f1, f0: (f0, f1))),
        ("one_half", _losses(lambda r1, r0, f1, f0: (r1, f1))),
        *(
            ("reals_in_g_loss", _losses(lambda r1, r0, f1, f0, of=of: (r1 + f0, of(r1, r0, f1))))
            for of in (
                lambda r1, r0, f1: r0 + f1,
                lambda r1, r0, f1: r1,
                lambda r1, r0, f1: r0,
                lambda r1, r0, f1: r1 + f1,
                lambda r1, r0, f1: (r0 + f1) / 2,
                lambda r1, r0, f1: (r1 + f1) / 2,
            )
        ),
        *(
            ("smoothed", _losses(lambda r1, r0, f1, f0, d=d, g=g: (d * r1 + (1 - d) * r0 + f0, g * f1 + (1 - g) * f0)))
            for d, g in ((1, 0.9), (0.9, 1), (0.9, 0.9))
        ),
        *(
            (name, _losses(_right, *parts))
            for name, loss in [*losses.WRONG_LOSSES, ("log_of_sigmoid", losses.of_probabilities)]
            if name not in ("one_term", "factor")  # with labels 1 and 0, one term is half of it
            for parts in ((loss,), (loss, losses.cross_entropy), (losses.cross_entropy, loss))
        ),
    ],
    misconceptions={
        **{name: text for name, text in losses.MISCONCEPTIONS.items() if name != "one_term"},
        "wrong_sign": "A loss of yours has the wrong sign. An optimizer makes it small, so it is -log of the answer.",
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
        "averaged": "Your d_loss is the mean of its two parts. Add them.",
        "difference": "Your d_loss is one of its parts minus the other. Add them: each is to become small.",
        "one_half": "Your d_loss knows one kind of sample only. Add its two parts, that of reals and that of fakes.",
        "reals_in_g_loss": (
            "Your generator's loss has the reals in it. The generator did not make them, so they give it no gradient: "
            "its loss is that of the fakes alone."
        ),
        "smoothed": "A label of yours is smoothed. Here reals are 1, fakes 0, and the generator wants 1.",
        "one_number_each": "Your {which} has the shape {found}. A loss is one number: the mean over the batch.",
        "breaks_tape": LOSS_MISCONCEPTIONS["breaks_tape"].replace("the generator", "a network"),
    },
    hints=(
        "Which of the two losses should have a flipped label in it? Where does `fake_labels` turn up?",
        "The discriminator's label for fakes is 0. The generator's loss needs another array, of 1s.",
        "fake_labels = ops.zeros_like(...), and for g_loss binary_crossentropy(1 - ..., fake_logits)",
    ),
)
def check_step_losses(answer):
    draw = np.random.default_rng(3)
    cases = [(draw.normal(1, 2, (n, 1)), draw.normal(-0.5, 2, (n, 1))) for n in (1, 6, 9)]
    sure = [(column(-200.0), column(0.5)), (column(0.5), column(-200.0)), (column(0.5), column(200.0))]
    compare(answer, cases + sure, _step, _close, fits=_fits)
    for logits in cases[1:] + sure:
        for i, batch in ((0, 0), (0, 1), (1, 1)):  # reals have no part in g_loss

            def loss(x, i=i, batch=batch, logits=logits, function=answer):
                return function(*(x if j == batch else tensor(part) for j, part in enumerate(logits)))[i]

            right = _gradient(lambda x: loss(x, function=answer.reference), logits[batch])
            if not _close(_gradient(loss, logits[batch]), right):
                raise Wrong("breaks_tape", found="a tensor")


def _step(function, args):
    """Return what a step's losses are, (d_loss, g_loss), as floats, or raise Wrong."""
    if not isinstance(function, Answer):
        return _known_step(function, *(part.tobytes() for part in args))
    parts = pair(tape.called(function, *map(tensor, args)), "two losses, (d_loss, g_loss)")
    for which, part in zip(("d_loss", "g_loss"), parts):
        if part is None:
            raise Wrong("returns_nothing")
        if np.shape(part) != ():
            raise Wrong("one_number_each", which=which, found=tuple(np.shape(part)))
    return tuple(float(part) for part in parts)


@functools.cache
def _known_step(step, *args):
    return tuple(float(part) for part in step(*(tensor(column(*np.frombuffer(part))) for part in args)))
