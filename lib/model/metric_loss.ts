import * as tf from "@tensorflow/tfjs-core";
import { constant, mul, scale, sigmoid, sub, sumTo, type Value } from "../autodiff/mod.ts";
import { crossEntropy } from "./cross_entropy.ts";
import type { Architecture } from "./types.ts";

/** Options of {@linkcode metricLoss}. */
export interface MetricLossOptions {
  /** B class indices. */
  readonly labels: readonly number[];
  /** `[N]` weight of each class of clips; the mean is taken over weights. Default: all one. */
  readonly classWeights?: readonly number[];
}

/**
 * The loss that a head is trained by: cross-entropy, or for `relation` (1/B) Σ_i Σ_k (sigmoid(z_ik) − 1[k = y_i])².
 *
 * The paper's sum over pairs is divided by the number of clips, so that it does not grow with the task. A class that the
 * memory lacks takes no part: its score is 0 and no gradient flows through it.
 *
 * @param architecture Its head.
 * @param logits `[B, N]`.
 * @param options Labels and weights.
 * @returns A scalar.
 * @throws {RangeError} When a label is no class.
 * @throws {TypeError} When there is not one label a clip.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { metricLoss } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { head: "relation", decoder: "none", channels: 1, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const loss = metricLoss(architecture, constant(tf.zeros([1, 2])), { labels: [0] });
 * assertEquals(loss.tensor.dataSync()[0], 0.5); // (0.5 − 1)² + 0.5²
 * ```
 *
 * Source: Sung et al., Relation Network (2018), Eq. 2; Snell et al. (2017), Algorithm 1.
 */
export function metricLoss(architecture: Architecture, logits: Value, options: MetricLossOptions): Value {
  const { labels, classWeights } = options;
  if (architecture.head !== "relation") return crossEntropy(logits, labels, classWeights ? { classWeights } : {});
  const [b, n] = logits.tensor.shape as [number, number];
  if (labels.length !== b) throw new TypeError(`Cannot take the loss: expected ${b} labels, got ${labels.length}`);
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= n);
  if (wrong !== undefined) throw new RangeError(`Cannot take the loss: label ${wrong} is not one of ${n} classes`);
  const targets = labels.flatMap((label) => Array.from({ length: n }, (_, k) => label === k ? 1 : 0));
  const weights = labels.map((label) => classWeights?.[label] ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const error = sub(sigmoid(logits), constant(tf.tensor2d(targets, [b, n])));
  return scale(sumTo(mul(mul(error, error), constant(tf.tensor2d(weights, [b, 1]))), []), 1 / total);
}
