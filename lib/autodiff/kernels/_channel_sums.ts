import type * as tf from "@tensorflow/tfjs-core";
import { heapView } from "./_heap.ts";
import { addressOf, nativeKernels, readDoubles, withScratch } from "./_native.ts";

/** Σ x·y and Σ x a channel over all other axes, in float64: `[…, C]` twice → C products, then C sums. On cpu and wasm. */
export function channelSums(x: tf.Tensor, y: tf.Tensor): Float64Array {
  const c = x.shape[x.rank - 1]!;
  const native = c % 4 === 0 ? nativeKernels() : null;
  if (native !== null) {
    return withScratch(16 * c, (space) => {
      native.dots(addressOf(x), addressOf(y), space, x.size / c, c);
      return readDoubles(space, 2 * c);
    });
  }
  const [a, b] = [heapView(x), heapView(y)];
  const out = new Float64Array(2 * c);
  for (let at = 0; at < a.length; at += c) {
    for (let k = 0; k < c; k++) {
      const v = a[at + k]!;
      out[k]! += v * b[at + k]!;
      out[c + k]! += v;
    }
  }
  return out;
}
