import { flattenTree, type Tree } from "../tree/mod.ts";
import { isStoredDtype } from "./_dtypes.ts";
import { Leaf } from "./_leaf.ts";
import type { StoredTensor } from "./types.ts";

function isTensor(node: StoredTensor | Tree<StoredTensor>): node is StoredTensor {
  return isStoredDtype(node.dtype) && ArrayBuffer.isView(node.data) && Array.isArray(node.shape);
}

function wrap(tree: Tree<StoredTensor>): Tree<Leaf> {
  const wrapped: Record<string, Leaf | Tree<Leaf>> = {};
  for (const [name, node] of Object.entries(tree)) {
    wrapped[name] = isTensor(node) ? new Leaf(node) : wrap(node);
  }
  return wrapped;
}

/**
 * Lists a tree of tensors at rest by dotted names, as they stand in a safetensors file.
 *
 * {@linkcode flattenTree} cannot do it alone: a `StoredTensor` is a plain record, like a branch.
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
  return Object.fromEntries(flattenTree(wrap(weights)).map(([path, leaf]) => [path, leaf.tensor]));
}
