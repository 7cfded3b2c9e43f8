import * as tf from "@tensorflow/tfjs-core";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { record, type Value } from "./value.ts";

/**
 * The logistic function 1/(1 + e⁻ˣ). Elementwise; its gradient is written with the output itself, as a node of the graph.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertAlmostEquals } from "@std/assert";
 * import { constant, sigmoid } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertAlmostEquals(sigmoid(constant(tf.scalar(0))).tensor.dataSync()[0]!, 0.5, 1e-6);
 * ```
 */
export function sigmoid(x: Value): Value {
  return record(tf.sigmoid(x.tensor), [x], (dy, _inputs, y) => [() => mul(dy, sub(y, mul(y, y)))]);
}
