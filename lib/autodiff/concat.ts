import { concatKernel } from "./kernels/mod.ts";
import { slice } from "./slice.ts";
import { record, type Value } from "./value.ts";

/**
 * Joins values along an axis.
 *
 * @param xs Values whose shapes agree on all other axes; at least one.
 * @param axis The axis.
 * @returns The joined value.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { concat, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = concat([constant(tf.tensor1d([1])), constant(tf.tensor1d([2, 3]))], 0);
 * assertEquals([...y.tensor.dataSync()], [1, 2, 3]);
 * ```
 */
export function concat(xs: readonly Value[], axis: number): Value {
  if (xs.length === 1) return xs[0]!;
  // A copy: the caller's list may grow.
  return record(concatKernel(xs.map((x) => x.tensor), axis), [...xs], (dy, inputs) => {
    let at = 0;
    return inputs.map((input) => {
      const begin = dy.tensor.shape.map((_, i) => i === axis ? at : 0);
      at += input.tensor.shape[axis]!;
      return () => slice(dy, begin, input.tensor.shape);
    });
  });
}
