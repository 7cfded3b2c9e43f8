import type * as tf from "@tensorflow/tfjs-core";
import { channelSums } from "./_channel_sums.ts";
import { eachTask } from "./_each_task.ts";
import { onGpu } from "./_gpu.ts";
import { gpuSums } from "./_gpu_sums.ts";
import { makeOnHeap } from "./_heap.ts";

/**
 * Mean and variance a channel of each task, `[T·rows…, C]` → `[2, T·C]`: in float64 on cpu and wasm, centred in two passes on
 * webgpu.
 */
export function channelMomentsKernel(x: tf.Tensor, tasks: number): tf.Tensor {
  const c = x.shape[x.rank - 1]!;
  if (onGpu()) return gpuSums("moments", [x], { tasks, c });
  if (tasks > 1) {
    return eachTask(tasks, [[x, [x.size / (tasks * c), c]]], 1, (part) => channelMomentsKernel(part!, 1));
  }
  const count = x.size / c;
  const sums = channelSums(x, x);
  return makeOnHeap([2, c], (out) => {
    for (let k = 0; k < c; k++) {
      const mean = sums[c + k]! / count;
      out[k] = mean;
      // Products of two float32 are exact in float64; NaN must stay NaN, so no Math.max shortcut on it.
      const variance = sums[k]! / count - mean * mean;
      out[c + k] = variance < 0 ? 0 : variance;
    }
  });
}
