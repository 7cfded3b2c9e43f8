import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { transpose } from "./transpose.ts";
import type { Value } from "./value.ts";

/**
 * Three-dimensional convolution over frames: a two-dimensional one over frames joined along channels (tfjs's own conv3d
 * is some 30 times slower on WASM). Same in space, valid in time after padding.
 *
 * @param x `[B, M, H, W, C]`; of S tasks with filters of their own `[S·B, M, H, W, C]`.
 * @param w `[kt, kh, kw, C, F]`, kt ≤ M + padding; or `[S, kt, kh, kw, C, F]`.
 * @param timePadding Zero frames before and after; default none.
 * @returns `[T, B, H, W, F]` with T = M + padding − kt + 1: time first, so that frames of one moment lie together; of
 * S tasks `[S·T, B, H, W, F]`.
 * @throws {TypeError} When the shapes do not agree.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, temporalConv } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = temporalConv(constant(tf.ones([1, 3, 1, 1, 2])), constant(tf.ones([2, 1, 1, 2, 1])));
 * assertEquals([...y.tensor.dataSync()], [4, 4]);
 * ```
 */
export function temporalConv(x: Value, w: Value, timePadding: readonly [number, number] = [0, 0]): Value {
  const [all, m, h, wd, c] = x.tensor.shape as [number, number, number, number, number];
  const [kt, kh, kw, cin, f] = w.tensor.shape.slice(-5) as [number, number, number, number, number];
  const own = w.tensor.rank === 6 ? [w.tensor.shape[0]!] : [];
  const [tasks = 1] = own;
  const steps = m + timePadding[0] + timePadding[1] - kt + 1;
  const b = all / tasks;
  if (x.tensor.rank !== 5 || w.tensor.rank !== 5 + own.length || c !== cin || steps < 1 || !Number.isInteger(b)) {
    throw new TypeError(
      `Cannot convolve over time: expected [B, M, H, W, C] and [kt ≤ M, kh, kw, C, F], got [${x.tensor.shape}] and [${w.tensor.shape}]`,
    );
  }
  let frames = transpose(reshape(x, [all, m, h * wd, c]), [0, 2, 1, 3]); // [S·B, HW, M, C]
  if (timePadding[0] + timePadding[1] > 0) frames = pad(frames, [[0, 0], [0, 0], timePadding, [0, 0]]);
  const joined = reshape(frames, [all, h, wd, (steps + kt - 1) * c]); // [S·B, H, W, M′·C]
  const windows = Array.from(
    { length: steps },
    (_, t) => reshape(slice(joined, [0, 0, 0, t * c], [all, h, wd, kt * c]), [tasks, b * h * wd * kt * c]),
  );
  const moments = reshape(concat(windows, 1), [tasks * steps * b, h, wd, kt * c]); // [S·T·B, H, W, kt·C]
  const taps = transpose(reshape(w, [tasks, kt, kh * kw, c * f]), [0, 2, 1, 3]);
  const filter = reshape(taps, [...own, kh, kw, kt * c, f]);
  return reshape(conv2d(moments, filter), [tasks * steps, b, h, wd, f]); // [S·T, B, H, W, F]
}
