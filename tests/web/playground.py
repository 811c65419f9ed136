"""What the playground's tests need before they begin."""

import os

import pytest

from tools.jupyter_browser import find_chromium


def require_chromium():
    """Skip the tests where there is no browser, and fail them in CI."""
    if find_chromium() is None:
        reason = "no Chromium or Chrome was found: install one (Debian: apt-get install chromium fonts-dejavu-core)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
