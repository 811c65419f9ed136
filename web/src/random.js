// Random numbers that a seed decides, as a shared link needs them.

/** A generator of its own for each seed, a whole number: `uniform()` in [0, 1), and arrays of draws, Float32Array. */
export class Rng {
  constructor(seed) {
    this.state = seed >>> 0;
    for (let i = 0; i < 10; i++) this.uniform(); // the first draws of neighbouring seeds are alike
  }

  // Mulberry32 by Tommy Ettinger, in the public domain.
  uniform() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number in 0 .. n - 1. */
  below(n) {
    return Math.floor(this.uniform() * n);
  }

  uniforms(n, low = 0, high = 1) {
    const found = new Float32Array(n);
    for (let i = 0; i < n; i++) found[i] = low + (high - low) * this.uniform();
    return found;
  }

  normals(n, std = 1) {
    const found = new Float32Array(n);
    for (let i = 0; i < n; i += 2) {
      const radius = std * Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      found[i] = radius * Math.cos(angle);
      if (i + 1 < n) found[i + 1] = radius * Math.sin(angle);
    }
    return found;
  }
}
