import * as tf from "@tensorflow/tfjs-core";
import { record, type Value } from "./value.ts";

/**
 * The same elements in another shape; no copy.
 *
 * @param x Any shape.
 * @param shape A shape of the same size.
 * @returns The reshaped value.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, reshape } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(reshape(constant(tf.zeros([2, 3])), [6]).tensor.shape, [6]);
 * ```
 */
export function reshape(x: Value, shape: readonly number[]): Value {
  return record(tf.reshape(x.tensor, shape as number[]), [x], (dy, [input]) => [
    () => reshape(dy, input!.tensor.shape),
  ]);
}
