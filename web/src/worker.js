// Trains the two runs away from the page, so that it stays at hand, and tells it what to draw.

import * as tf from "../vendor/tf.js";
import { EXTENT, GRID, RingGan, ringScore } from "./ring.js";

const SHOWN = 400; // fakes that are drawn
const SCORED = 1000; // and that are counted
const FRAME = 28; // milliseconds of training between two messages

const grid = new Float32Array(2 * GRID * GRID);
for (let i = 0; i < GRID * GRID; i++) {
  grid[2 * i] = EXTENT * (2 * ((i % GRID) + 0.5) / GRID - 1);
  grid[2 * i + 1] = EXTENT * (1 - 2 * (Math.floor(i / GRID) + 0.5) / GRID);
}

let runs = [];
let running = false;
const ready = start();

async function start() {
  tf.setWasmPaths(new URL("../vendor/", import.meta.url).href);
  // Without WebAssembly the same kernels in JavaScript, a few times slower.
  if (!(await tf.setBackend("wasm").catch(() => false))) await tf.setBackend("cpu");
}

function told(run) {
  const fakes = run.sample(SCORED);
  const { modes, good } = ringScore(fakes);
  const scores = { modes, good, dLoss: run.dLoss, gLoss: run.gLoss };
  return { ...scores, fakes: fakes.slice(0, 2 * SHOWN), surface: run.judged(grid) };
}

function tell() {
  postMessage({ step: runs[0].done, runs: runs.map(told) });
}

/** Train for about a frame, the two runs in turn, and tell what came of it. */
function frame() {
  if (!running) return;
  const until = performance.now() + FRAME;
  do runs.forEach((run) => run.step());
  while (performance.now() < until);
  tell();
  setTimeout(frame); // lets messages in
}

const ACTS = {
  reset({ settings, seed }) {
    runs.forEach((run) => run.dispose());
    runs = settings.map((one) => new RingGan(tf, one, seed));
    tell();
  },
  play() {
    if (running) return;
    running = true;
    frame();
  },
  pause() {
    running = false;
  },
  step({ steps }) {
    running = false;
    for (let i = 0; i < steps; i++) runs.forEach((run) => run.step());
    tell();
  },
};

self.onmessage = async ({ data }) => {
  await ready;
  ACTS[data.act](data);
};
