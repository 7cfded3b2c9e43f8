import { checkRecipe } from "./_check_recipe.ts";
import { FLOW_ZERO } from "./_scale_flow.ts";
import { canMagnify } from "./can_magnify.ts";
import type { Recipe } from "./clip_set.ts";

/**
 * Exaggerates the movement of clips: stand-ins for macro-expressions where there are none.
 *
 * frame′ = onset + k (frame − onset), clipped to 0..255, rounded to nearest with halves to even; the onset is each
 * clip's first frame. For flow of fixed scaling, where the displacement is the movement: u′ = k u, v′ = k v, ε′ = k ε.
 *
 * @param clips `[B, M, H, W, C]` bytes.
 * @param recipe What the clips were made by; {@linkcode canMagnify} says whether it allows this.
 * @param k Magnification, positive; 4 to 10 is usual.
 * @returns `[B, M, H, W, C]` bytes.
 * @throws {RangeError} When M is 1 (a single frame has no movement), flow has lost its magnitude to minmax scaling, or k
 * is not positive.
 * @throws {TypeError} When the bytes are no whole number of clips.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { magnifyClips } from "./mod.ts";
 * const recipe = { frames: 3, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * assertEquals(magnifyClips(Uint8Array.of(100, 102, 20), recipe, 4), Uint8Array.of(100, 108, 0));
 * ```
 *
 * Source: the paper's "image amplification" of macro-expression data, as docs/data.md states it.
 */
export function magnifyClips(clips: Uint8Array, recipe: Recipe, k: number): Uint8Array {
  checkRecipe(recipe, "magnify clips");
  if (!canMagnify(recipe)) {
    throw new RangeError(
      recipe.flow
        ? "Cannot magnify clips: expected flow of fixed scaling, got minmax, which has no magnitude"
        : "Cannot magnify clips: expected 2 frames or more, got clips of one frame",
    );
  }
  if (!(k > 0 && k < Infinity)) throw new RangeError(`Cannot magnify clips: expected a positive factor, got ${k}`);
  const frameSize = recipe.size * recipe.size * recipe.channels;
  const clipSize = recipe.frames * frameSize;
  if (clips.length % clipSize !== 0) {
    throw new TypeError(`Cannot magnify clips: expected clips of ${clipSize} bytes, got ${clips.length} bytes`);
  }
  const out = new Uint8ClampedArray(clips.length);
  if (recipe.flow) {
    clips.forEach((value, i) => {
      const zero = i % 3 === 2 ? 0 : FLOW_ZERO;
      out[i] = Math.max(zero === 0 ? 0 : 1, zero + k * (value - zero));
    });
    return new Uint8Array(out.buffer);
  }
  for (let clip = 0; clip < clips.length; clip += clipSize) {
    for (let i = 0; i < clipSize; i++) {
      const onset = clips[clip + i % frameSize]!;
      out[clip + i] = onset + k * (clips[clip + i]! - onset);
    }
  }
  return new Uint8Array(out.buffer);
}
