"""Lab 09, separate batches: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.checks import mnist_gan
from ganhacks.checks.exercise import Wrong, array, exercise_in, pair
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.hacks import separate_batches as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "separate_batches")

PREDICTION = {
    "choices": {
        "a": "the reals' mean becomes 0, and the fakes' mean becomes 4.",
        "b": "both means become 0.",
        "c": "one mean goes below 0 and the other above, equally far.",
    },
    "answer": "c",
    "why": (
        "The shared mean lies halfway, at 2, and the shared deviation is √5: a deviation of 1 within each half, and 2 "
        "from each half to the middle. So the means become -2/√5 and +2/√5, that is -0.894 and +0.894."
    ),
}


@exercise(
    hack.normalize_mixed,
    praise="One mean and one deviation for both, feature by feature: the two halves land on two sides of 0.",
    misconceptions={
        "separate": (
            "Both of your means are 0: you normalized reals and fakes each by their own statistics. That is what "
            "*separate* batches do. Here both share one batch, so take mean and deviation of all rows together."
        ),
        "by_the_reals": (
            "You normalized both by the statistics of one half alone. A batch normalization layer knows no halves: it "
            "sees all rows together."
        ),
        "not_divided": "You subtract the mean and do not divide by the standard deviation.",
        "by_the_variance": "You divide by the variance; divide by its root, the standard deviation.",
        "not_centred": "You divide by the standard deviation and do not subtract the mean first.",
        "all_features_together": (
            "You took one mean over all numbers. Batch normalization has one for each feature, over the rows: axis 0."
        ),
        "row_by_row": "You normalized each row by itself: that is layer normalization. Use axis 0 for both.",
        "swapped": "You return (fake, real). The order is the one in which they came.",
        "averaged_statistics": (
            "You averaged the two halves' deviations. The deviation of all rows is larger: it also holds the distance "
            "between the halves. Put the rows together first."
        ),
        "test_mode": (
            "You return both almost as they came: that is a BatchNormalization layer in test mode, which uses stored "
            "averages. Call it with training=True, or calculate by hand."
        ),
        "differs": "Your reals have the mean {real:.3f} and your fakes {fake:.3f}; wanted {wanted_real:.3f} and "
        "{wanted_fake:.3f}.",
    },
    hints=(
        "Which rows does a batch normalization layer see, if you hand it reals and fakes in one batch?",
        "np.concatenate puts them into one array; its mean and std over axis 0 belong to the whole batch.",
        "(real - mean_of_both) / std_of_both, and the same for fake",
    ),
)
def check_normalize_mixed(answer):
    for seed, n, features in ((0, 400, 3), (1, 500, 1), (2, 300, 8)):
        rng = np.random.default_rng(seed)
        scale, shift = 1 + np.arange(features), 3.0 * np.arange(features)
        real = rng.normal(0, 1, (n, features)) * scale + shift
        fake = rng.normal(4, 1, (n, features)) * scale + shift
        found = [array(part, (n, features)) for part in pair(answer(real, fake), "two arrays, (real, fake)")]
        wanted = hack.normalize_mixed(real, fake)

        def is_like(one, two, found=found):
            return all(np.allclose(part, other, atol=0.02) for part, other in zip(found, (one, two)))

        if is_like(*wanted):
            continue
        both = np.concatenate([real, fake])
        mean, std = both.mean(axis=0), both.std(axis=0)
        for misconception, parts in {
            "separate": [(part - part.mean(axis=0)) / part.std(axis=0) for part in (real, fake)],
            "by_the_reals": [(part - real.mean(axis=0)) / real.std(axis=0) for part in (real, fake)],
            "not_divided": [part - mean for part in (real, fake)],
            "by_the_variance": [(part - mean) / std**2 for part in (real, fake)],
            "not_centred": [part / std for part in (real, fake)],
            "swapped": wanted[::-1],
            "all_features_together": [(part - both.mean()) / both.std() for part in (real, fake)],
            "averaged_statistics": [
                (part - mean) / np.sqrt((real.var(axis=0) + fake.var(axis=0)) / 2) for part in (real, fake)
            ],
            "test_mode": [part / np.sqrt(1.001) for part in (real, fake)],
        }.items():
            if is_like(*parts):
                raise Wrong(misconception)
        if features > 1 and np.allclose(np.concatenate(found).mean(axis=1), 0, atol=0.02):
            raise Wrong("row_by_row")
        means = dict(zip(("real", "fake"), (part.mean() for part in found)))
        means |= dict(zip(("wanted_real", "wanted_fake"), (part.mean() for part in wanted)))
        raise Wrong("differs", **means)


# The update itself is an exercise of lab 12 as well. Here it also has to be right with batch normalization.
_STEP = mnist_gan.EXERCISES["discriminator_step"]


@exercise(
    _STEP.reference,
    praise=_STEP.praise,
    misconceptions={
        **_STEP.misconceptions,
        "test_mode": (
            "You call the discriminator on the {which} without training=True. Batch normalization then uses its "
            "stored averages and not the batch, and whatever this lab is about does not happen."
        ),
        "all_variables": (
            "You hand all of the discriminator's variables to the optimizer, the moving averages of batch "
            "normalization too. They are no weights to train: use discriminator.trainable_variables."
        ),
        "other_update_normalized": (
            "Without batch normalization your update is right; with it the discriminator moves to another place. Is "
            "each batch passed through once, by itself, with training=True?"
        ),
    },
    hints=_STEP.hints,
)
def check_discriminator_step(answer):
    _STEP.check(answer)
    rng = np.random.default_rng(5)
    real, fake = (tf.constant(rng.normal(mean, 1, (8, 3)), "float32") for mean in (0.0, 4.0))
    labels = tf.fill((8, 1), 0.9), tf.zeros((8, 1))
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, "tanh"), layers.BatchNormalization(), layers.Dense(1)],
    )
    start = [rng.uniform(0.2, 1.2, weight.shape) for weight in model.weights]

    def led_to(step):
        model.set_weights(start)
        optimizer = keras.optimizers.SGD(0.5)
        optimizer.build(model.trainable_variables)  # as the training loop does
        step(model, optimizer, real, fake, *labels)
        return [variable.numpy() for variable in model.trainable_variables]

    def in_modes(real_training, fake_training):
        bce = keras.losses.BinaryCrossentropy(from_logits=True)

        def step(model, optimizer, real, fake, real_labels, fake_labels):
            with tf.GradientTape() as tape:
                loss = bce(real_labels, model(real, training=real_training))
                loss += bce(fake_labels, model(fake, training=fake_training))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

        return led_to(step)

    try:
        found = led_to(answer)
    except AnswerRaised as raised:
        if "nknown variable" in raised.error:
            raise Wrong("all_variables") from None
        raise
    for which, modes in {
        None: (True, True),
        "reals and the fakes": (False, False),
        "reals": (False, True),
        "fakes": (True, False),
    }.items():
        if all(np.allclose(a, b, atol=1e-4) for a, b in zip(found, in_modes(*modes))):
            if which:
                raise Wrong("test_mode", which=which)
            return
    raise Wrong("other_update_normalized")
