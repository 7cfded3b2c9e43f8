import { type Tree, unflattenTree } from "../tree/mod.ts";
import type { StoredTensor } from "./types.ts";

/**
 * Builds the tree from tensors by dotted names: the inverse of {@linkcode flattenWeights}.
 *
 * @param tensors Tensors by dotted path.
 * @returns The nested record.
 * @throws {RangeError} When a name is no valid path, or passes through another tensor.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { unflattenWeights } from "./mod.ts";
 * const b = { dtype: "U8", shape: [1], data: new Uint8Array(1) } as const;
 * assertEquals(unflattenWeights({ "params.head.b": b }), { params: { head: { b } } });
 * ```
 */
export function unflattenWeights(tensors: Readonly<Record<string, StoredTensor>>): Tree<StoredTensor> {
  return unflattenTree(Object.entries(tensors));
}
