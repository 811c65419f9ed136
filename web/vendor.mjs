// Put TensorFlow.js into vendor/ as one module, with its compiled kernels beside it. Run by `npm run vendor`.

import { build } from "esbuild";
import { copyFile, readFile, writeFile } from "node:fs/promises";

const KERNELS = "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";

await build({
  stdin: {
    contents: `
      export * from "@tensorflow/tfjs-core";
      export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
      import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
      import "@tensorflow/tfjs-backend-cpu";
    `,
    resolveDir: ".",
  },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  legalComments: "eof",
  outfile: "vendor/tf.js",
});
await copyFile(KERNELS, "vendor/tfjs-backend-wasm-simd.wasm");
const { version } = JSON.parse(await readFile("node_modules/@tensorflow/tfjs-core/package.json", "utf8"));
await writeFile("vendor/VERSION", `TensorFlow.js ${version}, Apache License 2.0\n`);
