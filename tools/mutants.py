"""Would a test notice? Single changes to the sources, each put before the tests that could see it.

    python tools/mutants.py                  300 mutants, drawn with seed 0: try those without a row, print the table
    python tools/mutants.py -n 40 --seed 7   fewer, and others
    python tools/mutants.py --only course    of one group: course, hacks, core or checks
    python tools/mutants.py --show 12        the change that mutant 12 makes

A mutant is one change: a constant, a comparison, a sign, an axis, exchanged arguments; in a course's source also a
figure or a word of its prose, a letter of its choices, a tag, a link, a whole cell. A source is built again before its
tests, at full length where its code has changed, so that hashes say nothing and only behaviour counts. Mutants of code
come from the operators of cosmic-ray: pip install -r requirements-mutants.txt. Rows go to build/mutants/ as they come,
so the program can be stopped and started again. Not a part of `make test`.
"""

import argparse
import ast
import collections
import multiprocessing
import os
import queue
import random
import re
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "mutants"
FORKS = multiprocessing.get_context("forkserver")
LIMIT = 900  # seconds for the build and the tests of one mutant
FIELDS = ("number", "group", "kind", "file", "line", "before", "after", "outcome", "by", "seconds")
SHARES = {"course": 0.4, "hacks": 0.15, "core": 0.25, "checks": 0.2}
TEXT = {"figure", "word", "choice", "link", "tag", "cell"}  # kinds that change no code

#: Operators of cosmic-ray that make mistakes which people make.
BINARY = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Mod_FloorDiv", "Pow_Mul")
COMPARISON = ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "Gt_Lt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot")
OPERATORS = {
    **{f"ReplaceBinaryOperator_{pair}": "operator" for pair in BINARY},
    **{f"ReplaceComparisonOperator_{pair}": "comparison" for pair in COMPARISON},
    **{name: "condition" for name in ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ZeroIterationForLoop")},
    **{name: "constant" for name in ("NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue")},
    "ReplaceUnaryOperator_Delete_USub": "sign",
}
#: What is exchanged in a line of code, and in a line of prose.
NAMES = (
    *((r"axis=0", "axis=1"), (r"axis=-?1", "axis=0"), (r'"same"', '"valid"'), (r'"tanh"', '"sigmoid"')),
    *((r"\breal_(\w+)", r"fake_\1"), (r"\bfake_(\w+)", r"real_\1"), (r"\breal\b", "fake"), (r"\bfake\b", "real")),
    *(
        (r"\bd_(\w+)", r"g_\1"),
        (r"\bg_(\w+)", r"d_\1"),
        (r"\bmean\b", "median"),
        (r"\bmin\(", "max("),
        (r"\bmax\(", "min("),
    ),
    *((r"\bones\b", "zeros"), (r"\bzeros\b", "ones"), (r"\btraining=True", "training=False")),
)
WORDS = (
    *(
        ("more", "less"),
        ("less", "more"),
        ("first", "last"),
        ("last", "first"),
        ("larger", "smaller"),
        ("above", "below"),
    ),
    *(
        ("below", "above"),
        ("never", "always"),
        ("half", "twice"),
        ("twice", "half"),
        ("before", "after"),
        ("real", "fake"),
    ),
    *(("fakes", "reals"), ("generator", "discriminator"), ("not ", ""), ("higher", "lower"), ("wider", "narrower")),
)


@dataclass(frozen=True)
class Mutant:
    """One change of a file's text. before, after: the first line that differs."""

    group: str
    kind: str
    file: str
    line: int
    text: str
    before: str
    after: str


# ---- what can be changed


def group_of(file):
    """Return the group of a file of the repository, or None if it is not changed here."""
    parts = Path(file).parts
    if parts[0] == "course":
        return "course"
    if parts[0] != "ganhacks" or parts[-1] == "__init__.py":
        return None
    return {"hacks": "hacks", "checks": "checks"}.get(parts[1], "core")


def files():
    """Return the files of each group, sorted."""
    found = collections.defaultdict(list)
    for path in sorted([*(ROOT / "course").rglob("*.py"), *(ROOT / "ganhacks").rglob("*.py")]):
        file = path.relative_to(ROOT).as_posix()
        if group_of(file):
            found[group_of(file)].append(file)
    return found


def sites(text, group):
    """Return every change that can be made to a file's text, as (kind, function that returns the changed text)."""
    found = [*_by_cosmic_ray(text), *_in_lines(text, group), *_exchanged_arguments(text)]
    return found + (_of_cells(text) if group == "course" else [])


def _by_cosmic_ray(text):
    import parso
    from cosmic_ray.ast import ast_nodes
    from cosmic_ray.mutating import MutationVisitor
    from cosmic_ray.plugins import get_operator

    def changed(operator, occurrence):
        return MutationVisitor(occurrence, operator).walk(parso.parse(text)).get_code()

    tree, found = parso.parse(text), []
    for name, kind in OPERATORS.items():
        operator = get_operator(f"core/{name}")()
        number = sum(len(list(operator.mutation_positions(node))) for node in ast_nodes(tree))
        found += [(kind, lambda o=operator, i=i: changed(o, i)) for i in range(number)]
    return found


def _in_lines(text, group):
    lines, found, in_docstring = text.splitlines(keepends=True), [], False
    for i, line in enumerate(lines):
        was_in_docstring, in_docstring = in_docstring, in_docstring ^ (line.count('"""') % 2 == 1)
        comment, docstring = line.lstrip().startswith("#"), was_in_docstring or '"""' in line
        if line.startswith("# %%") or (comment and group != "course"):
            continue

        def put(begin, end, new, i=i, line=line):
            return lambda: "".join([*lines[:i], line[:begin] + new + line[end:], *lines[i + 1 :]])

        if comment:
            found += _in_prose(line, put, ("figure", "word", "choice", "link"))
        elif docstring and group == "hacks":  # the text of an exercise
            found += _in_prose(line, put, ("docstring", "docstring"))
        elif not docstring:
            at = [(match, other) for pattern, other in NAMES for match in re.finditer(pattern, line)]
            found += [("name", put(match.start(), match.end(), match.expand(other))) for match, other in at]
    return found


def _in_prose(line, put, kinds):
    figure, word, *more = kinds
    for match in re.finditer(r"(?<![\w/.])\d+(,\d{3})*(\.\d+)?(?![\w/])", line):
        digit = line[match.end() - 1]
        yield figure, put(match.end() - 1, match.end(), "1" if digit == "0" else str(int(digit) - 1))
    for one, other in WORDS:
        for match in re.finditer(rf"\b{one}\b" if one.strip() == one else rf"\b{one}", line):
            yield word, put(match.start(), match.end(), other)
    if more and "(a)" in line and "(b)" in line:
        exchanged = line.replace("(a)", "(?)").replace("(b)", "(a)").replace("(?)", "(b)")
        yield "choice", put(0, len(line), exchanged)
    for match in re.finditer(r"\]\(\.\./\w+/", line) if more else ():
        yield "link", put(match.end(), match.end(), "x")


def _exchanged_arguments(text):
    lines, found = text.splitlines(keepends=True), []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        for one, other in zip(node.args, node.args[1:]):
            plain = all(
                isinstance(part, (ast.Name, ast.Attribute)) and part.lineno == node.lineno for part in (one, other)
            )
            if plain and one.end_lineno == other.end_lineno:
                raw = lines[node.lineno - 1].encode()  # offsets count bytes
                a, b = raw[one.col_offset : one.end_col_offset], raw[other.col_offset : other.end_col_offset]
                middle = raw[one.end_col_offset : other.col_offset]
                new = (raw[: one.col_offset] + b + middle + a + raw[other.end_col_offset :]).decode()
                i = node.lineno - 1
                found.append(("arguments", lambda i=i, new=new: "".join([*lines[:i], new, *lines[i + 1 :]])))
    return found


def _of_cells(text):
    head, *cells = re.split(r"^(?=# %%)", text, flags=re.MULTILINE)
    found = []
    for i, cell in enumerate(cells):
        marker, _, rest = cell.partition("\n")
        if "tags=" in marker and "parameters" not in marker and "exercise" not in marker:
            bare = re.sub(r" tags=\[[^\]]*\]", "", marker)
            found.append(("tag", lambda i=i, new=f"{bare}\n{rest}": head + "".join([*cells[:i], new, *cells[i + 1 :]])))
        if "[markdown]" in marker or any(tag in marker for tag in ("claim", "evidence", "nbval-check-output")):
            found.append(("cell", lambda i=i: head + "".join([*cells[:i], *cells[i + 1 :]])))
    return found


def drawn(number, seed, only=None):
    """Return `number` mutants, the same for a seed and a state of the sources."""
    rng, known = random.Random(seed), files()
    texts = {file: (ROOT / file).read_text(encoding="utf-8") for some in known.values() for file in some}
    groups = [only] if only else list(SHARES)
    found, seen, all_kinds = [], set(), {}
    while len(found) < number:
        group = rng.choices(groups, [SHARES[group] for group in groups])[0]
        file = rng.choices(known[group], [len(texts[file]) for file in known[group]])[0]
        if file not in all_kinds:
            all_kinds[file] = collections.defaultdict(list)
            for kind, change in sites(texts[file], group):
                all_kinds[file][kind].append(change)
        kinds = all_kinds[file]
        kind = rng.choice(sorted(kinds))
        text = rng.choice(kinds[kind])()
        if (file, text) in seen or text == texts[file] or not _parses(text):
            continue
        seen.add((file, text))
        pairs = enumerate(zip(texts[file].splitlines(), text.splitlines()), 1)
        line, (before, after) = next((at for at in pairs if at[1][0] != at[1][1]), (0, ("", "")))
        found.append(Mutant(group, kind, file, line, text, before.strip(), after.strip()))
    return found


def _parses(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


# ---- what could notice


def stages(mutant):
    """Return the commands whose failure kills a mutant, the quick ones first."""
    path = Path(mutant.file)
    slug = path.stem.partition("_")[2] if mutant.group == "course" else path.stem
    answers, checks = "tests/checks/test_answers.py", ("tests/checks/test_words.py", "tests/checks/test_checks.py")
    if mutant.group == "course":
        again = _retext(path.stem) if mutant.kind in TEXT else _build(path.stem)
        told = ["test_sources", "test_texts", "test_facts", "test_notebooks"]
        texts = [f"tests/notebooks/{name}.py" for name in told]
        run = [] if mutant.kind in TEXT else [_tests("tests/notebooks/test_papermill.py", k=path.stem)]
        whole = _tests(
            "tests/notebooks/test_glossary.py", "tests/tools/test_routes.py", "tests/notebooks/test_links.py"
        )
        return [again, _tests(*texts, k=path.stem), whole, *run]
    if mutant.group == "hacks":
        (lab,) = (ROOT / "course/labs").glob(f"*_{slug}.py")
        facts = _tests("tests/notebooks/test_facts.py", k=lab.stem)
        if mutant.kind == "docstring":  # the text of an exercise
            return [_retext(lab.stem), facts, _tests("tests/test_hacks.py", k=slug)]
        return [
            _tests("tests/test_hacks.py", answers, *checks, k=slug),
            _tests("tests/training"),
            _build(lab.stem),
            facts,
        ]
    if mutant.group == "checks":
        if path.parts[2] == "labs":
            return [
                _tests(answers, *checks, "tests/notebooks/test_papermill.py", k=slug),
                _tests("tests/notebooks/test_texts.py"),
            ]
        return [_tests("tests/checks", k="not test_answers"), _tests(answers)]
    wing = path.parts[1]
    own = f"tests/{wing}" if len(path.parts) > 2 else f"tests/test_{path.stem}.py"
    others = (f"--ignore=tests/{name}" for name in ("checks", "notebooks", "tools", Path(own).name))
    return [*([_tests(own)] if (ROOT / own).exists() else []), _tests("tests", *others)]


def _tests(*paths, k=""):
    there = [path for path in paths if path.startswith("--") or (ROOT / path).exists()]
    return ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *there, *(["-k", k] if k else [])]


def _build(stem):
    return ["tools/build.py", stem, "--jobs", "1"]


def _retext(stem):
    return ["tools/build.py", stem, "--text"]


# ---- trying them


def ran(command, tree, environment, seconds):
    """Run `python *command` in a tree and return (exit code, what it said). Raises TimeoutError.

    A fork of a process in which TensorFlow is imported: that takes longer than most of the tests.
    """
    with tempfile.NamedTemporaryFile() as said:
        process = FORKS.Process(target=_be_python, args=(command, str(tree), environment, said.name))
        process.start()
        process.join(max(seconds, 0))
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError
        return process.exitcode, said.read().decode(errors="replace")


def _be_python(command, tree, environment, said):
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(tree)
    descriptor = os.open(said, os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.path[:] = [tree] + [path for path in sys.path if Path(path or ".").resolve() not in (ROOT, ROOT / "tools")]
    sys.argv = command
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(command[0], run_name="__main__")


def tried(number, mutant, tree):
    """Put a mutant into a tree of its own, run what could notice, put the tree back, and return the row."""
    started, target = time.monotonic(), tree / mutant.file
    target.write_text(mutant.text, encoding="utf-8")
    outcome, by = "survived", ""
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "80", "CUDA_VISIBLE_DEVICES": "-1"}
    try:
        for command in stages(mutant):
            fast = {} if "tools/build.py" in command else {"GANHACKS_FAST": "1"}
            code, said = ran(command, tree, {**environment, **fast}, LIMIT - (time.monotonic() - started))
            nothing = command[:2] == ["-m", "pytest"] and code == 5  # no test of this name
            if code and not nothing:
                failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
                outcome, by = "killed", failed[0] if failed else command[0]
                break
    except TimeoutError:
        outcome, by = "killed", "the time limit"
    finally:
        subprocess.run(["git", "checkout", "-q", "--", "."], cwd=tree, check=True)
        subprocess.run(["git", "clean", "-fdq", "-e", "build"], cwd=tree, check=True)
    seconds = round(time.monotonic() - started)
    told = mutant.before[:150], mutant.after[:150]
    return dict(zip(FIELDS, (number, mutant.group, mutant.kind, mutant.file, mutant.line, *told, outcome, by, seconds)))


def trees(number):
    """Make `number` copies of what is committed, and return their folders."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    found = [folder / str(i) for i in range(number)]
    for tree in found:
        subprocess.run(["git", "clone", "-q", str(ROOT), str(tree)], check=True)
    return folder, found


def keep(path, rows):
    """Write what was tried, in the order of the mutants' numbers."""
    from tools import tables

    tables.write(path, sorted(rows, key=lambda row: int(row["number"])), FIELDS)


def still(rows, mutants):
    """Return the rows that are of these mutants: the sources may be others since, and so what a number stands for."""

    def same(row, one):
        return (row["file"], row["before"], row["after"]) == (one.file, one.before[:150], one.after[:150])

    numbered = dict(enumerate(mutants))
    return [row for row in rows if int(row["number"]) in numbered and same(row, numbered[int(row["number"])])]


def table(rows):
    """Return kill rates by group and kind, and the survivors."""
    lines = [f"{'':<24}{'killed':>8}{'of':>6}{'':>7}"]
    for name in ("group", "kind"):
        for value in sorted({row[name] for row in rows}):
            some = [row for row in rows if row[name] == value]
            killed = sum(row["outcome"] == "killed" for row in some)
            lines.append(f"{value:<24}{killed:>8}{len(some):>6}{killed / len(some):>7.0%}")
    killed = sum(row["outcome"] == "killed" for row in rows)
    lines += [f"{'all':<24}{killed:>8}{len(rows):>6}{killed / len(rows):>7.0%}", "", "survived:"]
    for row in rows:
        if row["outcome"] == "survived":
            lines.append(f"{row['number']:>4} {row['file']}:{row['line']} {row['kind']}")
            lines += [f"     - {row['before']}", f"     + {row['after']}"]
    return "\n".join(lines)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Try whether a test notices single changes to the sources.")
    parser.add_argument("-n", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(SHARES), help="of this group alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants tried at a time")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="the change that this mutant makes")
    arguments = parser.parse_args(argv)
    if arguments.show is not None and not 0 <= arguments.show < arguments.n:
        parser.error(f"--show is {arguments.show}: with -n {arguments.n} it is from 0 to {arguments.n - 1}")
    multiprocessing.set_forkserver_preload(["tensorflow", "keras", "scipy.stats", "pytest", "nbclient"])
    mutants = drawn(arguments.n, arguments.seed, arguments.only)
    if arguments.show is not None:
        one = mutants[arguments.show]
        return print(f"{one.file}:{one.line} {one.kind}\n- {one.before}\n+ {one.after}")
    from tools import tables

    path = RESULTS / f"{arguments.only or 'all'}-{arguments.seed}.csv"
    rows = still(tables.read(path), mutants)
    done = {int(row["number"]) for row in rows}
    todo = [(number, mutant) for number, mutant in enumerate(mutants) if number not in done]
    folder, free = trees(arguments.jobs) if todo else (None, [])
    waiting = queue.Queue()
    for tree in free:
        waiting.put(tree)

    def attempt(number, mutant):
        tree = waiting.get()
        try:
            return tried(number, mutant, tree)
        finally:
            waiting.put(tree)

    pool = ThreadPoolExecutor(arguments.jobs)
    try:
        for future in as_completed([pool.submit(attempt, *one) for one in todo]):
            rows.append(future.result())
            keep(path, rows)
            row = rows[-1]
            told = f"{row['outcome']:<9}{row['seconds']:>4} s  {row['file']}:{row['line']} {row['kind']}"
            print(f"{len(rows):>4}/{len(mutants)}  {told}  {row['by']}", flush=True)
    except KeyboardInterrupt:
        print("Interrupted: what was tried is kept. Run it again to go on.")
    finally:
        pool.shutdown(cancel_futures=True)  # what has not begun does not begin after an interrupt
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
    print(table(rows))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
