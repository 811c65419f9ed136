"""Every hack shows in its docstring what it does, and does it."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

from ganhacks import hacks

MODULES = [importlib.import_module(f"ganhacks.hacks.{module.name}") for module in pkgutil.iter_modules(hacks.__path__)]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def public(module):
    """Return the functions and classes that a module defines for others, by name."""
    found = {name: thing for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__}
    return {name: thing for name, thing in found.items() if callable(thing) and not name.startswith("_")}


PUBLIC = [pytest.param(thing, id=f"{m.__name__[15:]}-{name}") for m in MODULES for name, thing in public(m).items()]


@pytest.mark.parametrize("thing", PUBLIC)
def test_its_example_is_what_it_does(thing):
    (test,) = doctest.DocTestFinder(recurse=False).find(thing, thing.__name__, inspect.getmodule(thing))
    assert test.examples, "no example in the docstring"
    said = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert not said, "".join(said)
