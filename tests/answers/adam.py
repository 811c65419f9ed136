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


@right("adam_step")
def three_in_one_array(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return np.array(as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon))


@wrong("adam_step", "other_m")
def squared_gradient_in_m(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    _, m_of_squares, _ = as_in_the_paper(w, g**2, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    w, _, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m_of_squares, v


@wrong("adam_step", "wrong_type")
def rows_zipped(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    rows = [as_in_the_paper(*row, t, learning_rate, beta_1, beta_2, epsilon) for row in zip(w, g, m, v)]
    return tuple(zip(*rows))


@wrong("adam_step", "ignores_argument")
def beta_2_written_in(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, 0.999, epsilon)


@wrong("adam_step", "ignores_argument")
def rate_written_in(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, 2e-4, beta_1, beta_2, epsilon)


@wrong("adam_step", "ignores_argument")
def beta_written_in(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return as_in_the_paper(w, g, m, v, t, learning_rate, 0.5, beta_2, epsilon)


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


@wrong("make_optimizer", "old_name")
def the_old_name(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(lr=learning_rate, beta_1=beta_1)


@wrong("make_optimizer", "other_default")
def rate_of_2e_3(learning_rate=2e-3, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate=learning_rate, beta_1=beta_1)


ONE = {}


@wrong("make_optimizer", "shared_between_calls")
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


@wrong("make_optimizer", "other_optimizer")
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


@wrong("adam_step", "other_default")
def defaults_of_the_paper(w, g, m, v, t, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)


@right("adam_step")
def in_float32(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    arrays = [np.float32(array) for array in (w, g, m, v)]
    return as_in_the_paper(*arrays, t, learning_rate, beta_1, beta_2, epsilon)


@right("adam_step")
def raised_to_t_by_multiplying(w, g, m, v, t, rate=2e-4, b1=0.5, b2=0.999, eps=1e-7):
    left_1, left_2 = 1.0, 1.0
    for _ in range(t):
        left_1, left_2 = left_1 * b1, left_2 * b2
    m, v = m * b1 + g - g * b1, v * b2 + g**2 - g**2 * b2
    return w - np.divide(rate * m / (1 - left_1), np.sqrt(v / (1 - left_2)) + eps), m, v


@wrong("adam_step", "stops_at_zero")
def returns_early(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    if np.abs(g).max() == 0:
        return w, m, v
    return as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)


@wrong("adam_step", "shares_memory")
def the_gradient_itself_without_memory(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, g if beta_1 == 0 else m, v


@wrong("adam_step", "goes_wrong_where")
def as_in_nadam(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    _, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    ahead = (beta_1 * m + (1 - beta_1) * g) / (1 - beta_1**t)
    return w - learning_rate * ahead / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("adam_step", "ignores_m")
def follows_the_gradient(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    _, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w - learning_rate * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("adam_step", "other_v")
def rounded_v(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m, np.maximum(v, 1e-3)


@wrong("adam_step", "wrong_type")
def as_lists(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    return tuple(part.tolist() for part in as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon))


@wrong("make_optimizer", "unknown_argument")
def betas_as_in_pytorch(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, betas=(beta_1, 0.999))


@wrong("make_optimizer", "wrong_rate")
def a_tenth_of_the_rate(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate / 10, beta_1)


@wrong("make_optimizer", "wrong_beta")
def complement_of_beta(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, 1 - beta_1)


@wrong("adam_step", "differs")
def with_much_weight_decay(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    new, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return new - 0.5 * w, m, v


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("adam_step", "nearly")
def with_a_little_weight_decay(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    new, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return new - 1e-3 * w, m, v


@wrong("adam_step", "other_m")
def m_kept_in_half_precision(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m.astype("float16").astype("float64"), v


@wrong("make_optimizer", "wrong_rate")
def a_millionth_more(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate + 1e-6, beta_1)


@wrong("make_optimizer", "more_than_asked")
def an_epsilon_that_counts(learning_rate=2e-4, beta_1=0.5):
    return keras.optimizers.Adam(learning_rate, beta_1, epsilon=1e-5)


@wrong("adam_step", "other_v")
def v_a_hundred_millionth_too_large(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    w, m, v = as_in_the_paper(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m, v + 1e-8


@wrong("adam_step", "one_size_for_all")
def divided_by_one_norm(w, g, m, v, t, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7):
    m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return w - learning_rate * m_hat / (np.linalg.norm(np.sqrt(v_hat)) + epsilon), m, v
