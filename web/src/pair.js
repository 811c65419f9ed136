// The two runs, each in a worker of its own, so that they train on two cores and the page stays at hand. They go on in
// rounds: both train as many steps, and tell what to draw. So the pictures side by side are always of the same step.

const ROUND = 14; // milliseconds of the slower run in a round: it is over before a screen shows its next frame
const MOST = 100; // steps of a round

export class Pair {
  /** told: called with {step, runs} after each round that was played. failed: called with a sentence. */
  constructor({ told, failed }) {
    this.told = told;
    this.round = 0; // what a worker says of an earlier one is of a run that was reset or paused
    this.size = 1; // steps of a round, so many that it takes about ROUND
    this.playing = false;
    this.workers = [0, 1].map((i) => {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }) => this.answered(i, data);
      worker.onerror = (error) => failed(error.message || "its worker failed");
      return worker;
    });
  }

  /** Begin anew. settings: of both runs, as RingGan takes them. */
  reset(settings, seed) {
    this.workers.forEach((worker, i) => worker.postMessage({ settings: settings[i], seed }));
    this.ask(0);
  }

  play() {
    this.playing = true;
    this.ask(this.size);
  }

  pause() {
    this.playing = false;
  }

  /** Train both so many steps, and then wait. */
  step(steps) {
    this.playing = false;
    this.ask(steps);
  }

  ask(steps) {
    this.round += 1;
    this.answers = [];
    this.workers.forEach((worker) => worker.postMessage({ round: this.round, steps }));
  }

  answered(i, { round, step, took, run }) {
    if (round !== this.round) return;
    this.answers[i] = { took, run };
    if (!this.answers[0] || !this.answers[1]) return;
    const slower = Math.max(...this.answers.map((answer) => answer.took));
    const fitting = this.playing && slower ? Math.round((this.size * ROUND) / slower) : this.size;
    this.size = Math.max(1, Math.min(fitting, 2 * this.size, MOST));
    const runs = this.answers.map((answer) => answer.run);
    if (this.playing) this.ask(this.size); // before the page draws, so that no core waits for it
    this.told({ step, runs });
  }

  end() {
    this.workers.forEach((worker) => worker.terminate());
  }
}
