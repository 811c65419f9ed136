"""What the course's pages are made of. Sphinx itself is not needed here: `python3 run.py site` runs it."""

import re

import nbformat
import pytest

from ganhacks import evidence
from ganhacks.evidence.board import VERDICTS
from tools import build, cheat_sheet, site
from tools.board import shown as shown_runs


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    place = tmp_path_factory.mktemp("site") / "source"
    site.write_sources(place)
    return place


def test_every_lesson_and_lab_has_a_page_and_no_solution_has(source):
    pages = {path.stem for path in source.rglob("*.ipynb")}
    assert pages == {path.stem for path, kind, _ in build.targets() if kind != "solution"}
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
        assert page.count("\n| ") - 2 * bool(effects) == len(effects)
        for one in effects:
            assert f"{one.better_in} of {one.n} | {one.icon} {one.verdict}" in page
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
    cells = re.findall(r'<td class="(\w+|can\'t)" title="([^"]+), × [\d.]+">', page)
    assert len(cells) == len(effects)
    assert {words for _, words in cells} <= set(VERDICTS)
    assert "<gan-playground>" in page and "<th scope='col'>hack</th>" in page


def test_a_link_to_a_file_without_a_page_is_plain_words():
    text = (
        "[a](../labs/01_x.ipynb) [b](evidence.md#c) [d](../tools/x.py) [e](https://f.org) [g](#h) ![i](../images/j.png)"
    )
    assert site._linked(text) == text.replace("[d](../tools/x.py)", "d")


def test_a_missing_notebook_is_told_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(site, "PLACE", tmp_path)
    gone = build.ROOT / "labs" / "99_gone.ipynb"
    monkeypatch.setattr(site.build, "targets", lambda: [(None, "lab", gone)])
    assert site.main([str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "labs/99_gone.ipynb is missing: `python tools/build.py` makes it.\n"
    assert not (tmp_path / "out").exists()
