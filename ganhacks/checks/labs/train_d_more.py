"""Lab 24, training D more: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks.judges import stubs
from ganhacks.checks.engine.parameters import SEED, Parameter
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import judge, short
from ganhacks.checks.engine.values import told
from ganhacks.hacks import train_d_more as hack

PARAMETERS = {
    "updates": Parameter("of both networks together", 50, 1_000_000),
    "long_run": Parameter("updates of the long runs", 50, 1_000_000),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "train_d_more")

PREDICTION = {
    "choices": {
        "a": "it comes to rest in the middle.",
        "b": "it goes on circling.",
        "c": "it runs away without end.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if a better D were a brake. It answers sooner, and G still moves past the middle.",
        "c": (
            "That would be so if both played at the same time. In turn they circle, and five updates do not change "
            "that."
        ),
    },
    "why": (
        "The best D answers a generator that goes on moving, and G then moves on, past the data. More updates of D "
        "stretch the circle into an oval. They bring no friction."
    ),
}

#: What the updates return, in turn: equal ones, 0 and negative ones are among them, as in a training.
D_LOSSES = 1.5, 1.2, 1.2, 0.0, 0.0, -0.25, 0.5, 0.5
G_LOSSES = 0.8, 0.8, 0.0, -0.7, -0.9


def next_of(losses, log, who):
    """Return the next loss of a player whose calls are in the log under an initial, "D" or "G"."""
    made = sum(entry.startswith(who) for entry in log)
    return losses[made % len(losses)]


# ---- one round


def play_round(function, call):
    """Play one round of k updates. The log says which batches each update got, numbered in the order of their use."""
    (k,) = call
    stage, made, used = stubs.Stage(8 * k + 40), [], {}

    def batch(kind):
        made.append(kind)
        return np.full((4, 2), len(made), "float32")

    def real_batch():
        return batch("real")

    def fake_batch():
        return batch("fake")

    def named(handed):
        if np.shape(handed) != (4, 2):
            return None
        number = int(np.asarray(handed)[0, 0])
        kind = made[number - 1]
        of_kind = used.setdefault(kind, [])
        of_kind += [number] * (number not in of_kind)
        return f"{kind} {of_kind.index(number) + 1}"

    def update_d(real, fake):
        names = named(real), named(fake)
        if None in names:
            raise Wrong("not_batches", found=f"{told(real)} and {told(fake)}")
        loss = next_of(D_LOSSES, stage.log, "D")
        stage.log.append(f"D({', '.join(names)})")
        return loss

    def update_g():
        loss = next_of(G_LOSSES, stage.log, "G")
        stage.log.append("G")
        return loss

    functions = (stage.stub(f) for f in (update_d, update_g, real_batch, fake_batch))
    return stage.play(function, *functions, k)


def round_of(d_updates=lambda k: k, g_updates=lambda k: 1, first="D"):
    """Return a round with another number of updates of D or of G than wanted, or with G first."""

    def slip(update_d, update_g, real_batch, fake_batch, k):
        g_losses = [update_g() for _ in range(g_updates(k))] if first == "G" else []
        d_losses = [update_d(real_batch(), fake_batch()) for _ in range(d_updates(k))]
        g_losses += [update_g() for _ in range(g_updates(k))] if first == "D" else []
        return d_losses, (g_losses or d_losses)[-1]

    return slip


def round_on(batches):
    """Return a round on other batches: batches(real_batch, fake_batch) yields the pairs for D without end."""

    def slip(update_d, update_g, real_batch, fake_batch, k):
        pairs = batches(real_batch, fake_batch)
        return [update_d(*next(pairs)) for _ in range(k)], update_g()

    return slip


def kept(real_batch, fake_batch, anew=""):
    """Yield batches that are got once, but for those of the kind `anew`."""
    real, fake = real_batch(), fake_batch()
    while True:
        yield real, fake
        real, fake = real_batch() if anew == "real" else real, fake_batch() if anew == "fake" else fake


def turn_by_turn(update_d, update_g, real_batch, fake_batch, k):
    losses = [(update_d(real_batch(), fake_batch()), update_g()) for _ in range(k)]
    return [d_loss for d_loss, _ in losses], losses[-1][1]


def g_before_the_last(update_d, update_g, real_batch, fake_batch, k):
    d_losses = [update_d(real_batch(), fake_batch()) for _ in range(k - 1)]
    g_loss = update_g()
    return [*d_losses, update_d(real_batch(), fake_batch())], g_loss


def twice_on_a_batch(update_d, update_g, real_batch, fake_batch, k):
    pairs = [(real_batch(), fake_batch()) for _ in range(k)]
    return [update_d(*pair) for pair in pairs for _ in range(2)], update_g()


def round_until(enough):
    """Return a round that ends D's updates before k where enough(d_losses)."""

    def slip(update_d, update_g, real_batch, fake_batch, k):
        d_losses = []
        while len(d_losses) < k and not enough(d_losses):
            d_losses.append(update_d(real_batch(), fake_batch()))
        return d_losses, update_g()

    return slip


def returned(change):
    """Return a right round that returns something else: change(d_losses, g_loss)."""
    return lambda *args: change(*hack.train_round(*args))


@exercise(
    hack.train_round,
    praise="k updates of D, each on batches of its own, then one of G, and every loss kept.",
    slips=[
        ("generator_k_times", round_of(lambda k: 1, lambda k: k)),
        ("generator_k_times", round_of(lambda k: 1, lambda k: k, first="G")),
        ("generator_k_times", round_of(lambda k: 0, lambda k: k)),
        ("generator_inside", turn_by_turn),
        ("k_of_each", round_of(lambda k: k, lambda k: k)),
        ("generator_first", round_of(first="G")),
        ("generator_first", g_before_the_last),
        ("no_generator", round_of(g_updates=lambda k: 0)),
        ("no_discriminator", round_of(lambda k: 0)),
        *(("ignores_argument", round_of(lambda k, n=n: n), {"argument": "k", "value": n}) for n in (1, 2, 3, 5)),
        ("off_by_one", round_of(lambda k: k + 1)),
        ("off_by_one", round_of(lambda k: k - 1)),
        ("ends_early", round_until(lambda losses: losses[-1:] == [0])),
        ("ends_early", round_until(lambda losses: losses[-2:] == [0, 0])),
        ("ends_early", round_until(lambda losses: losses and losses[-1] < 0)),
        ("twice_on_a_batch", twice_on_a_batch),
        ("same_batches", round_on(kept)),
        ("same_reals", round_on(lambda real, fake: kept(real, fake, "fake"))),
        ("same_fakes", round_on(lambda real, fake: kept(real, fake, "real"))),
        ("swapped_batches", round_on(lambda real, fake: iter(lambda: (fake(), real()), None))),
        ("one_kind", round_on(lambda real, fake: iter(lambda: (real(), real()), None))),
        ("one_kind", round_on(lambda real, fake: iter(lambda: (fake(), fake()), None))),
        ("swapped_results", returned(lambda d_losses, g_loss: (g_loss, d_losses))),
        ("last_loss", returned(lambda d_losses, g_loss: (d_losses[-1], g_loss))),
        ("mean_loss", returned(lambda d_losses, g_loss: (np.mean(d_losses), g_loss))),
        ("sum_of_losses", returned(lambda d_losses, g_loss: (sum(d_losses), g_loss))),
        ("last_in_a_list", returned(lambda d_losses, g_loss: (d_losses[-1:], g_loss))),
        ("wrong_g_loss", returned(lambda d_losses, g_loss: (d_losses, d_losses[-1]))),
    ],
    misconceptions={
        **stubs.MISCONCEPTIONS,
        "generator_k_times": (
            "The k went to G. It says how often *D* trains before G has its one update. (`real 2` is the second batch "
            "of reals.)"
        ),
        "generator_inside": (
            "G's update stands inside the loop, so this is 1 : 1, k times. G's turn comes once, when the loop is over."
        ),
        "k_of_each": "G has k updates too, after D's. A round has k of D and one of G.",
        "generator_first": "G's update comes last in a round: a better D is what it waits for.",
        "no_generator": "You never train G. A round ends with one update of G.",
        "no_discriminator": (
            "You never train D. (A generator expression, `(… for …)`, does nothing until somebody goes through it: "
            "make a list, `[… for …]`.)"
        ),
        "ends_early": "D's updates end before k where its loss comes to 0. k counts them, whatever they return.",
        "twice_on_a_batch": (
            "D has two updates on the same reals and fakes. One call of `update_d` takes both kinds and is one update."
        ),
        "off_by_one": "D has one update more or less than k. Is your range one too long or one too short?",
        "same_batches": (
            "All k updates of D saw the same reals and the same fakes. That is k times the work on one batch, which "
            "D then learns by heart. Get both anew for each update."
        ),
        "same_reals": "All k updates of D saw the same batch of reals. Get a new one for each update.",
        "same_fakes": (
            "All k updates of D saw the same fakes, made once before the loop. G stands still meanwhile, and still "
            "has more to show: get a new batch for each update."
        ),
        "swapped_batches": "You hand the fakes as reals and the reals as fakes: `update_d` takes the reals first.",
        "one_kind": "You hand D the same kind of batch twice. It wants reals and fakes, in this order.",
        "not_batches": (
            "You hand `update_d` {found}; wanted two batches of shape (4, 2) here. Are they the functions themselves, "
            "without the call, or several batches in one?"
        ),
        "last_loss": "You return D's last loss alone. Keep all k of them, in a list.",
        "one_update_k_times": (
            "D has one update, and its loss stands k times in your list: `[...] * k` repeats a result. `update_d` has "
            "to be called k times."
        ),
        "mean_loss": "You return the mean of D's losses. Keep all k of them, in a list.",
        "sum_of_losses": "You return the sum of D's losses. Keep all k of them, in a list.",
        "last_in_a_list": "Your list holds D's last loss alone. Put each loss in as it comes.",
        "wrong_g_loss": "In place of G's loss you return D's last one. G's is what `update_g` returns.",
    },
    hints=(
        "Who has to see new batches at each of the k updates, and which line belongs after the loop?",
        "Loop k times: get reals, get fakes, hand both to `update_d`, keep its loss. After the loop, one `update_g()`.",
        "d_losses.append(update_d(real_batch(), ...)) inside; return d_losses, ... outside",
    ),
)
def check_train_round(answer):
    calls = [(k,) for k in (1, 2, 3, 5, 12)]
    try:
        stubs.judge_played(answer, calls, play_round, lambda call: f"k = {call[0]}", ("D's losses", "G's loss"))
    except Wrong as wrong:
        if wrong.misconception == "ignores_argument" and _length_of_losses(answer, 12) == 12:
            raise Wrong("one_update_k_times", wrong.example) from None
        raise


def _length_of_losses(answer, k):
    result = play_round(answer, (k,)).result
    return len(result[0]) if isinstance(result, tuple) and isinstance(result[0], (list, np.ndarray)) else None


# ---- what a budget pays for


def rounds_at(cost, d_updates=lambda rounds, k: k * rounds, g_updates=lambda rounds, k: rounds):
    """Return a count in which a round costs cost(k, d_cost, g_cost), or in which it has other updates."""

    def slip(budget, k, d_cost=1, g_cost=1):
        rounds = budget // cost(k, d_cost, g_cost)
        return rounds, d_updates(rounds, k), g_updates(rounds, k)

    return slip


def right_cost(k, d_cost, g_cost):
    return k * d_cost + g_cost


def up_to_the_last(budget, k, d_cost=1, g_cost=1):
    rounds = -(-budget // right_cost(k, d_cost, g_cost))
    return rounds, k * rounds, rounds


def not_cut(budget, k, d_cost=1, g_cost=1):
    rounds = budget / right_cost(k, d_cost, g_cost)
    return rounds, k * rounds, rounds


def rest_for_d(budget, k, d_cost=1, g_cost=1):
    rounds, d_updates, g_updates = hack.rounds_within(budget, k, d_cost, g_cost)
    left = budget - rounds * right_cost(k, d_cost, g_cost)
    return rounds, d_updates + (left // d_cost if d_cost else 0), g_updates


def each_for_itself(budget, k, d_cost=1, g_cost=1):
    rounds = min(budget // cost for cost in (k * d_cost, g_cost) if cost)
    return rounds, k * rounds, rounds


@exercise(
    hack.rounds_within,
    praise="One function, three honest comparisons: equal updates of D, equal updates in all, equal time.",
    slips=[
        ("forgets_g", rounds_at(lambda k, d_cost, g_cost: max(k * d_cost, 1))),
        ("forgets_k", rounds_at(lambda k, d_cost, g_cost: d_cost + g_cost)),
        ("ignores_costs", rounds_at(lambda k, d_cost, g_cost: k + 1)),
        ("generator_k_times", rounds_at(lambda k, d_cost, g_cost: d_cost + k * g_cost)),
        ("k_for_both", rounds_at(lambda k, d_cost, g_cost: k * (d_cost + g_cost))),
        ("rounded_up", up_to_the_last),
        ("rounded_up", lambda *args: tuple(np.rint(not_cut(*args)))),
        ("rounded_up", lambda budget, k, *costs: tuple(round(not_cut(budget, k, *costs)[0]) * n for n in (1, k, 1))),
        ("not_whole", not_cut),
        ("updates_swapped", rounds_at(right_cost, lambda rounds, k: rounds, lambda rounds, k: k * rounds)),
        ("d_not_times_k", rounds_at(right_cost, lambda rounds, k: rounds)),
        ("leftover", rest_for_d),
        ("never_all", lambda budget, *args: hack.rounds_within(max(budget - 1, 0), *args)),
        ("each_for_itself", each_for_itself),
        ("minus_the_rounds", lambda budget, *args: (n := hack.rounds_within(budget, *args)[0], budget - n, n)),
        ("g_times_k", rounds_at(right_cost, g_updates=lambda rounds, k: k * rounds)),
        ("one_g", rounds_at(right_cost, g_updates=lambda rounds, k: 1)),
        ("updates_of_a_round", rounds_at(right_cost, lambda rounds, k: k, lambda rounds, k: 1)),
        ("another_order", lambda *args: tuple(hack.rounds_within(*args)[i] for i in (1, 0, 2))),
    ],
    misconceptions={
        "forgets_g": "You pay for D's updates alone. Each round has an update of G as well, which has its own cost.",
        "forgets_k": "You pay for one update of D in a round. D's cost falls due k times.",
        "ignores_costs": "You count every update as 1. The two costs are not always 1.",
        "generator_k_times": "You give the k updates to G. It is D that has k in a round.",
        "k_for_both": "You multiply both costs by k. Only D has k updates in a round.",
        "rounded_up": "Your last round is not paid for. Only whole rounds count: drop the rest.",
        "not_whole": "Your rounds have fractions. Rounds are whole: divide with //.",
        "rounds_alone": "You return {found}; wanted three numbers: rounds, updates of D, updates of G.",
        "updates_swapped": "Updates of D come second, updates of G third; yours stand the other way round.",
        "d_not_times_k": "You count one update of D in a round. Each round has k.",
        "leftover": "You give D what is left over. It starts no round: D has k updates in each whole round.",
        "minus_the_rounds": (
            "You count the budget less the rounds as updates of D. That is right only where each update costs 1 and "
            "nothing is left over."
        ),
        "g_times_k": "You count k updates of G in a round. Each round has one.",
        "one_g": "You count one update of G in all. It is one in each round.",
        "another_order": (
            "Your three numbers are right, in another order: wanted are the rounds, the updates of D, the updates of G."
        ),
        "updates_of_a_round": "You return the updates of one round. Wanted are those of all rounds together.",
        "never_all": "Where the budget pays for a last round exactly, you leave it out. What is paid for counts.",
        "each_for_itself": (
            "You give each network the whole budget. They share it: a round costs the updates of both."
        ),
        "differs": "One of your three numbers is another one than wanted.",
    },
    hints=(
        "What does *one* round cost, with its k updates of D and its one of G?",
        "Divide the budget by the cost of one round, and drop the rest. The updates of each follow from the rounds.",
        "budget // (k * ... + ...) rounds; a round has k updates of D",
    ),
)
def check_rounds_within(answer):
    calls = [
        (10_000, 3, 7, 12),  # here each mistake gives another count
        *((budget, k, 1, 1) for budget in (5, 100, 2000, 20_000) for k in (1, 2, 5, 7)),
        *((1000, k, 1, 0) for k in (1, 2, 5)),  # equal updates of D
        *((1_000_000, k, 210, 190) for k in (1, 2, 5)),  # a second, in microseconds
        (10_007, 4, 12, 5),
        (1003, 5, 1, 0),
        (600, 2, 0, 7),
        (999, 5, 37, 1),  # five sixths of a round are left over
        (0, 3, 1, 1),
        (10**9, 12, 3, 64),
    ]
    first = answer(*calls[0])
    if first is not None and np.shape(first) != (3,):
        raise Wrong("rounds_alone", found=short(first))
    judge(answer, calls, atol=1e-3, rtol=1e-12)


# ---- the published bug


def counted_in_the_epoch(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for i, batch in enumerate(batches):
            d_losses.append(update_d(batch))
            if i % k == 0:
                g_losses.append(update_g())
    return d_losses, g_losses


#: From here on the batches of an epoch are equal to the first ones again, so that none can be found by its value.
EQUAL_FROM = 9
FIRST = 1000  # what the first batch holds: more than any batch's number


def play_epochs(function, call):
    """Train on numbered batches. The log says which batch D was trained on, and when G was."""
    n_batches, n_epochs, k = call
    stage = stubs.Stage(3 * (k + 1) * n_batches * n_epochs + 40)

    def update_d(batch):
        if np.shape(batch) != ():
            raise Wrong("not_a_batch", found=told(batch))
        if int(batch) < FIRST:
            raise Wrong("number_of_a_batch", found=int(batch))
        loss = next_of(D_LOSSES, stage.log, "D")
        stage.log.append(f"D({int(batch) - FIRST})")
        return loss

    def update_g():
        loss = next_of(G_LOSSES, stage.log, "G")
        stage.log.append("G")
        return loss

    batches = [FIRST + i % EQUAL_FROM for i in range(n_batches)]
    return stage.play(function, stage.stub(update_d), stage.stub(update_g), batches, n_epochs, k)


def g_after(is_due):
    """Return a loop that trains G where is_due(i, n, k, last) says so after D's update.

    i: the batch in the epoch, from 0. n: D's updates so far. last: of an epoch, and D's updates when all is over.
    """

    def slip(update_d, update_g, batches, n_epochs, k):
        d_losses, g_losses, last = [], [], (len(batches) - 1, len(batches) * n_epochs)
        for _ in range(n_epochs):
            for i, batch in enumerate(batches):
                d_losses.append(update_d(batch))
                if is_due(i, len(d_losses), k, last):
                    g_losses.append(update_g())
        return d_losses, g_losses

    return slip


def by_losses(is_due):
    """Return a loop that trains G where is_due(D's losses, those since G's last update, k)."""

    def slip(update_d, update_g, batches, n_epochs, k):
        d_losses, g_losses, start = [], [], 0
        for batch in batches * n_epochs:
            d_losses.append(update_d(batch))
            if is_due(d_losses, d_losses[start:], k):
                g_losses.append(update_g())
                start = len(d_losses)
        return d_losses, g_losses

    return slip


def on_each_batch(d_updates, g_updates):
    """Return a loop with d_updates(k) of D and g_updates(k) of G for every batch."""

    def slip(update_d, update_g, batches, n_epochs, k):
        d_losses, g_losses = [], []
        for batch in batches * n_epochs:
            d_losses += [update_d(batch) for _ in range(d_updates(k))]
            g_losses += [update_g() for _ in range(g_updates(k))]
        return d_losses, g_losses

    return slip


def before_d(is_due):
    """Return a loop that trains G before an update of D where is_due(n, k), n being D's updates so far."""

    def slip(update_d, update_g, batches, n_epochs, k):
        d_losses, g_losses = [], []
        for batch in batches * n_epochs:
            if is_due(len(d_losses), k):
                g_losses.append(update_g())
            d_losses.append(update_d(batch))
        return d_losses, g_losses

    return slip


def full_rounds_of_an_epoch(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for start in range(0, len(batches) - k + 1, k):
            d_losses += [update_d(batch) for batch in batches[start : start + k]]
            g_losses.append(update_g())
    return d_losses, g_losses


@exercise(
    hack.train_epochs,
    given=counted_in_the_epoch,
    praise="The count belongs to D's updates and goes on over the end of an epoch: k to one, at any size of the data.",
    slips=[
        ("starts_anew", g_after(lambda i, n, k, last: i % k == 0)),
        ("starts_anew", g_after(lambda i, n, k, last: (i + 1) % k == 0)),
        ("starts_anew", g_after(lambda i, n, k, last: i % k == 0 and i > 0)),
        ("starts_anew", g_after(lambda i, n, k, last: (i + 1) % k == 0 or i == last[0])),
        ("too_early", g_after(lambda i, n, k, last: (n - 1) % k == 0)),
        ("too_early", g_after(lambda i, n, k, last: n > 1 and (n - 1) % k == 0)),
        ("turned_round", g_after(lambda i, n, k, last: n % k)),
        ("turned_round", g_after(lambda i, n, k, last: (n - 1) % k)),
        ("turned_round", g_after(lambda i, n, k, last: i % k)),
        ("every_step", g_after(lambda i, n, k, last: True)),
        ("from_k_on", g_after(lambda i, n, k, last: n >= k)),
        ("once_an_epoch", g_after(lambda i, n, k, last: i == last[0])),
        ("one_at_the_end", g_after(lambda i, n, k, last: n % k == 0 or n == last[1])),
        ("no_generator", g_after(lambda i, n, k, last: False)),
        ("k_plus_one", g_after(lambda i, n, k, last: n % (k + 1) == 0)),
        ("k_plus_one", g_after(lambda i, n, k, last: n >= k and (n - k) % (k + 1) == 0)),
        ("k_cut", g_after(lambda i, n, k, last: n % min(k, last[0] + 1) == 0)),
        ("found_by_value", g_after(lambda i, n, k, last: (n - i + i % EQUAL_FROM) % k == 0)),
        ("distinct_losses", by_losses(lambda losses, since, k: len(set(losses)) % k == 0)),
        ("distinct_losses", by_losses(lambda losses, since, k: len(set(since)) == k)),
        ("distinct_losses", by_losses(lambda losses, since, k: sum(map(bool, losses)) % k == 0)),
        ("distinct_losses", by_losses(lambda losses, since, k: sum(map(bool, since)) == k)),
        ("same_batch", on_each_batch(lambda k: k, lambda k: 1)),
        ("generator_k_times", on_each_batch(lambda k: 1, lambda k: k)),
        ("generator_first", before_d(lambda n, k: n % k == 0)),
        ("generator_first", before_d(lambda n, k: (n + 1) % k == 0)),
        ("skips_batches", full_rounds_of_an_epoch),
        ("swapped_results", lambda *args: hack.train_epochs(*args)[::-1]),
    ],
    misconceptions={
        **stubs.MISCONCEPTIONS,
        "starts_anew": "At the end of an epoch your count starts anew. What does it count, and who sets it back?",
        "too_early": "Your count begins with 0, and 0 % k is 0 too. Count D's updates when they are made.",
        "turned_round": "A remainder that is *not* 0 counts as true, so G trains at all the other steps.",
        "every_step": "G trains after every update of D. That is 1 : 1 and leaves k out.",
        "from_k_on": "From D's k-th update on you train G at every step. It is due after every k-th one, so `% k`.",
        "once_an_epoch": "G has one update an epoch. It is due after every k-th update of D.",
        "one_at_the_end": "The last round was not full, and you trained G after it all the same.",
        "k_plus_one": (
            "Your rounds have k + 1 updates of D, all of them or those after the first. The k counts D's updates alone."
        ),
        "k_cut": "You cut k to the number of batches. A round goes on over the end of an epoch, or of several.",
        "found_by_value": (
            "You ask the list where a batch stands. Two batches may be equal, and it names the first of them: count "
            "updates."
        ),
        "distinct_losses": (
            "You count D's losses by their values: the different ones, or those that are not 0. Two updates may return "
            "the same, or 0: count updates."
        ),
        "same_batch": (
            "You train D on the same batch again and again. Its k updates of a round are to see k different batches: "
            "the loop over the batches is the loop."
        ),
        "generator_k_times": "G has several updates in a row. The k says how often D trains for one of G.",
        "generator_first": "In a round you train G before D. D's k-th update comes first, then G's.",
        "skips_batches": "D does not see every batch, once an epoch and in order. (`D(3)` is an update on batch 3.)",
        "no_generator": "You never train G.",
        "number_of_a_batch": "You hand `update_d` {found}, a batch's number. Hand it the batch itself: `for batch in batches`.",
        "not_a_batch": "You hand `update_d` {found}; wanted one of the batches. They are numbers in this test.",
    },
    hints=(
        "Play it on paper with 6 batches, k = 5 and two epochs. How many updates of D come before each update of G?",
        "`i` starts again at 0 in each epoch, and the first i is 0. Which number counts D's updates from the start?",
        "if len(...) % k == 0: with the list that grows at each update of D",
    ),
)
def check_train_epochs(answer):
    def case(call):
        return f"{call[0]} batches, {call[1]} epoch{'s' * (call[1] != 1)} and k = {call[2]}"

    calls = [(3, 4, 1), (2, 6, 4), (6, 2, 5), (4, 5, 3), (7, 3, 2), (7, 3, 5), (10, 1, 5), (3, 2, 9), (5, 0, 2)]
    calls += [(12, 10, 5), (1, 7, 3)]
    stubs.judge_played(answer, calls, play_epochs, case, ("D's losses", "G's losses"), order=_judge_epochs)


def _judge_epochs(found, wanted):
    """Raise Wrong for what is seen in an order of updates."""
    seen, right = ([entry for entry in played.log if entry != "G"] for played in (found, wanted))
    if not found.ended:
        return
    if "G" in wanted.log and "G" not in found.log:
        raise Wrong("no_generator")
    if ("G", "G") in zip(found.log, found.log[1:]):
        raise Wrong("generator_k_times")
    if seen != right:
        repeats = any(one == other for one, other in zip(seen, seen[1:])) and len(set(right)) > 1
        raise Wrong("same_batch" if repeats else "skips_batches")
