"""How pytest runs the notebooks: solutions in strict mode, where a check that does not pass is an error."""

import os

import pytest


def pytest_addoption(parser):
    parser.addoption("--every-lab", action="store_true", help="run every lab by papermill with a parameter changed")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    # Before nbval starts the notebook's kernel, which inherits this. Lessons show failing checks on purpose.
    strict = item.path.suffix == ".ipynb" and item.path.parent.name == "solutions"
    os.environ["GANHACKS_STRICT"] = "1" if strict else "0"
