import * as tf from "@tensorflow/tfjs-core";
import { mul } from "./mul.ts";
import { scale } from "./scale.ts";
import { record, type Value } from "./value.ts";

/**
 * 1/√x. Elementwise; its gradient is written with the output itself, as a node of the graph.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertAlmostEquals } from "@std/assert";
 * import { constant, rsqrt } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertAlmostEquals(rsqrt(constant(tf.scalar(4))).tensor.dataSync()[0]!, 0.5, 1e-6);
 * ```
 */
export function rsqrt(x: Value): Value {
  return record(tf.rsqrt(x.tensor), [x], (dy, _inputs, y) => [() => scale(mul(dy, mul(y, mul(y, y))), -0.5)]);
}
