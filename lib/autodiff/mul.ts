import { elementwiseKernel } from "./kernels/mod.ts";
import { sumTo } from "./sum_to.ts";
import { record, type Value } from "./value.ts";

/**
 * a ∘ b, elementwise, with broadcasting. For a large map times one number a channel use `affine`.
 *
 * @param a Any shape.
 * @param b A shape compatible with a's.
 * @returns The product.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, mul } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(mul(constant(tf.scalar(2)), constant(tf.scalar(3))).tensor.dataSync()[0], 6);
 * ```
 */
export function mul(a: Value, b: Value): Value {
  return record(elementwiseKernel("mul", a.tensor, b.tensor), [a, b], (dy, [x, y]) => [
    () => sumTo(mul(dy, y!), x!.tensor.shape),
    () => sumTo(mul(dy, x!), y!.tensor.shape),
  ]);
}
