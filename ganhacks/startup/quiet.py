"""Import TensorFlow without the page of notices that it writes to the terminal while it starts.

The notices come from C++ before any log level is read, so file descriptor 2 itself is turned aside for the length of
the first import. Nothing is lost: if the import fails, all that was turned aside is written out again.
"""

import contextlib
import os
import sys
import tempfile

from ganhacks.startup.importing import when_imported


@contextlib.contextmanager
def stderr_turned_aside():
    """Collect what is written to file descriptor 2, and write it out only if the block fails."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except BaseException:
            aside.seek(0)
            os.write(kept, aside.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def hush_tensorflow():
    """Make the next `import tensorflow`, whoever asks for it, a quiet one."""
    when_imported("tensorflow", _import_quietly)


def _import_quietly(execute, tensorflow):
    with stderr_turned_aside():
        execute(tensorflow)
        tensorflow.zeros(1)  # the first operation looks for devices, and talks about them
        # oneDNN says once, as an error in red, that it leaves whole numbers to others. Here rather than over the tick
        # of the first answer whose gradient turns a shape, as that of `tile` does.
        tensorflow.transpose(tensorflow.zeros((1, 2), "int32"))
