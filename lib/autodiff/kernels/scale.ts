import * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, onGpu, perElement, runOnGpu } from "./_gpu.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

const SCALE: GpuProgram = {
  name: "scale",
  inputs: ["x"],
  floats: ["factor"],
  code: perElement("result[index] = x[index] * uniforms.factor;"),
};

/** x · factor. */
export function scaleKernel(x: tf.Tensor, factor: number): tf.Tensor {
  if (onGpu()) return runOnGpu(SCALE, { inputs: [x], floats: [factor], shape: x.shape });
  const native = x.dtype === "float32" ? nativeKernels() : null;
  if (native === null) return tf.mul(x, factor);
  const out = makeEmpty(x.shape);
  native.scale(addressOf(x), factor, addressOf(out), x.size);
  return out;
}
