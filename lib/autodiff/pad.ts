import { padKernel } from "./kernels/mod.ts";
import { slice } from "./slice.ts";
import { record, type Value } from "./value.ts";

/**
 * Zeros around a value: the adjoint of {@linkcode slice}.
 *
 * @param x Rank 1 to 4.
 * @param widths Zeros before and after, by axis.
 * @returns The padded value.
 * @throws {RangeError} For a rank above 4: the WebGPU backend would return zeros silently.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, pad } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...pad(constant(tf.tensor1d([5])), [[1, 1]]).tensor.dataSync()], [0, 5, 0]);
 * ```
 */
export function pad(x: Value, widths: readonly (readonly [number, number])[]): Value {
  if (x.tensor.rank > 4) throw new RangeError(`Cannot pad: expected rank 1 to 4, got ${x.tensor.rank}`);
  return record(padKernel(x.tensor, widths), [x], (dy, [input]) => [
    () => slice(dy, widths.map(([before]) => before), input!.tensor.shape),
  ]);
}
