"""Forked kernels: as empty as one from the disk, in a folder and environment of their own, and gone when they end."""

import os
import sys
import time

import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from tools import forked_kernels

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere kernels start from the disk")


class Kernel:
    def __init__(self, **more):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(**more)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def says(self, code):
        """Run a cell and return what it prints."""
        said = []

        def hear(message):
            if message["header"]["msg_type"] in ("stream", "error"):
                said.append(message["content"].get("text") or message["content"]["ename"])

        self.client.execute_interactive(code, timeout=60, output_hook=hear)
        return "".join(said).strip()

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def start():
    started = []
    yield lambda **more: started.append(Kernel(**more)) or started[-1]
    for kernel in started:
        kernel.stop()


def test_tests_start_their_kernels_by_a_fork():
    assert KernelProvisionerFactory.instance().default_provisioner_name == "forked"


def test_a_kernel_holds_nothing_of_another_and_nothing_of_the_course(start):
    one, other = start(), start()
    assert (
        one.says("import sys; mine = 1; print('ganhacks' in sys.modules, 'tensorflow' in sys.modules)") == "False True"
    )
    assert other.says("print(mine)") == "NameError"
    assert one.says("import os; print(os.getpid())") != other.says("import os; print(os.getpid())")


def test_a_kernel_has_the_folder_and_the_environment_that_it_was_given(start, tmp_path):
    kernel = start(cwd=str(tmp_path), env={**os.environ, "GANHACKS_STRICT": "yes"})
    assert kernel.says("import os; print(os.getcwd())") == str(tmp_path)
    assert kernel.says("print(os.environ['GANHACKS_STRICT'])") == "yes"


def test_a_kernel_does_not_find_what_only_pytest_can_import(start, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    kernel = start(cwd=str(tmp_path), env=environment)
    assert kernel.says("import tools.tables") == "ModuleNotFoundError"
    named = start(cwd=str(tmp_path), env={**environment, "PYTHONPATH": str(forked_kernels.ROOT)})
    assert named.says("import tools.tables") == ""


def test_tensorflow_has_said_what_it_says_before_the_first_cell(start):
    assert start().says("import ganhacks, tensorflow as tf\nprint(float(tf.reduce_sum(tf.ones(3))))") == "3.0"


def test_a_kernel_can_be_interrupted_and_is_gone_when_it_is_killed(start):
    kernel = start()
    code = "import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.01)"
    asked = kernel.client.execute(code, stop_on_error=False)
    while kernel.client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
        pass
    kernel.manager.interrupt_kernel()
    answer = kernel.client.get_shell_msg(timeout=60)
    while answer["parent_header"]["msg_id"] != asked:  # a slow kernel was asked several times whether it is there
        answer = kernel.client.get_shell_msg(timeout=60)
    assert answer["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.says("print(1 + 1)") == "2"
    process = kernel.manager.provisioner.process
    kernel.manager.shutdown_kernel(now=True)
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is not None
