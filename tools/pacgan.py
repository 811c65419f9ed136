"""Run PacGAN's Table 1 again, at the paper's own setting, and with one setting at a time moved away from it.

    python tools/pacgan.py plan
    python tools/pacgan.py run [--steps 400000] [--jobs 2] [--only ring/GAN]
    python tools/pacgan.py table

Rows go to evidence/pacgan.csv: one for each run and moment at which it was scored, every tenth of it. A run that has a
last row is not repeated; one that was stopped begins anew.
Setting: Lin et al. 2018, arXiv:1712.04086, section 4.1, and the authors' published code for what it leaves open: the
widths, no bias before batch normalization, 400 epochs of 1,000 steps. Theirs updates both networks at once, ours one
after the other.
"""

import argparse
import os
import sys
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.evidence import EVIDENCE  # noqa: E402  (the path comes first)
from tools import tables  # noqa: E402
from tools.study import Processes  # noqa: E402

PATH = EVIDENCE / "pacgan.csv"
FIELDS = (
    *("data", "model", "change", "seed", "steps", "of", "outcome", "seconds", "modes", "good", "reverse_kl"),
    *("machine", "python", "tensorflow", "keras"),
)
TRIALS = 3
STEPS = 400_000
MOMENTS = 10
N_SAMPLES = 2_500

#: (data, model) -> (modes, share of good points in %, reverse KL), each mean and standard error of 10 trials
PUBLISHED = {
    ("ring", "GAN"): ((6.3, 0.5), (98.2, 0.2), (0.45, 0.09)),
    ("ring", "PacGAN2"): ((7.9, 0.1), (95.6, 2.0), (0.07, 0.03)),
    ("grid", "GAN"): ((17.3, 0.8), (94.8, 0.7), (0.70, 0.07)),
    ("grid", "PacGAN2"): ((23.8, 0.7), (91.3, 0.8), (0.13, 0.04)),
}


@dataclass(frozen=True)
class Setting:
    """What the paper chose. maxout: pieces of a linear maxout unit in D; 0 is ReLU."""

    g_layers: int = 4
    g_width: int = 400
    g_norm: bool = True
    d_layers: int = 3
    d_width: int = 200
    maxout: int = 5
    init_std: float = 0.02
    rate: float = 1e-4
    beta_1: float = 0.8
    batch_size: int = 100


#: one setting at a time, towards small plain networks as the papers before had them
CHANGES = {
    "": {},
    "G of 2 layers of 128, no batch norm": {"g_layers": 2, "g_width": 128, "g_norm": False},
    "D of 1 layer of 128 ReLU": {"d_layers": 1, "d_width": 128, "maxout": 0},
    "no batch norm in G": {"g_norm": False},
    "ReLU in D": {"maxout": 0},
    "Adam 1e-3, beta_1 0.5": {"rate": 1e-3, "beta_1": 0.5},
}


def make_generator(setting):
    """Build G: (batch, 2) latents to (batch, 2) points."""
    import keras
    from keras import layers

    normal = partial(keras.initializers.RandomNormal, stddev=setting.init_std)
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(setting.g_layers):
        model.add(layers.Dense(setting.g_width, use_bias=not setting.g_norm, kernel_initializer=normal()))
        if setting.g_norm:
            model.add(layers.BatchNormalization(momentum=0.95))
        model.add(layers.ReLU())
    model.add(layers.Dense(2, kernel_initializer=normal()))
    return model


def make_discriminator(setting, pack):
    """Build D: (batch, 2) points, judged in packs, to (batch, 1) logits, the same for all of a pack."""
    import keras
    from keras import layers, ops

    from tools.board import networks

    normal = partial(keras.initializers.RandomNormal, stddev=setting.init_std)
    x = h = keras.Input((2,))
    if pack > 1:
        h = networks.pack(pack, h)
    for _ in range(setting.d_layers):
        h = layers.Dense(setting.d_width * (setting.maxout or 1), kernel_initializer=normal())(h)
        if setting.maxout:
            h = layers.Reshape((setting.d_width, setting.maxout))(h)
            h = layers.Lambda(lambda pieces: ops.max(pieces, axis=-1))(h)
        else:
            h = layers.ReLU()(h)
    logits = layers.Dense(1, kernel_initializer=normal())(h)
    if pack > 1:
        logits = networks.unpack(pack, logits)
    return keras.Model(x, logits)


def problem(name):
    """Return (points, centres, std) of the paper's data, 100,000 fixed points."""
    import numpy as np

    from ganhacks import data

    rng = np.random.default_rng(0)
    if name == "ring":
        return data.ring(rng, 100_000, radius=1.0, std=0.01), data.ring_centres(radius=1.0), 0.01
    return data.grid(rng, 100_000), data.grid_centres(), 0.05


def run(name, model, change, seed, steps):
    """Train once and return its rows, one for each moment."""
    import platform

    import keras
    import tensorflow as tf

    from ganhacks.hacks import mnist_gan
    from ganhacks.metrics import mode_scores
    from ganhacks.startup import processor
    from ganhacks.training import Recipe, ones, train

    setting = replace(Setting(), **CHANGES[change])
    pack = 2 if model == "PacGAN2" else 1
    points, centres, std = problem(name)
    adam = partial(keras.optimizers.Adam, setting.rate, beta_1=setting.beta_1)
    recipe = Recipe(
        make_generator=partial(make_generator, setting),
        make_discriminator=partial(make_discriminator, setting, pack),
        latent_dim=2,
        batch_size=setting.batch_size * pack,
        g_optimizer=adam,
        d_optimizer=adam,
        latent_samples=mnist_gan.make_latent_samples,
        real_labels=ones,
    )
    history, rows = None, []
    for moment in range(1, MOMENTS + 1):
        history = train(recipe, points, steps * moment // MOMENTS, seed, resume_from=history, progress=False)
        found = mode_scores(history.samples(N_SAMPLES), centres, std)
        about = {"data": name, "model": model, "change": change, "seed": seed, "steps": history.step, "of": steps}
        versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
        scores = {"modes": found.found, "good": f"{found.good:.4f}", "reverse_kl": f"{found.reverse_kl:.4f}"}
        measured = {"outcome": history.outcome, "seconds": round(history.seconds, 1), **scores}
        rows.append({**about, **measured, "machine": processor.name(), **versions})
        if history.outcome == "diverged":
            break
    return rows


def cells(steps):
    """Return every run: the paper's own cells first, then each change on the grid with the plain GAN."""
    own = [(name, model, "", seed, steps) for seed in range(TRIALS) for name, model in PUBLISHED]
    others = [("grid", "GAN", change, seed, steps) for change in CHANGES if change for seed in range(TRIALS)]
    return own + others


def missing(steps, only=None):
    """Return the runs that have no last row yet."""
    done = {
        (row["data"], row["model"], row["change"], int(row["seed"]), int(row["of"]))
        for row in tables.read(PATH)
        if row["steps"] == row["of"] or row["outcome"] == "diverged"
    }
    return [cell for cell in cells(steps) if cell not in done and only in (None, f"{cell[0]}/{cell[1]}")]


def main():
    parser = argparse.ArgumentParser(description="Run PacGAN's Table 1 again.")
    parser.add_argument("command", choices=["plan", "run", "table"])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--only", choices=["/".join(cell) for cell in PUBLISHED])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if arguments.command == "table":
        return table(arguments.steps)
    todo = missing(arguments.steps, arguments.only)
    print(f"{len(todo)} of {len(cells(arguments.steps))} runs of {arguments.steps:,} steps to do.")
    if arguments.command == "plan":
        return None
    pool = Processes(arguments.jobs)
    futures = {pool.submit(run, *cell): cell for cell in todo}
    try:
        for number, future in enumerate(as_completed(futures), 1):
            rows = [{key: str(value) for key, value in row.items()} for row in future.result()]
            everything = [*tables.read(PATH), *rows]
            everything.sort(
                key=lambda r: (r["data"], r["model"], r["change"], int(r["of"]), int(r["seed"]), int(r["steps"]))
            )
            tables.write(PATH, everything, FIELDS)
            last = rows[-1]
            told = f"{last['modes']} modes, {float(last['good']):.1%} good after {last['seconds']} s"
            print(f"{number}/{len(todo)} {' / '.join(map(str, futures[future]))}: {told}", flush=True)
    finally:
        pool.close()


def table(steps):
    """Print our mean and standard error beside the paper's."""
    import numpy as np

    last = [row for row in tables.read(PATH) if row["steps"] == row["of"] == str(steps)]
    for (name, model), published in PUBLISHED.items():
        rows = [row for row in last if (row["data"], row["model"], row["change"]) == (name, model, "")]
        print(f"{name} {model}: {len(rows)} trials of {steps:,} steps")
        for column, factor, (mean, error) in zip(("modes", "good", "reverse_kl"), (1, 100, 1), published):
            ours = np.array([float(row[column]) * factor for row in rows])
            told = f"{ours.mean():.2f} ± {ours.std(ddof=1) / len(ours) ** 0.5:.2f}" if len(ours) > 1 else "-"
            print(f"  {column:10} ours {told:16} paper {mean} ± {error}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nInterrupted: finished runs have their rows. Run it again to go on.")
        sys.exit(130)
