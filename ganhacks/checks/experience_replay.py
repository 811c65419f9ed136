"""Lab 17, experience replay: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, pair, told
from ganhacks.hacks import experience_replay as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "experience_replay")

PREDICTION = {
    "choices": {
        "a": "it spirals inwards, and comes to rest.",
        "b": "it goes on as before.",
        "c": "it spirals outwards, further than before.",
    },
    "answer": "c",
    "why": (
        "A turn takes 63 rounds or more, so the last 30 fakes lie on one side: where the generator was a moment ago. A "
        "discriminator that answers late pushes too long in the old direction. A memory has to span whole turns."
    ),
}

#: How far a count may be from what chance wants, in standard deviations: a right answer fails less than once in 10^6.
FAR = 5.5

IGNORES_RNG = (
    "With the same state of `rng` your function returns something else each time. Draw from the `rng` that is handed "
    "in, so that a run can be repeated."
)


def samples_of(ids, shape):
    """Return samples that tell who they are: float32 (n, *shape), each from its id up to its id + 0.9."""
    inner = 0.9 * np.arange(np.prod(shape)).reshape(shape) / np.prod(shape)
    return (np.reshape(ids, (-1, *[1] * len(shape))) + inner).astype("float32")


def ids_of(rows, known):
    """Return the ids of samples, or raise Wrong if there are others than the known ones among them."""
    ids = np.floor(rows.reshape(len(rows), -1)[:, 0] + 0.01).astype(int)
    if not np.isin(ids, known).all() or not np.allclose(rows, samples_of(ids, rows.shape[1:]), atol=1e-3):
        raise Wrong("other_numbers")
    return ids


def batch_of(value, shape):
    """Return an array of samples of this shape, as many as there are, in float32, or raise Wrong."""
    found = array(value)
    if found.shape[1:] != shape or found.ndim == 0:
        raise Wrong("wrong_shape", found=found.shape, wanted=("n", *shape))
    if found.dtype != np.float32:
        raise Wrong("dtype", found=found.dtype)
    return found


def far(counts, runs, share):
    """Tell whether one of the counts is further from `share` of the runs than chance allows."""
    return bool((np.abs(counts - runs * share) > FAR * np.sqrt(runs * share * (1 - share))).any())


class Lent(np.ndarray):
    """An array that remembers the copy which a student's function is given in its place: see `sandbox.guarded`."""

    def copy(self, *_):
        self.handed_over = np.array(self)
        return self.handed_over


# ---- the memory


@exercise(
    hack.remember,
    praise="Never too many, nothing shared, and in thousands of streams every sample was as likely to stay.",
    misconceptions={
        "exceeds": (
            "With capacity = {capacity} your memory holds {found} samples after {n_seen}. In a long training that is "
            "the whole past, and then the computer's memory. Once it is full, one comes in only where one goes."
        ),
        "too_few": "After {n_seen} samples your memory of {capacity} holds {found}; wanted {wanted}: fill it first.",
        "count": (
            "After {n_seen} samples you return the count {found}. It counts all that were ever seen, also those that "
            "did not stay: add the new ones to `n_seen`."
        ),
        "alias": (
            "Your memory and `samples` are the same numbers in the computer's memory. If the caller fills its array "
            "with the next batch, your memory of the past changes into the present. Copy what you keep."
        ),
        "newest_only": (
            "Your memory always holds the newest {capacity} samples. That is a queue, or ring buffer: what is a little "
            "older is forgotten for certain. Let chance decide whether a new one comes in at all."
        ),
        "oldest_only": (
            "Your memory always holds the first {capacity} samples: once full, it never changes. Some of the new ones "
            "have to come in, at a random one's place."
        ),
        "always_replaces": (
            "The last sample came in in every one of {runs} runs, the first stayed in {first:.0%}; wanted {wanted:.0%} "
            "for each. You replace a random one, *always*: the older a sample, the more draws it has to survive."
        ),
        "off_by_one": (
            "Your draw leaves out the sample that is coming in ({how}). If it is the n-th sample, draw one of n "
            "numbers: count first, then draw."
        ),
        "uneven": (
            "In {runs} runs, capacity {capacity}, sample {least} of {n_seen} stayed in {low:.0%} and sample {most} in "
            "{high:.0%}; wanted {wanted:.0%} for each. What chance has the n-th sample to come in? It sinks with each "
            "sample that was *seen*, within a batch as well."
        ),
        "no_chance": (
            "In {runs} runs the very same samples stayed. Draw from the `rng` that is handed in: a generator made "
            "inside your function starts anew at each call."
        ),
        "twice": "Sample {found} is in your memory twice. Each place holds another sample.",
        "other_numbers": "Your memory holds something that was never put in. Samples stay whole, with their numbers.",
        "dtype": "Your memory is {found}; the samples are float32. `np.zeros` and `np.empty` need a dtype for that.",
        "ignores_rng": IGNORES_RNG,
    },
    hints=(
        "The n-th sample arrives, and every one of n should be equally likely to be among the `capacity`. How likely "
        "must it be to come in? And whose place does it take?",
        "Sample by sample: count it. If there is room, keep it. If not, draw a whole number below the count: below "
        "`capacity` it is the place to fill, otherwise the sample is dropped.",
        "place = rng.integers(...), and if place < ...: kept[...] = ...; at the end np.array(...) makes a copy.",
    ),
)
def check_remember(answer):
    for seed, (shape, capacity, sizes) in enumerate(
        (((2,), 5, (3, 3, 4)), ((2, 2, 1), 3, (5, 2)), ((1,), 1, (1, 1, 1)), ((3,), 9, (2, 4)))
    ):
        first, again = (_remembered(answer, np.random.default_rng(seed), capacity, sizes, shape) for _ in range(2))
        if not np.array_equal(first, again):
            raise Wrong("ignores_rng")
    for capacity, sizes, runs in ((4, (4, 4, 4), 600), (3, (12, 4), 600), (1, (1, 1), 1000)):
        rng = np.random.default_rng(17)
        stayed = [_remembered(answer, rng, capacity, sizes, (1,)) for _ in range(runs)]
        counts = np.bincount(np.ravel(stayed), minlength=sum(sizes))
        _judge_chances(counts, capacity, runs)


def _remembered(answer, rng, capacity, sizes, shape):
    """Put a stream of samples 0, 1, 2, ... into an empty memory, batch by batch. Returns the ids at the end."""
    buffer, n_seen = np.zeros((0, *shape), "float32"), 0
    for size in sizes:
        samples = samples_of(np.arange(n_seen, n_seen + size), shape).view(Lent)
        n_before, n_seen = n_seen, n_seen + size
        try:
            result = answer(rng, buffer, n_before, samples, capacity)
        except AnswerRaised as raised:
            if "high <= 0" in raised.error:
                raise Wrong("off_by_one", how="`rng.integers(0)` raises at the very first") from None
            raise
        buffer, count = pair(result, "the memory and the count")
        buffer = batch_of(buffer, shape)
        wanted = min(capacity, n_seen)
        if len(buffer) != wanted:
            details = {"capacity": capacity, "found": len(buffer), "n_seen": n_seen, "wanted": wanted}
            raise Wrong("exceeds" if len(buffer) > capacity else "too_few", **details)
        if np.shape(count) != () or count != n_seen:
            raise Wrong("count", n_seen=n_seen, found=count if np.isscalar(count) else told(count))
        if np.shares_memory(buffer, samples.handed_over):
            raise Wrong("alias")
        ids = np.sort(ids_of(buffer, np.arange(n_seen)))
        if (np.diff(ids) == 0).any():
            raise Wrong("twice", found=int(ids[:-1][np.diff(ids) == 0][0]) + 1)
    return ids


def _judge_chances(counts, capacity, runs):
    """Raise Wrong if not all samples were equally likely to stay. counts: in how many of the runs each one stayed."""
    wanted = capacity / len(counts)
    if not far(counts, runs, wanted):
        return
    if (counts[-capacity:] == runs).all() and capacity > 1:
        raise Wrong("newest_only", capacity=capacity)
    if (counts[:capacity] == runs).all():
        raise Wrong("oldest_only", capacity=capacity)
    if np.isin(counts, (0, runs)).all() and capacity > 1:
        raise Wrong("no_chance", runs=runs)
    if counts[-1] == runs:
        if capacity == 1:
            raise Wrong("off_by_one", how=f"with room for 1, the second pushed out the first in all of {runs} runs")
        raise Wrong("always_replaces", runs=runs, first=counts[0] / runs, wanted=wanted)
    least, most = int(counts.argmin()), int(counts.argmax())
    details = {"low": counts[least] / runs, "high": counts[most] / runs, "wanted": wanted, "n_seen": len(counts)}
    raise Wrong("uneven", runs=runs, capacity=capacity, least=least + 1, most=most + 1, **details)


# ---- the mixed batch


@exercise(
    hack.mix_batch,
    praise="Half and half, the batch as long as before, other old ones each time, and a short memory does no harm.",
    misconceptions={
        "grows": (
            "Of {n} new fakes and {k} old ones you made a batch of {found}. The discriminator would see more fakes "
            "than reals. Old ones come *in place of* new ones."
        ),
        "shrinks": (
            "Of {n} new fakes and only {k} old ones you made a batch of {found}. Fewer old ones means more new ones: "
            "how many old ones there are decides how many new ones you take."
        ),
        "small_buffer": (
            "With {k} in the memory and {n} new ones your function raises: {error}. At the start of a training the "
            "memory is short. Take as many as there are."
        ),
        "all_old": (
            "Your batch is all old. The discriminator would never see what the generator makes now; half of it stays "
            "new."
        ),
        "all_new": "Your batch holds no old fake, though {k} are in the memory.",
        "not_half": "Of {n} fakes you took {found} from the memory of {k}; wanted {wanted}, n // 2 or all there are.",
        "same_old": (
            "In {runs} batches you took the same {found} of the {k} old ones. Draw anew each time, or most of the "
            "memory is never seen."
        ),
        "uneven_old": (
            "In {runs} batches one of the {k} old fakes came {low} times and another {high}; about {wanted:.0f} is "
            "wanted for each."
        ),
        "old_twice": (
            "One old fake is in your batch twice. Draw without replacement; if there are fewer than half a batch, each "
            "comes once and new ones fill up."
        ),
        "new_twice": "One new fake is in your batch twice. Each new one comes once at the most.",
        "other_numbers": (
            "Your batch holds samples that are neither among the new nor among the old ones. Mix the *batch*; each "
            "sample stays whole, with its own numbers."
        ),
        "dtype": "Your batch is {found}; the fakes are float32.",
        "ignores_rng": IGNORES_RNG,
    },
    hints=(
        "How many old ones do you take if the memory holds 1,000? If it holds 3? If it is empty? And how many new "
        "ones then?",
        "The smaller of `len(new) // 2` and `len(buffer)` is the number of old ones. `rng.choice` draws rows of an "
        "array; look at its `replace`. The rest comes from `new`.",
        "old = rng.choice(buffer, ..., replace=...), and then np.concatenate([new[...:], ...])",
    ),
)
def check_mix_batch(answer):
    cases = (
        ((2,), 8, 20),
        ((2, 2, 1), 6, 3),
        ((2,), 8, 4),
        ((1,), 8, 2),
        ((2,), 8, 0),
        ((3,), 7, 12),
        ((2,), 2, 1),
        ((2,), 1, 3),
    )
    for seed, (shape, n, k) in enumerate(cases):
        first, again = (_mixed(answer, np.random.default_rng(seed), n, k, shape) for _ in range(2))
        if not np.array_equal(first, again):
            raise Wrong("ignores_rng")
    runs, n, k = 600, 8, 20
    rng = np.random.default_rng(17)
    counts = np.bincount(np.concatenate([_mixed(answer, rng, n, k, (1,)) for _ in range(runs)]) - 100, minlength=k)
    if np.count_nonzero(counts) == n // 2:
        raise Wrong("same_old", runs=runs, found=n // 2, k=k)
    if far(counts, runs, n // 2 / k):
        raise Wrong("uneven_old", runs=runs, k=k, low=counts.min(), high=counts.max(), wanted=runs * (n // 2) / k)


def _mixed(answer, rng, n, k, shape):
    """Mix new fakes 0, 1, ... with old ones 100, 101, ... Returns the ids of the old ones in the batch, sorted."""
    new, old = np.arange(n), 100 + np.arange(k)
    try:
        found = answer(rng, samples_of(new, shape), samples_of(old, shape))
    except AnswerRaised as raised:
        if k < n and any(words in raised.error for words in ("larger sample", "empty", "out of bounds", "high <= 0")):
            raise Wrong("small_buffer", k=k, n=n, error=raised.error[:120]) from None
        raise
    found = batch_of(found, shape)
    if len(found) != n:
        raise Wrong("grows" if len(found) > n else "shrinks", n=n, k=k, found=len(found))
    ids = np.sort(ids_of(found, np.concatenate([new, old])))
    taken, wanted = ids[ids >= 100], min(n // 2, k)
    if len(np.unique(taken)) < len(taken):
        raise Wrong("old_twice")
    if len(np.unique(ids)) < n:
        raise Wrong("new_twice")
    if len(taken) != wanted:
        details = {"n": n, "k": k, "found": len(taken), "wanted": wanted}
        raise Wrong({n: "all_old", 0: "all_new"}.get(len(taken), "not_half"), **details)
    return taken


# ---- checkpoints


class Watched(keras.Sequential):
    """A model that counts how often its weights were set as a whole."""

    n_set = 0

    def set_weights(self, weights):
        self.n_set += 1
        super().set_weights(weights)


X = np.linspace(-2, 2, 12).reshape(4, 3).astype("float32")


def _player(rng):
    """Return a model with moving averages, its present weights and those of a checkpoint."""
    layers = keras.layers.Dense(4, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dense(1)
    model = Watched([keras.Input((3,)), *layers])
    present, past = ([rng.uniform(0.5, 1.5, w.shape).astype("float32") for w in model.get_weights()] for _ in range(2))
    keras.Sequential.set_weights(model, present)
    return model, present, past


@exercise(
    hack.swap_in,
    praise="The past acted once, and the present is back, moving averages too, even if the past was trained meanwhile.",
    misconceptions={
        "not_swapped": (
            "While `act` ran, the model had its present weights. `act` uses `model` itself, so the past has to be in "
            "it, not in a copy, and before `act` is called."
        ),
        "not_back": "After the call the model still has the weights of the past. The swap is for one act only.",
        "alias": (
            "You put something back, and it was the past again. Did you take it before the past went in? A model's "
            "variables (`model.weights`) are no copy: they show what the model holds *now*. `get_weights()` returns "
            "arrays, which stay as they are."
        ),
        "trainable_only": (
            "The trainable weights are swapped, the others not. Batch normalization has moving averages, which no "
            "optimizer trains; without them the model is neither the past nor the present."
        ),
        "other_weights": "After the call the model's weights are neither the present nor the past ones.",
        "not_called": "Your function never calls `act`. It is a function: `act()`.",
        "called_again": "Your function calls `act` {found} times; once is wanted.",
        "other_result": "Your function returns {found}; wanted is what `act()` returned while the past was in.",
        "overwrites_past": "Your function changes the list `past_weights`. The checkpoint may be needed again.",
    },
    hints=(
        "At the end the present weights are needed. Where are they while the past ones are in the model?",
        "Four steps: take a copy of the present weights, set the past ones, act and keep the result, set the present "
        "ones. Which of `weights`, `trainable_weights` and `get_weights()` is a copy of everything?",
        "model.get_...() first, model.set_weights(...) before act(), and once more after it, with the other list.",
    ),
)
def check_swap_in(answer):
    for seed, trains in ((0, False), (1, True), (2, False)):
        model, present, past = _player(np.random.default_rng(seed))
        kept = [weight.copy() for weight in past]
        seen, results = [], []

        def act(model=model, trains=trains, seen=seen, results=results):
            seen.append([variable.numpy() for variable in model.weights])
            results.append(np.asarray(model(X)))
            if trains:
                for variable in model.weights:
                    variable.assign(variable * 0.5)
            return results[-1]

        try:
            result = answer(model, past, act)
        except AnswerRaised as raised:
            if "weight list of length" in raised.error:
                raise Wrong("trainable_only") from None
            raise
        if len(seen) != 1:
            raise Wrong("called_again" if seen else "not_called", found=len(seen))
        if not same(past, kept):
            raise Wrong("overwrites_past")
        _judge_weights(model, seen[0], present, past)
        if result is None:
            raise Wrong("returns_nothing")
        if result is not results[0] and not (isinstance(result, np.ndarray) and np.array_equal(result, results[0])):
            raise Wrong("other_result", found=told(result))


def same(weights, others):
    """Tell whether two lists of arrays are equal."""
    return len(weights) == len(others) and all(map(np.array_equal, weights, others))


def _judge_weights(model, seen, present, past):
    """Raise Wrong if the past was not in the model during the act, or the present not afterwards."""
    trainable = [any(variable is other for other in model.trainable_variables) for variable in model.weights]

    def of_trainable(weights):
        return [weight for weight, of_it in zip(weights, trainable) if of_it]

    after = [variable.numpy() for variable in model.weights]
    for found, wanted in ((seen, past), (after, present)):
        if not same(found, wanted) and same(of_trainable(found), of_trainable(wanted)):
            raise Wrong("trainable_only")
    if not same(seen, past):
        raise Wrong("not_swapped")
    if same(after, present):
        return
    if same(after, past) or same(after, [weight * np.float32(0.5) for weight in past]):  # as `act` has left it
        raise Wrong("alias" if model.n_set > 1 else "not_back")
    raise Wrong("other_weights")


# ---- find the bug


def exchange_by_view(rng, pool, fakes):
    pool, handed_out = pool.copy(), []
    for fake in fakes:
        if rng.random() < 0.5:
            place = rng.integers(len(pool))
            old = pool[place]
            pool[place] = fake
            handed_out.append(old)
        else:
            handed_out.append(fake)
    return np.array(handed_out), pool


@exercise(
    hack.exchange,
    given=exchange_by_view,
    praise="Old fakes come out, new ones go in, and none is lost or doubled on the way.",
    misconceptions={
        "view": (
            "In {runs} runs not one old fake was handed out, though they disappear from the pool. `pool[place]` is no "
            "picture of its own: it is a window on that place. What does the window show after the next line?"
        ),
        "never_old": "In {runs} runs not one old fake was handed out, and none has left the pool.",
        "always_old": "In {runs} runs no fake was handed out itself. The discriminator needs the new ones too.",
        "not_stored": "Old fakes come out, and the pool stays as it was: the new one has to take the old one's place.",
        "lost": (
            "Fake {missing} went in, or was in the pool, and is gone; fake {doubled} is there twice. Each exchange "
            "is a swap of two, and two fakes of one call may meet the same place, one after the other."
        ),
        "not_half": "In {share:.0%} of {runs} runs fake number {which} was exchanged; wanted is a probability of 1/2.",
        "same_place": "In {runs} runs the place {place} of the pool was used {found} times; wanted about {wanted:.0f}.",
        "one_draw": (
            "What happens to the first fake of a call decides what happens to the second. Toss the coin and draw the "
            "place anew for each."
        ),
        "ignores_rng": IGNORES_RNG,
        "other_numbers": "You return something that was neither in the pool nor among the fakes.",
        "dtype": "You return {found}; the fakes are float32.",
    },
    hints=(
        "Print `old` before the line that changes the pool, and after it. What do you see?",
        "Indexing one row of a NumPy array makes a view: the same numbers under a second name. What makes numbers of "
        "its own out of it?",
        "One word more in the line of `old`: .copy(...)",
    ),
)
def check_exchange(answer):
    first, again = (_exchanged(answer, np.random.default_rng(17), 6, 40, (1,)) for _ in range(2))
    if not same(first, again):
        raise Wrong("ignores_rng")
    runs, k, n = 400, 6, 5
    rng = np.random.default_rng(17)
    results = [_exchanged(answer, rng, k, n, shape) for shape in ((1,), (2, 2, 1)) for _ in range(runs // 2)]
    handed_out, pools = (np.array(part) for part in zip(*results))
    if (handed_out < 100).all():
        raise Wrong("never_old" if (pools >= 100).all() else "view", runs=runs)
    if (pools >= 100).all():
        raise Wrong("not_stored")
    everything = np.sort(np.concatenate([handed_out, pools], axis=1))
    known = np.concatenate([np.arange(n), 100 + np.arange(k)])
    for found in everything[(everything != known).any(axis=1)][:1]:
        doubled = found[:-1][np.diff(found) == 0]
        raise Wrong("lost", missing=np.setdiff1d(known, found)[0], doubled=doubled[0])
    exchanged = handed_out != np.arange(n)
    if exchanged.all():
        raise Wrong("always_old", runs=runs)
    if far(exchanged.sum(axis=0), runs, 0.5):
        which = int(np.abs(exchanged.mean(axis=0) - 0.5).argmax())
        raise Wrong("not_half", runs=runs, which=which + 1, share=exchanged[:, which].mean())
    firsts, both = exchanged[:, 0], exchanged[:, :2].all(axis=1)
    used, wanted = np.bincount(handed_out[firsts, 0] - 100, minlength=k), firsts.sum() / k
    if far(used, firsts.sum(), 1 / k):
        place = int(np.abs(used - wanted).argmax())
        raise Wrong("same_place", runs=firsts.sum(), place=place, found=used[place], wanted=wanted)
    if far(both.sum(), runs, 1 / 4) or far((handed_out[both, 1] == 0).sum(), both.sum(), 1 / k):
        raise Wrong("one_draw")


def _exchanged(answer, rng, k, n, shape):
    """Exchange fakes 0, 1, ... with a pool of 100, 101, ... Returns the ids of what came out, and of the pool."""
    pool, fakes = 100 + np.arange(k), np.arange(n)
    out, after = pair(answer(rng, samples_of(pool, shape), samples_of(fakes, shape)), "what is handed out and the pool")
    out, after = batch_of(out, shape), batch_of(after, shape)
    for found, size in ((out, n), (after, k)):
        if len(found) != size:
            raise Wrong("wrong_shape", found=found.shape, wanted=(size, *shape))
    known = np.concatenate([pool, fakes])
    return ids_of(out, known), ids_of(after, known)
