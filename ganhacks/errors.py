"""The errors of this package: each is one sentence that says what was found, what was wanted and what to do."""


class CourseError(Exception):
    """Base of every error that the package raises on purpose; a notebook shows its sentence and no traceback."""

    def _render_traceback_(self):
        # IPython asks an exception for this before it draws a traceback of its own.
        return [f"{type(self).__name__}: {self}"]


class BadInput(CourseError, ValueError):
    """An argument has the wrong type, shape, dtype or range."""


class BadFile(CourseError, OSError):
    """A file is missing, damaged or half-written."""

    # OSError formats its arguments as an errno; ours is a sentence.
    def __str__(self):
        return str(self.args[0])


class RecipeFailed(CourseError):
    """A function of a Recipe raised something: `__cause__` is what it raised."""


class WrongSetup(CourseError, ImportError):
    """What the course runs on is not what it needs."""


def require(condition, sentence):
    """Raise `BadInput(sentence)` unless `condition` holds."""
    if not condition:
        raise BadInput(sentence)
