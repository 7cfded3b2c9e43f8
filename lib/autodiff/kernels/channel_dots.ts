import type * as tf from "@tensorflow/tfjs-core";
import { channelSums } from "./_channel_sums.ts";
import { eachTask } from "./_each_task.ts";
import { onGpu } from "./_gpu.ts";
import { gpuSums } from "./_gpu_sums.ts";
import { makeOnHeap } from "./_heap.ts";

/** Σ g·x and Σ g a channel of each task, `[T·rows…, C]` twice → `[2, T·C]`; in float64 on cpu and wasm. */
export function channelDotsKernel(g: tf.Tensor, x: tf.Tensor, tasks: number): tf.Tensor {
  const c = g.shape[g.rank - 1]!;
  if (onGpu()) return gpuSums("dots", [g, x], { tasks, c });
  if (tasks > 1) {
    const part = [g.size / (tasks * c), c];
    return eachTask(tasks, [[g, part], [x, part]], 1, (first, second) => channelDotsKernel(first!, second!, 1));
  }
  const sums = channelSums(g, x);
  return makeOnHeap([2, c], (out) => out.set(sums));
}
