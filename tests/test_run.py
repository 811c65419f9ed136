"""run.py: what it says when something is in the way, and when it installs anew."""

import ast
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

import run
from tools import wheelhouse

CONSTRAINTS = (run.ROOT / "constraints.txt").read_text()

pytest_plugins = ["pytester"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """run.py in a folder of its own, where making .venv and running pip are stand-ins that note their commands."""
    for name in run.STAMPED:
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    state = SimpleNamespace(root=tmp_path, calls=[], venv=lambda: 0, pip=lambda: 0, uv=lambda: 0, healthy=True)
    state.settings = ""

    def call(arguments, **more):
        state.calls.append(arguments[1])
        state.more = more
        if arguments[1] == "venv":
            run.python().parent.mkdir(parents=True, exist_ok=True)
            run.python().touch()
        return getattr(state, arguments[1])()

    monkeypatch.setattr(run, "call", call)
    monkeypatch.setattr(run, "is_healthy", lambda: state.healthy and run.python().exists())
    monkeypatch.setattr(run, "pip_settings", lambda: state.settings)
    monkeypatch.setattr(run, "lab", lambda arguments: 0)
    monkeypatch.setattr(run, "test", lambda arguments: 0)
    return state


#: How a new .venv is made: pip brings uv, and uv all else.
FRESH = ["venv", "pip", "uv"]


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("version", [(3, 7, 16), (3, 9, 0), (3, 14, 0)])
def test_an_unsuitable_python_is_one_sentence(version, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", version)
    assert run.main(["lab"]) == 1
    sentence = capsys.readouterr().err
    assert sentence.startswith(f"This is Python 3.{version[1]}, and the course needs Python 3.10 to 3.13: ")
    assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(
    "machine, largest, refused", [("x86_64", 2**63, "Intel"), ("arm64", 2**31, "32-bit"), ("arm64", 2**63, "")]
)
def test_a_mac_needs_apple_silicon_and_a_python_64_bits(machine, largest, refused, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(run.platform, "machine", lambda: machine)
    monkeypatch.setattr(sys, "maxsize", largest)
    with pytest.raises(run.Stop, match=refused) if refused else contextlib.nullcontext():
        run.check_python()


def test_everywhere_runs_what_has_its_mark_and_switches_it_on(monkeypatch):
    calls = []
    for name in ("ensure_programs", "ensure_sphinx", "ensure"):
        monkeypatch.setattr(run, name, lambda *_: None)
    monkeypatch.setattr(run, "call", lambda command, **more: calls.append((command, more)) or 0)
    assert run.everywhere([]) == 0
    ((command, more),) = calls
    assert command[2:4] == ["-m", "everywhere"] and command[-1] == "tests"
    assert more["GANHACKS_EVERYWHERE"] == "1"


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 13, 9)])
def test_the_oldest_and_the_newest_python_are_suitable(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    run.check_python()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_virtual_environments_names_the_package(module, monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else find(name))
    assert run.main(["lab"]) == 1
    sentence = capsys.readouterr().err
    assert f"sudo apt install python3.{sys.version_info[1]}-venv" in sentence
    assert len(sentence.splitlines()) == 1


def test_what_is_installed_is_not_installed_again(course):
    assert run.main(["lab"]) == run.main(["lab"]) == 0
    assert course.calls == FRESH


def test_the_tests_packages_suffice_for_the_labs(course):
    run.main(["test"])
    run.main(["lab"])
    assert course.calls == FRESH


def test_the_labs_packages_do_not_suffice_for_the_tests(course):
    run.main(["lab"])
    run.main(["test"])
    assert course.calls == [*FRESH, "pip"]


STAMPED = ("requirements.txt", "requirements-test.txt", "constraints.txt", "pyproject.toml")


@pytest.mark.parametrize("name", STAMPED)
def test_a_changed_requirement_is_installed_in_the_same_environment(course, name):
    run.main(["lab"])
    (course.root / name).write_text("changed")
    run.main(["lab"])
    assert course.calls == [*FRESH, "pip"]


def test_an_interrupted_installation_is_made_anew(course, capsys):
    course.pip = interrupt
    assert run.main(["lab"]) == 130
    assert capsys.readouterr().err == "\nInterrupted: run the same command to go on.\n"
    course.pip = lambda: 0
    assert run.main(["lab"]) == 0
    assert course.calls == ["venv", "pip", *FRESH]


@pytest.mark.parametrize("looks_whole", [False, True])
def test_a_half_made_environment_is_made_anew_whatever_it_looks_like(course, looks_whole):
    course.venv = interrupt
    assert run.main(["lab"]) == 130
    (run.VENV / "lib" / "half a pip").mkdir(parents=True)
    course.venv, course.healthy = lambda: 0, looks_whole
    assert run.main(["lab"]) == 0
    assert course.calls == ["venv", *FRESH]
    assert not (run.VENV / "lib").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(course):
    run.main(["lab"])
    run.python().unlink()
    run.main(["lab"])
    assert course.calls == [*FRESH, *FRESH]


def test_a_failing_pip_is_one_sentence_and_goes_on_in_the_same_environment(course, capsys):
    course.pip = lambda: 1
    assert run.main(["lab"]) == 1
    assert re.fullmatch(
        r"Installing the packages failed, .* the same command goes on from here\.\n", capsys.readouterr().err
    )
    course.pip = lambda: 0
    assert run.main(["lab"]) == 0
    assert course.calls == ["venv", "pip", "pip", "pip", "uv"]


def test_where_uv_fails_pip_begins_anew(course, capsys):
    course.uv = lambda: 1
    assert run.main(["lab"]) == 0
    assert course.calls == [*FRESH, "venv", "pip"] and "That was uv." in capsys.readouterr().out
    assert run.main(["lab"]) == 0 and len(course.calls) == 5


@pytest.mark.parametrize("setting", ["global.index-url='https://mirror/simple'", ":env:.no-index='1'"])
def test_who_takes_packages_from_elsewhere_goes_on_with_pip(course, setting):
    course.settings = f"global.timeout='60'\n{setting}\n"
    assert run.main(["lab"]) == 0
    assert course.calls == ["venv", "pip"]


def test_another_index_beside_pypi_is_none_instead_of_it(course):
    course.settings = "global.extra-index-url='https://mirror/simple'\n"
    assert run.main(["lab"]) == 0
    assert course.calls == FRESH


def test_an_environment_without_pip_is_not_healthy(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    assert not run.is_healthy()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(run.VENV)], check=True)
    assert not run.is_healthy()


@pytest.mark.parametrize("installed_once", [False, True])
def test_a_folder_that_cannot_be_written_is_one_sentence(installed_once, course, monkeypatch, capsys):
    if installed_once:
        run.main(["lab"])
        (course.root / "requirements.txt").write_text("changed")

    def read_only(dir):
        raise PermissionError(13, "Permission denied")

    before = list(course.calls)
    monkeypatch.setattr(run.tempfile, "TemporaryFile", read_only)
    assert run.main(["lab"]) == 1
    sentence = capsys.readouterr().err
    assert "cannot be written (Permission denied)" in sentence
    assert "copy the course to a folder of your own" in sentence and "delete" not in sentence
    assert course.calls == before


@pytest.mark.parametrize("end, stamp", [(interrupt, run.UNFINISHED), (lambda: 1, "before"), (lambda: 0, "before")])
def test_what_the_pages_need_is_whole_or_the_environment_is_unfinished(course, monkeypatch, end, stamp):
    run.VENV.mkdir()
    run.stamp("before")
    monkeypatch.setattr(run, "quiet", lambda *arguments, **more: False)
    course.pip = end
    with contextlib.suppress(KeyboardInterrupt, run.Stop):
        run.ensure_sphinx()
    assert course.calls == ["pip"] and run.read_stamp() == stamp


def test_a_disk_that_is_full_is_one_sentence(course, monkeypatch, capsys):
    def full(text):
        raise OSError(28, "No space left on device", "installed.part")

    monkeypatch.setattr(run, "stamp", full)
    assert run.main(["lab"]) == 1
    said = capsys.readouterr().err
    assert "installed.part cannot be written (No space left on device)" in said and len(said.splitlines()) == 1


def test_papermill_runs_in_the_courses_environment_and_where_you_are(course, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    ran = []
    monkeypatch.setattr(run, "install", course.calls.append)
    monkeypatch.setattr(run, "call", lambda arguments, folder: ran.append((arguments, folder)) or 0)
    assert run.main(["papermill", "in.ipynb", "out.ipynb", "-p", "epochs", "10"]) == 0
    assert course.calls == ["lab"]
    assert ran == [(["-m", "papermill", "in.ipynb", "out.ipynb", "-p", "epochs", "10"], str(tmp_path))]


@pytest.mark.parametrize("command", ["update", "again"])
def test_updating_and_beginning_again_install_nothing(command, course, monkeypatch):
    monkeypatch.setattr(run, command, lambda arguments: 0)
    assert run.main([command, "12"]) == 0
    assert course.calls == []


def test_updating_takes_no_folder_since_it_would_be_another_than_the_one_that_it_changes(capsys):
    assert run.main(["update", "elsewhere"]) == 1
    assert "update takes nothing more" in capsys.readouterr().err


def test_beginning_again_asks_which_lab(capsys):
    assert run.main(["again"]) == 1
    assert capsys.readouterr().err == "Name one lab by its number, as in run.py again 12.\n"


def test_an_unknown_command_shows_all_that_there_are(capsys):
    assert run.main(["tests"]) == 2
    shown = capsys.readouterr().out
    assert all(f"run.py {command} " in shown for command in ("lab", "update", "again", "papermill", "test"))


def test_run_py_can_be_read_by_a_python_that_is_too_old():
    ast.parse((run.ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between programs")
def test_ctrl_c_waits_for_the_other_program_and_leaves_no_traceback(tmp_path):
    # A test run in the background may have been started with Ctrl-C ignored, which children inherit.
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    program = (
        f"{listening}import time\ntry:\n    print('ready', flush=True); time.sleep(30)\nexcept KeyboardInterrupt:\n"
        "    time.sleep(0.5); print('ended in its own way')"
    )
    script = (
        f"{listening}import sys, run\n"
        "run.check_python = run.install = lambda *_: None\n"
        f"run.lab = lambda _: run.call(['-c', {program!r}], interpreter=sys.executable)\n"
        "sys.exit(run.main(['lab']))"
    )
    # A session of its own, so that the signal reaches both programs as Ctrl-C in a terminal does, and not this test.
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=run.ROOT,
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (
        130,
        "ended in its own way\n",
        "\nInterrupted: run the same command to go on.\n",
    )


# ---- what a test run is


@pytest.fixture
def tested(monkeypatch):
    """A function that runs run.test with programs that end with these codes, and returns (its code, their calls)."""
    calls = []

    def tested(*codes, arguments=()):
        ends = iter(codes)
        monkeypatch.setattr(run, "ensure_programs", lambda: None)
        monkeypatch.setattr(run, "call", lambda command, **more: calls.append((command, more)) or next(ends))
        return run.test(list(arguments)), calls

    return tested


@pytest.mark.parametrize("codes, code", [((0, 0), 0), ((1, 0), 1), ((0, 1), 1), ((2, 5), 1)])
def test_a_test_run_fails_where_one_of_its_parts_does(tested, codes, code, capsys):
    assert tested(*codes)[0] == code
    said = capsys.readouterr().out
    assert said.endswith("All passed.\n") == (code == 0)
    assert said.count("FAILED") == sum(map(bool, codes))


def test_a_test_run_holds_the_built_files_against_their_sources_and_runs_every_notebook(tested):
    _, ((build, _), (pytest_run, more)) = tested(0, 0)
    assert build == ["tools/build.py", "--check"]
    assert pytest_run[:2] == ["-m", "pytest"]
    assert {"--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"} <= set(pytest_run)
    assert pytest_run[pytest_run.index("--dist") + 1] == "loadfile", "the cells of a notebook need each other"
    assert pytest_run[-3:] == ["tests", "notebooks", "solutions"]
    assert more["GANHACKS_FAST"] == "1" and more["COLUMNS"] == "80"


def test_arguments_go_to_pytest_which_then_runs_alone(tested):
    code, ((command, _),) = tested(1, arguments=["tests/test_data.py", "-k", "ring"])
    assert code == 1
    assert command[:2] == ["-m", "pytest"] and command[-3:] == ["tests/test_data.py", "-k", "ring"]
    assert "--nbval-lax" in command


def test_the_code_of_a_test_run_is_that_of_the_program(course, monkeypatch):
    monkeypatch.setattr(run, "test", lambda arguments: 1)
    assert run.main(["test"]) == 1


def test_the_program_ends_with_the_code_of_its_command():
    done = subprocess.run([sys.executable, "run.py", "no-such-command"], cwd=run.ROOT, stdout=subprocess.DEVNULL)
    assert done.returncode == 2


def test_the_code_of_another_program_is_handed_on():
    assert run.call(["-c", "raise SystemExit(5)"], interpreter=sys.executable) == 5


TOY = """
import os
from ganhacks import checks

assert os.environ["GANHACKS_FAST"] == "1"
checks.Lab("start_here").check("invert", lambda images: images)
"""


@pytest.mark.parametrize("folder, passes", [("solutions", False), ("notebooks", True)])
def test_a_solution_with_a_check_that_does_not_pass_fails_and_a_lesson_may_show_one(
    folder, passes, pytester, monkeypatch
):
    monkeypatch.setenv("GANHACKS_FAST", "1")
    shutil.copy(run.ROOT / "conftest.py", pytester.path)
    pytester.mkdir(folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TOY)])
    nbformat.write(notebook, pytester.path / folder / "toy.ipynb")
    found = pytester.runpytest_inprocess("--nbval-lax", "--nbval-current-env", folder)
    found.assert_outcomes(passed=int(passes), failed=int(not passes))


def test_no_test_may_hang_the_run(pytestconfig):
    assert 0 < float(pytestconfig.getini("timeout")) <= 600


def test_pip_is_told_what_is_needed_and_which_versions(course, monkeypatch):
    commands = []
    monkeypatch.setattr(run, "call", lambda command, **more: commands.append(command) or 0)
    monkeypatch.setattr(run, "is_healthy", lambda: True)
    for what, requirements in (("lab", "requirements.txt"), ("test", "requirements-test.txt")):
        run.stamp_file().parent.mkdir(exist_ok=True)
        run.install(what)
        assert commands.pop()[-4:] == ["-r", requirements, "-c", "constraints.txt"]


def test_the_two_lists_of_requirements_agree():
    wanted = {line for line in (run.ROOT / "requirements.txt").read_text().split("\n") if line[:1].isalpha()}
    text = (run.ROOT / "pyproject.toml").read_text()
    listed = [text.partition(f"\n{name} = [")[2].partition("]")[0] for name in ("dependencies", "lab")]
    tests = {one for one in wanted if one.startswith(("nbval", "papermill"))}
    assert set(re.findall(r'"(.*?)"', "".join(listed))) == wanted - tests


# ---- programs beside Python's packages


@pytest.fixture
def machine(monkeypatch):
    """A machine with these programs and no others: a list; what is run there is noted in another."""
    programs, ran = ["apt-get"], []

    def quiet(command, **more):
        ran.append(command)
        if "install" in command:
            programs.extend({"bubblewrap": "bwrap"}.get(package, package) for package in command)
        return True

    monkeypatch.setattr(run, "quiet", quiet)
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    monkeypatch.setattr(run.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr("tools.jupyter_browser.find_chromium", lambda: run.shutil.which("chromium"))
    return programs, ran


def test_what_the_tests_need_is_installed_where_it_is_missing(machine, capsys):
    programs, ran = machine
    programs.append("chromium")
    run.ensure_programs()
    assert ran[-1][-1:] == ["bubblewrap"] and "chromium" not in ran[-1]
    assert "There is no" not in capsys.readouterr().out
    ran.clear()
    run.ensure_programs()
    assert ran == []


@pytest.mark.parametrize("ci, fate", [("", "are skipped"), ("true", "fail")])
def test_what_cannot_be_installed_is_told(machine, capsys, monkeypatch, ci, fate):
    machine[0].clear()
    monkeypatch.setenv("CI", ci)
    run.ensure_programs()
    said = capsys.readouterr().out
    assert f"There is no bubblewrap here, so the tests of grading {fate}." in said
    assert f"There is no Chromium or Chrome here, so the tests in a browser {fate}." in said


# ---- computers without network


def wheel(folder, python=None, platform=None):
    """Put a wheel into a folder, by its name alone: of this Python and system unless told."""
    platforms = {"linux": "manylinux_2_27_x86_64", "darwin": "macosx_12_0_arm64", "win32": "win_amd64"}
    here = "cp{}{}".format(*sys.version_info[:2])
    folder.mkdir(exist_ok=True)
    tags = f"{python or here}-{python or here}-{platform or platforms[sys.platform]}"
    (folder / f"tensorflow-2.21.0-{tags}.whl").touch()


def test_packages_come_from_a_folder_and_from_nowhere_else(course, tmp_path, capsys):
    wheel(tmp_path / "stick")
    assert run.main(["install", str(tmp_path / "stick")]) == 0
    assert course.calls == ["venv", "pip"]
    assert course.more == {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (tmp_path / "stick").as_uri()}
    assert run.main(["install", str(tmp_path / "stick")]) == 0
    assert course.calls == ["venv", "pip"] and "Everything is installed" in capsys.readouterr().out


def test_a_folder_without_the_right_packages_is_told_before_anything_is_done(course, tmp_path, capsys):
    for arguments in ([], ["a", "b"]):
        assert run.main(["install", *arguments]) == 1
        assert capsys.readouterr().err.startswith("Name the folder")
    assert run.main(["install", str(tmp_path / "nowhere")]) == 1
    assert "name the folder that wheelhouse has filled" in capsys.readouterr().err
    wheel(tmp_path / "stick", "cp39")
    wheel(tmp_path / "stick", platform="plan9_x86_64")
    assert run.main(["install", str(tmp_path / "stick")]) == 1
    told = capsys.readouterr().err
    assert "only for" in told and "cp39" in told and "plan9" in told and len(told.splitlines()) == 1
    assert course.calls == []


@pytest.mark.parametrize("python", wheelhouse.PYTHONS)
@pytest.mark.parametrize("system", wheelhouse.SYSTEMS)
def test_each_system_and_python_has_one_version_of_each_package_and_its_own(python, system):
    names = [line.partition("==")[0] for line in wheelhouse.pinned(CONSTRAINTS, python, system)]
    assert len(names) == len(set(names)) and {"tensorflow", "keras", "jupyterlab", "setuptools"} <= {*names}
    assert ("appnope" in names) == (system == "macos") and ("pywinpty" in names) == (system == "windows")
    assert ("tomli" in names) == (python == "3.10")


def test_a_folder_for_packages_is_named_from_where_one_is(course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    called = []
    monkeypatch.setattr(run, "call", lambda arguments, **more: called.append((arguments[1:], more)) or 0)
    assert run.wheelhouse(["stick", "--python", "3.12"]) == 0
    assert called == [(["stick", "--python", "3.12"], {"folder": str(tmp_path)})]


def test_fetching_stops_at_what_fails_and_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    commands = []
    monkeypatch.setattr(wheelhouse.subprocess, "call", lambda command: commands.append(command) or len(commands) == 2)
    assert wheelhouse.main([str(tmp_path / "stick"), "--python", "3.12"]) == 1
    assert len(commands) == 2 and "the same command goes on" in capsys.readouterr().err
    assert wheelhouse.main([str(tmp_path / "stick"), "--python", "3.12", "--system", "windows"]) == 0
    assert commands[-1][commands[-1].index("--platform") + 1] == "win_amd64"
    (tmp_path / "file").touch()
    assert wheelhouse.main([str(tmp_path / "file" / "stick")]) == 1
    assert "cannot be made" in capsys.readouterr().err
