"""Lab 24, training D more: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import number, pair, told
from ganhacks.hacks import train_d_more as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "train_d_more")

PREDICTION = {
    "choices": {
        "a": "it comes to rest in the middle.",
        "b": "it goes on circling.",
        "c": "it runs away without end.",
    },
    "answer": "b",
    "why": (
        "The best D answers a generator that goes on moving, and G then moves on, past the data. More updates of D "
        "stretch the circle into an oval. They bring no friction."
    ),
}


def _losses(value, what):
    """Return a list, tuple or one-dimensional array of numbers as a list of floats, or raise Wrong."""
    if value is None:
        raise Wrong("returns_nothing")
    if isinstance(value, (str, dict, set)) or np.ndim(value) != 1:
        raise Wrong("not_a_list", what=what, found=told(value))
    return [number(one, "a number for each loss") for one in value]


def _order(log):
    """Tell who was trained in which order: at most twelve letters."""
    return " ".join(log[:12]) + (" …" if len(log) > 12 else "")


# ---- one round


class Players:
    """Two players who note what is done, with batches that can be told apart. patience: how many calls are allowed."""

    def __init__(self, patience):
        self.patience, self.calls = patience, 0
        self.log, self.pairs, self.d_losses, self.g_losses = [], [], [], []

    def _called(self):
        self.calls += 1
        if self.calls > self.patience:
            raise Wrong("no_end", found=self.patience)

    def real_batch(self):
        self._called()
        return np.full((4, 2), self.calls, "float32")

    def fake_batch(self):
        """Return a batch which tells, in its second column, how many updates G had when it was made."""
        self._called()
        return np.tile(np.float32([-self.calls, len(self.g_losses)]), (4, 1))

    def update_d(self, real, fake):
        self._called()
        if np.shape(real) != (4, 2) or np.shape(fake) != (4, 2):
            raise Wrong("not_batches", found=f"{told(real)} and {told(fake)}")
        self.log.append("D")
        self.pairs.append((float(np.asarray(real)[0, 0]), float(np.asarray(fake)[0, 0])))
        self.d_losses.append(1.5 / len(self.log))
        return self.d_losses[-1]

    def update_g(self):
        self._called()
        self.log.append("G")
        self.g_losses.append(0.7 + 0.1 * len(self.log))
        return self.g_losses[-1]


@exercise(
    hack.train_round,
    praise="k updates of D, each on batches of its own, then one of G, and every loss kept.",
    misconceptions={
        "generator_k_times": (
            "With k = {k} you trained in the order {order}: the k went to G. It says how often *D* trains before G has "
            "its one update."
        ),
        "generator_inside": (
            "With k = {k} you trained in the order {order}: G's update stands inside the loop, so this is 1 : 1, {k} "
            "times. G's turn comes once, when the loop is over."
        ),
        "generator_first": "You trained in the order {order}. G's update comes last: a better D is what it waits for.",
        "no_generator": "With k = {k} you trained D {k} times and G never. A round ends with one update of G.",
        "ignores_k": "With k = {k} D had {found} updates, as with any other k. Use the argument.",
        "off_by_one": "With k = {k} D had {found} updates. Is your range one too long or one too short?",
        "differs": "With k = {k} you trained in the order {order}; wanted {k} times D, then G once.",
        "same_batches": (
            "All {k} updates of D saw the same reals and the same fakes. That is k times the work on one batch, which "
            "D then learns by heart. Get both anew for each update."
        ),
        "same_reals": "All {k} updates of D saw the same batch of reals. Get a new one for each update.",
        "same_fakes": (
            "All {k} updates of D saw the same fakes, made once before the loop. G stands still meanwhile, and still "
            "has more to show: get a new batch for each update."
        ),
        "swapped_batches": "You hand the fakes as reals and the reals as fakes: `update_d` takes the reals first.",
        "one_kind": "You hand D the same kind of batch twice. It wants reals and fakes, in this order.",
        "not_batches": (
            "You hand `update_d` {found}; wanted two batches. Are they the functions themselves, without the call, "
            "or several batches in one?"
        ),
        "no_end": "After {found} calls your round was still going on. Is there a loop that never ends?",
        "not_a_list": "You return {found} for {what}; wanted the list of D's k losses.",
        "not_one_loss": "You return {found} for G's loss; wanted one number, as `update_g` returned it.",
        "losses_swapped": "G's loss comes first in what you return. The order is D's losses, then G's.",
        "lost_losses": "D's losses were {losses}; you return {found}. Keep every one of them, in order.",
        "wrong_g_loss": "G's update returned {loss:.2f}; you return {found:.2f}.",
    },
    hints=(
        "Who has to see new batches at each of the k updates, and which line belongs after the loop?",
        "Loop k times: get reals, get fakes, hand both to `update_d`, keep its loss. After the loop, one `update_g()`.",
        "d_losses.append(update_d(real_batch(), ...)) inside; return d_losses, ... outside",
    ),
)
def check_train_round(answer):
    played = {k: _played(answer, k) for k in (3, 1, 5, 2)}
    fixed = len({players.log.count("D") for players, _ in played.values()}) == 1
    for k, (players, result) in played.items():
        _judge_order("".join(players.log), k, fixed)
        _judge_batches(players.pairs, k)
        _judge_losses(result, players)


def _played(answer, k):
    """Let the answer play one round. Returns the players, and what it returned."""
    players = Players(8 * k + 40)
    return players, answer(players.update_d, players.update_g, players.real_batch, players.fake_batch, k)


def _judge_order(log, k, fixed):
    """Judge who was trained when, or raise Wrong. fixed: whether D had as many updates with any other k."""
    if log == "D" * k + "G":
        return
    n_d, n_g, details = log.count("D"), log.count("G"), {"k": k, "order": _order(log)}
    if k > 1 and n_g == k and n_d <= 1:
        raise Wrong("generator_k_times", **details)
    if k > 1 and n_g == n_d == k and log != "D" * k + "G" * k:
        raise Wrong("generator_inside", **details)
    if n_d and not n_g:
        raise Wrong("no_generator", **details)
    if n_g == 1 and log[0] == "G" and n_d == k:
        raise Wrong("generator_first", **details)
    if n_g == 1 and fixed:
        raise Wrong("ignores_k", found=n_d, **details)
    if n_g == 1 and abs(n_d - k) == 1:
        raise Wrong("off_by_one", found=n_d, **details)
    raise Wrong("differs", **details)


def _judge_batches(pairs, k):
    reals, fakes = np.transpose(pairs)
    if (reals < 0).all() and (fakes > 0).all():
        raise Wrong("swapped_batches")
    if (reals < 0).any() or (fakes > 0).any():
        raise Wrong("one_kind")
    fewer = [len(set(batches)) < k for batches in (reals, fakes)]
    if any(fewer):
        raise Wrong({(True, True): "same_batches", (True, False): "same_reals"}.get(tuple(fewer), "same_fakes"), k=k)


def _judge_losses(result, players):
    first, second = pair(result, "a tuple of D's losses, a list, and G's loss, a number")
    if np.ndim(first) == 0 and np.ndim(second) == 1:
        raise Wrong("losses_swapped")
    found = _losses(first, "D's losses")
    if np.ndim(second) != 0:
        raise Wrong("not_one_loss", found=told(second))
    if len(found) != len(players.d_losses) or not np.allclose(found, players.d_losses, atol=1e-5):
        raise Wrong("lost_losses", losses=_short(players.d_losses), found=_short(found))
    if not np.isclose(g_loss := number(second), players.g_losses[-1], atol=1e-5):
        raise Wrong("wrong_g_loss", loss=players.g_losses[-1], found=g_loss)


def _short(values):
    """Return numbers for a message: at most six, with two decimals."""
    return [round(float(value), 2) for value in values[:6]]


# ---- what a budget pays for


@exercise(
    hack.rounds_within,
    praise="One function, three honest comparisons: equal updates of D, equal updates in all, equal time.",
    misconceptions={
        "forgets_g": (
            "{case}: you count {found} rounds; wanted {wanted}. You pay for D's updates alone. Each round has an "
            "update of G as well, which costs {g_cost}."
        ),
        "forgets_k": "{case}: you count {found} rounds; wanted {wanted}. D's cost falls due k times in a round.",
        "ignores_costs": "{case}: you count {found} rounds; wanted {wanted}. The two costs are not always 1.",
        "generator_k_times": "{case}: you count {found} rounds; wanted {wanted}. You give the k updates to G.",
        "k_for_both": "{case}: you count {found} rounds; wanted {wanted}. Only D's cost is multiplied by k.",
        "rounded_up": (
            "{case}: you count {found} rounds, and the last one is not paid for; wanted {wanted}. Only whole rounds."
        ),
        "not_whole": "{case}: you count {found} rounds. Rounds are whole: divide with //.",
        "rounds_alone": "You return {found}; wanted three numbers: rounds, updates of D, updates of G.",
        "updates_swapped": "{case}: updates of D come second, updates of G third; yours stand the other way round.",
        "d_not_times_k": "{case}: in {rounds} rounds you count {found} updates of D. Each round has k.",
        "leftover": (
            "{case}: in {rounds} whole rounds D has {wanted} updates; you count {found}. What is left over starts no "
            "round."
        ),
        "wrong_d_updates": "{case}: in {rounds} rounds you count {found} updates of D; wanted {wanted}.",
        "wrong_g_updates": "{case}: in {rounds} rounds you count {found} updates of G. Each round has one.",
        "differs": "{case}: you count {found} rounds; wanted {wanted}.",
    },
    hints=(
        "What does *one* round cost, with its k updates of D and its one of G?",
        "Divide the budget by the cost of one round, and drop the rest. The updates of each follow from the rounds.",
        "budget // (k * ... + ...) rounds; a round has k updates of D",
    ),
)
def check_rounds_within(answer):
    cases = [
        (10_000, 3, 7, 12),  # first, because here each mistake gives another count
        (2000, 1, 1, 1),
        (2000, 5, 1, 1),
        (100, 7, 1, 1),
        (1003, 5, 1, 0),  # equal updates of D
        (10_007, 4, 12, 5),
        (5, 5, 1, 1),  # not one round
        (600, 2, 0, 7),
    ]
    for case in cases:
        _judge_count(answer, *case)
    if tuple(map(int, np.ravel(answer(50, 4)))) != (10, 40, 10):
        raise Wrong("differs", case="budget 50, k = 4 and no costs given", found=answer(50, 4)[0], wanted=10)


def _judge_count(answer, budget, k, d_cost, g_cost):
    result = answer(budget, k, d_cost, g_cost)
    if result is None:
        raise Wrong("returns_nothing")
    if np.shape(result) != (3,):
        raise Wrong("rounds_alone", found=result if np.shape(result) == () else told(result))
    rounds, d_updates, g_updates = (number(value) for value in result)
    wanted, wanted_d, _ = hack.rounds_within(budget, k, d_cost, g_cost)
    details = {"case": f"Budget {budget}, k = {k}, costs {d_cost} and {g_cost}", "g_cost": g_cost, "wanted": wanted}
    if rounds != int(rounds):
        raise Wrong("not_whole", found=round(rounds, 3), **details)
    if rounds != wanted:
        _name_the_count(rounds, budget, k, d_cost, g_cost, details)
    details |= {"rounds": wanted, "wanted": wanted_d}
    if k > 1 and wanted and (d_updates, g_updates) == (wanted, wanted_d):
        raise Wrong("updates_swapped", **details)
    if d_updates != wanted_d:
        if wanted and d_updates == wanted:
            raise Wrong("d_not_times_k", found=int(d_updates), **details)
        name = "leftover" if wanted_d < d_updates <= wanted_d + k else "wrong_d_updates"
        raise Wrong(name, found=f"{d_updates:.7g}", **details)
    if g_updates != wanted:
        raise Wrong("wrong_g_updates", found=f"{g_updates:.7g}", **details)


def _name_the_count(found, budget, k, d_cost, g_cost, details):
    """Raise Wrong for another number of rounds than wanted."""
    mistakes = (
        ("forgets_g", k * d_cost),
        ("forgets_k", d_cost + g_cost),
        ("ignores_costs", k + 1),
        ("generator_k_times", d_cost + k * g_cost),
        ("k_for_both", k * (d_cost + g_cost)),
    )
    for name, cost in mistakes:
        if cost and found == budget // cost:
            raise Wrong(name, found=int(found), **details)
    if found == details["wanted"] + 1:
        raise Wrong("rounded_up", found=int(found), **details)
    raise Wrong("differs", found=int(found), **details)


# ---- the published bug


def counted_in_the_epoch(update_d, update_g, batches, n_epochs, k):
    d_losses, g_losses = [], []
    for _ in range(n_epochs):
        for i, batch in enumerate(batches):
            d_losses.append(update_d(batch))
            if i % k == 0:
                g_losses.append(update_g())
    return d_losses, g_losses


class Epochs:
    """Notes which batch D was trained on, and when G was. patience: how many updates are allowed."""

    def __init__(self, patience):
        self.patience, self.log, self.seen, self.d_losses, self.g_losses = patience, [], [], [], []

    def _done(self, who, losses):
        if len(self.log) == self.patience:
            raise Wrong("no_end", found=self.patience)
        self.log.append(who)
        losses.append(1 / (1 + len(self.log)) + (who == "G"))
        return losses[-1]

    def update_d(self, batch):
        if np.shape(batch) != (3, 2):
            raise Wrong("not_a_batch", found=told(batch))
        self.seen.append(int(np.asarray(batch)[0, 0]))
        return self._done("D", self.d_losses)

    def update_g(self):
        return self._done("G", self.g_losses)


@exercise(
    hack.train_epochs,
    given=counted_in_the_epoch,
    praise="The count belongs to D's updates and goes on over the end of an epoch: k to one, at any size of the data.",
    misconceptions={
        "starts_anew": (
            "{case}: between G's updates D had {gaps}. At the end of an epoch your count starts anew. What does it "
            "count, and who sets it back?"
        ),
        "too_early": (
            "{case}: G's first update came after {first} of D. 0 % k is 0 too: count D's updates when they are made."
        ),
        "turned_round": (
            "{case}: G had {found} updates; wanted {wanted}. A remainder that is *not* 0 counts as true, so G trains "
            "at all the other steps."
        ),
        "every_step": "{case}: G was trained after every update of D. That is 1 : 1 and leaves k out.",
        "once_an_epoch": "{case}: G had one update an epoch. It is due after every k-th update of D.",
        "same_batch": (
            "{case}: D was trained {found} times on the same batch in a row. Its k updates of a round are to see k "
            "different batches: the loop over the batches is the loop."
        ),
        "generator_k_times": "{case}: G had {found} updates in a row. The k says how often D trains for one of G.",
        "generator_first": "{case}: in step {step} G was trained before D. D's k-th update comes first, then G's.",
        "skips_batches": "{case}: D saw {found} batches; wanted all {wanted}, each once an epoch and in order.",
        "one_at_the_end": "{case}: the last round was not full, and G was trained after it all the same.",
        "no_generator": "{case}: G was never trained; wanted {wanted} updates.",
        "differs": "{case}: G had {found} updates, with {gaps} of D between them; wanted {wanted}, one after each k.",
        "not_a_batch": "You hand `update_d` {found}; wanted one of the batches.",
        "no_end": "After {found} updates your loop was still going on. Is there a loop that never ends?",
        "not_a_list": "You return {found} for {what}; wanted a list with the loss of every update.",
        "losses_swapped": "Your first list holds G's losses. The order is D's, then G's.",
        "lost_losses": "{who} had {made} updates, and your list of losses is {found}; wanted {losses}.",
    },
    hints=(
        "Play it on paper with 6 batches, k = 5 and two epochs. How many updates of D come before each update of G?",
        "`i` starts again at 0 in each epoch, and the first i is 0. Which number counts D's updates from the start?",
        "if len(...) % k == 0: with the list that grows at each update of D",
    ),
)
def check_train_epochs(answer):
    for n_batches, n_epochs, k in (
        (7, 3, 5),
        (6, 2, 5),
        (4, 5, 3),
        (10, 1, 5),
        (2, 6, 4),
        (7, 3, 2),
        (3, 4, 1),
        (5, 0, 2),
    ):
        batches = [np.full((3, 2), i, "float32") for i in range(n_batches)]
        epochs = Epochs(3 * (k + 1) * n_batches * n_epochs + 40)
        result = answer(epochs.update_d, epochs.update_g, batches, n_epochs, k)
        details = {"case": f"{n_batches} batches, {n_epochs} epochs, k = {k}"}
        _judge_epochs(epochs, n_batches, n_epochs, k, details)
        _judge_both_losses(result, epochs)


def _judge_epochs(epochs, n_batches, n_epochs, k, details):
    log, total = "".join(epochs.log), n_batches * n_epochs
    wanted = ("D" * k + "G") * (total // k) + "D" * (total % k)
    if epochs.seen == list(range(n_batches)) * n_epochs and log == wanted:
        return
    turns, n_g = [len(turn) for turn in log.split("G")], log.count("G")
    details |= {"found": n_g, "wanted": total // k, "gaps": ", ".join(map(str, turns[:-1][:8])), "first": turns[0]}
    repeats = max((len(run) for run in _runs(epochs.seen)), default=0)
    if n_batches > 1 and repeats > 1:
        raise Wrong("same_batch", **{**details, "found": repeats})
    if epochs.seen != list(range(n_batches)) * n_epochs:
        raise Wrong("skips_batches", **{**details, "found": len(epochs.seen), "wanted": total})
    if total // k and not n_g:
        raise Wrong("no_generator", **details)
    if "GG" in log:
        in_a_row = max(len(run) for run in log.split("D"))
        raise Wrong("generator_k_times", **{**details, "found": in_a_row})
    if log[0] == "G":
        raise Wrong("generator_first", step=1, **details)
    if k > 1 and n_g == total:
        raise Wrong("every_step", **details)
    marks = {  # after which of D's updates G is trained
        "one_at_the_end": [i for i in range(1, total + 1) if i % k == 0 or i == total],
        "turned_round": [i + 1 for i in range(total) if (i % n_batches) % k],
        "too_early": [i + 1 for i in range(total) if i % k == 0],
        "once_an_epoch": [n_batches * (epoch + 1) for epoch in range(n_epochs)],
    }
    others = [i + 1 for i in range(total) if (i + 1) % k]
    at = list(np.cumsum(turns[:-1]))
    for name, expected in (
        *marks.items(),
        ("turned_round", others),
        ("turned_round", [i + 1 for i in range(total) if i % k]),
    ):
        if at == expected and n_epochs:
            raise Wrong(name, **details)
    in_epochs = [{i % n_batches for i in np.subtract(at, 1) if i // n_batches == epoch} for epoch in range(n_epochs)]
    if n_epochs > 1 and all(steps == in_epochs[0] for steps in in_epochs):
        raise Wrong("starts_anew", **details)
    raise Wrong("differs", **details)


def _runs(values):
    """Cut a list into runs of equal values."""
    edges = np.flatnonzero(np.diff(values)) + 1
    return np.split(np.asarray(values), edges)


def _judge_both_losses(result, epochs):
    both = pair(result, "two lists, D's losses and G's losses")
    found = [_losses(part, what) for part, what in zip(both, ("D's losses", "G's losses"))]
    made = [epochs.d_losses, epochs.g_losses]
    alike = [[len(f) == len(m) and np.allclose(f, m, atol=1e-5) for m in made] for f in found]
    if made[0] != made[1] and alike[0][1] and alike[1][0]:
        raise Wrong("losses_swapped")
    for i, who in enumerate("DG"):
        if not alike[i][i]:
            raise Wrong("lost_losses", who=who, made=len(made[i]), found=_short(found[i]), losses=_short(made[i]))
