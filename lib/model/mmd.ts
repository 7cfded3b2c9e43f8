import * as tf from "@tensorflow/tfjs-core";
import { add, constant, exp, mul, reshape, scale, sub, sumByTask, sumTo, type Value } from "../autodiff/mod.ts";

/** Options of {@linkcode mmd2}. */
export interface Mmd2Options {
  /** Width σ of the Gaussian kernel: a number, or the median heuristic (see {@linkcode medianDistance}). */
  readonly sigma: number | "median";
  /** Leave the diagonals of k(x, x) and k(y, y) out. Default false: the biased estimate. */
  readonly unbiased?: boolean;
  /** Only the cross term, −E k(x, y): the paper's Eq. 3 with its sign corrected. Default false. */
  readonly crossOnly?: boolean;
  /** T tasks of as many rows one after another. @default {1} */
  readonly tasks?: number;
}

/** Squared distances of a task's pairs, `[T·n, F]` and `[T·m, F]` → `[T, n, m]`, from differences: no cancellation. */
function squaredDistances(x: Value, y: Value, tasks: number): Value {
  const f = x.tensor.shape[1]!;
  const [n, m] = [x, y].map((rows) => rows.tensor.shape[0]! / tasks) as [number, number];
  const difference = sub(reshape(x, [tasks, n, 1, f]), reshape(y, [tasks, 1, m, f])); // [T, n, m, F]
  return reshape(sumTo(mul(difference, difference), [tasks, n, m, 1]), [tasks, n, m]);
}

/**
 * The median distance between all pairs of rows of x and y, at least 1e-3: the usual width of a Gaussian kernel. No
 * gradient flows through it, and nothing is read back from the device.
 *
 * @param x `[n, F]`, of T tasks `[T·n, F]`.
 * @param y `[m, F]`, of T tasks `[T·m, F]`.
 * @param tasks T; default 1.
 * @returns A scalar tensor; of several tasks `[T]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { medianDistance } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(medianDistance(tf.tensor2d([[0], [3]]), tf.tensor2d([[4]])).dataSync()[0], 3);
 * ```
 *
 * Source: Gretton et al., A Kernel Two-Sample Test, JMLR 13 (2012), section 8.
 */
export function medianDistance(x: tf.Tensor2D, y: tf.Tensor2D, tasks = 1): tf.Tensor {
  return tf.tidy(() => {
    const f = x.shape[1];
    const rows = (features: tf.Tensor2D) => tf.reshape(features, [tasks, features.shape[0] / tasks, f]);
    const all = tf.concat([rows(x), rows(y)], 1); // [T, p, F]
    const p = all.shape[1]!;
    const difference = tf.sub(tf.reshape(all, [tasks, p, 1, f]), tf.reshape(all, [tasks, 1, p, f]));
    const squared = tf.reshape(tf.sum(tf.square(difference), 3), [tasks, p * p]);
    // The p zeros of the diagonal come first in order, then each distance twice: the lower median of the
    // p(p−1)/2 pairs is the element at index p + 2⌈pairs/2⌉ − 2 from the bottom.
    const pairs = p * (p - 1) / 2;
    const fromBottom = p + 2 * Math.ceil(pairs / 2) - 2;
    const largest = tf.topk(squared, p * p - fromBottom).values;
    const median = tf.sqrt(tf.slice(largest, [0, p * p - fromBottom - 1], [tasks, 1]));
    return tf.reshape(tf.maximum(median, 1e-3), tasks === 1 ? [] : [tasks]);
  });
}

/**
 * Squared maximum mean discrepancy with k(x, y) = exp(−‖x − y‖² / 2σ²):
 * E k(x, x′) + E k(y, y′) − 2 E k(x, y).
 *
 * @param x `[n, F]` features of the micro clips, of T tasks `[T·n, F]`.
 * @param y `[m, F]` features of the macro clips, of T tasks `[T·m, F]`.
 * @param options Width and estimate.
 * @returns A scalar; of several tasks one a task, `[T]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { mmd2 } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const x = constant(tf.tensor2d([[1], [2]]));
 * assertEquals(mmd2(x, x, { sigma: 1 }).tensor.dataSync()[0], 0);
 * ```
 *
 * Source: paper 4.1, Eq. 3, read as the full MMD² it names; Gretton et al. 2012.
 */
export function mmd2(x: Value, y: Value, options: Mmd2Options): Value {
  const { sigma, unbiased = false, crossOnly = false, tasks = 1 } = options;
  const n = x.tensor.shape[0]! / tasks;
  const m = y.tensor.shape[0]! / tasks;
  const slope = sigma === "median"
    ? constant(tf.tidy(() => {
      const width = medianDistance(x.tensor as tf.Tensor2D, y.tensor as tf.Tensor2D, tasks);
      return tf.reshape(tf.div(-0.5, tf.square(width)), [tasks, 1, 1]);
    }))
    : null;
  const kernel = (a: Value, b: Value) => {
    const squared = squaredDistances(a, b, tasks);
    return exp(slope === null ? scale(squared, -0.5 / ((sigma as number) ** 2)) : mul(squared, slope));
  };
  const cross = scale(sumByTask(kernel(x, y), tasks), (crossOnly ? -1 : -2) / (n * m));
  if (crossOnly) return cross;
  // Diagonal elements are exp(0) = 1 whatever x is, so leaving them out is a constant.
  const within = (a: Value, count: number) => {
    const sum = sumByTask(kernel(a, a), tasks);
    if (!unbiased) return scale(sum, 1 / (count * count));
    return scale(sub(sum, constant(tf.scalar(count))), 1 / (count * (count - 1)));
  };
  return add(add(within(x, n), within(y, m)), cross);
}
