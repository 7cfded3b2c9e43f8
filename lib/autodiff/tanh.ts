import * as tf from "@tensorflow/tfjs-core";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { record, type Value } from "./value.ts";

/**
 * The hyperbolic tangent. Elementwise; its gradient is written with the output itself, as a node of the graph.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertAlmostEquals } from "@std/assert";
 * import { constant, tanh } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertAlmostEquals(tanh(constant(tf.scalar(0))).tensor.dataSync()[0]!, 0, 1e-6);
 * ```
 */
export function tanh(x: Value): Value {
  return record(tf.tanh(x.tensor), [x], (dy, _inputs, y) => [() => sub(dy, mul(dy, mul(y, y)))]);
}
