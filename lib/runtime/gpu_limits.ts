import * as tf from "@tensorflow/tfjs-core";

/** What WebGPU may hold. Bytes. */
export interface GpuLimits {
  /** One buffer. */
  readonly buffer: number;
  /** All together. */
  readonly memory: number;
}

/** WebGPU does not tell how much memory there is; as much as WASM is trusted with is what adapters of today have. */
const MEMORY = 4e9;

/**
 * The limits of the device, when WebGPU is the current backend.
 *
 * @returns The limits, or null on other backends.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend, gpuLimits } from "./mod.ts";
 * await chooseBackend("cpu");
 * assertEquals(gpuLimits(), null);
 * ```
 */
export function gpuLimits(): GpuLimits | null {
  if (tf.getBackend() !== "webgpu") return null;
  const { device } = tf.engine().backend as unknown as { readonly device: GPUDevice };
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return { buffer: Math.min(maxStorageBufferBindingSize, maxBufferSize), memory: MEMORY };
}
