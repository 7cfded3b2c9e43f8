import { memory } from "@tensorflow/tfjs-core";

/**
 * Counts the tensors alive on the engine: flat across a call that leaks nothing.
 *
 * @returns The number of tensors.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { scalar } from "@tensorflow/tfjs-core";
 * import { chooseBackend, countTensors } from "./mod.ts";
 * await chooseBackend("cpu");
 * const before = countTensors();
 * scalar(1).dispose();
 * assertEquals(countTensors(), before);
 * ```
 */
export function countTensors(): number {
  return memory().numTensors;
}
