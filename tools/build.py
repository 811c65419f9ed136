"""Build notebooks/, labs/ and solutions/ from course/.

    python tools/build.py            build what changed, in parallel
    python tools/build.py mnist_gan  build only the sources whose name contains this
    python tools/build.py --check    build nothing; fail if anything differs from what a build would give

A lesson becomes a notebook, a lab becomes two: one to do, without outputs and with blank exercises, and one with the
solutions. Lessons and solutions are executed at full length and keep their outputs. Exercises and their solutions
come from `ganhacks.checks` and `ganhacks.hacks`, so each stands in one place. Two things stay out of a student's sight:
the words that a cell's `alt` puts before what a picture says of itself, and the cells tagged `claim`.
"""

import argparse
import ast
import base64
import collections
import hashlib
import html
import json
import os
import re
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.errors import CourseError  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import routes, tables  # noqa: E402

CONTRACT = 1
TIMEOUT = 1800  # seconds for one cell
SHOWN = "Picture: "  # what a ganhacks.pictures.plots.Picture is in plain text begins like this
# Lines of solutions that a lab may show: they are the library's, not the hack's.
IDIOMS = {"with tf.GradientTape() as tape:", "g_optimizer, d_optimizer"}
# The first code of every notebook: a link opens it where nobody has installed the course.
INSTALL = """\
# Where the course is missing, as on Colab, this installs it. Elsewhere it does nothing.
import importlib.util, subprocess, sys

if importlib.util.find_spec("ganhacks") is None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "ganhacks"]
    subprocess.run(pip, check=True)"""
SHOWS_THE_BOARD = re.compile(r"\bevidence\.(Card|effects|ratios)\(")
PICTURE = re.compile(r"(!\[[^\]]*\])\(\.\./images/([^)/]+\.png)\)")  # in a text: ![alt](../images/name.png)


class BuildError(Exception):
    """One sentence about what keeps a notebook from being built, or what is wrong with one that was."""


def targets(pattern=""):
    """Return every notebook there should be, as (source, kind, path), in the order of the course."""
    lessons = [
        (p, "lesson", ROOT / "notebooks" / f"{p.stem}.ipynb") for p in sorted((ROOT / "course/lessons").glob("*.py"))
    ]
    labs = sorted((ROOT / "course/labs").glob("*.py"))
    both = [
        (p, kind, ROOT / folder / f"{p.stem}.ipynb")
        for p in labs
        for kind, folder in (("lab", "labs"), ("solution", "solutions"))
    ]
    return [target for target in lessons + both if pattern in target[0].stem]


# ---- from a source to a notebook without outputs


def assemble(source, kind):
    """Return the notebook of this kind that belongs to a source, not executed."""
    parsed = jupytext.read(source, fmt="py:percent")
    parameters = next((cell.source for cell in parsed.cells if "parameters" in _tags(cell)), "")
    cells = [cell for given in parsed.cells for cell in _cells(given, kind, source, parameters)]
    cells[1:1] = _if_any(routes.exercises(source))
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    if code:
        cells.insert(code[0], nbformat.v4.new_code_cell(INSTALL, metadata={"tags": ["install"]}))
    cells += _if_any(routes.where_next(source))
    _give_ids(cells)
    metadata = {
        "ganhacks": {"contract": CONTRACT, "kind": kind, "source": source.relative_to(ROOT).as_posix()},
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)
    notebook.metadata["ganhacks"]["inputs"] = _inputs(source, notebook)
    return nbformat.from_dict(notebook)


def _cells(given, kind, source, parameters):
    if given.cell_type == "markdown":
        return [_text(given.source, source)]
    tags = _tags(given)
    metadata = {key: given.metadata[key] for key in ("tags", "alt") if given.metadata.get(key)}
    text = given.source
    if "parameters" in tags and source.parent.name == "labs":
        text = _with_ranges(text, source)
    if "claim" in tags:
        if kind == "lab":
            return []
        metadata["jupyter"] = {"source_hidden": True}
        text = _at_full_length(text, parameters)
    name = given.metadata.get("exercise")
    if ("exercise" in tags) != bool(name):
        raise BuildError(f'{source}: an exercise cell needs both tags=["exercise"] and exercise="slug.name".')
    if name:
        exercise = _exercise(name, source)
        metadata["exercise"] = exercise.id
        text = exercise.starter_source() if kind == "lab" else exercise.solution_source()
        comments = [given.source.strip()] if given.source.strip() else []
        text = "\n".join([_banner(exercise), *comments, text])
    if "predict" in tags and kind != "lab":
        text = f'lab.predict("{_prediction(source)["answer"]}")'
    return [nbformat.v4.new_code_cell(text.rstrip(), metadata=metadata)]


def _if_any(text):
    """Return a text cell; none where there is no text, as for the exercises of a lesson."""
    return [nbformat.v4.new_markdown_cell(text)] if text else []


def _text(text, source):
    """Return a text cell that holds its pictures, so that they still show where the notebook is copied or exported."""
    attachments = {}

    def hold(link):
        path = ROOT / "images" / link[2]
        if not path.is_file():
            raise BuildError(f"{source}: there is no picture images/{link[2]}; make it with tools/make_images.py.")
        attachments[path.name] = {"image/png": base64.b64encode(path.read_bytes()).decode()}
        return f"{link[1]}(attachment:{path.name})"

    cell = nbformat.v4.new_markdown_cell(PICTURE.sub(hold, routes.filled(text)))
    if attachments:
        cell["attachments"] = attachments
    return cell


def _tags(cell):
    return cell.metadata.get("tags", [])


def _with_ranges(parameters, source):
    """Return the cell of parameters with what each is and may be at its line, as the lab's module declares it."""
    from ganhacks.checks.engine.exercise import module_of

    declared = getattr(module_of(_slug(source)), "PARAMETERS", None)
    if declared is None:
        return parameters
    names = [line.split(" =")[0] for line in parameters.splitlines()]
    if names != list(declared):
        raise BuildError(
            f"{source}: its parameters are {', '.join(names)}, and its checks declare {', '.join(declared)}."
        )
    return "\n".join(f"{line}  # {declared[name]}" for name, line in zip(names, parameters.splitlines()))


def _at_full_length(claims, parameters):
    """Return the code of a claim cell: what it asserts was measured with the parameters' defaults, so only there."""
    defaults = {node.targets[0].id: ast.unparse(node.value) for node in ast.parse(parameters).body}
    same = "".join(f"\n    and {name} == {value}" for name, value in defaults.items())
    told = "# What the text claims holds at full length, with the parameters as they were measured."
    return f"{told}\nif (\n    not ganhacks.fast(){same}\n):\n{textwrap.indent(claims, '    ')}"


def _banner(exercise):
    """Return the comment by which a student sees an exercise when scrolling."""
    from ganhacks.checks.engine.exercise import exercises_of

    names = list(exercises_of(exercise.slug))
    todo = "write" if exercise.given is None else "find the bug in"
    return (
        f"# ━━ Exercise {names.index(exercise.name) + 1} of {len(names)} ━━ {todo} `{exercise.name}`\n"
        "# Run this cell, then the check below. Stuck? lab.hint() · lab.solution()"
    )


def _exercise(name, source):
    from ganhacks.checks.engine.exercise import exercises_of

    slug, _, function = name.partition(".")
    exercises = exercises_of(slug)
    if function not in exercises:
        raise BuildError(f"{source}: the lab {slug} has no exercise {function!r}; it has {', '.join(exercises)}.")
    return exercises[function]


def _prediction(source):
    from ganhacks.checks.engine.exercise import module_of

    return module_of(_slug(source)).PREDICTION


def _slug(source):
    return source.stem.partition("_")[2]


def _give_ids(cells):
    """Name each cell after its exercise, or after its content: an edit or an insertion changes one id, not all."""
    seen = {}
    latest = None
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if "exercise" in tags:
            latest = cell.id = cell.metadata["exercise"]
        elif "check" in tags and latest:
            cell.id = f"{latest}-check"
        else:
            digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
            seen[digest] = seen.get(digest, 0) + 1
            cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _inputs(source, notebook):
    """Return a hash of all that the outputs depend on: the text, the data, and the modules that the notebook uses.

    A lab's card is apart from this, since it can be drawn anew without the rest.
    """
    code = "\n".join(
        cell.source for cell in notebook.cells if cell.cell_type == "code" and not cell.source.startswith("%")
    )
    modules = _modules(code, set())
    if "checks.Lab(" in code:
        _modules(f"import ganhacks.checks.labs.{_slug(source)}", modules)
    evidence = ROOT / "evidence"
    reads = "evidence.rows(" in code
    measured = [rows for rows in evidence.glob("*.csv") if reads and f'"{rows.stem}"' in code]
    if SHOWS_THE_BOARD.search(code):
        measured += [path for name in ("verdicts", "pairs") if (path := evidence / "board" / f"{name}.csv").exists()]
    if ROOT / "ganhacks" / "evidence" / "recordings.py" in modules:
        measured += (evidence / "failures").glob("*.npz")
    held = [ROOT / "images" / name for cell in notebook.cells for name in cell.get("attachments", {})]
    files = sorted([*modules, ROOT / "data" / "SHA256SUMS", *measured, *held])
    digest = hashlib.sha256(json.dumps([[c.cell_type, c.source, c.metadata] for c in notebook.cells]).encode())
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _modules(code, found):
    """Add the files of our own package that this code imports, and what those import, to `found`."""
    for node in ast.walk(ast.parse(code)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            path = ROOT.joinpath(*name.split("."))
            for file in (path.with_suffix(".py"), path / "__init__.py"):
                if name.split(".")[0] == "ganhacks" and file.is_file() and file not in found:
                    found.add(file)
                    _modules(file.read_text(encoding="utf-8"), found)
    return found


# ---- leaks


def leaks(lab):
    """Return the lines of a lab's solutions that can be read in the lab's own notebook, however they are spaced."""
    from ganhacks.checks.engine.exercise import exercises_of

    exercises = exercises_of(_slug(Path(lab.metadata.ganhacks.source))).values()
    shown = {line for exercise in exercises for line in _lines(exercise.starter_source())}
    secret = {line for exercise in exercises for line in _lines(exercise.solution_source())} - shown - IDIOMS
    text = _unspaced("\n".join(cell.source for cell in lab.cells))
    return sorted(line for line in secret if _unspaced(line) in text)


def _lines(source):
    """Return the lines of code that say something, without `return`, which a text may leave out."""
    lines = {line.strip().removeprefix("return ") for line in source.splitlines()}
    return {line for line in lines if len(line) >= 20}  # shorter ones are brackets and idioms that give nothing away


def _unspaced(text):
    return re.sub(r"\s", "", text)


# ---- execution


def execute(notebook, folder, strict):
    """Execute a notebook in place, in a kernel of its own, and clean what differs from run to run.

    strict: whether a check that does not pass is an error, as in solutions; lessons show failing checks on purpose.
    """
    from nbclient import NotebookClient

    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    environment = {key: value for key, value in os.environ.items() if key != "GANHACKS_FAST"}
    environment.update(GANHACKS_STRICT=str(int(strict)), GANHACKS_JOURNAL="", COLUMNS="80", PYTHONHASHSEED="0")
    environment["PYTHONPATH"] = str(ROOT)
    client.execute(env=environment)
    from ganhacks.pictures.plots import WIDGET  # buttons and sliders are of no use without the kernel that made them

    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("transient", None)
            output.get("data", {}).pop(WIDGET, None)


def draw_card(notebook, source, kind):
    """Put the card of a solution as it follows from the rows of now into the notebook. Returns whether it was another.

    So new rows change a card, and the rest of the notebook need not run.
    """
    from ganhacks.evidence import Card

    changed = False
    for cell in notebook.cells if kind == "solution" else ():
        if "evidence" in cell.metadata.get("tags", ()):
            card = nbformat.v4.new_output("display_data", data=Card(_slug(source))._repr_mimebundle_())
            changed = changed or cell.outputs != [card]
            cell.outputs = [card]
    return changed


def say_more(cell):
    """Put a cell's own words in front of what its pictures say of themselves. Raises BuildError if it shows none."""
    outputs = [output.get("data", {}) for output in cell.get("outputs", [])]
    pictures = [data for data in outputs if data.get("text/plain", "").startswith(SHOWN)]
    if not pictures:
        raise BuildError(
            f"The cell that begins {cell.source[:40]!r} carries `alt` but shows no picture; delete its `alt`."
        )
    words = cell.metadata["alt"].strip()
    for data in pictures:
        data["text/plain"] = data["text/plain"].replace(SHOWN, f"{SHOWN}{words} ", 1)
        data["text/html"] = data["text/html"].replace('alt="', f'alt="{html.escape(words)} ', 1)


def digest(notebook):
    """Return a hash of the cells with their outputs: it tells a built notebook from one that was edited by hand."""
    kept = ("id", "cell_type", "source", "metadata", "outputs", "execution_count")
    cells = [{key: cell.get(key) for key in kept} for cell in notebook.cells]
    cells += [cell["attachments"] for cell in notebook.cells if "attachments" in cell]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


# ---- one notebook


def read(path):
    """Return a built notebook, or None if there is none. Raises BuildError if it cannot be read."""
    if not path.exists():
        return None
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise BuildError(
            f"{_told(path)} is no valid notebook ({type(error).__name__}); restore it with "
            f"`git checkout -- {_told(path)}`, or delete it and build again."
        ) from None


def problem(source, kind, path):
    """Return a sentence about how a built notebook differs from what a build would give, or None."""
    wanted, found = assemble(source, kind), read(path)
    if refused := _refusal(source, path, wanted, found):
        return refused
    if found is None:
        return f"{_told(path)} is missing; run `python tools/build.py`."
    if _stale(wanted, found) or draw_card(found, source, kind):
        return f"{_told(path)} is older than what it is made from; run `python tools/build.py`."
    return None


def _refusal(source, path, wanted, found):
    """Return a sentence about why a notebook must not be written, or None. found: what is there, or None."""
    if wanted.metadata.ganhacks.kind == "lab" and (given_away := leaks(wanted)):
        return f"{_told(path)} gives a solution away: {given_away[0]!r}. Reword that cell of {_told(source)}."
    if found is None:
        return None
    if _only_saved(wanted, found):
        return (
            f"{_told(path)} was saved by an editor, which changed ids, tags or other metadata and no text or output: "
            f"restore it with `git checkout -- {_told(path)}`, or delete it and build again."
        )
    if _edited(wanted, found):
        return (
            f"{_told(path)} was edited by hand{_where(wanted, found)}. Put the change into {_told(source)}, restore "
            f"the notebook with `git checkout -- {_told(path)}` (or move yours away), and run `python tools/build.py`."
        )
    return None


def _edited(wanted, found):
    same = {**wanted.metadata, "ganhacks": None} == {**found.metadata, "ganhacks": None}
    return not same or _digest_in(found) != digest(found)


def _digest_in(notebook):
    return notebook.metadata.get("ganhacks", {}).get("digest")


def _only_saved(wanted, found):
    """Tell whether a notebook was edited, and with its texts, ids and metadata back would be what was built."""
    if _texts(wanted) != _texts(found) or not _edited(wanted, found):
        return False
    marks = [{key: cell[key] for key in ("id", "source", "metadata")} for cell in wanted.cells]
    restored = nbformat.from_dict({"cells": [{**cell, **own} for cell, own in zip(found.cells, marks)]})
    lab = wanted.metadata.ganhacks.kind == "lab"  # which has no outputs, so what was built follows from its source
    return digest(restored) == (digest(wanted) if lab else _digest_in(found))


def _stale(wanted, found):
    return found.metadata.get("ganhacks", {}).get("inputs") != wanted.metadata.ganhacks.inputs


def _where(wanted, found):
    texts = _texts(wanted)
    for number, text in enumerate(_texts(found), 1):
        if text not in texts:
            return f" (cell {number}, which begins {text[:40]!r})"
    return ""


def _texts(notebook):
    from ganhacks.answers import text_of

    return [text_of(cell).strip() for cell in notebook.cells]


def build(source, kind, path):
    """Build one notebook if it has to be, whole or not at all. Returns what was done. Raises BuildError."""
    notebook, found = assemble(source, kind), read(path)
    if refused := _refusal(source, path, notebook, found):
        raise BuildError(refused)
    if found is not None and not _stale(notebook, found):
        if not draw_card(found, source, kind):
            return "up to date"
        _write(found, path)
        return "its card was drawn anew"
    path.parent.mkdir(exist_ok=True)
    if kind != "lab":
        try:
            execute(notebook, path.parent, strict=kind == "solution")
        except Exception as error:
            raise BuildError(f"{_told(path)} does not run: {str(error)[-1500:]}") from None
    for cell in notebook.cells:
        if "alt" in cell.metadata and kind != "lab":
            say_more(cell)
    draw_card(notebook, source, kind)
    _write(notebook, path)
    return f"built, {path.stat().st_size / 1000:.0f} kB"


def _write(notebook, path):
    notebook.metadata.ganhacks["digest"] = digest(notebook)
    nbformat.validate(notebook)
    tables.write_text(path, nbformat.writes(notebook) + "\n")


def retext(source, kind, path):
    """Write a notebook anew with the outputs that it has: for changes of text, which run nothing.

    A code cell that changed has no outputs then. Raises BuildError.
    """
    notebook, found = assemble(source, kind), read(path)
    if refused := _refusal(source, path, notebook, found):
        raise BuildError(refused)
    stored = collections.defaultdict(list)  # by their code, which may stand there several times
    for cell in found.cells if found is not None else ():
        stored[cell.source].append(cell.get("outputs", []))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code if kind != "lab" else [], 1):
        cell.execution_count = number
        cell.outputs = stored[cell.source].pop(0) if stored[cell.source] else []
    _write(notebook, path)
    return "text written anew"


def strays():
    """Return the notebooks that no source makes."""
    wanted = {path for _, _, path in targets()}
    return [
        p
        for folder in ("notebooks", "labs", "solutions")
        for p in sorted((ROOT / folder).glob("*.ipynb"))
        if p not in wanted
    ]


def _told(path):
    return path.relative_to(ROOT).as_posix()


# ---- the command


def main(argv=None):
    parser = argparse.ArgumentParser(description="Build notebooks/, labs/ and solutions/ from course/.")
    parser.add_argument("pattern", nargs="?", default="", help="build only the sources whose name contains this")
    parser.add_argument("--check", action="store_true", help="build nothing; fail if anything differs from a build")
    parser.add_argument("--text", action="store_true", help="run nothing: write changed texts, and keep the outputs")
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="notebooks built at a time")
    arguments = parser.parse_args(argv)
    if arguments.jobs < 1:
        parser.error(f"--jobs is {arguments.jobs}: it must be 1 or more")
    wanted = targets(arguments.pattern)
    if not wanted:
        print(f"No source in course/ has {arguments.pattern!r} in its name.")
        return 1
    make = retext if arguments.text else build
    problems = _check(wanted) if arguments.check else _build(wanted, arguments.jobs, make)
    problems += [f"{_told(path)} is made by no source in course/; delete it." for path in strays()]
    for sentence in problems:
        print(f"✘ {sentence}")
    if not problems:
        print(f"{len(wanted)} notebooks {'are what a build gives' if arguments.check else 'up to date'}.")
    return 1 if problems else 0


def _check(wanted):
    problems = []
    for target in wanted:
        try:
            problems.append(problem(*target))
        except (BuildError, CourseError) as error:
            problems.append(str(error))
    return [sentence for sentence in problems if sentence]


def _build(wanted, jobs, build):
    """Call `build` or `retext` for each of the targets, so many at a time. Returns a sentence for each that failed."""
    problems = []
    pool, started = ProcessPoolExecutor(jobs), time.monotonic()
    try:
        running = {pool.submit(build, *target): target[2] for target in wanted}
        for done in as_completed(running):
            try:
                print(f"{time.monotonic() - started:6.0f} s  {_told(running[done])}: {done.result()}", flush=True)
            except (BuildError, CourseError) as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(
                    f"{_told(running[done])} cannot be written ({error.strerror or error}), and is as it was: make "
                    "room, or get the right to write, and build again."
                )
    finally:
        pool.shutdown(cancel_futures=True)  # what has not begun does not begin after an interrupt
    return problems


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted: finished notebooks are kept, no half-written one is left. Run it again to go on.")
        sys.exit(130)
