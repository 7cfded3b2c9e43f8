import type { Recipe } from "./clip_set.ts";

/** Throws RangeError unless every field of a recipe can be carried out; `doing` begins the message. */
export function checkRecipe(recipe: Recipe, doing: string): void {
  const fail = (what: string, got: unknown) => {
    throw new RangeError(`Cannot ${doing}: expected recipe.${what}, got ${got}`);
  };
  const whole = (value: number, max: number) => Number.isInteger(value) && value >= 1 && value <= max;
  if (!whole(recipe.frames, 4096)) fail("frames of 1 to 4096", recipe.frames);
  if (!whole(recipe.size, 4096)) fail("size of 1 to 4096 pixels", recipe.size);
  if (recipe.channels !== 1 && recipe.channels !== 3) fail("channels 1 or 3", recipe.channels);
  if (recipe.input !== "frames" && recipe.input !== "difference") fail("input frames or difference", recipe.input);
  if (!["tim", "linear", "nearest"].includes(recipe.time)) fail("time tim, linear or nearest", recipe.time);
}
