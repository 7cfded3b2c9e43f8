/**
 * The user gave a wrong flag, setting or value: answered with one line on stderr and exit code 2.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { UsageError } from "./mod.ts";
 * assertEquals(new UsageError("Cannot use --steps").name, "UsageError");
 * ```
 */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}
