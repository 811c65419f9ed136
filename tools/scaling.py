"""Measure how the course's training loop scales on this machine: batch, width, steps, and processes side by side.

    python tools/scaling.py            measure what has no row yet; print the tables and draw images/scaling.png
    python tools/scaling.py --draw     print and draw from the rows that are there
    python tools/scaling.py --again    forget the rows and measure everything anew

A point is one setting, measured in a fresh process, so that its memory is its own. Its row goes to
docs/speed/scaling.csv at once; a run that was stopped goes on where it was. What is timed is the loop of `train`: draws
and gradient norms, but no snapshots.
"""

import argparse
import contextlib
import json
import math
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# No TensorFlow here: Linux lets a child's peak memory begin at that of its parent, so the parent must stay small.
from ganhacks import data, files  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402  (the path comes first)
from tools import tables  # noqa: E402
from tools.benchmarks.workloads import WORKLOADS, Dense, Workload  # noqa: E402

ROWS, PICTURE = ROOT / "docs" / "speed" / "scaling.csv", ROOT / "images" / "scaling.png"

STRETCHES, STRETCH_SECONDS = 3, 2.0  # of batch and width: as many timed stretches, each at least as long
REPEATS = 2  # of steps: as many runs from scratch, each in a fresh process
WINDOW_SECONDS, STEPS_PER_CALL = 10.0, 1000  # of processes: how long all train, and how often each looks at the clock
BENDS = 1.8  # a doubling that takes more than so many times as long
BUSY = 0.5  # a load average above this is another's work

UNITS = {"batch": "ms/step", "width": "ms/step", "steps": "s", "processes": "steps/s"}
NAMES = {"dense": "dense", "small": "small DCGAN"}
COLUMNS = (
    *("question", "workload", "value", "threads", "unit", "median", "min", "max", "peak_mb", "start_mb", "compile_s"),
    *("cores", "processor", "load_before", "python", "tensorflow", "keras"),
)


@dataclass(frozen=True)
class Point:
    """One setting. value: the batch size, the hidden units, the steps or the processes. threads: "all" or "1"."""

    question: str
    workload: str
    value: int
    threads: str = "all"


def points(cores):
    """Return every Point for a machine with so many cores, in the order in which they are measured."""
    doublings = [2**power for power in range(1, 2 * cores) if 2**power <= 2 * cores]
    counts = sorted({n for n in (1, 2, 3, 4, *doublings) if n <= 2 * cores})
    return [
        *(Point("batch", "dense", size) for size in (16, 32, 64, 128, 256, 512, 1024)),
        *(Point("batch", "small", size) for size in (16, 32, 64, 128)),
        *(Point("width", "dense", units) for units in (32, 64, 128, 256, 512, 1024)),
        *(Point("steps", "dense", steps) for steps in (200, 500, 1000, 2000, 5000)),
        *(Point("processes", "dense", count, "1") for count in counts),
        Point("processes", "dense", 1, "all"),
    ]


# --- rows ---


def read_rows(path=ROWS):
    """Return the rows of a file as dictionaries with numbers in them; [] where there is no file."""
    found = tables.read(path)
    if found and set(found[0]) != set(COLUMNS):
        sys.exit(f"{path} has the columns {', '.join(found[0])}; wanted {', '.join(COLUMNS)}. Run with --again.")
    for row in found:
        row.update(value=int(row["value"]), cores=int(row["cores"]))
        for column in ("median", "min", "max", "peak_mb", "start_mb", "compile_s", "load_before"):
            row[column] = float(row[column]) if row[column] else None
    return found


def append(row, path=ROWS):
    """Add a row to the file, whole or not at all, in place of an older one of the same point."""
    tables.put(path, [row], ("question", "workload", "threads", "value"), COLUMNS, {"question": UNITS})


def point_of(row):
    """Return the Point that a row is of."""
    return Point(row["question"], row["workload"], row["value"], row["threads"])


def missing(rows, cores):
    """Return the points that have no row yet."""
    done = {point_of(row) for row in rows}
    return [point for point in points(cores) if point not in done]


def chosen(rows, question, workload="dense", threads=None):
    """Return the rows of one line of a panel, by rising value."""
    found = [row for row in rows if (row["question"], row["workload"]) == (question, workload)]
    return sorted((row for row in found if threads in (None, row["threads"])), key=lambda row: row["value"])


# --- what the rows say ---


def line(steps, seconds):
    """Fit seconds = constant + slope steps by least squares; return (constant, slope, largest relative miss)."""
    slope, constant = np.polyfit(steps, seconds, 1)
    miss = np.abs(constant + slope * np.asarray(steps) - seconds) / seconds
    return float(constant), float(slope), float(miss.max())


def exponent(values, times):
    """Return p of time ~ value^p between the last two values: 0 is free, 1 is proportional."""
    return math.log(times[-1] / times[-2]) / math.log(values[-1] / values[-2])


def bend(values, times):
    """Return the first doubling (from, to) that takes more than `BENDS` times as long, or None."""
    pairs = zip(zip(values, times), zip(values[1:], times[1:]))
    return next(((x, x2) for (x, y), (x2, y2) in pairs if x2 == 2 * x and y2 > BENDS * y), None)


def window_rates(tracks, parts=STRETCHES):
    """Return the steps per second of all processes together in each part of the time in which all of them trained.

    tracks: for each process its [(seconds on a shared clock, steps done by then), ...]. Between two looks at the
    clock, steps are taken to go by evenly. The first call is left out: in it the others may not have begun.
    """
    begin = max(track[1][0] for track in tracks)
    end = min(track[-1][0] for track in tracks)
    if end <= begin:
        sys.exit("The processes did not train at the same time; make WINDOW_SECONDS longer.")
    edges = np.linspace(begin, end, parts + 1)
    done = sum(np.interp(edges, *np.transpose(track)) for track in tracks)
    return np.diff(done) / np.diff(edges)


def cautions(rows):
    """Return a sentence for everything that makes these rows less than a measurement of a quiet machine."""
    said = []
    if any(row["cores"] == 1 for row in rows):
        said.append("Measured on one core: nothing here says how training uses several.")
    loads = [row["load_before"] for row in rows if row["load_before"] is not None and row["load_before"] > BUSY]
    if loads:
        said.append(
            f"{len(loads)} of {len(rows)} points were measured after a load average of up to {max(loads):.2f}: "
            f"above {BUSY} something else was running, so measure again on a quiet machine."
        )
    machines = {tuple(row[key] for key in ("cores", "processor", "python", "tensorflow", "keras")) for row in rows}
    if len(machines) > 1:
        said.append(f"The rows come from {len(machines)} machines or versions; --again makes them one.")
    return said


def report(rows):
    """Return the tables as lines of text."""
    if not rows:
        return ["No rows yet: run `python tools/scaling.py`."]
    newest = rows[-1]
    versions = f"Python {newest['python']}, TensorFlow {newest['tensorflow']}, Keras {newest['keras']}"
    lines = [f"{newest['processor']}, {newest['cores']} cores · {versions}", *cautions(rows)]
    for question in ("batch", "width"):
        for workload in ("dense", "small"):
            if found := chosen(rows, question, workload):
                lines += ["", f"{question}, {WORKLOADS[workload].title}", *_table(question, found), *_growth(found)]
    if found := chosen(rows, "steps"):
        lines += ["", f"steps, {WORKLOADS['dense'].title}: from the first step, compilation included"]
        lines += _table("steps", found)
        if len(found) > 2:
            constant, slope, miss = line([row["value"] for row in found], [row["median"] for row in found])
            lines.append(f"{constant:.2f} s and {1000 * slope:.3f} ms for each step; at most {miss:.1%} off that line")
    if found := [*chosen(rows, "processes", threads="1"), *chosen(rows, "processes", threads="all")]:
        lines += ["", f"processes, {WORKLOADS['dense'].title}: all together; memory of the largest"]
        lines += _table("processes", found)
    return lines


def on_page(rows):
    """Return the tables as docs/speed.md shows them."""
    return "\n".join(["```text", *report(rows), "```"])


def _table(question, rows):
    lines = [f"{question:>10} {'threads':>8} {UNITS[question]:>10} {'min':>10} {'max':>10} {'MB':>7} {'compile':>9}"]
    for row in rows:
        times = " ".join(f"{row[column]:10.4g}" for column in ("median", "min", "max"))
        compiled = "-" if row["compile_s"] is None else f"{row['compile_s']:.1f} s"
        lines.append(f"{row['value']:10} {row['threads']:>8} {times} {row['peak_mb']:7.0f} {compiled:>9}")
    return lines


def _growth(rows):
    if len(rows) < 2:
        return []
    values, times = [row["value"] for row in rows], [row["median"] for row in rows]
    where = bend(values, times)
    told = f"bends from {where[0]} to {where[1]}" if where else "never bends"
    last = f"exponent from {values[-2]} to {values[-1]}: {exponent(values, times):.2f}"
    return [f"{last}; {told} (a doubling that takes more than {BENDS} times as long)"]


# --- the picture ---

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#555555"
STYLES = {"dense": (BLUE, "o", "-"), "small": (ORANGE, "s", "-.")}


def draw(rows, path=PICTURE):
    """Draw six panels: time over memory for batch and width, then steps over processes; one without rows is empty."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    settings = {"font.size": 11, "axes.titlesize": 11, "axes.titlelocation": "left", "axes.spines.top": False}
    with plt.rc_context({**settings, "axes.spines.right": False}):
        figure, axes = plt.subplots(2, 3, figsize=(10, 5.6), dpi=160, layout="constrained")
        for column, (question, label) in enumerate((("batch", "batch size"), ("width", "hidden units"))):
            _draw_time(axes[0, column], question, label, rows)
            _draw_memory(axes[1, column], question, label, rows)
        _draw_steps(axes[0, 2], chosen(rows, "steps"))
        _draw_processes(axes[1, 2], rows)
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(path) as unfinished:
            figure.savefig(unfinished, format="png")
        plt.close(figure)


def _columns(rows, *names):
    return [np.array([row[name] for row in rows], float) for name in names]


def _errors(median, low, high):
    return [median - low, high - median]


def _doublings(axes, label, rows):
    """Give a panel one x axis in powers of two, with every value of its rows and room for names at the right."""
    axes.set_xscale("log", base=2)
    axes.set_xlabel(label)
    values = sorted({row["value"] for row in rows})
    if values:
        axes.set_xticks(values[-1::-2][::-1], [str(value) for value in values[-1::-2][::-1]])
        axes.set_xlim(values[0] / 1.3, values[-1] * 1.4)
    axes.minorticks_off()


def _draw_time(axes, question, label, rows):
    axes.set_title(f"{question}: ms per step")
    _doublings(axes, label, [row for row in rows if row["question"] == question])
    axes.set_yscale("log")
    several = len({row["workload"] for row in rows if row["question"] == question}) > 1
    for workload, (colour, marker, style) in STYLES.items():
        found = chosen(rows, question, workload)
        if not found:
            continue
        value, median, low, high = _columns(found, "value", "median", "min", "max")
        axes.errorbar(value, median, _errors(median, low, high), fmt=style, marker=marker, ms=5, color=colour)
        axes.plot(value, median[-1] * value / value[-1], "--", color=GREY, lw=1)
        if several:
            # Left of the last point: the line comes from below.
            place = {"textcoords": "offset points", "ha": "right", "color": colour}
            axes.annotate(NAMES[workload], (value[-1], median[-1]), (-8, 0), **place)
    if found := chosen(rows, question):
        value, median = _columns(found, "value", "median")
        middle = len(value) // 3
        at = (value[middle], median[-1] * value[middle] / value[-1])
        axes.annotate("proportional", at, (7, -9), textcoords="offset points", color=GREY, fontsize=10)
    _plain_numbers(axes.yaxis)


def _plain_numbers(axis):
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1, 3)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _draw_memory(axes, question, label, rows):
    axes.set_title(f"{question}: peak memory, GB")
    found = [row for row in rows if row["question"] == question]
    _doublings(axes, label, found)
    for workload, (colour, marker, style) in STYLES.items():
        if line_rows := chosen(rows, question, workload):
            value, peak = _columns(line_rows, "value", "peak_mb")
            axes.plot(value, peak / 1000, style, marker=marker, ms=5, color=colour)
    if found:
        start = np.median([row["start_mb"] for row in found]) / 1000
        axes.axhline(start, color=GREY, ls=":", lw=1.2)
        below = (min(row["value"] for row in found), start)
        axes.annotate("before training", below, (0, -13), textcoords="offset points", color=GREY, fontsize=10)
    highest = max((row["peak_mb"] for row in rows if row["question"] in ("batch", "width")), default=1000)
    axes.set_ylim(0, 1.1 * highest / 1000)  # one scale for both


def _draw_steps(axes, rows):
    axes.set_title("steps: seconds of one call")
    axes.set_xlabel("steps in thousands")
    if rows:
        value, median, low, high = _columns(rows, "value", "median", "min", "max")
        axes.errorbar(value / 1000, median, _errors(median, low, high), fmt="o", ms=5, color=BLUE)
        if len(rows) > 2:
            constant, slope, _ = line(value, median)
            ends = np.array([0, value[-1]])
            axes.plot(ends / 1000, constant + slope * ends, color=BLUE, lw=1)
            told = f"{constant:.2g} s +\n{1000 * slope:.2g} ms per step"
            axes.text(0.04, 0.97, told, transform=axes.transAxes, va="top", color=BLUE)
        axes.set_xlim(left=0)
        axes.set_ylim(0, 1.1 * high.max())


def _draw_processes(axes, rows):
    axes.set_title("processes: steps/s together")
    axes.set_xlabel("processes, one thread each")
    top = 0.0
    if found := chosen(rows, "processes", threads="1"):
        value, median, low, high = _columns(found, "value", "median", "min", "max")
        axes.errorbar(value, median, _errors(median, low, high), fmt="-", marker="o", ms=5, color=BLUE)
        axes.set_xticks(value)
        axes.axvline(found[0]["cores"], color=GREY, ls=":", lw=1.2)
        cores = f"{found[0]['cores']} core{'s' if found[0]['cores'] > 1 else ''}"
        axes.annotate(cores, (found[0]["cores"], 0), (4, 4), textcoords="offset points", color=GREY, fontsize=10)
        top = high.max()
    if found := chosen(rows, "processes", threads="all"):
        rate = found[0]["median"]
        axes.axhline(rate, color=ORANGE, ls="--", lw=1.2)
        place = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "top", "color": ORANGE, "fontsize": 10}
        axes.text(0.99, 0.97 * rate, "one process, all threads", **place)
        top = max(top, rate)
    axes.set_ylim(0, 1.12 * top or 1)


# --- measuring: in the process of a point ---


class AllOfMnist(Workload):
    """A workload on the 60,000 images, whatever the batch size, scaled in place: a copy would be the memory's peak."""

    def real(self, n_samples):
        images = data.mnist().x_train.reshape(-1, *self.sample_shape).astype("float32")
        images /= 127.5
        images -= 1
        return images


def workload_of(point):
    """Return the workload that a point trains."""
    workload = AllOfMnist(**vars(WORKLOADS[point.workload]))
    if point.question == "batch":
        return replace(workload, batch_size=point.value)
    if point.question == "width":
        generator, discriminator = (
            (Dense(point.value), *layers[1:]) for layers in (workload.generator, workload.discriminator)
        )
        return replace(workload, generator=generator, discriminator=discriminator)
    return workload


def measure(point):
    """Train as a point says and return a dictionary: its measurements, memory in MB and versions."""
    import keras
    import tensorflow as tf

    from tools.benchmarks.keras_ways import Course

    way = {"steps": _from_scratch, "processes": _beside_others}.get(point.question, _stretches)
    course = Course(workload_of(point))
    start_mb = _peak_mb()
    measured = way(course, point)
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    return {**measured, "start_mb": start_mb, "peak_mb": _peak_mb(), **versions}


def _peak_mb():
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def _timed(course, steps):
    started = time.perf_counter()
    course.run(steps)
    return time.perf_counter() - started


def _compile(course):
    """Train to the end of the first chunk; return the seconds of its first step, which compiles.

    Chunks are drawn whole, so only stretches of whole chunks draw no more than they use.
    """
    from ganhacks.training import CHUNK

    course.run(1)
    seconds = course.history.seconds  # without the drawing
    course.run(CHUNK - 1)
    return seconds, CHUNK


def _stretches(course, point):
    """Return the ms per step of every stretch of whole chunks, all of one length."""
    compile_s, chunk = _compile(course)
    before = course.history.seconds
    seconds = _timed(course, chunk)
    drawing = seconds - (course.history.seconds - before)
    # While a chunk is trained on, the next is drawn. Stretches are so long that what drawing is waited for is a
    # twentieth at most.
    steps = chunk * max(1, math.ceil(max(STRETCH_SECONDS, 20 * drawing) / seconds))
    return {"values": [1000 * _timed(course, steps) / steps for _ in range(STRETCHES)], "compile_s": compile_s}


def _from_scratch(course, point):
    return {"values": [_timed(course, point.value)], "compile_s": None}


def _beside_others(course, point):
    """Compile, say so, wait for a line, then train for a while; return when how many steps were done."""
    compile_s, _ = _compile(course)
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit(1)  # whoever started this has gone
    first = course.history.step
    track = [(time.monotonic(), 0)]  # one clock for all processes of a machine
    while track[-1][0] - track[0][0] < WINDOW_SECONDS:
        course.run(STEPS_PER_CALL)
        track.append((time.monotonic(), course.history.step - first))
    return {"track": track, "compile_s": compile_s}


# --- measuring: in the process that starts them ---


@contextlib.contextmanager
def _started(point, count=1):
    """Start `count` processes that measure a point; end those that are left when the block ends, however it ends."""
    command = [sys.executable, __file__, "--point", json.dumps(asdict(point))]
    environment = dict(os.environ)
    if point.threads != "all":
        environment["TF_NUM_INTRAOP_THREADS"] = point.threads
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    children = []
    try:
        for _ in range(count):
            # In a session of its own: `train` would answer Ctrl-C by ending one stretch early, and go on.
            children.append(subprocess.Popen(command, start_new_session=True, **pipes))
        yield children
    finally:
        for child in children:
            child.kill()
            child.wait()


def _answer(child, point):
    """Return the last line that a process writes, from JSON."""
    text, _ = child.communicate()
    if child.returncode:
        sys.exit(f"Measuring {point} ended with {child.returncode}: what it said stands above.")
    return json.loads(text.splitlines()[-1])


def measured(point):
    """Measure a point in fresh processes and return (values, answers of the processes)."""
    if point.question == "processes":
        with _started(point, point.value) as children:
            for child in children:
                if child.stdout.readline() != "ready\n":
                    _answer(child, point)  # says why
                    sys.exit(f"Measuring {point}: a process was not ready.")
            for child in children:
                child.stdin.write("go\n")
                child.stdin.flush()
            answers = [_answer(child, point) for child in children]
        return window_rates([answer["track"] for answer in answers]), answers
    answers = []
    for _ in range(REPEATS if point.question == "steps" else 1):
        with _started(point) as (child,):
            answers.append(_answer(child, point))
    return [value for answer in answers for value in answer["values"]], answers


def make_row(point, values, answers, load_before):
    """Return the row of a point. Of several processes it has the memory of the largest and the median compile time."""
    compiled = [answer["compile_s"] for answer in answers if answer["compile_s"] is not None]
    return {
        **asdict(point),
        "unit": UNITS[point.question],
        "median": round(float(np.median(values)), 4),
        "min": round(float(min(values)), 4),
        "max": round(float(max(values)), 4),
        "peak_mb": round(max(answer["peak_mb"] for answer in answers), 1),
        "start_mb": round(max(answer["start_mb"] for answer in answers), 1),
        "compile_s": round(float(np.median(compiled)), 2) if compiled else None,
        "cores": processor.cores(),
        "processor": processor.name(),
        "load_before": load_before,
        **{name: answers[0][name] for name in ("python", "tensorflow", "keras")},
    }


def measure_missing():
    """Measure every point without a row, and give it one."""
    # Once, before anything of ours runs: later, the load average is our own work, and for some minutes after a stop.
    load_before = processor.load()
    todo = missing(read_rows(), processor.cores())
    if todo and (load_before or 0) > BUSY:
        print(f"The load average is {load_before}, above {BUSY}: something else runs here, and the rows will say so.")
    for number, point in enumerate(todo, 1):
        row = make_row(point, *measured(point), load_before)
        append(row)
        setting = f"{point.question} {point.value}, {NAMES[point.workload]}, threads: {point.threads}"
        print(f"{number}/{len(todo)}  {setting}: {row['median']:.4g} {row['unit']}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="Measure how the training loop scales on this machine.")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--draw", action="store_true", help="print and draw from the rows that are there")
    how.add_argument("--again", action="store_true", help="forget the rows and measure everything anew")
    how.add_argument("--point", help=argparse.SUPPRESS)  # in the fresh process of a point
    arguments = parser.parse_args()
    if arguments.point:
        print(json.dumps(measure(Point(**json.loads(arguments.point)))))
        return
    if arguments.again:
        ROWS.unlink(missing_ok=True)
    if not arguments.draw:
        measure_missing()
    rows = read_rows()
    print(*report(rows), sep="\n")
    if rows:
        tables.put_on_page("scaling", on_page(rows))
        draw(rows)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nInterrupted: finished points have their rows. Run it again to go on.")
        sys.exit(130)
