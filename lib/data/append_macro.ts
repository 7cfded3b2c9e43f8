import { pickClips, type PickedClip } from "./_pick_clips.ts";
import type { ClipSet } from "./clip_set.ts";
import { recipeDifference } from "./recipe_difference.ts";

/**
 * Adds the macro clips of another set, for the auxiliary loss: CK+ beside a micro-expression database, say.
 *
 * Only macro clips of classes that the set has are taken; macro clips the set has of its own are set aside.
 *
 * @param set The set whose micro clips are used.
 * @param macro Where the macro clips come from; the same recipe.
 * @returns A new set: all micro clips of `set`, then the macro clips of `macro`.
 * @throws {RangeError} When the recipes differ, or no macro clip of a known class is there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { appendMacro, type ClipSet } from "./mod.ts";
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * const one = (kind: "micro" | "macro", subject: string): ClipSet => ({
 *   recipe, clips: Uint8Array.of(9), ids: [subject], labels: Int32Array.of(0), subjects: Int32Array.of(0),
 *   kinds: [kind], classes: ["happiness"], subjectNames: [subject],
 * });
 * const both = appendMacro(one("micro", "a/1"), one("macro", "b/1"));
 * assertEquals([both.kinds, both.subjectNames], [["micro", "macro"], ["a/1", "b/1"]]);
 * ```
 */
export function appendMacro(set: ClipSet, macro: ClipSet): ClipSet {
  const other = recipeDifference(set.recipe, macro.recipe);
  if (other !== null) {
    throw new RangeError(`Cannot add macro clips: expected ${other.field} ${other.a}, got ${other.b}`);
  }
  const picked: PickedClip[] = [];
  for (const from of [set, macro]) {
    from.kinds.forEach((kind, index) => {
      const known = from === set || set.classes.includes(from.classes[from.labels[index]!]!);
      if (kind === (from === set ? "micro" : "macro") && known) picked.push({ from, index });
    });
  }
  if (!picked.some(({ from }) => from === macro)) {
    throw new RangeError(`Cannot add macro clips: expected some of classes ${set.classes.join(", ")}, got none`);
  }
  const subjectNames = [...new Set(picked.map(({ from, index }) => from.subjectNames[from.subjects[index]!]!))];
  return {
    recipe: set.recipe,
    clips: pickClips(picked),
    ids: picked.map(({ from, index }) => from.ids[index]!),
    labels: Int32Array.from(picked, ({ from, index }) => set.classes.indexOf(from.classes[from.labels[index]!]!)),
    subjects: Int32Array.from(
      picked,
      ({ from, index }) => subjectNames.indexOf(from.subjectNames[from.subjects[index]!]!),
    ),
    kinds: picked.map(({ from, index }) => from.kinds[index]!),
    classes: set.classes,
    subjectNames,
  };
}
