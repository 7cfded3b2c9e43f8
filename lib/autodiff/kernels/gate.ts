import * as tf from "@tensorflow/tfjs-core";
import { type ElementProgram, lanesOf, onGpu, perElement, runOnGpu } from "./_gpu.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

const GATE: ElementProgram = {
  name: "gate",
  inputs: ["x", "y"],
  body: "result[index] = select(E(), x[index], y[index] > E());",
};

/** x where y > 0, else zero; both of one shape. */
export function gateKernel(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (onGpu()) return runOnGpu(perElement(GATE, lanesOf(x.size)), { inputs: [x, y], shape: x.shape });
  const native = nativeKernels();
  if (native === null) return tf.mul(x, tf.step(y));
  const out = makeEmpty(x.shape);
  native.gate(addressOf(x), addressOf(y), addressOf(out), x.size);
  return out;
}
