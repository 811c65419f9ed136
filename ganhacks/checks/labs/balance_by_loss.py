"""Lab 20, balancing by the losses: what a right answer must show, how people get it wrong, and the hints."""

import operator
import re
from types import SimpleNamespace

import numpy as np

from ganhacks.checks.judges import stubs
from ganhacks.checks.engine.parameters import SEED, Parameter
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import fitting, judge
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.hacks import balance_by_loss as hack

PARAMETERS = {
    "updates": Parameter("of both networks together", 50, 1_000_000),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "balance_by_loss")

PREDICTION = {
    "choices": {
        "a": "it ends at once, for there is nothing left to learn.",
        "b": "it never ends.",
        "c": "it ends as soon as the discriminator has caught up.",
    },
    "answer": "b",
    "remarks": {
        "a": (
            "That would be so if the best possible loss were 0. It can be as low as it gets, and still lie above "
            "the target."
        ),
        "c": (
            "That would be so if the loss said who is ahead. D is as good as it can be here, and its loss is still "
            "above 1.0."
        ),
    },
    "why": (
        "Where nothing tells fakes from reals, the best discriminator answers ½, and its loss is 2 ln 2 = 1.386. No "
        "number of updates brings it down to 1.0."
    ),
}


# ---- the talk's schedule


def play_round(function, call):
    """Play one round with losses from two lists, whose last one stays."""
    d_losses, g_losses, *others, most = call
    stage = stubs.Stage(2 * most + 60)

    def loss_of(who, losses):
        stage.log.append(who)
        return losses[min(stage.log.count(who), len(losses)) - 1]

    def update_d():
        return loss_of("D", d_losses)

    def update_g():
        return loss_of("G", g_losses)

    try:
        return stage.play(function, stage.stub(update_d), stage.stub(update_g), *others, most)
    except AnswerRaised as raised:
        before = [r"UnboundLocalError.*loss"]
        if not stage.log:  # nobody was trained yet, so there is no loss: not a misspelt name, not an index out of place
            before += ["NameError.*loss", "IndexError", "TypeError.*NoneType"]
        if re.match("|".join(before), raised.error):
            raise Wrong("no_first_loss", error=raised.error[:120]) from None
        raise


def above(losses, target, most):
    return losses[-1] > target and len(losses) < most


def trained(update, target, most, goes_on=above):
    """Train one player while goes_on(losses, target, most), after a first update. Returns its losses."""
    losses = [update()]
    while goes_on(losses, target, most):
        losses.append(update())
    return losses


def round_of(goes_on, who):
    """Return a round in which D or G or both, "DG", go on by another rule."""

    def slip(update_d, update_g, d_target, g_target, most):
        rule_d, rule_g = (goes_on if name in who else above for name in "DG")
        return trained(update_d, d_target, most, rule_d), trained(update_g, g_target, most, rule_g)

    return slip


def after_d(goes_on):
    """Return a round in which G trains while goes_on(d_losses, g_losses, d_target, g_target, most)."""

    def slip(update_d, update_g, d_target, g_target, most):
        d_losses = trained(update_d, d_target, most)
        rule_g = lambda g_losses, *_: goes_on(d_losses, g_losses, d_target, g_target, most)  # noqa: E731
        return d_losses, trained(update_g, g_target, most, rule_g)

    return slip


def from_infinity(update_d, update_g, d_target, g_target, most):
    players = (update_d, d_target), (update_g, g_target)
    return tuple(trained(update, target, most) if target < np.inf else [] for update, target in players)


#: When people let a player go on.
RULES = [
    ("only_one", lambda losses, target, most: False),
    ("only_one", lambda losses, target, most: losses[-1] > target and len(losses) < min(2, most)),
    ("only_one", lambda losses, target, most: losses[-1] > target and len(losses) < 2),
    ("no_limit", lambda losses, target, most: losses[-1] > target),
    ("stale", lambda losses, target, most: losses[0] > target and len(losses) < most),
    ("stale", lambda losses, target, most: losses[0] > target),
    ("turned_round", lambda losses, target, most: losses[-1] < target and len(losses) < most),
    ("target_ignored", lambda losses, target, most: len(losses) < most),
    ("target_ignored", lambda losses, target, most: losses[-1] > target or len(losses) < most),
    ("at_the_target", lambda losses, target, most: losses[-1] >= target and len(losses) < most),
    ("at_the_target", lambda losses, target, most: losses[-1] >= target),
    ("one_too_many", lambda losses, target, most: losses[-1] > target and len(losses) <= most),
    ("one_too_few", lambda losses, target, most: losses[-1] > target and len(losses) < most - 1),
    ("mean_loss", lambda losses, target, most: np.mean(losses) > target and len(losses) < most),
    ("while_it_falls", lambda losses, *rest: above(losses, *rest) and losses[-1] <= min(losses)),
    *(("ignores_most", lambda losses, target, most, n=n: above(losses, target, n)) for n in (5, 10, 20)),
]


@exercise(
    hack.balanced_round,
    praise="Each trains on its own loss, stops at its own target, and at the limit if the target is out of reach.",
    slips=[
        *((name, round_of(rule, who)) for name, rule in RULES for who in ("DG", "D", "G")),
        ("from_infinity", from_infinity),
        ("judged_by_the_other", after_d(lambda d, g, d_target, g_target, most: d[-1] > d_target and len(g) < most)),
        ("judged_by_the_other", after_d(lambda d, g, d_target, g_target, most: d[-1] < d_target and len(g) < most)),
        ("judged_by_the_other", after_d(lambda d, g, d_target, g_target, most: d[-1] > g_target and len(g) < most)),
        ("judged_by_the_other", after_d(lambda d, g, d_target, g_target, most: g[-1] > d_target and len(g) < most)),
        ("total_limit", after_d(lambda d, g, d_target, g_target, most: g[-1] > g_target and len(d) + len(g) < most)),
        ("swapped_results", lambda *args: hack.balanced_round(*args)[::-1]),
        ("without_the_first", lambda *args: tuple(losses[1:] for losses in hack.balanced_round(*args))),
        ("without_the_last", lambda *args: tuple(losses[:-1] for losses in hack.balanced_round(*args))),
        ("counts", lambda *args: tuple(map(len, hack.balanced_round(*args)))),
        ("last_losses", lambda *args: tuple(losses[-1] for losses in hack.balanced_round(*args))),
    ],
    misconceptions={
        **stubs.MISCONCEPTIONS,
        "no_limit": "Where a loss stays above its target you go on without end, as it may in training. Stop at `most`.",
        "stale": "A loss fell below its target and you went on. Each call returns a new loss: do you look at that?",
        "only_one": "One update, or one more, and you stop above the target. An `if` asks once. The talk says `while`.",
        "turned_round": "You go on while the loss is *below* the target. It is a loss above it that calls for more.",
        "target_ignored": "You go on below the target. To go on, a loss must be above it *and* `most` not reached.",
        "judged_by_the_other": "D's loss or target decides whether G goes on. G's own latest loss and target should.",
        "total_limit": "Your limit counts the updates of both together. `most` holds for each of the two.",
        "no_first_loss": (
            "Your code uses a loss, or a list of losses, before there is one ({error}). Make the list first. And only an "
            "update returns a loss, so the first update comes before any question about it."
        ),
        "no_first_update": "Somebody has no update at all. Before the first one there is no loss: update, then look.",
        "from_infinity": (
            "You put infinity in place of the loss that isn't known yet. A target may be infinite as well, and "
            "infinity is not above it. The first update is made whatever the target is."
        ),
        "generator_first": "You start with G. The talk trains D first.",
        "takes_turns": (
            "G has an update before D is done. The talk has two loops: D until its loss is low enough, and then G, from "
            "its first update on."
        ),
        "at_the_target": "A loss *was* its target, and you went on. Go on at `loss > target` and stop at `<=`.",
        "one_too_many": "You make one update more than `most`. The first one counts too.",
        "one_too_few": "With the target out of reach you stop one update before `most`.",
        "mean_loss": "You compare the *mean* of the losses with the target. The talk looks at the latest one.",
        "while_it_falls": "You stop when a loss is higher than the one before. It stops at the target, or at `most`.",
        "ignores_most": "Your limit is a number of your own. It is the argument `most`, for each of the two.",
        "without_the_first": "The first loss is missing in your lists. Keep the loss of every update.",
        "without_the_last": "The last loss is missing in your lists. Keep the loss of every update.",
        "counts": "You return how many updates there were. Wanted are two lists with their losses, D's and G's.",
        "last_losses": "You return the last losses alone. Wanted are two lists with all of them, D's and G's.",
    },
    hints=(
        "After an update you hold its loss. Which two things have to be true for another update of the same player?",
        "Put the first loss into a list, and go on while the list's last loss is above the target and the list is "
        "shorter than `most`. Then the same for G.",
        "while losses[-1] > ... and len(losses) < ...: losses.append(...)",
    ),
)
def check_balanced_round(answer):
    falling_d, falling_g = [1.4, 1.1, 0.9, 0.7, 0.5, 0.3], [2.0, 1.5, 1.2, 0.8, 0.6, 0.4]
    calls = [
        ([0.5], [0.4], 1.0, 0.8, 15),  # both at once below
        ([1.3], [0.9], 1.0, 0.5, 1),  # one each
        ([1.5, 1.2, 0.9, 0.6], [2.0, 1.1, 0.7], 1.0, 1.2, 8),
        ([1.4, 1.0, 0.4], [1.5, 0.75, 0.2], 1.0, 0.75, 12),  # exactly at it
        (falling_d, falling_g, 0.95, 0.7, 20),  # 3 and 5
        ([1.4, 0.9, 1.5, 0.2], [2.0, 0.6, 2.1, 0.3], 1.0, 0.7, 9),  # up again after it
        ([1.2, 1.3, 0.8], [0.9, 1.1, 0.72, 0.69, 0.4], 1.0, 0.5, 6),  # up before it
        ([1.0, 0.0, 0.0, -0.5], [-0.2, -0.8, -0.8, -1.0], -0.1, -0.9, 7),  # not all losses are above 0
        ([1.386], falling_g, 0.8, 1.3, 8),  # D's target is out of reach
        (falling_d, [1.2, 1.1], 1.2, 0.5, 6),  # G's is
        ([1.386], [0.69], 0.0, 0.0, 1),  # the lab's 1 : 1
        ([1.4, 1.3, 1.35], [0.7], -np.inf, np.inf, 3),  # the lab's 3 : 1
        ([1.4], [0.7], np.inf, -np.inf, 2),
        ([1.38, 1.33, 1.29], [0.81, 0.72], 1.3, 0.8, 10),
    ]

    def case(call):
        d_losses, g_losses, d_target, g_target, most = call
        return f"losses of D {d_losses} and of G {g_losses}, targets {d_target} and {g_target}, and most = {most}"

    stubs.judge_played(answer, calls, play_round, case, ("D's losses", "G's losses"), order=_judge_order)


def _judge_order(found, wanted):
    """Raise Wrong for what is seen in the order of updates."""
    order = "".join(found.log)
    if not found.ended:
        raise Wrong("no_limit")
    if set(order) != {"D", "G"}:
        raise Wrong("no_first_update")
    if order[0] == "G":
        raise Wrong("generator_first")
    if "GD" in order:
        raise Wrong("takes_turns")


# ---- what a loss can reach

LN2 = np.log(2)


def of_best(formula):
    """Return a loss by a formula of the densities p and q, the best D and its logarithms, the right loss, and JS."""

    def slip(p, q):
        of = SimpleNamespace(p=p, q=q, d=np.clip(p / (p + q), 1e-15, 1 - 1e-15), loss=hack.lowest_d_loss(p, q))
        of.log_d, of.log_not_d, of.js = np.log(of.d), np.log(1 - of.d), LN2 - of.loss / 2
        return formula(of)

    return slip


def kl(p, q):
    return np.sum(p * np.log(p / q))


LOSSES = [
    ("zeros", lambda of: -kl(of.p, of.p + of.q) - kl(of.q, of.p + of.q)),
    ("not_summed", lambda of: -of.p * of.log_d - of.q * of.log_not_d),
    ("not_summed", lambda of: -of.log_d - of.log_not_d),
    ("halved", lambda of: of.loss / 2),
    ("averaged", lambda of: of.loss / len(of.p)),
    ("averaged", lambda of: of.loss / len(of.p) / 2),
    ("other_logarithm", lambda of: of.loss / LN2),
    ("other_logarithm", lambda of: of.loss / np.log(10)),
    ("other_logarithm", lambda of: 2 * LN2 - 2 * of.js / LN2),
    ("negative", lambda of: -of.loss),
    ("negative", lambda of: -of.loss / 2),
    ("reals_alone", lambda of: -np.sum(of.p * of.log_d)),
    ("fakes_alone", lambda of: -np.sum(of.q * of.log_not_d)),
    ("blind", lambda of: 2 * LN2),
    ("blind", lambda of: LN2),
    ("divergence", lambda of: of.js),
    ("divergence", lambda of: 2 * of.js),
    ("divergence_once", lambda of: 2 * LN2 - of.js),
    ("divergence_doubled", lambda of: 2 * LN2 - 4 * of.js),
    ("divergence_added", lambda of: 2 * LN2 + 2 * of.js),
    ("root_of_divergence", lambda of: 2 * LN2 - 2 * np.sqrt(of.js)),
    ("root_of_divergence", lambda of: 2 * LN2 - 2 * np.sqrt(of.js / LN2)),
    ("kullback_leibler", lambda of: 2 * LN2 - kl(of.p, of.q)),
    ("kullback_leibler", lambda of: 2 * LN2 - 2 * kl(of.p, of.q)),
    ("kullback_leibler", lambda of: 2 * LN2 - kl(of.p, of.q) - kl(of.q, of.p)),
    ("flipped", lambda of: -np.sum(of.p * of.log_not_d + of.q * of.log_d)),
    ("same_label", lambda of: -np.sum((of.p + of.q) * of.log_d)),
    ("answers_as_weights", lambda of: -np.sum(of.d * of.log_d + (1 - of.d) * of.log_not_d)),
    ("log_of_the_mean", lambda of: -np.log(np.sum(of.p * of.d)) - np.log(np.sum(of.q * (1 - of.d)))),
    ("averaged_logarithms", lambda of: -np.mean(of.log_d) - np.mean(of.log_not_d)),
    ("unweighted", lambda of: -np.sum(of.log_d + of.log_not_d)),
    ("one_weight", lambda of: -np.sum(of.p * (of.log_d + of.log_not_d))),
    ("one_weight", lambda of: -np.sum((of.p + of.q) / 2 * (of.log_d + of.log_not_d))),
    ("density_as_answer", lambda of: -np.sum(of.p * np.log(of.p) + of.q * np.log(of.q))),
    ("density_as_answer", lambda of: -np.sum(of.p * np.log(of.p) + of.q * np.log(1 - of.q))),
    *(
        ("large_epsilon", lambda of, e=e: -np.sum(of.p * np.log(of.d + e) + of.q * np.log(1 - of.d + e)))
        for e in (1e-1, 1e-2, 1e-3)
    ),
]


@exercise(
    hack.lowest_d_loss,
    praise="From 0, where no fake looks like a real, up to 2 ln 2 = 1.386, where nothing tells them apart.",
    slips=[(name, of_best(formula)) for name, formula in LOSSES],
    misconceptions={
        "zeros": (
            "A point that is only among the reals, or only among the fakes, gives you NaN: 0 · log 0. In the sum it "
            "counts for nothing, since it never comes up there. Leave it out before the logarithm."
        ),
        "not_summed": "You return a number for each point. One number is wanted: sum over the points.",
        "averaged": "You average over the points. `p` holds the weights of the mean already: sum.",
        "halved": "You return half of it. The course's D loss is the *sum* of its two means, not their mean.",
        "other_logarithm": "Your logarithm has another base. Take the natural one, `np.log`.",
        "negative": "Your loss is negative. Log of a probability is below 0: the loss has a minus sign.",
        "reals_alone": "You return the reals' part alone. The loss has a part for each kind.",
        "fakes_alone": "You return the fakes' part alone. The loss has a part for each kind.",
        "blind": (
            "You return the same for any two densities: the loss of a D which always answers ½. The best D answers "
            "p_data / (p_data + p_g), point by point."
        ),
        "divergence": "You return the Jensen-Shannon divergence. The loss is 2 ln 2 less twice that.",
        "divergence_once": "You take the divergence off once. The loss is 2 ln 2 less *twice* the divergence.",
        "divergence_doubled": "You take off twice too much. Jensen-Shannon's is *half* of each of two KL divergences.",
        "divergence_added": "You add twice the divergence. The further apart the two, the lower D's loss: take it off.",
        "root_of_divergence": (
            "You use the square root of the divergence, the Jensen-Shannon *distance* (SciPy's `jensenshannon` returns "
            "that). The loss needs the divergence."
        ),
        "kullback_leibler": "You take the Kullback-Leibler divergence. Jensen-Shannon's compares each with their mean.",
        "flipped": "Your labels are flipped: reals count with log(1 - D), fakes with log D, as for the worst D.",
        "same_label": "Fakes count with log D in your loss, like reals. Theirs is log(1 - D).",
        "answers_as_weights": "You weigh by D's answers. Weigh by how often a point comes up: p_data, and p_g.",
        "log_of_the_mean": "You take the logarithm of the mean answer. The loss is the mean of the logarithms.",
        "averaged_logarithms": (
            "You average the logarithms over the points, as if all came up equally often. p_data weighs the reals' "
            "part, p_g the fakes': multiply, then sum."
        ),
        "not_finite": (
            "Your function returns NaN or infinite values{case}. Which logarithm is of 0 there, or of less than 0?"
        ),
        "unweighted": (
            "You add up logarithms without weights. A point counts as often as it comes up: p_data for the reals' "
            "part, p_g for the fakes'."
        ),
        "one_weight": "You weigh both parts alike. The reals' part is weighed by p_data, the fakes' by p_g.",
        "density_as_answer": "You take the logarithm of a density. D's answer is a share: p_data over the sum of both.",
        "large_epsilon": (
            "What you add inside the logarithm is so large that it changes the loss. Leave points of weight 0 out, or "
            "add much less."
        ),
        "differs": "That is not the loss of the best D.",
    },
    hints=(
        "At one point, what does the best discriminator answer? And how often do reals, and fakes, come up there?",
        "The best answer is D = p_data / (p_data + p_g). Weigh -log D by p_data and -log(1 - D) by p_g, add up, and "
        "let points of weight 0 out.",
        "With `there` the places where p is above 0: np.sum(p[there] * np.log(...)), once for each; minus both",
    ),
)
def check_lowest_d_loss(answer):
    def shares(*weights):
        return tuple(np.array(some, float) / np.sum(some) for some in weights)

    whole = [shares([3, 7], [6, 4]), shares([1, 2, 5], [4, 4, 2]), shares([3, 7], [3, 7])]
    whole += [tuple(np.random.default_rng(seed).dirichlet(np.ones(n), 2)) for seed, n in ((0, 4), (1, 7), (2, 30))]
    x = np.linspace(-5, 9, 71)  # the lab's line
    whole += [shares(np.exp(-0.5 * x**2), np.exp(-0.5 * (x - d) ** 2)) for d in (0, 0.5, 2)]
    holes = [shares([1], [1]), shares([1, 0], [0, 1]), shares(np.exp(-0.5 * x**2), np.exp(-0.5 * (x - 4) ** 2))]
    holes += [shares([2, 8, 0], [2, 7, 1]), shares([2, 2, 0, 0], [0, 1000, 3000, 1])]

    def fits(found, wanted, case):
        if isinstance(found, (float, np.floating)) and not np.isfinite(found):
            raise Wrong("not_finite", case=case)
        fitting(found, wanted, case)

    try:
        with np.errstate(all="ignore"):
            for inputs in (whole, whole + holes):  # mistakes are told apart where nothing is 0
                judge(answer, inputs, atol=1e-4, rtol=1e-4, fits=fits)
    except AnswerRaised as raised:
        if "math domain error" in raised.error:
            raise Wrong("zeros") from None
        raise


# ---- the published bug


def latched_training(update_d, update_g, measure_d, d_target, steps):
    d_loss, losses = measure_d(), []
    for _ in range(steps):
        losses.append(d_loss)
        if d_loss > d_target:
            d_loss = update_d()
        update_g()
    return losses


def play_match(function, call, measurements=None):
    """Play a match of two that goes up and down: D's updates lower its loss, G's raise it.

    A batch's loss scatters: measured again, it is another one, and so is what an update returns. The log holds the
    updates alone, and the notes how far D's loss was above the target before each. measurements: a list that
    gets for each call of `measure_d` how many there were since the last update.
    """
    start, target, steps = call
    measurements = [] if measurements is None else measurements
    stage, loss, measured = stubs.Stage(40 * steps + 100), start, 0

    def updated(who, other):
        nonlocal loss, measured
        stage.log.append(who)
        stage.notes.append(loss - target)
        loss, measured = other, 0

    def update_d():
        of_batch = 1.05 * loss + 0.02
        updated("D", 0.75 * loss)
        return of_batch

    def update_g():
        updated("G", loss + 0.11 * (1.9 - loss))
        return 2.0 - loss

    def measure_d():
        nonlocal measured
        measured += 1
        scatter = 0.2 * (-1) ** len(stage.log) if measured > 1 else 0.0
        measurements.append(measured)
        return loss + scatter

    return stage.play(function, *map(stage.stub, (update_d, update_g, measure_d)), target, steps)


def training(words, first="", opens=operator.gt):
    """Return a training that does at each step what the words say: the right one is "measure keep decide act g".

    measure: take D's loss. keep: put it into the list. decide: open the gate if the loss taken last is above the
    target. act: D's update, if the gate is open. learn: the same, and its loss is taken. train: the same, whatever the
    gate. refresh: measure, if it is open. until: D's updates until its loss is not above the target. first: before all.
    """

    def slip(update_d, update_g, measure_d, d_target, steps):
        losses, loss, is_open = [], np.inf, False
        for word in first.split() + steps * words.split():
            if word == "measure" or word == "refresh" and is_open:
                loss = measure_d()
            elif word == "train" or word == "learn" and is_open:
                loss = update_d()
            elif word == "act" and is_open:
                update_d()
            elif word == "g" or word == "g_if_shut" and not is_open:
                update_g()
            elif word == "keep":
                losses.append(loss)
            elif word == "decide":
                is_open = opens(loss, d_target)
            while word == "until" and loss > d_target:
                update_d()
                loss = measure_d()
        return losses

    return slip


def on_gs_loss(update_d, update_g, measure_d, d_target, steps):
    losses, g_loss = [], np.inf
    for _ in range(steps):
        losses.append(measure_d())
        if g_loss > d_target:
            update_d()
        g_loss = update_g()
    return losses


@exercise(
    hack.gated_training,
    given=latched_training,
    praise="The gate looks at the loss of now, so it opens again when G has caught up.",
    slips=[
        ("never", training("measure keep g")),
        ("latched", training("keep decide learn g")),
        ("latched", training("keep decide learn g", first="measure")),
        ("latched", training("keep decide act refresh g", first="measure")),
        ("measured_too_early", training("keep decide act measure g", first="measure")),
        ("at_the_target", training("measure keep decide act g", opens=operator.ge)),
        ("zero_is_a_loss", training("measure keep decide act g", opens=lambda loss, target: loss and loss > target)),
        ("turned_round", training("measure keep decide act g", opens=operator.lt)),
        ("turned_round", training("measure keep decide act g", opens=operator.le)),
        ("ungated", training("train keep g")),
        ("generator_waits", training("measure keep decide act g_if_shut")),
        ("generator_first", training("measure keep decide g act")),
        ("generator_first", training("g measure keep decide act")),
        ("several_at_once", training("measure keep measure until g")),
        ("measured_twice", training("measure keep measure decide act g")),
        ("measured_twice", training("measure decide measure keep act g")),
        ("judged_by_the_other", on_gs_loss),
        ("after_the_update", training("measure decide act measure keep g")),
        ("at_the_end", training("measure decide act g measure keep")),
        ("keeps_the_updates_loss", training("measure decide learn keep g")),
    ],
    misconceptions={
        **stubs.MISCONCEPTIONS,
        "latched": (
            "Your gate reads an old number. Once it is below the target nobody measures again, so D is never trained "
            "again, though G raises its loss. Who refreshes the number that your `if` looks at?"
        ),
        "measured_too_early": "Your gate's number is from before G's last update. G changes D's loss: measure again.",
        "forced": (
            "You train D in steps that begin with its loss below the target. Is the number that your gate reads an old "
            "one? Or is an update forced now and then? That only hides an old number."
        ),
        "at_the_target": "D's loss had *reached* its target, and you trained D. *Above* it means `>`, not `>=`.",
        "zero_is_a_loss": "D's loss of 0 was above the target, and you did not train D. `if loss` is false at 0.",
        "turned_round": "You train D where its loss is *below* the target, and let it be where it is above.",
        "ungated": "D is trained at every step. `update_d` trains and tells a loss; `measure_d` only tells it.",
        "never": "You never train D, though its loss is above the target. Does your gate look at an old number?",
        "generator_waits": "G waits whenever D trains. Give it an update at each step.",
        "several_at_once": "D has several updates in one step. Here it gets one a step at most: `if`, not `while`.",
        "generator_first": "In a step you train G before D. D's turn, if it has one, comes first.",
        "wrong_number_of_steps": "G had {found} updates in {steps} steps; wanted one at each.",
        "measured_twice": (
            "You measure twice in a step: your gate goes by one number, your list holds the other. Each call measures "
            "on new batches. Measure once and keep the number."
        ),
        "measured_often": (
            "You call `measure_d` {found} times in {steps} steps; wanted is once in each. Each call takes new batches, "
            "and gives another number: measure once and keep it."
        ),
        "judged_by_the_other": "Your gate looks at G's loss. It is D's that decides whether D is trained.",
        "after_the_update": "Your list holds D's loss after its update. Keep the one from the start of the step.",
        "at_the_end": "Your list holds D's loss at the end of each step. Keep the one from its start.",
        "keeps_the_updates_loss": (
            "Where D is trained, your list holds what `update_d` returned. Wanted is the loss as `measure_d` told it "
            "at the start of the step."
        ),
    },
    hints=(
        "Follow `d_loss` through ten steps, on paper. Where does it get a new value, and what happens after it has "
        "come below the target?",
        "G's update changes D's loss as well. So measure at the start of *every* step, not once before the loop.",
        "In the loop: first losses.append(measure_d()), then the if, which looks at losses[...]",
    ),
)
def check_gated_training(answer):
    calls = [(1.0, 1.0, 4), (1.0, 0.9, 0), (1.6, 1.0, 12), (0.4, 1.1, 25), (1.2, 0.6, 12), (1.5, 1.3, 40)]
    calls += [(0.0, -0.5, 3), (0.02, 1.0, 5), (1.0, 2.0, 120)]  # a loss of 0, one far below the target, none above it
    calls += [(1.6, 1.0, 30)]

    def case(call):
        return "a match that begins at D's loss {}, with a target of {} and {} steps".format(*call)

    try:
        stubs.judge_played(answer, calls, play_match, case, ("D's loss at the start of each step",), order=_judge_match)
    except Wrong as wrong:
        usual = {"at_the_target": 1, "at_the_end": 2}  # to look at the loss more often can seem to be one of these
        if wrong.misconception in usual:
            _judge_measurements(answer, calls, usual[wrong.misconception])
        raise
    _judge_measurements(answer, calls)


def _judge_measurements(answer, calls, usual=1):
    """Raise Wrong for a loss that is measured more often than `usual` times a step, and once more at an end."""
    for call in calls:
        measurements, steps = [], call[-1]
        play_match(answer, call, measurements)
        if len(measurements) > usual * steps + 1 or usual == 1 and max(measurements, default=1) > 1:
            raise Wrong("measured_often", found=len(measurements), steps=steps)


def _judge_match(found, wanted):
    """Raise Wrong for what is seen in the updates of a match."""
    log, steps = "".join(found.log), wanted.log.count("G")
    if not found.ended:
        return
    if log.count("G") != steps:
        raise Wrong("wrong_number_of_steps", found=log.count("G"), steps=steps)
    if "DD" in log:
        raise Wrong("several_at_once")
    if any(who == "D" and gap < 0 for who, gap in zip(log, found.notes)):
        raise Wrong("forced")


# ---- a controller


ADA = hack.adapt_strength


def moved(measure, step=lambda surprise, speed: speed * np.sign(surprise), low=0, high=1):
    """Return a controller with another measure of the logits, another step, or other ends."""

    def slip(strength, real_logits, target=0.6, speed=0.01):
        return float(np.clip(strength + step(measure(real_logits) - target, speed), low, high))

    return slip


def mean_sign(logits):
    return np.mean(np.sign(logits))


ADA_FREE = moved(mean_sign, low=-np.inf, high=np.inf)


def short_of_ends(strength, after):
    return after if 0 <= after <= 1 else strength


def probabilities(logits):
    return 1 / (1 + np.exp(-np.clip(logits.astype("float64"), -500, 500)))


@exercise(
    hack.adapt_strength,
    praise="A measure with a target, a small step in the right direction, and two ends: a controller.",
    slips=[
        ("turned_round", moved(mean_sign, lambda surprise, speed: -speed * np.sign(surprise))),
        ("proportional", moved(mean_sign, lambda surprise, speed: speed * surprise)),
        ("proportional", moved(mean_sign, lambda surprise, speed: -speed * surprise)),
        ("twice_the_step", moved(mean_sign, lambda surprise, speed: 2 * speed * np.sign(surprise))),
        ("half_the_step", moved(mean_sign, lambda surprise, speed: speed / 2 * np.sign(surprise))),
        ("never_weaker", moved(mean_sign, lambda surprise, speed: speed * (surprise > 0))),
        ("never_stronger", moved(mean_sign, lambda surprise, speed: -speed * (surprise < 0))),
        ("share_of_positives", moved(lambda logits: np.mean(logits > 0))),
        ("mean_of_logits", moved(np.mean)),
        ("sign_of_mean", moved(lambda logits: np.sign(np.mean(logits)))),
        ("sum_of_signs", moved(lambda logits: np.sum(np.sign(logits)))),
        ("probabilities", moved(lambda logits: 1.0)),
        ("probabilities", moved(lambda logits: np.mean(probabilities(logits)))),
        ("soft_signs", moved(lambda logits: np.mean(2 * probabilities(logits) - 1))),
        ("soft_signs", moved(lambda logits: np.mean(np.tanh(logits)))),
        ("no_ends", moved(mean_sign, low=-np.inf, high=np.inf)),
        ("below_zero", moved(mean_sign, low=-np.inf)),
        ("above_one", moved(mean_sign, high=np.inf)),
        ("tested_before_the_step", lambda strength, *rest: ADA_FREE(strength, *rest) if 0 < strength < 1 else strength),
        ("tested_before_the_step", lambda strength, *rest: (ADA_FREE if 0 < strength < 1 else ADA)(strength, *rest)),
        ("stays_short", lambda strength, *rest: short_of_ends(strength, ADA_FREE(strength, *rest))),
        ("starts_over", lambda strength, *rest: ADA(0.5, *rest) - 0.5),
        ("starts_over", lambda strength, *rest: max(ADA(0.5, *rest) - 0.5, 0.0)),
        ("starts_over", lambda strength, *rest: abs(ADA(0.5, *rest) - 0.5)),
        ("scaled", lambda strength, *rest: min(strength * (0.5 + ADA(0.5, *rest)), 1.0)),
        ("one_a_sample", lambda strength, logits, *rest: np.array([[ADA(strength, x, *rest)] for x in logits])),
    ],
    misconceptions={
        "turned_round": "You go the wrong way. A D that is surer than it should be needs *more* augmentation.",
        "proportional": "Your step grows with the difference. ADA's is `speed` times the *sign* of the difference.",
        "twice_the_step": "Your step is twice `speed`. Down and up it is `speed` long.",
        "half_the_step": "Your step is half of `speed`. Down and up it is `speed` long.",
        "never_weaker": "You never go down. Below the target the augmentation becomes weaker by `speed`.",
        "never_stronger": "You never go up. Above the target the augmentation becomes stronger by `speed`.",
        "share_of_positives": (
            "You compare the *share* of positive logits with the target. ADA's measure is the mean of their signs: "
            "80 % positive and 20 % negative give 0.6, not 0.8."
        ),
        "mean_of_logits": "You compare the mean *logit* with the target. ADA takes the mean of their signs, -1 or 1.",
        "sign_of_mean": "You take the sign of the mean. ADA takes the mean of the signs: every sample has one vote.",
        "sum_of_signs": "You add up the signs. The target is for their mean, which lies in [-1, 1].",
        "probabilities": (
            "Your measure can't fall below 0: are the logits made probabilities first? A logit says fake below 0, a "
            "probability below ½."
        ),
        "soft_signs": "You average a smooth function of the logits: sure ones count more. Their signs count alike.",
        "no_ends": "Your strength leaves [0, 1]. Stop at 0 and at 1.",
        "below_zero": "You go below 0. A strength can't be negative: stop at 0.",
        "above_one": "You go above 1. Stop at 1.",
        "tested_before_the_step": (
            "You look at the ends *before* the step, and then a step from between them leads out of [0, 1]. Make the "
            "step first, then clip."
        ),
        "stays_short": "Where a whole step would lead beyond an end you make none. Go as far as the end: clip.",
        "starts_over": "You return the step without the strength that it starts from. Add the two.",
        "scaled": "You multiply the strength. From 0 it could never rise: add `speed`, or take it off.",
        "one_a_sample": "You return a strength for each sample. One for the whole batch is wanted: a number.",
        "differs": "Your strength goes another way than that of ADA.",
    },
    hints=(
        "If D is sure of more reals than it should be, does the augmentation have to become stronger or weaker?",
        "The mean of np.sign(real_logits) lies in [-1, 1]. Compare it with the target, move by `speed`, and keep the "
        "result in [0, 1] with np.clip.",
        "np.clip(strength + speed * np.sign(... - ...), 0, 1), as a float",
    ),
)
def check_adapt_strength(answer):
    def logits(n_positive, n_negative, seed=0):
        # Few large logits against many small ones: a mean of logits would say the opposite of a mean of signs.
        large = (0.3, 30.0) if n_positive > n_negative else (30.0, 0.3)
        rng = np.random.default_rng(seed)
        sides = rng.uniform(0.5, 1, n_positive) * large[0], -rng.uniform(0.5, 1, n_negative) * large[1]
        return rng.permutation(np.round(np.concatenate(sides), 2)).astype("float32")[:, None]

    calls = [  # on both sides of each target, next to it, and at both ends
        *((0.3, logits(n, m)) for n, m in ((7, 1), (3, 1), (52, 12), (51, 13))),
        *((0.4, logits(n, m), target, speed) for n, m, target, speed in ((1, 7, 0.2, 0.01), (5, 2, 0.3, 0.02))),
        *((0.5, logits(n, m), -0.3, 0.05) for n, m in ((3, 4), (1, 3))),
        (0.7, logits(6, 2), 0.6, 0.03),
        (0.4, logits(45, 19), 0.3, 0.02),
        (0.5, np.array([[100.0], [-100.0], [100.0]], "float32"), 0.2, 0.05),
        (0.5, logits(0, 3), -0.9, 0.25),
        (0.004, logits(2, 2), 0.6, 0.02),
        (0.995, logits(4, 0), 0.6, 0.02),
        (0.0, logits(2, 5), 0.1, 0.01),
        (0.0, logits(5, 1), 0.3, 0.02),
        (1.0, logits(1, 0), 0.9, 0.1),
        (0.2, logits(5, 1), 0.3, 0.0),  # the lab's run without control
        *((0.5, np.where(np.arange(128) < n, 2.0, -2.0)[:, None]) for n in (128, 110, 95, 64)),
    ]
    judge(answer, calls, atol=1e-5, rtol=0)
