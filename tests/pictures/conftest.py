"""What tests of pictures share: the figures themselves, before they become pixels."""

import pytest

from ganhacks.pictures import charts, effects, playground, plots


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were drawn, in order. No pixels are made of them, which is what takes time."""
    figures = []

    def keeping(figure, alt):
        figures.append(figure)
        return plots.Picture(b"", alt, 0)

    for module in (charts, effects, playground, plots):
        monkeypatch.setattr(module, "as_picture", keeping)
    return figures
