"""Run PacGAN's Table 1 again, at the paper's own setting, and with one setting at a time moved away from it.

    python tools/pacgan.py plan
    python tools/pacgan.py run [--steps 400000] [--jobs 2] [--only ring/GAN] [--until 40000]
    python tools/pacgan.py table

Rows go to evidence/pacgan.csv: one for each run and moment at which it was scored, every tenth of it. All runs of the
paper's own cells come to one moment before the first goes on to the next; then those with a change do. In between a run
lies in a folder of build/pacgan/, and goes on from there as if it had never been stopped.
Setting: Lin et al. 2018, arXiv:1712.04086, section 4.1, and the authors' published code for what it leaves open: the
widths, no bias before batch normalization, the small constants, 400 epochs of 1,000 steps, both networks updated at
once, and batch normalization that takes its averages anew from 50 batches before a run is scored. Two things of
PacGAN2 are left: theirs normalizes the two halves of its packs apart, and its pairs of real points stay together.
Whether ours agree with the published means is asked by Welch's test, of our trials against the paper's ten. A score
differs where p < 0.05 / 12, since there are twelve of them, and at the last step alone. This was fixed before the first
run. With three trials the test sees large differences alone.
"""

import argparse
import re
import shutil
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.errors import BadFile, BadInput  # noqa: E402  (the path comes first)
from ganhacks.evidence import EVIDENCE  # noqa: E402
from ganhacks.startup import processor  # noqa: E402
from ganhacks.training import checkpoints  # noqa: E402
from tools import cells, tables  # noqa: E402

PATH, TABLE = EVIDENCE / "pacgan.csv", EVIDENCE / "pacgan_table.csv"
PAGE = ROOT / "docs" / "evidence.md"
STATES = ROOT / "build" / "pacgan"
RUN = ("data", "model", "change", "of", "seed")  # the columns that all rows of a run share
FIELDS = (
    *("data", "model", "change", "seed", "steps", "of", "outcome", "seconds", "modes", "good", "reverse_kl"),
    *("machine", "python", "tensorflow", "keras"),
)
TABLE_FIELDS = (
    *("data", "model", "steps", "of", "trials", "diverged", "score"),
    *("paper", "paper_error", "ours", "error", "each", "p"),
)
TRIALS = 3
STEPS = 400_000
MOMENTS = 10
N_SAMPLES = 2_500
LEVEL = 0.05  # of all the paper's scores together: each has its share of it

SCORES = {"modes": 1, "good": 100, "reverse_kl": 1}  # and by how much the table multiplies each
TITLES = {"modes": "modes", "good": "good points in %", "reverse_kl": "reverse KL"}

#: (data, model) -> (modes, share of good points in %, reverse KL), each mean and standard error of so many trials
PUBLISHED_TRIALS = 10
PUBLISHED = {
    ("ring", "GAN"): ((6.3, 0.5), (98.2, 0.2), (0.45, 0.09)),
    ("ring", "PacGAN2"): ((7.9, 0.1), (95.6, 2.0), (0.07, 0.03)),
    ("grid", "GAN"): ((17.3, 0.8), (94.8, 0.7), (0.70, 0.07)),
    ("grid", "PacGAN2"): ((23.8, 0.7), (91.3, 0.8), (0.13, 0.04)),
}


@dataclass(frozen=True)
class Setting:
    """What the paper chose. maxout: pieces of a linear maxout unit in D; 0 is ReLU. init_std: 0 is Glorot's."""

    latent_dim: int = 2
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


#: One setting at a time, towards small plain networks as a published script of VEEGAN's grid has them; then all of
#: them. What VEEGAN's own plain GAN had is told nowhere.
CHANGES = {
    "": {},
    "G of 2 layers of 128": {"g_layers": 2, "g_width": 128},
    "no batch norm in G": {"g_norm": False},
    "D of 1 layer of 128": {"d_layers": 1, "d_width": 128},
    "ReLU in D": {"maxout": 0},
    "Glorot's first weights": {"init_std": 0.0},
    "latents of 254": {"latent_dim": 254},
    "Adam 1e-3, beta_1 0.5": {"rate": 1e-3, "beta_1": 0.5},
}
ALL = "all of these, batches of 500"
CHANGES[ALL] = {name: value for change in CHANGES.values() for name, value in change.items()} | {"batch_size": 500}


def make_generator(setting):
    """Build G: (batch, latent_dim) latents to (batch, 2) points."""
    import keras
    from keras import layers

    weights = first_weights(setting)
    model = keras.Sequential([keras.Input((setting.latent_dim,))])
    for _ in range(setting.g_layers):
        model.add(layers.Dense(setting.g_width, use_bias=not setting.g_norm, kernel_initializer=weights()))
        if setting.g_norm:
            model.add(layers.BatchNormalization(momentum=0.95, epsilon=1e-4))
        model.add(layers.ReLU())
    model.add(layers.Dense(2, kernel_initializer=weights()))
    return model


def first_weights(setting):
    """Return what makes an initializer for each layer: no two of them share their random numbers."""
    import keras

    if not setting.init_std:
        return keras.initializers.GlorotUniform
    return partial(keras.initializers.RandomNormal, stddev=setting.init_std)


def make_discriminator(setting, pack):
    """Build D: (batch, 2) points, judged in packs, to (batch, 1) logits, the same for all of a pack."""
    import keras
    from keras import layers, ops

    from tools.board import networks

    weights = first_weights(setting)
    x = h = keras.Input((2,))
    if pack > 1:
        h = networks.pack(pack, h)
    for _ in range(setting.d_layers):
        h = layers.Dense(setting.d_width * (setting.maxout or 1), kernel_initializer=weights())(h)
        if setting.maxout:
            h = layers.Reshape((setting.d_width, setting.maxout))(h)
            h = layers.Lambda(lambda pieces: ops.max(pieces, axis=-1))(h)
        else:
            h = layers.ReLU()(h)
    logits = layers.Dense(1, kernel_initializer=weights())(h)
    if pack > 1:
        logits = networks.unpack(pack, logits)
    return keras.Model(x, logits)


class AtOnce:
    """A Recipe's two steps, both from the weights that the players had before either of them moved."""

    def discriminator_step(self, discriminator, optimizer, real, fake, real_labels, fake_labels):
        import tensorflow as tf
        from keras import ops

        with tf.GradientTape(persistent=True) as tape:
            tape.watch(fake)
            fake_logits = discriminator(fake, training=True)
            d_loss = ops.mean(ops.softplus(-discriminator(real, training=True))) + ops.mean(ops.softplus(fake_logits))
            self.g_loss = ops.mean(ops.softplus(-fake_logits))
        self.slope = tape.gradient(self.g_loss, fake)
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(d_loss, variables), variables)
        return d_loss

    def generator_step(self, generator, discriminator, optimizer, latents):
        import tensorflow as tf

        with tf.GradientTape() as tape:
            fake = generator(latents, training=True)
        variables = generator.trainable_variables
        optimizer.apply(tape.gradient(fake, variables, output_gradients=self.slope), variables)
        return self.g_loss


def problem(name, seed):
    """Return (points, centres, std) of the paper's data: 100,000 points, fixed for a trial."""
    import numpy as np

    from ganhacks import data

    rng = np.random.default_rng(seed)
    if name == "ring":
        return data.ring(rng, 100_000, radius=1.0, std=0.01), data.ring_centres(radius=1.0), 0.01
    return data.grid(rng, 100_000), data.grid_centres(), 0.05


# ---- one run, moment by moment


def play(name, model, change, steps, seed, n_rows):
    """Train a run up to its next moment, from its folder and into it, and return its rows so far, one for each moment.

    n_rows: how many rows of it there are already.
    """
    from ganhacks.metrics import mode_scores
    from ganhacks.training import train
    from ganhacks.training.begin import start

    run = name, model, change, steps, seed
    points, centres, std = problem(name, seed)
    history = start(recipe(model, change), seed, points)
    rows = load(run, history, n_rows)
    if is_done(rows):
        return rows
    end = steps * (len(rows) + 1) // MOMENTS
    history = train(history.recipe, points, end, seed, resume_from=history, progress=False)
    if history.outcome == "interrupted":
        raise KeyboardInterrupt
    found = mode_scores(settled_samples(history), centres, std)
    about = {"data": name, "model": model, "change": change, "seed": seed, "steps": history.step, "of": steps}
    scores = {"modes": found.found, "good": f"{found.good:.4f}", "reverse_kl": f"{found.reverse_kl:.4f}"}
    measured = {"outcome": history.outcome, "seconds": round(history.seconds, 1), **scores}
    rows.append({**about, **measured, **cells.made_by()})
    save(run, history, rows)
    return rows


def settled_samples(history):
    """Return the samples that a run is scored by, (N_SAMPLES, 2)."""
    from tools.board import networks

    latents = networks.latents_to_settle(history, 1, history.recipe.batch_size)  # `samples` draws from number 0
    with networks.settled(history.generator, latents):
        return history.samples(N_SAMPLES)


def recipe(model, change):
    """Return the Recipe of the paper's setting with this change."""
    import keras

    from ganhacks.hacks import mnist_gan
    from ganhacks.training import Recipe, ones

    setting, steps = setting_of(change), AtOnce()
    pack = 2 if model == "PacGAN2" else 1
    adam = partial(keras.optimizers.Adam, setting.rate, beta_1=setting.beta_1, epsilon=1e-8)
    return Recipe(
        make_generator=partial(make_generator, setting),
        make_discriminator=partial(make_discriminator, setting, pack),
        latent_dim=setting.latent_dim,
        batch_size=setting.batch_size * pack,
        g_optimizer=adam,
        d_optimizer=adam,
        latent_samples=mnist_gan.make_latent_samples,
        real_labels=ones,
        discriminator_step=steps.discriminator_step,
        generator_step=steps.generator_step,
    )


def setting_of(change):
    """Return the paper's Setting with this change."""
    return replace(Setting(), **CHANGES[change])


def is_done(rows):
    """Tell whether these rows of a run are all that it will have."""
    return len(rows) == MOMENTS or any(row["outcome"] == "diverged" for row in rows)


# ---- a run between two moments


def state_folder(run):
    """Return where a run, (data, model, change, steps, seed), lies between two moments."""
    return STATES / re.sub(r"[^\w.]+", "-", "-".join(map(str, run)))


def save(run, history, rows):
    """Write a run as far as it got, with its rows, whole or not at all."""
    checkpoints.save(history, state_folder(run), rows)


def load(run, history, n_rows=0):
    """Let a run's History of no steps be as far as its folder is, and return its rows: [] where it begins anew.

    n_rows: how many rows of it there are already: where there are some, it says why it begins anew.
    """
    folder = state_folder(run)
    try:
        return checkpoints.fill(history, folder)
    except (BadFile, BadInput) as error:
        if n_rows or checkpoints.is_there(folder):
            print(f"{error} {' / '.join(map(str, run))} begins anew.", flush=True)
        return []


# ---- all runs


def runs(steps):
    """Return every run: the paper's own cells first, then each change on the grid with the plain GAN."""
    own = [(name, model, "", steps, seed) for seed in range(TRIALS) for name, model in PUBLISHED]
    others = [("grid", "GAN", change, steps, seed) for change in CHANGES if change for seed in range(TRIALS)]
    return own + others


def missing(steps, only=None, until=None):
    """Return the runs that are not done, each with its number of rows: the paper's own first, those with the fewest.

    only: a cell such as ring/GAN. until: a step beyond which no run is wanted.
    """
    enough = MOMENTS if until is None else until * MOMENTS // steps
    there = {run: [] for run in runs(steps)}
    for row in tables.read(PATH):
        there.get((*(row[name] for name in RUN[:3]), int(row["of"]), int(row["seed"])), []).append(row)
    wanted = {run: rows for run, rows in there.items() if only in (None, f"{run[0]}/{run[1]}")}
    todo = [(*run, len(rows)) for run, rows in wanted.items() if not is_done(rows) and len(rows) < enough]
    return sorted(todo, key=lambda cell: (cell[2] != "", cell[-1]))


def keep(cell, rows):
    """Write a run's rows, and say how it did. One that is done needs its folder no more."""
    tables.put(PATH, rows, RUN, FIELDS)
    if is_done(rows):
        shutil.rmtree(state_folder(cell[:-1]), ignore_errors=True)
    last = rows[-1]
    return f"step {last['steps']:,}: {last['modes']} modes, {float(last['good']):.1%} good after {last['seconds']} s"


# ---- what the rows say


def compared(rows, steps):
    """Return a row of TABLE, by TABLE_FIELDS, for each of the paper's scores, from the rows of runs of so many steps.

    All are read at the last step that every trial of the paper's cells reached; [] before the first one. A trial that
    diverged before is counted and has no score.
    """
    import numpy as np

    of_cells = {
        cell: [row for row in rows if (row["data"], row["model"], row["change"], row["of"]) == (*cell, "", str(steps))]
        for cell in PUBLISHED
    }
    at = min(map(last_moment, of_cells.values()))
    found = []
    for (name, model), trials in of_cells.items() if at else ():
        # One that diverged later was taken back to its last moment, and has a second row there.
        scored = [row for row in trials if row["steps"] == str(at) and row["outcome"] == "finished"]
        diverged = sum(row["outcome"] == "diverged" and int(row["steps"]) < at for row in trials)
        about = {"data": name, "model": model, "steps": at, "of": steps, "trials": len(scored), "diverged": diverged}
        for (score, factor), (mean, error) in zip(SCORES.items(), PUBLISHED[name, model]):
            ours = np.array([float(row[score]) * factor for row in scored])
            told = {"each": " ".join(f"{value:.4g}" for value in ours)}
            if len(ours) > 1:
                told |= {"ours": f"{ours.mean():.2f}", "error": f"{ours.std(ddof=1) / len(ours) ** 0.5:.2f}"}
                told |= {"p": f"{difference(ours, mean, error):.4f}"} if at == steps else {}
            found.append({**about, "score": score, **told, "paper": mean, "paper_error": error})
    return found


def last_moment(trials):
    """Return the last step that all TRIALS of a cell reached, from its rows, or 0. What diverged is at the end."""
    reached = dict.fromkeys(range(TRIALS), 0)
    for row in trials:
        seed, step = int(row["seed"]), int(row["of"] if row["outcome"] == "diverged" else row["steps"])
        reached[seed] = max(step, reached.get(seed, 0))
    return min(reached.values())


def difference(ours, mean, error):
    """Return the p of Welch's test: could our trials and the paper's, with this mean and standard error, be alike?"""
    import numpy as np
    from scipy.stats import ttest_ind_from_stats

    theirs = mean, error * PUBLISHED_TRIALS**0.5, PUBLISHED_TRIALS
    return float(ttest_ind_from_stats(np.mean(ours), np.std(ours, ddof=1), len(ours), *theirs, equal_var=False).pvalue)


def table(steps, page=PAGE):
    """Write what follows from the rows to TABLE and docs/evidence.md, and print it."""
    found = compared(tables.read(PATH), steps)
    if not found:
        raise SystemExit(f"Each of the paper's cells needs rows of {TRIALS} trials: python tools/pacgan.py run")
    tables.write(TABLE, found, TABLE_FIELDS)
    lines = ["| data | model | score | paper, ten trials | ours, three | each of ours | p |", f"|{'---|' * 7}"]
    for row in found:
        ours = f"{row['ours']} ± {row['error']}" if "ours" in row else "too few lived"
        cells_of_row = row["data"], row["model"], TITLES[row["score"]], f"{row['paper']} ± {row['paper_error']}", ours
        lines.append(f"| {' | '.join(cells_of_row)} | {row['each'].replace(' ', ', ')} | {row.get('p', '')} |")
    text = "\n".join([*lines, "", judged(found)])
    tables.put_on_page("pacgan", text, page)
    print(text)


def judged(found):
    """Say in a sentence how the rows of `compared` agree with the paper, or that it is too early to ask."""
    at, of = found[0]["steps"], found[0]["of"]
    dead = sum(row["diverged"] for row in found) // len(SCORES)
    told = f" {dead} of our {TRIALS * len(PUBLISHED)} runs diverged." if dead else ""
    if at < of:
        return f"**So far:** all runs have come to step {at:,} of {of:,}, so p is not asked yet.{told}"
    other = [row for row in found if "p" in row and float(row["p"]) < LEVEL / len(found)]
    if not other:
        return f"No score differs from the paper's by the rule.{told}"
    named = ", ".join(f"{TITLES[row['score']]} of {row['data']} {row['model']}" for row in other)
    return f"{len(other)} of {len(found)} scores differ from the paper's by the rule: {named}.{told}"


def main():
    parser = argparse.ArgumentParser(description="Run PacGAN's Table 1 again.")
    parser.add_argument("command", choices=["plan", "run", "table"])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--until", type=int, help="train no run beyond this step of its STEPS")
    parser.add_argument("--only", choices=["/".join(cell) for cell in PUBLISHED])
    parser.add_argument("--jobs", type=int, default=processor.cores())
    arguments = parser.parse_args()
    if arguments.command == "table":
        return table(arguments.steps)
    if arguments.until is not None and arguments.until < arguments.steps // MOMENTS:
        parser.error(f"--until {arguments.until} lies before the first moment, step {arguments.steps // MOMENTS:,}")
    todo = partial(missing, arguments.steps, arguments.only, arguments.until)
    upto = f" up to step {arguments.until:,}" if arguments.until else ""
    print(f"{len(todo())} of {len(runs(arguments.steps))} runs of {arguments.steps:,} steps to do{upto}.")
    if arguments.command == "run":
        cells.run_here(arguments.jobs, todo, play, keep)


if __name__ == "__main__":
    main()
