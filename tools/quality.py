"""Is what the fast training loop makes as good as what the plain one makes? Five seeds of each, on every workload.

    python tools/quality.py            what has no row yet; then the table
    python tools/quality.py small      only this workload
    python tools/quality.py --jobs 1

The plain path is the loop without XLA and without `ganhacks.training.shortcuts`: every layer as written, in float32.
Rows go to docs/speed/quality.csv as they come; a finished run is never repeated.
"""

import argparse
import sys
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.startup import processor  # noqa: E402  (the path comes first)
from tools import cells, tables  # noqa: E402
from tools.benchmarks.workloads import WORKLOADS  # noqa: E402

ROWS = ROOT / "docs" / "speed" / "quality.csv"
STEPS = {"ring": 5000, "dense": 4685, "small": 937, "tutorial": 40}
PATHS = ("plain", "fast")
KEY = ("workload", "path", "seed")
SEEDS = 5
FIELDS = ("workload", "path", "seed", "steps", "metric", "value", "d_loss", "g_loss", "seconds", "machine")


def run(name, path, seed):
    """Train once and return the row: MNIST-FID of 10,000 digits, or the share of good points on the ring."""
    import keras

    from ganhacks import metrics, toys
    from ganhacks.training import Recipe, loop, train
    from tools.benchmarks import keras_ways

    workload = WORKLOADS[name]
    adam = partial(keras.optimizers.Adam, beta_1=workload.beta_1)
    recipe = Recipe(
        partial(fresh, keras_ways.make_generator, workload),
        partial(fresh, keras_ways.make_discriminator, workload),
        workload.latent_dim,
        workload.batch_size,
        partial(adam, learning_rate=workload.g_rate),
        partial(adam, learning_rate=workload.d_rate),
    )
    if name == "ring":
        recipe = toys.ring_recipe()
    n_samples = 20_000 if name == "ring" else 60_000
    with mock.patch.object(loop, "form_for", (lambda *models: "plain") if path == "plain" else loop.form_for):
        history = train(recipe, workload.real(n_samples), STEPS[name], seed, progress=False)
    if name == "ring":
        metric, value = "share of good points", toys.ring_score(history.samples(10_000))[1]
    else:
        metric, value = "MNIST-FID", metrics.mnist_scores(history.samples(10_000).reshape(-1, 784)).fid
    last = history.curves[-100:].mean(axis=0)
    return {
        "workload": name,
        "path": path,
        "seed": seed,
        "steps": history.step,
        "metric": metric,
        "value": f"{value:.4f}",
        "d_loss": f"{last[0]:.4f}",
        "g_loss": f"{last[1]:.4f}",
        "seconds": f"{history.seconds:.1f}",
        "machine": f"{processor.name()}, {processor.bfloat16()}",
    }


def fresh(make, workload):
    """Build a workload's network with first weights of the run's own; the benchmark's are the same each time."""
    import keras

    return keras.models.clone_model(make(workload))


def missing(names):
    """Return the runs of these workloads that have no row yet, (name, path, seed)."""
    done = {(row["workload"], row["path"], int(row["seed"])) for row in tables.read(ROWS)}
    every = [(name, path, seed) for name in names for seed in range(SEEDS) for path in PATHS]
    return [run for run in every if run not in done]


def keep(cell, row):
    """Write a run's row, and say what came out."""
    tables.put(ROWS, [row], KEY, FIELDS, {"workload": STEPS, "path": PATHS})
    return f"{row['metric']} {row['value']} after {row['seconds']} s"


def values(found, name, path):
    """Return the metric of each seed, in order."""
    return [float(row["value"]) for row in found if row["workload"] == name and row["path"] == path]


def same(plain, fast):
    """Tell whether the fast path's median lies within the plain path's spread from seed to seed."""
    return min(plain) <= np.median(fast) <= max(plain)


def report(found):
    """Return the table in Markdown."""
    lines = ["| workload | steps | metric | plain, each seed | fast, each seed | median within the spread |"]
    lines.append("|---|---|---|---|---|---|")
    for name in STEPS:
        plain, fast = (values(found, name, path) for path in PATHS)
        if len(plain) < SEEDS or len(fast) < SEEDS:
            continue
        metric = next(row["metric"] for row in found if row["workload"] == name)
        each = [" ".join(f"{value:.3g}" for value in some) for some in (plain, fast)]
        verdict = "yes" if same(plain, fast) else "no"
        steps = f"{STEPS[name]:,}"
        lines.append(f"| {name} | {steps} | {metric} | {each[0]} | {each[1]} | {verdict} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Compare what the fast and the plain training loop make.")
    parser.add_argument("workloads", nargs="*", metavar="workload", help=", ".join(STEPS))
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="runs at a time, each in a process")
    arguments = parser.parse_args()
    for name in arguments.workloads:
        if name not in STEPS:
            parser.error(f"there is no workload {name!r}; there are {', '.join(STEPS)}")
    cells.run_here(arguments.jobs, partial(missing, arguments.workloads or list(STEPS)), run, keep)
    print(report(tables.read(ROWS)))
    tables.put_on_page("quality", report(tables.read(ROWS)))


if __name__ == "__main__":
    main()
