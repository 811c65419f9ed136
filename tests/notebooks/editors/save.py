"""Save lab 11 from real programs, with one right and one wrong answer typed in and their checks run.

    python -m tests.notebooks.editors.save jupyterlab notebook        in a headless Chromium
    python -m tests.notebooks.editors.save --classic PYTHON       classic Notebook 6, installed with that Python
    python -m tests.notebooks.editors.save --nbstripout PROGRAM   what its filter makes of JupyterLab's file

Each writes its file beside this one, and given.ipynb, the lab as it was given. The tests read the files; they need
neither a browser nor these programs.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.notebooks.editors.writers import ANSWERS, LAB
from tools import jupyter_browser

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def with_a_lab(act, *arguments):
    """Call act(folder, *arguments) with a folder that holds the lab; returns the bytes of the lab afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / LAB, folder)
        act(Path(folder), *arguments)
        return (Path(folder) / Path(LAB).name).read_bytes()


def answer_in_jupyter(folder, program):
    """Answer in JupyterLab 4 or Notebook 7, run, and save."""
    with jupyter_browser.serve(folder, program) as server, jupyter_browser.browse(server) as page:
        page.open(Path(LAB).name)
        page.run_cell(3)  # the imports, below two texts and what installs the course
        for id, source in ANSWERS.items():
            page.set_cell_source(id, source)
            page.run_cell(id)
            page.run_cell(f"{id}-check")
        page.save()


# ---- classic Notebook, whose page has another interface


def answer_in_classic(folder, python):
    """Answer in classic Notebook 6, run, and save. python: the one with which it is installed."""
    with _classic(folder, python) as url, jupyter_browser.chromium() as browser:
        page = browser.new_page()
        page.goto(f"{url}/notebooks/{Path(LAB).name}")
        page.wait_for_function("window.Jupyter?.notebook?.kernel?.is_connected() === true", timeout=120_000)
        run = "numbers => Jupyter.notebook.execute_cells(numbers)"
        page.evaluate(run, [2])
        ids = [cell["id"] for cell in json.loads((folder / Path(LAB).name).read_bytes())["cells"]]
        for id, source in ANSWERS.items():
            number = ids.index(id)
            page.evaluate("([i, text]) => Jupyter.notebook.get_cell(i).set_text(text)", [number, source])
            page.evaluate(run, [number, number + 1])
            done = f"Jupyter.notebook.get_cell({number + 1}).output_area.outputs.length > 0"
            page.wait_for_function(done, timeout=300_000)
        page.evaluate("Jupyter.notebook.save_notebook()")


@contextlib.contextmanager
def _classic(folder, python):
    with tempfile.TemporaryDirectory(prefix="classic-", ignore_cleanup_errors=True) as own:
        kernel = Path(own) / "kernels" / "python3"
        kernel.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        about = {"argv": command, "display_name": "Python 3 (ipykernel)", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(about), encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [python, "-m", "notebook", "--no-browser", "--allow-root", "--NotebookApp.token=", f"--port={port}"]
        command += ["--NotebookApp.password=", f"--notebook-dir={folder}", "--NotebookApp.disable_check_xsrf=True"]
        environment = {**os.environ, "JUPYTER_PATH": own, "JUPYTER_CONFIG_DIR": f"{own}/config"}
        environment |= {"PYTHONPATH": str(ROOT), "GANHACKS_JOURNAL": "", "JUPYTER_RUNTIME_DIR": f"{own}/runtime"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(300):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{url}/api/status", timeout=5)
                    break
                time.sleep(0.5)
            else:
                raise RuntimeError(f"Classic Notebook did not start: does `{python} -m notebook --version` say 6?")
            yield url
        finally:
            process.terminate()
            process.wait()


# ---- a filter


def strip(folder, program):
    """Let nbstripout change JupyterLab's file. program: its path."""
    lab = folder / Path(LAB).name
    lab.write_bytes((HERE / "jupyterlab.ipynb").read_bytes())
    subprocess.run([program, lab], check=True)


def main():
    parser = argparse.ArgumentParser(description="Save lab 11 from real programs.")
    parser.add_argument("programs", nargs="*", help=" or ".join(jupyter_browser.PROGRAMS))
    parser.add_argument("--classic", metavar="PYTHON")
    parser.add_argument("--nbstripout", metavar="PROGRAM")
    options = parser.parse_args()
    if unknown := set(options.programs) - set(jupyter_browser.PROGRAMS):
        parser.error(f"there is no program {min(unknown)!r} here: name {' or '.join(jupyter_browser.PROGRAMS)}")
    os.environ["GANHACKS_FAST"] = "1"
    made = {program: (answer_in_jupyter, program) for program in options.programs}
    if options.classic:
        made["classic"] = (answer_in_classic, options.classic)
    if options.nbstripout:
        made["nbstripout"] = (strip, options.nbstripout)
    for name, act in made.items():
        (HERE / f"{name}.ipynb").write_bytes(with_a_lab(*act))
        print(f"Written: {name}.ipynb")
    shutil.copy(ROOT / LAB, HERE / "given.ipynb")


if __name__ == "__main__":
    main()
