"""Train the classifier behind the metrics on MNIST and write data/classifier.npz.

    python tools/train_classifier.py             the one that every score of digits uses
    python tools/train_classifier.py --fashion   on Fashion-MNIST: data/fashion_classifier.npz, for the scoreboard alone

Seven minutes of processor time, so about four on two free cores. The architecture is `build_classifier` in
ganhacks/metrics/classifier.py. Every FID of the course depends on these weights: after a new training the evidence has
to be made again.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works in a checkout that is not installed

from ganhacks import data  # noqa: E402
from ganhacks.errors import CourseError  # noqa: E402
from ganhacks.metrics import build_classifier  # noqa: E402

SEED = 0
EPOCHS = 7
BATCH = 256
#: (images, name of the file, least accuracy on the test images)
MNIST = data.mnist, "classifier.npz", 0.992
FASHION = data.fashion_mnist, "fashion_classifier.npz", 0.9


def main():
    parser = argparse.ArgumentParser(description="Train the classifier behind the metrics.")
    parser.add_argument("--fashion", action="store_true", help="on Fashion-MNIST")
    try:
        train(*(FASHION if parser.parse_args().fashion else MNIST))
    except CourseError as error:
        sys.exit(f"{error}\nNothing was written.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: data/ is as it was, run this again when you like.")


def train(load, name, least_accuracy):
    import keras

    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    images_of = load()
    x_test = data.scaled(images_of.x_test)[..., None]
    network = build_classifier()
    model = keras.Model(network.inputs, network.outputs[1])
    steps = EPOCHS * -(-len(images_of.x_train) // BATCH)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions are slow on a CPU
    )
    for epoch in range(EPOCHS):
        images = data.scaled(shifted(rng, images_of.x_train))[..., None]
        model.fit(images, images_of.y_train, batch_size=BATCH, initial_epoch=epoch, epochs=epoch + 1, verbose=2)

    features, logits = network.predict(x_test, batch_size=500, verbose=0)
    accuracy = float(np.mean(logits.argmax(axis=1) == images_of.y_test))
    print(f"accuracy on the 10,000 test images: {accuracy:.2%}")
    print_health(features)
    if accuracy < least_accuracy:
        sys.exit(f"The accuracy is {accuracy:.2%}, wanted {least_accuracy:.2%}: train longer.\nNothing was written.")
    weights = {f"weight_{i:02}": w.astype("float32") for i, w in enumerate(network.get_weights())}
    path = data.save_npz(name, **weights, test_accuracy=accuracy, seed=SEED, keras_version=keras.__version__)
    print(f"{path}: {path.stat().st_size:,} bytes, sha256 in {path.with_name('SHA256SUMS')}")


def shifted(rng, images, most=2):
    """Each of the images (n, 28, 28) moved by up to `most` pixels in either direction."""
    padded = np.pad(images, [(0, 0), (most, most), (most, most)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (28, 28), axis=(1, 2))
    n = len(images)
    return windows[np.arange(n), rng.integers(2 * most + 1, size=n), rng.integers(2 * most + 1, size=n)]


def print_health(features):
    """Say whether the features' covariance, which FID takes a root of, is well conditioned."""
    deviations = features.std(axis=0)
    dead = int(np.sum(deviations < 1e-3 * deviations.max()))
    eigenvalues = np.linalg.eigvalsh(np.cov(features, rowvar=False))
    print(
        f"features: {features.shape[1]}, of which dead: {dead}; deviations from {deviations.min():.3f} to "
        f"{deviations.max():.3f}; the covariance's condition number: {eigenvalues[-1] / eigenvalues[0]:.3g}"
    )


if __name__ == "__main__":
    main()
