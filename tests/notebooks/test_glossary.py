"""The glossary: a word is found where one looks for it, and leads to notebooks that speak of it."""

import re

import pytest

from tools import build

PAGE = (build.ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^- \*\*(.+?)\*\*: (.+)\. \((.+)\)$", PAGE, re.MULTILINE)
LINKS = dict(re.findall(r"^\[(.+)\]: (\S+)$", PAGE, re.MULTILINE))
BOLD = re.compile(r"\*\*([A-Za-z][A-Za-zé0-9 -]+)\*\*")
# Terms that a text writes in another form, or in parts.
WRITTEN = {
    r"D\*": r"D\*|D\^\*",
    "latent sample": r"latents?[ _](sample|point)",
    "density and coverage": "density.*coverage",
    "precision and recall": "precision.*recall",
    "non-saturating loss": "non-saturating",
    "one-sided smoothing": "one-sided",
    "reparameterisation": "reparam",
    "instance noise": "noise",
    "conditional GAN": "conditional",
    "leaky ReLU": r"leaky\W+ReLU",
    "relativistic loss": "relativistic",
    "TTUR": "TTUR|two time scales",
}

#: What lessons set in bold and what is no term.
STRESSED = {
    *("before training", "fair", "found", "good", "input", "looks real", "losses", "median", "multiple", "new"),
    *("better", "not training", "output", "saturates", "score", "unbiased", "worse"),
}
#: What lessons set in bold and what the entry of its abbreviation, or of the other verdicts, explains.
EXPLAINED = {
    *("fréchet inception distance", "kernel inception distance", "generative adversarial network"),
    "practically equal",
}


def text_of(place):
    kind, number = place.split()
    (source,) = (build.ROOT / "course" / f"{kind}s").glob(f"{number}_*.py")
    return source.read_text(encoding="utf-8")


def test_every_line_of_the_list_is_an_entry_in_one_sentence():
    assert len(ENTRIES) == len(re.findall("^- ", PAGE, re.MULTILINE)) > 30
    assert [term for term, sentence, _ in ENTRIES if ". " in sentence] == []


def test_the_terms_are_sorted_and_none_stands_twice():
    terms = [term.lower() for term, _, _ in ENTRIES]
    assert terms == sorted(set(terms))


def test_every_place_is_linked_to_the_notebook_of_that_number_and_no_link_is_left_over():
    paths = {path.as_posix() for _, kind, path in build.targets() if kind != "solution"}
    for place, link in LINKS.items():
        kind, number = place.split()
        assert (build.ROOT / "docs" / link).resolve().as_posix() in paths
        assert re.fullmatch(rf"\.\./{'notebooks' if kind == 'lesson' else 'labs'}/{number}_\w+\.ipynb", link)
    assert {place for _, _, places in ENTRIES for place in re.findall(r"\[(.+?)\]", places)} == set(LINKS)


@pytest.mark.parametrize("term, places", [(term, places) for term, _, places in ENTRIES])
def test_the_notebooks_that_an_entry_names_speak_of_it(term, places):
    words = re.compile(WRITTEN.get(term, re.escape(term)), re.IGNORECASE | re.DOTALL)
    assert [place for place in re.findall(r"\[(.+?)\]", places) if not words.search(text_of(place))] == []


def test_every_word_that_a_lesson_sets_in_bold_as_a_term_is_in_the_glossary():
    lessons = [path for path, kind, _ in build.targets() if kind == "lesson"]
    bold = {word.lower() for path in lessons for word in BOLD.findall(path.read_text(encoding="utf-8"))}
    words = {word for word in bold - STRESSED if len(word.split()) <= 3}
    terms = " | ".join(term.lower() for term, _, _ in ENTRIES)
    assert {word for word in words if word.removesuffix("s") not in terms} == EXPLAINED
    assert all(word in PAGE.lower() for word in EXPLAINED)


def test_lesson_01_leads_to_the_glossary():
    (link,) = re.findall(r"\[glossary\]\((\S+)\)", text_of("lesson 01"))
    assert (build.ROOT / "notebooks" / link).resolve() == build.ROOT / "docs/glossary.md"
