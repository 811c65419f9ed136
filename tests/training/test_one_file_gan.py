"""The GAN in one file, which a newcomer reads first, is the GAN that `train` trains, number by number."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from ganhacks import data
from ganhacks.hacks import mnist_gan
from ganhacks.training import Recipe, loop, train
from ganhacks.training.streams import CHUNK, Stream, generator_for

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "ganhacks" / "one_file_gan.py"
STEPS = 50


@pytest.fixture(scope="module")
def source():
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ran(source, tmp_path_factory):
    """What the file leaves behind after 50 steps, as by `python ganhacks/one_file_gan.py`."""
    tree = ast.parse(source)
    (steps,) = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "steps"]
    steps.value = ast.copy_location(ast.Constant(STEPS), steps.value)
    names = {"__file__": str(FILE), "__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("one_file"))
        exec(compile(tree, str(FILE), "exec"), names)
        names["picture"] = Path("one_file_gan.png").read_bytes()
    return names


@pytest.fixture(scope="module")
def trained(ran):
    """The same by `train`, every layer as written, on the batches that the file draws."""
    batch_size, latent_dim = ran["batch_size"], ran["latent_dim"]
    rng = np.random.default_rng(ran["seed"])
    n_rows = CHUNK * batch_size
    order = rng.permutation(len(ran["x_train"]))
    latents = np.zeros((n_rows, latent_dim), "float32")
    for begin in range(0, STEPS * batch_size, batch_size):
        latents[begin : begin + batch_size] = rng.standard_normal((batch_size, latent_dim))
    data = np.zeros((n_rows, 784), "float32")
    data[generator_for(0, Stream.PERMUTATION).permutation(n_rows)] = ran["x_train"][order[:n_rows]]
    recipe = Recipe(latent_samples=lambda rng, n_samples, latent_dim: latents[:n_samples])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "form_for", lambda *models: "plain")
        return train(recipe, data, STEPS, ran["seed"], progress=False)


def test_its_digits_lie_in_minus_one_to_one_as_those_of_lab_12(ran):
    x_train = ran["x_train"]
    assert (x_train.min(), x_train.max(), x_train.dtype, x_train.shape) == (-1, 1, "float32", (60_000, 784))
    np.testing.assert_array_equal(x_train, mnist_gan.preprocess(data.mnist().x_train))


def test_its_losses_are_those_of_train(ran, trained):
    ours = np.array([[float(loss) for loss in pair] for pair in ran["losses"]])
    np.testing.assert_allclose(ours, trained.curves[:, :2], rtol=1e-5)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_its_weights_are_those_of_train(ran, trained, network):
    for ours, theirs in zip(ran[network].weights, getattr(trained, network).weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6, err_msg=ours.path)


def test_it_draws_a_picture(ran):
    image = tf.io.decode_png(ran["picture"])
    assert image.shape == (5 * 28 * 3, 10 * 28 * 3, 4)


def test_it_is_short_flat_and_on_its_own(source):
    assert len(source.splitlines()) <= 120
    assert "ganhacks" not in re.sub(r'"""(.|\n)*?"""', "", source, count=1)
    (function,) = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert function.name == "step"


def test_its_map_leads_to_labs_that_there_are(source):
    numbers = set(re.findall(r"\b(lab|lesson) (\d\d)", source))
    assert len(numbers) >= 8
    for kind, number in numbers:
        assert list((ROOT / "course" / f"{kind}s").glob(f"{number}_*.py")), f"there is no {kind} {number}"
