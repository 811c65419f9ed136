"""Lab 20, balancing by the losses: what a right answer must show, how people get it wrong, and the hints."""

import re

import numpy as np

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import number, pair, told
from ganhacks.hacks import balance_by_loss as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "balance_by_loss")

PREDICTION = {
    "choices": {
        "a": "it ends at once, for there is nothing left to learn.",
        "b": "it never ends.",
        "c": "it ends as soon as the discriminator has caught up.",
    },
    "answer": "b",
    "why": (
        "Where nothing tells fakes from reals, the best discriminator answers ½, and its loss is 2 ln 2 = 1.386. No "
        "number of updates brings it down to 1.0."
    ),
}


def _short(values):
    """Return numbers for a message: at most six, with two decimals."""
    return [round(float(value), 2) for value in values[:6]]


# ---- the list's schedule


class Player:
    """One update a call. Its losses come from a list, whose last one stays. It notes its calls in a common log."""

    def __init__(self, name, losses, log, patience):
        self.name, self.losses, self.log, self.patience, self.calls = name, losses, log, patience, 0

    def __call__(self):
        if self.calls == self.patience:
            below = self.losses[-1] <= self.losses[0] / 2  # the script reaches its target: somebody isn't looking
            raise Wrong("stale" if below else "no_limit", who=self.name, found=self.calls)
        self.log.append(self.name)
        self.calls += 1
        return self.losses[min(self.calls, len(self.losses)) - 1]

    @property
    def told(self):
        """The losses that it has returned."""
        return [self.losses[min(i, len(self.losses) - 1)] for i in range(self.calls)]


def played(answer, d_losses, g_losses, d_target, g_target, most):
    """Return who was trained, in order, and what was returned for whom: (log, players, result)."""
    log = []
    players = [Player(name, losses, log, most + 60) for name, losses in (("D", d_losses), ("G", g_losses))]
    try:
        return log, players, answer(*players, d_target, g_target, most)
    except AnswerRaised as raised:
        before = [r"UnboundLocalError.*loss"]
        if not log:  # nobody was trained yet, so there is no loss: not a misspelt name, not an index out of place
            before += ["NameError.*loss", "IndexError", "TypeError.*NoneType"]
        if re.match("|".join(before), raised.error):
            raise Wrong("no_first_loss", error=raised.error[:120]) from None
        raise


FALLING_D, FALLING_G = [1.4, 1.1, 0.9, 0.7, 0.5, 0.3], [2.0, 1.5, 1.2, 0.8, 0.6, 0.4]


@exercise(
    hack.balanced_round,
    praise="Each trains on its own loss, stops at its own target, and at the limit if the target is out of reach.",
    misconceptions={
        "no_limit": (
            "{who} had {found} updates in one round and was still going on: its loss never came down to the target. "
            "That happens in real training as well. Stop at `most`."
        ),
        "stale": (
            "{who}'s loss fell below its target, and your loop did not notice ({found} updates). Each call returns a "
            "new loss: which one does your condition look at?"
        ),
        "only_one": (
            "{who}'s losses were {losses}, its target {target}, and you stopped after {found} updates; wanted "
            "{wanted}. An `if` asks once. The list says `while`."
        ),
        "turned_round": (
            "{who}'s loss was {first} at once, below its target of {target}, and you went on to {found} updates. It is "
            "a loss *above* the target that calls for more."
        ),
        "target_ignored": (
            "{who}'s loss was {first} at once, below its target of {target}, and you went on to {found} updates. "
            "Another update needs two things at once: a loss above the target *and* fewer than `most` so far."
        ),
        "swapped_targets": "D stops at G's target and G at D's. A, `d_target`, is for D's loss.",
        "judged_by_the_other": (
            "With the same losses of G and other losses of D you trained G {found} times in place of {other}. Whether "
            "G goes on depends on *G's* own latest loss."
        ),
        "total_limit": (
            "After {d} updates of D only {found} were left for G; wanted {wanted}. `most` holds for each of the two, "
            "not for both together."
        ),
        "no_first_loss": (
            "Your loop asks for a loss before there is one ({error}). The list's two lines leave that open: only an "
            "update returns a loss, so the first one comes before the question."
        ),
        "no_first_update": (
            "{who} had no update at all. Before the first one you don't know its loss: make it, then look."
        ),
        "generator_first": "You start with G. The list trains D first.",
        "takes_turns": (
            "You train in the order {order}: by turns. The list has two loops, one after the other: D until its loss "
            "is low enough, then G."
        ),
        "at_the_target": (
            "{who}'s losses were {losses}: it had *reached* its target of {target} and you went on. While above it, so "
            "`>` and not `>=`."
        ),
        "one_too_many": "With most = {most}, {who} had {found} updates. The first one counts too.",
        "one_too_few": "With most = {most} and a target out of reach, {who} had {found} updates; wanted {most}.",
        "ignores_most": "With most = {most}, {who} had {found} updates. Use the argument.",
        "counts": "You return {found}. Wanted are two lists of losses, D's and G's, one loss for each update.",
        "losses_swapped": "Your first list holds G's losses. The order is D's, then G's.",
        "lost_losses": (
            "{who} had {calls} updates with the losses {losses}; you return {found}. Keep every one of them in its "
            "place, the first and the last too."
        ),
        "differs": "With losses of {who} of {losses}, a target of {target} and most = {most} you made {found} updates; "
        "wanted {wanted}.",
    },
    hints=(
        "After an update you hold its loss. Which two things have to be true for another update of the same player?",
        "Put the first loss into a list, and go on while the list's last loss is above the target and the list is "
        "shorter than `most`. Then the same for G.",
        "while losses[-1] > ... and len(losses) < ...: losses.append(...)",
    ),
)
def check_balanced_round(answer):
    cases = [
        ([0.5], [0.4], 1.0, 0.8, 15),  # both at once below
        (FALLING_D, FALLING_G, 0.95, 0.7, 20),  # 3 and 5
        ([1.386], FALLING_G, 0.8, 1.3, 8),  # D's target is out of reach
        (FALLING_D, [0.9, 1.1, 0.72, 0.69], 1.2, 0.5, 6),  # G's is, and it goes up once
        ([1.4, 1.0, 0.4], [1.5, 0.75, 0.2], 1.0, 0.75, 12),  # exactly at it
        ([1.4, 0.9, 1.5, 0.2], [2.0, 0.6, 2.1, 0.3], 1.0, 0.7, 9),  # up again after it
        ([1.3], [0.9], 1.0, 0.5, 1),  # one each
    ]
    for case in cases:
        _judge_round(answer, *case)


def _judge_round(answer, d_losses, g_losses, d_target, g_target, most):
    log, players, result = played(answer, d_losses, g_losses, d_target, g_target, most)
    _, wanted, _ = played(hack.balanced_round, d_losses, g_losses, d_target, g_target, most)
    found, right = [player.calls for player in players], [player.calls for player in wanted]
    for player in players:
        if not player.calls:
            raise Wrong("no_first_update", who=player.name)
    if log[0] == "G":
        raise Wrong("generator_first")
    if "GD" in "".join(log):
        raise Wrong("takes_turns", order=" ".join(log[:6]))
    if found != right:
        _name_the_counts(answer, found, right, (d_losses, g_losses, d_target, g_target, most))
    _judge_losses(result, players)


def _name_the_counts(answer, found, right, case):
    """Raise Wrong for a round in which somebody had another number of updates than wanted."""
    d_losses, g_losses, d_target, g_target, most = case
    _, swapped, _ = played(hack.balanced_round, d_losses, g_losses, g_target, d_target, most)
    if found == [player.calls for player in swapped]:
        raise Wrong("swapped_targets")
    if found[0] == right[0]:
        if found[1] == max(most - found[0], 1) < right[1] and most > 1:
            raise Wrong("total_limit", d=found[0], found=found[1], wanted=right[1])
        others = [played(answer, losses, g_losses, d_target, g_target, most)[1][1].calls for losses in ([0.1], [9.0])]
        if others[0] != others[1] and max(others) <= most:
            raise Wrong("judged_by_the_other", found=others[1], other=others[0])
    i = 0 if found[0] != right[0] else 1
    who, losses, target = "DG"[i], case[i], case[2 + i]
    details = {"who": who, "losses": losses, "target": target, "most": most, "found": found[i], "wanted": right[i]}
    last = losses[min(right[i], len(losses)) - 1]
    reached = last <= target
    if reached and losses[0] <= target and found[i] > 1:
        turned_round = _stops_above_the_target(answer, i)
        raise Wrong("turned_round" if turned_round else "target_ignored", first=losses[0], **details)
    if reached and last == target and found[i] > right[i]:
        raise Wrong("at_the_target", **details)
    if reached and found[i] >= most:
        raise Wrong("stale", **details)
    if found[i] <= 2 < right[i]:
        raise Wrong("only_one", **details)
    if not reached and found[i] == most + 1:
        raise Wrong("one_too_many", **details)
    if not reached and found[i] == most - 1:
        raise Wrong("one_too_few", **details)
    if not reached and found[i] > most:
        raise Wrong("ignores_most", **details)
    raise Wrong("differs", **details)


def _stops_above_the_target(answer, i):
    """Tell whether player i, D or G, gets one update where both losses stay far above their targets."""
    try:
        _, players, _ = played(answer, [9.0], [9.0], 1.0, 1.0, 5)
    except Wrong:  # it goes on without end
        return False
    return players[i].calls == 1


def _judge_losses(result, players):
    both = pair(result, "two lists, D's losses and G's losses")
    if any(np.ndim(part) != 1 for part in both):
        raise Wrong("counts", found=" and ".join(told(part) for part in both))
    returned = [[number(loss) for loss in part] for part in both]
    made = [player.told for player in players]
    if returned == made[::-1] and returned != made:
        raise Wrong("losses_swapped")
    for player, found, losses in zip(players, returned, made):
        if len(found) != len(losses) or not np.allclose(found, losses):
            raise Wrong("lost_losses", who=player.name, calls=player.calls, losses=losses, found=found)


# ---- what a loss can reach


@exercise(
    hack.lowest_d_loss,
    praise="From 0, where no fake looks like a real, up to 2 ln 2 = 1.386, where nothing tells them apart.",
    misconceptions={
        "zeros": (
            "A point that is only among the reals, or only among the fakes, gives you NaN: 0 · log 0. In the sum it "
            "counts for nothing, since it never comes up there. Leave it out before the logarithm."
        ),
        "not_summed": "You return {found}. One number is wanted: sum over the points.",
        "averaged": "You return {found:.3f}; wanted {wanted:.3f}. `p` holds the weights of the mean already: sum.",
        "halved": "You return {found:.3f}, half of {wanted:.3f}. The course's D loss is the *sum* of its two means.",
        "other_logarithm": "You return {found:.3f}; wanted {wanted:.3f}. Take the natural logarithm, `np.log`.",
        "negative": "Your loss is negative, {found:.3f}. Log of a probability is below 0: the loss has a minus sign.",
        "one_side": "You return {found:.3f}, which is the {side} part alone. The loss has a part for each kind.",
        "blind": (
            "You return 2 ln 2 = 1.386 for any two densities: that is the loss of a D which always answers ½. The best "
            "D answers p_data / (p_data + p_g), point by point."
        ),
        "divergence": (
            "You return {found:.3f}, the Jensen-Shannon divergence. The loss is 2 ln 2 less twice that: {wanted:.3f}."
        ),
        "flipped": "Your labels are flipped: reals count with log(1 - D), fakes with log D. That D is the worst one.",
        "unweighted": (
            "You add up logarithms without weights. A point counts as often as it comes up: p_data for the reals' "
            "part, p_g for the fakes'."
        ),
        "density_as_answer": (
            "You take the logarithm of a density. D's answer is a share: p_data over the sum of both, at that point."
        ),
        "differs": "For p_data = {p} and p_g = {q} you return {found:.3f}; wanted {wanted:.3f}.",
    },
    hints=(
        "At one point, what does the best discriminator answer? And how often do reals, and fakes, come up there?",
        "The best answer is D = p_data / (p_data + p_g). Weigh -log D by p_data and -log(1 - D) by p_g, add up, and "
        "let points of weight 0 out.",
        "With `there` the places where p is above 0: np.sum(p[there] * np.log(...)), once for each; minus both",
    ),
)
def check_lowest_d_loss(answer):
    inner = [np.random.default_rng(seed).dirichlet(np.ones(n), 2) for seed, n in ((0, 4), (1, 7), (2, 30))]
    for p, q in inner:
        _judge_lowest(answer, p, q)
    holes = [([0.5, 0.5, 0, 0], [0, 0.25, 0.75, 0.0001]), ([1, 0], [0, 1]), ([0.2, 0.8, 0], [0.2, 0.7, 0.1])]
    for p, q in [*holes, ([0.3, 0.7], [0.3, 0.7])]:
        p, q = (np.array(some, float) / np.sum(some) for some in (p, q))
        _judge_lowest(answer, p, q)


def _judge_lowest(answer, p, q):
    with np.errstate(all="ignore"):
        found = answer(p, q)
    if np.ndim(found) == 1 and len(found) == len(p):
        raise Wrong("not_summed", found=told(found))
    holed = (p == 0).any() or (q == 0).any()
    if found is not None and holed and np.ndim(found) == 0 and not np.isfinite(found):
        raise Wrong("zeros")
    found, wanted = number(found), hack.lowest_d_loss(p, q)
    if np.isclose(found, wanted, rtol=1e-4, atol=1e-4):
        return
    if holed:  # told apart before, where there are no holes
        raise Wrong("differs", p=_short(p), q=_short(q), found=found, wanted=wanted)
    share, n = p / (p + q), len(p)
    reals, fakes = -np.sum(p * np.log(share)), -np.sum(q * np.log(1 - share))
    mistakes = (
        ("halved", wanted / 2),
        ("averaged", wanted / n),
        ("averaged", wanted / n / 2),
        ("other_logarithm", wanted / np.log(2)),
        ("other_logarithm", wanted / np.log(10)),
        ("negative", -wanted),
        ("negative", -wanted / 2),
        ("blind", 2 * np.log(2)),
        ("divergence", np.log(2) - wanted / 2),
        ("flipped", -np.sum(p * np.log(1 - share) + q * np.log(share))),
        ("unweighted", -np.sum(np.log(share) + np.log(1 - share))),
        ("unweighted", -np.mean(np.log(share) + np.log(1 - share))),
        ("density_as_answer", -np.sum(p * np.log(p) + q * np.log(q))),
        ("density_as_answer", -np.sum(p * np.log(p) + q * np.log(1 - q))),
    )
    for side, value in (("reals'", reals), ("fakes'", fakes)):
        if np.isclose(found, value, rtol=1e-4):
            raise Wrong("one_side", found=found, side=side)
    for misconception, value in mistakes:
        if np.isclose(found, value, rtol=1e-3):
            raise Wrong(misconception, found=found, wanted=wanted)
    raise Wrong("differs", p=_short(p), q=_short(q), found=found, wanted=wanted)


# ---- the published bug


def latched_training(update_d, update_g, measure_d, d_target, steps):
    d_loss, losses = measure_d(), []
    for _ in range(steps):
        losses.append(d_loss)
        if d_loss > d_target:
            d_loss = update_d()
        update_g()
    return losses


class Match:
    """A match of two that goes up and down: D's updates lower its loss, G's raise it. Notes what was done."""

    def __init__(self, loss, patience):
        self.loss, self.patience, self.log, self.at = loss, patience, [], []

    def _done(self, what):
        if len(self.log) == self.patience:
            raise Wrong("too_many_calls", found=self.patience)
        self.log.append(what)
        self.at.append(self.loss)
        return self.loss

    def update_d(self):
        before = self._done("D")
        self.loss = 0.75 * self.loss
        return before

    def update_g(self):
        self._done("G")
        self.loss = self.loss + 0.11 * (1.9 - self.loss)
        return 2.0 - self.loss

    def measure_d(self):
        return self._done("?")


@exercise(
    hack.gated_training,
    given=latched_training,
    praise="The gate looks at the loss of now, so it opens again when G has caught up.",
    misconceptions={
        "latched": (
            "In {steps} steps D was trained {found} times, the last time at step {last}; then never again, though its "
            "loss rose to {loss:.2f}, above {target}. Who refreshes the number that your `if` looks at?"
        ),
        "measured_too_early": (
            "At step {step} D's loss was {loss:.2f} when the step began, and your gate went by another number: one "
            "from before G's last update. Measure when a step begins."
        ),
        "forced": (
            "At step {step} you trained D at a loss of {loss:.2f}, below {target}. Is the number that your gate reads "
            "an old one? Or is an update forced now and then? That only hides an old number."
        ),
        "at_the_target": (
            "At step {step} D's loss had *reached* its target of {target}, and you trained D. *Above* it means "
            "`>`, not `>=`."
        ),
        "turned_round": "You train D where its loss is *below* the target, and let it be where it is above.",
        "ungated": (
            "D is trained at every step. `update_d` does not only tell the loss, it trains; `measure_d` tells it and "
            "trains nobody."
        ),
        "never": "D was never trained, though its loss was {loss:.2f} and the target {target}.",
        "generator_waits": "G had {found} updates in {steps} steps: it waits whenever D trains. Give it one each step.",
        "several_at_once": (
            "At step {step} D had {found} updates. Here it gets one a step at most: `if`, not `while`; that way the "
            "two go on by turns."
        ),
        "generator_first": "At step {step} G was trained before D. D's turn, if it has one, comes first.",
        "wrong_number_of_steps": "G had {found} updates in {steps} steps; wanted one at each.",
        "too_many_calls": "There were {found} calls and no end: is there a `while` whose condition never changes?",
        "wrong_losses": (
            "D is trained when it should be, but your list reads {found} where D's loss at the start of the steps was "
            "{wanted}."
        ),
        "wrong_length": "Your list holds {found} losses after {steps} steps; wanted one for each step.",
        "not_a_list": "You return {found}; wanted a list with D's loss at the start of each step.",
    },
    hints=(
        "Follow `d_loss` through ten steps, on paper. Where does it get a new value, and what happens after it has "
        "come below the target?",
        "G's update changes D's loss as well. So measure at the start of *every* step, not once before the loop.",
        "In the loop: first losses.append(measure_d()), then the if, which looks at losses[...]",
    ),
)
def check_gated_training(answer):
    probe = Match(0.5, 100)  # below its target, so D should have no update
    answer(probe.update_d, probe.update_g, probe.measure_d, 1.4, 3)
    for start, target, steps in (
        (1.6, 1.0, 30),
        (0.4, 1.1, 25),
        (1.2, 0.6, 12),
        (1.5, 1.3, 40),
        (1.0, 0.9, 0),
        (1.0, 1.0, 9),
    ):
        match, model = Match(start, 40 * steps + 100), Match(start, 1000)
        result = answer(match.update_d, match.update_g, match.measure_d, target, steps)
        losses = hack.gated_training(model.update_d, model.update_g, model.measure_d, target, steps)
        _judge_match(match, target, steps, trains_below="D" in probe.log)
        if result is None:
            raise Wrong("returns_nothing")
        if np.ndim(result) != 1:
            raise Wrong("not_a_list", found=told(result))
        found = [number(loss) for loss in result]
        if len(found) != steps:
            raise Wrong("wrong_length", found=len(found), steps=steps)
        if not np.allclose(found, losses, atol=1e-4):
            shown = slice(0, 4)
            raise Wrong("wrong_losses", found=_short(found[shown]), wanted=_short(losses[shown]))


def _judge_match(match, target, steps, trains_below):
    """Go through what was done, step by step; a step ends with G's update."""
    done = [(what, loss) for what, loss in zip(match.log, match.at) if what != "?"]
    log = "".join(what for what, _ in done)
    trained = [loss for what, loss in done if what == "D"]
    above = [loss > target for loss in trained]
    n_g = log.count("G")
    if n_g < steps and trained and n_g + log.count("D") == steps:
        raise Wrong("generator_waits", found=n_g, steps=steps)
    if steps > 3 and trains_below and not any(above):
        raise Wrong("turned_round")
    if n_g != steps:
        raise Wrong("wrong_number_of_steps", found=n_g, steps=steps)
    if log == "DG" * steps and not all(above):
        raise Wrong("ungated")
    if log == "GD" * steps and steps:
        raise Wrong("generator_first", step=0)
    if not log.endswith("G") and steps:
        raise Wrong("generator_first", step=steps - 1)
    rounds, last = log.split("G")[:-1], log.rfind("D")
    losses = _losses_at_the_start(done)
    due = [i for i, loss in enumerate(losses) if loss > target]
    missed = [i for i in due if not rounds[i]]
    if missed and not trained and not any(rounds):
        if losses[0] <= target:  # waits for a number that nobody refreshes
            raise Wrong("latched", steps=steps, found=0, last="none", loss=max(losses), target=target)
        raise Wrong("never", loss=losses[0], target=target)
    for step, turn in enumerate(rounds):
        if len(turn) > 1:
            raise Wrong("several_at_once", step=step, found=len(turn))
    ended = log[:last].count("G")
    if missed and min(missed) > ended:
        highest = max(losses[ended:])
        raise Wrong("latched", steps=steps, found=len(trained), last=ended, loss=highest, target=target)
    wrong = [i for i, turn in enumerate(rounds) if bool(turn) != (losses[i] > target)]
    if wrong and losses[wrong[0]] == target:
        raise Wrong("at_the_target", step=wrong[0], target=target)
    if wrong and not missed:
        raise Wrong("forced", step=wrong[0], loss=losses[wrong[0]], target=target)
    if wrong:
        raise Wrong("measured_too_early", step=wrong[0], loss=losses[wrong[0]])


def _losses_at_the_start(done):
    """Return D's loss at the start of each step, from (who, loss before) of all updates."""
    starts, fresh = [], True
    for what, loss in done:
        if fresh:
            starts.append(loss)
        fresh = what == "G"
    return starts


# ---- a controller


@exercise(
    hack.adapt_strength,
    praise="A measure with a target, a small step in the right direction, and two ends: a controller.",
    misconceptions={
        "turned_round": (
            "With mean sign {r:.2f} and target {target} you go from {strength} to {found:.3f}, the wrong way. A D that "
            "is surer than it should be needs *more* augmentation."
        ),
        "proportional": (
            "With mean sign {r:.2f} and target {target} your step is {found:.4f}; wanted {wanted:.4f}. ADA's step has "
            "one size: take the sign of the difference, not the difference."
        ),
        "share_of_positives": (
            "You compare the *share* of positive logits with the target. ADA's measure is the mean of their signs: "
            "80 % positive and 20 % negative give 0.6, not 0.8."
        ),
        "mean_of_logits": (
            "You compare the mean *logit* with the target. Its size grows without end; ADA takes the sign of each "
            "logit, then the mean."
        ),
        "sign_of_mean": "You take the sign of the mean. ADA takes the mean of the signs: every sample has one vote.",
        "probabilities": (
            "Your measure can't fall below 0: are the logits made probabilities first? A logit says fake below 0, a "
            "probability below ½."
        ),
        "below_zero": "From {strength} you go down to {found:.3f}. A strength can't be negative: stop at 0.",
        "above_one": "From {strength} you go up to {found:.3f}. Stop at 1.",
        "ignores_target": "With target = {target} you still go by another one: mean sign {r:.2f}. Use the argument.",
        "ignores_speed": "With speed = {speed} your step is {found:.4f}. Use the argument.",
        "starts_over": "You return the step without the strength that it starts from: {found:.3f}, from {strength}.",
        "not_a_number": "You return {found}. One strength for the whole batch is wanted: a number.",
        "differs": "Strength {strength}, mean sign {r:.2f}, target {target}, speed {speed}: you return {found:.4f}; "
        "wanted {wanted:.4f}.",
    },
    hints=(
        "If D is sure of more reals than it should be, does the augmentation have to become stronger or weaker?",
        "The mean of np.sign(real_logits) lies in [-1, 1]. Compare it with the target, move by `speed`, and keep the "
        "result in [0, 1] with np.clip.",
        "np.clip(strength + speed * np.sign(... - ...), 0, 1), as a float",
    ),
)
def check_adapt_strength(answer):
    cases = [  # strength, (positive, negative) logits, target and speed if given
        (0.3, (52, 12), ()),  # mean sign 0.62
        (0.3, (51, 13), ()),  # 0.59
        (0.4, (10, 54), (0.2,)),
        (0.4, (45, 19), (0.3, 0.02)),
        (0.7, (45, 19), (0.5, 0.03)),
        (0.5, (28, 36), (-0.3, 0.05)),
        (0.004, (32, 32), (0.6, 0.02)),
        (0.995, (64, 0), (0.6, 0.02)),
        (0.0, (20, 44), (0.1,)),
        (1.0, (62, 2), ()),
    ]
    for seed, (strength, (many, few), more) in enumerate(cases):
        rng = np.random.default_rng(seed)
        # Few large logits against many small ones: a mean of logits would say the opposite of a mean of signs.
        large = (0.3, 30.0) if many > few else (30.0, 0.3)
        sides = rng.uniform(0.5, 1, many) * large[0], -rng.uniform(0.5, 1, few) * large[1]
        logits = rng.permutation(np.concatenate(sides)).astype("float32")[:, None]
        _judge_step(answer, strength, logits, more)


def _judge_step(answer, strength, logits, more):
    target, speed = (*more, *(0.6, 0.01)[len(more) :])
    found = answer(strength, logits, *more)
    if np.size(found) > 1:
        raise Wrong("not_a_number", found=told(found))
    found = number(found)
    wanted = hack.adapt_strength(strength, logits, target, speed)
    if np.isclose(found, wanted, atol=1e-5):
        return
    r = float(np.sign(logits).mean())
    details = {"strength": strength, "r": r, "target": target, "speed": speed, "found": found, "wanted": wanted}

    def moved(measure, target=target, speed=speed):
        return np.clip(strength + speed * np.sign(measure - target), 0, 1)

    free = strength + speed * np.sign(r - target)
    if found < 0:
        raise Wrong("below_zero", **details)
    if found > 1:
        raise Wrong("above_one", **details)
    if np.isclose(abs(found), speed) and not np.isclose(strength, speed) and 0 < free < 1:
        raise Wrong("starts_over", **details)
    for step in (speed * (r - target), speed * (target - r)):
        if np.isclose(found, np.clip(strength + step, 0, 1), atol=1e-6):
            raise Wrong("proportional", **{**details, "found": found - strength, "wanted": wanted - strength})
    if speed != 0.01 and np.isclose(abs(found - strength), 0.01):
        raise Wrong("ignores_speed", **{**details, "found": abs(found - strength)})
    if np.isclose(abs(found - strength), speed, atol=1e-5):
        _name_the_measure(answer, details)
    raise Wrong("differs", **details)


def _name_the_measure(answer, details):
    """Raise Wrong if the directions of an answer's steps are those that another measure would give."""
    rng, directions, others = np.random.default_rng(0), [], []
    for _ in range(30):
        many, target, sizes = rng.integers(4, 60), rng.choice([-0.7, -0.3, 0.1, 0.35, 0.8]), rng.uniform(0.2, 4, 2)
        logits = np.concatenate([np.full(many, sizes[0]), np.full(64 - many, -sizes[1])])[:, None]
        directions.append(np.sign(number(answer(0.5, logits, float(target), 0.1)) - 0.5))
        r, mean, share = np.sign(logits).mean(), logits.mean(), (logits > 0).mean()
        likely = (1 / (1 + np.exp(-logits))).mean()
        signs = np.sign([r - target, r - 0.6, share - target, mean - target, np.sign(mean) - target])
        others.append([-signs[0], *signs[1:], *np.sign([1 - target, likely - target])])
    names = ("turned_round", "ignores_target", "share_of_positives", "mean_of_logits", "sign_of_mean")
    for name, signs in zip((*names, "probabilities", "probabilities"), np.transpose(others)):
        if np.array_equal(signs, directions):
            raise Wrong(name, **details)
