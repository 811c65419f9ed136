"""The audit of the pages finds each kind of fault, and names it; on the course's own pages it finds none."""

import signal
import subprocess
import sys
from functools import partial

import pytest

from tests.web.playground import require_chromium
from tools import audit_site, outline

# As the theme does it: the scheme stands in the page's first element.
THEME = """<script>
const dark = matchMedia("(prefers-color-scheme: dark)");
const show = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
dark.addEventListener("change", show);
show();
</script>"""


def page(body, title="A page"):
    head = f'<meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">{THEME}'
    main = f"<main><h1>{title}</h1>{body}</main>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{main}</body></html>'


def site(folder, **pages):
    """Write pages, name -> HTML, into a folder, beside a front page without a fault."""
    for name, text in {"index": page("<p>Text.</p>"), **pages}.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


# ---- what the HTML alone tells


def test_an_outline_has_anchors_links_headings_and_the_texts_of_header_cells():
    found = outline.read(
        '<h1 id="a">One <b>word</b><a href="#a">#</a></h1><a name="b" href="x.html">x</a>'
        '<table><tr><th>n</th><th><img src="i.png" alt="icon"></th></tr></table><table role="presentation"></table>'
    )
    assert (found.ids, found.links, found.headings) == ({"a", "b"}, ["#a", "x.html"], [(1, "One word")])
    assert found.tables == [["n", "icon"], None] and found.faults() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<h1>a</h1><h3>b</h3>", "heading 'b' of level 3 stands below one of level 1"),
        ("<h2>a</h2><h1>b</h1>", "heading 'a' of level 2 stands below one of level 0"),
        ("<h1>a</h1><h1>b</h1>", "it has 2 headings of level 1; wanted one"),
        ("<p>a</p>", "it has 0 headings of level 1; wanted one"),
        ("<h1>a</h1><table><tr><td>1</td></tr></table>", "a table has no header cell"),
        ("<h1>a</h1><table><tr><th> </th><th>n</th></tr></table>", "a header cell is empty in the table with 'n'"),
    ],
)
def test_a_heading_out_of_order_and_a_table_without_names_are_faults(text, fault):
    assert outline.read(text).faults() == [fault]


def test_links_are_followed_to_files_and_anchors_and_other_hosts_are_only_listed(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "sheet.pdf").write_bytes(b"")
    texts = {
        "index.html": '<p id="top"><a href="docs/a%20b.html#there"></a><a href="#top"></a><a href="sheet.pdf#page=2">'
        '</a><a href="#gone"></a><a href="docs/gone.html"></a><a href="https://example.org"></a>'
        '<a href="mailto:a@b"></a>',
        "docs/a b.html": '<p id="there"><a href="../index.html#top"></a><a href="../index.html#no"></a>',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    every = {name: outline.read(text) for name, text in texts.items()}
    found = outline.follow(every, tmp_path, every)
    assert found.broken == {"index.html": ["#gone", "docs/gone.html"], "docs/a b.html": ["../index.html#no"]}
    assert (found.checked, found.elsewhere) == (7, {"https://example.org", "mailto:a@b"})


def test_pages_are_chosen_by_parts_of_their_paths_and_none_is_told_in_a_sentence(tmp_path, capsys):
    assert audit_site.main(["--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"{tmp_path} has no index.html: `python3 run.py site` makes the pages.\n"
    (tmp_path / "_static").mkdir()
    site(tmp_path, other=page(""))
    (tmp_path / "_static" / "macros.html").write_text("")
    assert audit_site.pages_of(tmp_path) == (["index.html", "other.html"],) * 2
    assert audit_site.pages_of(tmp_path, ["oth"])[1] == ["other.html"]
    assert audit_site.main(["nothing", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "No page's path holds nothing: name a part of one, such as index.html.\n"


# ---- what only a browser sees

FAULTY = {
    "broken links": '<a href="gone.html">gone</a>',
    "headings and tables": "<h3>Too deep</h3>",
    "console errors": "<script>console.error('alas')</script>",
    "requests to other hosts": '<img alt="a" src="https://example.org/a.png">',
    "axe violations, light": '<p style="color: #ddd; background: #fff">Who can read this?</p>',
    "axe violations, dark": '<style>[data-theme="dark"] p { color: #222; background: #000 }</style><p>And this?</p>',
    "too wide at 320 px": '<div style="width: 500px">wide</div>',
    "too wide at 200 % zoom": '<div style="width: 700px">wider</div>',
    "too wide on paper": '<pre style="overflow: auto" tabindex="0">' + "long " * 200 + "</pre>",
}


@pytest.fixture
def looked(tmp_path, capsys):
    """Give a function (body of a page) -> the kinds of its faults, and the exit code."""
    pytest.importorskip("axe_playwright_python", reason="requirements-site.txt is not installed")
    require_chromium()

    def look(body):
        site(tmp_path, faulty=page(body))
        code = audit_site.main(["faulty", "--folder", str(tmp_path)])
        lines = capsys.readouterr().out.partition("Faults:\n")[2].splitlines()
        counts = {kind: int(n) for n, kind in (line.strip().split(" ", 1) for line in lines)}
        assert list(counts) == list(audit_site.KINDS)
        return {kind for kind, n in counts.items() if n}, code

    return look


def test_a_page_without_faults_passes_and_one_with_a_fault_does_not(looked):
    assert looked("<p>Text.</p>") == (set(), 0)
    assert looked(FAULTY["console errors"]) == ({"console errors"}, 1)


@pytest.mark.everywhere
@pytest.mark.parametrize("kind", FAULTY)
def test_each_kind_of_fault_is_found(looked, kind):
    found, code = looked(FAULTY[kind])
    assert kind in found and code == 1


def test_the_front_page_has_a_budget(tmp_path, capsys, monkeypatch):
    pytest.importorskip("axe_playwright_python", reason="requirements-site.txt is not installed")
    require_chromium()
    site(tmp_path)
    monkeypatch.setattr(audit_site, "SECONDS", 60)
    assert audit_site.main(["--folder", str(tmp_path), "--screenshots", str(tmp_path / "seen")]) == 0
    assert "first text after" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == sorted(
        f"front-{width}-{scheme}.png" for width in (320, 768, 1440) for scheme in ("light", "dark")
    )
    monkeypatch.setattr(audit_site, "BYTES", 100)
    assert audit_site.main(["--folder", str(tmp_path)]) == 1
    assert "    1 over the budget" in capsys.readouterr().out


@pytest.mark.everywhere
def test_who_interrupts_it_gets_the_summary_so_far(tmp_path):
    pytest.importorskip("axe_playwright_python")
    require_chromium()
    site(tmp_path, **{f"page{i}": page("<p>Text.</p>") for i in range(200)})
    command = [sys.executable, "-u", audit_site.__file__, "--folder", str(tmp_path)]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # who starts tests in the background ignores it
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, preexec_fn=heard, **pipes) as running:
        assert running.stdout.readline().startswith("1/201 ")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130 and err == "Interrupted: name pages to look at the rest alone.\n"
    assert "of 201 pages" in out and "    0 broken links" in out


@pytest.mark.everywhere
def test_the_courses_own_pages_have_no_fault(tmp_path):
    require_chromium()
    made = tmp_path / "html"
    subprocess.run([sys.executable, str(audit_site.ROOT / "tools" / "site.py"), str(made)], check=True, timeout=900)
    done = subprocess.run([sys.executable, audit_site.__file__, "--folder", str(made)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
