import { checkName } from "./_check_name.ts";

/**
 * Checks a subject's identifier: 1 to 128 of `A-Z a-z 0-9 . _ -`, neither `.` nor `..`.
 *
 * @param id What a request gave.
 * @returns The identifier, unchanged.
 * @throws {RangeError} When it is anything else.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { checkSubjectId } from "./mod.ts";
 * assertEquals(checkSubjectId("samm-006"), "samm-006");
 * assertThrows(() => checkSubjectId(".."), RangeError);
 * ```
 */
export function checkSubjectId(id: string): string {
  return checkName("subject id", id);
}
