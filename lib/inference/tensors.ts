import * as tf from "@tensorflow/tfjs-core";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";

/**
 * Uploads tensors at rest to the active backend.
 *
 * @param weights F32 or I32 tensors at rest.
 * @returns A tree of tensors, owned by the caller or the surrounding `tf.tidy`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { toTensors } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const { w } = toTensors({ w: { dtype: "F32", shape: [1], data: Float32Array.of(2) } });
 * assertEquals((w as tf.Tensor).shape, [1]);
 * ```
 */
export function toTensors(weights: Tree<StoredTensor>): Tree<tf.Tensor> {
  return mapTree(
    weights,
    (stored) => tf.tensor(stored.data as Float32Array, [...stored.shape], stored.dtype === "F32" ? "float32" : "int32"),
  );
}

/**
 * Reads float tensors back from the backend.
 *
 * @param tensors Borrowed.
 * @returns The same tree at rest.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { toStored } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(await toStored({ w: tf.tensor1d([2]) }), { w: { dtype: "F32", shape: [1], data: Float32Array.of(2) } });
 * ```
 */
export async function toStored(tensors: Tree<tf.Tensor>): Promise<Tree<StoredTensor>> {
  const leaves = flattenTree(tensors);
  const data = await Promise.all(leaves.map(([, tensor]) => tensor.data()));
  return unflattenTree(leaves.map(([path, tensor], i): [string, StoredTensor] => [path, {
    dtype: "F32",
    shape: tensor.shape,
    data: Float32Array.from(data[i]!),
  }]));
}
