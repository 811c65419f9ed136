"""The loop as students have it: compiled with XLA, where a regression run would do without."""

import pytest


@pytest.fixture(autouse=True)
def as_in_a_lab(monkeypatch):
    monkeypatch.delenv("GANHACKS_FAST", raising=False)
