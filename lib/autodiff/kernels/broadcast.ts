import * as tf from "@tensorflow/tfjs-core";
import { type ElementProgram, lanesOf, onGpu, perElement, runOnGpu } from "./_gpu.ts";

/** Axes that the program takes. */
const AXES = 4;

const BROADCAST: ElementProgram = {
  name: "broadcast",
  inputs: ["x"],
  ints: ["n1", "n2", "n3", "step0", "step1", "step2", "step3"],
  body: `
    let i3 = index % uniforms.n3;
    let rest = index / uniforms.n3;
    let i2 = rest % uniforms.n2;
    let i1 = rest / uniforms.n2 % uniforms.n1;
    let i0 = rest / (uniforms.n2 * uniforms.n1);
    result[index] = x[i0 * uniforms.step0 + i1 * uniforms.step1 + i2 * uniforms.step2 + i3 * uniforms.step3];`,
};

/** x in a larger shape. */
export function broadcastKernel(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (onGpu() && shape.length <= AXES) {
    const padded = (extents: readonly number[]) => [...new Array<number>(AXES - extents.length).fill(1), ...extents];
    const extents = padded(x.shape);
    const steps = extents.map((extent, axis) => extent === 1 ? 0 : extents.slice(axis + 1).reduce((a, b) => a * b, 1));
    const sides = padded(shape).slice(1);
    // Four at a time where they lie together in both.
    if (extents[3] === sides[2] && lanesOf(extents[3]!) === 4) {
      const fours = (all: readonly number[], last: number) => [...all.slice(0, -1), last];
      const ints = [...fours(sides, sides[2]! / 4), ...fours(steps.map((step) => step / 4), 1)];
      return runOnGpu(perElement(BROADCAST, 4), { inputs: [x], ints, shape });
    }
    return runOnGpu(perElement(BROADCAST), { inputs: [x], ints: [...sides, ...steps], shape });
  }
  // Adding zeros: tf.broadcastTo goes through tile, which reads the GPU synchronously in some shapes.
  return tf.add(x, tf.zeros(shape as number[]));
}
