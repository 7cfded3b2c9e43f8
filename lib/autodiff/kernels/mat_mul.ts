import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels } from "./_native.ts";

/** Rows up to which the kernel that takes them one by one is the faster. */
const ROWS = 32;

/** `[R, K] · [K, N]`, or `[T, R, K] · [T, K, N]`. */
export function matMulKernel(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const fits = a.rank === 2 && b.rank === 2 && a.shape[1] === b.shape[0] && a.shape[0]! <= ROWS;
  const native = fits && a.dtype === "float32" && b.dtype === "float32" ? nativeKernels() : null;
  if (native === null) return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
  const [rows, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const out = makeEmpty([rows, n]);
  native.matMul(addressOf(a), addressOf(b), addressOf(out), rows, k, n);
  return out;
}
