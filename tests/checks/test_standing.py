"""What was done stays known: in the next kernel, on the map of the course, in the report that is handed in."""

import json

import IPython.display
import pytest

from ganhacks import __main__, journal
from ganhacks.checks import CourseMap, Lab
from ganhacks.checks.engine import report, standing
from ganhacks.checks.engine.exercise import exercises_of, module_of, slugs
from ganhacks.pictures import plots
from tests.checks.test_checks import assert_well_formed
from tools import build


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """Everything that was displayed, with a journal of its own."""
    things = []
    monkeypatch.setattr(IPython.display, "display", things.append)
    monkeypatch.setenv(journal.PLACE, str(tmp_path / "journal.db"))
    return things


def passed(slug, name):
    lab = Lab(slug)
    lab.check(name, lab.exercises[name].reference)
    return lab


# ---- the numbers of labs


def test_the_labs_have_the_numbers_of_their_notebooks():
    wanted = {source.stem for source, *_ in build.targets() if source.parent.name == "labs"} | {"00_start_here"}
    assert {f"{number:02}_{slug}" for number, slug in enumerate(slugs())} == wanted


# ---- from kernel to kernel


def test_the_summary_knows_what_passed_in_another_kernel_and_that_it_has_to_pass_again(shown):
    lab = passed("label_smoothing", "smooth_positive_labels")
    lab.check("smooth_negative_labels", lambda rng, y: y)
    lab.hint("smooth_negative_labels")
    again = Lab("label_smoothing")
    again.summary()
    note, course = shown[-2:]
    assert note.title == "0 of 5 exercises passed."
    assert note.text.splitlines()[0].split() == ["passed", "before", "smooth_positive_labels"]
    assert note.text.splitlines()[1].split()[:2] == ["tried", "before"]
    assert "(1 of 3 hints)" in note.text.splitlines()[1]
    assert course.folded
    assert not again.ready("smooth_positive_labels"), "this kernel has no such function"


def test_without_a_journal_the_summary_has_no_map(shown, monkeypatch):
    monkeypatch.setenv(journal.PLACE, "")
    passed("label_smoothing", "smooth_positive_labels").summary()
    assert shown[-1].title == "1 of 5 exercises passed."


def test_trouble_with_the_journal_is_told_once_and_the_check_goes_on(shown, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(journal.PLACE, str(tmp_path / "file" / "journal.db"))
    lab = passed("start_here", "invert")
    lab.check("invert", lambda images: -images)
    assert lab.verdicts["invert"].outcome == "failed"
    assert [getattr(thing, "title", "verdict") for thing in shown] == ["verdict", "Your progress.", "verdict"]


# ---- predictions


def test_a_prediction_of_an_earlier_kernel_counts(shown):
    Lab("label_smoothing").predict("a")
    Lab("label_smoothing").reveal()
    assert shown[-1].title == "You said a; it is b."


def test_who_changes_their_mind_before_the_answer_may_and_after_it_not(shown):
    lab = Lab("label_smoothing")
    lab.predict("a")
    lab.predict("c")
    lab.reveal()
    lab.predict("b")
    assert shown[-1].title == "Not counted." and "your choice before that, c" in shown[-1].text
    lab.predict("c")
    assert shown[-1].title == "Noted."
    again = Lab("label_smoothing")
    again.predict("b")
    again.reveal()
    assert [thing.title for thing in shown[-2:]] == ["Not counted.", "You said c; it is b."]
    assert standing.of_lab("label_smoothing", journal.journal.entries()).prediction == "c"


def test_who_saw_the_answer_first_has_made_no_prediction(shown):
    lab = Lab("label_smoothing")
    lab.reveal()
    lab.predict("b")
    assert (shown[-1].title, shown[-1].text) == ("Not counted.", "The answer has been shown.")
    lab.reveal()
    assert shown[-1].title == "You made no prediction."


ASKING = [slug for slug in slugs() if hasattr(module_of(slug), "PREDICTION")]


@pytest.mark.parametrize("slug", ASKING)
def test_each_wrong_choice_gets_a_remark_of_its_own_and_the_right_one_none(shown, slug):
    asked = module_of(slug).PREDICTION
    assert set(asked["remarks"]) == set(asked["choices"]) - {asked["answer"]}
    assert len({*asked["remarks"].values(), asked["why"]}) == len(asked["choices"])
    for letter in asked["choices"]:
        lab = Lab(slug)
        lab.revealed, lab.prediction = False, None
        lab.predict(letter)
        lab.reveal()
        remark = asked["remarks"].get(letter, "")
        assert shown[-1].text == f"{remark} {asked['why']}".strip()


# ---- buttons


def test_a_click_notes_the_choice_and_says_so_below(shown):
    lab = Lab("label_smoothing")
    lab.predict()
    (asked,) = shown
    style, *buttons, said = asked.widget().children
    assert [button.description for button in buttons] == [
        f"{letter}: {text}" for letter, text in module_of("label_smoothing").PREDICTION["choices"].items()
    ]
    buttons[2].click()
    assert lab.prediction == "c" and "You say c" in said.value
    buttons[0].click()
    assert lab.prediction == "a" and "You say a" in said.value
    lab.reveal()
    buttons[1].click()
    assert lab.prediction == "a" and "Not counted" in said.value
    kinds = [(entry.kind, entry.value) for entry in journal.journal.entries()]
    assert kinds == [("prediction", "c"), ("prediction", "a"), ("reveal", "b")]


def test_where_there_are_no_buttons_a_sentence_says_what_to_type(shown):
    Lab("label_smoothing").predict()
    bundle = shown[-1]._repr_mimebundle_()
    assert bundle["text/plain"] == 'Your turn. Put one of "a", "b", "c" into the brackets and run the cell.'
    assert set(bundle) == {"text/plain", "text/html", plots.WIDGET}
    assert_well_formed(bundle["text/html"])


def test_hints_of_an_earlier_kernel_count_in_its_verdicts_and_begin_again(shown):
    Lab("label_smoothing").hint("step_targets")
    Lab("label_smoothing").hint("step_targets")
    lab = Lab("label_smoothing")
    shown.clear()
    lab.check("step_targets", ...)
    assert shown[-1].hint_level == 1
    lab.hint("step_targets")
    assert "Hint 1 of 3" in shown[-1]._repr_mimebundle_()["text/plain"]


def test_a_journal_that_was_damaged_is_told_when_the_lab_begins(shown, tmp_path):
    (tmp_path / "journal.db").write_bytes(b"no database at all" * 100)
    Lab("label_smoothing")
    assert "was damaged" in shown[0].text


# ---- the map


def test_the_map_has_a_mark_for_every_exercise(shown, tmp_path):
    passed("label_smoothing", "smooth_positive_labels")
    Lab("label_smoothing").check("smooth_negative_labels", lambda rng, y: y)
    Lab("label_smoothing").check("step_targets", ...)
    passed("start_here", "invert")
    course = CourseMap()
    rows = {title: (marks, done) for title, marks, done in course.rows}
    assert rows["10 label smoothing"] == ("✔✘○○○", "1 of 5")
    assert rows["00 start here"] == ("✔", "1 of 1")
    assert sum(len(marks) for marks, _ in rows.values()) == sum(len(exercises_of(slug)) for slug in slugs())
    n = sum(len(exercises_of(slug)) for slug in slugs())
    assert course.heading == f"The whole course: 2 of {n} exercises passed, 1 of {len(slugs())} notebooks done."
    bundle = course._repr_mimebundle_()
    assert f"Kept on your disk alone, in {tmp_path / 'journal.db'}." in bundle["text/plain"]
    for row in rows.values():
        assert row[0] in bundle["text/html"]
    folded = CourseMap(folded=True)._repr_mimebundle_()
    assert "<details open>" in bundle["text/html"] and "<details>" in folded["text/html"]
    assert folded["text/plain"].splitlines()[0] == course.heading and "10 label" not in folded["text/plain"]


def test_what_passed_once_stays_passed_and_a_deleted_journal_harms_nothing(shown, tmp_path):
    lab = passed("start_here", "invert")
    lab.check("invert", lambda images: -images)
    assert dict((title, marks) for title, marks, _ in CourseMap().rows)["00 start here"] == "✔"
    (tmp_path / "journal.db").unlink()
    lab.check("invert", lambda images: -images)
    assert dict((title, marks) for title, marks, _ in CourseMap().rows)["00 start here"] == "✘"


# ---- the report


def test_the_report_has_what_was_done_and_no_code(shown, tmp_path, capsys):
    lab = Lab("label_smoothing")
    lab.predict("c")
    for secret in (0.9, 0.8):
        lab.check("smooth_positive_labels", lambda rng, y, secret=secret: y * secret)
    lab.hint("smooth_positive_labels")
    lab.hint("smooth_positive_labels")
    lab.check("smooth_positive_labels", lab.exercises["smooth_positive_labels"].reference)
    out = tmp_path / "with spaces, ä"
    out.mkdir()
    assert __main__.main(["report", str(out)]) == 0
    assert str(out / "ganhacks-report.json") in capsys.readouterr().out
    data = json.loads((out / "ganhacks-report.json").read_text(encoding="utf-8"))
    (told,) = [one for one in data["labs"] if one["lab"] == "label_smoothing"]
    assert (data["format"], told["number"], told["prediction"]) == (1, 10, {"said": "c", "right": False})
    first, second = told["exercises"][:2]
    assert first["outcome"] == "passed" and first["attempts"] == 3 and first["hints"] == 2
    assert first["misconceptions"] == {"one_value": 2} and first["first"] <= first["last"]
    assert (second["outcome"], second["attempts"], second["first"]) == ("not tried", 0, "")
    page = (out / "ganhacks-report.html").read_text(encoding="utf-8")
    for text in ("10 label smoothing", "✔ passed", "one value × 2", "label smoothing: c (wrong)"):
        assert text in page
    assert "lambda" not in page and sorted(p.name for p in out.iterdir()) == sorted(report.NAMES.values())


def test_a_report_of_nothing_and_one_into_no_folder_are_a_sentence(shown, tmp_path, capsys, monkeypatch):
    assert __main__.main(["report", str(tmp_path)]) == 1
    assert "There is nothing to report" in capsys.readouterr().err
    passed("start_here", "invert")
    assert __main__.main(["report", str(tmp_path / "missing")]) == 1
    assert "can't be written" in capsys.readouterr().err
    monkeypatch.setenv(journal.PLACE, "")
    assert __main__.main(["report", str(tmp_path)]) == 1
    assert "no journal is kept" in capsys.readouterr().err
