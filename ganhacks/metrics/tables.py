"""Scores as tables that a notebook prints, above those of the anchors."""

from ganhacks.errors import require
from ganhacks.metrics.digits import anchors, full_anchors, full_scores, mnist_scores
from ganhacks.metrics.inputs import checked_images


class Report(str):
    """A text that a notebook shows as it is printed."""

    def __repr__(self):
        return str(self)


def report(images):
    """A table of the scores of `images` above those of the anchors, and the digits' shares, as a printable str.

    Takes and raises what `mnist_scores` does.
    """
    yours = mnist_scores(images)
    lines = [f"{'':<19}{'images':>8}{'MNIST-FID':>12}{'class KL':>11}"]
    for name, scores in {"yours": yours, **anchors()}.items():
        fid = f"{scores.fid:.{2 if scores.fid < 10 else 1}f}"
        lines.append(f"{name:<19}{scores.n:>8,}{fid:>12}{scores.class_kl:>11.3f}")
    percent = " ".join(f"{digit}:{100 * share:.1f}" for digit, share in enumerate(yours.shares))
    return Report("\n".join([*lines, f"yours, %: {percent}"]))


def full_report(sets):
    """A table of every score of some sets of images above those of the anchors, as a printable str.

    sets: {name: images}, as for `mnist_scores`, and at most 6,742 in each.
    Raises BadInput as `mnist_scores` does, and if the sets have different numbers of images.
    """
    numbers = {len(checked_images(images)) for images in sets.values()}
    require(
        len(numbers) == 1,
        f"the sets have {' and '.join(f'{n:,}' for n in sorted(numbers)) or 'no'} images, wanted equal numbers: "
        "FID and the scores of neighbours depend on it, so score as many of each.",
    )
    n = numbers.pop()
    known = full_anchors(n).items()  # first, because this refuses a wrong number of images
    rows = [*((name, full_scores(images)) for name, images in sets.items()), *known]
    lines = [f"{f'{n:,} images each':<19}    FID     KID precision recall density coverage class KL"]
    for name, s in rows:
        lines.append(
            f"{name:<19}{_short(s.fid):>7}{_short(s.kid):>8}{s.precision:>10.2f}{s.recall:>7.2f}"
            f"{s.density:>8.2f}{s.coverage:>9.2f}{s.class_kl:>9.3f}"
        )
    return Report("\n".join(lines))


def _short(value):
    """`value` with three digits behind the point if it is small, and fewer the larger it is."""
    decimals = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{decimals}f}"
