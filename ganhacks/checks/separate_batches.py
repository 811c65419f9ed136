"""Lab 09, separate batches: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks import mnist_gan
from ganhacks.checks.exercise import Wrong, array, exercise_in, pair
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
        }.items():
            if is_like(*parts):
                raise Wrong(misconception)
        if features > 1 and np.allclose(np.concatenate(found).mean(axis=1), 0, atol=0.02):
            raise Wrong("row_by_row")
        means = dict(zip(("real", "fake"), (part.mean() for part in found)))
        means |= dict(zip(("wanted_real", "wanted_fake"), (part.mean() for part in wanted)))
        raise Wrong("differs", **means)


# The update itself is an exercise of lab 12 as well: one function, one check.
_STEP = mnist_gan.EXERCISES["discriminator_step"]
exercise(_STEP.reference, praise=_STEP.praise, misconceptions=_STEP.misconceptions, hints=_STEP.hints)(_STEP.check)
