import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** x · a + b a channel. */
export function affineKernel(x: tf.Tensor, a: tf.Tensor, b: tf.Tensor | null): tf.Tensor {
  const c = a.size;
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
