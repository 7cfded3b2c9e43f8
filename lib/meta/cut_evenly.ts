/**
 * Cuts a list into as few parts as a greatest length allows, all of one length but for a shorter last one; that length is the
 * smallest with which so few are enough.
 *
 * @param list Any list.
 * @param most The greatest length, at least 1; may be Infinity.
 * @returns The parts, in order; none of an empty list.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cutEvenly } from "./mod.ts";
 * assertEquals(cutEvenly(["a", "b", "c", "d"], 3), [["a", "b"], ["c", "d"]]);
 * ```
 */
export function cutEvenly<T>(list: readonly T[], most: number): T[][] {
  if (list.length === 0) return [];
  const parts = Math.ceil(list.length / Math.min(most, list.length));
  const length = Math.ceil(list.length / parts);
  return Array.from({ length: parts }, (_, i) => list.slice(i * length, (i + 1) * length));
}
