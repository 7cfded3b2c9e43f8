import type { Recipe } from "./clip_set.ts";

/** Throws RangeError unless every field of a recipe can be carried out; `doing` begins the message. */
export function checkRecipe(recipe: Recipe, doing: string): void {
  const fail = (what: string, got: unknown) => {
    throw new RangeError(`Cannot ${doing}: expected recipe.${what}, got ${got}`);
  };
  const whole = (value: number, max: number) => Number.isInteger(value) && value >= 1 && value <= max;
  const positive = (value: number) => Number.isFinite(value) && value > 0;
  const { frames, size, channels, input, time, window = "clip", missingApex = "midpoint", amplify = 1, flow } = recipe;
  if (!whole(frames, 4096)) fail("frames of 1 to 4096", frames);
  if (!whole(size, 4096)) fail("size of 1 to 4096 pixels", size);
  if (channels !== 1 && channels !== 3) fail("channels 1 or 3", channels);
  if (!["frames", "difference", "flow"].includes(input)) fail("input frames, difference or flow", input);
  if (!["tim", "linear", "nearest"].includes(time)) fail("time tim, linear or nearest", time);
  if (!["clip", "onset-apex"].includes(window)) fail("window clip or onset-apex", window);
  if (!["midpoint", "motion"].includes(missingApex)) fail("missingApex midpoint or motion", missingApex);
  if (!positive(amplify)) fail("amplify above 0", amplify);
  if ((flow === undefined) === (input === "flow")) {
    fail(input === "flow" ? "flow beside input flow" : "flow with input flow only", JSON.stringify(flow));
  }
  if (flow === undefined) return;
  if (typeof flow !== "object" || flow === null) return fail("flow as an object", flow);
  if (channels !== 3) fail("channels 3 of input flow (u, v, strain)", channels);
  if (flow.method !== "farneback") fail("flow.method farneback", flow.method);
  if (!whole(flow.size, 1024) || flow.size < size) fail(`flow.size of ${size} (the size) to 1024 pixels`, flow.size);
  if (!["fixed", "minmax"].includes(flow.scaling)) fail("flow.scaling fixed or minmax", flow.scaling);
  if (!positive(flow.range)) fail("flow.range above 0", flow.range);
  if (!positive(flow.strainRange)) fail("flow.strainRange above 0", flow.strainRange);
}
