"""Compare what an answer does with what it should do, and with what each known slip would do.

A check that compares has a reference, inputs with their edges, and slips: pairs of a misconception and *the wrong
function itself*. All three are called on the same inputs. If the answer does what a slip does, on every input, then
the slip's misconception is what the answer shows: a cause that was computed. If no slip explains it, the verdict says
what was seen: the smallest input that goes wrong, yours beside wanted.

What "does" means is up to `observe`: here it is what a function returns; for networks see `networks`.
"""

import functools
import inspect
import itertools
import re
from dataclasses import dataclass

import numpy as np

from ganhacks import blame
from ganhacks.checks.engine import patterns
from ganhacks.checks.engine.exercise import FALLBACKS, Wrong
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import array, number, told

MOST = 8  # entries of an array that a message shows whole


@dataclass(frozen=True)
class Run:
    """What was seen on one input: the arguments, what the answer did, what the reference did."""

    args: tuple
    found: object
    wanted: object


@dataclass(frozen=True)
class Example:
    """The smallest input that goes wrong. text: a sentence; picture: yours beside wanted, a Picture, where it helps."""

    text: str
    picture: object = None


def judge(answer, inputs, *, atol=1e-5, rtol=1e-5, dtype=None, pictured=None, fits=None, also=()):
    """Judge a function that returns numbers, arrays, or tuples of them, by its values. Raises Wrong.

    answer: a `sandbox.Answer`. inputs: tuples of arguments, small ones and edges among them. What it should return is
    what its reference returns, to within atol + rtol * wanted. dtype: the type that every array must have, such as
    "float32", if the exercise names one. pictured: "images" or "points", to draw yours beside wanted. fits, also: as in
    `compare`, for what is told of values that no slip explains, and for functions that are right as well.

    For nothing, every check that calls this also tries the answer without its optional arguments, and twice on the
    same arguments; and it knows the slips of any function: an argument that is ignored, two that are exchanged,
    results in another order, another default.
    """

    def observe(function, args):
        return function(*_fresh(args))

    def alike(found, wanted):
        return same(found, wanted, atol, rtol)

    def describe(run):
        return example(answer, run, pictured)

    runs = compare(answer, inputs, observe, alike, fits=fits, describe=describe, also=also)
    for run in runs:
        _judge_dtype(run.found, run.wanted, dtype)
    _judge_repetition(answer, runs, observe, alike)


def compare(answer, calls, observe, alike, *, fits=None, describe=None, case=None, details=None, also=()):
    """Return the runs of an answer that does on every call what its reference does, or raise Wrong.

    calls: tuples of arguments. An answer that has the optional arguments is also called without them.
    observe(function, args): what a function does. alike(found, wanted): whether two such are the same. fits(found,
    wanted, case): raises Wrong if `found` is not of the kind that is wanted, after no slip explained it. describe(run):
    the Example of a run that goes wrong. case(args): a call in words, such as "p = 0.2".
    details: what messages may name beside the arguments, yours and wanted. also: functions that are right as well.
    """
    fits, describe = fits or fitting, describe or (lambda run: example(answer, run))
    case = case or (lambda args: told_call(answer, args))
    calls = [*map(tuple, calls)]
    runs = [Run(args, _seen(answer, args, observe, case), observe(answer.reference, args)) for args in calls]
    for args in _without_defaults(answer.reference, calls):
        try:
            runs.append(Run(args, _seen(answer, args, observe, case), observe(answer.reference, args)))
        except Wrong as wrong:
            if wrong.misconception != "wrong_arguments":  # no defaults: then every call in the lab says all
                raise
    failing = [run for run in runs if not alike(run.found, run.wanted)]
    if not failing or any(_explains(other, runs, observe, alike) for other in also):
        return runs
    smallest = min(failing, key=lambda run: _size(run.args))
    shown, named = _described(describe, smallest), {**_details(answer, smallest), **(details or {})}
    _judge_defaults(answer, runs, failing)
    for misconception, slip, *more in [*answer.exercise.slips, *_slips_of_anybody(answer, runs)]:
        if _explains(slip, [*failing, *runs], observe, alike):
            raise Wrong(misconception, shown, **{**named, **dict(*more)})
    unknown = Wrong("differs", shown, **named)
    try:
        for run in failing:
            fits(run.found, run.wanted, f" for {case(run.args)}" if run.args else "")
    except Wrong as wrong:
        if wrong.misconception not in FALLBACKS:
            raise
        unknown = wrong
    _judge_pattern(answer, runs, failing, observe, alike, shown, named)
    raise unknown


def _seen(answer, args, observe, case):
    try:
        return observe(answer, args)
    except AnswerRaised as raised:
        for misconception, slip, *more in answer.exercise.slips:
            if _raises_alike(slip, args, observe, raised.error):
                raise Wrong(misconception, **dict(*more)) from None
        raised.call = f", called with {case(args)}" if args else ""
        raise


def _explains(slip, runs, observe, alike):
    """Tell whether a wrong function does what the answer does, on every input."""
    for run in runs:
        try:
            if not alike(run.found, observe(slip, run.args)):
                return False
        except Exception:  # a slip need not be defined for every input
            return False
    return True


def _raises_alike(slip, args, observe, error):
    """Tell whether a wrong function raises what the answer raised, whatever names and numbers stand in the text."""
    try:
        observe(slip, args)
    except Exception as raised:
        return _wording(blame.said(raised)) == _wording(error)
    return False


def _wording(error):
    """Return what an error says, without names and numbers, but for a missing argument and the kind that was handed."""
    kinds = re.findall(r"of type <class '(\w+)'>", error)
    return " ".join([re.sub(r"<.*>|(?<!argument: )'[^']*'|\{\{.*?\}\}|[\w/]*\d[\w.]*", "", error), *kinds])


def _judge_pattern(answer, runs, failing, observe, alike, shown, named):
    """Raise Wrong if something can be said of all inputs: where it goes wrong, or how yours and wanted are related.

    Only of results that are of the right kind: what else is wrong comes first.
    """
    pairs = [(run.found, run.wanted) for run in runs]
    if not all(_of_a_kind(*pair) for pair in pairs):
        return
    _judge_repetition(answer, failing, observe, alike)
    wrong = [any(run is one for one in failing) for run in runs]
    whole = _whole_arguments(answer.reference, runs)
    if not all(wrong) and len(whole) == len(runs):
        columns = dict(zip(inspect.signature(answer.reference).parameters, zip(*whole)))
        sizes = {f"len({name})": [*map(len, values)] for name, values in columns.items() if all(map(np.ndim, values))}
        place = patterns.where(columns, wrong, sizes)
        if place:
            raise Wrong("goes_wrong_where", shown, **{**named, "place": place, "n_right": wrong.count(False)})
    related = patterns.relation(pairs)
    if related:
        raise Wrong(related[0], shown, **{**named, **related[1]})
    if _looks_at_the_batch(answer, runs, observe, alike):
        raise Wrong("part_of_a_batch", shown, **named)


def _looks_at_the_batch(answer, runs, observe, alike):
    """Tell whether a sample's result is another one alone than in its batch, and the reference's never is."""
    looks = False
    for run in runs:
        n = len(run.wanted) if hasattr(run.wanted, "dtype") and np.ndim(run.wanted) else 0
        if n < 2 or not any(np.ndim(arg) and len(arg) == n for arg in run.args):
            continue
        for i in (0, n - 1):
            alone = [arg[i : i + 1] if np.ndim(arg) and len(arg) == n else arg for arg in run.args]
            try:
                if not alike(observe(answer.reference, alone), run.wanted[i : i + 1]):
                    return False  # the batch counts
                looks |= not alike(observe(answer, alone), run.found[i : i + 1])
            except Exception:  # not everything takes a single sample
                break
    return looks


def _of_a_kind(found, wanted):
    if isinstance(wanted, (str, bool)):
        return type(found) is type(wanted)
    if isinstance(wanted, tuple):
        return isinstance(found, (tuple, list)) and len(found) == len(wanted) and all(map(_of_a_kind, found, wanted))
    if not isinstance(wanted, (int, float)) and not hasattr(wanted, "dtype"):
        return False  # a network, an update
    return not isinstance(found, (str, bool)) and not _ragged(found) and np.shape(found) == np.shape(wanted)


def _described(describe, run):
    try:
        return describe(run)
    except Exception:  # odd results are told by `fits`
        return None


def _details(answer, run):
    """Return what a message may name: each argument that is short, and yours and wanted where they are furthest."""
    named = {name: value for name, value in named_arguments(answer, run.args).items() if np.ndim(value) == 0}
    details = {name: value for name, value in named.items() if isinstance(value, (int, float, str, bool, type(None)))}
    try:
        found, wanted, _ = furthest(run.found, run.wanted)
        details["found"], details["wanted"] = apart(found, wanted)
    except Exception:
        details |= {"found": told(run.found), "wanted": told(run.wanted)}
    return details


def _slips_of_anybody(answer, runs):
    """Return the slips that any function can show, made from its reference."""
    reference, parameters = answer.reference, [*inspect.signature(answer.reference).parameters.values()]
    slips = []
    whole_numbers = {"found": "whole numbers", "wanted": "fractions too"}
    if isinstance(runs[0].wanted, (int, float, tuple)) or hasattr(runs[0].wanted, "dtype"):  # no networks, no updates
        for cut in (np.trunc, np.round):
            slips.append(("integers", lambda *args, cut=cut: _each(cut, reference(*args)), whole_numbers))
    if isinstance(runs[0].wanted, tuple):
        slips.append(("swapped_results", lambda *args: tuple(reversed(reference(*args)))))
    whole = _whole_arguments(reference, runs)
    for i, (parameter, values) in enumerate(zip(parameters, zip(*whole))):
        if not all(isinstance(value, (int, float)) for value in values) or len(set(values)) == 1:
            continue
        fixed = [values[0], values[1]] if parameter.default is parameter.empty else [parameter.default]
        for value in fixed:
            more = {"argument": parameter.name, "value": short(value)}
            slips.append(("ignores_argument", _fixed(reference, i, value), more))
    for i, j in itertools.combinations(range(len(parameters)), 2):
        if whole and all(type(args[i]) is type(args[j]) for args in whole):
            more = {"argument": parameters[i].name, "other": parameters[j].name}
            slips.append(("swapped_arguments", _exchanged(reference, i, j), more))
    return slips


def _judge_defaults(answer, runs, failing):
    """Raise Wrong if the answer is right when told everything, and does something else without an optional argument."""
    parameters = [*inspect.signature(answer.reference).parameters.values()]
    if any(len(run.args) == len(parameters) for run in failing) or not any(
        len(r.args) == len(parameters) for r in runs
    ):
        return
    left_off = parameters[max(len(run.args) for run in failing)]
    raise Wrong("other_default", argument=left_off.name, value=short(left_off.default))


def _each(function, result):
    return tuple(map(function, result)) if isinstance(result, tuple) else function(result)


@functools.cache  # one function for each, so that what a network does needs to be seen only once
def _fixed(reference, i, value):
    def slip(*args):
        args = _told_all(reference, args)
        args[i] = value
        return reference(*args)

    return slip


@functools.cache
def _exchanged(reference, i, j):
    def slip(*args):
        args = _told_all(reference, args)
        args[i], args[j] = args[j], args[i]
        return reference(*args)

    return slip


def _whole_arguments(reference, runs):
    """Return the arguments of each call with the defaults; of calls that are told by a name alone, none."""
    required = sum(p.default is p.empty for p in inspect.signature(reference).parameters.values())
    return [_told_all(reference, run.args) for run in runs if len(run.args) >= required]


def _told_all(reference, args):
    """Return the arguments of a call with those that it leaves to their defaults."""
    bound = inspect.signature(reference).bind(*args)
    bound.apply_defaults()
    return [*bound.args]


def _without_defaults(reference, calls):
    """Return the calls with each optional argument left off in turn, from the last one."""
    parameters = [*inspect.signature(reference).parameters.values()]
    required = sum(p.default is p.empty for p in parameters)
    longest = max(calls, key=len, default=())
    shorter = [longest[:n] for n in range(required, len(parameters)) if n <= len(longest)]
    known = {len(args) for args in calls}
    return [args for args in shorter if len(args) not in known]


def _judge_dtype(found, wanted, dtype):
    """Raise Wrong unless an array is of the type that is asked for: a fraction at least where fractions are wanted."""
    if isinstance(wanted, tuple):
        for part, of in zip(found, wanted):
            _judge_dtype(part, of, dtype)
        return
    if isinstance(wanted, np.ndarray) and not isinstance(found, np.ndarray):  # the right numbers in a list, a tensor
        raise Wrong("wrong_type", found=told(found), wanted="a NumPy array")
    if not hasattr(found, "dtype") or not hasattr(wanted, "dtype"):
        return
    found, wanted = np.dtype(_named(found.dtype)), np.dtype(dtype or _named(wanted.dtype))
    if dtype and found.kind in "iub" and wanted.kind == "f":
        raise Wrong("integers", found=found, wanted=wanted)
    if dtype and found != wanted:
        raise Wrong(
            "float64" if found == "float64" and wanted == "float32" else "wrong_dtype", found=found, wanted=wanted
        )


def _named(dtype):
    return getattr(dtype, "name", dtype)  # TensorFlow's types are not NumPy's


def _judge_repetition(answer, runs, observe, alike):
    """Raise Wrong if the same arguments give something else the second time; random functions get the same `rng`."""
    for run in runs[:3]:
        again = observe(answer, run.args)
        if not (alike(again, run.found) or same(again, run.found)):  # `alike` may refuse the answer's kind of value
            drawn = any(isinstance(arg, np.random.Generator) for arg in run.args)
            raise Wrong("ignores_rng" if drawn else "another_result")
        if any(map(_one_array, *map(_parts, (again, run.found)))):
            raise Wrong("kept_array")


def _parts(result):
    return result if isinstance(result, (tuple, list)) else [result]


def _one_array(one, other):
    return isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and np.shares_memory(one, other)


# ---- one value beside another


def same(found, wanted, atol=1e-5, rtol=1e-5):
    """Tell whether two results are the same: in kind, in shape, and in value to within atol + rtol * |wanted|."""
    if isinstance(wanted, (tuple, list)):
        fits = isinstance(found, (tuple, list)) or len(getattr(found, "shape", ())) > 0
        return fits and len(found) == len(wanted) and all(same(f, w, atol, rtol) for f, w in zip(found, wanted))
    if wanted is None or isinstance(wanted, (str, bool, dict)):
        return type(found) is type(wanted) and found == wanted
    if found is None or isinstance(found, (str, bytes, dict, set)) or _ragged(found):
        return False
    if np.shape(found) != np.shape(wanted):
        return False
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.dtype.kind not in "fiub":
        return False
    return bool(np.allclose(found.astype("float64"), wanted.astype("float64"), rtol, atol, equal_nan=True))


def _ragged(value):
    try:
        np.shape(value)
    except ValueError:  # a list of arrays of different shapes
        return True
    return False


def fitting(found, wanted, case=""):
    """Raise Wrong unless `found` is of the kind of `wanted`: an array, a tensor, a number, or a tuple of them."""
    if isinstance(wanted, tuple):
        if found is None:
            raise Wrong("returns_nothing")
        if not isinstance(found, (tuple, list)) or len(found) != len(wanted):
            raise Wrong("wrong_type", found=told(found), wanted=f"a tuple of {len(wanted)}")
        for part, of in zip(found, wanted):
            fitting(part, of, case)
    elif isinstance(wanted, np.ndarray):
        array(found, wanted.shape, case)
    elif hasattr(wanted, "shape") and np.ndim(wanted):
        if found is not None and not hasattr(found, "shape"):
            raise Wrong("wrong_type", found=told(found), wanted="a tensor")
        array(found if found is None else np.asarray(found), wanted.shape, case)
    elif isinstance(wanted, (int, float, np.number)) or hasattr(wanted, "shape"):
        if not isinstance(wanted, bool):
            number(found)
    elif found is None:
        raise Wrong("returns_nothing")
    elif type(found) is not type(wanted):
        raise Wrong("wrong_type", found=told(found), wanted=told(wanted))


def furthest(found, wanted):
    """Return yours, wanted and the place of the entry that is furthest off; the place is None for single values."""
    if isinstance(wanted, (tuple, list)):
        parts = [furthest(f, w) for f, w in zip(found, wanted) if not same(f, w)] or [(found[0], wanted[0], None)]
        return max(parts, key=lambda part: abs(np.subtract(part[0], part[1], dtype="float64")))
    if np.ndim(wanted) == 0:
        return found, wanted, None
    found, wanted = np.asarray(found), np.asarray(wanted)
    off = np.abs(found.astype("float64") - wanted.astype("float64"))
    place = np.unravel_index(np.argmax(np.where(np.isnan(off), np.inf, off)), off.shape)
    return found[place], wanted[place], tuple(map(int, place))


def apart(found, wanted):
    """Return two values as text, with as many digits as tell them apart."""
    found, wanted = (np.asarray(v)[()] if hasattr(v, "shape") and np.shape(v) == () else v for v in (found, wanted))
    if not all(isinstance(v, (int, float, np.number)) and not isinstance(v, bool) for v in (found, wanted)):
        return str(found), str(wanted)
    for digits in range(4, 18):
        texts = [f"{float(value) + 0.0:.{digits}g}" for value in (found, wanted)]  # no -0
        if texts[0] != texts[1]:
            break
    return tuple(texts) if texts[0] != texts[1] else (f"{float(found):.4g}", f"{float(wanted):.4g}")


def short(value):
    """Return a value as short text for a message: a number, or an array of a few, or the kind of a larger one."""
    if isinstance(value, (bool, str, type(None))):
        return repr(value)
    if isinstance(value, (int, float, np.number)):
        return f"{float(value):.4g}" if isinstance(value, (float, np.floating)) else str(value)
    listed = isinstance(value, (tuple, list)) and all(np.ndim(part) == 0 for part in value)
    if listed and len(value) <= MOST:
        inside = ", ".join(map(short, value))
        return f"({inside})" if isinstance(value, tuple) and len(value) > 1 else f"[{inside}]"
    try:
        entries = np.asarray(value)
        if not listed and 0 < entries.size <= MOST and entries.dtype.kind in "fiub":
            kinds = {"float_kind": lambda v: f"{v + 0.0:.4g}", "int_kind": "{:d}".format}  # 0, not -0
            return " ".join(np.array2string(entries, separator=", ", formatter=kinds).split())
    except Exception:  # an object that does not want to be looked at
        pass
    return told(value)


# ---- the example


def example(answer, run, pictured=None):
    """Return the `Example` of a run that goes wrong: its input, and yours beside wanted where they differ most."""
    case, picture = told_call(answer, run.args), _picture(run, pictured)
    if np.shape(run.found) != np.shape(run.wanted) and not isinstance(run.wanted, tuple):
        return Example(f"For {case}: yours {short(run.found)}, wanted {short(run.wanted)}.", picture)
    several = isinstance(run.wanted, tuple)
    if all(np.ndim(part) == 0 for part in run.wanted) if several else np.size(run.wanted) <= MOST:
        yours, wanted = short(run.found), short(run.wanted)
        if yours != wanted and np.ndim(run.wanted):
            return Example(f"For {case}: yours {yours}, wanted {wanted}.", picture)
    found, wanted, which = run.found, run.wanted, ""
    if several:  # of several results the first that is off
        i = next((i for i, part in enumerate(zip(found, wanted)) if not same(*part)), 0)
        found, wanted, which = found[i], wanted[i], f", in result {i + 1} of {len(wanted)}"
    found, wanted, place = furthest(found, wanted)
    yours, wanted = apart(found, wanted)
    where = which + (f", at {_place(place)}{_inputs_at(answer, run, place)}" if place is not None else "")
    return Example(f"For {case}{where}: yours {yours}, wanted {wanted}.", picture)


def told_call(answer, args):
    """Describe the arguments of a call in a few words: those that a student can put in by hand."""
    named = named_arguments(answer, args).items()
    told_of = [_told_argument(n, v) for n, v in named if not callable(v) and not isinstance(v, np.random.Generator)]
    return ", ".join(told_of) or "a call without arguments"


def _told_argument(name, value):
    text = short(value)
    whole = text != told(value) or not hasattr(value, "shape")
    return f"{name} = {text}" if whole else f"{name} of shape {tuple(value.shape)}"


def named_arguments(answer, args):
    """Return the arguments of a call by the names that the exercise gives them."""
    return dict(zip(inspect.signature(answer.reference).parameters, args))


def _place(place):
    return "[" + ", ".join(map(str, place)) + "]"


def _inputs_at(answer, run, place):
    """Say what stands at the same place of the arguments that have the result's shape."""
    shape = np.shape(run.wanted)
    named = named_arguments(answer, run.args)
    there = [
        f"{n} {short(np.asarray(v)[place].item())}"
        for n, v in named.items()
        if np.shape(v) == shape and np.size(v) > MOST
    ]
    return f" ({', '.join(there)})" if there else ""


def _picture(run, pictured):
    """Draw yours beside wanted: images in two rows, or points in two panels. None for what is neither."""
    if pictured is None or np.shape(run.found) != np.shape(run.wanted):
        return None
    found, wanted = np.asarray(run.found), np.asarray(run.wanted)
    if pictured == "points" and wanted.shape[1:] != (2,):  # one point, or points not of the plane
        return None
    if pictured == "images" and (np.prod(wanted.shape[1:]) != 784 or found.dtype.kind not in "fiu"):
        return None
    from ganhacks.pictures import charts, plots

    if pictured == "images":
        both = np.concatenate([_as_grey_values(found[:10]), wanted[:10]])
        title = "Above what your function returns, below what is wanted"
        return plots.digits(both, title, columns=len(both) // 2, row_labels=("yours", "wanted"))
    parts = {"yours": found, "wanted": wanted}
    return charts.clouds({name: {name: xy} for name, xy in parts.items()}, "Your points beside those that are wanted")


def _as_grey_values(images):
    """Return numbers as the uint8 that a screen makes of them: it shows nothing beyond black and white."""
    return np.clip(np.nan_to_num(images), 0, 255).astype("uint8")


# ---- inputs


def _fresh(args):
    """Return the arguments with a generator of its own for each call: what is drawn depends on nothing before."""
    return [_copied(arg) if isinstance(arg, np.random.Generator) else arg for arg in args]


def _copied(rng):
    bits = type(rng.bit_generator)()
    bits.state = rng.bit_generator.state
    return np.random.Generator(bits)


def _size(args):
    return sum(np.size(arg) for arg in args if hasattr(arg, "shape")) + 1e-3 * len(args)
