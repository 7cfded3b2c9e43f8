import * as tf from "@tensorflow/tfjs-core";
import { biasKernel, broadcastKernel, leadingSumKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/** Σ a channel of each task, `[T·rows…, C]` → `[T·C]`: the gradient of a bias. */
function channelSum(x: Value, tasks: number): Value {
  const c = x.tensor.shape[x.tensor.rank - 1]!;
  return record(leadingSumKernel(x.tensor, [c], tasks), [x], (dy, [input]) => [
    () => spread(dy, tasks, input!.tensor.shape),
  ]);
}

/** The adjoint of {@linkcode channelSum}. */
function spread(b: Value, tasks: number, shape: readonly number[]): Value {
  const c = b.tensor.size / tasks;
  const rows = shape.reduce((product, extent) => product * extent, 1) / b.tensor.size;
  const map = broadcastKernel(tf.reshape(b.tensor, [tasks, 1, c]), [tasks, rows, c]);
  return record(tf.reshape(map, shape as number[]), [b], (dy) => [() => channelSum(dy, tasks)]);
}

/**
 * x + b with one number a channel.
 *
 * @param x `[…, C]`, rank 2 and more; T tasks one after another where b has T·C numbers.
 * @param b `[C]`, or `[T·C]`: those of each task.
 * @returns x's shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { addBias, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = addBias(constant(tf.tensor2d([[1, 2], [3, 4]])), constant(tf.tensor1d([10, 20])));
 * assertEquals([...y.tensor.dataSync()], [11, 22, 13, 24]);
 * ```
 */
export function addBias(x: Value, b: Value): Value {
  const tasks = b.tensor.size / x.tensor.shape[x.tensor.rank - 1]!;
  return record(biasKernel(x.tensor, b.tensor), [x, b], (dy) => [() => dy, () => channelSum(dy, tasks)]);
}
