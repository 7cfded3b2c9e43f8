import type { Config } from "../config/mod.ts";
import { createRandom } from "../random/mod.ts";

/** Which batch of a run: its kind, its outer step, and its place in the step. */
export interface BatchPlace {
  readonly of: "episode" | "mixed";
  readonly step: number;
  readonly task: number;
}

/**
 * Draws the clips of a training batch that are seen in a mirror: each with probability one half, from a stream of its own
 * for every batch, so that what else is drawn does not depend on `augment`. A clip is mirrored as a whole, in every place
 * where the batch has it.
 */
export function drawFlips(
  { augment, seed }: Pick<Config, "augment" | "seed">,
  clips: readonly number[],
  { of, step, task }: BatchPlace,
): number[] {
  if (augment === "none") return [];
  const random = createRandom(seed, "augment", of, step, task);
  return [...new Set(clips)].filter(() => random.uniform() < 0.5);
}
