import * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, onGpu, perElement, runOnGpu } from "./_gpu.ts";

const REPEAT: GpuProgram = {
  name: "repeat",
  inputs: ["x"],
  ints: ["period"],
  code: perElement("result[index] = x[index % uniforms.period];"),
};

/** x in a larger shape. */
export function broadcastKernel(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const inner = shape.slice(shape.length - x.rank);
  const first = x.shape.findIndex((extent) => extent !== 1);
  const repeats = first < 0 || x.shape.slice(first).every((extent, axis) => extent === inner[first + axis]);
  if (onGpu() && repeats) return runOnGpu(REPEAT, { inputs: [x], ints: [x.size], shape });
  // Adding zeros: tf.broadcastTo goes through tile, which reads the GPU synchronously in some shapes.
  return tf.add(x, tf.zeros(shape as number[]));
}
