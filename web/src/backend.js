// TensorFlow.js as the playground needs it: its compiled kernels, and a gradient that suits them.

import * as tf from "../vendor/tf.js";

/** Make TensorFlow.js ready, and return it. */
export async function ready() {
  tf.setWasmPaths(new URL("../vendor/", import.meta.url).href);
  // Without WebAssembly the same kernels in JavaScript, many times slower.
  if (!(await tf.setBackend("wasm").catch(() => false))) await tf.setBackend("cpu");
  // The compiled product of two matrices is fast only where neither is to be transposed, about eight times.
  tf.registerGradient({
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b]) => ({
      a: () => tf.matMul(dy, tf.transpose(b, [1, 0])),
      b: () => tf.matMul(tf.transpose(a, [1, 0]), dy),
    }),
  });
  return tf;
}
