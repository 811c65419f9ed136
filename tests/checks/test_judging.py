"""How an answer is compared with its reference and with its slips, and what the verdict shows."""

import numpy as np
import pytest

from ganhacks.checks.engine import properties
from ganhacks.checks.engine.exercise import Exercise, Wrong
from ganhacks.checks.engine.judging import Run, apart, example, judge, same, short
from ganhacks.checks.engine.sandbox import Answer, AnswerRaised


def scaled(x, factor=2.0, shift=1.0):
    return factor * x + shift


SLIPS = (
    ("no_shift", lambda x, factor=2.0, shift=1.0: factor * x),
    ("squared", lambda x, factor=2.0, shift=1.0: factor * x**2 + shift, {"power": 2}),
)
INPUTS = [(np.array([0.5, -3.0]), 2.0, 1.0), (np.linspace(-2, 5, 40), 3.0, 0.5), (np.array([1.5]), 0.5, -1.0)]


def wrong_of(function, reference=scaled, slips=SLIPS, inputs=INPUTS, **more):
    """Return the Wrong that judging a function raises."""
    exercise = Exercise("toy", reference, None, {}, (), "", slips=slips)
    with pytest.raises(Wrong) as caught:
        judge(Answer(function, exercise), inputs, **more)
    return caught.value


def passes(function, reference=scaled, slips=SLIPS, inputs=INPUTS, **more):
    judge(Answer(function, Exercise("toy", reference, None, {}, (), "", slips=slips)), inputs, **more)
    return True


def test_what_does_the_same_passes_in_any_style():
    assert passes(lambda x, factor=2.0, shift=1.0: np.add(x * factor, shift))


def test_an_answer_that_does_what_a_slip_does_is_given_its_misconception():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: x * factor)
    assert wrong.misconception == "no_shift"


def test_a_slip_may_bring_words_for_the_message():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: x * x * factor + shift)
    assert (wrong.misconception, wrong.details["power"]) == ("squared", 2)


def test_a_slip_that_fits_one_input_alone_is_no_cause():
    # At the two numbers of the first input it is like "no_shift", nowhere else.
    def sometimes(x, factor=2.0, shift=1.0):
        return np.where(np.isin(x, INPUTS[0][0]), factor * x, factor * x + shift + 1)

    assert wrong_of(sometimes).misconception == "differs"


def test_where_no_slip_explains_it_the_smallest_input_is_shown_with_yours_beside_wanted():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: factor * x + shift + x**3)
    assert wrong.misconception == "differs"
    assert wrong.example.text == "For x = [1.5], factor = 0.5, shift = -1: yours [3.125], wanted [-0.25]."


def test_of_a_long_array_the_worst_entry_is_shown_with_what_stands_there():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: factor * x + shift + (x == 5), inputs=INPUTS[1:2])
    assert wrong.example.text == "For x of shape (40,), at [39] (x 5): yours 12, wanted 11."


def test_two_numbers_that_look_alike_are_shown_apart():
    assert apart(2.6821, 2.6822) == ("2.6821", "2.6822")
    assert apart(1.0, 1.0000001) == ("1", "1.0000001")
    assert apart(0.6000000238418579, 0.7) == ("0.6", "0.7")


def test_long_things_are_told_by_their_shape():
    assert short(np.zeros((40, 3))) == "a NumPy array of shape (40, 3)"
    assert short(np.float32(0.1)) == "0.1"
    assert short([1.0, 2.5]) == "[1, 2.5]"


# ---- what every function is asked


def test_an_argument_that_is_not_used_is_named():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: factor * x + 1.0)
    assert (wrong.misconception, wrong.details["argument"]) == ("ignores_argument", "shift")


def test_two_exchanged_arguments_are_named():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: shift * x + factor)
    assert (wrong.misconception, wrong.details["argument"], wrong.details["other"]) == (
        "swapped_arguments",
        "factor",
        "shift",
    )


def test_another_default_is_found_without_being_asked_for():
    wrong = wrong_of(lambda x, factor=2.0, shift=0.0: factor * x + shift)
    assert (wrong.misconception, wrong.details["argument"], wrong.details["value"]) == ("other_default", "shift", "1")


def test_an_answer_without_defaults_passes_since_the_labs_say_all():
    assert passes(lambda x, factor, shift: factor * x + shift)


def test_results_in_another_order_are_named():
    def both(x):
        return x + 1, x - 1

    wrong = wrong_of(lambda x: (x - 1, x + 1), reference=both, slips=(), inputs=[(np.array([1.0, 2.0]),)])
    assert wrong.misconception == "swapped_results"


def test_what_is_kept_between_calls_is_found():
    calls = []

    def counts(x, factor=2.0, shift=1.0):
        calls.append(1)
        return factor * x + shift + (len(calls) > 4)

    assert wrong_of(counts).misconception in ("another_result", "other_default")


def test_fractions_that_were_cut_off_are_named():
    wrong = wrong_of(lambda x, factor=2.0, shift=1.0: (factor * x + shift).astype(int))
    assert wrong.misconception == "integers"


def test_a_type_that_is_asked_for_is_held():
    reference = scaled_to_float32
    wrong = wrong_of(lambda x: x * 1.0, reference=reference, slips=(), inputs=[(np.array([1.0]),)], dtype="float32")
    assert wrong.misconception == "float64"


def scaled_to_float32(x):
    return x.astype("float32")


@pytest.mark.parametrize(
    "returned, misconception",
    [(None, "returns_nothing"), (3.0, "wrong_type"), ([1.0], "wrong_type"), (np.ones(3), "wrong_shape")],
)
def test_what_is_no_such_thing_is_told(returned, misconception):
    assert wrong_of(lambda x, factor=2.0, shift=1.0: returned).misconception == misconception


def test_an_exception_tells_the_call_that_it_came_from():
    def fails(x, factor=2.0, shift=1.0):
        return 1 / 0 if shift < 0 else factor * x + shift

    with pytest.raises(AnswerRaised) as caught:
        passes(fails)
    assert caught.value.problem.endswith("called with x = [1.5], factor = 0.5, shift = -1")


def test_the_same_is_the_same_in_kind_and_shape_too():
    assert same(np.float32([1, 2]), np.array([1.0, 2.0]))
    assert not same(np.ones((2, 1)), np.ones(2))
    assert not same(None, np.ones(2))
    assert not same(1.0, True) and same(1.0, 1.0 + 1e-9)
    assert same((1.0, np.ones(2)), (1.0, np.ones(2)))
    assert not same((1.0,), (1.0, 2.0))


def test_images_are_drawn_yours_above_wanted():
    def black(n):
        return np.zeros((n, 28, 28), "uint8")

    wrong = wrong_of(lambda n: black(n) + 255, reference=black, slips=(), inputs=[(3,)], pictured="images")
    assert wrong.example.picture.alt.startswith("Above what your function returns")
    assert "yours: 0 % black, 100 % white; wanted: 100 % black" in wrong.example.picture.alt
    fractions = wrong_of(lambda n: black(n) + 1e3, reference=black, slips=(), inputs=[(3,)], pictured="images")
    assert fractions.example.picture.png == wrong.example.picture.png, "brighter than white is white"


@pytest.mark.parametrize("found", [np.ones((3, 2, 2), "uint8"), np.full((3, 28, 28), 1j)])
def test_what_is_no_image_is_told_without_a_picture(found):
    answer = Answer(scaled, Exercise("toy", scaled, None, {}, (), ""))
    assert example(answer, Run((3,), found, np.zeros(found.shape, "uint8")), "images").picture is None


def test_an_example_says_for_which_call():
    answer = Answer(scaled, Exercise("toy", scaled, None, {}, (), ""))
    told = example(answer, Run((np.array([1.0]), 2.0, 1.0), 4.0, 3.0)).text
    assert told == "For x = [1], factor = 2, shift = 1: yours 4, wanted 3."


# ---- the shelf of properties


def answer_to(function, reference):
    return Answer(function, Exercise("toy", reference, None, {}, (), ""))


def draw(rng, n, width):
    return rng.standard_normal((n, width))


@pytest.mark.parametrize(
    "function, misconception",
    [
        (lambda rng, n, width: np.random.standard_normal((n, width)), "ignores_rng"),
        (lambda rng, n, width: np.random.default_rng(0).standard_normal((n, width)), "reseeds"),
        (lambda rng, n, width: np.random.Generator(type(rng.bit_generator)(7)).normal(size=(n, width)), "reseeds"),
    ],
)
def test_a_draw_that_does_not_come_from_rng_is_found(function, misconception):
    with pytest.raises(Wrong) as caught:
        properties.draws_from_rng(answer_to(function, draw), 20, 3)
    assert caught.value.misconception == misconception


@pytest.mark.parametrize(
    "change",
    [
        lambda z: np.sort(z, axis=0),
        lambda z: np.sort(z, axis=None).reshape(z.shape),
        lambda z: np.concatenate([z[:100], -z[:100]]),
        lambda z: np.concatenate([z[:100], z[:100]]),
        lambda z: np.concatenate([z[:100], z[:100][::-1]]),
        lambda z: np.repeat(z[::2], 2, axis=0),
        lambda z: np.repeat(z[:, :1], z.shape[1], axis=1),
        lambda z: np.round(z, 1),
    ],
)
def test_draws_that_depend_on_each_other_are_found(change):
    with pytest.raises(Wrong, match="dependent_draws"):
        properties.independent(change(np.random.default_rng(3).standard_normal((200, 5))))


@pytest.mark.parametrize("seed", range(20))
def test_independent_draws_are_not_taken_for_dependent_ones(seed):
    rng = np.random.default_rng(seed)
    for values in (rng.standard_normal((200, 5)), rng.random((40, 1)), rng.uniform(-1, 1, (30, 100)).astype("float32")):
        properties.independent(values)


def test_a_result_that_is_a_part_of_an_argument_is_found():
    def first_half(x):
        return x[: len(x) // 2].copy()

    properties.new_array(answer_to(first_half, first_half), np.arange(6.0))
    with pytest.raises(Wrong, match="shares_memory"):
        properties.new_array(answer_to(lambda x: x[: len(x) // 2], first_half), np.arange(6.0))
