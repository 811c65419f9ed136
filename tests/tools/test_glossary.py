"""A page links a term to its entry once, at its first mention, and nothing in code, a formula or a link."""

from tools import build, glossary

PAGE = """- **D\\***: the best D. ([lesson 01])
- **latent sample**: random numbers. ([lab 12], [lesson 01])
- **precision and recall**: two scores. ([lesson 02])
"""
TERMS = glossary.terms(PAGE)


def link(words, end):
    return f"[{words}](../docs/glossary.md#term-{end})"


def test_a_term_has_an_anchor_its_forms_and_the_notebooks_that_its_entry_names():
    assert TERMS[1] == glossary.Term("term-latent-sample", ("latent sample",), ("lab 12", "lesson 01"))
    assert TERMS[2].forms == ("precision and recall", "precision", "recall")
    assert glossary.anchored(PAGE).startswith("- [**D\\***]{#term-d-star}: the best D. ([lesson 01])\n")


def test_every_entry_of_the_course_has_an_anchor_of_its_own():
    text = (build.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    found = [term.anchor for term in glossary.terms(text)]
    assert len(found) == text.count("\n- **") == len(set(found)) > 30


def test_the_first_mention_in_bold_is_linked_on_any_page_in_the_plural_too_and_no_second_one():
    texts = ["A latent sample, **two\nlatent samples**.", "**Latent\nsamples** and **latent sample**; **precision.**"]
    first = link("**Latent\nsamples**", "latent-sample")
    other = link("**precision.**", "precision-and-recall")
    assert glossary.linked(texts, TERMS, "lab 03") == [texts[0], f"{first} and **latent sample**; {other}"]


def test_a_notebook_that_an_entry_names_is_linked_at_the_first_plain_mention_where_none_is_bold():
    text = "A sublatent sample. Latent samples, a latent sample, its recall."
    assert glossary.linked([text], TERMS, "lab 12") == [
        text.replace("Latent samples", link("Latent samples", "latent-sample"))
    ]
    assert glossary.linked([text], TERMS, "lab 03") == [text]


def test_headings_code_formulas_links_and_pictures_are_left_alone():
    text = """# A latent sample
`latent sample` $latent sample$ [latent sample](x.md) ![a latent sample](y.png) <b title="latent sample">

```
latent sample, **recall**
```
"""
    assert glossary.linked([text], TERMS, "lab 12") == [text]
