import * as tf from "@tensorflow/tfjs-core";

/**
 * x · a + b a channel. On wasm a 1×1 depthwise convolution does it in one pass (0.6 ms where multiply and add with
 * broadcasting take 3.5 ms: 192 maps of 32×32×16, one core).
 */
export function affineKernel(x: tf.Tensor, a: tf.Tensor, b: tf.Tensor | null): tf.Tensor {
  if (tf.getBackend() !== "wasm" || x.rank < 2) {
    const scaled = tf.mul(x, a);
    return b === null ? scaled : tf.add(scaled, b);
  }
  const c = a.size;
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
