"""The tool that carries accepted answers through their labs: which go together, who broke it, and what is kept."""

import json
import multiprocessing

import pytest

from tools import carry

RIGHTS = {"double": [lambda x: 2 * x, lambda x: x + x, lambda x: x << 1], "halve": [lambda x: x / 2]}


def test_a_round_takes_one_answer_of_every_exercise_that_has_one_left():
    assert carry.rounds(RIGHTS) == [{"double": 0, "halve": 0}, {"double": 1}, {"double": 2}]
    assert carry.rounds({}) == []


@pytest.mark.parametrize(
    ("breaking", "blamed"),
    [
        (lambda chosen: False, []),
        (lambda chosen: "halve" in chosen, [{"halve": 0}]),
        (lambda chosen: True, [{"double": 0}, {"halve": 0}]),
        (lambda chosen: len(chosen) > 1, [{"double": 0, "halve": 0}]),
    ],
    ids=["none", "one", "both", "only together"],
)
def test_the_answers_that_break_a_lab_are_found_singly(breaking, blamed):
    def run(chosen):
        return {"error": "broke", "carried": ["double", "halve"]} if breaking(chosen) else None

    assert [one for one, _ in carry.culprits({"double": 0, "halve": 0}, run)] == blamed


def test_an_exercise_after_the_broken_cell_is_not_suspected():
    tried = []

    def run(chosen):
        tried.append(chosen)
        return {"error": "broke", "carried": ["double"]}

    assert len(carry.culprits({"double": 0, "halve": 0}, run)) == 1
    assert len(tried) == 1


CELLS = [
    ("", "start = 3"),
    ("double", "def double(x):\n    return 2 * x"),
    ("", "# checked\nassert double(start) == 6"),
    ("", "print(double(start).bit_length())"),
]


def as_a_float(x):
    return 2.0 * x


def broken(answers, sender):
    sender.send(carry.first_break(CELLS, answers))


@pytest.mark.everywhere
@pytest.mark.parametrize("answers", [{}, {"double": as_a_float}], ids=["the course's own", "an accepted one"])
def test_the_first_cell_that_raises_is_told(answers):
    receiver, sender = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.get_context("spawn").Process(target=broken, args=(answers, sender))
    worker.start()  # IPython has one shell for a process
    how = receiver.recv()
    worker.join()
    if not answers:
        assert how is None
    else:
        assert how["cell"] == 3 and how["carried"] == ["double"]
        assert how["begins"] == "print(double(start).bit_length())"
        assert how["error"].startswith("AttributeError: 'float' object has no attribute")


def test_a_finished_round_is_not_run_again_until_the_texts_change(tmp_path, capsys):
    path, runs = tmp_path / "toy.json", []

    def run(chosen):
        runs.append(chosen)
        return {"cell": 1, "begins": "x", "error": "broke", "carried": ["double"]} if chosen == {"double": 1} else None

    def go_through(texts):
        result = carry.kept(path, texts)
        carry.go_through("toy", RIGHTS, result, run, path)
        return result

    go_through("as they are")
    stopped = json.loads(path.read_text())
    assert [len(found) for found in stopped["rounds"]] == [0, 1, 0]
    path.write_text(json.dumps({**stopped, "rounds": stopped["rounds"][:2]}))
    runs.clear()
    result = go_through("as they are")
    assert runs == [{"double": 2}]
    assert carry.summary({"toy": result}, {"toy": 4}).endswith(
        "4 accepted answers carried through 1 labs, 1 broke something"
    )
    runs.clear()
    go_through("changed")
    assert len(runs) == 3
    assert "BROKE double: <lambda>" in capsys.readouterr().out


def test_every_lab_has_cells_for_its_answers():
    cells = [name for name, _ in carry._cells("mnist_gan")]
    assert set(carry._rights("mnist_gan")) <= set(cells)


def test_a_lab_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit):
        carry.main(["mnist_gun"])
    assert "there is no lab 'mnist_gun'" in capsys.readouterr().err
