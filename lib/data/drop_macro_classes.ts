import { pickClips } from "./_pick_clips.ts";
import type { ClipSet } from "./clip_set.ts";

/**
 * Leaves out the classes that macro clips alone show, with these clips: nothing is trained or asked for there, and UF1 and
 * UAR would count each as a failure.
 *
 * @param set The clips.
 * @returns The set itself where every class has a micro clip, or none has.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, dropMacroClasses } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: Uint8Array.of(7, 8), ids: ["a", "b"], labels: Int32Array.of(1, 0), subjects: Int32Array.of(0, 0),
 *   kinds: ["micro", "macro"], classes: ["contempt", "happy"], subjectNames: ["db/s1"],
 * };
 * const { ids, labels, classes } = dropMacroClasses(set);
 * assertEquals([ids, [...labels], classes], [["a"], [0], ["happy"]]);
 * ```
 */
export function dropMacroClasses(set: ClipSet): ClipSet {
  const shown = new Set(set.labels.filter((_, i) => set.kinds[i] === "micro"));
  if (shown.size === 0 || shown.size === set.classes.length) return set;
  const kept = [...set.labels.keys()].filter((i) => shown.has(set.labels[i]!));
  const classes = set.classes.filter((_, label) => shown.has(label));
  return {
    ...set,
    clips: pickClips(kept.map((index) => ({ from: set, index }))),
    ids: kept.map((i) => set.ids[i]!),
    labels: Int32Array.from(kept, (i) => classes.indexOf(set.classes[set.labels[i]!]!)),
    subjects: Int32Array.from(kept, (i) => set.subjects[i]!),
    kinds: kept.map((i) => set.kinds[i]!),
    classes,
  };
}
