import { conv2d, type Padding2d } from "./conv2d.ts";
import { flipTranspose } from "./flip_transpose.ts";
import { convFilterKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/**
 * The gradient of a stride-1 convolution with respect to its filter, as an op of its own:
 * w̄[a, b, c, f] = Σ x[n, i + a, j + b, c] · dy[n, i, j, f]. It is linear in both inputs, hence
 * d/dx = conv(dy, flipᵀ(g)) and d/d(dy) = conv(x, g).
 *
 * @param x `[B, H, W, C]`, the convolution's input.
 * @param dy `[B, H′, W′, F]`, the cotangent of its output.
 * @param kernel Height and width of the filter.
 * @param padding The convolution's padding.
 * @param tasks T, how many tasks of as many clips lie one after another; default 1.
 * @returns `[kh, kw, C, F]`, of several tasks `[T, kh, kw, C, F]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, convFilter } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const map = constant(tf.ones([1, 2, 2, 1]));
 * assertEquals(convFilter(map, map, [1, 1], [[0, 0], [0, 0]]).tensor.dataSync()[0], 4);
 * ```
 */
export function convFilter(
  x: Value,
  dy: Value,
  kernel: readonly [number, number],
  padding: Padding2d,
  tasks = 1,
): Value {
  const [kh, kw] = kernel;
  const [[top, bottom], [left, right]] = padding;
  return record(convFilterKernel(x.tensor, dy.tensor, kernel, padding, tasks), [x, dy], (g, [input, cotangent]) => [
    () =>
      conv2d(cotangent!, flipTranspose(g), {
        padding: [[kh - 1 - top, kh - 1 - bottom], [kw - 1 - left, kw - 1 - right]],
      }),
    () => conv2d(input!, g, { padding }),
  ]);
}
