// A dense layer as one compiled operation, and gradients that suit the compiled kernels of TensorFlow.js.

/**
 * x · kernel + bias, and then a leaky ReLU of this slope: 0 is ReLU, 1 is nothing. All have a first dimension of 1, as
 * the compiled kernel wants it: x (1, batch, inputs), kernel (1, inputs, outputs), but for the bias, (outputs).
 */
export function dense(tf, x, kernel, bias, slope) {
  const activation = slope === 0 ? "relu" : slope === 1 ? "linear" : "leakyrelu";
  const attributes = { transposeA: false, transposeB: false, activation, leakyreluAlpha: slope };
  return tf.engine().runKernel("_FusedMatMul", { a: x, b: kernel, bias }, attributes);
}

/** The same numbers as another tensor, through which no gradient flows back. */
function detached(tf, tensor) {
  tf.backend().incRef(tensor.dataId);
  return tf.engine().makeTensorFromDataId(tensor.dataId, tensor.shape, tensor.dtype);
}

/**
 * Tell TensorFlow.js the gradients of this operation, which it has none for, and faster ones of a product: its kernel is
 * about eight times as fast where neither matrix is to be transposed, so they are transposed before.
 */
export function registerGradients(tf) {
  const transposed = (matrices) => tf.transpose(matrices, [0, 2, 1]);
  const ofProduct = (dy, a, b) => ({
    a: () => tf.matMul(dy, transposed(b)),
    b: () => tf.matMul(transposed(a), dy),
  });
  tf.registerGradient({
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b]) => ofProduct(dy, a, b),
  });
  tf.registerGradient({
    kernelName: "_FusedMatMul",
    inputsToSave: ["a", "b"],
    outputsToSave: [true],
    gradFunc(dy, [a, b, y], { activation, leakyreluAlpha: slope }) {
      // Where y is above 0, so is what went into the activation.
      const before = activation === "linear" ? dy : tf.mul(dy, tf.step(detached(tf, y), slope));
      return { ...ofProduct(before, a, b), bias: () => tf.sum(before, [0, 1]) };
    },
  });
}
