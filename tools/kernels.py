"""Measure a class on one machine: kernels that all run one lab, solved, in fast mode, in the same moment.

    python tools/kernels.py                 lab 12: one kernel alone, then 5, 10 and 20 at once; a row each
    python tools/kernels.py 20 --lab 09     only so many, of another lab
    python tools/kernels.py --table         the tables of docs/hub.md from the rows that are there

Rows go to docs/speed/kernels.csv, in place of an older one of as many kernels of the lab. Seconds begin when all
kernels are asked for. Memory is looked at every second, and all kernels stay until the last is done, as in a class. It
needs /proc, and does not begin where the memory would not do.

From these rows and those of tools/clock.py follow the figures of hub/values.yaml: see `figures`.
"""

import argparse
import math
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # comes with the kernel

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.startup import processor  # noqa: E402  (the path comes first)
from tools import clock, routes, tables  # noqa: E402

ROWS, PAGE = ROOT / "docs" / "speed" / "kernels.csv", ROOT / "docs" / "hub.md"
COUNTS = (1, 5, 10, 20)
LOOK_SECONDS = 1.0
KERNEL_GB, SPARE_GB = 1.2, 2.0  # what a kernel may take while none is measured; what the machine keeps for others
NODES = (16, 32, 64, 128)  # GB of memory

NUMBERS = (
    *("kernels", "failed", "wall_s", "median_s", "cpu_s"),  # the last of all; one kernel; CPU of one kernel
    *("peak_mb", "pss_mb", "uss_mb", "together_mb"),  # the largest kernel: resident, share, its own; all shares at once
    *("other_load", "free_gb"),  # before this program began
)
COLUMNS = ("notebook", *NUMBERS, "trouble", "cores", "processor", *clock.VERSIONS)


@dataclass
class Seat:
    """A student's kernel: seconds until its notebook was done, what went wrong, CPU seconds, largest memory in MB."""

    seconds: float | None = None
    trouble: str = ""
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    pss_mb: float = 0.0
    uss_mb: float = 0.0
    kernel: clock.Kernel | None = field(default=None, repr=False)

    def run(self, path, begun):
        """Run a notebook's cells in a fresh kernel, which stays; the first thing that goes wrong is the trouble."""
        number = 0
        try:
            self.kernel = clock.Kernel(path.parent, GANHACKS_FAST="1", GANHACKS_STRICT="1")
            for number, cell in enumerate(clock.code_cells(path), 1):
                _, shown, error = self.kernel.run(cell.source)
                if error and not self.trouble:
                    self.trouble = f"code cell {number} raised {error} ({said(shown)})"
        except clock.KernelDied as death:
            self.trouble = f"{death} in code cell {number}" if number else str(death)
        self.seconds = time.perf_counter() - begun

    def look(self):
        """Note the kernel's memory and CPU; returns its share of memory in MB, 0 where it is gone."""
        if self.kernel is None or not self.kernel.manager.has_kernel:
            return 0.0
        pid = self.kernel.pid
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.Error:  # it died between two looks
            return 0.0
        found = clock.memory(pid)
        self.cpu_s = times.user + times.system
        for name, size in found.items():
            setattr(self, name, max(getattr(self, name), size))
        return found.get("pss_mb", 0.0)


def said(shown):
    """Return the first line of what an exception said. shown: what `clock.Kernel.run` returns of its cell."""
    values = [message["content"]["evalue"] for _, message in shown if message["msg_type"] == "error"]
    return values[0].splitlines()[0] if values and values[0] else "without a word"


def measure(count, path):
    """Run a notebook in `count` kernels at once and return the measured columns of its row."""
    seats, together, begun = [Seat() for _ in range(count)], 0.0, time.perf_counter()
    with ThreadPoolExecutor(count) as pool, ExitStack() as end:  # an interrupt ends the kernels; then the pool's work
        end.callback(lambda: [seat.kernel.close() for seat in seats if seat.kernel])
        running = {pool.submit(seat.run, path, begun) for seat in seats}
        while running:
            done, running = wait(running, timeout=LOOK_SECONDS)
            together = max(together, sum(seat.look() for seat in seats))
            for one in done:
                one.result()  # what is no trouble of a notebook is raised here
    troubles = sorted({seat.trouble for seat in seats if seat.trouble})
    return {
        "failed": sum(bool(seat.trouble) for seat in seats),
        "trouble": "; ".join(troubles),
        "wall_s": round(max(seat.seconds for seat in seats), 1),
        "median_s": round(statistics.median(seat.seconds for seat in seats), 1),
        "cpu_s": round(statistics.median(seat.cpu_s for seat in seats), 1),
        **{name: round(max(getattr(seat, name) for seat in seats), 1) for name in ("peak_mb", "pss_mb", "uss_mb")},
        "together_mb": round(together, 1),
    }


def wanted_gb(count, rows):
    """Return how much memory so many kernels need here, by the rows of their lab or by a guess where it has none."""
    own = max((row["uss_mb"] / 1000 for row in rows), default=KERNEL_GB)
    shared = max((row["peak_mb"] - row["uss_mb"] for row in rows), default=0) / 1000  # the libraries, once for all
    return count * own + shared + SPARE_GB


# ---- rows


def read_rows(path=ROWS):
    """Return the rows, numbers as numbers; [] where there is no file."""
    return clock.read_rows(path, COLUMNS, NUMBERS, ("kernels", "failed", "cores"))


def write_row(row, path=ROWS):
    """Put a row into the file, whole or not at all, in place of an older one of as many kernels of the lab."""
    tables.put(path, [row], ("notebook", "kernels"), COLUMNS)


# ---- what the rows say


def figures(clocked):
    """Return what a student is to get: memory in GB and CPU in cores, each guaranteed and at most.

    clocked: rows of tools/clock.py, whose notebooks ran at full length. Memory is that of a notebook and of the
    student's server: the median notebook's, rounded up to a tenth, is guaranteed; the largest one's, rounded up to a
    whole GB, is the limit. The guaranteed CPU is the largest share of a notebook's minutes that its cells take, as if
    they kept all cores busy, rounded up to a twentieth; the limit is the cores with which the seconds were measured.
    """
    notebooks, (server_gb, _) = _notebooks(clocked), clock.server_gb(clocked)
    if not notebooks:
        raise SystemExit("No notebook's memory has been measured: `python tools/clock.py` does that.")
    peaks = [row["peak_mb"] / 1000 for row in notebooks]
    shares = [row["total_s"] * row["cores"] / (60 * _minutes(row)) for row in notebooks]
    return {
        "memory": {
            "guarantee": _up(statistics.median(peaks) + server_gb, 10),
            "limit": _up(max(peaks) + server_gb, 1),
        },
        "cpu": {"guarantee": _up(max(shares), 20), "limit": max(row["cores"] for row in notebooks)},
    }


def _notebooks(clocked):
    return [row for row in clocked if row["kind"] in clock.FOLDERS and row["peak_mb"]]


def _minutes(row):
    """Return the minutes that a student spends on the notebook of a row."""
    return routes.NOTEBOOKS[f"{row['kind']} {row['notebook'][:2]}"].minutes


def _up(value, parts):
    """Round up to a multiple of 1/parts."""
    return math.ceil(round(value * parts, 6)) / parts


def measured_table(rows):
    """Return the rows as a table in Markdown, with a line on the machine."""
    lines = [
        "| lab | kernels at once | failed | until the last is done | beside one alone | CPU of one "
        "| largest kernel: resident | its own | all together |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    alone = {row["notebook"]: row["wall_s"] for row in rows if row["kernels"] == 1}
    for row in rows:
        times = f"{row['wall_s'] / alone[row['notebook']]:.1f} times" if row["notebook"] in alone else ""
        told = (row["notebook"][:2], str(row["kernels"]), str(row["failed"]), f"{row['wall_s']:.0f} s", times)
        told += (f"{row['cpu_s']:.0f} s",)
        sizes = (f"{row[name] / 1000:.2f} GB" for name in ("peak_mb", "uss_mb", "together_mb"))
        lines.append(f"| {' | '.join((*told, *sizes))} |")
    said = [
        f"{row['kernels']} kernels of lab {row['notebook'][:2]}: {row['trouble']}." for row in rows if row["trouble"]
    ]
    for machine in dict.fromkeys(tuple(row[name] for name in ("processor", "cores", *clock.VERSIONS)) for row in rows):
        versions = ", ".join(f"{name} {version}" for name, version in zip(clock.VERSIONS, machine[2:]))
        said.append(f"{machine[0]}, {machine[1]} cores; {versions}.")
    loads = [row["other_load"] for row in rows if row["other_load"] > clock.BUSY]
    if loads:
        said.append(f"{len(loads)} of {len(rows)} rows began beside another load, of up to {max(loads):.1f}.")
    return "\n".join([*lines, "", " ".join(said)])


def students_table(clocked):
    """Return how many students a node holds as a table in Markdown. clocked: rows of tools/clock.py."""
    given, (server_gb, _) = figures(clocked), clock.server_gb(clocked)
    largest = max(row["peak_mb"] for row in _notebooks(clocked)) / 1000
    guaranteed = given["memory"]["guarantee"]
    lines = [
        f"| memory of a node | students, {guaranteed:g} GB guaranteed to each | cores guaranteed to them together "
        f"| students if all run the largest notebook to its end, {largest + server_gb:.2f} GB |",
        "|---|---|---|---|",
    ]
    for node in NODES:
        seats = clock.students(node, guaranteed, 0)
        cores = seats * given["cpu"]["guarantee"]
        lines.append(f"| {node} GB | {seats} | {cores:.1f} | {clock.students(node, largest, server_gb)} |")
    return "\n".join(lines)


def write_tables():
    """Put the tables between the marks of the page."""
    tables.put_on_page("kernels", measured_table(read_rows()), PAGE)
    tables.put_on_page("students", students_table(clock.read_rows()), PAGE)


def main():
    parser = argparse.ArgumentParser(description="Measure many kernels at once on this machine.")
    parser.add_argument("counts", nargs="*", type=int, help="how many at once; 1, 5, 10 and 20 unless named")
    parser.add_argument("--lab", default="12", help="its number, slug or name; 12 unless named")
    parser.add_argument("--table", action="store_true", help="write the tables from the rows that are there")
    arguments = parser.parse_args()
    if any(count < 1 for count in arguments.counts):
        sys.exit(f"{min(arguments.counts)} kernels cannot be measured: name 1 or more.")
    if not Path("/proc/self/smaps_rollup").exists():
        sys.exit("There is no /proc/PID/smaps_rollup here, from which memory is read: measure on Linux.")
    if not arguments.table:
        labs = [(kind, path) for kind, path in clock.notebooks() if kind == "lab"]
        ((_, lab),) = clock.chosen([arguments.lab], labs)
        measure_all(arguments.counts or COUNTS, lab)
    write_tables()
    print(measured_table(read_rows()))


def measure_all(counts, lab):
    """Measure each number of kernels and give it a row; ends the program where the memory would not do."""
    other_load, machine = processor.load(), clock.machine()
    for count in counts:
        free = psutil.virtual_memory().available / 1e9
        wanted = wanted_gb(count, [row for row in read_rows() if row["notebook"] == lab.stem])
        if free < wanted:
            sys.exit(
                f"{count} kernels of {lab.stem} may take {wanted:.1f} GB and {free:.1f} GB are free here: "
                "end other programs, or name a smaller number or another lab."
            )
        print(f"{lab.stem}, {count} at once", end="", flush=True)
        about = {"notebook": lab.stem, "kernels": count, "other_load": other_load, "free_gb": round(free, 1)}
        row = about | machine | measure(count, lab)
        write_row(row)
        print(f": {row['wall_s']:.0f} s, {row['together_mb'] / 1000:.1f} GB, {row['failed']} failed", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nInterrupted: finished numbers have their rows; name the others to measure only these.")
        sys.exit(130)
