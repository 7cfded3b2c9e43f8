import * as tf from "@tensorflow/tfjs-core";
import { matMul } from "./mat_mul.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";
import { constant, type Value } from "./value.ts";

/** The `[2n, n]` matrix of ×2 linear interpolation with half-pixel centres, edges repeated. */
function interpolation(n: number): Value {
  const m = new Float32Array(2 * n * n);
  for (let i = 0; i < 2 * n; i++) {
    const at = Math.max(0, (i + 0.5) / 2 - 0.5);
    const low = Math.floor(at);
    const high = Math.min(n - 1, low + 1);
    m[i * n + low]! += 1 - (at - low);
    m[i * n + high]! += at - low;
  }
  return constant(tf.tensor2d(m, [2 * n, n]));
}

/**
 * Bilinear ×2 upsampling with half-pixel centres (`align_corners: false`): a matrix product along each axis.
 *
 * @param x `[B, H, W, C]`.
 * @returns `[B, 2H, 2W, C]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, upsampleBilinear } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = upsampleBilinear(constant(tf.tensor4d([0, 4], [1, 1, 2, 1])));
 * assertEquals([...y.tensor.dataSync()], [0, 1, 3, 4, 0, 1, 3, 4]);
 * ```
 */
export function upsampleBilinear(x: Value): Value {
  const [b, h, w, c] = x.tensor.shape as [number, number, number, number];
  const rows = reshape(transpose(x, [1, 0, 2, 3]), [h, b * w * c]); // [H, B·W·C]
  const tall = reshape(matMul(interpolation(h), rows), [2 * h, b, w, c]); // [2H, B, W, C]
  const columns = reshape(transpose(tall, [2, 1, 0, 3]), [w, b * 2 * h * c]); // [W, B·2H·C]
  const wide = reshape(matMul(interpolation(w), columns), [2 * w, b, 2 * h, c]); // [2W, B, 2H, C]
  return transpose(wide, [1, 2, 0, 3]); // [B, 2H, 2W, C]
}
