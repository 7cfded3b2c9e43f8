/**
 * Thrown before work begins that would not fit into a backend's memory. The message names what to reduce.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { MemoryLimitError } from "./mod.ts";
 * assert(new MemoryLimitError("Cannot train: …") instanceof RangeError);
 * ```
 */
export class MemoryLimitError extends RangeError {
  override name = "MemoryLimitError";
}
