"""What the studies train: each function returns (Recipe, data, steps). TensorFlow is loaded when one is called.

`scores` is what every run of them is judged by.
"""

from dataclasses import replace
from functools import partial

import numpy as np

RATE = 1e-3  # of both Adams, before it falls


def dense_mnist(epochs, **changed):
    """Lab 12's dense GAN. changed: a field of the recipe -> the name of another function in hacks/mnist_gan.py."""
    from ganhacks import data
    from ganhacks.hacks import mnist_gan as hack
    from ganhacks.training import Recipe

    recipe = replace(Recipe(), **{field: getattr(hack, name) for field, name in changed.items()})
    x_train = hack.preprocess(data.mnist().x_train)
    return recipe, x_train, epochs * (len(x_train) // recipe.batch_size)


def dcgan(steps, practice=None):
    """Lab 27's DCGAN. practice: the one thing that is done differently, a key of `PRACTICES`."""
    from ganhacks.hacks import dcgan_mnist as hack

    recipe = _dcgan_recipe(steps, partial(hack.make_generator, 64), hack.make_discriminator)
    return PRACTICES[practice](recipe) if practice else recipe, _images(), steps


def conditional_dcgan(steps):
    """Lab 27's DCGAN with classes: one-hot beside the latent sample, and ten outputs of which the class picks one."""
    from ganhacks import data
    from ganhacks.hacks import dcgan_mnist as hack

    classes = data.mnist().y_train.astype("int32")[:, None]
    recipe = _dcgan_recipe(steps, hack.make_conditional_generator, hack.make_conditional_discriminator)
    recipe = replace(recipe, latent_samples=partial(latents_and_classes, classes))
    return recipe, (_images(), classes), steps


def latents_and_classes(classes, rng, n_samples, latent_dim):
    """Draw latent samples, and classes as often as they are among `classes`, (n, 1)."""
    from ganhacks import data

    return rng.standard_normal((n_samples, latent_dim), "float32"), data.labels_in_shares(rng, classes, n_samples)


def _images():
    from ganhacks import data
    from ganhacks.hacks.scale_images import scale_images

    return scale_images(data.mnist().x_train)[..., None]


def _dcgan_recipe(steps, make_generator, make_discriminator):
    from ganhacks.training import Recipe, ones

    adam = partial(make_adam, steps)
    return Recipe(make_generator, make_discriminator, 64, 64, adam, adam, real_labels=ones)


def make_adam(steps, beta_1=0.5, schedule=True):
    import keras

    from ganhacks.hacks import dcgan_mnist as hack

    rate = hack.HoldThenFall(steps, RATE) if schedule else RATE
    return keras.optimizers.Adam(rate, beta_1=beta_1)


# ---- practices of other labs, each in place of what lab 27's recipe does


def _labels_of_0_9(recipe):
    from ganhacks.training import one_sided

    return replace(recipe, real_labels=one_sided)


def _optimizers(recipe, **changed):
    adam = partial(recipe.g_optimizer, **changed)
    return replace(recipe, g_optimizer=adam, d_optimizer=adam)


def _discriminator(recipe, change):
    return replace(recipe, make_discriminator=partial(_rebuilt, recipe.make_discriminator, change))


def _generator(recipe, change):
    return replace(recipe, make_generator=partial(_rebuilt, recipe.make_generator, change))


def _rebuilt(make, change):
    """Build the model again with other layers. change: a layer -> the list of layers in its place."""
    import keras

    model = make()
    others = [other for layer in model.layers for other in change(layer)]
    return keras.Sequential([keras.Input(model.input_shape[1:]), *others])


def _fresh(layer, **changed):
    return type(layer).from_config({**layer.get_config(), **changed})


def _with_dropout(layer):
    from keras import layers

    return [_fresh(layer), layers.Dropout(0.3)] if isinstance(layer, layers.LeakyReLU) else [_fresh(layer)]


def _with_batch_norm(layer):
    from keras import layers

    inner = isinstance(layer, layers.Conv2D) and layer.filters > 16  # not on the first layer, which sees the image
    return [_fresh(layer), layers.BatchNormalization()] if inner else [_fresh(layer)]


def _without_batch_norm(layer):
    from keras import layers

    if isinstance(layer, layers.BatchNormalization):
        return []
    return [_fresh(layer, use_bias=True)] if hasattr(layer, "use_bias") else [_fresh(layer)]


#: what is done differently, with its lab -> Recipe -> Recipe
PRACTICES = {
    "real labels 0.9 (lab 10)": _labels_of_0_9,
    "dropout 0.3 in D": partial(_discriminator, change=_with_dropout),
    "batch norm in D (lab 04)": partial(_discriminator, change=_with_batch_norm),
    "no batch norm in G (lab 04)": partial(_generator, change=_without_batch_norm),
    "beta_1 0.9 (lab 06)": partial(_optimizers, beta_1=0.9),
    "a constant rate": partial(_optimizers, schedule=False),
}


def scores(samples):
    """Judge 10,000 digits, or a tuple of digits and the classes that they were asked for: name -> number."""
    from ganhacks import data, metrics
    from ganhacks.metrics import synthetic

    images, *classes = samples if isinstance(samples, tuple) else (samples,)
    images = images.reshape(-1, 784)
    found = metrics.mnist_scores(images)
    true_shares = np.bincount(data.mnist().y_train, minlength=10) / 60_000
    row = {
        "fid": round(found.fid, 4),
        "class_kl": round(found.class_kl, 5),
        "worst_share": round(100 * float(np.abs(np.array(found.shares) - true_shares).max()), 3),  # points
        "as_asked": "",
        "tstr": "",
    }
    if classes:
        asked = classes[0][:, 0]
        row["as_asked"] = float(np.mean(metrics.classify(images)[1].argmax(axis=1) == asked))
        row["tstr"] = synthetic.train_on_synthetic(images, asked)
    return row
