import type { ClipSet } from "../data/mod.ts";

/** Labels of clips: the set's, or their places in a task with shuffled labels. */
export function labelsOf(
  set: ClipSet,
  indices: readonly number[],
  labelOrder: readonly number[] | null = null,
): number[] {
  return indices.map((index) => labelOrder === null ? set.labels[index]! : labelOrder[set.labels[index]!]!);
}
