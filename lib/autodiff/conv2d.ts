import { convFilter } from "./conv_filter.ts";
import { dilate } from "./dilate.ts";
import { flipTranspose } from "./flip_transpose.ts";
import { conv2dKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/** Zeros around a map: `[[top, bottom], [left, right]]`. */
export type Padding2d = readonly [readonly [number, number], readonly [number, number]];

/** Options of {@linkcode conv2d}. */
export interface Conv2dOptions {
  /** Step in both directions; default 1. */
  readonly stride?: number;
  /** Default: same size for odd kernels, `k / 2` rounded down on each side. */
  readonly padding?: Padding2d;
}

/** The padding under which the gradient of a stride-1 convolution is again a stride-1 convolution. */
function adjointPadding([[top, bottom], [left, right]]: Padding2d, kh: number, kw: number): Padding2d {
  return [[kh - 1 - top, kh - 1 - bottom], [kw - 1 - left, kw - 1 - right]];
}

/**
 * Two-dimensional cross-correlation. Both gradients are forward convolutions, the fast path of the WASM backend:
 * dx = conv(dy, flipᵀ(w)), dw = convFilter(x, dy).
 *
 * @param x `[B, H, W, C]`; of T tasks with filters of their own `[T·B, H, W, C]`.
 * @param w `[kh, kw, C, F]`, or `[T, kh, kw, C, F]`.
 * @param options Stride and padding.
 * @returns `[B, H′, W′, F]`.
 * @throws {TypeError} When ranks or channels do not agree.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, conv2d } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = conv2d(constant(tf.ones([1, 3, 3, 1])), constant(tf.ones([3, 3, 1, 1])));
 * assertEquals([...y.tensor.dataSync()], [4, 6, 4, 6, 9, 6, 4, 6, 4]);
 * ```
 */
export function conv2d(x: Value, w: Value, options: Conv2dOptions = {}): Value {
  const [kh, kw, cin] = w.tensor.shape.slice(-4) as [number, number, number];
  const tasks = w.tensor.rank === 5 ? w.tensor.shape[0]! : 1;
  const ranks = x.tensor.rank === 4 && (w.tensor.rank === 4 || tasks > 1);
  if (!ranks || x.tensor.shape[3] !== cin || x.tensor.shape[0]! % tasks !== 0) {
    throw new TypeError(
      `Cannot convolve: expected [B, H, W, C] and [kh, kw, C, F] or [T, kh, kw, C, F], got [${x.tensor.shape}] and [${w.tensor.shape}]`,
    );
  }
  const { stride = 1 } = options;
  const padding: Padding2d = options.padding ??
    [[kh >> 1, (kh - 1) >> 1], [kw >> 1, (kw - 1) >> 1]];
  const tensor = conv2dKernel(x.tensor, w.tensor, stride, padding);
  return record(tensor, [x, w], (dy, [input, filter]) => {
    const [, h, wd] = input!.tensor.shape as [number, number, number];
    const full = (size: number, [before, after]: readonly [number, number], k: number) => size + before + after - k + 1;
    const dense = stride === 1 ? dy : dilate(dy, stride, [full(h, padding[0], kh), full(wd, padding[1], kw)]);
    return [
      () => conv2d(dense, flipTranspose(filter!), { padding: adjointPadding(padding, kh, kw) }),
      () => convFilter(input!, dense, [kh, kw], padding, tasks),
    ];
  });
}
