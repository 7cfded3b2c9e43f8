import { FLOW_ZERO } from "./_scale_flow.ts";
import { checkRecipe } from "./_check_recipe.ts";
import type { ClipSet, LoadedClipSet, Recipe } from "./clip_set.ts";
import { gatherClips } from "./gather_clips.ts";
import { createRandom, type Random } from "../random/mod.ts";

/** Options of {@linkcode corruptClips}. */
export interface CorruptClipsOptions {
  /** P1 `mask`, P2 `noise` or P3 `grayscale`. */
  readonly kind: "mask" | "noise" | "grayscale";
  /** Share of the clips, 0 to 1: exactly round(share · n) of them. */
  readonly share: number;
  readonly seed: number;
  /** Side of the masked or noisy square, as a share of H = W, above 0 and at most 1. @default {0.4} */
  readonly side?: number;
  /** Standard deviation of the noise, as a share of 255. @default {0.1} */
  readonly sigma?: number;
}

/** The clips that are corrupted: those whose own random number is smallest, so that shares nest. */
function pickShare(ids: readonly string[], share: number, seed: number): number[] {
  const ranked = ids.map((id, index) => ({ id, index, rank: createRandom(seed, "corrupt", "share", id).uniform() }));
  ranked.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return ranked.slice(0, Math.round(share * ids.length)).map(({ index }) => index);
}

/** Calls back with every byte's index in a random square of the picture, in all frames. */
function inSquare(recipe: Recipe, share: number, random: Random, change: (at: number, channel: number) => void): void {
  const { frames, size, channels } = recipe;
  const side = Math.max(1, Math.round(share * size));
  const x0 = random.integer(size - side + 1);
  const y0 = random.integer(size - side + 1);
  for (let m = 0; m < frames; m++) {
    for (let y = y0; y < y0 + side; y++) {
      for (let x = x0; x < x0 + side; x++) {
        for (let c = 0; c < channels; c++) change(((m * size + y) * size + x) * channels + c, c);
      }
    }
  }
}

/**
 * Spoils a share of a set's clips, for the robustness protocol.
 *
 * - P1 `mask`: a square of side round(0.4 H) at a random place is black in all frames; in flow it does not move
 *   (u = v = ε = 0; with minmax scaling byte 0).
 * - P2 `noise`: in such a square Gaussian noise of standard deviation 0.1 · 255 is added, drawn for every frame, pixel
 *   and channel, then rounded and clamped.
 * - P3 `grayscale`: each pixel becomes its Rec. 601 luma 0.299 R + 0.587 G + 0.114 B, three times. **Clips of one
 *   channel and flow have no colour: nothing changes.**
 *
 * Which clips are spoilt, and how, depends on seed and clip id alone: neither order nor other clips matter, but for the
 * number taken. The same clips are taken for each kind, and a smaller share's clips are among a larger one's. Labels,
 * subjects and kinds are never touched.
 *
 * @param set Clips of any recipe; not changed.
 * @param options Kind, share, seed, extent.
 * @returns A new set with bytes of its own, in memory; all else is shared.
 * @throws {RangeError} When an option is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, corruptClips } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: Uint8Array.of(7, 8), ids: ["a", "b"], labels: Int32Array.of(0, 0), subjects: Int32Array.of(0, 0),
 *   kinds: ["micro", "micro"], classes: ["happy"], subjectNames: ["db/s1"],
 * };
 * assertEquals(corruptClips(set, { kind: "mask", share: 1, seed: 0 }).clips, Uint8Array.of(0, 0));
 * ```
 *
 * Source: paper 5.3 names the three kinds and the shares 10, 30 and 50 %; extent and strength are choices made here.
 */
export function corruptClips(set: ClipSet, options: CorruptClipsOptions): LoadedClipSet {
  const { kind, share, seed, side = 0.4, sigma = 0.1 } = options;
  const { recipe, ids } = set;
  checkRecipe(recipe, "corrupt clips");
  if (!["mask", "noise", "grayscale"].includes(kind)) {
    throw new RangeError(`Cannot corrupt clips: expected mask, noise or grayscale, got ${kind}`);
  }
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot corrupt clips: expected a share of 0 to 1, got ${share}`);
  }
  if (!(side > 0 && side <= 1)) {
    throw new RangeError(`Cannot corrupt clips: expected a side above 0, to 1, got ${side}`);
  }
  if (!(sigma >= 0 && sigma < Infinity)) throw new RangeError(`Cannot corrupt clips: expected a sigma, got ${sigma}`);
  const clips = new Uint8ClampedArray(gatherClips(set, ids.map((_, i) => i)).buffer);
  const length = recipe.frames * recipe.size * recipe.size * recipe.channels;
  for (const index of pickShare(ids, share, seed)) {
    const clip = clips.subarray(index * length, (index + 1) * length);
    const random = createRandom(seed, "corrupt", kind, ids[index]!);
    if (kind === "mask") {
      const still = recipe.flow?.scaling === "fixed" ? [FLOW_ZERO, FLOW_ZERO, 0] : [0, 0, 0];
      inSquare(recipe, side, random, (at, channel) => clip[at] = still[channel]!);
    } else if (kind === "noise") {
      inSquare(recipe, side, random, (at) => clip[at] = clip[at]! + 255 * sigma * random.normal());
    } else if (recipe.channels === 3 && !recipe.flow) {
      for (let i = 0; i < length; i += 3) {
        clip.fill(0.299 * clip[i]! + 0.587 * clip[i + 1]! + 0.114 * clip[i + 2]!, i, i + 3);
      }
    }
  }
  return { ...set, clips: new Uint8Array(clips.buffer) };
}
