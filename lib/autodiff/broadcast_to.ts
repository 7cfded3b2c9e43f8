import { broadcastKernel } from "./kernels/mod.ts";
import { sumTo } from "./sum_to.ts";
import { record, type Value } from "./value.ts";

/**
 * Repeats a value along new or unit axes: the adjoint of {@linkcode sumTo}.
 *
 * @param x A shape that broadcasts to `shape`.
 * @param shape The result's shape.
 * @returns The repeated value; x itself when the shapes agree.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { broadcastTo, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...broadcastTo(constant(tf.scalar(2)), [2]).tensor.dataSync()], [2, 2]);
 * ```
 */
export function broadcastTo(x: Value, shape: readonly number[]): Value {
  if (String(x.tensor.shape) === String(shape)) return x;
  return record(broadcastKernel(x.tensor, shape), [x], (dy, [input]) => [() => sumTo(dy, input!.tensor.shape)]);
}
