"""Make the course's pages: lessons as they ran, labs without answers, a page for each hack, the playground.

    python3 run.py site [FOLDER]        into build/site/html, unless a folder is named

The pages ask no other host for anything. Their sources are in build/site/source, made anew each time.
"""

import argparse
import base64
import html
import inspect
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import build, cheat_sheet, gan_run, tables  # noqa: E402  (the path comes first)
from tools.board import shown  # noqa: E402

PLACE = ROOT / "build" / "site"
PAGES = ("evidence.md", "glossary.md", "instructors.md", "lab_notes.md", "speed.md", "environments.md")
FRONT = """# GAN Hacks, the executable course

Training GANs rests on folklore: a list of "hacks" that everybody copies. In this course you write each of them
yourself, are told at once whether it is right, put it into a real GAN, and read what it was measured to do.

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

```{toctree}
:hidden:
:caption: Lessons
:glob:
notebooks/*
```

```{toctree}
:hidden:
:caption: Labs
:glob:
labs/*
```

```{toctree}
:hidden:
:caption: Hacks
:glob:
hacks/*
```

```{toctree}
:hidden:
:caption: More
docs/evidence
evidence/README
docs/glossary
docs/instructors
docs/lab_notes
docs/environments
docs/speed
```
"""


class Stopped(Exception):
    """One sentence: what stands in the way, and what to do."""


def make(out):
    """Write the pages into a folder, whole or not at all. Raises Stopped."""
    source, made = PLACE / "source", PLACE / "html.part"
    for folder in (source, made):
        shutil.rmtree(folder, ignore_errors=True)
    write_sources(source)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", PLACE / "doctrees"]
    if subprocess.run([*map(str, command), str(source), str(made)]).returncode:
        raise Stopped("Sphinx found something wrong with the pages, named above; the pages of before are as they were.")
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, out)


def write_sources(source):
    """Write what Sphinx reads. Raises Stopped if a notebook is missing or stale."""
    source.mkdir(parents=True)
    for _, kind, path in build.targets():
        if kind != "solution":
            write_notebook(path, source / path.relative_to(ROOT))
    for name in PAGES:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        write(source / "docs" / name, _linked(text))
    write(source / "evidence" / "README.md", _linked((ROOT / "evidence" / "README.md").read_text(encoding="utf-8")))
    shutil.copytree(ROOT / "images", source / "images")
    for name in cheat_sheet.HACKS:
        write(source / "hacks" / f"{name}.md", page_of(name))
    write(source / "index.md", FRONT.replace("SCOREBOARD", scoreboard()))
    shutil.copy(ROOT / "site" / "conf.py", source)
    static = source / "_static"
    for part in ("src", "vendor"):
        shutil.copytree(ROOT / "web" / part, static / "playground" / part)
    shutil.copytree(shown.FOLDER, static / "runs", ignore=shutil.ignore_patterns(shown.INDEX))
    shutil.copy(ROOT / "site" / "course.css", static)
    shutil.copy(ROOT / "docs" / "cheat_sheet.pdf", static)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    tables.write_text(path, text)


# ---- notebooks


def write_notebook(path, target):
    """Copy a notebook for its page: attached pictures as files beside it, links to other notebooks as they are."""
    import nbformat

    if not path.exists():
        raise Stopped(f"{path.relative_to(ROOT)} is missing: `python tools/build.py` makes it.")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for name, forms in cell.pop("attachments", {}).items():
            picture = target.with_name(f"{target.stem}-{name}")
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(base64.b64decode(next(iter(forms.values()))))
            cell.source = cell.source.replace(f"attachment:{name}", picture.name)
        if cell.cell_type == "markdown":
            cell.source = _linked(cell.source)
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
    from ganhacks.evidence.board import VERDICTS

    effects = [one for one in evidence.effects() if one.hack in cheat_sheet.HACKS]
    places = list(dict.fromkeys((one.data, one.context) for one in effects))
    found = {(one.hack, one.data, one.context): one for one in effects}
    head = "".join(f'<th scope="col">{html.escape(data)}, {context}</th>' for data, context in places)
    rows = []
    for name, (title, *_) in cheat_sheet.HACKS.items():
        cells = "".join(_cell(found.get((name, *place))) for place in places)
        if any((name, *place) in found for place in places):
            rows.append(f'<tr><th scope="row"><a href="hacks/{name}.html">{html.escape(title)}</a></th>{cells}</tr>')
    signs = " · ".join(f"{icon} {verdict}" for verdict, (icon, _) in VERDICTS.items())
    interim = " **Interim: runs are missing, so verdicts may change.**" if any(one.interim for one in effects) else ""
    said = (
        f"Each figure is the typical ratio of the scores with and without the hack: below 1 is better. {signs}. Bare "
        "is a recipe without hacks, good one with what is known to help there. [How it was measured](docs/evidence.md)."
    )
    table = f"<table><thead><tr><th scope='col'>hack</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    region = '<div class="scoreboard" tabindex="0" role="region" aria-label="The scoreboard">'
    return f"{said}{interim}\n\n```{{raw}} html\n{region}{table}</div>\n```"


def _cell(one):
    from ganhacks.pictures import describe

    if one is None:
        return "<td>–</td>"
    words = f"{one.verdict}, × {describe.number(one.ratio, 2)}"
    sign = f'<span aria-hidden="true">{one.icon}</span>'
    return f'<td class="{one.verdict.split()[0]}" title="{words}">{sign} × {describe.number(one.ratio, 2)}</td>'


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
        parts.append(f"## To copy\n\nThe lab's module, plain NumPy and Keras. It holds the lab's answers.\n\n"
                     f"```{{code-block}} python\n:class: toggle\n{source}\n```")  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _lab_of(name):
    found = [path.stem for path, kind, _ in build.targets() if kind == "lab" and path.stem[3:] == name]
    return found[0] if found else ""


def _card(effects):
    """Return the effects of one hack as a table."""
    from ganhacks.pictures import describe

    if not effects:
        return "Not measured yet."
    heads = ("on", "recipe", "with / without", "95 % interval", "better in", "verdict")
    body = [
        (
            *(one.data, one.context, f"× {describe.number(one.ratio, 2)}"),
            f"{describe.number(one.low, 2)} to {describe.number(one.high, 2)}",
            *(f"{one.better_in} of {one.n}", f"{one.icon} {one.verdict}"),
        )
        for one in effects
    ]
    lines = [heads, ["---"] * len(heads), *body]
    title = f"Switched: {effects[0].title}. Less is better: a ratio below 1.\n\n"
    return title + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(argv=None):
    parser = argparse.ArgumentParser(prog="run.py site", description="Make the course's pages.")
    parser.add_argument("folder", nargs="?", type=Path, default=PLACE / "html")
    options = parser.parse_args(argv)
    try:
        make(options.folder.resolve())
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename} cannot be written ({error.strerror}): name another folder.", file=sys.stderr)
        return 1
    print(f"The pages are in {options.folder}: open index.html through a web server, such as `python -m http.server`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
