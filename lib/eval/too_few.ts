import { FEWEST_SUBJECTS } from "./fewest_subjects.ts";

/**
 * Says why no interval is printed.
 *
 * @param people What would be resampled: subjects, or tasks.
 * @returns A sentence.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tooFew } from "./mod.ts";
 * assertEquals(tooFew("subjects"), "Fewer than 5 subjects: too few subjects for an interval.");
 * ```
 */
export function tooFew(people: "subjects" | "tasks"): string {
  return `Fewer than ${FEWEST_SUBJECTS} ${people}: too few ${people} for an interval.`;
}
