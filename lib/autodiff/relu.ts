import type * as tf from "@tensorflow/tfjs-core";
import { gateKernel, reluKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/** x where y > 0, else zero: linear in x, its own adjoint, and without a gradient to y. */
function gate(x: Value, y: tf.Tensor): Value {
  return record(gateKernel(x.tensor, y), [x], (dy) => [() => gate(dy, y)]);
}

/**
 * max(x, 0). The derivative at 0 is 0; the second-order term is zero.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, relu } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...relu(constant(tf.tensor1d([-1, 2]))).tensor.dataSync()], [0, 2]);
 * ```
 */
export function relu(x: Value): Value {
  return record(reluKernel(x.tensor), [x], (dy, _inputs, y) => [() => gate(dy, y.tensor)]);
}
