/**
 * Thrown when a store holds no such model, alias, subject or run.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { NotFoundError } from "./mod.ts";
 * assert(new NotFoundError("Cannot load a model") instanceof Error);
 * ```
 */
export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
}
