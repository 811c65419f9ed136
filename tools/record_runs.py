"""Record runs of the scoreboard for the pages of the hacks: for each hack one pair, without and with it.

    python tools/record_runs.py              record what is missing
    python tools/record_runs.py --hack r1    of this hack alone

`tools/board/shown.py` says which pair. Each run is trained again as the board trains it, and on the way its generator
is asked eleven times for the same latent samples. Its score in the end has to be that of its stored row, or, on another
kind of processor, where rounding leads elsewhere, within the scores of the same arm's other seeds.
"""

import argparse
import io
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import cells  # noqa: E402, I001  first, because it sets one thread a run

import numpy as np  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

from ganhacks import files  # noqa: E402
from tools.board import rows, runs, shown  # noqa: E402
from tools.board.arms import arms_of  # noqa: E402
from tools.board.workloads import PLANAR, WORKLOADS  # noqa: E402
from tools.cheat_sheet import HACKS  # noqa: E402

SIDE = 150  # pixels of a picture of points
FINER = 4  # times as large is it drawn, and then made smaller
N_POINTS, DIGITS = 200, 3  # shown of a moment: so many points, or so many digits in a row and in a column
WHITE, BLUE, ORANGE = (255, 255, 255), (0, 114, 178), (213, 94, 0)  # Okabe and Ito's, as `ganhacks.pictures`
INKS = (WHITE, BLUE, ORANGE, (234, 175, 128))  # two bits a pixel: a sheet is small. The last smooths orange edges
GREYS = [3 * (round(255 * i / 3),) for i in range(4)]  # of digits
TOLD = ("score", "modes", "good")  # of the scores of a moment


# ---- what is to do, and how it is done


def missing(hacks):
    """Return the runs of these hacks that are not recorded, (workload, arm's name, factor, seed, kind), arm by arm.

    The next run of an arm takes over the loop that was compiled for the last one.
    """
    there, pairs = shown.read(), filter(None, map(shown.shown, hacks))
    todo = {
        (run.workload, run.arm.name, run.factor, run.seed, run.row["machine"])
        for pair in pairs
        for run in (pair.without, pair.with_it)
        if run.name not in there or not (shown.FOLDER / f"{run.name}.png").exists()
    }
    return sorted(todo)


def record(workload, arm, factor, seed, kind):
    """Train a run of the board again. Returns (its entry in the index, its pictures' samples at every moment).

    kind: of the processor that made its row. Raises ValueError for a run that cannot be shown: one that diverged, or
    whose score is too far from its row's.
    """
    work, moments, fakes = WORKLOADS[workload], [], []
    (arm,) = (one for one in arms_of(work) if one.name == arm)

    def look(step, made):
        found = work.measure(made)
        moments.append({"step": step, **{name: f"{found[name]:.3g}" for name in TOLD if name in found}})
        fakes.append(made[: N_POINTS if work.shape == (2,) else DIGITS**2])

    row = runs.trained(workload, arm, factor, seed, shown.SHARES, look)
    if len(fakes) < len(shown.SHARES):
        raise ValueError(f"it diverged after step {row['steps']}, so there is nothing to show")
    by_key = rows.read(workload).of(kind)
    entry = {
        **{name: row[name] for name in ("workload", "arm", "factor", "rate")},
        "seed": seed,
        "score": row["score"],
        "stored": by_key[arm.name, factor, str(seed)]["score"],
        "agrees": agrees(row, by_key),
        **{name: row[name] for name in ("machine", "python", "tensorflow", "keras")},
        "moments": moments,
    }
    return entry, np.array(fakes)


def agrees(row, by_key):
    """Say how a run's score agrees with its stored row: "the same", or "within" those of other seeds, elsewhere.

    Raises ValueError if it does not.
    """
    arm = [one for key, one in by_key.items() if key[:2] == (row["arm"], row["factor"])]
    stored = by_key[row["arm"], row["factor"], row["seed"]]
    if row["score"] == stored["score"]:
        return "the same"
    if row["machine"] == stored["machine"]:
        raise ValueError(f"its score is {row['score']}, and its row says {stored['score']} on the same processor")
    low, *_, high = sorted(float(one["score"]) for one in arm)
    if not low <= float(row["score"]) <= high:
        raise ValueError(f"its score is {row['score']}, outside of those of the arm's seeds, from {low} to {high}")
    return "within"


def keep(cell, recorded):
    """Write a run's sheet, and then its entry. Returns how its score agrees, in words."""
    entry, fakes = recorded
    name = shown.file_name(*cell)
    shown.FOLDER.mkdir(parents=True, exist_ok=True)
    files.write(shown.FOLDER / f"{name}.png", sheet(cell[0], fakes))
    shown.write({**shown.read(), name: entry})
    return f"{entry['score']}, stored {entry['stored']}: {entry['agrees']}"


# ---- the pictures


def sheet(workload, fakes):
    """Return the pictures of every moment, side by side, as the bytes of a PNG. fakes: (moments, n, ...)."""
    of_points = workload in PLANAR
    draw = partial(_points, *PLANAR[workload]) if of_points else _digits
    pictures = [draw(samples) for samples in fakes]
    side = pictures[0].width
    whole = Image.new("RGB", (side * len(pictures), side))
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number * side, 0))
    colours = INKS if of_points else GREYS
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in colours for value in colour])
    file = io.BytesIO()
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def _points(centres, std, points):
    """Draw points, diamonds, over rings around the data's modes. A point that lies outside is drawn at the edge."""
    side, reach = FINER * SIDE, 1.35 * np.abs(centres).max()
    picture = Image.new("RGB", (side, side), WHITE)
    draw = ImageDraw.Draw(picture)

    def places(xy):
        return (np.clip(xy, -reach, reach) * (1, -1) / reach + 1) / 2 * (side - 1)

    radius = max(3 * std / reach * side / 2, 3.5 * FINER)
    for x, y in places(centres):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=BLUE, width=FINER)
    size = 1.6 * FINER
    for x, y in places(points):
        draw.polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], fill=ORANGE)
    return picture.resize((SIDE, SIDE), Image.Resampling.BOX)


def _digits(images):
    """Draw digits in [-1, 1] in rows, a pixel for each of theirs: the page enlarges them, see site/course.css."""
    tiles = np.clip(np.round((images.reshape(DIGITS, DIGITS, 28, 28) + 1) * 127.5), 0, 255).astype("uint8")
    framed = np.pad(tiles, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=110)
    return Image.fromarray(framed.swapaxes(1, 2).reshape(30 * DIGITS, 30 * DIGITS)).convert("RGB")


def main(argv=None):
    parser = argparse.ArgumentParser(description="Record one pair of runs for each hack.")
    parser.add_argument("--hack", choices=list(HACKS), action="append")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, each in a process")
    arguments = parser.parse_args(argv)
    hacks = arguments.hack or list(HACKS)
    cells.run_here(arguments.jobs, partial(missing, hacks), record, keep)
    for hack in hacks:
        if shown.shown(hack) is None:
            print(f"{hack}: not measured on {', '.join(shown.DRAWN)}, so nothing of it is shown.")


if __name__ == "__main__":
    main()
