"""Make the cheat sheet, every hack on one page: claim, a line of code, and what it was measured to do.

    python tools/cheat_sheet.py

It writes docs/cheat_sheet.pdf and images/cheat_sheet.png. The figures come from the scoreboard, so make it again when
`tools/study.py tables` has written another one.
"""

import argparse
import hashlib
import html
import io
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks import evidence, files  # noqa: E402  (the path comes first)
from ganhacks.pictures import describe  # noqa: E402
from tools.board import words  # noqa: E402

PDF, PNG = ROOT / "docs" / "cheat_sheet.pdf", ROOT / "images" / "cheat_sheet.png"
SIZE = (1123, 794)  # A4, landscape, in pixels of 1/96 inch

#: hack, as the scoreboard names it -> (its name on the sheet, what is claimed, a line of code)
HACKS = {
    "strided_downsampling": ("strides in D", "D learns how to shrink", "Conv2D(64, 4, strides=2, padding='same')"),
    "strided_upsampling": (
        "strides in G",
        "G learns how to enlarge",
        "Conv2DTranspose(64, 4, strides=2, padding='same')",
    ),
    "leaky_relu": ("leaky ReLU 0.2", "every unit keeps a gradient", "LeakyReLU(negative_slope=0.2)"),
    "batch_norm": ("batch norm", "layers stay in range", "Dense(128, use_bias=False), BatchNormalization()"),
    "gaussian_init": ("weights N(0, 0.02)", "a calm start", "kernel_initializer=RandomNormal(stddev=0.02)"),
    "adam": ("Adam, β1 0.5", "less momentum, less swing", "Adam(2e-4, beta_1=0.5)"),
    "scale_images": ("[-1, 1] and tanh", "reals and fakes in one range", "images / 127.5 - 1"),
    "gaussian_latent": ("Gaussian latents", "better than a cube", "rng.standard_normal((n, latent_dim))"),
    "separate_batches": (
        "separate batches",
        "with batch norm: never mix",
        "D(real, training=True), D(fake, training=True)",
    ),
    "label_smoothing": ("real labels 0.9", "D is less sure of itself", "real_labels = np.full((n, 1), 0.9)"),
    "noisy_labels": ("5 % labels flipped", "D cannot learn by heart", "flip(labels, rng.permutation(n)[: n // 20])"),
    "two_updates": ("D in two updates", "one on reals, one on fakes", "update(real, ones); update(fake, zeros)"),
    "non_saturating_loss": ("non-saturating", "a gradient where D is sure", "g_loss = softplus(-fake_logits)"),
    "spherical_interpolation": ("slerp", "walk on the sphere", "(sin((1-t)*a) * z0 + sin(t*a) * z1) / sin(a)"),
    "sparse_gradients": ("no sparse gradients", "no zeros on the way back", "AveragePooling2D(2), LeakyReLU(0.2)"),
    "hybrid_models": ("VAE + GAN", "a VAE's loss steadies G", "g_loss + reconstruction + kl"),
    "experience_replay": (
        "replay of fakes",
        "D does not forget",
        "fake[: n // 2] = memory[rng.integers(m, size=n // 2)]",
    ),
    "optimizer_pairing": ("SGD for D", "the talk's pair", "SGD(1e-2), Adam(1e-4, beta_1=0.5)"),
    "balance_by_loss": ("balance by loss", "train whoever is behind", "while d_loss > a: d_step()"),
    "use_labels": ("labels for both", "use them if you have them", "G([z, one_hot]), D([x, one_hot])"),
    "discrete_conditioning": (
        "class as channel",
        "an embedding, upsampled",
        "Reshape((28, 28, 1))(Dense(784)(embedded))",
    ),
    "instance_noise": ("noise on D's inputs", "both clouds get wide", "x + sigma * (1 - t) * normal(shape(x))"),
    "train_d_more": ("D twice as often", "a better teacher", "for _ in range(2): d_step()"),
    "minibatch_discrimination": ("minibatch discr.", "D sees a collapse", "exp(-abs(m[:, None] - m).sum(-1)).sum(1)"),
    "generator_dropout": ("dropout in G", "noise inside, always on", "Dropout(0.5)(h, training=True)"),
    "hinge": ("hinge loss", "stop where D is sure", "d_loss = relu(1 - real_logits) + relu(1 + fake_logits)"),
    "r1": ("R1", "D flat at the reals", "gamma / 2 * square(grad(D, real)).sum()"),
    "r1_r2": ("R1 + R2", "and at the fakes", "r1 + gamma / 2 * square(grad(D, fake)).sum()"),
    "relativistic": ("relativistic loss", "more real than that fake", "d_loss = softplus(fake_logits - real_logits)"),
    "spectral_norm": ("spectral norm", "layers do not stretch", "SpectralNormalization(Dense(128))"),
    "average": ("average of G", "the middle of the circle", "Adam(2e-4, use_ema=True, ema_momentum=0.99)"),
    "two_time_scale": ("two rates", "D learns faster", "Adam(1e-4), Adam(4e-4)"),
    "diff_augment": ("augmentation", "D cannot learn by heart", "D(augment(real)), D(augment(fake))"),
}

STYLE = """
@page { size: A4 landscape; margin: 0 }
body { font: 7.6pt/1.25 'DejaVu Sans', sans-serif; margin: 7mm 8mm; color: #111 }
h1 { font-size: 12pt; margin: 0 } p { margin: 0.8mm 0 }
table { border-collapse: collapse; width: 100% }
th { text-align: left; vertical-align: bottom; border-bottom: 0.4mm solid #0072B2 }
td, th { padding: 0.8mm 1mm; white-space: nowrap; font-size: 6.6pt } code { font: 6.2pt 'DejaVu Sans Mono', monospace }
tr:nth-child(even) { background: #f0f3f6 }
.better { color: #00507d; font-weight: bold } .worse { color: #a34400; font-weight: bold }
"""


def page(effects):
    """Return the sheet as a page. effects: those of the scoreboard."""
    places, found = words.by_place(effects, HACKS, on="workload")
    labs = {one.hack: one.lab[:2] for one in found.values()}
    rows = []
    for name, (title, claim, code) in HACKS.items():
        if name in labs:
            cells = "".join(_cell(found.get((name, *place))) for place in places)
            told = f"<td>{labs[name]}</td><td>{html.escape(title)}</td><td>{html.escape(claim)}</td>"
            rows.append(f"<tr>{told}<td><code>{html.escape(code)}</code></td>{cells}</tr>")
    head = "".join(f"<th>{'<br>'.join(map(html.escape, place))}</th>" for place in places)
    body = f"<table><tr><th>lab</th><th>hack</th><th>claim</th><th>code</th>{head}</tr>{''.join(rows)}</table>"
    seeds = ", ".join(dict.fromkeys(f"{one.n} on {one.workload}" for one in effects))
    interim = words.interim(effects, "<b>{}</b>")
    said = (
        f"Each figure is the typical ratio of the scores with / without the hack, below 1 is better; {words.SIGNS}. "
        f"Pairs of runs: {seeds}. Bare: a poor recipe; good: with parts chosen to work together. "
        "On dense MNIST many runs collapse on both sides, on the DCGANs nearly all of bare: a ratio there may compare "
        f"two failures.{interim} "
        "Small GANs, short runs, one dose each: docs/evidence.md says how it was measured and what it cannot say."
    )
    text = f"<style>{STYLE}</style><h1>GAN hacks, measured</h1><p>{said}</p>{body}"
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>GAN hacks, measured ({digest})</title>{text}'


def _cell(one):
    if one is None:
        return "<td></td>"
    return f'<td class="{html.escape(one.verdict)}">{one.icon} {describe.ratio(one.ratio)}</td>'


def digest_of(text):
    """Return the digest in a page's title, by which a made sheet is known."""
    return re.search(r"<title>GAN hacks, measured \((\w+)\)", text)[1]


def printed(text):
    """Return a page as (PDF, PNG), bytes. Raises SystemExit if it does not fit on one sheet of paper."""
    from tools.jupyter_browser import chromium

    with chromium() as browser:
        shown = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, device_scale_factor=2)
        shown.set_content(text)
        size = shown.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        if size[0] > SIZE[0] or size[1] > SIZE[1]:
            raise SystemExit(f"The sheet takes {size} pixels and a sheet of paper has {list(SIZE)}: shorten it.")
        return shown.pdf(prefer_css_page_size=True, print_background=True), shown.screenshot()


def make():
    """Write the PDF and the picture, each whole or not at all."""
    from PIL import Image, PngImagePlugin

    text = page(evidence.effects())
    pdf, png = printed(text)
    about = PngImagePlugin.PngInfo()
    about.add_text("Title", digest_of(text))
    made = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(64).save(made, "png", optimize=True, pnginfo=about)
    for path, content in ((PDF, pdf), (PNG, made.getvalue())):
        files.write(path, content)
        print(f"{path.relative_to(ROOT)}: {len(content) / 1000:.0f} kB")


if __name__ == "__main__":
    argparse.ArgumentParser(description="Write the cheat sheet, PDF and picture.").parse_args()
    make()
