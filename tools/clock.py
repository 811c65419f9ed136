"""Measure what a student waits for in every lab and lesson, and how much memory that takes.

    python tools/clock.py            every lab and lesson: seconds and memory as a table, rows in docs/speed/clock.csv
    python tools/clock.py 03 12      only those of these numbers (or slugs, or whole names)
    python tools/clock.py --tests    the course's whole test command as well, and its seconds

A notebook runs at full length in a fresh kernel, cell after cell without a pause; a lab with its answers in, from
solutions/. Seconds end when a message arrives from the kernel: what the browser needs to open the page and to draw is
not in them. A row is written when its notebook is done, in place of an older one.
"""

import argparse
import ast
import contextlib
import math
import os
import platform
import queue
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client import KernelManager

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.startup import processor  # noqa: E402  (the path comes first)
from tools import tables  # noqa: E402
from tools.jupyter_browser import LOCAL, serve  # noqa: E402

ROWS = ROOT / "docs" / "speed" / "clock.csv"
FOLDERS = {"lesson": "notebooks", "lab": "solutions"}
CHECK = "application/vnd.ganhacks.check+json"  # as the contract of a lab says

BUSY = 0.5  # a load average above this is another's work
HUBS = (16, 64)  # GB of memory
SYSTEM_GB = 2.0  # for the hub machine's system and the hub itself
SERVER_GB = 0.1  # for a student's JupyterLab server, where none was measured
KERNEL_SECONDS = 120  # a kernel that has not answered by then is taken to be broken

KINDS = ("lesson", "lab", "server", "tests")
NUMBERS = (
    *("kernel_s", "before_s", "check_s", "first_check_s"),  # the first three add up to the fourth
    *("display_s", "picture_s", "train_cell_s"),  # from the start of the first cell that trains
    *("total_s", "peak_mb", "pss_mb"),
    *("other_load", "load_at_start"),  # before this program began; before this notebook
)
VERSIONS = ("python", "tensorflow", "keras", "jupyterlab", "ipykernel")
COLUMNS = ("kind", "notebook", *NUMBERS, "trouble", "cores", "processor", *VERSIONS)


class KernelDied(Exception):
    """The kernel ended while a cell ran."""


# --- which notebooks, which cells ---


def notebooks(root=ROOT):
    """Return every built lesson and lab as (kind, path), lessons first; a lab's path is that of its solution."""
    return [(kind, path) for kind, folder in FOLDERS.items() for path in sorted((root / folder).glob("[0-9]*.ipynb"))]


def chosen(wanted, every):
    """Return those of `every` that have one of these numbers, slugs or names; all where none is wanted.

    Ends the program with a sentence if one is wanted that is not there.
    """

    def names(path):
        number, _, slug = path.stem.partition("_")
        return {number, slug, path.stem, path.name}

    for name in wanted:
        if not any(name in names(path) for _, path in every):
            there = ", ".join(dict.fromkeys(path.stem for _, path in every)) or "none: run `python tools/build.py`"
            sys.exit(f"There is no notebook {name!r}; name one by its number, slug or name. There are: {there}.")
    return [(kind, path) for kind, path in every if not wanted or names(path) & set(wanted)]


def code_cells(path):
    """Return the code cells of a notebook in order."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def first_check(cells):
    """Return the place of the first cell tagged `check`, or None."""
    return next((n for n, cell in enumerate(cells) if "check" in cell.metadata.get("tags", [])), None)


def first_training(cells):
    """Return the place of the first cell that calls `train` when it runs, or None.

    A cell that only defines a function with `train` in it trains nothing yet; the cell that calls that function does.
    """
    trainers, plain_python = {"train"}, TransformerManager().transform_cell  # without magics
    for number, cell in enumerate(cells):
        try:
            tree = ast.parse(plain_python(cell.source))
        except SyntaxError:  # an exercise still to be written
            continue
        if _trains(tree, trainers):
            return number
    return None


def _trains(node, trainers):
    """Tell whether running this code calls one of `trainers`; add the functions it defines that would."""
    if isinstance(node, ast.FunctionDef):
        if any(_trains(statement, trainers) for statement in node.body):
            trainers.add(node.name)
        return False
    if isinstance(node, ast.Lambda):
        return False
    if isinstance(node, ast.Call) and getattr(node.func, "id", None) in trainers:
        return True
    return any(_trains(child, trainers) for child in ast.iter_child_nodes(node))


# --- what a cell showed: a list of (seconds since its start, message), as they arrived ---


def first_display(shown):
    """Return the seconds to the first display, or None. Printed text is none."""
    return next((seconds for seconds, message in shown if _data(message)), None)


def first_picture(shown):
    """Return the seconds to the first display that holds a picture, or None."""
    return next((seconds for seconds, message in shown if _is_picture(_data(message))), None)


def first_answer(shown):
    """Return (seconds, outcome) of the first check's answer, or (None, None)."""
    answers = ((seconds, _data(message)[CHECK]["outcome"]) for seconds, message in shown if CHECK in _data(message))
    return next(answers, (None, None))


def waits(shown):
    """Tell whether the cell says that it waits for an exercise."""
    return any(_data(message).get("text/plain", "").startswith("This cell waits") for _, message in shown)


def _data(message):
    displays = ("display_data", "update_display_data", "execute_result")
    return message["content"].get("data", {}) if message["msg_type"] in displays else {}


def _is_picture(data):
    page = data.get("text/html", "")
    return "image/png" in data or "image/svg+xml" in data or "<img" in page or "<svg" in page


# --- memory ---


def memory(pid):
    """Return a process's memory in MB of a million bytes, {} where there is no such process or no /proc.

    peak_mb: the most that it ever had in memory. pss_mb: what it has now, of shared pages its share. uss_mb: what it
    alone has.
    """
    import psutil  # comes with the kernel

    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        shares = psutil.Process(pid).memory_full_info()
    except (OSError, psutil.Error):
        return {}
    peak = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
    sizes = {"peak_mb": peak, "pss_mb": shares.pss, "uss_mb": shares.uss}
    return {name: round(size / 1e6, 1) for name, size in sizes.items()}


def _memory_of_row(pid):
    return {name: size for name, size in memory(pid).items() if name in COLUMNS}


def students(total_gb, peak_gb, server_gb=SERVER_GB):
    """Return how many students fit on a hub machine: whole ones, and none where not even the system fits."""
    return max(0, math.floor((total_gb - SYSTEM_GB) / (peak_gb + server_gb)))


# --- running ---


class Kernel:
    """A fresh kernel of this environment, started in `folder` as JupyterLab would; `with` ends it.

    seconds: from asking for it to its first answer. more: variables of its environment.
    """

    def __init__(self, folder, **more):
        # At full length, and a check that does not pass shows its answer and goes on, as for a student.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GANHACKS_")}
        environment |= {"GANHACKS_JOURNAL": "", **more}
        self.manager, self.client = KernelManager(kernel_name="python3"), None
        started = time.perf_counter()
        try:
            self.manager.start_kernel(
                cwd=str(folder),
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                extra_arguments=["--HistoryManager.hist_file=:memory:"],  # not into that of who runs this
            )
            self.client = self.manager.client()
            self.client.start_channels()
            self.client.kernel_info()
            self.client.get_shell_msg(timeout=KERNEL_SECONDS)
            self.seconds = time.perf_counter() - started
            # Makes sure that no message will be missed. It has pauses of its own, so it is left out of the time.
            self.client.wait_for_ready(timeout=KERNEL_SECONDS)
        except BaseException as error:
            self.close()
            if isinstance(error, queue.Empty | RuntimeError):
                raise KernelDied(f"the kernel did not answer within {KERNEL_SECONDS} s of its start") from None
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        if self.client is not None:
            self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)

    @property
    def pid(self):
        """The process of the kernel."""
        return self.manager.provisioner.pid

    def run(self, source):
        """Run a cell to its end; return (seconds, what it showed, the exception's name or None)."""
        started = time.perf_counter()
        request = self.client.execute(source, allow_stdin=False)
        shown, error = [], None
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                if not self.manager.is_alive():
                    raise KernelDied("the kernel died") from None
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            seconds = time.perf_counter() - started
            shown.append((seconds, message))
            if message["msg_type"] == "error":
                error = message["content"]["ename"]
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return seconds, shown, error


def measure(path):
    """Run a notebook in a fresh kernel and return its measurements; what could not be measured is None.

    trouble: what makes them less than those of a notebook that works, or "".
    """
    cells = code_cells(path)
    check, training = first_check(cells), first_training(cells)
    found, troubles, number = dict.fromkeys((*NUMBERS, "trouble")), [], None
    try:
        with Kernel(path.parent) as kernel:
            found["kernel_s"] = kernel.seconds
            started = time.perf_counter()
            for number, cell in enumerate(cells):
                begun = time.perf_counter() - started
                seconds, shown, error = kernel.run(cell.source)
                if error:
                    troubles.append(f"code cell {number + 1} raised {error}")
                if number == check:
                    answered, outcome = first_answer(shown)
                    found.update(before_s=begun, check_s=answered)
                    if answered is not None:
                        found["first_check_s"] = kernel.seconds + begun + answered
                    if outcome != "passed":
                        troubles.append(f"the first check says {outcome or 'nothing'}")
                if number == training and not waits(shown):
                    found.update(display_s=first_display(shown), picture_s=first_picture(shown), train_cell_s=seconds)
            found["total_s"] = kernel.seconds + time.perf_counter() - started
            # The peak belongs to the program that runs in the process, so what its parent once took is not in it.
            found |= _memory_of_row(kernel.pid)
    except KernelDied as death:
        troubles.append(str(death) if number is None else f"{death} in code cell {number + 1}")
    return {**_rounded(found), "trouble": "; ".join(troubles)}


def measure_server():
    """Start JupyterLab, ask it for what its page needs first, and return its memory."""
    import psutil  # comes with the kernel

    own = psutil.Process()
    before = set(own.children())
    try:
        with serve(ROOT) as server:
            (process,) = set(own.children()) - before
            for address in ("lab", "lab/api/settings", "api/kernelspecs", "api/contents/labs"):
                headers = {"Authorization": f"token {server.token}"}
                with LOCAL.open(urllib.request.Request(server.url + address, headers=headers)) as answer:
                    answer.read()
            return {**_memory_of_row(process.pid), "trouble": ""}
    except (RuntimeError, OSError) as error:  # the notebooks' rows are worth a table all the same
        return {"trouble": f"not measured: {str(error).splitlines()[0]}"}


def measure_tests():
    """Run the course's whole test command and return its seconds."""
    started = time.perf_counter()
    code = subprocess.call([sys.executable, "run.py", "test"], cwd=ROOT)
    return _rounded({"total_s": time.perf_counter() - started, "trouble": f"exit code {code}" if code else ""})


def _rounded(measured):
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in measured.items()}


# --- rows ---


def machine():
    """Return the columns that say on what a row was measured."""
    packages = {name: version(name) for name in VERSIONS if name != "python"}
    return {"cores": processor.cores(), "processor": processor.name(), "python": platform.python_version(), **packages}


def read_rows(path=ROWS, columns=COLUMNS, numbers=NUMBERS, counts=("cores",)):
    """Return the rows of a file as dictionaries, numbers as numbers and blanks as None; [] where there is no file."""
    found = tables.read(path)
    if found and tuple(found[0]) != columns:
        sys.exit(f"{path} has other columns than this program writes ({', '.join(columns)}); move it away to go on.")
    for row in found:
        row.update({name: float(row[name]) if row[name] else None for name in numbers})
        row.update({name: int(row[name]) for name in counts})
    return found


def write_row(row, path=ROWS):
    """Put a row into the file, whole or not at all, in place of an older one of the same notebook."""
    tables.put(path, [row], ("kind", "notebook"), COLUMNS, {"kind": KINDS})


# --- what the rows say ---

HEADINGS = {
    "kernel_s": "kernel",
    "before_s": "before",
    "check_s": "check",
    "first_check_s": "1st check",
    "display_s": "display",
    "picture_s": "picture",
    "train_cell_s": "trains",
    "total_s": "all",
    "peak_mb": "peak MB",
    "pss_mb": "PSS MB",
}


def report(rows, machine, other_load=None):
    """Return the table as lines of text. machine, other_load: of this run, for the first line."""
    versions = ", ".join(f"{name} {machine[name]}" for name in VERSIONS)
    first = f"{machine['processor']}, {machine['cores']} cores · {versions}"
    if other_load is not None and other_load > BUSY:
        first += f" · other load: {other_load:.1f}"
    lines = [first, *cautions(rows, machine, other_load), ""]
    lines.append(f"{'':28}" + "".join(f"{heading:>10}" for heading in HEADINGS.values()))
    for row in rows:
        named = f"{row['kind']} {row['notebook']}" if row["kind"] in FOLDERS else row["notebook"]
        cells = ("" if row[name] is None else f"{row[name]:.{0 if name.endswith('mb') else 2}f}" for name in HEADINGS)
        lines.append(f"{named[:28]:28}" + "".join(f"{cell:>10}" for cell in cells))
    lines += [
        "Seconds. 1st check = kernel + before + check. From the start of the first cell that trains: to its first "
        "display, to its first picture, and until it is done (trains).",
        *hubs(rows),
    ]
    return lines


def on_page(rows):
    """Return the table as docs/speed.md shows it; the machine is that of the last row."""
    machine = {name: rows[-1][name] for name in ("cores", "processor", *VERSIONS)}
    return "\n".join(["```text", *report(rows, machine), "```"])


def cautions(rows, machine, other_load):
    """Return a sentence for everything that makes these rows less than one measurement of a quiet machine."""
    said = [f"{row['notebook']}: {row['trouble']}." for row in rows if row["trouble"]]
    others = sum(any(row[name] != machine[name] for name in machine) for row in rows)
    if others:
        said.append(f"{others} of {len(rows)} rows come from another machine or other versions than these.")
    loads = [row["other_load"] for row in rows if (row["other_load"] or 0) > BUSY]
    if loads and (other_load or 0) < max(loads):
        said.append(f"{len(loads)} of {len(rows)} rows were measured beside another load of up to {max(loads):.1f}.")
    if not Path("/proc").is_dir():
        said.append("There is no /proc here, so no memory is measured.")
    return said


def hubs(rows):
    """Return a line for each size of hub machine, or one that says what is missing for it."""
    peaks = [(row["peak_mb"] / 1000, row["notebook"]) for row in rows if row["kind"] in FOLDERS and row["peak_mb"]]
    if not peaks:
        return ["Students on a hub: no notebook's memory has been measured."]
    peak_gb, largest = max(peaks)
    server, source = server_gb(rows)
    return [
        f"Students on a hub of {total} GB, one open notebook each: {students(total, peak_gb, server)} = "
        f"({total} - {SYSTEM_GB:g} for system and hub) / ({peak_gb:.2f}, the largest peak of {len(peaks)} notebooks, "
        f"{largest} + {server:.2f} for the student's JupyterLab server, {source})"
        for total in HUBS
    ]


def server_gb(rows):
    """Return the memory of a student's JupyterLab server in GB, and whether it is measured or assumed."""
    peak = next((row["peak_mb"] for row in rows if row["kind"] == "server" and row["peak_mb"]), None)
    return (peak / 1000, "measured") if peak else (SERVER_GB, "assumed, not measured")


def main():
    parser = argparse.ArgumentParser(description="Measure what a student waits for, and the memory it takes.")
    parser.add_argument("notebooks", nargs="*", help="numbers, slugs or names; all unless named")
    parser.add_argument("--tests", action="store_true", help="run the course's whole test command as well")
    arguments = parser.parse_args()

    # Before anything of ours runs: later, the load average is our own work.
    other_load, this = processor.load(), machine()
    todo = [(kind, path.stem, lambda p=path: measure(p)) for kind, path in chosen(arguments.notebooks, notebooks())]
    if not arguments.notebooks:
        todo.append(("server", "JupyterLab server", measure_server))
    if arguments.tests:
        todo.append(("tests", "run.py test", measure_tests))
    read_rows()  # a file that cannot be added to is told before an hour's work

    for number, (kind, name, measuring) in enumerate(todo, 1):
        print(f"{number}/{len(todo)}  {kind} {name}", end="", flush=True)
        row = dict.fromkeys(COLUMNS) | {"kind": kind, "notebook": name, "other_load": other_load}
        row |= {"load_at_start": processor.load(), **this}
        # What was measured has no load in it, and must not blank these two.
        row |= {key: value for key, value in measuring().items() if value is not None}
        write_row(row)
        print(f": {row['total_s']:.1f} s" if row["total_s"] else "", flush=True)
    print(*report(read_rows(), this, other_load), sep="\n")
    tables.put_on_page("clock", on_page(read_rows()))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        try:
            main()
        except KeyboardInterrupt:
            print("\nInterrupted: finished notebooks have their rows; name the others to measure only these.")
            sys.exit(130)
