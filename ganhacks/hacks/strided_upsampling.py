"""Double an image with a transposed convolution, and know where it writes how often."""

import keras
import numpy as np
from keras import layers


def coverage(kernel, stride):
    """Count how often a transposed convolution writes each pixel, away from the border.

    kernel, stride: whole numbers from 1, the same for height and width. Each input
    pixel writes a square patch of kernel times kernel output pixels, and the patches of
    neighbours begin `stride` pixels apart. kernel may be smaller than stride: then some
    pixels are never written.
    Returns a NumPy array of whole numbers (stride, stride), one period of the pattern:
    entry [i, j] is the count of the pixels whose row leaves remainder i and whose
    column leaves remainder j when divided by stride. Which row and column you call the
    first is up to you.
    Source: Odena, Dumoulin and Olah 2016.

    >>> coverage(4, 2).tolist()
    [[4, 4], [4, 4]]
    >>> sorted(coverage(3, 2).ravel().tolist())  # in order, wherever the period begins
    [1, 2, 2, 4]
    """
    counts = np.bincount(np.arange(kernel) % stride, minlength=stride)
    return np.outer(counts, counts)


def covers_evenly(kernel, stride):
    """Tell whether a transposed convolution writes all pixels equally often.

    kernel, stride: whole numbers from 1.
    Returns True or False, of the pixels away from the border.
    Source: Odena, Dumoulin and Olah 2016.

    >>> covers_evenly(4, 2), covers_evenly(5, 2), covers_evenly(2, 4)
    (True, False, False)
    """
    return kernel % stride == 0


def make_doubling_block(filters=64, input_shape=(64, 64, 3)):
    """Build a block that doubles height and width, with one transposed convolution.

    In: (batch, *input_shape), that is (batch, height, width, channels).
    Out: (batch, 2 * height, 2 * width, filters), each pixel away from the border
    written equally often: by four patches. It has a bias, no activation, and nothing
    else.
    Returns an untrained keras.Model, 3,136 parameters at the default sizes.
    Source: Radford, Metz and Chintala 2015; the kernel: Odena, Dumoulin and Olah 2016.

    >>> block = make_doubling_block(filters=2, input_shape=(3, 4, 3))
    >>> block.output_shape, block.count_params()
    ((None, 6, 8, 2), 98)
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
        ]
    )
