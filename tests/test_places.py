"""Where the course runs besides a laptop: a dev container, Binder, a hub's image and values agree with the course."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import venv

import jsonschema
import pytest
import yaml

import run
from ganhacks import __version__
from tools import clock, kernels
from tools.build import ROOT

DOCKERFILE = (ROOT / "hub" / "Dockerfile").read_text(encoding="utf-8")
VALUES = yaml.safe_load((ROOT / "hub" / "values.yaml").read_text(encoding="utf-8"))
CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
TRIXIE = "debian:trixie-slim"  # whose Python is 3.13
DEVCONTAINERS = "@devcontainers/cli@0.89.0"
on_posix = pytest.mark.skipif(os.name == "nt", reason="scripts of a Linux image")


def instructions():
    """Return the instructions of the Dockerfile as (name, rest), lines joined and comments left out."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def is_sent(path):
    """Tell whether .dockerignore lets a path into the making of the image: the last line that fits says so."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.lstrip("!").removeprefix("**/")
        parts = path.split("/")
        above = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)] + (parts if "**/" in line else [])
        if line and not line.startswith("#") and any(fnmatch.fnmatch(one, pattern) for one in above):
            sent = line.startswith("!")
    return sent


# ---- a dev container


def test_the_dev_container_has_a_python_that_the_course_runs_on():
    version = re.search(r"^python:(\d+)\.(\d+)-", CONTAINER["image"])
    assert run.OLDEST <= tuple(map(int, version.groups())) <= run.NEWEST


def test_the_dev_container_installs_as_run_py_does_and_editors_find_that_environment():
    script, command = CONTAINER["postCreateCommand"].split()[1:3]
    assert (ROOT / script).name == "run.py" and command in run.NEEDS
    settings = CONTAINER["customizations"]["vscode"]["settings"]
    place = settings["python.defaultInterpreterPath"].removeprefix("${containerWorkspaceFolder}/")
    assert place == (run.VENV / "bin" / "python").relative_to(run.ROOT).as_posix()


def test_the_dev_container_asks_for_as_much_as_a_student_may_take():
    asked, given = CONTAINER["hostRequirements"], kernels.figures(clock.read_rows())
    assert int(asked["memory"].removesuffix("gb")) >= given["memory"]["limit"]
    assert asked["cpus"] >= given["cpu"]["limit"]


def test_the_dev_container_opens_a_notebook_that_is_there():
    (first,) = CONTAINER["customizations"]["codespaces"]["openFiles"]
    assert first == run.START and (ROOT / first).exists()


# ---- Binder


def test_binder_installs_what_the_labs_need_in_the_tested_versions():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    options = dict(line.split() for line in lines if not line.startswith("#"))
    assert {name: (ROOT / "binder" / path).resolve() for name, path in options.items()} == {
        "-r": ROOT / run.REQUIREMENTS["lab"],
        "-c": ROOT / "constraints.txt",
    }


def test_binder_has_a_python_that_the_course_runs_on():
    name, version = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().split("-")
    assert name == "python" and run.OLDEST <= tuple(map(int, version.split("."))) <= run.NEWEST


@on_posix
def test_binder_opens_the_first_lesson_whichever_server_it_starts(tmp_path):
    subprocess.run([ROOT / "binder" / "postBuild"], env={**os.environ, "NB_PYTHON_PREFIX": str(tmp_path)}, check=True)
    (written,) = tmp_path.glob("etc/jupyter/jupyter_server_config.d/*.json")
    opened = {name: settings["default_url"] for name, settings in json.loads(written.read_text()).items()}
    assert set(opened) == {"ServerApp", "LabApp", "JupyterNotebookApp"}
    assert set(opened.values()) == {f"/lab/tree/{run.START}"}


# ---- the image of a hub


def test_the_image_does_not_run_as_root_and_the_values_name_its_user():
    stage = instructions()[[name for name, _ in instructions()].index("FROM", 1) :]
    (user,) = [rest for name, rest in stage if name == "USER"]
    assert [name for name, _ in stage].index("USER") > max(n for n, (name, _) in enumerate(stage) if name == "COPY")
    (uid, gid) = re.search(r"--uid (\d+) --gid (\d+)", DOCKERFILE).groups()
    assert int(user) == int(uid) == VALUES["singleuser"]["uid"] != 0
    assert int(gid) == VALUES["singleuser"]["fsGid"]


def test_the_image_keeps_no_cache_and_installs_the_tested_versions():
    commands = [command for name, rest in instructions() if name == "RUN" for command in rest.split(" && ")]
    installs = [command for command in commands if "pip install" in command]
    assert len(installs) == 2
    assert all("--no-cache-dir -c constraints.txt" in command for command in installs)
    updates = [rest for name, rest in instructions() if name == "RUN" and "apt-get update" in rest]
    assert updates and all("rm -rf /var/lib/apt/lists/*" in rest for rest in updates)


def test_both_stages_of_the_image_have_the_same_python():
    assert [rest.split()[0] for name, rest in instructions() if name == "FROM"] == [TRIXIE, TRIXIE]
    assert run.OLDEST <= (3, 13) <= run.NEWEST


def test_the_image_is_made_of_what_the_wheel_holds_and_of_nothing_of_ones_own():
    wheel = re.search(r"only-include = \[(.*)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1]
    needed = [*re.findall(r'"([^"]+)"', wheel), "pyproject.toml", "constraints.txt", "README.md", "hub/start-course"]
    needed += ["LICENSE", "LICENSE-TEXT.md", "labs/12_mnist_gan.ipynb", "ganhacks/checks/judging.py"]
    assert [path for path in needed if not is_sent(path)] == []
    own = (".venv/bin/python", ".git/config", "labs/mine/12.ipynb", "ganhacks/__pycache__/a.pyc", "web/node_modules/a")
    assert [path for path in own if is_sent(path)] == []


def test_what_the_image_of_the_jail_copies_is_sent_to_its_making():
    text = (ROOT / "tools" / "grading" / "Dockerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for name in line.split()[:-1]]
    assert copied and [name for name in copied if not is_sent(name) or not (ROOT / name).exists()] == []


def test_the_server_of_the_image_is_the_hubs_and_begins_with_the_course():
    last = dict(instructions())
    assert json.loads(last["CMD"]) == ["jupyterhub-singleuser"]
    (script,) = json.loads(last["ENTRYPOINT"])
    assert os.access(ROOT / "hub" / script, os.X_OK)


@pytest.fixture
def start_course(tmp_path):
    """Return a function that runs the image's first script in a home, with this environment as the image's."""
    home = tmp_path / "a home"
    home.mkdir()
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "HOME": str(home), "PATH": path, "PYTHONPATH": str(ROOT)}

    def start():
        command = [ROOT / "hub" / "start-course", "echo", "the server"]
        return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True)

    start.home = home
    return start


@on_posix
def test_a_student_gets_the_course_once_and_keeps_what_is_written_into_it(start_course):
    done = start_course()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "the server")
    lab = start_course.home / "gan-hacks" / "labs" / "12_mnist_gan.ipynb"
    lab.write_text(lab.read_text(encoding="utf-8").replace("Run this cell", "My own words"), encoding="utf-8")
    assert start_course().stdout.splitlines()[-1] == "the server"
    assert "My own words" in lab.read_text(encoding="utf-8")


@on_posix
def test_a_student_whose_home_has_another_thing_of_that_name_gets_a_server_all_the_same(start_course):
    (start_course.home / "gan-hacks").write_text("mine")
    done = start_course()
    assert done.stdout == "the server\n" and done.returncode == 0
    assert done.stderr.endswith("name a folder that is empty, or not there yet.\n")
    assert (start_course.home / "gan-hacks").read_text() == "mine"


# ---- the values of a hub


def test_the_values_give_each_student_what_was_measured():
    given = {name: VALUES["singleuser"][name] for name in ("memory", "cpu")}
    measured = kernels.figures(clock.read_rows())
    assert given["memory"] == {name: f"{size:g}G" for name, size in measured["memory"].items()}
    assert given["cpu"] == measured["cpu"]


def test_the_values_open_the_first_lesson_in_the_folder_that_the_image_makes():
    folder = re.search(r"\$HOME/([\w-]+)", (ROOT / "hub" / "start-course").read_text(encoding="utf-8"))[1]
    assert VALUES["singleuser"]["defaultUrl"] == f"/lab/tree/{folder}/{run.START}"


def _only(**properties):
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _one_of(*types):
    return {"type": [*types, "null"]}


#: what values.schema.yaml of Zero to JupyterHub (read in 2026) says of the keys that are used here; its chart refuses
#: every other key of these objects, and every other type
CHART = _only(
    singleuser=_only(
        memory=_only(guarantee=_one_of("number", "string"), limit=_one_of("number", "string")),
        cpu=_only(guarantee=_one_of("number"), limit=_one_of("number")),
        uid=_one_of("integer"),
        fsGid=_one_of("integer"),
        storage=_only(capacity=_one_of("string")),
        defaultUrl=_one_of("string"),
        extraFiles={
            "type": "object",
            "additionalProperties": _only(mountPath={"type": "string"}, data={"type": "object"})
            | {"required": ["mountPath"]},
        },
    ),
    cull=_only(enabled={"type": "boolean"}, timeout=_one_of("integer")),
)


def test_the_values_have_the_keys_and_types_that_the_chart_lets_in():
    jsonschema.validate(VALUES, CHART)
    for wrong in ({"singleuser": {"cpu": {"limit": "2"}}}, {"cull": {"idle": 3600}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, CHART)


def test_the_values_set_what_the_server_knows():
    from jupyter_server.services.kernels.kernelmanager import MappingKernelManager

    (settings,) = VALUES["singleuser"]["extraFiles"].values()
    assert os.path.dirname(settings["mountPath"]) == "/etc/jupyter/jupyter_server_config.d"
    assert set(settings["data"]["MappingKernelManager"]) <= set(MappingKernelManager.class_trait_names(config=True))


def test_the_page_names_the_version_of_the_hub_that_the_image_is_for():
    version = re.search(r"ARG JUPYTERHUB=(\S+)", DOCKERFILE)[1]
    assert version in (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")


# ---- each by its own program


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The folder of the programs that requirements-places.txt names, in an environment of its own."""
    place = tmp_path_factory.mktemp("places")
    venv.create(place, with_pip=True)
    command = ["-m", "pip", "install", "-q", "-r", ROOT / "requirements-places.txt"]
    subprocess.run([place / "bin" / "python", *command], check=True)
    return place / "bin"


@pytest.mark.everywhere
@on_posix
def test_hadolint_finds_nothing_in_the_dockerfile(programs):
    done = subprocess.run([programs / "hadolint", ROOT / "hub" / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.everywhere
@on_posix
def test_repo2docker_reads_binders_files(programs):
    command = [programs / "repo2docker", "--no-build", "--debug", "--user-id=1000", "--user-name=jovyan", ROOT]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = done.stdout + done.stderr
    version = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert f"Building conda environment for python={version}" in told
    # After the whole repository was copied, since its requirements name files of it.
    copied, installed = told.index("COPY --chown=1000:1000 src/ "), told.index('-r "binder/requirements.txt"')
    assert copied < installed < told.index("RUN ./binder/postBuild")


@pytest.mark.everywhere
@pytest.mark.skipif(not shutil.which("npm"), reason="needs npm")
def test_the_dev_containers_own_program_reads_its_file(tmp_path):
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", tmp_path, DEVCONTAINERS]
    subprocess.run(list(map(str, install)), check=True, stdout=subprocess.DEVNULL)
    program = tmp_path / "node_modules" / "@devcontainers" / "cli" / "devcontainer.js"
    # `true` stands for Docker: the file is read, and no container looked for.
    command = ["node", program, "read-configuration", "--workspace-folder", ROOT, "--docker-path", shutil.which("true")]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])["configuration"]
    assert {name: found[name] for name in CONTAINER if name not in ("customizations",)} == {
        name: CONTAINER[name] for name in CONTAINER if name != "customizations"
    }


@pytest.mark.parametrize("page", ["README.md", "docs/instructors.md"])
def test_a_page_names_the_wheel_of_this_version(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"ganhacks-([\d.]+)-py3", text)) == {__version__}


def test_this_version_is_the_one_to_cite_and_has_its_changes():
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
