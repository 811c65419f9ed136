"""Open every page of the made site as readers have it, and say what is wrong.

    python3 run.py site
    python tools/audit_site.py                          every page in build/site/html
    python tools/audit_site.py labs/12 index            only pages whose path holds one of these
    python tools/audit_site.py --screenshots FOLDER     write pictures of three pages as well

A fault is a link to nothing, an error in the browser's console, a request to another host, a violation of axe-core's
rules in light or dark, a heading out of order, a table whose headers are not named, or what is wider than the screen at
320 pixels, at a zoom of 200 %, or on paper. The front page has a budget of bytes, compressed as hosts send them, and of
time. Links to other hosts are counted, and never followed. The exit code is 1 where something is wrong. Needs Chromium,
and the packages of requirements-site.txt.
"""

import argparse
import collections
import contextlib
import gzip
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.answers import Stopped  # noqa: E402  (the path comes first)
from tools import jupyter_browser, outline, serving  # noqa: E402

FOLDER = ROOT / "build" / "site" / "html"
FRONT = "index.html"
SHOWN = {"front": FRONT, "hack": "hacks/label_smoothing.html", "lab": "labs/12_mnist_gan.html"}
WIDTHS = (320, 768, 1440)
HEIGHT = 900
# A window of 1280 pixels at 200 % is 640 of the page's own; a sheet of A4 between margins of 1 cm is 718.
NARROW = {"at 320 px": (320, "screen"), "at 200 % zoom": (640, "screen"), "on paper": (718, "print")}
SCHEMES = ("light", "dark")
KINDS = (
    *("broken links", "headings and tables", "console errors", "requests to other hosts"),
    *(f"axe violations, {scheme}" for scheme in SCHEMES),
    *(f"too wide {told}" for told in NARROW),
    "over the budget",
)
BYTES, SECONDS = 500_000, 1.0
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# What sticks out of the page, or is cut off where nobody can scroll, as on paper.
TOO_WIDE = """printed => {
    const width = document.documentElement.clientWidth, name = (one) => one.tagName.toLowerCase()
        + (one.className && one.className.trim ? "." + one.className.trim().split(/\\s+/).join(".") : "");
    const seen = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility());
    const out = document.documentElement.scrollWidth > width
        ? seen.filter((one) => one.getBoundingClientRect().right > width + 1) : [];
    const cut = printed ? seen.filter((one) => one.scrollWidth > one.clientWidth + 1
        && getComputedStyle(one).overflowX !== "visible") : [];
    const kept = printed ? [...document.querySelectorAll("nav, header.bd-header, .bd-sidebar, gan-playground, button")]
        .filter((one) => one.checkVisibility()) : [];
    return [...new Set([...out, ...cut, ...kept].map(name))].slice(0, 3);
}"""
# axe-core would ask for imported style sheets again, from the wrong folder.
AXE = {"resultTypes": ["violations"], "preload": False}
FIRST_TEXT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def pages_of(folder, names=()):
    """Return the paths of all pages, and of those whose path holds one of the names. Raises Stopped."""
    if not (folder / FRONT).is_file():
        raise Stopped(f"{folder} has no {FRONT}: `python3 run.py site` makes the pages.")
    below = (path.relative_to(folder) for path in sorted(folder.rglob("*.html")))
    every = [path.as_posix() for path in below if not path.parts[0].startswith("_")]
    chosen = [page for page in every if not names or any(name in page for name in names)]
    if not chosen:
        raise Stopped(f"No page's path holds {' or '.join(names)}: name a part of one, such as {every[0]}.")
    return every, chosen


def look(chromium, address, name):
    """Return what is wrong with a page as a browser shows it: pairs of a kind, of KINDS, and a sentence."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    page = chromium.new_page(viewport={"width": 1280, "height": HEIGHT}, reduced_motion="reduce")

    def heard(said):
        if said.type == "error":
            found.append(("console errors", f"{said.text} {said.location['url']}".strip()))

    def asked(request):
        if not request.url.startswith((address, "data:", "blob:")):
            found.append(("requests to other hosts", request.url))

    page.on("console", heard)
    page.on("pageerror", lambda error: found.append(("console errors", str(error))))
    page.on("request", asked)
    try:
        page.goto(address + name, wait_until="networkidle")
        axe = Axe()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
            found += [(f"axe violations, {scheme}", told) for told in _violations(axe.run(page, options=AXE))]
        for told, (width, medium) in NARROW.items():
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(media=medium)
            page.wait_for_timeout(400)  # the theme's scripts answer to the window's size 300 ms later
            found += [(f"too wide {told}", name) for name in page.evaluate(TOO_WIDE, medium == "print")]
            if medium == "screen":  # what scrolls where it is narrow has to be reached by keyboard as well
                scrolls = axe.run(page, options={**AXE, "runOnly": ["scrollable-region-focusable"]})
                found += [(f"axe violations, {SCHEMES[-1]}", f"{told}: {one}") for one in _violations(scrolls)]
    finally:
        with contextlib.suppress(Exception):  # after Ctrl-C it is gone already
            page.close()
    return found


def _violations(results):
    return [
        f"{one['id']} ({len(one['nodes'])}), first at {' '.join(map(str, one['nodes'][0]['target']))}"
        for one in results.response["violations"]
    ]


def load(chromium, address, times=5):
    """Load the front page, and start nothing on it.

    Returns its bytes, its bytes where hosts compress what can be, and the seconds to its first text, of
    the fastest time: what else the machine does is no fault of the page.
    """
    seconds = []
    for _ in range(times):
        page = chromium.new_page(viewport={"width": 1280, "height": HEIGHT})
        answers = []
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.goto(address + FRONT, wait_until="networkidle")
        seconds.append(page.evaluate(FIRST_TEXT))
        bodies = [answer.body() for answer in answers]
        page.close()
    packed = (min(len(body), len(gzip.compress(body))) for body in bodies)
    return sum(map(len, bodies)), sum(packed), min(seconds)


def screenshots(chromium, address, folder, pages):
    """Write what the front page, a hack's page and a lab, if they are among the pages, look like."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in SHOWN.items():
        if path not in pages:
            continue
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                page = chromium.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=str(folder / f"{name}-{width}-{scheme}.png"))
                page.close()


def audit(folder, names=(), pictures=None):
    """Print what is wrong with the pages in a folder, page by page, and a summary. Returns how many faults there are.

    names: parts of the paths of pages, all where there are none. pictures: a folder for screenshots. Raises Stopped.
    """
    every, chosen = pages_of(folder, names)
    outlines = {page: outline.read((folder / page).read_text(encoding="utf-8")) for page in every}
    links = outline.follow({page: outlines[page] for page in chosen}, folder, outlines)
    faults, looked_at = collections.Counter(), 0
    try:
        with serving.serve(folder) as address, jupyter_browser.chromium(OFFLINE) as chromium:
            for page in chosen:
                begun = time.perf_counter()
                found = [("broken links", link) for link in links.broken.get(page, ())]
                found += [("headings and tables", told) for told in outlines[page].faults()]
                found += look(chromium, address, page)
                faults.update(kind for kind, _ in found)
                looked_at += 1
                took = f"{time.perf_counter() - begun:.1f} s"
                print(f"{looked_at}/{len(chosen)} {page}: {len(found) or 'no'} faults, {took}")
                print("".join(f"    {kind}: {told}\n" for kind, told in found), end="", flush=True)
            if FRONT in chosen:
                size, packed, seconds = load(chromium, address)
                faults.update({"over the budget": (packed > BYTES) + (seconds > SECONDS)})
                print(f"The front page before anything is started: {packed / 1000:.0f} kB compressed", end=" ")
                print(f"({size / 1000:.0f} kB as files), of at most {BYTES // 1000};", end=" ")
                print(f"first text after {seconds:.2f} s, of at most {SECONDS:g}")
            if pictures:
                screenshots(chromium, address, pictures, every)
    finally:
        print(f"\n{looked_at} of {len(every)} pages, {links.checked} links within them, and", end=" ")
        print(f"{len(links.elsewhere)} addresses elsewhere, not followed. Faults:")
        for kind in KINDS:
            print(f"{faults[kind]:5} {kind}")
    return faults.total()


def exit_code(of, audit, *arguments):
    """Call an audit and return the exit code: what stands in its way is told in a sentence. of: "pages", say."""
    try:
        return 1 if audit(*arguments) else 0
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing: `pip install -r requirements-site.txt` brings it.", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename} cannot be written ({error.strerror}): name another folder.", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"Interrupted: name {of} to look at the rest alone.", file=sys.stderr)
        return 130
    return 1


def main(argv=None):
    parser = argparse.ArgumentParser(description="Open every page of the made site, and say what is wrong.")
    parser.add_argument("pages", nargs="*", help="parts of the paths of pages; all without any")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages are")
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER", help="write pictures of three pages there")
    options = parser.parse_args(argv)
    return exit_code("pages", audit, options.folder.resolve(), options.pages, options.screenshots)


if __name__ == "__main__":
    code = main()
    if code == 130:  # the browser's calls that were cut off would complain at a usual end
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)
