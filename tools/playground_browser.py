"""The playground in a headless Chromium: its pages, and its modules called from Python."""

import contextlib

from tools import jupyter_browser, serving
from tools.build import ROOT

PAGE = """<!doctype html><html lang="en"><title>test</title><script type="module">
import { ready } from "/src/backend.js";
import * as hacks from "/src/hacks.js";
import * as random from "/src/random.js";
import * as ring from "/src/ring.js";
const tf = await ready();
Object.assign(window, { tf, hacks, random, ring, ready: true });
</script>"""


@contextlib.contextmanager
def chromium(folder=ROOT / "web"):
    """Give a browser, and the address of a folder for it."""
    with serving.serve(folder, {"/": PAGE}) as address, jupyter_browser.chromium() as browser:
        yield browser, address


@contextlib.contextmanager
def modules():
    """Give a function (JavaScript, argument) -> its value, in a page where tf and the modules are loaded."""
    with chromium() as (browser, address):
        page = browser.new_page()
        page.set_default_timeout(600_000)
        wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        page.wait_for_function("window.ready", timeout=60_000)

        def run(code, argument=None):
            value = page.evaluate(f"argument => {{ {code} }}", argument)
            assert wrong == [], wrong
            return value

        yield run
