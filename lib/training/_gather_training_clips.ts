import { flipClips, type FlipClipsOptions, gatherClips } from "../data/mod.ts";
import type { Config } from "../config/mod.ts";
import type { RunnerSetup } from "./_jobs.ts";

/** How u lies in the clips where the configuration says it in place of the recipe. */
const STORED_FLOW: Readonly<Record<Config["augment"], FlipClipsOptions>> = {
  none: {},
  flip: {},
  "flip-flow-fixed": { flow: "fixed" },
  "flip-flow-minmax": { flow: "minmax" },
};

/** Collects clips of a training batch, `[indices, M, H, W, C]`, those named in `flipped` mirrored left to right. */
export function gatherTrainingClips(
  { config, set }: RunnerSetup,
  indices: readonly number[],
  flipped: readonly number[],
): Uint8Array {
  const clips = gatherClips(set, indices);
  if (flipped.length === 0) return clips;
  const mirrored = new Set(flipped);
  const length = clips.length / indices.length;
  indices.forEach((index, i) => {
    if (!mirrored.has(index)) return;
    const clip = clips.subarray(i * length, (i + 1) * length);
    clip.set(flipClips(clip, set.recipe, STORED_FLOW[config.augment]));
  });
  return clips;
}
