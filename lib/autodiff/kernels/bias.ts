import * as tf from "@tensorflow/tfjs-core";
import { eachTask } from "./_each_task.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";
import { type ElementProgram, lanesOf, onGpu, perElement, runOnGpu } from "./_gpu.ts";

const BIAS: ElementProgram = {
  name: "bias",
  inputs: ["x", "b"],
  ints: ["part", "c"],
  body: "result[index] = x[index] + b[index / uniforms.part * uniforms.c + index % uniforms.c];",
};

/** x + b a channel, `[T·rows…, C]`, b `[T·C]`. */
export function biasKernel(x: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const c = x.shape[x.rank - 1]!;
  const tasks = b.size / c;
  if (onGpu()) {
    const lanes = lanesOf(c);
    return runOnGpu(perElement(BIAS, lanes), {
      inputs: [x, b],
      ints: [x.size / (tasks * lanes), c / lanes],
      shape: x.shape,
    });
  }
  if (tasks === 1) {
    const native = x.dtype === "float32" && b.dtype === "float32" ? nativeKernels() : null;
    if (native === null) return tf.add(x, b);
    const out = makeEmpty(x.shape);
    native.bias(addressOf(x), addressOf(b), addressOf(out), x.size / c, c);
    return out;
  }
  const y = eachTask(tasks, [[x, [x.size / b.size, c]], [b, [c]]], 0, (part, own) => biasKernel(part!, own!));
  return tf.reshape(y, x.shape);
}
