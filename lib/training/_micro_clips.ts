import type { ClipSet } from "../data/mod.ts";

/** Indices of the micro clips of some subjects, ascending. */
export function microClips(set: Pick<ClipSet, "kinds" | "subjects">, subjects: Iterable<number>): number[] {
  const allowed = new Set(subjects);
  return [...set.kinds.keys()].filter((i) => set.kinds[i] === "micro" && allowed.has(set.subjects[i]!));
}
