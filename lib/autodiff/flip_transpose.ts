import * as tf from "@tensorflow/tfjs-core";
import { record, type Value } from "./value.ts";

/**
 * A filter turned by 180° with its channels swapped: the filter of the adjoint convolution. It is its own adjoint.
 *
 * @param w `[kh, kw, C, F]`.
 * @returns `[kh, kw, F, C]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, flipTranspose } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...flipTranspose(constant(tf.tensor4d([1, 2], [1, 2, 1, 1]))).tensor.dataSync()], [2, 1]);
 * ```
 */
export function flipTranspose(w: Value): Value {
  const [kh, kw, cin, cout] = w.tensor.shape as [number, number, number, number];
  // Reversing the flattened taps turns both directions at once, at rank 3.
  const turned = tf.reverse(tf.reshape(w.tensor, [kh * kw, cin, cout]), [0]);
  const tensor = tf.reshape(tf.transpose(turned, [0, 2, 1]), [kh, kw, cout, cin]);
  return record(tensor, [w], (dy) => [() => flipTranspose(dy)]);
}
