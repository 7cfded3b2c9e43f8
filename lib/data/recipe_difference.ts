import type { Recipe } from "./clip_set.ts";

/** A recipe as a flat list of fields, absent ones at their defaults. */
function fieldsOf({ flow, ...recipe }: Recipe): Map<string, unknown> {
  const fields = new Map<string, unknown>(
    Object.entries({ window: "clip", missingApex: "midpoint", amplify: 1, ...recipe }),
  );
  for (const [key, value] of Object.entries(flow ?? {})) fields.set(`flow.${key}`, value);
  return fields;
}

/**
 * Tells whether two recipes make the same clips; an absent field is one at its default.
 *
 * @param a A recipe.
 * @param b Another.
 * @returns The first field that differs and both values, or null.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { recipeDifference } from "./mod.ts";
 * const recipe = { frames: 1, size: 8, channels: 1, input: "frames", time: "tim" } as const;
 * assertEquals(recipeDifference(recipe, { ...recipe, amplify: 1 }), null);
 * assertEquals(recipeDifference(recipe, { ...recipe, size: 4 }), { field: "size", a: 8, b: 4 });
 * ```
 */
export function recipeDifference(
  a: Recipe,
  b: Recipe,
): { readonly field: string; readonly a: unknown; readonly b: unknown } | null {
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  for (const field of new Set([...left.keys(), ...right.keys()])) {
    const [x, y] = [left.get(field), right.get(field)];
    if (x !== y) return { field, a: x, b: y };
  }
  return null;
}
