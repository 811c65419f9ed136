"""Pages of recipes that were published and fail: what happened in our runs, why, and the line that mends it.

Figures come from evidence/published.csv, pictures from published.npz, and why it fails from the recipe's docstring in
tools/published_recipes.py. What stands here alone is where it was published, and a few lines of code, which tests run.
"""

import ast
import collections
import difflib
import statistics
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ganhacks.pictures import charts, describe, plots
from tools import published

RECIPES_FILE = Path(__file__).with_name("published_recipes.py")
#: workload -> its score, and how far the picture of its points reaches from the middle
SCORES = {
    "dense": ("MNIST-FID", None),
    "grid": ("energy distance", 6),
    "ring": ("energy distance from the points that the recipe was given", 3),
}


@dataclass(frozen=True)
class Lines:
    """where: it was published. published, mended: the few lines that decide, in words of our own."""

    where: str
    published: str
    mended: str

    def changed(self):
        """Return the numbers, from 1, of the lines that the mend writes anew."""
        matcher = difflib.SequenceMatcher(None, self.published.splitlines(), self.mended.splitlines(), autojunk=False)
        return [
            line + 1 for kind, _, _, low, high in matcher.get_opcodes() if kind != "equal" for line in range(low, high)
        ]


#: recipe, as tools/published.py names it -> its lines
LINES = {
    "frozen_composite": Lines(
        "Tutorials for Keras 2: this is how most GANs were written there.",
        """\
discriminator.compile("adam", loss)
discriminator.trainable = False
composite = keras.Sequential([generator, discriminator])
composite.compile("adam", loss)

discriminator.train_on_batch(real, ones)
discriminator.train_on_batch(fake, zeros)
composite.train_on_batch(z, ones)
""",
        """\
discriminator.compile("adam", loss)
discriminator.trainable = False
composite = keras.Sequential([generator, discriminator])
composite.compile("adam", loss)

discriminator.trainable = True
discriminator.train_on_batch(real, ones)
discriminator.train_on_batch(fake, zeros)
discriminator.trainable = False
composite.train_on_batch(z, ones)
""",
    ),
    "unclamped_log": Lines(
        "Goodfellow et al. 2014, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661), algorithm 1. As formulas they are "
        "right; what fails is a copy of them in float32.",
        """\
p_real, p_fake = discriminator(real), discriminator(fake)  # of a sigmoid
d_loss = -tf.reduce_mean(tf.math.log(p_real) + tf.math.log(1 - p_fake))
g_loss = tf.reduce_mean(tf.math.log(1 - p_fake))
""",
        """\
real_logits, fake_logits = discriminator(real), discriminator(fake)
d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits))
g_loss = -tf.reduce_mean(tf.nn.softplus(fake_logits))
""",
    ),
    "noise_on_targets": Lines(
        "Chollet 2021, *Deep Learning with Python*, second edition, section 12.5.",
        """\
targets = np.concatenate([np.ones((n, 1)), np.zeros((n, 1))])  # fakes are 1
targets += 0.05 * rng.random(targets.shape)
""",
        """\
targets = np.concatenate([np.ones((n, 1)), np.zeros((n, 1))])  # fakes are 1
targets += 0.05 * rng.random(targets.shape) * np.where(targets == 1, -1, 1)
""",
    ),
    "range_mismatch": Lines(
        "Tutorials. [Lab 07](../labs/07_scale_images.ipynb) trains every pair of ranges.",
        """\
real = images / 255
fake = keras.ops.tanh(x)  # the generator's last layer
""",
        """\
real = images / 127.5 - 1
fake = keras.ops.tanh(x)  # the generator's last layer
""",
    ),
    "seven_modes": Lines(
        "Code that makes the ring of eight Gaussians, on which many papers try their GANs.",
        """\
angles = np.linspace(0, 2 * np.pi, 8)
centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
""",
        """\
angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
""",
    ),
    "predicted_fakes": Lines(
        "Tutorials whose generator has batch normalization.",
        """\
fake = generator.predict(z, verbose=0)
discriminator.train_on_batch(fake, zeros)
""",
        """\
fake = generator(z, training=True)
discriminator.train_on_batch(fake, zeros)
""",
    ),
}


@cache
def prose():
    """Return what the recipes' docstrings say: name -> (what happens and why, the mend), without their sources."""
    tree = ast.parse(RECIPES_FILE.read_text(encoding="utf-8"))
    texts = {node.name: ast.get_docstring(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    told = {}
    for name in LINES:
        why, _, mend = texts[name].partition("Mend: ")
        mend, _, more = mend.partition("Source: ")[0].partition("\n\n")
        told[name] = f"{why.strip()}\n\n{more.strip()}".strip(), mend.strip()
    return told


def counted(name):
    """Say in how many runs a recipe dies as published, and mended."""
    (dead, n), (mended, n_mended) = (published.deaths(rows) for rows in published.arms(name))
    return f"dies in {dead} of {n}, mended in {mended} of {n_mended}"


def picture(name):
    """Return what seed 0 made at the end of both arms as a `Picture`."""
    recipe = published.RECIPES[name]
    with np.load(published.PICTURES) as file:
        made = {arm: file[f"{name}/{arm}"] for arm in published.ARMS}
    title = f"{recipe.title}: what seed 0 made, as published and mended"
    if recipe.workload == "dense":
        return plots.digits(np.concatenate(list(made.values())), title, 16, row_labels=list(made))
    return charts.clouds({arm: {"fakes": made[arm]} for arm in made}, title, SCORES[recipe.workload][1])


def page_of(name, alt):
    """Return a recipe's page. alt: of its picture, which lies beside the page."""
    recipe, lines, (why, mend) = published.RECIPES[name], LINES[name], prose()[name]
    changed = ",".join(map(str, lines.changed()))
    return f"""# {recipe.title[0].upper()}{recipe.title[1:]}

**Where it was published.** {lines.where}

```python
{lines.published}```

**What happens.** It {counted(name)}.

{outcomes(name)}

A run *dies* if it turns into numbers that are not finite, if it collapses, or, where the data are what is wrong, if a
mode is missing at the end. [Evidence](../evidence/README.md) says where the rows are, and
has the rule, which is older than the runs.

```{{image}} {name}.png
:alt: {" ".join(alt.split())}
:class: on-white
```

## Why

{why}

## The mend

{mend[0].upper()}{mend[1:]}

```{{code-block}} python
:emphasize-lines: {changed}
{lines.mended}```

`{name}` in `tools/published_recipes.py` makes both: the same first weights, data and draws. To
measure them again, delete their rows in `evidence/published.csv`, then `python tools/published.py run --only {name}`.
"""


def outcomes(name):
    """Return how the runs of both arms ended as a table."""
    score = SCORES[published.RECIPES[name].workload][0]
    table = ["| recipe | runs | they ended | median score |", "|---|---|---|---|"]
    for arm, rows in zip(published.ARMS, published.arms(name)):
        ends = collections.Counter(row["outcome"] for row in rows)
        told = ", ".join(f"{end} {n}" for end, n in sorted(ends.items()))
        middle = describe.number(statistics.median(float(row["score"]) for row in rows), 3)
        table.append(f"| {arm} | {len(rows)} | {told} | {middle} |")
    return "\n".join([*table, "", f"Score: {score}, less is better."])


def write(folder, put):
    """Write the recipes' pages and pictures, and their list, into a folder. put: writes a text to a path."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for name, recipe in published.RECIPES.items():
        shown = picture(name)
        shown.save(folder / f"{name}.png")
        put(folder / f"{name}.md", page_of(name, shown.alt))
        listed.append(f"- [{recipe.title[0].upper()}{recipe.title[1:]}]({name}.md): {counted(name)}")
    names = "\n".join(published.RECIPES)
    put(folder / "index.md", LIST.format(listed="\n".join(listed), names=names))


LIST = """# Published recipes with a mistake

Each mistake was put, as it was published, into a recipe of ours that lives without it, and trained once more with that
one thing mended, from the same seeds.
[Lesson 05](../notebooks/05_do_the_hacks_work.ipynb) lets you guess which of them die.

{listed}

Where nothing dies, the mistake does not show in how runs of this length end. That is no proof that it does no harm.

```{{toctree}}
:hidden:
{names}
```
"""
