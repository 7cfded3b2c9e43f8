import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** x · factor. */
export function scaleKernel(x: tf.Tensor, factor: number): tf.Tensor {
  const native = x.dtype === "float32" ? nativeKernels() : null;
  if (native === null) return tf.mul(x, factor);
  const out = makeEmpty(x.shape);
  native.scale(addressOf(x), factor, addressOf(out), x.size);
  return out;
}
