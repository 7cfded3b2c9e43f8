import { ProblemError } from "./problem_error.ts";

/**
 * Checks a name that a path or body gave and that becomes part of a store key.
 *
 * @param field What the client calls it.
 * @param name The value, percent-decoded.
 * @returns The name: 1 to 128 of `A-Z a-z 0-9 . _ -`, neither `.` nor `..`.
 * @throws {ProblemError} 422 naming the field.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkedName, ProblemError } from "./mod.ts";
 * assertThrows(() => checkedName("subject", "../x"), ProblemError, "subject");
 * ```
 */
export function checkedName(field: string, name: string): string {
  if (/^[A-Za-z0-9._-]{1,128}$/.test(name) && name !== "." && name !== "..") return name;
  const message = 'expected 1 to 128 of A-Z a-z 0-9 . _ -, neither "." nor ".."';
  throw new ProblemError(422, `Cannot accept the request: ${field}: ${message}`, [{ field, message }]);
}
