import * as tf from "@tensorflow/tfjs-core";
import { onGpu } from "./_gpu.ts";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** a + b, a − b or a · b, with broadcasting. */
export function elementwiseKernel(op: "add" | "sub" | "mul", a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const same = a.rank === b.rank && a.shape.every((extent, axis) => extent === b.shape[axis]);
  // Flat, so that one pipeline serves all ranks.
  if (same && onGpu()) return tf.reshape(tf[op](tf.reshape(a, [-1]), tf.reshape(b, [-1])), a.shape);
  const native = same && a.dtype === "float32" && b.dtype === "float32" ? nativeKernels() : null;
  if (native === null) return tf[op](a, b);
  const out = makeEmpty(a.shape);
  native[op](addressOf(a), addressOf(b), addressOf(out), a.size);
  return out;
}
