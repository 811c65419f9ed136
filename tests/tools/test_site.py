"""What the course's pages are made of. Sphinx itself is not needed here: `python3 run.py site` runs it."""

import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from ganhacks import evidence
from ganhacks.pictures import describe
from tools import build, cheat_sheet, published, site
from tools.board import shown as shown_runs


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    place = tmp_path_factory.mktemp("site") / "source"
    site.write_sources(place)
    return place


def test_every_lesson_and_lab_has_a_page_and_no_solution_has(source):
    pages = {path.relative_to(source) for path in source.rglob("*.ipynb")}
    assert pages == {path.relative_to(build.ROOT) for _, kind, path in build.targets() if kind != "solution"}
    for path in (source / "labs").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        assert not any(cell.get("outputs") for cell in cells), "a lab's page shows no answers, and nothing made by them"


def test_attached_pictures_are_files_beside_the_notebook(source):
    shown = 0
    for path in source.rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert "attachment:" not in cell.source and not cell.get("attachments")
            for name in re.findall(r"!\[[^\]]+\]\(([^):]+)\)", cell.source):
                assert (path.parent / name).is_file(), f"{path.name} shows {name}"
                shown += 1
    assert shown >= 5


def test_every_hack_has_a_page_that_says_what_the_scoreboard_says(source):
    for name in cheat_sheet.HACKS:
        page = (source / "hacks" / f"{name}.md").read_text(encoding="utf-8")
        effects = [one for one in evidence.effects() if one.hack == name]
        assert page.count("\n| ") - bool(effects) == len(effects)
        for one in effects:
            ratio, low, high = map(describe.ratio, (one.ratio, one.low, one.high))
            often = f"{one.better_in} of {one.n} | {100 * one.often_low:.0f} to {100 * one.often_high:.0f} %"
            failed = f"{one.failed_without} → {one.failed_with} of {one.runs_with}"
            verdict = f"{one.icon} {one.verdict}"
            row = f"{one.data} | {one.context} | × {ratio} | {low} to {high} | {often} | {failed} | {verdict}"
            assert f"| {row} |" in page
        assert effects or "Not measured yet." in page


def test_the_page_of_a_hack_shows_recorded_runs_whose_pictures_and_script_are_among_the_pages(source):
    shown = set()
    for path in (source / "hacks").glob("*.md"):
        for name in re.findall(r' src="\.\./([^"]+)"', path.read_text(encoding="utf-8")):
            assert (source / name).is_file(), f"{path.name} shows {name}"
            shown.add(name)
    sheets = {f"_static/runs/{name}.png" for name in shown_runs.read()}
    assert "_static/playground/src/run.js" in shown and shown - {"_static/playground/src/run.js"} <= sheets
    assert len(shown) > 2


def test_the_front_page_shows_a_cell_for_each_comparison_and_says_each_in_words(source):
    page = (source / "index.md").read_text(encoding="utf-8")
    effects = [one for one in evidence.effects() if one.hack in cheat_sheet.HACKS]
    cells = re.findall(r'<td class="([^"]+)" title="([^"]+)"><span aria-hidden="true">(.)</span> (.+?)</td>', page)

    def told(one):
        ratio = f"× {describe.ratio(one.ratio)}"
        return one.verdict.split()[0], f"{one.verdict}, {ratio}", one.icon, ratio

    assert sorted(cells) == sorted(map(told, effects))
    assert "<gan-playground>" in page and "<th scope='col'>hack</th>" in page


def test_the_front_page_leads_to_every_section_and_each_lists_its_pages(source):
    front = (source / "index.md").read_text(encoding="utf-8").split("```{toctree}")[1]
    assert re.findall(r"^(\w+)/index$", front, re.MULTILINE) == ["notebooks", "labs", "hacks", "failures", "docs"]
    for folder in ("notebooks", "labs", "hacks"):
        assert ":glob:\n*\n" in (source / folder / "index.md").read_text(encoding="utf-8")
    more = (source / "docs" / "index.md").read_text(encoding="utf-8")
    assert all(f"\n{Path(name).stem}\n" in more for name in site.PAGES)


def test_there_is_a_page_with_a_picture_for_each_published_recipe_and_lesson_05_leads_there(source):
    for name in published.RECIPES:
        page = (source / "failures" / f"{name}.md").read_text(encoding="utf-8")
        (shown,) = re.findall(r"```{image} (\S+)\n:alt: \S.{80,}\n", page)
        assert (source / "failures" / shown).read_bytes().startswith(b"\x89PNG")
    lesson = nbformat.read(source / "notebooks" / "05_do_the_hacks_work.ipynb", as_version=4)
    assert "](../failures/index.md)" in "".join(cell.source for cell in lesson.cells)


def test_terms_lead_to_their_entries_once_a_page(source):
    anchors = set(re.findall(r"\]\{#(term-[^}]+)\}", (source / "docs" / "glossary.md").read_text(encoding="utf-8")))
    linked = {}
    for path in source.rglob("*.ipynb"):
        text = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")
        linked[path.stem] = re.findall(r"\(\.\./docs/glossary\.md#(term-[^)]+)\)", text)
        assert set(linked[path.stem]) <= anchors and len(set(linked[path.stem])) == len(linked[path.stem])
    assert {"term-generator", "term-discriminator", "term-logit"} <= set(linked["01_the_gan_game"])
    assert "term-latent-sample" in linked["12_mnist_gan"] and "term-batch-normalization" in linked["04_batch_norm"]


def test_a_link_to_a_file_without_a_page_is_plain_words():
    text = (
        "[a](../labs/01_x.ipynb) [b](evidence.md#c) [d](../tools/x.py) [e](https://f.org) [g](#h) ![i](../images/j.png)"
    )
    assert site._linked(text) == text.replace("[d](../tools/x.py)", "d")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Let pages be made in a folder, without Sphinx: its stand-in makes an empty site."""
    monkeypatch.setattr(site, "PLACE", tmp_path / "build")
    monkeypatch.setattr(site, "PACKAGES", ())
    monkeypatch.setattr(site, "write_sources", lambda source: source.mkdir(parents=True))

    def sphinx(command):
        for name in site.OF_A_SITE:
            (Path(command[-1]) / name).write_text("new")
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(site.subprocess, "run", sphinx)
    return tmp_path


def test_pages_replace_those_of_before_and_leave_nothing_beside_them(place):
    site.main([str(place / "out")])
    (place / "out" / "old.html").write_text("old")
    assert site.main([str(place / "out")]) == 0 and not (place / "out" / "old.html").exists()
    assert sorted(path.name for path in place.iterdir()) == ["build", "out"]
    assert (place / "out" / "index.html").read_text() == "new"


def test_where_sphinx_fails_the_pages_of_before_stay(place, monkeypatch, capsys):
    site.main([str(place / "out")])
    monkeypatch.setattr(site.subprocess, "run", lambda command: SimpleNamespace(returncode=1))
    (place / "out" / "index.html").write_text("old")
    assert site.main([str(place / "out")]) == 1
    assert "the pages of before are as they were" in capsys.readouterr().err
    assert (place / "out" / "index.html").read_text() == "old"
    assert sorted(path.name for path in place.iterdir()) == ["build", "out"]


def test_a_folder_that_holds_something_else_is_never_replaced(place, capsys):
    (place / "out").mkdir()
    (place / "out" / "thesis.txt").write_text("mine")
    assert site.main([str(place / "out")]) == 1
    told = f"{place / 'out'} holds something else, which making the pages would delete: name a new folder.\n"
    assert capsys.readouterr().err == told
    assert (place / "out" / "thesis.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder_and_a_folder_that_cannot_be_made_are_told_in_a_sentence(place, capsys):
    (place / "out").write_text("mine")
    assert site.main([str(place / "out")]) == 1
    assert capsys.readouterr().err == f"{place / 'out'} is a file, and the pages need a folder: name another.\n"
    assert site.main([str(place / "out" / "pages")]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert told.endswith("cannot be written (Not a directory): make room, or name another folder.")
    assert (place / "out").read_text() == "mine"


def test_without_sphinx_it_says_what_installs_it(place, monkeypatch, capsys):
    monkeypatch.setattr(site, "PACKAGES", ("no_such_sphinx",))
    assert site.main([str(place / "out")]) == 1
    told = "no_such_sphinx is missing: `python3 run.py site` installs it, with all that the pages need.\n"
    assert capsys.readouterr().err == told and not (place / "out").exists()


def test_a_missing_notebook_is_told_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(site, "PLACE", tmp_path)
    monkeypatch.setattr(site, "PACKAGES", ())
    gone = build.ROOT / "labs" / "99_gone.ipynb"
    monkeypatch.setattr(site.build, "targets", lambda: [(None, "lab", gone)])
    assert site.main([str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "labs/99_gone.ipynb is missing: `python tools/build.py` makes it.\n"
    assert not (tmp_path / "out").exists()
