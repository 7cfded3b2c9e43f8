import { flipTransposeKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/**
 * A filter turned by 180° with its channels swapped: the filter of the adjoint convolution. It is its own adjoint.
 *
 * @param w `[…, kh, kw, C, F]`.
 * @returns `[…, kh, kw, F, C]`.
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
  return record(flipTransposeKernel(w.tensor), [w], (dy) => [() => flipTranspose(dy)]);
}
