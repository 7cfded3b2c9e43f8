import type { ClipSet } from "../data/mod.ts";
import { clipsDigest } from "./_clips_digest.ts";
import { sha256OfJson } from "./_sha256_of_json.ts";

/**
 * Identifies a set of clips: two sets of one digest hold the same bytes, names, labels and subjects in the same order.
 *
 * @param set The clips.
 * @returns SHA-256, 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { ClipSet } from "../data/mod.ts";
 * import { clipSetDigest } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(1), ids: ["a"], labels: Int32Array.of(0), subjects: Int32Array.of(0),
 *   kinds: ["micro"], classes: ["happy"], subjectNames: ["db/1"],
 * };
 * assertEquals((await clipSetDigest(set)).length, 64);
 * ```
 */
export async function clipSetDigest(set: ClipSet): Promise<string> {
  const { ids, kinds, classes, subjectNames, recipe } = set;
  return await sha256OfJson({
    recipe,
    ids,
    kinds,
    classes,
    subjectNames,
    labels: [...set.labels],
    subjects: [...set.subjects],
    clips: clipsDigest(set),
  });
}
