import { flattenTree, type Tree } from "../tree/mod.ts";
import type { StoredTensor } from "./types.ts";

/**
 * Lists a tree of tensors at rest by dotted names, as they stand in a safetensors file.
 *
 * @param weights The tree.
 * @returns Tensors by dotted path.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { flattenWeights } from "./mod.ts";
 * const w = { dtype: "U8", shape: [1], data: new Uint8Array(1) } as const;
 * assertEquals(Object.keys(flattenWeights({ params: { head: { w } } })), ["params.head.w"]);
 * ```
 */
export function flattenWeights(weights: Tree<StoredTensor>): Record<string, StoredTensor> {
  return Object.fromEntries(flattenTree(weights));
}
