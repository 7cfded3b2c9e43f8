import type { Config } from "../config/mod.ts";
import { type ClipSet, splitSubjects, type SubjectSplit } from "../data/mod.ts";
import { microClips } from "./_micro_clips.ts";

/**
 * Sets validation subjects aside, out of the training subjects of a split: each database gives its share, drawn at random
 * from a stream of its own. Subjects with macro clips only stay in training.
 *
 * @param config The configuration; `validation` is the share.
 * @param set The clips.
 * @param train Training subjects.
 * @returns Those that θ is trained on, and as `heldout` those that it is chosen on; null when it is not chosen.
 * @throws {RangeError} When fewer than two training subjects have micro clips.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import type { ClipSet } from "../data/mod.ts";
 * import { validationSplit } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(3), ids: [..."abc"], labels: Int32Array.of(0, 0, 0), subjects: Int32Array.of(0, 1, 2),
 *   kinds: ["micro", "micro", "micro"], classes: ["happy"], subjectNames: ["db/1", "db/2", "db/3"],
 * };
 * const { train, heldout } = validationSplit(configSchema.parse({ validation: 0.5 }), set, [0, 2])!;
 * assertEquals([train.length, heldout.length, [...train, ...heldout].includes(1)], [1, 1, false]);
 * assertEquals(validationSplit(configSchema.parse({}), set, [0, 2]), null);
 * ```
 */
export function validationSplit(
  { validation, seed }: Pick<Config, "validation" | "seed">,
  set: ClipSet,
  train: readonly number[],
): SubjectSplit | null {
  if (validation === null) return null;
  const people = new Set(microClips(set, train).map((clip) => set.subjects[clip]!));
  if (people.size < 2) {
    throw new RangeError(
      `Cannot set subjects aside for validation: expected two or more training subjects with micro clips, got ${people.size}; ` +
        "use --set validation=null",
    );
  }
  return splitSubjects(set, validation, seed, { among: train, stream: "validation" });
}
