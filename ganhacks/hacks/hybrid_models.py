"""Hybrid models: a VAE's two terms, and with a GAN's the loss of a VAE-GAN."""

from keras import ops


def kl_to_normal(mean, log_var):
    """Compute for each sample the KL divergence of its Gaussian from N(0, I).

    mean, log_var: float tensors (n, latent_dim), the Gaussian's mean and log σ² in each
    dimension. The dimensions are independent of each other.
    Returns a tensor (n,), from 0 up, in nats. It is right for any log_var from -200
    to 60.
    Source: Kingma and Welling 2013, appendix B.

    >>> mean = ops.array([[1.0, 2.0], [0.0, 0.0]])
    >>> log_var = ops.array([[0.0, 0.0], [1.0, -1.0]])
    >>> [round(float(kl), 3) for kl in kl_to_normal(mean, log_var)]
    [2.5, 0.543]
    """
    return ops.sum(mean**2 + ops.exp(log_var) - 1 - log_var, axis=-1) / 2


def sample_latents(mean, log_var, noise):
    """Draw a sample of each Gaussian, and let the gradient through to mean and log σ².

    mean, log_var: float tensors (n, latent_dim), the Gaussian's mean and log σ² in each
    dimension.
    noise: float tensor (n, latent_dim) from N(0, I), all the chance that there is.
    Returns a tensor (n, latent_dim): the mean plus as many standard deviations as
    `noise` says, for any log_var from -80 to 60.
    Source: Kingma and Welling 2013, section 2.4.

    >>> mean, log_var = ops.array([[5.0, 5.0]]), ops.array([[0.0, 2.0]])
    >>> z = sample_latents(mean, log_var, ops.array([[-1.0, 1.0]]))
    >>> [round(float(number), 3) for number in z[0]]
    [4.0, 7.718]
    """
    return mean + ops.exp(log_var / 2) * noise


def reconstruction_error(images, reconstructions):
    """Compute how unlikely each image is, if its pixels are N(reconstruction, 1).

    images, reconstructions: float tensors (n, n_pixels).
    Returns a tensor (n,): -log of the probability density of the *whole* image, without
    the constant, so that 0 is a perfect reconstruction. Pixels are independent of each
    other.
    Source: Kingma and Welling 2013, appendix C.2, with σ = 1.

    >>> images = ops.array([[0.0, 1.0], [1.0, 1.0]])
    >>> errors = reconstruction_error(images, ops.array([[0.0, 0.0], [0.0, -1.0]]))
    >>> [round(float(error), 3) for error in errors]
    [0.5, 2.5]
    """
    return ops.sum(ops.square(images - reconstructions), axis=-1) / 2


def vae_gan_loss(reconstruction, kl, fake_logits, kl_weight, adversarial_weight):
    """Compute what encoder and decoder minimise: three terms, two of them weighted.

    reconstruction, kl: float tensors (n,), each image's reconstruction error and KL
    divergence.
    fake_logits: float tensor (m, 1), the discriminator's answers to what the decoder
    made; m and n may differ. kl_weight, adversarial_weight: numbers from 0, or scalar
    tensors.
    Returns a scalar tensor: the mean of the errors, `kl_weight` times the mean of the
    divergences and `adversarial_weight` times the non-saturating loss, the mean of -log
    D over the fakes. D = sigmoid(logit), and logits of -1000 and 1000 are no trouble.
    Source: after Larsen et al. 2015; Goodfellow et al. 2014, section 3.

    >>> reconstruction, kl = ops.array([1.0, 3.0]), ops.array([10.0, 30.0])
    >>> loss = vae_gan_loss(reconstruction, kl, ops.array([[-1000.0]]), 0.2, 0.001)
    >>> round(float(loss), 3)  # 2 + 0.2 * 20 + 0.001 * 1000
    7.0
    """
    adversarial = ops.mean(ops.softplus(-fake_logits))
    weighted = kl_weight * ops.mean(kl) + adversarial_weight * adversarial
    return ops.mean(reconstruction) + weighted
