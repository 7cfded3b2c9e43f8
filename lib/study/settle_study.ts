import type { Config } from "../config/mod.ts";
import type { ClipSet } from "../data/mod.ts";
import { settleConfig } from "../training/mod.ts";
import type { StudyPlan } from "./types.ts";

/** What the rows of a study run with. */
export interface SettledStudy {
  /** Values that are the same in every row. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By row, the values that are not. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Settles the configuration of every row: what ran, not what was left open. Seeds are those of the first run; class
 * weights that each fold takes from its own subjects stay as they were asked for.
 *
 * @param plan The plan.
 * @param set The clips it was planned for.
 * @returns The common values, and each row's own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import type { ClipSet } from "../data/mod.ts";
 * import { planStudy, settleStudy } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(8), ids: [..."abcdefgh"], labels: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1),
 *   subjects: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1), kinds: new Array(8).fill("micro"),
 *   classes: ["happy", "sad"], subjectNames: ["db/1", "db/2"],
 * };
 * const plan = planStudy("steps", configSchema.parse({ algorithm: "maml" }), set, { folds: 2, shots: [1] });
 * assertEquals(settleStudy(plan, set).config.innerSteps, 1);
 * ```
 */
export function settleStudy(plan: StudyPlan, set: ClipSet): SettledStudy {
  const settled = plan.rows.map((row): Config => {
    const { config, split } = plan.units[row.runs[0]![0]!]!;
    return { ...settleConfig(config, set, split.train), classWeights: config.classWeights };
  });
  const keys = Object.keys(settled[0] ?? {}) as (keyof Config)[];
  const differs = keys.filter((key) => new Set(settled.map((config) => JSON.stringify(config[key]))).size > 1);
  const pick = (config: Config, some: readonly (keyof Config)[]) =>
    Object.fromEntries(some.map((key) => [key, config[key]]));
  return {
    config: settled[0] === undefined ? {} : pick(settled[0], keys.filter((key) => !differs.includes(key))),
    rows: settled.map((config) => pick(config, differs)),
  };
}
