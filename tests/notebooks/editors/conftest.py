"""The notebooks here are what editors wrote, and no notebooks of the course: nbval leaves them alone."""

collect_ignore_glob = ["*.ipynb"]
