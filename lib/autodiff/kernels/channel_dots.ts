import * as tf from "@tensorflow/tfjs-core";
import { heapView, makeOnHeap, onHeap } from "./_heap.ts";

/** Σ g·x and Σ g a channel, `[…, C]` twice → `[2, C]`; in float64 on cpu and wasm. */
export function channelDotsKernel(g: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const c = g.shape[g.rank - 1]!;
  if (!onHeap()) {
    const flat = tf.reshape(g, [-1, c]);
    return tf.concat([tf.sum(tf.mul(flat, tf.reshape(x, [-1, c])), 0, true), tf.sum(flat, 0, true)], 0);
  }
  return makeOnHeap([2, c], (out) => {
    const a = heapView(g);
    const b = heapView(x);
    const dots = new Float64Array(c);
    const sums = new Float64Array(c);
    for (let at = 0; at < a.length; at += c) {
      for (let k = 0; k < c; k++) {
        const v = a[at + k]!;
        dots[k]! += v * b[at + k]!;
        sums[k]! += v;
      }
    }
    out.set(dots, 0);
    out.set(sums, c);
  });
}
