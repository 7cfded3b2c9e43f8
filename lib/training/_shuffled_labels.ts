import type { ClipSet, Episode } from "../data/mod.ts";
import type { Random } from "../random/mod.ts";

/** The place, 0 to N − 1, of each of the set's classes in a task whose classes stand in random order; −1: not in it. */
export function shuffledLabels(set: ClipSet, { ways }: Episode, random: Random): number[] {
  const order = random.shuffle(ways);
  return set.classes.map((_, label) => order.indexOf(label));
}
