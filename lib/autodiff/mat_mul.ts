import { matMulKernel } from "./kernels/mod.ts";
import { transpose } from "./transpose.ts";
import { record, type Value } from "./value.ts";

/**
 * a b for two matrices, or for each of T pairs. Transposes are made explicitly: only the plain product is fast on WASM.
 *
 * @param a `[m, k]`, or `[T, m, k]`.
 * @param b `[k, n]`, or `[T, k, n]`.
 * @returns `[m, n]`, or `[T, m, n]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, matMul } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = matMul(constant(tf.tensor2d([[1, 2]])), constant(tf.tensor2d([[3], [4]])));
 * assertEquals(y.tensor.dataSync()[0], 11);
 * ```
 */
export function matMul(a: Value, b: Value): Value {
  const flip = (x: Value) => transpose(x, x.tensor.rank === 2 ? [1, 0] : [0, 2, 1]);
  return record(matMulKernel(a.tensor, b.tensor), [a, b], (dy, [x, y]) => [
    () => matMul(dy, flip(y!)),
    () => matMul(flip(x!), dy),
  ]);
}
