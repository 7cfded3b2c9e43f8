import * as tf from "@tensorflow/tfjs-core";
import { heapView, makeOnHeap, onHeap } from "./_heap.ts";

/** Sums over all but the last axes that make up `shape`, `[…, shape]` → `shape`; in float64 on cpu and wasm. */
export function leadingSumKernel(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  if (!onHeap()) return tf.reshape(tf.sum(tf.reshape(x, [-1, size]), 0), shape as number[]);
  return makeOnHeap(shape, (out) => {
    const values = heapView(x);
    const sums = new Float64Array(size);
    for (let at = 0; at < values.length; at += size) {
      for (let k = 0; k < size; k++) sums[k]! += values[at + k]!;
    }
    out.set(sums);
  });
}
