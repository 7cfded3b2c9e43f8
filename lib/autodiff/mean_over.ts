import { broadcastKernel, meanKernel, scaleKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/** Repeats a `[B, 1, 1|W, C]` value over a window and divides by its size: the adjoint of {@linkcode meanOver}. */
function spreadMean(x: Value, shape: readonly number[]): Value {
  const [, h, w] = shape as [number, number, number];
  const window: [number, number] = [h / x.tensor.shape[1]!, w / x.tensor.shape[2]!];
  const share = scaleKernel(x.tensor, 1 / (window[0] * window[1]));
  return record(broadcastKernel(share, shape), [x], (dy) => [() => meanOver(dy, window)]);
}

/**
 * Mean over a window that spans a whole axis or two, by average pooling, which adds up in short runs (tfjs's own `mean`
 * adds one by one in float32 on WASM).
 *
 * @param x `[B, H, W, C]`.
 * @param window `[H, W]` for the spatial mean, `[H, 1]` for the mean over rows alone.
 * @returns `[B, 1, 1, C]` or `[B, 1, W, C]`.
 * @throws {RangeError} When the window spans neither.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, meanOver } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(meanOver(constant(tf.tensor4d([1, 3], [1, 1, 2, 1])), [1, 2]).tensor.dataSync()[0], 2);
 * ```
 */
export function meanOver(x: Value, window: readonly [number, number]): Value {
  const [, h, w] = x.tensor.shape as [number, number, number];
  if (window[0] !== h || (window[1] !== w && window[1] !== 1)) {
    throw new RangeError(`Cannot average: expected a window of [${h}, ${w}] or [${h}, 1], got [${window}]`);
  }
  return record(meanKernel(x.tensor, window), [x], (dy, [input]) => [() => spreadMean(dy, input!.tensor.shape)]);
}
