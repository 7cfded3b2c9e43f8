import * as tf from "@tensorflow/tfjs-core";
import { eachTask } from "./_each_task.ts";
import { type ElementProgram, lanesOf, onGpu, perElement, runOnGpu } from "./_gpu.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

const CHANNEL = "let k = index / uniforms.part * uniforms.c + index % uniforms.c;";
const SCALE: ElementProgram = {
  name: "affine scale",
  inputs: ["x", "a"],
  ints: ["part", "c"],
  body: `${CHANNEL} result[index] = x[index] * a[k];`,
};
const SCALE_AND_SHIFT: ElementProgram = {
  name: "affine",
  inputs: ["x", "a", "b"],
  ints: ["part", "c"],
  body: `${CHANNEL} result[index] = x[index] * a[k] + b[k];`,
};

/** x · a + b a channel, `[T·rows…, C]`, a and b `[T·C]`. */
export function affineKernel(x: tf.Tensor, a: tf.Tensor, b: tf.Tensor | null): tf.Tensor {
  const c = x.shape[x.rank - 1]!;
  const tasks = a.size / c;
  if (onGpu()) {
    const lanes = lanesOf(c);
    const ints = [x.size / (tasks * lanes), c / lanes];
    return b === null
      ? runOnGpu(perElement(SCALE, lanes), { inputs: [x, a], ints, shape: x.shape })
      : runOnGpu(perElement(SCALE_AND_SHIFT, lanes), { inputs: [x, a, b], ints, shape: x.shape });
  }
  if (tasks > 1) {
    const parts = [x, a, ...b === null ? [] : [b]];
    const rows = (all: tf.Tensor) => all === x ? [all.size / (tasks * c), c] : [c];
    const y = eachTask(
      tasks,
      parts.map((all) => [all, rows(all)]),
      0,
      (...[one, factor, shift]) => affineKernel(one!, factor!, shift ?? null),
    );
    return tf.reshape(y, x.shape);
  }
  const native = c % 4 === 0 ? nativeKernels() : null;
  if (native !== null) {
    const out = makeEmpty(x.shape);
    native.affine(addressOf(x), addressOf(a), b === null ? 0 : addressOf(b), addressOf(out), x.size / c, c);
    return out;
  }
  if (tf.getBackend() !== "wasm" || x.rank < 2) {
    const scaled = tf.mul(x, a);
    return b === null ? scaled : tf.add(scaled, b);
  }
  // A 1×1 depthwise convolution takes one pass, where multiply and add with broadcasting take six times as long.
  const map = x.rank === 4 ? x : tf.reshape(x, [1, 1, x.size / c, c]);
  const y = tf.fused.depthwiseConv2d({
    x: map as tf.Tensor4D,
    filter: tf.reshape(a, [1, 1, c, 1]),
    strides: 1,
    pad: "valid",
    // The kernel looks at the shape its bias was allocated with, not at the view's: a sum of its own is rank 1.
    ...(b === null ? {} : { bias: tf.add(b, 0) }),
  });
  return x.rank === 4 ? y : tf.reshape(y, x.shape);
}
