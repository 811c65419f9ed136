"""Make the pictures in images/ from code.

    python tools/make_images.py

images/digits.png is a picture that the solution of lab 12 shows: fixed latent samples at six moments of training.
"""

import base64
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]


def picture_in(notebook, alt_begins):
    """Return the PNG of the picture in a built notebook whose alt text begins like this."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            for alt, data in re.findall(r'<img [^>]*alt="([^"]*)" src="data:image/png;base64,([^"]*)"', _html(output)):
                if alt.startswith(alt_begins):
                    return base64.b64decode(data)
    sys.exit(
        f"{notebook.name} shows no picture whose text begins {alt_begins!r}; build it with `python tools/build.py`."
    )


def _html(output):
    return output.get("data", {}).get("text/html", "")


if __name__ == "__main__":
    (ROOT / "images").mkdir(exist_ok=True)
    (ROOT / "images" / "digits.png").write_bytes(
        picture_in(ROOT / "solutions/12_mnist_gan.ipynb", "6 rows of 10 images")
    )
    print("images/digits.png")
