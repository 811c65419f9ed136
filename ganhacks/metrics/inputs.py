"""What the metrics want of images and of features, and a sentence for each way in which they can be wrong."""

import numpy as np

from ganhacks.errors import require


def checked_images(images):
    """Return `images` as float32 (n, 28, 28, 1), or raise BadInput that names the mistake.

    images: float (n, 28, 28), (n, 28, 28, 1) or (n, 784) in [-1, 1].
    """
    images = np.asarray(images)
    wanted = "wanted float32 images (n, 28, 28), (n, 28, 28, 1) or (n, 784) in [-1, 1]"
    rescale = "pass images.astype('float32') / 127.5 - 1"
    shape = images.shape
    require(shape != (28, 28), f"images has the shape of a single image, (28, 28), {wanted}: pass images[None].")
    require(
        shape[1:] in [(28, 28), (28, 28, 1), (784,)] and shape[0] > 0,
        f"images has the shape {shape}, {wanted}: reshape them, one image a row.",
    )
    require(images.dtype != np.uint8, f"images is uint8, so in [0, 255], {wanted}: {rescale}.")
    require(
        np.issubdtype(images.dtype, np.floating),
        f"images has the type {images.dtype}, {wanted}: if they are in [0, 255], {rescale}.",
    )
    low, high = float(images.min()), float(images.max())
    found = f"images lie in [{low:.4g}, {high:.4g}]"
    require(
        np.isfinite([low, high]).all(),
        f"images has values that are NaN or infinite, {wanted}: look for the step at which the losses became NaN.",
    )
    require(not (low >= 0 and high > 2), f"{found}, which looks like [0, 255], {wanted}: {rescale}.")
    require(
        low >= -1.001 and high <= 1.001,
        f"{found}, {wanted}: end the generator in tanh, or scale the images to that range.",
    )
    # All near 1 is a generator that diverged, and may be scored; from about 0 up is another scale.
    require(
        not (0 <= low < 0.5 and high > 0.5),
        f"{found}, which looks like [0, 1], {wanted}: "
        "pass images * 2 - 1, or end the generator in tanh, not in sigmoid.",
    )
    return images.astype("float32").reshape(-1, 28, 28, 1)


def checked_features(name, features, least=1, per_feature=0, why="pass more samples"):
    """Return `features` as float64 (n, d), or raise BadInput that names the mistake.

    name: of the argument, for the sentence. least, per_feature: n is wanted to be at least `least` and
    `per_feature` * d. why: what the sentence advises if n is less.
    """
    features = np.asarray(features)
    require(
        features.ndim == 2 and features.shape[1] > 0,
        f"{name} has the shape {features.shape}, wanted (n, d): pass one row a sample.",
    )
    n, d = features.shape
    least = max(least, per_feature * d)
    require(n >= least, f"{name} has {n} rows of {d} features, wanted at least {least} rows: {why}.")
    require_real_numbers(name, features)
    features = features.astype("float64")
    require(
        np.isfinite(features).all(),
        f"{name} has values that are NaN or infinite, wanted finite ones: look at the images that they were made from.",
    )
    return features


def checked_pair(sets, **wanted):
    """Return two sets of features, name -> (n, d), as `checked_features` does; both are wanted to have one width."""
    (name_a, a), (name_b, b) = ((name, checked_features(name, x, **wanted)) for name, x in sets.items())
    require(
        a.shape[1] == b.shape[1],
        f"{name_a} has {a.shape[1]} columns and {name_b} has {b.shape[1]}, wanted as many: "
        "get both from the same layer of the same network.",
    )
    return a, b


def require_real_numbers(name, array):
    """Raise BadInput if `array` holds truth values, text, objects, complex numbers or dates."""
    require(
        array.dtype.kind not in "bSUOcmM",
        f"{name} has the type {array.dtype}, wanted real numbers: pass a float array.",
    )


def require_whole(name, value, least, usual):
    """Raise BadInput unless `value` is an integer from `least` up; `usual` is how the sentence ends."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least
    require(whole, f"{name} is {value!r}, wanted a whole number from {least} up: {usual}.")
