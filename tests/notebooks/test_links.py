"""Nothing that the course points to is missing: files, pictures, sections of pages."""

import re
from pathlib import Path

import pytest

from tools import build

ROOT = build.ROOT
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += [ROOT / "data" / "README.md", ROOT / "evidence" / "README.md"]
SOURCES = sorted((ROOT / "course").rglob("*.py"))
LINK = re.compile(r"\]\((?!https?:|attachment:|#)([^)\s]+)\)")


def name(path):
    return path.relative_to(ROOT).as_posix()


def missing(text, folder):
    """Return the links of a text that lead to no file. folder: from where they lead."""
    text = re.sub(r"`[^`]*`", "", text)  # an example of a link
    return [link for link in LINK.findall(text) if not (folder / link.partition("#")[0]).exists()]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_leads_to_files_that_there_are(path):
    assert missing(path.read_text(encoding="utf-8"), path.parent) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_leads_to_files_that_there_are(path):
    # A source stands as deep in course/ as its notebook does in the folder that it is built into, and one deeper.
    assert missing(path.read_text(encoding="utf-8"), ROOT / "notebooks") == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_link_to_a_numbered_notebook_has_that_number_in_its_words(path):
    text = path.read_text(encoding="utf-8")
    for words, number in re.findall(r"\[(?:lab|lesson) (\d\d)\]\([^)]*?/(\d\d)_[^)]*\)", text, re.IGNORECASE):
        assert words == number


@pytest.mark.parametrize("path", [*PAGES, *SOURCES], ids=name)
def test_the_number_of_a_paper_or_an_issue_is_that_of_its_address(path):
    text = path.read_text(encoding="utf-8")
    for told, number in re.findall(r"\[arXiv:([\d.]+)\]\(https://arxiv\.org/abs/([\d.]+)\)", text):
        assert told == number
    for told, number in re.findall(
        r"\[(?:\D*(?:issue|request)\s)?(\d+)\]\(https://[^)\s]*/(?:issues|pull)/(\d+)\)", text
    ):
        assert told == number


def test_what_leads_nowhere_is_seen(tmp_path):
    (tmp_path / "here.md").touch()
    text = "[a](here.md#part) [b](gone.md) ![c](../x.png) [d](https://example.org) [e](#part)"
    assert missing(text, Path(tmp_path)) == ["gone.md", "../x.png"]
