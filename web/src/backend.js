// TensorFlow.js as the playground uses it.

import * as tf from "../vendor/tf.js";
import { registerGradients } from "./dense.js";

/** Make TensorFlow.js ready, and return it. */
export async function ready() {
  tf.setWasmPaths(new URL("../vendor/", import.meta.url).href);
  // Without WebAssembly the same kernels in JavaScript, many times slower.
  if (!(await tf.setBackend("wasm").catch(() => false))) await tf.setBackend("cpu");
  registerGradients(tf);
  return tf;
}
