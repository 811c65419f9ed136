"""What the package does from a terminal.

python -m ganhacks report [FOLDER]    write what you have done into two files, to keep or to hand in
"""

import argparse
import sys

from ganhacks.errors import CourseError


def main(argv=None):
    """Run a command and return its exit code; an error of the course is one sentence, and 1."""
    parser = argparse.ArgumentParser(prog="python -m ganhacks", description="GAN Hacks, the executable course.")
    commands = parser.add_subparsers(dest="command", required=True)
    reporting = commands.add_parser("report", help="write what you have done into two files, to keep or to hand in")
    reporting.add_argument("folder", nargs="?", default=".", help="where to; here, unless you name one")
    arguments = parser.parse_args(argv)
    try:
        report(arguments.folder)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def report(folder):
    from ganhacks.checks.engine.report import write  # here, because it loads the labs

    for path in write(folder):
        print(f"Written: {path}")
    print(
        "They hold your exercises, how often you checked them, hints, misunderstandings, predictions. Nothing is sent."
    )


if __name__ == "__main__":
    sys.exit(main())
