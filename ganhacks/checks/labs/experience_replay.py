"""Lab 17, experience replay: what a right answer must show, how people get it wrong, and the hints."""

import functools
from collections import Counter
from dataclasses import dataclass

import keras
import numpy as np

from ganhacks.blame import one_line
from ganhacks.checks.engine.parameters import SEED, Parameter
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import stubs
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare, same
from ganhacks.checks.engine.sandbox import Answer, AnswerRaised
from ganhacks.checks.engine.values import array, pair, told
from ganhacks.hacks import experience_replay as hack

PARAMETERS = {
    "rounds": Parameter("of each game", 50, 1_000_000),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "experience_replay")

PREDICTION = {
    "choices": {
        "a": "it spirals inwards, and comes to rest.",
        "b": "it goes on as before.",
        "c": "it spirals outwards, further than before.",
    },
    "answer": "c",
    "remarks": {
        "a": (
            "That would be so if the memory were a brake, as an average over whole turns might be. 30 rounds are "
            "half a turn at the most."
        ),
        "b": "That would be so if old fakes weighed little. They are half of what D sees, and they say where G *was*.",
    },
    "why": (
        "A turn takes 63 rounds or more, and here soon far more, so most of the time the last 30 fakes lie on one side: "
        "where the generator was a moment ago. A discriminator that answers late pushes too long in the old direction. A "
        "memory has to span whole turns."
    ),
}

#: How far apart two counts may be, in standard deviations of their difference: by chance once in 100,000 times.
FAR = 4.5
RUNS = 1000


def rng(seed=17):
    return np.random.default_rng(seed)


def samples_of(ids, shape=(1,)):
    """Return samples that tell who they are: float32 (n, *shape), each from its id up to its id + 0.9."""
    inner = 0.9 * np.arange(np.prod(shape)).reshape(shape) / np.prod(shape)
    return (np.reshape(ids, (-1, *[1] * len(shape))) + inner).astype("float32")


def ids_of(rows, known):
    """Return the ids of samples, or raise Wrong if there are others than the known ones among them."""
    ids = np.floor(rows.reshape(len(rows), -1)[:, 0] + 0.01).astype(int)
    if not np.isin(ids, known).all() or not np.allclose(rows, samples_of(ids, rows.shape[1:]), atol=1e-3):
        raise Wrong("other_numbers")
    return ids


def batch_of(value, shape, dtype="float32"):
    """Return an array of samples of this shape and type, as many as there are, or raise Wrong."""
    found = array(value)
    if found.shape[1:] != shape or found.ndim == 0:
        raise Wrong("wrong_shape", found=found.shape, wanted=("n", *shape))
    if found.dtype != dtype:
        raise Wrong("float64" if found.dtype == "float64" else "wrong_dtype", found=found.dtype, wanted=dtype)
    return found


def by_chance(found, wanted, runs=RUNS):
    """Tell whether two counts, or arrays of them, may belong to the same probability. runs: of which they are."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    share = (found + wanted) / (2 * runs)
    return np.abs(found - wanted) <= FAR * np.sqrt(2 * runs * share * (1 - share))


def observed_once(observe):
    """Decorate: what slips and references do is the same in every check, so it is looked at once."""
    kept = functools.cache(observe)
    return lambda function, args: observe(function, args) if isinstance(function, Answer) else kept(function, args)


def compare_chances(answer, calls, observe, alike, *drawn, otherwise="differs", **more):
    """Compare what comes out in many calls, and name a fixed seed where no slip explains it.

    drawn: the arguments after `rng` with which the answer has to draw much. otherwise: the last misconception.
    """
    try:
        compare(answer, calls, observe, alike, **more)
    except Wrong as wrong:
        if wrong.misconception in ("differs", "not_half"):
            properties.draws_from_rng(answer, *drawn)
        name = otherwise if wrong.misconception == "differs" else wrong.misconception
        raise Wrong(name, wrong.example, **wrong.details) from None
    properties.draws_from_rng(answer, *drawn)


# ---- the memory


def memory(comes_in, place=lambda rng, n, capacity: rng.integers(capacity)):
    """Return a memory in which the n-th sample comes in if comes_in(rng, n, capacity), at place(rng, n, capacity)."""

    def slip(rng, buffer, n_seen, samples, capacity):
        kept = list(buffer)
        for sample in samples:
            n_seen += 1
            if len(kept) < capacity:
                kept.append(sample)
            elif comes_in(rng, n_seen, capacity):
                kept[place(rng, n_seen, capacity)] = sample
        return np.array(kept), n_seen

    return slip


def drawn_too_soon(rng, buffer, n_seen, samples, capacity):
    kept = list(buffer)
    for sample in samples:
        place, n_seen = rng.integers(n_seen), n_seen + 1
        if len(kept) < capacity:
            kept.append(sample)
        elif place < capacity:
            kept[place] = sample
    return np.array(kept), n_seen


def place_below_the_batch(rng, buffer, n_seen, samples, capacity):
    def place(rng, n, capacity):
        return rng.integers(len(samples)) % capacity

    return memory(lambda rng, n, capacity: rng.random() < capacity / n, place)(rng, buffer, n_seen, samples, capacity)


def drawn_from_both(rng, buffer, n_seen, samples, capacity):
    both = np.concatenate([buffer, samples])
    return rng.choice(both, min(capacity, len(both)), replace=False), n_seen + len(samples)


def counted_by_batch(rng, buffer, n_seen, samples, capacity):
    room, n_seen = max(capacity - len(buffer), 0), n_seen + len(samples)
    kept = np.concatenate([buffer, samples[:room]])
    for sample in samples[room:]:
        if rng.random() < capacity / n_seen:
            kept[rng.integers(capacity)] = sample
    return kept, n_seen


def one_of_a_batch(rng, buffer, n_seen, samples, capacity):
    room, n_seen = max(capacity - len(buffer), 0), n_seen + len(samples)
    kept, rest = np.concatenate([buffer, samples[:room]]), samples[room:]
    if len(rest) and rng.random() < capacity / n_seen:
        kept[rng.integers(capacity)] = rest[rng.integers(len(rest))]
    return kept, n_seen


@exercise(
    hack.remember,
    praise="Never too many, nothing shared, and in thousands of streams every sample was as likely to stay.",
    slips=[
        ("newest_only", memory(lambda *_: True, lambda rng, n, capacity: (n - 1) % capacity)),
        ("oldest_only", memory(lambda *_: False)),
        ("always_replaces", memory(lambda *_: True)),
        ("off_by_one", memory(lambda rng, n, capacity: rng.random() < capacity / (n - 1))),
        ("counted_twice", memory(lambda rng, n, capacity: rng.random() < capacity / (n + 1))),
        ("fixed_chance", memory(lambda rng, n, capacity: rng.random() < 0.5)),
        ("one_over_n", memory(lambda rng, n, capacity: rng.random() < 1 / n)),
        ("always_the_first_place", memory(lambda rng, n, capacity: rng.random() < capacity / n, lambda *_: 0)),
        ("drawn_from_both", drawn_from_both),
        ("counted_by_batch", counted_by_batch),
        ("one_of_a_batch", one_of_a_batch),
        ("empty_draw", drawn_too_soon),
        ("places_of_the_batch", place_below_the_batch),
    ],
    misconceptions={
        "exceeds": (
            "With capacity = {capacity} your memory holds {found} samples after {n_seen}. In a long training that is "
            "the whole past, and then the computer's memory. Once it is full, one comes in only where one goes."
        ),
        "too_few": "After {n_seen} samples your memory of {capacity} holds {found}; wanted {wanted}: fill it first.",
        "count": (
            "After {n_seen} samples you return the count {found}. It counts all that were ever seen, also those that "
            "did not stay: add the new ones to `n_seen`. It is a whole number."
        ),
        "shares_memory": (
            "Your memory and `{argument}` are the same numbers in the computer's memory. If the caller fills its array "
            "with the next batch, your memory of the past changes into the present. Return a new array."
        ),
        "newest_only": (
            "Your memory always holds the newest samples. That is a queue, or ring buffer: what is a little older is "
            "forgotten for certain. Let chance decide whether a new one comes in at all."
        ),
        "oldest_only": (
            "Your memory always holds the first samples: once full, it never changes. Some of the new ones have to "
            "come in, at a random one's place."
        ),
        "always_replaces": (
            "In your full memory every new sample comes in, at a random one's place: the older a sample, the more "
            "draws it has to survive. Let chance decide whether a new one comes in at all."
        ),
        "off_by_one": (
            "Your draw leaves out the sample that is coming in. If it is the n-th sample, draw one of n numbers: count "
            "first, then draw."
        ),
        "empty_draw": (
            "With capacity = {capacity} and {n_before} samples seen before, your draw asks for one of 0 numbers, which "
            "raises. At the first sample: count it before you draw, or draw only when the memory is full. In a memory "
            "of one: is the range of places one too short?"
        ),
        "counted_twice": (
            "Your draw has a number too many. The n-th sample comes in with the probability capacity / n, in your "
            "memory with capacity / (n + 1). Is the 1 added twice?"
        ),
        "fixed_chance": (
            "In your full memory every new sample has the same chance to come in. It has to sink with each one that "
            "was seen: capacity / n for the n-th."
        ),
        "one_over_n": "The n-th sample comes in with 1 / n in your memory. There are `capacity` places: capacity / n.",
        "always_the_first_place": "What comes in always takes the first place. Draw a place for it.",
        "drawn_from_both": (
            "You draw from the memory and the batch together. A new sample stands for itself, one in the memory for "
            "all that came before it: their chances are not the same. Take the new ones one by one."
        ),
        "counted_by_batch": (
            "You use one count for a whole batch. Within a batch, too, the chance sinks from sample to sample: count "
            "each one when it comes."
        ),
        "places_of_the_batch": (
            "In your full memory only as many places can ever change as a batch has samples. Each place of the memory has "
            "to be as likely as the next."
        ),
        "one_of_a_batch": "You draw once for a whole batch. Every sample in it needs a draw of its own.",
        "uneven": (
            "Your samples are not equally likely to stay. What chance has the n-th sample to come in, and which place "
            "does it take?"
        ),
        "reseeds": (
            "In many streams the very same samples stayed, so nothing is left to chance. Draw from the `rng` that is "
            "handed in: a generator made inside your function starts at the same place at each call."
        ),
        "twice": "Sample {found} is in your memory twice. Each place holds another sample.",
        "other_numbers": "Your memory holds something that was never put in. Samples stay whole, with their numbers.",
        "float64": (
            "Your memory is float64; wanted {wanted}, like `buffer`. `np.zeros`, `np.array` and `np.concatenate` need "
            "a dtype for that."
        ),
        "wrong_dtype": "Your memory is {found}; wanted {wanted}, like `buffer`.",
    },
    hints=(
        "The n-th sample arrives, and every one of n should be equally likely to be among the `capacity`. How likely "
        "must it be to come in? And whose place does it take?",
        "Sample by sample: count it. If there is room, keep it. If not, draw a whole number below the count: below "
        "`capacity` it is the place to fill, otherwise the sample is dropped.",
        "place = rng.integers(...), and if place < ...: kept[...] = ...; at the end np.array(kept, ...) with a dtype.",
    ),
)
def check_remember(answer):
    for capacity, sizes, shape in (
        (5, (3, 3, 4), (2,)),
        (3, (5, 2), (2, 2, 1)),
        (1, (1, 1, 1), (1,)),
        (9, (2, 4), (3,)),
        (100, (32, 32), (1,)),
    ):
        _remembered(answer, rng(0), capacity, sizes, shape)
    compare_chances(
        answer,
        [(1, (1, 1)), (4, (4, 4, 4)), (3, (12, 4)), (6, (6, 2, 2, 2))],
        _stayed,
        lambda found, wanted: by_chance(found, wanted).all(),
        *(samples_of([]), 0, samples_of(np.arange(200)), 40),
        otherwise="uneven",
        describe=_told_chances,
        case=lambda args: f"capacity = {args[0]} and batches of {', '.join(map(str, args[1]))}",
    )
    for of_buffer, of_samples in (("float32", "float64"), ("float64", "float32"), ("uint8", "uint8")):
        buffer, samples = np.ones((2, 3), of_buffer), np.ones((4, 3), of_samples)
        batch_of(pair(answer(rng(), buffer, 2, samples, 4), "the memory and the count")[0], (3,), of_buffer)
    properties.new_array(answer, rng(), samples_of([]), 0, samples_of([0, 1, 2]), 3)
    properties.new_array(answer, rng(), samples_of([0]), 10**6, samples_of([1]), 1)
    properties.new_array(answer, rng(), samples_of([0, 1]), 2, samples_of([]), 3)


def _remembered(function, rng, capacity, sizes, shape=(1,)):
    """Put a stream of samples 0, 1, 2, ... into an empty memory, batch by batch. Returns the ids at the end."""
    buffer, n_seen = np.zeros((0, *shape), "float32"), 0
    for size in sizes:
        samples, n_before, n_seen = samples_of(np.arange(n_seen, n_seen + size), shape), n_seen, n_seen + size
        try:
            result = function(rng, buffer, n_before, samples, capacity)
        except AnswerRaised as raised:
            if "high <= 0" in raised.error:
                raise Wrong("empty_draw", capacity=capacity, n_before=n_before) from None
            raise
        buffer, count = pair(result, "the memory and the count")
        buffer, wanted = batch_of(buffer, shape), min(capacity, n_seen)
        if len(buffer) != wanted:
            details = {"capacity": capacity, "found": len(buffer), "n_seen": n_seen, "wanted": wanted}
            raise Wrong("exceeds" if len(buffer) > capacity else "too_few", **details)
        if not isinstance(count, (int, np.integer)) or count != n_seen:
            raise Wrong("count", n_seen=n_seen, found=count if np.isscalar(count) else told(count))
        ids = np.sort(ids_of(buffer, np.arange(n_seen)))
        if (np.diff(ids) == 0).any():
            raise Wrong("twice", found=int(ids[:-1][np.diff(ids) == 0][0]) + 1)
    return ids


@observed_once
def _stayed(function, args):
    """Return in how many streams each sample stayed."""
    capacity, sizes = args
    if function is hack.remember:
        return np.full(sum(sizes), RUNS * capacity / sum(sizes))
    function, one, stayed = getattr(function, "raw", function), rng(), []
    starts = np.cumsum((0, *sizes))
    for _ in range(RUNS):
        buffer = np.zeros((0, 1), "float32")
        for size, n_seen in zip(sizes, starts.tolist()):
            samples = np.arange(n_seen, n_seen + size, dtype="float32")[:, None]
            buffer, _ = function(one, buffer, n_seen, samples, capacity)
        stayed.append(buffer)
    return np.bincount(np.clip(np.ravel(stayed).astype(int), 0, starts[-1] - 1), minlength=starts[-1])


def _told_chances(run):
    (capacity, sizes), place = run.args, int(np.abs(run.found - run.wanted).argmax())
    share, wanted = run.found[place] / RUNS, run.wanted[place] / RUNS
    return Example(
        f"With capacity = {capacity} and batches of {', '.join(map(str, sizes))}, sample {place + 1} of {sum(sizes)} "
        f"stayed in {share:.0%} of {RUNS:,} streams; wanted is {wanted:.0%}, as for each."
    )


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
        "all_new": "Your batch of {n} holds no old fake, though {k} are in the memory.",
        "not_half": "Of {n} fakes you took {found} from the memory of {k}; wanted {wanted}, n // 2 or all there are.",
        "rounded_up": "Of {n} fakes you took {found} from the memory of {k}; wanted {wanted}: n // 2 rounds down.",
        "same_old": (
            "In {runs} batches you took the same {found} of the {k} old ones. Draw anew each time, or most of the "
            "memory is never seen."
        ),
        "one_block": (
            "The old fakes that you take stand side by side in the memory: one random place and its neighbours. Draw "
            "a place for each, without replacement."
        ),
        "picked_together": (
            "In {runs} batches with 4 old fakes from a memory of {k} there were {found} different sets: one place decides "
            "about the others. Draw a place for each, without replacement."
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
        "float64": (
            "Your batch is float64; wanted {wanted}, like `new`, whatever the memory's type is. `np.concatenate` takes "
            "the larger of two types."
        ),
        "wrong_dtype": "Your batch is {found}; wanted {wanted}, like `new`.",
    },
    hints=(
        "How many old ones do you take if the memory holds 1,000? If it holds 3? If it is empty? And how many new "
        "ones then?",
        "The smaller of `len(new) // 2` and `len(buffer)` is the number of old ones. `rng.choice` draws rows of an "
        "array; look at its `replace`. The rest comes from `new`.",
        "old = rng.choice(buffer, ..., replace=...), and then np.concatenate([new[...:], old....])",
    ),
)
def check_mix_batch(answer):
    few = [(8, 20), (6, 3), (8, 4), (8, 2), (8, 0), (2, 1), (7, 12), (7, 3), (1, 3)]
    for seed, (n, k) in enumerate([*few, (32, 30), (128, 90), (200, 1000)]):
        _mixed(answer, rng(seed), n, k, ((2,), (2, 2, 1))[seed % 2])
    runs, n, k = 600, 8, 20
    one = rng()
    old = np.array([_mixed(answer, one, n, k, (1,)) for _ in range(runs)]) - 1000
    counts, wanted = np.bincount(old.ravel(), minlength=k), runs * (n // 2) / k
    if np.count_nonzero(counts) == n // 2:
        raise Wrong("same_old", runs=runs, found=n // 2, k=k)
    if all(np.sum(np.diff([*some, some[0] + k]) > 1) == 1 for some in old):  # in a circle, one block has one gap
        raise Wrong("one_block")
    sets = len(np.unique(old, axis=0))  # of 4,845: 600 draws by chance make about 565 different ones
    if sets < runs / 2:
        raise Wrong("picked_together", runs=runs, found=sets, k=k)
    if not by_chance(counts, wanted, runs).all():
        raise Wrong("uneven_old", runs=runs, k=k, low=counts.min(), high=counts.max(), wanted=wanted)
    for of_new, of_buffer in (("float32", "float64"), ("float64", "float32"), ("uint8", "uint8")):
        batch_of(answer(rng(), np.ones((4, 3), of_new), np.ones((9, 3), of_buffer)), (3,), of_new)
    properties.draws_from_rng(answer, samples_of(np.arange(40)), samples_of(1000 + np.arange(400)))


def _mixed(answer, rng, n, k, shape):
    """Mix new fakes 0, 1, ... with old ones 1000, 1001, ... Returns the ids of the old ones in the batch, sorted."""
    new, old = np.arange(n), 1000 + np.arange(k)
    try:
        found = answer(rng, samples_of(new, shape), samples_of(old, shape))
    except AnswerRaised as raised:
        if k < n // 2 and any(words in raised.error for words in ("larger sample", "empty", "out of bounds", "high <= 0")):
            raise Wrong("small_buffer", k=k, n=n, error=raised.error[:120]) from None
        raise
    found = batch_of(found, shape)
    if len(found) != n:
        raise Wrong("grows" if len(found) > n else "shrinks", n=n, k=k, found=len(found))
    ids = np.sort(ids_of(found, np.concatenate([new, old])))
    taken, wanted = ids[ids >= 1000], min(n // 2, k)
    if len(np.unique(taken)) < len(taken):
        raise Wrong("old_twice")
    if len(np.unique(ids)) < n:
        raise Wrong("new_twice")
    if len(taken) != wanted:
        name = "rounded_up" if n % 2 and len(taken) == n // 2 + 1 else "not_half"
        name = {n: "all_old", 0: "all_new"}.get(len(taken), name) if n > 1 else name
        raise Wrong(name, n=n, k=k, found=len(taken), wanted=wanted)
    return taken


# ---- checkpoints


class Model(keras.Sequential):
    """A model that counts how often its weights were set as a whole."""

    n_set = 0

    def set_weights(self, weights):
        self.n_set += 1
        super().set_weights(weights)


X = np.linspace(-2, 2, 12).reshape(4, 3).astype("float32")

#: Whether the past equals the present, whether the act trains the model, and what it returns, made of the model and
#: the number of the act.
ACTS = [
    (False, False, lambda model, n: (float(n), "acted")),
    (False, True, lambda model, n: np.asarray(model(X))),
    (False, True, lambda model, n: n > 1),  # False at the first act
    (True, True, lambda model, n: None),
]


@dataclass(frozen=True)
class Swapped:
    """What was seen of a swap: the weights at each act, afterwards and before; the result, the list of the past.

    n_trainable: how many of the weights an act can train.
    tried: whether weights were set a second time, and others than the present ones are in the model.
    """

    at_acts: list
    after: list
    present: list
    result: object
    past: list
    n_trainable: list
    tried: bool


@observed_once
def _swap(function, args):
    """Let a function swap the weights of a model with moving averages, twice. Returns what was `Swapped` at last."""
    past_is_present, trains, result = args
    layers = keras.layers.Dense(4, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dense(1)
    model, one, at_acts, n_trainable = Model([keras.Input((3,)), *layers]), rng(), [], []

    def weights():
        return [variable.numpy() for variable in model.weights]

    def drawn():
        return [one.uniform(0.5, 1.5, variable.shape).astype("float32") for variable in model.weights]

    def act():
        at_acts.append(weights())
        n_trainable.append(len(model.trainable_variables))
        if trains:
            for variable in model.weights:
                variable.assign(variable * 0.5)
        return result(model, len(at_acts))

    for _ in range(2):  # the present is another one at the second call
        stage, present = stubs.Stage(4), drawn()
        past = [w.copy() for w in present] if past_is_present else drawn()
        keras.Sequential.set_weights(model, present)
        model.n_set = 0
        at_acts.clear()
        n_trainable.clear()
        try:
            played = stage.play(function, model, past, stage.stub(act))
        except AnswerRaised as raised:
            lengths = f"list of length {len(model.trainable_weights)}", f"expecting {len(model.weights)} weights"
            if all(words in raised.error for words in lengths):
                raise Wrong("trainable_only") from None
            if "weight list of length" in raised.error:
                raise Wrong("by_the_layer", error=one_line(raised.error)[:160]) from None
            raise
    after = weights()
    return Swapped(at_acts, after, present, played.result, past, n_trainable, model.n_set > 1 and not same(after, present))


def swapping(swaps=lambda model: model.weights, back=lambda model: model.weights):
    """Return a swap of some variables, `swaps`, and back of others."""

    def slip(model, past_weights, act):
        present, past = model.get_weights(), {id(v): value for v, value in zip(model.weights, past_weights)}
        kept = {id(variable): value for variable, value in zip(model.weights, present)}
        for variable in swaps(model):
            variable.assign(past[id(variable)])
        result = act()
        for variable in back(model):
            variable.assign(kept[id(variable)])
        return result

    return slip


def variables_kept(model, past_weights, act):
    present = model.weights
    model.set_weights(past_weights)
    result = act()
    model.set_weights(present)
    return result


def taken_late(model, past_weights, act):
    model.set_weights(past_weights)
    present = model.get_weights()
    result = act()
    model.set_weights(present)
    return result


def first_present_kept(model, past_weights, act):
    if not hasattr(model, "first_present"):
        model.first_present = model.get_weights()
    result = hack.swap_in(model, past_weights, act)
    model.set_weights(model.first_present)
    return result


def layer_by_layer(model, past_weights, act):
    present = model.get_weights()
    for layer, weights in zip(model.layers, past_weights):
        layer.set_weights(weights)
    result = act()
    model.set_weights(present)
    return result


def frozen(model, past_weights, act):
    model.trainable = False
    result = hack.swap_in(model, past_weights, act)
    model.trainable = True
    return result


def back_where(worth):
    """Return a swap that puts the present back where the result of the act is worth it."""

    def slip(model, past_weights, act):
        present = model.get_weights()
        model.set_weights(past_weights)
        result = act()
        if worth(result):
            model.set_weights(present)
        return result

    return slip


def nothing_to_swap(model, past_weights, act):
    return None if same(model.get_weights(), past_weights) else hack.swap_in(model, past_weights, act)


def trainable(model):
    return model.trainable_variables


@exercise(
    hack.swap_in,
    praise="The past acted once, and the present is back, moving averages too, even if the past was trained meanwhile.",
    slips=[
        ("not_swapped", lambda model, past_weights, act: act()),
        ("not_swapped", swapping(swaps=lambda model: [])),
        ("not_back", swapping(back=lambda model: [])),
        ("shown_now", variables_kept),
        ("shown_now", taken_late),
        ("trainable_only", swapping(trainable, trainable)),
        ("trainable_only", swapping(back=trainable)),
        ("trainable_only", swapping(swaps=trainable)),
        ("first_present", first_present_kept),
        ("frozen", frozen),
        *(("back_if_result", back_where(worth)) for worth in (lambda result: result is not None, bool)),
        ("act_left_out", nothing_to_swap),
        ("by_the_layer", layer_by_layer),
        ("first_layer_only", swapping(*[lambda model: model.layers[0].weights] * 2)),
    ],
    misconceptions={
        "not_swapped": (
            "While `act` ran, the model had its present weights. `act` uses `model` itself, so the past has to be in "
            "it, not in a copy, and before `act` is called."
        ),
        "not_back": (
            "After the call the model still has the weights of the past, as `act` has left them. The swap is for one "
            "act only."
        ),
        "shown_now": (
            "You put something back, and it was the past again. Did you take it before the past went in? A model's "
            "variables (`model.weights`) are no copy: they show what the model holds *now*. `get_weights()` returns "
            "arrays, which stay as they are."
        ),
        "trainable_only": (
            "The trainable weights are swapped, the others not. Batch normalization has moving averages, which no "
            "optimizer trains; without them the model is neither the past nor the present."
        ),
        "by_the_layer": (
            "You hand over a list of weights that is not that of the layer or model: {error}. `past_weights` is one flat "
            "list for the whole model, and `model.set_weights` takes it."
        ),
        "first_layer_only": "You swap the first layer alone. All of the model's weights belong to the past.",
        "first_present": (
            "At a second call you put back what was present at the first: take the present weights at each call."
        ),
        "frozen": "You freeze the model while `act` runs, by `trainable`, and `act` may want to train it.",
        "back_if_result": (
            "You put the present back only where `act` returns something: it may return None or False, and the "
            "present comes back all the same."
        ),
        "act_left_out": "Where the past equals the present you do not call `act`: it is called once in any case.",
        "other_weights": "{when} the model's weights are neither the present nor the past ones.",
        "not_called": "Your function never calls `act`. It is a function: `act()`.",
        "called_again": "Your function calls `act` {found} times; once is wanted.",
        "wrong_call": "You call `act` with {given}. It uses `model` by itself: `act()`.",
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
    def alike(found, wanted):
        return all(
            same(getattr(found, part), getattr(wanted, part))
            for part in ("at_acts", "after", "result", "past", "n_trainable", "tried")
        )

    compare(
        answer, ACTS, _swap, alike, fits=_judge_swap, describe=lambda run: None, case=lambda args: "a stub for `act`"
    )


def _judge_swap(found, wanted, case):
    if len(found.at_acts) != 1:
        raise Wrong("called_again" if found.at_acts else "not_called", found=len(found.at_acts))
    if not same(found.past, wanted.past):
        raise Wrong("overwrites_past")
    if same(found.at_acts[0], found.present):
        raise Wrong("not_swapped")
    for weights, right, when in (
        (found.at_acts[0], wanted.at_acts[0], "While `act` ran"),
        (found.after, wanted.after, "After the call"),
    ):
        if not same(weights, right):
            raise Wrong("other_weights", when=when)
    if found.result is None:
        raise Wrong("returns_nothing")
    raise Wrong("other_result", found=told(found.result))


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


def exchanging(coin=lambda rng: rng.random() < 0.5, place_of=lambda rng, k: rng.integers(k), stored=True, view=False):
    """Return an exchange with another coin, another choice of the place, or another bookkeeping."""

    def slip(rng, pool, fakes):
        pool, handed_out = pool.copy(), fakes.copy()
        for i in range(len(fakes)):
            if coin(rng):
                place = place_of(rng, len(pool))
                handed_out[i] = fakes[i] if view else pool[place]
                if stored:
                    pool[place] = fakes[i]
        return handed_out, pool

    return slip


def by_another_name(rng, pool, fakes):
    pool, handed_out = pool.copy(), [*fakes]
    for i, fake in enumerate(fakes):
        if rng.random() < 0.5:
            handed_out[i] = pool[place := rng.integers(len(pool))]
            pool[place] = fake
    return np.array(handed_out), pool


def exchanging_at_once(places_of, most=None):
    """Return an exchange that draws all coins, and then all places: places_of(rng, k, n)."""

    def slip(rng, pool, fakes):
        pool, handed_out = pool.copy(), fakes.copy()
        chosen = np.flatnonzero(rng.random(len(fakes)) < 0.5)[: most(len(pool)) if most else None]
        places = places_of(rng, len(pool), len(chosen))
        handed_out[chosen], pool[places] = pool[places], fakes[chosen]
        return handed_out, pool

    return slip


def one_draw_for(what):
    """Return an exchange that draws the coin or the place once for a whole call."""

    def slip(rng, pool, fakes):
        coin, place = rng.random() < 0.5, rng.integers(len(pool))
        more = {"coin": lambda _: coin} if what == "coin" else {"place_of": lambda *_: place}
        return exchanging(**more)(rng, pool, fakes)

    return slip


def the_oldest_goes(rng, pool, fakes):
    pool, handed_out = [*pool], [*fakes]
    for i, fake in enumerate(fakes):
        if rng.random() < 0.5:
            handed_out[i] = pool.pop(0)
            pool.append(fake)
    return np.array(handed_out), np.array(pool)


def place_of_the_batch(rng, pool, fakes):
    n = min(len(fakes), len(pool))
    return exchanging(place_of=lambda rng, k: rng.integers(n))(rng, pool, fakes)


def each_place_once(rng, pool, fakes):
    places = []

    def place_of(rng, k):
        places[:] = places or rng.permutation(k)
        return places.pop(0)

    return exchanging(place_of=place_of)(rng, pool, fakes)


def first_fake_only(rng, pool, fakes):
    handed_out, pool = exchanging()(rng, pool, fakes[:1])
    return np.concatenate([handed_out, fakes[1:]]), pool


@exercise(
    hack.exchange,
    given=exchange_by_view,
    praise="Old fakes come out, new ones go in, and none is lost or doubled on the way.",
    slips=[
        ("view", by_another_name),
        ("view", exchanging(view=True)),
        ("never_old", exchanging(lambda rng: False)),
        ("always_old", exchanging(lambda rng: True)),
        ("not_stored", exchanging(stored=False)),
        ("same_place", exchanging(place_of=lambda rng, k: 0)),
        ("same_place", exchanging(place_of=lambda rng, k: k - 1)),
        ("never_the_last", exchanging(place_of=lambda rng, k: rng.integers(max(k - 1, 1)))),
        ("the_oldest", the_oldest_goes),
        ("place_of_the_batch", place_of_the_batch),
        ("one_coin", one_draw_for("coin")),
        ("one_place", one_draw_for("place")),
        ("first_fake_only", first_fake_only),
        ("all_at_once", exchanging_at_once(lambda rng, k, n: rng.integers(k, size=n))),
        ("places_of_their_own", each_place_once),
        (
            "places_of_their_own",
            exchanging_at_once(lambda rng, k, n: rng.choice(k, n, replace=False), most=lambda k: k),
        ),
    ],
    misconceptions={
        "view": (
            "No old fake is handed out, though they disappear from the pool. `pool[place]` is no picture of its own: "
            "it is a window on that place. What does the window show after the next line? (Or is it a copy, and you "
            "hand out the new fake?)"
        ),
        "never_old": "No old fake is handed out, and none leaves the pool.",
        "always_old": "No fake is handed out itself. The discriminator needs the new ones too.",
        "not_stored": "Old fakes come out, and the pool stays as it was: the new one has to take the old one's place.",
        "lost": (
            "{missing} went in, or was in the pool, and is gone; {doubled} is there twice. Each exchange is a swap of "
            "two, and two fakes of one call may meet the same place, one after the other."
        ),
        "all_at_once": (
            "You exchange all chosen fakes at once. If two of them draw the same place, one is lost and an old one is "
            "handed out twice. They come one after the other: the second meets the first."
        ),
        "places_of_their_own": (
            "In your exchange two fakes of one call never meet the same place. They come one after the other, and each "
            "place is drawn anew: a new fake may be handed out again at once."
        ),
        "not_half": (
            "In {runs:,} calls fake {which} of {n} was exchanged in {share:.0%}; wanted is a probability of 1/2 for "
            "each."
        ),
        "same_place": "It is always the same place of the pool that is exchanged. Draw a place for each fake.",
        "never_the_last": (
            "The last place of the pool is never drawn. `rng.integers(n)` leaves out n itself, so `len(pool)` is right."
        ),
        "the_oldest": "It is always the first of the pool that comes out, as from a queue. Draw a place for each fake.",
        "place_of_the_batch": (
            "You draw a place among as many as there are new fakes, and not among all of the pool: `len(pool)`."
        ),
        "one_coin": "One coin decides for all fakes of a call. Toss it anew for each.",
        "one_place": "All fakes of a call use the same place of the pool. Draw it anew for each.",
        "first_fake_only": "Only the first fake of a call is ever exchanged. Toss the coin for each.",
        "differs": "Over many calls, some outcomes come more often than they should, others less often.",
        "other_numbers": "You return something that was neither in the pool nor among the fakes.",
        "float64": "You return float64; the fakes are {wanted}.",
    },
    hints=(
        "Print `old` before the line that changes the pool, and after it. What do you see?",
        "Indexing one row of a NumPy array makes a view: the same numbers under a second name. What makes numbers of "
        "its own out of it?",
        "One word more in the line of `old`: .copy(...)",
    ),
)
def check_exchange(answer):
    for k, n, shape in ((6, 5, (2, 2, 1)), (3, 9, (2,)), (50, 1, (1,))):
        _exchanged(answer, rng(), k, n, shape)
    compare_chances(
        answer,
        [(3, 1), (1, 3), (2, 2)],
        _outcomes,
        lambda found, wanted: all(by_chance(found[o], wanted[o]) for o in {*found, *wanted}),
        *(samples_of(100 + np.arange(6)), samples_of(np.arange(40))),
        fits=_judge_outcomes,
        describe=_told_outcomes,
        case=lambda args: f"a pool of {args[0]} and {args[1]} new fakes",
    )


def _exchanged(function, rng, k, n, shape=(1,)):
    """Exchange fakes 0, 1, ... with a pool of 100, 101, ... Returns the ids of what came out, and of the pool."""
    pool, fakes = 100 + np.arange(k), np.arange(n)
    result = function(rng, samples_of(pool, shape), samples_of(fakes, shape))
    out, after = pair(result, "what is handed out and the pool")
    out, after = batch_of(out, shape), batch_of(after, shape)
    for found, size in ((out, n), (after, k)):
        if len(found) != size:
            raise Wrong("wrong_shape", found=found.shape, wanted=(size, *shape))
    known = np.concatenate([pool, fakes])
    return ids_of(out, known), ids_of(after, known)


@observed_once
def _outcomes(function, args):
    """Return how often each outcome came: the ids of what was handed out, in order, and of the pool, sorted."""
    k, n = args
    function, one, outcomes = getattr(function, "raw", function), rng(), Counter()
    for _ in range(RUNS):
        pool, fakes = (np.arange(first, first + size, dtype="float32")[:, None] for first, size in ((100, k), (0, n)))
        try:
            out, after = function(one, pool, fakes)
        except AnswerRaised as raised:
            if "high <= 0" in raised.error:  # rng.integers(len(pool) - 1) in a pool of one
                raise Wrong("never_the_last") from None
            raise
        outcomes[tuple(np.ravel(out).tolist()), tuple(sorted(np.ravel(after).tolist()))] += 1
    return outcomes


def _judge_outcomes(found, wanted, case):
    known = sorted(sum(next(iter(wanted)), ()))
    for out, pool in found:
        there = Counter(out + pool)
        if missing := [one for one in known if one not in there]:
            raise Wrong("lost", missing=_named(missing[0]).capitalize(), doubled=_named(there.most_common(1)[0][0]))
    n = len(next(iter(wanted))[0])
    for i in range(n):
        exchanged = sum(count for (out, _), count in found.items() if out[i] != i)
        if not by_chance(exchanged, RUNS / 2):
            raise Wrong("not_half", runs=RUNS, which=i + 1, n=n, share=exchanged / RUNS)


def _told_outcomes(run):
    outcome = max({*run.found, *run.wanted}, key=lambda outcome: abs(run.found[outcome] - run.wanted[outcome]))
    out, pool = (", ".join(map(_named, ids)) for ids in outcome)
    return Example(
        f"With a pool of {run.args[0]} and {run.args[1]} new: that {out} comes out and the pool then holds {pool} was "
        f"seen {run.found[outcome]} times in {RUNS:,} calls; wanted is about {run.wanted[outcome]}."
    )


def _named(one):
    return f"old {one - 99:.0f}" if one >= 100 else f"new {one + 1:.0f}"
