"""What students are told: the words of every exercise, and the numbers that each slip's verdict shows.

    python -m tests.checks.told           write the files in tests/checks/told/ again
    python -m tests.checks.told SLUG ...  of some labs alone

A slip is a wrong function, and a test can only hold it against itself. So what its verdict shows is kept here, to be
read where it changes: `yours` is to be what the misconception's words say. The words are those of the course; a change
of them shows here too, beside all others of its exercise.
"""

import json
import re
import sys
from pathlib import Path

import IPython.display

from ganhacks import files
from ganhacks.checks import Lab
from ganhacks.checks.engine.exercise import exercises_of, slugs
from ganhacks.checks.engine.verdict import MIME

FOLDER = Path(__file__).parent / "told"
#: (lab, exercise) -> by how much numbers may differ from those that are kept: percentages of random numbers here, which
#: layers without a seed of their own draw
LUCK = {("generator_dropout", "decoder_block"): 5}
# Two outputs are next to equally far off, and which one is shown differs between processors.
LUCK[("batch_norm", "make_normalized_block")] = 0.01
#: (lab, exercise, number of a slip) whose verdict shows outputs on some processors alone: TensorFlow's own convolutions
#: refuse channels that come first, and oneDNN's compute them. So elsewhere such an answer raises.
ON_SOME = {("leaky_relu", "make_leaky_block", 41)}
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|\bnan\b|\binf\b")


def words_of(exercise):
    """Return what an exercise can say, as it stands in its check: a list of lines."""
    hints = [f"hint {number}: {hint}" for number, hint in enumerate(exercise.hints, 1)]
    misconceptions = [f"{name}: {text}" for name, text in exercise.misconceptions.items()]
    return [f"praise: {exercise.praise}", *hints, *misconceptions]


def numbers_in(message):
    """Return the numbers of a message as floats, in order."""
    return [float(number.replace(",", "")) for number in NUMBER.findall(message)]


def line_of(number, misconception, message):
    """Return the line of a slip: what it is called, and the numbers that its verdict shows."""
    shown = " ".join(f"{value:.6g}" for value in numbers_in(message))
    return f"slip {number} {misconception}: {shown}".rstrip()


def read(slug):
    """Return the file of a lab: {exercise: its lines}."""
    path, found = FOLDER / f"{slug}.txt", {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if line.startswith("# "):
            lines = found.setdefault(line[2:], [])
        elif line:
            lines.append(line)
    return found


def write(slug):
    """Write the file of a lab from what its checks say now."""
    verdicts = []
    IPython.display.display = verdicts.append
    lines = []
    for name, exercise in exercises_of(slug).items():
        lines += [f"# {name}", *words_of(exercise)]
        for number, (misconception, slip, *_) in enumerate(exercise.slips):
            Lab(slug).check(name, slip)
            message = json.loads(json.dumps(verdicts.pop()._repr_mimebundle_()[MIME]))["message"]
            lines.append(line_of(number, misconception, message))
        lines.append("")
    files.write(FOLDER / f"{slug}.txt", "\n".join(lines).encode())


if __name__ == "__main__":
    for one in sys.argv[1:] or slugs():
        write(one)
        print(one, flush=True)
