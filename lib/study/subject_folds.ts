import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { createRandom } from "../random/mod.ts";

/**
 * Divides a set's subjects into folds: each subject with micro clips is held out exactly once.
 *
 * Subjects are dealt to the folds database by database, largest first after a shuffle: folds hold as many subjects of
 * each database, and in all, but for one, and about as many clips. Subjects with macro clips only stay in training. `folds: "each"` is leave-one-subject-out.
 *
 * @param set The clips.
 * @param folds Number of folds, or one a subject.
 * @param seed Root of the shuffle; leave-one-subject-out does not use it.
 * @returns One split a fold.
 * @throws {RangeError} When there are fewer than two subjects with micro clips, or fewer than folds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { ClipSet } from "../data/mod.ts";
 * import { subjectFolds } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(2), ids: ["a", "b"], labels: Int32Array.of(0, 0), subjects: Int32Array.of(0, 1),
 *   kinds: ["micro", "micro"], classes: ["happy"], subjectNames: ["db/1", "db/2"],
 * };
 * assertEquals(subjectFolds(set, "each", 0), [{ train: [1], heldout: [0] }, { train: [0], heldout: [1] }]);
 * ```
 */
export function subjectFolds(set: ClipSet, folds: number | "each", seed: number): SubjectSplit[] {
  const counts = new Map<number, number>();
  set.subjects.forEach((subject, i) => {
    if (set.kinds[i] === "micro") counts.set(subject, (counts.get(subject) ?? 0) + 1);
  });
  const people = [...counts.keys()].sort((a, b) => a - b);
  if (people.length < 2) {
    throw new RangeError(
      `Cannot hold out subjects: expected two or more with micro clips, got ${people.length}; add subjects, or evaluate a model that was ` +
        "trained on others (--protocol holdout)",
    );
  }
  if (folds !== "each" && (!Number.isInteger(folds) || folds < 2 || folds > people.length)) {
    throw new RangeError(
      `Cannot hold out subjects: expected ${
        people.length === 2 ? "2" : `2 to ${people.length}`
      } folds, one a subject at ` +
        `most, got ${folds}; use --folds ${people.length}`,
    );
  }
  const groups = folds === "each" ? people.map((subject) => [subject]) : deal(set, counts, folds, seed);
  return groups.map((group) => {
    const heldout = [...group].sort((a, b) => a - b);
    const gone = new Set(heldout);
    return { train: [...set.subjectNames.keys()].filter((subject) => !gone.has(subject)), heldout };
  });
}

/** Deals subjects to folds in turn, database by database, those with most clips first. */
function deal(set: ClipSet, counts: ReadonlyMap<number, number>, folds: number, seed: number): number[][] {
  const databases = Map.groupBy(counts.keys(), (subject) => set.subjectNames[subject]!.split("/")[0]!);
  const groups = Array.from({ length: folds }, () => ({ subjects: [] as number[], clips: 0 }));
  for (const name of [...databases.keys()].sort()) {
    // By name first, so that the order of subjects in the set does not matter.
    const named = databases.get(name)!.sort((a, b) => (set.subjectNames[a]! < set.subjectNames[b]! ? -1 : 1));
    const order = createRandom(seed, "folds", name).shuffle(named).sort((a, b) => counts.get(b)! - counts.get(a)!);
    const own = groups.map((group) => ({ group, subjects: 0 }));
    for (const subject of order) {
      // To the fold with fewest subjects of this database, of these of all, of these with fewest clips: none stays empty.
      const [least] = own.toSorted((a, b) =>
        a.subjects - b.subjects || a.group.subjects.length - b.group.subjects.length || a.group.clips - b.group.clips
      );
      least!.subjects++;
      least!.group.subjects.push(subject);
      least!.group.clips += counts.get(subject)!;
    }
  }
  return groups.map((group) => group.subjects);
}
