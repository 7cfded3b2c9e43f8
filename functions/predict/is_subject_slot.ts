/**
 * Whether a cache slot is a subject's, whose weights are personal data.
 *
 * @param slot The slot's name.
 * @returns Whether {@linkcode subjectSlot} made it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isSubjectSlot, modelSlot, subjectSlot } from "./mod.ts";
 * const slots = [subjectSlot("models", "s1"), modelSlot("subjects", "main")];
 * assertEquals(slots.map(isSubjectSlot), [true, false]);
 * ```
 */
export function isSubjectSlot(slot: string): boolean {
  return slot.split("/")[1] === "subjects";
}
