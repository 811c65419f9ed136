"""Does the browser's GAN learn as Python's does, and how fast? The playground beside the scoreboard's runs.

    python tools/playground.py run [--jobs 2]     train what has no row, in Chromium and in Python
    python tools/playground.py table              judge the rows, and write the table in docs/evidence.md
    python tools/playground.py speed              pictures and steps a second, as a reader has them

Each of five settings is trained with 20 seeds in Chromium, with the playground's own modules and settings, and with 20
in Python, as tools/board/ trains it at its context's rate. Both are judged by the scoreboard's code: the mean energy
distance of 2,000 samples at ten moments of the second half. A row for each run goes to evidence/browser.csv. Where the
scoreboard has trained the very same run, its row is taken over.

The rule, written before the first run: the browser is within Python's spread where the median of its scores lies
between the 10th and the 90th percentile of Python's, and Mann and Whitney's test of the two sets, two-sided, has p of
at least 0.01 / 5. In a simulation with 20 runs on each side, five settings that agree all pass in 98 of 100 studies,
and one that lies 1.5 deviations of the log score apart is found in nine of ten. Smaller differences may be there.
"""

import argparse
import contextlib
import statistics
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.evidence import EVIDENCE  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import cells, playground_browser, tables  # noqa: E402
from tools.board import rows, runs  # noqa: E402
from tools.board.arms import pairs_of  # noqa: E402
from tools.board.workloads import WORKLOADS  # noqa: E402

PATH = EVIDENCE / "browser.csv"
PAGE = ROOT / "docs" / "evidence.md"
RING = WORKLOADS["ring"]
SEEDS = 20
SHORT = 300  # steps of a run that every test run can afford
_BROWSER = contextlib.ExitStack()
KEY = ("setting", "steps", "where", "seed")
FIELDS = (*KEY, "score", "modes", "good", "seconds", "machine", "versions")
PERCENTILES = (10, 90)
LEVEL = 0.01  # of all settings together


@dataclass(frozen=True)
class Setting:
    """One choice of the playground, and the same run of the scoreboard.

    base: the playground's recipe. switched: the id of its switch, or "". hack, on: which hack of the board that is, and
    which side of its pair.
    """

    base: str
    switched: str = ""
    hack: str = "A/A"
    on: bool = False

    @property
    def arm(self):
        pair = next(pair for pair in pairs_of(RING) if (pair.hack, pair.context) == (self.hack, self.base))
        return pair.with_it if self.on else pair.without


#: They differ in what no test of single steps can see: what is drawn, and what is kept from step to step.
SETTINGS = {
    "bare": Setting("bare"),
    "good": Setting("good"),
    "bare, packing": Setting("bare", "pack", "packing", True),
    "good, batch norm in G": Setting("good", "gnorm", "batch_norm_in_g", True),
    "good, no R1": Setting("good", "r1", "r1", False),
}


# ---- runs


def play(setting, steps, where, seed):
    """Train one run and return its row. where: "browser" or "python"."""
    begun = time.perf_counter()
    found = {"browser": in_browser, "python": in_python}[where](SETTINGS[setting], steps, seed)
    seconds = f"{time.perf_counter() - begun:.1f}"
    row = {"setting": setting, "steps": steps, "where": where, "seed": seed, "seconds": seconds, **found}
    return {name: str(row[name]) for name in FIELDS}


def in_python(setting, steps, seed):
    """Return what the scoreboard's code finds of a run."""
    found = runs.play("ring", setting.arm.setup, RING.rates[setting.base], seed, steps=steps)
    return _as_row(found)


def _as_row(found):
    versions = f"Python {found['python']}, TensorFlow {found['tensorflow']}, Keras {found['keras']}"
    return {**{name: found.get(name, "") for name in ("score", "modes", "good", "machine")}, "versions": versions}


BEGIN = """
const { choice, steps, seed } = argument;
const [without, withIt] = hacks.settingsOf(choice);
window.gan = new ring.RingGan(tf, { ...(choice.switched.length ? withIt : without), steps }, seed);
"""
GO_ON = """
while (gan.done < argument.end) gan.step();
return Array.from(gan.sample(argument.n, argument.seed));
"""


def choice_of(setting):
    """Return what a reader chooses for a setting."""
    switched = [setting.switched] if setting.switched else []
    return {"base": setting.base, "switched": switched, "rate": RING.rates[setting.base]}


def in_browser(setting, steps, seed):
    """Return what the scoreboard's score says of a run in Chromium."""
    return played(_page(), setting, steps, seed)


@cache
def _page():
    """Return the playground's modules in a browser that this process keeps for its next run, warm as it is."""
    return _BROWSER.enter_context(playground_browser.modules())


def played(js, setting, steps, seed):
    """As `in_browser`, in a page that is open."""
    js(BEGIN, {"choice": choice_of(setting), "steps": steps, "seed": seed})
    scores = []
    for number, moment in enumerate(RING.moments):
        asked = {"end": round(steps * moment), "n": RING.n_samples, "seed": number + 1}
        points = np.array(js(GO_ON, asked)).reshape(-1, 2)
        if not np.isfinite(points).all():
            scores = [{"score": RING.worst}]
            break
        scores.append(RING.measure(points))
    found = RING.mean(scores)
    shown = {name: f"{found[name]:.6g}" if name in found else "" for name in ("score", "modes", "good")}
    js("gan.dispose();")
    return {**shown, "machine": processor.name(), "versions": js(VERSIONS)}


VERSIONS = """
const browser = navigator.userAgent.match(/Chrome\\/([\\d.]+)/)[1];
return `Chromium ${browser}, TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`;
"""


# ---- rows


def wanted(seeds=SEEDS):
    """Return every cell of the study, in the order in which they are made."""
    return [
        *(("good", SHORT, "python", seed) for seed in range(seeds)),
        *((setting, RING.steps, "browser", seed) for seed in range(seeds) for setting in SETTINGS),
        *((setting, RING.steps, "python", seed) for setting in SETTINGS for seed in range(seeds)),  # compiled once each
    ]


def _cell(row):
    return row["setting"], int(row["steps"]), row["where"], int(row["seed"])


def missing():
    """Return the cells that have no row yet."""
    done = {_cell(row) for row in tables.read(PATH)}
    return [cell for cell in wanted() if cell not in done]


def keep(cell, row):
    """Write a run's row, and say what came out."""
    tables.put(PATH, [row], KEY, FIELDS)
    return f"score {row['score']} after {row['seconds']} s"


def take_over():
    """Take over what the scoreboard has of the same runs."""
    of_board = next(iter(rows.read("ring").by_kind.values()), {})  # of one kind of processor
    found = []
    for name, steps, where, seed in missing():
        row = of_board.get((SETTINGS[name].arm.name, "1", str(seed)))
        if where == "python" and steps == RING.steps and row:
            about = {"setting": name, "steps": steps, "where": where, "seed": seed, "seconds": row["wall"]}
            found.append({**about, **_as_row(row)})
    if found:
        tables.put(PATH, found, KEY, FIELDS)


# ---- do they agree?


@dataclass(frozen=True)
class Agreement:
    """What the rule says of one setting: the medians, Python's percentiles, and the test's p."""

    browser: float
    python: float
    low: float
    high: float
    p: float
    n: tuple

    @property
    def holds(self):
        return self.low <= self.browser <= self.high and self.p >= LEVEL / len(SETTINGS)


def agreement(found, name):
    """Return the `Agreement` of a setting in these rows, or None where a side has fewer than two runs."""

    def scores(where):
        key = name, RING.steps, where
        return [float(row["score"]) for row in found if _cell(row)[:3] == key]

    browser, python = scores("browser"), scores("python")
    return judged(browser, python) if min(len(browser), len(python)) >= 2 else None


def judged(browser, python):
    """Return the `Agreement` of two lists of scores."""
    from scipy.stats import mannwhitneyu

    low, high = np.percentile(python, PERCENTILES)
    p = float(mannwhitneyu(browser, python).pvalue)
    middles = statistics.median(browser), statistics.median(python)
    return Agreement(*middles, float(low), float(high), p, (len(browser), len(python)))


def table(page=PAGE):
    """Put what the rows say of each setting into docs/evidence.md, and print it."""
    found = tables.read(PATH)
    lines = ["| setting | browser | Python | its 10 % to 90 % | ratio | p | runs | by the rule |", f"|{'---|' * 8}"]
    for name in SETTINGS:
        one = agreement(found, name)
        if one is None:
            lines.append(f"| {name} | too few runs | | | | | | |")
            continue
        lines.append(
            f"| {name} | {one.browser:.4f} | {one.python:.4f} | {one.low:.4f} to {one.high:.4f} | "
            f"× {one.browser / one.python:.2f} | {one.p:.3f} | {one.n[0]} + {one.n[1]} | "
            f"{'within' if one.holds else 'not within'} |"
        )
    tables.put_on_page("playground", "\n".join(lines), page)
    print("\n".join(lines))


# ---- how fast is it?

COUNT = """async (milliseconds) => {
  const playground = document.querySelector("gan-playground");
  const pictures = new Set();
  let frames = 0;
  const first = playground.last.step;
  const begun = performance.now();
  while (performance.now() < begun + milliseconds) {
    await new Promise(requestAnimationFrame);
    frames += 1;
    pictures.add(playground.last.step);
  }
  const seconds = (performance.now() - begun) / 1000;
  const steps = playground.last.step - first;
  return { frames: frames / seconds, pictures: pictures.size / seconds, steps: steps / seconds };
}"""


@contextlib.contextmanager
def playing(browser, address, choice):
    """Give a page in which both runs of a choice, the end of an address, are training."""
    page = browser.new_page()
    page.goto(f"{address}index.html{choice}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_function("document.querySelector('gan-playground').last?.step > 20", timeout=120_000)
    yield page
    page.close()


def rates(page, seconds):
    """Return how many frames the page has in a second, how many new pictures they show, and how many steps are done."""
    return page.evaluate(COUNT, 1000 * seconds)


def speed():
    """Print the rates of two runs side by side on the playground's page, beside the machine's load."""
    with playground_browser.chromium() as (browser, address):
        for choice in ("#base=bare&hacks=r1", "#base=good&hacks=gnorm.dnorm"):
            with playing(browser, address, choice) as page:
                told = ", ".join(f"{value:.0f} {name}" for name, value in rates(page, 10).items())
            print(f"{choice}: {told} a second, on {processor.cores()} cores, load {processor.load()}")


def main():
    parser = argparse.ArgumentParser(description="The browser's GAN beside Python's.")
    parser.add_argument("command", choices=["run", "table", "speed"])
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="runs at a time, each in a process")
    arguments = parser.parse_args()
    if arguments.command == "run":
        take_over()
        print(f"{len(missing())} of {len(wanted())} runs to do.")
        cells.run_here(arguments.jobs, missing, play, keep)
    else:
        {"table": table, "speed": speed}[arguments.command]()


if __name__ == "__main__":
    main()
