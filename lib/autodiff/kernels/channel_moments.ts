import * as tf from "@tensorflow/tfjs-core";
import { heapView, makeOnHeap, onHeap } from "./_heap.ts";

/** Mean and variance a channel, `[…, C]` → `[2, C]`: in float64 on cpu and wasm, centred in two passes on webgpu. */
export function channelMomentsKernel(x: tf.Tensor): tf.Tensor {
  const c = x.shape[x.rank - 1]!;
  const count = x.size / c;
  if (!onHeap()) {
    const flat = tf.reshape(x, [count, c]);
    const mean = tf.mean(flat, 0, true);
    return tf.concat([mean, tf.mean(tf.square(tf.sub(flat, mean)), 0, true)], 0);
  }
  return makeOnHeap([2, c], (out) => {
    const values = heapView(x);
    const sums = new Float64Array(c);
    const squares = new Float64Array(c);
    for (let at = 0; at < values.length; at += c) {
      for (let k = 0; k < c; k++) {
        const v = values[at + k]!;
        sums[k]! += v;
        squares[k]! += v * v;
      }
    }
    for (let k = 0; k < c; k++) {
      const mean = sums[k]! / count;
      out[k] = mean;
      // Products of two float32 are exact in float64; NaN must stay NaN, so no Math.max shortcut on it.
      const variance = squares[k]! / count - mean * mean;
      out[c + k] = variance < 0 ? 0 : variance;
    }
  });
}
