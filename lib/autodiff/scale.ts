import { scaleKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/**
 * k · x for a plain number k.
 *
 * @param x Any shape.
 * @param factor The number k.
 * @returns The scaled value.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, scale } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(scale(constant(tf.scalar(2)), 4).tensor.dataSync()[0], 8);
 * ```
 */
export function scale(x: Value, factor: number): Value {
  return record(scaleKernel(x.tensor, factor), [x], (dy) => [() => scale(dy, factor)]);
}
