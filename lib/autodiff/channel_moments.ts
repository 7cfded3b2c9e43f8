import { affine } from "./affine.ts";
import { channelMomentsKernel } from "./kernels/mod.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { scale } from "./scale.ts";
import { slice } from "./slice.ts";
import { sub } from "./sub.ts";
import { record, type Value } from "./value.ts";

/**
 * Mean and (biased) variance a channel over all other axes, the statistics of batch normalisation. With P elements a
 * channel, dx = x · (2 v̄ / P) + (m̄ − 2 v̄ mean) / P: one affine pass.
 *
 * @param x `[…, C]`, rank 2 and more.
 * @param tasks T, how many tasks of as many rows lie one after another; default 1.
 * @returns `[2, T·C]`: row 0 the mean, row 1 the variance.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { channelMoments, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...channelMoments(constant(tf.tensor2d([[1], [3]]))).tensor.dataSync()], [2, 1]);
 * ```
 */
export function channelMoments(x: Value, tasks = 1): Value {
  return record(channelMomentsKernel(x.tensor, tasks), [x], (dy, [input], output) => {
    const c = dy.tensor.shape[1]!; // T·C
    const count = input!.tensor.size / c;
    const row = (value: Value, i: number) => reshape(slice(value, [i, 0], [1, c]), [c]);
    return [() => {
      const slope = scale(row(dy, 1), 2 / count);
      const shift = sub(scale(row(dy, 0), 1 / count), mul(slope, row(output, 0)));
      return affine(input!, slope, shift);
    }];
  });
}
