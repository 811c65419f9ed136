"""Answers to lab 06, after what is found in blogs about Adam and in DCGAN tutorials."""

import keras
import numpy as np

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("adam")


# ---- adam_step


@right("adam_step")
def as_in_the_paper(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g * g
    return w - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@right("adam_step")
def as_in_keras(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    m = m + (g - m) * (1 - beta_1)
    v = v + (np.square(g) - v) * (1 - beta_2)
    return w - rate * m / (np.sqrt(v) + epsilon), m, v


@right("adam_step")
def number_by_number(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = w.copy(), m.copy(), v.copy()
    for i in np.ndindex(w.shape):
        m[i] = beta_1 * m[i] + (1 - beta_1) * g[i]
        v[i] = beta_2 * v[i] + (1 - beta_2) * g[i] ** 2
        w[i] -= learning_rate * m[i] / (1 - beta_1**t) / ((v[i] / (1 - beta_2**t)) ** 0.5 + epsilon)
    return [w, m, v]


def mistaken(m_of=None, v_of=None, step_of=None):
    """Return an Adam step with some of its three parts replaced."""

    def adam(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
        m = m_of(m, g, beta_1, beta_2) if m_of else beta_1 * m + (1 - beta_1) * g
        v = v_of(v, g, beta_1, beta_2) if v_of else beta_2 * v + (1 - beta_2) * g**2
        a, b = m / (1 - beta_1**t), v / (1 - beta_2**t)
        step = step_of(m, v, a, b, beta_1, beta_2, epsilon) if step_of else a / (np.sqrt(b) + epsilon)
        return w - learning_rate * step, m, v

    return adam


wrong("adam_step", "no_bias_correction")(mistaken(step_of=lambda m, v, a, b, b1, b2, e: m / (np.sqrt(v) + e)))
wrong("adam_step", "half_bias_correction")(mistaken(step_of=lambda m, v, a, b, b1, b2, e: a / (np.sqrt(v) + e)))
wrong("adam_step", "half_bias_correction")(mistaken(step_of=lambda m, v, a, b, b1, b2, e: m / (np.sqrt(b) + e)))
wrong("adam_step", "uphill")(mistaken(step_of=lambda m, v, a, b, b1, b2, e: -a / (np.sqrt(b) + e)))
wrong("adam_step", "no_root")(mistaken(step_of=lambda m, v, a, b, b1, b2, e: a / (b + e)))
wrong("adam_step", "no_square")(mistaken(v_of=lambda v, g, b1, b2: b2 * v + (1 - b2) * np.abs(g)))
wrong("adam_step", "sum_instead_of_mean")(mistaken(m_of=lambda m, g, b1, b2: b1 * m + g))
wrong("adam_step", "differs")(mistaken(step_of=lambda m, v, a, b, b1, b2, e: np.sign(a)))
wrong("adam_step", "no_power")(
    mistaken(step_of=lambda m, v, a, b, b1, b2, e: m / (1 - b1) / (np.sqrt(v / (1 - b2)) + e))
)


@wrong("adam_step", "betas_swapped")
def betas_in_each_others_place(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_2, beta_1, epsilon)


@right("adam_step")
def three_in_one_array(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return np.array(as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon))


@wrong("adam_step", "weights_of_mean_swapped")
def keeps_the_new_and_adds_the_old(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, 1 - beta_1, 1 - beta_2, epsilon)


@wrong("adam_step", "v_of_m")
def squares_of_m(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * m**2
    return w - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("adam_step", "other_m")
def squared_gradient_in_m(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    _, m_of_squares, _ = as_in_the_paper(w, g**2, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    w, _, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m_of_squares, v


@wrong("adam_step", "other_v")
def v_as_a_sum(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, _ = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m, beta_2 * v + g**2


@wrong("adam_step", "old_m")
def step_before_the_new_means(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    step = learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return w - step, beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2


@wrong("adam_step", "epsilon_in_the_root")
def epsilon_below_the_root(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    return w - learning_rate * (m / (1 - beta_1**t)) / np.sqrt(v / (1 - beta_2**t) + epsilon), m, v


@wrong("adam_step", "no_square")
def gradient_not_squared(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g
    return w - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("adam_step", "other_order")
def means_first(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return m, v, w


@wrong("adam_step", "three_wanted")
def rows_zipped(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    rows = [as_in_the_paper(*row, t, learning_rate, beta_1, beta_2, epsilon) for row in zip(w, g, m, v)]
    return tuple(zip(*rows))


@wrong("adam_step", "ignores_arguments")
def beta_2_written_in(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, 0.999, epsilon)


@wrong("adam_step", "ignores_arguments")
def rate_written_in(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, 2e-4, beta_1, beta_2, epsilon)


@wrong("adam_step", "ignores_arguments")
def beta_written_in(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, 0.5, beta_2, epsilon)


@wrong("adam_step", "returns_unbiased")
def returns_the_corrected_means(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m = (beta_1 * m + (1 - beta_1) * g) / (1 - beta_1**t)
    v = (beta_2 * v + (1 - beta_2) * g**2) / (1 - beta_2**t)
    return w - learning_rate * m / (np.sqrt(v) + epsilon), m, v


@wrong("adam_step", "forgets_the_means")
def means_not_returned(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)[0], m, v


@wrong("adam_step", "other_order")
def v_before_m(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, v, m


@wrong("adam_step", "three_wanted")
def the_weights_alone(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)[0]


@wrong("adam_step", "changes_its_arguments")
def in_place(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m *= beta_1
    m += (1 - beta_1) * g
    v *= beta_2
    v += (1 - beta_2) * g**2
    return w - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("adam_step", "returns_nothing")
def without_return(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)


@wrong("adam_step", "wrong_arguments")
def no_step_number(w, g, m, v):
    return w, m, v


# ---- make_optimizer


@right("make_optimizer")
def by_position(learning_rate=0.0002, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, beta_1)


@right("make_optimizer")
def everything_spelled_out(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate=learning_rate, beta_1=beta_1, beta_2=0.999, epsilon=1e-7)


@right("make_optimizer")
def other_argument_names(rate=2 / 10_000, momentum=1 / 2):
    settings = {"learning_rate": rate, "beta_1": momentum}
    return keras.optimizers.Adam(**settings)


@right("make_optimizer")
def adamw_without_decay(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.AdamW(learning_rate=learning_rate, beta_1=beta_1, weight_decay=0.0)


@raises("make_optimizer", "lr")
def the_old_name(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(lr=learning_rate, beta_1=beta_1)


@wrong("make_optimizer", "default_beta")
def beta_left_out(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate=learning_rate)


@wrong("make_optimizer", "default_rate")
def rate_left_out(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(beta_1=beta_1)


@wrong("make_optimizer", "wrong_beta")
def beta_2_lowered(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate=learning_rate, beta_2=beta_1)


@wrong("make_optimizer", "ignores_arguments")
def values_written_in(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate=2e-4, beta_1=0.5)


@wrong("make_optimizer", "wrong_default")
def rate_of_2e_3(learning_rate=2e-3, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate=learning_rate, beta_1=beta_1)


ONE = {}


@wrong("make_optimizer", "shared")
def one_for_both_networks(learning_rate=2e-4, beta_1=0.5):
    return ONE.setdefault((learning_rate, beta_1), keras.optimizers.Adam(learning_rate, beta_1))


@wrong("make_optimizer", "other_optimizer")
def plain_sgd(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.SGD(learning_rate=learning_rate, momentum=beta_1)


@wrong("make_optimizer", "not_an_optimizer")
def its_name(learning_rate=2e-4, beta_1=0.5):
    return "adam"


@wrong("make_optimizer", "the_class")
def not_called(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam


@wrong("make_optimizer", "returns_nothing")
def made_and_dropped(learning_rate=2e-4, beta_1=0.5):
    keras.optimizers.Adam(learning_rate=learning_rate, beta_1=beta_1)


@wrong("make_optimizer", "more_than_asked")
def with_weight_decay(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.AdamW(learning_rate, beta_1=beta_1)


@wrong("make_optimizer", "more_than_asked")
def with_a_large_epsilon(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, beta_1, epsilon=1.0)


@wrong("make_optimizer", "more_than_asked")
def with_clipped_gradients(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, beta_1, clipnorm=1.0)


@wrong("make_optimizer", "more_than_asked")
def with_amsgrad(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, beta_1, amsgrad=True)


@wrong("make_optimizer", "more_than_asked")
def with_a_schedule(learning_rate=2e-4, beta_1=0.5):
    schedule = keras.optimizers.schedules.ExponentialDecay(learning_rate, 1000, 0.9)
    return keras.optimizers.Adam(schedule, beta_1)


# ---- found by trying to get past the checks


@wrong("adam_step", "other_defaults")
def defaults_of_the_paper(w, g, m, v, t, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)


@right("adam_step")
def in_float32(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    arrays = [np.float32(array) for array in (w, g, m, v)]
    return as_in_the_paper(*arrays, t, learning_rate, beta_1, beta_2, epsilon)
