// <gan-playground>: two ring GANs side by side with one seed, without and with the hacks that are switched.
// Nothing is loaded before a reader starts it.

import { element } from "./element.js";
import { addressOf, BASES, choiceOf, HACKS, isIn, RATES, settingsOf } from "./hacks.js";
import { Pair } from "./pair.js";
import { CENTRES, EXTENT, GRID } from "./ring.js";

const SIZE = 320; // pixels of a picture
const EVERY = 250; // steps between two rows of the table
const LONG = 1000; // steps at a click, where nothing moves by itself
const NAMES = ["without", "with"];
const NOTHING = { surface: new Float32Array(GRID ** 2), fakes: [] }; // a run before its first step

const STYLE = `
:host { display: block; font: inherit; --real: #0072b2; --fake: #d55e00; --line: color-mix(in srgb, currentColor 35%, transparent); }
* { box-sizing: border-box; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 1rem; }
figure { margin: 0; }
canvas { width: 100%; aspect-ratio: 1; border: 1px solid var(--line); background: #fff; display: block; }
figcaption { margin-top: .3rem; min-height: 3em; }
fieldset { border: 1px solid var(--line); margin: 1rem 0; padding: .5rem 1rem; min-width: 0; }
.hacks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .2rem 1rem; }
label { display: flex; gap: .5rem; align-items: baseline; min-height: 1.75rem; min-width: 0; }
.row label { flex-wrap: wrap; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .7rem 0; }
button, select, input[type=number] { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: 4px; padding: .35rem .8rem; min-height: 2.2rem; }
select { max-width: 100%; }
select option { color: #000; background: #fff; }
button:disabled { opacity: .5; }
:focus-visible { outline: 3px solid var(--real); outline-offset: 2px; }
input[type=number] { width: 7rem; }
.scroll { overflow-x: auto; max-height: 16rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
.key span { display: inline-block; width: .7em; height: .7em; margin-right: .3em; }
.key .real { background: var(--real); border-radius: 50%; } .key .fake { background: var(--fake); transform: rotate(45deg); }
`;

class GanPlayground extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.choice = choiceOf(location.hash);
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.playing = false;
    this.rows = [];
    this.attachShadow({ mode: "open" }).append(element("style", {}, STYLE), ...this.parts());
    this.shown();
    addEventListener("hashchange", () => this.choose(choiceOf(location.hash)));
  }

  disconnectedCallback() {
    this.pair?.end();
    this.pair = null;
  }

  // ---- what stands on the page

  parts() {
    const pictures = NAMES.map((name) => {
      const canvas = element("canvas", { width: SIZE, height: SIZE, role: "img" });
      const caption = element("figcaption", {});
      return { canvas, caption, figure: element("figure", {}, canvas, caption), name };
    });
    this.pictures = pictures;
    this.play = element("button", { type: "button", onclick: () => this.toggle() });
    this.steps = element("button", { type: "button", onclick: () => this.stepOn() });
    this.body = element("tbody");
    this.said = element("p", { role: "status" });
    const head = ["step", ...NAMES.flatMap((name) => [`modes, ${name}`, `good points, ${name}`])];
    return [
      element("div", { class: "runs" }, ...pictures.map((one) => one.figure)),
      element(
        "p",
        { class: "key" },
        element("span", { class: "real" }), "real points  ",
        element("span", { class: "fake" }), "generated points. The darker the ground, the more D takes it for real.",
      ),
      element(
        "div",
        { class: "row" },
        this.play,
        this.steps,
        element("button", { type: "button", onclick: () => this.choose({}) }, "Reset"),
        element("button", { type: "button", onclick: () => this.share() }, "Copy a link to this"),
      ),
      this.said,
      this.controls(),
      element(
        "details",
        {},
        element("summary", {}, "The runs as a table"),
        element(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-label": "The runs as a table" },
          element(
            "table",
            {},
            element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
            this.body,
          ),
        ),
      ),
    ];
  }

  controls() {
    this.boxes = HACKS.map((hack) => {
      const box = element("input", { type: "checkbox", onchange: () => this.switched() });
      const text = element("span");
      return { hack, box, text, label: element("label", {}, box, text) };
    });
    this.base = element(
      "select",
      { onchange: () => this.choose({ base: this.base.value }) },
      ...Object.entries(BASES).map(([name, { title }]) => element("option", { value: name }, title)),
    );
    this.rate = element(
      "select",
      { onchange: () => this.choose({ rate: Number(this.rate.value) }) },
      ...RATES.map((rate) => element("option", { value: rate }, rate.toString())),
    );
    this.seed = element("input", {
      ...{ type: "number", min: 0, max: 999999, step: 1 },
      onchange: () => this.choose({ seed: choiceOf(`seed=${this.seed.value}`).seed }),
    });
    return element(
      "fieldset",
      {},
      element("legend", {}, "What differs on the right"),
      element(
        "div",
        { class: "row" },
        element("label", {}, "Both begin with", this.base),
        element("label", {}, "learning rate", this.rate),
        element("label", {}, "seed", this.seed),
      ),
      element("div", { class: "hacks" }, ...this.boxes.map(({ label }) => label)),
    );
  }

  /** Make the controls say what is chosen. */
  shown() {
    const { base, rate, seed, switched } = this.choice;
    Object.assign(this.base, { value: base });
    this.rate.value = String(rate);
    this.seed.value = String(seed);
    for (const { hack, box, text } of this.boxes) {
      box.checked = switched.includes(hack.id);
      const lab = hack.lab ? ` (lab ${hack.lab})` : "";
      text.textContent = `${isIn(base, hack) ? "without " : ""}${hack.title}${lab}`;
    }
    this.play.textContent = this.playing ? "Pause" : "Start";
    this.steps.textContent = this.still ? `${LONG} steps on` : "One step";
    const [without, withIt] = this.pictures;
    without.title = base;
    const names = HACKS.filter((hack) => switched.includes(hack.id));
    withIt.title = names.map((hack) => `${isIn(base, hack) ? "− " : "+ "}${hack.title}`).join(", ") || "nothing else";
    if (!this.last) {
      for (const picture of this.pictures) {
        paint(picture.canvas, NOTHING);
        this.describe(picture, null);
      }
    }
  }

  describe({ canvas, caption, title, name }, run, step = 0) {
    const score = run
      ? `${run.modes} of 8 modes, ${Math.round(100 * run.good)} % good points after ${step.toLocaleString("en")} steps`
      : "not started";
    caption.replaceChildren(element("strong", {}, `${title}: `), score);
    canvas.setAttribute("aria-label", `The ring, ${name} what is switched: ${score}.`);
  }

  // ---- what a reader does

  switched() {
    this.choose({ switched: this.boxes.filter(({ box }) => box.checked).map(({ hack }) => hack.id) });
  }

  /** Begin anew with another choice. */
  choose(changes) {
    this.choice = { ...this.choice, ...changes };
    this.rows = [];
    this.body.replaceChildren();
    this.last = null;
    this.said.textContent = "";
    history.replaceState(null, "", addressOf(this.choice));
    this.shown();
    this.pair?.reset(settingsOf(this.choice), this.choice.seed);
  }

  toggle() {
    this.playing = !this.playing;
    const pair = this.begin();
    if (this.playing) pair.play();
    else pair.pause();
    this.shown();
  }

  stepOn() {
    this.playing = false;
    this.begin().step(this.still ? LONG : 1);
    this.shown();
  }

  async share() {
    const address = new URL(addressOf(this.choice), location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      this.said.textContent = "The link is in the clipboard.";
    } catch {
      this.said.textContent = `The link: ${address}`;
    }
  }

  begin() {
    if (this.pair) return this.pair;
    this.pair = new Pair({
      told: (news) => this.draw(news),
      failed: (why) => (this.said.textContent = `The playground cannot run in this browser (${why}).`),
    });
    this.pair.reset(settingsOf(this.choice), this.choice.seed);
    return this.pair;
  }

  // ---- what a run looks like

  draw({ step, runs }) {
    this.last = { step, runs };
    this.note(step, runs);
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.last) return;
      this.pictures.forEach((picture, i) => {
        paint(picture.canvas, this.last.runs[i]);
        this.describe(picture, this.last.runs[i], this.last.step);
      });
    });
  }

  note(step, runs) {
    const place = Math.floor(step / EVERY);
    if (place === 0 || this.rows.includes(place)) return;
    this.rows.push(place);
    const cells = runs.flatMap(({ modes, good }) => [`${modes} of 8`, `${Math.round(100 * good)} %`]);
    const row = element("tr", {}, element("th", { scope: "row" }, String(step)));
    row.append(...cells.map((text) => element("td", {}, text)));
    this.body.prepend(row);
  }
}

const place = (x) => ((x + EXTENT) / (2 * EXTENT)) * SIZE;

const small = element("canvas", { width: GRID, height: GRID });

/** Draw what D says of the plane, the middles of the data and the fakes. The darker, the more real. */
function paint(canvas, { surface, fakes }) {
  const shades = new ImageData(GRID, GRID);
  surface.forEach((real, i) => shades.data.fill(255 - 95 * real, 4 * i, 4 * i + 3).fill(255, 4 * i + 3, 4 * i + 4));
  small.getContext("2d").putImageData(shades, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, SIZE, SIZE);
  context.fillStyle = "#0072b2";
  for (const [x, y] of CENTRES) {
    context.beginPath();
    context.arc(place(x), SIZE - place(y), 5, 0, 2 * Math.PI);
    context.fill();
  }
  context.fillStyle = "#d55e00";
  context.beginPath();
  for (let i = 0; i < fakes.length; i += 2) {
    const [x, y] = [place(fakes[i]), SIZE - place(fakes[i + 1])];
    context.moveTo(x, y - 3);
    context.lineTo(x + 3, y);
    context.lineTo(x, y + 3);
    context.lineTo(x - 3, y);
  }
  context.fill();
}

customElements.define("gan-playground", GanPlayground);
