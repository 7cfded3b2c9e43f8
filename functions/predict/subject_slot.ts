/**
 * Names the cache slot of a subject, so that whoever deletes the subject can drop it.
 *
 * @param tenant Whose subject.
 * @param subject Subject id.
 * @returns The slot.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { subjectSlot } from "./mod.ts";
 * assertEquals(subjectSlot("default", "s1"), "default/subjects/s1");
 * ```
 */
export function subjectSlot(tenant: string, subject: string): string {
  return `${tenant}/subjects/${subject}`;
}
