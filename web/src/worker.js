// Trains one run away from the page, so many steps at a time, and tells what to draw.

import { ready } from "./backend.js";
import { EXTENT, GRID, RingGan, ringScore } from "./ring.js";

const SHOWN = 400; // fakes that are drawn
const SCORED = 1000; // and that are counted

const grid = new Float32Array(2 * GRID * GRID);
for (let i = 0; i < GRID * GRID; i++) {
  grid[2 * i] = EXTENT * (2 * ((i % GRID) + 0.5) / GRID - 1);
  grid[2 * i + 1] = EXTENT * (1 - 2 * (Math.floor(i / GRID) + 0.5) / GRID);
}

const backend = ready();
let gan = null;

function told() {
  const fakes = gan.sample(SCORED);
  const { modes, good } = ringScore(fakes);
  return { modes, good, fakes: fakes.slice(0, 2 * SHOWN), surface: gan.judged(grid) };
}

/** Begin a run by its settings and seed, or train it by some steps and answer. */
async function act({ settings, seed, round, steps }) {
  const tf = await backend;
  if (settings) {
    gan?.dispose();
    gan = new RingGan(tf, settings, seed);
    return;
  }
  const begun = performance.now();
  for (let i = 0; i < steps; i++) gan.step();
  const took = performance.now() - begun;
  postMessage({ round, step: gan.done, took, run: told() });
}

self.onmessage = ({ data }) => act(data).catch(reportError); // to the page: it hears of errors, not of promises
