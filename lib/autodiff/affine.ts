import { channelDots } from "./channel_dots.ts";
import { affineKernel } from "./kernels/mod.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { record, type Value } from "./value.ts";

/**
 * x · a + b with one number a channel, in one pass over the map: normalisation, and the gradient of statistics.
 *
 * @param x `[…, C]`, rank 2 and more; T tasks one after another where a and b have T·C numbers.
 * @param a `[C]` factors, or `[T·C]`: those of each task.
 * @param b Shifts, as many, or null for none.
 * @returns x's shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { affine, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = affine(constant(tf.tensor2d([[1, 2]])), constant(tf.tensor1d([10, 20])), constant(tf.tensor1d([1, 1])));
 * assertEquals([...y.tensor.dataSync()], [11, 41]);
 * ```
 */
export function affine(x: Value, a: Value, b: Value | null): Value {
  const c = a.tensor.size; // T·C
  const tasks = c / x.tensor.shape[x.tensor.rank - 1]!;
  const tensor = affineKernel(x.tensor, a.tensor, b === null ? null : b.tensor);
  return record(tensor, b === null ? [x, a] : [x, a, b], (dy, [input, factor]) => {
    // Both sums come from one pass; whichever rule runs first makes them.
    let dots: Value | undefined;
    const row = (i: number) => reshape(slice(dots ??= channelDots(dy, input!, tasks), [i, 0], [1, c]), [c]);
    return [() => affine(dy, factor!, null), () => row(0), () => row(1)];
  });
}
