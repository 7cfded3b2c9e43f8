import { sliceKernel } from "./kernels/mod.ts";
import { pad } from "./pad.ts";
import { record, type Value } from "./value.ts";

/**
 * A block of a value: the adjoint of {@linkcode pad}.
 *
 * @param x Rank 1 to 4 (the WebGPU backend pads no higher rank correctly).
 * @param begin First index on each axis.
 * @param size Extent on each axis.
 * @returns The block, of shape `size`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, slice } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...slice(constant(tf.tensor1d([1, 2, 3])), [1], [2]).tensor.dataSync()], [2, 3]);
 * ```
 */
export function slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
  return record(sliceKernel(x.tensor, begin, size), [x], (dy, [input]) => [
    () => pad(dy, begin.map((at, axis): [number, number] => [at, input!.tensor.shape[axis]! - at - size[axis]!])),
  ]);
}
