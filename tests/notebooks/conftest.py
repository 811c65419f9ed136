"""A kernel that runs many notebooks: most of what each takes in a kernel of its own is TensorFlow's import."""

import os

import pytest
from jupyter_client import KernelManager

from tools import build


class WarmKernel:
    """A kernel in fast mode. folder: where it runs. environment: variables of its own."""

    def __init__(self, folder, **environment):
        self.manager = KernelManager(kernel_name="python3")
        more = {"GANHACKS_FAST": "1", "PYTHONPATH": str(build.ROOT), **environment}
        self.manager.start_kernel(cwd=str(build.ROOT / folder), env={**os.environ, **more})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def clear(self, **environment):
        """Leave nothing of the notebook before, and set variables of the environment."""
        code = f"%reset -f\nimport os\nos.environ.update({environment!r})\ndel os"
        done = self.client.execute_interactive(code, timeout=60, output_hook=lambda message: None)
        assert done["content"]["status"] == "ok"

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def start_kernel():
    """A function that starts a `WarmKernel`, which is stopped after the module's last test."""
    started = []
    yield lambda *args, **environment: started.append(WarmKernel(*args, **environment)) or started[-1]
    for kernel in started:
        kernel.stop()
