"""What a run can choose: a `Setup` has one field for each hack, and its defaults are no hack at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setup:
    """Every choice of a run beside its workload, seed and learning rate. 0, False and None: not used."""

    # what the networks are made of
    slope: float = 0.0  # of leaky ReLUs in both networks; 0 is ReLU
    g_norm: bool = False  # batch normalization in G's hidden layers
    d_norm: bool = False  # in D's, but for the first
    init_std: float = 0.0  # of Gaussian first weights; 0 is Keras' default, Glorot's uniform
    g_dropout: float = 0.0  # share dropped in G's hidden layers, at every time
    g_noise: float = 0.0  # deviation of the noise that is added in G's hidden layers, in training
    batch_feature: str | None = None  # what D sees of its batch: "discrimination", "mean discrimination", "deviation"
    pack: int = 1  # how many samples D judges together
    spectral: bool = False  # spectral normalization in D
    down: str = "max pooling"  # or "strides", "average pooling"
    up: str = "repeated pixels"  # or "strides"
    # what they see
    scaled: bool = False  # images in [-1, 1] against tanh, not in [0, 1] against a sigmoid
    latents: str = "uniform"  # or "gaussian"
    classes: str | None = None  # how both networks are told the class: "one-hot", "channel"
    real_labels: str = "hard"  # or "one-sided", "soft"
    flipped: float = 0.0  # share of D's labels that are flipped
    d_noise: float = 0.0  # deviation of the noise on all that D sees at the first step; it falls to 0 by the middle
    augmented: bool = False  # all that D sees is moved and has a hole, DiffAugment
    # how they learn
    loss: str = "saturating"  # or "non-saturating", "hinge", "relativistic"
    separate: bool = True  # D sees reals and fakes in two batches
    two_updates: bool = False  # of D, one on the reals and one on the fakes
    d_updates: int = 1  # to one of G
    targets: tuple | None = None  # losses above which D, and G, go on learning in a round
    memory: int = 0  # how many batches of old fakes are kept; half of D's fakes come from there
    r1: float = 0.0  # weight of the penalty on D's gradient at the reals
    r2: float = 0.0  # and at the fakes
    reconstruct: float = 0.0  # weight of a VAE's two terms in G's loss
    beta_1: float = 0.9
    d_rate: float = 1.0  # D's learning rate in units of G's
    d_sgd: bool = False
    average: float = 0.0  # how much of the average of G's weights is kept at each step; samples are from the average
    # what is made of the latent space
    between: str | None = None  # samples from halfway between two latent points: by "lerp" or by "slerp"
