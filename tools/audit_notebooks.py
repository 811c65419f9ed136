"""Open notebooks in JupyterLab, run axe-core on each, light and dark, and say what is wrong with what they show.

    python tools/audit_notebooks.py                    every lesson, lab and solution, with the outputs that are stored
    python tools/audit_notebooks.py labs/12 00_start   only those whose path holds one of these
    python tools/audit_notebooks.py --folder FOLDER    those below another folder

What lies in a text or in an output is the notebook's, and a violation there is a fault. What JupyterLab draws around it
(editors, prompts, the marks behind headings) is told apart, by rule, and is no fault of ours. The exit code is 1 where
there is a fault. Needs Chromium, and the packages of requirements-test.txt and requirements-site.txt.
"""

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.answers import Stopped  # noqa: E402  (the path comes first)
from tools import jupyter_browser  # noqa: E402
from tools.audit_site import AXE, exit_code  # noqa: E402

PANEL = ".jp-NotebookPanel-notebook"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
THEIRS = ("link-in-text-block",)  # what a link in a text looks like is the theme's, too
#: Outputs as their owner sees them: JupyterLab shows a stranger's without their looks. Its body has no height, and
#: axe-core takes all text in such a one for hidden, and looks at no contrast.
PREPARE = """() => {
    document.body.style.height = "100vh";
    const codes = jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === "code");
    codes.forEach(cell => cell.model.trusted = true);
}"""
#: whether the first element of a selector belongs to a notebook's text or output, and not to JupyterLab
IS_OURS = """selector => {
    const found = document.querySelector(selector);
    return !found.closest(".jp-InternalAnchorLink")
        && !!found.parentElement.closest(".jp-RenderedMarkdown, .jp-OutputArea-output");
}"""


def notebooks_of(folder, names=()):
    """Return the paths of the notebooks below a folder whose path holds one of the names. Raises Stopped."""
    every = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb"))
    chosen = [path for path in every if not names or any(name in path for name in names)]
    if not chosen:
        raise Stopped(f"No notebook below {folder} has a path that holds {' or '.join(names) or '.ipynb'}.")
    return chosen


def violations(page, theme):
    """Return the violations on an open notebook in a theme: (rule, whether it is ours, where), one for each element."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    page.wait_for_timeout(300)  # the colours fade
    found = Axe().run(page, context=PANEL, options=AXE).response["violations"]
    targets = [(one["id"], node["target"][0]) for one in found for node in one["nodes"]]
    return [(rule, rule not in THEIRS and page.evaluate(IS_OURS, target), target) for rule, target in targets]


def audit(folder, names=()):
    """Print what is wrong, notebook by notebook, and a summary. Returns how many faults there are. Raises Stopped."""
    chosen = notebooks_of(folder, names)
    ours, theirs, n_seen = collections.Counter(), collections.Counter(), 0
    try:
        with jupyter_browser.serve(folder) as server, jupyter_browser.browse(server) as page:
            for path in chosen:
                begun = time.perf_counter()
                page.open(path)
                page.page.evaluate(PREPARE)
                found = [(theme, *one) for theme in THEMES for one in violations(page.page, theme)]
                theirs.update(rule for _, rule, own, _ in found if not own)
                faults = [(theme, rule, where) for theme, rule, own, where in found if own]
                ours.update(rule for _, rule, _ in faults)
                n_seen += 1
                took = f"{time.perf_counter() - begun:.1f} s"
                print(f"{n_seen}/{len(chosen)} {path}: {len(faults) or 'no'} faults, {took}")
                print("".join(f"    {theme}: {rule} at {where}\n" for theme, rule, where in faults), end="", flush=True)
    finally:
        print(f"\n{n_seen} notebooks in {len(THEMES)} themes. Violations in what they hold: {_told(ours)}.")
        print(f"In what JupyterLab draws around it: {_told(theirs)}.")
    return ours.total()


def _told(counted):
    return ", ".join(f"{rule} {n:,}" for rule, n in counted.most_common()) or "0"


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run axe-core on notebooks as JupyterLab shows them.")
    parser.add_argument("notebooks", nargs="*", help="parts of the paths of notebooks; all without any")
    parser.add_argument("--folder", type=Path, help="where the notebooks are; the course's own without it")
    options = parser.parse_args(argv)
    if options.folder:
        return exit_code("notebooks", audit, options.folder.resolve(), options.notebooks)
    with tempfile.TemporaryDirectory() as copy:
        return exit_code("notebooks", audit, jupyter_browser.copy_course(copy), options.notebooks)


if __name__ == "__main__":
    sys.exit(main())
