"""The import of a heavy package: the garbage collector rests meanwhile, and leaves what came with it alone."""

import gc
import importlib
import sys

import pytest

from ganhacks.startup.importing import when_imported


@pytest.fixture
def heavy(tmp_path, monkeypatch):
    """A package that is imported through `take_part`, which is set by a test."""
    (tmp_path / "heavy.py").write_text("import gc\nenabled = gc.isenabled()\nmany = [[] for _ in range(10_000)]\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    yield lambda take_part: (when_imported("heavy", take_part), importlib.import_module("heavy"))[1]
    sys.modules.pop("heavy", None)


def execute(module_executes, module):
    module_executes(module)


def test_what_came_with_it_is_not_looked_through_again(heavy):
    gc.freeze()  # what was there before is not of the module
    before = gc.get_freeze_count()
    assert not heavy(execute).enabled
    assert gc.isenabled() and gc.get_freeze_count() - before > 10_000


def test_the_collector_works_on_after_an_import_that_failed(heavy):
    def fail(module_executes, module):
        raise ImportError("damaged")

    with pytest.raises(ImportError, match="damaged"):
        heavy(fail)
    assert gc.isenabled()


def test_who_has_switched_the_collector_off_finds_it_off(heavy):
    gc.disable()
    try:
        heavy(execute)
        assert not gc.isenabled()
    finally:
        gc.enable()
