import { createRandom } from "../random/mod.ts";
import { checkCount, checkSubjects, clipsByClass } from "./_clips_by_class.ts";
import { pickMacros } from "./_pick_macros.ts";
import type { ClipSet, Episode } from "./clip_set.ts";

/** Options of {@linkcode evaluationEpisodes}. */
export interface EvaluationEpisodesOptions {
  /** K, calibration clips a class; 0: no calibration. */
  readonly shots: number;
  /** Macro clips a class. @default {0} */
  readonly macros?: number;
  /** Splits of each subject. @default {1} */
  readonly repeats?: number;
  /** Training subjects, whose macro clips serve where the subject has none. @default {[]} */
  readonly trainingSubjects?: Iterable<number>;
}

/**
 * Splits each held-out subject into calibration clips and all its other micro clips as the query set.
 *
 * Of a class with n ≥ 2 clips, min(K, n − 1) calibrate; a class with one clip is query only. A subject without any
 * calibration clip still gives an episode, with an empty support set: pooled over a repeat's episodes, every clip that
 * does not calibrate is predicted once. `ways` are the classes of which the subject has micro clips. Macro clips are of
 * the calibrated classes, the subject's own where it has any, else training subjects'.
 *
 * Each subject and repeat has its own random stream, named by the subject's name: adding a subject or a repeat changes
 * no other episode.
 *
 * @param set The clips.
 * @param heldoutSubjects Indices; those without micro clips give no episode.
 * @param options K, macro clips, repeats.
 * @param seed Root of the random streams.
 * @returns Episodes by repeat, then by subject in ascending order: the first ones are repeat 0.
 * @throws {RangeError} When a count or subject is out of range, or a subject is held out and trained on.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, evaluationEpisodes } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(4),
 *   ids: ["c1", "c2", "c3", "c4"],
 *   labels: Int32Array.of(0, 0, 0, 1),
 *   subjects: new Int32Array(4),
 *   kinds: ["micro", "micro", "micro", "micro"],
 *   classes: ["happy", "sad"],
 *   subjectNames: ["db/s1"],
 * };
 * const [episode] = evaluationEpisodes(set, [0], { shots: 1 }, 0);
 * assertEquals([episode!.support.length, episode!.query.length], [1, 3]);
 * ```
 */
export function evaluationEpisodes(
  set: ClipSet,
  heldoutSubjects: Iterable<number>,
  options: EvaluationEpisodesOptions,
  seed: number,
): Episode[] {
  const doing = "make evaluation episodes";
  const { shots, macros = 0, repeats = 1, trainingSubjects = [] } = options;
  checkCount(shots, "shots", 0, doing);
  checkCount(macros, "macros", 0, doing);
  checkCount(repeats, "repeats", 1, doing);
  const heldout = checkSubjects(set, heldoutSubjects, doing);
  const training = new Set(checkSubjects(set, trainingSubjects, doing));
  const both = heldout.find((subject) => training.has(subject));
  if (both !== undefined) {
    throw new RangeError(`Cannot ${doing}: expected held-out subjects, got ${set.subjectNames[both]} in training too`);
  }
  const episodes: Episode[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const subject of heldout) {
      const random = createRandom(seed, "evaluation", set.subjectNames[subject]!, repeat);
      const clips = clipsByClass(set, "micro", (other) => other === subject);
      const ways = set.classes.map((_, label) => label).filter((label) => clips[label]!.length > 0);
      if (ways.length === 0) continue;
      const support: number[] = [];
      const query: number[] = [];
      const calibrated: number[] = [];
      for (const label of ways) {
        const order = random.shuffle(clips[label]!);
        const k = Math.min(shots, order.length - 1);
        support.push(...order.slice(0, k));
        query.push(...order.slice(k));
        if (k > 0) calibrated.push(label);
      }
      const macro = pickMacros(set, calibrated, { subject, others: training, count: macros }, random);
      episodes.push({ ways, subject, support, query, macro });
    }
  }
  return episodes;
}
