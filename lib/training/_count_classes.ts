import type { ClipSet } from "../data/mod.ts";
import { microClips } from "./_micro_clips.ts";

/** Micro clips of each class, `[N]`, that some subjects have. */
export function countClasses(set: ClipSet, subjects: Iterable<number>): number[] {
  const counts = new Array<number>(set.classes.length).fill(0);
  for (const i of microClips(set, subjects)) counts[set.labels[i]!]!++;
  return counts;
}
