import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** x where it is above zero, else zero. */
export function reluKernel(x: tf.Tensor): tf.Tensor {
  const native = x.dtype === "float32" ? nativeKernels() : null;
  if (native === null) return tf.relu(x);
  const out = makeEmpty(x.shape);
  native.relu(addressOf(x), addressOf(out), x.size);
  return out;
}
