import * as tf from "@tensorflow/tfjs-core";
import { broadcastTo } from "./broadcast_to.ts";
import { leadingSumKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/**
 * Sums over the axes along which `shape` would be broadcast to the value's shape: the adjoint of
 * {@linkcode broadcastTo}. `sumTo(x, [])` is the sum of all elements.
 *
 * @param x Any shape.
 * @param shape A shape that broadcasts to x's.
 * @returns The sums, of `shape`; x itself when the shapes agree.
 * @throws {TypeError} When `shape` does not broadcast to x's.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, sumTo } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = sumTo(constant(tf.tensor2d([[1, 2], [3, 4]])), [2]);
 * assertEquals([...y.tensor.dataSync()], [4, 6]);
 * ```
 */
export function sumTo(x: Value, shape: readonly number[]): Value {
  const from = x.tensor.shape;
  if (String(from) === String(shape)) return x;
  const lead = from.length - shape.length;
  // The kernels take the numbers as they lie: a shape that does not fit would give other sums, not an error.
  if (lead < 0 || shape.some((extent, i) => extent !== 1 && extent !== from[lead + i])) {
    throw new TypeError(`Cannot sum: expected a shape that broadcasts to [${from}], got [${shape}]`);
  }
  const axes = from.map((_, axis) => axis).filter((axis) =>
    axis < lead || (shape[axis - lead] === 1 && from[axis] !== 1)
  );
  const tensor = axes.every((axis) => axis < lead) && axes.length > 0
    ? leadingSumKernel(x.tensor, shape, 1)
    : tf.reshape(axes.length > 0 ? tf.sum(x.tensor, axes) : x.tensor, shape as number[]);
  return record(tensor, [x], (dy, [input]) => [() => broadcastTo(dy, input!.tensor.shape)]);
}
