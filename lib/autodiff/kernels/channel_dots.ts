import * as tf from "@tensorflow/tfjs-core";
import { channelSums } from "./_channel_sums.ts";
import { makeOnHeap, onHeap } from "./_heap.ts";

/** Σ g·x and Σ g a channel, `[…, C]` twice → `[2, C]`; in float64 on cpu and wasm. */
export function channelDotsKernel(g: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const c = g.shape[g.rank - 1]!;
  if (!onHeap()) {
    const flat = tf.reshape(g, [-1, c]);
    return tf.concat([tf.sum(tf.mul(flat, tf.reshape(x, [-1, c])), 0, true), tf.sum(flat, 0, true)], 0);
  }
  const sums = channelSums(g, x);
  return makeOnHeap([2, c], (out) => out.set(sums));
}
