"""Walk through the latent space of a generator of chosen digits: with sliders, or as a picture without a kernel."""

import html

import numpy as np

from ganhacks.errors import require
from ganhacks.hacks.spherical_interpolation import slerp
from ganhacks.pictures import plots

PLACES = 10  # along the stored picture's paths
TRUNCATIONS = (0.2, 0.6, 1.0, 1.4)


class Explorer:
    """A notebook shows sliders where a kernel runs, and otherwise, as in a stored one, the picture of `sheet`.

    generator: a keras.Model, [latents (n, latent_dim), classes (n, 1)] to [images (n, 28, 28, 1), classes].
    seed: a whole number; each `place` is a latent sample of its own that depends on it.
    Raises BadInput for another generator.
    """

    def __init__(self, generator, seed=0):
        inputs = getattr(generator, "inputs", None) or ()
        require(
            len(inputs) == 2 and len(getattr(generator, "outputs", ())) == 2,
            f"generator is {type(generator).__name__} with {len(inputs)} inputs; wanted a keras.Model from "
            "[latents, classes] to [images, classes], as make_conditional_generator() of lab 27 builds it.",
        )
        self.generator, self.latent_dim, self.seed = generator, inputs[0].shape[1], seed

    def place(self, number):
        """Return the latent sample of this number, a whole one from 0: float32 (latent_dim,)."""
        return np.random.default_rng([self.seed, number]).standard_normal(self.latent_dim, "float32")

    def images(self, ways, digits, start=0, end=1, truncation=1.0):
        """Return what lies on the great circle between two places, float32 (n, 28, 28, 1).

        ways: how far from the first place to the second, n numbers in [0, 1]. digits: n whole numbers 0..9.
        truncation: what latent samples are multiplied by, above 0. 1 is as in training; less brings typical digits,
        more brings odd ones.
        """
        latents = truncation * slerp(np.asarray(ways), self.place(start), self.place(end))
        classes = np.asarray(digits, "int32")[:, None]
        return np.asarray(self.generator([latents.astype("float32"), classes], training=False)[0])

    def sheet(self):
        """Return a Picture: each digit on its way between two places, then one digit at four truncations."""
        ways = np.linspace(0, 1, PLACES)
        rows = [self.images(ways, [digit] * PLACES) for digit in range(10)]
        rows += [self.images(ways, [3] * PLACES, truncation=factor) for factor in TRUNCATIONS]
        labels = [f"class {digit}" for digit in range(10)] + [f"3, truncation {factor}" for factor in TRUNCATIONS]
        alt = (
            f"Ten rows of {PLACES} digits, a row for each class: from left to right all go from one place to another. "
            f"Below, rows of threes on the same way at truncations {', '.join(map(str, TRUNCATIONS))}."
        )
        return plots.digits(np.concatenate(rows), alt, PLACES, row_labels=labels)

    def widget(self):
        """Return the sliders with the digit that they stand for, an ipywidgets.VBox."""
        import ipywidgets as widgets  # here, because it takes a while

        style = {"description_width": "9em"}
        way = widgets.FloatSlider(0.0, min=0, max=1, step=0.02, description="way", style=style)
        digit = widgets.ToggleButtons(options=list(range(10)), description="class", style={"button_width": "2.5em"})
        truncation = widgets.FloatSlider(1.0, min=0.1, max=2, step=0.05, description="truncation", style=style)
        start = widgets.BoundedIntText(0, min=0, max=9999, description="from place", style=style)
        end = widgets.BoundedIntText(1, min=0, max=9999, description="to place", style=style)
        shown = widgets.HTML()

        def draw(_=None):
            image = self.images([way.value], [digit.value], start.value, end.value, truncation.value)
            alt = (
                f"A generated {digit.value}, {way.value:.0%} of the way from place {start.value} to {end.value}, "
                f"truncation {truncation.value:.2f}"
            )
            shown.value = plots.digits(image, alt, scale=6).html() + f"<br>{html.escape(alt)}"

        for control in (way, digit, truncation, start, end):
            control.observe(draw, "value")
        draw()
        return widgets.VBox([way, digit, truncation, widgets.HBox([start, end]), shown])

    def _repr_mimebundle_(self, include=None, exclude=None):
        # Sliders live as long as their kernel; where they can't be shown, a reader's program takes the picture.
        return {plots.WIDGET: self.widget().get_view_spec(), **self.sheet()._repr_mimebundle_()}
