"""The DCGAN paper's first weights: small, Gaussian, another draw for every layer."""


def gaussian_init(rng, shape):
    """Draw the first weights of one kernel.

    rng: a numpy.random.Generator. shape: a tuple, such as (4, 4, 64, 64).
    Returns a float32 array of this shape: every number, drawn by itself, from a normal
    distribution with mean 0 and standard deviation 0.02.
    Source: Radford, Metz and Chintala 2015, section 4.

    >>> import numpy as np
    >>> kernel = gaussian_init(np.random.default_rng(0), (4, 4, 64, 64))
    >>> kernel.shape, kernel.dtype.name
    ((4, 4, 64, 64), 'float32')
    >>> round(abs(float(kernel.mean())), 3), round(float(kernel.std()), 3)
    (0.0, 0.02)
    """
    return rng.normal(0.0, 0.02, shape).astype("float32")


def initialize(model, rng):
    """Give a whole Keras model its first weights, in place.

    model: a built keras.Model, its layers directly in model.layers.
    rng: a numpy.random.Generator; every layer gets draws of its own.
    Kernels, in whatever kind of layer, become N(0, 0.02), the gammas of batch
    normalization N(1, 0.02), whatever they were. Biases, betas and moving averages
    stay as they are.
    Returns the same model.
    Source: Radford, Metz and Chintala 2015, and their code for the gammas.

    >>> import keras, numpy as np
    >>> block = [keras.layers.Dense(1000), keras.layers.BatchNormalization()]
    >>> model = keras.Sequential([keras.Input((1,)), *block])
    >>> for w in initialize(model, np.random.default_rng(0)).weights:
    ...     print(w.name, abs(np.round(np.mean(w), 2)), np.round(np.std(w), 2))
    kernel 0.0 0.02
    bias 0.0 0.0
    gamma 1.0 0.02
    beta 0.0 0.0
    moving_mean 0.0 0.0
    moving_variance 1.0 0.0
    """
    for layer in model.layers:
        for name, mean in (("kernel", 0.0), ("gamma", 1.0)):
            variable = getattr(layer, name, None)
            if variable is not None:
                variable.assign(rng.normal(mean, 0.02, variable.shape))
    return model
