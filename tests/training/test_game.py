"""A game whose updates are called one at a time: the same updates as in the loop, counted, and begun anew."""

import numpy as np
import pytest
import tensorflow as tf

from ganhacks import toys
from ganhacks.errors import BadInput
from ganhacks.training.game import Game

LABELS = {"real_labels": 4, "fake_labels": 5}


@pytest.fixture(scope="module")
def game():
    return Game(toys.ring_recipe(batch_size=32), toys.ring_data(1000))


def weights(model):
    return np.concatenate([values.ravel() for values in model.get_weights()])


def play_discriminator(game):
    return game.update_discriminator(game.real_batch(), game.fake_batch())


def losses_of_three_rounds(game):
    return [(play_discriminator(game), game.update_generator()) for _ in range(3)]


def test_an_update_changes_its_own_player_alone_and_is_counted(game):
    game.restart(0)
    for update, moved, still, counts in (
        (lambda: play_discriminator(game), game.discriminator, game.generator, (1, 0)),
        (game.update_generator, game.generator, game.discriminator, (1, 1)),
    ):
        before = weights(moved), weights(still)
        assert update() > 0
        assert (weights(moved) != before[0]).any()
        assert (weights(still) == before[1]).all()
        assert (game.d_updates, game.g_updates) == counts


def test_batches_have_the_recipes_size(game):
    assert game.real_batch().shape == game.fake_batch().shape == (32, 2)


def test_a_game_that_begins_anew_is_the_game_that_its_seed_makes(game):
    game.restart(1)
    again = losses_of_three_rounds(game)
    assert game.d_updates == 3
    anew = Game(game.recipe, game.data, 1)
    assert again == losses_of_three_rounds(anew)
    assert np.array_equal(game.samples(5), anew.samples(5))


def test_another_seed_is_another_game(game):
    game.restart(1)
    one = losses_of_three_rounds(game)
    game.restart(2)
    assert one != losses_of_three_rounds(game)


def test_an_update_gets_its_batches_and_its_labels_in_the_order_of_a_recipes_step():
    def telling(discriminator, optimizer, real, fake, real_labels, fake_labels):
        variables = discriminator.trainable_variables
        optimizer.apply([tf.zeros_like(variable) for variable in variables], variables)
        return tf.reduce_mean(real) + 10 * tf.reduce_mean(fake) + 100 * real_labels[0, 0] + 1000 * fake_labels[0, 0]

    labels = {name: lambda rng, n, value=value: np.full((n, 1), value) for name, value in LABELS.items()}
    game = Game(toys.ring_recipe(batch_size=32, discriminator_step=telling, **labels), toys.ring_data(100))
    real, fake = (np.full((32, 2), value, "float32") for value in (2, 3))
    assert game.update_discriminator(real, fake) == 2 + 10 * 3 + 100 * 4 + 1000 * 5


def test_a_game_draws_anew_each_time_and_other_batches_for_another_seed(game):
    def drawn(seed):
        game.restart(seed)
        return [game.real_batch().tobytes() for _ in range(3)], game.samples(5).tobytes()

    (reals, samples), (others, other_samples) = drawn(4), drawn(5)
    assert len({*reals, *others}) == 6
    assert samples != other_samples
    assert drawn(4) == (reals, samples)


def test_looking_at_samples_leaves_the_game_as_it_is(game):
    game.restart(3)
    plain = losses_of_three_rounds(game)
    game.restart(3)
    assert game.samples(5).shape == (5, 2)
    assert losses_of_three_rounds(game) == plain


def test_samples_of_several_parts_are_refused():
    with pytest.raises(BadInput, match="data is a tuple; .* hand one array"):
        Game(toys.ring_recipe(), (toys.ring_data(), toys.ring_data()))


def test_what_train_refuses_is_refused():
    with pytest.raises(BadInput, match="data is float64"):
        Game(toys.ring_recipe(), toys.ring_data().astype("float64"))
