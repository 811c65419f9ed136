"""How pytest runs the notebooks: solutions in strict mode, where a check that does not pass is an error."""

import os

import pytest


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items):
    # What a worker gets at a time: a whole file, since the cells of a notebook need each other. The answers to all labs
    # stand in one file, and those to one lab share what the lab's references and slips have computed.
    for item in items:
        lab = getattr(item, "callspec", None) and item.callspec.params.get("slug")
        group = f"answers to {lab}" if item.path.name == "test_answers.py" and lab else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    # Before nbval starts the notebook's kernel, which inherits this. Lessons show failing checks on purpose.
    strict = item.path.suffix == ".ipynb" and item.path.parent.name == "solutions"
    os.environ["GANHACKS_STRICT"] = "1" if strict else "0"
