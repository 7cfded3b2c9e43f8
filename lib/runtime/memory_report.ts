import { memory } from "@tensorflow/tfjs-core";

/** Memory of this process at one moment; bytes. */
export interface MemoryReport {
  /** Tensors alive. */
  readonly tensors: number;
  /** Bytes of these tensors' values, wherever the backend keeps them. */
  readonly tensorBytes: number;
  /** Resident set of the process. */
  readonly rssBytes: number;
  /** JavaScript heap in use. */
  readonly heapBytes: number;
}

/**
 * Reports tensors and process memory now.
 *
 * @returns Counts and bytes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chooseBackend, memoryReport } from "./mod.ts";
 * await chooseBackend("cpu");
 * assert(memoryReport().rssBytes > 0);
 * ```
 */
export function memoryReport(): MemoryReport {
  const { numTensors, numBytes } = memory();
  const { rss, heapUsed } = Deno.memoryUsage();
  return { tensors: numTensors, tensorBytes: numBytes, rssBytes: rss, heapBytes: heapUsed };
}
