"""The notebooks with their minutes, and the ways through them: the one place for both.

    python tools/routes.py    write README.md's tables; tools/instructors.py writes those of docs/instructors.md

The build makes lesson 00's tables and the last cell of every notebook from here, and from course/exercises.toml the
table of a lab's exercises. The minutes in the opening table of each notebook are compared with these by a test. They
are for one person, to read, write and wait, and come from trials, not from a class by the clock.
"""

import argparse
import functools
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import tables  # noqa: E402  (the path comes first)

SOURCES, FOLDERS = {"lesson": "lessons", "lab": "labs"}, {"lesson": "notebooks", "lab": "labs"}


@dataclass(frozen=True)
class Notebook:
    """Minutes for all of it, what is in it, and minutes for its core alone, where the rest can wait."""

    minutes: int
    about: str
    core: int | None = None


NOTEBOOKS = {
    "lesson 00": Notebook(20, "meet a check, a hint, a first GAN, an evidence card"),
    "lesson 01": Notebook(30, "what a GAN is, a game of two numbers, a GAN while it trains"),
    "lesson 02": Notebook(25, "what each score sees and what it misses, beside its anchors"),
    "lesson 03": Notebook(25, "seven failures as recorded: guess first, then read the sign"),
    "lesson 04": Notebook(25, "the seven practices, shapes and parameters at each step"),
    "lesson 05": Notebook(30, "rank five hacks, then read what was measured of most of them"),
    "lesson 06": Notebook(30, "seven later parts in a few lines each, beside hacks with a similar aim"),
    "lab 01": Notebook(30, "the size after a convolution, a block without pooling, a repair"),
    "lab 02": Notebook(30, "how often each pixel is written, a block that writes evenly, a repair"),
    "lab 03": Notebook(25, "the function, its derivative, and a block with it"),
    "lab 04": Notebook(60, "the layer, a block, a rule for where it belongs, a repair", core=40),
    "lab 05": Notebook(25, "the weights of a layer, and of a whole model"),
    "lab 06": Notebook(30, "a step of Adam, and the paper's optimizer"),
    "lab 07": Notebook(30, "the scaling, a repair of the way back, a last layer for any range"),
    "lab 08": Notebook(30, "latent points, their lengths, the sphere, a repair"),
    "lab 09": Notebook(30, "what a mixed batch does, and the update that keeps batches apart"),
    "lab 10": Notebook(30, "soft labels, the discriminator that they lead to, a repair"),
    "lab 11": Notebook(20, "flips, and the labels that they amount to"),
    "lab 12": Notebook(75, "both networks, data in and out, labels, both updates"),
    "lab 13": Notebook(35, "both losses of the generator, their derivatives, a repair"),
    "lab 14": Notebook(40, "the straight path, an angle, the path on the sphere, a repair"),
    "lab 15": Notebook(45, "the gradient of max-pooling, a pooling block, a shuffle block, a repair"),
    "lab 16": Notebook(60, "the KL term, the sampling, the reconstruction error (a repair), three losses in one"),
    "lab 17": Notebook(50, "a fair memory of past fakes, a mixed batch, a swap with a checkpoint, a repair"),
    "lab 18": Notebook(30, "the first steps of SGD and Adam, the talk's pair, two time scales"),
    "lab 19": Notebook(45, "three alarms and a monitor, judged on runs that you have not seen"),
    "lab 20": Notebook(
        65, "the list's schedule, the lowest loss D can reach, a gate's repair, ADA's controller", core=40
    ),
    "lab 21": Notebook(
        65, "latents with classes, a discriminator of pairs, the class loss (a repair), AC-GAN's two losses", core=40
    ),
    "lab 22": Notebook(45, "the embedding's channel in D and in G, a grid by class"),
    "lab 23": Notebook(35, "noise that fades, noise on both batches, its form for compiled code"),
    "lab 24": Notebook(35, "a round of k to one, what a budget pays for, a published loop's repair"),
    "lab 25": Notebook(40, "how close a batch is, packs, a repair"),
    "lab 26": Notebook(35, "dropout that is never off, a noisy generator, its spread, a repair"),
    "lab 27": Notebook(
        75, "the rule that decides, a rate, both networks, a logit for the class; then a walk with sliders"
    ),
}


@dataclass(frozen=True)
class Stop:
    """A notebook on a route, why it is there, and which part of it: all, its core, or the rest of it."""

    notebook: str
    why: str
    part: str = ""

    @property
    def minutes(self):
        whole = NOTEBOOKS[self.notebook]
        return {"": whole.minutes, "core": whole.core, "rest": whole.minutes - (whole.core or 0)}[self.part]


@dataclass(frozen=True)
class Route:
    """What must be done, in this order, and what more there is if time is left. days: of 6.5 hours; 0 for any."""

    must: tuple
    more: tuple = ()
    days: float = 0


#: how every short route begins
FIRST = (
    Stop("lesson 00", "how checks, hints and cards work"),
    Stop("lesson 01", "what a GAN is"),
    Stop("lab 12", "your own GAN, from noise to digits"),
)

ROUTES = {
    "Half a day": Route(
        days=0.5,
        must=FIRST,
    ),
    "One day": Route(
        days=1,
        must=(
            *FIRST,
            Stop("lab 09", "why real and fake batches stay apart"),
            Stop("lab 04", "in lab 27's runs it had the largest effect", "core"),
            Stop("lab 19", "how to see early that a run fails"),
        ),
        more=(
            Stop("lab 22", "ask for a digit and get it"),
            Stop("lesson 03", "the failures of lab 19 as pictures"),
            Stop("lab 04", "its wrong places, and a repair", "rest"),
        ),
    ),
    "Two days": Route(
        days=2,
        must=(
            *FIRST,
            Stop("lab 09", "why real and fake batches stay apart"),
            Stop("lab 13", "the loss that everybody uses, and why"),
            Stop("lab 04", "in lab 27's runs it had the largest effect", "core"),
            Stop("lab 06", "β₁: in those runs the second largest; day one ends here"),
            Stop("lesson 02", "what a score sees and what it misses"),
            Stop("lesson 03", "what failures look like"),
            Stop("lab 19", "alarms for them"),
            Stop("lesson 04", "convolutions: the seven practices together"),
            Stop("lab 22", "ask for a digit and get it"),
            Stop("lab 27", "a DCGAN of what was measured to help"),
        ),
        more=(
            Stop("lab 10", "a well-known hack; lab 27's runs can't tell"),
            Stop("lesson 05", "which hacks helped, measured"),
            Stop("lab 02", "where checkerboards come from"),
            Stop("lab 25", "against fakes that are all alike"),
            Stop("lab 04", "its wrong places, and a repair", "rest"),
        ),
    ),
    "All of it": Route(
        must=tuple(
            Stop(notebook, "")
            for notebook in (
                *("lesson 00", "lesson 01", "lab 12"),
                *(f"lab {n:02}" for n in range(1, 8)),
                "lesson 04",
                *(f"lab {n:02}" for n in range(8, 12)),
                "lesson 02",
                *(f"lab {n:02}" for n in range(13, 19)),
                "lesson 03",
                *(f"lab {n:02}" for n in range(19, 28)),
                *("lesson 05", "lesson 06"),
            )
        )
    ),
}


EXERCISES = "| exercise | minutes | level, 1 to 3 |"  # begins the table of a lab's exercises

#: Weeks of a semester, each for one class. Labs 15, 16 and 17 and lesson 06 are left for projects.
SEMESTER = (
    (Stop("lesson 00", ""), Stop("lesson 01", "")),
    (Stop("lab 12", ""),),
    (Stop("lab 09", ""), Stop("lab 13", "")),
    (Stop("lab 03", ""), Stop("lab 04", "")),
    (Stop("lab 05", ""), Stop("lab 06", ""), Stop("lab 07", "")),
    (Stop("lesson 02", ""), Stop("lab 10", ""), Stop("lab 11", "")),
    (Stop("lab 01", ""), Stop("lab 02", ""), Stop("lesson 04", "")),
    (Stop("lesson 03", ""), Stop("lab 19", "")),
    (Stop("lab 08", ""), Stop("lab 14", "")),
    (Stop("lab 20", "", "core"), Stop("lab 23", "")),
    (Stop("lab 18", ""), Stop("lab 24", ""), Stop("lesson 05", "")),
    (Stop("lab 21", "", "core"), Stop("lab 22", "")),
    (Stop("lab 25", ""), Stop("lab 26", "")),
    (Stop("lab 27", ""),),
)


# ---- what is told of them


def source(notebook):
    """Return the path of the source of a notebook, "lesson 01" or "lab 12"."""
    kind, _, number = notebook.partition(" ")
    (path,) = (ROOT / "course" / SOURCES[kind]).glob(f"{number}_*.py")
    return path


def link(notebook, folder, text=None):
    """Return a Markdown link from a file in `folder`, "" for the top, to a notebook. text: its title unless given."""
    path = source(notebook)
    title = re.search(r"^# # (\d\d · .*)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1]
    kind = notebook.split()[0]
    target = os.path.relpath(f"{FOLDERS[kind]}/{path.stem}.ipynb", folder or ".").replace(os.sep, "/")
    # In a label of a link, a bracket would end it.
    label = text or f"{kind} {title}".replace("[", r"\[").replace("]", r"\]")
    return f"[{label}]({target})"


def hours(stops):
    """Return the time of some stops together, such as "3 h 50 min"."""
    return "{} h {:02} min".format(*divmod(sum(stop.minutes for stop in stops), 60))


def line(stops, folder=""):
    """Return a line of stops, such as "lesson 00; labs 12, 09, 04 (core); labs 13 to 18", with links from a folder."""
    runs = []  # stops of one kind that follow each other
    for stop in stops:
        kind = stop.notebook.split()[0]
        if not runs or runs[-1][0] != kind:
            runs.append((kind, []))
        runs[-1][1].append(stop)
    return "; ".join(f"{kind}{'s' * (len(run) > 1)} {_numbers(run, folder)}" for kind, run in runs)


def _numbers(run, folder):
    told = []
    numbers = [int(stop.notebook.split()[1]) for stop in run]
    for stop, number, before, after in zip(run, numbers, [None, *numbers], [*numbers[1:], None]):
        if before == number - 1 and after == number + 1:
            told[-1] = told[-1].removesuffix(" to") + " to"
        else:
            told.append(link(stop.notebook, folder, f"{number:02}") + f" ({stop.part})" * bool(stop.part))
    return ", ".join(told).replace(" to, ", " to ")


def table(name):
    """Return lesson 00's table of a route: a row for each stop, what must be done apart from what more there is."""
    route = ROUTES[name]
    told = f"Must: {hours(route.must)}." + f" More, if time is left: {hours(route.more)}." * bool(route.more)
    rows = [told, "", "| part | notebook | minutes | why |", "|---|---|---|---|"]
    for title, stops in (("must", route.must), ("more", route.more)):
        for i, stop in enumerate(stops):
            part = {"": "", "core": ", its core", "rest": ", the rest"}[stop.part]
            first = f"**{title}** " * (i == 0)
            rows.append(f"| {first}| {link(stop.notebook, FOLDERS['lesson'])}{part} | {stop.minutes} | {stop.why} |")
    return "\n".join(rows)


def overview(folder=""):
    """Return the table of the routes for a page in a folder, a row for each."""
    rows = ["| time | must, in this order | it takes | more, if time is left | it takes |", "|---|---|---|---|---|"]
    for name, route in ROUTES.items():
        more = (line(route.more, folder), hours(route.more)) if route.more else ("", "")
        rows.append(f"| **{name}** | {line(route.must, folder)} | {hours(route.must)} | {more[0]} | {more[1]} |")
    return "\n".join(rows)


def semester(folder):
    """Return the table of a semester for a page in a folder, a row for each week."""
    rows = ["| week | in class | minutes of one person |", "|---|---|---|"]
    for number, stops in enumerate(SEMESTER, 1):
        rows.append(f"| {number} | {line(stops, folder)} | {sum(stop.minutes for stop in stops)} |")
    return "\n".join(rows)


def shortest_ways(folder):
    """Return the table of the labs' shortest ways and levels for a page in a folder."""
    rows = ["| lab | minutes | in a hurry | levels of its exercises |", "|---|---|---|---|"]
    for name, about in _exercises().items():
        levels = " ".join(str(one["difficulty"]) for one in about["exercises"].values())
        title = link(name, folder).replace("[lab ", "[", 1)
        rows.append(f"| {title} | {NOTEBOOKS[name].minutes} | {shortest(about)} | {levels} |")
    return "\n".join(rows)


def contents(kind):
    """Return README's table of all lessons or all labs."""
    rows = [f"| {kind} | {'in it' if kind == 'lesson' else 'you write'} | minutes |", "|---|---|---|"]
    for name, notebook in NOTEBOOKS.items():
        if name.startswith(kind):
            core = f" (core {notebook.core})" if notebook.core else ""
            title = link(name, "").replace(f"[{kind} ", "[", 1)
            rows.append(f"| {title} | {notebook.about} | {notebook.minutes}{core} |")
    return "\n".join(rows)


def filled(text):
    """Return a lesson's text with the tables of routes in place of their marks, `<!-- route: One day -->`."""
    return re.sub("<!-- route: (.*) -->", lambda mark: table(mark[1]), text)


def exercises_of(notebook):
    """Return what course/exercises.toml says of a lab, "lab 12": its exercises and its shortest way."""
    return _exercises()[notebook]


@functools.cache
def _exercises():
    return tomllib.loads((ROOT / "course" / "exercises.toml").read_text(encoding="utf-8"))


def exercises(path):
    """Return the text below the opening table of a lab's source: its exercises, and the shortest way.

    None where course/exercises.toml knows nothing of it, as of a lesson.
    """
    about = _exercises().get(f"{_kind(path)} {path.name[:2]}")
    if about is None:
        return None
    rows = [EXERCISES, "|---|---|---|"]
    for number, (name, one) in enumerate(about["exercises"].items(), 1):
        rows.append(f"| {number} · `{name}` | {one['minutes']} | {one['difficulty']} |")
    return "\n".join([*rows, "", f"**In a hurry:** {shortest(about)}."])


def shortest(about):
    """Return the shortest way through a lab, in words."""
    way = about["hurry"]
    *most, last = map(str, way["exercises"])
    numbers = f"exercises {', '.join(most)} and {last}" if most else f"exercise {last}"
    return f"{way['minutes']} minutes, for {numbers}, then {way['then']}"


def _kind(path):
    return next(kind for kind, folder in SOURCES.items() if folder == path.parent.name)


def where_next(path):
    """Return the text that closes the notebook of a source, or None where it is in no route."""
    kind = _kind(path)
    here = f"{kind} {path.name[:2]}"
    ways = {}  # what comes next -> the routes that go there
    for name, route in ROUTES.items():
        order = list(dict.fromkeys(stop.notebook for stop in (*route.must, *route.more)))
        if here in order:
            after = "".join(order[order.index(here) + 1 :][:1])
            extra = after and after not in [stop.notebook for stop in route.must]
            ways.setdefault(after, []).append(name.lower() + ", if time is left" * bool(extra))
    lines = [
        f"- {', '.join(names).capitalize()}: {link(after, FOLDERS[kind]) if after else 'this was the last one.'}"
        for after, names in ways.items()
    ]
    return "\n".join(["## Where next", "", *lines]) if lines else None


def write(page):
    """Put the tables into README.md, or another page with the same marks."""
    for name, text in {"routes": overview(), "lessons": contents("lesson"), "labs": contents("lab")}.items():
        tables.put_on_page(name, text, page)


if __name__ == "__main__":
    argparse.ArgumentParser(description="Write the tables of README.md.").parse_args()
    write(ROOT / "README.md")
