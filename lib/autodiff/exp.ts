import * as tf from "@tensorflow/tfjs-core";
import { mul } from "./mul.ts";
import { record, type Value } from "./value.ts";

/**
 * eˣ. Elementwise; its gradient is written with the output itself, as a node of the graph.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertAlmostEquals } from "@std/assert";
 * import { constant, exp } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertAlmostEquals(exp(constant(tf.scalar(0))).tensor.dataSync()[0]!, 1, 1e-6);
 * ```
 */
export function exp(x: Value): Value {
  return record(tf.exp(x.tensor), [x], (dy, _inputs, y) => [() => mul(dy, y)]);
}
