import * as tf from "@tensorflow/tfjs-core";
import { eachTask } from "./_each_task.ts";
import { onGpu } from "./_gpu.ts";
import { gpuSums } from "./_gpu_sums.ts";
import { heapView, makeOnHeap } from "./_heap.ts";

/**
 * Sums over all but the last axes that make up `shape`, `[…, shape]` → `shape`; of several tasks one after another, sums of
 * each, `[T·rows…, C]` → `[T·C]` for `shape` `[C]`. In float64 on cpu and wasm.
 */
export function leadingSumKernel(x: tf.Tensor, shape: readonly number[], tasks: number): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  if (onGpu()) {
    const sums = size * tasks === 1 ? tf.sum(tf.reshape(x, [-1])) : gpuSums("sum", [x], { tasks, c: size });
    return tf.reshape(sums, tasks === 1 ? shape as number[] : [tasks * size]);
  }
  if (tasks > 1) return eachTask(tasks, [[x, [x.size / tasks]]], 0, (part) => leadingSumKernel(part!, shape, 1));
  return makeOnHeap(shape, (out) => {
    const values = heapView(x);
    const sums = new Float64Array(size);
    for (let at = 0; at < values.length; at += size) {
      for (let k = 0; k < size; k++) sums[k]! += values[at + k]!;
    }
    out.set(sums);
  });
}
