import { affine } from "./affine.ts";
import { channelDotsKernel } from "./kernels/mod.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { record, type Value } from "./value.ts";

/**
 * Two sums a channel over all other axes: row 0 is Σ g·x, row 1 is Σ g.
 *
 * @param g `[…, C]`, rank 2 and more.
 * @param x g's shape.
 * @param tasks T, how many tasks of as many rows lie one after another; default 1.
 * @returns `[2, T·C]`.
 * @throws {TypeError} When the shapes differ.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { channelDots, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = channelDots(constant(tf.tensor2d([[1], [2]])), constant(tf.tensor2d([[3], [4]])));
 * assertEquals([...y.tensor.dataSync()], [11, 3]);
 * ```
 */
export function channelDots(g: Value, x: Value, tasks = 1): Value {
  if (String(g.tensor.shape) !== String(x.tensor.shape)) {
    throw new TypeError(
      `Cannot take products a channel: expected one shape, got [${g.tensor.shape}] and [${x.tensor.shape}]`,
    );
  }
  return record(channelDotsKernel(g.tensor, x.tensor, tasks), [g, x], (dy, [first, second]) => {
    const c = dy.tensor.shape[1]!;
    const row = (i: number) => reshape(slice(dy, [i, 0], [1, c]), [c]);
    return [() => affine(second!, row(0), row(1)), () => affine(first!, row(0), null)];
  });
}
