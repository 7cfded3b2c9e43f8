import { checkRecipe } from "./_check_recipe.ts";
import { FLOW_ZERO } from "./_scale_flow.ts";
import type { Recipe } from "./clip_set.ts";
import type { FlowRecipe } from "./flow_recipe.ts";

/** Options of {@linkcode flipClips}. */
export interface FlipClipsOptions {
  /** How u lies in the bytes of clips that are flow, or null for pictures. @default {what the recipe says} */
  readonly flow?: FlowRecipe["scaling"] | null;
}

/** Whether a channel of one clip has one value everywhere. */
function isConstant(clip: Uint8Array, channel: number): boolean {
  for (let i = channel; i < clip.length; i += 3) if (clip[i] !== clip[channel]) return false;
  return true;
}

/**
 * Mirrors clips left to right, as the same face filmed in a mirror would have come out.
 *
 * Pixel (y, x) goes to (y, W − 1 − x). In flow, u changes its sign: with fixed scaling the byte becomes 256 − byte;
 * with minmax scaling 255 − byte, unless u was constant, which has no scale.
 *
 * @param clips `[B, M, H, W, C]` bytes.
 * @param recipe What the clips were made by.
 * @param options Clips that are flow though their recipe does not say so: maps that were stored as pictures.
 * @returns `[B, M, H, W, C]` bytes.
 * @throws {TypeError} When the bytes are no whole number of clips.
 * @throws {RangeError} When flow has not three channels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { flipClips } from "./mod.ts";
 * const recipe = { frames: 1, size: 2, channels: 1, input: "frames", time: "tim" } as const;
 * assertEquals(flipClips(Uint8Array.of(1, 2, 3, 4), recipe), Uint8Array.of(2, 1, 4, 3));
 * ```
 */
export function flipClips(clips: Uint8Array, recipe: Recipe, options: FlipClipsOptions = {}): Uint8Array<ArrayBuffer> {
  checkRecipe(recipe, "flip clips");
  const { frames, size, channels } = recipe;
  const { flow = recipe.flow?.scaling ?? null } = options;
  if (flow !== null && channels !== 3) {
    throw new RangeError(`Cannot flip clips: expected 3 channels of flow (u, v, strain), got ${channels}`);
  }
  const length = frames * size * size * channels;
  if (clips.length % length !== 0) {
    throw new TypeError(`Cannot flip clips: expected clips of ${length} bytes, got ${clips.length} bytes`);
  }
  const out = new Uint8Array(clips.length);
  const row = size * channels;
  for (let i = 0; i < clips.length; i++) {
    const x = Math.floor((i % row) / channels);
    out[i] = clips[i + (size - 1 - 2 * x) * channels]!;
  }
  if (flow === null) return out;
  for (let at = 0; at < out.length; at += length) {
    const clip = out.subarray(at, at + length);
    if (flow === "minmax" && isConstant(clip, 0)) continue;
    for (let i = 0; i < length; i += 3) {
      clip[i] = flow === "minmax" ? 255 - clip[i]! : Math.min(255, 2 * FLOW_ZERO - clip[i]!);
    }
  }
  return out;
}
