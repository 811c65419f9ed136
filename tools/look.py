"""Write pictures of a notebook as JupyterLab shows it: python tools/look.py NOTEBOOK [--out DIR] [--run]"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.jupyter_browser import ROOT, browse, copy_course, serve  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="Write pictures of a notebook, as JupyterLab shows it, to look at.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/look"), help="their folder (default: %(default)s)")
    parser.add_argument("--run", action="store_true", help="run all cells first")
    parser.add_argument("--width", type=int, default=1280, help="of the window (default: %(default)s)")
    options = parser.parse_args()
    notebook = options.notebook.resolve()
    if not notebook.is_file():
        parser.error(f"there is no notebook {options.notebook}")

    # A copy, so that neither running nor saving can change the course.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy_course(folder)
        inside = notebook.relative_to(ROOT) if notebook.is_relative_to(ROOT) else Path(notebook.name)
        (Path(folder) / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebook, Path(folder) / inside)
        with serve(folder) as server, browse(server, width=options.width) as page:
            page.open(inside.as_posix())
            if options.run and not page.run_all():
                print("A cell raised an error; the cells after it did not run.", file=sys.stderr)
            for picture in page.screenshots(options.out, notebook.stem):
                print(picture)


if __name__ == "__main__":
    main()
