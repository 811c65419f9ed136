"""Answers to lab 17, after the memories, image pools and checkpoints that are found in published code."""

import copy

import keras
import numpy as np
from keras import ops

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("experience_replay")


# ---- remember


@right("remember")
def fills_an_array(rng, buffer, n_seen, samples, capacity):
    kept = np.empty((capacity, *samples.shape[1:]), buffer.dtype)
    kept[: len(buffer)] = buffer
    for sample in samples:
        place = n_seen if n_seen < capacity else int(rng.integers(0, n_seen + 1))
        if place < capacity:
            kept[place] = sample
        n_seen += 1
    return kept[: min(n_seen, capacity)], n_seen


@right("remember")
def by_a_probability(rng, buffer, n_seen, samples, capacity):
    buffer = buffer.copy()
    for sample in samples:
        n_seen = n_seen + 1
        if len(buffer) < capacity:
            buffer = np.concatenate([buffer, sample[None].astype(buffer.dtype)])
        elif rng.random() < capacity / n_seen:
            buffer[rng.choice(capacity)] = sample
    return buffer, np.int64(n_seen)


@right("remember")
def all_draws_at_once(rng, buffer, n_seen, samples, capacity):
    room = max(capacity - n_seen, 0)
    kept = np.concatenate([buffer, samples[:room]]).astype(buffer.dtype)
    rest = samples[room:]
    places = rng.integers(n_seen + min(room, len(samples)) + 1 + np.arange(len(rest)))
    for place in np.flatnonzero(np.bincount(places, minlength=1)[:capacity]):
        kept[place] = rest[np.flatnonzero(places == place)[-1]]
    return [kept, n_seen + len(samples)]


@right("remember")
def how_many_of_the_new(rng, buffer, n_seen, samples, capacity):
    total = n_seen + len(samples)
    size = min(capacity, total)
    n_new = rng.hypergeometric(len(samples), n_seen, size) if n_seen else size
    old = rng.permutation(buffer)[: size - n_new]
    return np.concatenate([old, rng.permutation(samples)[:n_new]], dtype=buffer.dtype), total


def reservoir(rng, buffer, n_seen, samples, capacity):
    return fills_an_array(rng, buffer, n_seen, samples, capacity)


@wrong("remember", "float64")
def promoted(rng, buffer, n_seen, samples, capacity):
    kept = list(buffer)
    for n, sample in enumerate(samples, n_seen + 1):
        if len(kept) < capacity:
            kept.append(sample)
        elif (place := rng.integers(n)) < capacity:
            kept[place] = sample
    return np.array(kept), n_seen + len(samples)


@wrong("remember", "wrong_dtype")
def always_float32(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return kept.astype("float32"), count


@wrong("remember", "shares_memory")
def the_buffer_itself_where_nothing_came_in(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return (buffer, count) if np.array_equal(kept, buffer) else (kept, count)


@wrong("remember", "shares_memory")
def nothing_to_do_for_no_samples(rng, buffer, n_seen, samples, capacity):
    return reservoir(rng, buffer, n_seen, samples, capacity) if len(samples) else (buffer, n_seen)


@wrong("remember", "count")
def counted_in_fractions(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return kept, float(count)


@wrong("remember", "other_numbers")
def means_of_old_and_new(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return kept * np.float32(0.5), count


@wrong("remember", "uneven")
def every_second_comes_in(rng, buffer, n_seen, samples, capacity):
    kept = list(buffer)
    for n, sample in enumerate(samples, n_seen):
        if len(kept) < capacity:
            kept.append(sample)
        elif n % 2:
            kept[rng.integers(capacity)] = sample
    return np.array(kept, buffer.dtype), n_seen + len(samples)


@wrong("remember", "exceeds")
def keeps_everything(rng, buffer, n_seen, samples, capacity):
    return np.concatenate([buffer, samples]), n_seen + len(samples)


@wrong("remember", "exceeds")
def first_batch_unbounded(rng, buffer, n_seen, samples, capacity):
    if len(buffer) == 0:
        return samples.copy(), len(samples)
    return reservoir(rng, buffer, n_seen, samples, capacity)


@wrong("remember", "too_few")
def one_of_each_batch(rng, buffer, n_seen, samples, capacity):
    return np.concatenate([buffer, samples[:1]])[-capacity:], n_seen + len(samples)


@wrong("remember", "count")
def count_left_alone(rng, buffer, n_seen, samples, capacity):
    return reservoir(rng, buffer, n_seen, samples, capacity)[0], n_seen


@wrong("remember", "count")
def counts_what_is_there(rng, buffer, n_seen, samples, capacity):
    kept = reservoir(rng, buffer, n_seen, samples, capacity)[0]
    return kept, len(kept)


@wrong("remember", "shares_memory")
def the_first_batch_itself(rng, buffer, n_seen, samples, capacity):
    if n_seen == 0 and len(samples) <= capacity:
        return samples, len(samples)
    return reservoir(rng, buffer, n_seen, samples, capacity)


@wrong("remember", "empty_draw")
def drawn_before_the_first(rng, buffer, n_seen, samples, capacity):
    kept = list(buffer)
    for sample in samples:
        place = rng.integers(n_seen)
        if len(kept) < capacity:
            kept.append(sample)
        elif place < capacity:
            kept[place] = sample
        n_seen += 1
    return np.array(kept), n_seen


@wrong("remember", "reseeds")
def a_seed_of_its_own(rng, buffer, n_seen, samples, capacity):
    return reservoir(np.random.default_rng(0), buffer, n_seen, samples, capacity)


@wrong("remember", "twice")
def filled_with_repeats(rng, buffer, n_seen, samples, capacity):
    n_seen += len(samples)
    return rng.choice(np.concatenate([buffer, samples]), min(capacity, n_seen)), n_seen


@wrong("remember", "float64")
def zeros_without_dtype(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return kept + np.zeros(kept.shape), count


@wrong("remember", "ignores_rng")
def a_generator_of_its_own(rng, buffer, n_seen, samples, capacity):
    return reservoir(np.random.default_rng(), buffer, n_seen, samples, capacity)


@wrong("remember", "changes_its_arguments")
def written_into_the_buffer(rng, buffer, n_seen, samples, capacity):
    for sample in samples:
        n_seen += 1
        if len(buffer) < capacity:
            buffer = np.concatenate([buffer, sample[None]])
        elif rng.random() < capacity / n_seen:
            buffer[rng.integers(capacity)] = sample
    return buffer, n_seen


@wrong("remember", "wrong_type")
def the_buffer_alone(rng, buffer, n_seen, samples, capacity):
    return reservoir(rng, buffer, n_seen, samples, capacity)[0][:1]


@wrong("remember", "wrong_type")
def a_list_of_samples(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return list(kept), count


@wrong("remember", "wrong_shape")
def flattened(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return kept.ravel(), count


@wrong("remember", "not_finite")
def empty_places_as_nan(rng, buffer, n_seen, samples, capacity):
    kept, count = reservoir(rng, buffer, n_seen, samples, capacity)
    return kept * np.float32("nan"), count


@wrong("remember", "returns_nothing")
def nothing_returned(rng, buffer, n_seen, samples, capacity):
    reservoir(rng, buffer, n_seen, samples, capacity)


@raises("remember", "NameError")
def an_unknown_name(rng, buffer, n_seen, samples, capacity):
    return replay(buffer)  # noqa: F821


# ---- mix_batch


@right("mix_batch")
def by_permutations(rng, new, buffer):
    n_old = min(len(buffer), len(new) // 2)
    batch = np.concatenate([rng.permutation(buffer)[:n_old], rng.permutation(new)[: len(new) - n_old]])
    return rng.permutation(batch).astype(new.dtype)


@right("mix_batch")
def written_into_a_copy(rng, new, buffer):
    batch = new.copy()
    n_old = min(len(buffer), len(new) // 2)
    batch[:n_old] = buffer[rng.permutation(len(buffer))[:n_old]]
    return batch


@right("mix_batch")
def one_by_one(rng, new, buffer):
    batch, left = list(new), list(range(len(buffer)))
    for i in range(len(new) // 2):
        if left:
            batch[2 * i] = buffer[left.pop(rng.integers(len(left)))]
    return np.stack(batch, dtype=new.dtype)


@right("mix_batch")
def with_keras(rng, new, buffer):
    chosen = rng.choice(len(buffer), size=min(len(new) // 2, len(buffer)), replace=False)
    old = ops.take(ops.convert_to_tensor(buffer, str(new.dtype)), chosen.astype("int32"), axis=0)
    return ops.convert_to_numpy(ops.concatenate([new[: len(new) - len(chosen)], old], axis=0))


@wrong("mix_batch", "grows")
def old_ones_on_top(rng, new, buffer):
    return np.concatenate([new, rng.permutation(buffer)[: len(new) // 2]])


@wrong("mix_batch", "grows")
def minus_zero_is_everything(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    return np.concatenate([new[n_old:], rng.permutation(buffer)[-n_old:]])


@wrong("mix_batch", "grows")
def everything(rng, new, buffer):
    return np.concatenate([new, buffer])


@wrong("mix_batch", "shrinks")
def half_of_the_new_in_any_case(rng, new, buffer):
    return np.concatenate([new[: (len(new) + 1) // 2], rng.permutation(buffer)[: len(new) // 2]])


@wrong("mix_batch", "small_buffer")
def always_half(rng, new, buffer):
    n_old = len(new) // 2
    return np.concatenate([new[n_old:], rng.choice(buffer, n_old, replace=False)])


@wrong("mix_batch", "all_old")
def only_the_past(rng, new, buffer):
    n_old = min(len(new), len(buffer))
    return np.concatenate([rng.permutation(buffer)[:n_old], new[n_old:]])


@wrong("mix_batch", "all_new")
def only_the_present(rng, new, buffer):
    return rng.permutation(new)


@wrong("mix_batch", "float64")
def promoted_by_concatenate(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    return np.concatenate([new[n_old:], rng.choice(buffer, n_old, replace=False)])


@wrong("mix_batch", "wrong_dtype")
def float32_in_any_case(rng, new, buffer):
    return written_into_a_copy(rng, new, buffer).astype("float32")


@wrong("mix_batch", "rounded_up")
def the_larger_half(rng, new, buffer):
    n_old = min(-(-len(new) // 2), len(buffer)) if len(new) > 1 else 0
    return np.concatenate([new[n_old:], rng.permutation(buffer)[:n_old]]).astype(new.dtype)


@wrong("mix_batch", "not_half")
def thirty_two_at_most(rng, new, buffer):
    n_old = min(32, len(new) // 2, len(buffer))
    return np.concatenate([new[n_old:], rng.permutation(buffer)[:n_old]]).astype(new.dtype)


@wrong("mix_batch", "one_block")
def a_slice_round_the_end(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    places = (rng.integers(max(len(buffer), 1)) + np.arange(n_old)) % max(len(buffer), 1)
    return np.concatenate([new[n_old:], buffer[places]])


@wrong("mix_batch", "uneven_old")
def from_the_newer_half(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    chosen = rng.permutation(len(buffer) - len(buffer) // 4)[:n_old]
    chosen = np.concatenate([chosen, np.arange(len(buffer))[::-1][: n_old - len(chosen)]])
    return np.concatenate([new[n_old:], buffer[chosen]])


@wrong("mix_batch", "ignores_rng")
def a_permutation_from_elsewhere(rng, new, buffer):
    return written_into_a_copy(np.random.default_rng(), new, buffer)


@wrong("mix_batch", "not_half")
def a_quarter(rng, new, buffer):
    n_old = min(len(new) // 4, len(buffer))
    return np.concatenate([new[n_old:], rng.permutation(buffer)[:n_old]])


@wrong("mix_batch", "not_half")
def drawn_from_both(rng, new, buffer):
    return rng.permutation(np.concatenate([new, buffer]))[: len(new)]


@wrong("mix_batch", "same_old")
def first_of_the_buffer(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    return np.concatenate([new[n_old:], buffer[:n_old]])


@wrong("mix_batch", "same_old")
def last_of_the_buffer(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    return np.concatenate([new[n_old:], buffer[len(buffer) - n_old :]])


@wrong("mix_batch", "one_block")
def a_slice_somewhere(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    start = rng.integers(len(buffer) - n_old + 1)
    return np.concatenate([new[n_old:], buffer[start : start + n_old]])


@wrong("mix_batch", "old_twice")
def with_replacement(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    return np.concatenate([new[n_old:], rng.choice(buffer, n_old)]) if n_old else new


@wrong("mix_batch", "old_twice")
def repeated_if_too_few(rng, new, buffer):
    n_old = len(new) // 2
    if not len(buffer):
        return new
    return np.concatenate([new[n_old:], rng.choice(buffer, n_old, replace=len(buffer) < n_old)])


@wrong("mix_batch", "new_twice")
def new_ones_with_replacement(rng, new, buffer):
    n_old = min(len(new) // 2, len(buffer))
    return np.concatenate([rng.choice(new, len(new) - n_old), rng.permutation(buffer)[:n_old]])


@wrong("mix_batch", "other_numbers")
def blended(rng, new, buffer):
    n_old = min(len(new), len(buffer))
    batch = new.copy()
    batch[:n_old] = (new[:n_old] + rng.permutation(buffer)[:n_old]) / 2
    return batch


@wrong("mix_batch", "float64")
def float64(rng, new, buffer):
    return written_into_a_copy(rng, new, buffer).astype("float64")


@wrong("mix_batch", "ignores_rng")
def numpys_own_generator(rng, new, buffer):
    return written_into_a_copy(np.random.default_rng(), new, buffer)


@wrong("mix_batch", "changes_its_arguments")
def written_into_the_new(rng, new, buffer):
    n_old = min(len(buffer), len(new) // 2)
    new[:n_old] = rng.permutation(buffer)[:n_old]
    return new


@wrong("mix_batch", "changes_its_arguments")
def buffer_shuffled(rng, new, buffer):
    rng.shuffle(buffer)
    return first_of_the_buffer(rng, new, buffer)


@wrong("mix_batch", "wrong_type")
def both_halves(rng, new, buffer):
    return new[: len(new) // 2], buffer[: len(new) // 2]


@wrong("mix_batch", "returns_nothing")
def no_return(rng, new, buffer):
    written_into_a_copy(rng, new, buffer)


@wrong("mix_batch", "wrong_shape")
def one_row(rng, new, buffer):
    return written_into_a_copy(rng, new, buffer).reshape(-1)


# ---- swap_in


@right("swap_in")
def put_back_in_any_case(model, past_weights, act):
    present = model.get_weights()
    try:
        model.set_weights(past_weights)
        return act()
    finally:
        model.set_weights(present)


@right("swap_in")
def variable_by_variable(model, past_weights, act):
    present = [np.array(ops.convert_to_numpy(variable)) for variable in model.weights]
    for variable, value in zip(model.weights, past_weights):
        variable.assign(value)
    result = act()
    for variable, value in zip(model.weights, present):
        variable.assign(value)
    return result


@right("swap_in")
def deep_copies(model, past_weights, act):
    present = copy.deepcopy(model.get_weights())
    model.set_weights(copy.deepcopy(past_weights))
    result = act()
    model.set_weights(present)
    return result


@right("swap_in")
def layer_by_layer(model, past_weights, act):
    present = [layer.get_weights() for layer in model.layers]
    model.set_weights(past_weights)
    result = act()
    for layer, weights in zip(model.layers, present):
        layer.set_weights(weights)
    return result


@right("swap_in")
def copies_as_tensors(model, past_weights, act):
    present = [ops.copy(variable) for variable in model.weights]
    model.set_weights(past_weights)
    result = act()
    model.set_weights(present)
    return result


@wrong("swap_in", "not_swapped")
def past_in_a_clone(model, past_weights, act):
    past = keras.models.clone_model(model)
    past.set_weights(past_weights)
    return act()


@wrong("swap_in", "not_swapped")
def swapped_after_the_act(model, past_weights, act):
    present = model.get_weights()
    result = act()
    model.set_weights(past_weights)
    model.set_weights(present)
    return result


@wrong("swap_in", "not_back")
def returned_before_it_is_put_back(model, past_weights, act):
    present = model.get_weights()
    model.set_weights(past_weights)
    return act()
    model.set_weights(present)


@wrong("swap_in", "shown_now")
def list_of_variables_copied(model, past_weights, act):
    present = list(model.weights)
    model.set_weights(past_weights)
    result = act()
    model.set_weights(present)
    return result


@wrong("swap_in", "trainable_only")
def too_short_a_list(model, past_weights, act):
    present = [variable.numpy() for variable in model.trainable_variables]
    model.set_weights(past_weights)
    result = act()
    model.set_weights(present)
    return result


@wrong("swap_in", "other_weights")
def back_to_a_fresh_model(model, past_weights, act):
    fresh = keras.models.clone_model(model)
    model.set_weights(past_weights)
    result = act()
    model.set_weights(fresh.get_weights())
    return result


@wrong("swap_in", "wrong_call")
def the_model_for_the_act(model, past_weights, act):
    present = model.get_weights()
    model.set_weights(past_weights)
    result = act(model)
    model.set_weights(present)
    return result


@wrong("swap_in", "returns_nothing")
def only_what_is_true(model, past_weights, act):
    result = put_back_in_any_case(model, past_weights, act)
    return result if result is not False else None


@wrong("swap_in", "not_called")
def returns_the_function(model, past_weights, act):
    present = model.get_weights()
    model.set_weights(past_weights)
    model.set_weights(present)
    return act


@wrong("swap_in", "called_again")
def acts_again_to_return(model, past_weights, act):
    present = model.get_weights()
    model.set_weights(past_weights)
    act()
    result = act()
    model.set_weights(present)
    return result


@wrong("swap_in", "other_result")
def returns_the_model(model, past_weights, act):
    put_back_in_any_case(model, past_weights, act)
    return model


@wrong("swap_in", "other_result")
def returns_the_weights(model, past_weights, act):
    put_back_in_any_case(model, past_weights, act)
    return model.get_weights()


@wrong("swap_in", "overwrites_past")
def exchanged_in_the_list(model, past_weights, act):
    present = model.get_weights()
    model.set_weights(past_weights)
    result = act()
    past_weights[:] = model.get_weights()
    past_weights[0] = present[0]
    model.set_weights(present)
    return result


@wrong("swap_in", "returns_nothing")
def result_forgotten(model, past_weights, act):
    put_back_in_any_case(model, past_weights, act)


# ---- exchange


@right("exchange")
def copied_when_handed_out(rng, pool, fakes):
    pool, handed_out = np.array(pool), []
    for fake in fakes:
        if rng.random() < 0.5:
            place = rng.integers(len(pool))
            handed_out.append(pool[place].copy())
            pool[place] = fake
        else:
            handed_out.append(fake)
    return np.stack(handed_out), pool


@right("exchange")
def pool_as_a_list(rng, pool, fakes):
    pool, handed_out = list(pool), []
    for fake in fakes:
        if rng.integers(2):
            place = rng.integers(len(pool))
            handed_out.append(pool[place])
            pool[place] = fake
        else:
            handed_out.append(fake)
    return np.array(handed_out), np.array(pool)


@right("exchange")
def into_an_array(rng, pool, fakes):
    pool, handed_out = pool.copy(), fakes.copy()
    for i in range(len(fakes)):
        if rng.random() >= 0.5:
            place = rng.choice(len(pool))
            handed_out[i], pool[place] = pool[place], fakes[i]
    return handed_out, pool


@right("exchange")
def tuple_swap_with_a_copy(rng, pool, fakes):
    pool, handed_out = pool.copy(), [*fakes]
    for i in np.flatnonzero(rng.random(len(fakes)) < 0.5):
        place = rng.integers(len(pool))
        handed_out[i], pool[place] = np.array(pool[place]), fakes[i]
    return np.asarray(handed_out), pool


def exchanged(rng, pool, fakes, p=0.5, stored=True, place_of=None):
    pool, handed_out = pool.copy(), fakes.copy()
    for i in range(len(fakes)):
        if rng.random() < p:
            place = place_of() if place_of else rng.integers(len(pool))
            handed_out[i] = pool[place]
            if stored:
                pool[place] = fakes[i]
    return handed_out, pool


@wrong("exchange", "places_of_their_own")
def a_permutation_of_places(rng, pool, fakes):
    pool, handed_out, places = pool.copy(), fakes.copy(), rng.permutation(len(pool))
    for i, fake in enumerate(fakes):
        if rng.random() < 0.5 and len(places):
            handed_out[i], pool[places[0]] = pool[places[0]], fake
            places = places[1:]
    return handed_out, pool


@wrong("exchange", "differs")
def mostly_the_first_place(rng, pool, fakes):
    return exchanged(rng, pool, fakes, place_of=lambda: min(rng.integers(len(pool)), rng.integers(len(pool))))


@wrong("exchange", "not_half")
def never_one_of_this_call(rng, pool, fakes):
    pool, handed_out, there = pool.copy(), fakes.copy(), list(range(len(pool)))
    for i in range(len(fakes)):
        if rng.random() < 0.5 and there:
            place = there.pop(0)
            handed_out[i], pool[place] = pool[place], fakes[i]
    return handed_out, pool


@wrong("exchange", "reseeds")
def a_seed_inside(rng, pool, fakes):
    return exchanged(np.random.default_rng(3), pool, fakes)


@wrong("exchange", "lost")
def dropped_on_the_way(rng, pool, fakes):
    handed_out, pool = exchanged(rng, pool, fakes)
    pool[0] = handed_out[0]
    return handed_out, pool


@wrong("exchange", "not_half")
def every_fourth(rng, pool, fakes):
    return exchanged(rng, pool, fakes, 0.25)


@wrong("exchange", "ignores_rng")
def a_coin_from_elsewhere(rng, pool, fakes):
    return exchanged(np.random.default_rng(), pool, fakes)


@wrong("exchange", "never_the_last")
def never_the_last_place(rng, pool, fakes):
    pool, handed_out = pool.copy(), list(fakes)
    for i in range(len(fakes)):
        if rng.random() < 0.5:
            place = rng.integers(len(pool) - 1)
            handed_out[i] = pool[place].copy()
            pool[place] = fakes[i]
    return np.array(handed_out), pool


@wrong("exchange", "wrong_shape")
def pool_first(rng, pool, fakes):
    return exchanged(rng, pool, fakes)[::-1]


@wrong("exchange", "other_numbers")
def halves_of_both(rng, pool, fakes):
    handed_out, pool = exchanged(rng, pool, fakes)
    return handed_out / 2 + pool[:1] / 2, pool


@wrong("exchange", "float64")
def in_float64(rng, pool, fakes):
    handed_out, pool = exchanged(rng, pool, fakes)
    return handed_out.astype("float64"), pool


@wrong("exchange", "changes_its_arguments")
def pool_changed_in_place(rng, pool, fakes):
    handed_out = fakes.copy()
    for i in range(len(fakes)):
        if rng.random() < 0.5:
            place = rng.integers(len(pool))
            handed_out[i], pool[place] = pool[place].copy(), fakes[i]
    return handed_out, pool


@wrong("exchange", "returns_nothing")
def not_returned(rng, pool, fakes):
    exchanged(rng, pool, fakes)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("swap_in", "other_weights")
def present_weights_in_half_precision(model, past_weights, act):
    present = [weights.astype("float16") for weights in model.get_weights()]
    model.set_weights(past_weights)
    result = act()
    model.set_weights(present)
    return result


@wrong("mix_batch", "picked_together")
def every_so_many_old_ones(rng, new, buffer):
    k = min(len(new) // 2, len(buffer))
    if not k:
        return new.copy()
    places = (rng.integers(len(buffer)) + len(buffer) // k * np.arange(k)) % len(buffer)
    return np.concatenate([new[rng.permutation(len(new))[k:]], buffer[places].astype(new.dtype)])


@wrong("swap_in", "not_swapped")
def back_before_the_act(model, past_weights, act):
    present = model.get_weights()
    model.set_weights(past_weights)
    model.set_weights(present)
    return act()


@wrong("swap_in", "not_swapped")
def past_after_the_act(model, past_weights, act):
    result = act()
    model.set_weights(past_weights)
    return result


@wrong("remember", "empty_draw")
def a_place_too_few(rng, buffer, n_seen, samples, capacity):
    kept = [*buffer]
    for sample in samples:
        n_seen += 1
        if len(kept) < capacity:
            kept.append(sample)
        elif rng.random() < capacity / n_seen:
            kept[rng.integers(capacity - 1)] = sample
    return np.array(kept).reshape(-1, *samples.shape[1:]).astype(samples.dtype), n_seen
