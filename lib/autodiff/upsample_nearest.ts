import { avgPool } from "./avg_pool.ts";
import { upsampleKernel } from "./kernels/mod.ts";
import { scale } from "./scale.ts";
import { record, type Value } from "./value.ts";

/**
 * Repeats each element in a 2×2 block. Its gradient sums the blocks: four times {@linkcode avgPool}.
 *
 * @param x `[B, H, W, C]`.
 * @returns `[B, 2H, 2W, C]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, upsampleNearest } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...upsampleNearest(constant(tf.ones([1, 1, 1, 1]))).tensor.dataSync()], [1, 1, 1, 1]);
 * ```
 */
export function upsampleNearest(x: Value): Value {
  return record(upsampleKernel(x.tensor), [x], (dy) => [() => scale(avgPool(dy), 4)]);
}
