import type { ClipSet } from "../data/mod.ts";
import { countClasses } from "./_count_classes.ts";
import { microClips } from "./_micro_clips.ts";

/**
 * The largest K of each subject with micro clips: two of its classes then have a query clip beside K calibration clips.
 *
 * @param set The clips.
 * @param subjects Subjects.
 * @returns One K a subject with micro clips; 0: it cannot be calibrated on two classes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { ClipSet } from "../data/mod.ts";
 * import { mostShots } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(5), ids: [..."abcde"], labels: Int32Array.of(0, 0, 1, 1, 1), subjects: new Int32Array(5),
 *   kinds: new Array(5).fill("micro"), classes: ["happy", "sad"], subjectNames: ["db/1", "db/2"],
 * };
 * assertEquals(mostShots(set, [0, 1]), [1]);
 * ```
 */
export function mostShots(set: ClipSet, subjects: readonly number[]): number[] {
  const present = new Set(microClips(set, subjects).map((clip) => set.subjects[clip]!));
  return subjects.filter((subject) => present.has(subject)).map((subject) => {
    const [, second = 0] = countClasses(set, [subject]).sort((a, b) => b - a);
    return Math.max(0, second - 1);
  });
}
