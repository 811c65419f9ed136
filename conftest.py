"""How pytest runs the notebooks: solutions in strict mode, where a check that does not pass is an error."""

import os

import pytest

from tools import forked_kernels

EVERYWHERE = bool(os.environ.get("GANHACKS_EVERYWHERE"))


def pytest_configure(config):
    forked_kernels.use()
    os.environ["GANHACKS_JOURNAL"] = ""  # no test writes into the journal of who runs it
    if "PYTEST_XDIST_WORKER" in os.environ:  # there is one for each processor: two threads each would wait in line
        for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
            os.environ.setdefault(threads, "1")
    if "PYTEST_XDIST_WORKER" in os.environ or not config.getoption("numprocesses", None):
        # Tests of the study's tools import what asks for oneDNN. All others, and the processes that they start, run
        # as a student's do: TensorFlow decides here, once for this process, before any test is imported.
        from tensorflow.python.framework import test_util

        test_util.IsMklEnabled()


def pytest_collection_modifyitems(items):
    os.environ.pop("TF_ENABLE_ONEDNN_OPTS", None)
    if not EVERYWHERE:
        skipped = pytest.mark.skip(reason="slow: `python3 run.py everywhere` runs it")
        for item in items:
            if item.get_closest_marker("everywhere"):
                item.add_marker(skipped)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    # Before nbval starts the notebook's kernel, which inherits this. Lessons show failing checks on purpose.
    strict = item.path.suffix == ".ipynb" and item.path.parent.name == "solutions"
    os.environ["GANHACKS_STRICT"] = "1" if strict else "0"
