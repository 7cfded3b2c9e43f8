import type { Interval } from "./metrics.ts";

/**
 * The bounds of an interval, or null where there are too few subjects for any, or no number at all.
 *
 * @param interval The interval.
 * @returns Low and high.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { boundsOf } from "./mod.ts";
 * assertEquals(boundsOf({ low: 0.1, high: 0.3 }), [0.1, 0.3]);
 * assertEquals(boundsOf({ low: null, high: null }), null);
 * ```
 */
export function boundsOf({ low, high }: Pick<Interval, "low" | "high">): readonly [number, number] | null {
  return low === null || high === null || Number.isNaN(low + high) ? null : [low, high];
}
