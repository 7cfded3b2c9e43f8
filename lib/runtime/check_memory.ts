import { getBackend } from "@tensorflow/tfjs-core";
import { MemoryLimitError } from "./memory_limit_error.ts";

/**
 * What is let into the WASM backend's heap. It ends at 4 GiB less 64 KiB; past that the module aborts and the process
 * computes nothing any more, so a margin is kept for fragmentation and for what an estimate does not know.
 */
const WASM_BYTES = 4.1e9;

/**
 * Refuses work that would not fit into the memory of the current backend. WASM has a limit of its own; on the others
 * the machine decides.
 *
 * @param bytes Estimated peak.
 * @param work What cannot be done and how large it is, for instance `train: a step on 90 clips`.
 * @param reduce What to make smaller.
 * @throws {MemoryLimitError} When it would not fit.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkMemory, chooseBackend, MemoryLimitError } from "./mod.ts";
 * await chooseBackend("wasm");
 * assertThrows(() => checkMemory(5e9, "train: 90 clips", "size"), MemoryLimitError, "needs about 5.0 GB");
 * ```
 */
export function checkMemory(bytes: number, work: string, reduce: string): void {
  if (getBackend() !== "wasm" || bytes <= WASM_BYTES) return;
  const gigabytes = (count: number) => (count / 1e9).toFixed(1);
  throw new MemoryLimitError(
    `Cannot ${work} needs about ${gigabytes(bytes)} GB, WASM has ${gigabytes(WASM_BYTES)}; reduce ${reduce}`,
  );
}
