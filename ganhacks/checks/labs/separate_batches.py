"""Lab 09, separate batches: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks import toys
from ganhacks.checks.judges import losses, steps
from ganhacks.checks.labs import mnist_gan
from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import fitting, judge, same
from ganhacks.hacks import separate_batches as hack

PARAMETERS = {
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "separate_batches")

PREDICTION = {
    "choices": {
        "a": "the reals' mean becomes 0, and the fakes' mean becomes 4.",
        "b": "both means become 0.",
        "c": "one mean goes below 0 and the other above, equally far.",
    },
    "answer": "c",
    "remarks": {
        "a": "So they were before. From both kinds the batch's mean is subtracted, and that is 2.",
        "b": "That would be so if each kind went through alone. Here only the mean of the whole becomes 0.",
    },
    "why": (
        "The shared mean lies halfway, at 2, and the shared deviation is √5: a deviation of 1 within each half, and 2 "
        "from each half to the middle. So the means become -2/√5 and +2/√5, that is -0.894 and +0.894."
    ),
}


# ---- one batch of both


def _by(statistics):
    """Return a normalization of reals and fakes. statistics(real, fake, both): what to subtract, and to divide by."""

    def normalize(real, fake):
        with np.errstate(all="ignore"):
            shift, scale = statistics(real, fake, np.concatenate([real, fake]))
            return (real - shift) / scale, (fake - shift) / scale

    return normalize


def _each(normalize):
    return lambda real, fake: (normalize(real), normalize(fake))


def _layer_normalization(epsilon):
    def normalize(x):
        with np.errstate(all="ignore"):
            return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + epsilon)

    return normalize


def _one_after_the_other(real, fake):
    real, _ = hack.normalize_mixed(real, fake)
    return real, hack.normalize_mixed(real, fake)[1]


def _clipped(most):
    return lambda real, fake: tuple(np.clip(part, -most, most) for part in hack.normalize_mixed(real, fake))


@exercise(
    hack.normalize_mixed,
    praise="One mean and one deviation for both, feature by feature: the two halves land on two sides of 0.",
    slips=[
        ("separate", _each(lambda x: (x - x.mean(0)) / x.std(0))),
        ("separate", _each(lambda x: (x - x.mean(0)) / x.std(0, ddof=1))),
        ("separate", _each(lambda x: (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3))),
        ("separate", lambda real, fake: (real - real.mean(0), fake - fake.mean(0))),
        ("separate", lambda *parts: [(x - x.mean(0)) / np.concatenate(parts).std(0) for x in parts]),
        ("by_the_reals", _by(lambda real, fake, both: (real.mean(0), real.std(0)))),
        ("by_the_reals", _by(lambda real, fake, both: (fake.mean(0), fake.std(0)))),
        ("not_divided", _by(lambda real, fake, both: (both.mean(0), 1))),
        ("by_the_variance", _by(lambda real, fake, both: (both.mean(0), both.var(0)))),
        ("not_centred", _by(lambda real, fake, both: (0, both.std(0)))),
        ("all_features_together", _by(lambda real, fake, both: (both.mean(), both.std()))),
        ("all_features_together", _by(lambda real, fake, both: (both.mean(0), both.std()))),
        *(("row_by_row", _each(_layer_normalization(epsilon))) for epsilon in (0, 1e-9, 1e-3)),
        (
            "averaged_statistics",
            _by(lambda real, fake, both: (both.mean(0), np.sqrt((real.var(0) + fake.var(0)) / 2))),
        ),
        ("averaged_statistics", _by(lambda real, fake, both: (both.mean(0), (real.std(0) + fake.std(0)) / 2))),
        ("sample_deviation", _by(lambda real, fake, both: (both.mean(0), both.std(0, ddof=1)))),
        ("median", _by(lambda real, fake, both: (np.median(both, 0), both.std(0)))),
        ("min_max", _by(lambda real, fake, both: (both.min(0), np.ptp(both, 0)))),
        ("min_max", lambda *args: [2 * part - 1 for part in _by(lambda r, f, x: (x.min(0), np.ptp(x, 0)))(*args)]),
        ("test_mode", _by(lambda real, fake, both: (0, np.sqrt(1.001)))),
        ("one_after_the_other", _one_after_the_other),
        *(("clipped", _clipped(most), {"most": most}) for most in (1, 2, 3)),
    ],
    misconceptions={
        "separate": (
            "Both of your means are 0: you normalized reals and fakes each by their own statistics. That is what "
            "*separate* batches do. Here both share one batch: join them along axis 0, the rows, and take mean and "
            "deviation of all rows together."
        ),
        "by_the_reals": (
            "You normalized both by the statistics of one half alone. A batch normalization layer knows no halves: it "
            "sees all rows together."
        ),
        "not_divided": "You subtract the mean and do not divide by the standard deviation.",
        "by_the_variance": "You divide by the variance; divide by its root, the standard deviation.",
        "not_centred": "You divide by the standard deviation and do not subtract the mean first.",
        "all_features_together": (
            "You took one statistic over all numbers. Batch normalization has one for each feature, over the rows: "
            "axis 0."
        ),
        "row_by_row": "You normalized each row by itself: that is layer normalization. Use axis 0 for both.",
        "averaged_statistics": (
            "You averaged the two halves' deviations. The deviation of all rows is larger: it also holds the distance "
            "between the halves. Put the rows together first."
        ),
        "sample_deviation": "You divide by n - 1 inside the deviation (ddof=1). Batch normalization divides by n.",
        "median": "You subtract the median. Batch normalization subtracts the mean.",
        "min_max": (
            "You scale by the smallest and the largest value. Batch normalization takes mean and standard deviation."
        ),
        "one_after_the_other": (
            "Your fakes are normalized by statistics that were taken again, with reals that had changed already. Take "
            "mean and deviation once, before you change anything."
        ),
        "rows_moved": (
            "Your numbers are right and stand in other rows: the two were not taken apart as they were put together. "
            "The first len(real) rows are the reals, in their order."
        ),
        "clipped": "You cut numbers off at -{most} and {most}. Batch normalization leaves them as far out as they are.",
        "test_mode": (
            "You return both almost as they came: that is a BatchNormalization layer in test mode, which uses stored "
            "averages. Call it with training=True, or calculate by hand."
        ),
    },
    hints=(
        "Which rows does a batch normalization layer see, if you hand it reals and fakes in one batch?",
        "np.concatenate puts them into one array; its mean and std over axis 0 belong to the whole batch.",
        "both = np.concatenate([...]), then (real - ...) / ..., and the same two numbers for fake",
    ),
)
def check_normalize_mixed(answer):
    inputs = [(np.array([[0.0], [1.0]]), np.array([[4.0], [9.0]]))]
    for seed, (n, features, of_fakes) in enumerate(((3, 2, 4), (50, 3, -4), (60, 1, 4), (40, 8, 40))):
        draw, scale, shift = np.random.default_rng(seed), 1 + np.arange(features), 3.0 * np.arange(features)
        real, fake = draw.exponential(1, (n, features)), draw.normal(of_fakes, 1, (n, features))
        inputs.append((real * scale + shift, fake * scale + shift))
    inputs.append(tuple(part.astype("float32") for part in inputs[2]))
    judge(answer, inputs, atol=5e-3, fits=_rows_in_place)  # Keras' layer adds 0.001 to the variance


def _rows_in_place(found, wanted, case):
    """Raise Wrong if the numbers are right but not their rows, or if they are no arrays that fit."""
    fitting(found, wanted, case)
    if same(*(np.sort(np.concatenate(both), axis=0) for both in (found, wanted)), atol=5e-3):
        raise Wrong("rows_moved")


# ---- one update from two batches

# Lab 12 asks for the same update, of networks that do the same in training as at test time.
_STEP = mnist_gan.EXERCISES["discriminator_step"]


def _in_modes(loss, *modes):
    """Return a loss of the discriminator's step whose passes, one after the other, are in training mode or not."""

    def of(model, *batches):
        passes = iter(modes)
        return loss(lambda x, training: model(x, training=next(passes)), *batches)

    return of


_MODES = [
    ("reals and the fakes", (False, False)),
    ("reals", (False, True)),
    ("fakes", (True, False)),
]
PLAYS = {
    "batch normalization": mnist_gan.d_play(normalized=True),
    f"batch normalization and logits near {mnist_gan.SURE:g}": mnist_gan.d_play(mnist_gan.SURE, normalized=True),
}


@exercise(
    hack.discriminator_step,
    praise=_STEP.praise,
    slips=[
        *(
            ("test_mode", steps.step_of_d(_in_modes(mnist_gan.both_losses(loss), *modes)), {"which": which})
            for loss in (losses.cross_entropy, losses.of_probabilities)
            for which, modes in _MODES
        ),
        *mnist_gan.D_SLIPS,
        *(  # as lab 12 allows it: with its own mistake, and in test mode
            (name, steps.step_of_d(_in_modes(loss, False, False)))
            for name, loss in mnist_gan.D_LOSSES
            if name != "log_of_sigmoid"  # said above, of probabilities
        ),
    ],
    misconceptions={
        **_STEP.misconceptions,
        "mixed_batch": (
            "You hand the discriminator reals and fakes in one batch. In its batch normalization both share one mean "
            "and variance, and the fakes show in it. Make two forward passes and add the two losses."
        ),
        "mixed_mean": (
            "You hand the discriminator reals and fakes in one batch, with one mean of the losses. In its batch "
            "normalization both share one mean and variance, and the fakes show in it. Make two forward passes and add "
            "the two losses."
        ),
        "test_mode": (
            "You call the discriminator on the {which} without training=True. Batch normalization then uses its "
            "stored averages and not the batch, and what this lab is about does not happen. (Lab 12's networks have "
            "none, so there it makes no difference.)"
        ),
    },
    hints=(
        *_STEP.hints[:2],
        "loss = binary_crossentropy(real_labels, discriminator(real, training=True)) + binary_crossentropy(..., ...)",
    ),
)
def check_discriminator_step(answer):
    aim = "It is the real batch's loss plus the fake's, each passed through by itself with training=True."
    steps.judge_step(answer, PLAYS, "discriminator", aim=aim, also=mnist_gan.CLIPPED_D_STEP)
    steps.rehearse(toys.ring_recipe(discriminator_step=answer.function), toys.ring_data())
