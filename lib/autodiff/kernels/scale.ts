import * as tf from "@tensorflow/tfjs-core";
import { type ElementProgram, lanesOf, onGpu, perElement, runOnGpu } from "./_gpu.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

const SCALE: ElementProgram = {
  name: "scale",
  inputs: ["x"],
  floats: ["factor"],
  body: "result[index] = x[index] * uniforms.factor;",
};

/** x · factor. */
export function scaleKernel(x: tf.Tensor, factor: number): tf.Tensor {
  if (onGpu()) {
    return runOnGpu(perElement(SCALE, lanesOf(x.size)), { inputs: [x], floats: [factor], shape: x.shape });
  }
  const native = x.dtype === "float32" ? nativeKernels() : null;
  if (native === null) return tf.mul(x, factor);
  const out = makeEmpty(x.shape);
  native.scale(addressOf(x), factor, addressOf(out), x.size);
  return out;
}
