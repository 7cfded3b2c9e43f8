import type { Recipe } from "./clip_set.ts";

/**
 * Tells whether clips of a recipe still hold the size of their movement, so that it can be magnified: frames do from
 * M = 2 on, flow does unless minmax scaling has taken its magnitude.
 *
 * @param recipe What the clips were made by.
 * @returns Whether {@linkcode magnifyClips} takes them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { canMagnify } from "./mod.ts";
 * const recipe = { frames: 1, size: 8, channels: 1, input: "frames", time: "tim" } as const;
 * assertEquals([canMagnify(recipe), canMagnify({ ...recipe, frames: 2 })], [false, true]);
 * ```
 */
export function canMagnify(recipe: Recipe): boolean {
  return recipe.flow ? recipe.flow.scaling === "fixed" : recipe.frames > 1;
}
