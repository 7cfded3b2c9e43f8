/**
 * Thrown when someone else changed what a caller meant to change.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { appendManifest, ConflictError, memoryStore } from "./mod.ts";
 * const store = memoryStore();
 * await appendManifest(store, "p", {}, { expected: 0 });
 * await assertRejects(() => appendManifest(store, "p", {}, { expected: 0 }), ConflictError);
 * ```
 */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}
