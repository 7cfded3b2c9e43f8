import { checkRecipe } from "./_check_recipe.ts";
import { FLOW_STEPS, FLOW_ZERO } from "./_scale_flow.ts";
import type { Recipe } from "./clip_set.ts";

/**
 * Takes stored clips to what the network sees.
 *
 * `input: "frames"`: x / 255, in [0, 1]. `input: "difference"`: (x − first frame of the same clip) / 255, in [−1, 1];
 * the first frame is then zero. `input: "flow"`: with fixed scaling u and v as (x − 128) / 127, in [−1, 1] (times
 * `flow.range` they are pixels), strain as x / 255; with minmax scaling all three as x / 255.
 *
 * @param clips `[B, M, H, W, C]` bytes; B may be 0.
 * @param recipe What the clips were made by.
 * @param out Where they go, as many numbers as bytes. @default {a new array}
 * @returns `[B, M, H, W, C]` floats: `out`.
 * @throws {TypeError} When the bytes are no whole number of clips, or `out` has another length.
 * @throws {RangeError} When the recipe is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toModelInput } from "./mod.ts";
 * const recipe = { frames: 2, size: 1, channels: 1, input: "difference", time: "tim" } as const;
 * assertEquals(toModelInput(Uint8Array.of(10, 61), recipe), Float32Array.of(0, 51 / 255));
 * ```
 */
export function toModelInput(
  clips: Uint8Array,
  recipe: Recipe,
  out: Float32Array = new Float32Array(clips.length),
): Float32Array {
  checkRecipe(recipe, "make the model's input");
  const frameSize = recipe.size * recipe.size * recipe.channels;
  const clipSize = recipe.frames * frameSize;
  if (clips.length % clipSize !== 0) {
    throw new TypeError(
      `Cannot make the model's input: expected clips of ${clipSize} bytes, got ${clips.length} bytes`,
    );
  }
  if (out.length !== clips.length) {
    throw new TypeError(`Cannot make the model's input: expected room for ${clips.length} numbers, got ${out.length}`);
  }
  const difference = recipe.input === "difference";
  if (recipe.flow?.scaling === "fixed") {
    for (let i = 0; i < clips.length; i++) {
      out[i] = i % 3 === 2 ? clips[i]! / 255 : Math.max(-1, (clips[i]! - FLOW_ZERO) / FLOW_STEPS);
    }
    return out;
  }
  for (let clip = 0; clip < clips.length; clip += clipSize) {
    for (let i = 0; i < clipSize; i++) {
      out[clip + i] = (clips[clip + i]! - (difference ? clips[clip + i % frameSize]! : 0)) / 255;
    }
  }
  return out;
}
