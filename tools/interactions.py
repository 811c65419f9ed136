"""Do hacks add up? A full factorial of five of them on the ring: every subset is trained, so that pairs show as pairs.

    python tools/interactions.py plan
    python tools/interactions.py run [--jobs 2]
    python tools/interactions.py table

All else is the ring's context "good". As on the scoreboard, each seed trains at half, once and twice the context's
rate, and the best of the three scores is that seed's. A row for each run goes to evidence/interactions.csv; `table`
prints the effects, and writes them to evidence/interactions_effects.csv.

Effects are ratios of scores, of which less is better; over the seeds, the typical one (Hodges and Lehmann's) with the
interval that inverting the signed-rank test gives. Of a hack alone: its score over that without it, the mean of the
logarithms over all 16 subsets of the others. Of a pair: the first hack's ratio with the second over its ratio without
the second. 1 says that each does the same beside the other; below 1 they do more together than apart, above 1 less.
"""

import argparse
import itertools
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.evidence import EVIDENCE, verdicts  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import cells, tables  # noqa: E402
from tools.board import runs  # noqa: E402
from tools.board.arms import FACTORS  # noqa: E402
from tools.board.hacks import BY_NAME  # noqa: E402
from tools.board.workloads import WORKLOADS  # noqa: E402

PATH, EFFECTS = EVIDENCE / "interactions.csv", EVIDENCE / "interactions_effects.csv"
SWITCHED = ("batch_norm_in_g", "adam", "label_smoothing", "instance_noise", "r1")  # as the scoreboard switches them
SEEDS = 6
RING = WORKLOADS["ring"]
KEY = (*SWITCHED, "factor", "seed")
FIELDS = (*KEY, "outcome", "score", "seconds", "machine", "python", "tensorflow", "keras")
EFFECT_FIELDS = ("hack", "with", "ratio", "low", "high", "p", "seeds")

#: every subset, as a level for each hack: 1 with it, 0 without
SUBSETS = tuple(itertools.product((0, 1), repeat=len(SWITCHED)))


def setup_of(levels):
    """Return the Setup with these hacks on and off."""
    fields = {}
    for name, level in zip(SWITCHED, levels):
        fields |= BY_NAME[name].on if level else BY_NAME[name].off
    return replace(RING.contexts["good"], **fields)


def play(levels, factor, seed):
    """Train one run and return its row. factor: of the context's rate."""
    found = runs.play("ring", setup_of(levels), float(factor) * RING.rates["good"], seed)
    row = {**dict(zip(SWITCHED, levels)), "factor": factor, "seed": seed, **found}
    return {name: row[name] for name in FIELDS}


def missing():
    """Return the (levels, factor, seed) that have no row yet, subset by subset: a compiled loop serves all of one."""
    done = {_cell(row) for row in tables.read(PATH)}
    everything = itertools.product(SUBSETS, FACTORS, range(SEEDS))
    return [cell for cell in everything if cell not in done]


def _cell(row):
    return tuple(int(row[name]) for name in SWITCHED), row["factor"], int(row["seed"])


def keep(cell, row):
    """Write a run's row, and say how it ended."""
    tables.put(PATH, [row], KEY, FIELDS)
    return f"{row['outcome']}, score {row['score']} after {row['seconds']} s"


# ---- effects


def log_scores(rows):
    """Return (seeds, 32): the logarithm of each subset's best score, at each seed for which all its runs have rows."""
    scores = {_cell(row): math.log(float(row["score"])) for row in rows}
    of_seeds = []
    for seed in range(SEEDS):
        tried = [[scores.get((levels, factor, seed)) for factor in FACTORS] for levels in SUBSETS]
        if not any(None in some for some in tried):
            of_seeds.append([min(some) for some in tried])
    return np.array(of_seeds).reshape(-1, len(SUBSETS))


def contrasts():
    """Return for each effect, (hack, the other of a pair or ""), the weights of the log scores that it sums, (32,)."""
    signs = dict(zip(SWITCHED, 2 * np.array(SUBSETS).T - 1))  # -1 without, 1 with
    alone = {(name, ""): sign / 16 for name, sign in signs.items()}
    pairs = {(one, other): signs[one] * signs[other] / 8 for one, other in itertools.combinations(SWITCHED, 2)}
    return alone | pairs


def effects(rows):
    """Return the rows of the effects of all hacks and pairs, as text; none for fewer than two whole seeds."""
    logs = log_scores(rows)
    found = []
    for (one, other), contrast in contrasts().items():
        of_seeds = logs @ contrast
        if len(of_seeds) > 1:
            ratios = dict(zip(("ratio", "low", "high"), map(math.exp, verdicts._typical(of_seeds))))
            numbers = {**ratios, "p": verdicts.sign_flip_p(of_seeds), "seeds": len(of_seeds)}
            found.append({"hack": one, "with": other, **{name: f"{value:.4g}" for name, value in numbers.items()}})
    return found


def table():
    """Print the effects, and write them."""
    found = effects(tables.read(PATH))
    if not found:
        raise SystemExit("Two seeds or more are needed with all their runs: python tools/interactions.py run")
    tables.write(EFFECTS, found, EFFECT_FIELDS)
    for row in found:
        name = f"{row['hack']} x {row['with']}" if row["with"] else row["hack"]
        interval = f"[{row['low']:>7}, {row['high']:>7}]"
        print(f"{name:36}x {row['ratio']:>7} {interval}  p {row['p']:>6}, {row['seeds']} seeds")


def main():
    parser = argparse.ArgumentParser(description="Train every subset of five hacks on the ring.")
    parser.add_argument("command", choices=["plan", "run", "table"])
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="runs at a time, each in a process")
    arguments = parser.parse_args()
    if arguments.command == "table":
        return table()
    print(f"{len(missing())} of {len(SUBSETS) * len(FACTORS) * SEEDS} runs to do.")
    if arguments.command == "run":
        cells.run_here(arguments.jobs, missing, play, keep)


if __name__ == "__main__":
    main()
