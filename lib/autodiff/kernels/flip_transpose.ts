import * as tf from "@tensorflow/tfjs-core";
import { heapView, makeOnHeap, onHeap } from "./_heap.ts";

/** `[kh, kw, C, F]` → `[kh, kw, F, C]`, turned by 180°. tfjs's reverse is slower than the loop, some twenty times on wasm. */
export function flipTransposeKernel(w: tf.Tensor): tf.Tensor {
  const [kh, kw, cin, cout] = w.shape as [number, number, number, number];
  const taps = kh * kw;
  if (!onHeap()) {
    // Reversing the flattened taps turns both directions at once, at rank 3.
    const turned = tf.reverse(tf.reshape(w, [taps, cin, cout]), [0]);
    return tf.reshape(tf.transpose(turned, [0, 2, 1]), [kh, kw, cout, cin]);
  }
  return makeOnHeap([kh, kw, cout, cin], (out) => {
    const from = heapView(w);
    let to = 0;
    for (let tap = taps - 1; tap >= 0; tap--) {
      const base = tap * cin * cout;
      for (let f = 0; f < cout; f++) {
        for (let c = 0; c < cin; c++) out[to++] = from[base + c * cout + f]!;
      }
    }
  });
}
