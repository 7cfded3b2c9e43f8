import { transposeKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/**
 * Permutes axes.
 *
 * @param x Rank 2 to 4.
 * @param order Axis i of the result is axis `order[i]` of x.
 * @returns The permuted value.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, transpose } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(transpose(constant(tf.zeros([2, 3])), [1, 0]).tensor.shape, [3, 2]);
 * ```
 */
export function transpose(x: Value, order: readonly number[]): Value {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return record(transposeKernel(x.tensor, order), [x], (dy) => [() => transpose(dy, inverse)]);
}
