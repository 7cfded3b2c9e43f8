import { boundsOf, type Interval, tooFew } from "../../lib/eval/mod.ts";

const points = (share: number) => (100 * share).toFixed(1);

/**
 * A gain in points with its interval, or with the reason why there is none.
 *
 * @param gain After minus before, shares.
 * @param people What was resampled.
 * @returns Words for a terminal.
 */
export function gainText(gain: Interval, people: "subjects" | "tasks"): string {
  const bounds = boundsOf(gain);
  const why = tooFew(people);
  return `${points(gain.estimate)} points${
    bounds === null
      ? ` (${why[0]!.toLowerCase()}${why.slice(1, -1)})`
      : `, 95 % interval ${points(bounds[0])} to ${points(bounds[1])}`
  }`;
}
