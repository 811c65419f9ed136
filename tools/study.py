"""Measure what each hack does: the runs of the scoreboard, by the protocol in evidence/README.md.

    python tools/study.py plan                            what there is, what is missing, and about how long it takes
    python tools/study.py run                             train what is missing, workload by workload
    python tools/study.py run --workload ring --hack adam
    python tools/study.py cell RING/ADAM/GOOD/3           repeat the runs of a seed, and print them beside their rows
    python tools/study.py costs                           time each hack beside the recipe without it
    python tools/study.py tables                          judge the board as it is, print it, and write what cards read

Each run is a task of its own for a concurrent.futures executor: processes of one thread each, --jobs of them, or with
--scheduler ADDRESS a Dask cluster (docs/cluster.md). A finished run has its row at once and is not repeated, so a study
that was stopped, in whatever way, goes on where it was. On another kind of processor it goes on with the comparisons
that are not whole, and trains both arms of them: they are made of one kind's rows.
"""

import argparse
import itertools
import statistics
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from ganhacks.evidence import board  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import cells, tables  # noqa: E402
from tools.board import costs, pages, results, rows, runs  # noqa: E402
from tools.board.arms import arms_of, factors, missing, pairs_of, whole  # noqa: E402
from tools.board.hacks import HACKS  # noqa: E402
from tools.board.workloads import WORKLOADS  # noqa: E402
from tools.cells import Processes  # noqa: E402

PATIENCE = "10s"  # until a cluster answers
USUAL = {"ring": 3, "grid": 6, "dense": 12, "dcgan": 50, "fashion": 50}  # seconds of a run, where no row tells


def tasks(work, there, kind, hacks=None):
    """Yield the runs that a kind of processor has to do, (arm, factor, seed), in their order: of what is not whole.

    there: `rows.Runs`. hacks: names of those, "A/A" among them, whose runs alone are wanted.
    """
    pairs = [pair for pair in pairs_of(work) if hacks is None or pair.hack in hacks]
    pairs = [pair for pair in pairs if whole(work, pair, there) is None]
    wanted = {arm for pair in pairs for arm in (pair.without, pair.with_it)}
    for arm in arms_of(work):
        if arm in wanted:
            yield from ((arm, *one) for one in missing(work, arm, there.of(kind)))


class Cluster:
    """The executor of a Dask cluster. Raises SystemExit with a sentence if there is none."""

    def __init__(self, address):
        try:
            from distributed import Client
        except ImportError:
            raise SystemExit("There is no Dask here: pip install -r requirements-cluster.txt.") from None
        try:
            self.client = Client(address, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise SystemExit(f"No cluster answers at {address} ({error}). Is its scheduler running?") from None
        self.pool = self.client.get_executor(pure=False, retries=cells.TRIES)
        self.width = max(1, sum(self.client.nthreads().values()))

    def submit(self, *task):
        return self.pool.submit(runs.apart, *task)

    def kind(self, workload):
        """Return the workers' kind of processor, as `runs.kind`. Raises SystemExit with a sentence if they differ."""
        self.client.wait_for_workers(1)
        kinds = sorted(set(self.client.run(runs.kind, workload).values()))
        if len(kinds) > 1:
            raise SystemExit(
                f"The workers have {len(kinds)} kinds of processor ({', '.join(kinds)}), and a comparison is made on "
                "one: start workers of one kind."
            )
        return kinds[0]

    def close(self):
        self.client.close()


def run(executor, workloads, hacks=None, kind=runs.kind, play=runs.trained, told=print):
    """Train what is missing of these workloads, and write each row as it comes. kind, play: as in `runs`. told: prints.

    Returns the sentences of what could not be trained. A KeyboardInterrupt leaves the rows that there are. Raises
    rows.BadRows before the first run if a file must not be written to.
    """
    for name in workloads:
        rows.write(name, rows.read(name))
    return [failure for name in workloads for failure in _run_workload(executor, name, hacks, kind, play, told)]


def _run_workload(executor, name, hacks, kind, play, told):
    work, there, done = WORKLOADS[name], rows.read(name), set()
    here = kind(name)

    def todo():
        # A worker that came later may have another kind of processor: its row counts there, and is not asked for twice.
        return (task for task in tasks(work, there, here, hacks) if task not in done)

    def keep(task, row):
        done.add(task)
        there.add(row)
        rows.write(name, there)
        elsewhere = "" if row["machine"] == here else f", by {row['machine']} in place of {here}"
        return f"rate x {task[1]}, {row['score']} {row['outcome']}{elsewhere}"

    def named(task):
        arm, _, seed = task
        return f"{name} / {arm.name} / seed {seed}"

    return cells.run(executor, todo, partial(play, name), keep, named, told)


def plan():
    """Print for each workload how many comparisons are whole, how many runs this kind of processor has done and has to
    do for the others, and about how many hours of one core that takes.
    """
    for name, work in WORKLOADS.items():
        there, here = rows.read(name), runs.kind(name)
        for remark in there.remarks:
            print(remark)
        pairs = pairs_of(work)
        n_whole = sum(whole(work, pair, there) is not None for pair in pairs)
        n_to_do = len(list(tasks(work, there, here)))
        walls = [float(row["wall"]) for row in there.of(here).values() or there.all()]
        each = statistics.mean(walls) if walls else USUAL[name]
        print(
            f"{work.title}: {n_whole} of {len(pairs)} comparisons are whole, of {len(there.all()):,} runs. On {here}: "
            f"{len(there.of(here)):,} done, {n_to_do:,} to do, {n_to_do * each / 3600:.1f} hours of one core at "
            f"{each:.1f} s a run."
        )


def cell(text):
    """Repeat the runs of a cell such as RING/ADAM/GOOD/3, without and with the hack, and print each beside its row."""
    try:
        name, hack, context, seed = text.lower().replace("-", "_").split("/")
        work, seed = WORKLOADS[name], int(seed)
        (pair,) = (p for p in pairs_of(work) if p.hack == hack and p.context == context)
    except (KeyError, ValueError):
        contexts = "/".join(sorted({c for work in WORKLOADS.values() for c in work.contexts})).upper()
        raise SystemExit(
            f"There is no cell {text!r}. A cell is WORKLOAD/HACK/CONTEXT/SEED, such as RING/ADAM/GOOD/3: workloads "
            f"{', '.join(WORKLOADS)}; contexts {contexts}; seeds from 0; hacks {', '.join(h.name for h in HACKS)}."
        ) from None
    there = rows.read(name)
    by_key = whole(work, pair, there) or there.of(runs.kind(name))
    for arm, factor in itertools.product((pair.without, pair.with_it), factors(work)):
        stored = by_key.get((arm.name, factor, str(seed)))
        told = f"{arm.name}, seed {seed}, rate x {factor}"
        if stored is None:
            print(f"{told}: no row on {runs.kind(name)} yet")
            continue
        again = runs.trained(name, arm, factor, seed)
        same = again["score"] == stored["score"]
        print(f"{told}: stored {stored['score']}, again {again['score']}: {'the same' if same else 'another'}")
        if not same:
            spread = [float(row["score"]) for key, row in by_key.items() if key[:2] == (arm.name, factor)]
            within = "within" if min(spread) <= float(again["score"]) <= max(spread) else "outside"
            other = "another" if stored["machine"] != again["machine"] else "the same"
            print(f"  on {other} kind of processor; {within} the scores of its other seeds")


def show_tables():
    """Judge the board as it is, print it, and write all that readers see of it."""
    found, remarks = results.write()
    scoreboard, pairs = (rows.FOLDER / path.name for path in (board.SCOREBOARD, board.PAIRS))
    pages.write(board.effects(scoreboard), tables.read(pairs), board.ratios(pairs))
    for remark in remarks:
        print(f"Does not count: {remark}")
    interim = not results.is_complete()
    for one in found:
        judged, row = one.comparison, one.columns(interim)
        times = f"x {row['ratio']:>6} [{row['low']:>6}, {row['high']:>6}]"
        failed = f"fails {row['failed_without']}/{row['runs_without']} -> {row['failed_with']}/{row['runs_with']}"
        print(
            f"{one.work.name:6}{one.pair.context:6}{one.name:26}{times}  {judged.better_in:>2} of {judged.n:<3}"
            f"p {row['p']:>9}  {failed:24}{judged.verdict} {judged.fails and f'(fails {judged.fails})'}"
        )
    if interim:
        print("Interim: comparisons are missing, so verdicts may change.")


def main(argv=None):
    parser = argparse.ArgumentParser(description="Measure what each hack does.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("plan", help="what is there, what is missing, how long it takes")
    running = commands.add_parser("run", help="train what is missing")
    running.add_argument("--workload", choices=list(WORKLOADS), action="append")
    running.add_argument("--hack", choices=["A/A", *(hack.name for hack in HACKS)], action="append")
    running.add_argument("--jobs", type=int, default=processor.cores(), help="runs at a time, each in a process")
    running.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, in place of processes")
    timing = commands.add_parser("costs", help="time each hack beside the recipe without it")
    timing.add_argument("--workload", choices=list(WORKLOADS), action="append")
    commands.add_parser("tables", help="judge the board as it is")
    commands.add_parser("cell", help="repeat one").add_argument("cell", metavar="WORKLOAD/HACK/CONTEXT/SEED")
    arguments = parser.parse_args(argv)
    commands_of = {"plan": plan, "tables": show_tables}
    if arguments.command in commands_of:
        commands_of[arguments.command]()
    elif arguments.command == "cell":
        cell(arguments.cell)
    elif arguments.command == "costs":
        todo = partial(costs.missing, arguments.workload or tuple(WORKLOADS))
        cells.run_here(1, todo, costs.timed, costs.keep)
    else:
        executor = Cluster(arguments.scheduler) if arguments.scheduler else Processes(arguments.jobs)
        kind = executor.kind if arguments.scheduler else runs.kind
        try:
            cells.as_a_command(
                executor, partial(run, workloads=arguments.workload or list(WORKLOADS), hacks=arguments.hack, kind=kind)
            )
        except rows.BadRows as bad:
            raise SystemExit(f"{bad}\nNothing was trained: mend this first.") from None


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nInterrupted: finished runs have their rows. Run it again to go on.")
        sys.exit(130)
