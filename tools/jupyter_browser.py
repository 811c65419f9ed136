"""JupyterLab, or Notebook 7, in a headless Chromium, driven from Python: for tests and for tools that look at pages.

    with serve(folder) as server, browse(server) as page:
        page.open("labs/12_mnist_gan.ipynb")
        page.set_cell_source("mnist_gan--generator", "...")
        page.run_cell("mnist_gan--generator")
        print(page.output_text("mnist_gan--generator"))

A cell is named by its id or by its place, counted from 0. The server has folders of its own for settings,
workspaces and kernels' connection files, so that it neither sees nor changes those of the person who runs it.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A proxy that the machine names is for other hosts, and may be wrong.
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# Names on PATH first; macOS and Windows keep their browsers elsewhere.
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)

# The first one lets a container's root run Chromium; the others keep it off the network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SETTINGS = {
    # No question about news in the corner of every picture, and no look on the network for updates.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    # Every cell is in the page from the start: cells can be counted, and pictures have no holes.
    "notebook-extension/tracker": {"windowingMode": "none"},
    # A copy is thrown away afterwards; saving would only show dialogs.
    "docmanager-extension/plugin": {"autosave": False},
}


def find_chromium():
    """The path of an installed Chromium or Chrome, or None."""
    for name in CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    for place in CHROMIUM_PLACES:
        if os.path.exists(place):
            return place
    return None


def copy_course(folder, names=("notebooks", "labs", "solutions", "images")):
    """Copy those folders of the course into `folder`, so that running a notebook there changes nothing here."""
    for name in names:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=ignored)
    return Path(folder)


#: program -> where its address of a notebook begins, with what makes it forget the notebooks that are open already
PROGRAMS = {"jupyterlab": "lab/tree/{}?reset&", "notebook": "notebooks/{}?"}


class Server:
    """A running JupyterLab or Notebook 7: where it is and the secret that opens it. program: see PROGRAMS."""

    def __init__(self, url, token, program="jupyterlab"):
        self.url = url
        self.token = token
        self.program = program

    def address(self, notebook):
        """The address of a notebook's page, for a path below the server's folder."""
        return f"{self.url}{PROGRAMS[self.program].format(notebook)}token={self.token}"

    def request(self, path, method="GET"):
        """The answer of the server's own interface to `path`, from JSON."""
        request = urllib.request.Request(
            self.url + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with LOCAL.open(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def restart_kernels(self):
        """Give every notebook that is open an empty kernel."""
        for session in self.request("api/sessions"):
            self.request(f"api/kernels/{session['kernel']['id']}/restart", method="POST")

    def stop_kernels(self):
        """End every kernel that a notebook has started."""
        for session in self.request("api/sessions"):
            self.request(f"api/sessions/{session['id']}", method="DELETE")


@contextlib.contextmanager
def serve(folder, program="jupyterlab", seconds=60, python=sys.executable):
    """Run JupyterLab, or "notebook", Notebook 7, on `folder` until the block ends; gives a `Server`.

    python: the interpreter of the environment that has the program, and the kernel.
    """
    with tempfile.TemporaryDirectory(prefix="jupyter-", ignore_cleanup_errors=True) as own:
        own = Path(own)
        for name, values in SETTINGS.items():
            file = own / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        environment = dict(
            os.environ,
            JUPYTER_CONFIG_DIR=str(own / "config"),
            JUPYTER_DATA_DIR=str(own / "data"),
            JUPYTER_RUNTIME_DIR=str(own / "runtime"),
            JUPYTERLAB_SETTINGS_DIR=str(own / "settings"),
            JUPYTERLAB_WORKSPACES_DIR=str(own / "workspaces"),
            IPYTHONDIR=str(own / "ipython"),
            GANHACKS_JOURNAL=str(own / "journal.db"),
        )
        # Strict checks are for machines; the browser shows what a student sees.
        environment.pop("GANHACKS_STRICT", None)
        token = secrets.token_hex(16)
        with socket.socket() as probe:  # a free port; if another program takes it first, Jupyter tries others
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            *(str(python), "-m", program, "--no-browser", "--allow-root", "--expose-app-in-browser"),
            *("--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={token}", "--ServerApp.password="),
            f"--ServerApp.root_dir={folder}",
        ]
        log = own / "log.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
        try:
            url = _wait_for_server(process, own / "runtime", token, log, seconds)
            yield Server(url, token, program)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_server(process, runtime, token, log, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):  # half-written, or not listening yet
                url = json.loads(file.read_text(encoding="utf-8"))["url"]
                Server(url, token).request("api/status")
                return url
        time.sleep(0.1)
    last_lines = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    raise RuntimeError(f"The server did not start within {seconds} s. Its last lines:\n{last_lines}")


@contextlib.contextmanager
def chromium(*more):
    """Give a headless Chromium. more: arguments of its command line. Raises SystemExit where none is installed."""
    from playwright.sync_api import sync_playwright  # imported here: run.py asks for find_chromium() without it

    path = find_chromium()
    if path is None:
        raise SystemExit(
            f"No Chromium was found; wanted one of {', '.join(CHROMIUM_NAMES)} on PATH: install one, on Debian with "
            "`apt-get install chromium`."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS, *more])
        try:
            yield browser
        finally:
            with contextlib.suppress(Exception):  # after Ctrl-C it is gone already
                browser.close()


@contextlib.contextmanager
def browse(server, width=1280, height=900):
    """A headless Chromium on `server` until the block ends; gives a `LabPage`."""
    with chromium() as browser:
        yield LabPage(server, browser.new_page(viewport={"width": width, "height": height}))


class LabPage:
    """One notebook in its page, and what a person would do with it. `page` is playwright's, for everything else."""

    def __init__(self, server, page):
        self.server = server
        self.page = page

    def open(self, notebook, seconds=60):
        """Open `notebook`, a path below the server's folder, in a fresh workspace with a fresh kernel."""
        self.server.stop_kernels()
        self.page.goto(self.server.address(notebook))
        limit = seconds * 1000
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=limit)
        self._idle(seconds)

    def _idle(self, seconds):
        # The toolbar's circle says idle before there is a kernel; the kernel itself tells the truth.
        status = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        self.page.wait_for_function(f"{status} === 'idle'", timeout=seconds * 1000)

    def cells(self):
        """The ids of the cells, in order."""
        return self._notebook("return notebook.widgets.map(cell => cell.model.id)")

    def run_all(self, seconds=300):
        """Run every cell; True if none of them raised."""
        return self._command("notebook:run-all-cells", seconds)

    def restart_kernel(self, seconds=60):
        """Restart the notebook's kernel, and wait until it can be used again."""
        self.server.restart_kernels()
        self._idle(seconds)

    def run_cell(self, cell, seconds=120):
        """Run one cell and wait for its end; True if it did not raise."""
        self._notebook("notebook.deselectAll(); notebook.activeCellIndex = argument", self._index(cell))
        return self._command("notebook:run-cell", seconds)

    def source(self, cell):
        """The text of a cell."""
        return self._notebook("return notebook.widgets[argument].model.sharedModel.getSource()", self._index(cell))

    def set_cell_source(self, cell, text):
        """Replace the text of a code cell as a person would: click in it, select all, put in the new text."""
        self.cell(cell).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)
        if self.source(cell) != text:
            raise RuntimeError(f"Cell {cell!r} holds {self.source(cell)!r} after typing {text!r}.")

    def save(self, seconds=60):
        """Write the notebook to its file, as a person does with Ctrl-S."""
        self._command("docmanager:save", seconds)

    def output_text(self, cell):
        """The text of a cell's outputs as the page shows it; empty if it has none."""
        # text_content(), because inner_text() leaves out what is not on the screen.
        return "\n".join(part.text_content() for part in self._outputs(cell))

    def output_html(self, cell):
        """The HTML of a cell's outputs as the page holds it; empty if it has none."""
        return "\n".join(part.inner_html() for part in self._outputs(cell))

    def screenshot(self, path):
        """Write what the window shows now as a PNG."""
        self._settle()
        self.page.screenshot(path=str(path))

    def screenshots(self, folder, name):
        """Write the notebook from top to bottom, one PNG a window's height; gives their paths."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        scroller = self.page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer")
        scroller.evaluate("scroller => scroller.scrollTop = 0")
        self._settle()
        paths = []
        more = True
        while more:
            paths.append(folder / f"{name}-{len(paths) + 1:02d}.png")
            scroller.screenshot(path=str(paths[-1]))
            # Below the last cell JupyterLab leaves an empty window's height.
            more = scroller.evaluate(
                """scroller => {
                    const last = [...scroller.querySelectorAll('.jp-Cell')].at(-1).getBoundingClientRect();
                    const more = last.bottom > scroller.getBoundingClientRect().bottom;
                    scroller.scrollTop += scroller.clientHeight;
                    return more;
                }"""
            )
            self._settle()
        return paths

    def cell(self, cell):
        """Playwright's locator of a cell."""
        return self.page.locator(".jp-NotebookPanel .jp-Cell").nth(self._index(cell))

    def _index(self, cell):
        if isinstance(cell, int):
            return cell
        ids = self.cells()
        if cell not in ids:
            raise RuntimeError(f"There is no cell {cell!r}; the notebook has {', '.join(ids)}.")
        return ids.index(cell)

    def _outputs(self, cell):
        return self.cell(cell).locator(".jp-OutputArea-output").all()

    def _notebook(self, body, argument=None):
        return self.page.evaluate(
            f"argument => {{ const notebook = jupyterapp.shell.currentWidget.content; {body} }}", argument
        )

    def _command(self, command, seconds):
        # JupyterLab's menu items are commands, whose promise ends when the cells have run.
        done = self.page.evaluate(
            """([command, seconds]) => Promise.race([
                jupyterapp.commands.execute(command),
                new Promise(done => setTimeout(() => done('late'), seconds * 1000)),
            ])""",
            [command, seconds],
        )
        if done == "late":
            raise RuntimeError(f"{command} was not done after {seconds} s.")
        return done

    def _settle(self):
        # Fonts, pictures and formulas are drawn a little after the cells are there.
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.page.wait_for_function("[...document.images].every(image => image.complete)")
        self.page.wait_for_timeout(300)
