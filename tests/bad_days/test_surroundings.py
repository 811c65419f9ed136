"""Machines as they are: a wrong proxy, another time zone, a clock that jumps, no 127.0.0.1."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest

import run
from ganhacks import __main__, journal
from ganhacks.checks.engine import report
from ganhacks.errors import WrongSetup
from tools import build

NOWHERE = "http://127.0.0.1:9"
PROXIES = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), NOWHERE)


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """A journal of its own."""
    monkeypatch.setenv(journal.PLACE, str(tmp_path / "journal.db"))
    return journal.journal


# ---- time


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process, as Unix has it")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu"])
def test_a_journal_and_a_report_are_in_utc_wherever_they_are_made(noted, tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        noted.note("leaky_relu", "verdict", "leaky_relu", "passed")
        made = json.loads(report.write(tmp_path)[0].read_text(encoding="utf-8"))["made"]
    finally:
        monkeypatch.undo()
        time.tzset()
    for at in (made, *(entry.at for entry in journal.Journal().entries())):
        assert at.endswith("+00:00")
        assert abs(datetime.fromisoformat(at) - datetime.now(timezone.utc)) < timedelta(minutes=10)


def test_entries_keep_their_order_when_the_clock_jumps(noted, tmp_path, monkeypatch):
    class Jumping(datetime):
        moments = iter(["2026-03-01", "2031-01-01", "1970-01-01", "2026-03-02", "2026-03-03"])

        @classmethod
        def now(cls, zone=None):
            return datetime.fromisoformat(next(cls.moments)).replace(tzinfo=zone)

    monkeypatch.setattr(journal, "datetime", Jumping)
    for outcome in ("failed", "error", "failed", "passed"):
        noted.note("leaky_relu", "verdict", "leaky_relu", outcome)
    assert [entry.value for entry in noted.entries()] == ["failed", "error", "failed", "passed"]
    labs = {lab["lab"]: lab for lab in json.loads(report.write(tmp_path)[0].read_text(encoding="utf-8"))["labs"]}
    (exercise,) = (one for one in labs["leaky_relu"]["exercises"] if one["name"] == "leaky_relu")
    assert exercise["outcome"] == "passed" and exercise["attempts"] == 4


def test_no_duration_is_measured_by_a_clock_that_may_jump():
    tracked = [*build.ROOT.glob("*.py")] + [
        path for part in ("ganhacks", "tools", "course") for path in (build.ROOT / part).rglob("*.py")
    ]
    assert len(tracked) > 100
    wall = re.compile(r"\btime\.time(_ns)?\(|\bfrom time import\b.*\btime\b")
    assert [str(path) for path in tracked if wall.search(path.read_text(encoding="utf-8"))] == []


# ---- network


def test_a_computer_without_127_0_0_1_is_told_before_jupyterlab_is_started(tmp_path, monkeypatch, capsys):
    class Refusing(socket.socket):
        def bind(self, address):
            raise OSError(99, "Cannot assign requested address")

    __main__.require_loopback()
    monkeypatch.setattr(socket, "socket", Refusing)
    monkeypatch.setattr(os, "execv", None)
    with pytest.raises(WrongSetup, match="127.0.0.1 .*, over which notebooks talk to their kernels: give it back"):
        __main__.open_jupyterlab(tmp_path, "a.ipynb")
    monkeypatch.setattr(run, "install", lambda what: None)
    monkeypatch.setattr(os, "execve", None)
    assert run.main(["lab"]) == 1
    told = capsys.readouterr().err
    assert "give it back" in told and len(told.splitlines()) == 1


#: a namespace without any network but 127.0.0.1 and ::1, and the same with ::1 alone
LOOPBACK = "ip link set lo up"
IPV6_ALONE = f"{LOOPBACK} && ip addr del 127.0.0.1/8 dev lo"
CELL = """
import nbformat
from nbclient import NotebookClient

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import ganhacks; print(6 * 7)")])
print(NotebookClient(notebook, kernel_name="python3").execute().cells[0].outputs[0].text)
"""


@pytest.fixture
def apart():
    """A function that runs Python in a network namespace of its own, made by a line of shell."""
    if not shutil.which("ip") or subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode:
        pytest.skip("needs root, and ip and unshare of Linux")

    def apart(made, *arguments, **environment):
        command = ["unshare", "-n", "sh", "-c", f'{made} && exec "$@"', "sh", sys.executable, *arguments]
        environment = {**os.environ, "PYTHONPATH": str(build.ROOT), **environment}
        return subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    return apart


@pytest.mark.everywhere
@pytest.mark.skipif(sys.platform != "linux", reason="namespaces, as Linux has them")
def test_without_any_network_a_notebook_runs_and_with_ipv6_alone_it_is_told_why_not(apart, tmp_path):
    done = apart(LOOPBACK, "-c", CELL, **PROXIES)
    assert done.stdout == "42\n\n", done.stderr
    done = apart(IPV6_ALONE, "-m", "ganhacks", "start", str(tmp_path / "mine"))
    assert done.returncode == 1 and (tmp_path / "mine" / "labs").is_dir()
    assert "This computer has no address 127.0.0.1" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.everywhere
def test_an_installation_through_a_wrong_proxy_is_told_and_goes_on(tmp_path):
    shutil.copy(run.ROOT / "run.py", tmp_path)
    for name in run.STAMPED:
        (tmp_path / name).write_text("" if name == "constraints.txt" else "tomli==2.0.1\n")
    index = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "https://pypi.org/simple", "PIP_NO_CACHE_DIR": "1"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        [sys.executable, "run.py", "papermill", "--version"],
        cwd=tmp_path,
        env={**environment, **PROXIES, **index},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Installing the packages failed, for the reason above; once it is out of the way" in done.stderr
    assert "Traceback" not in done.stderr and (tmp_path / ".venv" / "installed.txt").read_text() == ""


# ---- a whole course on a machine where much is odd

FIRST_CELLS = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
checks = [n for n, cell in enumerate(notebook.cells) if "check" in cell.metadata.get("tags", [])]
notebook.cells = notebook.cells[: checks[0] + 1]
client = NotebookClient(notebook, kernel_name="python3", timeout=300, resources={"metadata": {"path": sys.argv[2]}})
client.execute()
(shown,) = [o.data["application/vnd.ganhacks.check+json"] for o in notebook.cells[-1].outputs if "data" in o]
print(shown["outcome"])
"""


@pytest.mark.everywhere
@pytest.mark.skipif(sys.platform == "win32", reason="a home that is no folder")
def test_a_course_in_a_folder_with_spaces_and_umlauts_without_a_home_behind_a_wrong_proxy(tmp_path):
    place = tmp_path / "Übungen für später (2)"
    odd = {**PROXIES, "HOME": "/dev/null", "TZ": "Pacific/Kiritimati", "PYTHONPATH": str(build.ROOT)}
    odd |= {"GANHACKS_FAST": "1", "JUPYTER_PLATFORM_DIRS": "0"}
    inherited = {name: value for name, value in os.environ.items() if name != journal.PLACE}

    def python(*arguments):
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(command, env={**inherited, **odd}, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "is in Übungen für später (2)" in python("-m", "ganhacks", "start", place.name, "--only")
    lab = place / "labs" / "12_mnist_gan.ipynb"
    shutil.copy(build.ROOT / "solutions" / lab.name, lab)
    assert python("-c", FIRST_CELLS, lab, place / "labs") == "passed\n"
    assert python("-m", "ganhacks", "update", place.name).startswith(f"Nothing new: {place.name} is of version ")
    assert "12_mnist_gan.ipynb is blank again" in python("-m", "ganhacks", "again", "12", place.name)
    graded = tmp_path / "Bewertung für alle"
    engine = [] if shutil.which("bwrap") else ["--unsafe"]
    python(build.ROOT / "tools" / "grade.py", place / "labs" / "mine", graded, *engine)
    assert "mnist_gan" in (graded / "grades.csv").read_text(encoding="utf-8")
