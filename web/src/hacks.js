// The hacks that can be switched, each with what it changes. Names and doses are those of the scoreboard.

/** What a recipe has before any hack is switched. */
export const BASES = {
  bare: { title: "bare: no hack at all", settings: {} },
  good: {
    title: "good: parts chosen to work together",
    settings: { loss: "non-saturating", beta1: 0.5, gaussian: true, r1: 0.1 },
  },
};

/** on: settings with it; off: settings without it. lab: where it is written by hand, "" for what came after 2016. */
export const HACKS = [
  { id: "loss", title: "Non-saturating loss", lab: "13", on: { loss: "non-saturating" }, off: { loss: "saturating" } },
  { id: "beta1", title: "Adam with β₁ = 0.5", lab: "06", on: { beta1: 0.5 }, off: { beta1: 0.9 } },
  { id: "ttur", title: "D learns four times faster", lab: "18", on: { dRate: 4 }, off: { dRate: 1 } },
  { id: "gaussian", title: "Gaussian latents", lab: "08", on: { gaussian: true }, off: { gaussian: false } },
  { id: "gnorm", title: "Batch norm in G", lab: "04", on: { gNorm: true }, off: { gNorm: false } },
  { id: "dnorm", title: "Batch norm in D", lab: "04", on: { dNorm: true }, off: { dNorm: false } },
  { id: "leaky", title: "Leaky ReLU, slope 0.2", lab: "03", on: { slope: 0.2 }, off: { slope: 0 } },
  { id: "smooth", title: "Labels of reals 0.9", lab: "10", on: { smooth: 0.1 }, off: { smooth: 0 } },
  { id: "flips", title: "5 % of labels flipped", lab: "11", on: { flipped: 0.05 }, off: { flipped: 0 } },
  { id: "noise", title: "Instance noise, falling from 0.5", lab: "23", on: { noise: 0.5 }, off: { noise: 0 } },
  { id: "r1", title: "R1 penalty, 0.1", lab: "", on: { r1: 0.1 }, off: { r1: 0 } },
  { id: "updates", title: "Two updates of D", lab: "24", on: { dUpdates: 2 }, off: { dUpdates: 1 } },
  { id: "replay", title: "Old fakes for D", lab: "17", on: { memory: 50 }, off: { memory: 0 } },
  { id: "pack", title: "D judges pairs (packing)", lab: "25", on: { pack: 2 }, off: { pack: 1 } },
  { id: "dropout", title: "Dropout in G, always on", lab: "26", on: { dropout: 0.5 }, off: { dropout: 0 } },
  { id: "balance", title: "The losses decide who learns", lab: "20", on: { targets: [0.8, 1.5] }, off: { targets: null } },
];

const has = (settings, part) => Object.entries(part).every(([name, value]) => settings[name] === value);

/** Whether a base has a hack already: then switching it takes it out. */
export const isIn = (base, hack) => has({ ...hack.off, ...BASES[base].settings }, hack.on);

/** The settings of both runs: of the base, and of the base with these hacks switched, each by its id. */
export function settingsOf({ base, switched, rate }) {
  const off = Object.assign({}, ...HACKS.map((hack) => hack.off), BASES[base].settings, { rate });
  const other = HACKS.filter((hack) => switched.includes(hack.id)).map((hack) => (isIn(base, hack) ? hack.off : hack.on));
  return [off, Object.assign({}, off, ...other)];
}

/** A choice as the end of an address, and back. What an address does not say, or says wrongly, is as at first. */
export const FIRST = { base: "bare", switched: ["r1"], rate: 1e-3, seed: 0 };
export const RATES = [2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3];

export function addressOf({ base, switched, rate, seed }) {
  return `#${new URLSearchParams({ base, hacks: switched.join("."), rate: String(rate), seed: String(seed) })}`;
}

export function choiceOf(address) {
  const said = new URLSearchParams(address.replace(/^#/, ""));
  const seed = Number(said.get("seed") ?? NaN);
  const rate = Number(said.get("rate"));
  return {
    base: said.get("base") in BASES ? said.get("base") : FIRST.base,
    switched: said.has("hacks") ? HACKS.map(({ id }) => id).filter((id) => said.get("hacks").split(".").includes(id)) : FIRST.switched,
    rate: RATES.includes(rate) ? rate : FIRST.rate,
    seed: Number.isInteger(seed) && seed >= 0 && seed < 1e6 ? seed : FIRST.seed,
  };
}
