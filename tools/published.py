"""Run recipes that were published and fail, and each of them once more with the line mended that makes it fail.

    python tools/published.py plan
    python tools/published.py run [--only seven_modes] [--jobs 2]
    python tools/published.py table

Each recipe has two arms, paired by seed: first weights, data and draws are the same. tools/published_recipes.py says
for each what was published, and what the mend is. A row for each run goes to evidence/published.csv, and what seed 0
made at the end to evidence/published.npz: "recipe/arm" -> 16 digits, uint8 (16, 28, 28), or 500 points, float16.

What *dies* means was fixed before the first run. A run dies when it

- diverged: a loss or a sample is a number that is not finite;
- or collapsed, as in evidence/README.md: at the end a quarter of the modes or fewer are found, or more than half of all
  digits are read as one class;
- in `seven_modes` alone: fewer than 8 modes, wherever they lie, are found at the end ("modes missing").

score: MNIST-FID of 10,000 digits, or the energy distance of 2,000 points from the whole grid, and in `seven_modes` from
the data that the arm was given; for a run that diverged the worst that the scoreboard knows. moved: the norm of how far
D's weights moved, over that of the first ones.
Networks, rates and steps were chosen on seeds from 900 on, so that the mended arms live.
"""

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.evidence import EVIDENCE  # noqa: E402  (the path comes first)
from ganhacks.files import replacing  # noqa: E402
from ganhacks.startup import processor  # noqa: E402
from tools import cells, tables  # noqa: E402
from tools.board.workloads import PLANAR, WORKLOADS, planar_scores  # noqa: E402

PATH, PICTURES = EVIDENCE / "published.csv", EVIDENCE / "published.npz"
SEEDS = 12
ARMS = ("as published", "mended")
KEY = ("recipe", "arm", "seed")
FIELDS = (
    *(*KEY, "outcome", "steps", "seconds", "score", "modes", "largest_share", "moved"),
    *("machine", "python", "tensorflow", "keras"),
)


@dataclass(frozen=True)
class Published:
    """A recipe that was published. workload: of the scoreboard, whose scores it has."""

    title: str
    workload: str
    steps: int


#: name, as of the function in tools/published_recipes.py -> what is run
RECIPES = {
    "frozen_composite": Published("D is frozen before the composite model is compiled", "dense", 3_000),
    "unclamped_log": Published("losses of log(D) and log(1 - D), of a sigmoid", "grid", 6_000),
    "noise_on_targets": Published("noise makes targets that are above 1", "dense", 3_000),
    "range_mismatch": Published("digits in [0, 1] against tanh", "dense", 3_000),
    "seven_modes": Published("a ring of 8 by linspace with its end point", "ring", 5_000),
    "predicted_fakes": Published("fakes for D from G.predict, beside batch normalization", "dense", 3_000),
}


def play(name, arm, seed):
    """Train one run. Returns its row, and for seed 0 its picture: digits, uint8 (16, 28, 28), or points, (500, 2)."""
    from ganhacks.training.begin import start
    from tools import published_recipes

    published = RECIPES[name]
    work = WORKLOADS[published.workload]
    run = getattr(published_recipes, name)(mended=arm == "mended")
    history = start(run.recipe, seed, run.data)
    first = _flat(history.discriminator)
    begun = time.perf_counter()
    steps, diverged = run.train(history, run.data, published.steps)
    seconds = time.perf_counter() - begun
    samples = run.read(history.samples(work.n_samples))
    if diverged or not np.isfinite(samples).all():
        outcome, scores = "diverged", {"score": work.worst}
    else:
        outcome, scores = judged(published, run, samples)
    moved = np.linalg.norm(_flat(history.discriminator) - first) / np.linalg.norm(first)
    about = {"recipe": name, "arm": arm, "seed": seed, "outcome": outcome, "steps": steps, "seconds": f"{seconds:.1f}"}
    numbers = {name: f"{value:.4g}" for name, value in {**scores, "moved": moved}.items()}
    return {**about, **numbers, **cells.made_by()}, picture(samples) if seed == 0 else None


def judged(published, run, samples):
    """Return the outcome of a run by what G makes at its end, (n, 784) or (n, 2), and its scores: name -> number."""
    from ganhacks import metrics
    from ganhacks.metrics.planar import energy_distance, mode_scores

    if published.workload == "dense":
        found = metrics.mnist_scores(samples)
        share = max(found.shares)
        return "collapsed" if share > 0.5 else "finished", {"score": found.fid, "largest_share": share}
    if run.centres is not None:
        modes = mode_scores(samples, run.centres, PLANAR[published.workload][1]).found
        scores = {"score": energy_distance(samples, run.data[: len(samples)]), "modes": modes}
        return "finished" if modes == WORKLOADS[published.workload].n_classes else "modes missing", scores
    found = planar_scores(published.workload, samples)
    return "collapsed" if found["failed"] else "finished", {name: found[name] for name in ("score", "modes")}


def picture(samples):
    """Return a few samples in few bytes: 16 digits as uint8, (16, 28, 28), or 500 points as float16."""
    if samples.shape[1] == 2:
        return samples[:500].astype("float16")
    return np.round((samples[:16] + 1) * 127.5).clip(0, 255).astype("uint8").reshape(-1, 28, 28)


def _flat(model):
    return np.concatenate([np.ravel(weight.numpy()) for weight in model.weights])


# ---- all runs


def missing(only=None):
    """Return the (recipe, arm, seed) that have no row yet. only: a recipe."""
    done = {(row["recipe"], row["arm"], int(row["seed"])) for row in tables.read(PATH)}
    everything = [(name, arm, seed) for name in RECIPES for seed in range(SEEDS) for arm in ARMS]
    return [cell for cell in everything if cell not in done and only in (None, cell[0])]


def keep(cell, result):
    """Write a run's picture and its row, and say how it ended."""
    row, made = result
    if made is not None:
        add_picture("/".join(cell[:2]), made)
    tables.put(PATH, [row], KEY, FIELDS)
    return f"{row['outcome']}, score {row['score']} after {row['seconds']} s"


def add_picture(name, made):
    """Put an array into the file of pictures, which is written whole or not at all."""
    there = {}
    if PICTURES.exists():
        with np.load(PICTURES) as file:
            there = dict(file)
    with replacing(PICTURES) as unfinished, unfinished.open("wb") as file:
        np.savez_compressed(file, **{**there, name: made})


def arms(name):
    """Return the rows of a recipe: of every run as published, and of every run mended."""
    own = [row for row in tables.read(PATH) if row["recipe"] == name]
    return [[row for row in own if row["arm"] == arm] for arm in ARMS]


def deaths(rows):
    """Return how many runs died, and of how many."""
    return sum(row["outcome"] != "finished" for row in rows), len(rows)


def table():
    """Print how often each recipe dies as it was published, how often mended, and what else differs."""
    from scipy import stats

    for name, published in RECIPES.items():
        both = arms(name)
        print(f"{name}: {published.title}")
        if not all(both):
            print("  not measured yet")
            continue
        (dead, n), (mended, n_mended) = map(deaths, both)
        p = stats.fisher_exact([[dead, n - dead], [mended, n_mended - mended]]).pvalue
        print(f"  dies in {dead} of {n}, mended in {mended} of {n_mended}; Fisher's exact p {p:.2g}")
        for column in ("score", "modes", "largest_share", "moved", "seconds"):
            numbers = [[float(row[column]) for row in arm if row[column]] for arm in both]
            if all(numbers):
                told = " -> ".join(f"{statistics.median(some):.4g}" for some in numbers)
                print(f"  median {column.replace('_', ' '):14}{told}")


def main():
    parser = argparse.ArgumentParser(description="Run published recipes that fail, and their mends.")
    parser.add_argument("command", choices=["plan", "run", "table"])
    parser.add_argument("--only", choices=list(RECIPES))
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="runs at a time, each in a process")
    arguments = parser.parse_args()
    if arguments.command == "table":
        return table()
    for name in RECIPES if arguments.only is None else [arguments.only]:
        print(f"{name}: {len(missing(name))} of {len(ARMS) * SEEDS} runs to do. {RECIPES[name].title}.")
    if arguments.command == "run":
        cells.run_here(arguments.jobs, partial(missing, arguments.only), play, keep)


if __name__ == "__main__":
    main()
