"""What is switched: for each hack, and each part that came after 2016, the same Setup without and with it."""

from dataclasses import dataclass, replace

PLANE, DENSE, CONVOLUTIONS = ("ring", "grid"), ("dense",), ("dcgan", "fashion")
USUAL = (*PLANE, *DENSE, "dcgan")  # `fashion` is for hacks that have no second workload otherwise
IMAGES = (*DENSE, "dcgan")


@dataclass(frozen=True)
class Hack:
    """A hack as the board switches it.

    name: of its rows. lab: its number, or "" for what came later. title: what is switched. on, off: the fields
    of the Setup with it and without it. both: fields that both arms have, where the hack makes sense only with them.
    workloads: where it is tried. why_not: why not on the others. main: whether it is the lab's own, not a variant.
    """

    name: str
    lab: str
    title: str
    on: dict
    off: dict
    both: dict = None
    workloads: tuple = USUAL
    why_not: str = ""
    main: bool = True

    def arms(self, context):
        """Return (without, with): a context's Setup with this hack switched off, and on."""
        setup = replace(context, **(self.both or {}))
        return replace(setup, **self.off), replace(setup, **self.on)


NO_PICTURE = "points of the plane are no pictures"
NO_CONVOLUTION = "there are no convolutions"

HACKS = (
    Hack(
        "strided_downsampling",
        "01",
        "strides, not max pooling, in D",
        {"down": "strides"},
        {"down": "max pooling"},
        workloads=CONVOLUTIONS,
        why_not=NO_CONVOLUTION,
    ),
    Hack(
        "strided_upsampling",
        "02",
        "transposed convolutions, not repeated pixels, in G",
        {"up": "strides"},
        {"up": "repeated pixels"},
        workloads=CONVOLUTIONS,
        why_not=NO_CONVOLUTION,
    ),
    Hack("leaky_relu", "03", "leaky ReLU 0.2 in both networks, not ReLU", {"slope": 0.2}, {"slope": 0.0}),
    Hack(
        "batch_norm",
        "04",
        "batch normalization in both networks",
        {"g_norm": True, "d_norm": True},
        {"g_norm": False, "d_norm": False},
    ),
    Hack("batch_norm_in_g", "04", "batch normalization in G alone", {"g_norm": True}, {"g_norm": False}, main=False),
    Hack("gaussian_init", "05", "first weights N(0, 0.02), not Glorot's", {"init_std": 0.02}, {"init_std": 0.0}),
    Hack("adam", "06", "Adam's β1 0.5, not 0.9", {"beta_1": 0.5}, {"beta_1": 0.9}),
    Hack("adam_0", "06", "Adam's β1 0, not 0.9", {"beta_1": 0.0}, {"beta_1": 0.9}, main=False),
    Hack(
        "scale_images",
        "07",
        "images in [-1, 1] and tanh, not [0, 1] and a sigmoid",
        {"scaled": True},
        {"scaled": False},
        workloads=IMAGES,
        why_not=NO_PICTURE,
    ),
    Hack(
        "gaussian_latent", "08", "latents from N(0, 1), not U(-1, 1)", {"latents": "gaussian"}, {"latents": "uniform"}
    ),
    Hack(
        "separate_batches",
        "09",
        "reals and fakes in two batches, not in one (both with batch norm in D)",
        {"separate": True},
        {"separate": False},
        both={"d_norm": True},
    ),
    Hack("label_smoothing", "10", "real labels 0.9", {"real_labels": "one-sided"}, {"real_labels": "hard"}),
    Hack(
        "soft_labels",
        "10",
        "real labels from 0.7 to 1.2, fake ones from 0 to 0.3",
        {"real_labels": "soft"},
        {"real_labels": "hard"},
        main=False,
    ),
    Hack("noisy_labels", "11", "5 % of D's labels flipped", {"flipped": 0.05}, {"flipped": 0.0}),
    Hack(
        "two_updates",
        "12",
        "D updated on reals, then on fakes, not on both at once; two thirds of the steps",
        {"two_updates": True},
        {"two_updates": False},
    ),
    Hack(
        "non_saturating_loss",
        "13",
        "the non-saturating loss, not the saturating one",
        {"loss": "non-saturating"},
        {"loss": "saturating"},
    ),
    Hack(
        "spherical_interpolation",
        "14",
        "halfway between two latents by slerp, not lerp (each side at its best rate)",
        {"between": "slerp"},
        {"between": "lerp"},
    ),
    Hack(
        "sparse_gradients",
        "15",
        "average pooling and leaky ReLU, not max pooling and ReLU",
        {"down": "average pooling", "slope": 0.2},
        {"down": "max pooling", "slope": 0.0},
        workloads=CONVOLUTIONS,
        why_not=NO_CONVOLUTION,
    ),
    Hack(
        "hybrid_models",
        "16",
        "a VAE's two terms in G's loss (both with Gaussian latents)",
        {"reconstruct": 1.0},
        {"reconstruct": 0.0},
        both={"latents": "gaussian"},
        workloads=(*PLANE, *DENSE),
        why_not="the encoder is made for flat samples",
    ),
    Hack(
        "experience_replay",
        "17",
        "half of D's fakes from a memory of 50 batches",
        {"memory": 50},
        {"memory": 0},
    ),
    Hack("optimizer_pairing", "18", "SGD for D, Adam for G", {"d_sgd": True}, {"d_sgd": False}),
    Hack(
        "balance_by_loss",
        "20",
        "the losses decide who learns, targets 0.8 and 1.5 (both non-saturating)",
        {"targets": (0.8, 1.5)},
        {"targets": None},
        both={"loss": "non-saturating"},  # the saturating one is below 0, so below every target
    ),
    Hack(
        "balance_at_equilibrium",
        "20",
        "the losses decide who learns, targets 1.3 and 0.8 (both non-saturating)",
        {"targets": (1.3, 0.8)},
        {"targets": None},
        both={"loss": "non-saturating"},
        main=False,
    ),
    Hack("use_labels", "21", "both networks are told the class", {"classes": "one-hot"}, {"classes": None}),
    Hack(
        "discrete_conditioning",
        "22",
        "the class by an embedding as a channel, not as one-hot planes",
        {"classes": "channel"},
        {"classes": "one-hot"},
        workloads=CONVOLUTIONS,
        why_not=NO_CONVOLUTION,
    ),
    Hack(
        "instance_noise",
        "23",
        "noise of 0.5 on all that D sees, 0 by the middle of the run",
        {"d_noise": 0.5},
        {"d_noise": 0.0},
    ),
    Hack("noise_in_g", "23", "noise of 0.2 in G's hidden layers", {"g_noise": 0.2}, {"g_noise": 0.0}, main=False),
    Hack(
        "train_d_more",
        "24",
        "two updates of D to one of G, in two thirds of the steps",
        {"d_updates": 2},
        {"d_updates": 1},
    ),
    Hack(
        "train_d_5",
        "24",
        "five updates of D to one of G, in a third of the steps",
        {"d_updates": 5},
        {"d_updates": 1},
        main=False,
    ),
    Hack(
        "minibatch_discrimination",
        "25",
        "minibatch discrimination",
        {"batch_feature": "discrimination"},
        {"batch_feature": None},
    ),
    Hack(
        "minibatch_mean",
        "25",
        "minibatch discrimination, the mean and not the sum",
        {"batch_feature": "mean discrimination"},
        {"batch_feature": None},
        main=False,
    ),
    Hack(
        "minibatch_stddev",
        "25",
        "the batch's mean deviation as a feature",
        {"batch_feature": "deviation"},
        {"batch_feature": None},
        main=False,
    ),
    Hack(
        "packing",
        "25",
        "D judges two samples together",
        {"pack": 2},
        {"pack": 1},
        workloads=(*PLANE, *DENSE),
        why_not="packs are made of flat samples",
        main=False,
    ),
    Hack("generator_dropout", "26", "dropout of 0.5 in G at every time", {"g_dropout": 0.5}, {"g_dropout": 0.0}),
    Hack("hinge", "", "the hinge loss, not the non-saturating one", {"loss": "hinge"}, {"loss": "non-saturating"}),
    Hack("r1", "", "R1, a penalty on D's gradient at the reals", {"r1": 0.1}, {"r1": 0.0}),
    Hack("r1_r2", "", "R1 and R2, the penalty at reals and fakes", {"r1": 0.1, "r2": 0.1}, {"r1": 0.0, "r2": 0.0}),
    Hack(
        "relativistic",
        "",
        "the relativistic loss, not the non-saturating one (both with R1 and R2)",
        {"loss": "relativistic"},
        {"loss": "non-saturating"},
        both={"r1": 0.1, "r2": 0.1},
    ),
    Hack("spectral_norm", "", "spectral normalization in D", {"spectral": True}, {"spectral": False}),
    Hack("average", "", "the average of G's weights, 0.99", {"average": 0.99}, {"average": 0.0}),
    Hack("two_time_scale", "", "D's rate four times G's", {"d_rate": 4.0}, {"d_rate": 1.0}),
    Hack(
        "diff_augment",
        "",
        "all that D sees brightened, moved, with a hole",
        {"augmented": True},
        {"augmented": False},
        workloads=IMAGES,
        why_not=NO_PICTURE,
    ),
)
BY_NAME = {hack.name: hack for hack in HACKS}
