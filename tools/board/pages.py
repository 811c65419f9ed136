"""The scoreboard as text: the tables of docs/evidence.md and what README says of it, from what was judged."""

import itertools
from pathlib import Path

import numpy as np
from scipy.stats import mannwhitneyu

from ganhacks.evidence import verdicts
from ganhacks.evidence.board import VERDICTS
from ganhacks.pictures import describe
from tools import tables
from tools.board import results, words
from tools.board import rows as measured
from tools.board.arms import FACTORS, arms_of, best_rows, factors, missing, pairs_of, whole
from tools.board.hacks import HACKS
from tools.board.workloads import WORKLOADS

ROOT = Path(__file__).resolve().parents[2]
PAGE, FRONT = ROOT / "docs" / "evidence.md", ROOT / "README.md"
FRONT_WORKLOADS = ("ring", "grid", "dense")  # the list that the front page may speak of, fixed in the protocol


def write(effects, pairs, ratios):
    """Put the tables of these `evidence.Effect`s between their marks on both pages.

    pairs: rows of `board.PAIRS`. ratios: as `board.ratios`, of the same pairs.
    """
    told = {"short": short(effects), "alike": alike(effects, equal_shares()), "edges": edges(effects, pairs)}
    told |= {"tried": tried(), "between": between(effects, ratios), "kinds": kinds(), "midpoints": midpoints()}
    for name, text in told.items():
        tables.put_on_page(name, text, PAGE)
    by_workload = [of_workload(effects, name) for name in WORKLOADS]
    tables.put_on_page("results", "\n\n".join(filter(None, by_workload)), PAGE)
    tables.put_on_page("front", front_page(effects), FRONT)


def short(effects):
    """Say how much was measured and how the verdicts are spread."""
    own = [one for one in effects if not one.hack.startswith("A/A")]
    told = ", ".join(f"{verdict} in {sum(one.verdict == verdict for one in own)}" for verdict in VERDICTS)
    where = ", ".join(dict.fromkeys(one.data for one in own))
    fail = [one for one in own if all(2 * n >= of for n, of in _failures(one))]
    compared = sum(one.verdict in ("better", "worse") for one in fail)
    return (
        f"{len(own)} comparisons on {where}: {told}. In {len(fail)}, {compared} of them *better* or *worse*, half of "
        f"the runs or more fail both without the hack and with it: they compare failures.{words.interim(own)}"
    )


def _failures(one):
    """Return how many runs failed, of how many, without the hack and with it."""
    return (one.failed_without, one.runs_without), (one.failed_with, one.runs_with)


def of_workload(effects, name):
    """Return a workload's table, a row for each hack, or "" where nothing was measured."""
    own = [one for one in effects if one.workload == name and not one.hack.startswith("A/A")]
    contexts = list(WORKLOADS[name].contexts)
    rows = []
    for title in dict.fromkeys(one.title for one in own):
        found = {one.context: one for one in own if one.title == title}
        lab = next(iter(found.values())).lab[:2] or "–"
        rows.append((lab, title, *(_cell(found.get(context)) for context in contexts)))
    if not rows:
        return ""
    work = WORKLOADS[name]
    rates = "three rates at each" if len(factors(work)) > 1 else "one rate"
    n_hacks = sum(name in hack.workloads for hack in HACKS)
    so_far = f" {len(rows)} of {n_hacks} hacks and variants so far." if len(rows) < n_hacks else ""
    head = f"**{work.title[0].upper()}{work.title[1:]}**: {work.score}, {work.seeds} seeds, {rates}.{so_far}"
    margins = {one.context: f"{one.context}, margin × {describe.ratio(one.margin)}" for one in own}
    heads = ("lab", "switched", *(margins.get(context, context) for context in contexts))
    return f"{head}\n\n{tables.markdown(heads, rows)}"


def _cell(one):
    if one is None:
        return ""
    fails = f", fails {one.fails}" if one.fails else ""
    ratio, low, high = map(describe.ratio, (one.ratio, one.low, one.high))
    return f"{one.icon} × {ratio} ({low} to {high}), {one.better_in} of {one.n}{fails}{_failed(one)}"


def _failed(one):
    """Say how many runs failed, without → with the hack, where half of all did or more: there failures are compared."""
    failed, runs = map(sum, zip(*_failures(one)))
    if failed < runs / 2:
        return ""
    return f" ({one.failed_without} → {one.failed_with} of {one.runs_with} runs)"


def equal_shares():
    """Return which share of a recipe's comparisons with itself its margin holds, (workload, context) -> share."""
    places = [(work, context) for work in WORKLOADS.values() for context in work.contexts]
    return {(work.name, at): results.margin(work, at, measured.read(work.name))[1] for work, at in places}


def alike(effects, shares):
    """Return the table of recipes compared with themselves, and how much pairing by seed was worth.

    shares: as `equal_shares`.
    """
    heads = "data, recipe, with other seeds, 95 %, better in, margin, such intervals within it, verdict".split(", ")
    own = [one for one in effects if one.hack.startswith("A/A")]
    rows = []
    for one in own:
        ratio, low, high, margin = map(describe.ratio, (one.ratio, one.low, one.high, one.margin))
        told = f"× {ratio}", f"{low} to {high}", f"{one.better_in} of {one.n}", f"× {margin}"
        rows.append((one.data, one.context, *told, f"{shares[one.workload, one.context]:.0%}", one.verdict))
    table = tables.markdown(heads, rows)
    n_false = sum(one.verdict in ("better", "worse") for one in own)
    n_said = sum(one.verdict in ("better", "worse") for one in effects)
    found = [one.correlation for one in effects if not one.hack.startswith("A/A") and np.isfinite(one.correlation)]
    told = (
        f"Of these {len(own)} comparisons {n_false or 'none'} got *better* or *worse*, which is false. The correction "
        f"allows for some: of the whole board's {n_said} such verdicts it lets one in twenty be false, on average, at "
        "the most.\n\nThe correlation between the scores of both arms over the seeds, of which pairing makes use, has "
        f"the median {np.median(found):.2f}: near 0 pairing wins little, near 1 a lot."
    )
    return f"{table}\n\n{told}" if found else table


def kinds():
    """Return the table of recipes that were trained whole on two kinds of processor, and how their scores compare."""
    rows = []
    for name, work in WORKLOADS.items():
        runs = measured.read(name)
        for arm in arms_of(work):
            full = [kind for kind in sorted(runs.by_kind) if not missing(work, arm, runs.of(kind))]
            for two in itertools.combinations(full, 2):
                scores = [_scores(work, arm, runs.of(kind)) for kind in two]
                middle = [np.median(some) for some in scores]
                r = np.corrcoef(np.log(scores))[0, 1]
                on = (f"{kind}: {describe.number(one, 3)}" for kind, one in zip(two, middle))
                ratio, p = describe.ratio(middle[1] / middle[0]), mannwhitneyu(*scores).pvalue
                rows.append((work.title, arm.name, *on, f"× {ratio}", f"{p:.2f}", f"{r:.2f}"))
    return tables.markdown(("data", "recipe", "on", "and on", "ratio", "p", "correlation"), rows)


def _scores(work, arm, by_key):
    return [float(row["score"]) for _, row in sorted(best_rows(work, arm, by_key).items())]


def between(effects, ratios):
    """Return the table of hacks whose effect depends on the recipe, and say of how many that was tested."""
    judged = verdicts.between_recipes(ratios)
    own = {key: one for key, one in judged.items() if not key[1].startswith("A/A")}
    differ = {key: one for key, one in own.items() if one.verdict in ("better", "worse")}
    alike_too = sum(one.verdict in ("better", "worse") for key, one in judged.items() if key not in own)
    of = {(one.workload, one.hack, one.context): one for one in effects}
    rows = []
    for (workload, hack), one in differ.items():
        bare, good = (of[workload, hack, context] for context in ("bare", "good"))
        ratio, low, high = map(describe.ratio, (one.ratio, one.low, one.high))
        rows.append((bare.data, bare.title, _cell(bare), _cell(good), f"× {ratio} ({low} to {high})"))
    told = (
        f"Of {len(own)} pairs of effects {len(differ)} differ. As a control, of the {len(judged) - len(own)} pairs of "
        f"recipes against themselves {alike_too} do.{words.interim(effects)}"
    )
    return f"{told}\n\n{tables.markdown(('data', 'switched', 'bare', 'good', 'good / bare'), rows)}"


def edges(effects, pairs):
    """Return the table of how often the lowest, the middle and the highest rate was best, in each recipe.

    Beyond the lowest and the highest another might be better still.
    """
    titles, kept = {one.workload: one.data for one in effects}, {}
    for pair in pairs:
        if len(factors(WORKLOADS[pair["workload"]])) > 1:  # a set, since hacks share the runs they are compared with
            place = pair["workload"], pair["context"]
            for side in ("without", "with"):
                kept.setdefault(place, set()).add((pair["seed"], pair[side], float(pair[f"rate_{side}"])))
    rows = []
    for (name, context), runs in kept.items():
        middle = WORKLOADS[name].rates[context]
        signs = [np.sign(rate - middle) for _, _, rate in runs]
        shares = (f"{signs.count(sign) / len(signs):.0%}" for sign in (-1, 0, 1))
        rows.append((titles[name], context, *shares))
    return tables.markdown(("data", "recipe", "best at half the rate", "at the rate", "at twice the rate"), rows)


def midpoints():
    """Return the table of slerp against lerp at each rate, where both stand between latents of the same GAN."""
    rows = []
    for work in WORKLOADS.values():
        runs = measured.read(work.name)
        for pair in pairs_of(work):
            if pair.hack == "spherical_interpolation" and (by_key := whole(work, pair, runs)) is not None:
                cells = []
                for factor in factors(work):
                    lerp, slerp = (
                        {seed: float(by_key[arm.name, factor, str(seed)]["score"]) for seed in range(work.seeds)}
                        for arm in (pair.without, pair.with_it)
                    )
                    one = verdicts.compare(lerp, slerp)
                    ratio, low, high = map(describe.ratio, (one.ratio, one.low, one.high))
                    cells.append(f"× {ratio} ({low} to {high}), {one.better_in} of {one.n}")
                rows.append((work.title, pair.context, *cells))
    return tables.markdown(("data", "recipe", *(f"rate × {factor}" for factor in FACTORS)), rows)


def tried():
    """Return the table of where each hack is tried, and why not elsewhere."""
    names = list(WORKLOADS)
    rows = [
        (hack.lab or "–", hack.title, *("✔" if name in hack.workloads else "" for name in names), hack.why_not)
        for hack in HACKS
    ]
    return tables.markdown(("lab", "switched", *names, "why not"), rows)


def front_page(effects):
    """Say which hacks helped or did harm after Holm's correction over one list, or that runs of it are missing."""
    listed = [(name, hack.name) for name in FRONT_WORKLOADS for hack in HACKS if hack.main and name in hack.workloads]
    found = {(one.workload, one.hack): one for one in effects if one.context == "good"}
    full = [found[key] for key in listed if key in found]
    if len(full) < len(listed):
        return (
            f"Not finished: here will stand which hacks help in a good recipe, once all {len(listed)} comparisons that "
            f"count for it are measured. {len(full)} are. [docs/evidence.md](docs/evidence.md) has the interim results."
        )
    corrected = zip(full, verdicts.holm([one.p for one in full]))
    sure = {(one.workload, one.hack): one for one, p in corrected if p <= verdicts.LEVEL}
    rows = []
    for hack in HACKS:
        found = [sure[name, hack.name] for name in FRONT_WORKLOADS if (name, hack.name) in sure]
        if found:
            cells = (
                _front_cell(sure.get((name, hack.name))) if name in hack.workloads else "–" for name in FRONT_WORKLOADS
            )
            lab = f"[{hack.lab}](labs/{found[0].lab}.ipynb)" if hack.lab else "–"
            rows.append((sum(map(_side, found)), (lab, hack.title, *cells)))
    rows = [row for _, row in sorted(rows, key=lambda one: -one[0])]
    better, worse = (VERDICTS[verdict][0] for verdict in ("better", "worse"))
    heads = ("lab", "in a good recipe", *(WORKLOADS[name].title for name in FRONT_WORKLOADS))
    many = (
        f"{better} it **helped**, {worse} it **did harm**; where nothing stands, neither is sure (–: not tried). The "
        "ratio is that of the scores, with / without the hack, and less is better; where a hack is a part of that "
        "recipe, it comes from taking it out. *36 → 1 of 36 runs* says how many failed without → with it, where half "
        "of them or more did. "
        f"Corrected for {len(listed)} comparisons, after Holm. D is the discriminator, G the generator."
    )
    return f"{tables.markdown(heads, rows)}\n\n{many} [docs/evidence.md](docs/evidence.md) has all of them."


def _side(one):
    """Return 1 where a hack helped, -1 where it did harm."""
    return 1 if one.ratio < 1 else -1


def _front_cell(one):
    if one is None:
        return ""
    icon, _ = VERDICTS["better" if _side(one) > 0 else "worse"]
    return f"{icon} × {describe.ratio(one.ratio)}{_failed(one)}"
