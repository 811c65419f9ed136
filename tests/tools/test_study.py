"""The study goes on where it was, whatever ended it, and says what is wrong with rows, cells and clusters."""

import math
import os
import random
import shutil
import signal
import time
from concurrent.futures import Future
from types import SimpleNamespace

import dask
import distributed
import pytest

from ganhacks.evidence import board
from tests.tools import standin
from tools import study, tables
from tools.board import arms, pages, results, rows, runs
from tools.board.arms import arms_of, pairs_of
from tools.board.workloads import WORKLOADS

RING = WORKLOADS["ring"]


class Inline:
    """An executor that runs each task at once."""

    width = 2

    def submit(self, function, *task):
        future = Future()
        try:
            future.set_result(function(*task))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """Copies of the pages that are written from the board, original -> copy, which take their place."""
    made = {}
    for name in ("PAGE", "FRONT"):
        path = getattr(pages, name)
        made[path] = tmp_path / path.name
        shutil.copy(path, made[path])
        monkeypatch.setattr(pages, name, made[path])
    return made


def run(executor=None, play=standin.play, hack="adam", kind="none", told=lambda text: None):
    return study.run(executor or Inline(), ["ring"], [hack], lambda workload: kind, play, told)


def judged():
    """Return the context of each comparison of the ring that the board judges, and whose rows it is made of."""
    return {
        one.pair.context: {row["machine"] for side in (one.without, one.with_it) for row in side.values()}
        for one in results.board(["ring"])[0]
    }


def whole_on(runs_there):
    """Return whose rows the comparisons of Adam are made of."""
    pairs = [pair for pair in pairs_of(RING) if pair.hack == "adam"]
    return {row["machine"] for pair in pairs for row in arms.whole(RING, pair, runs_there).values()}


def elsewhere(kind, trained):
    """The stand-in on another kind of processor, which also puts every cell that it trains on a list."""

    def play(*cell):
        trained.append(cell)
        return rows.sealed({**standin.play(*cell), "machine": kind})

    return play


def without_arm(arm):
    """Take an arm's rows out of the file."""
    found = rows.read("ring")
    rows.write("ring", rows.Runs({"none": {key: row for key, row in found.of("none").items() if key[0] != arm}}))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a file of rows that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "FOLDER", folder)
        assert run() == []
    return (folder / "ring.csv").read_bytes()


# ---- going on


def test_a_hack_alone_trains_its_arms_and_their_baselines_at_every_seed_and_rate(folder, whole):
    (folder / "ring.csv").write_bytes(whole)
    found = {row["arm"] for row in rows.read("ring").all()}
    assert found == {"bare", "bare with adam", "good", "good without adam"}
    assert len(rows.read("ring").all()) == 4 * 3 * RING.seeds


def test_what_has_a_row_is_not_trained_again(folder, whole):
    (folder / "ring.csv").write_bytes(whole)
    trained = []
    assert run(play=lambda *cell: trained.append(cell)) == []
    assert trained == []


def test_twenty_kills_at_random_moments_lose_nothing_and_do_nothing_twice(folder, whole):
    chance = random.Random(0)
    path = folder / "ring.csv"

    def n_lines():
        return path.read_bytes().count(b"\n") if path.exists() else 0

    for _ in range(20):
        enough = n_lines() + chance.randint(1, 4)
        child = os.fork()
        if child == 0:  # the child only trains stand-ins, and never returns
            try:
                run()
            finally:
                os._exit(0)
        while n_lines() < enough:
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.003))  # now it may be in the middle of anything
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert rows.read("ring").remarks == []
    assert 20 <= len(rows.read("ring").all()) < 144, "a child was done before it was killed"
    assert run() == []
    assert (folder / "ring.csv").read_bytes() == whole


def test_an_interrupt_keeps_the_rows_that_there_are(folder):
    def interrupted(workload, arm, factor, seed):
        if seed == 2:
            raise KeyboardInterrupt
        return standin.play(workload, arm, factor, seed)

    with pytest.raises(KeyboardInterrupt):
        run(play=interrupted)
    assert {row["seed"] for row in rows.read("ring").all()} == {"0", "1"}


def test_a_comparison_that_is_not_whole_begins_anew_on_another_kind_of_processor_and_no_other_does(folder, whole):
    (folder / "ring.csv").write_bytes(whole)
    without_arm("good without adam")
    assert judged() == {"bare": {"none"}}

    trained = []
    assert run(play=elsewhere("Z80", trained), kind="Z80") == []
    assert {arm.name for _, arm, _, _ in trained} == {"good", "good without adam"}
    assert len(trained) == len(set(trained)) == 72
    assert judged() == {"bare": {"none"}, "good": {"Z80"}}
    assert len(rows.read("ring").all()) == 3 * 36 + 72, "no row was lost"

    assert run() == [], "and there is nothing more to do"
    assert len(rows.read("ring").all()) == 3 * 36 + 72


def test_of_two_kinds_on_which_a_comparison_is_whole_the_first_in_the_alphabet_counts(folder, whole):
    (folder / "ring.csv").write_bytes(whole)
    there = rows.read("ring")
    for kind in ("Z80", "6502"):
        for row in there.of("none").copy().values():
            there.add(rows.sealed({**row, "machine": kind}))
    assert list(there.by_kind) == ["none", "Z80", "6502"]
    assert whole_on(there) == {"6502"}
    rows.write("ring", there)
    assert rows.read("ring").remarks == []
    assert judged() == {"bare": {"6502"}, "good": {"6502"}}


def test_a_row_from_a_worker_of_another_kind_is_told_kept_and_not_asked_for_twice(folder):
    trained, said = [], []
    assert run(play=elsewhere("Z80", trained), kind="6502", told=said.append) == []
    assert len(trained) == len(set(trained)) == 144
    assert said[0].endswith("by Z80 in place of 6502  (0.0 s each)")
    assert judged() == {"bare": {"Z80"}, "good": {"Z80"}}


def test_a_run_that_cannot_be_trained_is_told_and_all_others_are(folder):
    failures = run(play=standin.fails_at_seed_5)
    assert len(failures) == 4 * 3
    assert failures[0] == "ring / bare / seed 5: MemoryError out of memory"
    assert len(rows.read("ring").all()) == 4 * 3 * (RING.seeds - 1)


def test_a_process_that_dies_costs_nothing(folder, whole, monkeypatch):
    monkeypatch.setenv("STANDIN_MARK", str(folder / "died"))
    executor = study.Processes(2)
    try:
        assert run(executor, standin.dies_once) == []
    finally:
        executor.close()
    assert (folder / "died").exists()
    assert (folder / "ring.csv").read_bytes() == whole


# ---- rows that are not sound


def lines_of(folder, whole):
    """Put the whole file there, and return its lines."""
    (folder / "ring.csv").write_bytes(whole)
    return whole.decode().splitlines()


def with_line(folder, lines, number, line):
    """Write the lines with this one in the place of the one of that number, counted from 1."""
    lines = [*lines[: number - 1], *([line] if isinstance(line, str) else line), *lines[number:]]
    (folder / "ring.csv").write_bytes(("\n".join(lines) + "\n").encode(errors="surrogateescape"))


def cells(line, **changed):
    """Return a line with some columns changed, its check sum as it was."""
    row = dict(zip(rows.FIELDS, line.split(",")))
    return ",".join({**row, **changed}.values())


def resealed(line, **changed):
    """Return a line with some columns changed, and a check sum that fits."""
    return ",".join(rows.sealed({**dict(zip(rows.FIELDS, line.split(","))), **changed}).values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: cells(line, score="0.1"), "was changed by hand or is damaged"),
        (lambda line: line[:20] + "\udcff" + line[21:], "was changed by hand or is damaged"),
        (lambda line: line[: len(line) // 2], "it has other columns than a row has"),
        (lambda line: line + ",more", "it has other columns than a row has"),
        (lambda line: [line, line], "is a second row of bare / 0.5 / 1"),
        (lambda line: resealed(line, protocol="1"), "is of protocol 1, and 2 holds"),
        (lambda line: resealed(line, arm="bare with magic"), "is of ring / bare with magic"),
        (lambda line: resealed(line, workload="grid"), "is of grid / bare"),
    ],
    ids=["edited", "no text", "cut off", "longer", "twice", "older protocol", "unknown arm", "other workload"],
)
def test_a_row_that_is_not_sound_gets_a_sentence_counts_for_nothing_and_stops_the_writing(folder, whole, change, said):
    lines = lines_of(folder, whole)
    with_line(folder, lines, 3, change(lines[2]))
    before = (folder / "ring.csv").read_bytes()
    found = rows.read("ring")
    (remark,) = found.remarks
    assert said in remark and remark.startswith("ring.csv line ")
    assert len(found.all()) == 144 - (0 if "second row" in said else 1)
    with pytest.raises(rows.BadRows, match="ring.csv line"):
        run()
    assert (folder / "ring.csv").read_bytes() == before


def test_a_file_that_must_not_be_written_to_is_told_before_a_run_of_another_workload(folder, whole):
    (folder / "ring.csv").write_text("protocol,workload\n2,ring\n")
    trained = []
    with pytest.raises(rows.BadRows, match="ring.csv line 2"):
        study.run(Inline(), ["grid", "ring"], ["adam"], lambda workload: "none", lambda *task: trained.append(task))
    assert not trained


def test_a_command_that_may_not_write_its_rows_ends_with_a_sentence_and_closes_its_executor(folder, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    executor, closed = Inline(), []
    monkeypatch.setattr(executor, "close", lambda: closed.append(True), raising=False)
    monkeypatch.setattr(study, "Processes", lambda jobs: executor)
    monkeypatch.setattr(rows, "write", full)
    with pytest.raises(SystemExit, match="cannot be written \\(No space left on device\\): what is done has its rows"):
        study.main(["run", "--workload", "ring"])
    assert closed == [True]


def test_the_rows_are_sorted_and_no_half_written_file_is_left(folder, whole):
    assert not list(folder.glob("*.part"))
    order = [arm.name for arm in arms_of(RING)]
    keys = [
        (order.index(c[2]), float(c[3]), int(c[4]))
        for c in (line.split(",") for line in whole.decode().splitlines()[1:])
    ]
    assert keys == sorted(keys)


# ---- the commands


@pytest.mark.parametrize(
    "text", ["RING/ADAM/GOOD", "RING/MAGIC/GOOD/3", "SEA/ADAM/GOOD/3", "RING/ADAM/BAD/3", "RING/ADAM/GOOD/x"]
)
def test_an_unknown_cell_is_told_with_what_there_is(text):
    with pytest.raises(
        SystemExit, match=f"There is no cell '{text}'. A cell is WORKLOAD/HACK/CONTEXT/SEED.*label_smoothing"
    ):
        study.main(["cell", text])


def test_a_cell_is_repeated_and_shown_beside_its_rows(folder, whole, monkeypatch, capsys):
    (folder / "ring.csv").write_bytes(whole)
    monkeypatch.setattr(runs, "trained", standin.play)
    study.main(["cell", "RING/ADAM/GOOD/3"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert all(line.endswith(": the same") for line in lines)

    monkeypatch.setattr(runs, "trained", lambda *cell: {**standin.play(*cell), "score": "77", "machine": "other"})
    study.main(["cell", "ring/adam/good/3"])
    assert "on another kind of processor; outside the scores of its other seeds" in capsys.readouterr().out


def test_the_plan_counts_what_is_there_and_what_is_missing(folder, whole, capsys):
    (folder / "ring.csv").write_bytes(whole)
    study.main(["plan"])
    first = capsys.readouterr().out.splitlines()[0]
    assert f"2 of {len(pairs_of(RING))} comparisons are whole, of 144 runs. On {runs.kind('ring')}: 0 done, " in first
    # This is another kind of processor: it trains both arms of all other comparisons.
    others = [pair for pair in pairs_of(RING) if pair.hack != "adam"]
    n_to_do = 36 * len({arm for pair in others for arm in (pair.without, pair.with_it)})
    assert f"{n_to_do:,} to do, {n_to_do * 1.5 / 3600:.1f} hours of one core" in first
    assert first.endswith("at 1.5 s a run.")


def test_a_cluster_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(study, "PATIENCE", "1s")
    with pytest.raises(SystemExit, match="No cluster answers at tcp://127.0.0.1:9"):
        study.Cluster("tcp://127.0.0.1:9")


# ---- from rows to verdicts


def test_the_board_compares_each_seeds_best_rate(folder, whole):
    (folder / "ring.csv").write_bytes(whole)
    found, remarks = results.board(["ring"])
    assert remarks == []
    by_name = {(one.pair.hack, one.pair.context): one for one in found}
    assert set(by_name) == {("adam", "bare"), ("adam", "good")}
    one, by_key = by_name["adam", "bare"], rows.read("ring").of("none")
    for seed in range(RING.seeds):
        tried = [float(by_key["bare with adam", factor, str(seed)]["score"]) for factor in ("0.5", "1", "2")]
        assert float(one.with_it[seed]["score"]) == min(tried)
    assert one.comparison.n == RING.seeds
    assert one.comparison.failed == (0, 36, 0, 36)
    assert one.minutes == pytest.approx(72 * 1.5 / 60)
    assert math.isnan(one.cost), "nobody timed it"
    assert one.margin == 1.0, "without its A/A runs a context calls nothing equal"


def test_a_board_with_missing_comparisons_is_interim_wherever_it_is_told(folder, whole, copies, capsys):
    (folder / "ring.csv").write_bytes(whole)
    study.main(["tables"])
    assert capsys.readouterr().out.splitlines()[-1].startswith("Interim")
    shown = board.effects(folder / "verdicts.csv")
    assert [(one.hack, one.context, one.interim) for one in shown] == [("adam", "bare", True), ("adam", "good", True)]
    assert len(board.ratios(folder / "pairs.csv")["ring", "good", "adam"]) == RING.seeds
    page, front = copies.values()
    assert "2 comparisons on ring of 8" in page.read_text() and "**Interim" in page.read_text()
    assert "Not finished" in front.read_text()


# ---- a cluster


@pytest.fixture
def cluster():
    dask.config.set({"distributed.worker.daemon": False})
    with distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


def test_a_cluster_gives_the_same_rows_to_the_last_digit_though_a_worker_dies(folder, whole, cluster):
    executor = study.Cluster(cluster.scheduler_address)
    n_done = []

    def told(text):
        n_done.append(text)
        if len(n_done) == 20:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    try:
        assert executor.kind("ring") == runs.kind("ring")
        assert run(executor, told=told) == []
    finally:
        executor.close()
    assert (folder / "ring.csv").read_bytes() == whole


def test_workers_of_several_kinds_of_processor_are_refused():
    executor = object.__new__(study.Cluster)
    kinds = {"a": "Z80", "b": "6502", "c": "Z80"}
    executor.client = SimpleNamespace(run=lambda function, name: kinds, wait_for_workers=lambda n: None)
    with pytest.raises(SystemExit, match=r"The workers have 2 kinds of processor \(6502, Z80\), and a comparison"):
        executor.kind("ring")
    del kinds["b"]
    assert executor.kind("ring") == "Z80"


@pytest.mark.everywhere
def test_a_study_whose_client_is_killed_goes_on_with_another(folder, whole, cluster):
    child = os.fork()
    if child == 0:
        try:
            executor = study.Cluster(cluster.scheduler_address)
            run(executor)
        finally:
            os._exit(0)
    while not (folder / "ring.csv").exists() or len(rows.read("ring").all()) < 30:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert 30 <= len(rows.read("ring").all()) < 144
    executor = study.Cluster(cluster.scheduler_address)
    try:
        assert run(executor) == []
    finally:
        executor.close()
    assert (folder / "ring.csv").read_bytes() == whole


# ---- the committed rows


@pytest.mark.parametrize("workload", WORKLOADS)
def test_every_committed_row_is_sound(workload):
    assert rows.read(workload).remarks == []


def test_what_readers_see_of_the_board_follows_from_the_committed_rows(tmp_path):
    results.write(tmp_path)
    for path in (board.SCOREBOARD, board.PAIRS, board.ALARMS):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), "run `python tools/study.py tables`"


def test_pages_say_what_follows_from_the_committed_board(copies):
    pages.write(board.effects(), tables.read(board.PAIRS), board.ratios())
    for original, copy in copies.items():
        assert copy.read_bytes() == original.read_bytes(), "run `python tools/study.py tables`"
