# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 05 · Do the hacks work?
#
# > **Claim.** These tricks make GANs train, day after day. *Chintala, Denton, Arjovsky and Mathieu, 2016.* Their list
# > says what its authors do. It measures none of it.
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | rank five hacks, read what thousands of short runs say about most of them, see six recipes with a mistake |
# | You'll learn | which hacks helped here, which did harm, and what nobody can tell from such runs |
# | You need | lesson 00; lesson 02 helps · 30 minutes · about 10 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from collections import Counter
from itertools import combinations

import numpy as np

from ganhacks import evidence
from ganhacks.evidence.verdicts import between_recipes
from ganhacks.pictures import charts, describe, effects, plots

# %% tags=["parameters"]
workload = "ring"
context = "good"

# %% [markdown]
# ## Predict
#
# Here are five hacks of the list. Which helps most on a ring of clouds, in a recipe that is good already? Put it
# first, and the one that helps least, or does most harm, last. Change the order below, then run the cell.

# %%
ranking = [
    "leaky_relu",  # leaky ReLUs, not ReLUs
    "batch_norm",  # batch normalization in both networks
    "adam",  # Adam's β₁ 0.5, not 0.9
    "gaussian_latent",  # latents from N(0, 1), not U(-1, 1)
    "label_smoothing",  # real labels 0.9, not 1
]

# %% [markdown]
# ## What was measured
#
# A GAN trains with a hack and without it, from the same seed: a pair. Then the two scores are divided, with / without:
# **below 1, the scores were lower with the hack**, and lower is better.
#
# - **Problems:** points on a ring of 8 clouds, on a grid of 25, MNIST with dense layers, MNIST with a small DCGAN.
#   Hacks for convolutions have Fashion-MNIST too. The next cell says which of these have results by now.
# - **12 pairs**, 8 for the DCGANs. Each side tries three learning rates and keeps the best score. The DCGANs have one
#   rate.
# - **One score a problem:** for points the energy distance, which grows with a missing mode, with blur and with a shift.
#   For images FID.
#
# All comparisons together are the *scoreboard*. Its rules were written before the first run:
# [evidence/README.md](../evidence/README.md).

# %% tags=["nbval-check-output"]
every = [effect for effect in evidence.effects() if not effect.hack.startswith("A/A")]
hacks = [effect for effect in every if effect.lab]  # the others came after 2016
places = list(dict.fromkeys((effect.data, effect.context) for effect in every))
print(f"{len(every)} comparisons, on {', '.join(dict.fromkeys(e.data for e in every))}")
if every[0].interim:
    print("Runs are still missing, so verdicts may change.")

# %% [markdown]
# The two recipes:
#
# - *Bare* is poor. For points it has no hack. For images it has two, the non-saturating loss and β₁ 0.5: in trials
#   with neither, nothing learned. With both, many runs still collapse, on the DCGANs nearly all.
# - *Good* has parts that were chosen to work together: the non-saturating loss, β₁ 0.5 and Gaussian latents; for points
#   also a penalty, R1; for images also [-1, 1] with tanh, and leaky ReLUs; for the DCGANs strides and batch
#   normalization in G as well.
#
# Where a hack is a part of a recipe, it is taken out. Anywhere else it is added.

# %% [markdown]
# ## Your ranking
#
# Five hacks make ten pairs of hacks. Where two intervals don't overlap, the runs can tell which is better. Only these
# pairs count. (Two that overlap may differ as well: that was not tested.) How many of them did you order correctly?
# Guessing gives about half.

# %% tags=["nbval-check-output"]
measured = {e.hack: e for e in hacks if (e.workload, e.context) == (workload, context)}
for hack in sorted(ranking, key=lambda hack: measured[hack].ratio):
    one = measured[hack]
    print(f"× {one.ratio:5.2f} {one.icon} {one.verdict:18} {one.title}")
right_order = [
    (measured[a].ratio < measured[b].ratio)
    for a, b in combinations(ranking, 2)
    if measured[a].high < measured[b].low or measured[b].high < measured[a].low
]
print(f"you ordered {sum(right_order)} of {len(right_order)} pairs as measured")

# %% [markdown]
# ## One problem, every hack
#
# Each dot is a pair, the line is the interval of 95 %, the diamond the typical ratio. The axis is logarithmic: 1/2 is as
# far from 1 as 2.
#
# The verdict is at the right. ▲ better or ▼ worse: chance alone seldom does that, also after a correction for all
# comparisons of the scoreboard. ≈ practically equal: the whole line lies within a margin, and about as many runs fail.
# The margin comes from comparing runs of the same recipe, and is × 1.5 at most for points, × 1.25 for images: *equal* is
# not *the same*. ? can't tell: neither was shown. Through the correction that happens even to some lines that do not
# touch 1.


# %%
def forest(effects_shown, title):
    """Draw these effects, the most helpful first, with every pair as a dot."""
    pairs, rows = evidence.ratios(), {}
    for e in sorted(effects_shown, key=lambda e: e.ratio):
        own = list(pairs[e.workload, e.context, e.hack].values())
        rows[e.title] = (e.ratio, e.low, e.high, own, e.icon)
    return effects.forest(rows, title)


own = [e for e in hacks if (e.workload, e.context) == (workload, context)]
forest(own, f"Hacks on the {own[0].data}, {context} recipe")

# %% [markdown]
# Set `workload` above to `"grid"` or `"dense"`, or `context` to `"bare"`, and run the cells from there on again. A dot
# far from its line is a pair that went otherwise than the rest: chance alone can do that.
#
# On points, in *good*, one line is far from all others: reals and fakes in two batches. *Without* this hack, D has
# batch normalization and gets reals and fakes in one batch. Nearly every such run fails (lab 09). So the line says much
# about such a D, and nothing about others. On dense MNIST all these runs fail, with the hack too: there ▲ means a less
# bad failure.

# %% [markdown]
# ## Every problem, every hack
#
# The number is the typical ratio. Violet: lower scores with the hack. Orange: higher. The sign says whether that is more
# than chance.

# %%
cells = {
    (e.title, f"{e.workload}\n{e.context}"): (e.ratio, e.icon) for e in hacks if e.main
}
effects.effect_map(cells, "Every hack, on every problem measured so far")

# %% [markdown]
# Read it line by line. The sign is the verdict, the colour only the ratio. Is a line of one sign? A hack that helps
# everywhere has ▲ in each place.

# %% tags=["nbval-check-output"]
verdicts = {}
for e in hacks:
    if e.main:
        verdicts.setdefault(e.title, []).append(e.verdict)
for word in ("better", "worse"):
    other = "worse" if word == "better" else "better"
    print(f"\n{word} somewhere, {other} nowhere:")
    for title, found in verdicts.items():
        if word in found and other not in found:
            print(f"  {found.count(word)} of {len(found)}  {title}")
print("\nbetter here, worse there:")
both = [title for title, found in verdicts.items() if {"better", "worse"} <= set(found)]
print(*[f"  {title}" for title in both] or ["  none"], sep="\n")

# %% [markdown]
# Take a hack from the last list and find its line in the picture. What decides about it: the problem, the recipe, or
# both?
#
# Two warnings:
#
# - *Slerp* trains nothing. Its line scores points halfway between two latents. Each side keeps its best rate, and with
#   one and the same GAN it may be the other way round ([rate by rate](../docs/evidence.md)).
# - All hacks of a recipe are compared with the same runs. If those were lucky, all that is added looks worse. On dense
#   MNIST, *good*, they were, if anything: the same recipe was trained twice more, and was worse both times. So a small ▼
#   says little there.

# %% [markdown]
# ## Does a good recipe need it?
#
# A hack may rescue a bad recipe, and a good one may not need it. The cell lists the hacks that are better in *bare*, and
# not in *good*.
#
# But two verdicts that differ don't prove two effects that differ. So for each seed the ratio in *good* is divided by
# the ratio in *bare*, and these numbers are tested as a hack's ratios are. *Less in good* means: they lie above 1, by
# more than chance explains. (The list was picked for doing well in *bare*, so some of that is luck.)

# %% tags=["nbval-check-output"]
between = between_recipes(evidence.ratios())
of = {(e.workload, e.hack, e.context): e for e in every}
for (place, hack), change in between.items():
    bare, good = (of.get((place, hack, context)) for context in ("bare", "good"))
    if bare and bare.lab and bare.verdict == "better" and good.verdict != "better":
        before, after = (describe.ratio(e.ratio) for e in (bare, good))
        less = "less in good" if change.verdict == "worse" else "not shown to be less"
        print(f"{bare.data}: {bare.title}:")
        print(f"  × {before} in bare, × {after} in good, {less}")

# %% [markdown]
# ## Does the recipe decide?
#
# Here is the same test for all hacks, their variants and the parts that came later, wherever both recipes were
# measured. In how many of these cases is the ratio in *good* lower than that in *bare*, and in how many is it higher?

# %% tags=["nbval-check-output"]
counts = Counter(
    (of[place, hack, "bare"].verdict, change.verdict)
    for (place, hack), change in between.items()
    if (place, hack, "bare") in of
)
print("in bare            in good: lower  higher  no difference shown")
for in_bare in ("better", "worse", "practically equal", "can't tell"):
    lower, higher, none = (
        counts[in_bare, c] for c in ("better", "worse", "can't tell")
    )
    print(f"{in_bare:18} {lower:14} {higher:7} {none:20}")

# %% [markdown]
# These cases share their runs, and the test was added when most of the runs were there. So this explores. And:
#
# - Ratios are compared. *Good* begins at lower scores, where the same damage is a larger ratio.
# - *Good* was chosen with its parts in. To take one out may hurt for that reason alone.
# - On dense MNIST many runs collapse: most in *bare*, and in *good* too where an important part is missing. On the
#   DCGANs nearly all runs of *bare* do. There a ratio may compare one failure with another.

# %% [markdown]
# ## Do runs fail more often?
#
# A run *fails* if it collapses or turns into numbers that are not finite. Scores and failures need not agree: a hack
# may give worse scores and fail less often. Here are the hacks whose failures differ by more than chance explains, by
# Fisher's exact test. It takes all runs for independent, and three of them share a seed: so read it as a hint. Without
# → with the hack:

# %% tags=["nbval-check-output"]
for e in every:
    if e.fails:
        runs = f"{e.failed_without:2} → {e.failed_with:2} of {e.runs_with} runs"
        print(f"{runs}  {e.data}, {e.context}: {e.title}")

# %% [markdown]
# ## What do they cost?
#
# The processor's seconds of a training, with / without. Both trained in turns in one process, so that they met the same
# machine. A cost depends on the problem, so here are the lowest and the highest ratio of each hack. Those that are
# below 1.2 everywhere are left out.

# %%
costs = {}
for e in every:
    costs.setdefault(e.title, []).append(e.cost)
for title in sorted(costs, key=lambda title: -np.nanmax(costs[title])):
    low, high = np.nanmin(costs[title]), np.nanmax(costs[title])
    if high >= 1.2:
        print(f"× {low:.1f} to {high:.1f}  {title}")

# %% [markdown]
# ## Do hacks add up?
#
# A hack is rarely alone. Here are five of them on the ring, in every combination, 32 in all, with 6 seeds each.
#
# - **On the diagonal:** what a hack does, over all combinations of the others.
# - **Elsewhere:** what the row's hack does with the column's hack on, divided by what it does with it off. At 1 the two
#   ratios just multiply. Above 1 both together are worse than that, below 1 better.

# %%
names = {
    "batch_norm_in_g": "batch norm in G",
    "adam": "β₁ 0.5",
    "label_smoothing": "labels 0.9",
    "instance_noise": "noise",
    "r1": "R1",
}
pairs = evidence.rows("interactions_effects")
cells = {}
for row in pairs:
    place = names[row["hack"]], names[row["with"] or row["hack"]]
    cells[place] = float(row["ratio"]), ""
effects.effect_map(cells, "Five hacks on the ring, alone and in pairs", width=5.5)

# %% [markdown]
# In these pairs the interval of 95 % does not hold 1:

# %% tags=["nbval-check-output"]
for row in pairs:
    low, high = float(row["low"]), float(row["high"])
    if row["with"] and (low > 1 or high < 1):
        both = f"{names[row['hack']]} and {names[row['with']]}"
        print(f"{both}: × {float(row['ratio']):.2f}")

# %% [markdown]
# Take these as hints. With six seeds p is never below 2/64. So in about one of four such tables chance alone shows a
# pair like that, and no pair here stands after a correction for ten. A reason is easily found afterwards: noise and R1
# both keep D from being sure right beside the reals.

# %% [markdown]
# ## Six recipes with a mistake
#
# These are from tutorials and books. Each mistake was put into a recipe of ours that mostly lives without it: 12 seeds
# with the mistake as it was published, and again with the one thing mended. A run *dies* if it collapses or turns into
# numbers that are not finite. Which of the six would you expect to die? Not all do. The counts come at the end.


# %%
def pictures(name, title, reach=None):
    """Show what seed 0 made, as published and mended: 16 digits each, or 500 points."""
    with np.load(evidence.EVIDENCE / "published.npz") as file:
        made = {arm: file[f"{name}/{arm}"] for arm in ("as published", "mended")}
    if made["mended"].shape[1:] == (2,):
        clouds = {arm: {"fakes": made[arm]} for arm in made}
        return charts.clouds(clouds, title, reach)
    return plots.digits(np.concatenate(list(made.values())), title, 16, row_labels=made)


# %% [markdown]
# **A frozen D.** D is compiled, then frozen, then compiled once more behind G. For Keras 2, GANs were written this way:
# it noted which weights may learn when a model was compiled. Keras 3 looks when training begins. By then D is frozen in
# its own training too: none of its weights moves, and one warning says so. *Mend:* set `trainable` before each update.

# %%
pictures("frozen_composite", "Digits with a D that is frozen for good, and mended")

# %% [markdown]
# **The logarithm of a probability.** The losses are the paper's formulas word for word, `log(D)` and `log(1 - D)`, of a
# sigmoid. In float32 a sigmoid is 1 exactly from a logit of about 17 on. Then `log(1 - D)` is minus infinity. Its
# gradient is 1/0 times the sigmoid's slope, 0, and that is NaN, in every weight. So such notebooks may end, and GANs
# get the blame. *Mend:* the same loss, of logits. (Not every run meets such a fake. Seed 0 does not.)

# %%
pictures("unclamped_log", "Points of a GAN with log of probabilities, and mended", 6)

# %% [markdown]
# **Targets above 1.** A book adds noise from 0 to 0.05 to all of D's targets, so those of 1 lie above 1. No probability
# does. *Mend:* subtract the noise from the ones.

# %%
pictures("noise_on_targets", "Digits with targets above 1, and mended")

# %% [markdown]
# **Two ranges.** Real digits in [0, 1], and a generator that ends in tanh (lab 07). *Mend:* digits in [-1, 1].

# %%
pictures("range_mismatch", "Digits in 0 to 1 against tanh, and mended")

# %% [markdown]
# **A ring of seven.** The angles of eight modes by `np.linspace(0, 2 * np.pi, 8)`. Its last angle is its first, so
# there are seven modes, and one is twice as full. Who counts to eight finds that the GAN "drops a mode". But the data
# lack it. For this recipe alone, a run with fewer than eight modes counts as dead too. *Mend:* `endpoint=False`.

# %%
pictures("seven_modes", "Points of a ring by linspace, and mended", 3)

# %% [markdown]
# **Fakes that nobody else sees.** D's fakes come from `G.predict`, which uses the moving averages of G's batch
# normalization. G is trained with the batch's own numbers. So D judges other fakes than those that G learns from.
# *Mend:* `G(z, training=True)` for D too.

# %%
pictures("predicted_fakes", "Digits with fakes from predict, and mended")

# %% [markdown]
# Now the counts. Were you right?

# %% tags=["nbval-check-output"]
runs = evidence.rows("published")
for name, title in {
    "frozen_composite": "a frozen D",
    "unclamped_log": "log of a probability",
    "noise_on_targets": "targets above 1",
    "range_mismatch": "two ranges",
    "seven_modes": "a ring of seven",
    "predicted_fakes": "fakes nobody else sees",
}.items():
    own = [run for run in runs if run["recipe"] == name]
    print(f"{title:22}", end="")
    for arm in ("as published", "mended"):
        outcomes = [run["outcome"] for run in own if run["arm"] == arm]
        died = sum(outcome != "finished" for outcome in outcomes)
        print(f"  {arm}: dies in {died:2} of {len(outcomes)}", end="")
    print()

# %% [markdown]
# Where nothing dies, the mistake does not show in how runs of this length end. That is no proof that it does no harm.
# And a ring of seven lacks its eighth mode in every run, however well it learned.

# %% [markdown]
# ## A published table, run again
#
# Packs (lab 25) come from a paper with a table: a plain GAN, and *PacGAN2*, whose D judges two samples at once. How many
# modes do they find, what share of their points is good, and how unevenly are the modes met (reverse KL, lesson 02)? It
# has means of ten trials ± their standard error.
#
# We train three trials of each with the paper's networks, data and optimizer. That takes hours a run, so the cell says
# how far ours have come. What do you expect of packs?

# %% tags=["nbval-check-output"]
table = evidence.rows("pacgan_table")
scores = {"modes": "modes", "good": "good, in %", "reverse_kl": "reverse KL"}
for row in table:
    theirs = f"{row['paper']:>5} ± {row['paper_error']:<4}"
    ours = f"{row['ours']:>5} ± {row['error']}"
    name = f"{row['data']}, {row['model']}"
    print(f"{name:13} {scores[row['score']]:10}  theirs {theirs}  ours {ours}")
steps, of = int(table[0]["steps"]), int(table[0]["of"])
print(f"ours after {steps:,} steps, theirs after {of:,}")

# %% [markdown]
# In both, packs find more modes and meet them more evenly, on the ring and on the grid.
#
# Beyond that nothing is judged before the last step. Then each of the twelve scores is put to a test (Welch's, with p
# below 0.05 / 12). With three trials it sees large differences alone. [docs/evidence.md](../docs/evidence.md) has each
# trial.

# %% [markdown]
# ## What this can't say
#
# - **Small and short.** Runs of seconds. A hack that pays off after days does not show.
# - **One strength.** A noise of 0.5, a slope of 0.2. *Worse* means worse at this strength.
# - **One score.** It sees quality and coverage in one number. You may want something else.
# - **False verdicts.** The rule lets some *better* and *worse* be false: on average one in twenty of them, at the most.
# - **Two recipes.** Hacks depend on each other: that is why there are two, and two are few.
#
# *Can't tell* is no verdict on the hack. It says that these runs showed neither an effect nor equality.

# %% [markdown]
# ## Key points
#
# - Ask of a hack: on which problem, and in which recipe? Some help on one problem and do harm on another, and many
#   ratios differ between the two recipes.
# - Where runs scatter little, twelve pairs show small effects. Where runs scatter much, they miss even large ones.
# - Before you copy a hack, switch it off and on in *your* GAN, with several seeds.

# %% [markdown]
# ## References
#
# Chintala, Denton, Arjovsky and Mathieu, [How to Train a GAN?](https://github.com/soumith/ganhacks) · Lucic et al.,
# *Are GANs Created Equal?*, [arXiv:1711.10337](https://arxiv.org/abs/1711.10337) · targets with noise: Chollet, *Deep
# Learning with Python*, 2021, section 12.5 · the six recipes as code: `tools/published_recipes.py` · all rows, and how
# to measure them again: [docs/evidence.md](../docs/evidence.md) · Lin et al., *PacGAN*,
# [arXiv:1712.04086](https://arxiv.org/abs/1712.04086).
