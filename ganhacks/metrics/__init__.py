"""How good is what a generator makes? Scores of digits, of points of the plane, and of any features.

Nothing here knows of training: what is scored are arrays.
"""

from ganhacks.metrics.classifier import FEATURES, build_classifier, classify
from ganhacks.metrics.copies import memorisation, mnist_memorisation
from ganhacks.metrics.digits import (
    FullScores,
    Scores,
    anchors,
    class_histogram,
    class_kl,
    full_anchors,
    full_scores,
    mnist_fid,
    mnist_scores,
)
from ganhacks.metrics.frechet import frechet_distance
from ganhacks.metrics.kernel import kernel_distance
from ganhacks.metrics.neighbours import density_coverage, nearest_distances, precision_recall
from ganhacks.metrics.planar import PERFECT, energy_distance, mode_scores
from ganhacks.metrics.shares import kl_divergence
from ganhacks.metrics.synthetic import train_on_real, train_on_synthetic
from ganhacks.metrics.tables import Report, full_report, report
