import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** Means of `[B, H, W, C]` over H, or over H and W: `[B, 1, W, C]` or `[B, 1, 1, C]`. */
export function meanKernel(x: tf.Tensor, [height, width]: readonly [number, number]): tf.Tensor {
  const [b, , w, c] = x.shape as [number, number, number, number];
  const native = x.dtype === "float32" ? nativeKernels() : null;
  if (native !== null) {
    const out = makeEmpty([b, 1, w / width, c]);
    native.mean(addressOf(x), addressOf(out), b, height * width, w / width * c);
    return out;
  }
  // XNNPACK refuses a window of 1×1.
  if (height * width === 1) return tf.clone(x);
  // In short runs; tfjs's own mean adds one by one in float32 on wasm.
  return tf.avgPool(x as tf.Tensor4D, [height, width], 1, "valid");
}
