"""The checks of the labs: `lab = checks.Lab("mnist_gan")`, then `lab.check("preprocess")`."""

from ganhacks.checks.engine.lab import CheckFailed, Lab
from ganhacks.checks.engine.standing import CourseMap

__all__ = ["CheckFailed", "CourseMap", "Lab"]
