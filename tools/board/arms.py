"""The arms of a workload: every different Setup that the board trains, by name, and which two of them are compared."""

from dataclasses import dataclass

from tools.board.hacks import HACKS
from tools.board.setups import Setup

PROTOCOL = "2"  # of evidence/README.md; the first was that of the studies of labs 12 and 27
FACTORS = ("0.5", "1", "2")  # of the context's rate, as rows name them
AGAIN = 1000  # an arm that trains a context again, to see what chance does, has seeds that lie so much higher


@dataclass(frozen=True)
class Arm:
    """A Setup of a workload. again: 0, or the how manieth time a context is trained anew, with other seeds."""

    name: str
    context: str
    setup: Setup
    again: int = 0

    def seed(self, seed):
        """Return the seed of a run whose row says `seed`."""
        return seed + AGAIN * self.again


@dataclass(frozen=True)
class Pair:
    """Two arms to be compared. hack: its name, or "A/A" where both are the same recipe."""

    hack: str
    context: str
    without: Arm
    with_it: Arm


def pairs_of(work):
    """Return what a workload compares: for each context two A/A pairs, and then each hack that is tried there."""
    pairs, known = [], {}

    def arm(context, setup, name):
        return known.setdefault((context, setup), Arm(name, context, setup))

    for context, setup in work.contexts.items():
        base = arm(context, setup, context)
        pairs += [Pair("A/A", context, base, Arm(f"{context} again {n}", context, setup, n)) for n in (1, 2)]
    for hack in HACKS:
        if work.name in hack.workloads:
            for context, setup in work.contexts.items():
                sides = zip(("without", "with"), hack.arms(setup))
                pairs.append(
                    Pair(hack.name, context, *(arm(context, s, f"{context} {w} {hack.name}") for w, s in sides))
                )
    return pairs


def arms_of(work):
    """Return the arms of a workload, each once, in the order in which they are trained."""
    arms = {}
    for pair in pairs_of(work):
        for arm in (pair.without, pair.with_it):
            arms.setdefault(arm.name, arm)
    return list(arms.values())


def factors(work):
    """Return at which multiples of its context's rate each seed of an arm trains."""
    return FACTORS if work.tuned else ("1",)


def whole(work, pair, runs):
    """Return the rows among which are all that a comparison needs, (arm, factor, seed) -> row, or None if none are.

    runs: a `rows.Runs`. They are those of one kind of processor, the first in the alphabet that made every run of both
    arms: another gives another run from the same seed.
    """
    for kind in sorted(runs.by_kind):
        if not any(missing(work, arm, runs.of(kind)) for arm in (pair.without, pair.with_it)):
            return runs.of(kind)
    return None


def missing(work, arm, by_key):
    """Return the (factor, seed) of an arm that have no row yet, seed by seed. by_key: (arm, factor, seed) -> row."""
    everything = [(factor, seed) for seed in range(work.seeds) for factor in factors(work)]
    return [(factor, seed) for factor, seed in everything if (arm.name, factor, str(seed)) not in by_key]


def best_rows(work, arm, by_key):
    """Return seed -> the row of the rate that did best at this seed, of an arm of which every run is there.

    So each seed is a whole replication: it tries the rates, and keeps the best.
    """
    tried = {seed: [by_key[arm.name, factor, str(seed)] for factor in factors(work)] for seed in range(work.seeds)}
    return {seed: min(some, key=lambda row: float(row["score"])) for seed, some in tried.items()}


def all_rows(work, arm, by_key):
    """Return every row of a whole arm, at whatever rate: what tells how often it fails."""
    return [by_key[arm.name, factor, str(seed)] for seed in range(work.seeds) for factor in factors(work)]
