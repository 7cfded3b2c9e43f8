import * as tf from "@tensorflow/tfjs-core";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { sumTo } from "./sum_to.ts";
import { record, type Value } from "./value.ts";

/**
 * log softmax over the last axis: z − m − log Σ exp(z − m), m the row's maximum.
 *
 * @param z `[B, N]` logits.
 * @returns `[B, N]` log-probabilities.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertAlmostEquals } from "@std/assert";
 * import { constant, logSoftmax } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertAlmostEquals(logSoftmax(constant(tf.zeros([1, 2]))).tensor.dataSync()[0]!, -Math.LN2, 1e-6);
 * ```
 */
export function logSoftmax(z: Value): Value {
  const rows = z.tensor.shape[0]!;
  const shifted = tf.sub(z.tensor, tf.max(z.tensor, -1, true));
  const tensor = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
  return record(tensor, [z], (dy, _inputs, y) => [() => sub(dy, mul(exp(y), sumTo(dy, [rows, 1])))]);
}
