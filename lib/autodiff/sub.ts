import { elementwiseKernel } from "./kernels/mod.ts";
import { scale } from "./scale.ts";
import { sumTo } from "./sum_to.ts";
import { record, type Value } from "./value.ts";

/**
 * a − b, with broadcasting.
 *
 * @param a Any shape.
 * @param b A shape compatible with a's.
 * @returns The difference.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, sub } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(sub(constant(tf.scalar(2)), constant(tf.scalar(3))).tensor.dataSync()[0], -1);
 * ```
 */
export function sub(a: Value, b: Value): Value {
  return record(elementwiseKernel("sub", a.tensor, b.tensor), [a, b], (dy, [x, y]) => [
    () => sumTo(dy, x!.tensor.shape),
    () => scale(sumTo(dy, y!.tensor.shape), -1),
  ]);
}
