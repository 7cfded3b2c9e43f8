import * as tf from "@tensorflow/tfjs-core";
import { channelSums } from "./_channel_sums.ts";
import { makeOnHeap, onHeap } from "./_heap.ts";

/** Mean and variance a channel, `[…, C]` → `[2, C]`: in float64 on cpu and wasm, centred in two passes on webgpu. */
export function channelMomentsKernel(x: tf.Tensor): tf.Tensor {
  const c = x.shape[x.rank - 1]!;
  const count = x.size / c;
  if (!onHeap()) {
    const flat = tf.reshape(x, [count, c]);
    const mean = tf.mean(flat, 0, true);
    return tf.concat([mean, tf.mean(tf.square(tf.sub(flat, mean)), 0, true)], 0);
  }
  const sums = channelSums(x, x);
  return makeOnHeap([2, c], (out) => {
    for (let k = 0; k < c; k++) {
      const mean = sums[c + k]! / count;
      out[k] = mean;
      // Products of two float32 are exact in float64; NaN must stay NaN, so no Math.max shortcut on it.
      const variance = sums[k]! / count - mean * mean;
      out[c + k] = variance < 0 ? 0 : variance;
    }
  });
}
