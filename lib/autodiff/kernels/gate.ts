import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** x where y > 0, else zero; both of one shape. */
export function gateKernel(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const native = nativeKernels();
  if (native === null) return tf.mul(x, tf.step(y));
  const out = makeEmpty(x.shape);
  native.gate(addressOf(x), addressOf(y), addressOf(out), x.size);
  return out;
}
