import { ALGORITHMS, type Config } from "../config/mod.ts";
import { type ClipSet, taskShortage } from "../data/mod.ts";

/**
 * Says how many subjects' training tasks hold clips of other people, because they show too few classes themselves.
 *
 * @param config The configuration.
 * @param set The clips.
 * @param subjects The training subjects, indices.
 * @returns A sentence or two, or null when every task is of one subject alone, or of several by configuration.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import type { ClipSet } from "../data/mod.ts";
 * import { filledNote } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(5), ids: [..."abcde"], labels: Int32Array.of(0, 0, 1, 1, 0),
 *   subjects: Int32Array.of(0, 0, 0, 0, 1), kinds: new Array(5).fill("micro"),
 *   classes: ["happy", "sad"], subjectNames: ["db/1", "db/2"],
 * };
 * assertEquals(
 *   filledNote(configSchema.parse({}), set, [0, 1]),
 *   "1 of 2 subjects have two clips of fewer than 2 classes: their training tasks are filled from their database.",
 * );
 * ```
 *
 * Source: docs/data.md, «Splits and tasks».
 */
export function filledNote(config: Config, set: ClipSet, subjects: readonly number[]): string | null {
  const { algorithm, episodes, ways } = config;
  if (ALGORITHMS[algorithm].training === "supervised" || episodes !== "within") return null;
  const { subjects: people, filled, without } = taskShortage(set, subjects, ways);
  const said = [
    ...(filled > 0
      ? [
        `${filled} of ${people} subjects have two clips of fewer than ${ways ?? 2} classes: ` +
        "their training tasks are filled from their database.",
      ]
      : []),
    ...(without > 0
      ? [`${without} of ${people} subjects are in no training task: their database has too few clips.`]
      : []),
  ];
  return said.length > 0 ? said.join(" ") : null;
}
