import { elementwiseKernel } from "./kernels/mod.ts";
import { sumTo } from "./sum_to.ts";
import { record, type Value } from "./value.ts";

/**
 * a + b, with broadcasting.
 *
 * @param a Any shape.
 * @param b A shape compatible with a's.
 * @returns The sum.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { add, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(add(constant(tf.scalar(2)), constant(tf.scalar(3))).tensor.dataSync()[0], 5);
 * ```
 */
export function add(a: Value, b: Value): Value {
  return record(elementwiseKernel("add", a.tensor, b.tensor), [a, b], (dy, [x, y]) => [
    () => sumTo(dy, x!.tensor.shape),
    () => sumTo(dy, y!.tensor.shape),
  ]);
}
