"""Files that are written whole or not at all.

`python3 run.py update` uses it before anything is installed, so the standard library is all that it may use.
"""

import contextlib
import os


@contextlib.contextmanager
def replacing(path):
    """Give the path of a file to write, beside `path`, whose place it takes when the block ends well.

    Else `path` is as it was, and the other file is gone.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        yield unfinished
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):  # such as a folder that is not there, of which the first error tells
            unfinished.unlink(missing_ok=True)
        raise


def write(path, content):
    """Write a file whole or not at all. content: bytes."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)
