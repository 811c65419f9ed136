"""The checks' engine: whatever it is handed, it shows one verdict with a sentence, in time, and raises nothing."""

import functools
import inspect
import itertools
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import time
from html.parser import HTMLParser
from types import SimpleNamespace

import IPython.display
import keras
import numpy as np
import pytest
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell

from ganhacks.checks import CheckFailed, Lab
from ganhacks.checks.engine import clock, sandbox
from ganhacks.checks.engine.exercise import Exercise, Wrong, exercises_of, slugs
from ganhacks.checks.engine.lab import verdict_on
from ganhacks.checks.engine.parameters import SEED, require_known
from ganhacks.checks.engine.verdict import MIME, Note, Verdict
from ganhacks.checks.labs import start_here
from ganhacks.errors import BadInput

OUTCOMES = {"passed", "failed", "not_attempted", "error"}
EXERCISES = [(slug, name) for slug in slugs() for name in exercises_of(slug)]


@pytest.fixture
def shown(monkeypatch):
    """Everything that was displayed."""
    things = []
    monkeypatch.setattr(IPython.display, "display", things.append)
    return things


@pytest.fixture
def verdict_of(shown):
    """A function that checks an answer, looks the display over in all its forms, and returns its data."""

    def verdict_of(answer, slug="start_here", name="invert"):
        shown.clear()
        Lab(slug).check(name, answer)
        (thing,) = shown
        return looked_over(thing)

    return verdict_of


@pytest.fixture
def hurry(monkeypatch):
    """A check has half a second."""
    monkeypatch.setattr(sandbox, "LIMIT", 0.5)
    monkeypatch.setattr(sandbox, "PATIENCE", 0.5)


def looked_over(thing):
    """Return the data of a verdict after holding its three forms against the contract."""
    bundle = json.loads(json.dumps(thing._repr_mimebundle_()))
    assert set(bundle) == {"text/plain", "text/html", MIME}
    data = bundle[MIME]
    assert set(data) == {"exercise", "outcome", "message", "misconception", "hint_level"}
    assert data["outcome"] in OUTCOMES
    assert data["misconception"] is None or data["outcome"] == "failed"
    assert len(data["message"]) > 20 and "Traceback" not in data["message"]
    assert len(data["message"]) < 1000
    assert data["message"] in bundle["text/plain"]
    bundle["text/plain"].encode()
    assert_well_formed(bundle["text/html"])
    return data


def assert_well_formed(html):
    """Every tag is closed in turn, and none is there but the helper's own."""
    open_tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            assert tag in ("div", "b", "code", "em", "pre")
            open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Reader().feed(html)
    assert not open_tags


# ---- any object at all


class EvilArray:
    shape = (2, 2)

    def __array__(self, *args, **more):
        raise SystemExit("from __array__")


class EvilEverything:
    """Raises at whatever one asks of it."""

    def __getattribute__(self, name):
        raise RuntimeError("do not look at me")

    def __repr__(self):
        raise RuntimeError("no repr")

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


class PretendsToBeAFunction:
    __class__ = type(lambda: None)


class SaysYesToEverything:
    """Has every attribute, and each has every attribute."""

    def __getattr__(self, name):
        return SaysYesToEverything()

    def __call__(self, *args, **more):
        return SaysYesToEverything()


class RaisesWhenCalled:
    """A callable object in place of a function."""

    def __init__(self, function):
        self.function = function

    def __call__(self, images):
        return self.function(images)


class EvilText(Exception):
    def __str__(self):
        raise ValueError("no text")


def raising(error):
    def answer(*args):
        raise error

    return answer


def returning(value):
    def answer(*args):
        return value

    return answer


def calls_itself(*args):
    return calls_itself(*args)


def generates(*args):
    yield from args


async def awaits(*args):
    return args


def a_model():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])


class ModelThatRaises(keras.Model):
    def call(self, x, training=False):
        raise KeyError("inside call")


NO_ANSWERS = {
    "a string": "answer",
    "a number": 3,
    "a truth": True,
    "not a number": float("nan"),
    "an array": np.ones((2, 2)),
    "a tensor": tf.ones((2, 2)),
    "a list": [1, 2],
    "a dictionary": {},
    "a class": int,
    "an empty class": type("Empty", (), {}),
    "the class of models": keras.Model,
    "a model": a_model(),
    "a module": np,
    "a lambda": lambda: 1,
    "a built-in": len,
    "the type of types": type,
    "print": print,
    "a numpy function": np.zeros,
    "a partial": functools.partial(np.reshape, order="C"),
    "a partial that is full": functools.partial(returning(1), 1, 2, 3),
    "a generator function": generates,
    "a coroutine function": awaits,
    "evil": EvilEverything(),
    "a false function": PretendsToBeAFunction(),
    "yes to everything": SaysYesToEverything(),
    "raises ValueError": raising(ValueError("plain")),
    "raises nothing to say": raising(ValueError()),
    "raises SystemExit": raising(SystemExit(1)),
    "raises KeyboardInterrupt": raising(KeyboardInterrupt()),
    "raises GeneratorExit": raising(GeneratorExit()),
    "raises what has no text": raising(EvilText()),
    "raises Wrong": raising(Wrong("no_such_misconception")),
    "raises html": raising(ValueError("<script>alert(1)</script> & `code` `")),
    "raises half a character": raising(ValueError("\ud800")),
    "raises braces": raising(ValueError("{name} {0} %s")),
    "raises a page": raising(ValueError("very long\n" * 10_000)),
    "calls itself": calls_itself,
    "returns None": returning(None),
    "returns Ellipsis": returning(...),
    "returns text": returning("text"),
    "returns a number": returning(1),
    "returns NaN": returning(np.full((2, 784), np.nan, "float32")),
    "returns a pair of NaN": returning((np.full((5, 1), np.nan), np.full((5, 1), np.inf))),
    "returns complex numbers": returning(np.ones((5, 1), complex)),
    "returns dates": returning(np.zeros((5, 1), "M8[s]")),
    "returns an empty array": returning(np.zeros((0,))),
    "returns objects": returning(np.array([None, "a"], object)),
    "returns ragged lists": returning([[1], [1, 2]]),
    "returns a pair of evils": returning((EvilEverything(), EvilEverything())),
    "returns evil": returning(EvilEverything()),
    "returns an evil array": returning(EvilArray()),
    "returns yes to everything": returning(SaysYesToEverything()),
    "returns a generator": returning(i for i in range(3)),
    "returns itself": functools.partial(lambda *args: args[0], 1),
    "returns a class": returning(int),
    "returns a small model": returning(a_model()),
    "returns a model that raises": returning(ModelThatRaises()),
    "returns an empty model": returning(keras.Sequential()),
    "returns a symbolic tensor": returning(keras.Input((3,))),
}


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("share", [0, *(pytest.param(n, marks=pytest.mark.everywhere) for n in range(1, 6))])
@pytest.mark.parametrize("slug, name", EXERCISES)
def test_no_object_breaks_a_check(verdict_of, slug, name, share):
    first = (EXERCISES.index((slug, name)) + share) % 6  # a sixth of them at a time, so that each meets some check
    for what, answer in itertools.islice(NO_ANSWERS.items(), first, None, 6):
        verdict = verdict_of(answer, slug, name)
        assert verdict["outcome"] in ("failed", "error"), f"{what}: {verdict['message']}"


@pytest.mark.parametrize("slug, name", EXERCISES)
@pytest.mark.parametrize("nothing", [None, ...])
def test_nothing_is_not_attempted(verdict_of, slug, name, nothing):
    assert verdict_of(nothing, slug, name)["outcome"] == "not_attempted"


@pytest.mark.parametrize(
    "empty, told", [(lambda images: None, ("not_attempted", None)), (returning(None), ("failed", "returns_nothing"))]
)
def test_a_function_that_returns_nothing_is_told_so_or_is_what_the_student_started_from(verdict_of, empty, told):
    verdict = verdict_of(empty)
    assert (verdict["outcome"], verdict["misconception"]) == told


def test_a_result_in_place_of_the_function_is_told_apart(verdict_of):
    assert verdict_of(np.ones(3))["misconception"] == "called_already"
    assert verdict_of(a_model(), "mnist_gan", "make_generator")["misconception"] == "called_already"
    assert verdict_of("invert")["misconception"] == "not_a_function"


# ---- errors in the student's code


def test_an_error_names_the_line_of_the_students_own_code(verdict_of):
    def answer(images):
        return np.linalg.inv(images[0, 0])  # raises inside NumPy

    message = verdict_of(answer)["message"]
    assert message.startswith("Your code raised LinAlgError: ")
    assert "of test_checks.py, `return np.linalg.inv(images[0, 0])" in message


@pytest.mark.parametrize("wrap", [functools.partial, tf.function(autograph=False), np.errstate(), RaisesWhenCalled])
def test_the_line_is_found_behind_a_wrapper(verdict_of, wrap):
    def answer(images):
        raise ValueError("here")

    assert 'of test_checks.py, `raise ValueError("here")`' in verdict_of(wrap(answer))["message"]


def test_html_in_a_message_stays_text(shown, verdict_of):
    verdict_of(raising(ValueError("<script>alert(1)</script>")))
    html = shown[0]._repr_mimebundle_()["text/html"]
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_colour_codes_of_keras_are_taken_out(verdict_of):
    assert "\x1b" not in verdict_of(raising(ValueError("\x1b[1mbold\x1b[0m")))["message"]
    assert "\x1b" not in verdict_of(returning(ModelThatRaises()), "mnist_gan", "make_generator")["message"]


# ---- time


def loops(*args):
    while True:
        pass


def loops_catching_exceptions(*args):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


def loops_catching_everything(*args):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def sleeps(*args):
    time.sleep(30)


def sleeps_catching_everything(*args):
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            time.sleep(0.01)
            print("still here")
        except:  # noqa: E722
            pass


def counts_in_numpy(*args):
    while True:
        np.ones(1000).sum()


@pytest.mark.parametrize(
    "answer",
    [loops, loops_catching_exceptions, loops_catching_everything, sleeps, sleeps_catching_everything, counts_in_numpy],
)
def test_what_never_ends_is_stopped(verdict_of, hurry, answer):
    start = time.monotonic()
    verdict = verdict_of(answer)
    assert (verdict["outcome"], verdict["misconception"]) == ("failed", "too_slow")
    assert "0.5 seconds" in verdict["message"]
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("answer", [loops, loops_catching_exceptions, loops_catching_everything, counts_in_numpy])
def test_the_thread_of_a_loop_ends_too(verdict_of, hurry, answer):
    before = set(threading.enumerate())
    verdict_of(answer)
    assert not [thread for thread in threading.enumerate() if thread not in before]


def test_what_was_stopped_prints_no_more(verdict_of, hurry, capsys):
    def goes_on(*args):
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                time.sleep(0.01)
                print("still here")
                print("and here", file=sys.stderr)
            except:  # noqa: E722
                pass

    verdict_of(goes_on)
    time.sleep(0.3)
    print("the notebook's own")
    out, err = capsys.readouterr()
    assert (out, err) == ("the notebook's own\n", "")


def test_a_right_answer_may_take_its_time(verdict_of, hurry):
    def answer(images):
        time.sleep(0.15)
        return 255 - images

    assert verdict_of(answer)["outcome"] == "passed"


def in_line(images):
    time.sleep(0.9)  # as one that others keep from the processor
    return 255 - images


def test_what_stands_in_line_for_a_processor_is_not_too_slow(verdict_of, monkeypatch, hurry):
    assert verdict_of(in_line)["misconception"] == "too_slow"
    monkeypatch.setattr(sandbox, "in_line", lambda: {"1": time.monotonic(), "2": 0.0})
    assert verdict_of(in_line)["outcome"] == "passed"
    monkeypatch.setattr(clock, "STARVED", 1.2)
    assert verdict_of(in_line)["misconception"] == "too_slow", "and there is an end to it"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a thread stood in line")
def test_a_thread_that_others_keep_from_the_processor_stands_in_line():
    before, end = clock.in_line(), time.monotonic() + 0.5
    code = "import time; end = time.monotonic() + 1\nwhile time.monotonic() < end: pass"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2 * os.cpu_count())]
    while time.monotonic() < end:
        pass
    assert max(now - before.get(thread, 0) for thread, now in clock.in_line().items()) > 0.05
    assert [other.wait() for other in others] == [0] * len(others)


def test_an_interrupt_ends_the_check_and_is_said(verdict_of, monkeypatch, hurry):
    def interrupted(self, timeout=None):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    verdict = verdict_on(exercises_of("start_here")["invert"], loops)
    assert verdict.outcome == "error" and "interrupted" in verdict.message


# ---- printing


def test_printing_is_repeated_in_short(verdict_of, capsys):
    def answer(images):
        print("x" * 10_000_000)
        sys.stdout.writelines(["y"] * 1000)
        print("a warning", file=sys.stderr)
        return 255 - images

    verdict = verdict_of(answer)
    assert verdict["outcome"] == "passed"
    assert "xxx" in verdict["message"] and "warning" not in verdict["message"]
    assert capsys.readouterr() == ("", "")


def test_what_other_threads_print_goes_where_it_went(verdict_of, capsys):
    stop = threading.Event()

    def talk():
        while not stop.is_set():
            print("background")
            time.sleep(0.01)

    def answer(images):
        time.sleep(0.1)
        return 255 - images

    other = threading.Thread(target=talk)
    other.start()
    message = verdict_of(answer)["message"]
    stop.set()
    other.join()
    assert "background" not in message
    assert "background" in capsys.readouterr().out


def test_the_screen_is_given_back(verdict_of):
    before = sys.stdout, sys.stderr
    verdict_of(lambda images: print("hello") or 255 - images)
    verdict_of(raising(SystemExit()))
    assert (sys.stdout, sys.stderr) == before


def test_who_prints_later_is_heard_again_once_what_could_not_be_stopped_has_ended(verdict_of, hurry, capsys):
    enough, threads = threading.Event(), []

    def goes_on(*args):
        threads.append(threading.current_thread())
        enough.wait(20)  # nothing reaches a thread that waits

    verdict_of(goes_on)
    enough.set()
    threads[-1].join()
    later = threading.Thread(target=print, args=("heard",))
    later.start()
    later.join()
    assert "heard" in capsys.readouterr().out


def test_a_cell_of_ones_own_that_looks_like_papermills_may_set_anything():
    require_known({"seed": SEED}, ["# Parameters\na, b = 1, 2\nmodel.rate = 3\nseed = 1"])
    with pytest.raises(BadInput, match="no parameter 'sede'; it has seed. Did you mean 'seed'"):
        require_known({"seed": SEED}, ["# Parameters\nsede = 1"])


# ---- the caller's arrays


@pytest.mark.parametrize("change", ["images[0] = 0", "images *= 0", "images.shape = -1", "images.fill(7)"])
def test_changed_arguments_are_found(verdict_of, change):
    def answer(images):
        kept = 255 - images
        exec(change, {"images": images})
        return kept

    assert verdict_of(answer)["misconception"] == "changes_its_arguments"


# ---- how a lab is used


@pytest.fixture
def notebook():
    """A notebook's shell, and a function that runs a cell in it."""
    shell = InteractiveShell.instance()
    yield lambda cell: shell.run_cell(cell).raise_error()
    InteractiveShell.clear_instance()


def test_the_function_is_taken_from_the_notebook(notebook, shown):
    lab = Lab("start_here")
    lab.check("invert")
    notebook("import numpy as np\ndef invert(images):\n    return -images")
    lab.check("invert")
    notebook("def invert(images):\n    print('hello')\n    return 255 - images")
    lab.check("invert")
    notebook("del invert")
    lab.check("invert")
    outcomes = [looked_over(thing)["outcome"] for thing in shown]
    assert outcomes == ["not_attempted", "failed", "passed", "not_attempted"]
    assert "There is no `invert` yet" in shown[0].message


def test_the_line_of_a_notebooks_cell_is_quoted(notebook, shown):
    notebook("def invert(images):\n    return images.nothing()")
    Lab("start_here").check("invert")
    assert "(line 2 of your cell, `return images.nothing()`)" in shown[0].message


def test_what_a_lab_starts_from_is_not_attempted_in_a_notebook(notebook, shown):
    notebook("import numpy as np")
    for slug, name in EXERCISES:
        notebook(exercises_of(slug)[name].starter_source())
        Lab(slug).check(name)
    assert {looked_over(thing)["outcome"] for thing in shown} == {"not_attempted"}


def test_outside_a_notebook_there_is_nothing_to_take(shown):
    Lab("start_here").check("invert")
    assert looked_over(shown[0])["outcome"] == "not_attempted"


def test_an_exercise_may_be_named_by_its_function(verdict_of):
    exercise = exercises_of("start_here")["invert"]
    assert verdict_of(exercise.reference, name=exercise.reference)["outcome"] == "passed"


@pytest.mark.parametrize("name", ["exercise", "no_such_lab", "", "a.b", "../mnist_gan", None, 3, []])
def test_a_lab_that_does_not_exist_is_said_with_those_that_do(name):
    with pytest.raises(BadInput, match="The labs are .*mnist_gan"):
        Lab(name)


def test_a_check_without_a_name_asks_which(shown):
    with pytest.raises(BadInput, match=r"Which exercise\? Name it, as in lab.check\('invert'\)"):
        Lab("start_here").check()


@pytest.mark.parametrize("name", ["no_such_exercise", 3, [], ...])
def test_an_exercise_that_does_not_exist_is_said_with_those_that_do(name):
    with pytest.raises(BadInput, match="Its exercises are invert"):
        Lab("start_here").check(name)


def test_strict_raises_after_the_display(monkeypatch, shown):
    monkeypatch.setenv("GANHACKS_STRICT", "1")
    lab = Lab("start_here")
    for answer, outcome in ((None, "not_attempted"), (abs, "failed"), (raising(ValueError()), "error")):
        with pytest.raises(CheckFailed, match=f"start-here--invert is {outcome}"):
            lab.check("invert", answer)
        assert looked_over(shown[-1])["outcome"] == outcome
    lab.check("invert", lab.exercises["invert"].reference)
    assert looked_over(shown[-1])["outcome"] == "passed" and len(shown) == 4


@pytest.mark.parametrize("value", ["", "0"])
def test_strict_can_be_switched_off(monkeypatch, shown, value):
    monkeypatch.setenv("GANHACKS_STRICT", value)
    Lab("start_here").check("invert", None)
    assert len(shown) == 1


def test_hints_come_one_by_one_and_are_counted(shown):
    lab = Lab("mnist_gan")
    for wanted in (1, 2, 3, 3):
        lab.hint("preprocess")
        assert shown[-1].text == lab.exercises["preprocess"].hints[wanted - 1]
        lab.check("preprocess", None)
        assert looked_over(shown[-1])["hint_level"] == wanted
    lab.check("deprocess", None)
    assert looked_over(shown[-1])["hint_level"] == 0


def test_a_hint_is_for_what_was_checked_last(shown):
    lab = Lab("mnist_gan")
    lab.hint()
    lab.check("deprocess", None)
    lab.hint()
    assert [note.title for note in shown[::2]] == [
        "Hint 1 of 3 for make_latent_samples.",
        "Hint 1 of 3 for deprocess.",
    ]


@pytest.mark.parametrize("slug, name", EXERCISES)
def test_the_solution_is_the_reference_as_it_is_written(shown, slug, name):
    Lab(slug).solution(name)
    reference = exercises_of(slug)[name].reference
    assert shown[0].text == textwrap.dedent(inspect.getsource(reference)) and shown[0].code
    assert_well_formed(shown[0]._repr_mimebundle_()["text/html"])


def test_ready_names_what_is_waited_for(shown):
    lab = Lab("mnist_gan")
    assert not lab.ready("preprocess", "deprocess")
    assert "`preprocess`, `deprocess`" in shown[-1].text
    lab.check("preprocess", lab.exercises["preprocess"].reference)
    assert not lab.ready("preprocess", "deprocess")
    assert "`preprocess`" not in shown[-1].text and "`deprocess`" in shown[-1].text
    assert not lab.ready(lab.exercises["deprocess"].reference)
    assert "`deprocess`" in shown[-1].text
    shown.clear()
    assert lab.ready("preprocess") and not shown
    assert not lab.ready()
    first_three = "`make_latent_samples`, `make_generator`, `make_discriminator` and 5 more exercises"
    assert first_three in shown[-1].text


def test_a_function_that_changed_after_its_check_is_waited_for_again(shown, monkeypatch):
    notebook = {"invert": start_here.invert}
    monkeypatch.setattr("ganhacks.checks.engine.lab._from_notebook", notebook.get)
    lab = Lab("start_here")
    lab.check("invert")
    assert lab.ready("invert")
    notebook["invert"] = lambda images: -images
    assert not lab.ready("invert")
    assert "run the check once more" in shown[-1].text
    lab.summary()
    assert shown[-1].title.startswith("0 of 1") and shown[-1].text.startswith("check again")


def test_hint_and_solution_go_on_to_the_next_exercise_once_one_has_passed(shown):
    lab = Lab("mnist_gan")
    lab.check("make_latent_samples", lab.exercises["make_latent_samples"].reference)
    lab.hint()
    assert "for make_generator" in shown[-1].title
    lab.check("preprocess", lambda images: images)
    lab.hint()
    assert "for preprocess" in shown[-1].title


def test_an_answer_that_no_longer_passes_is_waited_for_again(shown):
    lab = Lab("start_here")
    lab.check("invert", lab.exercises["invert"].reference)
    assert lab.ready()
    lab.check("invert", None)
    assert not lab.ready()


@pytest.mark.parametrize(
    "choice, titles", [(" B ", ["Noted.", "You said b, and so it is."]), ("a", ["Noted.", "You said a; it is b."])]
)
def test_a_prediction_is_noted_and_answered(shown, choice, titles):
    lab = Lab("mnist_gan")
    lab.predict(choice)
    lab.reveal()
    assert [thing.title for thing in shown] == titles


def test_who_predicts_nothing_is_told_the_answer(shown):
    Lab("mnist_gan").reveal()
    assert [thing.title for thing in shown] == ["You made no prediction."]


@pytest.mark.parametrize("choice", ["d", "", None, 1, ["a"]])
def test_a_prediction_that_is_not_offered_is_said(choice):
    with pytest.raises(BadInput, match="put one of a, b, c, in quotes"):
        Lab("mnist_gan").predict(choice)


def test_a_lab_without_prediction_says_so():
    with pytest.raises(BadInput, match="asks for no prediction"):
        Lab("start_here").reveal()


def test_the_summary_has_a_line_for_every_exercise(shown):
    lab = Lab("mnist_gan")
    lab.check("preprocess", lab.exercises["preprocess"].reference)
    lab.hint("deprocess")
    lab.summary()
    assert shown[-1].title == "1 of 9 exercises passed."
    lines = shown[-1].text.splitlines()
    assert [line.split()[-1] for line in lines if "hints" not in line] == [n for n in lab.exercises if n != "deprocess"]
    assert any(re.match(r"passed +preprocess$", line) for line in lines)
    assert any(re.match(r"not checked +deprocess +\(1 of 3 hints\)$", line) for line in lines)


def test_notes_escape_what_they_quote():
    for code in (True, False):
        html = Note("<b>", "<script> `a < b`", code)._repr_mimebundle_()["text/html"]
        assert "<script>" not in html and "&lt;script&gt;" in html
        assert_well_formed(html)


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Ask for *one* class.", "Ask for <em>one</em> class."),
        ("*in place of* G's own", "<em>in place of</em> G's own"),
        ("`*args*` and *each* <b>", "<code>*args*</code> and <em>each</em> &lt;b&gt;"),
        ("2 * n rows and m * d columns", "2 * n rows and m * d columns"),
        ("n*d*k numbers, x ** 2 and y**2", "n*d*k numbers, x ** 2 and y**2"),
        ("f(*args, **more)", "f(*args, **more)"),
    ],
)
def test_a_message_marks_emphasis_and_code(text, wanted):
    html = Note("Hint", text)._repr_mimebundle_()["text/html"]
    assert html.split("</b> ")[1].removesuffix("</div>") == wanted
    assert_well_formed(html)


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_an_outcome_is_told_by_an_icon_and_a_word(outcome):
    bundle = Verdict("slug--a-name", outcome, "A sentence about the answer.")._repr_mimebundle_()
    assert re.match(r"[✔✘⚠○] a_name: \w", bundle["text/plain"])
    assert re.search(r"[✔✘⚠○] <b>a_name: \w", bundle["text/html"])
    looked_over(Verdict("slug--a-name", outcome, "A sentence about the answer."))


def test_what_a_function_inside_the_starter_does_counts_as_well():
    def reference(x):
        return [v * 2 for v in x]

    def given(x):
        return list(map(lambda v: v * 3, x))

    def untouched(x):
        return list(map(lambda v: v * 3, x))

    def mended(x):
        return list(map(lambda v: v * 2, x))

    exercise = Exercise("slug", reference, lambda answer: None, {}, (), "", given=given)
    for function in (untouched, mended):
        function.__name__ = "reference"
    assert exercise.is_untouched(untouched)
    assert not exercise.is_untouched(mended)


def test_an_argument_by_another_name_counts_as_well():
    def reference():
        return dict(momentum=0.8)

    def given():
        return dict(epsilon=0.8)

    def untouched():
        return dict(epsilon=0.8)

    def mended():
        return dict(momentum=0.8)

    exercise = Exercise("slug", reference, lambda answer: None, {}, (), "", given=given)
    for function in (untouched, mended):
        function.__name__ = "reference"
    assert exercise.is_untouched(untouched)
    assert not exercise.is_untouched(mended)


def test_a_broken_check_is_no_exception_for_the_student(shown):
    lab = Lab("start_here")
    broken = SimpleNamespace(**vars(lab.exercises["invert"]), id="start-here--invert", signature="(images)")
    broken.is_untouched = lambda answer: False
    broken.message = lab.exercises["invert"].message
    broken.check = raising(ZeroDivisionError())
    lab.exercises = {"invert": broken}
    lab.check("invert", abs)
    assert looked_over(shown[0])["outcome"] == "error"
