import { nativeKernels } from "./kernels/mod.ts";

/**
 * Whether convolutions of so many channels run on this project's own kernels, which need less memory than tfjs's: on wasm,
 * where the engine has SIMD.
 *
 * @param channels C, of input and output.
 * @returns Whether they do on the backend that is current.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { ownKernels } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(ownKernels(16), false);
 * ```
 */
export function ownKernels(channels: number): boolean {
  return channels % 8 === 0 && nativeKernels() !== null;
}
