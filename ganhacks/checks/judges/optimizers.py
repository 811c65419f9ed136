"""Judge the optimizers that an answer makes, one or a pair, by their kinds, their rates and their other settings."""

import inspect
from dataclasses import dataclass

import keras
import numpy as np

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import Example, compare, short
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import told

#: What can be wrong with any optimizer. {which} is its name in the exercise.
MISCONCEPTIONS = {
    "not_an_optimizer": "Your {which} is {found}; wanted an optimizer, made by calling its class in keras.optimizers.",
    "the_class": "Your {which} is the class, not an optimizer. Call it, with its arguments.",
    "shared_between_calls": (
        "Two calls return the same {which}. An optimizer keeps the memory and the step count of one network in one "
        "run: make a new one inside of the function, at each call."
    ),
    "old_name": "Keras says {found}. `lr` is the old name: today it is learning_rate, or the first argument.",
    "unknown_argument": "Keras says {found}. Look at the names: learning_rate, beta_1, beta_2, with underscores.",
    "other_optimizer": "Your {which} is {found}; wanted {wanted}.",
    "default_beta": "Your {which} has beta_1 = 0.9, which is Keras' default. Here it is {beta_1:g}: pass it.",
    "wrong_beta": (
        "Your {which} has beta_1 = {found_1:g} and beta_2 = {found_2:g}; wanted {beta_1:g} and 0.999. Which of the two "
        "do you set?"
    ),
    "more_than_asked": "Your {which} also sets {names}, which changes its steps. Set what the exercise names, no more.",
    "wrong_rate": "Asked for the rate {wanted}{case}, your {which} has {found}. Which number does it get?",
}

#: What a pair of optimizers can have wrong besides.
PAIR_MISCONCEPTIONS = {
    **MISCONCEPTIONS,
    "two_wanted": "Your function returns {found}; wanted two optimizers, (g_optimizer, d_optimizer).",
    "one_object": (
        "You return one optimizer twice. It keeps its memory for the weights of one network and refuses those of the "
        "other, and it has one rate. Make two."
    ),
}

KINDS = {"Adam": keras.optimizers.Adam, "SGD": keras.optimizers.SGD}


@dataclass(frozen=True)
class Setting:
    """What an optimizer is set to: its kind, its rate, and all else that changes a step, by name."""

    kind: str
    rate: float
    more: dict


def judge_optimizers(answer, calls, *names, fits=lambda found, wanted: None):
    """Judge a function that makes optimizers, called `names`, one or several in a tuple. Raises Wrong.

    calls: tuples of arguments. Each optimizer has to have the kind and the settings of the reference's, and to be new
    at each call. An epsilon up to 1e-6 is as good as Keras' own. fits(found, wanted): raises Wrong for what is seen in
    a tuple of Settings that no slip explains; after it kinds, betas, momentum, other settings and rates are told.
    """

    def observe(function, args):
        return tuple(map(_setting, _made(function, args, names), names))

    def describe(run):
        asked = f"{answer.exercise.name}({', '.join(map(short, run.args))})"
        parts = [_beside(*part) for part in zip(names, run.found, run.wanted) if not _alike(part[1:2], part[2:])]
        return Example(f"For {asked}: {'; '.join(parts)}.")

    def told_to(found, wanted, case):
        fits(found, wanted)
        for name, setting, right in zip(names, found, wanted):
            _fits(name, setting, right)
        for name, setting, right in zip(names, found, wanted):
            if not _alike([setting], [right]):
                raise Wrong("wrong_rate", which=name, found=short(setting.rate), wanted=short(right.rate), case=case)

    compare(answer, calls, observe, _alike, fits=told_to, describe=describe)
    made = _made(answer, calls[0], names)
    for name, other in zip(names, _made(answer, calls[0], names)):
        if any(other is optimizer for optimizer in made):
            raise Wrong("shared_between_calls", which=name)


def _made(function, args, names):
    """Return the optimizers that a function makes, as a tuple, or raise Wrong."""
    try:
        result = function(*args)
    except AnswerRaised as raised:
        found = raised.error.removeprefix("ValueError: ").removeprefix("TypeError: ")
        if "not recognized" in found or "unexpected keyword" in found:
            raise Wrong("old_name" if "'lr'" in found else "unknown_argument", found=found.rstrip(".")) from None
        raise
    if result is None:
        raise Wrong("returns_nothing")
    if len(names) == 1:
        result = (result,)
    elif not isinstance(result, (tuple, list)) or len(result) != len(names):
        raise Wrong("two_wanted", found=told(result))
    for name, optimizer in zip(names, result):
        if inspect.isclass(optimizer):
            raise Wrong("the_class", which=name)
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            raise Wrong("not_an_optimizer", which=name, found=told(optimizer))
    if len({*map(id, result)}) < len(result):
        raise Wrong("one_object")
    return tuple(result)


def _setting(optimizer, name):
    given = optimizer.get_config()
    if isinstance(given["learning_rate"], dict):
        raise Wrong("more_than_asked", which=name, names="a schedule of rates")
    kind = next((name for name, kind in KINDS.items() if isinstance(optimizer, kind)), told(optimizer))
    without = {"name", "learning_rate"}
    if not given.get("momentum"):
        without |= {"nesterov"}  # which does nothing without momentum
    if (given.get("epsilon") or 0) <= 1e-6:
        without |= {"epsilon"}
    more = {setting: value for setting, value in given.items() if setting not in without and value}
    if more.get("weight_decay") and type(optimizer) not in KINDS.values():  # AdamW has one that nobody set
        kind = told(optimizer)
    return Setting(kind, float(np.asarray(optimizer.learning_rate)), more)


def _alike(found, wanted):
    return all(
        (yours.kind, yours.more) == (right.kind, right.more) and np.isclose(yours.rate, right.rate, rtol=1e-4, atol=0)
        for yours, right in zip(found, wanted)
    )


def _beside(name, found, wanted):
    """Say in which settings an optimizer differs from the one that is wanted."""
    if found.kind != wanted.kind:
        sides = [f"{some.kind} at the rate {short(some.rate)}" for some in (found, wanted)]
        return f"{name} is {sides[0]}, wanted {sides[1]}"
    yours, right = ({"rate": some.rate, **some.more} for some in (found, wanted))
    off = [key for key in {**right, **yours} if yours.get(key) != right.get(key)]
    sides = [", ".join(f"{key} {short(some.get(key))}" for key in off) for some in (yours, right)]
    return f"{name} has {sides[0]}, wanted {sides[1]}"


def _fits(name, found, wanted):
    """Raise Wrong for an optimizer of another kind, or with other settings than a rate."""
    if found.kind != wanted.kind:
        article = "an" if found.kind in KINDS else ""
        raise Wrong("other_optimizer", which=name, found=f"{article} {found.kind}".strip(), wanted=f"an {wanted.kind}")
    betas = [some.more.get(beta, 0) for some in (found, wanted) for beta in ("beta_1", "beta_2")]
    if betas[:2] != betas[2:]:
        misconception = "default_beta" if betas[:2] == [0.9, betas[3]] else "wrong_beta"
        raise Wrong(misconception, which=name, found_1=betas[0], found_2=betas[1], beta_1=betas[2])
    if found.more.get("momentum"):
        raise Wrong("momentum", which=name, found=found.more["momentum"])
    names = [setting for setting in found.more if found.more[setting] != wanted.more.get(setting)]
    if names:
        raise Wrong("more_than_asked", which=name, names=" and ".join(names))
