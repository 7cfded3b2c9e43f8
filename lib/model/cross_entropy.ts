import * as tf from "@tensorflow/tfjs-core";
import { add, constant, logSoftmax, mul, scale, sumByTask, type Value } from "../autodiff/mod.ts";

/** Options of {@linkcode crossEntropy}. */
export interface CrossEntropyOptions {
  /** `[N]` weight of each class; the mean is taken over weights, as PyTorch does. Default: all one. */
  readonly classWeights?: readonly number[];
  /** Classes that take part in the softmax; the others' logits are set aside. Default: all. */
  readonly present?: readonly number[];
  /** T tasks of as many clips one after another. @default {1} */
  readonly tasks?: number;
}

/** Large enough that exp() of it is exactly 0 in float32, small enough that sums stay finite. */
const ABSENT = -1e9;

/**
 * Mean cross-entropy −log softmax(z)[label].
 *
 * With `present`, the softmax runs over those classes only, so that no gradient reaches the head's other columns: a
 * calibration with some classes missing leaves them as they were.
 *
 * @param logits `[B, N]`.
 * @param labels B class indices.
 * @param options Class weights and present classes.
 * @returns A scalar; of several tasks the mean of each, `[T]`.
 * @throws {RangeError} When a label is no class, or not among the present ones.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertAlmostEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { crossEntropy } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertAlmostEquals(crossEntropy(constant(tf.zeros([1, 2])), [0]).tensor.dataSync()[0]!, Math.LN2, 1e-6);
 * ```
 *
 * Source: paper 4.1, Eq. 2 (which misses its minus sign).
 */
export function crossEntropy(logits: Value, labels: readonly number[], options: CrossEntropyOptions = {}): Value {
  const [b, n] = logits.tensor.shape as [number, number];
  const { classWeights, present, tasks = 1 } = options;
  const allowed = new Set(present ?? Array.from({ length: n }, (_, k) => k));
  labels.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0 || label >= n || !allowed.has(label)) {
      throw new RangeError(
        `Cannot take the cross-entropy: label ${label} of clip ${i} is not among classes ${[...allowed]}`,
      );
    }
  });
  if (labels.length !== b) {
    throw new TypeError(`Cannot take the cross-entropy: expected ${b} labels, got ${labels.length}`);
  }
  const weights = labels.map((label) => classWeights?.[label] ?? 1);
  const taskOf = (i: number) => Math.floor(i * tasks / b);
  const totals = new Array<number>(tasks).fill(0);
  weights.forEach((weight, i) => totals[taskOf(i)]! += weight);
  // Beside the first task's, so that one factor serves all.
  const targets = new Float32Array(b * n);
  labels.forEach((label, i) => targets[i * n + label] = weights[i]! * (totals[0]! / totals[taskOf(i)]!));
  let z = logits;
  if (allowed.size < n) {
    const mask = Float32Array.from({ length: n }, (_, k) => allowed.has(k) ? 1 : 0);
    const shift = mask.map((keep) => keep === 1 ? 0 : ABSENT);
    z = add(mul(z, constant(tf.tensor1d(mask))), constant(tf.tensor1d(shift)));
  }
  return scale(sumByTask(mul(logSoftmax(z), constant(tf.tensor2d(targets, [b, n]))), tasks), -1 / totals[0]!);
}
