"""Kernels for tests, forked from a process that has TensorFlow imported: that import is most of a kernel's start.

Each is a process of its own that holds nothing of another notebook, as a kernel started from the disk does. nbval,
nbclient and papermill all start theirs through Jupyter's provisioners, of which this is one.
"""

import multiprocessing
import os
import signal
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

ROOT = Path(__file__).resolve().parents[1]
# What is slow to import and starts no thread, since none survives a fork: TensorFlow's come with its first operation.
# Not ganhacks, which runs one; what its import does is for the notebooks to show.
IMPORTED = ["tensorflow", "keras", "scipy.special", "ipykernel.kernelapp"]


def use():
    """Have all kernels that this process starts from now on forked, on systems where TensorFlow survives that."""
    if sys.platform != "linux":
        return
    factory = KernelProvisionerFactory.instance()
    factory.provisioners["forked"] = EntryPoint("forked", f"{__name__}:Forked", factory.GROUP_NAME)
    factory.default_provisioner_name = "forked"
    multiprocessing.set_forkserver_preload(IMPORTED)


class Forked(LocalProvisioner):
    """Starts a kernel by a fork; all else is as with kernels that are started from the disk."""

    async def launch_kernel(self, cmd, **kwargs):
        context = multiprocessing.get_context("forkserver")
        arguments = cmd[cmd.index("-f") :], kwargs.get("env", dict(os.environ)), kwargs.get("cwd") or os.getcwd()
        self.process = _Popen(context.Process(target=_be_a_kernel, args=arguments))
        self.pid = self.process.pid
        return self.connection_info


class _Popen:
    """A multiprocessing.Process, started, with the methods of a subprocess.Popen that LocalProvisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        process.start()
        self.process, self.pid = process, process.pid

    def poll(self):
        return self.process.exitcode

    def wait(self):
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number):
        if self.process.is_alive():
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


def _be_a_kernel(arguments, environment, folder):
    os.environ.clear()
    os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))  # a kernel ends when this one has ended
    os.chdir(folder)
    # A notebook finds what it would find from the disk: neither this module nor what pytest has put before the rest.
    for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
        del sys.modules[name]
    named = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:] = named + [path for path in sys.path if Path(path or ".").resolve() != ROOT]
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    import tensorflow as tf

    tf.zeros(1)  # says into nowhere what would otherwise come to stand in a notebook's first cell
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(arguments)
