"""Make the course's pages: lessons as they ran, labs without answers, a page for each hack and for each published
recipe that fails, the playground.

    python3 run.py site [FOLDER]        into build/site/html, unless a folder is named

The pages ask no other host for anything. Their sources are in build/site/source, made anew each time.
`python tools/audit_site.py` opens every page and says what is wrong.
"""

import argparse
import base64
import html
import importlib.util
import inspect
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.answers import Stopped  # noqa: E402  (the path comes first)
from ganhacks.errors import CourseError  # noqa: E402
from ganhacks.pictures import describe  # noqa: E402
from tools import build, cheat_sheet, failure_pages, gan_run, glossary, tables  # noqa: E402
from tools.board import shown, words  # noqa: E402

PLACE = ROOT / "build" / "site"
PACKAGES = ("sphinx", "myst_nb", "pydata_sphinx_theme", "latex2mathml")  # of requirements-site.txt
OF_A_SITE = ("index.html", "objects.inv")  # by which a folder of pages is known
PAGES = (
    "evidence.md",
    "cluster.md",
    "glossary.md",
    "instructors.md",
    "lab_notes.md",
    "speed.md",
    "environments.md",
    "hub.md",
)
FRONT = """# GAN Hacks, the executable course

Training GANs rests on folklore: a list of "hacks" that everybody copies. In this course you write each of them
yourself, are told at once whether it is right, put it into a real GAN, and read what it was measured to do.

**To take it**, you need Python 3.10 to 3.13 and no graphics card. In the course's folder: `python3 run.py lab`
(Windows: `py run.py lab`). With its package: `pip install "ganhacks[lab]"`, then `python -m ganhacks start`. Begin with
[lesson 00](notebooks/00_start_here.ipynb).

## Two GANs that train in your browser

Both learn the same ring of eight Gaussians, from the same first weights. They differ in what you switch. One pair of
runs shows what can happen; what usually happens is on the scoreboard below.

```{raw} html
<gan-playground></gan-playground>
<script type="module" src="_static/playground/src/playground.js"></script>
<noscript><p>The playground needs JavaScript. The scoreboard has what was measured.</p></noscript>
```

## The scoreboard

SCOREBOARD

Some recipes fail as they were published: [what happened to them](failures/index.md), and the line that mends each.

```{toctree}
:hidden:
notebooks/index
labs/index
hacks/index
failures/index
docs/index
```
"""
SECTION = """# {title}

{about}

```{{toctree}}
:titlesonly:
{options}
```
"""
GLOB = ":glob:\n*"
#: folder -> the title of its page, a sentence, and the list of what is in it
SECTIONS = {
    "notebooks": (
        "Lessons",
        "What a GAN is, how it is measured, how it fails, and what the hacks do. As they ran.",
        GLOB,
    ),
    "labs": (
        "Labs",
        "One for each hack: you write it, a check tells you what is wrong. Exercises are blank here.",
        GLOB,
    ),
    "hacks": ("Hacks", "What is claimed of each, a line of code, and what it was measured to do.", GLOB),
    "docs": (
        "More",
        "How it was measured, the words, and what instructors need.",
        "evidence\n../evidence/README\nglossary\ninstructors\nlab_notes\nenvironments\nhub\nspeed\ncluster",
    ),
}
#: files that have a page under another name, by what texts call them
PAGE_OF_FILE = {"`tools/published_recipes.py`": "../failures/index.md"}


def make(out):
    """Write the pages into a folder, whole or not at all; those of before are replaced. Raises Stopped, OSError."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            raise Stopped(f"{package} is missing: `python3 run.py site` installs it, with all that the pages need.")
    if out.exists() and not out.is_dir():
        raise Stopped(f"{out} is a file, and the pages need a folder: name another.")
    if out.exists() and any(out.iterdir()) and not all((out / name).exists() for name in OF_A_SITE):
        raise Stopped(f"{out} holds something else, which making the pages would delete: name a new folder.")
    source, made, before = PLACE / "source", _beside(out, "part"), _beside(out, "before")
    for folder in (source, made, before):
        shutil.rmtree(folder, ignore_errors=True)
    made.mkdir(parents=True)  # what cannot be written says so now, and not in a minute
    try:
        write_sources(source)
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", PLACE / "doctrees"]
        if subprocess.run([*map(str, command), str(source), str(made)]).returncode:
            raise Stopped(
                "Sphinx found something wrong with the pages, named above; the pages of before are as they were."
            )
        if out.exists():
            out.rename(before)
        made.rename(out)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)


def _beside(folder, end):
    return folder.with_name(f"{folder.name}.{end}")


def write_sources(source):
    """Write what Sphinx reads. Raises Stopped if a notebook is missing or stale."""
    source.mkdir(parents=True)
    terms = glossary.terms((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    for _, kind, path in build.targets():
        if kind != "solution":
            write_notebook(path, source / path.relative_to(ROOT), terms, f"{kind} {path.stem[:2]}")
    for name in PAGES:
        text = _linked((ROOT / "docs" / name).read_text(encoding="utf-8"))
        write(source / "docs" / name, glossary.anchored(text) if name == "glossary.md" else text)
    write(source / "evidence" / "README.md", _linked((ROOT / "evidence" / "README.md").read_text(encoding="utf-8")))
    shutil.copytree(ROOT / "images", source / "images")
    for name in cheat_sheet.HACKS:
        write(source / "hacks" / f"{name}.md", page_of(name))
    failure_pages.write(source / "failures", write)
    for folder, (title, about, options) in SECTIONS.items():
        write(source / folder / "index.md", SECTION.format(title=title, about=about, options=options))
    write(source / "index.md", FRONT.replace("SCOREBOARD", scoreboard()))
    shutil.copy(ROOT / "site" / "conf.py", source)
    static = source / "_static"
    for part in ("src", "vendor"):
        shutil.copytree(ROOT / "web" / part, static / "playground" / part)
    shutil.copytree(ROOT / "site" / "templates", source / "_templates")
    for name in ("course.css", "favicon.svg"):
        shutil.copy(ROOT / "site" / name, static)
    shutil.copytree(shown.FOLDER, static / "runs", ignore=shutil.ignore_patterns(shown.INDEX))
    shutil.copy(ROOT / "docs" / "cheat_sheet.pdf", static)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    tables.write_text(path, text)


# ---- notebooks


def write_notebook(path, target, terms, place):
    """Copy a notebook for its page: attached pictures as files beside it, links to other notebooks as they are.

    terms: of the glossary, which are linked. place: the notebook as the glossary names it, such as "lab 12".
    """
    import nbformat

    notebook = build.read(path)
    if notebook is None:
        raise Stopped(f"{path.relative_to(ROOT)} is missing: `python tools/build.py` makes it.")
    for cell in notebook.cells:
        for name, forms in cell.pop("attachments", {}).items():
            picture = target.with_name(f"{target.stem}-{name}")
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(base64.b64decode(next(iter(forms.values()))))
            cell.source = cell.source.replace(f"attachment:{name}", picture.name)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    sources = glossary.linked([_linked(cell.source) for cell in texts], terms, place)
    for cell, text in zip(texts, sources):
        for name, page in PAGE_OF_FILE.items():
            text = text.replace(name, f"[{name}]({page})")
        cell.source = text
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def _linked(text):
    """Return a text whose links to files that have no page here are plain words, or code."""

    def link(found):
        words, target = found[1], found[2].partition("#")[0]
        if re.match(r"https?:|mailto:|#", found[2]) or not target:
            return found[0]
        if re.search(r"(^|/)(notebooks|labs)/[^/]+\.ipynb$|^\d\d_[^/]+\.ipynb$|(^|/)images/", target):
            return found[0]
        if target.rpartition("/")[2] in (*PAGES, "README.md") and "solutions" not in target:
            return found[0]
        return words

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)


# ---- the scoreboard


def scoreboard():
    """Return the scoreboard as a table: a row for each hack, a column for each workload and recipe."""
    from ganhacks import evidence

    places, found = words.by_place(evidence.effects(), cheat_sheet.HACKS)
    head = "".join(f'<th scope="col">{html.escape(data)}, {context}</th>' for data, context in places)
    rows = []
    for name, (title, *_) in cheat_sheet.HACKS.items():
        cells = "".join(_cell(found.get((name, *place))) for place in places)
        if any((name, *place) in found for place in places):
            rows.append(f'<tr><th scope="row"><a href="hacks/{name}.html">{html.escape(title)}</a></th>{cells}</tr>')
    said = (
        f"Each figure is the typical ratio of the scores with and without the hack: below 1 is better. {words.SIGNS}. "
        "Bare is a poor recipe, good one with parts chosen to work together. A sign is a verdict of the whole board, "
        "of which at most one in twenty is false, on average. "
        f"[How it was measured](docs/evidence.md).{words.interim(found.values())}"
    )
    table = f"<table><thead><tr><th scope='col'>hack</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    region = '<div class="scoreboard" tabindex="0" role="region" aria-label="The scoreboard">'
    return f"{said}\n\n```{{raw}} html\n{region}{table}</div>\n```"


def _cell(one):
    if one is None:
        return "<td>–</td>"
    ratio = f"× {describe.ratio(one.ratio)}"
    sign = f'<span aria-hidden="true">{one.icon}</span>'
    return f'<td class="{one.verdict.split()[0]}" title="{one.verdict}, {ratio}">{sign} {ratio}</td>'


# ---- a page for each hack


def page_of(name):
    """Return a hack's page: what is claimed, a line of code, its module to copy, and its card."""
    from ganhacks import evidence

    title, claim, line = cheat_sheet.HACKS[name]
    effects = [one for one in evidence.effects() if one.hack == name]
    lab = next((one.lab for one in effects if one.lab), _lab_of(name))
    parts = [f"# {title[0].upper()}{title[1:]}", f"**What is claimed.** {claim[0].upper()}{claim[1:]}."]
    if lab:
        parts.append(f"Write it yourself in [lab {lab[:2]}](../labs/{lab}.ipynb).")
    else:
        parts.append("From after 2016: [lesson 06](../notebooks/06_after_2016.ipynb) sets it beside what it replaced.")
    parts.append(f"**In one line.**\n\n```python\n{line}\n```")
    parts.append(f"## What it was measured to do\n\n{_card(effects)}")
    parts.append(gan_run.section(name, shown.read()))
    if lab and (ROOT / "ganhacks" / "hacks" / f"{lab[3:]}.py").exists():
        source = inspect.getsource(import_module(f"ganhacks.hacks.{lab[3:]}"))
        parts.append("## To copy\n\nThe lab's module, plain NumPy and Keras.")
        parts.append("```{raw} html\n<details><summary>Show it, and with it the lab's answers</summary>\n```")
        parts.append(f"```python\n{source}\n```\n\n```{{raw}} html\n</details>\n```")
    return "\n\n".join(parts) + "\n"


def _lab_of(name):
    found = [path.stem for path, kind, _ in build.targets() if kind == "lab" and path.stem[3:] == name]
    return found[0] if found else ""


def _card(effects):
    """Return the effects of one hack as a table."""
    if not effects:
        return "Not measured yet."
    heads = (
        "on",
        "recipe",
        "with / without",
        "95 % interval",
        "better in",
        "a share of, 95 %",
        "failed runs",
        "verdict",
    )
    body = [
        (
            *(one.data, one.context, f"× {describe.ratio(one.ratio)}"),
            f"{describe.ratio(one.low)} to {describe.ratio(one.high)}",
            *(f"{one.better_in} of {one.n}", f"{100 * one.often_low:.0f} to {100 * one.often_high:.0f} %"),
            f"{one.failed_without} → {one.failed_with} of {one.runs_with}",
            f"{one.icon} {one.verdict}",
        )
        for one in effects
    ]
    return f"Switched: {effects[0].title}. Less is better: a ratio below 1.\n\n{tables.markdown(heads, body)}"


def main(argv=None):
    parser = argparse.ArgumentParser(prog="run.py site", description="Make the course's pages.")
    parser.add_argument("folder", nargs="?", type=Path, default=PLACE / "html")
    options = parser.parse_args(argv)
    try:
        make(options.folder.resolve())
    except (Stopped, build.BuildError, CourseError) as stopped:
        print(stopped, file=sys.stderr)
        return 1
    except OSError as error:
        place = error.filename or options.folder
        print(f"{place} cannot be written ({error.strerror}): make room, or name another folder.", file=sys.stderr)
        return 1
    print(f"The pages are in {options.folder}: open index.html through a web server, such as `python -m http.server`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
