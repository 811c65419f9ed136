"""What editors do to a notebook on saving: answers are found, and what was only saved is not taken for changed."""

import json
import re
import shutil
import subprocess

import nbformat
import pytest

from ganhacks import answers, folder
from ganhacks.checks.engine.verdict import MIME
from tests.notebooks.editors import writers
from tests.notebooks.editors.writers import ANSWERS, EDITORS, LAB, RIGHT, WRONG, saved
from tests.notebooks.test_notebooks import errors, execute
from tests.tools.test_update import everything, git, publish
from tools import build, update
from tools.grading import reading

pytestmark = pytest.mark.filterwarnings("ignore:.*missing an id field")  # which is what some editors do
RUN_ALWAYS = ("colab_new", "vscode_2021")
NAMES = ["flip_labels", "expected_labels"]


def a_newer_lab():
    """The lab with other words, and an id that no older version had in a text cell."""
    newer = writers.given()
    newer["cells"][0] |= {"source": "# New words", "id": "new"}
    return newer


def sources(content):
    return {cell["id"]: answers.text_of(cell) for cell in json.loads(content)["cells"]}


# ---- checks


def up_to_the_last_check(content):
    notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
    checks = [number for number, cell in enumerate(notebook.cells) if cell.source.startswith("lab.check(")]
    notebook.cells = notebook.cells[: checks[-1] + 1]
    return notebook, [notebook.cells[number] for number in checks]


@pytest.mark.parametrize(
    "editor",
    [one if one in RUN_ALWAYS else pytest.param(one, marks=pytest.mark.everywhere) for one in EDITORS],
)
def test_the_notebook_runs_and_its_checks_say_what_is_right_and_what_is_wrong(editor, tmp_path):
    notebook, checks = up_to_the_last_check(saved(editor))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}  # who opens it chooses one
    execute(notebook, tmp_path)
    assert errors(notebook) == []
    said = [output.data[MIME] for cell in checks for output in cell.outputs if MIME in output.get("data", {})]
    assert [(one["outcome"], one["misconception"]) for one in said] == [("passed", None), ("failed", "flipped")]


# ---- grading


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "handed in.ipynb"
        path.write_bytes(content)
        return reading.read(path)

    return read


@pytest.mark.parametrize("typed", [ANSWERS, {}], ids=["answered", "blank"])
@pytest.mark.parametrize("editor", EDITORS)
def test_grading_sees_the_same_cells_whatever_wrote_the_file(editor, typed, read):
    plain, found = read(json.dumps(writers.answered(writers.given(), typed)).encode()), read(saved(editor, typed))
    assert (found.slug, found.remarks) == ("noisy_labels", ())
    cells = [[(cell.source.strip(), cell.course, cell.exercise) for cell in one.cells] for one in (plain, found)]
    assert cells[0] == cells[1]


@pytest.mark.parametrize("editor", writers.WRITERS)
def test_a_cell_that_is_no_python_is_known_as_the_answer_it_was_to_be(editor, read):
    broken = read(saved(editor, {RIGHT: "def flip_labels(rng, y, p:\n    return y"}))
    assert [cell.source.strip()[-8:] for cell in broken.cells if cell.exercise == "flip_labels"] == ["return y"]


def test_a_lab_without_ids_and_metadata_is_known_by_its_first_lines_or_by_its_functions(read):
    asks_what_others_ask = json.loads((build.ROOT / "labs/09_separate_batches.ipynb").read_bytes())
    assert read(writers.deepnote(asks_what_others_ask)).slug == "separate_batches"
    without_imports = writers.answered(writers.given(), ANSWERS)
    del without_imports["cells"][2]
    assert read(writers.deepnote(without_imports)).slug == "noisy_labels"


# ---- update and again


@pytest.mark.parametrize("editor", EDITORS)
def test_answers_go_into_a_newer_version(editor):
    new = json.dumps(a_newer_lab()).encode()
    content, line = answers.joined(LAB, new, writers.given, saved(editor))
    assert line == f"{LAB} is new and has your answers ({', '.join(NAMES)})."
    found = sources(content)
    assert {id: found[id].strip() for id in ANSWERS} == ANSWERS
    assert (content.count(b"\r"), found["new"]) == (0, "# New words")
    assert [id for id in found] == [cell["id"] for cell in a_newer_lab()["cells"]]


def test_an_answer_under_another_name_is_found_by_the_id_that_colab_keeps_in_the_metadata():
    mine = json.loads(saved("colab", {RIGHT: "def flip(rng, y, p):\n    return y"}))
    for cell in mine["cells"]:
        del cell["id"]
        cell["metadata"].pop("exercise", None)
    content, _ = answers.joined(LAB, GIVEN, writers.given, json.dumps(mine).encode())
    assert sources(content)[RIGHT].startswith("def flip(")


@pytest.mark.parametrize("editor", EDITORS)
def test_what_was_only_saved_is_not_taken_for_changed(editor):
    assert answers.untouched(writers.given, saved(editor, {}))
    assert not answers.untouched(writers.given, saved(editor))
    assert not answers.untouched(writers.given, saved(editor, {WRONG: ANSWERS[WRONG]}))


def test_an_output_that_a_run_has_left_is_a_change():
    ran = writers.given()
    ran["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "5"}]
    assert not answers.untouched(writers.given, json.dumps(ran).encode())


def path_of(editor):
    return f"labs/{EDITORS.index(editor):02}_{editor}.ipynb"


def given_to_all(content):
    return {path_of(editor): content for editor in EDITORS}


def half(editors, typed):
    return {path_of(editor): saved(editor, typed) for editor in editors}


#: every second editor's file has answers in it, the others were only opened and saved
MINE = half(EDITORS[::2], ANSWERS) | half(EDITORS[1::2], {})


def put(root, files):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def as_it_must_be_after_an_update(root, said):
    """Every answer is in the new text, and only of what had answers an old file is kept."""
    for editor in EDITORS:
        found, answered = sources((root / path_of(editor)).read_bytes()), editor in EDITORS[::2]
        assert found["new"] == "# New words"
        assert (found[RIGHT].strip() == ANSWERS[RIGHT]) == answered
        assert any(line.startswith(f"{path_of(editor)} is new and has your answers") for line in said) == answered
    kept = {path.name.partition(".")[0] for path in (root / answers.KEPT).iterdir()}
    assert kept == {path_of(editor)[5:-6] for editor in EDITORS[::2]}


NEWER = json.dumps(a_newer_lab(), indent=1).encode()
GIVEN = (writers.HERE / "given.ipynb").read_bytes()


@pytest.fixture
def in_a_folder(tmp_path, monkeypatch):
    """The folder of a student who has installed the course."""
    course = tmp_path / "site-packages"
    put(course, given_to_all(GIVEN))
    monkeypatch.setattr(folder, "COURSE", course)
    monkeypatch.setattr(folder, "GIVEN", ("labs",))
    monkeypatch.setattr(folder, "__version__", "0.2.0")
    folder.start(tmp_path / "mine")
    put(tmp_path / "mine", MINE)
    return tmp_path / "mine"


def test_update_of_a_folder_keeps_answers_and_copies_nothing_that_was_only_saved(in_a_folder, monkeypatch):
    put(folder.COURSE, given_to_all(NEWER))
    monkeypatch.setattr(folder, "__version__", "0.3.0")
    as_it_must_be_after_an_update(in_a_folder, folder.update(in_a_folder))


def test_what_a_new_version_drops_is_kept_only_where_it_has_answers(in_a_folder, monkeypatch):
    for path in given_to_all(b""):
        (folder.COURSE / path).unlink()
    put(folder.COURSE, {"labs/28_new.ipynb": NEWER})
    monkeypatch.setattr(folder, "__version__", "0.3.0")
    assert len(folder.update(in_a_folder)) == len(EDITORS[::2]) + 1
    assert len(list((in_a_folder / answers.KEPT).iterdir())) == len(EDITORS[::2])


def test_a_lab_is_begun_again_with_its_ids_and_a_copy_only_of_answers(in_a_folder):
    for editor in EDITORS:
        (line,) = folder.again(in_a_folder, path_of(editor))
        assert ("is blank again" if editor in EDITORS[::2] else "nothing to undo") in line
        assert (in_a_folder / path_of(editor)).read_bytes() == GIVEN
    assert len(list((in_a_folder / answers.KEPT).iterdir())) == len(EDITORS[::2])


@pytest.fixture
def in_a_clone(tmp_path):
    """A clone of the course, and its author's folder."""
    if not shutil.which("git"):
        pytest.skip("needs git")
    author, clone = tmp_path / "author", tmp_path / "clone"
    author.mkdir()
    git(author, "init", "-b", "main")
    put(author, given_to_all(GIVEN))
    attributes = (build.ROOT / ".gitattributes").read_text(encoding="utf-8")
    publish(author, **{".gitattributes": attributes, ".gitignore": "labs/mine/\n"})
    git(tmp_path, "clone", str(author), "clone")
    put(clone, MINE)
    return clone, author


def test_update_of_a_clone_keeps_answers_and_copies_nothing_that_was_only_saved(in_a_clone):
    clone, author = in_a_clone
    put(author, given_to_all(NEWER))
    publish(author)
    as_it_must_be_after_an_update(clone, update.update(clone))


def test_a_clone_that_cannot_be_updated_has_every_editors_file_as_it_was(in_a_clone, monkeypatch):
    clone, author = in_a_clone
    put(author, given_to_all(NEWER))
    publish(author)
    before, really = everything(clone), update._git

    def failing(root, *arguments, **more):
        return really(root, *(["merge", "nowhere"] if arguments[0] == "merge" else arguments), **more)

    monkeypatch.setattr(update, "_git", failing)
    with pytest.raises(update.Stopped, match="merge"):
        update.update(clone)
    after = everything(clone)
    assert {path: after[path] for path in before} == before


def test_a_checkout_with_the_line_ends_of_windows_is_no_change(tmp_path):
    author, clone = tmp_path / "author", tmp_path / "clone"
    author.mkdir()
    git(author, "init", "-b", "main")
    put(author, {LAB: GIVEN})
    publish(author, **{".gitattributes": (build.ROOT / ".gitattributes").read_text(encoding="utf-8")})
    git(tmp_path, "clone", str(author), "clone")
    put(clone, {LAB: GIVEN.replace(b"\n", b"\r\n")})
    put(author, {LAB: NEWER})
    publish(author)
    assert len(update.update(clone)) == 1
    assert "nothing to undo" in update.again(clone, "11")[0]
    assert not (clone / answers.KEPT).exists()
    assert subprocess.run(["git", "diff", "--quiet"], cwd=clone).returncode == 0


# ---- the build's check


@pytest.fixture(scope="module")
def wanted():
    ((source, kind, _),) = [target for target in build.targets("noisy_labels") if target[1] == "lab"]
    return source, kind, build.assemble(source, kind)


@pytest.fixture
def problem(wanted, tmp_path, monkeypatch):
    """What the check says of a lab's file with this content; as if the course were of when the files were saved."""
    source, kind, lab = wanted
    monkeypatch.setattr(build, "assemble", lambda *_: lab)
    monkeypatch.setattr(build, "leaks", lambda _: [])
    monkeypatch.setattr(build, "_told", lambda path: path.name)

    def problem(content):
        path = tmp_path / "lab.ipynb"
        path.write_bytes(content)
        try:
            return build.problem(source, kind, path)
        except build.BuildError as why:
            return str(why)

    return problem


def built(notebook):
    """As the build would write it now, as JSON: the stored lab may be older."""
    notebook = nbformat.reads(nbformat.writes(notebook), 4)
    notebook.metadata.ganhacks["digest"] = build.digest(notebook)
    return json.loads(nbformat.writes(notebook))


@pytest.mark.parametrize("editor", writers.WRITERS)
def test_a_maintainer_who_saved_a_built_lab_is_told_what_to_do(editor, wanted, problem):
    lab = built(wanted[2])
    assert problem(json.dumps(lab).encode()) is None
    said = problem(writers.WRITERS[editor](json.loads(json.dumps(lab))))
    restore = "`git checkout -- lab.ipynb`, or delete it and build again."
    if editor == "windows":
        assert said == f"lab.ipynb is no valid notebook (NotJSONError); restore it with {restore}"
    else:
        assert said.startswith("lab.ipynb was saved by an editor") and said.endswith(f"restore it with {restore}")
    answered = writers.answered(lab, {RIGHT: ANSWERS[RIGHT]})
    if editor != "windows":
        said = problem(writers.WRITERS[editor](answered))
        assert re.search(r"edited by hand \(cell \d+, which begins 'def flip_labels\(rng", said)


def test_a_maintainer_who_has_only_opened_a_lab_in_jupyterlab_is_told_as_well(wanted, problem):
    lab = built(wanted[2])
    lab["metadata"]["language_info"]["version"] = "3.12.1"
    assert problem(json.dumps(lab).encode()).startswith("lab.ipynb was saved by an editor")
