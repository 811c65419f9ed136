"""The playground in the browser plays the course's games: the same numbers as Python's, step for step."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganhacks import toys
from ganhacks.training.loop import state_kept
from tests.web.playground import require_chromium
from tools.board import recipes
from tools.board.hacks import HACKS
from tools.board.setups import Setup
from tools.board.workloads import WORKLOADS
from tools.playground_browser import modules

SIZE, RATE, N_STEPS = 128, 1e-3, 5
PLAIN = Setup()


@pytest.fixture(scope="module")
def js():
    require_chromium()
    with modules() as run:
        yield run


# ---- one step of the ring GAN, number by number

#: what the browser is told, and the same for the scoreboard
STEPS = [
    ({}, {}),
    ({"loss": "non-saturating", "beta1": 0.5}, {"loss": "non-saturating", "beta_1": 0.5}),
    ({"slope": 0.2, "dRate": 4}, {"slope": 0.2, "d_rate": 4.0}),
    ({"gNorm": True}, {"g_norm": True}),
    ({"dNorm": True}, {"d_norm": True}),
    ({"smooth": 0.1}, {"real_labels": "one-sided"}),
    ({"r1": 0.1, "slope": 0.2}, {"r1": 0.1, "slope": 0.2}),
    ({"pack": 2}, {"pack": 2}),
    ({"dUpdates": 2}, {"d_updates": 2}),
    ({"targets": [1.3, 0.8]}, {"targets": (1.3, 0.8)}),
    ({"targets": [0.8, 1.5]}, {"targets": (0.8, 1.5)}),
    ({"gNorm": True, "dUpdates": 2}, {"g_norm": True, "d_updates": 2}),
    ({"dNorm": True, "r1": 0.1}, {"d_norm": True, "r1": 0.1}),
]
PLAYED = """
const gan = new ring.RingGan(tf, argument.settings, 0);
for (const [network, layers] of [[gan.generator, argument.g], [gan.discriminator, argument.d]])
  network.weights.assign(tf.concat(network.shapes.flatMap(({ scale }, i) => {
    const parts = [tf.reshape(tf.tensor(layers[i].kernel), [-1]), tf.tensor(layers[i].bias)];
    return scale ? [...parts, tf.ones(scale)] : parts;
  })));
let left, losses = [];
gan.realBatch = () => left.real.shift();
gan.latents = () => left.latents.shift();
for (let i = 0; i < argument.steps; i++) {
  left = { real: argument.real.slice(), latents: argument.latents.slice() };
  gan.step();
  losses.push([gan.dLoss, gan.gLoss]);
}
const layer = ({ kernel, bias }) => ({ kernel: kernel.arraySync()[0], bias: bias.arraySync() });
const [g, d] = [gan.generator, gan.discriminator].map((network) => network.layers().map(layer));
const moments = [gan.generator, gan.discriminator].flatMap((network) => network.moments.flat());
return { g, d, losses, moments: moments.map((moment) => moment.arraySync()) };
"""


def weights_of(model):
    """Return kernel and bias of each dense layer; of a normalized one the bias is that of its normalization."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            found.append({"kernel": np.asarray(layer.kernel), "bias": None})
            if layer.use_bias:
                found[-1]["bias"] = np.asarray(layer.bias)
        elif isinstance(layer, keras.layers.BatchNormalization):
            found[-1]["bias"] = np.asarray(layer.beta)
    return found


def moments_of(model):
    """Return what its batch normalizations keep for later, mean and variance of each."""
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    return [np.asarray(moment) for norm in norms for moment in (norm.moving_mean, norm.moving_variance)]


@pytest.mark.parametrize("settings, changes", STEPS, ids=lambda one: "-".join(one) or "plain")
def test_a_step_in_the_browser_is_the_scoreboards_step(js, settings, changes):
    setup = replace(PLAIN, **changes)
    recipe = recipes.recipe(setup, (2,), RATE, 5_000, 2, SIZE, 64)
    keras.utils.set_random_seed(0)
    generator, discriminator = recipe.make_generator(), recipe.make_discriminator()
    parts = recipe.batch_size // SIZE
    rng = np.random.default_rng(1)
    real = toys.ring_data()[: SIZE * parts]
    latents = rng.uniform(-1, 1, (SIZE * parts, 2)).astype("float32")
    real_labels = np.full((SIZE * parts, 1), 1 - settings.get("smooth", 0), "float32")
    before = {"g": weights_of(generator), "d": weights_of(discriminator)}

    g_optimizer, d_optimizer = recipe.g_optimizer(), recipe.d_optimizer()
    labels, z = (tf.constant(real_labels), tf.zeros((SIZE * parts, 1))), tf.constant(latents)
    losses = []
    for _ in range(N_STEPS):
        with state_kept(generator):
            batches = tf.constant(real), generator(z, training=True)
        d_loss = recipe.discriminator_step(discriminator, d_optimizer, *batches, *labels)
        with state_kept(discriminator):
            g_loss = recipe.generator_step(generator, discriminator, g_optimizer, z)
        losses.append((float(d_loss), float(g_loss)))

    def listed(layers):
        return [{name: array.tolist() for name, array in layer.items()} for layer in layers]

    batches = {"real": np.split(real.ravel(), parts), "latents": np.split(latents.ravel(), parts)}
    given = {name: [part.tolist() for part in arrays] for name, arrays in batches.items()}
    given |= {name: listed(layers) for name, layers in before.items()}
    found = js(PLAYED, {"settings": {**settings, "rate": RATE}, "steps": N_STEPS, **given})
    np.testing.assert_allclose(found["losses"], losses, rtol=0, atol=2e-3)
    for one, other in zip(found["moments"], moments_of(generator) + moments_of(discriminator), strict=True):
        assert np.abs(np.array(one) - other).mean() < 2e-4
    for name, model in (("g", generator), ("d", discriminator)):
        for one, other, first in zip(found[name], weights_of(model), before[name]):
            for part in ("kernel", "bias"):
                # Where a gradient is next to nothing, the two Adams differ in what they take for nothing.
                moved = np.abs(other[part] - first[part]).mean()
                assert np.abs(np.array(one[part]) - other[part]).mean() < 0.1 * moved, f"{name} {part}"


# ---- what a reader sees


def test_the_score_is_pythons(js):
    points = np.concatenate([toys.ring_data(300), np.random.default_rng(0).normal(0, 2, (200, 2))]).astype("float32")
    found = js("return ring.ringScore(argument)", points.ravel().tolist())
    modes, good = toys.ring_score(points)
    assert (found["modes"], found["good"]) == (modes, pytest.approx(good))


def test_the_data_are_a_ring(js):
    points = np.array(js("return Array.from(ring.ringPoints(new random.Rng(3), 4000))")).reshape(-1, 2)
    modes, good = toys.ring_score(points)
    assert modes == 8 and 0.98 < good < 0.997
    shares = js("return ring.ringScore(ring.ringPoints(new random.Rng(3), 4000)).counts")
    assert min(shares) > 400


RANDOM = {"noise": 0.5, "flipped": 0.1, "memory": 4, "dropout": 0.3, "gaussian": True}


@pytest.mark.parametrize("settings", [{}, RANDOM], ids=["plain", "random"])
def test_a_seed_decides_a_run(js, settings):
    code = """
    const run = (seed) => {
      const gan = new ring.RingGan(tf, argument, seed);
      for (let i = 0; i < 10; i++) gan.step();
      return Array.from(gan.sample(20));
    };
    return [run(1), run(1), run(2)];
    """
    one, again, other = js(code, settings)
    assert one == again and one != other


def test_two_runs_with_one_seed_begin_alike_whatever_the_hacks(js):
    code = "return [{}, argument].map((settings) => Array.from(new ring.RingGan(tf, settings, 5).sample(20)))"
    plain, hacked = js(code, {"noise": 0.5, "r1": 0.1, "memory": 4, "flipped": 0.1})
    assert plain == hacked


def test_noise_has_gone_by_the_middle(js):
    code = """
    const gan = new ring.RingGan(tf, { noise: 1, steps: 100 }, 0);
    const batch = tf.zeros([128, 2]);
    return [0, 25, 49, 60].map((done) => { gan.done = done; return tf.tidy(() => {
      const seen = []; const call = gan.discriminator.call;
      gan.discriminator.call = (x) => { seen.push(tf.mean(tf.abs(x)).dataSync()[0]); return tf.zeros([128, 1]); };
      gan.logits(batch); gan.discriminator.call = call; return seen[0]; }); });
    """
    first, half, last, after = js(code)
    assert first == pytest.approx(0.8, abs=0.1) and half == pytest.approx(0.4, abs=0.1) and last == after == 0


def test_half_of_ds_fakes_come_from_the_memory_once_it_is_full(js):
    code = """
    const gan = new ring.RingGan(tf, { memory: 1 }, 0);
    const share = (values, value) => values.filter((x) => x === value).length / values.length;
    return [1, 2, 3].map((value) => share(gan.withOldFakes(new Float32Array(256).fill(value)), value));
    """
    assert js(code) == [1, 1, 0.5]


def test_a_run_leaves_no_tensor_behind(js):
    code = """
    const before = tf.memory().numTensors;
    const gan = new ring.RingGan(tf, { gNorm: true, dNorm: true, r1: 0.1 }, 0);
    for (let i = 0; i < 3; i++) gan.step();
    gan.judged(gan.sample(10));
    gan.dispose();
    return tf.memory().numTensors - before;
    """
    assert js(code) == 0


# ---- the switches

#: what the playground calls a choice -> what the scoreboard's Setup calls it
NAMES = {
    **{"loss": "loss", "beta1": "beta_1", "dRate": "d_rate", "slope": "slope", "gNorm": "g_norm", "dNorm": "d_norm"},
    **{"flipped": "flipped", "noise": "d_noise", "r1": "r1", "dUpdates": "d_updates", "memory": "memory"},
    **{"pack": "pack", "dropout": "g_dropout", "targets": "targets"},
}


def as_setup(settings):
    """Return what the scoreboard calls these settings of the playground."""
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    changes = {NAMES[name]: value for name, value in plain.items() if name in NAMES}
    if "gaussian" in settings:
        changes["latents"] = "gaussian" if settings["gaussian"] else "uniform"
    if "smooth" in settings:
        changes["real_labels"] = "one-sided" if settings["smooth"] else "hard"
    return changes


def test_every_switch_is_a_hack_of_the_scoreboard_in_its_dose(js):
    of_board = [(hack.lab, hack.on, hack.off) for hack in HACKS]
    for hack in js("return hacks.HACKS"):
        on, off = as_setup(hack["on"]), as_setup(hack["off"])
        same_lab = [(one, other) for lab, one, other in of_board if lab == hack["lab"]]
        if hack["id"] == "dnorm":  # the scoreboard has it in both networks, or in G alone
            assert any(on.items() <= one.items() for one, _ in same_lab)
        elif hack["id"] == "ttur":  # the lab's own; on the board it stands with what came after 2016
            assert on == {"d_rate": 4.0} and ("", on, off) in of_board
        else:
            assert (on, off) in same_lab, hack["title"]


def test_the_two_recipes_are_the_scoreboards(js):
    ring = WORKLOADS["ring"]
    for name, base in js("return hacks.BASES").items():
        assert replace(PLAIN, **as_setup(base["settings"])) == ring.contexts[name]
        assert ring.rates[name] == js("return hacks.FIRST.rate")


def test_a_switch_takes_out_what_the_recipe_has_and_puts_in_what_it_has_not(js):
    choice = {"base": "good", "switched": ["r1", "leaky"], "rate": 2e-3, "seed": 4}
    without, with_it = js("return hacks.settingsOf(argument)", choice)
    assert (without["r1"], without["slope"]) == (0.1, 0) and (with_it["r1"], with_it["slope"]) == (0, 0.2)
    assert {name for name in without if without[name] != with_it[name]} == {"r1", "slope"}


def test_an_address_brings_the_choice_back_and_a_wrong_one_the_first(js):
    code = "return hacks.choiceOf(typeof argument === 'string' ? argument : hacks.addressOf(argument))"
    choice = {"base": "good", "switched": ["loss", "pack"], "rate": 5e-4, "seed": 123}
    assert js(code, choice) == choice
    assert js(code, {**choice, "switched": []})["switched"] == []
    first = js("return hacks.FIRST")
    for wrong in ("", "#base=best&rate=7&seed=-1", "#seed=1e9&rate=x", "#a=%E0%A4"):
        assert js(code, wrong) == first
