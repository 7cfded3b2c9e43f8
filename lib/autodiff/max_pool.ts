import { poolKernel, type PoolRoute, repoolKernel, unpoolKernel } from "./kernels/mod.ts";
import { record, type Value } from "./value.ts";

/** Sends each pooled element back to where its maximum was. */
function unpool(dy: Value, route: PoolRoute): Value {
  return record(unpoolKernel(dy.tensor, route), [dy], (g) => [() => repool(g, route)]);
}

/** Takes from a map the elements where the maxima were: the adjoint of {@linkcode unpool}. */
function repool(g: Value, route: PoolRoute): Value {
  return record(repoolKernel(g.tensor, route), [g], (dy) => [() => unpool(dy, route)]);
}

/**
 * Maximum over 2×2 windows, stride 2; an odd last row or column is dropped. Of equal elements the first wins.
 * The choice is locally constant, so the gradient is a linear map (unpool) whose adjoint is another (repool).
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
 * import { constant, maxPool } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(maxPool(constant(tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1]))).tensor.dataSync()[0], 4);
 * ```
 */
export function maxPool(x: Value): Value {
  const [, h, w] = x.tensor.shape;
  if (x.tensor.rank !== 4 || h! < 2 || w! < 2) {
    throw new TypeError(`Cannot pool: expected [B, H, W, C] of 2×2 or more, got [${x.tensor.shape}]`);
  }
  const { pooled, route } = poolKernel(x.tensor, x.requiresGrad);
  return record(pooled, [x], (dy) => [() => unpool(dy, route!)]);
}
