import * as tf from "@tensorflow/tfjs-core";
import { scale } from "./scale.ts";
import { slice } from "./slice.ts";
import { upsampleNearest } from "./upsample_nearest.ts";
import { record, type Value } from "./value.ts";

/**
 * Mean over 2×2 windows, stride 2; an odd last row or column is dropped. It is linear: its gradient is a quarter of
 * nearest upsampling, dx = up(dy) / 4, whose own gradient is four times this op.
 *
 * @param x `[B, H, W, C]`.
 * @returns `[B, ⌊H/2⌋, ⌊W/2⌋, C]`.
 * @throws {TypeError} When x is not of rank 4, or smaller than a window.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { avgPool, constant } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(avgPool(constant(tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1]))).tensor.dataSync()[0], 2.5);
 * ```
 */
export function avgPool(x: Value): Value {
  const [b, h, w, c] = x.tensor.shape as [number, number, number, number];
  if (x.tensor.rank !== 4 || h < 2 || w < 2) {
    throw new TypeError(`Cannot pool: expected [B, H, W, C] of 2×2 or more, got [${x.tensor.shape}]`);
  }
  const odd = h % 2 + w % 2 > 0;
  const even = odd ? slice(x, [0, 0, 0, 0], [b, h - h % 2, w - w % 2, c]) : x;
  const tensor = tf.avgPool(even.tensor as tf.Tensor4D, 2, 2, "valid");
  return record(tensor, [even], (dy) => [() => scale(upsampleNearest(dy), 1 / 4)]);
}
