import { createRandom } from "../random/mod.ts";
import { databaseOf } from "./_clips_by_class.ts";
import type { ClipSet } from "./clip_set.ts";

/** Subjects on either side of a split: indices into `subjectNames`, ascending; no subject is on both. */
export interface SubjectSplit {
  readonly train: readonly number[];
  readonly heldout: readonly number[];
}

/** Options of {@linkcode splitSubjects}. */
export interface SplitSubjectsOptions {
  /** The subjects that are divided. @default {all} */
  readonly among?: readonly number[];
  /** Name of the random stream, so that one split says nothing of another. @default {"split"} */
  readonly stream?: string;
}

/** How many of each database: shares of `total` in proportion to the sizes, by largest remainder. */
function apportion(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => total * size / all);
  const counts = exact.map(Math.floor);
  const byRemainder = exact.map((_, i) => i).sort((a, b) => (exact[b]! % 1) - (exact[a]! % 1) || a - b);
  let left = total - counts.reduce((a, b) => a + b, 0);
  for (const i of byRemainder) if (left-- > 0) counts[i]!++;
  return counts;
}

/**
 * Splits a set by subject into training and held-out subjects.
 *
 * A fraction is taken of the subjects that have micro clips, rounded, at least one and never all; each database gives
 * its share (largest remainder), drawn at random. Subjects with macro clips only cannot be evaluated and stay in
 * training. A list names the held-out subjects as `database/subject`.
 *
 * @param set The clips.
 * @param holdout A fraction in (0, 1), or names.
 * @param seed Root of the random stream; not used for names.
 * @param options Whom to divide, and the stream's name.
 * @returns Subject indices.
 * @throws {RangeError} When the fraction is out of range, a name is unknown, or either side would be empty.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, splitSubjects } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(2),
 *   ids: ["c1", "c2"],
 *   labels: Int32Array.of(0, 0),
 *   subjects: Int32Array.of(0, 1),
 *   kinds: ["micro", "micro"],
 *   classes: ["happy"],
 *   subjectNames: ["db/s1", "db/s2"],
 * };
 * assertEquals(splitSubjects(set, ["db/s2"], 0), { train: [0], heldout: [1] });
 * ```
 */
export function splitSubjects(
  set: ClipSet,
  holdout: number | readonly string[],
  seed: number,
  options: SplitSubjectsOptions = {},
): SubjectSplit {
  const { among = [...set.subjectNames.keys()], stream = "split" } = options;
  const heldout = typeof holdout === "number" ? draw(set, holdout, among, { seed, stream }) : byName(set, holdout);
  const train = among.filter((subject) => !heldout.has(subject)).sort((a, b) => a - b);
  if (heldout.size === 0 || train.length === 0) {
    throw new RangeError(
      `Cannot split subjects: expected some on either side, got ${train.length} training and ${heldout.size} held out` +
        (train.length === 0 ? "; hold fewer out" : ""),
    );
  }
  return { train, heldout: [...heldout].sort((a, b) => a - b) };
}

function byName(set: ClipSet, names: readonly string[]): Set<number> {
  return new Set(names.map((name) => {
    const subject = set.subjectNames.indexOf(name);
    if (subject < 0) {
      const { length } = set.subjectNames;
      throw new RangeError(
        `Cannot split subjects: expected a database/subject of the set, got "${name}"; there ${
          length === 1 ? "is" : "are"
        } ${set.subjectNames.slice(0, 3).join(", ")}${length > 3 ? ` and ${length - 3} more` : ""}`,
      );
    }
    return subject;
  }));
}

function draw(
  set: ClipSet,
  fraction: number,
  among: readonly number[],
  { seed, stream }: { readonly seed: number; readonly stream: string },
): Set<number> {
  if (!(fraction > 0 && fraction < 1)) {
    throw new RangeError(`Cannot split subjects: expected a fraction between 0 and 1, got ${fraction}`);
  }
  const allowed = new Set(among);
  const micro = new Set(set.subjects.filter((subject, i) => set.kinds[i] === "micro" && allowed.has(subject)));
  const databases = new Map<string, number[]>();
  // Sorted, so that the order of names in the set does not matter.
  for (const subject of [...micro].sort((a, b) => (set.subjectNames[a]! < set.subjectNames[b]! ? -1 : 1))) {
    const database = databaseOf(set, subject);
    databases.set(database, [...databases.get(database) ?? [], subject]);
  }
  if (micro.size < 2) {
    throw new RangeError(
      `Cannot split subjects: expected two or more with micro clips, got ${micro.size}; add subjects`,
    );
  }
  const total = Math.min(micro.size - 1, Math.max(1, Math.round(fraction * micro.size)));
  const groups = [...databases];
  const counts = apportion(groups.map(([, subjects]) => subjects.length), total);
  return new Set(
    groups.flatMap(([name, subjects], i) => createRandom(seed, stream, name).shuffle(subjects).slice(0, counts[i])),
  );
}
