"""One module a lab: its exercises, what a right answer must show, the misconceptions, the hints."""

#: the labs by their numbers, from 0 on
BY_NUMBER = (
    "start_here",
    *("strided_downsampling", "strided_upsampling", "leaky_relu", "batch_norm", "gaussian_init", "adam"),
    *("scale_images", "gaussian_latent", "separate_batches", "label_smoothing", "noisy_labels", "mnist_gan"),
    *("non_saturating_loss", "spherical_interpolation", "sparse_gradients", "hybrid_models", "experience_replay"),
    *("optimizer_pairing", "track_failures", "balance_by_loss", "use_labels", "discrete_conditioning"),
    *("instance_noise", "train_d_more", "minibatch_discrimination", "generator_dropout", "dcgan_mnist"),
)
