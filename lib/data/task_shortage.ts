import { checkSubjects, clipsByClass, databaseOf } from "./_clips_by_class.ts";
import type { ClipSet } from "./clip_set.ts";

/** How many subjects have too few classes for a task of their own. */
export interface TaskShortage {
  /** Subjects with micro clips. */
  readonly subjects: number;
  /** Of these, whose tasks are filled with clips of other subjects of their database. */
  readonly filled: number;
  /** Of these, who can be no task's subject, not even so. */
  readonly without: number;
}

/**
 * Counts the subjects whose tasks `sampleEpisode` fills from their database (`scope: "within"`): those with two or more
 * micro clips of fewer than N classes, of fewer than two for `ways: null`.
 *
 * @param set The clips.
 * @param subjects Subjects that may appear, indices.
 * @param ways N; null: every class that a subject offers.
 * @returns The counts.
 * @throws {RangeError} When a subject is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, taskShortage } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(5), ids: [..."abcde"], labels: Int32Array.of(0, 0, 1, 1, 0),
 *   subjects: Int32Array.of(0, 0, 0, 0, 1), kinds: new Array(5).fill("micro"),
 *   classes: ["happy", "sad"], subjectNames: ["db/1", "db/2"],
 * };
 * assertEquals(taskShortage(set, [0, 1], null), { subjects: 2, filled: 1, without: 0 });
 * ```
 */
export function taskShortage(set: ClipSet, subjects: Iterable<number>, ways: number | null): TaskShortage {
  const allowed = checkSubjects(set, subjects, "count subjects with too few classes");
  const clips = clipsByClass(set, "micro", (subject) => allowed.includes(subject));
  const people = allowed.filter((subject) => clips.some((some) => some.some((i) => set.subjects[i] === subject)));
  let filled = 0;
  let without = 0;
  for (const subject of people) {
    const near = people.filter((other) => databaseOf(set, other) === databaseOf(set, subject));
    const counts = clips.map((some) => ({
      own: some.filter((i) => set.subjects[i] === subject).length,
      all: some.filter((i) => near.includes(set.subjects[i]!)).length,
    }));
    const offered = counts.filter(({ own }) => own >= 2).length;
    const fillable = counts.filter(({ own, all }) => own < 2 && all >= 2).length;
    if (offered >= (ways ?? 2)) continue;
    if (offered + fillable < 2) without++;
    else if (fillable > 0) filled++;
  }
  return { subjects: people.length, filled, without };
}
