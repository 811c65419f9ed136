"""The cheat sheet has every hack, fits on one sheet of paper, and its figures are those of the scoreboard."""

import ast
import io
import re

import pytest
from PIL import Image

from ganhacks import evidence
from tests.evidence.test_evidence import an_effect
from tests.web.playground import require_chromium
from tools import cheat_sheet
from tools.board.hacks import HACKS
from tools.board.workloads import WORKLOADS


def whole_board():
    """An effect for each comparison that there will be, with as long a figure as there is."""
    return [
        an_effect(**{"workload": name, "context": context, "hack": hack.name, "main": hack.main, "ratio": 0.0048})
        for name, work in WORKLOADS.items()
        for context in work.contexts
        for hack in HACKS
        if name in hack.workloads
    ]


def rows_of(text):
    """Return the rows below the heading as lists of texts, without the marks."""
    rows = re.findall(r"<tr>(<td>.*?)</tr>", text)
    return [[re.sub("<.*?>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row)] for row in rows]


def test_every_main_hack_of_the_board_is_on_the_sheet_and_no_other():
    assert set(cheat_sheet.HACKS) == {hack.name for hack in HACKS if hack.main}


@pytest.mark.parametrize("name", cheat_sheet.HACKS)
def test_a_line_of_code_is_python(name):
    ast.parse(cheat_sheet.HACKS[name][2])


def test_a_row_has_a_hacks_own_figures_in_the_columns_of_their_places_and_gaps_elsewhere():
    adam = {"hack": "adam", "lab": "06_adam"}
    effects = [
        an_effect(**adam, ratio=0.77, verdict="better"),
        an_effect(context="bare", ratio=1.32, verdict="worse"),
        an_effect(hack="soft_labels", main=False, ratio=9.9),
    ]
    text = cheat_sheet.page(effects)
    assert [row[0:2] + row[4:] for row in rows_of(text)] == [
        ["06", "Adam, β1 0.5", "▲ 0.77", ""],
        ["10", "real labels 0.9", "", "▼ 1.32"],
    ]
    assert "9.9" not in text and "Interim" not in text
    assert "Interim" in cheat_sheet.page([an_effect(interim=True)])


def test_the_committed_sheet_is_that_of_the_committed_board():
    digest = cheat_sheet.digest_of(cheat_sheet.page(evidence.effects()))
    told = "run `python tools/cheat_sheet.py`"
    assert f"/Title (GAN hacks, measured \\({digest}\\))".encode() in cheat_sheet.PDF.read_bytes(), told
    assert Image.open(cheat_sheet.PNG).text["Title"] == digest, told


def test_the_whole_board_fits_on_one_sheet_of_paper():
    require_chromium()
    pdf, png = cheat_sheet.printed(cheat_sheet.page(whole_board()))
    assert pdf.count(b"/Type /Page\n") == 1
    assert Image.open(io.BytesIO(png)).size == tuple(2 * side for side in cheat_sheet.SIZE)
    with pytest.raises(SystemExit, match="shorten it"):
        cheat_sheet.printed(cheat_sheet.page(whole_board()) + "<br>more" * 80)
