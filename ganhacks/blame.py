"""Say whose code failed: the line of the reader's own cell, what was raised in one line, and what to do instead."""

import functools
import inspect
import linecache
import re
import sysconfig
import traceback
from pathlib import Path

SHOWN = 200  # characters of what was raised
LINE = 100  # and of the line where
DEPTH = 10  # decorators around one another: an object that has every attribute would have no end of them

# What TensorFlow and Python say when code asks a tensor of the compiled loop for its value, and what to write instead.
NO_VALUE_YET = "Inside the compiled loop a tensor has no value yet"
ADVICE = (
    (
        r"len is not well defined|Tensor\b.* as an integer|sequence of integers.*Tensor\b",
        f"{NO_VALUE_YET}: for labels write tf.ones_like(logits), for a number of rows tf.shape(x)[0].",
    ),
    (r"as a Python `bool`", f"{NO_VALUE_YET}, so `if` cannot ask for it: write tf.where(condition, one, other)."),
    (r"Iterating over a symbolic", f"{NO_VALUE_YET}: calculate with the whole tensor at once, without a loop."),
    (
        r"[Ss]ymbolic",  # float(), int(), .numpy(), .item(), np.mean(), f"{loss:.3f}"
        f"{NO_VALUE_YET}: calculate with functions of tf or keras.ops and return the tensor itself.",
    ),
    (r"unsupported operations", "XLA, which compiles the step, does not know this operation: leave it out."),
    (r"singleton tf\.Variable", "Make layers, variables and optimizers once, outside this function."),
    (r"is out of scope", "A tensor of the compiled loop cannot be kept for later: return it, and store nothing."),
)

# What Python, NumPy and Keras say of everyday slips, and what it means.
MEANINGS = (
    (r"unsupported operand type\(s\) for \^", "A power is `**` in Python; `^` is something else."),
    (
        r"'(int|float|numpy\.\w+|EagerTensor)' object is not callable",
        "A bracket right behind a number calls it. Is a `*` missing before it?",
    ),
    (
        r"Output with path .* is not connected to `?inputs",
        "keras.Model(inputs, outputs) has to name every Input that its output needs.",
    ),
    (
        r"expected to be an? (float|half) tensor but is a double tensor",
        "NumPy draws float64, and TensorFlow mixes no types: draw with keras.random, or cast what NumPy gives to "
        "x.dtype.",
    ),
    (
        r"could not be broadcast together|Incompatible shapes: \[",
        "Arrays are lined up at their last axes, where only equal lengths and 1 fit: look at both shapes. Should a "
        "mean or a sum keep its axis (`keepdims=True`)?",
    ),
    (r"Variable cannot be used as a boolean", "A variable is neither true nor false: ask `is not None`."),
    (r"'NoneType' object has no attribute", "What stands before this dot is None here. When may it be?"),
    (
        r"convert a value \(None\) with an unsupported type",
        "A None went where numbers belong. Two usual ways: `== None` in place of `is None`; and a batch's size, which "
        "is None while a network is put together, so that what needs it belongs into a layer.",
    ),
    (
        r"KerasTensor cannot be used",
        "While a network is put together there are no numbers yet: take layers, or put this into one of your own.",
    ),
)


def one_line(value):
    """Return `str(value)` in one line, without the colour codes that Keras and TensorFlow put in their messages."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", _text(value)).split())


def _text(value):
    try:
        return str(value)
    except Exception:
        return ""


def said(error):
    """Return what was raised in one line: its name and its message, or its name alone."""
    kind, text = type(error).__name__, _text(error)
    if text.startswith("in user code:"):  # autograph tells the whole way first, and what was raised last
        kind, _, text = text.rsplit("\n\n", 1)[-1].strip().partition(": ")
    if text.startswith("Graph execution error:"):  # then comes, indented, where the operation is from
        lines = [line for line in text.splitlines()[1:] if line[:1].strip() and not line.startswith("Detected at")]
        text = lines[0] if lines else text
    text = re.split(r"\n\s*(?:The op is created|Stack trace|\[\[)|\s\[Op:", text)[0]
    text = re.sub(r"\{\{.*?\}\} ?", "", one_line(text))
    if advice(error):  # after its first sentence TensorFlow gives advice of its own
        text = re.sub(r" \([\w/]+:\d+\)", "", re.split(r"(?<=[\w)])\. ", text)[0])  # nor is the tensor's name of use
    if len(text) > SHOWN:  # no word is cut
        text = f"{text[:SHOWN].rsplit(' ', 1)[0]} …"
    return f"{kind}: {text}" if text else kind


def advice(error):
    """Return what to write instead, where an error comes of what the compiled loop cannot do, and "" elsewhere."""
    return _told_of(error, ADVICE)


def meaning(error):
    """Return what the words of an everyday error mean, or "". error: an exception, or its text."""
    return _told_of(error, MEANINGS)


def _told_of(error, table):
    text = one_line(error)
    return next((told for words, told in table if re.search(words, text)), "")


def place(error, function=None):
    """Say at which line of the reader's own code `error` was raised, number and text, or "" where that is not known.

    Their own is the file, or cell, of `function`, and all code that no library holds.
    """
    found = own_line(error, function)
    if found is None:
        return ""
    file, number, text = found
    said_of = "your cell" if file.startswith("<") or "ipykernel" in file else Path(file).name
    return f"line {number} of {said_of}" + (f", `{text[:LINE]}`" if text else "")


def own_line(error, function=None):
    """Return (file, number, text) of the last line of the reader's own code on the way to `error`, or None."""
    home = file_of(function)
    way = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    # A compiled function tells in its message where an operation came from.
    way += [(file, int(number)) for file, number in re.findall(r'File "(.+?)", line (\d+)', _text(error))]
    own = [place for place in way if place[0] == home or _is_own(*place)]
    return (*own[-1], linecache.getline(*own[-1]).strip()) if own else None


def _is_own(file, number):
    library = re.search(r"[/\\](?:site|dist)-packages[/\\]|__autograph_generated_file", file)
    return not library and not file.startswith(LIBRARIES) and bool(linecache.getline(file, number))


LIBRARIES = (str(Path(__file__).parent), sysconfig.get_path("stdlib"), "<frozen")


def file_of(function):
    """Return the file, or cell, in which a function, a class or a callable object was written, or None."""
    try:
        written = innermost(function)
        if inspect.isclass(written):
            written = written.__init__
        return (written if hasattr(written, "__code__") else type(written).__call__).__code__.co_filename
    except Exception:
        return None


def name_of(function):
    """Return the name under which a function was written: of a partial, that of the function in it."""
    written = innermost(function)
    name = getattr(written, "__name__", type(written).__name__)
    return "a lambda" if name == "<lambda>" else name


def innermost(function):
    """Return the function inside partials and decorators, `tf.function` among them."""
    for _ in range(DEPTH):
        if isinstance(function, functools.partial):
            function = function.func
        elif hasattr(function, "python_function"):
            function = function.python_function
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
    return function
