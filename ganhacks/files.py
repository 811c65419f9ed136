"""Files that are written whole or not at all.

`python3 run.py update` uses it before anything is installed, so the standard library is all that it may use.
"""

import contextlib
import itertools
import os


def free(path):
    """Return this path, or, where there is such a file already, one with a number."""
    others = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain([path], others) if not one.exists())


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
