import * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, onGpu, perElement, runOnGpu } from "./_gpu.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

const GATE: GpuProgram = {
  name: "gate",
  inputs: ["x", "y"],
  code: perElement("result[index] = select(0.0, x[index], y[index] > 0.0);"),
};

/** x where y > 0, else zero; both of one shape. */
export function gateKernel(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (onGpu()) return runOnGpu(GATE, { inputs: [x, y], shape: x.shape });
  const native = nativeKernels();
  if (native === null) return tf.mul(x, tf.step(y));
  const out = makeEmpty(x.shape);
  native.gate(addressOf(x), addressOf(y), addressOf(out), x.size);
  return out;
}
