"""Updating a clone and beginning a lab again: new texts arrive, answers stay, nothing is lost on the way."""

import json
import os
import re
import shutil
import signal
import subprocess
from datetime import date
from types import SimpleNamespace

import nbformat
import pytest

import run
from ganhacks import answers, files
from tools import update

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")
LAB = "labs/12_mnist_gan.ipynb"
TODAY = date.today()
SAME_DAY = SimpleNamespace(today=lambda: TODAY)  # for a run over midnight


def code(identity, source, **metadata):
    cell = {"id": identity, "cell_type": "code", "metadata": metadata, "source": source}
    return cell | {"outputs": [], "execution_count": None}


def exercise(name, source):
    identity = f"mnist-gan--{name}".replace("_", "-")
    return code(identity, source, exercise=identity, tags=["exercise"])


def text(source):
    identity = source.lower().replace(" ", "-").replace("#", "")
    return {"id": identity, "cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def blank(name):
    return exercise(name, f"def {name}(x):\n    ...")


OLD = notebook(text("# Old words"), blank("preprocess"), blank("noise"))
NEW = notebook(text("# New words"), blank("preprocess"), text("More"), blank("noise"), blank("real_labels"))
ANSWER = "def preprocess(x):\n    return x / 127.5 - 1"


def answered(given, source=ANSWER):
    """A notebook as a student has it: the first exercise answered, run, and an extra cell."""
    mine = json.loads(json.dumps(given))
    first = next(cell for cell in mine["cells"] if "exercise" in cell["metadata"])
    first.update(source=source, execution_count=3)
    mine["cells"].append(code("extra", "print('tried')"))
    return mine


def write(folder, **files):
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def git(folder, *arguments):
    author = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **author}, capture_output=True, check=True
    )
    return done.stdout.decode()


def publish(author, **files):
    write(author, **files)
    git(author, "add", "-A")
    git(author, "commit", "-m", "a version")


def everything(folder):
    """Each file of a clone but git's own, with its bytes."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def sources(folder, path=LAB):
    return ["".join(cell["source"]) for cell in json.loads((folder / path).read_text(encoding="utf-8"))["cells"]]


@pytest.fixture
def author(tmp_path):
    folder = tmp_path / "author"
    folder.mkdir()
    git(folder, "init", "-b", "main")
    given = {LAB: OLD, "labs/03_leaky_relu.ipynb": OLD, "notebooks/00_start_here.ipynb": OLD, "ganhacks/data.py": "1\n"}
    publish(folder, **given, **{".gitignore": "labs/mine/\n"})
    return folder


@pytest.fixture
def clone(author, tmp_path, monkeypatch):
    git(tmp_path, "clone", str(author), "clone")
    monkeypatch.setattr(answers, "date", SAME_DAY)
    return tmp_path / "clone"


def test_a_changed_lab_gets_the_new_words_and_keeps_its_answer_and_the_old_file_is_kept(author, clone):
    write(clone, **{LAB: answered(OLD)})
    before = (clone / LAB).read_bytes()
    publish(author, **{LAB: NEW})
    first, about_the_lab = update.update(clone)
    assert sources(clone) == [
        "# New words", ANSWER, "More", "def noise(x):\n    ...", "def real_labels(x):\n    ..."
    ]  # fmt: skip
    kept = f"labs/mine/12_mnist_gan.{TODAY}.ipynb"
    assert (clone / kept).read_bytes() == before
    assert first.endswith("New commits: 1.")
    assert about_the_lab == f"{LAB} is new and has your answers (preprocess). The old file is {kept}."
    assert git(clone, "rev-parse", "HEAD") == git(author, "rev-parse", "HEAD")
    assert git(clone, "status", "--short").split() == ["M", LAB]


def test_a_lab_with_answers_is_written_as_jupyterlab_writes_it(author, clone):
    write(clone, **{LAB: answered(OLD)})
    publish(author, **{LAB: nbformat.writes(nbformat.from_dict(NEW))})
    update.update(clone)
    notebook = nbformat.read(clone / LAB, as_version=4)
    assert (clone / LAB).read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"


def test_a_lab_that_the_new_version_leaves_alone_is_not_touched(author, clone):
    write(clone, **{LAB: answered(OLD)})
    before = (clone / LAB).read_bytes()
    publish(author, **{"labs/03_leaky_relu.ipynb": NEW})
    assert len(update.update(clone)) == 1
    assert (clone / LAB).read_bytes() == before
    assert sources(clone, "labs/03_leaky_relu.ipynb")[0] == "# New words"
    assert not (clone / "labs/mine").exists()


def test_where_nothing_is_new_nothing_happens(clone):
    write(clone, **{LAB: answered(OLD)})
    before = everything(clone)
    assert update.update(clone) == ["Nothing new: you have the newest version."]
    assert everything(clone) == before


def test_two_updates_on_one_day_keep_both_files(author, clone):
    for words in ("# Second", "# Third"):
        write(clone, **{LAB: answered(json.loads((clone / LAB).read_text(encoding="utf-8")))})
        publish(author, **{LAB: notebook(text(words), blank("preprocess"))})
        update.update(clone)
    assert sources(clone) == ["# Third", ANSWER]
    kept = sorted(path.name for path in (clone / "labs/mine").iterdir())
    assert kept == [f"12_mnist_gan.{TODAY}{ending}.ipynb" for ending in ("-2", "")]


def test_a_lesson_that_was_run_is_kept_and_replaced(author, clone):
    write(clone, **{"notebooks/00_start_here.ipynb": answered(OLD)})
    publish(author, **{"notebooks/00_start_here.ipynb": NEW})
    update.update(clone)
    assert sources(clone, "notebooks/00_start_here.ipynb") == [cell["source"] for cell in NEW["cells"]]
    assert ANSWER in sources(clone, f"labs/mine/notebooks.00_start_here.{TODAY}.ipynb")


def test_a_lab_that_the_new_version_drops_is_kept(author, clone):
    write(clone, **{LAB: answered(OLD)})
    (author / LAB).unlink()
    publish(author)
    assert "no longer part of the course" in update.update(clone)[1]
    assert not (clone / LAB).exists()
    assert ANSWER in sources(clone, f"labs/mine/12_mnist_gan.{TODAY}.ipynb")


def test_a_notebook_of_the_students_own_under_a_new_labs_name_is_kept(author, clone):
    write(clone, **{"labs/28_new.ipynb": answered(OLD)})
    publish(author, **{"labs/28_new.ipynb": NEW})
    update.update(clone)
    assert sources(clone, "labs/28_new.ipynb")[:2] == ["# New words", ANSWER]
    assert "print('tried')" in sources(clone, f"labs/mine/28_new.{TODAY}.ipynb")


def test_a_damaged_notebook_is_kept_and_its_answers_are_not_guessed(author, clone):
    write(clone, **{LAB: '{"cells": [half'})
    publish(author, **{LAB: NEW})
    assert "your answers could not be read" in update.update(clone)[1]
    assert sources(clone)[0] == "# New words"
    assert (clone / f"labs/mine/12_mnist_gan.{TODAY}.ipynb").read_text(encoding="utf-8") == '{"cells": [half'


# ---- which cell is the answer


def carried(mine):
    new = json.loads(json.dumps(NEW))
    names = answers.carry(OLD, mine, new)
    return names, {cell["id"]: "".join(cell["source"]) for cell in new["cells"]}


def test_where_an_editor_dropped_ids_and_tags_the_functions_name_decides():
    mine = answered(OLD)
    for number, cell in enumerate(mine["cells"]):
        cell.update(id=f"cell-{number}", metadata={})
    names, after = carried(mine)
    assert names == ["preprocess"]
    assert after["mnist-gan--preprocess"] == ANSWER


def test_of_an_exercise_cell_that_was_split_the_half_with_the_function_is_the_answer():
    mine = answered(OLD, "SCALE = 127.5")
    half = exercise("preprocess", ANSWER) | {"id": "another"}
    mine["cells"].insert(2, half)
    assert carried(mine)[1]["mnist-gan--preprocess"] == ANSWER


def test_an_answer_that_does_not_parse_is_kept_as_it_is():
    assert carried(answered(OLD, "def preprocess(x:\n  return"))[1]["mnist-gan--preprocess"].endswith("return")


@pytest.mark.parametrize("lost", ["id", "metadata"])
def test_an_answer_under_another_name_is_told_by_what_the_editor_left_of_its_cell(lost):
    mine = answered(OLD, "def scale(x):\n    return x / 127.5 - 1")
    cell = next(cell for cell in mine["cells"] if "exercise" in cell["metadata"])
    cell[lost] = {"id": "cell-1", "metadata": {}}[lost]
    assert carried(mine)[1]["mnist-gan--preprocess"].startswith("def scale")


def test_an_untouched_exercise_gets_the_new_blank():
    new = notebook(exercise("noise", "# new words\ndef noise(x):\n    ..."))
    assert answers.carry(OLD, answered(OLD), new) == []
    assert new["cells"][0]["source"].startswith("# new words")


# ---- what stands in the way


def test_a_failing_merge_leaves_every_file_as_it_was(author, clone, monkeypatch):
    write(clone, **{LAB: answered(OLD)})
    publish(author, **{LAB: NEW})
    before, head = everything(clone), git(clone, "rev-parse", "HEAD")
    really = update._git

    def failing(root, *arguments, **more):
        return really(root, *(["merge", "no-such-branch"] if arguments[0] == "merge" else arguments), **more)

    monkeypatch.setattr(update, "_git", failing)
    with pytest.raises(update.Stopped, match="merge"):
        update.update(clone)
    after = everything(clone)
    assert {path: after[path] for path in before} == before
    assert git(clone, "rev-parse", "HEAD") == head


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between programs")
def test_ctrl_c_while_files_change_waits_until_the_answers_are_in(author, clone, monkeypatch):
    write(clone, **{LAB: answered(OLD)})
    publish(author, **{LAB: NEW})
    make_way = update._make_way

    def interrupted(*arguments):
        make_way(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(update, "_make_way", interrupted)
    update.update(clone)
    assert ANSWER in sources(clone)


@pytest.mark.parametrize("path", ["ganhacks/data.py", "README.md"])
def test_another_file_that_both_changed_is_named_and_nothing_happens(path, author, clone):
    write(clone, **{path: "mine\n", LAB: answered(OLD)})
    publish(author, **{path: "theirs\n", LAB: NEW})
    before = everything(clone)
    with pytest.raises(update.Stopped, match=f"{path} is changed by you and by the new version"):
        update.update(clone)
    assert everything(clone) == before


def test_the_lock_of_a_git_that_was_killed_is_told_and_nothing_happens(author, clone):
    publish(author, **{LAB: NEW})
    write(clone, **{LAB: answered(OLD)})
    (clone / ".git" / "index.lock").touch()
    with pytest.raises(update.Stopped, match="has left /.*index.lock: if none is running, delete that file"):
        update.update(clone)
    assert sources(clone)[1] == ANSWER
    (clone / ".git" / "index.lock").unlink()
    update.update(clone)
    assert sources(clone)[:2] == ["# New words", ANSWER]


def cut_short(monkeypatch, after):
    """Let an update end at its n-th command of git that changes files, as by a kill."""
    really, left = update._git, [after]

    def git_until_killed(root, *arguments, **more):
        if arguments[0] in ("checkout", "merge"):
            left[0] -= 1
            if left[0] < 0:
                raise SystemExit
        return really(root, *arguments, **more)

    monkeypatch.setattr(update, "_git", git_until_killed)


@pytest.mark.parametrize("after", [0, 1])
def test_an_update_that_was_killed_is_taken_back_and_done_and_later_work_stays(author, clone, monkeypatch, after):
    other = "labs/03_leaky_relu.ipynb"
    write(clone, **{LAB: answered(OLD), other: answered(OLD)})
    publish(author, **{LAB: NEW, other: NEW})
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        cut_short(patch, after)
        update.update(clone)
    later = ANSWER.replace("- 1", "- 1.0")
    write(clone, **{other: answered(OLD, later)})
    update.update(clone)
    assert sources(clone)[:2] == ["# New words", ANSWER]
    assert sources(clone, other)[:2] == ["# New words", later]


def test_a_disk_that_is_full_to_the_end_is_told_with_the_place_of_the_students_file(author, clone, monkeypatch):
    write(clone, **{LAB: answered(OLD)})
    own = (clone / LAB).read_bytes()
    publish(author, **{LAB: NEW})
    really, git_does = files.write, update._git

    def without_room(path, content):
        if path == clone / LAB:
            raise OSError(28, "No space left on device")
        really(path, content)

    def merge_fails(root, *arguments, **more):
        if arguments[0] == "merge":
            raise update.GitFailed("merge", "fatal: out of disk space")
        return git_does(root, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", without_room)
        patch.setattr(update, "_git", merge_fails)
        with pytest.raises(
            update.Stopped, match=r"could not be put back \(No space left.*\), and is safe as labs/mine/"
        ):
            update.update(clone)
    assert own in [copy.read_bytes() for copy in (clone / "labs/mine").iterdir()]
    update.update(clone)
    assert sources(clone)[:2] == ["# New words", ANSWER]


def test_what_a_killed_merge_has_half_written_does_not_stand_in_the_way(author, clone, monkeypatch):
    write(clone, **{LAB: answered(OLD)})
    publish(author, **{LAB: NEW, "page.md": "new\n" * 100, "ganhacks/data.py": "2\n"})
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        cut_short(patch, 1)
        update.update(clone)
    write(clone, **{"page.md": "new\n" * 40 + "ne", "ganhacks/data.py": "2\n", LAB: NEW})
    update.update(clone)
    assert sources(clone)[:2] == ["# New words", ANSWER]
    assert git(clone, "status", "--short").split() == ["M", LAB]


def test_commits_of_the_students_own_are_told(author, clone):
    write(clone, **{LAB: answered(OLD)})
    git(clone, "commit", "-am", "my answers")
    publish(author, **{LAB: NEW})
    with pytest.raises(update.Stopped, match="gone apart, by 1 and 1 commits: .* `git merge origin/main`"):
        update.update(clone)
    assert ANSWER in sources(clone)


def test_a_network_that_is_down_is_told_in_one_sentence(author, clone, tmp_path):
    author.rename(tmp_path / "away")
    with pytest.raises(update.Stopped, match=r"^The new version cannot be fetched \(git says .*\): see to the network"):
        update.update(clone)


def test_a_download_without_git_a_missing_git_and_a_branch_that_follows_none_are_told(clone, monkeypatch):
    git(clone, "checkout", "-b", "mine")
    with pytest.raises(update.Stopped, match="follows no branch"):
        update.update(clone)
    shutil.rmtree(clone / ".git")
    with pytest.raises(update.Stopped, match="no clone of the course .*: get the new version"):
        update.update(clone)
    with pytest.raises(update.Stopped, match="no clone of the course .*: rename your file"):
        update.again(clone, "12")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(update.Stopped, match="no git here"):
        update.update(clone)


def test_run_py_shows_what_stands_in_the_way_as_one_line(clone, monkeypatch, capsys):
    shutil.rmtree(clone / ".git")
    monkeypatch.setattr(run, "ROOT", clone)
    assert run.main(["update"]) == run.main(["again", "12"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


# ---- again


@pytest.mark.parametrize("wanted", ["12", "mnist_gan", "12_mnist_gan", LAB])
def test_a_lab_begun_again_is_blank_and_the_old_one_is_kept(clone, wanted):
    write(clone, **{LAB: answered(OLD)})
    (line,) = update.again(clone, wanted)
    kept = re.search(r"The old file is (\S+)\.$", line)[1]
    assert sources(clone)[1] == "def preprocess(x):\n    ..."
    assert ANSWER in sources(clone, kept)
    assert git(clone, "status", "--short") == ""
    assert "nothing to undo" in update.again(clone, wanted)[0]


def test_a_lab_whose_answers_were_committed_or_whose_file_is_gone_can_be_begun_again(clone):
    write(clone, **{LAB: answered(OLD)})
    git(clone, "commit", "-am", "my answers")
    update.again(clone, "12")
    assert sources(clone)[1] == "def preprocess(x):\n    ..."
    (clone / LAB).unlink()
    assert update.again(clone, "12") == [f"{LAB} was gone and is back."]


@pytest.mark.parametrize("wanted", ["99", "", "no_such_lab"])
def test_a_lab_that_does_not_exist_is_told(clone, wanted):
    with pytest.raises(update.Stopped, match="There is no lab"):
        update.again(clone, wanted)
