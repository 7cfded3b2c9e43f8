/**
 * Whether this program runs as a Worker: a bundle is one file, and starts as either.
 *
 * @returns True in a Worker.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isWorker } from "./mod.ts";
 * assertEquals(isWorker(), false);
 * ```
 */
export function isWorker(): boolean {
  return "WorkerGlobalScope" in globalThis;
}
