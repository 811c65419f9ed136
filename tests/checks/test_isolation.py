"""Whatever an answer shows, sets or starts: the verdict is right, and the notebook is as it was."""

import random
import threading
import time
import warnings

import IPython.display
import keras
import matplotlib
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from ganhacks.checks import Lab


@pytest.fixture
def outcome_of(monkeypatch):
    """A function that checks an answer to lesson 00's exercise and returns the outcome and the message."""
    shown = []
    monkeypatch.setattr("ganhacks.checks.engine.lab._show", shown.append)

    def outcome_of(answer):
        Lab("start_here").check("invert", answer)
        return shown[-1].outcome, shown[-1].message

    return outcome_of


@pytest.fixture
def shell(monkeypatch):
    """A notebook's shell; what it publishes is kept in a list."""
    shell = InteractiveShell.instance()
    published = []
    monkeypatch.setattr(type(shell.display_pub), "publish", lambda self, *a, **more: published.append((a, more)))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    yield published
    InteractiveShell.clear_instance()


def right(images):
    return 255 - images


def test_displays_of_an_answer_are_thrown_away_and_others_are_not(outcome_of, shell):
    def displays(images):
        for _ in range(50):
            IPython.display.display(IPython.display.HTML("<p>here</p>"))
        return right(images)

    assert outcome_of(displays)[0] == "passed"
    assert shell == []
    IPython.display.display(IPython.display.HTML("<p>there</p>"))
    assert len(shell) == 1


def test_figures_that_an_answer_opens_are_closed_and_others_are_not(outcome_of):
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    mine = plt.figure().number

    def plots(images):
        plt.figure()
        plt.imshow(np.zeros((2, 2)))
        plt.show()
        return right(images)

    assert outcome_of(plots)[0] == "passed"
    assert plt.get_fignums() == [mine]
    plt.close("all")


def sets_print_options(images):
    np.set_printoptions(precision=1, threshold=2)
    return right(images)


def sets_error_state(images):
    np.seterr(all="raise")
    return right(images)


def seeds_everything(images):
    keras.utils.set_random_seed(1)
    return right(images)


def sets_keras(images):
    keras.config.set_floatx("float16")
    keras.config.set_image_data_format("channels_first")
    keras.config.set_epsilon(0.1)
    keras.config.set_dtype_policy("mixed_bfloat16")
    return right(images)


def makes_warnings_errors(images):
    warnings.simplefilter("error")
    return right(images)


def state():
    """Return everything that an answer could have set."""
    config = keras.config
    return (
        random.getstate(),
        *map(str, np.random.get_state()),
        str(np.get_printoptions()),
        str(np.geterr()),
        config.floatx(),
        config.epsilon(),
        config.image_data_format(),
        config.dtype_policy().name,
        [str(kind) for kind in warnings.filters],
    )


@pytest.mark.parametrize(
    "answer", [sets_print_options, sets_error_state, seeds_everything, sets_keras, makes_warnings_errors]
)
def test_what_an_answer_sets_is_put_back(outcome_of, answer):
    before = state()
    assert outcome_of(answer)[0] == "passed"
    assert state() == before


@pytest.mark.parametrize("answer", [sets_print_options, sets_error_state, seeds_everything, sets_keras])
def test_the_next_check_is_not_touched(outcome_of, answer):
    outcome_of(answer)
    assert outcome_of(right)[0] == "passed"
    assert outcome_of(lambda images: -images)[0] == "failed"


def test_what_threads_of_an_answer_print_stays_off_the_screen(outcome_of, capsys):
    def talks(images):
        thread = threading.Thread(target=lambda: print("from a thread"))
        thread.start()
        thread.join()
        return right(images)

    assert outcome_of(talks)[0] == "passed"
    assert "from a thread" not in capsys.readouterr().out


def test_a_thread_that_goes_on_changes_no_verdict(outcome_of):
    def leaves_a_thread(images):
        threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()
        return right(images)

    assert outcome_of(leaves_a_thread)[0] == "passed"


def test_warnings_are_no_part_of_what_is_shown(outcome_of, capsys):
    def warns(images):
        warnings.warn("loudly", stacklevel=1)
        return right(images)

    assert outcome_of(warns)[0] == "passed"
    captured = capsys.readouterr()
    assert "loudly" not in captured.out + captured.err


def test_an_answer_may_sleep(outcome_of):
    def sleeps(images):
        time.sleep(0.02)
        return right(images)

    assert outcome_of(sleeps)[0] == "passed"


def test_a_decorator_that_keeps_the_name_is_seen_through(outcome_of):
    import functools

    @functools.wraps(lambda one, two, three: None)
    def wrapped(images):
        return right(images)

    class Static:
        @staticmethod
        def __call__(images):
            return right(images)

    assert outcome_of(wrapped)[0] == "passed"
    assert outcome_of(Static())[0] == "passed"
