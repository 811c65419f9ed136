// The ring GAN of the course: eight Gaussians on a circle, two small dense networks, and every hack as a setting.
// What each setting does is as in tools/board/, which the scoreboard is measured with: a test compares the steps, and
// tools/playground.py the scores.

import { dense } from "./dense.js";
import { Rng } from "./random.js";

export const MODES = 8;
export const RADIUS = 2;
export const STD = 0.02; // of each Gaussian
export const LATENT_DIM = 2;
export const EXTENT = 3; // pictures of the plane go from -EXTENT to EXTENT
export const GRID = 32; // points of D's surface along each of their sides
const SAMPLES = 20_000; // of the training data
const MOST = 3; // updates of each player in a round that is balanced by the losses

export const CENTRES = Array.from({ length: MODES }, (_, i) => {
  const angle = (2 * Math.PI * i) / MODES;
  return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)];
});

/** Every choice of a run beside its seed. 0 and false: the hack is off. */
export const SETTINGS = {
  loss: "saturating", // or "non-saturating"
  beta1: 0.9,
  rate: 1e-3, // Adam's, of both players
  dRate: 1, // D's rate in units of G's
  slope: 0, // of leaky ReLUs; 0 is ReLU
  gNorm: false, // batch normalization in G's hidden layers
  dNorm: false, // in D's second one
  smooth: 0, // how far below 1 the labels of reals are
  flipped: 0, // share of D's labels that are flipped
  noise: 0, // deviation of the noise on all that D sees at the first step; it falls to 0 by the middle
  r1: 0, // weight of the penalty on D's gradient at the reals
  dUpdates: 1, // to one of G
  memory: 0, // how many batches of old fakes are kept; half of D's fakes come from there
  pack: 1, // how many samples D judges together
  dropout: 0, // share dropped in G's hidden layers, at every time
  targets: null, // or losses above which D, and G, go on learning in a round
  gaussian: false, // latents from N(0, 1), not uniform in [-1, 1]
  width: 64,
  batchSize: 128,
  steps: 5_000, // after which the noise has gone for half of the time
};

/** Points of the ring, Float32Array of n pairs. */
export function ringPoints(rng, n) {
  const points = rng.normals(2 * n, STD);
  for (let i = 0; i < n; i++) {
    const centre = CENTRES[rng.below(MODES)];
    points[2 * i] += centre[0];
    points[2 * i + 1] += centre[1];
  }
  return points;
}

/** How many modes were found, and the share of points within 3 deviations of one. points: pairs, flat. */
export function ringScore(points) {
  const counts = new Array(MODES).fill(0);
  for (let i = 0; i < points.length; i += 2) {
    // Circles of this radius are apart, so a point lies in one of them at most.
    const mode = CENTRES.findIndex(([x, y]) => (points[i] - x) ** 2 + (points[i + 1] - y) ** 2 < (3 * STD) ** 2);
    if (mode >= 0) counts[mode] += 1;
  }
  const good = counts.reduce((sum, count) => sum + count, 0);
  return { modes: counts.filter((count) => count > 0).length, good: good / (points.length / 2), counts };
}

// ---- networks

/** Glorot's first weights of a kernel, (1, inputs, outputs), flat. */
function glorot(rng, [, inputs, outputs]) {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return rng.uniforms(inputs * outputs, -limit, limit);
}

/**
 * A dense network of two hidden layers. norms: whether each layer is followed by batch normalization, whose shift is
 * its bias then. All that is learned lies in one variable: where matrices are as small as here, beginning an operation
 * takes longer than doing it, and Adam needs a dozen of them for each variable.
 */
class Network {
  constructor(tf, rng, sizes, norms, { slope, dropout = 0 }) {
    Object.assign(this, { tf, slope, dropout });
    this.shapes = sizes.slice(1).map((outputs, i) => {
      const shapes = { kernel: [1, sizes[i], outputs], bias: [outputs] };
      return norms[i] ? { ...shapes, scale: [outputs] } : shapes;
    });
    tf.tidy(() => {
      const first = this.shapes.flatMap(({ kernel, bias, scale }) => {
        const parts = [tf.tensor(glorot(rng, kernel)), tf.zeros(bias)];
        return scale ? [...parts, tf.ones(scale)] : parts;
      });
      this.weights = tf.variable(tf.concat(first));
      const moments = ({ scale }) => [tf.zeros(scale), tf.ones(scale)].map((moment) => tf.variable(moment, false));
      this.moments = this.shapes.map((shapes) => (shapes.scale ? moments(shapes) : []));
    });
  }

  /** The layers: kernel, bias and perhaps scale of each, as tensors. */
  layers() {
    const { tf, shapes } = this;
    const sizes = shapes.flatMap((layer) => Object.values(layer).map((shape) => shape.reduce((a, b) => a * b)));
    const parts = [...tf.split(this.weights, sizes)]; // a copy: the gradient needs the other
    const shaped = ([name, shape]) => [name, tf.reshape(parts.shift(), shape)];
    return shapes.map((layer) => Object.fromEntries(Object.entries(layer).map(shaped)));
  }

  /** Apply it to (batch, inputs). rng: for dropout. keep: whether batch statistics change what is kept for later. */
  call(x, { training, rng, keep = false }) {
    const { tf, slope } = this;
    const layers = this.layers();
    const outputs = layers.at(-1).bias.size;
    const batch = x.shape[0];
    x = tf.reshape(x, [1, ...x.shape]); // as compiled products want it
    layers.forEach((layer, i) => {
      const last = i === layers.length - 1;
      if (!layer.scale) x = dense(tf, x, layer.kernel, layer.bias, last ? 1 : slope);
      else x = this.activated(this.normalized(layer, this.moments[i], tf.matMul(x, layer.kernel), training, keep));
      if (last) return;
      if (this.dropout) {
        const kept = rng.uniforms(x.size).map((u) => (u < this.dropout ? 0 : 1 / (1 - this.dropout)));
        x = tf.mul(x, tf.tensor(kept, x.shape));
      }
    });
    return tf.reshape(x, [batch, outputs]);
  }

  activated(x) {
    const { tf, slope } = this;
    // Of ReLU TensorFlow.js knows the second derivative, as the R1 penalty needs it; of a maximum it does not.
    return slope ? tf.add(tf.mul(x, slope), tf.mul(tf.relu(x), 1 - slope)) : tf.relu(x);
  }

  normalized({ bias, scale }, moments, x, training, keep) {
    const { tf } = this;
    let [mean, variance] = moments;
    if (training) mean = tf.mean(x, [0, 1]);
    const centred = tf.sub(x, mean);
    if (training) {
      variance = tf.mean(tf.square(centred), [0, 1]);
      if (keep) {
        // As Keras: 0.99 of what was, 0.01 of this batch.
        moments[0].assign(tf.add(tf.mul(moments[0], 0.99), tf.mul(mean, 0.01)));
        moments[1].assign(tf.add(tf.mul(moments[1], 0.99), tf.mul(variance, 0.01)));
      }
    }
    const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, 1e-3)));
    return tf.add(tf.mul(centred, factor), bias);
  }

  dispose() {
    this.tf.dispose([this.weights, this.moments]);
  }
}

// ---- the game

export class RingGan {
  /** tf: TensorFlow.js, ready. settings: what differs from SETTINGS. seed: a whole number. */
  constructor(tf, settings = {}, seed = 0) {
    this.tf = tf;
    this.settings = { ...SETTINGS, ...settings };
    const { width, slope, dropout, gNorm, dNorm, pack, rate, dRate, beta1 } = this.settings;
    // Draws of their own, so that two runs with one seed begin alike whatever else they draw.
    const [weights, data, draws, noise] = [1, 2, 3, 4].map((stream) => new Rng(seed * 8 + stream));
    this.generator = new Network(tf, weights, [LATENT_DIM, width, width, 2], [gNorm, gNorm], { slope, dropout });
    this.discriminator = new Network(tf, weights, [2 * pack, width, width, 1], [false, dNorm], { slope });
    this.gOptimizer = tf.train.adam(rate, beta1, 0.999, 1e-7);
    this.dOptimizer = tf.train.adam(rate * dRate, beta1, 0.999, 1e-7);
    this.rngs = { draws, noise };
    this.points = ringPoints(data, SAMPLES);
    this.old = { fakes: [], capacity: this.settings.memory * this.settings.batchSize };
    this.done = 0;
    this.dLoss = this.gLoss = NaN;
  }

  /** Train both players once, and remember their losses. */
  step() {
    const { targets, dUpdates, batchSize } = this.settings;
    const rounds = targets ? MOST : dUpdates;
    const latents = Array.from({ length: rounds }, () => this.latents(batchSize));
    this.dLoss = this.inTurn(this.fakes(latents), targets?.[0], (fake) => this.updateD(this.realBatch(), fake));
    this.gLoss = this.inTurn(targets ? latents : latents.slice(0, 1), targets?.[1], (z) => this.updateG(z));
    this.done += 1;
  }

  /** Update once for each part, and return the last loss. target: stop after the first loss that is not above it. */
  inTurn(parts, target, update) {
    let loss = NaN;
    for (const part of parts) {
      loss = update(part);
      if (target !== undefined && !(loss > target)) break;
    }
    return loss;
  }

  latents(n) {
    const { draws } = this.rngs;
    return this.settings.gaussian ? draws.normals(n * LATENT_DIM) : draws.uniforms(n * LATENT_DIM, -1, 1);
  }

  /** real, fake: points, pairs, flat. */
  updateD(real, fake) {
    const { tf, settings } = this;
    return tf.tidy(() => {
      const reals = tf.tensor(real, [settings.batchSize, 2]);
      const fakes = tf.tensor(this.withOldFakes(fake), [settings.batchSize, 2]);
      const labels = tf.concat([this.labels(1 - settings.smooth, 1), this.labels(0, 0)]);
      let told;
      const { grads } = tf.variableGrads(() => {
        const loss = this.crossEntropy(labels, this.logitsOfBoth(reals, fakes));
        told = loss.dataSync()[0];
        return settings.r1 ? tf.add(loss, tf.mul(this.penalty(reals), settings.r1 / 2)) : loss;
      }, [this.discriminator.weights]);
      this.dOptimizer.applyGradients(grads);
      return told;
    });
  }

  updateG(latents) {
    const { tf, settings } = this;
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const fakes = this.generated(latents, { training: true, keep: true });
        const logits = this.logits(fakes, false); // here D's batch statistics are not kept
        // log(1 - sigmoid(x)) is -softplus(x), and -log(sigmoid(x)) is softplus(-x).
        return settings.loss === "saturating"
          ? tf.neg(tf.mean(tf.softplus(logits)))
          : tf.mean(tf.softplus(tf.neg(logits)));
      }, [this.generator.weights]);
      this.gOptimizer.applyGradients(grads);
      return value.dataSync()[0];
    });
  }

  // ---- what the players see

  realBatch() {
    const batch = new Float32Array(2 * this.settings.batchSize);
    for (let i = 0; i < this.settings.batchSize; i++) {
      const place = this.rngs.draws.below(SAMPLES);
      batch[2 * i] = this.points[2 * place];
      batch[2 * i + 1] = this.points[2 * place + 1];
    }
    return batch;
  }

  generated(latents, options) {
    const z = this.tf.tensor(latents, [latents.length / LATENT_DIM, LATENT_DIM]);
    return this.generator.call(z, { rng: this.rngs.noise, ...options });
  }

  /** The fakes that D sees in a step: of these parts of latents, made in one batch. */
  fakes(latents) {
    const size = 2 * this.settings.batchSize;
    const whole = new Float32Array(latents.flatMap((part) => [...part]));
    const made = this.tf.tidy(() => this.generated(whole, { training: true }).dataSync().slice());
    return latents.map((_, i) => made.subarray(size * i, size * (i + 1)));
  }

  /** D's logits of a batch, (batch, 1), in training: with noise, and in packs. keep: as the network's. */
  logits(batch, keep = true) {
    const { tf, settings } = this;
    if (settings.noise) {
      const left = Math.max(0, 1 - this.done / (Math.floor(settings.steps / 2) - 1));
      batch = tf.add(batch, tf.tensor(this.rngs.noise.normals(batch.size, settings.noise * left), batch.shape));
    }
    const packs = tf.reshape(batch, [batch.shape[0] / settings.pack, 2 * settings.pack]);
    const logits = this.discriminator.call(packs, { training: true, keep });
    return settings.pack === 1 ? logits : tf.reshape(tf.tile(logits, [1, settings.pack]), [batch.shape[0], 1]);
  }

  /** The logits of both batches, one after the other; in one call where samples do not see each other, for speed. */
  logitsOfBoth(reals, fakes) {
    const { tf } = this;
    if (this.settings.dNorm) return tf.concat([this.logits(reals), this.logits(fakes)]);
    return this.logits(tf.concat([reals, fakes]));
  }

  labels(label, side) {
    const { flipped, batchSize } = this.settings;
    const values = Float32Array.from({ length: batchSize }, () => {
      const flip = flipped && this.rngs.noise.uniform() < flipped;
      return flip ? 1 - side : label;
    });
    return this.tf.tensor(values, [batchSize, 1]);
  }

  /** The cross-entropy of the reals plus that of the fakes, each a mean. */
  crossEntropy(labels, logits) {
    const { tf } = this;
    return tf.mul(tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, labels))), 2);
  }

  /** The mean squared norm of D's gradient at a batch. */
  penalty(batch) {
    const { tf } = this;
    const gradient = tf.grad((x) => tf.sum(this.logits(x)))(batch);
    return tf.mean(tf.sum(tf.square(gradient), 1));
  }

  /** Replace half of the fakes by old ones, once there are enough, and let half of the new ones take random places. */
  withOldFakes(fake) {
    const { old, rngs, settings } = this;
    if (!old.capacity) return fake;
    const half = settings.batchSize / 2;
    const fresh = Array.from({ length: half }, (_, i) => fake.slice(2 * (half + i), 2 * (half + i) + 2));
    if (old.fakes.length < old.capacity) {
      old.fakes.push(...fresh);
      return fake;
    }
    const mixed = fake.slice();
    const places = fresh.map(() => rngs.noise.below(old.capacity));
    places.forEach((place, i) => mixed.set(old.fakes[place], 2 * i));
    places.forEach((place, i) => (old.fakes[place] = fresh[i]));
    return mixed;
  }

  // ---- what a reader sees

  /** n samples of the generator as it is, pairs, flat; the same at each call between steps. */
  sample(n, seed = 1) {
    const rng = new Rng(seed);
    const latents = this.settings.gaussian ? rng.normals(n * LATENT_DIM) : rng.uniforms(n * LATENT_DIM, -1, 1);
    return this.tf.tidy(() => {
      const z = this.tf.tensor(latents, [n, LATENT_DIM]);
      return this.generator.call(z, { training: false, rng }).dataSync().slice();
    });
  }

  /** What D says of each point, in [0, 1]. points: pairs, flat. With packs, of packs of this one point. */
  judged(points) {
    const { tf, settings } = this;
    return tf.tidy(() => {
      const batch = tf.tile(tf.tensor(points, [points.length / 2, 2]), [1, settings.pack]);
      return tf.sigmoid(this.discriminator.call(batch, { training: false })).dataSync().slice();
    });
  }

  dispose() {
    this.generator.dispose();
    this.discriminator.dispose();
    this.gOptimizer.dispose();
    this.dOptimizer.dispose();
  }
}
