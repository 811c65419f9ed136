"""What is computed of wrong results that no slip explains."""

import numpy as np
import pytest

from ganhacks.checks.engine import patterns
from ganhacks.checks.engine.exercise import Exercise, Wrong
from ganhacks.checks.engine.judging import judge
from ganhacks.checks.engine.sandbox import Answer


def mean_of(x, weight=1.0, name="both"):
    return weight * np.asarray(x, "float64") + 1


INPUTS = [(np.array([0.5, -3.0, 2.0]), weight, name) for weight in (0.5, 1.0, 2.0, 4.0) for name in ("both", "one")]


def wrong_of(function):
    with pytest.raises(Wrong) as caught:
        judge(Answer(function, Exercise("toy", mean_of, None, {}, (), "")), INPUTS)
    return caught.value


def test_a_factor_is_told_if_it_holds_for_every_input():
    wrong = wrong_of(lambda x, weight=1.0, name="both": 3 * mean_of(x, weight))
    assert (wrong.misconception, wrong.details["factor"]) == ("other_factor", "3")


def test_a_factor_that_holds_for_one_input_alone_is_not_told():
    wrong = wrong_of(lambda x, weight=1.0, name="both": weight**2 * mean_of(x, weight) + 1)
    assert wrong.misconception == "differs"


def test_what_is_added_is_told():
    wrong = wrong_of(lambda x, weight=1.0, name="both": mean_of(x, weight) - 0.5)
    assert (wrong.misconception, wrong.details["offset"]) == ("other_offset", "-0.5")


def test_the_opposite_is_told():
    assert wrong_of(lambda x, weight=1.0, name="both": 1 - mean_of(x, weight)).misconception == "complement"


def test_what_is_near_everywhere_is_told_with_the_worst():
    wrong = wrong_of(lambda x, weight=1.0, name="both": mean_of(x, weight) + 0.02 * np.cos(7 * x))
    assert wrong.misconception == "nearly"
    assert 0 < float(wrong.details["off"]) < 0.03


def test_the_argument_that_makes_it_wrong_is_named():
    def without_large_weights(x, weight=1.0, name="both"):
        return mean_of(x, min(weight, 1.0)) + (weight > 1) * np.sin(x)

    wrong = wrong_of(without_large_weights)
    assert (wrong.misconception, wrong.details["place"]) == ("goes_wrong_where", "weight is 2 or more")
    assert wrong.details["n_right"] == 6  # weights 0.5 and 1 with both names, and the defaults


def test_a_name_and_a_number_together_are_named():
    def one_alone_is_wrong(x, weight=1.0, name="both"):
        return mean_of(x, weight) + (name == "one" and weight == 4.0) * np.cos(x)

    assert wrong_of(one_alone_is_wrong).details["place"] == "name = 'one' and weight = 4"


def test_a_place_is_told_from_two_right_inputs_on():
    assert patterns.where({"p": [0, 1, 2]}, [False, True, True]) is None
    assert patterns.where({"p": [0, 1, 2]}, [False, False, True]) == "p = 2"


def test_of_lengths_the_smallest_alone_is_told():
    assert patterns.where({}, [True, False, False], {"len(x)": [1, 4, 9]}) == "len(x) = 1"
    assert patterns.where({}, [False, False, True], {"len(x)": [1, 4, 9]}) is None


def test_a_single_value_is_told_by_what_it_is_not():
    assert patterns.where({"p": [0, 0, 1, 2]}, [False, False, True, True]) == "p is not 0"


def test_a_function_that_looks_at_the_whole_batch_is_found_by_any_check():
    def centred(x, weight=1.0, name="both"):
        return mean_of(x - np.max(x), weight)

    assert wrong_of(centred).misconception == "part_of_a_batch"


def test_what_has_no_pattern_stays_without_one():
    assert wrong_of(lambda x, weight=1.0, name="both": mean_of(x, weight) + x**3).misconception == "differs"
