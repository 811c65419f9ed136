"""Images in one range: scaling to [-1, 1], the way back, a last layer for any range."""

import keras
import numpy as np


def scale_images(images):
    """Turn images as they are stored into what a tanh generator can make.

    images: uint8 array of any shape, 0 for black to 255 for white.
    Returns a float32 array of the same shape: 0 becomes -1.0, 255 becomes 1.0, evenly
    in between.
    Source: Radford, Metz and Chintala 2015, section 4; Chintala et al. 2016, trick 1.

    >>> scaled = scale_images(np.array([[0, 102, 255]], "uint8"))
    >>> scaled.shape, scaled.dtype.name, [round(float(x), 3) for x in scaled[0]]
    ((1, 3), 'float32', [-1.0, -0.2, 1.0])
    """
    return images.astype("float32") / 127.5 - 1


def unscale_images(scaled):
    """Undo `scale_images`, so that an image can be looked at.

    scaled: float array of any shape, -1.0 for black to 1.0 for white.
    Returns a uint8 array of the same shape: 0 for black to 255 for white. Each of the
    256 grey values comes back exactly. What lies between two of them becomes the nearer
    one, what lies below -1 becomes 0, what lies above 1 becomes 255.

    >>> images = unscale_images(np.array([[-1.2, -1.0, 0.3, 1.0, 1.2]]))
    >>> images.dtype.name, images.tolist()
    ('uint8', [[0, 0, 166, 255, 255]])
    """
    return np.clip(np.round((scaled + 1) * 127.5), 0, 255).astype("uint8")


def stretched_tanh(x, low, high):
    """Give a generator a last activation for any range: tanh, stretched and shifted.

    x: a float32 tensor of any shape, any real numbers. low, high: the ends of the
    range, low < high.
    Returns a float32 tensor of the same shape: tanh(x), with its -1 moved to low and
    its 1 to high, evenly in between. So for (-1, 1) it is tanh itself.
    Works inside a Keras model, so it uses keras.ops and not NumPy.

    >>> x = keras.ops.array([-9.0, 0.0, 0.5, 9.0])
    >>> [round(float(y), 3) for y in stretched_tanh(x, low=2, high=10)]
    [2.0, 6.0, 7.848, 10.0]
    """
    return low + (high - low) * (keras.ops.tanh(x) + 1) / 2
