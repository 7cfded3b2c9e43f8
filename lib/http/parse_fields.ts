import type { z } from "zod";
import { ProblemError } from "./problem_error.ts";

/** A hostile body may be wrong in millions of places; nobody reads more than a few. */
const MAX_ERRORS = 20;

/**
 * Checks a value against a schema.
 *
 * @param schema The schema.
 * @param value What came from outside.
 * @returns The parsed value.
 * @throws {ProblemError} 422 naming each wrong field in `errors`, at most 20.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import * as z from "zod";
 * import { parseFields, ProblemError } from "./mod.ts";
 * assertThrows(() => parseFields(z.strictObject({ a: z.int() }), { a: "x" }), ProblemError, "a: ");
 * ```
 */
export function parseFields<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, MAX_ERRORS).flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.slice(0, MAX_ERRORS).map((key) => ({
        field: [...path, key.slice(0, 100)].join("."),
        message: "unknown field",
      }));
    }
    return [{ field: path.join(".") || "body", message: issue.message }];
  });
  throw new ProblemError(422, `Cannot accept the request: ${errors[0]!.field}: ${errors[0]!.message}`, errors);
}
