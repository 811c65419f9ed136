"""Measure what a hack does: two arms or more, paired by seed, a row for each run in evidence/.

    python tools/recipe_studies.py                list the studies
    python tools/recipe_studies.py mnist_gan      run what is missing of one
    python tools/recipe_studies.py mnist_gan --jobs 1

Runs go to processes. A finished run has its row at once and is never repeated, so a study that was interrupted goes
on where it was.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.evidence import EVIDENCE, Card, rows  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import cells, tables, workloads  # noqa: E402


@dataclass(frozen=True)
class Study:
    """What is compared: name of an arm, baseline first -> a function that returns (Recipe, data, steps)."""

    question: str
    arms: dict
    seeds: int


STUDIES = {
    "mnist_gan": Study(
        question="lab 12's GAN, 30 epochs. D learns from a batch of reals and one of fakes in two updates, one after "
        "the other, as in the notebook of 2018, or in one update on the sum of both losses, as in the lab.",
        arms={
            "two updates": partial(workloads.dense_mnist, 30, discriminator_step="discriminator_step_2018"),
            "one summed update": partial(workloads.dense_mnist, 30),
        },
        seeds=8,
    ),
    "dcgan_mnist": Study(
        question="the dense GAN of lab 12, 100 epochs, against this lab's DCGAN, 9,000 steps, also with changes.",
        arms={
            "dense, lab 12": partial(workloads.dense_mnist, 100),
            "DCGAN": partial(workloads.dcgan, 9000),
            "DCGAN with classes": partial(workloads.conditional_dcgan, 9000),
            "DCGAN, batch norm in D": partial(workloads.dcgan, 9000, practice="batch norm in D (lab 04)"),
        },
        seeds=5,
    ),
    "dcgan_practices": Study(
        question="this lab's DCGAN after 800 steps, with one practice changed.",
        arms={
            "as it is": partial(workloads.dcgan, 800),
            **{name: partial(workloads.dcgan, 800, practice=name) for name in workloads.PRACTICES},
        },
        seeds=8,
    ),
}


def run(slug, arm, seed):
    """Train once and return the row of the run."""
    from ganhacks.training import train

    recipe, data, steps = STUDIES[slug].arms[arm]()
    history, made = train(recipe, data, steps, seed, progress=False), cells.made_by()
    return {
        "arm": arm,
        "seed": seed,
        "steps": history.step,
        "outcome": history.outcome,
        "seconds": round(history.seconds, 1),
        **workloads.scores(history.samples(10_000)),
        **made,
        "machine": f"{made['machine']}, {processor.bfloat16()}",
    }


def missing(slug):
    """Return the (arm, seed) pairs of a study that have no row yet, seed by seed."""
    study, done = STUDIES[slug], {(row["arm"], int(row["seed"])) for row in rows(slug)}
    return [(arm, seed) for seed in range(study.seeds) for arm in study.arms if (arm, seed) not in done]


def append(slug, row):
    """Add a row to the study's file, whole or not at all."""
    fields = dict.fromkeys(field for each in (row, *rows(slug)) for field in each)  # older rows may have others
    tables.put(EVIDENCE / f"{slug}.csv", [row], ("seed", "arm"), list(fields))


def describe(slug):
    """Write beside the rows what they compare."""
    study = STUDIES[slug]
    about = {"question": study.question, "metric": "fid", "metric_name": "MNIST-FID", "arms": list(study.arms)}
    tables.write_text(EVIDENCE / f"{slug}.json", json.dumps(about, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description="Measure what a hack does.")
    parser.add_argument("study", nargs="?", choices=list(STUDIES))
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="runs at a time, each in a process")
    arguments = parser.parse_args()
    if arguments.study is None:
        for slug, study in STUDIES.items():
            print(f"{slug}: {len(missing(slug))} of {study.seeds * len(study.arms)} runs to do. {study.question}")
        return
    describe(arguments.study)

    def keep(cell, row):
        append(arguments.study, row)
        return f"{row['fid']} after {row['seconds']} s"

    todo, play = partial(missing, arguments.study), partial(run, arguments.study)
    cells.run_here(arguments.jobs, todo, play, keep)
    print(*Card(arguments.study).lines, sep="\n")


if __name__ == "__main__":
    main()
