"""Compare the course's training loop with the other ways that a user could pick, all on this machine and in turn.

    python tools/benchmark.py                 every workload: about a quarter of an hour
    python tools/benchmark.py dense ring      only these
    python tools/benchmark.py --report        only the table and the picture, from the rows that are there

PyTorch and JAX are measured if they are installed: pip install -r requirements-bench.txt, best in an environment of
its own. Every way is a process that trains the same networks from the same weights with the same batch size,
optimiser and data. All are warm before the first round; in a round each way has a stretch of its own while the others
wait, so that other load meets all alike. Rows go to docs/speed/benchmark.csv after each round, those of a workload in
place of the last ones. A run that is stopped keeps what it has.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks import files  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import tables  # noqa: E402
from tools.benchmarks.worker import WAYS  # noqa: E402
from tools.benchmarks.workloads import WORKLOADS, step_flop  # noqa: E402

ROWS = ROOT / "docs" / "speed" / "benchmark.csv"
PICTURE = ROOT / "images" / "speed.png"
COURSE = "course"
SECONDS = 2  # a stretch takes about that long
SLOW = 5  # a way that needs more seconds than this for a step has one stretch only
IDLE = 0.5  # load average above which other work is named
FIELDS = ("workload", "way", "round", "steps", "seconds", "first", "version", "note", "load", "machine", "limits")


class Worker:
    """The other end of tools/benchmarks/worker.py. `error` is a sentence if the way cannot run here."""

    def __init__(self, way, workload):
        self.way, self.error, self.version, self.first = way, "", "", 0.0
        command = [sys.executable, str(ROOT / "tools" / "benchmarks" / "worker.py"), way, workload]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        answer = self.answer()
        self.version, self.first = answer.get("version", ""), answer.get("first", 0.0)
        self.steps, self.slow = 1, False
        if not self.error:
            self.choose_steps()

    def answer(self):
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "its process ended without a word"}
        self.error = answer.get("error", "")
        return answer

    def run(self, steps):
        """Return the seconds of so many steps, or None after an error."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return self.answer().get("seconds")

    def choose_steps(self):
        """Warm up, and settle for as many steps as take about SECONDS."""
        seconds = self.warm()
        while seconds and seconds < SECONDS / 4:
            self.steps *= 2
            seconds = self.warm()
        if not seconds:
            return
        self.slow = seconds / self.steps > SLOW
        self.steps = max(1, round(self.steps * SECONDS / seconds))
        if self.steps > 200:
            self.steps -= self.steps % 200  # the course's loop and JAX's scan go by such chunks
        if not self.slow:
            self.run(self.steps)

    def warm(self):
        """Return the seconds of `steps` steps, the second time: some ways compile anew for another number of steps."""
        seconds = self.run(self.steps)
        return seconds if seconds is None or seconds > 2 * SLOW else self.run(self.steps)

    def stop(self):
        self.process.kill()
        self.process.wait()


def limits(workload):
    """Return what `tools/benchmarks/limits.py` measures for a workload."""
    command = [sys.executable, str(ROOT / "tools" / "benchmarks" / "limits.py"), workload]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def measure(workload, rounds, load):
    """Measure every way on a workload, a row for each way and round, written as they come."""
    print(f"\n{WORKLOADS[workload].title}: {step_flop(WORKLOADS[workload]) / 1e6:,.0f} MFLOP a step", flush=True)
    common = {"workload": workload, "load": f"{load:.2f}", "machine": machine()}
    common["limits"] = json.dumps(limits(workload))
    rows, workers = [], []
    try:
        for way in WAYS:
            worker = Worker(way, workload)
            workers.append(worker)
            said = worker.error or f"ready, first step after {worker.first:.1f} s, {worker.steps} steps a round"
            print(f"  {way}: {said}", flush=True)
            if worker.error:
                rows.append({**common, "way": way, "note": worker.error})
                save(workload, rows)
        for number in range(1, rounds + 1):
            for worker in workers:
                if worker.error or (worker.slow and number > 1):
                    continue
                seconds = worker.run(worker.steps)
                about = {"way": worker.way, "round": number, "first": worker.first, "version": worker.version}
                about["note"] = worker.error or ("one round: a step takes seconds" if worker.slow else "")
                rows.append({**common, **about, "steps": worker.steps, "seconds": seconds})
            save(workload, rows)
            timed = [row for row in rows if row.get("round") == number and row["seconds"]]
            said = ", ".join(f"{row['way']} {row['steps'] / row['seconds']:.4g}" for row in timed)
            print(f"  round {number}/{rounds}: {said}", flush=True)
    finally:
        for worker in workers:
            worker.stop()


def machine():
    return f"{processor.name()}, {processor.cores()} cores, {processor.bfloat16()}"


# ---- rows


def save(workload, rows):
    """Put the rows in place of the workload's old ones."""
    rows = sorted(rows, key=lambda row: list(WAYS).index(row["way"]))
    tables.put(ROWS, rows, ("workload",), FIELDS, {"workload": WORKLOADS})


# ---- what they say


def rates(rows, workload, way):
    """Return round -> steps per second."""
    mine = [row for row in rows if row["workload"] == workload and row["way"] == way and row["seconds"]]
    return {int(row["round"]): int(row["steps"]) / float(row["seconds"]) for row in mine}


def ratios(rows, workload, way):
    """Return for each round how many times as fast as this way the course is."""
    ours, theirs = rates(rows, workload, COURSE), rates(rows, workload, way)
    return [ours[number] / theirs[number] for number in ours if number in theirs]


def report(rows):
    """Return the table in Markdown: for each workload and way steps/s, the course's ratio to it, share of the limit."""
    lines = []
    for workload in WORKLOADS:
        mine = [row for row in rows if row["workload"] == workload]
        if not mine:
            continue
        limit = json.loads(mine[0]["limits"])
        lines += ["", *_heading(workload, mine[0], limit), ""]
        lines += ["| way | steps/s (from – to) | the course is | of the limit | compiling |", "|---|---|---|---|---|"]
        for way in WAYS:
            note = next((row["note"] for row in mine if row["way"] == way and row["note"]), "")
            lines.append(_line(way, rates(rows, workload, way), ratios(rows, workload, way), mine, limit, note))
    versions = sorted({row["version"] for row in rows if row["version"]})
    return "\n".join([*lines, "", f"{'; '.join(versions)}. `python tools/benchmark.py`, medians of the rounds."])


def _heading(workload, row, limit):
    flops = step_flop(WORKLOADS[workload])
    text = (
        f"**{WORKLOADS[workload].title[0].upper()}{WORKLOADS[workload].title[1:]}**, {flops / 1e6:,.0f} MFLOP a step. "
    )
    text += f"One large product: {limit['large'] / 1e9:.0f} GFLOP/s"
    if limit["large_bfloat16"]:
        text += f", in bfloat16 {limit['large_bfloat16'] / 1e9:.0f}"
    text += f"; the products of a step, one after the other: {limit['shapes'] / 1e9:.0f}. {row['machine']}."
    if float(row["load"]) > IDLE:
        text += f" Other work ran beside it: load {row['load']}."
    return [text]


def _line(way, rates, ratios, rows, limit, note):
    if not rates:
        return f"| {way} | {note} | | | |"
    middle = statistics.median(rates.values())
    spread = f"{_number(middle)} ({_number(min(rates.values()))} – {_number(max(rates.values()))})"
    first = float(next(row["first"] for row in rows if row["way"] == way))
    share = middle * step_flop(WORKLOADS[rows[0]["workload"]]) / limit["large"]
    times = "" if way == COURSE else f"{statistics.median(ratios):.2f} times as fast" if ratios else ""
    name = f"**{way}**" if way == COURSE else way
    compiling = max(0, first - 1 / middle)
    return f"| {name} | {spread}{'; ' + note if note else ''} | {times} | {share:.0%} | {compiling:.1f} s |"


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def draw(rows, path=PICTURE):
    """Draw for each workload the speed of every way relative to the course, on one scale."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    shown = [name for name in WORKLOADS if rates(rows, name, COURSE)]
    figure, axes = plt.subplots(1, len(shown), figsize=(2.6 * len(shown) + 1.4, 3.4), sharey=True, squeeze=False)
    for axis, workload in zip(axes[0], shown):
        for height, way in enumerate(reversed(WAYS)):
            times = ratios(rows, workload, way)
            if not times:
                axis.text(0.02, height, "not measured", fontsize=7, va="center", color="#666666")
                continue
            share, low, high = 1 / statistics.median(times), 1 / max(times), 1 / min(times)
            axis.barh(height, share, color="#1f5fa8" if way == COURSE else "#b8c4d3", height=0.7)
            axis.plot([low, high], [height, height], color="#333333", linewidth=1)
            steps = _number(statistics.median(rates(rows, workload, way).values()))
            axis.text(max(share, high) + 0.03, height, steps, fontsize=7, va="center")
        axis.set_yticks(range(len(WAYS)), list(reversed(WAYS)), fontsize=8)
        axis.set_xlim(0, 1.9)
        axis.set_xticks([0, 0.5, 1])
        axis.set_title(WORKLOADS[workload].title.replace(",", "\n", 1), fontsize=8)
        axis.axvline(1, color="#1f5fa8", linewidth=0.8, linestyle=":")
        axis.spines[["top", "right"]].set_visible(False)
    figure.supxlabel("speed, the course = 1; numbers: steps per second", fontsize=8)
    figure.tight_layout()
    path.parent.mkdir(exist_ok=True)
    with files.replacing(path) as unfinished:
        figure.savefig(unfinished, format="png", dpi=110)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description="Compare the course's training loop with other ways to train a GAN.")
    parser.add_argument("workloads", nargs="*", metavar="workload", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--report", action="store_true", help="measure nothing")
    arguments = parser.parse_args()
    for name in arguments.workloads:
        if name not in WORKLOADS:
            parser.error(f"there is no workload {name!r}; there are {', '.join(WORKLOADS)}")
    if arguments.rounds < 1:
        parser.error(f"--rounds is {arguments.rounds}; it must be 1 or more")
    if not arguments.report:
        load = processor.load() or 0.0
        print(machine() + (f"; other work runs beside this: load {load:.2f}" if load > IDLE else ""))
        if processor.cores() == 1:
            print("One core: ways that use several are not seen at their best.")
        for workload in arguments.workloads or WORKLOADS:
            measure(workload, arguments.rounds, load)
    rows = tables.read(ROWS)
    if not rows:
        sys.exit("There are no rows yet: run it without --report.")
    print(report(rows))
    tables.put_on_page("benchmark", report(rows))
    draw(rows)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nInterrupted: finished rounds have their rows.")
        sys.exit(130)
