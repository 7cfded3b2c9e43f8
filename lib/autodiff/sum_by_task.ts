import { reshape } from "./reshape.ts";
import { sumTo } from "./sum_to.ts";
import type { Value } from "./value.ts";

/**
 * The sum of each task's elements.
 *
 * @param x Any shape, T tasks one after another.
 * @param tasks T.
 * @returns `[T]`; for one task a scalar.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, sumByTask } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const x = constant(tf.tensor2d([[1, 2], [3, 4]]));
 * assertEquals([...sumByTask(x, 2).tensor.dataSync()], [3, 7]);
 * ```
 */
export function sumByTask(x: Value, tasks: number): Value {
  if (tasks === 1) return sumTo(x, []);
  return reshape(sumTo(reshape(x, [tasks, x.tensor.size / tasks]), [tasks, 1]), [tasks]);
}
