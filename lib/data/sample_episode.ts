import type { Random } from "../random/mod.ts";
import { checkCount, checkSubjects, clipsByClass, databaseOf } from "./_clips_by_class.ts";
import { crossSubjectEpisode } from "./_cross_subject_episode.ts";
import { pickMacros } from "./_pick_macros.ts";
import type { ClipSet, Episode } from "./clip_set.ts";

/** Options of {@linkcode sampleEpisode}. */
export interface SampleEpisodeOptions {
  /** N, classes of a task, 2 or more; null: every class that the subject offers. @default {null} */
  readonly ways?: number | null;
  /** K, support clips a class. */
  readonly shots: number;
  /** Q, query clips a class. */
  readonly queries: number;
  /** Macro clips a class. @default {0} */
  readonly macros?: number;
  /** Subjects whose macro clips serve where the task's own subject has none. @default {the subjects of the task} */
  readonly macroSubjects?: Iterable<number>;
  /**
   * Whose clips a task holds: one subject's, those of all subjects mixed, or support and query from different
   * subjects. @default {"within"}
   */
  readonly scope?: "within" | "mixed" | "across";
}

/**
 * Draws one training task: a subject, its classes, and disjoint support and query sets.
 *
 * The subject is uniform among those of `subjects` that have micro clips. It offers the classes of which it has two or
 * more micro clips; a task takes N of them (all for `ways: null`). Where it offers fewer than N (than two for null),
 * classes are added, first those of which it has one clip, and filled with micro clips of the same database's other
 * subjects; still fewer than N is accepted, fewer than two means another subject. Of n clips of a class,
 * min(K, n − 1) go to the support set and min(Q, n − K) of the rest to the query set, so that every class has both.
 *
 * `scope: "mixed"` takes N of the classes that have two clips or more among all `subjects`, and support and query from
 * any of them; `"across"` divides the subjects at random into two halves, one for the support set and one for the query
 * set. The task's `subject` is then that of its first query clip.
 *
 * Macro clips are of the task's classes, the subject's own where it has any, else those of other `macroSubjects`.
 *
 * @param set The clips.
 * @param subjects Subjects that may appear, indices; their order does not matter.
 * @param options N, K, Q and macro clips.
 * @param random The stream to draw from.
 * @returns Clip indices, support and query grouped by class in ascending order.
 * @throws {RangeError} When a count or subject is out of range, or no subject's database has two classes with two clips.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createRandom } from "../random/mod.ts";
 * import { type ClipSet, sampleEpisode } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(4),
 *   ids: ["c1", "c2", "c3", "c4"],
 *   labels: Int32Array.of(0, 0, 1, 1),
 *   subjects: new Int32Array(4),
 *   kinds: ["micro", "micro", "micro", "micro"],
 *   classes: ["happy", "sad"],
 *   subjectNames: ["db/s1"],
 * };
 * const task = sampleEpisode(set, [0], { shots: 5, queries: 5 }, createRandom(0, "example"));
 * assertEquals([task.ways, task.support.length, task.query.length], [[0, 1], 2, 2]);
 * ```
 */
export function sampleEpisode(
  set: ClipSet,
  subjects: Iterable<number>,
  options: SampleEpisodeOptions,
  random: Random,
): Episode {
  const doing = "sample an episode";
  const { ways = null, shots, queries, macros = 0, scope = "within" } = options;
  if (ways !== null) checkCount(ways, "ways", 2, doing);
  checkCount(shots, "shots", 1, doing);
  checkCount(queries, "queries", 1, doing);
  checkCount(macros, "macros", 0, doing);
  const allowed = checkSubjects(set, subjects, doing);
  const others = new Set(options.macroSubjects ? checkSubjects(set, options.macroSubjects, doing) : allowed);
  if (scope !== "within") {
    const episode = crossSubjectEpisode(set, allowed, { scope, ways, shots, queries, macros, others }, random);
    if (episode !== null) return episode;
    const needed = scope === "mixed"
      ? "two classes with two micro clips each"
      : "two classes that several subjects show";
    throw new RangeError(`Cannot ${doing}: expected ${needed}, got fewer among ${allowed.length} subjects`);
  }
  const withMicro = new Set(set.subjects.filter((_, i) => set.kinds[i] === "micro"));
  for (const subject of random.shuffle(allowed.filter((subject) => withMicro.has(subject)))) {
    const pools = drawClasses(set, { subject, allowed: new Set(allowed), ways }, random);
    if (pools.length < 2) continue;
    const support: number[] = [];
    const query: number[] = [];
    for (const { own, others } of pools) {
      // Own clips first, filled up from others; shuffled again, so that neither half is the subject's alone.
      const clips = random.shuffle([...random.shuffle(own), ...random.shuffle(others)].slice(0, shots + queries));
      const k = Math.min(shots, clips.length - 1);
      support.push(...clips.slice(0, k));
      query.push(...clips.slice(k, k + queries));
    }
    const classes = pools.map((pool) => pool.label);
    const macro = pickMacros(set, classes, { subject, others, count: macros }, random);
    return { ways: classes, subject, support, query, macro };
  }
  throw new RangeError(
    `Cannot ${doing}: expected a subject whose database has two classes with two micro clips each, ` +
      `got none among ${allowed.length} subjects`,
  );
}

/** A class of a task: the subject's own clips, and those to fill up from. */
interface Pool {
  readonly label: number;
  readonly own: readonly number[];
  readonly others: readonly number[];
}

/** The task's classes, ascending, each with two clips or more. */
function drawClasses(
  set: ClipSet,
  { subject, allowed, ways }: {
    readonly subject: number;
    readonly allowed: ReadonlySet<number>;
    readonly ways: number | null;
  },
  random: Random,
): Pool[] {
  const own = clipsByClass(set, "micro", (other) => other === subject);
  const database = databaseOf(set, subject);
  const others = clipsByClass(
    set,
    "micro",
    (other) => other !== subject && allowed.has(other) && databaseOf(set, other) === database,
  );
  const all = set.classes.map((_, label): Pool => ({ label, own: own[label]!, others: others[label]! }));
  const offered = all.filter((pool) => pool.own.length >= 2).map((pool): Pool => ({ ...pool, others: [] }));
  const wanted = ways ?? Math.max(2, offered.length);
  const chosen = offered.length > wanted ? random.shuffle(offered).slice(0, wanted) : offered;
  if (chosen.length < wanted) {
    const fillable = all.filter((pool) => pool.own.length < 2 && pool.own.length + pool.others.length >= 2);
    const ordered = [1, 0].flatMap((count) => random.shuffle(fillable.filter((pool) => pool.own.length === count)));
    chosen.push(...ordered.slice(0, wanted - chosen.length));
  }
  return chosen.sort((a, b) => a.label - b.label);
}
