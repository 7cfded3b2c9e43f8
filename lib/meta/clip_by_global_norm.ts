import { flattenTree, mapTree, type Tree } from "../tree/mod.ts";

/**
 * Scales a gradient down so that its norm over all arrays is at most `limit`.
 *
 * @param gradient The gradient.
 * @param limit Largest norm, or null to leave it as it is.
 * @returns The gradient and the norm it had.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clipByGlobalNorm } from "./mod.ts";
 * const { gradient, norm } = clipByGlobalNorm({ w: Float32Array.of(3, 4) }, 1);
 * assertEquals(norm, 5);
 * assertEquals(gradient, { w: Float32Array.of(0.6, 0.8) });
 * ```
 *
 * Source: Pascanu et al. (2013).
 */
export function clipByGlobalNorm(
  gradient: Tree<Float32Array>,
  limit: number | null,
): { readonly gradient: Tree<Float32Array>; readonly norm: number } {
  let sum = 0;
  // By path, so that the order in which a tree was built does not reach the last bit.
  const arrays = flattenTree(gradient).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, array] of arrays) for (const value of array) sum += value * value;
  const norm = Math.sqrt(sum);
  if (limit === null || norm <= limit) return { gradient, norm };
  return { gradient: mapTree(gradient, (array) => array.map((value) => value * (limit / norm))), norm };
}
