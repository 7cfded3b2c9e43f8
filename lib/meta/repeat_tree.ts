import * as tf from "@tensorflow/tfjs-core";
import { broadcastTo, constant } from "../autodiff/mod.ts";
import { mapTree, type Tree } from "../tree/mod.ts";

/**
 * Parameters T times, for tasks that are computed together: numbers `[T]`, vectors `[T·C]`, others `[T, …]`. For one task they
 * are left as they are.
 *
 * @param tree Borrowed.
 * @param tasks T.
 * @returns The copies, or the tree itself; call it inside `tf.tidy`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { repeatTree } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const { b } = repeatTree({ b: tf.tensor1d([1, 2]) }, 2) as { b: tf.Tensor };
 * assertEquals([...b.dataSync()], [1, 2, 1, 2]);
 * ```
 */
export function repeatTree(tree: Tree<tf.Tensor>, tasks: number): Tree<tf.Tensor> {
  if (tasks === 1) return tree;
  return mapTree(tree, (tensor) => {
    const { shape, size } = tensor;
    const rows = broadcastTo(constant(tf.reshape(tensor, [1, size])), [tasks, size]).tensor;
    return tf.reshape(rows, shape.length < 2 ? [tasks * size] : [tasks, ...shape]);
  });
}
